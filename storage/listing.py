"""Ingest of listings: a feed's entries → pages that are due, in the one transaction of its caller.

It may be killed at any point and run again: what it did is there as a whole, or not at all.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from storage.admission import Admission, admit
from storage.continuity import Answer, note_continuity
from storage.identity import clean_line
from storage.models import Entry, Feed, FeedKind, Hints, Page, PageReason, PageState, Reason, Source, Trap
from storage.store import Tables
from storage.tables.feeds import Subscription
from storage.tables.pages import Sighting
from storage.traps import PAGES_PER_DAY
from storage.urls import canonical, host_of, site_of
from storage.vitals import beside, listed

MOST_BACKLOG = 2_000  # pages of a first reading that are fetched: a sitemap may list a site's whole history
_ADOPTED_LEAST = 3  # entries: a single link elsewhere is an advertisement
_LATE = timedelta(days=7)
_ADOPTED_SHARE = 0.8  # of a feed's entries on one site, while none is on a site of the source


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave us to ask "has it changed?" with (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a feed's entries were to one source."""

    source_id: int
    entries: int
    new: int
    changed: int
    elsewhere: int  # links to other sites, not followed
    surplus: int = 0  # new ones beyond the day's budget: not taken, and new again at the next reading
    caught: Trap | None = None  # as what the listing was caught at this reading
    joined: int = 0  # not listed by this feed before, new or known by another way
    dates: tuple[datetime | None, ...] = ()  # of the new ones, as the feed says; none of a feed that joined others
    gap: bool = False  # nothing of it stood in the answer before, and no other listing has told what there was between


def ingest_listing(
    tables: Tables,
    feed_id: int,
    entries: Sequence[Entry],
    validators: Validators,
    now: datetime,
    *,
    pages_per_day: int = PAGES_PER_DAY,
    hints: Hints | None = None,
) -> list[Listed]:
    """Store a feed's validators together with a due page for each of its new entries, for every source that lists it.

    Together, because validators without their entries would be answered 304 next time, and the articles lost;
    so none are stored, either, when not all entries could be taken. `pages_per_day`: new pages of a source that does not say.
    """
    keyed: dict[str, Entry] = {}
    for entry in entries:
        try:
            keyed.setdefault(canonical(entry.url), replace(entry, title=clean_line(entry.title), guid=clean_line(entry.guid)))
        except ValueError:
            continue  # not a web address: nothing that could be fetched
    feed = tables.feeds.by_id(feed_id)
    known, newest = tables.completeness.known_to(feed_id, keyed), tables.completeness.newest(feed_id, keyed)
    done = [_list_for(tables, feed, each, keyed, now, pages_per_day) for each in tables.feeds.subscriptions(feed_id)]
    if any(each.surplus for each in done):
        validators = Validators()
    tables.feeds.settle(
        feed_id, now=now, changed=True, etag=validators.etag, last_modified=validators.last_modified, hints=hints
    )
    own = max((each.entries for each in done), default=0)
    gap = note_continuity(tables, feed, Answer(keyed.values(), own, known, newest), now)
    return [replace(each, gap=gap) for each in done]


def _list_for(  # noqa: PLR0917
    tables: Tables, feed: Feed, interest: Subscription, keyed: dict[str, Entry], now: datetime, pages_per_day: int
) -> Listed:
    source = _know_its_site(tables, tables.sources.by_id(interest.source_id), keyed)
    own = {key: entry for key, entry in keyed.items() if site_of(entry.url) in source.sites}
    if interest.audit:
        own = _of_late(feed, source, own, now)
    backlog = interest.first_read is None
    pages = {key: tables.pages.by_key(key) for key in own}
    for key in [key for key, page in pages.items() if page is None and tables.pruned.by_key(key) is not None]:
        del own[key], pages[key]  # it was removed for its age: no news, however often it is listed
    fresh = {key: own[key] for key, page in pages.items() if page is None}
    taken = admit(tables, source, feed.id, fresh, now, per_day=pages_per_day, backlog=MOST_BACKLOG if backlog else None)
    changed = joined = 0
    for key, entry in own.items():
        page = pages[key] or _new_page(tables, source, key, entry, now, taken=taken, backlog=backlog)
        if page is None:
            continue
        sighting = tables.pages.sight(page, source.id, feed.id, entry, now, backlog=backlog)
        joined += sighting is Sighting.FIRST
        if sighting is Sighting.CHANGED and page.state is not PageState.DUE:  # given up, it has another chance
            tables.pages.make_due(page.id, now, PageReason.CHANGED)
            changed += 1
        elif page.state is PageState.DUE and page.due is None:  # whoever listed it was removed before it was fetched
            tables.pages.adopt(page.id, source.id, now)
    tables.feeds.mark_read(feed.id, source.id, now)
    new = len(fresh) - taken.surplus
    _note(tables, feed, interest, now, entries=len(own), new=0 if backlog else new)
    # What a feed that joins others lists is old, and no sign of when articles come.
    dates = () if backlog and source.last_success is not None else tuple(each.published for each in fresh.values())
    elsewhere = len(keyed) - len(own)
    return Listed(source.id, len(own), new, changed, elsewhere, taken.surplus, taken.caught, joined, dates)


def _new_page(
    tables: Tables, source: Source, key: str, entry: Entry, now: datetime, *, taken: Admission, backlog: bool
) -> Page | None:
    """The page of a new entry, now a row: due or, of a first reading, given up. None: beyond the day's budget, and no row."""
    beyond = key not in taken.keys
    if beyond and not backlog:
        return None
    page = Page(
        url=entry.url, key=key, host=host_of(entry.url), source_id=source.id, dated=entry.published,
        assumed=entry.assumed, title=entry.title,
        due=None if beyond else now, state=PageState.GIVEN_UP if beyond else PageState.DUE, backlog=backlog,
        first_seen=now,
        error=f"{Reason.BACKLOG}: beyond the first {MOST_BACKLOG} of its feed's first reading" if beyond else None,
    )  # fmt: skip
    return replace(page, id=tables.pages.add(page))


def _of_late(feed: Feed, source: Source, own: dict[str, Entry], now: datetime) -> dict[str, Entry]:
    """Of a second route, what the watched ones may have missed: a sitemap may list a site's whole history."""
    since = max(source.added, now - _LATE)
    return {
        key: entry
        for key, entry in own.items()
        if (feed.kind is not FeedKind.SITEMAP if (dated := entry.published or entry.updated) is None else dated >= since)
    }


def _note(tables: Tables, feed: Feed, interest: Subscription, now: datetime, *, entries: int, new: int) -> None:
    """What the listing says of how its source fares. A news sitemap may be empty: it names the last two days' articles."""
    if interest.audit:
        fact = partial(beside, new=new)
    else:
        fact = partial(listed, now=now, entries=entries, new=new, may_be_empty=feed.kind is FeedKind.SITEMAP)
    tables.health.record(interest.source_id, fact, now)


def _know_its_site(tables: Tables, source: Source, keyed: dict[str, Entry]) -> Source:
    """The source, with the site that its first entries are on, if it is none that we knew (a feed on a feed service)."""
    sites = Counter(site_of(entry.url) for entry in keyed.values())
    if not sites or any(site in source.sites for site in sites):
        return source
    site, count = sites.most_common(1)[0]
    if count < max(_ADOPTED_LEAST, _ADOPTED_SHARE * len(keyed)) or tables.pages.sighted(source.id):
        return source
    source = replace(source, sites=(*source.sites, site))
    tables.sources.change(source)
    return source
