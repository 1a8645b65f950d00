"""Which of the new entries of a listing become pages: within the day's budget, news first. In the transaction of its caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.models import Entry, Source, Trap
from storage.store import Tables
from storage.traps import TRAPPED_PER_DAY, budget, shape

_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Admission:
    """The keys of the entries that become pages due now, how many others there are, and as what the listing was just caught."""

    keys: frozenset[str]
    surplus: int = 0
    caught: Trap | None = None


def admit(
    tables: Tables,
    source: Source,
    feed_id: int,
    fresh: Mapping[str, Entry],
    now: datetime,
    *,
    per_day: int,
    backlog: int | None,
) -> Admission:
    """Choose among the entries that no listing has named before, by their keys. `backlog`: how many of a first reading.

    Those of a first reading have a budget of their own, so that they take no room from the day's news.
    """
    if not fresh:
        return Admission(frozenset())
    known = tables.budgets.trap(feed_id)
    seen = shape(entry.url for entry in fresh.values())
    trap = seen or known
    if seen is not None and seen is not known:
        tables.budgets.mark(feed_id, seen, now)
    per_day = per_day if source.pages_per_day is None else source.pages_per_day
    if backlog is not None:
        left = min(backlog, per_day, TRAPPED_PER_DAY if trap else backlog)
        return Admission(_newest(fresh, left), 0, seen if seen is not known else None)
    days = tables.budgets.day(source.id, now)
    here = days.get(feed_id)
    left = budget(
        per_day,
        taken=sum(day.admitted for day in days.values()),
        taken_here=here.admitted if here else 0,
        listings=len(tables.feeds.of_source(source.id)),
        trapped=trap is not None,
    )
    keys = _newest(fresh, left)
    surplus = len(fresh) - len(keys)
    tables.budgets.take(source.id, feed_id, now, admitted=len(keys), surplus=surplus)
    return Admission(keys, surplus, seen if seen is not known else None)


def _newest(fresh: Mapping[str, Entry], left: int) -> frozenset[str]:
    """The keys of the newest entries, where not all can be taken; undated ones come last, in their order."""
    if len(fresh) <= left:
        return frozenset(fresh)
    ranked = sorted(fresh, key=lambda key: fresh[key].published or fresh[key].updated or _UNDATED, reverse=True)
    return frozenset(ranked[:left])
