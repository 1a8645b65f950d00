"""Whether a feed's answers join on to one another, and what closes the gap where they do not; in its caller's transaction.

A poll with nothing that was known from the one before proves nothing: articles may have come and gone between the two. Entries
are told apart by their addresses, so a feed that gives all of them new GUIDs makes no gap.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from storage.models import Entry, Feed, Gap
from storage.store import Tables

FEWEST = 5  # entries: a feed of one or two shows its newest, and never an old one
_SAME_VISIT = timedelta(minutes=15)  # a listing that was read so shortly before tells of the time until now


def note_continuity(tables: Tables, feed: Feed, entries: Collection[Entry], known: int, now: datetime) -> bool:
    """Note how a feed's answer joins on to the one before, and fill what it fills; whether it leaves a gap open."""
    dates = [dated for each in entries if (dated := each.published or each.updated) is not None]
    had = tables.completeness.had_entries(feed.id)
    if entries:
        tables.completeness.note(feed.id, known, min(dates, default=None))
    _fill_others(tables, feed.id, now)
    if feed.checked is None or not had or known or len(entries) < FEWEST:
        return False
    gap = tables.completeness.open_gap(feed.id, feed.checked, now, len(entries))
    return not _filled_already(tables, feed, gap, now)


def note_unchanged(tables: Tables, feed_id: int, now: datetime) -> None:
    """A feed answered that nothing has changed (304): that joins on, and may fill another one's gap."""
    _fill_others(tables, feed_id, now)


def _fill_others(tables: Tables, feed_id: int, now: datetime) -> None:
    for interest in tables.feeds.subscriptions(feed_id):
        for gap in tables.completeness.open_gaps(interest.source_id, feed_id):
            _fill(tables, interest.source_id, gap, now)


def _filled_already(tables: Tables, feed: Feed, gap_id: int, now: datetime) -> bool:
    """Whether another listing of the source, read in the same visit, has told what there was."""
    found = False
    for interest in tables.feeds.subscriptions(feed.id):
        for gap in tables.completeness.gaps(interest.source_id, 1):
            found = (gap.id == gap_id and _fill(tables, interest.source_id, gap, now)) or found
    return found


def _fill(tables: Tables, source_id: int, gap: Gap, now: datetime) -> bool:
    bridges = tables.completeness.bridges(source_id, gap, gap.at - _SAME_VISIT)
    if bridges:
        tables.completeness.fill(gap, bridges[0], now)
    return bool(bridges)
