"""The tree as a query of our language, with brackets around every part that has parts. A pure module."""

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
    match node:
        case Leaf():
            return node.text
        case Near():
            operator = f"{'NOT ' if node.apart else ''}{'O' if node.ordered else ''}NEAR/{node.distance}"
            return f"{_bracketed(node.left)} {operator} {_bracketed(node.right)}"
        case Join():
            return f" {node.operator} ".join(_negated(part) for part in node.parts)
        case Not():
            return f"NOT {_bracketed(node.part)}"
        case Call():
            return f"{node.name}({written(node.part)})"
        case In():
            return f"{node.field}:{_bracketed(node.part)}"


def _bracketed(node: Node) -> str:
    return written(node) if isinstance(node, Leaf | Call | In) else f"({written(node)})"


def _negated(node: Node) -> str:
    return written(node) if isinstance(node, Not) else _bracketed(node)


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
