"""Slowing down, where a site asks for it, and coming back. A pure module.

What one host of a registered domain answers is kept by all: 429, 503 (RFC 6585, 4; RFC 9110, 15.6.4), and 403, which
many sites send in their place. A hold is a time in which nothing is sent; a pause is what lies between two requests after
it. Pauses grow and shrink as TCP's window does, but both by doubling: a site that refuses us is given more room at once,
and takes ten good answers to give half of it back.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from storage.models import Slowdown

GOOD_ANSWERS = 10  # in a row, for half the pause
LONGEST_PAUSE = 60.0  # seconds
_SHORTEST_PAUSE = 1.0
_FIRST_HOLD = 60.0  # seconds, where no Retry-After says how long; then 2, 4 … times as much
_LONGEST_HOLD = 3_600.0
_PATIENCE = timedelta(minutes=10)  # pages that break together raise the pause once
REFUSALS = frozenset((403, 429, 503))
_ALIVE = frozenset((404, 410))  # no page, but no complaint either


class What(Enum):
    """What was asked for: how much a refusal says about the whole site."""

    LISTING = "listing"  # a feed or sitemap: for everybody to read, so a refusal is meant for us
    PAGE = "page"  # one page may stand behind a wall, or break by itself; two of them do not
    OTHER = "other"  # a list of comments, a guess: refused for reasons of its own


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer, as far as it says how often to ask. `asked`: seconds of its Retry-After, at most a day."""

    status: int
    url: str
    what: What
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Now, by the calendar and by the machine; `second`: how many real seconds one of the calendar takes."""

    now: datetime
    machine: float
    second: float = 1.0


def after(known: Slowdown | None, domain: str, reply: Reply, times: Times, *, delay: float) -> Slowdown | None:
    """What is known of a domain after an answer: the very same object where nothing changed, None where all is as usual.

    `delay`: the usual pause in seconds.
    """
    if reply.status in REFUSALS:
        return _refused(known or Slowdown(domain, times.now), known, reply, times, delay)
    if known is not None and (reply.status < 400 or reply.status in _ALIVE):
        return _answered(known, times, delay)
    return known


def _refused(state: Slowdown, known: Slowdown | None, reply: Reply, times: Times, delay: float) -> Slowdown | None:
    if reply.status == 429 or reply.asked is not None or reply.what is What.LISTING:
        return _held(state, reply, times, delay)
    if reply.what is What.OTHER:
        return known
    if state.warned in (None, reply.url):
        return replace(state, warned=reply.url)
    return _held(state, reply, times, delay) if reply.status == 403 else _slower(state, reply, times, delay)


def _held(state: Slowdown, reply: Reply, times: Times, delay: float) -> Slowdown:
    """The domain with a hold. Answers that were under way when it began say no more than the first."""
    if not is_held(state, times):
        state = replace(state, strikes=state.strikes + 1, pause=_doubled(state.pause, delay), raised=times.now)
    wait = min(_FIRST_HOLD * 2.0 ** (state.strikes - 1), _LONGEST_HOLD) if reply.asked is None else reply.asked
    until = times.now + timedelta(seconds=wait)
    return replace(
        state, status=reply.status, good=0, warned=None,
        until=until if state.until is None else max(state.until, until),
        hold_machine=max(state.hold_machine, times.machine + wait * times.second),
    )  # fmt: skip


def _slower(state: Slowdown, reply: Reply, times: Times, delay: float) -> Slowdown:
    """The domain with a longer pause, and no hold: its pages break, and may only be busy."""
    if state.raised is not None and times.now - state.raised < _PATIENCE:
        return replace(state, good=0)
    return replace(state, status=reply.status, pause=_doubled(state.pause, delay), raised=times.now, good=0, warned=reply.url)


def _answered(state: Slowdown, times: Times, delay: float) -> Slowdown | None:
    if is_held(state, times):
        return state  # it was under way
    if state.pause is None:
        return None
    if state.good + 1 < GOOD_ANSWERS:
        return replace(state, good=state.good + 1, warned=None)
    half = state.pause / 2
    if half <= max(delay, _SHORTEST_PAUSE / 2):
        return None
    return replace(state, pause=half, strikes=max(0, state.strikes - 1), good=0, warned=None)


def is_held(state: Slowdown, times: Times) -> bool:
    """Whether nothing is to be sent now: not once either clock, the calendar or the machine's, is past the hold."""
    return state.hold_machine > times.machine and state.until is not None and state.until > times.now


def _doubled(pause: float | None, delay: float) -> float:
    return min(max(2 * (pause or delay), _SHORTEST_PAUSE), LONGEST_PAUSE)
