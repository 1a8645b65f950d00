"""The clock of the daemon: one APScheduler job per source, rebuilt from the database, whose due times are the truth.

APScheduler's timers run on machine time; `Clock.at` says when, on the machine, the calendar will show an instant. So a
rehearsed clock moves every job, and nothing here reads the time by itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.visits import PUSH, SCHEDULE
from scheduler.steps import is_put_off, mend
from storage.errors import StorageError
from storage.models import Source
from storage.store import Store

_HEARTBEAT_SECONDS = 5  # real; timers stand still while the machine sleeps: a look at the clock catches up
log = structlog.get_logger("nightdesk.clock")


class Rounds:
    """Has each source visited when it is due, or a hub told of its news. `visit(source_id, trigger, due)` does it."""

    def __init__(self, store: Store, visit: Callable[[int, str, datetime | None], None]) -> None:
        self._store = store
        self._visit = visit
        # Grace without end, and one run for many missed ones: the default drops a job that is a second late.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._planned: dict[int, datetime] = {}
        self._mended = float("-inf")

    def start(self) -> None:
        """Begin, inside a running loop: plan every source, and go on planning as due times change."""
        self._scheduler.add_job(self.plan, IntervalTrigger(seconds=_HEARTBEAT_SECONDS), id="heartbeat")
        self._scheduler.start()

    def stop(self) -> None:
        """End: nothing is planned any more."""
        self._scheduler.shutdown(wait=False)

    async def plan(self) -> None:
        """Bring the jobs in line with the due times in the database; overdue sources are visited at once."""
        try:
            await self._mend()
            now = self._store.clock.now()
            sources, pushed = await self._store.read(lambda t: (t.sources.all(), t.websub.pushed_sources(now)))
        except StorageError as error:
            log.warning("database-trouble", error=str(error))
            return
        for source_id in pushed:
            self._visit(source_id, PUSH, None)
        due = {source.id: source for source in sources if source.due is not None and not source.paused}
        for source_id in set(self._planned) - set(due):
            self._forget(source_id)
        for source in due.values():
            self._plan_one(source)

    async def _mend(self) -> None:
        """Now and then: plan anew what a clock that was wrong has put further ahead than any schedule would.

        Steps forward need no care: what is overdue is visited at once.
        """
        steady = self._store.clock.steady()
        if steady - self._mended < _HEARTBEAT_SECONDS:
            return
        self._mended = steady
        now = self._store.clock.now()
        if await self._store.read(lambda t: is_put_off(t, now)):
            for what, due in await self._store.write(lambda t: mend(t, now)):
                log.warning("clock-stepped", what=what, due=str(due), now=str(now))

    async def follow(self) -> None:
        """Plan anew whenever rows change, for as long as this runs."""
        while True:
            generation = self._store.wakeup.generation
            await self.plan()
            await self._store.wakeup.wait(generation, _HEARTBEAT_SECONDS)

    def _plan_one(self, source: Source) -> None:
        assert source.due is not None
        if source.due <= self._store.clock.now():
            self._forget(source.id)
            self._visit(source.id, SCHEDULE, source.due)
            return
        if self._planned.get(source.id) == source.due:
            return
        self._planned[source.id] = source.due
        when = max(self._store.clock.at(source.due), datetime.now(UTC) + timedelta(milliseconds=1))
        self._scheduler.add_job(
            self._due, DateTrigger(when), args=[source.id, source.due], id=f"source-{source.id}", replace_existing=True
        )

    async def _due(self, source_id: int, due: datetime) -> None:
        self._planned.pop(source_id, None)
        self._visit(source_id, SCHEDULE, due)

    def _forget(self, source_id: int) -> None:
        if self._planned.pop(source_id, None) is not None and self._scheduler.get_job(f"source-{source_id}"):
            self._scheduler.remove_job(f"source-{source_id}")
