"""Whether a feed's answers join on to one another, and what closes the gap where they do not; in its caller's transaction.

A poll with nothing that was known from the one before proves nothing: articles may have come and gone between the two. Entries
are told apart by their addresses, so a feed that gives all of them new GUIDs makes no gap.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.models import Entry, Feed, FeedKind, Gap
from storage.store import Tables

FEWEST = 5  # entries: a feed of one or two shows its newest, and never an old one
_SAME_VISIT = timedelta(minutes=15)  # a listing that was read so shortly before tells of the time until now
_SETTLED = timedelta(hours=2)  # since an article came out: each listing has had its time to show it
_LATE = timedelta(days=7)  # since a gap's end: nothing that fills it is looked for any more
_MOST_OMITTED = 0.5  # for each that it shows: a listing that omits more fills nothing
_ONE = 0.5  # article, rounded: as many of a gap may be missing, by what is usual, and it is filled


@dataclass(frozen=True, slots=True)
class Answer:
    """What a feed answered: all its entries, and what was known of them before they were stored."""

    entries: Collection[Entry]
    own: int  # of these, that a source of it follows: only they can be known
    known: int  # of these, that it has listed before
    newest: tuple[int, int]  # how many were its newest ones, and how many of those it lists still

    @property
    def joins(self) -> bool:
        """Whether nothing can have come and gone since: what was newest then has not all gone.

        That an entry is known is not enough: one that stands at the top for months is known always.
        """
        before, still = self.newest
        return still > _standing(before)


def note_continuity(tables: Tables, feed: Feed, answer: Answer, now: datetime) -> bool:
    """Note how a feed's answer joins on to the one before, and fill what it fills; whether it leaves a gap open.

    `feed` is as it was before it answered.
    """
    had = tables.completeness.had_entries(feed.id)
    if answer.entries:
        joined = feed.checked if had and answer.joins else None
        tables.completeness.note(feed.id, answer.known, _reach(answer.entries), joined=joined, now=now)
    _fill_others(tables, feed.id, now)
    if feed.checked is None or not had or answer.known or answer.own < FEWEST or not _counts(tables, feed.id):
        return False
    number = tables.completeness.open_gap(feed.id, feed.checked, now, answer.own, outage=feed.error is not None)
    return not _filled_already(tables, Gap(number, feed.id, feed.checked, now, answer.own), now)


def _counts(tables: Tables, feed_id: int) -> bool:
    """Whether a gap of this feed means anything.

    A second route is looked at too rarely for its answers to join on, and what was caught as a trap lists others each time.
    """
    if tables.budgets.trap(feed_id) is not None:
        return False
    return any(not interest.audit for interest in tables.feeds.subscriptions(feed_id))


def note_unchanged(tables: Tables, feed_id: int, now: datetime) -> None:
    """A feed answered that nothing has changed (304): that joins on, and may fill another one's gap."""
    _fill_others(tables, feed_id, now)


def _fill_others(tables: Tables, feed_id: int, now: datetime) -> None:
    for interest in tables.feeds.subscriptions(feed_id):
        open_ = tables.completeness.open_gaps(interest.source_id, feed_id, now - _LATE)
        if open_:
            _fill(tables, interest.source_id, open_, now)


def _reach(entries: Collection[Entry]) -> datetime | None:
    """From when on a listing tells all, by its oldest entry; not by one that stands in it for months."""
    dates = sorted(dated for each in entries if (dated := each.published or each.updated) is not None)
    return dates[_standing(len(dates))] if dates else None


def _standing(entries: int) -> int:
    """How many of so many entries may be such as stand in a listing for months, and tell nothing of when it was read."""
    return min(3, max(0, entries - 1) // 10)


def _filled_already(tables: Tables, gap: Gap, now: datetime) -> bool:
    """Whether another listing of a source, read in the same visit, has told what there was."""
    return any(_fill(tables, each.source_id, [gap], now) for each in tables.feeds.subscriptions(gap.feed_id))


def _fill(tables: Tables, source_id: int, gaps: Sequence[Gap], now: datetime) -> int:
    """How many of these gaps a listing fills: it reaches over them, and leaves out nothing of them, as far as can be told.

    Of others over which one reaches, what it brought is noted.
    """
    filled = 0
    omitted: dict[tuple[int, int], float] = {}
    for gap in gaps:
        for bridge, kind in tables.completeness.bridges(source_id, gap, gap.at - _SAME_VISIT):
            pair = gap.feed_id, bridge
            if pair not in omitted:
                omitted[pair] = _omitted(*tables.completeness.shared(source_id, *pair, now - _SETTLED), kind)
            brought = tables.completeness.brought(gap, bridge)
            whole = omitted[pair] < _MOST_OMITTED and brought * omitted[pair] < _ONE
            if whole or kind is not FeedKind.SECTION:  # a front page is a choice, and is read most where much was lost
                tables.completeness.fill(gap, brought, now if whole else None)
            filled += whole
            if whole:
                break
    return filled


def _omitted(listed: int, shared: int, kind: FeedKind) -> float:
    """How many articles a listing omits for each that it shows, by those that the other has listed.

    Where those tell nothing a sitemap is believed to be whole; a front page is a choice.
    """
    if not listed:
        return float(kind is FeedKind.SECTION)
    return (listed - shared) / max(shared, 0.5)
