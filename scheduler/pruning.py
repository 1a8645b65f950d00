"""The verb *prune*: what is older than it is kept → removed. Claim, work, write: a little at a time, beside the daemon.

Killed, it leaves whole stories, and is begun again. Nothing waits longer for it than for one small transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from storage.forgetting import forget_pages, forget_stories, prints_of
from storage.store import Store, Tables
from storage.tables.pruning import RECORDS, Gone

_STORIES = 25  # in one transaction: some 50 ms
_RECORDS = 500
_PAGES_BACK = 1_000  # of the file, in one transaction
_MUCH = 0.1  # of what is left: an index is then written anew
_Claim = Callable[[Tables, int], list[int]]  # ids above one, ascending
_BREATH = 0.02  # real seconds between two transactions, in which other processes find the lock free


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went, and the bytes of the database: before, after, and of those after what is free for new rows."""

    gone: Gone
    bytes_before: int
    bytes_after: int
    free: int


class Pruning:
    """One round of pruning. `before`: what ended, or was last seen, before then goes. `dry_run`: it is only counted."""

    def __init__(
        self, store: Store, before: datetime, *, dry_run: bool = False, progress: Callable[[Gone], None] | None = None
    ) -> None:
        self._store = store
        self._before = before
        self._dry_run = dry_run
        self._progress = progress
        self._gone = Gone()

    async def run(self) -> Pruned:
        """Remove all that is old; what that was, and what room it gave."""
        size, _ = await self._store.read(lambda t: t.meta.room())
        await self._each(lambda t, after: t.pruning.stories(self._before, after, _STORIES), self._stories)
        await self._each(lambda t, after: t.pruning.pages(self._before, after, _RECORDS), self._pages)
        await self._records()
        if not self._dry_run:
            await self._tidy()
            await self._give_back()
        after, free = await self._store.read(lambda t: t.meta.room())
        return Pruned(self._gone, size, after, free)

    async def _each(self, claim: _Claim, work: Callable[[list[int]], Awaitable[Gone]]) -> None:
        """Claim ids, work on them, and go on behind the last."""
        last = 0
        while ids := await self._store.read(partial(_claimed, claim, last)):
            last = ids[-1]
            self._gone += await work(ids)
            await self._breathe()

    async def _stories(self, ids: list[int]) -> Gone:
        if self._dry_run:
            return await self._store.read(lambda t: t.pruning.count(ids))
        prints = await self._store.read(lambda t: prints_of(t, ids))
        now = self._store.clock.now()
        return await self._store.write(lambda t: forget_stories(t, ids, prints, before=self._before, now=now))

    async def _pages(self, ids: list[int]) -> Gone:
        if self._dry_run:
            return await self._store.read(lambda t: t.pruning.count_pages(ids))
        now = self._store.clock.now()
        return await self._store.write(lambda t: forget_pages(t, ids, before=self._before, now=now))

    async def _records(self) -> None:
        if self._dry_run:
            self._gone += await self._store.read(lambda t: t.pruning.count_records(self._before))
            return
        for table in RECORDS:
            while count := await self._store.write(partial(_remove_records, table, self._before)):
                self._gone += Gone(**{table: count})
                await self._breathe()

    async def _tidy(self) -> None:
        """Have indexes shrink from which much was taken out; after little, they do so by and by as they are written."""
        left = await self._store.read(lambda t: t.articles.counts())
        for table, gone in (("versions", self._gone.versions), ("comments", self._gone.comments)):
            begin = True
            while gone > left[table] * _MUCH and await self._store.write(partial(_tidy, table, begin=begin), wake=False):
                begin = False
                await self._breathe()

    async def _give_back(self) -> None:
        while await self._store.write(lambda t: t.meta.give_back(_PAGES_BACK), wake=False):
            await self._breathe()
        await asyncio.to_thread(self._store.read_now, lambda t: t.meta.checkpoint(), snapshot=False)

    async def _breathe(self) -> None:
        if self._progress is not None:
            self._progress(self._gone)
        if not self._dry_run:
            await asyncio.sleep(_BREATH)


def _claimed(claim: _Claim, last: int, tables: Tables) -> list[int]:
    return claim(tables, last)


def _tidy(table: str, tables: Tables, *, begin: bool) -> bool:
    return tables.pruning.tidy_index(table, begin=begin)


def _remove_records(table: str, before: datetime, tables: Tables) -> int:
    return tables.pruning.remove_records(table, before, _RECORDS)
