"""Query text → lexemes: brackets, phrases, operators, functions, fields and words, each with its column. A pure module."""

import re
import unicodedata
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from storage.errors import QueryError
from storage.language.syntax import Field, Look, Scope
from storage.tokens import invisible

FARTHEST_NEAR = 9999
MOST_COUNTED = 9999  # of atleast and first

# What word processors and other keyboards make of the signs; one character each, so columns stay.
_SIGNS = str.maketrans(
    dict.fromkeys("“”„‟«»＂", '"')
    | {"（": "(", "）": ")", "：": ":", "＊": "*", "？": "?", "＜": "<", "＞": ">", "＝": "=", "～": "~"}
)
_GERSHAYIM = re.compile(r'(?<=[א-ת])"(?=[א-ת](?![א-ת]))')  # צה"ל: as keyboards write it, before the last letter
_DASHES = "-–—−"
_WORD_END = re.compile(r'[\s()"]')
_FIELD = re.compile(r"([^\W\d_]+):")
_FUNCTION = re.compile(r"(?P<name>[A-Za-z]+(?::[A-Za-z]+)?)(?P<number>[0-9]*)")
_NEAR = re.compile(r"(O?)NEAR/([0-9]{1,4})")
_LIKE_NEAR = re.compile(r"(?i:o?near)/.*|O?NEAR[0-9]*", re.DOTALL)
_OTHER_TOOLS = re.compile(r"(?i:(?:within|w|pre|n|adj|para|sentence|)/(?:[0-9]+|s|p)|/[nf][0-9]+/|adj[0-9]+)")
_COUNTED = re.compile(r"\s+\([^()]*\)\s*[<>]|\s+\(\s*(?:p|baseline|min)\s*=")
_SLOP = re.compile(r"~([0-9]{1,4})(?![^\s()])")
_FIELDS = [field.value for field in Field if field]
_OTHER_NAMES = {
    "intitle": "title",
    "headline": "title",
    "hd": "title",
    "text": "body",
    "content": "body",
    "ingress": "lead",
    "lp": "lead",
    "standfirst": "lead",
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
    "region": "country",
    "sourcecountry": "country",
    "date": "published",
    "pubdate": "published",
    "wc": "length",
    "words": "length",
    "wordcount": "length",
}
_ADDRESSES = frozenset({"url", "inurl", "allinurl"})
_NUMBERED = {"atleast": "atleast5", "first": "first50"}
_CHANGES = {Scope.ADDED.value, Scope.REMOVED.value}
_FUNCTIONS = {*_NUMBERED, Scope.SENTENCE.value, Scope.PARA.value, *(look.value for look in Look if look), *_CHANGES}
_COUNTING = frozenset({"count", "spike"})
_OTHER_FUNCTIONS = {
    "caps": ("capital", "allcaps"),
    "nocaps": ("nocapital",),
    "paragraph": ("para",),
    "sent": ("sentence",),
    "word": ("exact",),
    "raw": ("exact",),
    "min": ("atleast",),
    "stem": ("stem:en",),
    "stems": ("stem:en",),
    "changed": tuple(sorted(_CHANGES)),
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
    FUNCTION = "function"
    COUNT = "count"
    END = "the end"

    __hash__ = str.__hash__  # an enumeration's own is written in Python, and asked a million times


_WORD, _PHRASE, _NEAR_KIND, _END = Kind.WORD, Kind.PHRASE, Kind.NEAR, Kind.END  # to read them off Kind takes longer
_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


class Lexeme(NamedTuple):
    """One piece of a query: a phrase without its quotes, a field without its colon, a function without its number.

    `number` is that of NEAR/5, first50 or of the ~5 behind a phrase; `NOT NEAR/5` is one lexeme, and so is
    `count(…) >= 5 in 1h`.
    """

    kind: Kind
    text: str
    column: int
    number: int | None = None


def lex(query: str) -> list[Lexeme]:
    """The lexemes of a query, closed by one of kind END; raises QueryError for what can be no part of a query."""
    text = query.translate(_SIGNS)
    if not text.isascii():
        text = _GERSHAYIM.sub("״", text)
    lexemes: list[Lexeme] = []
    at, length = 0, len(text)
    while at < length:
        char = text[at]
        if char.isspace():
            at += 1
            continue
        if char in "()":
            lexeme, at = Lexeme(Kind(char), char, at + 1), at + 1
        elif char == '"':
            lexeme, at = _phrase(text, at)
        else:
            lexeme, at = _word(text, at)
            if lexeme.kind is _NEAR_KIND and lexemes and lexemes[-1].text == "NOT" and lexemes[-1].kind is Kind.NOT:
                lexeme = lexeme._replace(text=f"NOT {lexeme.text}", column=lexemes.pop().column)
        lexemes.append(lexeme)
    lexemes.append(Lexeme(Kind.END, "the end", length + 1))
    return lexemes


def _phrase(text: str, at: int) -> tuple[Lexeme, int]:
    end = text.find('"', at + 1)
    if end < 0:
        twice = text.find('""', 0, at + 1)
        if twice >= 0:
            raise QueryError("two quotes stand side by side", column=twice + 1, remedy="remove one of them")
        raise QueryError("this quote is never closed", column=at + 1, remedy='add the missing "')
    content = text[at + 1 : end]
    if text[end + 1 : end + 2] != "~":
        return Lexeme(Kind.PHRASE, content, at + 1), end + 1
    slop = _SLOP.match(text, end + 1)
    if slop is None:
        raise QueryError(
            f"~ is not followed by a number of words from 0 to {FARTHEST_NEAR}", column=end + 2, remedy='write "a b"~5'
        )
    return Lexeme(Kind.PHRASE, content, at + 1, int(slop[1])), slop.end()


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
    if word.isalpha() and word.islower() and text[end : end + 1] != "(" and word not in _COUNTING:  # as most are, no operator
        return Lexeme(Kind.WORD, word, column), end
    if not word.isascii():
        narrow = _narrow(word)
        if narrow in _OPERATORS or _NEAR.fullmatch(narrow):
            word = narrow
    if word in _OPERATORS:
        return Lexeme(_OPERATORS[word], word, column), end
    if _LIKE_NEAR.fullmatch(word):
        return _near(word, column), end
    if text[end : end + 1] == "(" and word[-1] != ":":
        lexeme, stop = _called(text, at, end)
        if lexeme is not None:
            return lexeme, stop
    else:
        _check_blank(text, at, end)
    return _plain(text, at, end)


def _narrow(word: str) -> str:
    """The word without invisible characters, and in letters of usual width: other keyboards write ＯＲ."""
    return "".join(char for char in unicodedata.normalize("NFKC", word) if not invisible(char))


def _check_blank(text: str, at: int, end: int) -> None:
    """Refuse `atleast5 (…)` and `count (story) >= 5`, which are functions but for a blank before the bracket."""
    word = text[at:end]
    small = word.lower()
    called = small.rstrip("0123456789") in _NUMBERED and word[-1].isdigit() and text[end:].lstrip()[:1] == "("
    if called or (small in _COUNTING and _COUNTED.match(text, end)):
        raise QueryError(f"a blank stands between {word} and its bracket", column=at + 1, remedy=f"write {word}(…)")


def _plain(text: str, at: int, end: int) -> tuple[Lexeme, int]:
    """The field that a word begins with, or the word."""
    word, column = text[at:end], at + 1
    field = _FIELD.match(word)
    if field:
        return Lexeme(Kind.FIELD, _field(field[1], column, word[field.end() :]), column), at + field.end()
    if _OTHER_TOOLS.fullmatch(word):
        raise QueryError(
            f"unknown operator {shown(word)}",
            column=column,
            remedy=f'write a NEAR/5 b, or bring the query in by `rule import --dialect`; as a word: "{shown(word)}"',
        )
    return Lexeme(Kind.WORD, word, column), end


def _called(text: str, at: int, end: int) -> tuple[Lexeme | None, int]:
    """The function that is glued to the bracket at `end`, or None when what stands there begins with a field."""
    word, column = text[at:end], at + 1
    found = _FUNCTION.fullmatch(word)
    name, number = (found["name"].lower(), found["number"]) if found else (word, "")
    if name in _COUNTING and not number:
        return _counting(text, at, end)
    if name in _FUNCTIONS or name.startswith("stem:"):
        return _function(name, number, column), end
    if _FIELD.match(word) and name.partition(":")[0] not in {"changed", "stem"}:
        return None, end
    close = _OTHER_FUNCTIONS.get(name) or get_close_matches(name[:40], sorted(_FUNCTIONS), n=1)
    hint = f"did you mean {' or '.join(_NUMBERED.get(each, each) + '(…)' for each in close)}? " if close else ""
    raise QueryError(
        f"nothing stands between {shown(word)} and its bracket, and there is no function of that name",
        column=column,
        remedy=f"{hint}write a blank, AND or OR before the bracket",
    )


def _function(name: str, number: str, column: int) -> Lexeme:
    if name not in _NUMBERED:
        if number:
            raise QueryError(f"{name} takes no number", column=column, remedy=f"write {name}(…)")
        return Lexeme(Kind.FUNCTION, name, column)
    if not number or not 1 <= int(number[:5]) <= MOST_COUNTED:
        raise QueryError(
            f"{name} takes a number of words from 1 to {MOST_COUNTED}", column=column, remedy=f"write {_NUMBERED[name]}(…)"
        )
    return Lexeme(Kind.FUNCTION, name, column, int(number))


_AFTER_COUNT = re.compile(r"\)\s*(?:[<>=]+\s*[0-9]+)?\s*(?:(?i:in)\s+[0-9]+[a-zA-Z]+)?")


def _counting(text: str, at: int, opening: int) -> tuple[Lexeme, int]:
    """`count(…) >= 5 in 1h` or `spike(…)`, whole; `storage.counting` reads it."""
    close = text.find(")", opening)
    if close < 0:
        raise QueryError("this bracket is never closed", column=opening + 1, remedy="add the missing )")
    after = _AFTER_COUNT.match(text, close)
    end = close + 1 if after is None or text[at] in "sS" else after.end()
    return Lexeme(Kind.COUNT, text[at:end].rstrip(), at + 1), end


def _near(word: str, column: int) -> Lexeme:
    found = _NEAR.fullmatch(word)
    if found:
        return Lexeme(Kind.NEAR, word, column, int(found[2]))
    name = "ONEAR" if word[:1] in "oO" else "NEAR"
    if word.partition("/")[0] != name and _NEAR.fullmatch(word.upper()):
        raise QueryError(f"{shown(word)} is not in capitals", column=column, remedy=f"write {word.upper()}")
    raise QueryError(
        f"{shown(word)} is not {name}/ with a number of words from 0 to {FARTHEST_NEAR}",
        column=column,
        remedy=f'write {name}/5, or "{name.lower()}" in quotes for the word',
    )


def _field(name: str, column: int, rest: str) -> str:
    """The name of a known field in small letters; `rest`: what is glued to its colon."""
    small = name.lower()
    if small in _FIELDS:
        return small
    if small in {"http", "https"}:
        raise QueryError(
            "a web address is no query word", column=column, remedy="write site:bbc.co.uk, or put the address in quotes"
        )
    if small == "changed":
        raise QueryError(
            "changed: takes added(…) or removed(…)", column=column, remedy="write changed:added(word) or changed:removed(word)"
        )
    if small == "stem":
        raise QueryError("stem: takes a language and a bracket", column=column, remedy="write stem:en(word)")
    if small in _FUNCTIONS:
        call = _NUMBERED.get(small, small)
        raise QueryError(
            f"{shown(name)} is a function, and takes brackets", column=column, remedy=f"write {call}({shown(rest) or 'word'})"
        )
    if small in _ADDRESSES:
        raise QueryError(
            f"unknown field {shown(name)}:",
            column=column,
            remedy=f"did you mean site:? It takes a host such as bbc.co.uk; words in addresses are not looked for "
            f'(quote it if words are meant: "{shown(name)}")',
        )
    close = [_OTHER_NAMES[small]] if small in _OTHER_NAMES else get_close_matches(small[:40], _FIELDS, n=1)
    hint = f"did you mean {close[0]}:?" if close else f"fields are {', '.join(each + ':' for each in _FIELDS)}"
    raise QueryError(
        f"unknown field {shown(name)}:", column=column, remedy=f'{hint} (quote it if words are meant: "{shown(name)}")'
    )


def shown(text: str) -> str:
    """A piece of a query as an error message shows it: on one line, not long, printable, nothing in it invisible."""
    printable = [char if char.isprintable() else f"U+{ord(char):04X}" for char in text[:40]]
    return "".join(printable) if len(text) <= 40 else "".join(printable[:39]) + "…"
