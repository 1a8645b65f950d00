"""Serves newspapers over HTTP on loopback, each on a host of its own, and keeps a log of every request.

The first newspaper stands at 127.0.0.1, the next at 127.0.0.2 and so on, on the same port where that is free.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web

from nightdesk.newspaper.acting import act
from nightdesk.newspaper.faults import FaultKind
from nightdesk.newspaper.routes import answer, not_modified
from nightdesk.newspaper.site import Newspaper
from storage.clock import Clock

_LONGEST_LOG = 200_000
type_handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Hit:
    """One request as the server saw it. `began` and `ended` are Unix seconds of the machine; None: not yet ended."""

    site: str
    method: str
    path: str  # with its query
    host: str  # the Host header
    user_agent: str
    if_none_match: str | None
    if_modified_since: str | None
    began: float
    in_flight: int  # on this host, this one included
    ended: float | None = None
    status: int | None = None  # None: no status was sent

    @property
    def hostname(self) -> str:
        """The host without its port."""
        return self.host.rpartition(":")[0] or self.host


class NewspaperServer:
    """An async context manager that serves `papers` while it is entered and sets their `base_url`.

    `latency` is how many seconds each answer takes. `log` holds every request in the order they began;
    `max_in_flight` the greatest number at once for each host name.
    """

    def __init__(self, *papers: Newspaper, port: int = 0, clock: Clock | None = None, latency: float = 0.0) -> None:
        self.papers = papers
        self.port = port
        self.latency = latency
        self.log: list[Hit] = []
        self.max_in_flight: dict[str, int] = {}
        self._in_flight: dict[str, int] = {}
        self._clock = clock or Clock()
        self._runners: list[web.ServerRunner] = []

    async def __aenter__(self) -> Self:
        try:
            for number, paper in enumerate(self.papers, 1):
                await self._serve(paper, number)
        except OSError:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        runners, self._runners = self._runners, []
        for runner in runners:
            await runner.cleanup()

    def hits(self, path: str, site: str | None = None) -> list[Hit]:
        """The requests for `path`, whatever their query, of one newspaper if named."""
        return [hit for hit in list(self.log) if hit.path.partition("?")[0] == path and site in (None, hit.site)]

    def forget(self) -> None:
        """Empty the log and start measuring anew."""
        self.log.clear()
        self.max_in_flight.clear()

    async def _serve(self, paper: Newspaper, number: int) -> None:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            return await self._logged(paper, request)

        address = f"127.0.0.{number}"
        try:
            port = await self._listen(handle, address, self.port)
        except OSError:
            if number == 1:
                raise  # what was asked for cannot be had
            address = "127.0.0.1"  # a system with one loopback address only, or the port is taken there
            port = await self._listen(handle, address, 0)
        if number == 1:
            self.port = port
        paper.base_url = f"http://{address}:{port}"

    async def _listen(self, handle: type_handler, address: str, port: int) -> int:
        server = web.Server(handle, handler_cancellation=True, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, address, port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runners.append(runner)
        return site.port

    async def _logged(self, paper: Newspaper, request: web.BaseRequest) -> web.StreamResponse:
        hit = self._begin(paper, request)
        try:
            await asyncio.sleep(self.latency)
            return await self._answer(paper, request, hit)
        finally:
            self._end(hit)

    async def _answer(self, paper: Newspaper, request: web.BaseRequest, hit: Hit) -> web.StreamResponse:
        with paper.lock:
            fault = paper.faults.take(request.path)
            reply = answer(paper, request.path, request.query_string)
        if fault is not None and fault.kind is not FaultKind.STUCK_ETAG:
            return await act(fault, request, reply, lambda status: setattr(hit, "status", status))
        etag = '"stuck"' if fault else reply.etag
        headers = {"ETag": etag, "Content-Type": f"{reply.content_type}; charset=utf-8"}
        if reply.last_modified and not fault:
            headers["Last-Modified"] = reply.last_modified
        same = hit.if_none_match == etag if fault else not_modified(reply, hit.if_none_match, hit.if_modified_since)
        response = web.Response(status=304 if same else reply.status, headers=headers, body=b"" if same else reply.body)
        hit.status = response.status
        await response.prepare(request)
        self._end(hit)  # before the last byte leaves: the client's next request must not find this one in flight
        await response.write_eof()
        return response

    def _begin(self, paper: Newspaper, request: web.BaseRequest) -> Hit:
        headers = request.headers
        hit = Hit(
            site=paper.name,
            method=request.method,
            path=request.raw_path,
            host=headers.get("Host", ""),
            user_agent=headers.get("User-Agent", ""),
            if_none_match=headers.get("If-None-Match"),
            if_modified_since=headers.get("If-Modified-Since"),
            began=self._clock.machine(),
            in_flight=0,
        )
        hit.in_flight = self._in_flight.get(hit.hostname, 0) + 1
        self._in_flight[hit.hostname] = hit.in_flight
        self.max_in_flight[hit.hostname] = max(hit.in_flight, self.max_in_flight.get(hit.hostname, 0))
        if len(self.log) >= _LONGEST_LOG:
            del self.log[: _LONGEST_LOG // 2]
        self.log.append(hit)
        return hit

    def _end(self, hit: Hit) -> None:
        if hit.ended is None:
            hit.ended = self._clock.machine()
            self._in_flight[hit.hostname] -= 1
