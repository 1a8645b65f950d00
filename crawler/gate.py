"""The host gate: every request passes it where it is really sent.

One request in flight per host and a pause after each answer, over all sources, redirects, robots.txt, and processes: the
gate is a row in the database (`storage.tables.hosts`). What an answer asks for (`crawler.slowing`) is written in the
transaction that frees the host, so that nobody slips through before it. A domain that sent us away is not waited for;
whoever wanted it comes back later.
"""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.connecting import ConnectionPool
from crawler.slowing import REFUSALS, Reply, Times, What, after, is_held
from crawler.visits import FeedJob, PageJob
from storage.errors import StorageError
from storage.instants import LONGEST_WAIT, retry_after
from storage.loggers import logger
from storage.models import Slowdown
from storage.store import Store, Tables
from storage.tables.hosts import Permit
from storage.urls import host_of, site_of

_LEASE_SECONDS = 30.0  # real; on top of what a download may take
_LOOK_SECONDS = 0.1  # real; while another process has the host
_LONGEST_NAP = 5.0  # real; a pause may have ended meanwhile, when its domain was forgiven
_KEPT_SECONDS = 0.2  # real; a host is freed so much later, together with others
log = logger("nightdesk.crawl")


class HostOnHoldError(IgnoreRequest):
    """The host's domain refused us, and is left alone for another `seconds` of the calendar, which ends at `until`."""

    def __init__(self, host: str, seconds: float, until: datetime) -> None:
        self.domain = site_of(host)
        self.seconds = seconds
        super().__init__(f"{self.domain} asked us to wait, and is left alone until {until:%Y-%m-%d %H:%M}Z")


@dataclass(slots=True)
class Passage:
    """One request's turn: whoever gets an answer puts it here."""

    slowed: bool  # something is known of the domain: good answers count too
    reply: Reply | None = None


class HostGate:
    """The gate of one process.

    `delay`: seconds of the calendar between an answer and the next request. `longest`: real seconds that a request may take.
    """

    def __init__(self, store: Store, delay: float, longest: float) -> None:
        self._store = store
        self._delay = delay
        self._lease = longest + _LEASE_SECONDS
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._freed: dict[str, float] = {}  # host → from when on it may be asked; not yet written down
        self._closed = False
        self._timer: asyncio.TimerHandle | None = None
        self._freeing: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def passage(self, host: str) -> AsyncIterator[Passage]:
        """Wait until the host is free, hold it for one request, and leave the pause behind.

        Raises HostOnHoldError when its domain asked for more patience than a request has.
        """
        lock = self._locks.setdefault(host, asyncio.Lock())
        async with lock:
            permit = await self._acquire(host)
            passage = Passage(permit.slowed)
            try:
                yield passage
            finally:
                await self._leave(host, permit, passage)

    async def _acquire(self, host: str) -> Permit:
        clock = self._store.clock
        while True:
            ask = partial(_ask, host, self._lease, self._freed.get(host))
            permit = await self._store.write(ask, durable=False, wake=False)
            self._freed.pop(host, None)
            if permit.wait == 0.0:
                return permit
            if permit.held:
                seconds = permit.wait / clock.real(1.0)
                raise HostOnHoldError(host, seconds, clock.now() + timedelta(seconds=seconds))
            look = max(_LOOK_SECONDS, clock.real(self._delay)) if permit.taken else _LONGEST_NAP
            await asyncio.sleep(min(permit.wait, look))

    async def _leave(self, host: str, permit: Permit, passage: Passage) -> None:
        """Free the host, and keep what its answer asked for."""
        clock, reply = self._store.clock, passage.reply
        next_at = clock.machine() + clock.real(max(self._delay, permit.delay or 0.0))
        times = Times(clock.now(), clock.machine(), clock.real(1.0))
        if reply is None or (reply.status < 400 and not passage.slowed):
            if self._closed:
                await self._store.write(partial(_release_all, {host: next_at}), durable=False, wake=False)
            else:
                self._free(host, next_at)
            return

        def leave(tables: Tables) -> tuple[Slowdown | None, Slowdown | None]:
            tables.hosts.release(host, next_at=next_at)
            before = tables.domains.get(site_of(host))
            known = after(before, site_of(host), reply, times, delay=self._delay)
            if known is not None and known is not before:
                tables.domains.save(known)
            elif known is None and before is not None:
                tables.domains.forget(before.domain)
            return before, known

        before, known = await self._store.write(leave, durable=reply.status in REFUSALS, wake=False)
        _tell(host, reply, times, before, known)

    def _free(self, host: str, next_at: float) -> None:
        """Have the host freed soon, with others: most are not asked again at once, and nobody waits for them."""
        self._freed[host] = next_at
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_KEPT_SECONDS, self._free_soon)

    def _free_soon(self) -> None:
        self._timer = None
        self._freeing = asyncio.create_task(self.free_now())

    async def close(self) -> None:
        """From now on, hosts are freed at once: nobody may be there to do it later."""
        self._closed = True
        await self.free_now()

    async def free_now(self) -> None:
        """Write down which hosts are free; tried again soon where that cannot be written."""
        freed, self._freed = self._freed, {}
        if freed:
            try:
                await self._store.write(partial(_release_all, freed), durable=False, wake=False)
            except StorageError:
                for host, next_at in freed.items():
                    self._free(host, next_at)


def _tell(host: str, reply: Reply, times: Times, before: Slowdown | None, known: Slowdown | None) -> None:
    """A line when a domain is slowed down, and when it is asked as usual again."""
    if known is None:
        if before is not None and before.pause is not None:
            log.info("host-recovered", domain=before.domain, slowed=str(before.since))
        return
    if before is None or (known.until, known.pause) != (before.until, before.pause):
        if known.pause is None or reply.status < 400:
            return
        log.warning(
            "host-slowed", domain=known.domain, host=host, status=reply.status, asked=reply.asked,
            capped=reply.asked is not None and reply.asked >= LONGEST_WAIT.total_seconds(),
            until=str(known.until) if is_held(known, times) else None, pause=known.pause,
        )  # fmt: skip


def _release_all(freed: Mapping[str, float], tables: Tables) -> None:
    for host, next_at in freed.items():
        tables.hosts.release(host, next_at=next_at)


def _ask(host: str, lease: float, freed: float | None, tables: Tables) -> Permit:
    """Ask for the host, having freed it first where that is still to be written."""
    clock = tables.clock
    if freed is not None:
        tables.hosts.release(host, next_at=freed)
    now = clock.machine()
    return tables.hosts.acquire(host, now=now, until=now + lease, second=clock.real(1.0), at=clock.now())


def _what(request: Request) -> What:
    """How much a refusal of this request says about the whole site."""
    job = request.meta.get("job")
    if isinstance(job, FeedJob):
        return What.LISTING
    is_page = isinstance(job, PageJob) and job.page.comment_kind is None
    return What.PAGE if is_page or request.meta.get("is_robots") else What.OTHER


class GatedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1, one request per host at a time."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        pool, self._pool = self._pool, ConnectionPool(self._pool._reactor)  # noqa: SLF001 - in place of the one that Scrapy made
        self._pool.maxPersistentPerHost, self._pool._factory = pool.maxPersistentPerHost, pool._factory  # noqa: SLF001

    async def download_request(self, request: Request) -> Response:
        """Send the request once its host's gate opens. The download's time limit starts then, not before."""
        spider: Any = self._crawler.spider
        gate: HostGate = spider.gate
        async with gate.passage(host_of(request.url)) as passage:
            answer = "none"
            try:
                response = await super().download_request(request)
                answer = f"{response.status // 100}xx"
            finally:
                log.debug("request", url=request.url, answer=answer)
            header = response.headers.get(b"Retry-After")
            asked = retry_after(header.decode("latin-1"), spider.store.clock.now()) if header else None
            passage.reply = Reply(response.status, request.url, _what(request), asked)
            return response
