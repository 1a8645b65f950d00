"""The reading pipeline: a fetched page → a worker process → ingest."""

from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from crawler.pages import FetchedPage
from crawler.reading import read_page
from storage.errors import ExtractError


class ReadingPipeline:
    """Reads each page in a worker process and has it stored; a page that cannot be read costs only itself."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_item(self, page: FetchedPage) -> FetchedPage:
        """The page, stored; raises DropItem for one that could not be read, after settling it."""
        spider: Any = self._crawler.spider
        try:
            read = await spider.workers.run(read_page, page.body, page.url, page.at, page.encoding)
            await spider.pages.store(page, read)
        except ExtractError as error:
            await spider.pages.failed(page.job, error)
            raise DropItem(str(error), log_level="DEBUG") from error
        finally:
            spider.work.done(page.job)
        return page
