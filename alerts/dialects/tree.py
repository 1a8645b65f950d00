"""The tree that every dialect's parser makes, and what may stand where in it. A pure module.

Our own tree (`storage.language.syntax`) holds folded words; this one holds them as they will be written
(`alerts.dialects.writing`), so that a reader finds again what was imported.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from storage.errors import QueryError

DEEPEST = 100
"""How deep a tree may nest, as in `storage.language.query`."""
DEEPEST_NEAR = 20
FARTHEST = 9999
LONGEST = 20_000
"""Characters of a query, theirs and ours."""

LOOKS = frozenset({"case", "allcaps", "capital", "nocapital", "accents", "exact"})
TEXT_FIELDS = frozenset({"title", "lead", "body", "comment"})
_ARTICLES = frozenset({"", "lead", "body"})
"""Fields that a comment does not have; it shares the title of its article."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A word, phrase, host, code or date, spelt as our language spells it; a `fact` is not part of a running text."""

    text: str
    column: int
    fact: bool = False
    depth: int = 1


@dataclass(frozen=True, slots=True)
class Near:
    """Two sides with at most `distance` words between them; `ordered`: the left one first.

    `apart`: a left side that has no right one so near it.
    """

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool
    column: int
    depth: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Two parts or more, joined by AND or by OR."""

    operator: str
    parts: tuple["Node", ...]
    column: int
    depth: int


@dataclass(frozen=True, slots=True)
class Not:
    """What the part does not match."""

    part: "Node"
    column: int
    depth: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function of our language, such as first50(…)."""

    name: str
    part: "Node"
    column: int
    depth: int


@dataclass(frozen=True, slots=True)
class In:
    """A part that reads one field."""

    field: str
    part: "Node"
    column: int
    depth: int


Node = Leaf | Near | Join | Not | Call | In


def near(left: Node, right: Node, distance: int, column: int, *, ordered: bool = False) -> Near:
    """The two sides near each other; raises QueryError for sides that our NEAR cannot take.

    An ordered NEAR around another one is refused: the tools say where a word stands to a pair only for either order.
    """
    for side in (left, right):
        check_side(side, column, "a proximity operator")
        if ordered and _holds_near(side):
            raise QueryError(
                "an ordered proximity operator stands around another one, and what it measures from is not documented",
                column=column,
                remedy="join the two pairs by AND",
            )
    if distance > FARTHEST:
        raise QueryError(f"this distance is more than {FARTHEST:,} words", column=column, remedy=f"write at most {FARTHEST}")
    made = Near(left, right, distance, ordered, column, _depth(column, left, right))
    if _near_depth(made) > DEEPEST_NEAR:
        raise QueryError(
            f"proximity operators are nested more than {DEEPEST_NEAR} deep", column=column, remedy="join shorter pairs by AND"
        )
    return made


def apart(left: Node, right: Node, distance: int, column: int) -> Near:
    """The left side without the right one near it; raises QueryError for sides with a proximity operator of their own."""
    if _holds_near(left) or _holds_near(right):
        raise QueryError(
            "a denied proximity operator stands beside another one, and the two cannot be combined there",
            column=column,
            remedy="join the pairs by AND",
        )
    return replace(near(left, right, distance, column), apart=True)


def all_of(parts: Sequence[Node]) -> Node:
    """All the parts; a single one is itself."""
    return _join("AND", parts)


def any_of(parts: Sequence[Node]) -> Node:
    """At least one of the parts; a single one is itself."""
    return _join("OR", parts)


def deny(part: Node, column: int) -> Node:
    """The opposite of a part."""
    return part.part if isinstance(part, Not) else Not(part, column, _depth(column, part))


def call(name: str, part: Node, column: int) -> Node:
    """A function around a part; raises QueryError for what it cannot hold."""
    if name.startswith("atleast"):
        check_side(part, column, f"{name}(…)")
    elif name in LOOKS and _first(part, Near, Call, In):
        raise QueryError(f"{name}(…) holds more than words", column=column, remedy="write it around each word or phrase")
    return Call(name, part, column, _depth(column, part))


def in_fields(part: Node, fields: tuple[str, ...], column: int) -> Node:
    """A part that reads one field, or several as if they were one text: `a` and `b` may stand in different ones.

    What must stand together (a phrase, NEAR, a sentence) must stand in one of them.
    """
    if _first(part, In) or _has_fact(part):
        raise QueryError(
            "a field stands inside another one", column=column, remedy="close the brackets of the first field before it"
        )
    if not set(fields) <= TEXT_FIELDS and _first(part, Near, Call):
        raise QueryError(
            f"{fields[0]}: takes words and phrases only", column=column, remedy="join words in this field by AND or OR"
        )
    if len(fields) == 1:
        return In(fields[0], part, column, _depth(column, part))
    if isinstance(part, Join):
        return _join(part.operator, [in_fields(each, fields, column) for each in part.parts])
    if isinstance(part, Not):
        return deny(in_fields(part.part, fields, column), part.column)
    return any_of([In(field, part, column, _depth(column, part)) for field in fields])


def check_side(side: Node, column: int, where: str) -> None:
    """Refuse what cannot stand beside NEAR, or in atleast5(…)."""
    match side:
        case Leaf(fact=False) | Near(apart=False):
            return
        case Join(operator="OR"):
            for part in side.parts:
                check_side(part, column, where)
            return
        case Call() if side.name in LOOKS:
            return
        case Join():
            what = "AND"
        case Not() | Near():
            what = "NOT"
        case _:
            what = "a field" if isinstance(side, In | Leaf) else f"{side.name}(…)"
    raise QueryError(
        f"{what} stands beside or within {where}, and what that means is not documented, or has no equal here",
        column=column,
        remedy="leave words, phrases and OR groups there, and join the rest by AND",
    )


def mixed(node: Node) -> int | None:
    """The column of `comment:` beside words of articles, both of which must be as the query says: no document here has both."""
    if isinstance(node, Join) and node.operator == "AND":
        read = [_fields(part, "") for part in node.parts]
        for number, part in enumerate(node.parts):
            others = read[:number] + read[number + 1 :]
            if "comment" in read[number] and not _ARTICLES.isdisjoint(set().union(*others)):
                return next(each.column for each in _all(part) if isinstance(each, In) and each.field == "comment")
    return next((found for part in _parts(node) if (found := mixed(part)) is not None), None)


def _all(node: Node) -> Iterator[Node]:
    yield node
    for part in _parts(node):
        yield from _all(part)


def _fields(node: Node, field: str) -> set[str]:
    """The fields that a part reads, itself in `field`; the empty one is that of words without a field."""
    if isinstance(node, Leaf):
        return set() if node.fact else {field}
    return set[str]().union(*(_fields(part, node.field if isinstance(node, In) else field) for part in _parts(node)))


def _join(operator: str, parts: Sequence[Node]) -> Node:
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Join) and part.operator == operator else (part,)
    return Join(operator, tuple(flat), flat[0].column, _depth(flat[0].column, *flat))


def _depth(column: int, *parts: Node) -> int:
    depth = 1 + max(part.depth for part in parts)
    if depth > DEEPEST:
        raise QueryError(
            f"the query is nested more than {DEEPEST} deep", column=column, remedy="remove brackets, or split the query"
        )
    return depth


def _near_depth(node: Node) -> int:
    match node:
        case Near():
            return 1 + max(_near_depth(node.left), _near_depth(node.right))
        case Join():
            return max(map(_near_depth, node.parts))
        case _:
            return 0


def _holds_near(side: Node) -> bool:
    return _first(side, Near) is not None


def _parts(node: Node) -> tuple[Node, ...]:
    match node:
        case Near():
            return node.left, node.right
        case Join():
            return node.parts
        case Leaf():
            return ()
        case _:
            return (node.part,)


def _first(node: Node, *kinds: type) -> Node | None:
    """The first part of one of these kinds, the node itself included."""
    if isinstance(node, kinds):
        return node
    return next((found for part in _parts(node) if (found := _first(part, *kinds))), None)


def _has_fact(node: Node) -> bool:
    return node.fact if isinstance(node, Leaf) else any(map(_has_fact, _parts(node)))
