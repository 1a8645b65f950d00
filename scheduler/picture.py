"""What a source's rhythm looks like: how many articles to expect, and when. A pure module; rates are articles an hour.

Each picture leans on a smoother one where little was counted. By hour of the week: all hours alike; by hour of the day; the
same on working days and at weekends; by hour of the week. Within the day: what the hours say, then ten minutes of the day and
the minute of the hour, as far as what was counted differs from the smoother picture by more than chance would make it.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.rhythm import HOURS, MINUTES, TENTHS, WEEK, Rhythm, exposure, faded, hour_of_week

Table = NDArray[np.floating[Any]]
# How many articles a smoother picture is worth against the counts of a finer one, by hours.
_BY_DAY, _BY_PART, _BY_HOUR = 4.0, 4.0, 8.0
_WORTH = 12.0 * 3.0 ** np.arange(8)  # how many articles a smoother picture may be worth, within the day
_COMPANY = 1 / 3  # what an article's coming tells: others of its minutes come because it did
_HALF_LOG_TAU = math.log(2 * math.pi) / 2
_ALL_ALIKE = 0.1  # the part of a smoothed day that is spread evenly, for no ten minutes are impossible
_UNKNOWN, _UNKNOWN_HOURS = 0.5, 2.0  # a source of which nothing is known counts as half an article in two hours: six a day


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What a rhythm looks like at a time."""

    hours: Table  # 168 rates, by hour of the week
    minutes: Table  # 1,440, by minute of the day: times as many as the hour of the week says

    @property
    def rate(self) -> float:
        """The average rate of a week."""
        return float(self._weekly(self.minutes.reshape(24, 60).mean(1)).mean())

    def daily(self) -> list[float]:
        """The average rates by hour of a working day."""
        rates: list[float] = self._weekly(self.minutes.reshape(24, 60).mean(1))[:5].mean(0).tolist()
        return rates

    def pace(self, lean: float) -> float:
        """Polls an hour at density 1, on average over the week."""
        roots = np.sqrt(self.minutes.reshape(24, 6, 10).mean(2)).mean(1)
        weekly: Table = np.sqrt(self.hours).reshape(7, 24) * roots
        return float(weekly.mean() * self.rate**lean)

    def _weekly(self, by_hour: Table) -> Table:
        weekly: Table = self.hours.reshape(7, 24) * by_hour
        return weekly


def pace_unknown(lean: float) -> float:
    """The pace of a source of which nothing is known."""
    return float((_UNKNOWN / _UNKNOWN_HOURS) ** (0.5 + lean))


def picture(rhythm: Rhythm, now: float) -> Picture:
    """What to expect from `now` on, by what was counted."""
    left = faded(now - rhythm.at)
    return Picture(_by_hour(rhythm, now, left).reshape(HOURS), _by_minute(rhythm, left))


def _by_hour(rhythm: Rhythm, now: float, left: float) -> Table:
    """Rates by day of the week and hour of the day."""
    counts: Table = rhythm.week.reshape(7, 24) * left
    hours = _exposures(rhythm, now)
    by_day, watched_by_day = counts.sum(0), hours.sum(0)
    flat = (float(by_day.sum()) + _UNKNOWN) / (exposure(rhythm, now) + _UNKNOWN_HOURS)
    daily = flat * (by_day + _BY_DAY) / (flat * watched_by_day + _BY_DAY)
    working, watched_working = counts[:5].sum(0), hours[:5].sum(0)
    rates: Table = np.empty((7, 24))
    rates[:5] = _corrected(daily, working, watched_working)
    rates[5:] = _corrected(daily, by_day - working, watched_by_day - watched_working)
    rates *= (counts + _BY_HOUR) / (rates * hours + _BY_HOUR)
    return rates


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
    count = math.ceil(span / 3600.0)
    if count:
        hours[(hour_of_week(now) - np.arange(count)) % HOURS] = total / count
    return ((np.roll(hours, 1) + np.roll(hours, -1)) / 4 + hours / 2).reshape(7, 24)


def _by_minute(rhythm: Rhythm, left: float) -> Table:
    """How the minutes of the day stand to their hours, which were counted with half of each spread over its neighbours."""
    even = np.full(MINUTES, 1.0 / MINUTES)
    within = _sharpened(rhythm.hour * left, even).reshape(6, 10)
    tenths = rhythm.day * left
    hours = tenths.reshape(24, 6).sum(1)
    total = float(hours.sum())
    if total <= 0.0:
        return np.tile(within.reshape(MINUTES) * MINUTES, 24)
    smooth = ((np.roll(hours, 1) + np.roll(hours, -1)) / 4 + hours / 2) / total
    smooth = (smooth + _ALL_ALIKE / 24) / (1.0 + _ALL_ALIKE)
    usual = (smooth[:, None] * within.sum(1)).reshape(TENTHS)
    shares = _sharpened(tenths, usual)
    minutes = shares[:, None] * np.tile(within / within.sum(1)[:, None], (24, 1))
    by_minute: Table = (minutes.reshape(24, 60) * MINUTES / smooth[:, None]).reshape(24 * MINUTES)
    return by_minute


def _sharpened(counts: Table, usual: Table) -> Table:
    """Shares of a whole, by counts and by the shares of a smoother picture.

    How much the smoother one is worth against the counts is unknown. For each of `_WORTH` the evidence is the probability of
    these counts under a Dirichlet prior around the smoother picture (the Dirichlet-multinomial distribution); the shares are
    the mean over all of them by that evidence. So counts that differ from the usual as chance makes them say next to nothing.
    """
    total = float(counts.sum())
    if total <= 0.0:
        return usual
    came = counts > 0
    here, smooth = counts[came], usual[came]
    alone = _WORTH[:, None] * smooth
    evidence = np.append(
        _log_gamma(_WORTH) - _log_gamma(_WORTH + total) + (_log_gamma(alone + here) - _log_gamma(alone)).sum(1),
        float(here @ np.log(smooth)),  # the smoother picture alone
    )
    weights = np.exp(_COMPANY * (evidence - evidence.max()))
    trusted = float(weights @ np.append(_WORTH / (_WORTH + total), 1.0) / weights.sum())
    shares: Table = (1.0 - trusted) * counts / total + trusted * usual
    return shares


def _log_gamma(values: Table) -> Table:
    """Of positive numbers, to within a millionth: Stirling's series, from three further on."""
    far = values + 3.0
    series = (far - 0.5) * np.log(far) - far + _HALF_LOG_TAU + 1 / (12 * far) - 1 / (360 * far**3) + 1 / (1260 * far**5)
    near: Table = series - np.log(values * (values + 1.0) * (values + 2.0))
    return near
