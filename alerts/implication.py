"""Whether one part of a query is never true without another. A pure module.

The test is sound and not complete: what it finds holds for every document, and it does not find all. So what lint says can
never match never does.
"""

from math import inf

from storage.language.spelling import spelt
from storage.language.syntax import (
    TEXT_FIELDS,
    And,
    Apart,
    AtLeast,
    Fact,
    Field,
    Look,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Within,
    Words,
    wild,
)
from storage.language.wildcards import beginning, fits

MOST_STEPS = 50_000
"""Pairs of parts that are compared for one query: those of a usual one are fewer than a hundred."""

_IN_BODY = frozenset({Field.LEAD, Field.BODY})


class Implication:
    """Answers for one query. `articles`: it matches no comments, whose title words without a field do not read."""

    def __init__(self, *, articles: bool) -> None:
        self._articles = articles
        self._steps = 0
        self._known: dict[tuple[int, int], bool] = {}

    @property
    def spent(self) -> bool:
        """Whether so much was asked that nothing more is answered."""
        return self._steps > MOST_STEPS

    def holds(self, node: Node, other: Node) -> bool:
        """Whether every document (or piece of one) of which the node is true makes the other true; False when unsure."""
        key = id(node), id(other)
        known = self._known.get(key)
        if known is None:
            self._steps += 1
            known = self._known[key] = self._steps <= MOST_STEPS and self._implies(node, other)
        return known

    def _implies(self, node: Node, other: Node) -> bool:
        if isinstance(other, And):
            return all(self.holds(node, part) for part in other.parts)
        if isinstance(node, Or):
            return all(self.holds(part, other) for part in node.parts)
        if isinstance(other, Or) and any(self.holds(node, part) for part in other.parts):
            return True
        if isinstance(node, And):
            return any(self.holds(part, other) for part in node.parts)
        if isinstance(node, Not) and isinstance(other, Not):
            return self.holds(other.part, node.part)
        return self._single(node, other) or self._below(node, other)

    def _single(self, node: Node, other: Node) -> bool:
        """The same for two parts without AND, OR and NOT, each seen as a whole."""
        match node, other:
            case _ if node == other:
                return True
            case Words(), Words():
                return self.covers(node, other, whole=False)
            case Fact(), Fact():
                return node.field is other.field and _narrower(node, other)
            case Near(), Near():
                closer = node.distance <= other.distance and (node.ordered or not other.ordered)
                return closer and self._occurs(node.left, other.left) and self._occurs(node.right, other.right)
            case Apart(), Apart():
                farther = node.distance >= other.distance and (other.ordered or not node.ordered)
                return farther and self._occurs(node.left, other.left) and self._occurs(other.right, node.right)
            case AtLeast(), AtLeast():
                return node.number >= other.number and self._occurs(node.part, other.part)
            case Within(), Within():
                same = node.scope is other.scope and node.number <= other.number
                return same and node.part == other.part and (node.number == other.number or _positive(node.part))
            case _:
                return False

    def _below(self, node: Node, other: Node) -> bool:
        """Whether a part of what must occur for the node implies the other."""
        match node:
            case Near():
                return self.holds(node.left, other) or self.holds(node.right, other)
            case Apart():
                return self.holds(node.left, other)
            case AtLeast():
                return self.holds(node.part, other)
            case Within() if node.scope is not Scope.REMOVED:
                return any(self.holds(part, other) for part in _out_of(node.part))
            case _:
                return False

    def _occurs(self, node: Node, other: Node) -> bool:
        """Whether wherever the node occurs the other does, at the same tokens: what NEAR and atleast compare."""
        if isinstance(node, Words) and isinstance(other, Words):
            return self.covers(node, other, whole=True)
        if isinstance(node, Or):
            return all(self._occurs(part, other) for part in node.parts)
        if isinstance(other, Or):
            return any(self._occurs(node, part) for part in other.parts)
        return node == other

    def covers(self, words: Words, other: Words, *, whole: bool) -> bool:
        """Whether each occurrence of the words is one of the other leaf, or, unless `whole` is asked, has one in it."""
        if not self._same_field(words.field, other.field) or other.slop is not None or words.stem != other.stem:
            return words == other
        if words.slop is not None:
            return not whole and len(other.words) == 1 and not other.look and any(_fits(each, other) for each in words.words)
        spare = len(words.words) - len(other.words)
        starts = range(spare + 1) if not whole or spare == 0 else range(0)
        return any(_looks(words, other, start) and _same_words(words, other, start) for start in starts)

    def _same_field(self, field: Field, other: Field) -> bool:
        """Whether a text of the one field is one of the other; a comment has a title too, and no text without field."""
        return field is other or (other is Field.ANY and (field in _IN_BODY or (self._articles and field is Field.TITLE)))


def _fits(word: str, other: Words) -> bool:
    return word == other.words[0] if other.stem else _described(word, other.words[0])


def _same_words(words: Words, other: Words, start: int) -> bool:
    pairs = zip(words.words[start:], other.words, strict=False)
    return all(one == another or (not other.stem and _described(one, another)) for one, another in pairs)


def _described(word: str, pattern: str) -> bool:
    """Whether whatever the one describes, the other does."""
    if not wild(word):
        return word == pattern or (wild(pattern) and fits(pattern, word))
    if word == pattern:
        return True
    simple = pattern.endswith("*") and not wild(pattern[:-1])
    return simple and beginning(word).startswith(pattern[:-1])


def _looks(words: Words, other: Words, start: int) -> bool:
    """Whether words written as the one wants them are so as the other does."""
    if not other.look:
        return True
    if words.look is Look.ALLCAPS and other.look is Look.CAPITAL:
        return True
    if words.look is other.look and not other.spelt:
        return True
    if any(map(wild, words.spelt + other.spelt)) or not other.spelt:
        return False
    asked = words.spelt[start : start + len(other.spelt)]
    if words.look is other.look:
        return asked == other.spelt
    return words.look is Look.EXACT and tuple(spelt(other.look, word) for word in asked) == other.spelt


def _narrower(fact: Fact, other: Fact) -> bool:
    """Whether every value of the one is one of the other."""
    if fact.value == other.value:
        return True
    match fact.field:
        case Field.LANG:
            return fact.value.startswith(f"{other.value}-")
        case Field.SITE:
            return fact.value.endswith(f".{other.value}")
        case Field.LENGTH:
            (fewest, _, most), (least, _, top) = fact.value.partition(".."), other.value.partition("..")
            return int(fewest or 0) >= int(least or 0) and float(most or inf) <= float(top or inf)
        case Field.PUBLISHED:
            (first, _, last), (since, _, until) = fact.value.partition(".."), other.value.partition("..")
            return (not since or (bool(first) and first >= since)) and (not until or (bool(last) and last <= until))
        case _:
            return False


def _positive(node: Node) -> bool:
    """Whether more text can only make it true: nothing in it must be absent."""
    match node:
        case Words():
            return True
        case And() | Or():
            return all(map(_positive, node.parts))
        case Near():
            return _positive(node.left) and _positive(node.right)
        case AtLeast():
            return _positive(node.part)
        case _:
            return False


def _out_of(node: Node) -> list[Node]:
    """What is true of a document of which the node is true in a piece: words that occur there, and groups of them."""
    match node:
        case And():
            return [each for part in node.parts for each in _out_of(part)]
        case Apart():
            return _out_of(node.left)
        case Within() if node.scope is not Scope.REMOVED:
            return _out_of(node.part)
        case _:
            return [node] if _positive(node) else []


_TEXTS = {Field.ANY: {"title", "body"}, Field.TITLE: {"title"}, Field.COMMENT: {"comment"}}
_ALL_TEXTS = frozenset({"title", "body", "comment"})


def one_text(node: Node) -> frozenset[str]:
    """The texts of a document one of whose sentences or paragraphs alone can make the node true."""
    match node:
        case Words() if node.field in TEXT_FIELDS:
            return frozenset(_TEXTS.get(node.field, {"body"}))  # the lead is a part of the body
        case And():
            return _ALL_TEXTS.intersection(*map(one_text, node.parts))
        case Or():
            return frozenset[str]().union(*map(one_text, node.parts))
        case Near():
            return one_text(node.left) & one_text(node.right)
        case Apart():
            return one_text(node.left)
        case AtLeast() | Within():
            return one_text(node.part)
        case _:
            return _ALL_TEXTS
