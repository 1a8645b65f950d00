"""Local times as instants: zones by name, and what a change of clocks does to a wall time. A pure module.

The rule: a wall time that does not exist is the first instant after the gap; one that comes twice is the first of the two.
"""

import difflib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from storage.errors import ScheduleError


def find_zone(name: str) -> ZoneInfo:
    """The IANA time zone `name`; raises ScheduleError that proposes the nearest name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    known = {each.casefold(): each for each in available_timezones()}
    cities = {each.rpartition("/")[2]: each for each in known}
    word = name.casefold().strip().replace(" ", "_")[:80]
    near = difflib.get_close_matches(word, known, 1, 0.75) or difflib.get_close_matches(word, cities, 1, 0.85)
    remedy = "write an IANA name such as Europe/Berlin"
    if near:
        remedy = f"did you mean {known[near[0]] if near[0] in known else known[cities[near[0]]]}?"
    raise ScheduleError(f"unknown time zone {(name if len(name) <= 60 else name[:57] + '…')!r}; {remedy}")


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of a zone show a naive wall time, to the second."""
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    at = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset() or local(at, zone) == wall:
        return at
    return _end_of_gap(wall, zone, second.astimezone(UTC), at)


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of a zone show at an instant, as a naive wall time."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _end_of_gap(wall: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant in (`before`, `after`] at which local time has reached `wall`, to the second."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if local(before + timedelta(seconds=middle), zone) >= wall else (middle, high)
    return before + timedelta(seconds=high)
