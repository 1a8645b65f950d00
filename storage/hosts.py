"""The host gate: one request in flight per host and a pause after each answer, over all sources and processes."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host's robots.txt said: its text, the status it came with (0: unreachable), and when."""

    text: str
    status: int
    at: datetime


class HostTable:
    """The SQL of the gate. Times that end in `_machine`, and those given here, are unix seconds of the machine."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    def acquire(self, host: str, *, now: float, until: float) -> float:
        """Take the host for one request. 0.0: it is ours until `release`, or `until`. Else: seconds to wait first."""
        row = self._db.execute("SELECT lease_machine, next_machine, hold_machine FROM hosts WHERE host = ?", [host]).fetchone()
        lease, pause, hold = row or (None, 0.0, 0.0)
        wait = max((lease or 0.0) - now, pause - now, hold - now)
        if wait > 0:
            return float(wait)
        self._db.execute(
            "INSERT INTO hosts (host, lease_owner, lease_machine) VALUES (:host, :owner, :until)"
            " ON CONFLICT (host) DO UPDATE SET lease_owner = :owner, lease_machine = :until",
            {"host": host, "owner": self._owner, "until": until},
        )
        return 0.0

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

    def held_until(self, host: str) -> float:
        """Until when the host asked us to stay away; 0.0 when it did not."""
        row = self._db.execute("SELECT hold_machine FROM hosts WHERE host = ?", [host]).fetchone()
        return float(row[0]) if row else 0.0

    def delay(self, host: str) -> float | None:
        """The pause in seconds that the host asked for in its robots.txt, or None."""
        row = self._db.execute("SELECT delay FROM hosts WHERE host = ?", [host]).fetchone()
        return row[0] if row else None

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
