"""Does a query match a document, and where: the one judge for live rules, search and replays. A pure module.

The meaning of every form is told in `docs/query-language.md`. In short: a leaf *occurs* at runs of tokens of one
field; NEAR/n keeps those occurrences of its sides that have a partner with at most n tokens between, the two not
sharing a token; NOT NEAR/n those of its left side that have none; AND, OR and NOT are the logic of "occurs at all". A
comment matches only by a `comment:` word that stands outside NOT; on comments, `title:` and the short fields speak of the
article they stand under.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from storage.language.cuts import Places, both, count, earliest
from storage.language.evidence import MOST_EVIDENCE, Found, evidence_of
from storage.language.pieces import Text
from storage.language.prepared import Prepared, View
from storage.language.segments import Segments, Sight, segments
from storage.language.sides import Sides, likely, sides_of
from storage.language.syntax import And, Apart, AtLeast, Fact, Field, Near, Node, Not, Or, Scope, Within, Words, asked, field_of
from storage.language.texts import FieldText, Hit
from storage.language.views import views
from storage.models import DocumentKind, Evidence

_VERSION = DocumentKind.VERSION  # to read it off its enumeration takes longer
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


def _proven(node: Node, prepared: Prepared) -> Iterable[Found] | None:
    gathered = _gather(node, prepared.texts, prepared, wanted=True)
    if gathered is None:
        return None
    if prepared.kind is DocumentKind.COMMENT:
        found = list(chain.from_iterable(gathered))
        return found if any(each.text.name is Field.COMMENT for each in found) else None
    return chain.from_iterable(gathered)


def _gather(node: Node, view: View, prepared: Prepared, *, wanted: bool) -> list[Iterable[Found]] | None:
    """What shows that the node's truth is as wanted, or None when it is not. Leaves that must be absent show nothing.

    What takes long to show is worked out when it is looked at: no more is than people are told.
    """
    found: list[Iterable[Found]] | None
    match node:
        case Not():
            return _gather(node.part, view, prepared, wanted=not wanted)
        case And() | Or():
            return _gather_parts(node, view, prepared, wanted=wanted)
        case Near() | Apart() | AtLeast():
            found = [_occurring(node, view)] if holds(node, view, prepared) else None
        case Within():
            found = [_shown_within(node, view, prepared)] if _holds_within(node, view, prepared) else None
        case Fact():
            fact = prepared.fact(node)
            found = None if fact is None else [[Found(FieldText(node.field, fact), [])]]
        case Words():
            shown = [Found(text, hits) for text in view.get(node.field, ()) if (hits := text.find(node, MOST_EVIDENCE))]
            found = [shown] if shown else None
    if wanted:
        return found
    return [] if found is None else None


def _gather_parts(node: And | Or, view: View, prepared: Prepared, *, wanted: bool) -> list[Iterable[Found]] | None:
    shown: list[Iterable[Found]] = []
    if isinstance(node, And) is wanted:  # NOT (a OR b) needs both absent
        for part in likely(node, view) if isinstance(node, Or) else node.parts:
            found = _gather(part, view, prepared, wanted=wanted)
            if found is None:
                return None
            shown += found
        return shown
    some = False
    for part in likely(node, view) if isinstance(node, Or) else node.parts:
        found = _gather(part, view, prepared, wanted=wanted)
        if found is not None:
            some = True
            shown += found
    return shown if some else None


def _segments(node: Within, view: View, prepared: Prepared) -> list[Segments]:
    """The texts of a view, cut as the node says; those of the whole document, and of its first words, once."""
    paragraphs = node.scope is Scope.PARA
    kept = prepared.keeps(view)
    known = prepared.segments.get((id(view), paragraphs)) if kept else None
    if known is None:
        sight = Sight(prepared, view, lambda node, view: holds(node, view, prepared))
        known = segments(sight, paragraphs=paragraphs)
        if kept:
            prepared.segments[id(view), paragraphs] = known
    return known


def _holds_within(node: Within, view: View, prepared: Prepared) -> bool:
    known = view is prepared.texts and (id(view), node.scope is Scope.PARA) in prepared.segments  # then to judge is as quick
    if not known and not possible(node, view, prepared):
        return False
    if node.scope in {Scope.SENTENCE, Scope.PARA}:
        return any(each.having(node.part) for each in _segments(node, view, prepared))
    return any(holds(node.part, each, prepared) for each in views(node, view, prepared))


def _shown_within(node: Within, view: View, prepared: Prepared) -> Iterator[Found]:
    """What makes the inner query true in each of the pieces in which it is."""
    if node.scope in {Scope.SENTENCE, Scope.PARA}:
        pieces: Iterator[View] = (seen for each in _segments(node, view, prepared) for seen in each.views(node.part))
    else:
        pieces = views(node, view, prepared)
    for each in pieces:
        yield from chain.from_iterable(_gather(node.part, each, prepared, wanted=True) or ())


def _occurring(node: Near | Apart | AtLeast, view: View) -> Iterator[Found]:
    """The occurrences that take part, and those that they need inside a nested NEAR, leaf by leaf and text by text."""
    inside = [leaf for leaf in asked(node) if isinstance(leaf, Words)]
    part = node.part if isinstance(node, AtLeast) else node
    for text in view.get(inside[0].field, ()):
        sides = sides_of(text)
        shown = sides.needed(part, sides.counting(part))
        if shown:
            present = inside if len(inside) < _MANY else [leaf for leaf in inside if text.base.holds(leaf)]
            yield from (found for leaf in present if (found := _found(leaf, shown, sides)) is not None)


def _found(leaf: Words, shown: Places, sides: Sides) -> Found | None:
    """Of what is shown the occurrences of a leaf; what was found before is the same again, so that it is shown once."""
    own = both(sides.taking_part(leaf), shown)
    if not own:
        return None
    key = (leaf, tuple(own.items()))
    known = sides.found.get(key)
    if known is None:
        known = sides.found[key] = Found(sides.text, [Hit(*span) for span in earliest(own, MOST_EVIDENCE)])
    return known


def occurrences(node: Node, text: Text) -> list[Hit]:
    """Where words, a group of them, a NEAR or a NOT NEAR occur in one text, ascending: what a NEAR around it would compare."""
    places = sides_of(text).taking_part(node)
    return [Hit(*span) for span in earliest(places, count(places))]


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
            return any(holds(part, view, prepared) for part in likely(node, view))
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
            return _holds_within(node, view, prepared)
        case Fact():
            return prepared.fact(node) is not None


def possible(node: Node, view: View, prepared: Prepared) -> bool:
    """Whether the node may be true of some piece of a view: a question for the whole view, asked before its pieces are."""
    match node:
        case And():
            return all(possible(part, view, prepared) for part in node.parts)
        case Or():
            return any(possible(part, view, prepared) for part in likely(node, view))
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
    return view.get(field_of(node), ())


def _occurs_enough(node: Near | Apart | AtLeast, texts: Iterable[Text]) -> bool:
    if not isinstance(node, AtLeast):
        return any(sides_of(text).witness(node) for text in texts)
    return sum(count(sides_of(text).counting(node.part)) for text in texts) >= node.number
