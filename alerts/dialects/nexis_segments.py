"""What commands, segments and dates of LexisNexis become. A pure module.

Sources: Infopro tips of 2020-12-16 (allcaps; caps: one letter or more; nocaps; `Length > 1200`) and 2023-04-27 (LENGTH is the
word count); LexisNexis, "Precision Commands" (singular, plural; the commands for capitals deal "with capitalization of words");
support.lexis.com, "Segment (Field) Searching" (headline, byline, body; `is aft bef = > <`); law.siu.edu (`date = 07/04/2007`,
`date after …`). HLEAD is headline and lead read as one text (UC Berkeley journalism tutorial).
"""

import re
from typing import NoReturn

from alerts.dialects.lexing import Kind, Piece, refuse
from alerts.dialects.tree import Leaf
from alerts.dialects.words import length, published
from storage.language.lexer import shown

LOOKS = {"allcaps": "allcaps", "caps": "capital", "nocaps": "nocapital"}
"""Commands that are functions of ours."""
FIELDS = {
    "headline": ("title",),
    "hlead": ("title", "lead"),
    "lead": ("lead",),
    "byline": ("author",),
    "publication": ("source",),
    "body": ("body",),
}
"""Segments and our fields."""
_REASONS = {
    "plural": "asks for the plural form only; write that form itself",
    "term": "asks for index terms and scores that LexisNexis gives, which Nightdesk does not have",
    "language": "takes the name of a language; leave it out here, and write AND lang:en behind the rule that comes of it",
    "terms": "asks for index terms that LexisNexis gives, which Nightdesk does not have",
}
_SIGNS = {"=": "", "is": "", ">": ">", "aft": ">", "after": ">", "<": "<", "bef": "<", "before": "<"}
_SPLIT = re.compile(r"(date|length)?([<>=]+)?(.*)", re.DOTALL)
_AMERICAN = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")


def unknown(piece: Piece) -> NoReturn:
    """Refuse a command or segment without an equal, or a word without a connector before its bracket."""
    name = piece.text.lower()
    if name == "length":
        refuse("length with brackets is not documented", piece.column, "write length > 1200")
    if name == "date":
        refuse("date with brackets is not documented", piece.column, _RANGE)
    if name in _REASONS:
        reason, _, remedy = _REASONS[name].partition("; ")
        refuse(f"{name}(…) {reason}", piece.column, remedy or f"leave {name} out if the words alone will do")
    refuse(
        f"{shown(name)}(…) is no segment or command that has an equal here",
        piece.column,
        f"write a connector before the bracket; segments are {', '.join(FIELDS)}",
    )


_COMPARES = re.compile(r"aft|bef|[<>=].*", re.DOTALL)
_BARE_SIGN = re.compile(r"[<>=]+")
_SPELT_OUT = frozenset({"is", "after", "before"})


_BEHIND_DATE = re.compile(r"at|between|by|during|from|in|on|prior|since|through|till|to|until|within")
_DATE = re.compile(r"(?:[\w-]+-)?date", re.IGNORECASE)
_TIME = re.compile(
    r"[0-9].*|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?,?",
    re.IGNORECASE | re.DOTALL,
)
_RANGE = "write date aft X and date bef Y, or quote the words"


def compared(found: list[Piece]) -> None:
    """Refuse `load-date aft 2020`: a segment that is compared, and none of those that have an equal."""
    if any(piece.kind is not Kind.WORD for piece in found[:2]):
        return
    name, sign = found[0].text, found[1].text.lower()
    value = found[2].text if found[2].kind is Kind.WORD else ""
    if _DATE.fullmatch(name) and (sign[0].isdigit() or (_BEHIND_DATE.fullmatch(sign) and _TIME.fullmatch(value))):
        refuse(f"{shown(name)} {shown(sign)} is no comparison of dates that is documented", found[0].column, _RANGE)
    if _COMPARES.fullmatch(sign) or (sign in _SPELT_OUT and "-" in name and value[:1].isdigit()):
        refuse(
            f"{shown(name)} {shown(sign)} compares a segment that has no equal here",
            found[0].column,
            "write date aft 2026 or length > 1200, or quote the words",
        )


def unnamed(found: list[Piece], *, dated: bool) -> None:
    """Refuse `bef 2026` where a segment should stand before it; `dated`: a date or length was compared before.

    What is short for it in `date aft 2024 and bef 2026` is not documented, and as words it would be a phrase.
    """
    if any(piece.kind is not Kind.WORD for piece in found[:2]):
        return
    sign, value = found[0].text.lower(), found[1].text
    short = sign in {"aft", "bef"} or (dated and sign in _SPELT_OUT)
    if (short and _TIME.fullmatch(value)) or _BARE_SIGN.fullmatch(sign):
        refuse(
            f"no segment stands before {shown(sign)} {shown(value)}",
            found[0].column,
            "name it again, as in date aft 2024 and date bef 2026, or quote the words",
        )


def segment_date(found: list[Piece]) -> tuple[int, Leaf]:
    """How many pieces `date aft 2026` or `length > 1200` takes, and its `published:` or `length:`."""
    column, words = found[0].column, list[tuple[str, int]]()
    for number, piece in enumerate(found):
        if piece.kind is not Kind.WORD:
            break
        parts = _SPLIT.fullmatch(piece.text.lower())
        assert parts is not None
        words += [(part, number + 1) for part in parts.groups() if part]
    if words[0][0] == "length":
        if len(words) < 3 or words[1][0] not in {">", "<"}:
            refuse("length takes > or < and a number of words", column, "write length > 1200")
        return words[2][1], length(words[1][0], words[2][0], column)
    if len(words) < 3 or words[1][0] not in _SIGNS:
        refuse("date begins a range of dates there", column, 'write date aft 2026, or "date" in quotes for the word')
    return words[2][1], published(_SIGNS[words[1][0]], _day(words[2][0], column), column)


def _day(text: str, column: int) -> str:
    parts = _AMERICAN.fullmatch(text)
    if parts is None:
        return text
    month, day = int(parts[1]), int(parts[2])
    if month > 12:
        month, day = day, month
    elif day <= 12 and month != day:
        refuse(f"{shown(text)} may be read with day or month first", column, "write it as 2026-11-03")
    return f"{parts[3]}-{month:02}-{day:02}"
