"""Spikes: whether a rule matches far more distinct stories than is usual at this hour of the week. A pure module.

`usual.py` learns what is usual, `tails.py` knows the chances. Here is decided:

- *cold start*: too little was observed to call anything usual;
- *quiet*: fewer than the minimum, or a count that chance brings;
- *spike*: a count with a chance of less than p an hour, however often one looks within the hour;
- *cooling*: a spike so soon after the last that was told that it is the same one.

A count must be improbable twice: around what is usual at this hour of the week, and above what recurs at about this hour of
the day, as an agency's daily batch does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.counting.tails import at_least, at_least_once
from alerts.counting.usual import HOUR, Usual, learn

_ODD = 0.01  # what chance brings so rarely, and the same hour of the day again and again, chance does not bring
_EVEN = 0.05  # the dispersion around a peak that recurs: it is itself a high count, so chance adds little


class State(StrEnum):
    """What a verdict says."""

    COLD_START = "cold start"
    QUIET = "quiet"
    SPIKE = "spike"
    COOLING = "cooling"


@dataclass(frozen=True, slots=True)
class Spike:
    """A rule's condition: what makes a spike."""

    p: float = 1e-4  # chance an hour, where nothing happens, of a spike
    baseline: timedelta = timedelta(days=28)
    minimum: int = 5  # stories in the hour
    cool_down: timedelta = timedelta(hours=6)  # since the rule's last spike alert
    warm_up: timedelta = timedelta(days=7)  # observed before anything is called usual

    def __post_init__(self) -> None:
        """Refuse what cannot be judged."""
        if not 1e-12 <= self.p <= 0.1:
            raise ValueError(f"spike(p={self.p:g}): p must lie between 1e-12 and 0.1")
        if self.minimum < 1:
            raise ValueError(f"spike: the minimum count is {self.minimum}, and must be at least 1")
        if not timedelta(days=7) <= self.warm_up <= self.baseline <= timedelta(days=366):
            raise ValueError("spike: the baseline must be between the warm-up, of at least 7 days, and 366 days")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is so, and why.

    `usual` is the mean for this hour, `probability` P(X ≥ count) for this hour alone, and `chance` that of so many in some
    hour of all that end within one hour, which is what p is compared with.
    """

    state: State
    count: int
    usual: float
    probability: float
    chance: float
    sentence: str


def decide(
    history: Sequence[int | None], ended: datetime, count: int, now: datetime, spike: Spike, *, last: datetime | None = None
) -> Verdict:
    """`judge` in one step: the hours of `history`, oldest first, of which the last ended at `ended`, are the baseline."""
    return judge(count, now, learn(history[-(spike.baseline // HOUR) :], ended), spike, last)


def judge(count: int, now: datetime, usual: Usual, spike: Spike, last: datetime | None = None) -> Verdict:
    """The verdict on `count` distinct stories in the hour before `now`; `last` is when a spike of the rule was last told.

    What is usual must have been learnt from hours that ended before that hour began, else a burst would explain itself.
    """
    if now - HOUR < usual.ended:
        raise ValueError(f"spike: the baseline ends at {usual.ended}, within the hour before {now}")
    mean, dispersion = usual.mean(now)
    probability = at_least(count, mean, dispersion)
    chance = at_least_once(count, mean, dispersion)
    recurring = usual.recurring(now)
    if at_least_once(recurring, mean, dispersion) < _ODD:
        chance = max(chance, at_least_once(count, recurring, _EVEN))
    if usual.observed < spike.warm_up:
        state, sentence = State.COLD_START, _unknown(count, usual, spike)
    else:
        state, sentence = State.QUIET, _known(count, mean, chance, usual)
        if count >= spike.minimum and chance < spike.p:
            state = State.COOLING if last is not None and now - last < spike.cool_down else State.SPIKE
    return Verdict(state, count, mean, probability, chance, sentence)


def _unknown(count: int, usual: Usual, spike: Spike) -> str:
    observed, needed = _days(usual.observed), _days(spike.warm_up)
    return f"{_stories(count)} in the last hour; what is usual is known after {needed}, of which {observed} were observed"


def _known(count: int, mean: float, chance: float, usual: Usual) -> str:
    rounded = f"{mean:.0f}" if mean >= 9.95 else f"{mean:.1f}" if mean >= 0.05 else "fewer than 0.1"
    where = (
        f"{rounded} are usual at this hour of the week" if any(usual.history) else f"there was none in {_days(usual.observed)}"
    )
    shown = f"{chance:.0e}" if chance >= 1e-12 else "below 1e-12"
    return f"{_stories(count)} in the last hour, where {where} (chance {shown})"


def _stories(count: int) -> str:
    return f"{count} story" if count == 1 else f"{count} stories"


def _days(length: timedelta) -> str:
    days = length // timedelta(days=1)
    return "1 day" if days == 1 else f"{days} days"
