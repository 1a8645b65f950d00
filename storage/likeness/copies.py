"""What an overlap means: which relation two articles have, and which story a new one belongs to. A pure module."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from storage.likeness.overlap import SAME_TITLE, Overlap
from storage.likeness.series import Timing
from storage.models import Relation

LEAST_SHARE = 0.1  # of either text: from here on a relation is worth telling
_LEAST_SHINGLES = 8  # that say something; fewer are a phrase
_SHORT = 40  # words: equal texts below that are boilerplate ("Subscribe to read on") as often as copies
_ANY_TITLE = 0.3  # of the smaller title: something that both name
_SUBJECT = 0.4  # of the smaller title: what both are about
_SAME_BUT_MARKED = 0.8  # of the smaller title, where the other says of itself that it is sent again:
_MARKS_OF_RESENT = (
    "corrected correction corrects rpt repeats refile refiled update updated recasts "  # English
    "korrektur korrigiert berichtigung aktualisiert aktualisierung "  # German
    "rectificatif rectifie actualise actualisation correccion corregido actualizacion actualizado "  # French, Spanish
    "correzione aggiornamento rettelse rattelse"  # Italian, Danish and Norwegian, Swedish
)
_MARKS = frozenset(_MARKS_OF_RESENT.split())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A known article that shares text with a new one, and whether one of the two is a copy."""

    article_id: int
    story_id: int
    overlap: Overlap
    copy: bool


def is_copy(overlap: Overlap) -> bool:
    """Whether one of the two texts was, in substance, taken from the other."""
    whole = min(overlap.of_new, overlap.of_old) == 1.0
    if whole and overlap.shorter < _SHORT:
        return overlap.titles >= (SAME_TITLE if overlap.told_shared < _LEAST_SHINGLES else _ANY_TITLE)
    if overlap.told_shared < _LEAST_SHINGLES or overlap.most < 0.4:
        return False
    return _is_resent(overlap) if overlap.same_site else _is_taken(overlap)


def _is_taken(overlap: Overlap) -> bool:
    """Between sites a shared text is a copy, but for the same form filled with other figures, or with other names."""
    if overlap.most >= 0.75:
        return True
    if _has_other_figures(overlap):
        return False
    if overlap.most >= 0.6 or (overlap.numbers >= 0.8 and overlap.words >= 0.8):
        return True
    return overlap.longest >= 16 or overlap.run >= 6  # else other names


def _has_other_figures(overlap: Overlap) -> bool:
    """In the same places; or, under another headline, altogether: notices of two deaths share all but names and figures."""
    if overlap.differing >= 3 and overlap.agreement < 0.25:
        return True
    return overlap.figures >= 4 and overlap.numbers < 0.34 and overlap.titles < _SUBJECT


def _is_resent(overlap: Overlap) -> bool:
    """On one site a shared text may be a form or a series: a re-send tells the same of the same, with the same figures."""
    if _is_said_to_be_resent(overlap):
        return True
    if overlap.timing is Timing.APART and overlap.most < 0.9:
        return False  # the next of a series
    if overlap.told_shared < 30 and max(overlap.of_new, overlap.of_old) < 0.93:
        return False  # a brief that is mostly the site's form
    if overlap.most >= 0.95 and overlap.differing <= 2:
        return True  # a correction
    return overlap.numbers >= 0.6 and overlap.words >= 0.6 and _is_of_one_piece(overlap)


def _is_said_to_be_resent(overlap: Overlap) -> bool:
    """By its title, or by the hour: what is sent again about one subject, within hours, is an update."""
    marked = bool((overlap.new.title_words ^ overlap.old.title_words) & _MARKS)
    if marked and overlap.titles >= _SAME_BUT_MARKED:
        return True
    if overlap.timing is not Timing.TOGETHER or overlap.told_shared < 20:
        return False
    if overlap.words >= 0.7 and overlap.numbers >= 0.6 and overlap.longest >= 6:
        return True
    return overlap.titles >= _SUBJECT and overlap.agreement >= 0.5 and overlap.longest >= 10 and overlap.run >= 5


def _is_of_one_piece(overlap: Overlap) -> bool:
    """Whether whole paragraphs are shared, not the phrases between a form's slots."""
    if overlap.differing == 0:
        return overlap.run >= 6 and overlap.most >= 0.5
    whole_paragraphs = overlap.longest >= 40 and overlap.run >= 20
    return whole_paragraphs and overlap.most >= 0.45 and overlap.agreement >= 0.7 and overlap.numbers >= 0.7


def joins(overlap: Overlap) -> bool:
    """Whether a copy is a carrier of the same story, not a page of which the other is one piece."""
    if overlap.titles < SAME_TITLE and overlap.most >= 0.85:  # the one holds the other under another headline
        return overlap.least >= 0.6 and overlap.gap < 0.25
    if overlap.least >= 0.6:
        return True
    mostly_new = overlap.told_new < 0.5 <= overlap.told_old and overlap.titles < SAME_TITLE
    if overlap.opening and overlap.least >= 0.25 and not mostly_new:
        return True
    return overlap.span >= 0.75 and overlap.least >= (0.3 if overlap.titles >= SAME_TITLE else 0.4)


def relation(overlap: Overlap, *, copy: bool) -> Relation:
    """What the new text is to the known one."""
    if not copy:
        return Relation.PARTIAL
    if overlap.of_new >= 0.8 and overlap.of_old >= 0.8:
        return Relation.COPY
    if overlap.least >= 0.5 and abs(overlap.of_new - overlap.of_old) < 0.2:
        return Relation.COPY
    return Relation.EXCERPT if overlap.of_new >= overlap.of_old else Relation.CONTAINS


def story_of(copies: Sequence[Candidate]) -> int | None:
    """The story that a new article belongs to, of those of its copies; None: a story of its own."""
    pieces = _pieces(copies)
    fit = [each for each in copies if joins(each.overlap) and (len(pieces) < 2 or _covers(each, pieces))]
    best = max(fit, key=lambda each: (each.overlap.least, -each.article_id), default=None)
    return best.story_id if best else None


def _pieces(copies: Sequence[Candidate]) -> list[Candidate]:
    """Copies of different stories that each stand in a different part of the new text."""
    if len({each.story_id for each in copies}) < 2:
        return []
    pieces: list[Candidate] = []
    for each in sorted(copies, key=lambda each: -len(each.overlap.places)):
        if each.overlap.told_old >= 0.5 and all(_apart(each, other) for other in pieces):
            pieces.append(each)
    return pieces


def _apart(one: Candidate, other: Candidate) -> bool:
    if one.story_id == other.story_id:
        return False
    own = np.setdiff1d(one.overlap.places, other.overlap.places, assume_unique=True)
    return len(own) >= 0.6 * len(one.overlap.places)


def _covers(one: Candidate, pieces: Sequence[Candidate]) -> bool:
    """Whether what is shared with one candidate holds all pieces."""
    together = np.unique(np.concatenate([each.overlap.places for each in pieces]))
    return len(np.intersect1d(together, one.overlap.places)) >= 0.9 * len(together)
