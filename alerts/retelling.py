"""Retelling: what of a document has not been told yet, because no article that was told has it. A pure module.

A page may hold a story that was told with something else around it, or a piece of one. Such a page is another story; but a
rule that finds nothing in what it adds has nothing new to tell.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from storage.fingerprints import NOTHING, Mask, ascending, shingles
from storage.models import Document
from storage.overlap import among
from storage.tokens import COMMON_WORDS, token_string, tokenize

_EDIT = 8  # words: fewer between two runs that were told are a changed wording, not news
_NAMED = 0.5  # of a headline's telling words: a headline that speaks of less in the new text speaks of the old


@dataclass(frozen=True, slots=True)
class Told:
    """An article that an alert told of: the alert, and the article's text."""

    alert_id: int
    text: str


def untold(document: Document, told: Iterable[Told]) -> Document:
    """The document with nothing in its body but what stands in none of the told texts, and its title if it is about that."""
    tokens = tokenize(document.body)
    text = shingles(" ".join(tokens.folded))
    known = ascending(np.concatenate([NOTHING, *(shingles(token_string(each.text)).values for each in told)]))
    covered = np.zeros(len(tokens) + 1, np.int64)  # +1 where a told run begins, -1 where it ends
    places = np.flatnonzero(among(text.values, known))
    np.add.at(covered, places, 1)
    np.add.at(covered, text.stops[places], -1)
    new = _runs(np.cumsum(covered)[:-1] == 0)
    kept = [(start, stop) for start, stop in new if stop - start >= _EDIT or start == 0 or stop == len(tokens)]
    body = "\n\n".join(document.body[tokens.starts[start] : tokens.ends[stop - 1]] for start, stop in kept)
    return replace(document, body=body, title=document.title if _is_about(document.title, body) else "")


def _runs(new: Mask) -> Sequence[tuple[int, int]]:
    """Where the runs of true values start and stop."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], new.astype(np.int8), [0]))))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def _is_about(title: str, body: str) -> bool:
    named = set(token_string(title).split()) - COMMON_WORDS
    return bool(named) and len(named & set(token_string(body).split())) >= _NAMED * len(named)
