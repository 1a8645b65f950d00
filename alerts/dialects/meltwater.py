"""Meltwater's boolean search. A pure module.

Sources: support.meltwater.com "How to Master Boolean Search (2/3)": `NEAR` is "no more than 4 words between each other",
`NEAR/10` no more than 10, `ONEAR` the same in order; so our n is theirs. help.meltwater.com, the same series (1/3):
quotation marks must be used for phrases, an asterisk stands for beginnings and ends of words, operators need not be in
capitals; (3/3): `^9` prefers a word for the sentence that is shown, and changes no match. meltwater.com "The Boolean
Touch": NOT comes before AND, AND before OR. "Boolean": `title:`, and `ingress:` for the lead.

Not documented, and therefore refused: words side by side without an operator, what a chain `a NEAR b NEAR c` measures
from, AND and NOT within NEAR, `?`, `-` and `~`, and other fields.
"""

import re
from collections.abc import Iterable

from alerts.dialects.lexing import Infix, Kind, Piece, pieces, refuse, refuse_field, refuse_list
from alerts.dialects.tree import Node, in_fields, near
from alerts.dialects.words import leaf
from storage.language.lexer import shown

_NEAR = re.compile(r"(O?)NEAR(?:/([0-9]{1,4}))?", re.IGNORECASE)
_DEFAULT_NEAR = 4
_FIELD = re.compile(r"([A-Za-z]+):(.*)", re.DOTALL)
_FIELDS = {"title": "title", "ingress": "lead"}
_UNKNOWN, _KNOWN = "has no documented equal here", "fields are title: and ingress:"
_PREFERENCE = re.compile(r"\^[0-9]+(?:\.[0-9]+)?")
_SIGNS = re.compile(r"[][{}~^?\\=<>#@!|+$€£%]|^-")


def parse(text: str) -> tuple[Node, Iterable[str]]:
    """The tree of a query, and notes on it."""
    parser = _Parser(pieces(text))
    return parser.whole(parser.disjunction), parser.notes


class _Parser(Infix):
    _in_a_field = False

    def operator(self) -> str:
        piece = self.next()
        word = piece.text.upper() if piece.kind is Kind.WORD else ""
        return word if word in {"AND", "OR", "NOT"} else ""

    def side(self) -> Node:
        left = self._primary()
        operator = self.next()
        found = self._near()
        if not found:
            return left
        self.take()
        right = self._primary()
        if self._near():
            refuse(
                "a chain of NEARs without brackets: which pair comes first is not documented",
                self.next().column,
                "write the brackets you mean",
            )
        distance = int(found[2] or _DEFAULT_NEAR)
        return near(left, right, distance, operator.column, ordered=bool(found[1]))

    def _near(self) -> re.Match[str] | None:
        return _NEAR.fullmatch(self.next().text) if self.next().kind is Kind.WORD else None

    def _primary(self) -> Node:
        piece = self.next()
        if piece.kind is Kind.OPEN:
            node = self.group(self.disjunction)
        elif piece.kind is Kind.PHRASE:
            self.take()
            node = leaf(_checked(piece, piece.text.strip()), piece.column)
        elif piece.kind is Kind.WORD and not self.operator() and not self._near():
            node = self._word()
        else:
            self.missing()
        self._preference()
        return node

    def _word(self) -> Node:
        piece = self.take()
        field = _FIELD.fullmatch(piece.text)
        if field:
            return self._in_field(piece, field[1], field[2])
        word, sign, number = piece.text.partition("^")
        if sign and _PREFERENCE.fullmatch(sign + number):
            self._preferred()
            return leaf(_checked(piece, word), piece.column)
        return leaf(_checked(piece, piece.text), piece.column)

    def _in_field(self, piece: Piece, name: str, rest: str) -> Node:
        field = _FIELDS.get(name.lower())
        if field is None:
            refuse(f"{shown(name)}: {_UNKNOWN}", piece.column, _KNOWN)
        if self._in_a_field:
            refuse("a field stands inside another one", piece.column, "close the brackets of the first field before it")
        if rest:
            self.back(Piece(Kind.WORD, rest, piece.column + len(name) + 1, glued=True))
        self._in_a_field = True
        node = self._primary()
        self._in_a_field = False
        return in_fields(node, (field,), piece.column)

    def _preference(self) -> None:
        piece = self.next()
        if piece.glued and piece.kind is Kind.WORD and _PREFERENCE.fullmatch(piece.text):
            self.take()
            self._preferred()

    def _preferred(self) -> None:
        self.note("^ chose the sentence that Meltwater shows; it changed no match and is left out")


def _checked(piece: Piece, word: str) -> str:
    """The word, unless it holds signs that Meltwater may give a meaning."""
    if piece.kind is Kind.WORD:
        refuse_field(piece, _UNKNOWN, _KNOWN)
        refuse_list(piece)
    found = _SIGNS.search(word) if piece.kind is Kind.WORD else re.search(r"\?\w", word)
    if found:
        refuse(
            f"{shown(found.group())} in {shown(word)} has no documented meaning in Meltwater that could be kept",
            piece.column,
            "quote the word if its signs do not matter, or remove them",
        )
    if any(each.count("*") > 1 for each in word.split()):
        refuse(f"{shown(word)} has two stars", piece.column, "leave one star in a word")
    return word
