"""Unsubscriptions: who wants no more mails of a rule, or none of a channel."""

from collections.abc import Sequence
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.mailboxes import mailbox_of
from storage.models import Unsubscription


class UnsubscriptionTable:
    """The SQL of unsubscriptions. Recipients may be given as a channel writes them."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, wanted: Unsubscription) -> bool:
        """Store an unsubscription; whether it is new. One that is there already stays as it is, with its time."""
        return bool(
            self._db.execute(
                "INSERT INTO unsubscribed (channel, recipient, rule, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [wanted.channel, mailbox_of(wanted.recipient), wanted.rule, to_text(wanted.at)],
            ).rowcount
        )

    def remove(self, channel: str, recipient: str, rule: str) -> bool:
        """Take an unsubscription back; whether there was one."""
        return bool(
            self._db.execute(
                "DELETE FROM unsubscribed WHERE channel = ? AND recipient = ? AND rule = ?",
                [channel, mailbox_of(recipient), rule],
            ).rowcount
        )

    def find(self, channel: str, recipient: str, rule: str) -> Unsubscription | None:
        """What keeps mails of a rule from a recipient: that of the channel, else that of the rule; None: nothing."""
        found = self._select(
            "WHERE channel = ? AND recipient = ? AND rule IN ('', ?) ORDER BY rule LIMIT 1",
            [channel, mailbox_of(recipient), rule],
        )
        return found[0] if found else None

    def all(self) -> list[Unsubscription]:
        """All, by channel, recipient and rule."""
        return self._select("ORDER BY channel, recipient, rule", [])

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Unsubscription]:
        rows = self._db.execute(f"SELECT channel, recipient, rule, at FROM unsubscribed {rest}", parameters).fetchall()
        return [Unsubscription(row[0], row[1], row[2], from_text(row[3])) for row in rows]
