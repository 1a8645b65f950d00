"""When a source is due next: intervals, cron expressions in a time zone, back-off. A pure module.

The rule for changes of clock: a local time that does not exist runs once, at the first instant after the gap; one
that comes twice runs once, the first time. APScheduler lists the wall times of a cron expression as if clocks never
changed, and each is mapped to its instant here.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from scheduler.cron import parse_cron, wall_trigger
from storage.durations import format_duration, looks_like_duration, parse_duration
from storage.errors import ScheduleError
from storage.models import Schedule
from storage.zones import find_zone, instant_of, local

ADAPTIVE = "adaptive"  # as people write it
LONGEST_BACKOFF = 6 * 3600.0
_DOUBLINGS = 3
_SOON = (1_800.0, 3_600.0, 14_400.0)  # seconds after the first failures in a row: who comes once a day must not lose the day


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a schedule: its instant in UTC, and a note where a change of clocks moved it or left one out."""

    at: datetime
    note: str | None = None


def parse_schedule(*, every: str | None = None, cron: str | None = None, zone: str | None = None) -> Schedule:
    """The schedule that a person asked for: `every` (at least 1 s, or "adaptive") or `cron` in the IANA zone `zone` (UTC).

    Raises ScheduleError, one line with what is wrong and what to do.
    """
    if (every is None) == (cron is None):
        raise ScheduleError("a schedule needs either an interval (every 15m) or a cron expression; give exactly one")
    name = zone or "UTC"
    find_zone(name)
    if cron is not None:
        parse_cron(cron)
        return Schedule(cron=" ".join(cron.split()), zone=name)
    if (every or "").strip().lower() == ADAPTIVE:
        return Schedule(zone=name, adaptive=True)
    seconds = parse_duration(every or "")
    if seconds < 1:
        raise ScheduleError(f"the interval {every!r} is too short; write 1s or more")
    return Schedule(every=seconds, zone=name)


def parse_expression(text: str, zone: str | None) -> Schedule:
    """The schedule of `text`: an interval (`15m`) or a cron expression (`30 2 * * *`); raises ScheduleError."""
    words = text.split()
    if text.lstrip().startswith("@") or (len(words) > 1 and not looks_like_duration(text)):
        return parse_schedule(cron=text, zone=zone)
    if not words or not words[0][0].isdigit():
        raise ScheduleError(
            f"{_short(text)!r} is neither an interval nor a cron expression; write 15m, '30 2 * * mon-fri' or @daily"
        )
    return parse_schedule(every=text, zone=zone)


def describe(schedule: Schedule) -> str:
    """The schedule in a few words: `every 15m`, `adaptive`, or `30 2 * * * Europe/Berlin`."""
    if schedule.adaptive:
        return ADAPTIVE
    return f"every {format_duration(schedule.every)}" if schedule.every else f"{schedule.cron} {schedule.zone}"


def next_runs(schedule: Schedule, after: datetime, count: int) -> list[Run]:
    """The next `count` runs strictly after `after`, in rising order; fewer only where the calendar ends (9999).

    An interval counts from `after`. Raises ScheduleError when the schedule itself is not valid.
    """
    return list(islice(runs_after(schedule, after), count))


def runs_after(schedule: Schedule, after: datetime) -> Iterator[Run]:
    """As `next_runs`, one by one, for as long as they are asked for."""
    if after.tzinfo is None:
        raise ValueError("`after` must be aware")
    if schedule.adaptive:
        raise ScheduleError("an adaptive schedule has no runs that could be told beforehand; see `nightdesk source show`")
    return _interval_runs(schedule.every, after) if schedule.every else _cron_runs(schedule, after)


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """The first run strictly after `after`, in UTC; raises ScheduleError where the calendar ends before it."""
    runs = next_runs(schedule, after, 1)
    if not runs:
        raise ScheduleError(f"the schedule {describe(schedule)} has no run after {after.isoformat()}; choose another")
    return runs[0].at


def after_crawl(schedule: Schedule, *, started: datetime, error_streak: int) -> datetime:
    """When a source is due again after the crawl that began at `started`.

    An interval counts from the start, so that a crawl that took longer, or that the machine slept through, is followed at
    once by a run that is late; after `error_streak` failures in a row it is `backed_off`. A cron schedule keeps its next
    run after the start; when that has passed, it is caught up once, however many were missed. What has just failed is
    tried again before that run, as often as a long interval is.
    """
    if schedule.every:
        due = started + timedelta(seconds=backed_off(schedule.every, error_streak))
    else:
        wait = (next_run(schedule, started) - started).total_seconds()
        due = started + timedelta(seconds=_hurried(wait, error_streak))
    return due.astimezone(UTC)


def backed_off(every: float, error_streak: int) -> float:
    """Seconds until the next visit after so many failures in a row: 2, 4, 8 times `every`, up to 6 hours, never below it.

    The first three are half an hour, an hour, and four hours at most: most failures are over by then.
    """
    grown: float = every * 2 ** min(max(error_streak, 0), _DOUBLINGS)
    return _hurried(max(every, min(grown, LONGEST_BACKOFF)), error_streak)


def _hurried(wait: float, error_streak: int) -> float:
    """The seconds to wait, less where that would be long after one of the first failures."""
    return min(wait, _SOON[error_streak - 1]) if 1 <= error_streak <= len(_SOON) else wait


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
    at = instant_of(wall, zone)
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    if first.utcoffset() == second.utcoffset():
        return Run(at)
    there = local(at, zone)
    if there == wall:
        return Run(at, f"{wall:%H:%M} comes twice on {wall:%Y-%m-%d}, as clocks go back: runs the first time only")
    moved = f"{there:%H:%M}" if there.date() == wall.date() else f"{there:%Y-%m-%d %H:%M}"
    return Run(at, f"{wall:%H:%M} does not exist on {wall:%Y-%m-%d}, as clocks go forward: runs once at {moved}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
