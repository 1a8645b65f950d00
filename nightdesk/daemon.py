"""The life of a run: what goes on at the same time, how it begins, and how it ends without losing anything.

The daemon and a single crawl are made of the same parts: Scrapy's engine (crawl), matching (match) and the deliverer (deliver).
"""

import asyncio
import contextlib
import gc
import signal
import socket
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from alerts.deliver import Deliverer
from alerts.health.check import HealthCheck
from alerts.match import Matching
from crawler.pushes import catch_up
from crawler.run import CrawlEngine
from crawler.subscribing import Subscriber
from nightdesk import declared
from nightdesk.config import Config
from nightdesk.delivering import delivery_options
from nightdesk.metrics.registry import Metrics
from nightdesk.metrics.server import served
from nightdesk.service import ServiceManager
from nightdesk.serving import Serving
from scheduler.daily import prune_daily
from scheduler.jobs import Rounds
from storage.clock import CLOCK_MARK, clock_mark
from storage.errors import NightdeskError, StorageError
from storage.leases import reap
from storage.loggers import logger
from storage.models import CrawlOutcome, Source
from storage.seat import Seat, SeatTakenError
from storage.store import Store

_NET_SECONDS = 1.0  # real; how long to rely on being woken
_SEAT_SECONDS = 5.0  # real; how often to look whether the seat is still ours
_LAST_PATIENCE = 0.5  # real seconds for another process's lock, once we are told to end
_TOLD_AT_END = 10.0  # real seconds of a single crawl, until it tells before its end
_GARBAGE = 20_000  # objects more than were freed, until garbage is looked for
_DRAIN_SECONDS = 2.0  # real; for deliveries under way, when the daemon is told to end
log = logger("nightdesk")


async def crawl_once(
    store: Store, config: Config, sources: Collection[Source], *, pages_of: Collection[int] | None, only_due: bool = False
) -> list[tuple[Source, CrawlOutcome]]:
    """Visit these sources now, fetch the pages of `pages_of` (None: everybody's) that are due, match and deliver.

    How each visit ended; a source that another process is visiting is not among them, nor, with `only_due`, one that has been
    visited since `sources` were looked up.
    """
    machine = store.clock.machine()
    await store.write(lambda t: reap(t.connection, machine))
    async with Deliverer(store, delivery_options(config)) as deliverer:
        crawled = asyncio.Event()
        telling = asyncio.create_task(_tell_meanwhile(deliverer, crawled))
        try:
            async with CrawlEngine(store, config.crawl_options(), once=True, sources=pages_of) as engine:
                for source in sources:
                    engine.work.visit(source.id, "command", source.due if only_due else None)
                matching = asyncio.create_task(match_for_ever(store))
                try:
                    ended = await engine.finished()
                finally:
                    matching.cancel()
                    await asyncio.wait({matching})
            crawled.set()
            await telling
        finally:
            telling.cancel()
            await asyncio.wait({telling})
        await Matching(store).run_pending()
        await HealthCheck(store).run_due()
        await deliverer.run_due()
    return ended


async def _tell_meanwhile(deliverer: Deliverer, crawled: asyncio.Event) -> None:
    """Deliver while a crawl takes long: the alerts of quick sites need not wait for the slowest.

    A short one tells at its end, when the copies of a story are known. Nothing is cancelled, so that what is claimed is sent.
    """
    wait = _TOLD_AT_END
    while not crawled.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(crawled.wait(), wait)
            return
        await deliverer.run_due()
        wait = _NET_SECONDS


class Daemon:
    """`nightdesk run`. `reread` gives the configuration anew, for SIGHUP; `door`: where the window listens already."""

    def __init__(
        self,
        store: Store,
        config: Config,
        reread: Callable[[], Config],
        *,
        database: str,
        door: socket.socket | None = None,
        metrics: Metrics | None = None,
        seat: Seat | None = None,
    ) -> None:
        self._store = store
        self._seat = seat
        self._metrics = metrics or Metrics()
        self._manager = ServiceManager()
        self._config = config
        self._reread = reread
        self._database = database
        self._ending = asyncio.Event()
        self._reloading = asyncio.Event()
        self._working = False  # all parts are
        self._serving = Serving(store, lambda: self._working, door)

    def end(self) -> None:
        """Drain and end."""
        self._store.hurry(_LAST_PATIENCE)
        self._ending.set()

    def reload(self) -> None:
        """Read the configuration anew, and go on with it."""
        self._reloading.set()

    async def run(self) -> None:
        """Watch until told to end (SIGTERM, SIGINT), taking on a changed configuration when told to (SIGHUP)."""
        loop = asyncio.get_running_loop()
        for number, action in ((signal.SIGTERM, self.end), (signal.SIGINT, self.end), (signal.SIGHUP, self.reload)):
            loop.add_signal_handler(number, action)
        machine = self._store.clock.machine()
        await self._store.write(lambda t: reap(t.connection, machine))
        await self._store.write(lambda t: t.meta.set(CLOCK_MARK, clock_mark()))
        await self._apply(self._config)
        now = self._store.clock.now()
        await self._store.write(lambda t: catch_up(t, now))
        self._metrics.observe(self._store)
        alive = asyncio.create_task(self._manager.stay_alive())
        try:
            while not self._ending.is_set():
                async with served(self._metrics.registry, self._config.settings.metrics.listen):
                    await self._run_configured()
        finally:
            alive.cancel()
            await self._serving.stop()

    async def _run_configured(self) -> None:
        """All parts at work, with one configuration."""
        config = self._config
        async with Deliverer(self._store, delivery_options(config)) as deliverer:
            async with CrawlEngine(self._store, config.crawl_options(listening=True)) as engine:
                rounds = Rounds(self._store, engine.work.visit)
                engine.work.ended = rounds.ended
                rounds.start()
                parts = [
                    deliverer.run(),
                    match_for_ever(self._store),
                    HealthCheck(self._store).run(),
                    rounds.follow(),
                    engine.watch(),
                    self._metrics.watch_loop(),
                ]
                if self._seat is not None:
                    parts.append(keep_seat(self._seat))
                if config.backup is not None and config.settings.web.public_url:
                    parts.append(Subscriber(self._store, engine.post, config.settings.web.public_url).run())
                if kept := config.settings.storage.kept:
                    parts.append(prune_daily(self._store, kept, config.settings.storage.schedule))
                _settle_memory()
                log.info("started", database=self._database, contact=config.contact or None)
                self._manager.ready()
                await self._until_told(parts)
                log.info("ending" if self._ending.is_set() else "reloading")
                (self._manager.stopping if self._ending.is_set() else self._manager.reloading)()
                rounds.stop()
                draining = [asyncio.create_task(deliverer.finish(_DRAIN_SECONDS))]
                if self._ending.is_set():
                    draining.append(asyncio.create_task(self._serving.stop()))
            await asyncio.gather(*draining)

    async def _until_told(self, parts: list[Coroutine[Any, Any, None]]) -> None:
        """Let the parts run until it is time to end, or a changed configuration was taken on; a broken one disturbs nothing."""
        tasks = [asyncio.create_task(part) for part in parts]
        waits: list[asyncio.Task[Any]] = []
        self._working = True
        try:
            while not self._ending.is_set() and not await self._reloaded():
                waits = [asyncio.create_task(event.wait()) for event in (self._ending, self._reloading)]
                done, _ = await asyncio.wait({*tasks, *waits}, return_when=asyncio.FIRST_COMPLETED)
                for task in done & set(tasks):
                    task.result()  # a part never ends by itself: this raises what ended it
                for wait in waits:
                    wait.cancel()
        finally:
            self._working = False
            for task in (*tasks, *waits):
                task.cancel()
            await asyncio.gather(*tasks, *waits, return_exceptions=True)

    async def _reloaded(self) -> bool:
        """Whether a new configuration was asked for, and is good: then it is in the database already."""
        if not self._reloading.is_set():
            return False
        self._reloading.clear()
        try:
            config = self._reread()
            await self._apply(config)
        except NightdeskError as error:
            log.error("configuration-refused", error=str(error), kept="the one before")  # noqa: TRY400 - the line says it all
            return False
        self._config = config
        return True

    async def _apply(self, config: Config) -> None:
        """Take a configuration on, all of it or nothing; raises NightdeskError."""
        now = self._store.clock.now()
        door = self._serving.prepare(config)
        try:
            await self._store.write(lambda t: declared.apply(t, config, now))
        except NightdeskError:
            if door is not None:
                door.close()
            raise
        await self._serving.take(config, door)


async def match_for_ever(store: Store) -> None:
    """Match whatever comes, woken by it."""
    matching = Matching(store)
    while True:
        generation = store.wakeup.generation
        try:
            await matching.run_pending()
        except StorageError as error:  # the disk may have room again later; what waits to be matched is a row
            log.warning("database-trouble", error=str(error))
        await store.wakeup.wait(generation, _NET_SECONDS)


async def keep_seat(seat: Seat) -> None:
    """See to it that the file of the seat is there; raises SeatTakenError when another daemon has the seat meanwhile."""
    while True:
        try:
            if seat.keep():
                log.warning("seat-renewed", why="somebody had removed the -daemon file beside the database")
        except SeatTakenError:
            raise
        except StorageError as error:  # it is tried again: nothing that it works on depends on it
            log.warning("database-trouble", error=str(error))
        await asyncio.sleep(_SEAT_SECONDS)


def _settle_memory() -> None:
    """What was loaded stays, and need not be looked through for garbage again and again: that took a tenth of a poll.

    Once: what an earlier configuration left behind is garbage.
    """
    if not gc.get_freeze_count():
        gc.collect()
        gc.freeze()
    gc.set_threshold(_GARBAGE, 20, 20)
