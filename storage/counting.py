"""Counting rules: how much must match, and how soon, before somebody is told. A pure module.

    count(story) >= 5 in 1h
    count(distinct source) >= 5 in 24h
    spike(p=1e-4, baseline=28d, min=5)

They stand beside a query, joined by AND; what they count are the documents that the rest of the query matches.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from storage.errors import QueryError

LONGEST_COUNT = timedelta(days=31)
"""What a count may look back."""
LEAST_BASELINE, MOST_BASELINE = timedelta(days=14), timedelta(days=92)

_COUNT = re.compile(
    r"(?i)count\(\s*(?:distinct\s+)?(?P<what>\w+)\s*\)\s*(?P<sign>>=|>)\s*(?P<least>[0-9]+)\s+in\s+(?P<span>[0-9]{1,6}[smhdw])"
)
_SPIKE = re.compile(r"(?i)spike\((?P<settings>[^()]*)\)")
_SETTING = re.compile(r"(?P<name>[a-z]+)\s*=\s*(?P<value>[^\s,=]+)")
_MOST_DIGITS = 6
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_NAMES = {"stories": "story", "sources": "source", "articles": "article", "outlet": "source", "outlets": "source"}


class Counted(StrEnum):
    """What is counted, each once."""

    STORY = "story"
    SOURCE = "source"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True)
class Count:
    """At least so many different ones within a span that ends now."""

    of: Counted
    least: int
    span: timedelta
    column: int = 0

    def __str__(self) -> str:
        return f"count({'distinct ' if self.of is Counted.SOURCE else ''}{self.of}) >= {self.least} in {duration(self.span)}"


@dataclass(frozen=True, slots=True)
class Spike:
    """More stories within an hour than chance `p` explains, against those of the `baseline` before it; `least` or more."""

    p: float = 1e-4
    baseline: timedelta = timedelta(days=28)
    least: int = 5
    column: int = 0

    def __str__(self) -> str:
        return f"spike(p={self.p:g}, baseline={duration(self.baseline)}, min={self.least})"


Counting = Count | Spike


def duration(span: timedelta) -> str:
    """A span as a query writes it: 90m, 1h, 28d."""
    seconds = int(span.total_seconds())
    unit = next(sign for sign in ("d", "h", "m", "s") if seconds % _UNITS[sign] == 0)
    return f"{seconds // _UNITS[unit]}{unit}"


def counting(text: str, column: int) -> Counting:
    """What `count(…) >= 5 in 1h` or `spike(…)` asks for; raises QueryError."""
    return _spike(text, column) if text[:1] in "sS" else _count(text, column)


def _count(text: str, column: int) -> Count:
    found = _COUNT.fullmatch(text)
    if found is None:
        raise QueryError(
            "count is not followed by >=, a number and a span of time", column=column, remedy="write count(story) >= 5 in 1h"
        )
    what = found["what"].lower()
    what = _NAMES.get(what, what)
    if what not in set(Counted):
        raise QueryError(
            f"count cannot count {what[:40]}",
            column=column,
            remedy="write count(story), count(distinct source) or count(article)",
        )
    if len(found["least"]) > _MOST_DIGITS:
        raise QueryError(
            f"{found['least'][:20]} is too large for a count",
            column=column,
            remedy=f"write a number up to {10**_MOST_DIGITS - 1}",
        )
    least = int(found["least"]) + (found["sign"] == ">")
    span = _span(found["span"], column)
    if least < 2:
        raise QueryError("a count of one is every match", column=column, remedy="write a number from 2 up, or remove count")
    if not timedelta(0) < span <= LONGEST_COUNT:
        raise QueryError(
            f"count looks back {found['span']}", column=column, remedy=f"write a span from 1s to {duration(LONGEST_COUNT)}"
        )
    return Count(Counted(what), least, span, column)


def _spike(text: str, column: int) -> Spike:
    found = _SPIKE.fullmatch(text)
    if found is None:
        raise QueryError("this bracket is never closed", column=column, remedy="write spike(p=1e-4, baseline=28d)")
    parts = [part.strip() for part in found["settings"].split(",") if part.strip()]
    settings: dict[str, str] = {}
    for part in parts:
        setting = _SETTING.fullmatch(part)
        if setting is None or setting["name"] not in {"p", "baseline", "min"}:
            raise QueryError(
                f"spike does not know {part[:40]}", column=column, remedy="write spike(p=1e-4, baseline=28d, min=5)"
            )
        settings[setting["name"]] = setting["value"]
    return Spike(
        _chance(settings.get("p", "1e-4"), column),
        _baseline(settings.get("baseline", "28d"), column),
        _least(settings.get("min", "5"), column),
        column,
    )


def _chance(text: str, column: int) -> float:
    try:
        p = float(text)
    except ValueError:
        p = 1.0
    if not 1e-12 <= p <= 0.05:
        raise QueryError(f"p={text[:20]} is no chance from 1e-12 to 0.05", column=column, remedy="write p=1e-4")
    return p


def _baseline(text: str, column: int) -> timedelta:
    span = _span(text, column)
    if not LEAST_BASELINE <= span <= MOST_BASELINE:
        raise QueryError(
            f"baseline={text[:20]} is not from {duration(LEAST_BASELINE)} to {duration(MOST_BASELINE)}",
            column=column,
            remedy="write baseline=28d",
        )
    return span


def _least(text: str, column: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 2 <= int(text[:7]) <= 999_999:
        raise QueryError(f"min={text[:20]} is no number from 2 up", column=column, remedy="write min=5")
    return int(text)


def _span(text: str, column: int) -> timedelta:
    found = re.fullmatch(r"([0-9]{1,6})([smhdw])", text.lower())
    if found is None:
        raise QueryError(f"{text[:20]} is no span of time", column=column, remedy="write 30m, 1h or 28d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
