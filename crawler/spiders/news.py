"""The one spider: feed → entries → pages → comment feeds. It turns jobs into requests, and answers into what is stored.

Run by the daemon and by `nightdesk crawl` with everything handed in (`crawler.run`), or by Scrapy's own command:
`scrapy crawl news -a source=NAME`, which makes its own from the environment.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any, ClassVar, Self

import scrapy
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawler.asking import ask
from crawler.comment_pages import CommentSettler
from crawler.freshness import conditional
from crawler.gate import HostGate
from crawler.listings import FeedReader
from crawler.options import CrawlOptions, options_from_environment
from crawler.pages import FetchedPage, PageSettler
from crawler.tasks import read_page
from crawler.visits import FeedJob, PageJob
from crawler.work import WorkList
from crawler.workers import Workers
from storage.clock import parse_clock
from storage.errors import ExtractError, StorageError, UsageError
from storage.loggers import logger
from storage.models import Feed, Page
from storage.store import Store, connect

log = logger("nightdesk.crawl")
_HTML_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_LIST_ACCEPT = "application/rss+xml,application/atom+xml,application/json,application/xml;q=0.9,*/*;q=0.8"


class NewsSpider(scrapy.Spider):
    """Visits sources and fetches their articles."""

    name = "news"
    handle_httpstatus_list: ClassVar[list[int]] = [304, *range(400, 600)]

    def __init__(self, *, store: Store, options: CrawlOptions, work: WorkList, workers: Workers, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.store = store
        self.options = options
        self.work = work
        self.workers = workers
        self.gate = HostGate(store, options.delay, options.download_seconds)
        self.feeds = FeedReader(store, work, workers, options.pages_per_day)
        self.pages = PageSettler(store, work, options)
        self.lists = CommentSettler(store, work, workers, options)
        self._asking: set[asyncio.Task[None]] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Scrapy's way to make one; without a store it is Scrapy's own command that asks."""
        if "store" not in kwargs:
            kwargs |= _from_environment(kwargs.pop("source", None))
            crawler.signals.connect(kwargs["workers"].close, scrapy.signals.engine_stopped, weak=False)
            crawler.signals.connect(kwargs["store"].close, scrapy.signals.engine_stopped, weak=False)
        options: CrawlOptions = kwargs["options"]
        crawler.settings.set("USER_AGENT", options.user_agent, priority="spider")
        crawler.settings.set("DOWNLOAD_TIMEOUT", options.download_seconds, priority="spider")
        crawler.settings.set("DOWNLOAD_MAXSIZE", options.download_bytes, priority="spider")
        return super().from_crawler(crawler, *args, **kwargs)

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """One request for every job, as the work list hands them out."""
        try:
            async for job in self.work.jobs():
                if request := await self._request(job):
                    yield request
        except Exception as error:
            self.work.failure = error  # Scrapy would log it and go on, with nothing to do
            raise

    async def closed(self, reason: str) -> None:
        """Scrapy's word that no request is under way any more: the hosts that were asked last are free."""
        del reason
        await self.gate.close()

    async def _request(self, job: FeedJob | PageJob) -> scrapy.Request | None:
        try:
            if isinstance(job, FeedJob):
                if not job.over:
                    self._keep(asyncio.create_task(self._ask(job, self._feed_request(job))))
                    return None
                async with self._settling(job):
                    await self.feeds.leave(job)
                return None
            if job.page.comment_kind is None:
                if self.pages.wanted(job):
                    return self._page_request(job, _HTML_ACCEPT, self.read_page)
            elif await self.lists.wanted(job):
                return self._page_request(job, _LIST_ACCEPT, self.read_comments)
            async with self._settling(job):
                await self.pages.skip(job)
        except ValueError as error:  # an address that Scrapy does not take
            async with self._settling(job):
                await self.fail(job, error)
        return None

    # --- requests

    def _keep(self, asking: asyncio.Task[None]) -> None:
        self._asking.add(asking)
        asking.add_done_callback(self._asking.discard)

    async def drained(self) -> None:
        """Wait until no feed is being asked for any more."""
        while self._asking:
            await asyncio.wait(self._asking)

    def abandon(self) -> None:
        """Ask no further: what is under way is left to the next start."""
        for asking in self._asking:
            asking.cancel()

    async def _ask(self, job: FeedJob, request: scrapy.Request) -> None:
        """Ask for a feed, and store what it answers."""
        async with self._settling(job):
            try:
                response = await ask(self.crawler, request)
            except Exception as error:  # noqa: BLE001 - `fail` knows what each means, as where Scrapy catches it
                await self.fail(job, error)
            else:
                await self.feeds.read(job, response)

    def _feed_request(self, job: FeedJob) -> scrapy.Request:
        headers = {"Accept": "*/*"}
        job.asked = self.store.clock.now()
        if job.url == job.feed.url and conditional(job.feed, self.store.clock.now()):
            job.conditional = True
            headers |= _validators(job.feed)
        return scrapy.Request(job.address, headers=headers, meta={"job": job}, dont_filter=True)

    def _page_request(self, job: PageJob, accept: str, callback: Any) -> scrapy.Request:
        headers = {"Accept": accept}
        if job.page.comment_kind is not None or self.pages.conditional(job):
            headers |= _validators(job.page)
        request = _request(job, job.page.url, headers, callback)
        request.meta["sites"] = job.source.sites
        return request

    # --- answers

    async def read_page(self, response: Response, job: PageJob) -> AsyncIterator[FetchedPage]:
        """A page answered: hand it to the reading pipeline, or settle it here."""
        page = None
        async with self._settling(job) as settling:
            page = await self.pages.judge(job, response)
            settling.goes_on = page is not None
        if page is not None:
            yield page

    async def read_comments(self, response: Response, job: PageJob) -> None:
        """A list of an article's comments answered: store them."""
        async with self._settling(job):
            await self.lists.read(job, response)

    async def failed(self, failure: Failure) -> None:
        """A request failed before there was an answer."""
        job: FeedJob | PageJob = failure.request.meta["job"]  # type: ignore[attr-defined]
        async with self._settling(job):
            await self.fail(job, failure.value)

    async def read(self, page: FetchedPage) -> None:
        """The pipeline's work: read a page in a worker process, and have it stored."""
        async with self._settling(page.job):
            try:
                read = await self.workers.run(read_page, page.body, page.url, page.at, page.encoding)
            except ExtractError as error:
                await self.fail(page.job, error, page)
            else:
                await self.pages.store(page, read)

    async def fail(self, job: FeedJob | PageJob, error: BaseException | None, page: FetchedPage | None = None) -> None:
        """Settle a job that failed: tried again later, or given up with a reason."""
        if self.work.given_back:
            return
        if isinstance(error, StorageError):  # not the other side's fault
            raise error
        if isinstance(job, FeedJob):
            await self.feeds.failed(job, error)
        elif job.page.comment_kind is not None:
            await self.lists.failed(job, error)
        else:
            await self.pages.failed(job, error, page)

    def _settling(self, job: FeedJob | PageJob) -> "_Settling":
        return _Settling(self, job)


class _Settling:
    """However settling a job ends, its host is free again.

    What could not be written is given back, and due at once; a fault of ours counts as a failure, and is tried later.
    """

    def __init__(self, spider: NewsSpider, job: FeedJob | PageJob) -> None:
        self.goes_on = False  # the job is handed on, and settled later
        self._spider = spider
        self._job = job

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if isinstance(error, StorageError):
            self._spider.work.abandon(self._job, error)
        elif isinstance(error, Exception):
            await self._charge(error)
        if error is not None or not self.goes_on:
            self._spider.work.done(self._job)
        return isinstance(error, Exception)

    async def _charge(self, error: Exception) -> None:
        log.error("fault", url=self._job.url, error=f"{type(error).__name__}: {error}", exc_info=error)
        try:
            await self._spider.fail(self._job, error)
        except Exception as second:  # noqa: BLE001 - whatever it is, the job must not stay taken
            self._spider.work.abandon(self._job, second)


def _validators(known: Feed | Page) -> dict[str, str]:
    """The headers that ask whether it has changed (RFC 9110, 13.1)."""
    given = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in given.items() if value}


def _request(job: FeedJob | PageJob, url: str, headers: dict[str, str], callback: Any) -> scrapy.Request:
    spider: NewsSpider = callback.__self__
    return scrapy.Request(
        url, callback=callback, errback=spider.failed, headers=headers, cb_kwargs={"job": job}, meta={"job": job},
        dont_filter=True,
    )  # fmt: skip


def _from_environment(source: str | None) -> dict[str, Any]:
    """What the spider needs, made for Scrapy's own command: NIGHTDESK_DB, NIGHTDESK_CLOCK and the crawl options."""
    if not source:
        raise UsageError("name the source to crawl: scrapy crawl news -a source=NAME (see `nightdesk source list`)")
    clock = parse_clock(os.environ.get("NIGHTDESK_CLOCK"))
    store = connect(os.environ.get("NIGHTDESK_DB", "sqlite:///nightdesk.db"), clock)
    options = options_from_environment()
    found = store.read_now(lambda t: t.sources.get(source))
    work = WorkList(store, options, once=True, sources=[found.id])
    work.visit(found.id, "command")
    return {"store": store, "options": options, "work": work, "workers": Workers(options.workers, options.page_seconds)}
