"""What is under way: a visit to a source, its feeds to fetch, and pages to fetch."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from crawler.hints import least_seconds
from crawler.websub import by_feed, rests_until
from storage.models import CrawlOutcome, Entry, Feed, Lateness, Page, Reason, Source
from storage.store import Tables
from storage.urls import host_of, site_of

SCHEDULE, PUSH = "schedule", "push"  # why a visit is made: it is due, or hubs told of news
_NEVER = datetime.min.replace(tzinfo=UTC)
_SLACK = timedelta(seconds=5)  # of the calendar: a visit is planned from its end, a feed was read a little before
_JUST_NOW = 60.0  # seconds of the calendar: a feed fetched since then for another source is not fetched for this one


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came back for one address."""

    url: str  # after redirects
    body: bytes
    content_type: str | None


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form that was posted was answered."""

    status: int
    location: str | None  # where it sends us instead
    said: str  # the start of its words


@dataclass(slots=True, eq=False)
class Visit:
    """One visit to one source, as it goes on."""

    source: Source
    crawl_id: int
    started: datetime
    trigger: str
    began: float = 0.0  # of the clock's steady seconds, for its limit
    lateness: Lateness = field(default_factory=Lateness)
    open: int = 0  # feeds that have not been settled
    feeds: int = 0
    failures: list[str] = field(default_factory=list)
    dates: list[tuple[datetime | None, ...]] = field(default_factory=list)  # by feed, of articles that were not known
    failure: Reason | None = None  # of the last of them
    unasked: int = 0  # feeds that were not asked for, because their domain holds us off
    sought: bool = False  # its second route was asked for
    over: bool = False  # it was ended: whatever still comes of its feeds is of no visit any more
    search: asyncio.Task[None] | None = None  # for its feeds, where none is known yet

    def end(self, limit: float) -> None:
        """Its time of `limit` real seconds is over: what was not read has failed, and is left to the next visit."""
        self.over = True
        if self.search is not None:
            self.search.cancel()
        unread = f"{self.open} of {self.feeds} feeds were not read" if self.feeds else "no feed was found"
        self.failures.append(f"the visit took longer than {limit:g} s and was ended: {unread}")

    def trouble(self, outcome: CrawlOutcome) -> Reason | None:
        """Why nothing came of the visit; None: something did."""
        if outcome is CrawlOutcome.KILLED:
            return Reason.TIMEOUT
        return (self.failure or Reason.UNREACHABLE) if outcome is CrawlOutcome.FAILED else None

    @property
    def put_off(self) -> bool:
        """Whether nothing of it was asked for, because it was not yet time."""
        return 0 < self.feeds == self.unasked

    @property
    def reason(self) -> str | None:
        """What went wrong, each thing once; None: nothing did."""
        return "; ".join(dict.fromkeys(self.failures)) or None

    @property
    def outcome(self) -> CrawlOutcome:
        """How it ended."""
        failed = len(self.failures) - self.over + self.open
        if failed >= self.feeds and (self.failures or self.over):
            return CrawlOutcome.KILLED if self.over and self.open == self.feeds else CrawlOutcome.FAILED
        return CrawlOutcome.PARTIAL if self.failures else CrawlOutcome.OK


@dataclass(slots=True, eq=False)
class FeedJob:
    """A feed to fetch. An index of sitemaps is settled once its children, jobs with a `parent`, have brought their entries."""

    visits: list[Visit]  # that wait for it: sources may share a feed
    feed: Feed
    url: str
    parent: "FeedJob | None" = None
    children: int = 0  # that have not been settled
    entries: list[Entry] = field(default_factory=list)
    failure: str | None = None
    reason: Reason | None = None  # of the failure, in a word
    unasked: bool = False  # it failed because its domain holds us off
    audit: bool = False  # a second route: its failure is none of the visit
    conditional: bool = False  # it was asked whether it has changed
    asked: datetime | None = None  # when the request was made
    moved: str | None = None  # where its server sent us for good

    @property
    def over(self) -> bool:
        """Whether nobody waits for it any more: the visits that did were ended."""
        return all(visit.over for visit in self.visits)

    @property
    def address(self) -> str:
        """Where to ask: where the feed has moved to, if it has; a sitemap of an index has its own address."""
        return self.feed.address if self.url == self.feed.url else self.url

    @property
    def host(self) -> str:
        """The host that the job keeps busy."""
        return host_of(self.address)


@dataclass(slots=True, eq=False)
class PageJob:
    """A page to fetch."""

    page: Page
    source: Source

    @property
    def url(self) -> str:
        """The address to fetch."""
        return self.page.url

    @property
    def host(self) -> str:
        """The host that the job keeps busy."""
        return self.page.host


class Searches:
    """Searches for feeds that are under way. Once they were ended, one that still begins ends at once."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended = False

    def keep(self, search: asyncio.Task[None]) -> None:
        """Hold on to a search until it is done."""
        self._tasks.add(search)
        search.add_done_callback(self._tasks.discard)
        if self._ended:
            search.cancel()

    def end(self) -> None:
        """End them all before the engine and the workers, whose end would look like a fault of the site."""
        self._ended = True
        for search in self._tasks:
            search.cancel()


def unshared(
    tables: Tables, source: Source, watched: Sequence[tuple[Feed, datetime]], now: datetime, trigger: str,
    *, backup: float | None = None,
) -> list[Feed]:  # fmt: skip
    """The feeds to fetch now, of those that the source has watched since so long, the longest unread first.

    Left out is what was fetched for another source since this one was last visited, or came to list it: its entries were
    stored for all. So a feed that several sources list is fetched once in the shortest of their intervals. Of an adaptive
    source, a feed that wishes to rest is left out too: the others need not wait for it. So is a feed whose hub tells of its
    news, unless that was read longer ago than `backup` seconds. Where hubs told of news, those feeds alone are fetched.
    """
    if trigger == PUSH:
        wanted = tables.websub.pushed_feeds(source.id, now)
        return [feed for feed, _ in watched if feed.id in wanted]
    hubs = by_feed(tables.websub.of_source(source.id)) if trigger == SCHEDULE and backup is not None else {}
    every = source.schedule.every if trigger == SCHEDULE else None
    recent = now - timedelta(seconds=every or _JUST_NOW)
    patient = source.schedule.adaptive and trigger == SCHEDULE
    found = []
    for feed, linked in sorted(watched, key=lambda each: each[0].checked or _NEVER):  # a visit that is ended left the last ones
        rest = rests_until(feed, hubs.get(feed.id), backup, now)
        if (rest is not None and now + _SLACK < rest) or (patient and _rests(feed, now)):
            continue
        if not fetched_since(feed, max(linked, source.last_crawl or linked, recent), now):
            found.append(feed)
    return found


def fetched_since(feed: Feed, since: datetime, now: datetime) -> bool:
    """Whether the feed has answered between `since` and `now`, for whichever source; later is a wrong clock's date."""
    return feed.checked is not None and since < feed.checked <= now and feed.error is None


def held_until(tables: Tables, source: Source, now: datetime) -> datetime | None:
    """Until when the domains of all the source's feeds, or of its home page where none is known, asked us to stay away.

    None when one of them can be asked now.
    """
    machine = tables.clock.machine()
    sites = {site_of(feed.address) for feed in tables.feeds.of_source(source.id)} or {site_of(source.home_url)}
    holds = [tables.domains.held_until(site, now, machine) for site in sites]
    return min((each for each in holds if each is not None), default=None) if all(holds) else None


def give_back(tables: Tables, pages: Collection[int], sources: Collection[int]) -> None:
    """Free what was claimed and not settled: it stays due."""
    if pages:
        tables.pages.release(pages)
    for source_id in sources:
        tables.sources.release(source_id)


def _rests(feed: Feed, now: datetime) -> bool:
    """Whether the feed has answered well within the time that it asks for between two readings."""
    if feed.checked is None or feed.error is not None:
        return False
    return now + _SLACK < feed.checked + timedelta(seconds=least_seconds(feed.hints, now))
