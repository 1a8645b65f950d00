"""Shingles and fingerprints of a text: what copies share. A pure module.

A shingle is a run of four words, as a number. The fingerprints of a text are those of its shingles that winnowing picks
(Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003): the smallest of every window of consecutive shingles, so any shared
run of `window + 3` words shares one. The picks of a wide window are among those of a narrow one: a text is stored by its
wide picks and asked for by its narrow ones.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from storage.tokens import unspaced

Numbers = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

SHINGLE_WORDS = 4
NARROW, WIDE = 8, 16  # windows, in shingles
_BRIEF = 150  # shingles: a shorter text is stored by its narrow picks, else too few stand for it
_BITS = 40  # of a stored fingerprint: a stranger shares one by chance with p = 4e-4 among 400 million rows
_WORD, _SIGN = 2, 1  # weights: in scripts without blanks each sign is a token, and says about half of what a word does
_WEIGHT = SHINGLE_WORDS * _WORD
_BLANK = 0x20
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2^64
_STEP = 4096


class _Powers:
    """The powers of the base and of its inverse modulo 2^64, as far as the longest text yet needed them."""

    def __init__(self) -> None:
        self.base, self.inverse = self._of(_STEP)

    def upto(self, length: int) -> tuple[Numbers, Numbers]:
        if length > len(self.base):
            self.base, self.inverse = self._of(-(-length // _STEP) * _STEP)
        return self.base[:length], self.inverse[:length]

    @staticmethod
    def _of(length: int) -> tuple[Numbers, Numbers]:
        steps = np.full(length, _BASE, np.uint64)
        back = np.full(length, np.uint64(pow(int(_BASE), -1, 1 << 64)), np.uint64)
        steps[0] = back[0] = 1
        return np.multiply.accumulate(steps), np.multiply.accumulate(back)


_powers = _Powers()


@dataclass(frozen=True)
class Shingles:
    """The shingles of a text in order: `values[i]` begins at token i. Texts below four words have one, or none.

    `words`: the text itself, as its folded tokens joined by blanks.
    """

    words: str
    values: Numbers

    def __len__(self) -> int:
        return len(self.values)

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """The folded tokens."""
        return tuple(self.words.split())

    @cached_property
    def stops(self) -> Places:
        """Where each shingle ends: `values[i]` is of the tokens from i up to `stops[i]`."""
        return _stops(self.words)[: len(self.values)]

    @cached_property
    def distinct(self) -> Numbers:
        """The values in ascending order, each once."""
        return np.unique(self.values)

    def picked(self, window: int) -> Places:
        """The places of the shingles that winnowing picks, ascending."""
        return _winnow(self.values, window)

    @cached_property
    def asked(self) -> Places:
        """The places of the fingerprints that are looked for in others."""
        return self.picked(NARROW)

    def stored(self) -> list[int]:
        """The fingerprints that others find this text by, each once."""
        places = self.asked if len(self.values) <= _BRIEF else self.picked(WIDE)
        return [int(each) for each in np.unique(fingerprints(self.values[places]))]


def shingles(words: str) -> Shingles:
    """The shingles of a text, given as its folded tokens joined by blanks (`storage.tokens.token_string`)."""
    if not words:
        return Shingles(words, np.empty(0, np.uint64))
    return Shingles(words, _runs(_token_hashes(words), _stops(words)))


def _stops(words: str) -> Places:
    """For each token, where the shingle that begins with it ends; at the text's end, with the text."""
    count = words.count(" ") + 1
    if not unspaced(words):
        return np.minimum(np.arange(count) + SHINGLE_WORDS, count)
    weights = np.fromiter((_SIGN if unspaced(each) else _WORD for each in words.split()), np.intp, count)
    until = np.concatenate(([0], np.cumsum(weights)))
    stops: Places = np.searchsorted(until, np.minimum(until[:-1] + _WEIGHT, until[-1]))
    return stops


def fingerprints(values: Numbers) -> NDArray[np.int64]:
    """The values as they are stored: cut to 40 bits."""
    return (values >> np.uint64(64 - _BITS)).astype(np.int64)


def _token_hashes(words: str) -> Numbers:
    """A number for each token: its bytes as the digits of a number modulo 2^64."""
    signs = np.frombuffer(words.encode("utf-8", "surrogatepass"), np.uint8)
    blanks = np.flatnonzero(signs == _BLANK)
    starts, stops = np.concatenate(([0], blanks + 1)), np.concatenate((blanks, [len(signs)]))
    return _mixed(_spans(signs.astype(np.uint64) + np.uint64(1), starts, stops))


def _runs(hashes: Numbers, stops: Places) -> Numbers:
    """The runs of tokens from each place to its stop; of those that the text's end cut short only the first is a run."""
    whole = max(1, int(np.searchsorted(stops, len(hashes))) + 1)
    return _mixed(_spans(hashes, np.arange(whole), stops[:whole]))


def _spans(digits: Numbers, starts: Places, stops: Places) -> Numbers:
    """Polynomial hashes of `digits[start:stop]`, whatever precedes them (Karp and Rabin, 1987, over prefix sums)."""
    powers, inverse = _powers.upto(len(digits))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(digits * powers, dtype=np.uint64)))
    return (sums[stops] - sums[starts]) * inverse[starts]


def _mixed(values: Numbers) -> Numbers:
    """The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): near values become far ones."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _winnow(values: Numbers, window: int) -> Places:
    """Places of the smallest value of each window, the last of equal ones."""
    if len(values) <= window:
        return np.array([len(values) - 1 - int(np.argmin(values[::-1]))]) if len(values) else np.empty(0, np.intp)
    windows = np.lib.stride_tricks.sliding_window_view(values[::-1], window)
    least = np.arange(len(windows)) + np.argmin(windows, axis=1)
    return np.unique(len(values) - 1 - least)
