"""Tombstones: the addresses of what was removed for its age, so that an old article that is listed again is no news."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.instants import from_text


@dataclass(frozen=True, slots=True)
class Tombstone:
    """An address whose article, or fruitless page, was removed: the number that the article had, and when it went."""

    key: str
    article_id: int | None
    at: datetime


class PrunedTable:
    """The SQL of tombstones. A key is a canonical URL."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def by_key(self, key: str) -> Tombstone | None:
        """What stood at that address, or None."""
        return self._find("key = ?", key)

    def by_article(self, article_id: int) -> Tombstone | None:
        """What is left of the article that had this number, or None. It looks through all of them: for people's questions."""
        return self._find("article_id = ?", article_id)

    def count(self) -> int:
        """How many addresses are remembered."""
        return int(self._db.execute("SELECT count(*) FROM pruned").fetchone()[0])

    def _find(self, condition: str, value: str | int) -> Tombstone | None:
        row = self._db.execute(f"SELECT key, article_id, at FROM pruned WHERE {condition} LIMIT 1", [value]).fetchone()
        return None if row is None else Tombstone(row[0], row[1], from_text(str(row[2])))
