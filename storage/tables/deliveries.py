"""Deliveries: the fourth durable hand-off. Needed from the moment of the match; *sent* when the other side said so."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Channel, Delivery, DeliveryKind, DeliveryState, Notice
from storage.tables.meta import MetaTable

_SELECT = """SELECT d.id, d.key, d.kind, d.alert_id, d.notice_id, c.name, d.recipient, d.state, d.attempts, d.created, d.due,
    d.sent, d.last_error, d.released, d.held, d.detail, d.digest_id, d.sequence, d.slot,
    d.as_of, d.since, d.reply_to
    FROM deliveries d JOIN channels c ON c.id = d.channel_id"""
# What the recipient of `deliveries` has had of a story, or of one that was merged into it: g is the message that told it.
# From the story on (CROSS JOIN keeps SQLite to that): a recipient may have had a hundred thousand others.
_HAD = """FROM (SELECT :story AS id UNION ALL SELECT id FROM stories WHERE merged_into = :story) s
    CROSS JOIN alerts a ON a.story_id = s.id
    CROSS JOIN deliveries d ON d.alert_id = a.id AND d.channel_id = deliveries.channel_id AND d.recipient = deliveries.recipient
    CROSS JOIN deliveries g ON g.id = coalesce(d.digest_id, d.id)
    WHERE g.sent IS NOT NULL AND g.id <> deliveries.id"""
_LATELY = 1000  # tries
_FREE = "lease_owner = NULL, lease_machine = NULL"


class DeliveryTable:
    """The SQL of deliveries. `until` is unix seconds of the machine (leases)."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    # --- made

    def add(
        self, alert_id: int, alert_uid: str, channel: Channel, now: datetime, *,
        sequence: int = 0, due: datetime | None = None, detail: str = "", recipients: Sequence[str] | None = None,
    ) -> int:  # fmt: skip
        """Note that every recipient of a channel, or these, must be told of an alert; how many deliveries that makes."""
        return sum(
            self._add(
                _key(alert_uid, channel.name, recipient, str(sequence)), channel, recipient, now,
                {"kind": DeliveryKind.ALERT, "alert_id": alert_id, "sequence": sequence, "detail": detail,
                 "due": to_text(due or now)},
            )
            for recipient in (channel.recipients if recipients is None else recipients)
        )  # fmt: skip

    def add_digest(self, channel: Channel, recipient: str, slot: str, due: datetime, now: datetime) -> int:
        """The delivery of the digest of that slot, made if there is none; its id."""
        key = _key(MetaTable(self._db).installation(), channel.name, recipient, slot)
        self._add(key, channel, recipient, now, {"kind": DeliveryKind.DIGEST, "slot": slot, "due": to_text(due)})
        row = self._db.execute(
            "SELECT id FROM deliveries WHERE channel_id = ? AND recipient = ? AND slot = ?", [channel.id, recipient, slot]
        ).fetchone()
        return int(row[0])

    def is_open(self, digest_id: int) -> bool:
        """Whether a digest still takes alerts in: none that came after it was let go would be told by it."""
        row = self._db.execute("SELECT state = 'due' AND released IS NULL FROM deliveries WHERE id = ?", [digest_id]).fetchone()
        return row is not None and bool(row[0])

    def add_notice(self, notice: Notice, channel: Channel, now: datetime) -> int:
        """Note that every recipient of a channel must be told of a notice; how many deliveries that makes."""
        return sum(
            self._add(
                _key(notice.uid, channel.name, recipient, "notice"), channel, recipient, now,
                {"kind": DeliveryKind.NOTICE, "notice_id": notice.id, "slot": f"notice {notice.uid}", "due": to_text(now)},
            )
            for recipient in channel.recipients
        )  # fmt: skip

    def _add(self, key: str, channel: Channel, recipient: str, now: datetime, values: dict[str, Any]) -> int:
        values |= {"key": key, "channel_id": channel.id, "recipient": recipient, "state": DeliveryState.DUE}
        row = {"created": to_text(now), **values}
        marks = ", ".join("?" * len(row))
        return self._db.execute(
            f"INSERT INTO deliveries ({', '.join(row)}) VALUES ({marks}) ON CONFLICT DO NOTHING", list(row.values())
        ).rowcount

    # --- due, and what becomes of it

    def claim(self, channel_id: int, now: datetime, *, until: float, limit: int) -> list[Delivery]:
        """Take due deliveries of a channel, the longest due first, until they are settled or `until`."""
        rows = self._db.execute(
            "UPDATE deliveries SET lease_owner = ?, lease_machine = ? WHERE id IN ("
            " SELECT id FROM deliveries WHERE channel_id = ? AND state = 'due' AND due <= ? AND lease_owner IS NULL"
            " ORDER BY due, id LIMIT ?) RETURNING id",
            [self._owner, until, channel_id, to_text(now), limit],
        ).fetchall()
        return self.by_ids([row[0] for row in rows])

    def next_due(self, channel_id: int) -> datetime | None:
        """When the next delivery of a channel is due."""
        row = self._db.execute(
            "SELECT due FROM deliveries WHERE channel_id = ? AND state = 'due' AND lease_owner IS NULL ORDER BY due LIMIT 1",
            [channel_id],
        ).fetchone()
        return None if row is None else from_text(str(row[0]))

    def put_off_beyond(self, latest: datetime) -> int:
        """How many are due only after `latest`, which no policy or retry puts them: by a clock that was wrong."""
        row = self._db.execute("SELECT count(*) FROM deliveries WHERE state = 'due' AND due > ?", [to_text(latest)]).fetchone()
        return int(row[0])

    def pull(self, latest: datetime, now: datetime) -> int:
        """Have those that are due only after `latest` judged now; how many."""
        return self._db.execute(
            "UPDATE deliveries SET due = ? WHERE state = 'due' AND due > ?", [to_text(now), to_text(latest)]
        ).rowcount

    def let_go(self, delivery_id: int, now: datetime) -> None:
        """Nothing holds it any more: it is sent."""
        self._db.execute(
            "UPDATE deliveries SET released = ?, held = '', last_error = NULL WHERE id = ?", [to_text(now), delivery_id]
        )

    def begin(self, delivery_id: int, story_id: int | None, now: datetime) -> Delivery:
        """Settle what a delivery follows on, for all its tries; as it is then. `story_id`: of the one story that it tells.

        Whoever was told of the story has had messages about it, by themselves or in a digest. The first message that was
        about nothing else is the one to reply to. What is under way at the same time does not count: it may fail.
        """
        self._db.execute(
            "UPDATE deliveries SET as_of = :now,"
            f" since = (SELECT max(coalesce(g.as_of, g.released, g.sent)) {_HAD}),"
            f" reply_to = (SELECT g.key {_HAD} AND (g.outlets IS NOT NULL OR g.kind = :alert) ORDER BY g.sent, g.id LIMIT 1)"
            " WHERE id = :id AND as_of IS NULL",
            {"now": to_text(now), "id": delivery_id, "story": story_id, "alert": DeliveryKind.ALERT},
        )
        return self.by_ids([delivery_id])[0]

    def hold(self, delivery_id: int, until: datetime, why: str, now: datetime) -> None:
        """It waits."""
        self._db.execute(
            "INSERT INTO attempts (delivery_id, at, outcome, detail)"
            " SELECT id, ?, 'held', ? FROM deliveries WHERE id = ? AND held <> ?",
            [to_text(now), why, delivery_id, why],
        )
        self._db.execute(f"UPDATE deliveries SET due = ?, held = ?, {_FREE} WHERE id = ?", [to_text(until), why, delivery_id])

    def put_off(self, delivery_id: int, until: datetime, error: str) -> None:
        """It waits because of a fault of ours."""
        self._db.execute(
            f"UPDATE deliveries SET due = ?, held = '', last_error = ?, {_FREE} WHERE id = ?",
            [to_text(until), error, delivery_id],
        )

    def reword(self, delivery_id: int, detail: str) -> None:
        """It comes for another reason than it was made for."""
        self._db.execute("UPDATE deliveries SET detail = ? WHERE id = ?", [detail, delivery_id])

    def gather(self, delivery_id: int, digest_id: int, why: str, now: datetime) -> None:
        """A digest tells it."""
        self._log(delivery_id, now, DeliveryState.GATHERED, (None, None, why))
        self._db.execute(
            f"UPDATE deliveries SET state = ?, digest_id = ?, held = ?, due = NULL, {_FREE} WHERE id = ?",
            [DeliveryState.GATHERED, digest_id, why, delivery_id],
        )

    def drop(self, delivery_id: int, state: DeliveryState, why: str, now: datetime) -> None:
        """It is not sent, and that is meant, nor does a digest tell it; what was dropped already keeps its reason."""
        dropped = self._db.execute(
            f"UPDATE deliveries SET state = ?, held = ?, due = NULL, digest_id = NULL, {_FREE}"
            " WHERE id = ? AND state IN ('due', 'gathered')",
            [state, why, delivery_id],
        )
        if dropped.rowcount:
            self._log(delivery_id, now, state, (None, None, why))

    def withdraw(self, notice_title: str, why: str) -> None:
        """Notices of that title that are still to be told are not told any more; a notice's uid is its title and its time."""
        self._db.execute(
            "UPDATE deliveries SET state = ?1, held = ?2, due = NULL WHERE state = 'due' AND kind = ?3 AND lease_owner IS NULL"
            " AND substr(slot, 1, length(?4)) = ?4",
            [DeliveryState.COVERED, why, DeliveryKind.NOTICE, f"notice {notice_title} "],
        )

    def is_there(self, delivery: Delivery) -> bool:
        """Whether that delivery is there still: where its rule or channel was removed meanwhile, its id may be another's."""
        row = self._db.execute("SELECT 1 FROM deliveries WHERE id = ? AND key = ?", [delivery.id, delivery.key]).fetchone()
        return row is not None

    def told_in(self, digest_id: int, outlets: Mapping[int, int]) -> None:
        """A digest has told of these alerts, each when so many outlets had its story."""
        for alert_id, count in outlets.items():
            self._db.execute(
                "UPDATE deliveries SET outlets = ? WHERE digest_id = ? AND alert_id = ?", [count, digest_id, alert_id]
            )

    def sent(
        self, delivery_id: int, now: datetime, *, status: int | None, detail: str, millis: int | None = None,
        outlets: int | None = None,
    ) -> None:  # fmt: skip
        """The other side said that it has it; `outlets`: how many carried the story that it told of."""
        self._db.execute(
            "UPDATE deliveries SET state = ?, attempts = attempts + 1, sent = ?, outlets = ?, due = NULL, last_error = NULL,"
            f" {_FREE} WHERE id = ?",
            [DeliveryState.SENT, to_text(now), outlets, delivery_id],
        )
        self._log(delivery_id, now, "sent", (status, millis, detail))

    def failed(
        self, delivery_id: int, now: datetime, *, status: int | None, detail: str, due: datetime | None,
        millis: int | None = None,
    ) -> None:  # fmt: skip
        """The try failed; `due`: the next one; None sends it to the dead letters. What was sent meanwhile stays sent."""
        state = DeliveryState.DEAD if due is None else DeliveryState.DUE
        self._db.execute(
            f"UPDATE deliveries SET state = ?, attempts = attempts + 1, due = ?, last_error = ?, {_FREE}"
            " WHERE id = ? AND state <> ?",
            [state, to_text(due), detail, delivery_id, DeliveryState.SENT],
        )
        self._log(delivery_id, now, "failed", (status, millis, detail))

    def release(self, delivery_ids: Collection[int]) -> None:
        """Give back claimed deliveries untried: they stay due."""
        marks = ", ".join("?" * len(delivery_ids))
        self._db.execute(
            f"UPDATE deliveries SET {_FREE} WHERE lease_owner = ? AND id IN ({marks})", [self._owner, *delivery_ids]
        )

    def replay(self, delivery_id: int, now: datetime) -> Delivery:
        """Have a delivery tried again now, with its identifier, held by nothing; raises NotFoundError.

        One that a digest told, or was to tell, is sent by itself.
        """
        self._db.execute(
            "UPDATE deliveries SET state = ?, due = ?, released = ?, attempts = 0, held = '', digest_id = NULL WHERE id = ?",
            [DeliveryState.DUE, to_text(now), to_text(now), delivery_id],
        )
        for delivery in self.by_ids([delivery_id]):
            self._log(delivery_id, now, "replayed", (None, None, ""))
            return delivery
        raise NotFoundError(f"no delivery has the id {delivery_id}; see `nightdesk delivery list`")

    # --- what the policies ask

    def released(self, rule_id: int, channel_id: int, recipient: str, since: datetime) -> list[datetime]:
        """When a rule's alerts were let go to a recipient by themselves, from `since` on, ascending."""
        rows = self._db.execute(
            "SELECT d.released FROM deliveries d JOIN alerts a ON a.id = d.alert_id WHERE d.channel_id = ? AND d.recipient = ?"
            " AND d.alert_id IS NOT NULL AND d.released >= ? AND a.rule_id = ? ORDER BY d.released",
            [channel_id, recipient, to_text(since), rule_id],
        ).fetchall()
        return [from_text(str(row[0])) for row in rows]

    def group_of(self, rule_id: int, channel_id: int, recipient: str) -> datetime | None:
        """When the newest group of a rule's alerts to a recipient is, or was, due."""
        row = self._db.execute(
            "SELECT max(substr(slot, ?)) FROM deliveries WHERE channel_id = ? AND recipient = ? AND slot GLOB ?",
            [len(group_slot(rule_id, None)) + 1, channel_id, recipient, group_slot(rule_id, None) + "*"],
        ).fetchone()
        return None if row[0] is None else from_text(str(row[0]))

    def outlets_told(self, alert_id: int, channel: str, recipient: str) -> int | None:
        """The most outlets that an alert named to a recipient, by itself or in a digest; None: it has told them nothing yet."""
        row = self._db.execute(
            "SELECT max(d.outlets) FROM deliveries d JOIN channels c ON c.id = d.channel_id LEFT JOIN deliveries g"
            " ON g.id = d.digest_id WHERE d.alert_id = ? AND c.name = ? AND d.recipient = ?"
            " AND coalesce(g.state, d.state) = 'sent'",
            [alert_id, channel, recipient],
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def reaches_others(self, channel_id: int, recipient: str) -> bool:
        """Whether the newest try to another recipient of the channel went well."""
        row = self._db.execute(
            "SELECT a.outcome FROM (SELECT * FROM attempts WHERE outcome IN ('sent', 'failed') ORDER BY id DESC LIMIT ?) a"
            " JOIN deliveries d ON d.id = a.delivery_id WHERE d.channel_id = ? AND d.recipient <> ? ORDER BY a.id DESC LIMIT 1",
            [_LATELY, channel_id, recipient],
        ).fetchone()
        return row is not None and row[0] == "sent"

    # --- looked up

    def to_come(self, channel_id: int) -> list[Delivery]:
        """What a channel is still to send, by itself or in a digest; without what is being sent just now."""
        return self._select(
            "WHERE d.id IN (SELECT id FROM deliveries WHERE channel_id = ?1 AND state = 'due' AND lease_owner IS NULL"
            " UNION ALL SELECT m.id FROM deliveries g JOIN deliveries m ON m.digest_id = g.id"
            " WHERE g.channel_id = ?1 AND g.state = 'due' AND g.lease_owner IS NULL AND m.state = 'gathered') ORDER BY d.id",
            [channel_id],
        )

    def members(self, digest_id: int) -> list[Delivery]:
        """What a digest tells, the oldest first."""
        return self._select("WHERE d.digest_id = ? ORDER BY d.id", [digest_id])

    def all(
        self, *, limit: int, states: Collection[DeliveryState] = (), rule_id: int | None = None, since: datetime | None = None
    ) -> list[Delivery]:
        """The newest deliveries; only those in these states, those made since then, or those that tell of a rule.

        A digest tells of each rule of which it has gathered something.
        """
        terms = ["1"]
        if states:
            terms.append("d.state IN (SELECT value FROM json_each(:states))")
        if rule_id is not None:
            of_rule = "FROM alerts a JOIN deliveries m ON m.alert_id = a.id WHERE a.rule_id = :rule"
            terms.append(f"d.id IN (SELECT m.id {of_rule} UNION ALL SELECT m.digest_id {of_rule} AND m.digest_id IS NOT NULL)")
        if since is not None:
            terms.append("d.created >= :since")
        values = {"states": json.dumps(list(states)), "rule": rule_id, "since": to_text(since), "limit": limit}
        return self._select(f"WHERE {' AND '.join(terms)} ORDER BY d.id DESC LIMIT :limit", values)

    def of_alert(self, alert_id: int) -> list[Delivery]:
        """The deliveries of an alert."""
        return self._select("WHERE d.alert_id = ? ORDER BY d.id", [alert_id])

    def of_notice(self, notice_id: int) -> list[Delivery]:
        """The deliveries of a notice."""
        return self._select("WHERE d.notice_id = ? ORDER BY d.id", [notice_id])

    def attempts(self, delivery_id: int) -> list[tuple[datetime, str, int | None, int | None, str]]:
        """What was tried: when, sent or failed, the other side's status, the milliseconds until it, and its words."""
        rows = self._db.execute(
            "SELECT at, outcome, status, millis, detail FROM attempts WHERE delivery_id = ? AND outcome IN ('sent', 'failed')"
            " ORDER BY id",
            [delivery_id],
        ).fetchall()
        return [(from_text(str(row[0])), *row[1:]) for row in rows]

    def steps(self, delivery_ids: Collection[int]) -> list[tuple[int, datetime, str, str]]:
        """What became of deliveries, in order: whose, when, what (sent, failed, held, gathered …), and the reason or answer."""
        rows = self._db.execute(
            "SELECT delivery_id, at, outcome, detail FROM attempts WHERE delivery_id IN (SELECT value FROM json_each(?))"
            " ORDER BY id",
            [json.dumps(list(delivery_ids))],
        ).fetchall()
        return [(int(row[0]), from_text(str(row[1])), str(row[2]), str(row[3])) for row in rows]

    def failing(self) -> str | None:
        """The newest trouble of a delivery that is still to come: what a try ended with, or why it could not be judged."""
        row = self._db.execute(
            "SELECT last_error FROM deliveries WHERE state = 'due' AND last_error IS NOT NULL ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return None if row is None else str(row[0])

    def counts(self, rule_id: int | None = None) -> dict[str, int]:
        """How many deliveries stand in each state; of a rule, those that a digest tells stand where the digest does."""
        if rule_id is None:
            return dict(self._db.execute("SELECT state, count(*) FROM deliveries GROUP BY state").fetchall())
        rows = self._db.execute(
            "SELECT coalesce(g.state, d.state) AS stands, count(*) FROM alerts a JOIN deliveries d ON d.alert_id = a.id"
            " LEFT JOIN deliveries g ON g.id = d.digest_id WHERE a.rule_id = ? GROUP BY stands",
            [rule_id],
        ).fetchall()
        return dict(rows)

    def by_ids(self, ids: Sequence[int]) -> list[Delivery]:
        """The deliveries with these ids, in the order they are due."""
        return self._select(f"WHERE d.id IN ({', '.join('?' * len(ids))}) ORDER BY d.due, d.id", list(ids))

    def _log(self, delivery_id: int, now: datetime, outcome: str, answer: tuple[int | None, int | None, str]) -> None:
        """Note an attempt, with the other side's status, the milliseconds until it, and its words."""
        self._db.execute(
            "INSERT INTO attempts (delivery_id, at, outcome, status, millis, detail) VALUES (?, ?, ?, ?, ?, ?)",
            [delivery_id, to_text(now), outcome, *answer],
        )

    def _select(self, rest: str, parameters: Sequence[Any] | dict[str, Any]) -> list[Delivery]:
        return [_delivery(row) for row in self._db.execute(f"{_SELECT} {rest}", parameters).fetchall()]


def group_slot(rule_id: int, due: datetime | None) -> str:
    """The slot of the digest of a rule's group that is due then; without an instant, what all of them begin with."""
    return f"group {rule_id} {to_text(due) if due else ''}"


def _key(*parts: str) -> str:
    """An identifier that is made of what it is about, so that it is the same were it made again."""
    return "msg_" + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:26]


def _delivery(row: tuple[Any, ...]) -> Delivery:
    return Delivery(
        id=row[0], key=row[1], kind=DeliveryKind(row[2]), alert_id=row[3], notice_id=row[4], channel=row[5], recipient=row[6],
        state=DeliveryState(row[7]), attempts=row[8], created=from_text(row[9]), due=from_text(row[10]),
        sent=from_text(row[11]), last_error=row[12], released=from_text(row[13]), held=row[14], detail=row[15],
        digest_id=row[16], sequence=row[17], slot=row[18], as_of=from_text(row[19]), since=from_text(row[20]), reply_to=row[21],
    )  # fmt: skip
