"""Steers newspapers and receivers from another process, over HTTP on a port of its own.

POST takes one JSON object and answers one; `site` names the newspaper (default: the first), `at` a time (default: now).

    POST /_control/publish      title, paragraphs, slug, section, author, shape, dated, comments: [[author, text]];
                                without a title the next prepared text, then `add`: paragraphs, `comments`: how many
    POST /_control/edit         slug, title, paragraphs
    POST /_control/comment      slug, author, text, parent
    POST /_control/wire-copy    slug, on (another site), title
    POST /_control/advertise    title, url
    POST /_control/feeds        empty, churn, items, comments: whether articles link feeds of their comments,
                                feeds_omit, sitemaps_omit: per cent of the articles that they leave out
    POST /_control/robots       text
    POST /_control/misbehave    path, kind, and the fields of Fault
    POST /_control/behave       path (default: all)
    POST /_control/forget       empties the log
    POST /_control/mail         programme, then, delay, refused, down          GET: what was received
    POST /_control/webhooks     programme, then, delay, retry_after, down      GET: what was received
    GET  /_control/log          every request;  /_control/load: the most in flight by host;  /_control/state: the sites
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from nightdesk.newspaper.receivers import Hook, Mail, MailReceiver, WebhookReceiver
from nightdesk.newspaper.server import NewspaperServer
from nightdesk.newspaper.site import Newspaper
from nightdesk.newspaper.state import article_to_plain, save
from storage.clock import Clock

type_json = dict[str, Any]


@dataclass(slots=True)
class Control:
    """An async context manager that serves the control API while it is entered; `port` 0 takes a free one."""

    server: NewspaperServer
    clock: Clock
    port: int = 0
    state: Path | None = None  # rewritten after every change
    mail: MailReceiver | None = None
    webhooks: WebhookReceiver | None = None
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        for name, verb in self._verbs().items():
            app.router.add_post(f"/_control/{name}", self._posted(verb))
        for name, ask in self._questions().items():
            app.router.add_get(f"/_control/{name}", self._asked(ask))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site.port
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _verbs(self) -> dict[str, Callable[[type_json], Any]]:
        return {
            "publish": self._publish,
            "edit": lambda wanted: self._on(wanted, "edit"),
            "comment": lambda wanted: self._on(wanted, "comment"),
            "advertise": lambda wanted: self._on(wanted, "advertise"),
            "wire-copy": self._wire_copy,
            "feeds": self._feeds,
            "robots": lambda wanted: setattr(self._paper(wanted), "robots", wanted["text"]),
            "misbehave": lambda wanted: self._paper(wanted).misbehave(**wanted),
            "behave": lambda wanted: self._paper(wanted).behave(wanted.get("path")),
            "forget": lambda _wanted: self.server.forget(),
            "mail": lambda wanted: self._receiver(self.mail, wanted),
            "webhooks": lambda wanted: self._receiver(self.webhooks, wanted),
        }

    def _questions(self) -> dict[str, Callable[[], Any]]:
        return {
            "log": lambda: [asdict(hit) for hit in self.server.log],
            "load": lambda: self.server.max_in_flight,
            "state": lambda: [_told(paper) for paper in self.server.papers],
            "mail": lambda: [_mail(each) for each in self.mail.received] if self.mail else [],
            "webhooks": lambda: [_hook(each) for each in self.webhooks.received] if self.webhooks else [],
        }

    def _posted(self, verb: Callable[[type_json], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            try:
                wanted = await request.json() if request.can_read_body else {}
                if not isinstance(wanted, dict):
                    raise TypeError("the body is not a JSON object")
                done = verb(wanted)
                result = await done if asyncio.iscoroutine(done) else done
            except (KeyError, TypeError, ValueError) as error:
                return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
            if self.state:
                save(list(self.server.papers), self.state)
            return web.json_response(result or {})

        return handle

    def _asked(self, ask: Callable[[], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(_request: web.Request) -> web.Response:
            return web.json_response(ask())

        return handle

    def _paper(self, wanted: type_json) -> Newspaper:
        name = wanted.pop("site", None)
        return self._named(name) if name else self.server.papers[0]

    def _named(self, name: str) -> Newspaper:
        for paper in self.server.papers:
            if paper.name == name:
                return paper
        raise KeyError(f"no site {name!r}; there are {', '.join(paper.name for paper in self.server.papers)}")

    def _at(self, wanted: type_json) -> datetime:
        text = wanted.pop("at", None)
        return datetime.fromisoformat(text) if text else self.clock.now()

    def _publish(self, wanted: type_json) -> type_json:
        paper, at = self._paper(wanted), self._at(wanted)
        if "title" in wanted and "paragraphs" in wanted:
            wanted["comments"] = [(author, text) for author, text in wanted.get("comments", ())]
            return article_to_plain(paper, paper.publish(at=at, **wanted))
        return article_to_plain(paper, paper.publish_next(at, **wanted))

    def _on(self, wanted: type_json, method: str) -> type_json | None:
        paper, at = self._paper(wanted), self._at(wanted)
        getattr(paper, method)(at=at, **wanted)
        return article_to_plain(paper, paper.find(wanted["slug"])) if "slug" in wanted else None

    def _wire_copy(self, wanted: type_json) -> type_json:
        paper, at = self._paper(wanted), self._at(wanted)
        other = self._named(wanted["on"]) if "on" in wanted else paper.wire
        copy = paper.wire_copy(paper.find(wanted["slug"]), at, on=other, title=wanted.get("title"))
        return article_to_plain(other or paper, copy)

    def _feeds(self, wanted: type_json) -> None:
        paper = self._paper(wanted)
        paper.feed_items = wanted.get("items", paper.feed_items)
        paper.feeds_omit = wanted.get("feeds_omit", paper.feeds_omit)
        paper.sitemaps_omit = wanted.get("sitemaps_omit", paper.sitemaps_omit)
        paper.comment_feeds = wanted.get("comments", paper.comment_feeds)
        paper.empty_feeds(empty=wanted.get("empty", paper.feeds_empty))
        if wanted.get("churn"):
            paper.churn_guids()

    async def _receiver(self, receiver: MailReceiver | WebhookReceiver | None, wanted: type_json) -> None:
        if receiver is None:
            raise ValueError("this receiver is not running; start the newspaper with --mail or --webhooks")
        receiver.delay = float(wanted.get("delay", receiver.delay))
        if "programme" in wanted or "then" in wanted:
            receiver.programme(wanted.get("programme", ()), then=wanted.get("then", "accept"))
        if isinstance(receiver, WebhookReceiver):
            receiver.retry_after = wanted.get("retry_after", receiver.retry_after)
        elif "refused" in wanted:
            receiver.refused.clear()
            receiver.refused.update(wanted["refused"])
        if "down" in wanted:
            await (receiver.stop() if wanted["down"] else receiver.start())


def _told(paper: Newspaper) -> type_json:
    with paper.lock:
        articles = [article_to_plain(paper, piece) for piece in paper.articles]
    return {"name": paper.name, "base_url": paper.base_url, "articles": articles}


def _mail(mail: Mail) -> type_json:
    return {
        "sender": mail.sender,
        "recipients": list(mail.recipients),
        "subject": str(mail.message["Subject"] or ""),
        "headers": {name.lower(): str(value) for name, value in mail.message.items()},
        "raw": mail.raw.decode("utf-8", "replace"),
        "at": mail.at,
    }


def _hook(hook: Hook) -> type_json:
    return {"headers": hook.headers, "body": hook.body, "path": hook.path, "at": hook.at}
