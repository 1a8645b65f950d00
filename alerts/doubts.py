"""What a query's signs and words are hardly meant to be. A pure module.

Signs that no token keeps are dropped, and names of functions without brackets are words: all of it parses, and little of it is
what its author wanted.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from alerts.codes import COUNTRIES, LANGUAGES, TOP_LEVELS
from alerts.findings import Finding, warning
from storage.language.lexer import Kind, Lexeme, lex, shown
from storage.language.query import Query
from storage.language.syntax import Fact, Field, Words, leaves

_SINGLE = "'‘’‚‛`"
_SIGNED = re.compile(r"\w[+#]+$|^\.[^\W\d]")
_FIELD_LIKE = re.compile(r"([^\W\d_]+(?:[._-][^\W\d_]+)+):(?=[^\W_])(?!\d+\b)")
_LISTED = re.compile(r"[^\W\d][,;]+[^\W\d]")
_NUMBERED = re.compile(r"(?:atleast|first)[0-9]+", re.IGNORECASE)
_FUNCTIONS = frozenset({"sentence", "para", "case", "allcaps", "capital", "nocapital", "accents", "exact"})
_HARDLY_WORDS = frozenset({"sentence", "allcaps", "nocapital", "accents"})
"""Those that are taken for functions before any word; others, such as case, only before one with a capital."""
_ALWAYS = {"spike": "spike(p=1e-4)"}
"""Functions that stand by themselves, and how they are written."""
_HIDDEN = re.compile("[\u200b\u2060\ufeff]")
_DASHES = frozenset("-–—−")


def _bare(query: Query) -> Iterator[tuple[Lexeme, Lexeme]]:
    """Each word without quotes that is looked for in a text or name, and what stands behind it."""
    looked_for = {leaf.column for leaf in leaves(query.node) if isinstance(leaf, Words)}
    lexemes = lex(query.text)
    for lexeme, behind in pairwise(lexemes):
        if lexeme.kind is Kind.WORD and lexeme.column in looked_for:
            yield lexeme, behind


def _foreign_field(query: Query) -> Iterator[Finding]:
    """`source.country:us`, of another tool: here it is three words side by side."""
    for lexeme, _ in _bare(query):
        if found := _FIELD_LIKE.match(lexeme.text):
            yield warning(
                lexeme.column,
                f"{shown(found[1])}: is no field here; its words are looked for side by side",
                f'write country:us or another field of ours, or "{shown(lexeme.text)}" in quotes for the words',
            )


def _single_quotes(query: Query) -> Iterator[Finding]:
    """`'oil price'`: only double quotes make a phrase."""
    lexemes = lex(query.text)
    for number, lexeme in enumerate(lexemes):
        if lexeme.kind is not Kind.WORD or lexeme.text[0] not in _SINGLE or lexeme.text[-1] in _SINGLE:
            continue
        words = [lexeme.text[1:], *_until_closed(lexemes[number + 1 :])]
        if words[-1][-1:] in _SINGLE:
            phrase = " ".join(words)[:-1]
            yield warning(
                lexeme.column,
                "single quotes make no phrase; these words are looked for each for itself",
                f'write "{shown(phrase)}" if the phrase is meant',
            )


def _until_closed(lexemes: Sequence[Lexeme]) -> list[str]:
    """The words that follow, to the one that ends with a single quote."""
    words = []
    for lexeme in lexemes:
        if lexeme.kind is not Kind.WORD:
            break
        words.append(lexeme.text)
        if lexeme.text[-1] in _SINGLE:
            break
    return words


def _dropped_signs(query: Query) -> Iterator[Finding]:
    """`C++`, `C#` and `.NET`: what is left of them is another word."""
    for lexeme, _ in _bare(query):
        if _SIGNED.search(lexeme.text):
            left = lexeme.text.strip(".+#")
            yield warning(
                lexeme.column,
                f"signs are not kept in texts: {shown(lexeme.text)} finds {shown(left)}",
                f"write {shown(left)} and, beside it, a word that must occur with what is meant",
            )


def _lists(query: Query) -> Iterator[Finding]:
    """`oil,gas`: a sign between words, and no blank, makes a phrase."""
    for lexeme, _ in _bare(query):
        found = _LISTED.search(lexeme.text)
        if found:
            words = [word for word in re.split("[,;]+", lexeme.text) if word]
            yield warning(
                lexeme.column,
                f'{shown(lexeme.text)} is read as the phrase "{shown(" ".join(words))}"',
                f"write ({shown(' OR '.join(words))}), or a blank between them for both",
            )


def _hidden_signs(query: Query) -> Iterator[Finding]:
    """A sign without width within a word, where a blank may be meant."""
    for lexeme, _ in _bare(query):
        found = _HIDDEN.search(lexeme.text.strip("\u200b\u2060\ufeff"))
        if found:
            yield warning(
                lexeme.column,
                f"an invisible {shown(found.group())} stands in {shown(lexeme.text)}, which is read as one word",
                "write a blank in its place, or remove it",
            )


def _functions_as_words(query: Query) -> Iterator[Finding]:
    """`case NASA`, `atleast5 bank` and `oil AND spike`: without brackets these are words."""
    for lexeme, behind in _bare(query):
        name = lexeme.text.lower()
        if name in _ALWAYS or _NUMBERED.fullmatch(name) or (name in _FUNCTIONS and _takes(lexeme.text, behind)):
            yield warning(
                lexeme.column,
                f"{shown(lexeme.text)} without brackets is looked for as a word",
                f'write {_ALWAYS.get(name, f"{name}(…)")} for the function, or "{shown(name)}" in quotes for the word',
            )


def _takes(name: str, behind: Lexeme) -> bool:
    """Whether a word seems to be a function of what follows it: `case NASA`, not `case study` or `Capital One`."""
    if behind.kind is Kind.OPEN:
        return True
    if behind.kind not in {Kind.WORD, Kind.PHRASE}:
        return False
    return name in _HARDLY_WORDS or (name.islower() and name != "para" and not behind.text.islower())


def _two_dashes(query: Query) -> Iterator[Finding]:
    """`bank --fraud`: NOT of NOT."""
    lexemes = lex(query.text)
    for before, lexeme, behind in zip([None, *lexemes], lexemes, lexemes[1:], strict=False):
        if not _touch(lexeme, behind) or (before and _touch(before, lexeme)):
            continue
        yield warning(
            lexeme.column,
            "two dashes exclude nothing: the second undoes the first",
            "write one dash for NOT, or a blank for AND",
        )


def _touch(lexeme: Lexeme, behind: Lexeme) -> bool:
    """Whether both are dashes, side by side."""
    return (
        {lexeme.text, behind.text} <= _DASHES and lexeme.kind is behind.kind is Kind.NOT and behind.column == lexeme.column + 1
    )


def _unlikely_facts(query: Query) -> Iterator[Finding]:
    """Hosts, languages and countries that no article is known to have."""
    for leaf in leaves(query.node):
        if not isinstance(leaf, Fact):
            continue
        match leaf.field:
            case Field.SITE if "." not in leaf.value and leaf.value not in TOP_LEVELS | COUNTRIES:
                message, remedy = (
                    f"site:{leaf.value} hardly matches: it has no point, and hosts have",
                    "write the whole host: site:bbc.co.uk",
                )
            case Field.LANG if len(code := leaf.value.partition("-")[0]) == 2 and code not in LANGUAGES:
                message, remedy = f"{code} is no language code of ISO 639-1", "write lang:de, for example"
            case Field.COUNTRY if leaf.value not in COUNTRIES:
                message, remedy = f"{leaf.value} is no country code of ISO 3166-1", "write country:de, for example"
            case _:
                continue
        yield warning(leaf.column, message, remedy)


CHECKS = (
    _foreign_field, _single_quotes, _dropped_signs, _lists, _hidden_signs, _functions_as_words, _two_dashes, _unlikely_facts,
)  # fmt: skip
