"""What servers ask of us: robots.txt (RFC 9309), Retry-After (RFC 9110, 10.2.3), and to stay on their site."""

import asyncio
import weakref
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from storage.hosts import Robots
from storage.instants import retry_after
from storage.urls import host_of, site_of

ROBOTS_NAME = "nightdesk"  # the name that robots.txt rules may speak of
_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_FRESH_FAILURE = timedelta(minutes=5)
_STALE = timedelta(days=30)  # RFC 9309, 2.3.1.4: so long may an old copy speak for a server that fails
_MOST_BYTES = 512_000  # RFC 9309, 2.5 asks for 500 KiB at least
_LONGEST_DELAY = 60.0
_TOO_MANY_HOLD = 60.0  # seconds for a 429 that does not say how long
_CACHED = 1_000


class RobotsDeniedError(IgnoreRequest):
    """robots.txt does not let us fetch this. `transient`: it could not be read, which also means "keep out"."""

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


class LeftSiteError(IgnoreRequest):
    """A page redirected to another site than its source's."""


class RobotsMiddleware:
    """Keeps robots.txt: asked once a day and host, remembered in the database."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._parsed: OrderedDict[str, tuple[datetime, Protego]] = OrderedDict()
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let the request pass, or raise RobotsDeniedError."""
        if request.meta.get("is_robots"):
            return
        host = host_of(request.url)
        lock = self._locks.setdefault(host, asyncio.Lock())
        async with lock:
            robots = await self._robots(host, request.url)
        if robots.status == 0 or robots.status >= 500:
            what = f"answered {robots.status}" if robots.status else "could not be fetched"
            raise RobotsDeniedError(f"robots.txt of {host} {what}, which means: keep out for now", transient=True)
        if robots.text and not self._rules(host, robots).can_fetch(request.url, ROBOTS_NAME):
            raise RobotsDeniedError(f"robots.txt of {host} does not allow {request.url}", transient=False)

    async def _robots(self, host: str, url: str) -> Robots:
        """The host's robots.txt: remembered, or fetched; an old copy speaks for a server that fails."""
        store = self._spider.store
        now = store.clock.now()
        known: Robots | None = await store.read(lambda t: t.hosts.robots(host))
        if known is not None and now - known.at < (_FRESH_FAILURE if _failed(known) else _FRESH):
            return known
        fetched = await self._fetch(url)
        if _failed(fetched) and known is not None and not _failed(known) and now - known.at < _STALE:
            return known
        delay = self._rules(host, fetched).crawl_delay(ROBOTS_NAME) if fetched.text else None
        delay = min(float(delay), _LONGEST_DELAY) if delay else None
        await store.write(lambda t: t.hosts.save_robots(host, fetched, delay), durable=False, wake=False)
        return fetched

    async def _fetch(self, url: str) -> Robots:
        parts = urlsplit(url)
        request = Request(f"{parts.scheme}://{parts.netloc}/robots.txt", meta={"is_robots": True}, priority=1000)
        at = self._spider.store.clock.now()
        try:
            response = await self._crawler.engine.download_async(request)
        except IgnoreRequest:
            raise  # the gate is closed: nobody knows what robots.txt says
        except Exception:  # noqa: BLE001 - whatever kept us from it, RFC 9309 calls it "unreachable"
            return Robots("", 0, at)
        if 200 <= response.status < 300:
            return Robots(response.body[:_MOST_BYTES].decode("utf-8", errors="replace"), response.status, at)
        return Robots("", response.status, at)

    def _rules(self, host: str, robots: Robots) -> Protego:
        found = self._parsed.get(host)
        if found is None or found[0] != robots.at:
            found = self._parsed[host] = (robots.at, Protego.parse(robots.text))
            if len(self._parsed) > _CACHED:
                self._parsed.popitem(last=False)
        return found[1]

    @property
    def _spider(self) -> Any:
        return self._crawler.spider


def _failed(robots: Robots) -> bool:
    return robots.status == 0 or robots.status >= 500


class RetryAfterMiddleware:
    """Closes the gate of a host that asks for a pause."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Pass the answer on; keep what it asks for."""
        if response.status in (429, 503):
            spider: Any = self._crawler.spider
            header = response.headers.get(b"Retry-After")
            asked = retry_after(header.decode("latin-1") if header else None, spider.store.clock.now())
            if asked is None and response.status == 429:
                asked = _TOO_MANY_HOLD
            if asked:
                await spider.gate.hold(host_of(request.url), asked)
        return response


class OwnSiteRedirectMiddleware(RedirectMiddleware):
    """Follows redirects; for articles only within the sites of their source (`request.meta["sites"]`)."""

    def handle_referer(self, request: Request, response: Response) -> None:
        """We send no Referer."""
        del response
        request.headers.pop("Referer", None)

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The answer, or the request that it redirects to, in that host's own slot."""
        del spider
        result = super().process_response(request, response)
        if isinstance(result, Request):
            result.meta.pop("download_slot", None)
            sites = result.meta.get("sites")
            if sites is not None and site_of(result.url) not in sites:
                raise LeftSiteError(f"{request.url} redirects to another site: {result.url}")
        return result
