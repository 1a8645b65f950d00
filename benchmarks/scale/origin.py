"""An origin in a process of its own: feeds that answer 304 to whoever shows their ETag, and pages for those who follow links.

    python benchmarks/scale/origin.py [--pages FOLDER]

It listens on every address of 127.0.0.0/8, each of which is a host of its own to a client, and writes its port as one line.
`/feed/N` is a feed of 20 items, of which robots.txt wants none fetched. With `--pages`, `/live/N` is
a feed whose items are that folder's files of `.html.gz`, at `/page/N/…`, and changes with every line on standard input.
"""

import argparse
import asyncio
import gzip
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

_ITEMS = 20
_IDLE_SECONDS = 5.0  # then the connection is closed, as servers do
_MOST = 1_000  # pages that are kept in memory


def feed(name: str, base: str, links: list[str]) -> bytes:
    """An RSS feed of these links, its items dated one hour apart."""
    now = datetime.now(UTC)
    items = "".join(
        f"<item><title>Report {number} of {name}</title><link>{base}{link}</link><guid>{name}-{link}</guid>"
        f"<pubDate>{format_datetime(now - timedelta(hours=number))}</pubDate>"
        f"<description>What happened, in a sentence or two, as feeds have it.</description></item>"
        for number, link in enumerate(links)
    )
    head = f"<title>{name}</title><link>{base}/</link><description>A feed</description>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class Origin:
    """What is served."""

    def __init__(self, pages: list[bytes]) -> None:
        self.pages = pages
        self.edition = 0  # of live feeds

    def answer(self, path: str, host: str, etag: str) -> bytes:
        """The whole answer to a GET."""
        kind, _, rest = path.lstrip("/").partition("/")
        if kind == "feed":
            ours = f'"{rest}"'
            if etag == ours:
                return _head("304 Not Modified", f"ETag: {ours}\r\n")
            links = [f"/item/{rest}/{number}" for number in range(_ITEMS)]
            return _body(feed(f"feed {rest}", f"http://{host}", links), "application/rss+xml", f"ETag: {ours}\r\n")
        if kind == "live":
            ours = f'"{rest}-{self.edition}"'
            if etag == ours:
                return _head("304 Not Modified", f"ETag: {ours}\r\n")
            links = [f"/page/{rest}/{self.edition}/{number}" for number in range(_ITEMS)]
            return _body(feed(f"live {rest}", f"http://{host}", links), "application/rss+xml", f"ETag: {ours}\r\n")
        if path == "/robots.txt":
            return _body(b"User-agent: *\nDisallow: /item/\n", "text/plain", "")
        if kind == "page" and self.pages:
            return _body(self.pages[hash(path) % len(self.pages)], "text/html; charset=utf-8", "")
        return _head("404 Not Found", "Content-Length: 0\r\n")


def _head(status: str, more: str) -> bytes:
    return f"HTTP/1.1 {status}\r\n{more}\r\n".encode()


def _body(body: bytes, kind: str, more: str) -> bytes:
    return _head("200 OK", f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}") + body


class Connection(asyncio.Protocol):
    """One connection: requests without bodies, one after the other."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._buffer = b""
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the interface's name
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._rest()
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
            request, *lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            path = request.split(" ")[1]
            self._transport.write(self._origin.answer(path, headers.get("host", ""), headers.get("if-none-match", "")))

    def _rest(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._transport.close)


async def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=Path)
    folder = options.parse_args().pages
    files = sorted(folder.rglob("*.html.gz"))[:_MOST] if folder else []
    origin = Origin([gzip.decompress(each.read_bytes()) for each in files])
    server = await asyncio.get_running_loop().create_server(lambda: Connection(origin), "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        origin.edition += 1


if __name__ == "__main__":
    asyncio.run(main())
