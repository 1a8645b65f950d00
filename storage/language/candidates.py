"""A query → an expression of SQLite's full-text search that finds what it matches, and perhaps more. A pure module."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

from storage.language.required import required
from storage.language.syntax import And, Field, Near, Node, Not, Or, Scope, Within, Words, wild
from storage.models import DocumentKind

DEEPEST_EXPRESSION = 12
"""Nesting of an FTS5 expression; SQLite's parser stack overflows at about thirty."""
MOST_SPELLINGS = 500
"""Words that one word with wildcards is looked for as."""

Expand = Callable[[Words], list[str] | None]
"""A word with wildcards, or one to be stemmed → the words of the index that it means; None: not known, or too many."""

_NEVER = '""'  # FTS5 finds nothing by an empty phrase
_COLUMNS = {Field.ANY: "{title body}", Field.TITLE: "title", Field.LEAD: "body", Field.BODY: "body", Field.COMMENT: "comment"}
# Words that FTS5's unicode61 surely keeps as they are, each as one token: a subset, so that nothing depends on its Unicode.
_SURE = re.compile("[a-z0-9.,&а-яα-ω가-힣ぁ-んァ-ヺ一-鿿]+")


@dataclass(frozen=True, slots=True)
class Candidates:
    """What to ask the full-text index of one kind of document.

    `expression`: FTS5's, for columns that hold `token_string` of their text, of which each is a token in the index too;
    None: every document. `exact`: it finds the matches and nothing else. `edited`: only what is not an article's first version.
    """

    expression: str | None
    exact: bool = False
    edited: bool = False


def candidates(node: Node, kind: DocumentKind, expand: Expand = lambda _: None) -> Candidates | None:
    """How documents of a kind are found that the query matches; None: it matches none of this kind."""
    needs = required(node, kind)
    if needs is False:
        return None
    edited = _needs_edit(node)
    if kind is DocumentKind.VERSION:
        exactly = _exact(node, 0, expand)
        if exactly is not None:
            return Candidates(exactly, exact=True)
    expression = None if needs is True else _superset(needs, 0, expand)
    near = [_exact_near(replace(part, ordered=False)) for part in _together(node) if isinstance(part, Near)]
    narrower = [text for text in (expression, *near) if text is not None]
    return Candidates(f"({' AND '.join(narrower)})" if len(narrower) > 1 else expression, edited=edited)


def _together(node: Node) -> tuple[Node, ...]:
    """What must all be true for the node to be."""
    return node.parts if isinstance(node, And) else (node,)


def _needs_edit(node: Node) -> bool:
    """Whether the first version of an article can surely not match."""
    match node:
        case Within():
            return node.scope in {Scope.ADDED, Scope.REMOVED}
        case And():
            return any(map(_needs_edit, node.parts))
        case Or():
            return all(map(_needs_edit, node.parts))
        case _:
            return False


def _exact(node: Node, depth: int, expand: Expand) -> str | None:
    """The node itself in FTS5's language, or None where that cannot say it."""
    if depth > DEEPEST_EXPRESSION:
        return None
    match node:
        case Words():
            return _exact_words(node, expand)
        case Near():
            return _exact_near(node)
        case Or():
            parts = [_exact(part, depth + 1, expand) for part in node.parts]
            return None if None in parts else f"({' OR '.join(map(str, parts))})"
        case And():
            return _exact_and(node, depth, expand)
        case _:
            return None


def _exact_and(node: And, depth: int, expand: Expand) -> str | None:
    asked = [_exact(part, depth + 1, expand) for part in node.parts if not isinstance(part, Not)]
    denied = [_exact(part.part, depth + 1, expand) for part in node.parts if isinstance(part, Not)]
    if not asked or None in asked or None in denied:
        return None
    text = f"({' AND '.join(map(str, asked))})"
    return f"({text} NOT ({' OR '.join(map(str, denied))}))" if denied else text


def _exact_words(leaf: Words, expand: Expand) -> str | None:
    if leaf.field not in {Field.ANY, Field.TITLE, Field.BODY}:
        return None
    if _sure(leaf):
        return f"{_COLUMNS[leaf.field]} : {_quoted(leaf)}"
    if len(leaf.words) > 1 or leaf.look or not (leaf.stem or wild(leaf.words[0])):
        return None
    spellings = expand(leaf)
    if not spellings or not all(map(_SURE.fullmatch, spellings)):
        return None
    return f"{_COLUMNS[leaf.field]} : ({' OR '.join(map(_in_quotes, spellings))})"


def _exact_near(node: Near) -> str | None:
    left, right = node.left, node.right
    if node.ordered or not isinstance(left, Words) or not isinstance(right, Words) or not (left.plain and right.plain):
        return None
    if left.field not in {Field.ANY, Field.TITLE, Field.BODY} or not set(left.words).isdisjoint(right.words):
        return None  # FTS5 lets both sides share a word
    if not (_sure(left) and _sure(right)):
        return None
    return f"{_COLUMNS[left.field]} : NEAR({_quoted(left)} {_quoted(right)}, {node.distance})"


def _sure(leaf: Words) -> bool:
    """Whether FTS5 finds these words where we do, and nowhere else: plain ones, the last perhaps the beginning of one."""
    if leaf.look or leaf.stem or leaf.slop is not None:
        return False
    *others, last = leaf.words
    return all(map(_SURE.fullmatch, [*others, last.removesuffix("*")]))


def _quoted(leaf: Words) -> str:
    text = " ".join(leaf.words)
    return f'"{text[:-1]}" *' if text.endswith("*") else f'"{text}"'


def _superset(node: Node, depth: int, expand: Expand) -> str | None:
    """The node in FTS5's language, or something weaker; None where it would restrict nothing."""
    if depth > DEEPEST_EXPRESSION:
        return None
    if not isinstance(node, And | Or):
        return _some_words(node, expand) if isinstance(node, Words) else None
    parts = [_superset(part, depth + 1, expand) for part in node.parts]
    shown = [part for part in parts if part is not None]
    if not shown or (isinstance(node, Or) and len(shown) < len(parts)):
        return None
    return f"({(' AND ' if isinstance(node, And) else ' OR ').join(shown)})"


def _some_words(leaf: Words, expand: Expand) -> str | None:
    """The words, side by side where FTS5 can say so; else each for itself."""
    column = _COLUMNS[leaf.field]
    inner = any(map(wild, leaf.words[:-1])) or wild(leaf.words[-1].removesuffix("*"))
    if not inner and not leaf.stem:
        return f"{column} : {_quoted(leaf)}" if any(map(_indexed, leaf.words)) else None
    single = [Words((word,), leaf.field, stem=leaf.stem) for word in leaf.words]
    found = [text for each in single if (text := _one_word(each, column, expand)) is not None]
    return f"({' AND '.join(found)})" if found else None


def _one_word(leaf: Words, column: str, expand: Expand) -> str | None:
    (word,) = leaf.words
    if not leaf.stem and not wild(word.removesuffix("*")):
        return f"{column} : {_quoted(leaf)}" if _indexed(word) else None
    spellings = expand(leaf)
    if spellings is not None:
        return f"{column} : ({' OR '.join(map(_in_quotes, spellings))})" if spellings else _NEVER
    return None


def _in_quotes(word: str) -> str:
    return f'"{word}"'


def _indexed(word: str) -> bool:
    """Whether FTS5 surely indexes some of the word: its Unicode is of 2012, Python's oldest of 2002."""
    return word.isascii() or any(unicodedata.ucd_3_2_0.category(char)[0] in "LN" for char in word)
