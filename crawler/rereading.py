"""Kept pages, read again: captures → worker processes → `storage.reread`, some articles to a transaction.

Killed at any point, what is stored is whole: an article's corrections are written together, or not at all.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from crawler.tasks import read_page, stated_charset
from crawler.workers import WorkerCrashedError, WorkerLateError, Workers
from storage.errors import ExtractError, StorageError
from storage.identity import refusal
from storage.models import Reason
from storage.payloads import Capture
from storage.preparing import prepared
from storage.reread import plan_article, reread_article, reread_refused
from storage.rereading import Changes, Reading
from storage.store import Store, Tables

_BATCH = 20  # articles to a transaction
_Pairs = Sequence[tuple[int, Sequence[Reading]]]  # articles, each with what its captures say


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to read again: these articles, or all (of a source) that were first seen since then."""

    articles: Sequence[int] = ()
    source_id: int | None = None
    first_seen: datetime | None = None


@dataclass(slots=True)
class Summary:
    """What came of it."""

    articles: int = 0  # whose captures were read
    captures: int = 0
    changed: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)  # article, names of what changed
    new: list[int] = field(default_factory=list)  # articles that refused pages gave after all; capture ids in a dry run
    refused: int = 0  # pages that are still no articles
    failed: list[Reading] = field(default_factory=list)

    @property
    def fields(self) -> Counter[str]:
        """How many articles changed in each field."""
        return Counter(name for _, names in self.changed for name in names)


class Rereader:
    """Reads kept pages again. `reader`: the version that reads; `alert`: people are told of what matches now."""

    def __init__(self, store: Store, workers: Workers, *, reader: str, alert: bool = False, dry: bool = False) -> None:
        self._store = store
        self._workers = workers
        self._reader = reader
        self._quiet = not alert
        self._dry = dry
        self._few = asyncio.Semaphore(8)  # bodies in memory

    async def run(self, wanted: Wanted, tell: Callable[[Summary], None] = lambda _: None) -> Summary:
        """Read again what is wanted, and store what that changes, or only say so; `tell` hears how far it is."""
        summary = Summary()
        after = 0
        while articles := await self._next(wanted, after):
            await self._articles(articles, summary)
            tell(summary)
            after = articles[-1]
        after = 0
        while not wanted.articles and (pages := await self._next_refused(wanted, after)):
            await self._refused(pages, summary)
            tell(summary)
            after = pages[-1]
        return summary

    async def _next(self, wanted: Wanted, after: int) -> list[int]:
        if wanted.articles:
            return sorted({each for each in wanted.articles if each > after})[:_BATCH]
        return await self._store.read(lambda t: t.captures.articles(wanted.first_seen, after, _BATCH, wanted.source_id))

    async def _next_refused(self, wanted: Wanted, after: int) -> list[int]:
        return await self._store.read(lambda t: t.captures.refused_pages(wanted.first_seen, after, _BATCH, wanted.source_id))

    async def _articles(self, ids: Sequence[int], summary: Summary) -> None:
        """Read all captures of some articles, and correct the articles."""
        kept = await self._store.read(lambda t: [t.captures.of_article(each) for each in ids])
        readings = await asyncio.gather(*(self._read_all(captures) for captures in kept))
        pairs = list(zip(ids, readings, strict=True))
        if self._dry:
            done = await self._store.read(lambda t: [plan_article(t, each, read) for each, read in pairs])
        else:
            done = await self._store.write(partial(_correct, pairs, self._reader, self._quiet))
        for (article, read), changes in zip(pairs, done, strict=True):
            summary.articles += 1
            summary.captures += len(read)
            summary.failed += changes.failed
            if changes.fields:
                summary.changed.append((article, changes.fields))

    async def _refused(self, pages: Sequence[int], summary: Summary) -> None:
        """Read the newest capture of some refused pages, and store those that are articles after all."""
        found = await self._store.read(lambda t: [t.captures.refused_of(each) for each in pages])
        for reading in await self._read_all([each for each in found if each is not None]):
            summary.captures += 1
            new = await self._store.write(partial(_take, reading, self._reader, self._quiet, self._dry))
            if new is not None:
                summary.new.append(new)
            else:
                summary.refused += 1

    async def _read_all(self, captures: Sequence[Capture]) -> list[Reading]:
        return await asyncio.gather(*(self._read(each) for each in captures))

    async def _read(self, capture: Capture) -> Reading:
        """One capture, as of the time when it was fetched."""
        async with self._few:
            try:
                body = await self._store.read(lambda t: t.captures.body(capture.id))
                charset = stated_charset(capture.header("Content-Type"))
                read = await self._workers.run(read_page, body, capture.final_url, capture.fetched, charset)
            except (ExtractError, StorageError) as error:
                return Reading(capture, reason=_reason(error), error=str(error))
        return Reading(capture, read)


def _reason(error: Exception) -> Reason:
    if isinstance(error, WorkerLateError):
        return Reason.EXTRACTION_TIMEOUT
    return Reason.EXTRACTION_CRASH if isinstance(error, WorkerCrashedError) else Reason.UNREADABLE


def _correct(pairs: _Pairs, reader: str, quiet: bool, tables: Tables) -> list[Changes]:  # noqa: FBT001
    return [reread_article(tables, article, readings, reader=reader, quiet=quiet) for article, readings in pairs]


def _take(reading: Reading, reader: str, quiet: bool, dry: bool, tables: Tables) -> int | None:  # noqa: FBT001
    """The article that a refused page gives after all (in a dry run: the capture that would), or None."""
    if reading.read is None:
        return None
    if dry:
        ready = prepared(reading.read, tables.pages.by_id(reading.capture.page_id or 0), reading.capture.fetched)
        return reading.capture.id if refusal(ready) is None else None
    return reread_refused(tables, reading.capture, reading.read, reader=reader, quiet=quiet)
