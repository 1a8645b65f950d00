"""Looks at known articles that could not be had in time."""

from datetime import datetime

from crawler.retries import LATE_LOOK, missed_looks, next_look
from storage.clock import Clock
from storage.models import Looks
from storage.store import Tables
from storage.tables.pages import LookBudget

# Looks at known articles: 600 an hour and host, of the 3,600 requests that a pause of a second has room for, 300 of them
# at once; and never more than every second request, where a host wants longer pauses.
_LOOK_SECONDS, _LOOKS_AT_ONCE, _LOOK_SHARE = 6.0, 300, 2.0


def look_budget(clock: Clock) -> LookBudget:
    """How many looks a host may have: in real seconds."""
    second = clock.real(1.0)
    return LookBudget(_LOOK_SECONDS * second, _LOOKS_AT_ONCE, _LOOK_SHARE * second)


def drop_late_looks(tables: Tables, now: datetime, usual: Looks) -> None:
    """Let looks that have been due for days wait for their next time, or for none: a queue of them would never end.

    `usual`: how often to look where a source does not say.
    """
    sources: dict[int, Looks] = {}
    for page in tables.pages.late_looks(now - LATE_LOOK):
        if page.source_id not in sources:
            sources[page.source_id] = tables.sources.by_id(page.source_id).looks or usual
        looks, first_seen = sources[page.source_id], page.first_seen or now
        tables.pages.put_off(page.id, next_look(first_seen, now, looks))
        tables.sources.skip_looks(page.source_id, 1 + missed_looks(first_seen, page.due or now, now, looks))
