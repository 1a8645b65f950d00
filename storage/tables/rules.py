"""Rules: named queries. A changed query is a new version of the rule; what it matched before stays as it was."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Asked, Rule, Severity
from storage.tables.meta import MetaTable

_CHANGES = "rule changes"
_AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the rules since a number: the number now, those that are new or changed, and those that are gone.

    A rule's id is used again once it is removed: first the removals, then the rest.
    """

    number: int
    asked: list[Asked]
    removed: list[int]


class RuleTable:
    """The SQL of rules."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def save(self, rule: Rule, now: datetime) -> Rule:
        """Store a rule under its name, as new or in place of what had the name; a changed query raises its version."""
        row = self._db.execute(
            "INSERT INTO rules (name, query, severity, channels, created, changed, declared_in, change)"
            " VALUES (:name, :query, :severity, :channels, :now, :now, :declared, :change)"
            " ON CONFLICT (name) DO UPDATE SET version = version + (query <> excluded.query), query = excluded.query,"
            " severity = excluded.severity, channels = excluded.channels, changed = excluded.changed,"
            " declared_in = excluded.declared_in, change = excluded.change, error = NULL RETURNING id, version",
            {"name": rule.name, "query": rule.query, "severity": rule.severity, "channels": json.dumps(rule.channels),
             "now": to_text(now), "declared": rule.declared_in, "change": self._count_change()},
        ).fetchone()  # fmt: skip
        self._db.execute("INSERT OR REPLACE INTO rule_versions VALUES (?, ?, ?)", [row[0], row[1], rule.query])
        return self.get(rule.name)

    def find(self, name: str) -> Rule | None:
        """The rule of that name, or None."""
        return next(iter(self._select("WHERE name = ?", [name])), None)

    def get(self, name: str) -> Rule:
        """The rule of that name; raises NotFoundError."""
        found = self.find(name)
        if found is None:
            raise NotFoundError(f"no rule is named {name!r}; see `nightdesk rule list`")
        return found

    def by_id(self, rule_id: int) -> Rule:
        """The rule with that id; raises NotFoundError."""
        for rule in self._select("WHERE id = ?", [rule_id]):
            return rule
        raise NotFoundError(f"rule {rule_id} was removed")

    def by_ids(self, ids: Collection[int]) -> dict[int, Rule]:
        """The rules with these ids, those that there are."""
        wanted, found = list(ids), {}
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            rules = self._select(f"WHERE id IN ({', '.join('?' * len(some))})", some)
            found.update({rule.id: rule for rule in rules})
        return found

    def all(self) -> list[Rule]:
        """All rules by name."""
        return self._select("ORDER BY name", [])

    def names(self) -> list[str]:
        """The names of all rules."""
        return [str(row[0]) for row in self._db.execute("SELECT name FROM rules ORDER BY name").fetchall()]

    def query_of(self, rule_id: int, version: int) -> str | None:
        """What a version of a rule asked; None where that was not kept."""
        row = self._db.execute(
            "SELECT query FROM rule_versions WHERE rule_id = ? AND version = ?", [rule_id, version]
        ).fetchone()
        return None if row is None else str(row[0])

    def versions(self, rule_id: int) -> dict[int, str]:
        """What each version of a rule asked, the oldest first, as far as it was kept."""
        rows = self._db.execute("SELECT version, query FROM rule_versions WHERE rule_id = ? ORDER BY version", [rule_id])
        return {int(version): str(query) for version, query in rows.fetchall()}

    def remove(self, rule_id: int) -> None:
        """Remove a rule with its matches, alerts and unsent deliveries."""
        self._db.execute("DELETE FROM rules WHERE id = ?", [rule_id])
        self._db.execute("INSERT INTO rule_removals (change, rule_id) VALUES (?, ?)", [self._count_change(), rule_id])

    def incarnation(self, rule_id: int) -> str:
        """What tells a rule from others that had its name or its id before, and stays the same as long as the rule is there.

        Not when it was made: two rules may fall into one moment, and a clock may be set back.
        """
        row = self._db.execute("SELECT max(change) FROM rule_removals WHERE rule_id = ?", [rule_id]).fetchone()
        return f"{rule_id} {row[0] or 0}"

    def changes(self, after: int) -> Changes:
        """What became of the rules since `changes` gave this number; since 0 that is all rules."""
        number = int(MetaTable(self._db).get(_CHANGES) or 0)
        if after == number and after:
            return Changes(number, [], [])
        rows = self._db.execute("SELECT id, version, query FROM rules WHERE change > ? OR ? = 0 ORDER BY id", [after, after])
        asked = [Asked(*row) for row in rows.fetchall()]
        gone = self._db.execute("SELECT rule_id FROM rule_removals WHERE change > ? AND ? > 0", [after, after]).fetchall()
        return Changes(number, asked, [row[0] for row in gone])

    def fail(self, rule_id: int, error: str | None) -> None:
        """Note why a rule could not be asked; None: it could."""
        self._db.execute("UPDATE rules SET error = ? WHERE id = ? AND error IS NOT ?", [error, rule_id, error])

    def failed(self) -> list[Rule]:
        """The rules that could not be asked, by name."""
        return self._select("WHERE error IS NOT NULL ORDER BY name", [])

    def _count_change(self) -> int:
        """The number of this change. Times and ids do not tell all changes apart: two fall into one moment."""
        meta = MetaTable(self._db)
        number = int(meta.get(_CHANGES) or 0) + 1
        meta.set(_CHANGES, str(number))
        return number

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Rule]:
        rows = self._db.execute(
            f"SELECT id, name, query, version, severity, channels, created, declared_in, error FROM rules {rest}", parameters
        ).fetchall()
        return [_rule(row) for row in rows]


def _rule(row: tuple[Any, ...]) -> Rule:
    return Rule(
        id=row[0], name=row[1], query=row[2], version=row[3], severity=Severity(row[4]), channels=tuple(json.loads(row[5])),
        created=from_text(row[6]), declared_in=row[7], error=row[8],
    )  # fmt: skip
