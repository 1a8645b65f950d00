"""Does a query match a document, and where: the one judge for live rules, search and replays. A pure module.

The meaning of every form is told in `docs/query-language.md`. In short: a leaf *occurs* at runs of tokens of one
field; NEAR/n keeps those occurrences of its sides that have a partner with at most n tokens between, the two not
sharing a token; AND, OR and NOT are the logic of "occurs at all". A comment matches only by a `comment:` word that
stands outside NOT; on comments, `title:` and the short fields speak of the article they stand under.
"""

from bisect import bisect_left

from storage.candidates import candidates
from storage.evidence import Found, evidence_of
from storage.models import DocumentKind, Evidence
from storage.prepared import FieldText, Hit, Prepared, prepare
from storage.syntax import And, Field, Leaf, Near, Node, Not, Or, Phrase, Prefix, Term, leaves

__all__ = ["candidates", "evaluate", "matches", "prepare"]


def matches(node: Node, prepared: Prepared) -> bool:
    """Whether the query matches; the same verdict as `evaluate`, without gathering evidence for articles."""
    if prepared.kind is DocumentKind.COMMENT:
        return _proven(node, prepared) is not None
    return _holds(node, prepared)


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
    found = _gather(node, prepared, wanted=True)
    if found is not None and prepared.kind is DocumentKind.COMMENT:
        return found if any(each.text.name is Field.COMMENT for each in found) else None
    return found


def _gather(node: Node, prepared: Prepared, *, wanted: bool) -> list[Found] | None:
    """What shows that the node's truth is as wanted, or None when it is not. Leaves that must be absent show nothing."""
    match node:
        case Not():
            return _gather(node.part, prepared, wanted=not wanted)
        case And() | Or():
            parts = [_gather(part, prepared, wanted=wanted) for part in node.parts]
            shown = [part for part in parts if part is not None]
            every = isinstance(node, And) is wanted  # NOT (a OR b) needs both absent
            if not shown or (every and len(shown) < len(parts)):
                return None
            return [each for part in shown for each in part]
        case Near():
            found = _near_found(node, prepared)
        case _:
            found = _leaf_found(node, prepared)
    if wanted:
        return found or None
    return None if found else []


def _leaf_found(leaf: Leaf, prepared: Prepared) -> list[Found]:
    if leaf.field in {Field.SITE, Field.LANG}:
        fact = prepared.fact(leaf)
        return [] if fact is None else [Found(FieldText(leaf.field, fact), [])]
    found = ((text, text.find(leaf)) for text in prepared.texts.get(leaf.field, ()))
    return [Found(text, hits) for text, hits in found if hits]


def _near_found(near: Near, prepared: Prepared) -> list[Found]:
    """The occurrences that take part, and those that they need inside a nested NEAR, leaf by leaf and text by text."""
    inside = list(leaves(near))
    found = []
    for text in prepared.texts.get(inside[0].field, ()):
        sides = _Sides(text)
        shown = sides.needed(near, sides.taking_part(near))
        if shown:
            own = ([hit for hit in text.find(leaf) if hit in shown] for leaf in inside)
            found += [Found(text, hits) for hits in own if hits]
    return found


class _Sides:
    """The occurrences of NEAR and its sides in one text, each worked out once."""

    def __init__(self, text: FieldText) -> None:
        self._text = text
        self._known: dict[int, set[Hit]] = {}  # by the identity of the node: equality would walk its whole tree

    def taking_part(self, node: Node) -> set[Hit]:
        """Of a leaf all occurrences, of a group those of any part, of a NEAR those that have a partner."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._find(node)
        return known

    def _find(self, node: Node) -> set[Hit]:
        match node:
            case Near():
                left, right = self.taking_part(node.left), self.taking_part(node.right)
                reach = node.distance + 1
                return _with_partner(left, right, reach) | _with_partner(right, left, reach)
            case Or():
                return set().union(*map(self.taking_part, node.parts))
            case Term() | Phrase() | Prefix():
                return set(self._text.find(node))
            case And() | Not():
                raise TypeError(f"{type(node).__name__} beside NEAR")  # the parser makes none

    def needed(self, node: Node, kept: set[Hit]) -> set[Hit]:
        """The kept occurrences, and the partners below that made them occurrences of a nested NEAR."""
        if isinstance(node, Or):
            return kept.union(*(self.needed(part, kept & self.taking_part(part)) for part in node.parts))
        if not isinstance(node, Near) or not kept:
            return kept
        left, right = self.taking_part(node.left), self.taking_part(node.right)
        reach = node.distance + 1
        left_kept = (left & kept) | _with_partner(left, right & kept, reach)
        right_kept = (right & kept) | _with_partner(right, left & kept, reach)
        return kept | self.needed(node.left, left_kept) | self.needed(node.right, right_kept)


def _with_partner(these: set[Hit], others: set[Hit], reach: int) -> set[Hit]:
    """Those that have one of the others begin within `reach` after their end, or end within it before their start."""
    if not these or not others:
        return set()
    starts = sorted(other.first for other in others)
    ends = sorted(other.last for other in others)
    with_partner = set()
    for this in these:
        after = bisect_left(starts, this.last + 1)
        before = bisect_left(ends, this.first) - 1
        if (after < len(starts) and starts[after] - this.last <= reach) or (before >= 0 and this.first - ends[before] <= reach):
            with_partner.add(this)
    return with_partner


def _holds(node: Node, prepared: Prepared) -> bool:
    """The truth of a node for an article, without collecting anything."""
    match node:
        case And():
            return all(_holds(part, prepared) for part in node.parts)
        case Or():
            return any(_holds(part, prepared) for part in node.parts)
        case Not():
            return not _holds(node.part, prepared)
        case Near():
            field = next(leaves(node)).field
            return any(_Sides(text).taking_part(node) for text in prepared.texts.get(field, ()))
        case Term() if node.field not in {Field.SITE, Field.LANG}:
            return any(node.word in text.positions for text in prepared.texts.get(node.field, ()))
        case _:
            return bool(_leaf_found(node, prepared))
