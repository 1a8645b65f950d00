r"""Pieces of a Lucene query string, and its ranges. A pure module.

Source: lucene.apache.org, "Query Parser Syntax" (classic): AND OR NOT in capitals, `&& || ! + -`, backslash before special
signs, `[a TO b]` with and `{a TO b}` without its ends, `~` and `^` behind a term; `/[mb]oat/` finds moat or boat. Only such
regular expressions are read: of letters and lists of letters, all of them small, as an index usually has its words.
QueryParserBase.discardEscapeChar: `\u00e9` is the character of that number, and one with fewer digits is refused there too.
"""

import re
import unicodedata
from collections.abc import Iterator

from alerts.dialects.lexing import Kind, Piece, clean, refuse
from alerts.dialects.tree import Leaf, Node, all_of, any_of
from alerts.dialects.words import MOST_ALTERNATIVES, leaf, published
from storage.language.lexer import shown
from storage.tokens import tokenize

EDGE = 4
"""Digits of a distance."""

_OPERATORS = frozenset({"AND", "OR", "NOT"})
_ESCAPED = r"\\(?s:.)"
_TOKEN = re.compile(
    rf"""(?P<blank>\s+)
    |(?P<phrase>"(?:{_ESCAPED}|[^"\\])*")
    |(?P<range>[\[{{][^\]}}]*[\]}}])
    |(?P<regex>/(?:{_ESCAPED}|[^/\\])*/)
    |(?P<sign>&&|\|\||[+!-])
    |(?P<bracket>[()])
    |(?P<suffix>[~^][0-9.]*)
    |(?P<word>(?:{_ESCAPED}|[^\s!()":^\[\]{{}}~\\/+-])(?:{_ESCAPED}|[^\s!()":^\[\]{{}}~\\/])*)(?P<colon>:)?""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"[0-9]{1,6}|\*")
_RANGE = re.compile(r"\s*(\S+)\s+TO\s+(\S+)\s*")
_SPELT_OUT = re.compile(r"/((?:[^\W_]|\[[^\W_]+\])+)/")
_CHOICES = re.compile(r"\[([^]]+)\]|(.)")
_ESCAPE = re.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?s:.))")
_OURS = frozenset('*?"\\')
"""Signs that mean something in our language, and stood for themselves."""


def lexed(text: str) -> Iterator[Piece]:
    """The pieces of a query, closed by one of kind END; raises QueryError for a sign that begins none."""
    text = clean(text)
    at, glued = 0, False
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            names = {'"': "this quote is never closed", "[": "this range is never closed", "{": "this range is never closed"}
            refuse(names.get(text[at], f"{shown(text[at])} begins no term"), at + 1, "close it, or write a backslash before it")
        at = found.end()
        if found["blank"] is None:
            yield _piece(found, glued=glued)
        glued = found["blank"] is None
    yield Piece(Kind.END, "the end", len(text) + 1)


def _piece(found: re.Match[str], *, glued: bool) -> Piece:
    column, text = found.start() + 1, found.group()
    if found["phrase"] is not None:
        return Piece(Kind.PHRASE, _plain(text[1:-1], column + 1), column, glued)
    if found["bracket"] is not None:
        return Piece(Kind(text), text, column, glued)
    if found["colon"] or found["word"] is None or text in _OPERATORS:
        return Piece(Kind.SIGN, text, column, glued)
    return Piece(Kind.WORD, _plain(text, column), column, glued)


def _plain(text: str, column: int) -> str:
    r"""The text without backslashes; raises QueryError for a \u without four hexadecimal digits.

    An escaped sign stands for itself, which is a gap between words here; \u00e9 is the character of that number, é.
    """

    def read(found: re.Match[str]) -> str:
        if found["code"]:
            char = clean(chr(int(found["code"], 16)))
            return " " if char in _OURS or unicodedata.category(char) == "Cc" else char
        if found.group() == "\\u":
            refuse(
                "four hexadecimal digits do not follow \\u",
                column + found.start(),
                "write them, as in caf\\u00e9, or the letter",
            )
        return found.group()[1] if found.group()[1].isalnum() else " "

    plain = _ESCAPE.sub(read, text)
    try:
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")  # two halves make a character, as in Java
    except UnicodeDecodeError:
        refuse("a \\u has the number of half a character", column, "write both halves, as in \\ud83d\\ude00, or the character")


def spelt_out(piece: Piece) -> Node:
    """The words that a regular expression of letters and lists of letters means; raises QueryError for any other."""
    found = _SPELT_OUT.fullmatch(piece.text)
    if found is None or found[1] != found[1].lower():
        refuse("a regular expression has no equal here", piece.column, "write the words joined by OR")
    words = [""]
    for several, single in _CHOICES.findall(found[1]):
        choices = dict.fromkeys(several or single)
        if len(words) * len(choices) > MOST_ALTERNATIVES:
            refuse(f"this makes more than {MOST_ALTERNATIVES} words", piece.column, "write the beginning of the word and *")
        words = [word + choice for word in words for choice in choices]
    if any(len(tokenize(word)) > 1 for word in words):
        refuse("a regular expression of several words has no equal here", piece.column, "write the phrases joined by OR")
    return any_of([leaf(word, piece.column) for word in words])


def measured(piece: Piece) -> Leaf:
    """A number of words or a range of them as `length:`; raises QueryError for anything else."""
    found = _RANGE.fullmatch(piece.text[1:-1]) if piece.kind is Kind.SIGN and piece.text[0] in "[{" else None
    first, last = (found[1], found[2]) if found else (piece.text, piece.text)
    if piece.kind is Kind.OPEN or not (_NUMBER.fullmatch(first) and _NUMBER.fullmatch(last)) or first == last == "*":
        refuse("length: takes a number of words or a range of them", piece.column, "write length:[100 TO 2000]")
    least = int(first) + (piece.text[0] == "{") if first != "*" else None
    most = int(last) - (piece.text[-1] == "}") if last != "*" else None
    if (least is not None and most is not None and least > most) or most == -1:
        refuse("no number lies within this range", piece.column, "write the smaller number first")
    span = f"{'' if least is None else least}..{'' if most is None else most}"
    return Leaf(f"length:{span}", piece.column, fact=True)


def ranged(piece: Piece, *, dated: bool) -> Node:
    """A date or range of dates as `published:`; raises QueryError for any other range."""
    if not dated or piece.text.startswith("/"):
        what = "a regular expression" if piece.text.startswith("/") else "a range of words"
        refuse(f"{what} has no equal here", piece.column, "write the words joined by OR")
    if piece.kind is not Kind.SIGN:
        return published("", piece.text, piece.column)
    found = _RANGE.fullmatch(piece.text[1:-1])
    if found is None:
        refuse("this range has no TO between two ends", piece.column, "write [2026-10-01 TO 2026-11-15]")
    first = ">=" if piece.text[0] == "[" else ">"
    last = "<=" if piece.text[-1] == "]" else "<"
    ends: list[Node] = [
        published(sign, end.strip('"'), piece.column) for sign, end in ((first, found[1]), (last, found[2])) if end != "*"
    ]
    if not ends:
        refuse("this range is open at both ends", piece.column, "remove it")
    if len(ends) == 2 and (first, last) == (">=", "<="):
        return Leaf(f"published:{found[1]}..{found[2]}", piece.column, fact=True)
    return all_of(ends)
