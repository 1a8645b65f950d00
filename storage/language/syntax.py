"""The syntax tree of a query, and its canonical text. A pure module.

Words in the tree are folded tokens (`storage.tokens`) in which `*` stands for any characters and `?` for one. `str(node)`
is canonical query text: brackets wherever a reader could doubt, and `parse(str(node)).node == node` for every tree that
the parser makes. Nodes are values, and nobody changes one; they are not frozen, because that makes making them take four times
as long, and a desk has a hundred thousand rules to load.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Field(StrEnum):
    """Where a query's words are looked for."""

    ANY = ""  # no field named: title and body of an article, each for itself
    TITLE = "title"
    LEAD = "lead"
    BODY = "body"
    COMMENT = "comment"
    SOURCE = "source"
    SITE = "site"
    LANG = "lang"
    AUTHOR = "author"
    TAG = "tag"
    COUNTRY = "country"
    PUBLISHED = "published"
    LENGTH = "length"

    __hash__ = str.__hash__  # an enumeration's own is written in Python, and asked a million times


TEXT_FIELDS = frozenset({Field.ANY, Field.TITLE, Field.LEAD, Field.BODY, Field.COMMENT})
"""The fields that hold running text; the others are short facts about the article."""
FACT_FIELDS = frozenset({Field.SITE, Field.LANG, Field.COUNTRY, Field.PUBLISHED, Field.LENGTH})
"""The fields that are compared as a whole, not word by word."""


class Look(StrEnum):
    """What of a word's spelling counts; the words are those of the query."""

    FOLDED = ""  # neither capitals nor accents
    CASE = "case"
    ALLCAPS = "allcaps"  # every letter a capital, whatever the query's are
    CAPITAL = "capital"  # at least one
    NOCAPITAL = "nocapital"  # none
    ACCENTS = "accents"
    EXACT = "exact"  # both


LETTER_LOOKS = frozenset({Look.ALLCAPS, Look.CAPITAL, Look.NOCAPITAL})
"""The looks that ask of each word how many of its letters are capitals, and compare nothing with the query."""


class Scope(StrEnum):
    """The part of a document that a query may be confined to."""

    FIRST = "first"  # the first words of each text
    SENTENCE = "sentence"
    PARA = "para"
    ADDED = "changed:added"  # what an edit brought
    REMOVED = "changed:removed"  # what an edit took


_MANY = 8  # parts of an Or from which on they are not asked for one by one
_unseen = dataclasses.field  # a dataclass attribute named `field` hides the function


@dataclass(slots=True, unsafe_hash=True)
class Words:
    """One word, or several that follow each other, in a text or a short field.

    With `slop` they may stand in any order, with at most so many other words among them.
    """

    words: tuple[str, ...]
    field: Field = Field.ANY
    look: Look = Look.FOLDED
    spelt: tuple[str, ...] = ()  # the words as the look compares them; empty where it does not
    stem: str = ""  # the language whose stems are compared; empty: the words themselves
    slop: int | None = None
    column: int = _unseen(default=0, compare=False, repr=False)  # in the query, from 1
    plain: bool = _unseen(init=False, compare=False, repr=False)  # nothing but folded words is asked for, side by side
    anywhere: bool = _unseen(init=False, compare=False, repr=False)  # the same, and no field is named

    def __post_init__(self) -> None:
        """Work out what is asked millions of times."""
        special = self.look or self.stem or self.slop is not None or wild("".join(self.words))
        self.plain = not special
        self.anywhere = not (special or self.field)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class Fact:
    """A host, language, country or span of days or lengths: `value` is what the article's must be, or lie within."""

    field: Field
    value: str
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class Near:
    """Two sides with at most `distance` words between them, in one field; `ordered`: the left one first.

    A side is Words, an Or of sides, a Near or an Apart; all leaves name the same text field.
    """

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool = False
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class Apart:
    """A left side without a right one near it, as Near means near: `a NOT NEAR/5 b`. The right one need not be there at all."""

    left: "Node"
    right: "Node"
    distance: int
    ordered: bool = False
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class AtLeast:
    """A part that occurs so many times or more; it is what may stand beside Near."""

    number: int
    part: "Node"
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class Within:
    """A part that is true of some piece of the document; `number` belongs to Scope.FIRST."""

    scope: Scope
    part: "Node"
    number: int = 0
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class And:
    """All of two parts or more, all different; none of them an And."""

    parts: tuple["Node", ...]

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class Or:
    """At least one of two parts or more, all different; none of them an Or."""

    parts: tuple["Node", ...]
    guards: "Guards | None" = _unseen(init=False, compare=False, repr=False)  # noqa: RUF009 - it is dataclasses' own

    def __post_init__(self) -> None:
        """Work out which parts a text can be asked for at once."""
        self.guards = _guards(self.parts) if len(self.parts) >= _MANY else None

    def __str__(self) -> str:
        return canonical(self)


@dataclass(slots=True, unsafe_hash=True)
class Not:
    """Everything that the part does not match; the part is no Not."""

    part: "Node"
    column: int = _unseen(default=0, compare=False, repr=False)

    def __str__(self) -> str:
        return canonical(self)


@dataclass(frozen=True, slots=True)
class Guards:
    """Of a large Or: for each field and language of stems, a word of each part → the numbers of the parts it stands for.

    A part whose word is not in the text is not true of it. `open`: the numbers of the parts without such a word.
    """

    words: dict[tuple[Field, str], dict[str, list[int]]]
    open: tuple[int, ...]


def _guards(parts: tuple["Node", ...]) -> Guards:
    words: dict[tuple[Field, str], dict[str, list[int]]] = {}
    unguarded = []
    for number, part in enumerate(parts):
        whole = [word for word in part.words if not wild(word)] if isinstance(part, Words) else []
        if whole and isinstance(part, Words):
            words.setdefault((part.field, part.stem), {}).setdefault(max(whole, key=len), []).append(number)
        else:
            unguarded.append(number)
    return Guards(words, tuple(unguarded))


Leaf = Words | Fact
Node = Leaf | Near | Apart | AtLeast | Within | And | Or | Not


def wild(word: str) -> bool:
    """Whether a word of the tree has a wildcard: no token has one of the two signs."""
    return "*" in word or "?" in word


def joined(nodes: list["Node"], kind: type[And | Or]) -> tuple["Node", ...]:
    """The parts of an And or Or of these: in place of those of its kind stand their parts; each once."""
    below = [part for node in nodes for part in (node.parts if isinstance(node, kind) else (node,))]
    words = {node.words for node in below if isinstance(node, Words)}  # quicker to compare than whole nodes
    return tuple(below) if len(words) == len(below) else tuple(dict.fromkeys(below))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case And() | Or():
            return node.parts
        case Near() | Apart():
            return (node.left, node.right)
        case Not() | AtLeast() | Within():
            return (node.part,)
        case _:
            return ()


def nodes(node: Node) -> Iterator[Node]:
    """The node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from nodes(child)


def leaves(node: Node) -> Iterator[Leaf]:
    """Every leaf of a tree, from left to right."""
    if isinstance(node, Words | Fact):
        yield node
    for child in children(node):
        yield from leaves(child)


def field_of(node: Node) -> Field:
    """The field of a node's first leaf; what may stand beside Near has one for all."""
    while not isinstance(node, Words | Fact):
        node = children(node)[0]
    return node.field


def asked(node: Node) -> Iterator[Leaf]:
    """The leaves of what may stand beside Near that can occur in a match: not the right side of an Apart."""
    if isinstance(node, Words | Fact):
        yield node
    for child in (node.left,) if isinstance(node, Apart) else children(node):
        yield from asked(child)


def costly(node: Node) -> Iterator[Leaf]:
    """Every leaf of which each place is looked at: beside NEAR, and in the functions for pieces of a text."""
    if isinstance(node, Near | Apart | AtLeast | Within):
        yield from leaves(node)
        return
    for child in children(node):
        yield from costly(child)


def canonical(node: Node) -> str:
    """The query text that parses to this tree."""
    match node:
        case And():
            return " AND ".join(_bracketed(part, Or) for part in node.parts)
        case Or():
            return " OR ".join(_bracketed(part, And) for part in node.parts)
        case Not():
            return "NOT " + _bracketed(node.part, And | Or | Near | Apart)
        case Near() | Apart():
            left, right = (_bracketed(side, Or | Near | Apart) for side in (node.left, node.right))
            return f"{left} {operator(node)} {right}"
        case AtLeast():
            return f"atleast{node.number}({canonical(node.part)})"
        case Within():
            return f"{node.scope}{node.number or ''}({canonical(node.part)})"
        case Fact():
            return f"{node.field}:{node.value}"
        case _:
            return _words(node)


def operator(node: Near | Apart) -> str:
    """What a query writes between the sides."""
    return f"{'NOT ' if isinstance(node, Apart) else ''}{'O' if node.ordered else ''}NEAR/{node.distance}"


def _bracketed(node: Node, kinds: type | object) -> str:
    text = canonical(node)
    return f"({text})" if isinstance(node, kinds) else text  # type: ignore[arg-type]


def _words(leaf: Words) -> str:
    text = " ".join(leaf.spelt or leaf.words)
    if len(leaf.words) > 1 or text in {"AND", "OR", "NOT", "NEAR", "ONEAR"}:
        text = f'"{text}"'
    if leaf.slop is not None:
        text += f"~{leaf.slop}"
    if leaf.look:
        text = f"{leaf.look}({text})"
    if leaf.stem:
        text = f"stem:{leaf.stem}({text})"
    return f"{leaf.field}:{text}" if leaf.field else text
