"""Look at an address and find what to watch there: fetch, read, and leave the choice to `crawler.discover`.

Whoever calls hands in how to fetch and how to read, so that discovery passes the same gate, guard, robots.txt and worker
processes as every crawl.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from crawler.discover import (
    Candidate,
    Choice,
    FirstLook,
    Read,
    candidates,
    choose,
    first_look,
    from_index,
    from_robots,
    given,
    read_candidate,
    shortlist,
)
from crawler.feeds import ParsedFeed
from crawler.sitemaps import ParsedSitemap, choose_children
from crawler.visits import Fetched
from storage.errors import FeedError, NightdeskError
from storage.models import Entry, FeedKind
from storage.urls import key_of, site_of

_INDEX_CHILDREN = 2  # sitemaps of an index that are looked at


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to watch at an address: its home page, its sites, the choice, and the entries that it lists now."""

    home_url: str
    sites: tuple[str, ...]
    choice: Choice
    entries: tuple[Entry, ...]


class Discovery:
    """Finds the feeds of one address. `fetch(url)` and `run(task, *args)` reach the network and the worker processes.

    `tell(line)` is told what is looked at, for people who watch.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Fetched]],
        run: Callable[..., Awaitable[Any]],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._fetch = fetch
        self._run = run
        self._tell = tell

    async def find(self, url: str) -> Found:
        """What to watch at `url`, a home page or a feed's own address.

        Raises FetchError when it cannot be fetched, FeedError when there is nothing that could be watched.
        """
        self._tell(f"looking at {url}")
        page = await self._fetch(url)
        look: FirstLook = await self._run(first_look, page.body, page.content_type, page.url)
        if look.kind == "other":
            raise FeedError(look.error)
        if look.result is not None:
            return self._as_given(url, page, look.result)
        reads = [await self._read(each, page) for each in await self._shortlist(page)]
        reads += [each for read in list(reads) for each in await self._children(read)]
        choice = choose(reads, page.url, url)
        if not choice.feeds:
            raise FeedError(f"{url} has no feed, no sitemap and no list of articles that we can see; give a feed's address")
        chosen = {feed.url for feed in choice.feeds}
        listing = [read for read in reads if {read.candidate.url, read.candidate.index} & chosen]
        entries = [entry for read in listing for entry in _entries(read.result)]
        return Found(page.url, _sites(url, page.url), choice, tuple({key_of(each.url): each for each in entries}.values()))

    def _as_given(self, url: str, page: Fetched, result: ParsedFeed | ParsedSitemap) -> Found:
        """The address is a feed itself: it is taken, also when it is still empty."""
        kind = result.kind if isinstance(result, ParsedFeed) else FeedKind.SITEMAP
        home = (result.home_url if isinstance(result, ParsedFeed) else None) or _root(page.url)
        choice = choose([Read(given(url, kind), result)], home, url, page.url)
        return Found(home, _sites(home, url, page.url), choice, _entries(result))

    async def _shortlist(self, page: Fetched) -> tuple[Candidate, ...]:
        try:
            robots = await self._fetch(f"{_root(page.url)}robots.txt")
            named = from_robots(robots.body.decode("utf-8", errors="replace"), robots.url)
        except NightdeskError:
            named = ()
        return shortlist((*await self._run(candidates, page.body, page.url), *named))

    async def _read(self, candidate: Candidate, page: Fetched | None = None) -> Read:
        """The candidate, fetched and read, or why it could not be."""
        try:
            if page is None or candidate.url != page.url:
                self._tell(f"trying {candidate.url}")
                page = await self._fetch(candidate.url)
            read: Read = await self._run(read_candidate, candidate, page.body, page.content_type, page.url)
        except NightdeskError as error:
            return Read(candidate, error=str(error))
        return read

    async def _children(self, read: Read) -> list[Read]:
        """The sitemaps that an index names, in its place."""
        if not _is_index(read):
            return []
        assert isinstance(read.result, ParsedSitemap)
        children = choose_children(read.result, _INDEX_CHILDREN)
        return [await self._read(each) for each in from_index(read.candidate, children)]


def _is_index(read: Read) -> bool:
    return isinstance(read.result, ParsedSitemap) and read.result.kind == "index"


def _entries(result: Any) -> tuple[Entry, ...]:
    return result if isinstance(result, tuple) else getattr(result, "entries", ())


def _sites(*urls: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(site_of, urls)))


def _root(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
