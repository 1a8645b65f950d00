"""Does a query match a document, and where: the one judge for live rules, search and replays. A pure module.

The meaning of every form is told in `docs/query-language.md`. In short: a leaf *occurs* at runs of tokens of one
field; NEAR/n keeps those occurrences of its sides that have a partner with at most n tokens between, the two not
sharing a token; NOT NEAR/n those of its left side that have none; AND, OR and NOT are the logic of "occurs at all". A
comment matches only by a `comment:` word that stands outside NOT; on comments, `title:` and the short fields speak of the
article they stand under.
"""

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np

from storage.evidence import MOST_EVIDENCE, Found, evidence_of
from storage.lexer import FARTHEST_NEAR
from storage.models import DocumentKind, Evidence
from storage.pieces import Piece, Text
from storage.prepared import Prepared, View
from storage.syntax import (
    TEXT_FIELDS,
    And,
    Apart,
    AtLeast,
    Fact,
    Field,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Within,
    Words,
    asked,
    leaves,
)
from storage.texts import FieldText, Hit
from storage.views import views

_VERSION = DocumentKind.VERSION  # to read it off its enumeration takes longer
_LARGE = 100  # occurrences from which on both sides of a NEAR are compared at once
_MANY = 50  # leaves of a NEAR from which on those are left out first that are nowhere


def matches(node: Node, prepared: Prepared) -> bool:
    """Whether the query matches; the same verdict as `evaluate`, without gathering evidence for articles."""
    if prepared.kind is DocumentKind.COMMENT:
        return _proven(node, prepared) is not None
    return holds(node, prepared.texts, prepared)


def evaluate(node: Node, prepared: Prepared) -> tuple[Evidence, ...] | None:
    """The evidence of a match, or None where the query does not match.

    Evidence stands for occurrences of leaves outside NOT that took part in the match, at most MOST_EVIDENCE: the
    first of each leaf before the second of any, in the order of the fields and of the text. `start` and `end` count
    characters of the original field; for author and tag, of the one value.
    """
    found = _proven(node, prepared)
    if found is None:
        return None
    return evidence_of(found)


def _proven(node: Node, prepared: Prepared) -> list[Found] | None:
    found = _gather(node, prepared.texts, prepared, wanted=True)
    if found is not None and prepared.kind is DocumentKind.COMMENT:
        return found if any(each.text.name is Field.COMMENT for each in found) else None
    return found


def _gather(node: Node, view: View, prepared: Prepared, *, wanted: bool) -> list[Found] | None:
    """What shows that the node's truth is as wanted, or None when it is not. Leaves that must be absent show nothing."""
    found: list[Found] | None
    match node:
        case Not():
            return _gather(node.part, view, prepared, wanted=not wanted)
        case And() | Or():
            return _gather_parts(node, view, prepared, wanted=wanted)
        case Near() | Apart() | AtLeast():
            found = _occurring(node, view) or None
        case Within():
            found = _within(node, view, prepared)
        case Fact():
            fact = prepared.fact(node)
            found = None if fact is None else [Found(FieldText(node.field, fact), [])]
        case Words():
            found = [Found(text, hits) for text in view.get(node.field, ()) if (hits := text.find(node, MOST_EVIDENCE))] or None
    if wanted:
        return found
    return [] if found is None else None


def _gather_parts(node: And | Or, view: View, prepared: Prepared, *, wanted: bool) -> list[Found] | None:
    shown: list[Found] = []
    if isinstance(node, And) is wanted:  # NOT (a OR b) needs both absent
        for part in _likely(node, view) if isinstance(node, Or) else node.parts:
            found = _gather(part, view, prepared, wanted=wanted)
            if found is None:
                return None
            shown += found
        return shown
    some = False
    for part in _likely(node, view) if isinstance(node, Or) else node.parts:
        found = _gather(part, view, prepared, wanted=wanted)
        if found is not None:
            some = True
            shown += found
    return shown if some else None


def _likely(node: Or, view: View) -> Iterable[Node]:
    """The parts that may be true: of a large group only those of which a word is there."""
    guards = node.guards
    if guards is None:
        return node.parts
    found = set(guards.open)
    for (field, language), words in guards.words.items():
        for text in view.get(field, ()):
            found.update(text.base.among(words, language))
    return [node.parts[number] for number in sorted(found)]


def _within(node: Within, view: View, prepared: Prepared) -> list[Found] | None:
    """What makes the inner query true in each of the pieces in which it is; None where it is in none."""
    if not possible(node, view, prepared):
        return None
    true = [
        found for each in views(node, view, prepared) if (found := _gather(node.part, each, prepared, wanted=True)) is not None
    ]
    return [found for one in true for found in one] if true else None


def _occurring(node: Near | Apart | AtLeast, view: View) -> list[Found]:
    """The occurrences that take part, and those that they need inside a nested NEAR, leaf by leaf and text by text."""
    inside = [leaf for leaf in asked(node) if isinstance(leaf, Words)]
    part = node.part if isinstance(node, AtLeast) else node
    found, count = [], 0
    for text in view.get(inside[0].field, ()):
        sides = _Sides(text)
        occurring = sides.counting(part)
        count += len(occurring)
        shown = sides.needed(part, occurring)
        if shown:
            present = inside if len(inside) < _MANY else [leaf for leaf in inside if text.base.holds(leaf)]
            own = ([hit for hit in text.base.find(leaf) if hit in shown] for leaf in present)
            found += [Found(text, hits) for hits in own if hits]
    return found if count >= (node.number if isinstance(node, AtLeast) else 1) else []


class _Sides:
    """The occurrences of NEAR, NOT NEAR and their sides in one text, each worked out once."""

    def __init__(self, text: Text) -> None:
        self._text = text
        self._known: dict[int, set[Hit]] = {}  # by the identity of the node: equality would walk its whole tree

    def _likely(self, node: Or) -> Iterable[Node]:
        return _likely(node, dict.fromkeys(TEXT_FIELDS, (self._text,)))

    def taking_part(self, node: Node) -> set[Hit]:
        """Of a leaf all occurrences, of a group those of any part, of a NEAR those with a partner, of a NOT NEAR the others."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._find(node)
        return known

    def counting(self, node: Node) -> set[Hit]:
        """Those taking part that an edit touched, where only these count: of a NEAR, those that or whose partner it touched.

        Of a NOT NEAR they are those of its left side, and their partners may be anywhere.
        """
        text = self._text
        if not isinstance(text, Piece) or not text.edited:
            return self.taking_part(node)
        match node:
            case Near():
                left, right = self.taking_part(node.left), self.taking_part(node.right)
                new_left, new_right = set(text.touching(left)), set(text.touching(right))
                fresh = _before(left, new_right, node) | _before(new_left, right, node)
                return fresh | _behind(right, new_left, node) | _behind(new_right, left, node)
            case Apart():
                return self.counting(node.left) & self.taking_part(node)
            case Or():
                return set().union(*map(self.counting, self._likely(node)))
            case _:
                return set(text.touching(self.taking_part(node)))

    def _find(self, node: Node) -> set[Hit]:
        match node:
            case Near():
                left, right = self.taking_part(node.left), self.taking_part(node.right)
                return _before(left, right, node) | _behind(right, left, node)
            case Apart():
                left = self.taking_part(node.left)
                return left - _before(left, self.taking_part(node.right), node) if left else left
            case Or():
                return set().union(*map(self.taking_part, self._likely(node)))
            case Words():
                return set(self._text.within(node) if isinstance(self._text, Piece) else self._text.find(node))
            case _:
                raise TypeError(f"{type(node).__name__} beside NEAR")  # the parser makes none

    def needed(self, node: Node, kept: set[Hit]) -> set[Hit]:
        """The kept occurrences, and the partners below that made them occurrences of a nested NEAR."""
        if isinstance(node, Or):
            return kept.union(*(self.needed(part, kept & self.taking_part(part)) for part in self._likely(node)))
        if isinstance(node, Apart):
            return self.needed(node.left, kept)
        if not isinstance(node, Near) or not kept:
            return kept
        left, right = self.taking_part(node.left), self.taking_part(node.right)
        left_kept = (left & kept) | _before(left, right & kept, node)
        right_kept = (right & kept) | _behind(right, left & kept, node)
        return kept | self.needed(node.left, left_kept) | self.needed(node.right, right_kept)


def occurrences(node: Node, text: Text) -> set[Hit]:
    """Where words, a group of them, a NEAR or a NOT NEAR occur in one text: what a NEAR around it would compare."""
    return _Sides(text).taking_part(node)


def _before(left: set[Hit], right: set[Hit], near: Near | Apart) -> set[Hit]:
    """Those of the left side that have a partner on the right one."""
    return _with_partner(left, right, near.distance + 1, before=not near.ordered)


def _behind(right: set[Hit], left: set[Hit], near: Near) -> set[Hit]:
    """Those of the right side that have a partner on the left one."""
    return _with_partner(right, left, near.distance + 1, after=not near.ordered)


def _with_partner(these: set[Hit], others: set[Hit], reach: int, *, before: bool = True, after: bool = True) -> set[Hit]:
    """Those that have one of the others begin within `reach` after their end, or end within it before their start.

    `before`: whether one that stands before them counts; `after`: likewise.
    """
    if not these or not others:
        return set()
    if len(these) + len(others) > _LARGE:
        return _many_with_partner(these, others, reach, before=before, after=after)
    starts = sorted(other.first for other in others)
    ends = sorted(other.last for other in others)
    with_partner = set()
    for this in these:
        following = bisect_left(starts, this.last + 1) if after else len(starts)
        preceding = bisect_left(ends, this.first) - 1 if before else -1
        if (following < len(starts) and starts[following] - this.last <= reach) or (
            preceding >= 0 and this.first - ends[preceding] <= reach
        ):
            with_partner.add(this)
    return with_partner


def _many_with_partner(these: set[Hit], others: set[Hit], reach: int, *, before: bool, after: bool) -> set[Hit]:
    """The same, all at once."""
    mine = list(these)
    spans, there = np.array(mine), np.array(list(others))
    found = np.zeros(len(mine), bool)
    if after:
        starts = np.append(np.sort(there[:, 0]), np.iinfo(there.dtype).max)
        found |= starts[np.searchsorted(starts, spans[:, 1] + 1)] - spans[:, 1] <= reach
    if before:
        ends = np.insert(np.sort(there[:, 1]), 0, -FARTHEST_NEAR - 2)
        found |= spans[:, 0] - ends[np.searchsorted(ends, spans[:, 0]) - 1] <= reach
    return {mine[number] for number in np.flatnonzero(found)}


def holds(node: Node, view: View, prepared: Prepared) -> bool:
    """The truth of a node for an article, seen in a view, without collecting anything."""
    match node:
        case Words():
            if node.anywhere and len(node.words) == 1 and view is prepared.texts and prepared.kind is _VERSION:
                return node.words[0] in prepared.words
            return any(text.holds(node) for text in view.get(node.field, ()))
        case And():
            return all(holds(part, view, prepared) for part in node.parts)
        case Or():
            return any(holds(part, view, prepared) for part in _likely(node, view))
        case Not():
            return not holds(node.part, view, prepared)
        case Near(Words(words=(left,), plain=True), Words(words=(right,), plain=True)) if (
            view is prepared.texts and left != right
        ):
            texts = list(_texts_of(node, view))
            quick = [
                text.near(left, right, node.distance, ordered=node.ordered) if isinstance(text, FieldText) else None
                for text in texts
            ]
            return _occurs_enough(node, texts) if None in quick else any(quick)
        case Near() | Apart() | AtLeast():
            return _occurs_enough(node, _texts_of(node, view))
        case Within():
            return possible(node, view, prepared) and any(
                holds(node.part, each, prepared) for each in views(node, view, prepared)
            )
        case Fact():
            return prepared.fact(node) is not None


def possible(node: Node, view: View, prepared: Prepared) -> bool:
    """Whether the node may be true of some piece of a view: a question for the whole view, asked before its pieces are."""
    match node:
        case And():
            return all(possible(part, view, prepared) for part in node.parts)
        case Or():
            return any(possible(part, view, prepared) for part in _likely(node, view))
        case Near():
            return possible(node.left, view, prepared) and possible(node.right, view, prepared)
        case Apart():
            return possible(node.left, view, prepared)
        case AtLeast():
            return possible(node.part, view, prepared)
        case Within():
            return node.scope in {Scope.ADDED, Scope.REMOVED} or possible(node.part, view, prepared)
        case Words():
            return any(text.base.holds(node) for text in view.get(node.field, ()))
        case Not() | Fact():
            return True


def _texts_of(node: Node, view: View) -> Iterable[Text]:
    return view.get(next(leaves(node)).field, ())


def _occurs_enough(node: Near | Apart | AtLeast, texts: Iterable[Text]) -> bool:
    if not isinstance(node, AtLeast):
        return any(_Sides(text).counting(node) for text in texts)
    return sum(len(_Sides(text).counting(node.part)) for text in texts) >= node.number
