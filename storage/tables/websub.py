"""Hubs that feeds name, and how far we have come with them (WebSub). What follows from a row is decided in `crawler.websub`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import HubState

_COLUMNS = (
    "id, feed_id, hubs, hub, topic, state, token, secret, callback, due, asked, failures, since, lease, error, pushed,"
    " fetch_at, tries, unpushed"
)


@dataclass(frozen=True, slots=True)
class HubSubscription:
    """What a feed's hub was asked to tell us. Without a feed, nobody watches that any more."""

    feed_id: int | None
    hubs: tuple[str, ...]  # all that the feed names, in its order
    hub: str  # the one that is asked
    topic: str  # the feed's address, as it calls itself
    token: str  # of the address that the hub posts to: not to be guessed
    secret: str  # with which it signs
    due: datetime | None  # when the hub is asked next
    id: int = 0
    state: HubState = HubState.WANTED
    callback: str = ""  # the address that the hub was given; empty: it was never asked
    asked: datetime | None = None  # since when we wait for it to confirm
    failures: int = 0  # in a row
    since: datetime | None = None  # since when it tells us of news, without a break
    lease: datetime | None = None  # until when
    error: str | None = None  # why it does not
    pushed: datetime | None = None  # when it last did
    fetch_at: datetime | None = None  # when the feed is fetched for that; None: it was
    tries: int = 0  # of that, that are left
    unpushed: datetime | None = None  # when a poll found news of which it had said nothing; None since its next push


class WebsubTable:
    """The SQL of hubs."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def by_id(self, number: int) -> HubSubscription | None:
        """The one of that number, or None."""
        return next(iter(self._select("WHERE id = ?", [number])), None)

    def of_feed(self, feed_id: int) -> HubSubscription | None:
        """That of a feed, or None."""
        return next(iter(self._select("WHERE feed_id = ?", [feed_id])), None)

    def by_token(self, token: str) -> HubSubscription | None:
        """The one whose address ends so, or None."""
        return next(iter(self._select("WHERE token = ?", [token])), None)

    def of_source(self, source_id: int) -> list[HubSubscription]:
        """Those of the feeds that a source watches."""
        return self._select(
            "WHERE feed_id IN (SELECT feed_id FROM source_feeds WHERE source_id = ? AND audit = 0) ORDER BY feed_id",
            [source_id],
        )

    def all(self) -> list[HubSubscription]:
        """All of them, also those that are to be given up."""
        return self._select("ORDER BY id")

    def add(self, made: HubSubscription) -> HubSubscription:
        """Store a new one."""
        row = self._db.execute(
            "INSERT INTO websub (feed_id, hubs, hub, topic, state, token, secret) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [made.feed_id, json.dumps(made.hubs), made.hub, made.topic, made.state, made.token, made.secret],
        ).fetchone()
        added = replace(made, id=int(row[0]))
        self.save(added)
        return added

    def save(self, known: HubSubscription) -> None:
        """Write it whole, as it is now; its token and secret stay as they are."""
        self._db.execute(
            "UPDATE websub SET feed_id = ?, hubs = ?, hub = ?, topic = ?, state = ?, callback = ?, due = ?, asked = ?,"
            " failures = ?, since = ?, lease = ?, error = ?, pushed = ?, fetch_at = ?, tries = ?, unpushed = ? WHERE id = ?",
            [
                known.feed_id, json.dumps(known.hubs), known.hub, known.topic, known.state, known.callback,
                to_text(known.due), to_text(known.asked), known.failures, to_text(known.since), to_text(known.lease),
                known.error, to_text(known.pushed), to_text(known.fetch_at), known.tries, to_text(known.unpushed), known.id,
            ],
        )  # fmt: skip

    def remove(self, number: int) -> None:
        """Forget it."""
        self._db.execute("DELETE FROM websub WHERE id = ?", [number])

    # --- asking hubs

    def waiting(self, now: datetime) -> bool:
        """Whether a hub is to be asked now."""
        row = self._db.execute(
            "SELECT EXISTS (SELECT 1 FROM websub WHERE due <= ?)"
            " OR EXISTS (SELECT 1 FROM websub WHERE feed_id IS NULL AND state <> ?)",
            [to_text(now), HubState.LEAVING],
        ).fetchone()
        return bool(row[0])

    def due(self, now: datetime, limit: int) -> list[HubSubscription]:
        """Those whose hub is to be asked now, the longest due of each hub."""
        return self._select(
            "WHERE id IN (SELECT id FROM (SELECT id, min(due) AS first FROM websub WHERE due <= ? GROUP BY hub)"
            " ORDER BY first LIMIT ?) ORDER BY due, id",
            [to_text(now), limit],
        )

    def leave(self, now: datetime) -> None:
        """Have the hubs of feeds that nobody watches any more be told so; those that were never asked need not."""
        self._db.execute("DELETE FROM websub WHERE feed_id IS NULL AND callback = ''")
        self._db.execute(
            "UPDATE websub SET state = ?, due = ?, asked = NULL, failures = 0, fetch_at = NULL"
            " WHERE feed_id IS NULL AND state <> ?",
            [HubState.LEAVING, to_text(now), HubState.LEAVING],
        )

    def put_off(self, hub: str, until: datetime) -> None:
        """Ask a hub that cannot be reached about nothing else before that."""
        self._db.execute(
            "UPDATE websub SET due = CASE WHEN lease > due AND lease < :until THEN lease ELSE :until END"
            " WHERE hub = :hub AND due < :until AND asked IS NULL",
            {"until": to_text(until), "hub": hub},
        )

    # --- what follows from what hubs say

    def pushed_sources(self, now: datetime) -> list[int]:
        """The sources that watch a feed which is to be fetched now because its hub said so, and that nobody is visiting."""
        rows = self._db.execute(
            "SELECT DISTINCT l.source_id FROM websub w JOIN source_feeds l ON l.feed_id = w.feed_id AND l.audit = 0"
            " JOIN sources s ON s.id = l.source_id"
            " WHERE w.fetch_at <= ? AND s.paused = 0 AND s.removed IS NULL AND s.lease_owner IS NULL ORDER BY 1",
            [to_text(now)],
        ).fetchall()
        return [int(row[0]) for row in rows]

    def pushed_feeds(self, source_id: int, now: datetime) -> set[int]:
        """Which of a source's feeds are to be fetched now because their hubs said so."""
        return {each.feed_id for each in self.of_source(source_id) if each.feed_id and each.fetch_at and each.fetch_at <= now}

    def told_sources(self) -> set[int]:
        """The sources of which a hub tells at least one feed's news: they may be due later than their schedule says."""
        rows = self._db.execute(
            "SELECT DISTINCT l.source_id FROM websub w JOIN source_feeds l ON l.feed_id = w.feed_id WHERE w.state = ?",
            [HubState.ACTIVE],
        ).fetchall()
        return {int(row[0]) for row in rows}

    def recall(self, feed_id: int, now: datetime) -> None:
        """Its hub tells nothing any more: the sources that watch the feed are visited now, and by their schedules again."""
        self._db.execute(
            "UPDATE sources SET due = ? WHERE due > ? AND id IN (SELECT source_id FROM source_feeds WHERE feed_id = ?)",
            [to_text(now), to_text(now), feed_id],
        )

    def counts(self) -> dict[str, int]:
        """How many there are, by state."""
        rows = self._db.execute("SELECT state, count(*) FROM websub GROUP BY state").fetchall()
        return dict.fromkeys(map(str, HubState), 0) | dict(rows)

    def _select(self, rest: str, values: Sequence[Any] = ()) -> list[HubSubscription]:
        return [_subscription(row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM websub {rest}", values).fetchall()]


def _subscription(row: tuple[Any, ...]) -> HubSubscription:
    return HubSubscription(
        id=row[0], feed_id=row[1], hubs=tuple(json.loads(row[2])), hub=row[3], topic=row[4], state=HubState(row[5]),
        token=row[6], secret=row[7], callback=row[8], due=from_text(row[9]), asked=from_text(row[10]), failures=row[11],
        since=from_text(row[12]), lease=from_text(row[13]), error=row[14], pushed=from_text(row[15]),
        fetch_at=from_text(row[16]), tries=row[17], unpushed=from_text(row[18]),
    )  # fmt: skip
