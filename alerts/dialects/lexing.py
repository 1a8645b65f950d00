"""What the parsers of all dialects share: pieces of text with their columns, and the walk over them. A pure module.

A piece is a bracket, a phrase in double quotes, or anything else up to the next blank, bracket or quote; whether it
touches the piece before is kept, because all tools write `title:"…"`, `"…"~5` and `(…)^9` so. What a piece means is its
dialect's business.
"""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple, NoReturn

from alerts.dialects.fields import field_in
from alerts.dialects.tree import DEEPEST, LONGEST, Node, all_of, any_of, deny
from storage.errors import QueryError
from storage.language.lexer import shown

DEEPEST_BRACKETS = DEEPEST // 2
"""How deep brackets may nest: each costs several calls of a parser, and Python allows a thousand."""

# What word processors and other keyboards make of the signs; one character each, so columns stay.
_SIGNS = str.maketrans(
    {chr(sign + 0xFEE0): chr(sign) for sign in range(0x21, 0x7F)}  # full-width forms, operators too: ＯＲ
    | dict.fromkeys("“”„‟«»＂″", '"')
    | dict.fromkeys("\u200b\ufeff", " ")  # blanks without width, which copying leaves behind
)


class Kind(StrEnum):
    """What a piece is."""

    WORD = "word"
    PHRASE = "phrase"
    SIGN = "sign"  # an operator, field, weight or range, where a dialect tells it from words at once
    OPEN = "("
    CLOSE = ")"
    END = "the end"


class Piece(NamedTuple):
    """One piece: a phrase without its quotes; `glued`: nothing stands between it and the piece before."""

    kind: Kind
    text: str
    column: int
    glued: bool = False


def clean(text: str) -> str:
    """The text with one sign for each meaning, all columns kept; raises QueryError when it is too long."""
    if len(text) > LONGEST:
        raise QueryError(
            f"the query has {len(text):,} characters",
            column=LONGEST + 1,
            remedy=f"at most {LONGEST:,} are allowed; split it into several",
        )
    return text.translate(_SIGNS)


def pieces(text: str, *, square: bool = False) -> list[Piece]:
    """The pieces of a query, closed by one of kind END; `square`: square brackets are brackets too."""
    text = clean(text)
    opening, closing = ("([", ")]") if square else ("(", ")")
    ends = frozenset(opening + closing + '"')
    found: list[Piece] = []
    at, last = 0, -1
    while at < len(text):
        char, begin = text[at], at
        if char.isspace():
            at += 1
            continue
        if char == '"':
            at = text.find('"', begin + 1) + 1
            if not at:
                raise QueryError("this quote is never closed", column=begin + 1, remedy='add the missing "')
            kind, content = Kind.PHRASE, text[begin + 1 : at - 1]
        elif char in opening or char in closing:
            at += 1
            kind, content = Kind.OPEN if char in opening else Kind.CLOSE, char
        else:
            while at < len(text) and text[at] not in ends and not text[at].isspace():
                at += 1
            kind, content = Kind.WORD, text[begin:at]
        found.append(Piece(kind, content, begin + 1, last == begin))
        last = at
    found.append(Piece(Kind.END, "the end", len(text) + 1))
    return found


def refuse(message: str, column: int, remedy: str) -> NoReturn:
    """Say why a query cannot be converted."""
    raise QueryError(message, column=column, remedy=remedy)


def refuse_field(piece: Piece, why: str, remedy: str) -> None:
    """Refuse a word that reads as a field, or as the value of one; those that the dialect knows were taken before."""
    found = field_in(piece.text)
    if found is None:
        return
    column = piece.column + found.at
    if not found.name:
        refuse(f"the colon in {shown(piece.text)} stands behind no field", column, "write the field before it, or remove it")
    quoted = f'; quote it if words are meant: "{shown(piece.text)}"'
    refuse(f"{shown(found.name)}: {why}", column, remedy + quoted)


_LISTED = re.compile(r"[^\W\d][,;]+[^\W\d]")


def refuse_list(piece: Piece) -> None:
    """Refuse `oil,gas` where the tool does not say what it means: here it would be a phrase."""
    if _LISTED.search(piece.text):
        refuse(
            f"what the sign within {shown(piece.text)} means is not documented",
            piece.column,
            "write AND or OR between the words, or quotes around the phrase",
        )


class Walker:
    """Walks over the pieces of one query and gathers what the reader should know."""

    def __init__(self, found: Iterable[Piece]) -> None:
        self._pieces = list(found)
        self._at = 0
        self._brackets = 0
        self.notes: dict[str, None] = {}  # in the order of their first appearance

    def note(self, text: str) -> None:
        """Tell the reader something, once."""
        self.notes[text] = None

    def next(self, ahead: int = 0) -> Piece:
        """The piece that comes, or one behind it."""
        return self._pieces[min(self._at + ahead, len(self._pieces) - 1)]

    def take(self) -> Piece:
        """The piece that comes; the next one comes then."""
        taken = self.next()
        self._at += 1
        return taken

    def put(self, *instead: Piece) -> None:
        """Let other pieces come in place of the next one."""
        self._pieces[self._at : self._at + 1] = instead

    def back(self, rest: Piece) -> None:
        """Let what was not read of the last piece come again."""
        self._at -= 1
        self.put(rest)

    def whole(self, parse: Callable[[], Node]) -> Node:
        """All of the query."""
        if self.next().kind is Kind.END:
            refuse("the query is empty", 1, "write at least one word")
        node = parse()
        if self.next().kind is Kind.CLOSE:
            refuse("this bracket closes nothing", self.next().column, "remove it or open one before it")
        if self.next().kind is not Kind.END:
            self._no_operator()
        return node

    def group(self, parse: Callable[[], Node]) -> Node:
        """What stands in the brackets that come."""
        opening = self.take()
        self._brackets += 1
        if self._brackets > DEEPEST_BRACKETS:
            refuse(f"brackets are nested more than {DEEPEST_BRACKETS} deep", opening.column, "remove brackets")
        if self.next().kind is Kind.CLOSE:
            refuse("the brackets are empty", opening.column, "write words between them, or remove them")
        node = parse()
        if self.next().kind is Kind.END:
            refuse("this bracket is never closed", opening.column, "add the missing bracket")
        if self.next().kind is not Kind.CLOSE:
            self._no_operator()
        self.take()
        self._brackets -= 1
        return node

    def _no_operator(self) -> NoReturn:
        piece = self.next()
        refuse(f"{shown(piece.text)} stands where an operator should", piece.column, "write AND or OR before it, or quotes")

    def refuse_call(self, piece: Piece) -> None:
        """Refuse `title(oil)` after its word was taken: it reads as a function, and none that the dialect knows."""
        if self.next().kind is Kind.OPEN and self.next().glued:
            refuse(
                f"nothing stands between {shown(piece.text)} and its bracket, and no function of that name is known there",
                piece.column,
                "write a blank or an operator before the bracket",
            )

    def missing(self) -> NoReturn:
        """Refuse a place where a word should stand and none does."""
        piece = self.next()
        if piece.kind is Kind.END and self._at:
            before = self._pieces[self._at - 1]
            refuse(f"{shown(before.text)} has nothing after it", before.column, "write a word after it, or remove it")
        refuse(f"{shown(piece.text)} stands where a word should", piece.column, "write a word before it, or quote it")


class Infix(Walker):
    """AND, OR and NOT in the order NOT, AND, OR, over what the dialect puts between them (`side`)."""

    blank_is_and = False
    mixing = True  # whether the tool says how AND and OR without brackets are read

    def operator(self) -> str:
        """AND, OR or NOT when it comes, else nothing."""
        raise NotImplementedError

    def side(self) -> Node:
        """What stands between these operators."""
        raise NotImplementedError

    def disjunction(self) -> Node:
        """Parts joined by OR."""
        mixed = False
        parts = [self.conjunction()]
        while self.operator() == "OR":
            mixed |= self.joined
            operator = self.take()
            parts.append(self.conjunction())
            if (mixed or self.joined) and not self.mixing:
                refuse(
                    "AND and OR are mixed without brackets, and which of them comes first is not documented",
                    operator.column,
                    "write the brackets you mean",
                )
        self.joined = False
        return any_of(parts)

    joined = False  # whether the last conjunction has several parts

    def conjunction(self) -> Node:
        """Parts joined by AND, by NOT, and where the dialect says so by a blank."""
        parts, joined = [self.negation()], [False]
        while True:
            operator = self.operator()
            joined.append(operator == "AND")
            if joined[-1]:
                self.take()
            elif operator != "NOT" and not (self.blank_is_and and not operator and self.begins()):
                break
            parts.append(self.negation())
        self.joined = len(parts) > 1
        return all_of(self.grouped(parts, joined))

    def grouped(self, parts: list[Node], joined: list[bool]) -> list[Node]:
        """The parts of a conjunction as the dialect means them; `joined`: which stand behind AND, not behind a blank."""
        del joined  # for dialects in which a blank means something else than AND
        return parts

    def begins(self) -> bool:
        """Whether something comes that can be a part."""
        return self.next().kind in {Kind.WORD, Kind.PHRASE, Kind.OPEN}

    def negation(self) -> Node:
        """One part, perhaps denied."""
        column, negative = self.next().column, False
        while self.operator() == "NOT":
            self.take()
            negative = not negative
        part = self.side()
        return deny(part, column) if negative else part
