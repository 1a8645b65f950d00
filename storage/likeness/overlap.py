"""What two texts share, measured exactly: shares, numbers, places. A pure module."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from storage.likeness.fingerprints import NOTHING, Mask, Numbers, Places, Shingles, ascending, fingerprints, shingles
from storage.likeness.series import Timing
from storage.tokens import COMMON_WORDS

SAME_TITLE = 0.6  # of the smaller title's words: from here on two titles say the same
_DIGIT = re.compile(r"\d")
_FRAME = 8  # tokens: a shorter common beginning or ending of two texts is chance
_OWN_SHARE = 0.25  # of a text: one that has less of its own beside a common frame is a copy under another headline
_GAP = 60  # shingles: a shorter piece of its own is an edit
_OPENING = 40  # shingles of a text's beginning
_OPENING_WITHIN = 80  # shingles of the other's beginning, in which they are looked for: a lead may precede them
_OPENING_SHARE = 0.3


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
    def number_places(self) -> list[int]:
        """The places of the text's numbers among its tokens."""
        return [at for at, each in enumerate(self.text.tokens) if each[0].isdigit()]

    @cached_property
    def numbers(self) -> dict[tuple[str, str, str], frozenset[str]]:
        """The text's numbers by the words around them: two before, one after, with their own digits hidden."""
        found: dict[tuple[str, str, str], set[str]] = {}
        tokens = ("", "", *self.text.tokens, "")
        for place in self.number_places:
            one, two, _, after = (_DIGIT.sub("0", each) for each in tokens[place : place + 4])
            found.setdefault((one, two, after), set()).add(tokens[place + 2])
        return {slot: frozenset(values) for slot, values in found.items()}

    @cached_property
    def number_values(self) -> frozenset[str]:
        """The text's numbers."""
        return frozenset(self.text.tokens[at] for at in self.number_places)

    @cached_property
    def words(self) -> frozenset[str]:
        """What the text's words are, without numbers and without words that every text has."""
        return frozenset(self.text.tokens) - self.number_values - COMMON_WORDS


def content(title: str, text: str, site: str) -> Content:
    """What is compared of an article; `title` and `text` are folded tokens joined by blanks."""
    return Content(title, shingles(text), site)


@dataclass(frozen=True)
class Overlap:
    """What a new text and a known one (`old`) share. Shares are 0-1; what costs to find out is found when it is asked for.

    `of_new`, `of_old`: of each one's distinct shingles, the share that stands in the other. `told_new`, `told_old`: the
    same without what says nothing: the site's furniture and, on one site under different titles, a common beginning or end.
    """

    new: Content
    old: Content
    told: Numbers  # distinct shingles that both have and that say something, ascending
    of_new: float
    of_old: float
    told_new: float
    told_old: float
    timing: Timing  # of two articles of one site

    @property
    def told_shared(self) -> int:
        """How many distinct shingles that say something both have."""
        return len(self.told)

    @property
    def most(self) -> float:
        """The greater share of what says something."""
        return max(self.told_new, self.told_old)

    @property
    def least(self) -> float:
        """The smaller one."""
        return min(self.told_new, self.told_old)

    @property
    def same_site(self) -> bool:
        """Whether one site carries both."""
        return self.new.site == self.old.site

    @property
    def shorter(self) -> int:
        """Words of the shorter text."""
        return min(len(self.new.text.tokens), len(self.old.text.tokens))

    # --- what they say

    @cached_property
    def titles(self) -> float:
        """Of the smaller title's words, the share that the other has; 0 where one is missing."""
        return _share(self.new.title_words, self.old.title_words)

    @cached_property
    def words(self) -> float:
        """Of the smaller set of telling words, the share that the other has."""
        return _share(self.new.words, self.old.words)

    @cached_property
    def numbers(self) -> float:
        """Of the smaller set of numbers, the share that the other has; 1 where there is none."""
        return _share(self.new.number_values, self.old.number_values, 1.0)

    @property
    def figures(self) -> int:
        """How many different numbers the one with fewer has."""
        return min(len(self.new.number_values), len(self.old.number_values))

    @cached_property
    def slots(self) -> tuple[int, int]:
        """How many numbers that stand in the same slot of both are equal, and how many are not."""
        slots = self.new.numbers.keys() & self.old.numbers.keys()
        agreeing = sum(1 for slot in slots if self.new.numbers[slot] & self.old.numbers[slot])
        return agreeing, len(slots) - agreeing

    @property
    def differing(self) -> int:
        """How many numbers that stand in the same slot of both are not equal."""
        return self.slots[1]

    @property
    def agreement(self) -> float:
        """Of the numbers that stand in the same slot of both, the share that is equal; 1 where there are none."""
        agreeing, differing = self.slots
        return agreeing / (agreeing + differing) if agreeing + differing else 1.0

    # --- where it stands

    @cached_property
    def places(self) -> Places:
        """In the new text, of what is shared."""
        return np.flatnonzero(among(self.new.text.values, self.told))

    @cached_property
    def places_old(self) -> Places:
        """In the known text."""
        return np.flatnonzero(among(self.old.text.values, self.told))

    @cached_property
    def runs(self) -> Places:
        """How long each shared run of the new text is: forms share short runs between their slots, copies whole paragraphs."""
        edges = np.flatnonzero(np.diff(self.places) > 1) + 1
        return np.diff(np.concatenate(([0], edges, [len(self.places)]))) if len(self.places) else np.empty(0, np.intp)

    @property
    def longest(self) -> int:
        """Shingles of the longest run."""
        return int(self.runs.max(initial=0))

    @property
    def run(self) -> float:
        """Shingles of the mean run."""
        return float(self.runs.mean()) if len(self.runs) else 0.0

    @property
    def gap(self) -> float:
        """What stands in runs of at least 60 shingles that only the longer text has, as a share of that."""
        places, text = (self.places, self.new.text) if self.of_new < self.of_old else (self.places_old, self.old.text)
        runs = np.diff(np.concatenate(([-1], places, [len(text)]))) - 1
        return float(runs[runs >= _GAP].sum()) / max(1, len(text))

    @property
    def opening(self) -> bool:
        """Whether both begin with what they share."""
        return all(
            np.count_nonzero(at < _OPENING_WITHIN) >= _OPENING_SHARE * min(_OPENING, len(text))
            for at, text in ((self.places, self.new.text), (self.places_old, self.old.text))
        )

    @property
    def span(self) -> float:
        """From the first to the last place of what is shared, as a share of the text; of the two texts the smaller one."""
        return min(_span(self.places, len(self.new.text)), _span(self.places_old, len(self.old.text)))


def compare(new: Content, old: Content, furniture: Numbers = NOTHING, *, timing: Timing = Timing.UNKNOWN) -> Overlap:
    """What the two share. `furniture`: distinct shingles, ascending, that do not count; `timing` as in `Overlap`."""
    ours, theirs = new.text.distinct, old.text.distinct
    both = ours[among(ours, theirs)]
    hidden = furniture
    if new.site == old.site and _share(new.title_words, old.title_words) < SAME_TITLE:
        hidden = ascending(np.concatenate((furniture, _frame(new.text, old.text))))
    told = both[~among(both, hidden)] if len(hidden) else both
    return Overlap(
        new,
        old,
        told,
        of_new=len(both) / max(1, len(ours)),
        of_old=len(both) / max(1, len(theirs)),
        told_new=len(told) / max(1, _without(ours, hidden)),
        told_old=len(told) / max(1, _without(theirs, hidden)),
        timing=timing,
    )


def masked(text: Shingles, furniture: Numbers) -> Numbers:
    """The distinct shingles of the runs of a text that lie between furniture, given as fingerprints in ascending order.

    A furnished run's other shingles are furniture too, though winnowing did not pick them.
    """
    if not len(furniture):
        return NOTHING
    asked = text.asked
    known = among(fingerprints(text.values[asked]), furniture)
    hidden = np.zeros(len(text), bool)
    hidden[asked[known]] = True
    for left in np.flatnonzero(known[:-1] & known[1:]):
        hidden[asked[left] : asked[left + 1]] = True
    return ascending(text.values[hidden])


def among(values: Numbers, sorted_set: Numbers) -> Mask:
    """Which of the values are in a set, given in ascending order."""
    if not len(sorted_set):
        return np.zeros(len(values), bool)
    at = np.searchsorted(sorted_set, values)
    at[at == len(sorted_set)] = 0
    found: Mask = sorted_set[at] == values
    return found


def _without(values: Numbers, hidden: Numbers) -> int:
    return len(values) - int(np.count_nonzero(among(values, hidden))) if len(hidden) else len(values)


def _frame(new: Shingles, old: Shingles) -> Numbers:
    """The shingles of the beginning and the end that the two have in common."""
    shorter = min(len(new), len(old))
    head = _common(new.values[:shorter], old.values[:shorter])
    tail = _common(new.values[-shorter:][::-1], old.values[-shorter:][::-1]) if shorter else 0
    parts = [new.values[:head]] if head > _FRAME else []
    if tail > _FRAME:
        parts.append(new.values[len(new) - tail :])
    if not parts or shorter - sum(map(len, parts)) < _OWN_SHARE * shorter:
        return NOTHING
    return np.concatenate(parts)


def _common(one: Numbers, other: Numbers) -> int:
    """How many values are equal before the first that is not."""
    differ = np.flatnonzero(one != other)
    return int(differ[0]) if len(differ) else len(one)


def _share(one: frozenset[str], other: frozenset[str], of_nothing: float = 0.0) -> float:
    smaller = min(len(one), len(other))
    return len(one & other) / smaller if smaller else of_nothing


def _span(places: Places, length: int) -> float:
    return float(places[-1] - places[0] + 1) / length if len(places) else 0.0
