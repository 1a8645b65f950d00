"""Talkwalker's query syntax. A pure module.

Sources: talkwalker.com/syntax-alerts, "Search Syntax": AND, OR, AND NOT, `-`, quotes, brackets, `*` at the end of a word
only, and `a site:"x" site:"y"` finds results of both sites. developer.talkwalker.com, "Query Syntax" (read in the public
workshop nicolashaefnercl/talkwalker-api-workshop, docs/02-query-syntax.md): capitals and accents do not matter, nothing is
stemmed, `?` is one character, `"a b"~5` words at a distance, `a NEAR/3 b` (15 without a number), `ONEAR/3` in order,
SENTENCE, OSENTENCE in order, `+"x"` exact and `++"x"` exact with capitals, `"car sharing"~` with hyphen or blank left out,
`~1` fuzzy, and the fields.

Distances are read as words between; the documents say "distance in words", so a note tells it. Not documented, and refused:
AND and OR mixed without brackets, chains of NEAR.
"""

import re
from collections.abc import Iterable

from alerts.dialects.lexing import Infix, Kind, Piece, pieces, refuse, refuse_field, refuse_list
from alerts.dialects.tree import FARTHEST, In, Leaf, Node, all_of, any_of, call, in_fields, near
from alerts.dialects.words import country, host, language, leaf, literal
from storage.language.lexer import shown
from storage.tokens import tokenize

_NEAR = re.compile(r"(O?)NEAR(?:/([0-9]{1,4}))?")
_DEFAULT_NEAR = 15
_TOGETHER = re.compile(r"O?NEAR(?:/[0-9]{1,4})?|O?SENTENCE")
_OPERATORS = frozenset({"AND", "OR", "NOT"})
_SMALL = re.compile(r"(?i:and|or|not|o?near(?:/[0-9]+)?|o?sentence)")
_FIELD = re.compile(r"([A-Za-z_]+):(.*)", re.DOTALL)
_TEXT_FIELDS = {"title": "title", "content": "body", "author": "author"}
_VALUES = {"lang": language, "sourcecountry": country, "site": host, "domainurl": host}
_FIELDS = {"lang": "lang", "sourcecountry": "country", "site": "site", "domainurl": "site"}
_UNKNOWN = "asks for what Nightdesk does not know of an article"
_KNOWN = f"remove it; fields are {', '.join([*_TEXT_FIELDS, *_VALUES])}"
_SINGLE = "'‘’"
_OPENED = re.compile(rf"[{_SINGLE}][^\W\d]")
_SIGNS = re.compile(r"[][{}~^\\=<>#@!|+/$€£%]|[*](?=\w)|^[*?]")


def parse(text: str) -> tuple[Node, Iterable[str]]:
    """The tree of a query, and notes on it."""
    parser = _Parser(pieces(text))
    return parser.whole(parser.disjunction), parser.notes


class _Parser(Infix):
    _in_a_field = False
    blank_is_and = True
    mixing = False

    def operator(self) -> str:
        piece = self.next()
        if piece.kind is not Kind.WORD:
            return ""
        if piece.text.startswith("--"):
            refuse("two dashes stand in a row", piece.column, "write -word for NOT, or remove the dashes")
        if len(piece.text) > 1 and piece.text[0] == "-":
            self.put(Piece(Kind.WORD, "NOT", piece.column), piece._replace(text=piece.text[1:], column=piece.column + 1))
            return "NOT"
        if piece.text == "-" and self.next(1).glued:
            self.put(Piece(Kind.WORD, "NOT", piece.column))
            return "NOT"
        return piece.text if piece.text in _OPERATORS else ""

    def grouped(self, parts: list[Node], joined: list[bool]) -> list[Node]:
        """Several site: side by side mean any of them; joined by AND they would find nothing."""
        numbers = [number for number, part in enumerate(parts) if isinstance(part, In) and part.field == "site"]
        if len(numbers) < 2:
            return parts
        sites = [parts[number] for number in numbers]
        if any(joined[number] for number in numbers[1:]):
            refuse("two site: are joined by AND, and nothing stands on two sites", sites[1].column, "join them by OR")
        self.note("several site: side by side find results of any of them, so they are joined by OR")
        return [*(part for part in parts if part not in sites), any_of(sites)]

    def side(self) -> Node:
        left = self._primary()
        piece = self.next()
        if not self._together():
            return left
        self.take()
        right = self._primary()
        if self._together():
            refuse(
                "a chain of proximity operators without brackets: which pair comes first is not documented",
                self.next().column,
                "write the brackets you mean",
            )
        if found := _NEAR.fullmatch(piece.text):
            self._distance()
            return near(left, right, int(found[2] or _DEFAULT_NEAR), piece.column, ordered=bool(found[1]))
        pair = near(left, right, FARTHEST, piece.column, ordered=True)  # refuses what cannot stand beside it
        return call("sentence", pair if piece.text[0] == "O" else all_of([left, right]), piece.column)

    def _together(self) -> bool:
        return self.next().kind is Kind.WORD and bool(_TOGETHER.fullmatch(self.next().text))

    def _distance(self) -> None:
        self.note("Talkwalker does not say whether a distance counts the words between; it is read so here")

    def _primary(self) -> Node:
        piece = self.next()
        if piece.kind is Kind.OPEN:
            return self.group(self.disjunction)
        if piece.kind is Kind.PHRASE:
            return self._phrase()
        if piece.kind is not Kind.WORD or self.operator() or self._together():
            self.missing()
        self.take()
        if _SMALL.fullmatch(piece.text):
            refuse(
                f"{shown(piece.text)} is written small, and may be meant as an operator or as a word",
                piece.column,
                "write it in capitals, or in quotes if the word is meant",
            )
        if piece.text.startswith("+"):
            return self._exact(piece)
        if field := _FIELD.fullmatch(piece.text):
            return self._in_field(piece, field[1], field[2])
        self.refuse_call(piece)
        return leaf(_checked(piece), piece.column)

    def _phrase(self) -> Node:
        piece, behind = self.take(), self.next()
        if not (behind.glued and behind.kind is Kind.WORD and behind.text.startswith("~")):
            return leaf(_checked(piece), piece.column)
        self.take()
        words = tokenize(piece.text).folded
        if "*" in piece.text or "?" in piece.text:
            refuse("a wildcard stands in a phrase with ~", piece.column, "write the words joined by NEAR")
        if behind.text == "~" and len(words) == 2:
            return any_of([leaf(piece.text, piece.column), leaf("".join(words), piece.column)])
        if not re.fullmatch(r"~[0-9]{1,4}", behind.text) or len(words) < 2:
            refuse(f"{shown(behind.text)} behind these words has no equal here", behind.column, 'write "a b"~5')
        self._distance()
        quoted = leaf(piece.text, piece.column)
        assert isinstance(quoted, Leaf)
        return Leaf(quoted.text + behind.text, piece.column)

    def _exact(self, piece: Piece) -> Node:
        """`+x` with its accents, `++x` with its capitals too; both take a word or a phrase."""
        plus = len(piece.text) - len(piece.text.lstrip("+"))
        word = piece.text[plus:]
        if not word and self.next().glued and self.next().kind is Kind.PHRASE:
            word = self.take().text
        if plus > 2 or not word:
            self.missing()
        if re.search(r"[^\w\s'’-]", word):
            refuse(f"{shown(word)} is looked for with its signs, which are not kept here", piece.column, "remove + before it")
        if re.search(r"['’-]", word):
            self.note("an apostrophe or hyphen in an exact word is read as a gap between words; any sign may stand there")
        return call("exact" if plus == 2 else "accents", literal(word, piece.column), piece.column)

    def _in_field(self, piece: Piece, name: str, rest: str) -> Node:
        column = piece.column + len(name) + 1
        if name.lower() in _VALUES:
            value = rest or self._value(name, column)
            return in_fields(_VALUES[name.lower()](value, column), (_FIELDS[name.lower()],), piece.column)
        field = _TEXT_FIELDS.get(name.lower())
        if field is None:
            refuse(
                f"{shown(name)}: {_UNKNOWN}",
                piece.column,
                _KNOWN,
            )
        if self._in_a_field:
            refuse("a field stands inside another one", piece.column, "close the brackets of the first field before it")
        if rest:
            self.back(Piece(Kind.WORD, rest, column, glued=True))
        elif not self.next().glued:
            self.missing()
        self._in_a_field = True
        node = self._primary()
        self._in_a_field = False
        return in_fields(node, (field,), piece.column)

    def _value(self, name: str, column: int) -> str:
        """The phrase behind a field that takes one value."""
        following = self.next()
        if following.glued and following.kind is Kind.OPEN:
            refuse(
                f"{name}: stands before a bracket, and only one value behind it is documented",
                column,
                f"name it with each: ({name}:… OR {name}:…)",
            )
        if not (following.glued and following.kind is Kind.PHRASE and following.text.strip()):
            refuse(f"{name}: has nothing after it", column - len(name) - 1, f'write {name}:"…" without a blank, or remove it')
        return self.take().text


def _checked(piece: Piece) -> str:
    """The word or phrase, unless it holds signs that Talkwalker gives another meaning."""
    if piece.kind is Kind.WORD:
        refuse_field(piece, _UNKNOWN, _KNOWN)
        refuse_list(piece)
        if _OPENED.match(piece.text) and piece.text[-1] not in _SINGLE:
            refuse("what single quotes mean is not documented", piece.column, 'write "…" for a phrase, or leave them out')
    for word in piece.text.split():
        found = _SIGNS.search(word) if piece.kind is Kind.WORD else re.search(r"[*](?=\w)|^[*?]\w", word)
        if found:
            refuse(
                f"{shown(found.group())} in {shown(word)} is not documented there, or has no equal here",
                piece.column,
                "write plain words; * ends a word, ? stands for one letter in it",
            )
    return piece.text
