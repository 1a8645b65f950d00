"""What a step of the clock left behind: due times further ahead than a schedule, a policy, a look or a retry would put them.

A clock that was wrong by a year and is set right again would else have sources and alerts wait for that year, and nobody
would be told of a source that goes dark meanwhile.
"""

from datetime import datetime, timedelta

from scheduler.lateness import latest_due, planned_anew
from storage.models import Source
from storage.store import Tables

_LONGEST_LOOK = timedelta(days=32)  # ahead: no look or retry of a page is so far away
_LONGEST_HOLD = timedelta(days=3)  # ahead: no retry, digest or end of quiet hours is so far away
_LONGEST_PROBE = timedelta(hours=1)


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
    return (
        bool(put_off(tables, now))
        or tables.pages.put_off_beyond(now + _LONGEST_LOOK) > 0
        or tables.deliveries.put_off_beyond(_longest_hold(tables, now)) > 0
        or tables.channels.put_off_beyond(now + _LONGEST_PROBE) > 0
        or tables.health.ahead(now) > 0
    )


def mend(tables: Tables, now: datetime) -> list[str]:
    """Plan them anew: sources by their schedule, all else now; what was planned, and for when it had been."""
    sources = [
        f"source {each.name}, which was due at {each.due}"
        for each in put_off(tables, now)
        if each.due and tables.sources.replan(each.id, expected=each.due, due=planned_anew(each.schedule, now))
    ]
    others = {
        "pages": tables.pages.pull(now + _LONGEST_LOOK, now),
        "deliveries": tables.deliveries.pull(_longest_hold(tables, now), now),
        "channels that were left alone": tables.channels.pull(now + _LONGEST_PROBE, now),
        "judgements of sources": tables.health.pull(now),
    }
    return [*sources, *(f"{count} {what}" for what, count in others.items() if count)]


def _longest_hold(tables: Tables, now: datetime) -> datetime:
    """After which no delivery can be due: what a policy makes alerts wait for each other comes on top."""
    policies = [each.policy for each in tables.channels.all()]
    waits = [max(each.group_wait, each.group_interval, each.repeat_interval) for each in policies]
    return now + _LONGEST_HOLD + timedelta(seconds=max(waits, default=0.0))
