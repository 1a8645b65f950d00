"""The syntax tree of a query, and its canonical text. A pure module.

Words in the tree are folded tokens (`storage.tokens`). `str(node)` is canonical query text: brackets wherever a
reader could doubt, and `parse(str(node)).node == node` for every tree that the parser makes.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """Where a query's words are looked for."""

    ANY = ""  # no field named: title and body of an article, each for itself
    TITLE = "title"
    BODY = "body"
    COMMENT = "comment"
    SOURCE = "source"
    SITE = "site"
    LANG = "lang"
    AUTHOR = "author"
    TAG = "tag"


TEXT_FIELDS = frozenset({Field.ANY, Field.TITLE, Field.BODY, Field.COMMENT})
"""The fields that hold running text; the others are short facts about the article."""

_unseen = dataclasses.field  # a dataclass attribute named `field` hides the function


@dataclass(frozen=True, slots=True)
class Term:
    """One word. For `site:` the word is a host, for `lang:` a language tag."""

    word: str
    field: Field = Field.ANY
    column: int = _unseen(default=0, compare=False, repr=False)  # in the query, from 1

    @property
    def words(self) -> tuple[str, ...]:
        """The word as a phrase of one."""
        return (self.word,)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Two words or more that follow each other."""

    words: tuple[str, ...]
    field: Field = Field.ANY
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that follow each other, of which the last is only the beginning of a word."""

    words: tuple[str, ...]
    field: Field = Field.ANY
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class Near:
    """Two sides with at most `distance` words between them, in either order, in one field.

    A side is a leaf, an Or of sides, or a Near; all leaves name the same text field.
    """

    left: "Node"
    right: "Node"
    distance: int
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class And:
    """All of two parts or more; none of them an And."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of two parts or more; none of them an Or."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part does not match; the part is no Not."""

    part: "Node"
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


Leaf = Term | Phrase | Prefix
Node = Leaf | Near | And | Or | Not


def leaves(node: Node) -> Iterator[Leaf]:
    """Every word, phrase and prefix of a tree, from left to right."""
    match node:
        case Near():
            yield from leaves(node.left)
            yield from leaves(node.right)
        case And() | Or():
            for part in node.parts:
                yield from leaves(part)
        case Not():
            yield from leaves(node.part)
        case _:
            yield node


def canonical(node: Node) -> str:
    """The query text that parses to this tree."""
    match node:
        case And():
            return " AND ".join(_bracketed(part, Or) for part in node.parts)
        case Or():
            return " OR ".join(_bracketed(part, And) for part in node.parts)
        case Not():
            return "NOT " + _bracketed(node.part, And | Or | Near)
        case Near():
            sides = (_bracketed(side, Or | Near) for side in (node.left, node.right))
            return f" NEAR/{node.distance} ".join(sides)
        case _:
            return _leaf(node)


def _bracketed(node: Node, kinds: type | object) -> str:
    text = canonical(node)
    return f"({text})" if isinstance(node, kinds) else text  # type: ignore[arg-type]


def _leaf(leaf: Leaf) -> str:
    field = f"{leaf.field}:" if leaf.field else ""
    star = "*" if isinstance(leaf, Prefix) else ""
    words = " ".join(leaf.words)
    return f'{field}"{words}{star}"' if len(leaf.words) > 1 else f"{field}{words}{star}"
