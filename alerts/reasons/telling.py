"""Why a query matches a document or does not, in words for the people who wrote it. A pure module.

`storage.language.evaluate` alone judges; what is told here follows its verdict part by part: of an AND that fails only the
parts that fail, of an OR that holds only those that hold. Lines are worked out when they are shown, so that huge queries
cost little.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from alerts.reasons.lines import accompanied, alternatives, far, missing, other, outside, proof, quote, rare
from alerts.reasons.wording import (
    MOST_NAMED,
    Line,
    Rank,
    Reason,
    inner,
    listed,
    named,
    place_asked,
    positive,
    side,
    washed,
    written,
)
from storage.language.evaluate import holds, matches
from storage.language.pieces import Text
from storage.language.prepared import Prepared, View
from storage.language.syntax import (
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
    children,
    leaves,
    nodes,
)
from storage.language.views import views
from storage.models import DocumentKind

MOST_REASONS = 20
"""Lines that tell why a query does not match."""
MOST_PROOFS = 12
"""Lines that tell why it does."""
LONGEST_LINE = 400
"""Characters of a line."""

_MOST_SORTED = 100  # lines that are worked out to find the most important
_MOST_INSIDE = 40  # alternatives of ORs that are looked into
_MOST_HINTS = 5  # words for which a similar one is sought
_MOST_PIECES, _MOST_PARTS = 200, 20  # sentences, and parts of an AND, among which the nearest sentence is sought


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether a query matches, and why: one line each, the most important first."""

    matched: bool
    reasons: tuple[str, ...]


def explained(node: Node, prepared: Prepared) -> Explained:
    """Why the query matches the document, at most MOST_PROOFS lines, or why it does not, at most MOST_REASONS."""
    for text in (text for texts in prepared.texts.values() for text in texts):
        _ = text.base.positions  # made once, they answer thousands of words
    matched = matches(node, prepared)
    teller, sight = _Teller(prepared, 0 if matched else _MOST_HINTS), _Sight(prepared, prepared.texts)
    if matched:
        return Explained(matched, _shown(teller.true(node, sight), MOST_PROOFS))
    return Explained(matched, _shown(teller.whole(node, sight), MOST_REASONS))


def _shown(lines: Iterator[Line], most: int) -> tuple[str, ...]:
    reasons = sorted((line() for line in islice(lines, _MOST_SORTED)), key=lambda reason: reason.rank)
    texts = list(dict.fromkeys(washed(reason.text, LONGEST_LINE) for reason in reasons))
    total = len(texts) + sum(1 for _ in lines)
    if total <= most:
        return tuple(texts)
    return (*texts[: most - 1], f"… and {total - most + 1} more reasons")


@dataclass(slots=True)
class _Sight:
    """What a part of the query sees of the document, and what holds in it."""

    prepared: Prepared
    view: View
    outer: "_Sight | None" = None  # of which this is a part
    within: Within | None = None  # what made it so
    known: dict[int, bool] = field(default_factory=dict)  # by the identity of a node of the query

    def true(self, node: Node) -> bool:
        """Whether a node of the query holds here; each is asked once."""
        known = self.known.get(id(node))
        if known is None:
            match node:
                case And():
                    known = all(self.true(part) for part in node.parts)
                case Or():
                    known = any(self.true(part) for part in node.parts)
                case Not():
                    known = not self.true(node.part)
                case _:
                    known = holds(node, self.view, self.prepared)
            self.known[id(node)] = known
        return known

    def texts(self, node: Node) -> tuple[Text, ...]:
        """The texts in which words, or the sides of a NEAR, are looked for."""
        return self.view.get(next(leaves(node)).field, ())


class _Teller:
    """Tells about one query and one document; every method that yields gives at least one line."""

    def __init__(self, prepared: Prepared, hints: int) -> None:
        self._prepared = prepared
        self._hints = hints
        self._inside = _MOST_INSIDE

    def whole(self, node: Node, sight: _Sight) -> Iterator[Line]:
        """Why the whole query does not match."""
        if self._prepared.kind is DocumentKind.COMMENT:
            reading = [leaf for leaf in positive(node) if leaf.field is Field.COMMENT]
            if not reading:
                yield _said(Rank.KIND, "this is a reader's comment: only comment: words read comments, and the query has none")
            elif sight.true(node):
                yield _said(
                    Rank.KIND, "a comment matches only by a comment: word that it contains; what holds here is of its article"
                )
                for leaf in reading:
                    if not sight.true(leaf):
                        yield from self.false(leaf, sight)
            if sight.true(node):
                return
        yield from self.false(node, sight)

    def false(self, node: Node, sight: _Sight) -> Iterator[Line]:
        """Why a node does not hold."""
        match node:
            case And():
                for part in node.parts:
                    if not sight.true(part):
                        yield from self.false(part, sight)
            case Or():
                yield partial(alternatives, node)
                yield from self._alternatives(node, sight)
            case Not():
                yield partial(self._denied, node, sight)
            case Within():
                yield from self._nowhere(node, sight)
            case _ if sight.outer is not None and sight.within is not None and not isinstance(node, Fact):
                if sight.outer.true(node):
                    yield partial(outside, node, sight.outer.texts(node), sight.within)
                else:
                    yield from self.false(node, sight.outer)
            case _:
                yield from self._lacking(node, sight)

    def _lacking(self, node: Words | Fact | Near | Apart | AtLeast, sight: _Sight) -> Iterator[Line]:
        match node:
            case Words():
                yield partial(self._missing, node, sight)
            case Fact():
                yield partial(other, node, self._prepared)
            case Apart() if sight.true(node.left):
                yield partial(accompanied, node, sight.texts(node))
            case Apart():
                yield from self.false(node.left, sight)
            case _ if any(not sight.true(part) for part in children(node)):
                for part in children(node):
                    if not sight.true(part):
                        yield from self.false(part, sight)
            case Near():
                yield partial(far, node, sight.texts(node))
            case AtLeast():
                yield partial(rare, node, sight.texts(node))

    def _alternatives(self, node: Or, sight: _Sight) -> Iterator[Line]:
        """What keeps the first alternatives from holding, where that is more than a word that is missing."""
        for part in node.parts[:MOST_NAMED]:
            if self._inside <= 0:
                return
            self._inside -= 1
            if isinstance(part, Words):
                reason = next(self.false(part, sight))()
                if reason.rank is not Rank.MISSING:
                    yield _said(Rank.MISSING, reason.text)
            elif not isinstance(part, Fact):
                reason = next(self.false(part, sight))()
                yield _said(Rank.MISSING, f"{written(part)}: {reason.text}")

    def _missing(self, leaf: Words, sight: _Sight) -> Reason:
        self._hints -= 1
        return missing(leaf, sight.texts(leaf), self._prepared, hint=self._hints >= 0)

    def _denied(self, node: Not, sight: _Sight) -> Reason:
        if isinstance(node.part, Words | Fact | Near | Apart | AtLeast):
            text = proof(node.part, sight.view, self._prepared) + _bounds(sight)
        else:
            text = "; ".join(line().text for line in islice(self.true(node.part, sight), 3))
        return Reason(Rank.DENIED, f"NOT {inner(node.part)}: but {text}")

    def _narrowed(self, node: Within, sight: _Sight) -> _Sight:
        """What first50 or changed sees; there is one such view."""
        outer = _Sight(self._prepared, self._prepared.before) if node.scope is Scope.REMOVED else sight
        return _Sight(self._prepared, next(views(node, sight.view, self._prepared)), outer, node)

    def _nowhere(self, node: Within, sight: _Sight) -> Iterator[Line]:
        if node.scope in {Scope.ADDED, Scope.REMOVED} and not self._prepared.before:
            comment = self._prepared.kind is DocumentKind.COMMENT
            what = (
                "a reader's comment, and has no versions" if comment else "the article's first version, which no edit changed"
            )
            yield _said(Rank.KIND, f"{node.scope}: this is {what}")
            return
        if node.scope in {Scope.FIRST, Scope.ADDED, Scope.REMOVED}:
            yield from self.false(node.part, self._narrowed(node, sight))
            return
        needed = [each for part in _parts(node.part) for each in _needs(part)]
        absent = [each for each in needed if _plainly(each) and not sight.true(each)]
        for part in absent:
            yield from self.false(part, sight)
        if not absent:
            yield partial(self._scattered, node, sight)

    def _scattered(self, node: Within, sight: _Sight) -> Reason:
        """All parts are there, but in no one sentence; which comes nearest."""
        parts, what = _parts(node.part)[:_MOST_PARTS], "paragraph" if node.scope is Scope.PARA else "sentence"
        asked = [part for part in parts if not isinstance(part, Not)]
        if len(parts) < 2 or not asked:
            near = (
                f"; where {side(node.part.left)} stands, {side(node.part.right)} is near"
                if isinstance(node.part, Apart)
                else ""
            )
            return Reason(Rank.APART, f"{written(node.part)}: true of no one {what}{near}")
        text = f"{listed([*map(side, asked)], joint=' and ')}: all are there{_bounds(sight)}, but not in one {what}"
        if len(asked) < len(parts):
            text = f"no one {what} has {listed([*map(side, asked)], joint=' and ')} without what must not be there"
        best: tuple[int, _Sight] | None = None
        for view in islice(views(node, sight.view, self._prepared), _MOST_PIECES):
            seen = _Sight(self._prepared, view)
            count = sum(seen.true(part) for part in parts if not isinstance(part, Not)) * _MOST_PARTS
            count += sum(seen.true(part) for part in parts if isinstance(part, Not)) if count else 0
            if best is None or count > best[0]:
                best = count, seen
        if best is None:
            return Reason(Rank.APART, text)
        quoted = quote(node.part, best[1].view)
        failing = [part for part in parts if not best[1].true(part)]
        without = listed([inner(part) for part in failing if not isinstance(part, Not)])
        but = listed([inner(part.part) for part in failing if isinstance(part, Not)])
        nearest = " and ".join(f"{word} {names}" for word, names in (("without", without), ("with", but)) if names)
        return Reason(Rank.APART, f"{text}; nearest {nearest}: {quoted}" if quoted else text)

    def true(self, node: Node, sight: _Sight) -> Iterator[Line]:
        """What makes a node hold."""
        match node:
            case And():
                for part in node.parts:
                    yield from self.true(part, sight)
            case Or():
                holding = [part for part in node.parts if sight.true(part)]
                for part in holding[:MOST_NAMED]:
                    yield from self.true(part, sight)
                if len(holding) > MOST_NAMED:
                    yield _said(Rank.MISSING, f"{len(holding) - MOST_NAMED} more of the alternatives hold")
            case Not():
                yield partial(self._absent, node, sight)
            case Within():
                if node.scope in {Scope.SENTENCE, Scope.PARA}:
                    yield partial(self._together, node, sight)
                else:
                    yield from self.true(node.part, self._narrowed(node, sight))
            case _:
                yield partial(self._proof, node, sight)

    def _proof(self, node: Node, sight: _Sight) -> Reason:
        assert isinstance(node, Words | Fact | Near | Apart | AtLeast)
        return Reason(Rank.MISSING, f"{written(node)}: {proof(node, sight.view, self._prepared)}{_bounds(sight)}")

    def _absent(self, node: Not, sight: _Sight) -> Reason:
        part = node.part
        if isinstance(part, Words) and sight.texts(part):
            return Reason(
                Rank.MISSING, f"{named(part)} is nowhere in {place_asked(part.field, sight.texts(part))}{_bounds(sight)}"
            )
        lines = [line().text for line in islice(self.false(part, sight), 2)]
        return Reason(Rank.MISSING, f"NOT {inner(part)}: " + "; ".join(lines))

    def _together(self, node: Within, sight: _Sight) -> Reason:
        what = "paragraph" if node.scope is Scope.PARA else "sentence"
        for view in views(node, sight.view, self._prepared):
            seen = _Sight(self._prepared, view)
            if seen.true(node.part):
                quoted = quote(node.part, view)
                return Reason(Rank.MISSING, f"{written(node.part)}: in one {what}" + (f": {quoted}" if quoted else ""))
        return Reason(Rank.MISSING, f"{written(node.part)}: in one {what}")


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, And) else (node,)


def _needs(part: Node) -> Iterator[Node]:
    """What a part of a sentence cannot do without: of a NOT NEAR the side that is looked for."""
    if isinstance(part, Apart):
        yield from _needs(part.left)
    else:
        yield part


def _plainly(node: Node) -> bool:
    """Whether a part that is not true of a whole is true of no piece of it."""
    return not any(isinstance(each, Not | Apart) for each in nodes(node))


def _bounds(sight: _Sight) -> str:
    """What a part of a document is, behind what was, or was not, found in it."""
    if sight.within is None:
        return ""
    match sight.within.scope:
        case Scope.FIRST:
            return f", among the first {sight.within.number} words"
        case Scope.ADDED:
            return ", brought by the edit"
        case _:
            return ", taken by the edit"


def _said(rank: Rank, text: str) -> Line:
    return partial(Reason, rank, text)
