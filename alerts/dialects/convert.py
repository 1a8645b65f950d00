"""A query of another tool → the query of ours that means the same, or the reason why there is none. A pure module.

Each tool has a module with its own parser, because the tools disagree on what comes first: Factiva reads AND before OR,
LexisNexis OR before AND, classic Lucene neither. Nothing is dropped or changed in silence: what our language cannot say
raises QueryError with its column, and what the reader should know is a note. `docs/importing-rules.md` tells it for users.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from alerts.dialects import factiva, google, lexisnexis, lucene, meltwater, talkwalker
from alerts.dialects.lexing import clean, refuse
from alerts.dialects.tree import LONGEST, Node, mixed
from alerts.dialects.writing import check_positive, origin, written
from alerts.impossible import hopeless
from storage.errors import QueryError
from storage.language.query import parse


class Dialect(StrEnum):
    """The tool that a query was written for."""

    MELTWATER = "meltwater"
    FACTIVA = "factiva"
    LEXISNEXIS = "lexisnexis"
    TALKWALKER = "talkwalker"
    GOOGLE = "google"
    LUCENE = "lucene"


@dataclass(frozen=True, slots=True)
class Converted:
    """A query in our language, and what its reader should know about how it came to be."""

    query: str
    notes: tuple[str, ...]


_PARSERS = {
    Dialect.MELTWATER: meltwater.parse,
    Dialect.FACTIVA: factiva.parse,
    Dialect.LEXISNEXIS: lexisnexis.parse,
    Dialect.TALKWALKER: talkwalker.parse,
    Dialect.GOOGLE: google.parse,
    Dialect.LUCENE: lucene.parse,
}


def convert(text: str, dialect: Dialect) -> Converted:
    """The query of ours with the same meaning; raises QueryError (message, column, remedy) when there is none.

    Brackets are written around every part, so that the reading needs no rule of precedence.
    """
    _check_foreign(text, dialect)
    _check_dashes(text, dialect)
    node, notes = _PARSERS[dialect](text)
    check_positive(node)
    query = written(node)
    if len(query) > LONGEST:
        refuse(f"written out here it has {len(query):,} characters", 1, f"at most {LONGEST:,} are allowed; split it")
    _check_possible(query, node)
    notes = list(notes)
    if _has_signs(query):
        notes.append("signs such as + and # are not kept in texts here, so a word with them is found without them")
    return Converted(query, tuple(notes))


def _check_possible(query: str, node: Node) -> None:
    """Refuse what our language cannot read, and what would never match here: the other tool will have meant something else."""
    try:
        finding = hopeless(parse(query))
    except QueryError as error:
        refuse(error.message, origin(node, error.column), error.remedy)
    if finding:
        refuse(finding.message, origin(node, finding.column), finding.remedy)
    if (column := mixed(node)) is not None:
        refuse(
            "comment: reads comments, and words without it read articles, so the two are never asked of one text",
            column,
            "write all words inside comment:( ), or join the two by OR; title: may stand beside comment:",
        )


_QUOTED = re.compile(r'"[^"]*"')
_FOREIGN = re.compile(r"(?i)\b(?:geq|leq)\b")
_LEXIS_ONLY = re.compile(r"(?i)\b(?:pre|onear)/[0-9]+\b|\bonear\b|(?<![\w/])/[0-9]+(?![\w/])")
_FACTIVA_ONLY = re.compile(r"(?i)\b(?:adj|near)[0-9]+\b")
_ANY_DISTANCE = re.compile(r"(?i)(?<!\S)(?:(?:o?near|w|pre)?/[0-9]+|adj[0-9]+|o?near[0-9]+|w/[sp])(?!\S)")
_OTHERS = {
    Dialect.FACTIVA: (_FOREIGN, _LEXIS_ONLY),
    Dialect.LEXISNEXIS: (_FOREIGN, _FACTIVA_ONLY),
    Dialect.GOOGLE: (_ANY_DISTANCE,),
    Dialect.LUCENE: (_ANY_DISTANCE,),
}
"""Of tools in which words stand side by side: operators of others."""


def _check_foreign(text: str, dialect: Dialect) -> None:
    """Refuse operators that are none of this tool's where it would look for them as words."""
    bare = _QUOTED.sub(lambda found: " " * len(found.group()), clean(text))
    found = next(filter(None, (others.search(bare) for others in _OTHERS.get(dialect, ()))), None)
    if found:
        refuse(
            f"{found.group()} is no operator of this tool, but a word to it",
            found.start() + 1,
            "use the operators of the tool, or quote it",
        )


_ESCAPED_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)
_DASHES = "‐‑‒–—―−﹘﹣"
"""What word processors and other keyboards make of the hyphen; the full-width one is read as a hyphen in every dialect."""
_BEFORE_WORD = re.compile(rf'(?:^|(?<=[\s"()\[\]:]))[-+!|{_DASHES}]++(?=[^\s)\]])')
_LONG_DASH = re.compile(f"[{_DASHES}]")
_EXCLUDES = {
    Dialect.MELTWATER: "write NOT before the word to exclude it",
    Dialect.FACTIVA: "write not before the word to exclude it",
    Dialect.LEXISNEXIS: "write and not before the word to exclude it",
    Dialect.TALKWALKER: "write a plain hyphen to exclude the word: -word",
    Dialect.GOOGLE: "write a plain hyphen to exclude the word: -word",
    Dialect.LUCENE: "write a plain hyphen to exclude the word: -word",
}


def _check_dashes(text: str, dialect: Dialect) -> None:
    """Refuse a long dash in front of a word: it may be meant to exclude it, and no tool says how it reads one.

    Taken for a sign within the word it would make a word that must occur of the one to be excluded.
    """
    quoted = _ESCAPED_QUOTED if dialect is Dialect.LUCENE else _QUOTED
    bare = quoted.sub(lambda found: f'"{"x" * (len(found.group()) - 2)}"', clean(text))
    for signs in _BEFORE_WORD.finditer(bare):
        if found := _LONG_DASH.search(signs.group()):
            refuse(
                f"the dash {found.group()} before a word is no hyphen, and what the tool makes of it is not documented",
                signs.start() + found.start() + 1,
                f"{_EXCLUDES[dialect]}, or quote it",
            )


def _has_signs(query: str) -> bool:
    """Whether a quoted word holds a sign that our language drops, and another tool may keep."""
    signs = (char for quoted in re.findall(r'"([^"]*)"', query) for char in quoted)
    return any(char in "#@%" or unicodedata.category(char)[0] == "S" for char in signs)
