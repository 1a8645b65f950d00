"""Rules: named queries. A changed query is a new version of the rule; what it matched before stays as it was."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.meta import MetaTable
from storage.models import Rule, Severity

_CHANGES = "rule changes"


class RuleTable:
    """The SQL of rules."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def save(self, rule: Rule, now: datetime) -> Rule:
        """Store a rule under its name, as new or in place of what had the name; a changed query raises its version."""
        self._db.execute(
            "INSERT INTO rules (name, query, severity, channels, created, changed, declared_in)"
            " VALUES (:name, :query, :severity, :channels, :now, :now, :declared)"
            " ON CONFLICT (name) DO UPDATE SET version = version + (query <> excluded.query), query = excluded.query,"
            " severity = excluded.severity, channels = excluded.channels, changed = excluded.changed,"
            " declared_in = excluded.declared_in",
            {"name": rule.name, "query": rule.query, "severity": rule.severity, "channels": json.dumps(rule.channels),
             "now": to_text(now), "declared": rule.declared_in},
        )  # fmt: skip
        self._count_change()
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

    def all(self) -> list[Rule]:
        """All rules by name."""
        return self._select("ORDER BY name", [])

    def remove(self, rule_id: int) -> None:
        """Remove a rule with its matches, alerts and unsent deliveries."""
        self._db.execute("DELETE FROM rules WHERE id = ?", [rule_id])
        self._count_change()

    def generation(self) -> str:
        """A text that differs whenever a rule was added, changed or removed."""
        row = self._db.execute("SELECT count(*), max(id), sum(version), max(changed) FROM rules").fetchone()
        return repr((*row, MetaTable(self._db).get(_CHANGES)))

    def _count_change(self) -> None:
        """Times and ids do not tell all changes apart: two fall into one moment, and the id of a removed rule is used again."""
        MetaTable(self._db).set(_CHANGES, str(int(MetaTable(self._db).get(_CHANGES) or 0) + 1))

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Rule]:
        rows = self._db.execute(
            f"SELECT id, name, query, version, severity, channels, created, declared_in FROM rules {rest}", parameters
        ).fetchall()
        return [_rule(row) for row in rows]


def _rule(row: tuple[Any, ...]) -> Rule:
    return Rule(
        id=row[0], name=row[1], query=row[2], version=row[3], severity=Severity(row[4]), channels=tuple(json.loads(row[5])),
        created=from_text(row[6]), declared_in=row[7],
    )  # fmt: skip
