"""Query strings of Lucene's classic parser, as Elasticsearch and Solr take them too. A pure module.

Sources: lucene.apache.org, "Query Parser Syntax" (package org.apache.lucene.queryparser.classic), and the parser itself
(QueryParserBase.addClause), told in "Why Not AND, OR, And NOT?" (lucidworks.com): there is no precedence. Every clause is
required, prohibited or optional; AND makes the clauses on both its sides required, so `a AND b OR c` requires a and b, and c
only moves results. With no required clause at least one optional one must match. Clauses are optional by default.

`"a b"~n`: n moves of words; the order is kept with up to n words between, or reversed with up to n - 2. That is written out
for two words and refused for more. A weight (`^4`) changes the order of results only. A word that is several here
(`coca-cola`) is OR or a phrase there, as the index is set up, and refused without quotes.
"""

from collections.abc import Iterable
from enum import Enum

from alerts.dialects.lexing import Kind, Piece, Walker, refuse
from alerts.dialects.lucene_terms import EDGE, lexed, measured, ranged, spelt_out
from alerts.dialects.tree import Node, all_of, any_of, deny, in_fields, near
from alerts.dialects.words import country, host, language, leaf, literal
from storage.language.lexer import shown
from storage.tokens import tokenize

_FIELDS = {name: name for name in ("title", "lead", "body", "comment", "source", "author", "tag")}
_ALIASES = {"text": "body", "content": "body"}
_VALUES = {"site": host, "lang": language, "country": country}
_WHOLE = {"published", "length"}
"""Fields whose values are spans, which name the field themselves."""
_SMALL_OPERATORS = {"and", "or", "not"}
_DEFAULTS = (
    "words without a field are read as title and text, and as written; in Lucene the default field and the forms of words "
    "are settings outside the query"
)
_TRANSPOSED = 2  # moves that it takes to change the order of two words


class _Occur(Enum):
    MUST = "must"
    SHOULD = "should"
    NEVER = "never"


def parse(text: str) -> tuple[Node, Iterable[str]]:
    """The tree of a query, and notes on it."""
    parser = _Parser(lexed(text))
    return parser.whole(parser.clauses), parser.notes


class _Parser(Walker):
    _field = ""

    def clauses(self) -> Node:
        """Clauses side by side, each required, prohibited or optional."""
        start, found = self.next().column, list[tuple[Node, _Occur]]()
        while self.next().kind not in {Kind.CLOSE, Kind.END}:
            joined = self._sign({"AND", "&&"})
            if joined or self._sign({"OR", "||"}):
                if not found:
                    self.missing()
                self.take()
            if joined and found[-1][1] is not _Occur.NEVER:
                found[-1] = (found[-1][0], _Occur.MUST)
            occur = self._modifier()
            node = self._clause()
            found.append((node, _Occur.MUST if joined and occur is _Occur.SHOULD else occur))
        if not found:
            self.missing()
        return self._read(found, start)

    def _read(self, found: list[tuple[Node, _Occur]], column: int) -> Node:
        must = [node for node, occur in found if occur is _Occur.MUST]
        should = [node for node, occur in found if occur is _Occur.SHOULD]
        never = [deny(node, column) for node, occur in found if occur is _Occur.NEVER]
        if must and should:
            self.note("what stands beside required words without AND or + only changes the order of Lucene's results; left out")
        elif not must and not should:
            refuse(
                "these words are all excluded, and Lucene finds nothing by exclusion alone",
                column,
                "write beside them, within the same brackets, what must occur",
            )
        return all_of([*(must or [any_of(should)]), *never])

    def _sign(self, signs: set[str]) -> bool:
        return self.next().kind is Kind.SIGN and self.next().text in signs

    def _modifier(self) -> _Occur:
        if not self._sign({"+", "-", "!", "NOT"}):
            return _Occur.SHOULD
        taken = self.take()
        if self._sign({"+", "-", "!", "NOT"}):
            refuse(f"{self.next().text} stands behind {taken.text}", self.next().column, "leave one of them")
        return _Occur.MUST if taken.text == "+" else _Occur.NEVER

    def _clause(self) -> Node:
        piece = self.next()
        if piece.kind is Kind.SIGN and piece.text.endswith(":"):
            return self._in_field()
        node = self.group(self.clauses) if piece.kind is Kind.OPEN else self._term()
        if self.next().glued and self.next().kind is Kind.SIGN and self.next().text[0] == "^":
            self.take()
            self.note("^ only changed the order of Lucene's results, and is left out")
        return node

    def _in_field(self) -> Node:
        sign = self.take()
        name = sign.text[:-1].lower()
        if self._field:
            refuse("a field stands inside another one", sign.column, "close the brackets of the first field before it")
        if name not in {*_FIELDS, *_ALIASES, *_VALUES, *_WHOLE}:
            refuse(
                f"{shown(name)}: is a field of an index that Nightdesk does not have",
                sign.column,
                f"use {', '.join([*_FIELDS, *_VALUES, *sorted(_WHOLE)])}, or remove it",
            )
        self._field = name
        if name in _ALIASES:
            self.note(f"{name}: is read as body:")
        node = self._clause()
        self._field = ""
        if name in _WHOLE:
            return node
        return in_fields(node, (_FIELDS.get(name) or _ALIASES.get(name) or name,), sign.column)

    def _term(self) -> Node:
        piece = self.next()
        if self._field in _WHOLE:
            return self._span()
        if piece.kind is Kind.SIGN and piece.text[0] == "/" and self._field not in _VALUES:
            return self._regular()
        if piece.kind is Kind.SIGN and piece.text[0] in "[{/":
            return ranged(self.take(), dated=False)
        if piece.kind not in {Kind.WORD, Kind.PHRASE}:
            self.missing()
        self.take()
        if self._field in _VALUES:
            return _VALUES[self._field](piece.text, piece.column)
        if not self._field:
            self.note(_DEFAULTS)
        behind = self.next()
        loose = behind.glued and behind.kind is Kind.SIGN and behind.text[0] == "~"
        if piece.kind is Kind.PHRASE:
            return self._phrase() if loose else literal(piece.text, piece.column)
        if loose:
            refuse("a fuzzy word has no equal here", behind.column, "write its forms joined by OR")
        self.refuse_call(piece)
        return _word(piece)

    def _span(self) -> Node:
        """The date, number or range behind published: or length:."""
        piece = self.take()
        if self._field == "length":
            self.note("length: is read as the number of words of the text")
            return measured(piece)
        if piece.kind not in {Kind.SIGN, Kind.WORD, Kind.PHRASE}:
            refuse("published: takes one date or a range", piece.column, "write published:[2026-10-01 TO 2026-11-15]")
        return ranged(piece, dated=True)

    def _regular(self) -> Node:
        if not self._field:
            self.note(_DEFAULTS)
        return spelt_out(self.take())

    def _phrase(self) -> Node:
        """Two words with so many moves between where they stand and where they should."""
        piece, behind = self._pieces[self._at - 1], self.take()
        moves, words = behind.text[1:], tokenize(piece.text).folded
        if not moves.isdecimal() or len(moves) > EDGE:
            refuse(f"{shown(behind.text)} is no number of words", behind.column, 'write "a b"~5')
        if len(words) == 1 or int(moves) == 0:
            return literal(piece.text, piece.column)
        if len(words) != 2 or words[0] == words[1] or "*" in piece.text or "?" in piece.text:
            refuse(
                "~ behind more than two different words counts moves of words, which has no equal here",
                behind.column,
                "write two words, or leave ~ out",
            )
        first, second = (leaf(word, piece.column) for word in words)
        ways: list[Node] = [near(first, second, int(moves), piece.column, ordered=True)]
        if int(moves) >= _TRANSPOSED:
            ways.append(near(second, first, int(moves) - _TRANSPOSED, piece.column, ordered=True))
        return any_of(ways)


def _word(piece: Piece) -> Node:
    """A word without quotes; raises QueryError for what Lucene may read in several ways."""
    if piece.text.lower() in _SMALL_OPERATORS:
        refuse(
            f"{shown(piece.text)} is a word to Lucene, and may be meant as an operator",
            piece.column,
            f'write {piece.text.upper()}, or "{piece.text}" in quotes for the word',
        )
    if len(tokenize(piece.text.replace("*", "x").replace("?", "x")).folded) > 1 or "&" in piece.text:
        refuse(
            f"{shown(piece.text)} is several words, and whether Lucene reads them as a phrase is a setting of the index",
            piece.column,
            "write it in quotes for a phrase, or its words joined by OR",
        )
    return leaf(piece.text, piece.column)
