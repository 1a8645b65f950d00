"""Looks at known articles that could not be had in time."""

from datetime import datetime

from crawler.retries import LATE_LOOK, missed_looks, next_look
from storage.models import Looks
from storage.store import Tables


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
