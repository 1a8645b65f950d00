"""Runs a policy on a desk, and notes how long each article of the judged time waited."""

import bisect
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray
from policies import Policy
from worlds import DAY, HOUR, Desk, Outlet

WINDOW = 30  # articles that a feed lists
_BLOCK = 3 * HOUR
_AFTER = 3 * DAY  # the longest that an article of the judged time is waited for


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds that articles waited, how many had left the feed by then, and how many polls it took."""

    delays: NDArray[np.float64]
    lost: int
    polls: int


@dataclass(slots=True)
class _Watch:
    outlet: Outlet
    state: Any
    listed: int  # articles that had come by the last poll
    last: float
    next: float


class _Run:
    def __init__(self, desk: Desk, policy: Policy) -> None:
        self._desk = desk
        self._policy = policy
        self._delays: list[float] = []
        self._lost = self._polls = 0

    def outcome(self, budget: float, seed: int) -> Outcome:
        """All sources side by side, three hours at a time, after which the policy looks at all of them."""
        desk, policy, random = self._desk, self._policy, Random(seed)
        watches = [self._first(index, desk.begin + random.uniform(0.0, budget)) for index in range(len(desk.outlets))]
        states = [watch.state for watch in watches]
        policy.refresh(states, desk.begin)
        for watch in watches:
            watch.next = policy.next(watch.state, (), watch.last, watch.last)
        until = desk.begin
        while until < desk.end + _AFTER:
            until += _BLOCK
            for watch in watches:
                self._poll(watch, until)
            policy.refresh(states, until)
        return Outcome(np.array(self._delays), self._lost, self._polls)

    def _first(self, index: int, at: float) -> _Watch:
        outlet = self._desk.outlets[index]
        come = bisect.bisect_right(outlet.times, at)
        state = self._policy.start(self._desk, index, outlet.dates[max(0, come - WINDOW) : come], at)
        return _Watch(outlet, state, come, at, at)

    def _poll(self, watch: _Watch, until: float) -> None:
        times, dates, at = watch.outlet.times, watch.outlet.dates, watch.next
        tested, end, ask, state = self._desk.tested, self._desk.end, self._policy.next, watch.state
        while at < until and not (at >= end and (watch.listed >= len(times) or times[watch.listed] >= end)):
            come = bisect.bisect_right(times, at, watch.listed)
            news: list[float | None] = []
            if come > watch.listed:
                shown = max(watch.listed, come - WINDOW)
                news = dates[shown:come]
                self._judge(times, watch.listed, shown, come, at)
                watch.listed = come
            if tested <= at < end:
                self._polls += 1
            after = ask(state, news, watch.last, at)
            watch.last, at = at, after
        watch.next = at

    def _judge(self, times: list[float], first: int, shown: int, come: int, at: float) -> None:
        """An article that has left the feed waited until the poll that should have shown it."""
        for number in range(first, come):
            if self._desk.tested <= times[number] < self._desk.end:
                self._delays.append(at - times[number])
                self._lost += number < shown


def run(desk: Desk, policy: Policy, budget: float, seed: int) -> Outcome:
    """How a policy does on a desk. `budget`: mean seconds between two polls of a source; `seed` draws the first polls."""
    return _Run(desk, policy).outcome(budget, seed)
