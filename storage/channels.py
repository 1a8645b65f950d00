"""Channels: the configured ways out."""

import json
from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.models import Channel, ChannelKind


class ChannelTable:
    """The SQL of channels."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def save(self, channel: Channel) -> Channel:
        """Store a channel under its name, as new or in place of what had the name; it is enabled again."""
        self._db.execute(
            "INSERT INTO channels (name, kind, settings, declared_in) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
            " kind = excluded.kind, settings = excluded.settings, declared_in = excluded.declared_in, enabled = 1,"
            " disabled_because = NULL",
            [channel.name, channel.kind, json.dumps(channel.settings), channel.declared_in],
        )
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

    def disable(self, name: str, because: str) -> None:
        """Stop using a channel, and say why."""
        self._db.execute("UPDATE channels SET enabled = 0, disabled_because = ? WHERE name = ?", [because, name])

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Channel]:
        rows = self._db.execute(
            f"SELECT name, kind, settings, id, enabled, disabled_because, declared_in FROM channels {rest}", parameters
        ).fetchall()
        return [Channel(row[0], ChannelKind(row[1]), json.loads(row[2]), row[3], bool(row[4]), *row[5:]) for row in rows]
