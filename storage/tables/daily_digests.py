"""Daily digests that stand in the outbox: the rows of deliveries that a change of policy moves, drops or makes again."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import DeliveryState


@dataclass(frozen=True, slots=True)
class Standing:
    """A daily digest that is still to be sent for the first time; `gathered`: how many alerts it would tell."""

    id: int
    recipient: str
    slot: str
    due: datetime
    gathered: int


class DailyDigestTable:
    """The SQL of daily digests. What was let go, or could not be judged, is left to the retries."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def standing(self, channel_id: int) -> list[Standing]:
        """Those of a channel, the oldest first."""
        rows = self._db.execute(
            "SELECT d.id, d.recipient, d.slot, d.due,"
            " (SELECT count(*) FROM deliveries m WHERE m.digest_id = d.id AND m.state = ?) FROM deliveries d"
            " WHERE d.channel_id = ? AND d.state = 'due' AND d.kind = 'digest' AND d.slot GLOB 'daily *' AND d.released IS NULL"
            " AND d.last_error IS NULL AND d.lease_owner IS NULL ORDER BY d.slot, d.id",
            [DeliveryState.GATHERED, channel_id],
        ).fetchall()
        return [Standing(int(row[0]), str(row[1]), str(row[2]), from_text(str(row[3])), int(row[4])) for row in rows]

    def has_slot(self, channel_id: int, recipient: str, slot: str) -> bool:
        """Whether the digest of that slot was made."""
        found = "SELECT 1 FROM deliveries WHERE channel_id = ? AND recipient = ? AND slot = ?"
        return self._db.execute(found, [channel_id, recipient, slot]).fetchone() is not None

    def was_dropped(self, channel_id: int, recipient: str, slot: str) -> bool:
        """Whether the digest of that slot was made, and settled without a try."""
        found = f"SELECT 1 FROM deliveries WHERE channel_id = ? AND recipient = ? AND slot = ? AND {_DROPPED}"
        return self._db.execute(found, [channel_id, recipient, slot]).fetchone() is not None

    def make_again(self, channel_id: int, recipient: str, slot: str, due: datetime, now: datetime) -> None:
        """Have one that was dropped stand in the outbox as though it were made now: nobody has seen its identifier."""
        self._db.execute(
            "UPDATE deliveries SET state = 'due', due = ?, created = ?, held = ''"
            f" WHERE channel_id = ? AND recipient = ? AND slot = ? AND {_DROPPED}",
            [to_text(due), to_text(now), channel_id, recipient, slot],
        )

    def move(self, digest_id: int, due: datetime) -> None:
        """It has another time now."""
        self._db.execute("UPDATE deliveries SET due = ? WHERE id = ?", [to_text(due), digest_id])

    def scatter(self, digest_id: int, now: datetime) -> None:
        """What a digest has gathered is due by itself, to be judged anew."""
        self._db.execute(
            "UPDATE deliveries SET state = 'due', due = ?, digest_id = NULL, held = '' WHERE digest_id = ? AND state = ?",
            [to_text(now), digest_id, DeliveryState.GATHERED],
        )

    def hand_over(self, digest_id: int, into: int) -> None:
        """Another digest tells what this one has gathered."""
        self._db.execute("UPDATE deliveries SET digest_id = ? WHERE digest_id = ?", [into, digest_id])


_DROPPED = f"state IN ('{DeliveryState.SILENCED}', '{DeliveryState.COVERED}') AND released IS NULL AND sent IS NULL"
