"""What is usual for a rule: how many distinct stories an hour, by hour of the week, learnt from weeks of hours. A pure module.

The model is that of Farrington, Andrews, Beale and Catchpole, "A Statistical Algorithm for the Early Detection of Outbreaks of
Infectious Disease" (J. R. Statist. Soc. A 159, 1996), as Noufaily and others improved it ("An improved algorithm for outbreak
detection in multiple surveillance systems", Statistics in Medicine 32, 2013): a seasonal mean, more variance than a Poisson
process has, less weight for outbreaks of the past, and the tail of a negative binomial distribution. What differs: an hour of
the week is seen only four times in 28 days, so its mean is a product of factors, each trusted as far as the data bear it out
(Bühlmann and Straub, "Glaubwürdigkeit für Schadensätze", 1970).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)
_WEEK = 168
_ROUNDS = 2  # means, dispersion and what is clipped depend on one another; a third round changes little
_CLIP = 4.0  # standard deviations above the mean: more in an hour is a burst, and is not what is usual
_FIRST_DISPERSION = 0.5
_LEAST_DISPERSION = 0.05  # nothing that people write is as even as a Poisson process
_SPANS = (6, 24, 168)  # hours: a level that rose within the day, since yesterday, since last week
_SMOOTH = timedelta(minutes=1)
# Of what a factor is asked, from the coarse to the fine: each corrects the ones before.
_GROUPS: tuple[Callable[[int], int], ...] = (
    lambda cell: cell % 24,  # hour of the day
    lambda cell: cell // 24 > 4,  # weekend
    lambda cell: (cell // 24 > 4) * 24 + cell % 24,  # hour of a day of the weekend
    lambda cell: cell,  # hour of the week
)
_PLACES = tuple(tuple(group(cell) for cell in range(_WEEK)) for group in _GROUPS)


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: made by `learn` once an hour, and asked at each story.

    `means` by hour of the week (0 is Monday 00:00, on the clock of `ended`); `doubts` their relative variances, as they are
    estimates; `dispersion` of the counts around them; `level` how much more than that was usual of late, at least 1.
    """

    history: tuple[int | None, ...]
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
        days = []
        for first in range((len(self.history) + whole) % 24, len(self.history), 24):
            days.append(max(each or 0 for each in self.history[first : first + width]))
        days.sort(reverse=True)
        return days[min(len(days) - 1, max(1, len(days) // 10))] if days else 0


@dataclass(frozen=True, slots=True)
class _Fit:
    """Means by hour of the week, their relative variances, and how many parameters they amount to."""

    means: list[float]
    doubts: list[float]
    freedom: float


def learn(history: Sequence[int | None], ended: datetime) -> Usual:
    """What is usual after these counts of consecutive hours, oldest first, of which the last ended at `ended`.

    None stands for an hour that was not observed. An hour that holds far more than is usual counts as one that holds just so
    much as is still believed, and says nothing of the spread: last week's burst must not hide this week's.
    """
    first = (_cell(ended) - len(history)) % _WEEK
    seen = [((first + at) % _WEEK, count) for at, count in enumerate(history) if count is not None]
    dispersion = _FIRST_DISPERSION
    fit = _fit(seen, dispersion, _PLACES[:1])
    for _ in range(_ROUNDS):
        most = [mean + 1 + _CLIP * math.sqrt(mean + dispersion * mean * mean) for mean in fit.means]
        clipped = [(cell, count if count <= most[cell] else most[cell]) for cell, count in seen]
        believed = [(cell, count) for cell, count in seen if count <= most[cell]]
        fit = _fit(clipped, dispersion, _PLACES)
        dispersion = _dispersion(believed, fit)
    level = _level(clipped, fit.means, dispersion)
    return Usual(tuple(history), ended, tuple(fit.means), tuple(fit.doubts), dispersion, level)


def _cell(instant: datetime) -> int:
    return instant.weekday() * 24 + instant.hour


def _fit(counts: Sequence[tuple[int, float]], dispersion: float, groups: Sequence[Sequence[int]]) -> _Fit:
    """Means by hour of the week: one for all, corrected by the factors of each grouping in turn."""
    sums, hours = [0.0] * _WEEK, [0] * _WEEK
    for cell, count in counts:
        sums[cell] += count
        hours[cell] += 1
    total = sum(sums) + 0.5  # Jeffreys' prior: what was never seen is rare, not impossible
    means = [total / max(1, len(counts))] * _WEEK
    doubts, freedom = [1 / total] * _WEEK, 1.0
    for places in groups:
        factors, unsure, used = _factors(places, sums, hours, means, dispersion)
        means = [mean * factors[place] for mean, place in zip(means, places, strict=True)]
        doubts = [doubt + unsure[place] for doubt, place in zip(doubts, places, strict=True)]
        freedom += used
    return _Fit(means, doubts, freedom)


def _factors(
    places: Sequence[int], sums: Sequence[float], hours: Sequence[int], means: Sequence[float], dispersion: float
) -> tuple[list[float], list[float], float]:
    """By which factor each group departs from its means, as far as chance does not explain it; its variance; parameters used.

    Bühlmann and Straub's credibility: the variance between groups is what their departures have above the variance within.
    """
    size = max(places) + 1
    found, expected, within = [0.0] * size, [0.0] * size, [0.0] * size
    for place, total, count, mean in zip(places, sums, hours, means, strict=True):
        found[place] += total
        expected[place] += count * mean
        within[place] += count * (mean + dispersion * mean * mean)
    departed = sum((f - e) ** 2 - v for f, e, v in zip(found, expected, within, strict=True))
    between = max(0.0, departed / (sum(e * e for e in expected) or 1.0))
    trust = [between * e * e / (between * e * e + v) if v else 0.0 for e, v in zip(expected, within, strict=True)]
    factors = [1 + t * (f / e - 1) if e else 1.0 for t, f, e in zip(trust, found, expected, strict=True)]
    return [max(f, 0.02) for f in factors], [between * (1 - t) for t in trust], sum(trust)


def _dispersion(counts: Sequence[tuple[int, float]], fit: _Fit) -> float:
    """The dispersion by the method of moments, and one standard error more: it is uncertain, and too little means false alarms.

    The error is that of a sum over days, because the hours of a day rise and fall together.
    """
    spare = len(counts) / max(1.0, len(counts) - fit.freedom)
    excess, weights = [], []
    for begin in range(0, len(counts), 24):
        day = [(count, fit.means[cell]) for cell, count in counts[begin : begin + 24]]
        excess.append(sum([(count - mean) ** 2 * spare - mean for count, mean in day]))
        weights.append(sum([mean * mean for _, mean in day]))
    weight = sum(weights) or 1.0
    value = max(0.0, sum(excess) / weight)
    error = math.sqrt(sum([(each - value * part) ** 2 for each, part in zip(excess, weights, strict=True)])) / weight
    return max(_LEAST_DISPERSION, value + error)


def _level(counts: Sequence[tuple[int, float]], means: Sequence[float], dispersion: float) -> float:
    """How much more than the means came of late: the mean of a gamma distribution of levels around 1, given the counts.

    The highest over several spans and never below 1: after a quiet holiday, a usual day is no burst.
    """
    size = 1 / dispersion
    levels = [1.0]
    for span in _SPANS:
        late = counts[-span:]
        levels.append((size + sum(count for _, count in late)) / (size + sum(means[cell] for cell, _ in late)))
    return max(levels)
