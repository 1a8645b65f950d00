"""What servers ask of us: robots.txt (RFC 9309), and to stay on their site. Retry-After is kept by `crawler.gate`."""

import asyncio
import weakref
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response, TextResponse

from crawler.gate import HostOnHoldError
from crawler.robots import ROBOTS_NAME, Rules, decode
from crawler.robots_body import HEADERS, META
from storage.errors import NightdeskError
from storage.tables.hosts import Robots
from storage.urls import host_of, site_of

_FRESH = timedelta(hours=24)  # RFC 9309, 2.4
_FRESH_FAILURE = timedelta(minutes=5)
_FRESH_SILENCE = timedelta(minutes=1)
_CACHED = 1_000
_REMEMBERED, _SHORT = 20_000, 2_000  # hosts whose robots.txt is kept in memory, and the characters that one may have there


class RobotsDeniedError(IgnoreRequest):
    """robots.txt does not let us fetch this. `transient`: it could not be read, which also means "keep out"."""

    def __init__(self, message: str, *, transient: bool) -> None:
        super().__init__(message)
        self.transient = transient


class RobotsUnreachableError(IgnoreRequest):
    """There was no answer for robots.txt at `url`, by reason of `cause`; so the server is asked nothing more."""

    def __init__(self, url: str, cause: Exception) -> None:
        super().__init__(f"{url}: {cause}")
        self.url = url
        self.cause = cause


class LeftSiteError(IgnoreRequest):
    """A page redirected to another site than its source's."""


class RobotsMiddleware:
    """Keeps robots.txt: asked once a day and host, remembered in the database."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._parsed: OrderedDict[str, tuple[datetime, Rules]] = OrderedDict()
        self._known: OrderedDict[str, Robots] = OrderedDict()  # as the database has it: nobody asks again while it is fresh
        self._unreachable: OrderedDict[str, tuple[datetime, Exception]] = OrderedDict()
        self._locks: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    async def process_request(self, request: Request) -> Response | None:
        """Let the request pass, or raise RobotsDeniedError or RobotsUnreachableError.

        Who asks for robots.txt itself (for the sitemaps that it names) is given what is remembered of it.
        """
        if request.meta.get("is_robots") or not request.meta.get("robots_asked", True):
            return None
        host = host_of(request.url)
        robots = self._known.get(host)
        if robots is None or not _fresh(robots, self._spider.store.clock.now()):
            lock = self._locks.setdefault(host, asyncio.Lock())
            async with lock:
                robots = await self._robots(host, request.url)
            self._remember(host, robots)
        if _failed(robots):
            message = f"robots.txt of {host} answered {robots.status}, which means: keep out for now"
            raise RobotsDeniedError(message, transient=True)
        if urlsplit(request.url).path == "/robots.txt":
            return TextResponse(request.url, status=robots.status, body=robots.text, encoding="utf-8")
        if robots.text and not self._rules(host, robots).allow(request.url):
            raise RobotsDeniedError(f"robots.txt of {host} does not allow {request.url}", transient=False)
        return None

    async def _robots(self, host: str, url: str) -> Robots:
        """The host's robots.txt: remembered for a day, or fetched.

        A failure is asked about again after some minutes, and means "keep out" until then (RFC 9309, 2.3.1.4). The RFC would
        let an old copy speak meanwhile (2.4); we do not. That a server gave no answer at all is remembered for a minute, and
        by this process only: whoever has mended it wants to see so.
        """
        store = self._spider.store
        now = store.clock.now()
        known: Robots | None = await store.read(lambda t: t.hosts.robots(host))
        if known is not None and _fresh(known, now):
            return known
        fetched = await self._ask(url, now)
        delay = self._rules(host, fetched).delay if fetched.text else None
        next_at = store.clock.machine() + store.clock.real(delay) if delay else 0.0
        await self._spider.gate.free_now()  # it was asked: what that leaves behind must not come after the delay
        await store.write(lambda t: t.hosts.save_robots(host, fetched, delay, next_at=next_at), durable=False, wake=False)
        return fetched

    async def _ask(self, url: str, now: datetime) -> Robots:
        """robots.txt as the server gives it; raises RobotsUnreachableError when there is no answer, or was none just now."""
        parts = urlsplit(url)
        address = f"{parts.scheme}://{parts.netloc}/robots.txt"
        if (cause := self._silence(address, now)) is not None:
            raise RobotsUnreachableError(address, cause)
        try:
            return await self._fetch(address, now)
        except RobotsUnreachableError as error:
            self._unreachable[address] = (now, _bare(error.cause))
            if len(self._unreachable) > _CACHED:
                self._unreachable.popitem(last=False)
            raise

    def _silence(self, address: str, now: datetime) -> Exception | None:
        """Why there was no answer just now, if there was none."""
        at, cause = self._unreachable.get(address, (None, None))
        return cause if at is not None and now - at < _FRESH_SILENCE else None

    async def _fetch(self, address: str, at: datetime) -> Robots:
        request = Request(address, headers=dict(HEADERS), meta=dict(META), priority=1000)
        try:
            response = await self._crawler.engine.download_async(request)
        except (HostOnHoldError, NightdeskError):
            raise  # the gate is closed, or the database: nobody knows what robots.txt says
        except IgnoreRequest:
            return Robots("", 302, at)  # it redirects for ever, or unpacks to no end: there is none (RFC 9309, 2.3.1.2)
        except Exception as error:
            raise RobotsUnreachableError(address, error) from error
        if 200 <= response.status < 300:
            return Robots(decode(response.body), response.status, at)
        return Robots("", response.status, at)

    def _rules(self, host: str, robots: Robots) -> Rules:
        found = self._parsed.get(host)
        if found is None or found[0] != robots.at:
            found = self._parsed[host] = (robots.at, Rules.read(robots.text, ROBOTS_NAME))
            if len(self._parsed) > _CACHED:
                self._parsed.popitem(last=False)
        return found[1]

    def _remember(self, host: str, robots: Robots) -> None:
        if len(robots.text) <= _SHORT:
            self._known[host] = robots
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    @property
    def _spider(self) -> Any:
        return self._crawler.spider


def _fresh(robots: Robots, now: datetime) -> bool:
    return now - robots.at < (_FRESH_FAILURE if _failed(robots) else _FRESH)


def _bare(error: Exception) -> Exception:
    """The error without where it came from: what is remembered must not keep requests, and earlier errors, alive."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


def _failed(robots: Robots) -> bool:
    """Whether this means "keep out": a failing server, or one that we ask too often, which is no word on its rules."""
    return robots.status >= 500 or robots.status == 429


class OwnSiteRedirectMiddleware(RedirectMiddleware):
    """Follows redirects; for articles only within the sites of their source (`request.meta["sites"]`)."""

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
