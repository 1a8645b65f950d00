"""Whether visits that fail are too many to be chance, and whether a source that failed is itself again. A pure module.

A site that refuses three requests in ten fails four times in a row every other day, and nothing of it is lost. So how many
failures in a row are too many follows from how often its visits failed before; and one that fails most of the time is told of
as such, once, because its failures hardly ever come in a row that is long enough.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from storage.models import Episode, Vitals

REMEMBERED = timedelta(days=7)
FAILURES, FAILING = 3, timedelta(hours=2)  # visits in a row at the least, over at least that long
FEW_FAILURES, FAILING_LONG = 2, timedelta(hours=24)  # and half of what is needed, for sources that are visited rarely
_ENOUGH = 11.0  # -ln of the probability of so many failures in a row
_FIRST_FAILED, _FIRST_VISITS = 0.4, 20  # what is taken for granted of a source that was hardly visited yet
_LATELY = (20, 40)  # visits: what has begun to refuse us is not to be judged by a good week before
_MOST, _MOST_VISITS, _MOST_SPAN = 0.75, 24, timedelta(hours=48)  # share of the visits in so long, so many at the least
_SOUND = 0.1  # share that fails of a source whose first answer shows that an outage is over
_LONG = timedelta(hours=48)  # an outage
_CALM, _CALM_VISITS, _CALM_SPAN, _CALM_LEAST = 1 / 3, 16, timedelta(days=4), 3


@dataclass(frozen=True, slots=True)
class Record:
    """The visits of the last days, the oldest first: when, and whether it failed. None lies in an episode that is over."""

    visits: tuple[tuple[datetime, bool], ...] = ()
    ended: datetime | None = None  # the last episode before


def record(visits: Sequence[tuple[datetime, bool]], episodes: Sequence[Episode]) -> Record:
    """The visits without those in outages that are over, which say nothing of how often a source fails at other times."""
    over = [(each.since, each.ended) for each in episodes if each.ended is not None]
    kept = tuple((at, bad) for at, bad in visits if not any(since <= at <= ended for since, ended in over))
    return Record(kept, max((ended for _, ended in over), default=None))


def too_many(vitals: Vitals, lasts: timedelta, known: Record) -> bool:
    """Whether so many visits in a row have failed, over that long, that it is no chance."""
    failed = [bad for _, bad in known.visits]
    while failed and failed[-1]:
        failed.pop()
    needed = math.ceil(_ENOUGH / -math.log(_share(failed)))
    if lasts >= FAILING_LONG and vitals.failures >= max(FEW_FAILURES, math.ceil(needed / 2)):
        return True
    return lasts >= FAILING and vitals.failures >= max(FAILURES, needed)


def most_fail(known: Record, now: datetime, back: datetime | None) -> tuple[datetime, int, int] | None:
    """Since when most visits fail, how many did, and of how many; None: they do not."""
    since = max((each for each in (known.ended, back) if each is not None), default=None)
    visits = [each for each in known.visits if since is None or each[0] > since]
    recent = [each for each in visits if each[0] >= now - _MOST_SPAN]
    recent = recent if len(recent) >= _MOST_VISITS else visits[-_MOST_VISITS:]
    failed = [at for at, bad in recent if bad]
    if len(recent) < _MOST_VISITS or len(failed) < _MOST * len(recent):
        return None
    return failed[0], len(failed), len(recent)


def answers_again(vitals: Vitals, known: Record, now: datetime) -> bool:
    """Whether an outage in which visits failed is over.

    A source that failed throughout, and hardly ever before, shows it by its first good visit after a long outage, or by two
    after a short one, which may be a site that refuses most; others show it by a run of visits.
    """
    if vitals.failures or not known.visits or vitals.since is None:
        return vitals.failures == 0
    before = [bad for at, bad in known.visits if at < vitals.since]
    during = [bad for at, bad in known.visits if at >= vitals.since]
    solid = all(one or not other for one, other in pairwise(during))  # no failure after a good visit
    again = known.ended is not None and vitals.since - known.ended < _MOST_SPAN
    if solid and not again and _share(before) <= _SOUND:
        answered = next((at for at, bad in known.visits if at >= vitals.since and not bad), now)
        return answered - vitals.since >= _LONG or not any(during[-2:])
    recent = [bad for at, bad in known.visits if at >= max(vitals.since, now - _CALM_SPAN)][-_CALM_VISITS:]
    return len(recent) >= _CALM_LEAST and sum(recent) <= _CALM * len(recent)


def _share(failed: Sequence[bool]) -> float:
    """Which share of visits fails: of all, or of the last ones, where that is more."""
    counted = (failed, *(failed[-count:] for count in _LATELY))
    return max((sum(each) + _FIRST_FAILED) / (len(each) + _FIRST_VISITS) for each in counted)
