"""When an adaptive source is looked at next: in proportion to the square root of how often articles come. A pure module.

With polls at density f, an article that comes at rate r waits 1/2f on average; the sum of r/2f over all sources, for a
given number of polls, is least where f is proportional to the square root of r (Cho and Garcia-Molina, 2003, for another
cost; the same Lagrange multiplier). The form used here is that of its price: a poll is worth its while when the articles
that were to be expected since the last one have waited so many hours together. At a constant rate that is the square root
law; at a rate that changes it polls soon after a batch and not in the middle of the night. Instants are unix seconds, UTC;
rates are articles an hour; a density is polls an hour for each square root of a rate.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.rhythm import HOUR, HOURS, RECENT, TENTHS, WEEK, Rhythm, exposure, faded, hour_of_week, tenth_of_day

Table = NDArray[np.floating[Any]]
LEAST, MOST = 60.0, 6 * HOUR  # seconds between two polls of a source
_STEP = 600.0
_AMPLE, _LEANING = 900.0, 0.1
# How many articles a smoother picture is worth against the counts of a finer one.
_BY_DAY, _BY_PART, _BY_HOUR, _BY_TENTH, _BY_RECENT = 4.0, 4.0, 8.0, 6.0, 3.0
_UNKNOWN, _UNKNOWN_HOURS = 0.5, 2.0  # a source of which nothing is known counts as half an article in two hours: six a day
_QUIETEST = 0.05  # of the usual rate, however quiet it has been lately
_TURNS = 60  # halvings of a span of densities


@dataclass(frozen=True, slots=True)
class Picture:
    """What a rhythm looks like at a time: articles an hour by hour of the week, and how they stand within the day."""

    rates: tuple[float, ...]  # 168
    shares: tuple[float, ...]  # 144; the mean of an hour's six is 1

    @property
    def rate(self) -> float:
        """Articles an hour, on average over the week."""
        return sum(self.rates) / HOURS

    def pace(self, lean: float) -> float:
        """Polls an hour at density 1, on average over the week."""
        return float(sum(map(math.sqrt, self.rates)) / HOURS * self.rate**lean)


def pace_unknown(lean: float) -> float:
    """The pace of a source of which nothing is known."""
    return float((_UNKNOWN / _UNKNOWN_HOURS) ** (0.5 + lean))


def picture(rhythm: Rhythm, now: float) -> Picture:
    """The rates to expect: what was counted by hour of the week, leaning on smoother pictures where that is little.

    All hours alike; by hour of the day; the same on working days and at weekends; by hour of the week: each corrects the
    one before it as far as articles were counted, so that a source of three a day does not get an hour for each.
    """
    left = faded(now - rhythm.at)
    counts: Table = rhythm.week.reshape(7, 24) * left
    hours = _exposures(rhythm, now)
    by_day, watched_by_day = counts.sum(0), hours.sum(0)
    flat = (float(by_day.sum()) + _UNKNOWN) / (exposure(rhythm, now) + _UNKNOWN_HOURS)
    daily = flat * (by_day + _BY_DAY) / (flat * watched_by_day + _BY_DAY)
    working, watched_working = counts[:5].sum(0), hours[:5].sum(0)
    rates = np.empty((7, 24))
    rates[:5] = _corrected(daily, working, watched_working)
    rates[5:] = _corrected(daily, by_day - working, watched_by_day - watched_working)
    rates *= (counts + _BY_HOUR) / (rates * hours + _BY_HOUR)
    tenths = rhythm.day.reshape(24, 6) * left
    shares = (tenths + _BY_TENTH) / (tenths.sum(1) / 6 + _BY_TENTH)[:, None]
    shares /= (shares.sum(1) / 6)[:, None]
    return Picture(tuple(rates.reshape(HOURS).tolist()), tuple(shares.reshape(TENTHS).tolist()))


def lean_for(budget: float) -> float:
    """What is added to the square root's exponent, by the seconds between two polls of a source on average.

    The mean hardly changes with it, but the median and the late ones do, against each other. Where polls are ample (15 minutes
    or less), a half keeps the late ones early; where they are scarce (an hour or more), 0.6 keeps the median low.
    """
    return _LEANING * min(max(math.log2(budget / _AMPLE) / 2, 0.0), 1.0)


def next_poll(rhythm: Rhythm, seen: Picture, now: float, density: float, *, lean: float = 0.0, least: float = LEAST) -> float:
    """When to poll next after a poll at `now`: never within `least` seconds, and within `MOST`."""
    price = 1.0 / (2.0 * density * density * seen.rate ** (2 * lean))  # hours that articles wait together
    unusual = _unusual(rhythm, seen, now) - 1.0
    waited = waiting = after = 0.0
    step = _STEP - now % _STEP
    while after < MOST:
        middle = now + after + step / 2
        rate = seen.rates[hour_of_week(middle)] * seen.shares[tenth_of_day(middle)]
        rate *= max(_QUIETEST, 1.0 + unusual * math.exp(-after / RECENT))
        hours = step / HOUR
        then = waited + (waiting + rate * hours / 2) * hours
        if then >= price:
            after += HOUR * (math.sqrt(waiting * waiting + 2 * rate * (price - waited)) - waiting) / rate
            break
        waited, waiting = then, waiting + rate * hours
        after += step
        step = _STEP
    return now + max(min(after, MOST), least)


def density_for(sources: Iterable[tuple[float, float]], budget: float) -> float:
    """The density at which all sources together are polled as often as if each were every `budget` seconds.

    A source is (pace, seconds that must lie between two of its polls). What one source may not use, others get.
    """
    paces = [(pace, min(max(least, LEAST), MOST)) for pace, least in sources]
    if not paces:
        return HOUR / budget / pace_unknown(lean_for(budget))
    wanted = len(paces) * HOUR / min(max(budget, LEAST), MOST)
    low = min(HOUR / MOST / pace for pace, _ in paces)  # below it all sources are polled as seldom as may be
    high = max(HOUR / least / pace for pace, least in paces)  # above it all as often
    for _ in range(_TURNS):
        density = math.sqrt(low * high)
        polls = sum(min(max(density * pace, HOUR / MOST), HOUR / least) for pace, least in paces)
        if abs(polls - wanted) < wanted / 1000:
            break
        low, high = (density, high) if polls < wanted else (low, density)
    return density


def _corrected(daily: Table, seen: Table, watched: Table) -> Table:
    """The rates by hour of the day, for the working days or the weekends: their level first, then their hours."""
    usual = daily * ((float(seen.sum()) + _BY_PART) / (float(daily @ watched) + _BY_PART))
    corrected: Table = usual * (seen + _BY_PART) / (usual * watched + _BY_PART)
    return corrected


def _exposures(rhythm: Rhythm, now: float) -> Table:
    """How many hours were counted of each hour of the week, faded; spread over neighbours as the counts are."""
    total, span = exposure(rhythm, now), max(now - rhythm.since, 0.0)
    if span >= WEEK:
        return np.full((7, 24), total / HOURS)
    hours = np.zeros(HOURS)
    count = math.ceil(span / HOUR)
    if count:
        hours[(hour_of_week(now) - np.arange(count)) % HOURS] = total / count
    return ((np.roll(hours, 1) + np.roll(hours, -1)) / 4 + hours / 2).reshape(7, 24)


def _unusual(rhythm: Rhythm, seen: Picture, now: float) -> float:
    """How many times more than usual has come in the last hours: above 1 in a burst, below when a source is silent."""
    came = rhythm.recent * math.exp(min(rhythm.at - now, 0.0) / RECENT)
    share, hourly = math.exp(-(now % HOUR) / RECENT), math.exp(-HOUR / RECENT)
    hour = hour_of_week(now)
    usual = seen.rates[hour] * (1.0 - share)
    for back in range(1, 8):
        usual += seen.rates[hour - back] * share * (1.0 - hourly)
        share *= hourly
    return (came + _BY_RECENT) / (usual * RECENT / HOUR + _BY_RECENT)
