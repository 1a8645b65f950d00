"""Start, feed and stop the one Scrapy engine. Nobody outside this package needs to know how Scrapy is run.

The asyncio reactor runs on our own loop; Scrapy's engine, the scheduler and the deliveries share it.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlencode

from scrapy import Request, signals
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.settings import Settings
from scrapy.utils.reactor import is_reactor_installed
from twisted.internet import asyncioreactor

from crawler.failures import explain, explain_status
from crawler.guard import GuardedResolver
from crawler.options import CrawlOptions
from crawler.second_route import SecondRoutes
from crawler.spiders.news import NewsSpider
from crawler.visits import Fetched, Posted
from crawler.work import WorkList
from crawler.workers import Workers
from storage.errors import AddressRefusedError, FetchError
from storage.models import CrawlOutcome, Reason, Source
from storage.store import Store

if TYPE_CHECKING:
    from crawler.discovery import Found

_STOP_SECONDS = 2.0  # real; then what still runs is left to the next start
_WORDS = 300  # bytes of an answer to a form


class CrawlEngine:
    """Scrapy's engine, running on the current loop from `async with` to its end.

    `once`: it visits what it is told to and is then `finished`; else it goes on until it is left.
    """

    def __init__(
        self, store: Store, options: CrawlOptions, *, once: bool = False, sources: Collection[int] | None = None
    ) -> None:
        second = SecondRoutes(store, self.fetch, self._run)
        self.work = WorkList(store, options, once=once, sources=sources, discover=self.discover, second=second)
        self._store = store
        self._options = options
        self._task: asyncio.Task[None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._crawler: Crawler | None = None
        self._workers: Workers | None = None

    async def __aenter__(self) -> Self:
        settings = Settings()
        settings.setmodule("crawler.settings")
        reactor = _reactor()
        self._resolver = GuardedResolver(reactor, self._options.guard)
        self._resolver.install_on_reactor()
        self._workers = Workers(self._options.workers, self._options.page_seconds)
        runner = AsyncCrawlerRunner(settings)
        self._crawler = runner.create_crawler(NewsSpider)
        opened = asyncio.Event()
        self._crawler.signals.connect(opened.set, signals.spider_opened, weak=False)
        self._watch = asyncio.create_task(self._store.wakeup.watch())
        self._task = runner.crawl(
            self._crawler, store=self._store, options=self._options, work=self.work, workers=self._workers
        )
        waiter = asyncio.create_task(opened.wait())
        await asyncio.wait({self._task, waiter}, return_when=asyncio.FIRST_COMPLETED)
        waiter.cancel()
        if self._task.done():
            await self._task
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        assert self._watch is not None
        assert self._workers is not None
        self.work.stop()
        if not self._task.done():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._stop()), _STOP_SECONDS)
        self._spider.abandon()
        await self._spider.gate.close()
        await self.work.release()
        self._watch.cancel()
        await asyncio.to_thread(self._workers.close)
        self._resolver.uninstall()

    async def finished(self) -> list[tuple[Source, CrawlOutcome]]:
        """Wait until a single crawl is done; its visits and how each ended.

        Raises StorageError when the database would not take them; nothing is lost, and what was not done is due again.
        """
        assert self._task is not None
        await asyncio.shield(self._task)  # it takes being cancelled for an end, and whoever interrupts us is to be told
        if self.work.trouble is not None:
            raise self.work.trouble
        return self.work.visits

    async def watch(self) -> None:
        """Return never; raise when the engine ends by itself, which it must not: nobody would be crawling."""
        assert self._task is not None
        await asyncio.shield(self._task)
        raise self.work.failure or FetchError("the crawler stopped by itself; the log above says why")

    async def fetch(self, url: str) -> Fetched:
        """One address, by the same gate, guard and robots.txt as everything else.

        Raises FetchError in one line when there is no good answer, AddressRefusedError when the guard refused it.
        """
        assert self._crawler is not None
        assert self._crawler.engine is not None
        try:
            response = await self._crawler.engine.download_async(Request(url, dont_filter=True))
        except Exception as error:
            reason, message = explain(error, url)
            raise (AddressRefusedError if reason is Reason.ADDRESS_REFUSED else FetchError)(message) from error
        if response.status >= 300:
            raise FetchError(explain_status(response)[1])
        declared = response.headers.get(b"Content-Type")
        return Fetched(response.url, response.body, declared.decode("latin-1") if declared else None)

    async def post(self, url: str, fields: Mapping[str, str]) -> Posted:
        """A form, posted by the same gate and guard as everything else; redirects are the caller's business.

        robots.txt is not asked: it speaks of what is crawled, and this is an interface that its owner named to be called.
        Raises FetchError in one line when there is no answer.
        """
        assert self._crawler is not None
        assert self._crawler.engine is not None
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
        meta = {"dont_redirect": True, "robots_asked": False}
        try:
            request = Request(url, method="POST", body=urlencode(fields), headers=headers, meta=meta, dont_filter=True)
            response = await self._crawler.engine.download_async(request)
        except Exception as error:
            raise FetchError(explain(error, url)[1]) from error
        location = response.headers.get(b"Location")
        said = response.body[:_WORDS].decode("utf-8", "replace")
        return Posted(response.status, location.decode("latin-1") if location else None, said)

    async def discover(self, url: str, tell: Callable[[str], None] = lambda _: None) -> "Found":
        """What there is to watch at an address; see `crawler.discovery`."""
        from crawler.discovery import Discovery  # noqa: PLC0415 - it loads the readers, and is rarely asked for

        assert self._workers is not None
        return await Discovery(self.fetch, self._workers.run, tell).find(url)

    async def _run(self, task: Callable[..., Any], *args: Any) -> Any:
        """The result of a task of a worker process."""
        assert self._workers is not None
        return await self._workers.run(task, *args)

    async def _stop(self) -> None:
        assert self._crawler is not None
        assert self._task is not None
        await asyncio.gather(self._spider.drained(), self._crawler.stop_async())
        await self._task

    @property
    def _spider(self) -> NewsSpider:
        assert self._crawler is not None
        assert isinstance(self._crawler.spider, NewsSpider)
        return self._crawler.spider


def _reactor() -> Any:
    """Twisted's reactor on the running loop, installed at the first call of the process."""
    if not is_reactor_installed():
        asyncioreactor.install(asyncio.get_running_loop())  # type: ignore[no-untyped-call]
        from twisted.internet import reactor as installed  # noqa: PLC0415 - importing it is what installs it

        installed.startRunning(installSignalHandlers=False)
    from twisted.internet import reactor  # noqa: PLC0415

    return reactor
