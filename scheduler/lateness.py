"""How late a run began, which runs it stands for, and whether a due time can be right at all. A pure module."""

from datetime import datetime, timedelta
from itertools import islice, takewhile

from crawler.websub import MOST_BACKUP
from scheduler.adaptive import MOST
from scheduler.cadence import LONGEST_BACKOFF, next_run, runs_after
from storage.durations import format_duration
from storage.errors import ScheduleError
from storage.instants import LONGEST_WAIT
from storage.models import MOST_MISSED, Lateness, Schedule

_SHARE, _LEAST, _MOST = 0.1, 60.0, 300.0  # of the interval; seconds
_JITTER = timedelta(minutes=1)


def judge(schedule: Schedule, *, due: datetime, began: datetime, slack: float = 0.0) -> Lateness:
    """How late a run that was due at `due` began, and how many runs after it had come by then.

    It is late when it began later than a tenth of the schedule's interval after its due time, but at least one minute and
    at most five; else it is on time. `slack`: seconds of the calendar to allow beyond that, where a fast clock makes a long
    time of the moment that any start takes.
    """
    seconds = (began - due).total_seconds()
    if seconds <= max(tolerance(schedule, due), slack):
        return Lateness()
    if schedule.adaptive:  # it has no runs that could be told beforehand
        return Lateness(seconds)
    if schedule.every:
        return Lateness(seconds, min(int(seconds // schedule.every), MOST_MISSED))
    missed = takewhile(lambda run: run.at <= began, runs_after(schedule, due))
    return Lateness(seconds, len(list(islice(missed, MOST_MISSED))))


def tolerance(schedule: Schedule, due: datetime) -> float:
    """The seconds after `due` within which a run is on time."""
    return min(max(_LEAST, _SHARE * _interval(schedule, due)), _MOST)


def latest_due(schedule: Schedule, now: datetime, *, failing: bool, told: bool = False) -> datetime:
    """The latest instant at which a source can be due, seen from `now`: a later one was planned by a clock that was wrong.

    `failing`: its last visits failed, so that back-off, or a Retry-After, may have put it off. `told`: hubs tell of its news,
    so that it is polled less often.
    """
    backup = MOST_BACKUP if told else timedelta()
    if schedule.adaptive:
        latest = now + max(timedelta(seconds=max(MOST, LONGEST_BACKOFF if failing else 0.0)), backup)
    elif schedule.every:
        latest = now + max(timedelta(seconds=max(schedule.every, LONGEST_BACKOFF if failing else 0.0)), backup)
    else:
        latest = next_run(schedule, now + backup)
    return latest + _JITTER + (LONGEST_WAIT if failing else timedelta())


def planned_anew(schedule: Schedule, now: datetime) -> datetime:
    """When a source is due whose due time cannot be right: at once, or at the next time that its calendar names."""
    return now if schedule.every or schedule.adaptive else next_run(schedule, now)


def _interval(schedule: Schedule, due: datetime) -> float:
    if schedule.every:
        return schedule.every
    try:
        return (next_run(schedule, due) - due).total_seconds()
    except ScheduleError:
        return _MOST


def told(lateness: Lateness) -> str:
    """Lateness in a few words: `7h5m late, 5 runs missed`; empty when it was on time."""
    if not lateness.seconds:
        return ""
    whole = int(lateness.seconds)
    unit = 3_600 if whole >= 86_400 else 60 if whole >= 3_600 else 1
    text = f"{format_duration(whole - whole % unit)} late"
    if lateness.missed:
        text += f", {lateness.told} run{'' if lateness.missed == 1 else 's'} missed"
    return text
