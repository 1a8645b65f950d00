"""One word or phrase of a query → a leaf of its tree, or the error that says why not. A pure module."""

import re

from storage.errors import QueryError
from storage.lexer import Kind, Lexeme, shown
from storage.syntax import Field, Leaf, Phrase, Prefix, Term
from storage.tokens import tokenize

LONGEST_QUERY = 20_000
"""Characters of a query."""
LONGEST_PHRASE = 100
"""Words of a phrase."""

_INNER_WILDCARD = re.compile(r"\w\?\w|^\?\w|\*.")
_TILDE = re.compile(r"[~^][0-9.]*$")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")  # the shape of BCP 47 tags
_HOST = re.compile(r"[^\W_]+(?:[-_]+[^\W_]+)*(?:\.[^\W_]+(?:[-_]+[^\W_]+)*)*")
_WRITE_INSTEAD = {"&": "AND", "&&": "AND", "+": "AND", "|": "OR", "||": "OR", "!": "NOT", "/": "OR"}


def leaf(lexeme: Lexeme, field: Field) -> Leaf:
    """The leaf that a word or phrase makes in a field; raises QueryError when it makes none."""
    if field is Field.SITE:
        return Term(_site(lexeme), field, lexeme.column)
    if field is Field.LANG:
        return Term(_language(lexeme), field, lexeme.column)
    text = lexeme.text
    if lexeme.kind is Kind.WORD:
        _check_word(lexeme)
    starred = text.endswith("*")
    if "*" in text[:-1]:
        _refuse_star(lexeme)
    words = tokenize(text.rstrip("*")).folded
    if not words:
        _refuse_empty(lexeme)
    if len(words) > LONGEST_PHRASE:
        raise QueryError(
            f"this phrase has {len(words)} words",
            column=lexeme.column,
            remedy=f"at most {LONGEST_PHRASE} are allowed; a part of it will find the same articles",
        )
    if starred:
        return Prefix(words, field, lexeme.column)
    return Phrase(words, field, lexeme.column) if len(words) > 1 else Term(words[0], field, lexeme.column)


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


def _check_word(lexeme: Lexeme) -> None:
    """Refuse signs that other tools give a meaning, rather than drop them and search for something else."""
    word, column = lexeme.text, lexeme.column
    if word.strip("*") and ("*" in word[:-1] or _INNER_WILDCARD.search(word)):
        _refuse_star(lexeme)
    if len(word) > 1 and word[0] == "!" and word[1].isalnum():
        raise QueryError("! is not known here", column=column, remedy=f"write -{shown(word[1:])}")
    found = _TILDE.search(word)
    if found:
        raise QueryError(
            f"{shown(found.group())} is not known here",
            column=column + found.start(),
            remedy="write distances as a NEAR/5 b; weights and fuzzy words do not exist",
        )


def _refuse_star(lexeme: Lexeme) -> None:
    raise QueryError(
        "a wildcard stands elsewhere than at the end",
        column=lexeme.column,
        remedy='* may only end a word or phrase, as in bank* or "central bank*"; write other forms with OR',
    )


def _refuse_empty(lexeme: Lexeme) -> None:
    bare = lexeme.text.strip()
    if lexeme.kind is Kind.PHRASE and not bare:
        raise QueryError("the phrase is empty", column=lexeme.column, remedy="write words between the quotes")
    if bare.strip("*") == "":
        raise QueryError("* stands alone", column=lexeme.column, remedy="write the beginning of a word before it: bank*")
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
