"""Saved pages, served over HTTP on loopback in a process of its own: some hosts, each with a feed that lists its pages.

    python benchmarks/scale/served.py FOLDER HOSTS

FOLDER holds pages as N.html. Prints its port. A page N stands on host N modulo HOSTS, at /page/N; /feed/M.xml lists those
of the first M pages that are its own. Ends when its standard input does.
"""

import asyncio
import sys
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web
from corpus import NOW

_HOSTS = "127.9.{}.1"


def host(number: int) -> str:
    """The address of a host."""
    return _HOSTS.format(number + 1)


def urls(port: int, hosts: int, pages: int) -> list[str]:
    """Where the first `pages` pages stand."""
    return [f"http://{host(number % hosts)}:{port}/page/{number}" for number in range(pages)]


async def serve(bodies: dict[int, bytes], hosts: int) -> None:
    """Serve them until standard input ends."""

    async def handle(request: web.BaseRequest) -> web.Response:
        own, port = request.host.partition(":")[0], int(request.host.rpartition(":")[2])
        _, kind, *rest = request.path.split("/")
        if kind == "page" and int(rest[0]) in bodies:
            return web.Response(body=bodies[int(rest[0])], content_type="text/html")  # the page itself says its encoding
        if kind == "feed":
            listed = [url for url in urls(port, hosts, int(rest[0].removesuffix(".xml"))) if f"//{own}:" in url]
            return web.Response(text=_feed(listed), content_type="application/rss+xml")
        return web.Response(status=404)

    server, names = web.Server(handle, access_log=None), [host(number) for number in range(hosts)]
    opened = await asyncio.get_running_loop().create_server(server, names[0], 0, backlog=1000)
    port = opened.sockets[0].getsockname()[1]
    others = await asyncio.get_running_loop().create_server(server, names[1:], port, backlog=1000) if names[1:] else None
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    del others


def _feed(listed: list[str]) -> str:
    items = "".join(
        f"<item><title>Page {url.rpartition('/')[2]}</title><link>{url}</link><guid>{url}</guid>"
        f"<pubDate>{format_datetime(NOW)}</pubDate></item>"
        for url in listed
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Saved</title>{items}</channel></rss>'


if __name__ == "__main__":
    asyncio.run(serve({int(path.stem): path.read_bytes() for path in Path(sys.argv[1]).glob("*.html")}, int(sys.argv[2])))
