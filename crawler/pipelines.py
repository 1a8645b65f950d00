"""The reading pipeline: a fetched page → a worker process → ingest."""

from typing import Any, Self

from scrapy.crawler import Crawler

from crawler.pages import FetchedPage


class ReadingPipeline:
    """Reads each page and has it stored; a page that cannot be read costs only itself."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_item(self, page: FetchedPage) -> FetchedPage:
        """The page, settled."""
        spider: Any = self._crawler.spider
        await spider.read(page)
        return page
