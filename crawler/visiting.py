"""How a visit begins and ends in the database: each a function of Tables, so that many share one transaction."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from crawler.looks import drop_late_looks
from crawler.options import CrawlOptions, Visited
from crawler.second_route import audit_due
from crawler.visits import PUSH, Visit, give_back, held_until, unshared
from storage.errors import NotFoundError
from storage.leases import reap
from storage.loggers import logger
from storage.models import Feed, Lateness, Looks
from storage.store import Tables
from storage.vitals import visited

log = logger("nightdesk.crawl")


@dataclass(frozen=True, slots=True)
class Asked:
    """A source that is to be visited. `due`: the due time for which; None: somebody asked for it."""

    source_id: int
    trigger: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A visit that has begun, for which due time; its feeds, None: none is known yet; whether its second route is due, too."""

    visit: Visit
    feeds: list[Feed] | None
    audit: bool
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """When visits begin. `steady`: by the clock of time limits; `until`: their leases; `slack`: seconds that are never late."""

    now: datetime
    steady: float
    until: float
    slack: float


def begin_all(asked: Sequence[Asked], options: CrawlOptions, moment: Moment, tables: Tables) -> list[Begun | None]:
    """Begin the visits, each on its own; None: another process is there, or has been, or the source was removed."""
    return [_begin(tables, each, options, moment) for each in asked]


def _begin(tables: Tables, asked: Asked, options: CrawlOptions, moment: Moment) -> Begun | None:
    """Claim the source and list its feeds, but those that another source's visit has just fetched for it too."""
    try:
        source = tables.sources.by_id(asked.source_id)
    except NotFoundError:
        return None
    now, due = moment.now, asked.due
    if due is not None and (source.due != due or source.paused):
        return None  # whoever asked had an old look at the source
    if asked.trigger == PUSH and (source.paused or not tables.websub.pushed_feeds(source.id, now)):
        return None
    if not tables.sources.claim(asked.source_id, until=moment.until):
        return None
    lateness = Lateness()
    if due is not None and source.last_crawl is not None:  # a first visit has kept nobody waiting
        lateness = options.lateness(source, due, now, moment.slack)
    crawl = tables.sources.start(source.id, now, asked.trigger, due=due, lateness=lateness)
    watched = tables.feeds.watched(source.id)
    visit = Visit(source, crawl, now, asked.trigger, moment.steady, lateness)
    audit = asked.trigger != PUSH and audit_due(tables, source, [feed for feed, _ in watched], now, options.second_route)
    feeds = unshared(tables, source, watched, now, asked.trigger, backup=options.backup) if watched else None
    return Begun(visit, feeds, audit, due)


def finish_all(
    visits: Sequence[Visit], note: Callable[[Tables], None] | None, options: CrawlOptions, now: datetime, tables: Tables
) -> list[datetime | None]:
    """Write what `note` has to, and how these visits have ended; when their sources are due next."""
    if note is not None:
        note(tables)
    return [_finish(tables, visit, options, now) for visit in visits]


def _finish(tables: Tables, visit: Visit, options: CrawlOptions, now: datetime) -> datetime | None:
    """Write how a visit has ended; when its source is due next."""
    outcome = visit.outcome
    failure = visit.trouble(outcome)
    streak = visit.source.error_streak + 1 if failure else 0
    pushed = visit.trigger == PUSH
    ended = Visited(visit.source, visit.started, now, streak, failure is None, tuple(visit.dates), pushed)
    due = options.reschedule(tables, ended)
    if failure and due is not None and (held := held_until(tables, visit.source, now)):
        due = held if visit.put_off else max(due, held)
    tables.sources.finish(visit.crawl_id, visit.source, now=now, outcome=outcome, reason=visit.reason, due=due)
    tables.health.record(visit.source.id, partial(visited, now=now, failure=failure), now)
    return due


def tidy(
    tables: Tables, *, pages: Collection[int], sources: Collection[int], now: datetime, machine: float, looks: Looks
) -> None:
    """Free leases that ended, give back these pages and sources that could not be settled, drop looks that are late."""
    reap(tables.connection, machine)
    give_back(tables, pages, sources)
    drop_late_looks(tables, now, looks)


def tell_late(visit: Visit, due: datetime | None) -> None:
    """A line of the log, where a visit has begun late."""
    late = visit.lateness
    if late.seconds:
        log.warning("late", source=visit.source.name, due=str(due), seconds=round(late.seconds), missed=late.told)


def tell_ended(visit: Visit, due: datetime | None) -> None:
    """The line of the log for a visit."""
    log.info("crawl", source=visit.source.name, outcome=str(visit.outcome), trigger=visit.trigger, reason=visit.reason,
             due=str(due))  # fmt: skip


def nobody(due: datetime | None) -> None:
    """Nobody wants to know when the next visit is due."""
    del due
