"""The work list: what to fetch next, at most one thing per host, from sources to visit and pages that are due.

It is the bounded queue in front of Scrapy's engine. Nothing here is lost with the process: a visit that was not finished
leaves its source due, a page that was not settled stays due.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from crawler.looks import look_budget
from crawler.options import CrawlOptions
from crawler.second_route import SecondRoutes
from crawler.visiting import Asked, Begun, Moment, begin_all, finish_all, nobody, tell_ended, tell_late, tidy
from crawler.visits import FeedJob, PageJob, Searches, Visit, give_back
from storage.errors import FeedError, NightdeskError, StorageError
from storage.leases import REAP_SECONDS
from storage.loggers import logger
from storage.models import CrawlOutcome, Feed, FeedKind, Reason, Source
from storage.store import Store, Tables

if TYPE_CHECKING:
    from crawler.discovery import Found

_LEASE_SECONDS = 600.0  # real; a living process renews nothing, a dead one is noticed at once
_NET_SECONDS = 1.0  # real; how long to rely on being woken
_LINGER = timedelta(seconds=5)  # of the calendar: a single crawl waits that long for a page's first retry
log = logger("nightdesk.crawl")


class WorkList:
    """Hands out jobs and takes them back. `once`: ends when its sources are visited and their pages fetched."""

    def __init__(
        self,
        store: Store,
        options: CrawlOptions,
        *,
        once: bool,
        sources: Collection[int] | None = None,
        discover: Callable[[str], Awaitable["Found"]] | None = None,
        second: SecondRoutes | None = None,
    ) -> None:
        self.visits: list[tuple[Source, CrawlOutcome]] = []  # the finished ones of a single crawl
        self.failure: Exception | None = None  # a fault of ours that ended the handing out
        self._store = store
        self._options = options
        self._once = once
        self._discover = discover  # for sources of which no feed is known yet
        self._second = second  # for sources that show their articles by one route only
        self._searches = Searches()
        self._sources = sources  # whose pages to fetch; None: everybody's
        self._yields = once and sources is None  # to who fetches from a host already, or a slow one would keep us all
        self._waiting: dict[Asked, None] = {}  # sources to visit, in their order
        self._feeds: deque[FeedJob] = deque()
        self._by_feed: dict[int, FeedJob] = {}
        self._running: set[FeedJob | PageJob] = set()
        self._open: set[Visit] = set()
        self.trouble: StorageError | None = None  # what ended a single crawl before it was done
        self.given_back = False  # what ends from now on was ended by us, and must not count as a failure
        self.ended: Callable[[datetime | None], None] = nobody  # told of each visit's end: when the next one is due
        self._stopping = False
        self._wakeup = store.wakeup.branch()
        self._tidied = 0.0
        self._budget = look_budget(store.clock)
        self._page_known: tuple[int, float, datetime | None] | None = None  # wake-ups until then, when, and the next page's due
        self._unsettled_pages: set[int] = set()
        self._unsettled_sources: set[int] = set()

    # --- asking for work

    def visit(self, source_id: int, trigger: str, due: datetime | None = None) -> None:
        """Have a source visited soon. Asking twice is asking once.

        `due`: the due time for which it is visited; where a visit has moved that meanwhile, there is none.
        """
        asked = Asked(source_id, trigger, due)
        if asked not in self._waiting and all(source_id != each.source.id for each in self._open):
            self._waiting[asked] = None
            self._wakeup.wake()

    def stop(self) -> None:
        """Hand out nothing more, and end searches for feeds: cut short by us they have found nothing, and are given back."""
        self._stopping = True
        self._searches.end()
        self._wakeup.wake()

    @property
    def idle(self) -> bool:
        """Whether nothing is being fetched or waits in memory."""
        return not (self._running or self._waiting or self._feeds or self._open)

    async def jobs(self) -> AsyncIterator[FeedJob | PageJob]:
        """Every job as its host becomes free, until stopped, or, for a single crawl, until all is done."""
        while not self._stopping:
            generation = self._wakeup.generation
            try:
                await self._tidy()
                for feed in await self._end_late_visits():
                    yield feed
                await self._open_visits()
                for feed in self._take_feeds():
                    yield feed
                for page in await self._take_pages():
                    yield page
                if self._once and self.idle and await self._drained():
                    return
                wait = await self._until_next()
            except StorageError as error:  # the disk may have room again later; nothing is lost meanwhile
                if self._once:  # whoever waits for this crawl is told now
                    self.trouble = error
                    return
                log.warning("database-trouble", error=str(error))
                wait = _NET_SECONDS
            if self._wakeup.generation == generation:
                await self._wakeup.wait(generation, wait)

    def done(self, job: FeedJob | PageJob) -> None:
        """The job is settled: its host is free for the next."""
        self._running.discard(job)
        self._wakeup.wake()

    async def release(self) -> None:
        """Give back what was claimed and not settled: it stays due for whoever comes next, and fails for nobody."""
        self.given_back = True
        pages = {job.page.id for job in self._running if isinstance(job, PageJob)} | self._unsettled_pages
        sources = {visit.source.id for visit in self._open} | self._unsettled_sources
        with contextlib.suppress(StorageError):
            await self._store.write(lambda t: give_back(t, pages, sources))

    def abandon(self, job: FeedJob | PageJob, error: Exception) -> None:
        """A job that could not be settled, because the database could not be written, or by a fault of ours.

        Its page or source is given back, and is due again: nothing is lost, and nothing stays taken.
        """
        if self._once and isinstance(error, StorageError):
            self.trouble = error
            self.stop()
        else:
            url = job.page.url if isinstance(job, PageJob) else job.url
            log.error("not-settled", error=f"{type(error).__name__}: {error}", url=url)
        if isinstance(job, PageJob):
            self._unsettled_pages.add(job.page.id)
            return
        self._by_feed.pop(job.feed.id, None)
        for visit in job.visits:
            if not visit.over:
                self._open.discard(visit)
                self._unsettled_sources.add(visit.source.id)

    # --- finding work

    async def _open_visits(self) -> None:
        """Begin the visits that there is room for, in one transaction.

        What it writes is not synced: a power cut may forget that they had begun, and their sources are still due.
        """
        clock, room = self._store.clock, max(0, self._options.concurrency - len(self._open))
        if not (asked := list(islice(self._waiting, room))):
            return
        leased, slack = max(_LEASE_SECONDS, 2 * self._options.visit_seconds), clock.rate if clock.rehearsed else 0.0
        moment = Moment(clock.now(), clock.steady(), clock.machine() + leased, slack)
        begun = await self._store.write(partial(begin_all, asked, self._options, moment), durable=False, wake=False)
        for each in asked:
            self._waiting.pop(each, None)
        self._open.update(each.visit for each in begun if each is not None)
        for done in begun:
            if done is None:  # another process is there, or has been
                self.ended(None)
            else:
                tell_late(done.visit, done.due)
                await self._enter(done)

    async def _enter(self, begun: Begun) -> None:
        """Queue the feeds of a visit that has begun, or look for some."""
        visit = begun.visit
        if begun.feeds is None:
            visit.search = asyncio.create_task(self._searched(visit))
            self._searches.keep(visit.search)
            return
        visit.open += 1  # not to be finished before its second route was asked for
        await self._begin(visit, begun.feeds)
        if begun.audit:
            await self.seek(visit)
        await self._leave(visit)

    def _take_feeds(self) -> Iterator[FeedJob]:
        busy = self._busy()
        for job in list(self._feeds):
            if len(self._running) >= self._options.concurrency:
                break
            if job.host not in busy:
                busy.add(job.host)
                self._feeds.remove(job)
                self._running.add(job)
                yield job

    async def _take_pages(self) -> list[PageJob]:
        limit = self._options.concurrency - len(self._running)
        due = await self._next_page() if limit > 0 else None
        now, machine, without = self._store.clock.now(), self._store.clock.machine(), self._busy()
        if due is None or due > now:
            return []

        def claim(tables: Tables) -> list[PageJob]:
            pages = tables.pages.claim(
                now, machine=machine, until=machine + _LEASE_SECONDS, limit=limit, without=without, sources=self._sources,
                budget=self._budget, yields=self._yields,
            )  # fmt: skip
            return [PageJob(page, tables.sources.by_id(page.source_id)) for page in pages]

        self._page_known = None
        jobs = await self._store.write(claim, durable=False, wake=False)
        self._running.update(jobs)
        return jobs

    def _busy(self) -> set[str]:
        return {job.host for job in self._running}

    async def _next_page(self) -> datetime | None:
        """When a page is due next, as last read: anew when rows were written that others wait for too, else once a second."""
        now, machine, steady = self._store.clock.now(), self._store.clock.machine(), self._store.clock.steady()
        generation = self._store.wakeup.generation
        if self._page_known is None or self._page_known[0] != generation or steady - self._page_known[1] >= _NET_SECONDS:
            due = await self._store.read(
                lambda t: t.pages.next_due(machine, self._sources, now=now, budget=self._budget, yields=self._yields)
            )
            self._page_known = (generation, steady, due)
        return self._page_known[2]

    async def _drained(self) -> bool:
        due = await self._next_page()
        return due is None or due > self._store.clock.now() + _LINGER

    async def _until_next(self) -> float:
        """Real seconds until something may be due without a wake-up."""
        due = await self._next_page()
        if due is None or len(self._running) >= self._options.concurrency:
            return _NET_SECONDS
        wait = self._store.clock.real((due - self._store.clock.now()).total_seconds())
        if wait <= 0 and self._running:  # its host is busy: whoever is done there wakes us
            return _NET_SECONDS
        return min(max(wait, 0.01), _NET_SECONDS)

    async def _tidy(self) -> None:
        """Now and then: free leases that ended, give back what could not be settled, drop looks that are late."""
        now, machine = self._store.clock.now(), self._store.clock.machine()
        if machine - self._tidied < REAP_SECONDS:
            return
        self._tidied = machine
        pages, sources = list(self._unsettled_pages), list(self._unsettled_sources)
        rest = partial(tidy, pages=pages, sources=sources, now=now, machine=machine, looks=self._options.looks)
        await self._store.write(rest, durable=False, wake=False)
        self._unsettled_pages.difference_update(pages)
        self._unsettled_sources.difference_update(sources)

    # --- visits

    async def _end_late_visits(self) -> list[FeedJob]:
        """End the visits whose time is over; the feeds that wait for nobody else now, to be settled unread.

        A request of theirs that is under way ends by its own limits, and what it brings is stored.
        """
        limit = self._options.visit_seconds
        for visit in [each for each in self._open if self._store.clock.steady() - each.began > limit]:
            visit.end(limit)
            log.warning("visit-killed", source=visit.source.name, reason=visit.failures[-1])
            try:
                await self._finish([visit])
            except StorageError:
                self._unsettled_sources.add(visit.source.id)
                raise
        unread = [job for job in self._feeds if job.over]
        for job in unread:
            self._feeds.remove(job)
        return unread

    async def _begin(self, visit: Visit, feeds: list[Feed]) -> None:
        visit.feeds = len(feeds)
        visit.open += len(feeds)
        for feed in feeds:
            under_way = self._by_feed.get(feed.id)
            if under_way is None:
                self._by_feed[feed.id] = FeedJob([visit], feed, feed.url)
                self._feeds.append(self._by_feed[feed.id])
            else:
                under_way.visits.append(visit)
        self._wakeup.wake()
        if not visit.open:
            await self._finish([visit])

    async def _searched(self, visit: Visit) -> None:
        try:
            await self._search(visit)
        except StorageError as error:  # the visit is given back, as that of a feed which could not be stored
            self.abandon(FeedJob([visit], Feed(visit.source.home_url, FeedKind.SECTION), visit.source.home_url), error)

    async def _search(self, visit: Visit) -> None:
        """Find the feeds of a source that was declared by its home page alone, then go on with the visit."""
        source = visit.source
        try:
            if self._discover is None:
                raise FeedError(f"no feed of {source.name} is known; run `nightdesk crawl {source.name}` once")
            found = await self._discover(source.home_url)
        except NightdeskError as error:
            visit.feeds, visit.failures, visit.failure = 1, [str(error)], Reason.UNREACHABLE
            await self._finish([visit])
            return
        now = self._store.clock.now()

        def link(tables: Tables) -> list[Feed]:
            known = tables.sources.by_id(source.id)
            if known.home_url == source.home_url:  # else it has moved meanwhile, and is due again
                tables.sources.change(replace(known, sites=tuple(dict.fromkeys((*known.sites, *found.sites)))))
                for feed in found.choice.feeds:
                    tables.feeds.link(source.id, feed, now)
            return tables.feeds.of_source(source.id)

        feeds = await self._store.write(link)
        log.info("feeds-found", source=source.name, feeds=[feed.url for feed in feeds])
        await self._begin(visit, feeds)

    async def seek(self, visit: Visit) -> None:
        """Have the source's second route visited too, once in a visit; where none is known, one is looked for."""
        if visit.sought or self._second is None or self._options.second_route is None:
            return
        visit.sought = True
        visit.open += 1
        self._searches.keep(asyncio.create_task(self._sought(visit, self._second)))

    async def _sought(self, visit: Visit, second: SecondRoutes) -> None:
        try:
            for feed in await second.of(visit.source):
                if feed.id not in self._by_feed:
                    visit.open += 1
                    self._by_feed[feed.id] = FeedJob([visit], feed, feed.url, audit=True)
                    self._feeds.append(self._by_feed[feed.id])
        except StorageError as error:
            log.warning("database-trouble", error=str(error))  # the visit itself may still be written
        except Exception:  # a fault of ours must not keep the source taken
            log.exception("fault", source=visit.source.name)
        try:
            self._wakeup.wake()
            await self._leave(visit)
        except StorageError as error:
            self.abandon(FeedJob([visit], Feed(visit.source.home_url, FeedKind.SECTION), visit.source.home_url), error)

    async def settle_feed(
        self, job: FeedJob, failure: str | None = None, *, note: Callable[[Tables], None] | None = None
    ) -> None:
        """One feed is stored, or failed; visits that have no other left are finished.

        `note`: what is to be written of the feed, in the transaction that finishes them.
        """
        told = 0
        while told < len(job.visits):  # more may join while it is written that the first have ended
            visits, told = [each for each in job.visits[told:] if not each.over], len(job.visits)
            for visit in visits:
                visit.open -= 1
                if failure is not None and not job.audit:
                    visit.failures.append(failure)
                    visit.failure = job.reason
                    visit.unasked += job.unasked
            await self._finish([each for each in visits if each.open == 0], note)
            note = None
        self._by_feed.pop(job.feed.id, None)

    async def _leave(self, visit: Visit) -> None:
        visit.open -= 1
        if visit.open == 0 and not visit.over:
            await self._finish([visit])

    def add_child(self, job: FeedJob) -> None:
        """Queue one more address of a visit (a sitemap of an index)."""
        self._feeds.append(job)

    async def _finish(self, visits: Sequence[Visit], note: Callable[[Tables], None] | None = None) -> None:
        """Write how these visits have ended, and whatever else is to be noted, in one transaction.

        It is not synced: after a power cut a source may be due that was visited, which costs a visit and nothing else.
        """
        now = self._store.clock.now()
        self._open.difference_update(visits)
        if self._once:
            self.visits += [(visit.source, visit.outcome) for visit in visits]
        if visits or note:
            dues = await self._store.write(partial(finish_all, visits, note, self._options, now), durable=False, wake=False)
            self._wakeup.wake()
            for visit, due in zip(visits, dues, strict=True):
                tell_ended(visit, due)
                self.ended(due)
