"""The tree as a query of our language, with brackets around every part that has parts. A pure module."""

from collections.abc import Iterator

from alerts.dialects.tree import Call, In, Join, Leaf, Near, Node, Not
from storage.errors import QueryError


def check_positive(node: Node) -> None:
    """Refuse a query that would match an empty article; our language refuses it too."""
    column = _hungry(node)
    if column is not None:
        raise QueryError(
            "this NOT would match nearly every article",
            column=column,
            remedy="join it by AND to a word that must occur, such as: bank NOT river",
        )


def written(node: Node) -> str:
    """The tree as a query of our language."""
    return "".join(text for text, _ in _spelt(node))


def origin(node: Node, column: int) -> int:
    """The column, in the query that the tree was read from, of what stands at a column of the written query."""
    found, end = node.column, 0
    for text, source in _spelt(node):
        end += len(text)
        found = source or found
        if source and end >= column:
            break
    return found


_Spelt = Iterator[tuple[str, int]]
"""Texts in a row; with each word, phrase, host, code or date the column that it came from, and 0 with what stands between."""


def _spelt(node: Node) -> _Spelt:
    match node:
        case Leaf():
            yield node.text, node.column
        case Near():
            yield from _bracketed(node.left)
            yield f" {'NOT ' if node.apart else ''}{'O' if node.ordered else ''}NEAR/{node.distance} ", 0
            yield from _bracketed(node.right)
        case Join():
            for number, part in enumerate(node.parts):
                if number:
                    yield f" {node.operator} ", 0
                yield from _spelt(part) if isinstance(part, Not) else _bracketed(part)
        case Not():
            yield "NOT ", 0
            yield from _bracketed(node.part)
        case Call():
            yield f"{node.name}(", 0
            yield from _spelt(node.part)
            yield ")", 0
        case In():
            yield f"{node.field}:", 0
            yield from _bracketed(node.part)


def _bracketed(node: Node) -> _Spelt:
    if isinstance(node, Leaf | Call | In):
        yield from _spelt(node)
        return
    yield "(", 0
    yield from _spelt(node)
    yield ")", 0


def _hungry(node: Node) -> int | None:
    """The column of a NOT that makes this true of an empty article."""
    match node:
        case Not():
            return node.column if _hungry(node.part) is None else None
        case Join(operator="AND"):
            found = [_hungry(part) for part in node.parts]
            return found[0] if all(each is not None for each in found) else None
        case Join():
            return next((each for part in node.parts if (each := _hungry(part)) is not None), None)
        case Call() | In():
            return _hungry(node.part)
        case _:
            return None
