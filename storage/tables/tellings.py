"""Tellings: what recipients were told of alerts, or are about to be, by itself or in a digest."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import AlertReason, DeliveryState, Telling

_COLUMNS = """d.id, coalesce(s.merged_into, s.id), d.sequence, coalesce(g.state, d.state), coalesce(g.due, d.due),
    iif(g.id, g.released, d.released), iif(g.id, g.sent, d.sent), iif(g.id, g.last_error, d.last_error) IS NOT NULL,
    g.id IS NOT NULL, d.detail, iif(g.id, g.as_of, d.as_of)"""


class TellingTable:
    """The SQL of tellings."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def of_alert(self, alert_id: int, channel: str, recipient: str) -> list[Telling]:
        """Those of one alert to one recipient, the oldest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM channels c JOIN deliveries d ON d.channel_id = c.id JOIN alerts a ON a.id = d.alert_id"
            " JOIN stories s ON s.id = a.story_id LEFT JOIN deliveries g ON g.id = d.digest_id"
            " WHERE d.alert_id = ? AND c.name = ? AND d.recipient = ? ORDER BY d.id",
            [alert_id, channel, recipient],
        ).fetchall()
        return [_telling(row) for row in rows]

    def of_stories(
        self, rule_id: int, stories: Collection[int], channel: str, recipient: str, *, before: int, since: datetime
    ) -> list[Telling]:
        """Those of a rule's alerts of these stories to one recipient: of alerts older than `before`, made from `since` on.

        What a reader's comment or a count led to is left out: it told nothing of the event.
        """
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM channels c CROSS JOIN json_each(:stories) w"
            " CROSS JOIN stories s ON s.id = w.value OR s.merged_into = w.value"
            " CROSS JOIN alerts a ON a.rule_id = :rule AND a.story_id = s.id"
            " CROSS JOIN deliveries d ON d.alert_id = a.id AND d.channel_id = c.id AND d.recipient = :recipient"
            " LEFT JOIN deliveries g ON g.id = d.digest_id"
            " WHERE c.name = :channel AND a.id < :before AND a.created >= :since AND a.reason IN (:new, :edit) ORDER BY d.id",
            {"stories": json.dumps(list(stories)), "rule": rule_id, "recipient": recipient, "channel": channel,
             "before": before, "since": to_text(since), "new": AlertReason.NEW, "edit": AlertReason.EDIT},
        ).fetchall()  # fmt: skip
        return [_telling(row) for row in rows]

    def reopen(self, alert_id: int, sequence: int, channel_id: int, why: str, due: datetime) -> None:
        """Have a channel tell after all what it was not told for that reason."""
        self._db.execute(
            "UPDATE deliveries SET state = 'due', due = ?, held = '' WHERE alert_id = ? AND sequence = ? AND channel_id = ?"
            " AND state = 'covered' AND held = ?",
            [to_text(due), alert_id, sequence, channel_id, why],
        )


def _telling(row: Sequence[Any]) -> Telling:
    return Telling(
        id=row[0], story_id=row[1], sequence=row[2], state=DeliveryState(row[3]), due=from_text(row[4]),
        released=from_text(row[5]), sent=from_text(row[6]), failed=bool(row[7]), gathered=bool(row[8]), detail=row[9],
        as_of=from_text(row[10]),
    )  # fmt: skip
