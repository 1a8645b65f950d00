"""Retelling: what of a document has not been told yet, because no article that was told has it. A pure module.

A page may hold a story that was told with something else around it, or a piece of one. Such a page is another story; but a
rule that finds nothing in what it adds has nothing new to tell.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from storage.folded import token_string
from storage.likeness.fingerprints import NOTHING, Mask, Numbers, Shingles, ascending, shingles
from storage.likeness.overlap import among
from storage.models import Document
from storage.tokens import COMMON_WORDS, tokenize

_EDIT = 8  # words: fewer between two runs that were told are a changed wording, not news
_LEFT_OUT = 120  # words: a longer piece in the middle of a told text is another text
_PASSAGE = 20  # words: what is no copy shares less with another text by being the same kind of piece
_NAMED = 0.5  # of a headline's telling words: a headline that speaks of less in the new text speaks of the old


@dataclass(frozen=True, slots=True)
class Told:
    """An article that an alert told of: the alert, the article's text, and whether it is a copy or shares only a part."""

    alert_id: int
    text: str
    copy: bool = True


def untold(document: Document, told: Iterable[Told]) -> Document:
    """The document with nothing in its body but what stands in none of the told texts, and its title if it is about that.

    Of a told text that is no copy, only whole passages count: phrases, and forms filled with other names, stand in many texts.
    """
    tokens = tokenize(document.body)
    text = shingles(" ".join(tokens.folded))
    texts = list(told)
    covered = np.zeros(len(tokens), bool)
    for each in texts:
        if each.copy:
            covered |= _copied(text, shingles(token_string(each.text)))
    for start, stop in _passages(text, [each.text for each in texts if not each.copy]):
        covered[start:stop] = True
    title = token_string(document.title).split()
    if list(text.tokens[: len(title)]) == title:
        covered[: len(title)] = True  # it is judged as the title that it is
    new = _runs(~covered)
    kept = [(start, stop) for start, stop in new if stop - start >= _EDIT or start == 0 or stop == len(tokens)]
    body = "\n\n".join(document.body[tokens.starts[start] : tokens.ends[stop - 1]] for start, stop in kept)
    return replace(document, body=body, title=document.title if _is_about(document.title, body) else "")


def _copied(text: Shingles, told: Shingles) -> Mask:
    """Which tokens of a text stand in a copy that was told, or between two parts of it that follow one another there.

    Who was told of a shortened text was told of the story; what was left out of its middle is no news.
    """
    covered = _covered(text, told.distinct)
    places = np.flatnonzero(among(text.values, told.distinct))
    first = np.argsort(told.values, kind="stable")  # where each stands there, the first of equal ones first
    there = first[np.searchsorted(told.values[first], text.values[places])]
    here, between = np.diff(places), np.diff(there)
    for at in np.flatnonzero((here > 1) & (here <= _LEFT_OUT) & (between > 0) & (between <= _EDIT)):
        covered[places[at] : places[at + 1]] = True
    return covered


def _covered(text: Shingles, known: Numbers) -> Mask:
    """Which tokens of a text belong to one of the known shingles, given in ascending order."""
    edges = np.zeros(len(text.tokens) + 1, np.int64)  # +1 where a told run begins, -1 where it ends
    places = np.flatnonzero(among(text.values, known))
    np.add.at(edges, places, 1)
    np.add.at(edges, text.stops[places], -1)
    covered: Mask = np.cumsum(edges)[:-1] > 0
    return covered


def _passages(text: Shingles, told: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Where a text has whole passages of those told: as there, but for figures and for other words that stand there too."""
    others = [shingles(token_string(each)) for each in told]
    known = {word for each in others for word in each.tokens}
    covered = _covered(text, ascending(np.concatenate([NOTHING, *(each.values for each in others)])))
    for start, stop in _runs(~covered):
        gap = text.tokens[start:stop]
        covered[start:stop] = len(gap) < _EDIT and all(word[0].isdigit() or word in known for word in gap)
    return ((start, stop) for start, stop in _runs(covered) if stop - start >= _PASSAGE)


def _runs(new: Mask) -> Sequence[tuple[int, int]]:
    """Where the runs of true values start and stop."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], new.astype(np.int8), [0]))))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _is_about(title: str, body: str) -> bool:
    named = set(token_string(title).split()) - COMMON_WORDS
    return bool(named) and len(named & set(token_string(body).split())) >= _NAMED * len(named)
