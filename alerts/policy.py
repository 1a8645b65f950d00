"""When a failed delivery is tried again, when it is given up, and when a channel is left alone. A pure module.

The table is that of Standard Webhooks: ten attempts over at most 75 hours and 35 minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.errors import DeliveryError
from storage.instants import LONGEST_WAIT

# How long to wait before the 1st, 2nd … attempt, counted from the failure of the one before.
RETRY_TABLE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
OPENS_AFTER = 5
"""Failures in a row, of whatever deliveries, after which a channel's circuit breaker opens."""
_FIRST_PROBE, _LONGEST_PROBE = timedelta(seconds=30), timedelta(minutes=10)
_SHORTEST_WAIT = timedelta(seconds=1)
REFUSALS = 3  # attempts that a receiver may refuse with 4xx before the delivery is dead
_PASSING = frozenset({408, 425, 429})  # the 4xx that ask us to come again


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows a failed attempt: another one at `due`, or none when `due` is None; `reason` is one line.

    `disable`: the channel's other end is gone for good (HTTP 410), so the channel should be switched off; `due` holds from
    when it is switched on again.
    """

    due: datetime | None
    reason: str
    disable: bool = False

    @property
    def dead(self) -> bool:
        """Whether this was the last attempt."""
        return self.due is None


def after_failure(attempts: int, error: DeliveryError, now: datetime, chance: float) -> Decision:
    """What to do after attempt number `attempts` (1, 2 …, this one included) failed at `now` with `error`.

    `chance` is a random number in [0, 1). The wait is the table's, jittered, or what the receiver asked for with
    Retry-After if that is longer: a receiver that always says "in 1 s" must not use up ten attempts in ten seconds.
    """
    if error.disable:
        return Decision(now, f"waits for the channel to be switched on again: {error}", disable=True)
    if error.permanent:
        return Decision(None, f"refused for good: {error}")
    if attempts >= REFUSALS and _refused(error.status):
        return Decision(None, f"refused {attempts} times: {error}")
    if attempts >= len(RETRY_TABLE):
        return Decision(None, f"given up after {attempts} attempts: {error}")
    wait = backoff(attempts, chance)
    if error.retry_after is not None:
        wait = max(wait, min(timedelta(seconds=max(0.0, error.retry_after)), LONGEST_WAIT))
    return Decision(now + wait, f"attempt {attempts} of {len(RETRY_TABLE)} failed: {error}")


def backoff(attempts: int, chance: float) -> timedelta:
    """The wait after `attempts` failures: up to the table's value, as `chance` in [0, 1) says ("full jitter").

    That an unlucky delivery might use up its attempts while the receiver is still down is what the circuit breaker is for:
    of a channel that does not answer, one delivery is tried at a time.
    """
    return max(_SHORTEST_WAIT, RETRY_TABLE[min(max(attempts, 1), len(RETRY_TABLE) - 1)] * chance)


def probe_wait(failures: int) -> timedelta:
    """How long a channel whose breaker is open is left alone after so many failures in a row: 30 s, doubled up to 10 min."""
    doublings = min(max(0, failures - OPENS_AFTER), 10)
    return min(_FIRST_PROBE * (1 << doublings), _LONGEST_PROBE)


def _refused(status: int | None) -> bool:
    return status is not None and 400 <= status < 500 and status not in _PASSING
