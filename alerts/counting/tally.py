"""What count(…) and spike(…) come to: the same decision for live matches and for backtests. A pure module."""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.counting.spikes import Spike as Condition
from alerts.counting.spikes import State, judge
from alerts.counting.usual import HOUR, Usual, learn
from storage.counting import Count, Counted, Counting, Spike, duration
from storage.tables.documents import Seen

_SILENCE = timedelta(hours=12)  # a night without an article; what lasts longer is a machine that was off
_COOL_DOWN = timedelta(hours=6)  # of a spike; a count is quiet for its own span
_NAMES = {Counted.STORY: "stories", Counted.SOURCE: "sources", Counted.ARTICLE: "articles"}

CountOf = Callable[[Counted, timedelta], int]
"""How many different ones matched within a span that ends at the moment in question."""
Learnt = Callable[[Spike], Usual]
"""What is usual for a spike, from the hours before."""


def cooling(conditions: Iterable[Counting], last_told: datetime | None, now: datetime) -> bool:
    """Whether the rule told so shortly before now that it is quiet."""
    if last_told is None:
        return False
    return now - last_told < max(each.span if isinstance(each, Count) else _COOL_DOWN for each in conditions)


def reached(conditions: Iterable[Counting], when: datetime, count: CountOf, learnt: Learnt) -> str | None:
    """What the counts came to, in a sentence, if every condition holds at that moment; else None."""
    said = []
    for each in conditions:
        if isinstance(each, Count):
            found = count(each.of, each.span)
            sentence = f"{found} {_NAMES[each.of]} within {duration(each.span)}"
            holds = found >= each.least
        else:
            holds, sentence = _spiked(each, when, count, learnt)
        if not holds:
            return None
        said.append(sentence)
    return "; ".join(said)


def standing(conditions: Iterable[Counting], when: datetime, count: CountOf, learnt: Learnt) -> list[str]:
    """How far each condition was from holding at that moment, in a sentence."""
    said = []
    for each in conditions:
        if isinstance(each, Count):
            said.append(f"{count(each.of, each.span)} of {each.least} {_NAMES[each.of]} within {duration(each.span)}")
        else:
            said.append(judge(count(Counted.STORY, HOUR), when, learnt(each), condition(each)).sentence)
    return said


def _spiked(spike: Spike, when: datetime, count: CountOf, learnt: Learnt) -> tuple[bool, str]:
    found = count(Counted.STORY, HOUR)
    if found < spike.least:
        return False, ""  # what is usual costs more to know
    verdict = judge(found, when, learnt(spike), condition(spike))
    return verdict.state is State.SPIKE, verdict.sentence


def condition(spike: Spike) -> Condition:
    """The condition as the statistics know it."""
    return Condition(p=spike.p, baseline=spike.baseline, minimum=spike.least, cool_down=_COOL_DOWN)


def learn_from(firsts: Iterable[datetime], watched: Sequence[datetime], ended: datetime, baseline: timedelta) -> Usual:
    """What is usual after stories that were first seen then; hours in which nobody watched say nothing.

    `ended` and those `watched` are full hours, the latter ascending: those in which something was surely watched. So were those
    between two of them that are not far apart, and had nothing to show.
    """
    hours = baseline // HOUR
    counts = [0] * hours
    for first in firsts:
        back = (ended - first) // HOUR
        if 0 <= back < hours and first < ended:
            counts[hours - 1 - back] += 1
    begins = [ended - HOUR * (hours - number) for number in range(hours)]
    return learn([n if _watching(watched, at) else None for n, at in zip(counts, begins, strict=True)], ended)


def _watching(watched: Sequence[datetime], hour: datetime) -> bool:
    at = bisect_left(watched, hour)
    if at < len(watched) and watched[at] == hour:
        return True
    return 0 < at < len(watched) and watched[at] - watched[at - 1] <= _SILENCE


def full_hour(instant: datetime) -> datetime:
    """The last full hour before the hour that ends at an instant: where what is usual ends."""
    return instant.replace(minute=0, second=0, microsecond=0) - HOUR


@dataclass(frozen=True, slots=True)
class Highest:
    """The most that a condition counted within its span, and when it first was so many."""

    of: Counted
    span: timedelta
    least: int
    found: int
    at: datetime

    @property
    def sentence(self) -> str:
        """How many of how many there were."""
        return f"{self.found} of {self.least} {_NAMES[self.of]} within {duration(self.span)}"


class Tally:
    """Counts what was seen, in the order in which it was, over the spans that the conditions ask for."""

    def __init__(self, conditions: Sequence[Counting], watched: Sequence[datetime]) -> None:
        self._conditions = conditions
        self._watched = watched
        self._longest = max([each.span if isinstance(each, Count) else HOUR for each in conditions])
        self._recent: deque[Seen] = deque()
        self._firsts: dict[int, datetime] = {}  # of each story
        self._usual: dict[tuple[timedelta, datetime], Usual] = {}
        self._told: datetime | None = None
        self.said: dict[int, str] = {}
        """By the documents that made the rule tell: what the counts had come to."""
        self.highest: dict[Counting, Highest] = {}
        """By condition, while the rule was not quiet after an alert."""

    def tells(self, seen: Seen) -> bool:
        """Whether what is seen next makes the rule tell."""
        self._recent.append(seen)
        self._firsts.setdefault(seen.story_id, seen.at)
        while self._recent[0].at <= seen.at - self._longest:
            self._recent.popleft()
        if cooling(self._conditions, self._told, seen.at):
            return False
        counts = {_asked(each): self._count(_asked(each)[0], seen.at - _asked(each)[1]) for each in self._conditions}
        for each in self._conditions:
            self._note(each, counts[_asked(each)], seen.at)
        said = reached(self._conditions, seen.at, lambda of, span: counts[of, span], self._learn(seen.at))
        if said is None:
            return False
        self.said[seen.document_id] = said
        self._told = seen.at
        return True

    def _note(self, condition: Counting, found: int, at: datetime) -> None:
        known = self.highest.get(condition)
        if known is None or found > known.found:
            self.highest[condition] = Highest(*_asked(condition), condition.least, found, at)

    def _count(self, of: Counted, after: datetime) -> int:
        recent = [each for each in self._recent if each.at > after]
        match of:
            case Counted.STORY:
                return len({each.story_id for each in recent if self._firsts[each.story_id] > after})
            case Counted.SOURCE:
                return len({each.source for each in recent})
            case Counted.ARTICLE:
                return len({each.article_id for each in recent})

    def _learn(self, when: datetime) -> Learnt:
        def learnt(spike: Spike) -> Usual:
            key = spike.baseline, full_hour(when)
            if key not in self._usual:
                self._usual[key] = learn_from(self._firsts.values(), self._watched, key[1], spike.baseline)
            return self._usual[key]

        return learnt


def _asked(condition: Counting) -> tuple[Counted, timedelta]:
    """What a condition counts, and within which span."""
    return (condition.of, condition.span) if isinstance(condition, Count) else (Counted.STORY, HOUR)
