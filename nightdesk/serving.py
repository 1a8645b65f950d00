"""The window within the daemon: opened before anything runs, kept while configurations come and go, closed at the end."""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from alerts.links import Seal
from nightdesk.config import Config
from storage.loggers import logger
from storage.store import Store

if TYPE_CHECKING:
    from web.server import WebServer

log = logger("nightdesk")
# The web room is loaded only where something is served: Starlette and uvicorn would make every `crawl` start later.


class Serving:
    """What is served, and where; nothing as long as no configuration says so."""

    def __init__(self, store: Store, at_work: Callable[[], bool], door: socket.socket | None = None) -> None:
        self._store = store
        self._at_work = at_work
        self._door = door  # one that was opened already, for the first configuration
        self._listen: str | None = None
        self._server: WebServer | None = None

    def prepare(self, config: Config) -> socket.socket | None:
        """The door of a new configuration, opened; None where it is as before, or there is none.

        Raises NightdeskError, in one line, when it cannot be opened; what is served goes on.
        """
        listen = config.settings.web.listen
        if listen is None or listen == self._listen:
            return None
        if self._door is not None:
            door, self._door = self._door, None
            return door
        from web.server import open_door  # noqa: PLC0415 - as above

        return open_door(listen)

    async def take(self, config: Config, door: socket.socket | None) -> None:
        """Serve as a configuration says, at the door that was prepared for it."""
        listen = config.settings.web.listen
        if listen == self._listen:
            return
        await self.stop()
        if door is None or listen is None:
            return
        from web.app import make_app  # noqa: PLC0415 - as above
        from web.desk import Desk  # noqa: PLC0415
        from web.server import WebServer  # noqa: PLC0415

        key = await self._store.write(lambda t: t.meta.link_key(), wake=False)
        self._server = WebServer(make_app(Desk(self._store, Seal(bytes.fromhex(key)), self._at_work)), door)
        await self._server.start()
        self._listen = listen
        log.info("serving", listen=listen, public_url=config.settings.web.public_url)

    async def stop(self) -> None:
        """Serve nothing any more."""
        if self._server is not None:
            await self._server.stop()
        self._server, self._listen = None, None
