"""When a source is due after a visit, by what the database knows: the one place where rhythms, hints and the budget meet."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from crawler.hints import least_seconds
from crawler.options import Visited
from crawler.websub import by_feed, rests_until
from scheduler.adaptive import LEAST, density_for, lean_for, next_poll, polls_a_day
from scheduler.cadence import after_crawl, backed_off, next_run
from scheduler.picture import Picture, pace_unknown, picture
from scheduler.rhythm import Rhythm, begin, dumps, learn, loads
from storage.models import Feed, Source
from storage.store import Tables
from storage.tables.rhythms import KeptRhythm

_KEY = "adaptive density"
_MOMENT = timedelta(seconds=1)
_FRESH = 600.0  # seconds of the calendar for which a density holds


@dataclass(frozen=True, slots=True)
class Pacing:
    """Says when sources are due. `budget`: adaptive ones together cost as if each were visited every so many seconds.

    `backup`: seconds between two polls of a feed whose hub tells us of its news; None: hubs cannot reach us.
    """

    budget: float
    backup: float | None = None

    @property
    def lean(self) -> float:
        """How much more than the square root of its rate a busy source gets."""
        return lean_for(self.budget)

    def due(self, tables: Tables, visited: Visited) -> datetime:
        """When the source is due after that visit. Called in the transaction that ends it."""
        usual = self._usual(tables, visited)
        rest = self._rest(tables, visited) if self.backup is not None else None
        if rest is not None and rest > usual:
            schedule = visited.source.schedule
            return next_run(schedule, rest - _MOMENT) if schedule.cron else rest
        if visited.pushed and rest is None and visited.source.due is not None:
            return min(usual, visited.source.due)  # its other feeds were not read
        return usual

    def _rest(self, tables: Tables, visited: Visited) -> datetime | None:
        """Until when none of the source's feeds need be polled, because hubs tell of their news; None: one need be."""
        hubs = by_feed(tables.websub.of_source(visited.source.id))
        feeds = tables.feeds.of_source(visited.source.id) if hubs else []
        rests = [rests_until(each, hubs.get(each.id), self.backup, visited.now) for each in feeds]
        return min((each for each in rests if each is not None), default=None) if all(rests) else None

    def _usual(self, tables: Tables, visited: Visited) -> datetime:
        """When it is due by its schedule."""
        source = visited.source
        if not source.schedule.adaptive:
            # What fails may take longer than its interval to do so, and is left alone for a while all the same.
            began = visited.now if visited.streak and source.schedule.every else visited.started
            return after_crawl(source.schedule, started=began, error_streak=visited.streak)
        now = visited.now.timestamp()
        feeds = tables.feeds.of_source(source.id)
        kept = tables.rhythms.get(source.id)
        rhythm = _learned(tables, kept, visited)
        seen = picture(rhythm, now)
        if kept is None or any(visited.dates):
            tables.rhythms.save(source.id, KeptRhythm(dumps(rhythm), seen.pace(self.lean), shortest_hint(feeds, visited.now)))
        density, least = self.density(tables, visited.now), least_interval(feeds, visited.now)
        at = next_poll(rhythm, seen, now, density, lean=self.lean, least=least)
        seconds = backed_off(at - now, visited.streak)
        return (visited.now + timedelta(seconds=seconds)).astimezone(UTC)

    def density(self, tables: Tables, now: datetime) -> float:
        """Visits an hour for each square root of a rate: worked out from all adaptive sources, every ten minutes at most."""
        at = now.timestamp()
        kept = json.loads(tables.meta.get(_KEY) or "{}")
        if kept.get("budget") == self.budget and 0 <= at - kept["at"] < _FRESH:
            return float(kept["density"])
        density = self.worked_out(tables)
        tables.meta.set(_KEY, json.dumps({"density": density, "budget": self.budget, "at": at}))
        return density

    def worked_out(self, tables: Tables) -> float:
        """The density that the rhythms of now come to; writes nothing."""
        sources = [(pace_unknown(self.lean) if pace is None else pace, least) for pace, least in tables.rhythms.paces()]
        return density_for(sources, self.budget)


def known_rhythm(tables: Tables, source: Source) -> Rhythm | None:
    """What was learned of a source, or None."""
    kept = tables.rhythms.get(source.id)
    return None if kept is None else loads(kept.rhythm)


def shortest_hint(feeds: Iterable[Feed], at: datetime) -> float:
    """Seconds between two visits that the least patient of the feeds allows; the others rest meanwhile."""
    return min((least_seconds(feed.hints, at) for feed in feeds), default=0.0)


def least_interval(feeds: Iterable[Feed], now: datetime) -> float:
    """Seconds from now to the next visit, at least."""
    return max(LEAST, shortest_hint(feeds, now))


def visits_a_day(seen: Picture, pacing: Pacing, density: float, least: float) -> float:
    """How often a source like that is visited on an average day, by the plans that are made for it."""
    return polls_a_day(seen, density, lean=pacing.lean, least=least)


def _learned(tables: Tables, kept: KeptRhythm | None, visited: Visited) -> Rhythm:
    now = visited.now.timestamp()
    listings = [_seconds(dates) for dates in visited.dates]
    if kept is None:
        return begin(listings if visited.source.last_success is None else [_history(tables, visited)], now)
    rhythm = loads(kept.rhythm)
    if not any(listings):
        return rhythm
    last = visited.source.last_success.timestamp() if visited.source.last_success else rhythm.at
    return learn(rhythm, [date for dates in listings for date in dates], last=last, now=now)


def _history(tables: Tables, visited: Visited) -> list[float | None]:
    """When articles came while the source had another schedule; the first instant is that from which on they are counted."""
    since = max(visited.source.added, visited.now - timedelta(days=28))
    return [since.timestamp(), *(at.timestamp() for at in tables.rhythms.arrivals(visited.source.id, since))]


def _seconds(dates: Sequence[datetime | None]) -> list[float | None]:
    return [None if date is None else date.timestamp() for date in dates]
