"""The verb *check*: sources that are to be judged → their state, and notices of those that went dark or are back.

The judgement, the episode and the need to tell are written in one transaction, and only if no newer fact has come meanwhile. So
each episode is told once when it begins and once when it ends, whatever dies in between, and whoever else judges too.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts.health.failing import REMEMBERED, Record, record
from alerts.health.judge import Attempts, judge
from alerts.health.rhythm import LEARNT_FROM, WEEKLY_AFTER, Rhythm, from_json, keeps_languages, learn_again, learn_rhythm
from alerts.health.telling import gone_dark, has_come_back, in_reach, out_of_reach
from storage.errors import NotFoundError, StorageError
from storage.loggers import logger
from storage.models import Episode, HealthState, Notice, SourceDay, Trouble, Vitals
from storage.store import Store, Tables

_BATCH = 100  # sources in one transaction
_EVERY = 300.0  # seconds of the calendar
_LEAST_SECONDS = 0.25  # real
_LATELY = timedelta(hours=3)  # visits that tell whether the desk reaches the world
_FEWEST = 4  # sources: of fewer it cannot be told whether they or we are cut off
_LISTED_BEFORE = timedelta(hours=6)  # the first page that failed was listed before it was fetched
_MOST_VISITS = 500  # that are remembered of a source that is visited each minute
KEPT = timedelta(days=60)  # what days came to
log = logger("nightdesk.health")


@dataclass(frozen=True, slots=True)
class _Case:
    """A source to judge: its facts, what is usual for it as it was learnt, and, where that is to be learnt anew, its days."""

    vitals: Vitals
    rhythm: Rhythm | None
    days: Sequence[SourceDay] | None
    episodes: Sequence[Episode]
    said: str
    record: Record
    learned: datetime | None = None  # when its rhythm was
    dates: Sequence[datetime] = ()  # of what it listed at first, while its weeks are not known


@dataclass(frozen=True, slots=True)
class _Judged:
    """A judgement, to be written."""

    before: Vitals
    after: Vitals
    learnt: Rhythm | None


class HealthCheck:
    """Judges how sources fare. Several processes may do so at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pruned: date | None = None

    async def run(self) -> None:
        """Check for ever, every few minutes of the calendar."""
        while True:
            try:
                await self.run_due()
            except StorageError as error:
                log.warning("database-trouble", error=str(error))
            await asyncio.sleep(max(_LEAST_SECONDS, self._store.clock.real(_EVERY)))

    async def run_due(self) -> int:
        """Judge every source that is to be judged by now; how many notices that made."""
        now = self._store.clock.now()
        back = await self._desk(now)
        seen: set[int] = set()
        told = 0
        while batch := [each for each in await self._store.read(lambda t: _cases(t, now)) if each.vitals.source_id not in seen]:
            seen |= {each.vitals.source_id for each in batch}
            judged = await asyncio.to_thread(_judge, batch, now, back)
            told += await self._store.write(lambda t, judged=judged: _settle(t, judged, now))  # type: ignore[misc]
        await self._prune(now)
        return told

    async def _desk(self, now: datetime) -> datetime | None:
        """Notice whether the desk itself is cut off; since when failures speak of the sources again, if it is or was."""
        reached, failing, first = await self._store.read(lambda t: t.health.reach(now - _LATELY))
        known = await self._store.read(lambda t: t.health.episodes(None, 1))
        cut_off = bool(known) and known[0].ended is None
        if not cut_off and failing + reached >= _FEWEST and failing > reached:
            await self._store.write(lambda t: _cut_off(t, failing, failing + reached, first or now, now))
            return now
        if cut_off and reached > failing:
            await self._store.write(lambda t: _in_reach(t, now))
            return now
        return now if cut_off else known[0].ended if known else None

    async def _prune(self, now: datetime) -> None:
        if self._pruned != now.date():
            self._pruned = now.date()
            await self._store.write(lambda t: t.health.forget((now - KEPT).date()), wake=False)


def _cases(tables: Tables, now: datetime) -> list[_Case]:
    return [_case(tables, each, now) for each in tables.health.due(now, _BATCH)]


def _case(tables: Tables, vitals: Vitals, now: datetime) -> _Case:
    kept, learned = tables.health.rhythm(vitals.source_id)
    rhythm = from_json(kept)
    again = learn_again(rhythm, learned)
    said = tables.sources.by_id(vitals.source_id).last_error or ""
    episodes = tables.health.episodes(vitals.source_id)
    known = Record()
    if vitals.failures or vitals.state is not HealthState.WELL:
        known = record(tables.health.visits(vitals.source_id, now - REMEMBERED, _MOST_VISITS), episodes)
    if again is not None and again > now:
        return _Case(vitals, rhythm, None, (), said, known)
    days = tables.health.days(vitals.source_id, (now - LEARNT_FROM).date())
    young = sum(sum(each.watched) for each in days) < WEEKLY_AFTER
    dates = tables.health.listed_at_first(vitals.source_id) if young else ()
    return _Case(vitals, rhythm, days, episodes, said, known, learned, dates)


def _judge(cases: Sequence[_Case], now: datetime, back: datetime | None) -> list[_Judged]:
    found = []
    for each in cases:
        learnt = None
        if each.days is not None:
            learnt = learn_rhythm(each.days, each.episodes, now, each.vitals.newest, dates=each.dates)
            learnt = keeps_languages(learnt, each.rhythm, each.vitals.languages, each.learned)
        attempts = Attempts(back, each.said, each.record)
        found.append(_Judged(each.vitals, judge(each.vitals, learnt or each.rhythm, now, attempts), learnt))
    return found


def _settle(tables: Tables, judged: Sequence[_Judged], now: datetime) -> int:
    return sum(_write(tables, each, now) for each in judged)


def _write(tables: Tables, judged: _Judged, now: datetime) -> bool:
    """Write a judgement; whether somebody is to be told of it."""
    before, after = judged.before, judged.after
    if judged.learnt is not None:
        tables.health.learned(before.source_id, judged.learnt.to_json(), now)
    if not tables.health.judged(before, after):
        return False
    if HealthState.DARK not in (before.state, after.state) or before.state is after.state:
        return False
    try:
        name = tables.sources.by_id(before.source_id).name
    except NotFoundError:
        return False
    if after.state is HealthState.DARK:
        assert after.trouble is not None
        assert after.since is not None
        tables.health.begin(before.source_id, after.trouble, after.since, now, after.why)
        log.warning("source-dark", source=name, trouble=str(after.trouble), since=str(after.since), why=after.why)
        _tell(tables, gone_dark(name, after, now), now)
        return True
    return _back(tables, name, before.source_id, now)


def _back(tables: Tables, name: str, source_id: int, now: datetime) -> bool:
    episode = tables.health.episode(source_id)
    if episode is None:
        return False
    tables.health.end(episode.id, now)
    again = tables.health.revive(source_id, episode.since, now)
    earlier = tables.health.revive(source_id, episode.since - _LISTED_BEFORE, now)
    caught = tables.health.came(source_id, episode.since, again=again, earlier=earlier)
    gaps = [each for each in tables.completeness.gaps(source_id) if each.at >= episode.since and each.filled is None]
    log.info("source-back", source=name, trouble=str(episode.trouble), since=str(episode.since), articles=caught.stored)
    _tell(tables, has_come_back(name, episode, now, caught, gap=bool(gaps)), now)
    return True


def _cut_off(tables: Tables, failing: int, watched: int, since: datetime, now: datetime) -> None:
    if tables.health.episode(None) is None:
        notice = out_of_reach(failing, watched, since, now)
        tables.health.begin(None, Trouble.UNREACHABLE, since, now, notice.detail)
        log.warning("desk-cut-off", failing=failing, watched=watched, since=str(since))
        _tell(tables, notice, now)


def _in_reach(tables: Tables, now: datetime) -> None:
    episode = tables.health.episode(None)
    if episode is not None:
        tables.health.end(episode.id, now)
        tables.health.hurry(now)
        log.info("desk-in-reach", since=str(episode.since))
        _tell(tables, in_reach(episode, now), now)


def _tell(tables: Tables, notice: Notice, now: datetime) -> None:
    """Every channel tells it: one alone may be what does not work."""
    stored = tables.notices.add(notice)
    if stored is None:
        return
    for channel in tables.channels.all():
        if channel.enabled:
            tables.deliveries.add_notice(stored, channel, now)
