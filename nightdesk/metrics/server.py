"""The smallest server for the metrics: GET /metrics, in a thread of its own, so that a scrape holds up nothing.

It serves nothing else, and is of no use to strangers: by default it listens nowhere, and then where it is told to.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, start_http_server

from storage.loggers import logger
from web.places import parse_listen

_AGAIN = 5.0  # real seconds until a port that could not be had is tried again
log = logger("nightdesk")


@asynccontextmanager
async def served(registry: CollectorRegistry, listen: str | None) -> AsyncIterator[None]:
    """Serve the registry inside, where it is told to.

    A port that cannot be had is logged once, and tried again until it can: a monitor does not stop for its statistics.
    """
    if listen is None:
        yield
        return
    serving = asyncio.create_task(_serve(registry, listen))
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.wait({serving})


async def _serve(registry: CollectorRegistry, listen: str) -> None:
    address, port = parse_listen(listen)
    told = False
    while True:
        try:
            server, thread = start_http_server(port, addr=address, registry=registry)
            break
        except OSError as error:
            if not told:
                trouble = f"metrics cannot be served at {listen} ({error.strerror}); choose another `listen` below [metrics]"
                log.error("metrics-refused", error=trouble)  # noqa: TRY400 - the line says it all
            told = True
        await asyncio.sleep(_AGAIN)
    log.info("metrics", port=server.server_port)
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        await asyncio.to_thread(_close, server, thread)


def _close(server: WSGIServer, thread: Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join()
