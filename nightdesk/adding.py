"""Adding a source: from what discovery found, or a list names, to rows. Shared by the commands and the demo."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from crawler.opml import OpmlOutline
from storage.models import CommentFeeds, Feed, Keep, Looks, Schedule, Source
from storage.store import Tables
from storage.urls import canonical, host_of, same_site, site_of

if TYPE_CHECKING:
    from crawler.discovery import Found


def store_source(
    tables: Tables,
    found: "Found",
    name: str,
    schedule: Schedule,
    added: datetime,
    *,
    tags: tuple[str, ...] = (),
    keep: Keep = Keep.TEXT,
    comment_feeds: CommentFeeds | None = None,
    country: str | None = None,
    looks: Looks | None = None,
) -> Source:
    """Watch what was found from now on; what is dated before `added` is old.

    No validators are kept: the first crawl must see every entry.
    """
    stored = tables.sources.add(
        Source(
            name,
            found.home_url,
            schedule,
            added,
            sites=found.sites,
            tags=tags,
            due=added,
            keep=keep,
            comment_feeds=comment_feeds,
            country=country,
            looks=looks,
        )
    )
    for feed in found.choice.feeds:
        tables.feeds.link(stored.id, feed, added)
    return stored


def listed_now(found: "Found") -> str:
    """How many articles a source lists now: of its own sites, as its feeds are told of; `2 articles`."""
    own = sum(any(same_site(each.url, site) for site in found.sites) for each in found.entries)
    count = own or len(found.entries)
    return f"{count} article{'' if count == 1 else 's'}{'' if own or not count else ' of other sites'}"


def suggested_name(url: str) -> str:
    """A source's name when a person gave none: its host."""
    return host_of(url).removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a list says of one source: the outlines of one title and one site."""

    title: str
    site: str
    outlines: tuple[OpmlOutline, ...]
    alone: bool  # no other site of the list bears its title


def outlets(listed: Iterable[OpmlOutline]) -> list[Outlet]:
    """The outlets of a list, in order. Many of different sites are called "News"; the home page, else the feed, tells which."""
    found: dict[tuple[str, str], list[OpmlOutline]] = {}
    for each in listed:
        found.setdefault((each.title or suggested_name(each.home), site_of(each.home)), []).append(each)
    sites = Counter(title for title, _ in found)
    return [Outlet(title, site, tuple(each), sites[title] == 1) for (title, site), each in found.items()]


def store_outlet(tables: Tables, outlet: Outlet, plain: Source) -> bool:
    """Watch an outlet of a list as one source, which is otherwise like `plain`; False when it is watched already.

    Where only a home page is named, feeds are found at the first visit.
    """
    name = _free_name(tables, outlet)
    if name is None:
        return False
    home = outlet.outlines[0].home
    feeds = [(each.xml_url, each.kind) for each in outlet.outlines if each.xml_url]
    sites = tuple(dict.fromkeys(map(site_of, (home, *(url for url, _ in feeds)))))
    tags = tuple(dict.fromkeys(tag for each in outlet.outlines for tag in each.tags))
    stored = tables.sources.add(replace(plain, name=name, home_url=home, sites=sites, tags=tags))
    for url, kind in feeds:
        tables.feeds.link(stored.id, Feed(url, kind, why="the imported list names it"), plain.added)
    return True


def _free_name(tables: Tables, outlet: Outlet) -> str | None:
    """What it is to be called: its title, unless another site has that; then its site is told, too. None: it is watched."""
    distinct = f"{outlet.title} ({outlet.site})"
    named = tables.sources.find(outlet.title)
    if tables.sources.find(distinct) or (named is not None and _is_it(tables, named, outlet)):
        return None
    return outlet.title if named is None and outlet.alone else distinct


def _is_it(tables: Tables, known: Source, outlet: Outlet) -> bool:
    """Whether the source of that title is this outlet, and not another one."""
    if outlet.site in known.sites:
        return True
    feeds = {canonical(feed.url) for feed in tables.feeds.of_source(known.id)}
    return any(canonical(each.xml_url) in feeds for each in outlet.outlines if each.xml_url)
