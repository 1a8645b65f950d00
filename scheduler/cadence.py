"""When a source is due next: intervals, cron expressions in a time zone, back-off. A pure module.

The rule for changes of clock: a local time that does not exist runs once, at the first instant after the gap; one
that comes twice runs once, the first time. APScheduler lists the wall times of a cron expression as if clocks never
changed, and each is mapped to its instant here.
"""

import difflib
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

from scheduler.cron import parse_cron, wall_trigger
from storage.errors import ScheduleError
from storage.models import Schedule

_DURATION = re.compile(
    r"\s*(?:(?P<d>[0-9]{1,9})\s*d)?\s*(?:(?P<h>[0-9]{1,9})\s*h)?\s*(?:(?P<m>[0-9]{1,9})\s*m)?\s*(?:(?P<s>[0-9]{1,9})\s*s)?\s*\Z"
)
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_LONGEST = 36500 * 86400.0  # a century: far from where calendars end
_LONGEST_BACKOFF = 6 * 3600.0
_DOUBLINGS = 3


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a schedule: its instant in UTC, and a note where a change of clocks moved it or left one out."""

    at: datetime
    note: str | None = None


def parse_duration(text: str) -> float:
    """The seconds of a duration such as `1s`, `15m`, `2h`, `30d` or `1h30m`; raises ScheduleError with the remedy."""
    found = _DURATION.match(text) if len(text) < 64 else None
    parts = {unit: int(number) for unit, number in found.groupdict().items() if number} if found else {}
    if not parts:
        stripped = text.strip()
        if stripped.isascii() and stripped.isdigit():
            raise ScheduleError(f"the duration {_short(stripped)} has no unit; write {_short(stripped)}s, or use m, h or d")
        raise ScheduleError(f"{_short(text)!r} is not a duration; write whole numbers with d, h, m or s, such as 15m or 1h30m")
    seconds = float(sum(number * _SECONDS[unit] for unit, number in parts.items()))
    if seconds > _LONGEST:
        raise ScheduleError(f"the duration {_short(text)!r} is too long; write at most 36500d")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration as `parse_duration` reads it, in the largest units: 5400.0 → `1h30m`; whole seconds only."""
    rest, parts = int(seconds), []
    for unit, size in _SECONDS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def parse_schedule(*, every: str | None = None, cron: str | None = None, zone: str | None = None) -> Schedule:
    """The schedule that a person asked for: `every` (at least 1 s) or `cron` in the IANA zone `zone` (default UTC).

    Raises ScheduleError, one line with what is wrong and what to do.
    """
    if (every is None) == (cron is None):
        raise ScheduleError("a schedule needs either an interval (every 15m) or a cron expression; give exactly one")
    name = zone or "UTC"
    find_zone(name)
    if cron is not None:
        parse_cron(cron)
        return Schedule(cron=" ".join(cron.split()), zone=name)
    seconds = parse_duration(every or "")
    if seconds < 1:
        raise ScheduleError(f"the interval {every!r} is too short; write 1s or more")
    return Schedule(every=seconds, zone=name)


def parse_expression(text: str, zone: str | None) -> Schedule:
    """The schedule of `text`: an interval (`15m`) or a cron expression (`30 2 * * *`); raises ScheduleError."""
    words = text.split()
    if text.lstrip().startswith("@") or (len(words) > 1 and not _looks_like_duration(text)):
        return parse_schedule(cron=text, zone=zone)
    if not words or not words[0][0].isdigit():
        raise ScheduleError(
            f"{_short(text)!r} is neither an interval nor a cron expression; write 15m, '30 2 * * mon-fri' or @daily"
        )
    return parse_schedule(every=text, zone=zone)


def describe(schedule: Schedule) -> str:
    """The schedule in a few words: `every 15m`, or `30 2 * * * Europe/Berlin`."""
    return f"every {format_duration(schedule.every)}" if schedule.every else f"{schedule.cron} {schedule.zone}"


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
    raise ScheduleError(f"unknown time zone {_short(name)!r}; {remedy}")


def next_runs(schedule: Schedule, after: datetime, count: int) -> list[Run]:
    """The next `count` runs strictly after `after`, in rising order; fewer only where the calendar ends (9999).

    An interval counts from `after`. Raises ScheduleError when the schedule itself is not valid.
    """
    if after.tzinfo is None:
        raise ValueError("`after` must be aware")
    runs = _interval_runs(schedule.every, after) if schedule.every else _cron_runs(schedule, after)
    return list(islice(runs, count))


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """The first run strictly after `after`, in UTC; raises ScheduleError where the calendar ends before it."""
    runs = next_runs(schedule, after, 1)
    if not runs:
        raise ScheduleError(f"the schedule {describe(schedule)} has no run after {after.isoformat()}; choose another")
    return runs[0].at


def after_crawl(
    schedule: Schedule, *, started: datetime, now: datetime, error_streak: int, hold: datetime | None = None
) -> datetime:
    """When a source is due again after the crawl that began at `started` and has ended `now`.

    An interval counts from the start, and a crawl that took longer is followed at once; after `error_streak` failures
    in a row it grows to 2, 4, 8 times, up to 6 hours and never below itself. A cron schedule keeps its next run after
    the start; when that has passed, it is caught up once, however many were missed. Never before `hold`, the instant
    that a Retry-After named.
    """
    if schedule.every:
        grown = schedule.every * 2 ** min(max(error_streak, 0), _DOUBLINGS)
        due = max(started + timedelta(seconds=max(schedule.every, min(grown, _LONGEST_BACKOFF))), now)
    else:
        due = next_run(schedule, started)
    return (due if hold is None else max(due, hold)).astimezone(UTC)


def spread(name: str, every: float) -> float:
    """Seconds in [0, `every`), always the same for `name`: so that many sources do not all start at once."""
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 * every


def _interval_runs(every: float, after: datetime) -> Iterator[Run]:
    at = after.astimezone(UTC)
    while True:
        try:
            at += timedelta(seconds=every)
        except OverflowError:
            return
        yield Run(at)


def _cron_runs(schedule: Schedule, after: datetime) -> Iterator[Run]:
    zone = find_zone(schedule.zone)
    trigger = wall_trigger(schedule.cron or "")
    last = after
    try:
        wall = after.astimezone(zone).replace(tzinfo=UTC, fold=0)
        while (wall := trigger.get_next_fire_time(None, wall)) is not None:
            run = _run(wall.replace(tzinfo=None), zone)
            if run.at > last:  # a wall time of a gap, or of a doubled hour, may fall on an instant already named
                yield run
                last = run.at
            wall += timedelta(minutes=1)
    except (OverflowError, ValueError):  # beyond the year 9999
        return


def _run(wall: datetime, zone: ZoneInfo) -> Run:
    first = wall.replace(tzinfo=zone)
    second = wall.replace(tzinfo=zone, fold=1)
    at = first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return Run(at)
    if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return Run(at, f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d}, as clocks go back: runs the first time only")
    at = _end_of_gap(wall, zone, second.astimezone(UTC), at)
    there = at.astimezone(zone)
    moved = f"{there:%H:%M}" if there.date() == wall.date() else f"{there:%Y-%m-%d %H:%M}"
    return Run(at, f"{wall:%H:%M} does not exist on {wall:%Y-%m-%d}, as clocks go forward: runs once at {moved}")


def _end_of_gap(wall: datetime, zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant in (`before`, `after`] at which local time has reached `wall`, to the second."""
    low, high = 0, int((after - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        local = (before + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        low, high = (low, middle) if local >= wall else (middle, high)
    return before + timedelta(seconds=high)


def _looks_like_duration(text: str) -> bool:
    found = _DURATION.match(text) if len(text) < 64 else None
    return bool(found and any(found.groupdict().values()))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
