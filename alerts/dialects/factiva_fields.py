"""What Factiva's field codes and date ranges become. A pure module.

Sources: support.proquest.com, "Custom Search Fields" (HLP "includes HD, SE, CLM, LP, CX", LP "first two paragraphs", TD "text
after lead paragraphs"); factiva.com developer's kit 3.8, "Range Searches".
"""

import re

from alerts.dialects.lexing import Kind, Piece, refuse
from alerts.dialects.tree import Leaf
from alerts.dialects.words import published
from storage.language.lexer import shown

FIELDS = {
    "hd": ("title",),
    "hl": ("title",),
    "lp": ("lead",),
    "hlp": ("title", "lead"),
    "by": ("author",),
    "sn": ("source",),
    "la": ("lang",),
}
"""Field codes and our fields."""
_LEAD = "Factiva's lead is the first two paragraphs; lead: is what Nightdesk takes for the lead"
NOTES = {
    "hl": "hl= also reads the names of section and column, which Nightdesk does not keep in the title",
    "lp": _LEAD,
    "hlp": f"{_LEAD}; hlp= also reads the names of section and column",
    "sn": "sn= was read as the name of the source in words",
}
_CODES = "takes codes that Dow Jones gives to articles, which Nightdesk does not have"
REASONS = {
    "td": "reads the text after the lead, and body: also holds the lead",
    "wc": "takes > or < in place of =",
    "sc": "takes codes of sources; write sn= with the name",
    "rst": "takes codes of sources; write sn= with the name",
    **dict.fromkeys(("co", "de", "fds", "in", "ns", "re", "ric", "pe", "ipc", "ipd"), _CODES),
}
LANGUAGES = frozenset(
    (
        "ar",
        "bg",
        "ca",
        "cs",
        "da",
        "de",
        "en",
        "es",
        "fi",
        "fr",
        "hu",
        "id",
        "it",
        "ja",
        "ko",
        "nl",
        "no",
        "pl",
        "pt",
        "ru",
        "sv",
    )
)
"""The language codes of Factiva that are those of ISO 639-1 too."""

_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def dates(found: list[Piece]) -> tuple[Leaf, int]:
    """`date …` as `published:`, and how many pieces it takes; raises QueryError for what cannot be read in one way only."""
    words = [piece.text.lower() if piece.kind is Kind.WORD else "" for piece in found]
    column = found[0].column
    match words[1:]:
        case ["from", first, "to", last]:
            begin, end = _day(first, found[2]), _day(last, found[4])
            if begin > end:
                refuse("the range of dates ends before it begins", column, "write the earlier day first")
            return Leaf(f"published:{begin}..{end}", column, fact=True), 5
        case ["after", day, *_]:
            return published(">", _day(day, found[2]), column), 3
        case ["before", day, *_]:
            return published("<", _day(day, found[2]), column), 3
        case [day, *_] if day[:1].isdigit() or day[:1] in {"-", "+"}:
            return published("", _day(day, found[1]), column), 2
        case _:
            return refuse("date begins a range of dates there", column, 'write date after 20261103, or quote the word: "date"')


def _day(text: str, piece: Piece) -> str:
    parts = _DAY.fullmatch(text)
    if parts is None:
        refuse(
            f"{shown(piece.text)} is counted from today, or may be read with day or month first",
            piece.column,
            "write all eight digits, year first: 20261103",
        )
    day = "-".join(parts.groups())
    published("", day, piece.column)  # refuses a day that does not exist
    return day
