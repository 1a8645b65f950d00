"""What a step of the clock left behind: due times further ahead than a schedule, a look or a retry would put them.

A clock that was wrong by a year and is set right again would else have sources wait for that year.
"""

from datetime import datetime, timedelta

from scheduler.lateness import latest_due, planned_anew
from storage.models import Source
from storage.store import Tables

_LONGEST_LOOK = timedelta(days=32)  # ahead: no look or retry is so far away


def put_off(tables: Tables, now: datetime) -> list[Source]:
    """The sources whose next visit lies further ahead than their schedule allows."""
    told = tables.websub.told_sources()
    return [
        each
        for each in tables.sources.all()
        if each.due is not None
        and each.due > now
        and each.due > latest_due(each.schedule, now, failing=each.error_streak > 0, told=each.id in told)
    ]


def is_put_off(tables: Tables, now: datetime) -> bool:
    """Whether there is anything to mend."""
    return bool(put_off(tables, now)) or tables.pages.put_off_beyond(now + _LONGEST_LOOK) > 0


def mend(tables: Tables, now: datetime) -> list[tuple[str, datetime]]:
    """Plan them anew: sources by their schedule, pages now; what was planned, and for when it had been."""
    mended = [
        (f"source {each.name}", each.due)
        for each in put_off(tables, now)
        if each.due and tables.sources.replan(each.id, expected=each.due, due=planned_anew(each.schedule, now))
    ]
    pages = tables.pages.pull(now + _LONGEST_LOOK, now)
    return [*mended, (f"{pages} pages", now + _LONGEST_LOOK)] if pages else mended
