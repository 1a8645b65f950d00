"""Listings that never end: how many pages a day may bring, and what tells a trap from a newspaper. A pure module.

Nightdesk follows listings, not links, so it cannot walk into an endless calendar; but a listing can hold one: addresses that
are new at every visit, or without number. A listing is caught by the shape of its addresses, or by what its pages bring.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from urllib.parse import parse_qsl, urlsplit

from storage.words import Trap

PAGES_PER_DAY = 2_000
"""New pages of a source a day, unless somebody says otherwise: the largest papers publish some 500, agencies 1,500."""
TRAPPED_PER_DAY = 50
"""New pages a day of a listing that was caught: enough to see whether it has become one of news."""
LISTING_SHARE = 0.5
"""Of a source's budget, that one of several listings may take."""
_LEAST_SHAPED = 40  # addresses, before their shape says anything
_LEAST_READ = 30  # pages, before what they bring says anything
_MOST_ADDRESSES = 5_000  # looked at
_REPEATED = 3  # times that a run of steps comes one after the other in a path
_LONGEST_RUN = 4  # steps
_SHARE = 0.8  # of the addresses, or of the pages


def budget(per_day: int, *, taken: int, taken_here: int, listings: int, trapped: bool) -> int:
    """How many new pages a reading may bring, when `taken` came today from all listings, `taken_here` from this one."""
    here = per_day if listings < 2 else max(1, int(per_day * LISTING_SHARE))
    if trapped:
        here = min(here, TRAPPED_PER_DAY)
    return max(0, min(per_day - taken, here - taken_here))


def shape(urls: Iterable[str]) -> Trap | None:
    """What the addresses that a listing names for the first time look like, all together; None: like any newspaper's."""
    split = [urlsplit(url) for url, _ in zip(urls, range(_MOST_ADDRESSES), strict=False)]
    if len(split) < _LEAST_SHAPED:
        return None
    if sum(is_endless(parts.path) for parts in split) >= _SHARE * len(split):
        return Trap.ENDLESS_PATHS
    by_page: dict[str, list[str]] = defaultdict(list)
    for parts in split:
        if parts.query:
            by_page[f"{parts.netloc}{parts.path}"].append(parts.query)
    faceted = sum(len(queries) for queries in by_page.values() if is_faceted(queries))
    return Trap.FACETS if faceted >= _SHARE * len(split) else None


def is_endless(path: str) -> bool:
    """Whether a path repeats itself: /a/a/a, /a/b/a/b/a/b."""
    steps = [step for step in path.split("/") if step]
    for length in range(1, _LONGEST_RUN + 1):
        for start in range(len(steps) - length * _REPEATED + 1):
            run = steps[start : start + length]
            if all(steps[start + length * turn : start + length * (turn + 1)] == run for turn in range(1, _REPEATED)):
                return not all(step.isdecimal() for step in run)  # /11/11/11 is a day
    return False


def is_faceted(queries: Collection[str]) -> bool:
    """Whether the queries of one page are combinations: many, and made of few values, none of which tells one from the others.

    An article's number tells it from all others, so `?id=4711&section=4` is none.
    """
    if len(queries) < _LEAST_SHAPED:
        return False
    values: dict[str, set[str]] = defaultdict(set)
    for query in queries:
        for name, value in parse_qsl(query, keep_blank_values=True):
            values[name].add(value)
    return len(values) > 1 and all(2 * len(found) <= len(queries) for found in values.values())


def fruits(read: int, idle: int, caught: Trap | None) -> Trap | None:
    """What a listing is caught as, by a day's new pages: `read` came for the first time, `idle` of them brought nothing new.

    One that was caught so is let go by a day that brings something; the shape of its addresses is not judged here.
    """
    if caught not in (None, Trap.NOTHING_NEW) or read < _LEAST_READ:
        return caught
    return Trap.NOTHING_NEW if idle >= _SHARE * read else None
