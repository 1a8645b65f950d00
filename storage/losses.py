"""How many articles were probably lost in gaps that nothing has filled. A pure module.

What no route shows cannot be told from two routes: an outage hides the same articles from both. But the desk knows when it was,
from the answer before a gap to the oldest entry of the answer after it: what is usual at those hours, less what is known of
them, was lost.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from storage.models import Gap

Span = tuple[datetime, datetime]
LEARNT = timedelta(days=14)  # from which it is known what is usual
_FEWEST = 7  # articles: with fewer nothing is usual
_HOUR = timedelta(hours=1)
_INSTANT = timedelta(milliseconds=1)  # what an answer lists without dates is known by when it was read
_LEAST_SPREAD = 0.01  # of the hours of a day, as a variance in units of their mean: no day is quite even
_BURSTS = 2.0  # variance of a number of articles, over that of a Poisson distribution: one event brings several
_DAYS = 0.15  # of a day's number, that days differ in without a reason that we know
_SURE = 1.96  # standard deviations


@dataclass(frozen=True, slots=True)
class Loss:
    """How many articles were probably lost, with a 95 % interval; in how many gaps, which left how many hours open."""

    articles: float
    low: float
    high: float
    gaps: int
    hours: float
    caught: int  # articles of the same days, that were not lost

    @property
    def most(self) -> float:
        """The share that was caught, 0 to 1, at the best."""
        return self.caught / (self.caught + self.low) if self.caught else 0.0


def losses(gaps: Sequence[Gap], published: Sequence[datetime], learnt: Span, told: Span) -> Loss | None:
    """What was lost in these gaps in the time `told`, when articles came at these instants in the time `learnt` around it.

    None: nothing, or nothing can be said.
    """
    open_ = _uncovered(gaps)
    within = _without(learnt, open_)
    seen = [each for each in published if learnt[0] <= each < learnt[1] and not _within(each, open_)]
    lost_in = _cut(open_, told)
    hours = sum(_length(each) for each in lost_in)
    if len(seen) < _FEWEST or not hours:
        return None
    usual = _by_hour(seen, within)
    expected = sum(usual[at.hour] * _length((at, end)) for span in lost_in for at, end in _hourly(span))
    known = sum(_within(each, lost_in) for each in published)
    lost = max(0.0, expected - known)
    unsure = _SURE * math.sqrt(_BURSTS * lost + expected**2 * (1 / len(seen) + _DAYS**2))
    caught = sum(told[0] <= each < told[1] for each in published)
    among = sum(bool(_cut([(gap.after, gap.at)], told)) for gap in at_once(gaps))
    return Loss(lost, max(0.0, lost - unsure), lost + unsure, among, hours, caught)


def at_once(gaps: Sequence[Gap]) -> list[Gap]:
    """Gaps of one source, those whose times overlap as one: what breaks off two listings is one outage.

    Each stands where the first of it stood. Such a one is filled when all of it is.
    """
    found: list[Gap] = []
    places: dict[int, int] = {}
    latest: Gap | None = None
    for gap in sorted(gaps, key=lambda each: (each.after, each.at)):
        if latest is not None and gap.after < latest.at:
            found.remove(latest)
            first = min(places.pop(latest.id), gaps.index(gap))
            latest = _together(latest, gap)
        else:
            latest, first = gap, gaps.index(gap)
        places[latest.id] = first
        found.append(latest)
    return sorted(found, key=lambda each: places[each.id])


def _together(one: Gap, other: Gap) -> Gap:
    told = [each.filled for each in (one, other) if each.filled is not None]
    reach = [each.reaches for each in (one, other) if each.reaches is not None]
    return replace(
        one, after=min(one.after, other.after), at=max(one.at, other.at), entries=max(one.entries, other.entries),
        filled=max(told) if len(told) == 2 else None, brought=max(one.brought, other.brought),
        reaches=min(reach) if len(reach) == 2 else None, outage=one.outage or other.outage,
        unvisited=one.unvisited or other.unvisited,
    )  # fmt: skip


def covered(whole: Span, gaps: Sequence[Gap]) -> list[Span]:
    """The parts of a time, in order, that these gaps do not leave open."""
    return _without(whole, _uncovered(gaps))


def _uncovered(gaps: Sequence[Gap]) -> list[Span]:
    """The times that these gaps leave open, in order, none twice.

    The answer at the end of a gap tells from its oldest entry on; if it has no dates, all its entries are of the gap.
    """
    ends = [(gap.after, min(gap.reaches, gap.at) if gap.reaches else gap.at + _INSTANT) for gap in gaps]
    return _joined([(at, end) for at, end in ends if at < end])


def _by_hour(seen: Collection[datetime], watched_in: Sequence[Span]) -> list[float]:
    """What is usual in each hour of the day (UTC); the less that is known of it, the nearer it is held to the mean.

    How near follows from how much the hours differ beyond chance (a gamma distribution of means, by its moments).
    """
    came, watched = [0.0] * 24, [0.0] * 24
    for each in seen:
        came[each.hour] += 1
    for span in watched_in:
        for at, end in _hourly(span):
            watched[at.hour] += _length((at, end))
    mean = len(seen) / max(sum(watched), 1.0)
    due = [mean * hours for hours in watched]
    beyond = sum((one - other) ** 2 - other for one, other in zip(came, due, strict=True))
    spread = max(_LEAST_SPREAD, beyond / sum(each**2 for each in due))
    held = 1 / (spread * mean)  # hours of the mean
    return [(one + held * mean) / (hours + held) for one, hours in zip(came, watched, strict=True)]


def _hourly(span: Span) -> list[Span]:
    """The span, cut at full hours."""
    at, end = span
    parts = []
    while at < end:
        following = min(end, at.replace(minute=0, second=0, microsecond=0) + _HOUR)
        parts.append((at, following))
        at = following
    return parts


def _joined(spans: Collection[Span]) -> list[Span]:
    found: list[Span] = []
    for at, end in sorted(spans):
        if found and at <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((at, end))
    return found


def _without(whole: Span, spans: Sequence[Span]) -> list[Span]:
    """What is left of a span."""
    at, left = whole[0], []
    for begun, ended in _cut(spans, whole):
        left.append((at, begun))
        at = ended
    return [each for each in [*left, (at, whole[1])] if each[0] < each[1]]


def _cut(spans: Sequence[Span], whole: Span) -> list[Span]:
    cut = [(max(at, whole[0]), min(end, whole[1])) for at, end in spans]
    return [each for each in cut if each[0] < each[1]]


def _within(instant: datetime, spans: Sequence[Span]) -> bool:
    return any(at <= instant < end for at, end in spans)


def _length(span: Span) -> float:
    return (span[1] - span[0]) / _HOUR
