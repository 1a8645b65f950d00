"""The smallest server for the metrics: GET /metrics, in a thread of its own, so that a scrape holds up nothing.

It serves nothing else, and is of no use to strangers: by default it listens nowhere, and then where it is told to.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, start_http_server

from storage.errors import ConfigError
from storage.loggers import logger
from web.places import parse_listen

log = logger("nightdesk")


@contextmanager
def served(registry: CollectorRegistry, listen: str | None, *, must: bool = True) -> Iterator[int | None]:
    """Serve the registry inside; the port, or None where it is not served.

    When it cannot be, with `must` a ConfigError is raised, and without it that is logged: a daemon does not end over it.
    """
    if listen is None:
        yield None
        return
    address, port = parse_listen(listen)
    try:
        server, thread = start_http_server(port, addr=address, registry=registry)
    except OSError as error:
        trouble = f"metrics cannot be served at {listen} ({error.strerror}); choose another `listen` below [metrics]"
        if must:
            raise ConfigError(trouble) from None
        log.error("metrics-refused", error=trouble)  # noqa: TRY400 - the line says it all
        yield None
        return
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
