"""Silences: who does not want to be told of what, and until when."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Silence, SilenceKind


class SilenceTable:
    """The SQL of silences."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, silence: Silence) -> int:
        """Store a silence; its id."""
        row = self._db.execute(
            "INSERT INTO silences (kind, value, author, reason, created, until) VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
            [silence.kind, silence.value, silence.author, silence.reason, to_text(silence.created), to_text(silence.until)],
        ).fetchone()
        return int(row[0])

    def active(self, now: datetime) -> list[Silence]:
        """Those that hold now, the first first."""
        return self._select("WHERE until > ? ORDER BY id", [to_text(now)])

    def all(self) -> list[Silence]:
        """All, also those that are over, the newest first."""
        return self._select("ORDER BY id DESC", [])

    def end(self, silence_id: int, now: datetime) -> None:
        """End a silence now; raises NotFoundError where none of that id holds. It stays in the list, as what it was."""
        ended = self._db.execute(
            "UPDATE silences SET until = ?1 WHERE id = ?2 AND until > ?1", [to_text(now), silence_id]
        ).rowcount
        if not ended:
            raise NotFoundError(f"no silence with the id {silence_id} holds; see `nightdesk silence list`")

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Silence]:
        rows = self._db.execute(
            f"SELECT kind, value, author, created, until, reason, id FROM silences {rest}", parameters
        ).fetchall()
        return [Silence(SilenceKind(row[0]), row[1], row[2], from_text(row[3]), from_text(row[4]), *row[5:]) for row in rows]
