"""When an adaptive source is looked at next: in proportion to the square root of how often articles come. A pure module.

With polls at density f, an article that comes at rate r waits 1/2f on average; the sum of r/2f over all sources, for a
given number of polls, is least where f is proportional to the square root of r (Cho and Garcia-Molina, 2003, for another
cost; the same Lagrange multiplier). The form used here is that of its price: a poll costs as much as so many minutes that
articles wait, and polls are made where both cost least together. At a constant rate that is the square root law; at a rate that
changes it polls right after a batch and not in the middle of the night. Instants are unix seconds, UTC; rates are articles
an hour; a density is polls an hour for each square root of a rate.

A plan makes other numbers of polls than the law: fewer where articles come by the clock, for between them none is needed.
"""

import math
from collections.abc import Iterable

import numpy as np

from scheduler.foresight import first_poll
from scheduler.picture import Picture, Table, pace_unknown
from scheduler.rhythm import DAY, HOUR, HOURS, RECENT, Rhythm, hour_of_week

LEAST, MOST = 60.0, 6 * HOUR  # seconds between two polls of a source
_AMPLE, _LEANING = 900.0, 0.1
_BY_RECENT = 3.0  # how many articles the usual is worth against what the last hours brought
_QUIETEST = 0.05  # of the usual rate, however quiet it has been lately
_TURNS = 60  # halvings of a span of densities
_AHEAD = np.arange(780)  # minutes that are looked ahead: MOST, and a plan beyond it
_FIRST = hour_of_week(0.0)
_FADING = np.exp(-60.0 / RECENT * _AHEAD)
_WORKDAY, _SUNDAY = 0.0, 3 * DAY  # 1 January 1970 was a Thursday


def lean_for(budget: float) -> float:
    """What is added to the square root's exponent, by the seconds between two polls of a source on average.

    The mean hardly changes with it, but the median and the late ones do, against each other. Where polls are ample (15 minutes
    or less), a half keeps the late ones early; where they are scarce (an hour or more), 0.6 keeps the median low.
    """
    return _LEANING * min(max(math.log2(budget / _AMPLE) / 2, 0.0), 1.0)


def next_poll(rhythm: Rhythm, seen: Picture, now: float, density: float, *, lean: float = 0.0, least: float = LEAST) -> float:
    """When to poll next after a poll at `now`: never within `least` seconds, and within `MOST`."""
    unusual = np.maximum(_QUIETEST, 1.0 + (_unusual(rhythm, seen, now) - 1.0) * _FADING)
    return _planned(seen, now, _price(seen, density, lean), unusual, least)


def polls_a_day(seen: Picture, density: float, *, lean: float = 0.0, least: float = LEAST) -> float:
    """How many polls are planned on an average day, were every hour as usual: a working day and a Sunday are played through."""
    price, usual = _price(seen, density, lean), np.ones(len(_AHEAD))
    found = []
    for begin in (_WORKDAY, _SUNDAY):
        at, count = begin, 0
        while at < begin + DAY:
            at, count = _planned(seen, at, price, usual, max(least, LEAST)), count + 1
        found.append(count * DAY / (at - begin))
    return (5 * found[0] + 2 * found[1]) / 7


def _price(seen: Picture, density: float, lean: float) -> float:
    """What a poll costs, in minutes that articles wait together."""
    return float(60.0 / (2.0 * density * density * seen.rate ** (2 * lean)))


def _planned(seen: Picture, now: float, price: float, unusual: Table, least: float) -> float:
    """When the plan's first poll is. `unusual`: times as many articles as usual, in each minute ahead."""
    minutes = int(now // 60) + _AHEAD
    usual = seen.hours[(minutes // 60 + _FIRST) % HOURS] / 60
    coming = usual * seen.minutes[minutes % int(DAY // 60)] * unusual
    after = 60 * first_poll(coming, usual, price, most=int(MOST // 60), part=1.0 - now % 60 / 60)
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


def _unusual(rhythm: Rhythm, seen: Picture, now: float) -> float:
    """How many times more than usual has come in the last hours: above 1 in a burst, below when a source is silent."""
    came = rhythm.recent * math.exp(min(rhythm.at - now, 0.0) / RECENT)
    share, hourly = math.exp(-(now % HOUR) / RECENT), math.exp(-HOUR / RECENT)
    hour, hours = hour_of_week(now), seen.hours
    usual = hours[hour] * (1.0 - share)
    for back in range(1, 8):
        usual += hours[hour - back] * share * (1.0 - hourly)
        share *= hourly
    return float((came + _BY_RECENT) / (usual * RECENT / HOUR + _BY_RECENT))
