"""The host gate: every request passes it where it is really sent.

One request in flight per host and a pause after each answer, over all sources, redirects, robots.txt, and processes: the
gate is a row in the database (`storage.hosts`). A host that sent us away (Retry-After) is not waited for; whoever
wanted it comes back later.
"""

import asyncio
import contextlib
import weakref
from collections.abc import AsyncIterator
from functools import partial

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from storage.hosts import Permit
from storage.store import Store, Tables
from storage.urls import host_of

_LEASE_SECONDS = 30.0  # real; on top of what a download may take
_LOOK_SECONDS = 0.1  # real; while another process has the host


class HostOnHoldError(IgnoreRequest):
    """The host asked us to stay away for another `seconds` (real)."""

    def __init__(self, host: str, seconds: float) -> None:
        super().__init__(f"{host} asked us to wait another {seconds:.0f} s")
        self.seconds = seconds


class HostGate:
    """The gate of one process.

    `delay`: seconds of the calendar between an answer and the next request. `longest`: real seconds that a request may take.
    """

    def __init__(self, store: Store, delay: float, longest: float) -> None:
        self._store = store
        self._delay = delay
        self._lease = longest + _LEASE_SECONDS
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def passage(self, host: str) -> AsyncIterator[None]:
        """Wait until the host is free, hold it for one request, and leave the pause behind.

        Raises HostOnHoldError when the host asked for more patience than a request has.
        """
        lock = self._locks.setdefault(host, asyncio.Lock())
        async with lock:
            delay = await self._acquire(host)
            try:
                yield
            finally:
                pause = self._store.clock.real(max(self._delay, delay or 0.0))
                at = self._store.clock.machine() + pause
                await self._store.write(lambda t: t.hosts.release(host, next_at=at), durable=False, wake=False)

    async def hold(self, host: str, seconds: float) -> None:
        """The host asked for a pause of `seconds` of the calendar."""
        until = self._store.clock.machine() + self._store.clock.real(seconds)
        await self._store.write(lambda t: t.hosts.hold(host, until=until))

    async def _acquire(self, host: str) -> float | None:
        while True:
            permit = await self._store.write(
                partial(_ask, host, self._store.clock.machine(), self._lease), durable=False, wake=False
            )
            if permit.wait == 0.0:
                return permit.delay
            if permit.held:
                raise HostOnHoldError(host, permit.wait)
            await asyncio.sleep(min(permit.wait, max(_LOOK_SECONDS, self._store.clock.real(self._delay))))


def _ask(host: str, now: float, lease: float, tables: Tables) -> Permit:
    return tables.hosts.acquire(host, now=now, until=now + lease)


class GatedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP/1.1, one request per host at a time."""

    async def download_request(self, request: Request) -> Response:
        """Send the request once its host's gate opens. The download's time limit starts then, not before."""
        gate: HostGate = self._crawler.spider.gate  # type: ignore[union-attr]
        async with gate.passage(host_of(request.url)):
            return await super().download_request(request)
