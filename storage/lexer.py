"""Query text → lexemes: brackets, phrases, operators, fields and words, each with its column. A pure module."""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from storage.errors import QueryError
from storage.syntax import Field

FARTHEST_NEAR = 9999

# What word processors and other keyboards make of the signs; one character each, so columns stay.
_SIGNS = str.maketrans(dict.fromkeys("“”„‟«»＂", '"') | {"（": "(", "）": ")", "：": ":", "＊": "*"})
_DASHES = "-–—−"
_WORD_END = re.compile(r'[\s()"]')
_FIELD = re.compile(r"([^\W\d_]+):")
_NEAR = re.compile(r"NEAR/([0-9]{1,4})")
_LIKE_NEAR = re.compile(r"(?i:near)/.*|NEAR[0-9]*", re.DOTALL)
_OTHER_TOOLS = re.compile(r"(?:ONEAR|WITHIN|W|PRE|N|ADJ|PARA|SENTENCE)/[0-9]+|ADJ[0-9]+")
_FIELDS = [field.value for field in Field if field]
_OTHER_NAMES = {
    "intitle": "title",
    "headline": "title",
    "hd": "title",
    "text": "body",
    "content": "body",
    "inurl": "site",
    "url": "site",
    "domain": "site",
    "host": "site",
    "language": "lang",
    "la": "lang",
    "by": "author",
    "byline": "author",
    "outlet": "source",
    "feed": "source",
    "category": "tag",
    "keyword": "tag",
}


class Kind(StrEnum):
    """What a lexeme is."""

    WORD = "word"
    PHRASE = "phrase"
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    FIELD = "field"
    END = "the end"


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One piece of a query: a phrase without its quotes, a field without its colon; `number` is NEAR's."""

    kind: Kind
    text: str
    column: int
    number: int = 0


def lex(query: str) -> list[Lexeme]:
    """The lexemes of a query, closed by one of kind END; raises QueryError for what can be no part of a query."""
    text = query.translate(_SIGNS)
    lexemes: list[Lexeme] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char.isspace():
            at += 1
            continue
        if char in "()":
            lexeme, at = Lexeme(Kind(char), char, at + 1), at + 1
            if char == "(":
                _check_glued(text, lexemes, lexeme)
        elif char == '"':
            lexeme, at = _phrase(text, at)
        else:
            lexeme, at = _word(text, at)
        lexemes.append(lexeme)
    lexemes.append(Lexeme(Kind.END, "the end", len(text) + 1))
    return lexemes


def _check_glued(text: str, lexemes: list[Lexeme], opening: Lexeme) -> None:
    """Refuse `word(`: other tools have functions such as case(…), and reading them as AND would be a silent change."""
    if lexemes and lexemes[-1].kind is Kind.WORD and not text[opening.column - 2].isspace():
        word = lexemes[-1]
        raise QueryError(
            f"nothing stands between {shown(word.text)} and its bracket, and there is no function of that name",
            column=word.column,
            remedy="write a blank, AND or OR before the bracket",
        )


def _phrase(text: str, at: int) -> tuple[Lexeme, int]:
    end = text.find('"', at + 1)
    if end < 0:
        raise QueryError("this quote is never closed", column=at + 1, remedy='add the missing "')
    if text[end + 1 : end + 2] == "~":
        raise QueryError("~ after a phrase is not known here", column=end + 2, remedy="write the distance as a NEAR/5 b")
    return Lexeme(Kind.PHRASE, text[at + 1 : end], at + 1), end + 1


def _word(text: str, at: int) -> tuple[Lexeme, int]:
    column = at + 1
    if text[at] in _DASHES:
        following = text[at + 1 : at + 2]
        if following in {"", ")"} or following.isspace():
            raise QueryError(
                "a dash stands alone", column=column, remedy="write -word without a blank for NOT, or remove the dash"
            )
        return Lexeme(Kind.NOT, text[at], column), at + 1
    found = _WORD_END.search(text, at)
    end = found.start() if found else len(text)
    word = text[at:end]
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word, column), end
    if _LIKE_NEAR.fullmatch(word):
        return _near(word, column), end
    field = _FIELD.match(word)
    if field:
        return Lexeme(Kind.FIELD, _field(field[1], column), column), at + field.end()
    if _OTHER_TOOLS.fullmatch(word):
        raise QueryError(
            f"unknown operator {shown(word)}",
            column=column,
            remedy=f'operators are AND, OR, NOT and NEAR/5; quote it if the word is meant: "{shown(word)}"',
        )
    return Lexeme(Kind.WORD, word, column), end


def _near(word: str, column: int) -> Lexeme:
    found = _NEAR.fullmatch(word)
    if found:
        return Lexeme(Kind.NEAR, word, column, int(found[1]))
    if word.partition("/")[0] != "NEAR" and _NEAR.fullmatch(word.upper()):
        raise QueryError(f"{shown(word)} is not in capitals", column=column, remedy=f"write {word.upper()}")
    raise QueryError(
        f"{shown(word)} is not NEAR/ with a number of words from 0 to {FARTHEST_NEAR}",
        column=column,
        remedy='write NEAR/5, or "near" in quotes for the word',
    )


def _field(name: str, column: int) -> str:
    """The name of a known field in small letters."""
    small = name.lower()
    if small in _FIELDS:
        return small
    if small in {"http", "https"}:
        raise QueryError(
            "a web address is no query word", column=column, remedy="write site:bbc.co.uk, or put the address in quotes"
        )
    close = [_OTHER_NAMES[small]] if small in _OTHER_NAMES else get_close_matches(small[:40], _FIELDS, n=1)
    hint = f"did you mean {close[0]}:?" if close else f"fields are {', '.join(each + ':' for each in _FIELDS)}"
    raise QueryError(
        f"unknown field {shown(name)}:", column=column, remedy=f'{hint} (quote it if words are meant: "{shown(name)}")'
    )


def shown(text: str) -> str:
    """A piece of a query as an error message shows it: on one line, not long, printable."""
    printable = "".join(char if char.isprintable() else "\ufffd" for char in text[:40])
    return printable if len(text) <= 40 else printable[:39] + "…"
