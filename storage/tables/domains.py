"""Registered domains that asked us to slow down. A row is there only while one does; all its hosts keep to it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import Slowdown

_COLUMNS = "domain, since, status, hold_machine, until, pause, strikes, good, warned, raised"

# The domains on hold: by both clocks, so that it is over as soon as either says so.
HELD = "SELECT domain FROM domains WHERE hold_machine > ? AND until > ?"


class DomainTable:
    """The SQL of slowdowns."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, domain: str) -> Slowdown | None:
        """What the domain asked for, or None."""
        return next(iter(self._select("WHERE domain = ?", [domain])), None)

    def of(self, domains: Collection[str]) -> list[Slowdown]:
        """Those of these domains that asked for a hold or a pause, by name."""
        marks = ", ".join("?" * len(domains))
        return self._select(f"WHERE domain IN ({marks}) AND pause IS NOT NULL ORDER BY domain", list(domains))

    def all(self) -> list[Slowdown]:
        """Every domain that asked for a hold or a pause, by name."""
        return self._select("WHERE pause IS NOT NULL ORDER BY domain", [])

    def save(self, slowdown: Slowdown) -> None:
        """Remember what a domain asked for."""
        self._db.execute(
            f"INSERT INTO domains ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (domain) DO UPDATE SET"
            " since = excluded.since, status = excluded.status, hold_machine = excluded.hold_machine, until = excluded.until,"
            " pause = excluded.pause, strikes = excluded.strikes, good = excluded.good, warned = excluded.warned,"
            " raised = excluded.raised",
            [slowdown.domain, to_text(slowdown.since), slowdown.status, slowdown.hold_machine, to_text(slowdown.until),
             slowdown.pause, slowdown.strikes, slowdown.good, slowdown.warned, to_text(slowdown.raised)],
        )  # fmt: skip

    def forget(self, domain: str) -> None:
        """The domain is asked as usual again."""
        self._db.execute("DELETE FROM domains WHERE domain = ?", [domain])

    def held_until(self, domain: str, now: datetime, machine: float) -> datetime | None:
        """The calendar's instant until which the domain asked us to stay away; None when it does not."""
        found = self._db.execute(
            "SELECT until FROM domains WHERE domain = ? AND hold_machine > ? AND until > ?", [domain, machine, to_text(now)]
        ).fetchone()
        return from_text(found[0]) if found else None

    def _select(self, rest: str, parameters: list[Any]) -> list[Slowdown]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM domains {rest}", parameters).fetchall()
        return [_slowdown(row) for row in rows]


def _slowdown(row: tuple[Any, ...]) -> Slowdown:
    return Slowdown(
        domain=row[0], since=from_text(row[1]), status=row[2], hold_machine=row[3], until=from_text(row[4]), pause=row[5],
        strikes=row[6], good=row[7], warned=row[8], raised=from_text(row[9]),
    )  # fmt: skip
