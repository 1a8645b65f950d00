"""The sites of the endurance trial's outlets, in a process of their own, each on a host of its own.

    python benchmarks/scale/outlet_sites.py '{"seed": 1, "outlets": 500, "days": 14, "each": 10}'

Prints its port when it is ready. A line on standard input, `{"began": …, "rate": …}`, lets the calendar begin. What it says
is published stands in the feeds, in news sitemaps, on home pages and under its address; pages are those of the local
newspaper. Ends when its standard input does, with a line of what it was asked for.
"""

import asyncio
import json
import sys
from collections import Counter
from datetime import datetime

from aiohttp import web
from calendar_clock import Calendar
from outlets import START, Piece, World

from nightdesk.newspaper.routes import answer, not_modified
from nightdesk.newspaper.site import Newspaper

_ITEMS = 20  # of a feed
_BACKLOG = 1_000  # connections that may wait to be accepted


class Outlet:
    """One outlet's site, which is brought up to date when it is asked."""

    def __init__(self, number: int, world: World) -> None:
        self.paper = Newspaper(f"Outlet {number}", feed_items=_ITEMS)
        pieces = world.pieces(number)
        changes: list[tuple[datetime, bool, Piece]] = [(piece.shown, False, piece) for piece in pieces]
        changes += [(piece.edited, True, piece) for piece in pieces if piece.edited]
        self._changes = sorted(changes, key=lambda each: each[0], reverse=True)  # the next one last
        self.refusing = {piece.path for piece in pieces if piece.refused}

    def advance(self, now: datetime) -> None:
        """Publish and edit what is due by now."""
        while self._changes and self._changes[-1][0] <= now:
            _, edit, piece = self._changes.pop()
            if edit:
                self.paper.edit(
                    piece.slug, at=piece.edited or now, title=f"{piece.title} again", paragraphs=(*piece.text, piece.added)
                )
            else:
                self.paper.publish(piece.slug, title=piece.title, paragraphs=piece.text, at=piece.at)


class Origin:
    """All of them, on one port."""

    def __init__(self, world: World) -> None:
        self.calendar = Calendar(START, float("inf"), 1.0)
        self.outlets = {world.host(number): Outlet(number, world) for number in range(world.outlets)}
        self.asked: Counter[str] = Counter()

    async def serve(self) -> int:
        """Listen; the port."""
        server, loop = web.Server(self._handle, access_log=None), asyncio.get_running_loop()
        first, *others = self.outlets
        opened = await loop.create_server(server, first, 0, backlog=_BACKLOG)
        port: int = opened.sockets[0].getsockname()[1]
        if others:
            self._others = await loop.create_server(server, others, port, backlog=_BACKLOG)
        for host, outlet in self.outlets.items():
            outlet.paper.base_url = f"http://{host}:{port}"
        return port

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        outlet = self.outlets[(request.host or "").rpartition(":")[0]]
        outlet.advance(self.calendar.now())
        if request.path in outlet.refusing:
            outlet.refusing.discard(request.path)
            self.asked["503"] += 1
            return web.Response(status=503)
        reply = answer(outlet.paper, request.path, request.query_string)
        headers = {"ETag": reply.etag, "Content-Type": f"{reply.content_type}; charset=utf-8"}
        same = not_modified(reply, request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        self.asked[_kind(request.path) + (" 304" if same else "")] += 1
        return web.Response(status=304 if same else reply.status, headers=headers, body=b"" if same else reply.body)


def _kind(path: str) -> str:
    return "page" if path.startswith("/20") else path.strip("/") or "home"


async def main() -> None:
    origin = Origin(World(**json.loads(sys.argv[1])))
    print(await origin.serve(), flush=True)
    origin.calendar = Calendar(START, **json.loads(await asyncio.to_thread(sys.stdin.readline)))
    await asyncio.to_thread(sys.stdin.read)
    print(json.dumps(origin.asked), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
