"""Shingles and fingerprints of a text: what copies share. A pure module.

A shingle is a run of four words, as a number. The fingerprints of a text are those of its shingles that winnowing picks
(Schleimer, Wilkerson, Aiken: Winnowing, SIGMOD 2003): the smallest of every window of consecutive shingles, so any shared
run of `window + 3` words shares one. The picks of a wide window are among those of a narrow one: a text is stored by its
wide picks and asked for by its narrow ones.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from storage.tokens import unspaced

Numbers = NDArray[np.uint64]
Mask = NDArray[np.bool_]
Places = NDArray[np.intp]

SHINGLE_WORDS = 4
NARROW, MIDDLE, WIDE = 8, 16, 24  # windows, in shingles
BRIEF = 150  # shingles: a shorter text is asked and stored by its narrow picks, else too few stand for it
_BITS = 40  # of a stored fingerprint: a stranger shares one by chance with p = 4e-4 among 400 million rows
_WORD, _SIGN = 2, 1  # weights: in scripts without blanks each sign is a token, and says about half of what a word does
_WEIGHT = SHINGLE_WORDS * _WORD
_BASE = np.uint64(0x9E3779B97F4A7C15)  # odd: no power of it is zero modulo 2^64
_ONE, _BLANK = np.uint64(1), ord(" ")
_PLACE = np.uint64((1 << 24) - 1)  # bits of a place in a text
NOTHING: Numbers = np.empty(0, np.uint64)


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
        if unspaced(self.words):
            return _stops(self.words)[: len(self.values)]
        return np.minimum(np.arange(len(self.values)) + SHINGLE_WORDS, len(self.tokens))

    @cached_property
    def distinct(self) -> Numbers:
        """The values in ascending order, each once."""
        return ascending(self.values)

    @cached_property
    def asked(self) -> Places:
        """The places of the fingerprints that are looked for in others, ascending."""
        return _places(self._asked)

    @cached_property
    def stored(self) -> list[int]:
        """The fingerprints that others find this text by, ascending, each once."""
        places = self.asked if len(self.values) <= BRIEF else _places(_smallest(self._asked, WIDE, already=MIDDLE))
        found: list[int] = ascending(fingerprints(self.values[places])).tolist()
        return found

    @cached_property
    def _asked(self) -> Numbers:
        return _smallest(_keys(self.values), NARROW if len(self.values) <= BRIEF else MIDDLE)


def shingles(words: str) -> Shingles:
    """The shingles of a text, given as its folded tokens joined by blanks (`storage.tokens.token_string`)."""
    hashes = _token_hashes(words)
    if unspaced(words):
        return Shingles(words, _runs(hashes, _stops(words)))
    whole = max(min(1, len(hashes)), len(hashes) - SHINGLE_WORDS + 1)
    values = hashes[:whole].copy()
    for step in range(1, min(SHINGLE_WORDS, len(hashes))):
        values = values * _BASE + hashes[step : step + whole]
    return Shingles(words, _mixed(values))


def fingerprints(values: Numbers) -> Numbers:
    """The values as they are stored: cut to 40 bits."""
    return values >> np.uint64(64 - _BITS)


def ascending(values: Numbers) -> Numbers:
    """The values in ascending order, each once; as `numpy.unique`, in a third of the time."""
    if len(values) < 2:
        return values
    values = np.sort(values)
    return values[np.concatenate(([True], values[1:] != values[:-1]))]


def picked(values: Numbers, window: int) -> Places:
    """The places of the smallest value of each window, the last of equal ones, ascending."""
    return _places(_smallest(_keys(values), window))


def _keys(values: Numbers) -> Numbers:
    """A value's first 40 bits and its place make one number, so that the smallest number of a window names its place."""
    return (values & ~_PLACE) | (_PLACE - np.arange(len(values), dtype=np.uint64))


def _smallest(keys: Numbers, window: int, *, already: int = 1) -> Numbers:
    """The smallest key of each window, of those of windows of `already`: two that overlap cover a wider one."""
    width = already
    while width < window and len(keys) > 1:
        step = min(width, window - width, len(keys) - 1)
        keys, width = np.minimum(keys[:-step], keys[step:]), width + step
    return keys


def _places(keys: Numbers) -> Places:
    """The places that keys name, each once."""
    if not len(keys):
        return np.empty(0, np.intp)
    once = keys[np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))]
    return (_PLACE - (once & _PLACE)).astype(np.intp)


def _token_hashes(words: str) -> Numbers:
    """A number for each token: its bytes as the digits of a number to an odd base, modulo 2^64, all tokens at once."""
    data = np.frombuffer(words.encode("utf-8", "surrogatepass"), np.uint8)
    if not len(data):
        return NOTHING
    powers, inverse = _powers(1 << (len(data) - 1).bit_length())
    until = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data + _ONE) * powers[: len(data)], out=until[1:])
    blanks = np.flatnonzero(data == _BLANK)
    starts = np.concatenate(([0], blanks + 1))
    return _mixed((until[np.concatenate((blanks, [len(data)]))] - until[starts]) * inverse[starts])


@lru_cache(maxsize=8)
def _powers(count: int) -> tuple[Numbers, Numbers]:
    """The first powers of the base, and of its inverse modulo 2^64."""
    inverse = np.uint64(pow(int(_BASE), -1, 1 << 64))
    powers, inverses = np.full(count, _BASE), np.full(count, inverse)
    powers[0] = inverses[0] = 1
    return np.cumprod(powers), np.cumprod(inverses)


def _stops(words: str) -> Places:
    """For each token of a text with unspaced signs, where the shingle that begins with it ends; at the end, with the text."""
    weights = [_SIGN if unspaced(each) else _WORD for each in words.split()]
    until = np.concatenate(([0], np.cumsum(weights)))
    stops: Places = np.searchsorted(until, np.minimum(until[:-1] + _WEIGHT, until[-1]))
    return stops


def _runs(hashes: Numbers, stops: Places) -> Numbers:
    """The runs of tokens from each place to its stop; of those that the text's end cut short only the first is a run."""
    whole = max(1, int(np.searchsorted(stops, len(hashes))) + 1)
    values = np.zeros(whole, np.uint64)
    starts, stops = np.arange(whole), stops[:whole]
    for step in range(_WEIGHT // _SIGN):
        at = starts + step
        inside = at < stops
        values[inside] = values[inside] * _BASE + hashes[at[inside]]
    return _mixed(values)


def _mixed(values: Numbers) -> Numbers:
    """The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): near values become far ones."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
