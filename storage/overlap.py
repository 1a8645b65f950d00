"""What two texts share, measured exactly: shares, numbers, places. A pure module."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from storage.fingerprints import Mask, Numbers, Places, Shingles, fingerprints, shingles
from storage.tokens import COMMON_WORDS

_DIGIT = re.compile(r"\d")
_FRAME = 8  # tokens: a shorter common beginning or ending of two texts is chance
_OPENING = 40  # shingles of a text's beginning
_OPENING_WITHIN = 80  # shingles of the other's beginning, in which they are looked for: a lead may precede them
_OPENING_SHARE = 0.3
SAME_TITLE = 0.6  # of the smaller title's words: from here on two titles say the same
_OWN_SHARE = 0.25  # of a text: one that has less of its own beside a common frame is a copy under another headline


@dataclass(frozen=True)
class Content:
    """A text and its title, as they are compared; `site` is the registered domain that carries them."""

    title: str  # folded tokens joined by blanks
    text: Shingles
    site: str

    @cached_property
    def title_words(self) -> frozenset[str]:
        """What the title says, without words that every title has."""
        return frozenset(self.title.split()) - COMMON_WORDS

    @cached_property
    def numbers(self) -> dict[tuple[str, str, str], frozenset[str]]:
        """The text's numbers by the words around them: two before, one after, with their own digits hidden."""
        found: dict[tuple[str, str, str], set[str]] = {}
        tokens = ("", "", *self.text.tokens, "")
        for at in range(2, len(tokens) - 1):
            if tokens[at][0].isdigit():
                around = tokens[at - 2], tokens[at - 1], tokens[at + 1]
                slot = tuple(_DIGIT.sub("0", each) for each in around)
                found.setdefault(slot, set()).add(tokens[at])  # type: ignore[arg-type]
        return {slot: frozenset(values) for slot, values in found.items()}

    @cached_property
    def words(self) -> frozenset[str]:
        """What the text's words are, without numbers and without words that every text has."""
        return frozenset(each for each in self.text.tokens if not each[0].isdigit()) - COMMON_WORDS

    @cached_property
    def number_values(self) -> frozenset[str]:
        """The text's numbers."""
        return frozenset(each for each in self.text.tokens if each[0].isdigit())


def content(title: str, text: str, site: str) -> Content:
    """What is compared of an article; `title` and `text` are folded tokens joined by blanks."""
    return Content(title, shingles(text), site)


@dataclass(frozen=True)
class Overlap:
    """What a new text (`new`) and a known one (`old`) share. Shares are 0-1.

    `of_new`, `of_old`: of each one's distinct shingles, the share that stands in the other. `told_new`, `told_old`: the
    same without what says nothing: the site's furniture and, on one site under different titles, a common beginning or end.
    """

    of_new: float
    of_old: float
    told_new: float
    told_old: float
    told_shared: int  # distinct shingles that both have and that say something
    agreeing: int  # numbers that stand in the same slot of both and are equal
    differing: int  # and that are not
    numbers: float  # of the smaller set of numbers, the share that the other has; 1 where there is none
    words: float  # of the smaller set of telling words, the share that the other has
    titles: float  # of the smaller title's words, the share that the other has; 0 where one is missing
    shorter: int  # words of the shorter text
    same_site: bool
    opening: bool  # both begin with what they share
    span_new: float  # from the first to the last place of what is shared, as a share of the text
    span_old: float
    places: Places  # in the new text, of what is shared
    longest: int  # shingles of the longest run of the new text that is shared
    run: float  # and of the mean one: forms share short runs between their slots, copies whole paragraphs

    @property
    def agreement(self) -> float:
        """Of the numbers that stand in the same slot of both, the share that is equal; 1 where there are none."""
        return self.agreeing / ((self.agreeing + self.differing) or 1) if self.agreeing + self.differing else 1.0

    @property
    def most(self) -> float:
        """The greater share of what says something."""
        return max(self.told_new, self.told_old)

    @property
    def least(self) -> float:
        """The smaller one."""
        return min(self.told_new, self.told_old)


def compare(new: Content, old: Content, furniture: Numbers) -> Overlap:
    """What the two share. `furniture`: distinct shingles, ascending, that do not count."""
    both = np.intersect1d(new.text.distinct, old.text.distinct, assume_unique=True)
    same_site, titles = new.site == old.site, _share(new.title_words, old.title_words)
    hidden = furniture
    if same_site and titles < SAME_TITLE:
        hidden = np.union1d(furniture, _frame(new.text, old.text))
    told = np.setdiff1d(both, hidden, assume_unique=True) if len(hidden) else both
    new_at, old_at = np.flatnonzero(among(new.text.values, told)), np.flatnonzero(among(old.text.values, told))
    agreeing, differing = _agreement(new, old)
    runs = _runs(new_at)
    return Overlap(
        of_new=len(both) / max(1, len(new.text.distinct)),
        of_old=len(both) / max(1, len(old.text.distinct)),
        told_new=len(told) / max(1, _without(new.text.distinct, hidden)),
        told_old=len(told) / max(1, _without(old.text.distinct, hidden)),
        told_shared=len(told),
        agreeing=agreeing,
        differing=differing,
        numbers=_share(new.number_values, old.number_values, 1.0),
        words=_share(new.words, old.words),
        titles=titles,
        shorter=min(len(new.text.tokens), len(old.text.tokens)),
        same_site=same_site,
        opening=_opening(new_at, old_at, new.text, old.text),
        span_new=_span(new_at, len(new.text)),
        span_old=_span(old_at, len(old.text)),
        places=new_at,
        longest=int(runs.max(initial=0)),
        run=len(new_at) / max(1, len(runs)),
    )


def among(values: Numbers, sorted_set: Numbers) -> Mask:
    """Which of the values are in a set, given in ascending order."""
    if not len(sorted_set):
        return np.zeros(len(values), bool)
    at = np.searchsorted(sorted_set, values)
    at[at == len(sorted_set)] = 0
    found: Mask = sorted_set[at] == values
    return found


def _without(values: Numbers, hidden: Numbers) -> int:
    return len(values) - int(np.count_nonzero(among(values, hidden)))


def _frame(new: Shingles, old: Shingles) -> Numbers:
    """The shingles of the beginning and the end that the two have in common."""
    shorter = min(len(new), len(old))
    head = _common(new.values[:shorter], old.values[:shorter])
    tail = _common(new.values[-shorter:][::-1], old.values[-shorter:][::-1]) if shorter else 0
    parts = [new.values[:head]] if head > _FRAME else []
    if tail > _FRAME:
        parts.append(new.values[len(new) - tail :])
    if shorter - sum(map(len, parts)) < _OWN_SHARE * shorter:
        return np.empty(0, np.uint64)
    return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.uint64)


def _common(one: Numbers, other: Numbers) -> int:
    """How many values are equal before the first that is not."""
    differ = np.flatnonzero(one != other)
    return int(differ[0]) if len(differ) else len(one)


def _agreement(new: Content, old: Content) -> tuple[int, int]:
    slots = new.numbers.keys() & old.numbers.keys()
    agreeing = sum(1 for slot in slots if new.numbers[slot] & old.numbers[slot])
    return agreeing, len(slots) - agreeing


def _share(one: frozenset[str], other: frozenset[str], of_nothing: float = 0.0) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else of_nothing


def _opening(new_at: Places, old_at: Places, new: Shingles, old: Shingles) -> bool:
    """Whether what is shared stands at the beginning of both."""
    return all(
        np.count_nonzero(at < _OPENING_WITHIN) >= _OPENING_SHARE * min(_OPENING, len(text))
        for at, text in ((new_at, new), (old_at, old))
    )


def _span(places: Places, length: int) -> float:
    return float(places[-1] - places[0] + 1) / length if len(places) else 0.0


def _runs(places: Places) -> Places:
    """How long each run of consecutive places is."""
    edges = np.flatnonzero(np.diff(places) > 1) + 1
    return np.diff(np.concatenate(([0], edges, [len(places)]))) if len(places) else np.empty(0, np.intp)


def masked(text: Shingles, furniture: list[int]) -> Numbers:
    """The distinct shingles of the runs of a text that lie between furniture; `furniture` are its fingerprints that are.

    A furnished run's other shingles are furniture too, though winnowing did not pick them.
    """
    if not furniture:
        return np.empty(0, np.uint64)
    asked = text.asked
    known = among(fingerprints(text.values[asked]).astype(np.uint64), np.unique(np.array(furniture, np.uint64)))
    hidden = np.zeros(len(text), bool)
    hidden[asked[known]] = True
    for left in np.flatnonzero(known[:-1] & known[1:]):
        hidden[asked[left] : asked[left + 1]] = True
    return np.unique(text.values[hidden])
