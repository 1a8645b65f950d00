"""Queries of Google Alerts, which are queries of Google Search. A pure module.

Sources: Google's own help texts ("Refine web searches", and the help that Google wrote for its site search, quoted at
morganstanleyindividual.com and chiphit.com): all words must occur, OR in capitals between two words, `-` before a word,
quotes for phrases, `site:`. Nancy Blachman, "Google Guide": OR binds the words beside it before the blank joins them.
researchbuzz.me (2020-03-12): `|` is OR, `intitle:`. `AROUND(n)`: "within n words" (Daniel Russell, Google); whether n counts
the words between is not told.

Google also finds other forms and synonyms of words without quotes, and `*` in a phrase stands for whole words: the first is
told in a note, the second refused.
"""

import re
from collections.abc import Iterable

from alerts.dialects.lexing import Kind, Piece, Walker, pieces, refuse, refuse_field, refuse_list
from alerts.dialects.tree import In, Node, Not, all_of, any_of, deny, in_fields, near
from alerts.dialects.words import host, literal
from storage.language.lexer import shown

_OR = frozenset({"OR", "|"})
_FIELD = re.compile(r"([a-z]+):(.*)", re.DOTALL | re.IGNORECASE)
_FIELDS = {"intitle": "title", "source": "source", "site": "site"}
_KNOWN = "known are site:, intitle:, allintitle: and source:; without it more is found"
_INSTEAD = {
    **dict.fromkeys(
        ("intext", "allintext"),
        "write the words alone, which are found in titles too; body: in our own language leaves those out",
    ),
    **dict.fromkeys(
        ("inurl", "allinurl"), "write site:bbc.co.uk if the word is part of a host; other parts of addresses are not looked at"
    ),
}
_SMALL_OPERATORS = frozenset({"and", "or", "not"})
_SIGNS = re.compile(r"[][{}~^\\=<>*?!+#@|$€£%]|\.\.")


def parse(text: str) -> tuple[Node, Iterable[str]]:
    """The tree of a query, and notes on it."""
    parser = _Parser(pieces(text))
    return parser.whole(parser.conjunction), parser.notes


class _Parser(Walker):
    def conjunction(self) -> Node:
        """Parts side by side; OR binds tighter than the blank."""
        first = self.next()
        if first.kind is Kind.WORD and first.text.lower().startswith("allintitle:"):
            self.take()
            if rest := first.text[len("allintitle:") :]:
                self.back(first._replace(text=rest, column=first.column + len("allintitle:")))
            return self._all_in_title(first)
        parts = [self._disjunction()]
        while True:
            if self.next().kind is Kind.WORD and self.next().text == "AND":
                self.take()
            elif self.next().kind in {Kind.CLOSE, Kind.END}:
                return all_of(parts)
            parts.append(self._disjunction())

    def _disjunction(self) -> Node:
        parts = [self._denied()]
        while self.next().kind is Kind.WORD and self.next().text in _OR:
            operator = self.take()
            parts.append(self._denied())
            if any(isinstance(part, Not) for part in parts):
                refuse("OR stands beside an excluded word, which is not documented", operator.column, "leave - or OR out")
        return any_of(parts)

    def _denied(self) -> Node:
        piece = self.next()
        if piece.kind is not Kind.WORD or piece.text[0] != "-":
            return self._around()
        self.take()
        if len(piece.text) > 1:
            self.back(piece._replace(text=piece.text[1:], column=piece.column + 1))
        elif not self.next().glued:
            refuse("a dash stands alone", piece.column, "write -word without a blank, or remove the dash")
        return deny(self._around(), piece.column)

    def _around(self) -> Node:
        left = self._primary()
        chained = False
        while self.next().kind is Kind.WORD and self.next().text == "AROUND":
            operator = self.take()
            number = self.next(1)
            if not (self.next().kind is Kind.OPEN and number.text.isdecimal() and self.next(2).kind is Kind.CLOSE):
                refuse("AROUND has no number in brackets", operator.column, "write AROUND(5)")
            if chained:
                refuse("a chain of AROUND is not documented", operator.column, "join the two pairs by a blank")
            del self._pieces[self._at : self._at + 3]
            self.note("Google does not say whether AROUND(n) counts the words between; it is read so here")
            distance = int(number.text[:6])
            left, chained = near(left, self._primary(), distance, operator.column), True
        return left

    def _primary(self) -> Node:
        piece = self.next()
        if piece.kind is Kind.OPEN:
            return self.group(self.conjunction)
        if piece.kind is Kind.PHRASE:
            self.take()
            return literal(piece.text, piece.column)
        if piece.kind is not Kind.WORD or piece.text in _OR or piece.text in {"AND", "AROUND"}:
            self.missing()
        self.take()
        if piece.text == "NOT":
            refuse("Google has no NOT", piece.column, 'write -word, or "not" in quotes for the word')
        if field := _FIELD.fullmatch(piece.text):
            return self._in_field(piece, field[1].lower(), field[2])
        return self._word(piece)

    def _word(self, piece: Piece) -> Node:
        refuse_field(piece, "has no equal here", _KNOWN)
        refuse_list(piece)
        self.refuse_call(piece)
        if piece.text.lower() in _SMALL_OPERATORS:
            small = piece.text.lower()
            meant = "-word" if small == "not" else small.upper()
            self.note(
                f"{small} in small letters is a word to Google, and is looked for; write {meant} if the operator is meant"
            )
        found = _SIGNS.search(piece.text)
        if found or piece.text[0] == "-":
            sign = found.group() if found else "-"
            refuse(
                f"{shown(sign)} in {shown(piece.text)} has a meaning there that has no equal here, or none that is documented",
                piece.column,
                "quote the word, or write its forms joined by OR",
            )
        self.note("Google also finds other forms and synonyms of words without quotes; here they are found as written")
        return literal(piece.text, piece.column)

    def _all_in_title(self, first: Piece) -> Node:
        parts = []
        while self.next().kind in {Kind.WORD, Kind.PHRASE}:
            piece = self.take()
            plain = piece.kind is Kind.PHRASE or not (piece.text[0] == "-" or ":" in piece.text or piece.text in _OR)
            if not plain:
                refuse("allintitle: takes words and phrases only", piece.column, "write intitle: before each word")
            parts.append(literal(piece.text, piece.column) if piece.kind is Kind.PHRASE else self._word(piece))
        if not parts:
            self.missing()
        return in_fields(all_of(parts), ("title",), first.column)

    def _in_field(self, piece: Piece, name: str, rest: str) -> Node:
        column = piece.column + len(name) + 1
        if name not in _FIELDS:
            refuse(f"{shown(name)}: has no equal here", piece.column, _INSTEAD.get(name, _KNOWN))
        following = Piece(Kind.WORD, rest, column) if rest else self.next()
        if not rest:
            if following.glued and following.kind is Kind.OPEN:
                refuse(
                    f"{name}: stands before a bracket, and only one word or phrase behind it is documented",
                    piece.column,
                    f"name it with each: ({name}:… OR {name}:…)",
                )
            if not following.glued or following.kind not in {Kind.WORD, Kind.PHRASE}:
                refuse(f"{name}: has nothing after it", piece.column, f"write {name}:word")
            self.take()
        if name == "site":
            return in_fields(host(following.text, column), ("site",), piece.column)
        quoted = following.kind is Kind.PHRASE
        part = literal(following.text, column) if quoted else self._word(following)
        return In(_FIELDS[name], part, piece.column, part.depth + 1)
