"""A query judged of all sentences or paragraphs of a text at once. A pure module."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from storage.language.changes import changed
from storage.language.cuts import Cuts, between, bits, count, first_tokens
from storage.language.pieces import Piece, piece
from storage.language.prepared import Prepared, View
from storage.language.sides import Sides, likely
from storage.language.syntax import TEXT_FIELDS, And, Apart, AtLeast, Field, Near, Node, Not, Or, Scope, Within, Words, field_of
from storage.language.texts import FieldText
from storage.sentences import Span

_FIELDS = [field for field in Field if field in TEXT_FIELDS]  # in their order: the title before the text


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a document around the segments: its view, and how what does not depend on the segment is judged."""

    prepared: Prepared
    view: View
    elsewhere: Callable[[Node, View], bool]

    def true(self, node: Node) -> bool:
        """The truth of what is the same in every segment: a fact, words of a short field, the version before."""
        return self.elsewhere(node, self.view)


class Segments:
    """The segments of one text, as a view shows it: which of them is a query true of? They are told by their heads (`Cuts`)."""

    def __init__(self, base: FieldText, seen: Mapping[Field, Piece], cuts: Cuts, sight: Sight) -> None:
        self._base, self._seen, self._cuts, self._sight = base, seen, cuts, sight
        self._sides = {field: Sides(piece, cuts) for field, piece in seen.items()}
        self._below: dict[tuple[Scope, int], Segments] = {}
        self._known: dict[int, tuple[Node, int]] = {}  # by the identity of the node, as in Sides
        self._views: dict[int, View] = {}
        self._shown: int | None = None

    def having(self, node: Node) -> int:
        """The segments in which the query is true, of those of which any token is seen."""
        known = self._known.get(id(node))
        if known is None:
            if self._shown is None:
                self._shown = 0
                for each in self._seen.values():
                    self._shown |= self._cuts.touched(between(each.start, each.stop))
            known = self._known[id(node)] = node, (self.true(node) & self._shown if self._shown else 0)
        return known[1]

    def views(self, node: Node) -> Iterator[View]:
        """A view of each segment in which the query is true: only what lies in it is seen, beside the short fields."""
        true = self.having(node)
        nothing: View = dict.fromkeys(TEXT_FIELDS, ())
        for first, stop in self._cuts.spans if true else ():
            if true >> (stop - 1) & 1:
                if first not in self._views:
                    cut = {field: (piece.cut(first, stop),) for field, piece in self._seen.items()}
                    self._views[first] = self._sight.view | nothing | cut
                yield self._views[first]

    def true(self, node: Node) -> int:
        """The segments in which the query is true, seen or not."""
        match node:
            case And() | Or():
                return self._joined(node)
            case Not():
                return self._cuts.heads & ~self.true(node.part)
            case Within():
                return self._within(node)
            case Near() | Apart():
                return self._with(node, 1)
            case Words() if node.field in TEXT_FIELDS:
                return self._with(node, 1)
            case AtLeast():
                return self._with(node.part, node.number)
            case _:
                return self._cuts.heads if self._sight.true(node) else 0

    def _joined(self, node: And | Or) -> int:
        every = self._cuts.heads
        if isinstance(node, And):
            for part in node.parts:
                every = every and every & self.true(part)
            return every
        found = 0
        for part in likely(node, self._sight.view):
            found |= self.true(part)
            if found == every:
                break
        return found

    def _with(self, node: Node, least: int) -> int:
        """The segments in which what may stand beside NEAR occurs so often or more."""
        sides = self._sides.get(field_of(node))
        if sides is None:
            return 0
        places = sides.witness(node) if least == 1 else sides.counting(node)
        found = self._cuts.touched(first_tokens(places)) if places else 0
        if least == 1 or not found:
            return found
        return bits(stop - 1 for first, stop in self._cuts.spans if count(places, between(first, stop)) >= least)

    def _within(self, node: Within) -> int:
        if node.scope is Scope.REMOVED or (node.scope is Scope.ADDED and not self._sight.prepared.before):
            return self._cuts.heads if self._sight.true(node) else 0
        below = self._below.get((node.scope, node.number))
        if below is None:
            below = self._below[node.scope, node.number] = self._narrowed(node)
        if node.scope in {Scope.FIRST, Scope.ADDED}:
            return below.true(node.part)
        return self._cuts.touched(below.having(node.part))

    def _narrowed(self, node: Within) -> "Segments":
        seen, cuts = self._seen, self._cuts
        match node.scope:
            case Scope.FIRST:
                seen = {field: piece.cut(0, node.number) for field, piece in seen.items()}
            case Scope.ADDED:
                prepared = self._sight.prepared
                seen = {field: piece.touched(changed(prepared, piece, removed=False)) for field, piece in seen.items()}
            case _:
                cuts = Cuts(_crossed(cuts.spans, self._base.cuts(paragraphs=node.scope is Scope.PARA).spans))
        return Segments(self._base, seen, cuts, self._sight)


def _crossed(ones: list[Span], others: list[Span]) -> list[Span]:
    """The stretches that lie in one of both."""
    found, at = [], 0
    for first, stop in ones:
        while at < len(others) and others[at][1] <= first:
            at += 1
        number = at
        while number < len(others) and others[number][0] < stop:
            found.append((max(first, others[number][0]), min(stop, others[number][1])))
            number += 1
    return found


def segments(sight: Sight, *, paragraphs: bool) -> list[Segments]:
    """The texts of a view, cut into paragraphs or sentences."""
    found: dict[int, tuple[FieldText, dict[Field, Piece]]] = {}
    for field in _FIELDS:
        for text in sight.view.get(field, ()):
            found.setdefault(id(text.base), (text.base, {}))[1][field] = piece(text)
    return [Segments(base, seen, base.cuts(paragraphs=paragraphs), sight) for base, seen in found.values()]
