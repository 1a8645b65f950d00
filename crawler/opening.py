"""How a visit begins: the source is claimed, and it is settled which of its feeds are fetched; in its caller's transaction."""

from dataclasses import dataclass
from datetime import datetime

from crawler.options import CrawlOptions
from crawler.second_route import audit_due
from crawler.visits import PUSH, Visit, unshared
from storage.models import Feed, Lateness
from storage.store import Tables


@dataclass(frozen=True, slots=True)
class Asked:
    """Which source is to be visited, and why. `due`: the due time for which it is."""

    source_id: int
    trigger: str
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Begun:
    """A visit that has begun. `feeds` None: none of its source is known; `audit`: its second route is to be visited too."""

    visit: Visit
    feeds: list[Feed] | None
    audit: bool


def begin(tables: Tables, asked: Asked, options: CrawlOptions, now: datetime, *, until: float) -> Begun | None:
    """Claim the source until `until`, of the machine's time, and list the feeds to fetch.

    None where another process is there or has been, and where whoever asked had an old look at the source.
    """
    source, due, clock = tables.sources.by_id(asked.source_id), asked.due, tables.clock
    if due is not None and (source.due != due or source.paused):
        return None
    if asked.trigger == PUSH and (source.paused or not tables.websub.pushed_feeds(source.id, now)):
        return None
    if not tables.sources.claim(source.id, until=until):
        return None
    lateness = Lateness()
    if due is not None and source.last_crawl is not None:  # a first visit has kept nobody waiting
        lateness = options.lateness(source, due, now, clock.rate if clock.rehearsed else 0.0)
    crawl = tables.sources.start(source.id, now, asked.trigger, due=due, lateness=lateness)
    visit = Visit(source, crawl, now, asked.trigger, clock.steady(), lateness)
    audit = asked.trigger != PUSH and audit_due(tables, source, now, options.second_route)
    return Begun(visit, unshared(tables, source, now, asked.trigger, options.backup), audit)
