"""How nearly a document has the words that a query asks for: distances, other spellings, words alike. A pure module."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from typing import NamedTuple

from alerts.reasons.wording import as_written
from storage.language.evaluate import occurrences
from storage.language.pieces import Text
from storage.language.syntax import Look, Node, Words
from storage.language.texts import Hit

_MOST_PLACES = 2000  # of one word in one text: more would make the search for the nearest slow
_LEAST_ALIKE = 5  # letters: shorter words are alike by chance
_ALIKE = 0.8
_HANGUL_END = re.compile(r"[\uac00-\ud7a3]{2}\Z")


class Pair(NamedTuple):
    """Two occurrences in one text: how many words stand between them, and from where to where both reach."""

    between: int
    text: Text
    first: int
    last: int


def nearest_pairs(left: Node, right: Node, texts: Iterable[Text]) -> tuple[Pair | None, Pair | None]:
    """The nearest that the right side comes behind the left, and that it comes before it, in one text and sharing no word."""
    forth: Pair | None = None
    back: Pair | None = None
    for text in texts:
        ones, others = occurrences(left, text), occurrences(right, text)
        forth = _nearer(forth, _behind(ones, others, text))
        back = _nearer(back, _behind(others, ones, text))
    return forth, back


def _behind(ones: Iterable[Hit], others: Iterable[Hit], text: Text) -> Pair | None:
    following = sorted(others)
    starts = [hit.first for hit in following]
    best: Pair | None = None
    for one in ones:
        at = bisect_right(starts, one.last)
        if at < len(starts):
            best = _nearer(best, Pair(starts[at] - one.last - 1, text, one.first, following[at].last))
    return best


def _nearer(one: Pair | None, other: Pair | None) -> Pair | None:
    """The nearer of two; the earlier one in its text where they are alike."""
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda pair: (pair.between, pair.text is not one.text, pair.first))


def nearest_in_order(leaf: Words, texts: Iterable[Text]) -> Pair | None:
    """The shortest stretch of a text that holds the words of a phrase in their order."""
    best: Pair | None = None
    for text in texts:
        places = _places(leaf, text)
        for first in places[0]:
            last = first
            for found in places[1:]:
                at = bisect_right(found, last)
                if at == len(found):
                    break
                last = found[at]
            else:
                between = last - first + 1 - len(places)
                if best is None or between < best.between:
                    best = Pair(between, text, first, last)
    return best


def nearest_in_any_order(leaf: Words, texts: Iterable[Text]) -> Pair | None:
    """The shortest stretch of a text that holds each word of a phrase as often as the phrase does."""
    distinct = dict.fromkeys(leaf.words)
    wanted = [leaf.words.count(word) for word in distinct]
    best: Pair | None = None
    for text in texts:
        places = _places(replace(leaf, words=tuple(distinct), look=Look.FOLDED, spelt=(), slop=None), text)
        marks = sorted((place, number) for number, found in enumerate(places) for place in found)
        held, missing, left = [0] * len(wanted), len(wanted), 0
        for place, number in marks:
            held[number] += 1
            missing -= held[number] == wanted[number]
            while missing == 0:
                first, leaving = marks[left]
                between = place - first + 1 - len(leaf.words)
                if best is None or between < best.between:
                    best = Pair(between, text, first, place)
                missing += held[leaving] == wanted[leaving]
                held[leaving] -= 1
                left += 1
    return best


def each_word(leaf: Words) -> list[Words]:
    """The words of a phrase, each for itself, however they are spelt."""
    return [replace(leaf, words=(word,), look=Look.FOLDED, spelt=(), slop=None) for word in leaf.words]


def _places(leaf: Words, text: Text) -> list[list[int]]:
    known: dict[str, list[int]] = {}
    for word in each_word(leaf):
        if word.words[0] not in known:
            known[word.words[0]] = [hit.first for hit in text.find(word)[:_MOST_PLACES]]
    return [known[word] for word in leaf.words]


def folded(leaf: Words) -> Words:
    """The leaf, however its words are spelt; Korean ones with their particles, as in a query that asks for no spelling."""
    words = tuple(f"{word}*" if _HANGUL_END.search(word) else word for word in leaf.words)
    return replace(leaf, words=words, look=Look.FOLDED, spelt=())


def found_in(leaf: Words, texts: Iterable[Text]) -> list[tuple[Text, list[Hit]]]:
    """The texts that hold a leaf's words, and where."""
    return [(text, hits) for text in texts if (hits := text.find(leaf))]


def forms(found: Iterable[tuple[Text, list[Hit]]], most: int) -> list[str]:
    """The different ways in which words are written where they were found, in quotes, the first `most`."""
    shown: dict[str, None] = {}
    for text, hits in found:
        for hit in hits[:_MOST_PLACES]:
            shown[as_written(text.base, hit.first, hit.last)] = None
            if len(shown) == most:
                return list(shown)
    return list(shown)


def alike(word: str, texts: Iterable[Text]) -> str | None:
    """A word of the texts that is spelt nearly so; None for short words, which are alike by chance."""
    if len(word) < _LEAST_ALIKE:
        return None
    near = {
        each
        for text in texts
        for each in text.base.positions
        if abs(len(each) - len(word)) <= 2 and (each[0] == word[0] or each[-3:] == word[-3:])
    }
    return next(iter(get_close_matches(word, sorted(near), 1, _ALIKE)), None)
