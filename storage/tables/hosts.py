"""The host gate: one request in flight per host and a pause after each answer, over all sources and processes.

A host keeps to what its registered domain asked for, too (`storage.tables.domains`).
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.owners import is_dead
from storage.urls import site_of

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
    """What the gate says: real seconds to wait before asking again, 0.0 when the request may leave now.

    `delay`: the pause of the calendar that this host asks for in its robots.txt, or its domain by refusing us. `held`: its
    domain sent us away for a while. `taken`: somebody else has it. `slowed`: something is known of its domain.
    """

    wait: float
    delay: float | None = None
    held: bool = False
    taken: bool = False
    slowed: bool = False


class HostTable:
    """The SQL of the gate. Times that end in `_machine`, and those given here, are unix seconds of the machine."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    def acquire(self, host: str, *, now: float, until: float, second: float = 1.0, at: datetime | None = None) -> Permit:
        """Take the host for one request. `wait` 0.0: it is ours until `release`, or `until`; else wait so many seconds.

        `at`: the calendar's now, `second`: the real seconds that one of its seconds takes.
        """
        domain = site_of(host)
        owner, lease, pause, delay = self._db.execute(
            "SELECT lease_owner, lease_machine, next_machine, delay FROM hosts WHERE host = ?", [host]
        ).fetchone() or (None, None, 0.0, None)
        known = self._db.execute(
            "SELECT hold_machine, until, pause, next_machine FROM domains WHERE domain = ?", [domain]
        ).fetchone()
        hold, over, learnt, follows = known or (0.0, None, None, 0.0)
        delay = max(delay or 0.0, learnt or 0.0) or None
        if now < hold <= now + _LONGEST_HOLD and (at is None or over is None or over > to_text(at)):
            return Permit(hold - now, delay, held=True)
        if owner is not None and lease is not None and lease > now and not is_dead(owner):
            return Permit(lease - now, delay, taken=True)
        wait = max(each - now if each <= now + _LONGEST_PAUSE else 0.0 for each in (pause, follows))
        if wait > 0:
            return Permit(wait, delay)
        self._db.execute(
            "INSERT INTO hosts (host, domain, lease_owner, lease_machine) VALUES (:host, :domain, :owner, :until)"
            " ON CONFLICT (host) DO UPDATE SET lease_owner = :owner, lease_machine = :until",
            {"host": host, "domain": domain, "owner": self._owner, "until": until},
        )
        if learnt:  # its other hosts wait for this one
            self._follow(domain, now + learnt * second)
        return Permit(0.0, delay, slowed=known is not None)

    def _follow(self, domain: str, next_at: float) -> None:
        self._db.execute("UPDATE domains SET next_machine = ? WHERE domain = ?", [next_at, domain])

    def release(self, host: str, *, next_at: float) -> None:
        """The answer is there: the next request may leave at `next_at`."""
        self._db.execute(
            "UPDATE hosts SET lease_owner = NULL, lease_machine = NULL, next_machine = ? WHERE host = ? AND lease_owner = ?",
            [next_at, host, self._owner],
        )
        self._db.execute(
            "UPDATE domains SET next_machine = max(next_machine, ?) WHERE domain = ? AND pause IS NOT NULL",
            [next_at, site_of(host)],
        )

    def know(self, host: str) -> None:
        """Let the host have a row, which says whose it is."""
        self._db.execute("INSERT OR IGNORE INTO hosts (host, domain) VALUES (?, ?)", [host, site_of(host)])

    def robots(self, host: str) -> Robots | None:
        """The host's robots.txt as last fetched, or None."""
        row = self._db.execute("SELECT robots, robots_status, robots_at FROM hosts WHERE host = ?", [host]).fetchone()
        if row is None or row[2] is None:
            return None
        return Robots(row[0] or "", row[1] or 0, from_text(row[2]))

    def slowest(self, least: float, hosts: Collection[str] | None = None) -> list[tuple[str, Robots]]:
        """The hosts (of these; None: of all) of whose Crawl-delay `least` seconds or more are kept, with their robots.txt."""
        scope = "" if hosts is None else "AND host IN (SELECT value FROM json_each(?))"
        rows = self._db.execute(
            f"SELECT host, robots, robots_status, robots_at FROM hosts WHERE delay >= ? AND robots_at IS NOT NULL {scope}"
            " ORDER BY host",
            [least] if hosts is None else [least, json.dumps(list(hosts))],
        )
        return [(row[0], Robots(row[1] or "", row[2] or 0, from_text(row[3]))) for row in rows.fetchall()]

    def save_robots(self, host: str, robots: Robots, delay: float | None, *, next_at: float = 0.0) -> None:
        """Remember a robots.txt and the delay it asks for; the next request may leave at `next_at`, by that delay."""
        self._db.execute(
            "INSERT INTO hosts (host, domain, robots, robots_status, robots_at, delay, next_machine)"
            " VALUES (:host, :domain, :text, :status, :at, :delay, :next) ON CONFLICT (host) DO UPDATE SET robots = :text,"
            " robots_status = :status, robots_at = :at, delay = :delay, next_machine = max(next_machine, :next)",
            {
                "host": host,
                "domain": site_of(host),
                "text": robots.text,
                "status": robots.status,
                "at": to_text(robots.at),
                "delay": delay,
                "next": next_at,
            },
        )
