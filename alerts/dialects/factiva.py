"""Factiva's traditional search language. A pure module.

Sources: factiva.com developer's kit 3.8, "Search Statement Operators" and "Search Statement Examples": operators in any
capitals; `adjN` and `w/N` in order, N from 1 to 10, and adj1 is directly beside (`adj5`: "0-4 words between"), so our n is
one less; a blank is adj1; `bill clinton or gore and george bush` reads `(bill clinton) or (gore and (george bush))`; `+` is a
word of its own; quotes make operators words, single quotes are blanks; `%` is exactly one word. studylib.net 8117013,
"Using Connectors and Operators": nearN and /Nn/ in either order, N to 500 ("0-4 words between" for 5), `/Fn/` the first n
words, `same` one paragraph, atleastN (1 to 50), square brackets. proquest.libguides.com/factiva/tips: brackets, then same,
adj, near, /F/; then atleast and fields; then not; and; or. atleast takes no nested terms, same cannot be repeated.
docest.com 182784: `?` one character, `$n` up to n characters more, `*` any ending, `wc>1000` and `wc<3000` the number of words.
"Range Searches": `date from X to Y` with both ends, `date after` and `before` without; CCYYMMDD. support.proquest.com, "Custom
Search Fields": the field codes.

In `carrefour near5 retail sales` the phrase is one side ("retail" is the fifth word), so blanks bind before other operators.
"""

import re
from collections.abc import Iterable, Iterator

from alerts.dialects.factiva_fields import FIELDS, LANGUAGES, NOTES, REASONS, dates
from alerts.dialects.lexing import Infix, Kind, Piece, pieces, refuse, refuse_field
from alerts.dialects.tree import Node, all_of, call, check_side, in_fields, near
from alerts.dialects.words import alternatives, endings, length, texts
from storage.language.lexer import shown

_SLASHED = re.compile(r"/[nf][0-9]{1,4}/", re.IGNORECASE)
_FIELD = re.compile(r"[a-z]{2,5}=", re.IGNORECASE)
_PROXIMITY = re.compile(r"(adj|w/|near|/n)([0-9]{0,4})/?", re.IGNORECASE)
_FIRST = re.compile(r"/f([0-9]{1,4})/", re.IGNORECASE)
_ATLEAST = re.compile(r"atleast([0-9]{1,4})", re.IGNORECASE)
_WORDS = re.compile(r"wc([<>])([0-9]+)", re.IGNORECASE)
_COUNTED = "wc counts words as Factiva does; length: counts those of the text without its headline, as Nightdesk cuts it"
_RANGE = re.compile(r"(?:wc|date|pd|upd)[<>].*|wc", re.IGNORECASE | re.DOTALL)
_ENDINGS = re.compile(r"([^\W_]{3,})\$([1-9])")
_SIGNS = re.compile(r"[^\w\s.,;:&'’`*?/-]|(?<=\*)\w|^[*?]")
_MOST = {"adj": 10, "w/": 10, "near": 500, "/n": 500}
_MOST_TIMES = 50


def parse(text: str) -> tuple[Node, Iterable[str]]:
    """The tree of a query, and notes on it."""
    parser = _Parser(_split(pieces(text, square=True)))
    return parser.whole(parser.disjunction), parser.notes


def _split(found: list[Piece]) -> Iterator[Piece]:
    """The pieces, with `747/N30/british` and `hd=europe` cut into what they hold."""
    for piece in found:
        if piece.kind is not Kind.WORD:
            yield piece
            continue
        at = 0
        if field := _FIELD.match(piece.text):
            yield piece._replace(text=field.group())
            at = field.end()
        for cut in [*_SLASHED.finditer(piece.text, at), None]:
            begin = cut.start() if cut else len(piece.text)
            if at < begin:
                yield Piece(Kind.WORD, piece.text[at:begin], piece.column + at, piece.glued or at > 0)
            if cut:
                yield Piece(Kind.WORD, cut.group(), piece.column + begin, glued=True)
                at = cut.end()


class _Parser(Infix):
    _in_field = ""

    def operator(self) -> str:
        piece = self.next()
        word = piece.text.upper() if piece.kind is Kind.WORD else ""
        return word if word in {"AND", "OR", "NOT"} else ""

    def side(self) -> Node:
        """What a field or atleast stands before, or proximity joins."""
        piece = self.next()
        if piece.kind is Kind.WORD:
            if _FIELD.fullmatch(piece.text):
                return self._field()
            if found := _ATLEAST.fullmatch(piece.text):
                return self._atleast(int(found[1]))
            if piece.text.lower() == "date":
                node, used = dates([self.next(ahead) for ahead in range(5)])
                self._at += used
                return node
            if found := _WORDS.fullmatch(piece.text):
                self.take()
                self.note(_COUNTED)
                return length(found[1], found[2], piece.column)
        return self._proximity()

    def _atleast(self, number: int) -> Node:
        piece = self.take()
        if not 1 <= number <= _MOST_TIMES:
            refuse(f"{shown(piece.text)} counts to more than {_MOST_TIMES}", piece.column, "write atleast5")
        return call(f"atleast{number}", self._proximity(), piece.column)

    def _field(self) -> Node:
        piece = self.take()
        name = piece.text[:-1].lower()
        if self._in_field:
            refuse("a field stands inside another one", piece.column, "close the brackets before it")
        if name in REASONS or name not in FIELDS:
            reason = REASONS.get(name, "is no field that has an equal here")
            refuse(f"{name}= {reason}", piece.column, f"remove it; fields are {', '.join(f'{each}=' for each in FIELDS)}")
        if name in NOTES:
            self.note(NOTES[name])
        self._in_field = name
        node = self._proximity()
        self._in_field = ""
        return in_fields(node, FIELDS[name], piece.column)

    def _proximity(self) -> Node:
        left, paired = self._run(), False
        while self.next().kind is Kind.WORD:
            operator = self.next()
            if found := _FIRST.fullmatch(operator.text):
                self.take()
                self.note("/Fn/ counts the first words of an article; here those of title and text are counted each for itself")
                left = call(f"first{int(found[1])}", left, operator.column)
                continue
            if not self._is_proximity(operator):
                break
            if paired:
                refuse(
                    "a chain of proximity operators without brackets: which pair comes first is not documented",
                    operator.column,
                    "write the brackets you mean",
                )
            self.take()
            left, paired = self._pair(left, operator), True
        return left

    def _pair(self, left: Node, operator: Piece) -> Node:
        right = self._run()
        if operator.text.lower() == "same":
            check_side(left, operator.column, "same")
            check_side(right, operator.column, "same")
            return call("para", all_of([left, right]), operator.column)
        found = _PROXIMITY.fullmatch(operator.text)
        assert found is not None
        name, number = found[1].lower(), int(found[2] or (0 if found[1][0] == "/" else 1))  # adj and w/ have a default
        if not 1 <= number <= _MOST[name]:
            refuse(f"{shown(operator.text)} is not from 1 to {_MOST[name]}", operator.column, f"write {name}5")
        self.note("Factiva counts distances on from the headline into the text; here both sides stand in one of them")
        return near(left, right, number - 1, operator.column, ordered=name in {"adj", "w/"})

    def _is_proximity(self, piece: Piece) -> bool:
        if piece.kind is not Kind.WORD:
            return False
        if piece.text.lower() == "near":
            refuse("near has no number", piece.column, 'write near5, or "near" in quotes for the word')
        return piece.text.lower() == "same" or bool(_PROXIMITY.fullmatch(piece.text) or _FIRST.fullmatch(piece.text))

    def _run(self) -> Node:
        """Words, phrases and groups side by side, which is adj1."""
        column, parts, sole = self.next().column, list[list[str]](), None
        while self.next().kind in {Kind.WORD, Kind.PHRASE, Kind.OPEN}:
            piece = self.next()
            if piece.kind is Kind.OPEN:
                sole = self.group(self.disjunction)
                parts.append(texts(sole) or [])
            elif self.operator() or self._is_proximity(piece) or _FIELD.fullmatch(piece.text):
                break
            else:
                parts.append(self._word(self.take()))
            if len(parts) > 1 and not all(parts):
                refuse("a group beside a word is more than words joined by or", piece.column, "write the operator between them")
        if not parts:
            self.missing()
        return sole if sole is not None and len(parts) == 1 else alternatives(parts, column)

    def _word(self, piece: Piece) -> list[str]:
        """The word or phrase with our wildcards, in each of its forms."""
        if self._in_field == "la" and piece.text.lower() not in LANGUAGES:
            refuse(f"{shown(piece.text)} is no language code that both tools share", piece.column, "write la=de")
        if piece.kind is Kind.PHRASE:
            if found := re.search(r"[%$+]", piece.text):
                _refuse_sign(found.group(), piece)
            return [piece.text]
        self._refuse_operator(piece)
        self.refuse_call(piece)
        refuse_field(piece, "is no field; fields are written with =", f"write {', '.join(f'{each}=' for each in FIELDS)}")
        if found := _ENDINGS.fullmatch(piece.text):
            return endings(found[1], int(found[2]))
        word = piece.text.strip("'’`")
        if not word:
            refuse("a single quote stands alone", piece.column, "remove it")
        if found := _SIGNS.search(word):
            if found.group().isalnum():
                refuse(
                    f"the * in {shown(piece.text)} ends no word, as it must there",
                    piece.column,
                    "write the forms of the word, joined by or",
                )
            _refuse_sign(found.group(), piece)
        return [word]

    def _refuse_operator(self, piece: Piece) -> None:
        word = piece.text.lower()
        if self._in_field and _ATLEAST.fullmatch(word):
            refuse("atleast cannot stand in a field", piece.column, "write it without the field")
        if _RANGE.fullmatch(word):
            refuse(
                f"{shown(word)} is a length or date that is not written as documented, or has no operator before it",
                piece.column,
                "write and wc>1000, or and date after 20261103",
            )
        if re.fullmatch(r"n[0-9]+", word):
            refuse(f"{shown(word)} may be meant as /{word}/", piece.column, "write near5, or quote the word")
        if word in {"date", "upd"} or _ATLEAST.fullmatch(word):
            refuse(f"{shown(word)} is an operator there", piece.column, "quote it if the word is meant")


def _refuse_sign(sign: str, piece: Piece) -> None:
    refuse(
        f"{shown(sign)} in {shown(piece.text)} is a wildcard without an equal here, or a word of its own there",
        piece.column,
        "write the forms of the word, joined by or",
    )
