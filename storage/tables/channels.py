"""Channels: the configured ways out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Channel, ChannelKind, ChannelPolicy, Severity


class ChannelTable:
    """The SQL of channels."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def save(self, channel: Channel, *, enable: bool = True) -> Channel:
        """Store a channel under its name, as new or in place of what had the name; with `enable` it is used again."""
        self._db.execute(
            "INSERT INTO channels (name, kind, settings, declared_in, policy) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, settings = excluded.settings,"
            " declared_in = excluded.declared_in, policy = excluded.policy",
            [channel.name, channel.kind, json.dumps(channel.settings), channel.declared_in, _written(channel.policy)],
        )
        saved = self.get(channel.name)
        if enable:
            self.resume(saved.id)
        return self.get(channel.name)

    def find(self, name: str) -> Channel | None:
        """The channel of that name, or None."""
        return next(iter(self._select("WHERE name = ?", [name])), None)

    def get(self, name: str) -> Channel:
        """The channel of that name; raises NotFoundError."""
        found = self.find(name)
        if found is None:
            known = ", ".join(each.name for each in self.all()) or "none yet"
            raise NotFoundError(f"no channel is named {name!r} (known: {known}); see `nightdesk channel add --help`")
        return found

    def all(self) -> list[Channel]:
        """All channels by name."""
        return self._select("ORDER BY name", [])

    def remove(self, channel_id: int) -> None:
        """Remove a channel with its deliveries."""
        self._db.execute("DELETE FROM channels WHERE id = ?", [channel_id])

    def disable(self, name: str, because: str) -> bool:
        """Stop using a channel, and say why; whether it was in use."""
        switch = "UPDATE channels SET enabled = 0, disabled_because = ? WHERE name = ? AND enabled = 1"
        return bool(self._db.execute(switch, [because, name]).rowcount)

    def resume(self, channel_id: int) -> None:
        """Use a channel again, at once: it is enabled, and its circuit breaker is closed."""
        self._db.execute(
            "UPDATE channels SET enabled = 1, disabled_because = NULL, failures = 0, opened = NULL, probe = NULL WHERE id = ?",
            [channel_id],
        )

    def succeeded(self, channel_id: int) -> datetime | None:
        """A try succeeded: the circuit breaker closes; since when it was open."""
        row = self._db.execute("SELECT failures, opened FROM channels WHERE id = ?", [channel_id]).fetchone()
        if row is None or row[0] == 0:
            return None
        self._db.execute("UPDATE channels SET failures = 0, opened = NULL, probe = NULL WHERE id = ?", [channel_id])
        opened: str | None = row[1]
        return from_text(opened)

    def failed(self, channel_id: int) -> int:
        """A try failed through the channel's own fault; how many have, in a row."""
        row = self._db.execute(
            "UPDATE channels SET failures = failures + 1 WHERE id = ? RETURNING failures", [channel_id]
        ).fetchone()
        return 0 if row is None else int(row[0])

    def put_off_beyond(self, latest: datetime) -> int:
        """How many channels are left alone beyond `latest`, as no open breaker does: by a clock that was wrong."""
        return int(self._db.execute("SELECT count(*) FROM channels WHERE probe > ?", [to_text(latest)]).fetchone()[0])

    def pull(self, latest: datetime, now: datetime) -> int:
        """Have those that are left alone beyond `latest` tried now; how many."""
        return self._db.execute("UPDATE channels SET probe = ? WHERE probe > ?", [to_text(now), to_text(latest)]).rowcount

    def open_breaker(self, channel_id: int, now: datetime, probe: datetime) -> None:
        """Leave the channel alone until `probe`, when one delivery tries it."""
        self._db.execute(
            "UPDATE channels SET opened = coalesce(opened, ?), probe = ? WHERE id = ?",
            [to_text(now), to_text(probe), channel_id],
        )

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Channel]:
        rows = self._db.execute(
            "SELECT name, kind, settings, id, enabled, disabled_because, declared_in, policy, failures, opened, probe"
            f" FROM channels {rest}",
            parameters,
        ).fetchall()
        return [
            Channel(
                row[0], ChannelKind(row[1]), json.loads(row[2]), row[3], bool(row[4]), row[5], row[6], _read(row[7]), row[8],
                from_text(row[9]), from_text(row[10]),
            )
            for row in rows
        ]  # fmt: skip


def _written(policy: ChannelPolicy) -> str:
    return json.dumps({**asdict(policy), "since": to_text(policy.since)})


def _read(text: str) -> ChannelPolicy:
    values = json.loads(text)
    if not values:
        return ChannelPolicy()
    quiet = values["quiet"]
    return ChannelPolicy(
        **{**values, "quiet": tuple(quiet) if quiet else None, "passing": Severity(values["passing"]),
           "since": from_text(values["since"])}
    )  # fmt: skip
