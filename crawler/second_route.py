"""A second route to what a source publishes: looked at rarely, to fill gaps, and to know what the watched feeds leave out.

A source whose listings are all of one way (its feeds, or its news sitemap) cannot show what they omit. So its news sitemap,
else a sitemap that dates its newest articles, else its front page, is linked beside them for this alone: once a day, and at
once when a feed's answer does not join on to the one before. A few requests a day, by the same gate, guard and robots.txt as
all others.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from crawler.tasks import Listing, read_listing
from crawler.visits import Fetched
from storage.errors import NightdeskError
from storage.loggers import logger
from storage.models import Entry, Feed, FeedKind, Source
from storage.store import Store, Tables
from storage.tables.completeness import route_of
from storage.urls import key_of, site_of

MOST_LOOKED_AT = 500  # entries of one
MOST_TRIED = 3  # sitemaps that are looked at
FEWEST_ENTRIES = 3  # of its own site: less is no list of articles
_SOUGHT_AGAIN = timedelta(days=30)  # after a search that found nothing
_USUAL = ("/news-sitemap.xml", "/sitemap-news.xml")
_USUAL_OTHERS = ("/sitemap.xml", "/sitemap_index.xml")
_OF_LATE = timedelta(days=7)
_KNOWN = 1 / 3  # of what a sitemap dates of late: the feeds may leave out much, but hardly more
_WHY = "It shows what the feeds leave out: looked at once a day."
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
        """The news sitemap, another sitemap, or the front page, unless that is what is watched."""
        if route_of(watched[0].kind) != "sitemap":
            news, others = await self._sitemaps(source)
            for url in news:
                if len(_dated(await self._listed(source, url, FeedKind.SITEMAP))) >= FEWEST_ENTRIES:
                    return Feed(url, FeedKind.SITEMAP, why=_WHY)
            for url in others:
                if await self._tells_news(source, await self._listed(source, url, FeedKind.SITEMAP)):
                    return Feed(url, FeedKind.SITEMAP, why=_WHY)
        if route_of(watched[0].kind) != "section":
            front = await self._listed(source, source.home_url, FeedKind.SECTION)
            return Feed(source.home_url, FeedKind.SECTION, why=_WHY) if len(front) >= FEWEST_ENTRIES else None
        return None

    async def _sitemaps(self, source: Source) -> tuple[list[str], list[str]]:
        """Where its news sitemap may be, and where another one: those that robots.txt names, else the usual paths."""
        from crawler.candidates import NAMED_NEWS, from_robots  # noqa: PLC0415 - it loads the readers, and is rarely needed

        try:
            robots = await self._fetch(urljoin(source.home_url, "/robots.txt"))
            named = from_robots(robots.body.decode("utf-8", errors="replace"), robots.url)
        except NightdeskError:
            named = ()
        news = [each.url for each in named if each.rank == NAMED_NEWS] or _at(source, _USUAL)
        others = [each.url for each in named if each.rank != NAMED_NEWS] or _at(source, _USUAL_OTHERS)
        return news[:MOST_TRIED], others[:MOST_TRIED]

    async def _listed(self, source: Source, url: str, kind: FeedKind) -> list[Entry]:
        """The entries of the source's own sites there; of an index, in the sitemaps that are read of it at a visit."""
        listing = await self._read(url, kind)
        entries = list(listing.entries)
        for child in listing.children:
            entries += (await self._read(child, kind)).entries
        return [each for each in entries if key_of(each.url) and site_of(each.url) in source.sites]

    async def _read(self, url: str, kind: FeedKind) -> Listing:
        """What is listed there; nothing where it cannot be read."""
        try:
            page = await self._fetch(url)
            listing: Listing = await self._run(read_listing, page.body, page.url, kind, page.content_type)
        except NightdeskError:
            return Listing(())
        return listing

    async def _tells_news(self, source: Source, entries: list[Entry]) -> bool:
        """Whether what a sitemap dates of late is news: articles that we know, most likely.

        Its dates are those of the last change, and some systems write those of all pages anew; what is old would come as new.
        """
        since = max(source.added, self._store.clock.now() - _OF_LATE)
        keys = {key_of(url) for url, dated in _dated(entries)[:MOST_LOOKED_AT] if dated >= since}
        known = await self._store.read(lambda t: sum(t.pages.by_key(key) is not None for key in keys if key))
        return len(keys) >= FEWEST_ENTRIES and known >= _KNOWN * len(keys)


def _dated(entries: list[Entry]) -> list[tuple[str, datetime]]:
    """The addresses with dates, the newest first."""
    dated = [(each.url, stated) for each in entries if (stated := each.published or each.updated) is not None]
    return sorted(dated, key=lambda pair: pair[1], reverse=True)


def _at(source: Source, paths: tuple[str, ...]) -> list[str]:
    return [urljoin(source.home_url, path) for path in paths]


def _link(tables: Tables, source: Source, feed: Feed | None, now: datetime) -> list[Feed]:
    if feed is not None:
        tables.feeds.link(source.id, feed, now, audit=True)
    return tables.feeds.of_source(source.id, audit=True)
