"""Feeds, and which sources list them. A feed listed by several sources is one row, and is fetched once for all."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Feed, FeedKind, Hints, Trap
from storage.urls import canonical

_COLUMNS = (
    "f.id, f.url, f.kind, f.etag, f.last_modified, f.checked, f.changed, f.error, coalesce(l.why, ''), f.lying, f.trap,"
    " f.hints, f.moved"
)
_FEED = f"SELECT {_COLUMNS} FROM feeds f"
_FEED_LINKED = f"SELECT {_COLUMNS}, l.linked FROM feeds f"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A source's interest in a feed: since when, and when its entries were first read for it.

    `audit`: it is not watched, but looked at now and then, to know what the watched ones leave out.
    """

    source_id: int
    linked: datetime
    first_read: datetime | None
    audit: bool = False


class FeedTable:
    """The SQL of feeds."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def link(self, source_id: int, feed: Feed, now: datetime, *, audit: bool = False) -> int:
        """Let the source list this feed; the feed's id. `audit`: as a second route, unless it is watched already.

        Validators are dropped: the new source must see the entries once, not a "304 Not Modified".
        """
        row = self._db.execute(
            "INSERT INTO feeds (key, url, kind) VALUES (:key, :url, :kind)"
            " ON CONFLICT (key) DO UPDATE SET etag = NULL, last_modified = NULL, lying = NULL, moved = NULL RETURNING id",
            {"key": canonical(feed.url), "url": feed.url, "kind": feed.kind},
        ).fetchone()
        self._db.execute(
            "INSERT INTO source_feeds (source_id, feed_id, why, linked, audit) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET audit = min(audit, excluded.audit)",
            [source_id, row[0], feed.why, to_text(now), int(audit)],
        )
        return int(row[0])

    def unlink(self, source_id: int, feed_id: int) -> None:
        """The source no longer lists this feed."""
        self._db.execute("DELETE FROM source_feeds WHERE source_id = ? AND feed_id = ?", [source_id, feed_id])
        self._db.execute("DELETE FROM feeds WHERE id = ? AND id NOT IN (SELECT feed_id FROM source_feeds)", [feed_id])

    def of_source(self, source_id: int, *, audit: bool = False) -> list[Feed]:
        """The feeds that a source watches, in the order they were chosen; with `audit`, its second route."""
        rows = self._db.execute(
            f"{_FEED} JOIN source_feeds l ON l.feed_id = f.id WHERE l.source_id = ? AND l.audit = ? ORDER BY f.id",
            [source_id, int(audit)],
        ).fetchall()
        return [_feed(row) for row in rows]

    def watched(self, source_id: int) -> list[tuple[Feed, datetime]]:
        """The feeds that a source watches, each with the instant since when, in the order they were chosen."""
        rows = self._db.execute(
            f"{_FEED_LINKED} JOIN source_feeds l ON l.feed_id = f.id WHERE l.source_id = ? AND l.audit = 0 ORDER BY f.id",
            [source_id],
        ).fetchall()
        return [(_feed(row), from_text(row[-1])) for row in rows]

    def by_id(self, feed_id: int) -> Feed:
        """The feed with that id; raises NotFoundError."""
        for row in self._db.execute(
            f"{_FEED} LEFT JOIN source_feeds l ON l.feed_id = f.id WHERE f.id = ?", [feed_id]
        ).fetchall():
            return _feed(row)
        raise NotFoundError(f"feed {feed_id} was removed")

    def subscriptions(self, feed_id: int) -> list[Subscription]:
        """Who lists this feed; paused sources too, so that nothing old becomes new when they go on."""
        rows = self._db.execute(
            "SELECT source_id, linked, first_read, audit FROM source_feeds WHERE feed_id = ? ORDER BY linked, source_id",
            [feed_id],
        ).fetchall()
        return [Subscription(row[0], from_text(row[1]), from_text(row[2]), bool(row[3])) for row in rows]

    def mark_read(self, feed_id: int, source_id: int, now: datetime) -> None:
        """The source has now read this feed at least once: what comes next is news."""
        self._db.execute(
            "UPDATE source_feeds SET first_read = coalesce(first_read, ?) WHERE feed_id = ? AND source_id = ?",
            [to_text(now), feed_id, source_id],
        )

    def settle(
        self,
        feed_id: int,
        *,
        now: datetime,
        changed: bool,
        etag: str | None,
        last_modified: str | None,
        hints: Hints | None = None,
    ) -> None:
        """The feed answered: with a body (its validators and hints replace the old ones), or 304."""
        if changed:
            self._db.execute(
                "UPDATE feeds SET checked = :now, changed = :now, error = NULL, etag = :etag, last_modified = :modified,"
                " hints = :hints WHERE id = :id",
                {
                    "now": to_text(now),
                    "etag": etag,
                    "modified": last_modified,
                    "hints": _hints_text(hints),
                    "id": feed_id,
                },
            )
        else:
            self._db.execute("UPDATE feeds SET checked = ?, error = NULL WHERE id = ?", [to_text(now), feed_id])

    def distrust(self, feed_id: int, now: datetime) -> None:
        """Its server said "not changed" of what had changed: it is not asked so again, until the feed is linked anew."""
        self._db.execute("UPDATE feeds SET lying = ? WHERE id = ?", [to_text(now), feed_id])

    def move(self, feed_id: int, address: str | None) -> None:
        """It was read from that address, and its server says that it is there for good; None: where it was declared."""
        self._db.execute("UPDATE feeds SET moved = ? WHERE id = ?", [address, feed_id])

    def fail(self, feed_id: int, error: str) -> None:
        """The feed could not be read; its validators stay, for they belong to entries that were stored.

        Where it had moved to it is asked for no more: its own address may know better.
        """
        self._db.execute("UPDATE feeds SET error = ?, moved = NULL WHERE id = ?", [error, feed_id])


def _hints_text(hints: Hints | None) -> str | None:
    return None if hints is None or hints == Hints() else json.dumps([hints.least, hints.skip_hours, hints.skip_days])


def _hints(text: str | None) -> Hints:
    if text is None:
        return Hints()
    least, hours, days = json.loads(text)
    return Hints(least, tuple(hours), tuple(days))


def _feed(row: tuple[Any, ...]) -> Feed:
    return Feed(
        id=row[0], url=row[1], kind=FeedKind(row[2]), etag=row[3], last_modified=row[4], checked=from_text(row[5]),
        changed=from_text(row[6]), error=row[7], why=row[8], lying=from_text(row[9]), trap=Trap(row[10]) if row[10] else None,
        hints=_hints(row[11]), moved=row[12],
    )  # fmt: skip
