"""Cron expressions as crontab(5) of Vixie's cron reads them, turned into APScheduler triggers. A pure module.

APScheduler counts weekdays from Monday and knows neither 7 nor `@hourly` nor "either day matches", so an
expression is read here into plain sets of numbers, and APScheduler is given those sets.
"""

import re
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from storage.errors import ScheduleError

SHORTCUTS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, 1)}
_WEEKDAYS = {"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
_LONGEST = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
_PART = re.compile(r"(?P<first>\*|[0-9]{1,4}|[a-z]{3})(?:-(?P<last>[0-9]{1,4}|[a-z]{3}))?(?:/(?P<step>[0-9]{1,4}))?\Z")
_LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    low: int
    high: int
    names: dict[str, int]


_FIELDS = (
    _Field("minute", 0, 59, {}),
    _Field("hour", 0, 23, {}),
    _Field("day of month", 1, 31, {}),
    _Field("month", 1, 12, _MONTHS),
    _Field("weekday", 0, 7, _WEEKDAYS),
)


@dataclass(frozen=True, slots=True)
class Cron:
    """The times a cron expression names: sets of numbers, weekdays counted from Sunday = 0."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool  # day of month and weekday are both restricted: one of them is enough


@lru_cache(maxsize=1024)
def parse_cron(text: str) -> Cron:
    """The times that `text` names: five fields, or a shortcut such as `@daily`.

    Names (`mon-fri`, `jan`), lists, ranges and steps as in crontab(5); weekday 0 and 7 are Sunday. As there, a day
    field that begins with `*` restricts nothing by itself (`*/2` included): the two day fields must then both match.
    Raises ScheduleError with what is wrong and what to write instead, also when the time can never come.
    """
    if len(text) > _LONGEST_TEXT:
        raise ScheduleError(f"the cron expression is {len(text)} characters long; {_LONGEST_TEXT} are allowed")
    parts = _expanded(text).lower().split()
    if len(parts) != len(_FIELDS):
        raise ScheduleError(_wrong_count(text, len(parts)))
    minutes, hours, days, months, weekdays = (_values(part, field, text) for part, field in zip(parts, _FIELDS, strict=True))
    either = not (parts[2].startswith("*") or parts[4].startswith("*"))
    if not either and not any(day <= _LONGEST[month] for month in months for day in days):
        raise ScheduleError(f"cron {text!r} can never run: no such day in that month; choose a day that the month has")
    return Cron(minutes, hours, days, months, frozenset(day % 7 for day in weekdays), either)


@lru_cache(maxsize=1024)
def wall_trigger(text: str) -> BaseTrigger:
    """The APScheduler trigger of a cron expression, over wall times written as if they were UTC.

    So its answers know no change of clocks: the caller maps each wall time to its instant.
    """
    cron = parse_cron(text)
    common = {
        "month": _listed(cron.months, 12),
        "hour": _listed(cron.hours, 24),
        "minute": _listed(cron.minutes, 60),
        "timezone": UTC,
    }
    days = _listed(cron.days, 31)
    weekdays = _listed(frozenset((day - 1) % 7 for day in cron.weekdays), 7)  # APScheduler: Monday is 0
    if cron.either:
        return OrTrigger([CronTrigger(day=days, **common), CronTrigger(day_of_week=weekdays, **common)])
    return CronTrigger(day=days, day_of_week=weekdays, **common)


def _expanded(text: str) -> str:
    stripped = text.strip()
    if not stripped.startswith("@"):
        return stripped
    try:
        return SHORTCUTS[stripped.lower()]
    except KeyError:
        raise ScheduleError(f"unknown cron shortcut {stripped!r}; write one of {', '.join(SHORTCUTS)}") from None


def _wrong_count(text: str, count: int) -> str:
    remedy = "write five: minute hour day-of-month month weekday, such as '30 2 * * mon-fri'"
    if count == len(_FIELDS) + 1:
        remedy = "there is no field for seconds or years: leave it out, or use an interval such as 30s"
    return f"cron {text!r} has {count} field{'' if count == 1 else 's'}; {remedy}"


def _values(part: str, field: _Field, text: str) -> frozenset[int]:
    values: set[int] = set()
    for piece in part.split(","):
        values.update(_range(piece, field, text))
    return frozenset(values)


def _range(piece: str, field: _Field, text: str) -> range:
    found = _PART.match(piece)
    if not found or (found["first"] == "*" and found["last"]):
        raise _wrong(text, field, f"{piece!r} is not understood")
    step = int(found["step"] or 1)
    if step == 0:
        raise _wrong(text, field, f"the step of {piece!r} is 0")
    if found["first"] == "*":
        return range(field.low, (6 if field.names is _WEEKDAYS else field.high) + 1, step)
    first = _number(found["first"], field, text)
    if not found["last"]:
        if found["step"]:
            remedy = f"write {found['first']}-{field.high}/{step}"
            raise ScheduleError(f"cron {text!r}: {field.name} {piece!r} has a step but no range; {remedy}")
        return range(first, first + 1)
    last = _number(found["last"], field, text)
    if field.names is _WEEKDAYS and last == 0 and first > 0:
        last = 7  # fri-sun: a week may also end with Sunday
    if last < first:
        remedy = f"write {found['first']}-{field.high},{field.low}-{found['last']}"
        raise ScheduleError(f"cron {text!r}: {field.name} {piece!r} runs backwards; {remedy}")
    return range(first, last + 1, step)


def _number(word: str, field: _Field, text: str) -> int:
    if word.isdigit():
        number = int(word)
        if not field.low <= number <= field.high:
            raise _wrong(text, field, f"{number} is out of range")
        return number
    try:
        return field.names[word]
    except KeyError:
        raise _wrong(text, field, f"{word!r} is no {field.name}") from None


def _wrong(text: str, field: _Field, what: str) -> ScheduleError:
    numbers = f"{field.low}-{field.high}" + (f" or {next(iter(field.names))} …" if field.names else "")
    return ScheduleError(f"cron {text!r}: {field.name} {what}; write * or {numbers}, lists (1,2), ranges (1-5), steps (*/2)")


def _listed(values: frozenset[int], size: int) -> str:
    return "*" if len(values) == size else ",".join(str(value) for value in sorted(values))
