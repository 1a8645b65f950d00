"""Spans of days, as `published:` takes them. A pure module.

    2026   2026-10   2026-10-03   2026-10-01..2026-11-15   2026-10..   ..2026-10   >=2026-10   >2026   <=2026-10-03   <2026

Days are those of UTC, as are all instants here.
"""

import calendar
import re
from datetime import UTC, date, datetime, timedelta

from storage.errors import QueryError

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_COMPARED = re.compile(r"(>=|<=|>|<|=)?(.*)", re.DOTALL)
_REMEDY = (
    "write a day, a month or a year, such as published:2026-10-03, published:>=2026-10 or published:2026-10-01..2026-11-15"
)


def days(text: str, column: int) -> str:
    """The span in its one spelling, `FIRST..LAST` with both days included and either left out where it is open; QueryError."""
    text = text.strip()
    first, dots, last = text.partition("..")
    if dots:
        begin = _days(first, column)[0].isoformat() if first else ""
        end = _days(last, column)[1].isoformat() if last else ""
        if begin == end == "" or (begin and end and begin > end):
            raise QueryError("published: has an end before its beginning, or neither", column=column, remedy=_REMEDY)
        return f"{begin}..{end}"
    found = _COMPARED.fullmatch(text)
    assert found is not None  # it fits any text
    begins, ends = _days(found[2], column)
    try:
        match found[1]:
            case ">=":
                return f"{begins}.."
            case ">":
                return f"{ends + timedelta(days=1)}.."
            case "<=":
                return f"..{ends}"
            case "<":
                return f"..{begins - timedelta(days=1)}"
            case _:
                return f"{begins}..{ends}"
    except OverflowError:
        raise QueryError("published: has no such day", column=column, remedy=_REMEDY) from None


def within(span: str, instant: datetime) -> bool:
    """Whether an instant lies in a span as `days` spells it."""
    first, _, last = span.partition("..")
    day = instant.astimezone(UTC).date().isoformat()
    return (not first or day >= first) and (not last or day <= last)


def _days(text: str, column: int) -> tuple[date, date]:
    """The first and last day of a day, month or year."""
    found = _DATE.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        year, month, day = int(found[1]), found[2], found[3]
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, int(month), 1), date(year, int(month), calendar.monthrange(year, int(month))[1])
        return date(year, int(month), int(day)), date(year, int(month), int(day))
    except ValueError:  # calendar's error for month 13 is one too
        raise QueryError(f"published: cannot read {text[:20]!r} as a day", column=column, remedy=_REMEDY) from None
