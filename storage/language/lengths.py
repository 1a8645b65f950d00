"""Spans of lengths in words, as `length:` takes them. A pure module.

They are written `500`, `500..2000`, `500..`, `..2000`, `>=500`, `>500`, `<=2000` or `<2000`.
"""

import re
from functools import lru_cache
from math import inf

from storage.errors import QueryError

_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)
_REMEDY = "write a number of words without blanks, such as length:>1000, length:<300 or length:500..2000"


def lengths(text: str, column: int) -> str:
    """The span in its one spelling, `FEWEST..MOST` with both included and either left out where it is open; QueryError."""
    text = text.strip()
    fewest, dots, most = text.partition("..")
    if dots:
        low, high = (_number(end, column) if end else None for end in (fewest, most))
    else:
        low, high = _compared(text, column)
    if low is None and high is None:
        raise QueryError("length: has neither end", column=column, remedy=_REMEDY)
    if high is not None and high < (low or 0):
        raise QueryError(f"length: has no number of words in {text[:20]!r}", column=column, remedy=_REMEDY)
    return f"{'' if low is None else low}..{'' if high is None else high}"


def holds_length(span: str, words: int) -> bool:
    """Whether a number of words lies in a span as `lengths` spells it."""
    fewest, most = _ends(span)
    return fewest <= words <= most


@lru_cache(10_000)
def _ends(span: str) -> tuple[int, float]:
    fewest, _, most = span.partition("..")
    return int(fewest or 0), int(most) if most else inf


def _compared(text: str, column: int) -> tuple[int | None, int | None]:
    found = _COMPARED.fullmatch(text)
    assert found is not None  # it fits any text
    number = _number(found[2], column)
    match found[1]:
        case ">=":
            return number, None
        case ">":
            return number + 1, None
        case "<=":
            return None, number
        case "<":
            return None, number - 1
        case _:
            return number, number


def _number(text: str, column: int) -> int:
    if not re.fullmatch("[0-9]{1,7}", text):
        raise QueryError(f"length: cannot read {text[:20]!r} as a number of words", column=column, remedy=_REMEDY)
    return int(text)
