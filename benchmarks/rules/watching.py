"""Detectors of spikes as they are called live: at each new story, with the count of the hour before it.

Times are hours since a Monday 00:00. What a detector knows of the past are the counts of clock hours, up to the last that
ended before the hour that is judged began.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from newsroom import START, WEEK, Times

from alerts.counting.spikes import Spike, State, judge
from alerts.counting.tails import at_least
from alerts.counting.usual import Usual, learn

SPIKE = Spike()
HOURS = SPIKE.baseline // timedelta(hours=1)
COOL = SPIKE.cool_down / timedelta(hours=1)
FRESH = 24  # hours for which what was usual tells whether an hour is worth a closer look
MARGIN = 2  # it is, if so many times its highest count would have been a spike then

Counts = Sequence[int | None]


def hourly(times: Times, hours: int) -> list[int]:
    """Counts of so many hours."""
    counts: list[int] = np.bincount(times.astype(int), minlength=hours)[:hours].tolist()
    return counts


@dataclass(slots=True)
class Ours:
    """`alerts.counting.spikes`, which learns what is usual once an hour, and here only in hours that could hold a spike."""

    counts: Counts
    every: bool = False  # learn in every hour: checks that leaving hours out changes nothing
    _known: dict[int, Usual] = field(default_factory=dict)
    _day: int = -FRESH

    def worth(self, hour: int, most: int) -> bool:
        """Whether an hour in which the count reaches `most` could hold an alarm."""
        if self.every:
            return True
        if not 0 <= hour - self._day < FRESH:
            self._day = hour
            self._known.clear()
        moment = START + timedelta(hours=hour + 0.5)
        return judge(MARGIN * most, moment, self._usual(self._day), SPIKE).state is State.SPIKE

    def alarm(self, hour: int, at: float, count: int) -> bool:
        """Whether `count` stories in the hour before `at`, within clock hour `hour`, are an alarm."""
        return judge(count, START + timedelta(hours=at), self._usual(hour), SPIKE).state is State.SPIKE

    def sentence(self, at: float, count: int) -> str:
        """What a verdict says to people."""
        return judge(count, START + timedelta(hours=at), self._usual(int(at)), SPIKE).sentence

    def _usual(self, hour: int) -> Usual:
        if hour not in self._known:
            ended = max(0, hour - 1)
            self._known[hour] = learn(self.counts[max(0, ended - HOURS) : ended], START + timedelta(hours=ended))
        return self._known[hour]


@dataclass(slots=True)
class Simple:
    """A rule as others publish it: from the counts up to an hour, the count above which it alarms."""

    counts: Counts
    limit: Callable[[Counts, int], float]
    _known: tuple[int, float] = (-1, 0.0)

    def worth(self, hour: int, most: int) -> bool:
        """As `Ours.worth`."""
        return self.alarm(hour, hour, most)

    def alarm(self, hour: int, _at: float, count: int) -> bool:
        """As `Ours.alarm`."""
        if self._known[0] != hour:
            self._known = (hour, self.limit(self.counts, hour - 1))
        return count > self._known[1]


def z_of_week(counts: Counts, end: int) -> float:
    """Three standard deviations above the mean of the hours of seven days."""
    late = [each or 0 for each in counts[max(0, end - WEEK) : end]]
    mean = sum(late) / len(late)
    return mean + 3 * max(0.0, sum(each * each for each in late) / len(late) - mean * mean) ** 0.5


def four_weeks(counts: Counts, end: int) -> float:
    """Twice the mean of the same hour of four weeks: of the busier of the two hours that the last 60 minutes overlap."""
    return 2 * max(sum(counts[end + ahead - back] or 0 for back in range(WEEK, 4 * WEEK + 1, WEEK)) / 4 for ahead in (0, 1))


def poisson(counts: Counts, end: int) -> float:
    """The highest count with a chance of p, by the Poisson distribution with the mean of this hour of the day over 28 days."""
    mean = max(sum(counts[end + ahead - 24 * back] or 0 for back in range(1, 29)) / 28 for ahead in (0, 1))
    count = int(mean)
    while at_least(count + 1, mean, 1e-9) >= SPIKE.p:
        count += 1
    return count


Watch = Ours | Simple
WATCHES: dict[str, tuple[bool, Callable[[Counts], Watch]]] = {  # whether it counts articles; the rule
    "articles, z > 3 over 7 days": (True, lambda counts: Simple(counts, z_of_week)),
    "stories, z > 3 over 7 days": (False, lambda counts: Simple(counts, z_of_week)),
    "stories, twice the same hour of 4 weeks": (False, lambda counts: Simple(counts, four_weeks)),
    "stories, Poisson p = 1e-4 by hour of day": (False, lambda counts: Simple(counts, poisson)),
    "stories, alerts.counting.spikes p = 1e-4": (False, Ours),
}


def alarms(times: Times, watch: Watch, begin: float, end: float) -> list[float]:
    """When a rule alarms from `begin` on and before `end`; all have the minimum count and the cool-down."""
    first, stop = np.searchsorted(times, [begin, end]).tolist()
    if first == stop:
        return []
    counts = np.arange(first, stop) + 1 - np.searchsorted(times, times[first:stop] - 1, side="left")
    hours, starts = np.unique(times[first:stop].astype(int), return_index=True)
    found: list[float] = []
    for hour, here in zip(hours.tolist(), np.split(np.arange(first, stop), starts[1:]), strict=True):
        most = int(counts[here - first].max())
        if most < SPIKE.minimum or (found and hour + 1 <= found[-1] + COOL) or not watch.worth(hour, most):
            continue
        judged = SPIKE.minimum - 1  # nothing is a spike that is less than what was none in the same hour
        for at, count in zip(times[here].tolist(), counts[here - first].tolist(), strict=True):
            if count > judged and (not found or at >= found[-1] + COOL):
                if watch.alarm(hour, at, count):
                    found.append(at)
                    break
                judged = count
    return found
