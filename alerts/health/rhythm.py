"""What is usual for a source: how much it lists by hour of the week, in which languages, and how much of it can be read. Pure.

The means by hour of the week are those of `alerts.counting.usual`. What is added here is about silence: how much evidence each
silent hour is that nothing comes any more, how much whole days differ from one another, and the longest silence there ever was.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cached_property

from alerts.counting.usual import HOUR, learn
from alerts.health.batches import missed_after, pauses
from storage.models import Episode, SourceDay
from storage.vitals import LanguageRun

LEARNT_FROM = timedelta(days=42)
WEEKLY_AFTER = 14 * 24  # watched hours: two of each weekday, so that weekends are known
_FLAT_AFTER = 3 * 24  # before that a mean is a guess, whose doubt is reckoned with
_LEAST, _LEAST_OF_ONE_DAY = timedelta(days=4), timedelta(days=8)  # of silence, until weeks are known: a long weekend, a week
_AT_WORK = 3  # hours of one day in which something came: no batch, but people at work, who are so again within a week
_DATED_WITHIN = timedelta(days=365)  # before the first watched hour
_STRAY = 4  # one in so many of the dates, the oldest, tells nothing: some feeds keep a few entries for ever
_WATCHED = 0.5  # of an hour: less is too little to count it
_WEEK, _DAY = 168, 24
_MOST_AN_HOUR = 3.0  # one hour in twenty may stay empty for reasons that no model knows, however much is usual
_LEAST_FRAILTY, _MOST_FRAILTY = 0.08, 1.0
_FIRST_FRAILTY, _FIRST_WEIGHT = 0.15, 200.0  # until squares of days come to more: of a few articles a day little can be learnt
_CLIP = 3.0  # times the mean of a day: more is a burst, and says nothing of silences
_LONGEST_LOOK = 60 * 24  # hours ahead
_SURE = 30  # articles, before languages and yield are judged
_GUEST = 8  # articles in a language that is not one of the source's own, at most


@dataclass(frozen=True)
class Rhythm:
    """What is usual. Hours of the week begin on Monday 00:00 UTC."""

    hours: int  # that were watched
    means: tuple[float, ...] = ()  # new entries by hour of the week
    dispersion: float = 1.0  # of hours: their variance is m + d·m²
    frailty: float = _MOST_FRAILTY  # relative variance of whole days
    longest: float = 0.0  # evidence that the longest silence so far came to
    read: float = 0.75  # share of new pages that give an article
    languages: dict[str, float] = field(default_factory=dict)  # share of each, 0 to 1
    doubt: float = 0.0  # relative variance of the means themselves: they are of so few entries
    one_day: bool = False  # all that is known of came within 24 hours: it may come once a week
    together: float = 1.0  # entries that come at once, and tell of its silence as little as one
    batches: int = 0  # hours without anything after which its batches are missed, while its weeks are not known; 0: not known

    @property
    def weekly(self) -> bool:
        """Whether its weeks are known."""
        return self.hours >= WEEKLY_AFTER

    @property
    def least(self) -> timedelta:
        """What no silence is under, while weekends are not known: longer than one with a holiday, or than a week."""
        if self.weekly:
            return timedelta(0)
        return _LEAST_OF_ONE_DAY if self.one_day else _LEAST

    @property
    def per_week(self) -> float:
        """How many new entries a week brings."""
        return sum(self.means)

    @cached_property
    def silence(self) -> tuple[float, ...]:
        """How much evidence, in natural logarithms, one silent hour of the week is."""
        return tuple(_silence([each / self.together for each in self.means], self.dispersion))

    @cached_property
    def calm(self) -> tuple[float, ...]:
        """The same, if that hour were of the quietest day."""
        quietest = min(range(0, _WEEK, 24), key=lambda day: sum(self.means[day : day + 24]))
        return tuple(min(each, self.silence[quietest + cell % 24]) for cell, each in enumerate(self.silence))

    def to_json(self) -> str:
        """As it is kept."""
        told = asdict(self) | {"means": [float(f"{each:.3g}") for each in self.means]}
        return json.dumps(told, separators=(",", ":"))


def from_json(text: str | None) -> Rhythm | None:
    """As it was kept; None stays None."""
    if text is None:
        return None
    kept = json.loads(text)
    return Rhythm(**{**kept, "means": tuple(kept["means"])})


def learn_again(rhythm: Rhythm | None, learned: datetime | None) -> datetime | None:
    """When what is usual is to be learnt anew: each day at first, later every sixth; None: now."""
    if rhythm is None or learned is None:
        return None
    return learned + max(timedelta(days=1), timedelta(hours=rhythm.hours / 7))


def learn_rhythm(
    days: Sequence[SourceDay],
    episodes: Sequence[Episode],
    now: datetime,
    newest: datetime | None = None,
    *,
    dates: Sequence[datetime] = (),
) -> Rhythm:
    """What is usual after these days; what lies within an episode is no custom.

    Nor is the silence since `newest`, when something new last came: what is to be judged must not excuse itself.
    `dates`: of what the source listed when it was first read. Until its weeks are known, they tell of the time before.
    """
    until = now if newest is None else min(now, newest + HOUR)
    ended = until.replace(minute=0, second=0, microsecond=0)
    history = _history(days, episodes, ended)
    watched = sum(each is not None for each in history)
    kept = [each for each in days if not _within(each, episodes)]
    if watched < WEEKLY_AFTER:
        return _young(history, dates, ended, kept)
    usual = learn(history, ended)
    means, dispersion = usual.means, usual.dispersion
    silence = list(_silence(means, dispersion))
    first = _cell(ended) - len(history)  # of the history's first hour
    return Rhythm(
        watched, tuple(means), dispersion, _frailty(history, means, first),
        _longest(history, silence, first), _read(kept), _languages(kept),
    )  # fmt: skip


def keeps_languages(learnt: Rhythm, before: Rhythm | None, runs: Sequence[LanguageRun], learned: datetime | None) -> Rhythm:
    """What was learnt, with the languages that were usual `before` and were not met since that was `learned`.

    Of a language that does not come any more each day that is learnt anew knows less: its absence must not excuse itself.
    """
    if before is None or learned is None:
        return learnt
    gone = {each.language for each in runs if each.last < learned}
    kept = {each: max(share, learnt.languages.get(each, 0.0)) for each, share in before.languages.items() if each in gone}
    return replace(learnt, languages={**learnt.languages, **kept})


def _young(watched: Sequence[float | None], dates: Sequence[datetime], ended: datetime, kept: Sequence[SourceDay]) -> Rhythm:
    """What is usual of a source whose weeks are not known yet: the same at each hour, from what was watched and dates before.

    Of less than three watched days a mean is a guess. Silence is judged by the hours in which something came then, because
    entries that come together tell as little as one, and in doubt by their number; or by batches, if these tell more.
    """
    hours = sum(each is not None for each in watched)
    dated = _dated(dates, ended - HOUR * len(watched))
    history = [*dated, *watched]
    batches = missed_after(pauses([1.0, *history[1:]] if dated else history))  # the oldest dated entry begins a pause
    active = [at for at, each in enumerate(history) if each]
    one_day = bool(active) and active[-1] - active[0] < _DAY
    if not batches and one_day and len(active) >= _AT_WORK:
        batches = int(_LEAST_OF_ONE_DAY / HOUR)
    known, doubt, together = sum(each is not None for each in history), 0.0, 1.0
    came = sum(each or 0.0 for each in history)
    if hours < _FLAT_AFTER:
        told = sum(min(1.0, each) for each in history if each) - 1  # the last one ends the time that is counted
        if told < 1:
            return Rhythm(hours, read=_read(kept))
        came, doubt = max(told, came - (history[active[-1]] or 0.0)), 1 / told
        together = came / told
        history = [each if each is None else min(1.0, each) for each in history]
    mean = came / known
    once = (mean / together,) * _WEEK
    first = _cell(ended) - len(history)
    return Rhythm(
        hours, (mean,) * _WEEK, 1.0, _frailty(history, once, first), _longest(history, list(_silence(once, 1.0)), first),
        _read(kept), _languages(kept), doubt, one_day, together, batches,
    )  # fmt: skip


def _dated(dates: Sequence[datetime], until: datetime) -> list[float]:
    """Entries by hour up to `until`, as their dates say; the oldest begins the time, and is not counted."""
    before = sorted(each for each in dates if until - _DATED_WITHIN <= each < until)
    before = before[len(before) // _STRAY :]
    if not before:
        return []
    hours = [0.0] * math.ceil((until - before[0]) / HOUR)
    for each in before[1:]:
        hours[-math.ceil((until - each) / HOUR)] += 1
    return hours


def patience(rhythm: Rhythm, newest: datetime, enough: float, beyond: float) -> datetime | None:
    """Until when nothing new may come before the silence since `newest` is too long; None: it is never, as far as we know.

    It is when the evidence, with one day taken for a holiday, comes to `enough`, and is `beyond` times that of any silence
    before.
    """

    def too_long(hours: int) -> bool:
        return evidence(rhythm, newest, hours) >= enough and _plain(rhythm, newest, hours) >= beyond * rhythm.longest

    high = 8
    while not too_long(high):
        if high >= _LONGEST_LOOK:
            return None
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if too_long(middle) else (middle, high)
    return newest + HOUR * high


def evidence(rhythm: Rhythm, start: datetime, hours: int) -> float:
    """How much speaks against a silence of so many hours being chance: -ln of its probability, in the mildest reading.

    Each day is busier or calmer as a whole (a gamma distribution: Greenwood and Yule, 1920), and one of them, the worst, may be
    a holiday, which is as the quietest day of the week.
    """
    cells = [(_cell(start) + hour) % _WEEK for hour in range(hours)]
    each = [rhythm.silence[cell] for cell in cells]
    spared = [a - rhythm.calm[cell] for a, cell in zip(each, cells, strict=True)]
    first = _best_day(spared)
    each[first : first + 24] = [a - b for a, b in zip(each[first : first + 24], spared[first : first + 24], strict=True)]
    days = (sum(each[at : at + 24]) for at in range(0, hours, 24))
    total = sum(math.log1p(rhythm.frailty * day) / rhythm.frailty for day in days)
    return math.log1p(rhythm.doubt * total) / rhythm.doubt if rhythm.doubt else total


def _best_day(spared: list[float]) -> int:
    """Where the 24 hours begin in which a holiday would explain most."""
    total = best = sum(spared[:24])
    where = 0
    for first in range(1, len(spared) - 23):
        total += spared[first + 23] - spared[first - 1]
        if total > best:
            best, where = total, first
    return where


def _plain(rhythm: Rhythm, start: datetime, hours: int) -> float:
    return sum(rhythm.silence[(_cell(start) + hour) % _WEEK] for hour in range(hours))


def _history(days: Sequence[SourceDay], episodes: Sequence[Episode], ended: datetime) -> list[float | None]:
    """New entries by hour up to `ended`, scaled to the whole hour; None where it was not watched, or the source was dark."""
    found: dict[datetime, float] = {}
    for day in days:
        midnight = datetime.combine(day.day, time(), UTC)
        for hour, (listed, watched) in enumerate(zip(day.listed, day.watched, strict=True)):
            at = midnight + HOUR * hour
            if watched >= _WATCHED and at < ended and not any(_dark(each, at) for each in episodes):
                found[at] = listed / watched
    if not found:
        return []
    first = min(found)
    return [found.get(first + HOUR * number) for number in range(round((ended - first) / HOUR))]


def _dark(episode: Episode, at: datetime) -> bool:
    return episode.since - HOUR < at and (episode.ended is None or at < episode.ended + HOUR)


def _within(day: SourceDay, episodes: Sequence[Episode]) -> bool:
    noon = datetime.combine(day.day, time(12), UTC)
    return any(_dark(each, noon) for each in episodes)


def _silence(means: Sequence[float], dispersion: float) -> Iterator[float]:
    """-ln P(nothing comes in the hour), of a negative binomial distribution, by hour of the week."""
    return (min(_MOST_AN_HOUR, math.log1p(dispersion * mean) / dispersion) for mean in means)


def _days(history: Sequence[float | None], first: int) -> Iterator[tuple[int, list[float]]]:
    """Whole days that were watched throughout, each with the hour of the week of its first hour."""
    for at in range(0, len(history) - 23, 24):
        hours = [each for each in history[at : at + 24] if each is not None]
        if len(hours) == 24:
            yield (first + at) % _WEEK, hours


def _frailty(history: Sequence[float | None], means: Sequence[float], first: int) -> float:
    """How much whole days differ beyond chance: the relative variance, by the method of moments."""
    above, squares = _FIRST_FRAILTY * _FIRST_WEIGHT, _FIRST_WEIGHT
    for cell, hours in _days(history, first):
        mean = sum(means[(cell + hour) % _WEEK] for hour in range(24))
        count = min(sum(hours), _CLIP * mean + 3)
        above += (count - mean) ** 2 - mean
        squares += mean * mean
    return min(_MOST_FRAILTY, max(_LEAST_FRAILTY, above / squares))


def _longest(history: Sequence[float | None], silence: Sequence[float], first: int) -> float:
    """The evidence that the longest silence came to; hours that were not watched end it."""
    longest = current = 0.0
    for number, each in enumerate(history):
        current = 0.0 if each is None or each > 0 else current + silence[(first + number) % _WEEK]
        longest = max(longest, current)
    return longest


def _read(days: Sequence[SourceDay]) -> float:
    stored, refused = sum(each.stored for each in days), sum(each.refused for each in days)
    return (stored + 7.5) / (stored + refused + 10)


def _languages(days: Sequence[SourceDay]) -> dict[str, float]:
    """The share of each language that is more than a guest, until it was met last: its silence must not excuse itself."""
    shares: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for day in sorted(days, key=lambda each: each.day):
        counts.update(day.languages)
        total = counts.total()
        for language in day.languages:
            shares[language] = round(counts[language] / total, 4)
    return {
        each: share
        for each, share in shares.items()
        if counts.total() >= _SURE and counts[each] > max(_GUEST, counts.total() / 20)
    }


def _cell(instant: datetime) -> int:
    return instant.weekday() * 24 + instant.hour
