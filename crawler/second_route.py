"""A second route to what a source publishes: looked at rarely, to fill gaps, and to know what the watched feeds leave out.

A source whose listings are all of one way (its feeds, or its news sitemap) cannot show what they omit. So its news sitemap, or
else its front page, is linked beside them for this alone: once a day, and at once when a feed's answer does not join on to
the one before. One or two requests a day, by the same gate, guard and robots.txt as all others.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from crawler.tasks import Listing, read_listing
from crawler.visits import Fetched
from storage.completeness import route_of
from storage.errors import NightdeskError
from storage.loggers import logger
from storage.models import Feed, FeedKind, Source
from storage.store import Store, Tables
from storage.urls import key_of, site_of

MOST_TRIED = 3  # sitemaps that are looked at
FEWEST_ENTRIES = 3  # of its own site: less is no list of articles
_SOUGHT_AGAIN = timedelta(days=30)  # after a search that found nothing
_USUAL = ("/news-sitemap.xml", "/sitemap-news.xml")
log = logger("nightdesk.crawl")


def audit_due(tables: Tables, source: Source, feeds: Sequence[Feed], now: datetime, every: float | None) -> bool:
    """Whether the second route of a source that watches these feeds is to be visited now, `every` so many seconds; None: never.

    Not in its first day, and not where two independent routes are watched anyway.
    """
    if every is None or not feeds or len({route_of(feed.kind) for feed in feeds}) > 1:
        return False
    wait = timedelta(seconds=every)
    if now < source.added + wait:
        return False
    last = tables.health.vitals(source.id).audited or source.added
    if now < last + wait or last == source.added:
        return now >= last + wait
    return now >= last + max(wait, _SOUGHT_AGAIN) or bool(tables.feeds.of_source(source.id, audit=True))


class SecondRoutes:
    """Knows or finds the second route of a source. `fetch(url)` and `run(task, *args)` reach network and worker processes."""

    def __init__(self, store: Store, fetch: Callable[[str], Awaitable[Fetched]], run: Callable[..., Awaitable[Any]]) -> None:
        self._store = store
        self._fetch = fetch
        self._run = run

    async def of(self, source: Source) -> list[Feed]:
        """The feeds to look at now; noted as looked at. None where the source shows its articles by one route alone."""
        now = self._store.clock.now()
        known, watched = await self._store.read(
            lambda t: (t.feeds.of_source(source.id, audit=True), t.feeds.of_source(source.id))
        )
        if not known and len({route_of(feed.kind) for feed in watched}) == 1:
            found = await self._find(source, watched)
            log.info("second-route", source=source.name, url=found.url if found else None)
            known = await self._store.write(lambda t: _link(t, source, found, now))
        await self._store.write(lambda t: t.health.audited(source.id, now))
        return known

    async def _find(self, source: Source, watched: list[Feed]) -> Feed | None:
        """The news sitemap, else the front page, unless that is what is watched."""
        if route_of(watched[0].kind) != "sitemap":
            for url in await self._sitemaps(source):
                if await self._lists(source, url, FeedKind.SITEMAP):
                    return Feed(url, FeedKind.SITEMAP, why="It shows what the feeds leave out: looked at once a day.")
        if route_of(watched[0].kind) != "section" and await self._lists(source, source.home_url, FeedKind.SECTION):
            return Feed(source.home_url, FeedKind.SECTION, why="It shows what the feeds leave out: looked at once a day.")
        return None

    async def _sitemaps(self, source: Source) -> list[str]:
        """Where its news sitemap may be: those that robots.txt names as such, else the usual paths."""
        from crawler.candidates import NAMED_NEWS, from_robots  # noqa: PLC0415 - it loads the readers, and is rarely needed

        try:
            robots = await self._fetch(urljoin(source.home_url, "/robots.txt"))
            named = from_robots(robots.body.decode("utf-8", errors="replace"), robots.url)
        except NightdeskError:
            named = ()
        news = [each.url for each in named if each.rank == NAMED_NEWS]
        return (news or [urljoin(source.home_url, path) for path in _USUAL])[:MOST_TRIED]

    async def _lists(self, source: Source, url: str, kind: FeedKind) -> bool:
        """Whether articles of the source are listed there, dated if it is a sitemap."""
        try:
            page = await self._fetch(url)
            listing: Listing = await self._run(read_listing, page.body, page.url, kind, page.content_type)
        except NightdeskError:
            return False
        own = [each for each in listing.entries if key_of(each.url) and site_of(each.url) in source.sites]
        dated = [each for each in own if each.published or each.updated]
        return len(dated if kind is FeedKind.SITEMAP else own) >= FEWEST_ENTRIES


def _link(tables: Tables, source: Source, feed: Feed | None, now: datetime) -> list[Feed]:
    if feed is not None:
        tables.feeds.link(source.id, feed, now, audit=True)
    return tables.feeds.of_source(source.id, audit=True)
