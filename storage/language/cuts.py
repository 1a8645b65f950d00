"""Places in a text as bits of whole numbers, so that all pieces of a text are asked at once. A pure module.

Bit *n* stands for token *n*. What is near what is found by shifting: to compare every place of one word with every place of
another takes as long as to compare one, and no longer in a long sentence than in a short one.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from storage.sentences import Span

_MANY = 40  # numbers that are not made to bits one by one

Places = dict[int, int]
"""Occurrences: how many tokens they have → the bits of their first tokens."""


def bits(places: Iterable[int]) -> int:
    """Numbers of tokens as bits."""
    numbers = list(places)
    if len(numbers) > _MANY:
        flags = np.zeros(max(numbers) + 1, np.uint8)
        flags[numbers] = 1
        return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def earliest(places: Places, most: int) -> list[Span]:
    """At most so many occurrences, ascending: the first and the last token of each."""
    found = []
    for length, firsts in places.items():
        left = firsts
        for _ in range(most):
            if not left:
                break
            first = (left & -left).bit_length() - 1
            found.append((first, first + length - 1))
            left &= left - 1
    return sorted(found)[:most]


def between(first: int, stop: int) -> int:
    """The bits of tokens `first` to before `stop`."""
    return (1 << stop) - (1 << first) if stop > first else 0


def either(ones: Places, others: Places) -> Places:
    """The occurrences of both."""
    if not ones or not others:
        return ones or others
    return {length: ones.get(length, 0) | others.get(length, 0) for length in ones.keys() | others.keys()}


def both(ones: Places, others: Places) -> Places:
    """Those that are among the others too."""
    return some({length: firsts & others.get(length, 0) for length, firsts in ones.items()})


def without(ones: Places, others: Places) -> Places:
    """Those that are not among the others."""
    return some({length: firsts & ~others.get(length, 0) for length, firsts in ones.items()})


def some(places: Mapping[int, int]) -> Places:
    """The same, without lengths of which none occurs."""
    return {length: firsts for length, firsts in places.items() if firsts}


def count(places: Places, tokens: int = -1) -> int:
    """How many begin at any of these tokens."""
    return sum((firsts & tokens).bit_count() for firsts in places.values())


def first_tokens(places: Places) -> int:
    """The bits of their first tokens."""
    found = 0
    for firsts in places.values():
        found |= firsts
    return found


def last_tokens(places: Places) -> int:
    """The bits of their last tokens."""
    found = 0
    for length, firsts in places.items():
        found |= firsts << (length - 1)
    return found


def touching(places: Places, tokens: int) -> Places:
    """The occurrences that have any of these tokens."""
    found, reach, done = {}, tokens, 1
    for length in sorted(places):
        while done < length:
            step = min(done, length - done)
            reach |= reach >> step
            done += step
        found[length] = places[length] & reach
    return some(found)


class Cuts:
    """A text cut into pieces, apart and ascending: spans of tokens. Nothing is near what lies in another piece."""

    __slots__ = ("_low", "_reaching", "_spreading", "_widest", "heads", "spans")

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = [(first, stop) for first, stop in spans if first < stop]
        self.heads = bits(stop - 1 for _, stop in self.spans)  # the last token of a piece stands for it
        self._low = 0
        for first, stop in self.spans:
            self._low |= between(first, stop - 1)
        self._widest = max((stop - first for first, stop in self.spans), default=0)
        self._reaching: dict[int, int] = {}
        self._spreading: dict[int, list[tuple[int, int]]] = {}

    def touched(self, tokens: int) -> int:
        """The pieces that have any of these tokens, by their heads."""
        # A piece's other tokens plus its tokens but the head run over into the head where there is any.
        return (((tokens & self._low) + self._low) | tokens) & self.heads

    def inside(self, places: Places) -> Places:
        """The occurrences that lie wholly in one piece."""
        return some({length: firsts & self.reaching(length - 1) for length, firsts in places.items()})

    def reaching(self, far: int) -> int:
        """The tokens in whose piece another stands so far behind."""
        found = self._reaching.get(far)
        if found is None:
            found = 0
            for first, stop in self.spans:
                found |= between(first, stop - far)
            self._reaching[far] = found
        return found

    def beside(self, these: Places, others: Places, most: int, *, before: bool = True, after: bool = True) -> Places:
        """Those that have one of the others near, with at most so many tokens between.

        `before`: whether one that ends before them counts; `after`: whether one that begins behind them.
        """
        begun = self._down(first_tokens(others) >> 1, most) if after else 0
        ended = self._up(last_tokens(others), most) if before else 0
        found = {}
        for length, firsts in these.items():
            near = firsts & (ended | begun >> (length - 1))
            if near:
                found[length] = near
        return found

    def _up(self, tokens: int, most: int) -> int:
        """The tokens behind these in their piece, with at most so many between."""
        tokens = (tokens & self.reaching(1)) << 1
        for step, room in self._steps(most) if tokens else ():
            tokens |= (tokens & room) << step
        return tokens

    def _down(self, tokens: int, most: int) -> int:
        """These tokens, if they are not a piece's last, and at most so many before each."""
        tokens &= self.reaching(1)
        for step, room in self._steps(most) if tokens else ():
            tokens |= tokens >> step & room
        return tokens

    def _steps(self, most: int) -> list[tuple[int, int]]:
        """By which shifts, and where, tokens spread over so many others: each doubles what is covered."""
        wanted = min(most + 1, self._widest)
        steps = self._spreading.get(wanted)
        if steps is None:
            steps, covered = [], 1
            while covered < wanted:
                step = min(covered, wanted - covered)
                steps.append((step, self.reaching(step)))
                covered += step
            self._spreading[wanted] = steps
        return steps
