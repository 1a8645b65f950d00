"""How many new pages each listing of a source has brought, day by day, and which listings were caught as traps."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlite_utils import Database as Connection

from storage.instants import to_text
from storage.models import Trap


@dataclass(frozen=True, slots=True)
class PageDay:
    """What one listing brought on one day of UTC; see the columns of `page_days`."""

    feed_id: int
    admitted: int = 0
    surplus: int = 0
    read: int = 0
    idle: int = 0


class BudgetTable:
    """The SQL of page days and traps."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def day(self, source_id: int, now: datetime) -> dict[int, PageDay]:
        """What the listings of a source have brought on the day of `now`, by the feed's id."""
        rows = self._db.execute(
            "SELECT feed_id, admitted, surplus, read, idle FROM page_days WHERE source_id = ? AND day = ?",
            [source_id, _day(now)],
        ).fetchall()
        return {row[0]: PageDay(*row) for row in rows}

    def take(self, source_id: int, feed_id: int, now: datetime, *, admitted: int, surplus: int) -> None:
        """A reading of the listing brought so many new pages, and listed so many more that were left."""
        self._db.execute(
            "INSERT INTO page_days (source_id, day, feed_id, admitted, surplus) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET admitted = admitted + excluded.admitted, surplus = max(surplus, excluded.surplus)",
            [source_id, _day(now), feed_id, admitted, surplus],
        )

    def note(self, source_id: int, page_id: int, now: datetime, *, idle: bool) -> Collection[PageDay]:
        """A page was read for the first time, and was `idle` or not; the days of the listings of the source that list it."""
        rows = self._db.execute(
            "INSERT INTO page_days (source_id, day, feed_id, read, idle)"
            " SELECT source_id, ?, feed_id, 1, ? FROM sightings WHERE page_id = ? AND source_id = ?"
            " ON CONFLICT DO UPDATE SET read = read + 1, idle = idle + excluded.idle"
            " RETURNING feed_id, admitted, surplus, read, idle",
            [_day(now), int(idle), page_id, source_id],
        ).fetchall()
        return [PageDay(*row) for row in rows]

    def carried_here(self, article_id: int) -> bool:
        """Whether another article of the same site carries the story of this one."""
        row = self._db.execute(
            "SELECT 1 FROM articles a JOIN articles b ON b.story_id = a.story_id AND b.site = a.site AND b.id <> a.id"
            " WHERE a.id = ? LIMIT 1",
            [article_id],
        ).fetchone()
        return row is not None

    def trap(self, feed_id: int) -> Trap | None:
        """As what a listing was caught, or None."""
        row = self._db.execute("SELECT trap FROM feeds WHERE id = ?", [feed_id]).fetchone()
        return Trap(row[0]) if row and row[0] else None

    def mark(self, feed_id: int, trap: Trap | None, now: datetime) -> None:
        """Catch a listing, or let it go."""
        self._db.execute("UPDATE feeds SET trap = ?, trapped = ? WHERE id = ?", [trap, to_text(now) if trap else None, feed_id])

    def forget(self, source_id: int, now: datetime) -> None:
        """Somebody has looked: the source's listings are let go, and what they brought on the day of `now` counts no more."""
        self._db.execute(
            "UPDATE feeds SET trap = NULL, trapped = NULL WHERE id IN (SELECT feed_id FROM source_feeds WHERE source_id = ?)",
            [source_id],
        )
        self._db.execute("DELETE FROM page_days WHERE source_id = ? AND day = ?", [source_id, _day(now)])


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
