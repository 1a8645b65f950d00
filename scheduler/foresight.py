"""When it pays to look next, by what is to be expected minute by minute. A pure module; times are minutes from now.

A plan is a row of polls. Each costs a price, and each article costs the time that it waits for the poll after it; price and
waiting are both in article-minutes. The cheapest row is found by dynamic programming over a few dozen instants, which lie as
far apart as a sixth of the usual time between two polls; beyond them time costs what the square root law makes of it.
Only the first poll of the row is used: after it, more is known.

If articles came evenly, it would do to poll when those that were to be expected have waited for the price together. They
do not: a poll is worth more right after a batch than midway to the next one, and nothing a few minutes before it.
"""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.floating[Any]]
Places = NDArray[np.intp]
_FINE = 6  # instants within the usual time between two polls
_AHEAD = 4  # such times that a plan reaches over
_SOON = 5  # minutes; what is due so soon needs no plan
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class _Outlook:
    """Instants from now on, the first of which is now, and at each what has come, waited and passed since now."""

    times: Table
    come: Table  # articles
    waited: Table  # article-minutes, were there no poll
    passed: Table  # article-minutes that time costs, by the square root law

    def at(self, places: Places) -> Self:
        """The same at some of the instants."""
        return type(self)(self.times[places], self.come[places], self.waited[places], self.passed[places])


def first_poll(coming: Table, usual: Table, price: float, *, most: int, part: float) -> float:
    """Minutes until the first poll of the cheapest plan: when a minute of the clock ends, `most` minutes ahead at most.

    `coming`: articles expected in this minute of the clock, of which `part` is left, and in each after it, more than `most`.
    `usual`: the same by a smoother picture. What is due within minutes is told to the second, and by the waiting alone.
    """
    outlook = _outlook(coming, usual, price, part)
    if outlook.waited[_SOON] >= price:
        return float(np.interp(price, outlook.waited[: _SOON + 1], outlook.times[: _SOON + 1]))
    step = _step(outlook, price, most)
    places = np.arange(min(_FINE * _AHEAD, len(coming) // step) + 1) * step
    first, second = _cheapest(outlook.at(places), price, max(most // step, 1))
    minutes = np.arange((first - 1) * step + 1, min((first + 1) * step, most) + 1)
    if second is None:
        costs = outlook.waited[minutes] - outlook.passed[minutes]
    else:
        minutes = minutes[minutes <= second * step]
        costs = -outlook.come[minutes] * (outlook.times[second * step] - outlook.times[minutes])
    return float(outlook.times[minutes[int(costs.argmin())]])


def _outlook(coming: Table, usual: Table, price: float, part: float) -> _Outlook:
    lengths = np.ones(len(coming))
    lengths[0] = part
    come = _summed(coming * lengths)
    return _Outlook(
        _summed(lengths), come, _summed((come[1:] + come[:-1]) / 2 * lengths), _summed(np.sqrt(2.0 * price * usual) * lengths)
    )


def _step(outlook: _Outlook, price: float, most: int) -> int:
    """Minutes between two instants of a plan: by the time between two polls that is usual hereabouts, and soon."""
    far = _apart(outlook, price, most, len(outlook.times) - 1)
    near = _apart(outlook, price, most, max(min(int(2 * far), most), 1))
    return max(1, round(math.sqrt(far * near) / _FINE))


def _apart(outlook: _Outlook, price: float, most: int, until: int) -> float:
    rate = float(outlook.come[until]) / until
    return min(max(math.sqrt(2.0 * price / max(rate, _TINY)), 1.0), float(most))


def _cheapest(outlook: _Outlook, price: float, most: int) -> tuple[int, int | None]:
    """Which instants the first two polls of the cheapest plan are at; it may end with the first in its last third."""
    count = len(outlook.times) - 1
    must_go_on = count * 2 // 3
    waits = outlook.waited - outlook.waited[:, None] - outlook.come[:, None] * (outlook.times - outlook.times[:, None])
    costs = waits + price
    left = outlook.passed[-1] - outlook.passed  # what is still to be paid from an instant on
    after = np.zeros(count + 1, np.intp)
    for here in range(count - 1, -1, -1):
        onwards = slice(here + 1, here + 1 + most)
        whole = costs[here, onwards] + left[onwards]
        best = int(whole.argmin())
        if here < must_go_on or whole[best] < left[here]:
            left[here], after[here] = whole[best], here + 1 + best
    first = int(after[0])
    return first, int(after[first]) or None


def _summed(values: Table) -> Table:
    """The sums up to each place, beginning with none."""
    return np.concatenate([[0.0], np.cumsum(values)])
