"""Parts of a query that no document can make true. A pure module."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from alerts.findings import Finding, brief, warning
from alerts.implication import Implication, one_text
from storage.language.query import Query
from storage.language.required import required
from storage.language.syntax import (
    LETTER_LOOKS,
    And,
    Apart,
    Fact,
    Field,
    Node,
    Not,
    Or,
    Scope,
    Within,
    Words,
    children,
    leaves,
    nodes,
    wild,
)
from storage.models import DocumentKind

_Lost = Iterator[tuple[Node, Finding]]
"""Parts that are never true, and why."""


def hopeless(query: Query) -> Finding | None:
    """Why no document can match the query as a whole; None if one may."""
    why: dict[int, Finding] = {}
    for check in _LOST:
        for node, finding in check(query):
            why.setdefault(id(node), finding)
    return next(_never(query), None) or _reason(query.node, why)


def _reason(node: Node, why: Mapping[int, Finding]) -> Finding | None:
    """Why a part is never true, by the reasons that are known of the parts below."""
    if found := why.get(id(node)):
        return found
    match node:
        case Not():
            return None
        case Or():
            reasons = [_reason(part, why) for part in node.parts]
            return reasons[0] if all(reasons) else None
        case Apart():
            return _reason(node.left, why)
        case _:
            return next(filter(None, (_reason(part, why) for part in children(node))), None)


def _lost_parts(query: Query) -> Iterator[Finding]:
    return (finding for check in _LOST for _, finding in check(query))


def _never(query: Query) -> Iterator[Finding]:
    if any(required(query.node, kind) is not False for kind in DocumentKind):
        return
    yield warning(
        next(leaves(query.node)).column,
        "this can never match: comment: reads comments, and words without it read articles",
        "write all words inside comment:( ), or join the two by OR; title: may stand beside comment:",
    )


def _contradictions(query: Query) -> _Lost:
    """NOT of something without which the rest is never true."""
    implication = Implication(articles=required(query.node, DocumentKind.COMMENT) is False)
    for node in nodes(query.node):
        if not isinstance(node, And):
            continue
        asked = [part for part in node.parts if not isinstance(part, Not)]
        for denial in (part for part in node.parts if isinstance(part, Not)):
            if _excluded(asked, denial.part, implication):
                yield (
                    node,
                    warning(
                        denial.column,
                        f"this part can never match: NOT excludes {brief(denial.part)}, which must occur",
                        "remove one of the two",
                    ),
                )


def _excluded(asked: Sequence[Node], denied: Node, implication: Implication) -> bool:
    """Whether the parts asked for imply the one denied."""
    if implication.spent:
        return False
    wanted = denied.parts if isinstance(denied, And) else (denied,)
    return all(any(implication.holds(part, each) for part in asked) for each in wanted)


def _apart_texts(query: Query) -> _Lost:
    """`sentence(title:a body:b)`: a sentence stands in the title or in the text."""
    for node in nodes(query.node):
        if isinstance(node, Within) and node.scope in _UNITS and not one_text(node.part):
            yield (
                node,
                warning(
                    node.column,
                    f"this part can never match: no {_UNITS[node.scope]} stands in two of title, text and comment",
                    "write the two side by side, without the function",
                ),
            )


def _clashing(query: Query) -> _Lost:
    """Facts that no article has together, such as two languages."""
    for node in nodes(query.node):
        if not isinstance(node, And):
            continue
        facts = [part for part in node.parts if isinstance(part, Fact)]
        for one, other in combinations(facts, 2):
            if one.field is other.field and _clash(one, other):
                yield (
                    node,
                    warning(
                        other.column,
                        f"this part can never match: no article is of {one} and {other}",
                        f"join the two by OR: {one.field}:({one.value} OR {other.value})",
                    ),
                )


def _clash(one: Fact, other: Fact) -> bool:
    match one.field:
        case Field.LANG:
            return not (one.value.startswith(f"{other.value}-") or other.value.startswith(f"{one.value}-"))
        case Field.SITE:
            return not (one.value.endswith(f".{other.value}") or other.value.endswith(f".{one.value}"))
        case Field.PUBLISHED:
            (first, _, last), (since, _, until) = one.value.partition(".."), other.value.partition("..")
            return bool(last and since and last < since) or bool(until and first and until < first)
        case Field.LENGTH:
            (fewest, _, most), (least, _, top) = one.value.partition(".."), other.value.partition("..")
            return bool(most and least and int(most) < int(least)) or bool(top and fewest and int(top) < int(fewest))
        case _:
            return False


def _short_first(query: Query) -> _Lost:
    """A phrase longer than the words it must stand among."""
    for node in nodes(query.node):
        if isinstance(node, Within) and node.scope is Scope.FIRST:
            for leaf in _words(node.part):
                if len(leaf.words) > node.number:
                    yield (
                        leaf,
                        warning(
                            leaf.column,
                            f"this part can never match: {len(leaf.words)} words cannot stand among the first {node.number}",
                            f"write first{max(50, len(leaf.words))}(…)",
                        ),
                    )


def _caseless(query: Query) -> _Lost:
    """Words of which capitals are asked, and which have no letter that could be one."""
    for leaf in _words(query.node):
        bare = [word for word in leaf.words if word.upper() == word.lower() and not wild(word)]
        if bare and leaf.look in LETTER_LOOKS:
            yield (
                leaf,
                warning(
                    leaf.column,
                    f"this part can never match: {bare[0]} has no letter that can be a capital, and {leaf.look}(…) wants one",
                    "write the word outside the brackets",
                ),
            )


def _words(node: Node) -> Iterator[Words]:
    return (leaf for leaf in leaves(node) if isinstance(leaf, Words))


_UNITS = {Scope.SENTENCE: "sentence", Scope.PARA: "paragraph"}

_LOST = (_contradictions, _apart_texts, _clashing, _short_first, _caseless)
CHECKS = (_never, _lost_parts)
