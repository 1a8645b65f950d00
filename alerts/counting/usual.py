"""What is usual for a rule: how many distinct stories an hour, by hour of the week, learnt from weeks of hours. A pure module.

The model is that of Farrington, Andrews, Beale and Catchpole, "A Statistical Algorithm for the Early Detection of Outbreaks of
Infectious Disease" (J. R. Statist. Soc. A 159, 1996), as Noufaily and others improved it ("An improved algorithm for outbreak
detection in multiple surveillance systems", Statistics in Medicine 32, 2013): a seasonal mean, more variance than a Poisson
process has, less weight for outbreaks of the past, and the tail of a negative binomial distribution. What differs: an hour of
the week is seen only four times in 28 days, so its mean is a product of factors, each trusted as far as the data bear it out
(Bühlmann and Straub, "Glaubwürdigkeit für Schadensätze", 1970).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

HOUR = timedelta(hours=1)
_WEEK = 168
_ROUNDS = 2  # means, dispersion and what is clipped depend on one another; a third round changes little
_CLIP = 3.0  # standard deviations above the mean: more in an hour is a burst, and is not what is usual
_CUT = 0.3  # √d times this is what a gamma distribution's dispersion d loses beyond so many deviations (.25 to .30 for d to 3)
_LEAST_KEPT = 0.5
_ERRORS = 0.5  # standard errors above the estimate: too little dispersion means false alarms, too much means missed bursts
_AHEAD = 2  # hours: as far ahead as a level is used, when what is usual is learnt once an hour
_FIRST_DISPERSION = 0.5
_LEAST_DISPERSION = 0.05  # nothing that people write is as even as a Poisson process
_SPANS = (6, 24)  # hours: a level that changed within the day, or since yesterday
_LEAST_LEVEL = 0.5  # as after an outage that was taken for silence
_LEAST_FACTOR = 0.02  # an hour in which nothing came yet is not one in which nothing can come
_SMOOTH = timedelta(minutes=1)
# Of what a factor is asked, from the coarse to the fine, each correcting the ones before: the hours of the week of each group.
_HOURS_OF_DAY = [slice(hour, _WEEK, 24) for hour in range(24)]
_WEEKEND = [slice(0, 120), slice(120, _WEEK)]
_HOURS_BY_WEEKEND = [slice(part.start + hour, part.stop, 24) for part in _WEEKEND for hour in range(24)]
_HOURS_OF_WEEK = [slice(hour, hour + 1) for hour in range(_WEEK)]
_GROUPINGS = (_HOURS_OF_DAY, _WEEKEND, _HOURS_BY_WEEKEND, _HOURS_OF_WEEK)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: made by `learn` once an hour, and asked at each story.

    `means` by hour of the week (0 is Monday 00:00, on the clock of `ended`); `doubts` their relative variances, as they are
    estimates; `dispersion` of the counts around them; `level` how many times that was usual of late.
    """

    history: tuple[float | None, ...]
    ended: datetime
    means: tuple[float, ...]
    doubts: tuple[float, ...]
    dispersion: float
    level: float

    @property
    def observed(self) -> timedelta:
        """How many hours were observed."""
        return HOUR * sum(each is not None for each in self.history)

    def mean(self, now: datetime) -> tuple[float, float]:
        """The mean and the dispersion for the hour before `now`, between those of the two hours that it overlaps."""
        whole, rest = divmod(now - HOUR - self.ended, HOUR)
        cell = (_cell(self.ended) + whole) % _WEEK
        later, share = (cell + 1) % _WEEK, rest / HOUR
        mean = self.means[cell] * (1 - share) + self.means[later] * share
        return mean * self.level, self.dispersion + max(self.doubts[cell], self.doubts[later])

    def recurring(self, now: datetime) -> int:
        """What the busier of these two hours reached on one day of ten, and on at least two: no day of bursts by itself."""
        whole, rest = divmod(now - HOUR - self.ended, HOUR)
        width = 1 + (rest >= _SMOOTH)
        size = len(self.history)
        near = [self.history[first : first + width] for first in range((size + whole) % 24, size, 24)]
        days = sorted([max([each or 0 for each in hours]) for hours in near], reverse=True)
        return int(days[min(len(days) - 1, max(1, len(days) // 10))]) if days else 0


@dataclass(slots=True)
class _Fit:
    """Means by hour of the week, their relative variances, and how many parameters they amount to."""

    means: list[float]
    doubts: list[float]
    freedom: float


def learn(history: Sequence[float | None], ended: datetime) -> Usual:
    """What is usual after these counts of consecutive hours, oldest first, of which the last ended at `ended`.

    None stands for an hour that was not observed. An hour that holds far more than is usual counts as one that holds just so
    much as is still believed, and says nothing of the spread: last week's burst must not hide this week's. The dispersion is
    that around forecasts as they will be made, by mean and level: what the level follows is not spread.
    """
    values = [None] * ((_cell(ended) - len(history)) % _WEEK) + list(history)
    hours = [sum(value is not None for value in values[cell::_WEEK]) for cell in range(_WEEK)]
    dispersion = _FIRST_DISPERSION
    fit = _fit([float(value or 0) for value in values], hours, dispersion, _GROUPINGS[:1])
    for _ in range(_ROUNDS):
        most = [mean + 1 + _CLIP * math.sqrt(mean + dispersion * mean * mean) for mean in fit.means]
        limits = most * (len(values) // _WEEK + 1)
        counts = [0.0 if value is None else min(value, limit) for value, limit in zip(values, limits, strict=False)]
        fit = _fit(counts, hours, dispersion, _GROUPINGS)
        means = fit.means * (len(values) // _WEEK + 1)
        expected = [0.0 if value is None else mean for value, mean in zip(values, means, strict=False)]
        believed = [value is not None and value <= limit for value, limit in zip(values, limits, strict=False)]
        dispersion = _dispersion(counts, expected, believed, fit.freedom)
    levels = _levels(counts, expected, dispersion)
    forecast = [mean * level for mean, level in zip(expected[_AHEAD:], levels, strict=False)]
    dispersion = _dispersion(counts[_AHEAD:], forecast, believed[_AHEAD:], fit.freedom)
    return Usual(tuple(history), ended, tuple(fit.means), tuple(fit.doubts), dispersion, levels[-1])


def _cell(instant: datetime) -> int:
    return instant.weekday() * 24 + instant.hour


def _fit(counts: Sequence[float], hours: Sequence[int], dispersion: float, groupings: Sequence[Sequence[slice]]) -> _Fit:
    """Means by hour of the week: one for all, corrected by the factors of each grouping in turn."""
    sums = [sum(counts[cell::_WEEK]) for cell in range(_WEEK)]
    total = sum(sums) + 0.5  # Jeffreys' prior: what was never seen is rare, not impossible
    fit = _Fit([total / max(1, sum(hours))] * _WEEK, [1 / total] * _WEEK, 1.0)
    for groups in groupings:
        _correct(fit, groups, sums, hours, dispersion)
    return fit


def _correct(fit: _Fit, groups: Sequence[slice], sums: Sequence[float], hours: Sequence[int], dispersion: float) -> None:
    """Multiply the means of each group by how far its counts depart from them, as far as chance does not explain it.

    Bühlmann and Straub's credibility: the variance between groups is what their departures have above the variance within.
    """
    each = [count * mean for count, mean in zip(hours, fit.means, strict=True)]
    spread = [part + dispersion * part * mean for part, mean in zip(each, fit.means, strict=True)]
    found = [sum(sums[group]) for group in groups]
    expected = [sum(each[group]) for group in groups]
    within = [sum(spread[group]) for group in groups]
    departed = sum([(f - e) ** 2 - v for f, e, v in zip(found, expected, within, strict=True)])
    between = max(0.0, departed / (sum([e * e for e in expected]) or 1.0))
    if not between:
        return
    for group, f, e, v in zip(groups, found, expected, within, strict=True):
        trust = between * e * e / (between * e * e + v) if v else 0.0
        factor = max(_LEAST_FACTOR, 1 + trust * (f / e - 1)) if e else 1.0
        fit.means[group] = [mean * factor for mean in fit.means[group]]
        fit.doubts[group] = [doubt + between * (1 - trust) for doubt in fit.doubts[group]]
        fit.freedom += trust


def _dispersion(counts: Sequence[float], means: Sequence[float], believed: Sequence[bool], freedom: float) -> float:
    """The dispersion of the believed counts around their means by the method of moments, and half a standard error more.

    The error is that of a sum over days, because the hours of a day rise and fall together.
    """
    kept = sum(believed)
    spare = kept / max(1.0, kept - freedom)
    rows = list(zip(counts, means, believed, strict=True))
    above = [(count - mean) ** 2 * spare - mean if belief else 0.0 for count, mean, belief in rows]
    squares = [mean * mean if belief else 0.0 for _, mean, belief in rows]
    days = [(sum(above[day : day + 24]), sum(squares[day : day + 24])) for day in range(0, len(above), 24)]
    weight = sum(squares) or 1.0
    value = max(0.0, sum(above) / weight)
    value /= max(_LEAST_KEPT, 1 - _CUT * math.sqrt(value))
    error = math.sqrt(sum([(excess - value * part) ** 2 for excess, part in days])) / weight
    return max(_LEAST_DISPERSION, value + _ERRORS * error)


def _levels(counts: Sequence[float], expected: Sequence[float], dispersion: float) -> list[float]:
    """After each hour, how many times the means came of late: the mean of a gamma distribution around 1, given the counts.

    The higher of two spans: a lull that ends is no burst.
    """
    size = 1 / dispersion
    came, due = [0.0, *accumulate(counts)], [0.0, *accumulate(expected)]
    levels = [_LEAST_LEVEL] * len(counts)
    for span in _SPANS:
        older = zip([0.0] * (span - 1) + came, [0.0] * (span - 1) + due, strict=True)  # up to where the span begins
        ratios = [(size + x - x0) / (size + m - m0) for x, m, (x0, m0) in zip(came[1:], due[1:], older, strict=False)]
        levels = list(map(max, levels, ratios))
    return levels or [1.0]
