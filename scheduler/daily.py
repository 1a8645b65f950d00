"""The daily prune: once a day, at an hour that its owner calls quiet; caught up once when nothing ran then."""

import asyncio
from datetime import datetime, timedelta

from scheduler.cadence import next_run
from scheduler.pruning import Pruning
from storage.errors import StorageError
from storage.instants import from_text, to_text
from storage.loggers import logger
from storage.models import Schedule
from storage.store import Store, Tables

_LAST = "pruned"  # in meta: when it was last pruned by itself, or when that was switched on
_LOOK_SECONDS = 60.0  # real, at most: a sleeping machine's timers stand still
_TROUBLE_SECONDS = 300.0  # real; a full disk or a lock: it is tried again
log = logger("nightdesk.clock")


async def prune_daily(store: Store, keep: timedelta, schedule: Schedule) -> None:
    """Prune whenever the schedule says, for as long as this runs."""
    while True:
        try:
            due = next_run(schedule, await _last(store))
            now = store.clock.now()
            if due > now:
                await asyncio.sleep(min(_LOOK_SECONDS, store.clock.real((due - now).total_seconds())))
                continue
            done = await Pruning(store, now - keep).run()
            await store.write(lambda t: t.meta.set(_LAST, to_text(store.clock.now())))
            log.info("pruned", stories=done.gone.stories, articles=done.gone.articles, pages=done.gone.pages,
                     bytes=done.bytes_after, free=done.free)  # fmt: skip
        except StorageError as error:
            log.warning("database-trouble", error=str(error))
            await asyncio.sleep(_TROUBLE_SECONDS)


async def _last(store: Store) -> datetime:
    """When it was last done; from now on, where it never was."""
    now = store.clock.now()

    def look(tables: Tables) -> str:
        found = tables.meta.get(_LAST)
        if found is None:
            found = to_text(now)
            tables.meta.set(_LAST, found)
        return found

    known = await store.read(lambda t: t.meta.get(_LAST))
    return from_text(known if known is not None else await store.write(look))
