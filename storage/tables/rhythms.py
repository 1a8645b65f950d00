"""Rhythms: what adaptive sources have shown of when their articles come. What the text says is the scheduler's business."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text

_MOST_ARRIVALS = 5_000


@dataclass(frozen=True, slots=True)
class KeptRhythm:
    """A source's rhythm as it is kept, and what it costs to follow it."""

    rhythm: str
    pace: float  # visits an hour at density 1
    least: float  # seconds that its feeds ask for between two visits


class RhythmTable:
    """The SQL of rhythms."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, source_id: int) -> KeptRhythm | None:
        """What was learned of a source; None: nothing yet."""
        row = self._db.execute("SELECT rhythm, pace, least FROM rhythms WHERE source_id = ?", [source_id]).fetchone()
        return None if row is None else KeptRhythm(*row)

    def save(self, source_id: int, kept: KeptRhythm) -> None:
        """Keep what was learned of a source."""
        self._db.execute(
            "INSERT INTO rhythms (source_id, rhythm, pace, least) VALUES (?, ?, ?, ?) ON CONFLICT (source_id)"
            " DO UPDATE SET rhythm = excluded.rhythm, pace = excluded.pace, least = excluded.least",
            [source_id, kept.rhythm, kept.pace, kept.least],
        )

    def arrivals(self, source_id: int, since: datetime) -> list[datetime]:
        """When the newest articles of a source were first seen since then, those that were old when it was added left out."""
        rows = self._db.execute(
            "SELECT first_seen FROM articles WHERE source_id = ? AND first_seen >= ? AND news = 1 ORDER BY id DESC LIMIT ?",
            [source_id, to_text(since), _MOST_ARRIVALS],
        ).fetchall()
        return [from_text(row[0]) for row in rows]

    def paces(self) -> list[tuple[float | None, float]]:
        """Pace and least interval of each adaptive source that is watched; no pace: nothing was learned of it yet."""
        rows = self._db.execute(
            "SELECT r.pace, coalesce(r.least, 0) FROM sources s LEFT JOIN rhythms r ON r.source_id = s.id"
            " WHERE s.every = 0 AND s.paused = 0 AND s.removed IS NULL"
        ).fetchall()
        return [(row[0], row[1]) for row in rows]
