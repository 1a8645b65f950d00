"""The one clock. Every instant that Nightdesk reads and every timer that it sets goes through a Clock.

Two kinds of time are told apart:

* *calendar time* (`now`, `sleep`): what articles, schedules, delays and retries live by. `NIGHTDESK_CLOCK` sets it,
  for tests and rehearsals: a start, and how many times faster than real time it runs.
* *machine time* (`machine`, `real`): what real work takes (a download, a lease held by a living process). It is
  never rehearsed, so that a thousandfold clock does not time out a page that loads in 20 ms, and so that two
  processes with different rehearsals still agree on who holds a lease.
"""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.errors import ConfigError

_SPEC = re.compile(r"(?P<start>[^@]+)(?:@(?P<rate>\d+(?:\.\d+)?))?\Z")

_FASTEST = 1_000_000  # times real time; a calendar that runs out of years in a day helps nobody
_LATEST = 9000  # the last year to start in, for the same reason


CLOCK_MARK = "clock"
"""The key in `meta` under which a daemon notes how its machine's clock stood when it started."""


def clock_mark() -> str:
    """How the machine's clock stands against the time since its boot, sleep included; the boot's name stands before it."""
    return f"{_boot()} {time.time() - time.clock_gettime(time.CLOCK_BOOTTIME):.3f}"


def clock_moved(mark: str | None) -> float:
    """By how many seconds the machine's clock was moved since that mark; 0 when it was made before the last boot."""
    boot, _, offset = (mark or "").partition(" ")
    return float(clock_mark().partition(" ")[2]) - float(offset) if boot == _boot() and offset else 0.0


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


class Clock:
    """Calendar time that starts at `start` and runs `rate` times as fast as the machine's; by default, the real time."""

    def __init__(self, start: datetime | None = None, rate: float = 1.0) -> None:
        self.rate = rate
        self._start = start
        self._monotonic = time.monotonic()

    @property
    def rehearsed(self) -> bool:
        """Whether this is not the real time."""
        return self._start is not None

    def now(self) -> datetime:
        """The calendar's instant, aware, in UTC."""
        if self._start is None:
            return datetime.now(UTC)
        return self._start + timedelta(seconds=(time.monotonic() - self._monotonic) * self.rate)

    def machine(self) -> float:
        """Unix seconds of the machine: for leases and the host gate, which all processes must read alike."""
        return time.time()

    def steady(self) -> float:
        """Real seconds, which neither a step of the machine's clock nor its sleep moves: for time limits."""
        return time.monotonic()

    def real(self, seconds: float) -> float:
        """How many real seconds `seconds` of the calendar take."""
        return seconds / self.rate

    def at(self, instant: datetime) -> datetime:
        """The machine's instant at which the calendar will show `instant`: for real timers."""
        return datetime.now(UTC) + (instant - self.now()) / self.rate

    async def sleep(self, seconds: float) -> None:
        """Wait until `seconds` of the calendar have passed."""
        await asyncio.sleep(max(0.0, self.real(seconds)))


def parse_clock(spec: str | None) -> Clock:
    """The clock that `NIGHTDESK_CLOCK` asks for, such as `2026-11-01T03:00:00Z@600`; the real one for None or "".

    Raises ConfigError with the remedy when the text is not a start with an optional rate.
    """
    if not spec:
        return Clock()
    found = _SPEC.match(spec.strip())
    try:
        if not found:
            raise ValueError
        start = datetime.fromisoformat(found["start"])
        rate = float(found["rate"] or 1)
        if start.tzinfo is None or not 0 < rate <= _FASTEST or start.year > _LATEST:
            raise ValueError
        start = start.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"NIGHTDESK_CLOCK is {spec!r}; write a start with its zone and, if wanted, a rate: 2026-11-01T03:00:00Z@600"
        ) from None
    return Clock(start, rate)
