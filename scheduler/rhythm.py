"""A source's rhythm: what polls have shown of when its articles come. A pure module; instants are unix seconds, UTC.

Counted is by hour of the week and by ten minutes of the day. A count fades by half in `HALF_LIFE`, so that a source that
changes its habits is known anew after some weeks. How long was counted (the exposure) follows from the clock alone, so
a poll that brings nothing writes nothing.
"""

import base64
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0
HOURS, TENTHS = 168, 144  # of a week; of ten minutes of a day
HALF_LIFE = 21 * DAY
RECENT = 2 * HOUR  # in which what came last fades to 1/e: today's news, and its absence
_TELLING = 5  # dates in a feed that tell how far back it reaches, where several feeds were read
_MEMORY = 28 * DAY  # what the first poll lists may reach back so far
_PIECE, _PIECES = 600.0, 24  # an article without a believable date may have come in any of these of the time between two polls
_MONDAY = 3 * 24  # 1 January 1970 was a Thursday

Counts = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """Faded counts as of `at`, of what has come since `since`."""

    since: float
    at: float
    week: Counts  # 168, by hour of the week from Monday 00:00 UTC; each article is spread over an hour and its neighbours
    day: Counts  # 144, by ten minutes of the day
    recent: float = 0.0  # articles of the last hours, faded by RECENT


def hour_of_week(at: float) -> int:
    """The hour of the week, 0 to 167, from Monday 00:00 UTC."""
    return (int(at // HOUR) + _MONDAY) % HOURS


def tenth_of_day(at: float) -> int:
    """The ten minutes of the day, 0 to 143, in UTC."""
    return int(at % DAY // 600.0)


def begin(listings: Sequence[Sequence[float | None]], now: float) -> Rhythm:
    """The rhythm that a first poll suggests, by the believable dates in each of a source's feeds.

    A feed lists its newest articles: before the oldest of them it says nothing. So what is counted begins where the
    shortest feed does, and the article that opens that time is not counted itself.
    """
    known = [[date for date in dates if date is not None and now - _MEMORY <= date <= now] for dates in listings]
    telling = [dates for dates in known if len(dates) >= _TELLING] or [dates for dates in known if dates]
    since = max((min(dates) for dates in telling), default=now)
    rhythm = Rhythm(since, now, np.zeros(HOURS, np.float32), np.zeros(TENTHS, np.float32))
    counted = sorted(date for dates in known for date in dates if date > since)
    return _with(rhythm, [(date, faded(now - date)) for date in counted], now)


def learn(rhythm: Rhythm, dates: Sequence[float | None], *, last: float, now: float) -> Rhythm:
    """The rhythm after a poll at `now` has shown articles of these dates that the poll at `last` had not.

    A date is believed if it lies between the two polls. Any other article is spread over the time between them: it was
    not there before, whatever it says.
    """
    now = max(now, rhythm.at)  # where a clock was set back, what is counted stays as it is
    last = min(last, now)
    weighed: list[tuple[float, float]] = []
    for date in dates:
        if date is not None and last <= date <= now:
            weighed.append((date, 1.0))
            continue
        pieces = max(1, min(_PIECES, int((now - last) // _PIECE)))
        weighed += [(now - (piece + 0.5) / pieces * (now - last), 1.0 / pieces) for piece in range(pieces)]
    return _with(rhythm, weighed, now)


def exposure(rhythm: Rhythm, now: float) -> float:
    """The hours that were counted, faded as the counts are."""
    return HALF_LIFE / math.log(2) / HOUR * (1.0 - faded(now - rhythm.since))


def faded(seconds: float) -> float:
    """What is left of a count after so many seconds; all of it before that (a clock may be set back)."""
    return float(2.0 ** (-max(seconds, 0.0) / HALF_LIFE))


def dumps(rhythm: Rhythm) -> str:
    """The rhythm as text, below 2 kB."""
    packed = base64.b64encode(np.concatenate([rhythm.week, rhythm.day]).astype("<f4").tobytes()).decode("ascii")
    facts = {"since": round(rhythm.since, 1), "at": round(rhythm.at, 1), "recent": round(rhythm.recent, 4), "counts": packed}
    return json.dumps(facts, separators=(",", ":"))


def loads(text: str) -> Rhythm:
    """The rhythm that `dumps` wrote."""
    facts: dict[str, Any] = json.loads(text)
    counts = np.frombuffer(base64.b64decode(facts["counts"]), "<f4")
    return Rhythm(facts["since"], facts["at"], counts[:HOURS], counts[HOURS:], facts["recent"])


def _with(rhythm: Rhythm, weighed: Sequence[tuple[float, float]], now: float) -> Rhythm:
    left = np.float32(faded(now - rhythm.at))
    week, day = rhythm.week * left, rhythm.day * left
    recent = rhythm.recent * math.exp((rhythm.at - now) / RECENT)
    for date, weight in weighed:
        hour = hour_of_week(date)
        week[hour] += weight / 2
        week[hour - 1] += weight / 4
        week[(hour + 1) % HOURS] += weight / 4
        day[tenth_of_day(date)] += weight
        recent += weight * math.exp((date - now) / RECENT)
    return Rhythm(rhythm.since, now, week, day, recent)
