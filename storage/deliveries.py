"""Deliveries: the fourth durable hand-off. Needed from the moment of the match; *sent* when the other side said so."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Channel, Delivery, DeliveryState

_SELECT = """SELECT d.id, d.key, d.alert_id, c.name, d.recipient, d.state, d.attempts, d.created, d.due, d.sent, d.last_error
    FROM deliveries d JOIN channels c ON c.id = d.channel_id"""


class DeliveryTable:
    """The SQL of deliveries. `until` is unix seconds of the machine (leases)."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    def add(self, alert_id: int, alert_uid: str, channel: Channel, now: datetime, sequence: int = 0) -> int:
        """Note that every recipient of a channel must be told of an alert; how many deliveries that makes."""
        added = 0
        for recipient in channel.recipients:
            parts = (alert_uid, channel.name, recipient, str(sequence))
            key = "msg_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:26]
            added += self._db.execute(
                "INSERT INTO deliveries (key, alert_id, channel_id, recipient, sequence, state, created, due)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [key, alert_id, channel.id, recipient, sequence, DeliveryState.DUE, to_text(now), to_text(now)],
            ).rowcount
        return added

    def claim(self, now: datetime, *, until: float, limit: int) -> list[Delivery]:
        """Take due deliveries of enabled channels, the longest due first, until they are settled or `until`."""
        rows = self._db.execute(
            "UPDATE deliveries SET lease_owner = ?, lease_machine = ? WHERE id IN ("
            " SELECT d.id FROM deliveries d JOIN channels c ON c.id = d.channel_id WHERE d.state = 'due' AND d.due <= ?"
            " AND c.enabled = 1 AND d.lease_owner IS NULL ORDER BY d.due, d.id LIMIT ?) RETURNING id",
            [self._owner, until, to_text(now), limit],
        ).fetchall()
        return self.by_ids([row[0] for row in rows])

    def next_due(self) -> datetime | None:
        """When the next delivery of an enabled channel is due."""
        row = self._db.execute(
            "SELECT min(d.due) FROM deliveries d JOIN channels c ON c.id = d.channel_id"
            " WHERE d.state = 'due' AND c.enabled = 1 AND d.lease_owner IS NULL"
        ).fetchone()
        due: str | None = row[0]
        return from_text(due)

    def sent(self, delivery_id: int, now: datetime, *, status: int | None, detail: str) -> None:
        """The other side said that it has it."""
        self._db.execute(
            "UPDATE deliveries SET state = ?, attempts = attempts + 1, sent = ?, due = NULL, last_error = NULL,"
            " lease_owner = NULL, lease_machine = NULL WHERE id = ?",
            [DeliveryState.SENT, to_text(now), delivery_id],
        )
        self._log(delivery_id, now, "sent", status, detail)

    def failed(self, delivery_id: int, now: datetime, *, status: int | None, detail: str, due: datetime | None) -> None:
        """The try failed; `due`: the next one; None sends it to the dead letters. What was sent meanwhile stays sent."""
        state = DeliveryState.DEAD if due is None else DeliveryState.DUE
        self._db.execute(
            "UPDATE deliveries SET state = ?, attempts = attempts + 1, due = ?, last_error = ?, lease_owner = NULL,"
            " lease_machine = NULL WHERE id = ? AND state <> ?",
            [state, to_text(due), detail, delivery_id, DeliveryState.SENT],
        )
        self._log(delivery_id, now, "failed", status, detail)

    def release(self, delivery_ids: Collection[int]) -> None:
        """Give back claimed deliveries untried: they stay due."""
        marks = ", ".join("?" * len(delivery_ids))
        self._db.execute(
            f"UPDATE deliveries SET lease_owner = NULL, lease_machine = NULL WHERE lease_owner = ? AND id IN ({marks})",
            [self._owner, *delivery_ids],
        )

    def replay(self, delivery_id: int, now: datetime) -> Delivery:
        """Have a delivery tried again now, with its identifier; raises NotFoundError."""
        self._db.execute(
            "UPDATE deliveries SET state = ?, due = ?, attempts = 0 WHERE id = ?",
            [DeliveryState.DUE, to_text(now), delivery_id],
        )
        for delivery in self.by_ids([delivery_id]):
            return delivery
        raise NotFoundError(f"no delivery has the id {delivery_id}; see `nightdesk delivery list`")

    def all(self, *, dead: bool, limit: int) -> list[Delivery]:
        """The newest deliveries, or only the dead ones."""
        scope = "WHERE d.state = 'dead'" if dead else ""
        return self._select(f"{scope} ORDER BY d.id DESC LIMIT ?", [limit])

    def of_alert(self, alert_id: int) -> list[Delivery]:
        """The deliveries of an alert."""
        return self._select("WHERE d.alert_id = ? ORDER BY d.id", [alert_id])

    def failing(self) -> str | None:
        """What the newest failed try of a delivery that is still to come ended with; None when none has failed."""
        row = self._db.execute(
            "SELECT last_error FROM deliveries WHERE state = 'due' AND attempts > 0 ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return None if row is None else str(row[0])

    def counts(self) -> dict[str, int]:
        """How many deliveries stand in each state."""
        return dict(self._db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())

    def by_ids(self, ids: Sequence[int]) -> list[Delivery]:
        """The deliveries with these ids, in the order they are due."""
        return self._select(f"WHERE d.id IN ({', '.join('?' * len(ids))}) ORDER BY d.due, d.id", list(ids))

    def _log(self, delivery_id: int, now: datetime, outcome: str, status: int | None, detail: str) -> None:
        self._db.execute(
            "INSERT INTO attempts (delivery_id, at, outcome, status, detail) VALUES (?, ?, ?, ?, ?)",
            [delivery_id, to_text(now), outcome, status, detail],
        )

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Delivery]:
        return [_delivery(row) for row in self._db.execute(f"{_SELECT} {rest}", parameters).fetchall()]


def _delivery(row: tuple[Any, ...]) -> Delivery:
    return Delivery(
        id=row[0], key=row[1], alert_id=row[2], channel=row[3], recipient=row[4], state=DeliveryState(row[5]), attempts=row[6],
        created=from_text(row[7]), due=from_text(row[8]), sent=from_text(row[9]), last_error=row[10],
    )  # fmt: skip
