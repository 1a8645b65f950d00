"""Who says when to poll next. Each sees what its polls show, and has one knob, by which all are brought to equal polls."""

import bisect
import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from worlds import DAY, HOUR, STEP, Desk

from scheduler.adaptive import LEAST, MOST, density_for, lean_for, next_poll
from scheduler.picture import Picture, picture
from scheduler.rhythm import Rhythm, begin, learn

Dates = Sequence[float | None]


class Policy(Protocol):
    """A way to poll. A greater knob means fewer polls."""

    def start(self, desk: Desk, index: int, listed: Dates, now: float) -> Any:
        """What is known of a source after its first poll."""

    def refresh(self, states: list[Any], now: float) -> None:
        """Every three hours: look at all sources together."""

    def next(self, state: Any, news: Dates, last: float, now: float) -> float:
        """When to poll next, after a poll at `now` has shown these dates, which that at `last` had not."""


class Fixed:
    """Every source as often."""

    def __init__(self, budget: float, knob: float) -> None:
        self._every = budget * knob

    def start(self, desk: Desk, index: int, listed: Dates, now: float) -> None:
        del desk, index, listed, now

    def refresh(self, states: list[Any], now: float) -> None:
        del states, now

    def next(self, state: None, news: Dates, last: float, now: float) -> float:
        del state, news, last
        return now + self._every


class Miniflux(Fixed):
    """entry_frequency of Miniflux (commit 106cdd0): ScheduleNextCheck of its model, WeeklyFeedEntryCount of its storage.

    The count is a virtual one, a week divided by the mean distance of the entries of the last seven days, rounded up; it
    is taken before the entries of this poll are stored. The factor is its own setting, here any positive number: the knob.
    """

    shortest, longest = 300.0, DAY  # its defaults

    def __init__(self, budget: float, knob: float) -> None:
        self._factor = 0.35 * HOUR / budget / knob

    def start(self, desk: Desk, index: int, listed: Dates, now: float) -> list[float]:
        del desk, index
        return sorted(now if date is None else date for date in listed)

    def next(self, state: list[float], news: Dates, last: float, now: float) -> float:
        del last
        first = bisect.bisect_left(state, now - 7 * DAY)
        gaps, span = len(state) - first - 1, state[-1] - state[first] if first < len(state) else 0.0
        weekly = math.ceil(7 * DAY / (span / gaps)) if gaps > 0 and span > 0 else 0
        every = self.longest
        if weekly > 0:
            every = max(min(7 * DAY / (weekly * self._factor), self.longest), self.shortest)
        for date in news:
            bisect.insort(state, now if date is None else date)
        return now + every


class MinifluxShort(Miniflux):
    """The same with the shortest interval that ours has."""

    shortest = LEAST


class Proportional(Miniflux):
    """In proportion to the rate, between the bounds that ours has."""

    shortest, longest = LEAST, MOST


class Nutch(Fixed):
    """AdaptiveFetchSchedule of Apache Nutch: a fifth less after news, two fifths more after none."""

    def start(self, desk: Desk, index: int, listed: Dates, now: float) -> list[float]:
        del desk, index, listed, now
        return [self._every]

    def next(self, state: list[float], news: Dates, last: float, now: float) -> float:
        del last
        state[0] = min(max(state[0] * (0.8 if news else 1.4), LEAST), self._every * 24)
        return now + state[0]


class Ours:
    """scheduler.adaptive itself. The knob stretches its budget; at 1 it is left to meet the budget by itself.

    A picture is drawn anew when it is two hours old and something came, or six; the product draws one at each visit.
    """

    def __init__(self, budget: float, knob: float) -> None:
        self._budget = budget * knob
        self._lean = lean_for(budget)
        self._density = 1.0

    def start(self, desk: Desk, index: int, listed: Dates, now: float) -> list[Any]:
        del desk, index
        rhythm = begin([listed], now)
        return [rhythm, picture(rhythm, now), now]

    def refresh(self, states: list[Any], now: float) -> None:
        del now
        self._density = density_for([(state[1].pace(self._lean), LEAST) for state in states], self._budget)

    def next(self, state: list[Any], news: Dates, last: float, now: float) -> float:
        rhythm: Rhythm = state[0]
        if news:
            rhythm = state[0] = learn(rhythm, news, last=last, now=now)
        if now - state[2] > (2 * HOUR if news else 6 * HOUR):
            state[1], state[2] = picture(rhythm, now), now
        seen: Picture = state[1]
        return next_poll(rhythm, seen, now, self._density, lean=self._lean)


class Reference(Fixed):
    """Knows the true rates, those to come too, and polls with a density of their square root, between the same bounds."""

    def __init__(self, budget: float, knob: float) -> None:
        super().__init__(budget, knob)
        self._density = 0.0

    def start(self, desk: Desk, index: int, listed: Dates, now: float) -> tuple[list[float], float]:
        del listed, now
        outlet = desk.outlets[index]
        sums = np.concatenate([[0.0], np.cumsum(np.sqrt(outlet.rates))]) * STEP / HOUR
        if index == 0:
            first, last = (int((at - outlet.origin) // STEP) for at in (desk.tested, desk.end))
            total = sum(float(np.sqrt(each.rates[first:last]).mean()) for each in desk.outlets)
            self._density = len(desk.outlets) * HOUR / self._every / total
        return sums.tolist(), outlet.origin

    def next(self, state: tuple[list[float], float], news: Dates, last: float, now: float) -> float:
        del news, last
        sums, origin = state
        place = (now - origin) / STEP
        step = int(place)
        if step >= len(sums) - 1:
            return now + self._every
        wanted = sums[step] + (sums[step + 1] - sums[step]) * (place - step) + 1.0 / self._density
        after = bisect.bisect_left(sums, wanted)
        if after >= len(sums):
            return now + MOST
        within = (wanted - sums[after - 1]) / (sums[after] - sums[after - 1])
        return min(max(origin + (after - 1 + within) * STEP, now + LEAST), now + MOST)


POLICIES: dict[str, type[Any]] = {
    "fixed": Fixed,
    "miniflux": Miniflux,
    "miniflux 1 min": MinifluxShort,
    "proportional": Proportional,
    "nutch": Nutch,
    "adaptive": Ours,
    "reference": Reference,
}
