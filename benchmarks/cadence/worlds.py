"""Desks to simulate: sources, when each of their articles comes, what its feed says of that, and the true rates.

None is made by what `scheduler.adaptive` assumes: rates are log-normal (sigma 1.7: a fit to 1,921 hosts of 36 hours of the
UCI News Aggregator; the median of 5 a day is an assumption), each source draws its own day, weekend and time zone.

* `clusters`: each article brings a third of another one within minutes (a branching process).
* `drift`: the rate wanders (a log-normal autoregression with a memory of three hours), half of the sources change their rate
  threefold on some day, four of ten fall silent for up to a day and a half; one in ten gives no dates, one wrong ones (one or
  two hours off), one dates without a time.
* `press`: one to four batches a day at fixed times, give or take three minutes, hold three quarters of the articles.
* `replay`: real times; see README.md.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from traces import Trace

HOUR, DAY = 3600.0, 86_400.0
MONDAY = 1_704_067_200.0  # 2024-01-01
STEP = 600.0
WARM, TESTED, BEFORE = 14 * DAY, 7 * DAY, 7 * DAY
MADE = ("clusters", "drift", "press")
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outlet:
    """One source. `rates`: articles an hour as they truly are, by ten minutes from `origin` on."""

    times: list[float]
    dates: list[float | None]
    rates: Floats
    origin: float


@dataclass(frozen=True, slots=True)
class Desk:
    """Sources, from when on they are polled, and of which time the articles are judged."""

    outlets: list[Outlet]
    begin: float
    tested: float
    end: float


@lru_cache(maxsize=4)
def made(world: str, seed: int, count: int) -> Desk:
    """A desk of a made world."""
    random = np.random.default_rng([seed, MADE.index(world)])
    make = (_clusters, _drift, _press)[MADE.index(world)]
    origin = MONDAY - BEFORE
    steps = round((BEFORE + WARM + TESTED + DAY) / STEP)
    outlets = []
    for rate in _mean_rates(random, count):
        profile = _week(random)
        hours = ((origin + np.arange(steps) * STEP) // HOUR + 72).astype(int) % 168
        outlets.append(make(random, rate, rate * profile[hours], origin))
    return Desk(outlets, MONDAY, MONDAY + WARM, MONDAY + WARM + TESTED)


def replayed(trace: Trace, seed: int, count: int | None) -> Desk:
    """The trace as it was: two thirds to learn from, the rest judged. Seeds choose the sources, if not all are taken."""
    kept = [times for times in trace.sources if times]
    if count is not None and count < len(kept):
        kept = [kept[index] for index in np.random.default_rng(seed).permutation(len(kept))[:count]]
    begin, end = min(times[0] for times in kept), max(times[-1] for times in kept) + 1.0
    tested = begin + (end - begin) * 2 / 3
    outlets = [Outlet(times, list(times), _smoothed(np.array(times), begin, end), begin) for times in kept]
    return Desk(outlets, begin, tested, end)


def _mean_rates(random: np.random.Generator, count: int) -> Floats:
    """Articles an hour: log-normal, one source in each of `count` equal parts of the distribution."""
    parts = (np.arange(count) + random.uniform(0.0, 1.0, count)) / count
    return np.array([5.0 * math.exp(1.7 * NormalDist().inv_cdf(float(part))) / 24 for part in np.clip(parts, 1e-4, 1 - 1e-4)])


def _week(random: np.random.Generator) -> Floats:
    """A week's shape by hour, mean 1: a wire, an office, a morning and an evening, an early paper; its weekend, its zone."""
    hour = np.arange(24)
    day = (
        np.ones(24),
        np.where((hour >= 8) & (hour < 19), 1.0, 0.08),
        0.15 + np.exp(-0.5 * ((hour - 10) / 2.5) ** 2) + 0.7 * np.exp(-0.5 * ((hour - 17) / 3) ** 2),
        0.1 + 2 * np.exp(-0.5 * ((hour - 6) / 1.5) ** 2) + 0.5 * np.exp(-0.5 * ((hour - 15) / 4) ** 2),
    )[int(random.integers(4))]
    week = np.concatenate([np.tile(day, 5), np.tile(day, 2) * random.uniform(0.1, 1.0)])
    return np.roll(week / week.mean(), int(random.integers(24)))


def _arrivals(random: np.random.Generator, rates: Floats, origin: float) -> Floats:
    counts = random.poisson(rates * STEP / HOUR)
    begins = np.repeat(origin + np.arange(len(rates)) * STEP, counts)
    return np.sort(begins + random.uniform(0.0, STEP, len(begins)))


def _clusters(random: np.random.Generator, rate: float, rates: Floats, origin: float) -> Outlet:
    del rate
    more = 0.33
    parents = _arrivals(random, rates * (1 - more), origin)
    all_of_them = [parents]
    while len(parents):
        parents = np.repeat(parents, random.poisson(more, len(parents)))
        parents = parents + random.exponential(360.0, len(parents))
        all_of_them.append(parents)
    times = np.sort(np.concatenate(all_of_them)).tolist()
    return Outlet(times, list(times), rates, origin)


def _drift(random: np.random.Generator, rate: float, rates: Floats, origin: float) -> Outlet:
    del rate
    rates = rates.copy()
    day = round(DAY / STEP)
    if random.uniform() < 0.5:
        rates[int(random.uniform(8, 26) * day) :] *= 3.0 ** random.choice([-1, 1])
    if random.uniform() < 0.4:
        silent = int(random.uniform(8, 27) * day)
        rates[silent : silent + int(random.uniform(0.3, 1.5) * day)] = 0.0
    left, spread = math.exp(-STEP / (3 * HOUR)), 0.7
    noise = random.normal(size=len(rates)) * math.sqrt(1 - left * left)
    level = random.normal()
    wandering = np.empty(len(rates))
    for index, each in enumerate(noise):
        level = left * level + each
        wandering[index] = level
    times = _arrivals(random, rates * np.exp(spread * wandering - spread * spread / 2), origin)
    return Outlet(times.tolist(), _dates(random, times), rates, origin)


def _dates(random: np.random.Generator, times: Floats) -> list[float | None]:
    kind = random.uniform()
    if kind < 0.1:
        return [None] * len(times)
    if kind < 0.2:
        return list(times + random.choice([-2, -1, 1, 2]) * HOUR)
    return list(times // DAY * DAY) if kind < 0.3 else list(times)


def _press(random: np.random.Generator, rate: float, rates: Floats, origin: float) -> Outlet:
    share, batches = 0.75, int(random.integers(1, 5))
    at = random.uniform(0.0, DAY, batches)
    weekends = random.uniform() < 0.5
    size = rate * 24 * share / batches * (1.0 if weekends else 1.4)
    times, truth = [_arrivals(random, rates * (1 - share), origin)], rates * (1 - share)
    for day in np.arange(0.0, len(rates) * STEP, DAY):
        if not weekends and (origin + day) // DAY % 7 in (2, 3):  # 1 January 1970 was a Thursday
            continue
        for each in at:
            ready = origin + day + each + random.normal(0.0, 180.0)
            times.append(ready + random.exponential(60.0, random.poisson(size)))
            step = int((day + each) // STEP)
            truth[step : step + 2] += size * HOUR / STEP / 2
    found = np.sort(np.concatenate(times)).tolist()
    return Outlet(found, list(found), truth, origin)


def _smoothed(times: Floats, begin: float, end: float) -> Floats:
    """The rates that all of a trace shows: by hour of the week and of the day, an hour shared with its neighbours.

    An hour of the week counts as much as two weeks of its hour of the day, and a tenth is alike at all hours.
    """
    count = max(math.ceil((end - begin) / HOUR), 1)
    hours = ((begin + (np.arange(count) + 0.5) * HOUR) // HOUR + 72).astype(int) % 168
    watched = np.bincount(hours, minlength=168).astype(float)
    seen = np.bincount((times // HOUR + 72).astype(int) % 168, minlength=168).astype(float)
    near = [(np.roll(each, 1) + 2 * each + np.roll(each, -1)) / 4 for each in (seen, watched)]
    days = [np.tile(each.reshape(7, 24).sum(0), 7) for each in near]
    share = (end - begin) / DAY / 7 / ((end - begin) / DAY / 7 + 2)
    by_hour = share * near[0] / np.maximum(near[1], 0.5) + (1 - share) * days[0] / np.maximum(days[1], 0.5)
    week = 0.9 * by_hour + 0.1 * len(times) * HOUR / (end - begin)
    steps = max(math.ceil((end - begin) / STEP), 1)
    return week[((begin + np.arange(steps) * STEP) // HOUR + 72).astype(int) % 168]
