"""A source's rhythm: what polls have shown of when its articles come. A pure module; instants are unix seconds, UTC.

Counted is by hour of the week, by ten minutes of the day and by minute of the hour. A count fades by half in `HALF_LIFE`, so
that a source that changes its habits is known anew after some weeks. How long was counted (the exposure) follows from the
clock alone, so a poll that brings nothing writes nothing.
"""

import base64
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

HOUR, DAY, WEEK = 3600.0, 86_400.0, 604_800.0
HOURS, TENTHS, MINUTES = 168, 144, 60  # of a week; of ten minutes of a day; of an hour
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
    day: Counts  # 144, by ten minutes of the day; what came within the same ten minutes counts as the root of its number
    hour: Counts  # 60, by minute of the hour, counted alike
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
    week, day, hour = (np.zeros(count, np.float32) for count in (HOURS, TENTHS, MINUTES))
    rhythm = Rhythm(since, now, week, day, hour)
    counted = sorted(date for dates in known for date in dates if date > since)
    return _with(rhythm, [_Arrival(date, date, faded(now - date)) for date in counted], now)


def learn(rhythm: Rhythm, dates: Sequence[float | None], *, last: float, now: float) -> Rhythm:
    """The rhythm after a poll at `now` has shown articles of these dates that the poll at `last` had not.

    A date is believed if it lies between the two polls. Any other article is spread over the time between them: it was
    not there before, whatever it says.
    """
    now = max(now, rhythm.at)  # where a clock was set back, what is counted stays as it is
    last = min(last, now)
    spans = [(date, date) if date is not None and last <= date <= now else (last, now) for date in dates]
    return _with(rhythm, [_Arrival(first, end) for first, end in spans], now)


def exposure(rhythm: Rhythm, now: float) -> float:
    """The hours that were counted, faded as the counts are."""
    return HALF_LIFE / math.log(2) / HOUR * (1.0 - faded(now - rhythm.since))


def faded(seconds: float) -> float:
    """What is left of a count after so many seconds; all of it before that (a clock may be set back)."""
    return float(2.0 ** (-max(seconds, 0.0) / HALF_LIFE))


def dumps(rhythm: Rhythm) -> str:
    """The rhythm as text, some 2 kB."""
    packed = base64.b64encode(np.concatenate([rhythm.week, rhythm.day, rhythm.hour]).astype("<f4").tobytes()).decode("ascii")
    facts = {"since": round(rhythm.since, 1), "at": round(rhythm.at, 1), "recent": round(rhythm.recent, 4), "counts": packed}
    return json.dumps(facts, separators=(",", ":"))


def loads(text: str) -> Rhythm:
    """The rhythm that `dumps` wrote; of an older one, which counted no minutes, these are empty."""
    facts: dict[str, Any] = json.loads(text)
    counts = np.frombuffer(base64.b64decode(facts["counts"]), "<f4")
    week, day, hour = np.split(counts, [HOURS, HOURS + TENTHS])
    return Rhythm(facts["since"], facts["at"], week, day, hour if len(hour) else np.zeros(MINUTES, np.float32), facts["recent"])


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An article that came at some time of a span, which is an instant where its date was believed."""

    begin: float
    end: float
    weight: float = 1.0

    def pieces(self) -> list[tuple[float, float]]:
        """Instants of the span, and what is counted at each."""
        span = self.end - self.begin
        count = max(1, min(_PIECES, int(span // _PIECE)))
        return [(self.end - (piece + 0.5) / count * span, self.weight / count) for piece in range(count)]

    def minutes(self) -> tuple[NDArray[np.intp], float]:
        """The minutes of the hour that the span touches, and what is counted at each."""
        first = int(self.begin // 60)
        count = min(int(self.end // 60) - first + 1, MINUTES)
        return (first + np.arange(count)) % MINUTES, self.weight / count


def _with(rhythm: Rhythm, arrivals: Sequence[_Arrival], now: float) -> Rhythm:
    left = np.float32(faded(now - rhythm.at))
    week, day, hour = rhythm.week * left, rhythm.day * left, rhythm.hour * left
    recent = rhythm.recent * math.exp((rhythm.at - now) / RECENT)
    together: Counter[int] = Counter()
    for arrival in arrivals:
        came = 0.0
        for at, weight in arrival.pieces():
            place = hour_of_week(at)
            week[place] += weight / 2
            week[place - 1] += weight / 4
            week[(place + 1) % HOURS] += weight / 4
            number = together[int(at // _PIECE)] = together[int(at // _PIECE)] + 1
            # A batch says once when articles come, not as often as it is large.
            rooted = weight * (math.sqrt(number) - math.sqrt(number - 1))
            day[tenth_of_day(at)] += rooted
            came += rooted / arrival.weight
            recent += weight * math.exp((at - now) / RECENT)
        minutes, weight = arrival.minutes()
        hour[minutes] += weight * came
    return Rhythm(rhythm.since, now, week, day, hour, recent)
