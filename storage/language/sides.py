"""Where NEAR, NOT NEAR and their sides occur in a text, in all its pieces at once. A pure module."""

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from storage.language.cuts import Cuts, Places, both, either, without
from storage.language.pieces import Piece, Text
from storage.language.prepared import View
from storage.language.syntax import TEXT_FIELDS, Apart, Near, Node, Or, Words, nodes

if TYPE_CHECKING:
    from storage.language.evidence import Found


def likely(node: Or, view: View) -> Iterable[Node]:
    """The parts that may be true: of a large group only those of which a word is there."""
    guards = node.guards
    if guards is None:
        return node.parts
    found = set(guards.open)
    for (field, language), words in guards.words.items():
        for text in view.get(field, ()):
            found.update(text.base.among(words, language))
    return [node.parts[number] for number in sorted(found)]


def sides_of(text: Text) -> "Sides":
    """What is known of the occurrences in a text, as long as it is."""
    if text.near_known is None:
        text.near_known = Sides(text)
    return text.near_known


class Sides:
    """The occurrences of NEAR, NOT NEAR and their sides in one text, each worked out once; none reaches over a cut."""

    __slots__ = ("_cuts", "_known", "_view", "_witnesses", "_words", "found", "text")

    def __init__(self, text: Text, cuts: Cuts | None = None) -> None:
        self._cuts = (
            text.base.cuts(paragraphs=None) if cuts is None else cuts
        )  # a piece's occurrences are near in the text, too
        self.text = text
        self._view: View = dict.fromkeys(TEXT_FIELDS, (text,))
        self._words: dict[Words | tuple[str, ...], Places] = {}
        self.found: dict[tuple[Words, tuple[tuple[int, int], ...]], Found] = {}  # of `storage.language.evaluate`
        self._witnesses: dict[int, tuple[Node, Places]] = {}
        self._known: dict[int, tuple[Node, Places]] = {}  # by identity: equality would walk the whole tree

    def taking_part(self, node: Node) -> Places:
        """Of a leaf all occurrences, of a group those of any part, of a NEAR those with a partner, of a NOT NEAR the others."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = node, self._find(node)  # the node is kept, so that no other gets its identity
        return known[1]

    def witness(self, node: Node) -> Places:
        """Some of those counting, with one at least in every piece that has any: of a NEAR those of its left side."""
        text = self.text
        if not isinstance(node, Near) or (isinstance(text, Piece) and text.edited):
            return self.counting(node)
        known = self._witnesses.get(id(node))
        if known is None:
            left = self.taking_part(node.left)
            right = self.taking_part(node.right) if left else {}
            known = self._witnesses[id(node)] = node, (self._before(left, right, node) if right else {})
        return known[1]

    def counting(self, node: Node) -> Places:
        """Those taking part that an edit touched, where only these count: of a NEAR, those that or whose partner it touched.

        Of a NOT NEAR they are those of its left side, and their partners may be anywhere.
        """
        text = self.text
        if not isinstance(text, Piece) or not text.edited:
            return self.taking_part(node)
        match node:
            case Near():
                left, right = self.taking_part(node.left), self.taking_part(node.right)
                new_left, new_right = text.counting(left), text.counting(right)
                fresh = either(self._before(left, new_right, node), self._before(new_left, right, node))
                fresh = either(fresh, self._behind(right, new_left, node))
                return either(fresh, self._behind(new_right, left, node))
            case Apart():
                return both(self.counting(node.left), self.taking_part(node))
            case Or():
                return self._union(self.counting(part) for part in likely(node, self._view))
            case _:
                return text.counting(self.taking_part(node))

    def needed(self, node: Node, kept: Places) -> Places:
        """The kept occurrences, and the partners below that made them occurrences of a nested NEAR."""
        if isinstance(node, Or):
            parts = (self.needed(part, both(kept, self.taking_part(part))) for part in likely(node, self._view))
            return either(kept, self._union(parts))
        if isinstance(node, Apart):
            return self.needed(node.left, kept)
        if not isinstance(node, Near) or not kept:
            return kept
        if kept is self.taking_part(node) and not any(isinstance(each, Near | Apart) for each in islice(nodes(node), 1, None)):
            return kept  # the partners are among them, and need none themselves
        left, right = self.taking_part(node.left), self.taking_part(node.right)
        left_kept = either(both(left, kept), self._before(left, both(right, kept), node))
        right_kept = either(both(right, kept), self._behind(right, both(left, kept), node))
        return either(kept, either(self.needed(node.left, left_kept), self.needed(node.right, right_kept)))

    def _find(self, node: Node) -> Places:
        match node:
            case Near() | Apart():
                left = self.taking_part(node.left)
                right = self.taking_part(node.right) if left else {}
                if isinstance(node, Apart):
                    return without(left, self._before(left, right, node)) if right else left
                return either(self._before(left, right, node), self._behind(right, left, node)) if right else {}
            case Or():
                return self._union(self.taking_part(part) for part in likely(node, self._view))
            case Words():
                return self._of_words(node)
            case _:
                raise TypeError(f"{type(node).__name__} beside NEAR")  # the parser makes none

    def _of_words(self, leaf: Words) -> Places:
        key = leaf.words if leaf.plain else leaf
        known = self._words.get(key)
        if known is None:
            text = self.text
            places = text.within(leaf) if isinstance(text, Piece) else text.places(leaf)
            known = self._words[key] = self._cuts.inside(places) if places else places
        return known

    def _before(self, left: Places, right: Places, near: Near | Apart) -> Places:
        """Those of the left side that have a partner on the right one."""
        return self._cuts.beside(left, right, near.distance, before=not near.ordered)

    def _behind(self, right: Places, left: Places, near: Near) -> Places:
        """Those of the right side that have a partner on the left one."""
        return self._cuts.beside(right, left, near.distance, after=not near.ordered)

    def _union(self, parts: Iterable[Places]) -> Places:
        found: Places = {}
        for part in parts:
            found = either(found, part)
        return found
