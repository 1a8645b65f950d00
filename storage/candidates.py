"""What a document must contain for a query to match it: a weaker, quicker question. A pure module.

`required` feeds the index of live rules, `candidates` the full-text search; both yield supersets, which
`storage.evaluate` then judges.
"""

import unicodedata
from collections.abc import Iterable

from storage.models import DocumentKind
from storage.syntax import TEXT_FIELDS, And, Field, Leaf, Near, Node, Not, Or, Prefix, leaves

DEEPEST_EXPRESSION = 12
"""Nesting of an FTS5 expression; SQLite's parser stack overflows at about thirty."""

_NEVER = '""'  # FTS5 finds nothing by an empty phrase
_COLUMNS = {Field.ANY: "{title body}", Field.TITLE: "title", Field.BODY: "body", Field.COMMENT: "comment"}


def required(node: Node, kind: DocumentKind) -> Node | bool:
    """A tree of AND, OR and text words that every document of this kind satisfies which the query matches.

    True: nothing is required. False: the query matches no document of this kind. NOT, the short fields and, for
    comments, the article's title count as satisfied.
    """
    if kind is DocumentKind.COMMENT:
        return _of_comment(node, wanted=True)[1]
    return _of_version(node, wanted=True)


def candidates(node: Node) -> str | None:
    """An FTS5 expression that finds every document which the query matches, and some more; None: all documents.

    For a table with the columns title, body and comment that hold `token_string` of their text, made with the
    tokenizer `unicode61 remove_diacritics 0`; a version fills title and body, a comment fills comment.
    """
    needs = _any(required(node, kind) for kind in DocumentKind)
    if isinstance(needs, bool):
        return None if needs else _NEVER
    return _expression(needs, 0)


def _of_version(node: Node, *, wanted: bool) -> Node | bool:
    match node:
        case Not():
            return _of_version(node.part, wanted=not wanted)
        case And() | Or():
            parts = (_of_version(part, wanted=wanted) for part in node.parts)
            return _all(parts) if isinstance(node, And) is wanted else _any(parts)
        case Near():
            field, needs = next(leaves(node)).field, _of_sides(node)
        case _:
            field, needs = node.field, node
    if not wanted or field not in TEXT_FIELDS:
        return True
    return needs if field is not Field.COMMENT else False


def _of_comment(node: Node, *, wanted: bool) -> tuple[Node | bool, Node | bool]:
    """What a comment needs for the node to be true, and what for it to be true by a `comment:` word."""
    match node:
        case Not():
            return _of_comment(node.part, wanted=not wanted)
        case And() | Or():
            pairs = [_of_comment(part, wanted=wanted) for part in node.parts]
            by_comment = _any(pair[1] for pair in pairs)
            if isinstance(node, And) is not wanted:
                return _any(pair[0] for pair in pairs), by_comment
            true = _all(pair[0] for pair in pairs)
            return true, _all((true, by_comment))
        case Near():
            field, needs = next(leaves(node)).field, _of_sides(node)
        case _:
            field, needs = node.field, node
    if wanted and field is Field.COMMENT:
        return needs, needs
    return not wanted or field not in {Field.ANY, Field.BODY}, False


def _of_sides(node: Node) -> Node | bool:
    """Both sides of NEAR, whatever lies between; any part of a group."""
    match node:
        case Near():
            return _all((_of_sides(node.left), _of_sides(node.right)))
        case Or():
            return _any(map(_of_sides, node.parts))
        case _:
            return node


def _all(parts: Iterable[Node | bool]) -> Node | bool:
    kept: dict[Node, None] = {}
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept.update(dict.fromkeys(part.parts if isinstance(part, And) else (part,)))
    if not kept:
        return True
    return And(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def _any(parts: Iterable[Node | bool]) -> Node | bool:
    kept: dict[Node, None] = {}
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept.update(dict.fromkeys(part.parts if isinstance(part, Or) else (part,)))
    if not kept:
        return False
    return Or(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def _expression(node: Node, depth: int) -> str | None:
    """The node in FTS5's language; None where it would restrict nothing."""
    if depth > DEEPEST_EXPRESSION:
        return None
    if not isinstance(node, And | Or):
        return None if isinstance(node, Near | Not) else _phrase(node)
    parts = [_expression(part, depth + 1) for part in node.parts]
    shown = [part for part in parts if part is not None]
    if not shown or (isinstance(node, Or) and len(shown) < len(parts)):
        return None
    return f"({(' AND ' if isinstance(node, And) else ' OR ').join(shown)})"


def _phrase(leaf: Leaf) -> str | None:
    if not any(map(_indexed, leaf.words)):
        return None
    star = " *" if isinstance(leaf, Prefix) else ""
    return f'{_COLUMNS[leaf.field]} : "{" ".join(leaf.words)}"{star}'


def _indexed(word: str) -> bool:
    """Whether FTS5 surely indexes some of the word: its Unicode is of 2012, Python's oldest of 2002."""
    return word.isascii() or any(unicodedata.ucd_3_2_0.category(char)[0] in "LN" for char in word)
