"""One word or phrase of a query → a leaf of its tree, or the error that says why not. A pure module."""

import re
from dataclasses import dataclass

from storage.countries import country_code
from storage.errors import QueryError, UsageError
from storage.folded import folded_tokens
from storage.language.days import days
from storage.language.lengths import lengths
from storage.language.lexer import Kind, Lexeme, shown
from storage.language.spelling import spelt
from storage.language.syntax import FACT_FIELDS, LETTER_LOOKS, TEXT_FIELDS, Fact, Field, Leaf, Look, Near, Words, wild
from storage.language.wildcards import OLD_ONE, OLD_STARS, ONE, STARS, longest_piece
from storage.tokens import HANGUL, Tokens, tokenize, unspaced

LONGEST_QUERY = 20_000
"""Characters of a query."""
LONGEST_PHRASE = 100
"""Words of a phrase."""
LEAST_PIECE = 3
"""Letters that must stand together in a word that begins with a wildcard."""

_TILDE = re.compile(r"[~^][0-9.]*$")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")  # the shape of BCP 47 tags
_HOST = re.compile(r"[^\W_]+(?:[-_]+[^\W_]+)*(?:\.[^\W_]+(?:[-_]+[^\W_]+)*)*")
_FOREIGN = re.compile(
    r"^\+(?=\w)|(?<=\w)\|\|?(?=\w)|^\[|\]$|^\{|\}$|(?<=[A-Za-z])=(?=\w)|^/(?=.*/$)|(?<=\w)!$"
    r"|(?i:(?<=^wc)|(?<=^length))[<>](?==?[0-9])"
)
_WRITE_FOREIGN = {
    "+": "AND between words", "|": "OR with blanks around it", "||": "OR with blanks around it", "[": "( )", "]": "( )",
    "{": "( )", "}": "( )", "=": "a field with a colon, such as title:", "/": "wildcards, such as bank*",
    "<": "length:<300", ">": "length:>1000", "!": "bank* for the beginning of a word",
}  # fmt: skip
_WRITE_INSTEAD = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "/": "OR"}
_ANY_HANGUL = re.compile(f"[{HANGUL}]")
_HANGUL_END = re.compile(r"(?:\A|[\uac00-\ud7a3])[\uac00-\ud7a3]\Z")
_WITHIN = re.compile(r"(?<=[\w*])\?+(?=[\w*])")  # in quotes a question mark elsewhere is one
_TOUCHING = re.compile(r"(?<=[\w*])\?+|\?+(?=[\w*])")
_BESIDE_SIGN = re.compile(r"(\w)[?*]|[?*](\w)")
_WILDCARDS = str.maketrans({"*": STARS, "?": ONE})
_SIGNS = str.maketrans({STARS: "*", ONE: "?", OLD_STARS: "*", OLD_ONE: "?"})
_NO_WILDCARDS = str.maketrans(dict.fromkeys([STARS, ONE, OLD_STARS, OLD_ONE], " "))
_IN_HANGUL = str.maketrans({STARS: OLD_STARS, ONE: OLD_ONE})
_BESIDE_HANGUL = re.compile(rf"[{STARS}{ONE}]+(?=[{HANGUL}])|(?<=[{HANGUL}])[{STARS}{ONE}]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """How words are read at a place of a query: in which field, and how they are compared."""

    field: Field = Field.ANY
    look: Look = Look.FOLDED
    stem: str = ""


def leaf(lexeme: Lexeme, reading: Reading) -> Leaf | Near:
    """The leaf that a word or phrase makes; raises QueryError when it makes none. `"a b"~5` is Near."""
    if reading.field not in FACT_FIELDS:
        return _words(lexeme, reading)
    match reading.field:
        case Field.SITE:
            return Fact(Field.SITE, _site(lexeme), lexeme.column)
        case Field.LANG:
            return Fact(Field.LANG, _language(lexeme), lexeme.column)
        case Field.COUNTRY:
            return Fact(Field.COUNTRY, _country(lexeme), lexeme.column)
        case Field.LENGTH:
            return Fact(Field.LENGTH, lengths(lexeme.text, lexeme.column), lexeme.column)
        case _:
            return Fact(Field.PUBLISHED, days(lexeme.text, lexeme.column), lexeme.column)


def host_key(host: str) -> str:
    """A host as `site:` compares it: small letters, no final point, international names in their ASCII form."""
    small = host.strip().rstrip(".").casefold()
    if small.isascii():
        return small
    try:
        return small.encode("idna").decode("ascii")
    except UnicodeError:
        return small


def language_key(tag: str) -> str:
    """A language tag as `lang:` compares it: de_AT and de-AT are `de-at`."""
    return tag.strip().casefold().replace("_", "-")


def _words(lexeme: Lexeme, reading: Reading) -> Words | Near:
    text, column = lexeme.text, lexeme.column
    if lexeme.number is None and not reading.look and (words := simple(text)):  # as most are
        return Words(words, reading.field, stem=reading.stem, column=column)
    if lexeme.kind is Kind.WORD:
        _check_word(lexeme)
    if "*" in text:
        text = _without_idle_stars(text)
    cut = text
    if "*" in text or "?" in text:
        marks = _WITHIN if lexeme.kind is Kind.PHRASE else _TOUCHING
        cut = marks.sub(lambda found: ONE * len(found.group()), text.translate(_NO_WILDCARDS)).replace("*", STARS)
        cut = _BESIDE_HANGUL.sub(lambda found: found.group().translate(_IN_HANGUL), cut)
    folded = tuple(folded_tokens(cut))
    words = folded if cut is text else tuple(word.translate(_SIGNS) for word in folded)
    if not words:
        _refuse_empty(lexeme)
    if cut is not text:
        _check_wildcards(words, lexeme)
    if len(words) > LONGEST_PHRASE:
        raise QueryError(
            f"this phrase has {len(words)} words",
            column=column,
            remedy=f"at most {LONGEST_PHRASE} are allowed; a part of it will find the same articles",
        )
    look = reading.look
    spelling: tuple[str, ...] = ()
    if look and look not in LETTER_LOOKS:
        spelling = _spelling(look, cut, tokenize(cut))
    elif reading.field in TEXT_FIELDS and not reading.stem:
        words = words if text.isascii() else _with_particles(words, cut)
    made = Words(words, reading.field, look, spelling, reading.stem, column=column)
    return made if lexeme.number is None else _loose(made, lexeme)


def simple(text: str) -> tuple[str, ...]:
    """The tokens of an ASCII text in which nothing but letters, digits and blanks stands; none for others."""
    if not text.isascii():
        return ()
    if text.isalnum():
        return (text.lower(),)
    words = tuple(text.lower().split())
    return words if len(words) <= LONGEST_PHRASE and "".join(words).isalnum() else ()


def _without_idle_stars(text: str) -> str:
    """The text without a star at its end or beginning that touches a script without blanks: words go on there anyway."""
    while len(text) > 1 and text.endswith("*") and unspaced(text[-2]):
        text = text[:-1]
    while len(text) > 1 and text.startswith("*") and unspaced(text[1]):
        text = text[1:]
    return text


def _spelling(look: Look, text: str, tokens: Tokens) -> tuple[str, ...]:
    pieces = (text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True))
    return tuple(spelt(look, piece).translate(_SIGNS) for piece in pieces)


def _with_particles(words: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Korean words also with the grammar that is glued to their end (서울 in 서울에서); one syllable alone is too little."""
    if not _ANY_HANGUL.search(text):
        return words
    tokens = tokenize(text)
    glued = [end == start for end, start in zip((-1, *tokens.ends), (*tokens.starts, -2), strict=True)]  # to the one before
    return tuple(
        word + "*" if _HANGUL_END.search(word) and not behind and (before or len(word) > 1) else word
        for word, before, behind in zip(words, glued[:-1], glued[1:], strict=True)
    )


def _loose(words: Words, lexeme: Lexeme) -> Words | Near:
    """A phrase whose words may have others among them: two words are Near, whatever they are."""
    assert lexeme.number is not None
    parts = [
        Words((word,), words.field, words.look, words.spelt[number : number + 1], words.stem, column=words.column)
        for number, word in enumerate(words.words)
    ]
    if len(parts) == 1:
        raise QueryError("~ stands behind a single word", column=lexeme.column, remedy='write two words or more: "a b"~5')
    if len(parts) == 2:
        return Near(parts[0], parts[1], lexeme.number, column=words.column)
    if words.look or words.stem or any(map(wild, words.words)):
        raise QueryError(
            "~ behind three words or more takes whole words only, compared without capitals and accents",
            column=lexeme.column,
            remedy="join two at a time by NEAR: a* NEAR/5 b NEAR/5 c",
        )
    return Words(words.words, words.field, slop=lexeme.number, column=words.column)


def _check_word(lexeme: Lexeme) -> None:
    """Refuse signs that other tools give a meaning, rather than drop them and search for something else."""
    word, column = lexeme.text, lexeme.column
    found = _FOREIGN.search(word)
    if found:
        raise QueryError(
            f"{found.group()} is not known here",
            column=column + found.start(),
            remedy=f'write {_WRITE_FOREIGN[found.group()]}, or quotes if the text is meant: "{shown(word)}"',
        )
    if len(word) > 1 and word[0] == "!" and word[1].isalnum():
        raise QueryError("! is not known here", column=column, remedy=f"write -{shown(word[1:])}")
    found = _TILDE.search(word)
    if found:
        raise QueryError(
            f"{shown(found.group())} is not known here",
            column=column + found.start(),
            remedy="write distances as a NEAR/5 b; weights and fuzzy words do not exist",
        )


def _check_wildcards(words: tuple[str, ...], lexeme: Lexeme) -> None:
    for word in words:
        if not wild(word):
            continue
        piece = longest_piece(word)
        if not piece and (sign := _BESIDE_SIGN.search(lexeme.text)) and unspaced(sign[1] or sign[2]):
            raise QueryError(
                f"a wildcard stands at {sign[1] or sign[2]}, and each such sign is looked for alone",
                column=lexeme.column,
                remedy=f"remove the {sign[0].strip(sign[1] or sign[2])}",
            )
        if not piece:
            raise QueryError(
                "a wildcard stands alone", column=lexeme.column, remedy="write the beginning of a word before it: bank*"
            )
        if word[0] in "*?" and len(piece) < LEAST_PIECE:
            raise QueryError(
                f"{shown(word)} begins with a wildcard and has too few letters together",
                column=lexeme.column,
                remedy=f"write at least {LEAST_PIECE} letters: *bank",
            )
    if len(words) > 1 and lexeme.kind is Kind.WORD and any(word[0] == "?" or word[-1] == "?" for word in words):
        raise QueryError(
            f"? stands at an edge of a word in {shown(lexeme.text)}, which is several words here",
            column=lexeme.column,
            remedy=f"write {' ONEAR/0 '.join(map(shown, words))}",
        )


def _refuse_empty(lexeme: Lexeme) -> None:
    bare = lexeme.text.strip()
    if lexeme.kind is Kind.PHRASE and not bare:
        raise QueryError("the phrase is empty", column=lexeme.column, remedy="write words between the quotes")
    instead = _WRITE_INSTEAD.get(bare)
    raise QueryError(
        f"{shown(bare)} has no letter or digit",
        column=lexeme.column,
        remedy=f"write {instead} in its place, or remove it" if instead else "write a word, or remove it",
    )


def _site(lexeme: Lexeme) -> str:
    host = host_key(lexeme.text)
    if not _HOST.fullmatch(host):
        raise QueryError(
            "site: takes a host name",
            column=lexeme.column,
            remedy="write it without http://, path, port or *: site:bbc.co.uk includes everything below it",
        )
    return host


def _language(lexeme: Lexeme) -> str:
    tag = language_key(lexeme.text)
    if not _LANGUAGE.fullmatch(tag):
        raise QueryError(
            "lang: takes a language code", column=lexeme.column, remedy="write two letters, such as lang:de or lang:de-AT"
        )
    return tag


def _country(lexeme: Lexeme) -> str:
    try:
        return country_code(lexeme.text)
    except UsageError:
        raise QueryError(
            "country: takes a country code", column=lexeme.column, remedy="write two letters, such as country:de"
        ) from None
