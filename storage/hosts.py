"""The host gate: one request in flight per host and a pause after each answer, over all sources and processes."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.owners import is_dead

# Real seconds. What lies further ahead was written before the machine's clock was set back, and counts no more.
_LONGEST_PAUSE = 120.0
_LONGEST_HOLD = 90_000.0


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt said: its text, the status it came with (0: unreachable), and when."""

    text: str
    status: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Permit:
    """What the gate says: seconds to wait before asking again, 0.0 when the request may leave now.

    `delay`: the pause that this host asked for in its robots.txt. `held`: it sent us away for a while (Retry-After).
    """

    wait: float
    delay: float | None = None
    held: bool = False


class HostTable:
    """The SQL of the gate. Times that end in `_machine`, and those given here, are unix seconds of the machine."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    def acquire(self, host: str, *, now: float, until: float) -> Permit:
        """Take the host for one request. `wait` 0.0: it is ours until `release`, or `until`; else wait so many seconds."""
        row = self._db.execute(
            "SELECT lease_owner, lease_machine, next_machine, hold_machine, delay FROM hosts WHERE host = ?", [host]
        ).fetchone()
        owner, lease, pause, hold, delay = row or (None, None, 0.0, 0.0, None)
        if owner is not None and is_dead(owner):
            lease = None
        if now < hold <= now + _LONGEST_HOLD:
            return Permit(hold - now, delay, held=True)
        wait = max((lease or 0.0) - now, pause - now if pause <= now + _LONGEST_PAUSE else 0.0)
        if wait > 0:
            return Permit(wait, delay)
        self._db.execute(
            "INSERT INTO hosts (host, lease_owner, lease_machine) VALUES (:host, :owner, :until)"
            " ON CONFLICT (host) DO UPDATE SET lease_owner = :owner, lease_machine = :until",
            {"host": host, "owner": self._owner, "until": until},
        )
        return Permit(0.0, delay)

    def release(self, host: str, *, next_at: float) -> None:
        """The answer is there: the next request may leave at `next_at`."""
        self._db.execute(
            "UPDATE hosts SET lease_owner = NULL, lease_machine = NULL, next_machine = ? WHERE host = ? AND lease_owner = ?",
            [next_at, host, self._owner],
        )

    def hold(self, host: str, *, until: float) -> None:
        """The host asked for a pause (Retry-After): nothing leaves for it before `until`."""
        self._db.execute(
            "INSERT INTO hosts (host, hold_machine) VALUES (:host, :until)"
            " ON CONFLICT (host) DO UPDATE SET hold_machine = max(hold_machine, :until)",
            {"host": host, "until": until},
        )

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt as last fetched, or None."""
        row = self._db.execute("SELECT robots, robots_status, robots_at FROM hosts WHERE host = ?", [host]).fetchone()
        if row is None or row[2] is None:
            return None
        return Robots(row[0] or "", row[1] or 0, from_text(row[2]))

    def save_robots(self, host: str, robots: Robots, delay: float | None) -> None:
        """Remember a robots.txt and the delay it asks for."""
        self._db.execute(
            "INSERT INTO hosts (host, robots, robots_status, robots_at, delay) VALUES (:host, :text, :status, :at, :delay)"
            " ON CONFLICT (host) DO UPDATE SET robots = :text, robots_status = :status, robots_at = :at, delay = :delay",
            {"host": host, "text": robots.text, "status": robots.status, "at": to_text(robots.at), "delay": delay},
        )
