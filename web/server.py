"""The server's life: uvicorn on the daemon's own loop. Signals and logs are the daemon's."""

import asyncio
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from storage.errors import NightdeskError
from web.places import parse_listen

_PATIENCE = 15.0  # real seconds in which a connection must get on with something
_ENDING = 1  # real seconds for answers under way, when the server ends
_BACKLOG = 128
_MOST = 500  # connections at the same time


def open_door(listen: str) -> socket.socket:
    """A socket that listens at `HOST:PORT`; raises NightdeskError, in one line, when that cannot be."""
    host, port = parse_listen(listen)
    return _bound(host, port, listen)


def open_any_door() -> socket.socket:
    """A socket that listens on any free port of this machine, for nobody else."""
    return _bound("127.0.0.1", 0, "127.0.0.1")


def _bound(host: str, port: int, listen: str) -> socket.socket:
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
    except OSError as error:
        number = error.errno or 0  # the words of `socket` name the address once more; a name look-up's number is negative
        why = os.strerror(number) if number > 0 else error.strerror or str(error)
        raise NightdeskError(
            f"[web] listen = {listen!r} cannot be used: {why.lower()}; end what uses it, or choose another host and port"
        ) from None


class WebServer:
    """Serves an application at a door, from `start` until `stop`."""

    def __init__(self, app: Starlette, door: socket.socket) -> None:
        self._door = door
        self._server = _Quiet(
            Config(
                app, http=_Impatient, ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False,
                server_header=False, limit_concurrency=_MOST, timeout_graceful_shutdown=_ENDING,
            )
        )  # fmt: skip
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin; what comes from now on is answered."""
        self._serving = asyncio.create_task(self._server.serve([self._door]))
        ready = asyncio.create_task(self._server.ready.wait())
        await asyncio.wait({self._serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if self._serving.done():
            self._serving.result()

    async def stop(self) -> None:
        """Take nothing more, let answers under way end (a second), and close the door. Stopping twice is harmless."""
        self._server.should_exit = True
        if self._serving is not None:
            await asyncio.wait({self._serving})
        self._door.close()


class _Quiet(Server):
    """A server that leaves signals to whoever runs the loop, and says when it is ready."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing is captured."""
        yield


class _Impatient(H11Protocol):
    """Closes a connection on which nothing gets on: whoever sends or reads a byte now and then holds no place for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to look at it now and then."""
        super().connection_made(transport)
        self._seen: Any = self
        self._timer = self.loop.call_later(_PATIENCE, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Look no more."""
        self._timer.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        if self.cycle is self._seen or self.cycle is None:
            self.transport.abort()
            return
        self._seen = self.cycle
        self._timer = self.loop.call_later(_PATIENCE, self._look)
