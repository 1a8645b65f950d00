"""The clock of the daemon: an APScheduler job for the source that is due next, made from the database, which is the truth.

What is read at a time is what is due and the next due time, by an index: ten thousand sources cost no more than ten.
APScheduler's timers run on machine time; `Clock.at` says when, on the machine, the calendar will show an instant. So a
rehearsed clock moves the job, and nothing here reads the time by itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from crawler.visits import PUSH, SCHEDULE
from scheduler.steps import is_put_off, mend
from storage.errors import StorageError
from storage.loggers import logger
from storage.models import Source
from storage.store import Store, Tables

_HEARTBEAT_SECONDS = 5  # real; timers stand still while the machine sleeps: a look at the clock catches up
_MENDED_SECONDS = 300  # real; a look at all due times, beside that after each step of the clock
_STEP_SECONDS = 1.0  # real; less is how clocks are kept right
_AT_ONCE = 400  # sources handed out at a time; the next when half of them were visited
log = logger("nightdesk.clock")


class Rounds:
    """Has each source visited when it is due, or a hub told of its news. `visit(source_id, trigger, due)` does it."""

    def __init__(self, store: Store, visit: Callable[[int, str, datetime | None], None]) -> None:
        self._store = store
        self._visit = visit
        # Grace without end, and one run for many missed ones: the default drops a job that is a second late.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._wakeup = store.wakeup.branch()
        self._next: datetime | None = None  # for when the job stands
        self._handed = 0  # visits that were asked for and have not ended
        self._more = False  # there were more to ask for
        self._mended = float("-inf")
        self._seen: tuple[float, datetime] | None = None  # the steady clock and the calendar, when they were looked at last

    def start(self) -> None:
        """Begin, inside a running loop: plan what is due next, and go on planning as due times change."""
        self._scheduler.add_job(self.plan, IntervalTrigger(seconds=_HEARTBEAT_SECONDS), id="heartbeat")
        self._scheduler.start()

    def stop(self) -> None:
        """End: nothing is planned any more."""
        self._scheduler.shutdown(wait=False)

    async def plan(self) -> None:
        """Have overdue sources visited at once, and come back when the next one is due."""
        now = self._store.clock.now()
        try:
            await self._mend(now)
            pushed, overdue, following = await self._store.read(lambda t: _due(t, now))
        except StorageError as error:
            log.warning("database-trouble", error=str(error))
            return
        self._handed, self._more = len(pushed) + len(overdue), len(overdue) == _AT_ONCE
        for source_id in pushed:
            self._visit(source_id, PUSH, None)
        for source in overdue:
            assert source.due is not None
            self._visit(source.id, SCHEDULE, source.due)
        if following != self._next:
            self._arm(following)

    def ended(self, due: datetime | None) -> None:
        """A visit that was asked for has ended, or came to nothing; `due`: the next one to its source."""
        self._handed -= 1
        if self._more and self._handed <= _AT_ONCE // 2:
            self._wakeup.wake()
        if due is not None and (self._next is None or due < self._next):
            self._arm(due)

    async def follow(self) -> None:
        """Plan anew whenever rows change, for as long as this runs."""
        while True:
            generation = self._wakeup.generation
            await self.plan()
            await self._wakeup.wait(generation, _HEARTBEAT_SECONDS)

    async def _mend(self, now: datetime) -> None:
        """After a step of the clock, and now and then: plan anew what a wrong clock put further ahead than any schedule would.

        Steps forward need no care: what is overdue is visited at once.
        """
        steady = self._store.clock.steady()
        stepped, self._seen = self._stepped(steady, now), (steady, now)
        if not stepped and steady - self._mended < _MENDED_SECONDS:
            return
        self._mended = steady
        if await self._store.read(lambda t: is_put_off(t, now)):
            for what in await self._store.write(lambda t: mend(t, now)):
                log.warning("clock-stepped", what=what, now=str(now))

    def _stepped(self, steady: float, now: datetime) -> bool:
        """Whether the calendar was set back since it was looked at last."""
        if self._seen is None:
            return False
        passed = self._store.clock.real((now - self._seen[1]).total_seconds())
        return passed < steady - self._seen[0] - _STEP_SECONDS

    def _arm(self, due: datetime | None) -> None:
        """Have a look when the next source is due."""
        self._next = due
        if due is None:
            if self._scheduler.get_job("next"):
                self._scheduler.remove_job("next")
            return
        when = max(self._store.clock.at(due), datetime.now(UTC) + timedelta(milliseconds=1))
        self._scheduler.add_job(self._look, DateTrigger(when), id="next", replace_existing=True)

    async def _look(self) -> None:
        self._next = None
        self._wakeup.wake()


def _due(tables: Tables, now: datetime) -> tuple[list[int], list[Source], datetime | None]:
    """The sources of whose news hubs told, those that are due, and when the next one is."""
    return tables.websub.pushed_sources(now), tables.sources.due(now, _AT_ONCE), tables.sources.next_due(now)
