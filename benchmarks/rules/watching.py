"""Detectors of spikes as they are called live: at each new story, with the count of the hour before it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from newsroom import START, Times

from alerts.spikes import Spike, State, judge
from alerts.tails import at_least
from alerts.usual import Usual, learn

SPIKE = Spike()
HOURS = SPIKE.baseline // timedelta(hours=1)
COOL = SPIKE.cool_down / timedelta(hours=1)
FRESH = 24  # hours for which what is usual decides which counts are worth learning it anew
WORTH = 0.5  # of the least count that was a spike by what was usual then


def hourly(times: Times, end: int) -> list[int]:
    """Counts of the hours since START."""
    return np.bincount(times.astype(int), minlength=end)[:end].tolist()


def trailing(times: Times) -> list[int]:
    """At each of these times, how many there were in the hour up to it, itself included."""
    return (np.arange(1, len(times) + 1) - np.searchsorted(times, times - 1, side="left")).tolist()


@dataclass(slots=True)
class Ours:
    """`alerts.spikes`, learning once an hour, and only in hours that could hold a spike."""

    counts: list[int]
    every: bool = False  # learn in every hour, to check that leaving hours out changes nothing
    _learnt: tuple[int, Usual] | None = None
    _worth: tuple[int, dict[int, int]] = field(default=(-FRESH, {}))

    def alarm(self, hour: int, at: float, count: int, last: float | None) -> bool:
        """Whether `count` stories in the hour before `at`, in clock hour `hour`, are an alarm."""
        if count < SPIKE.minimum or (not self.every and count < WORTH * self._least(hour)):
            return False
        told = None if last is None else START + timedelta(hours=last)
        return judge(count, START + timedelta(hours=at), self._usual(hour), SPIKE, told).state is State.SPIKE

    def _usual(self, hour: int) -> Usual:
        if self._learnt is None or self._learnt[0] != hour:
            ended = max(0, hour - 1)
            self._learnt = (hour, learn(self.counts[max(0, ended - HOURS) : ended], START + timedelta(hours=ended)))
        return self._learnt[1]

    def _least(self, hour: int) -> int:
        """The least count that was a spike in this hour of the day by what was usual up to a day ago."""
        if not 0 <= hour - self._worth[0] < FRESH:
            self._worth = (hour, {})
        if hour not in self._worth[1]:
            usual, moment = self._usual(self._worth[0]), START + timedelta(hours=hour + 0.5)
            low, high = SPIKE.minimum - 1, SPIKE.minimum
            while judge(high, moment, usual, SPIKE).state is State.QUIET:
                low, high = high, 2 * high
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if judge(middle, moment, usual, SPIKE).state is State.QUIET else (low, middle)
            self._worth[1][hour] = high
        return self._worth[1][hour]


@dataclass(slots=True)
class Naive:
    """A rule that others publish: the least count that is an alarm, from the hours before."""

    counts: list[int]
    least: Callable[[list[int], int], float]
    _known: tuple[int, float] = (-1, 0.0)

    def alarm(self, hour: int, at: float, count: int, last: float | None) -> bool:
        """As `Ours.alarm`."""
        if count < SPIKE.minimum or (last is not None and at - last < COOL):
            return False
        if self._known[0] != hour:
            self._known = (hour, self.least(self.counts, hour - 1))
        return count >= self._known[1]


def z_of_week(counts: list[int], end: int) -> float:
    """More than three standard deviations above the mean of seven days."""
    late = counts[max(0, end - 168) : end]
    mean = sum(late) / len(late)
    return mean + 3 * (sum(each * each for each in late) / len(late) - mean * mean) ** 0.5 + 1e-9


def four_weeks(counts: list[int], end: int) -> float:
    """More than twice the mean of the same hour of the previous four weeks, of the busier of the two hours it overlaps."""
    return 2 * max(sum(counts[end + ahead - back] for back in range(168, 673, 168)) / 4 for ahead in (0, 1)) + 1e-9


def poisson(counts: list[int], end: int) -> float:
    """A chance below p by the Poisson distribution with the mean of this hour of the day."""
    mean = max(sum(counts[end + ahead - 24 * back] for back in range(1, 29)) / 28 for ahead in (0, 1))
    count = max(SPIKE.minimum, int(mean))
    while at_least(count, mean, 1e-9) >= SPIKE.p:
        count += 1
    return count


Watch = Ours | Naive


def alarms(times: Times, watch: Watch, begin: float, end: float) -> list[float]:
    """When the rule alarms from `begin` on and before `end`."""
    found: list[float] = []
    first, stop = np.searchsorted(times, [begin, end]).tolist()
    early = int(np.searchsorted(times, begin - 1))
    counts = trailing(times[early:stop])[first - early :]
    for at, count in zip(times[first:stop].tolist(), counts, strict=True):
        if count < SPIKE.minimum or (found and at - found[-1] < COOL):
            continue
        if watch.alarm(int(at), at, count, found[-1] if found else None):
            found.append(at)
    return found
