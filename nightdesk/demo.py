"""The demo: the whole product on this machine.

A small local newspaper is served and watched by the real daemon; its alerts arrive in a real mail box and at a real
webhook receiver. Whoever watches should understand the product.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from crawler.run import CrawlEngine
from nightdesk.adding import store_source
from nightdesk.config import Config
from nightdesk.daemon import Daemon
from nightdesk.newspaper import (
    MailReceiver,
    Newspaper,
    NewspaperServer,
    PublishedArticle,
    Shape,
    WebhookReceiver,
    courier,
)
from nightdesk.newspaper.faults import FaultKind
from nightdesk.settings import CrawlSettings, Settings, WebSettings
from storage.clock import Clock
from storage.models import Alert, Channel, ChannelKind, Rule, Schedule
from storage.store import Store, Tables, connect
from web.server import open_any_door

_SECRET = "whsec_bmlnaHRkZXNrLWRlbW8tc2VjcmV0LTAxMjM0NTY="  # noqa: S105 - the demo's own, worth nothing
_LONGEST = 50.0  # real seconds that `--once` may take for what it waits for
_EVERY = 2.0  # seconds between visits
_RULES = (
    ("harbour", "ferry OR harbour* OR lifeboat"),
    ("money trouble", '(fraud OR "false invoices") AND (trial OR court OR jury)'),
    ("what readers say", 'comment:(scandal* OR shame* OR "about time")'),
)
Say = Callable[[str], None]


@dataclass(slots=True)
class Stage:
    """Everything that the demo runs on."""

    store: Store
    config: Config
    clock: Clock
    paper: Newspaper
    wire: Newspaper
    mail: MailReceiver
    hooks: WebhookReceiver
    say: Say
    door: socket.socket  # where the window listens


async def run_demo(folder: Path, clock: Clock, *, port: int, once: bool, say: Say) -> bool:
    """Serve, watch and tell in `folder`; with `once` until all has arrived, else until interrupted. True if all did."""
    environment = {"NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8"}
    crawl = CrawlSettings(delay="0s", workers=1)
    door = open_any_door()
    listen = f"127.0.0.1:{door.getsockname()[1]}"
    web = WebSettings(listen=listen, public_url=f"http://{listen}")
    config = Config(Settings(contact="demo@nightdesk.example", crawl=crawl, web=web), None, environment=environment)
    paper = courier()
    assert paper.wire is not None
    paper.comment_feeds = True
    store = connect(f"sqlite:///{folder / 'nightdesk.db'}", clock)
    async with (
        MailReceiver(folder=folder / "mail", clock=clock) as mail,
        WebhookReceiver(file=folder / "webhooks.jsonl", clock=clock) as hooks,
        NewspaperServer(paper, paper.wire, port=port, clock=clock),
    ):
        stage = Stage(store, config, clock, paper, paper.wire, mail, hooks, say, door)
        try:
            return await _play(stage, once=once)
        finally:
            await asyncio.to_thread(store.close)


async def _play(stage: Stage, *, once: bool) -> bool:
    _yesterday(stage)
    await _set_up(stage)
    daemon = Daemon(stage.store, stage.config, lambda: stage.config, database="the demo's own", door=stage.door)
    running = asyncio.create_task(daemon.run())
    try:
        await _first_crawl(stage)
        expected = await _happen(stage)
        done = await _arrive(stage, expected, _LONGEST)
        await _summary(stage)
        if not once:
            await _go_on(stage, running)
    finally:
        daemon.end()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    return done


def _yesterday(stage: Stage) -> None:
    """What the paper printed before we came: to be archived, and never alerted."""
    now = stage.clock.now()
    for hours in range(30, 22, -2):
        stage.paper.publish_next(now - timedelta(hours=hours), comments=3 if hours == 28 else 0)


async def _set_up(stage: Stage) -> None:
    """What a person does first: two sources, three rules, two channels."""
    say = stage.say
    say(f"[paper]  {stage.paper.name} is on {stage.paper.base_url}, {stage.wire.name} on {stage.wire.base_url}")
    channels = (
        Channel("desk", ChannelKind.EMAIL, {"to": "night@courier.example", "smtp_url": stage.mail.url}),
        Channel("newsroom", ChannelKind.WEBHOOK, {"url": stage.hooks.url, "secret": _SECRET}),
    )

    def save(tables: Tables) -> None:
        for channel in channels:
            tables.channels.save(channel)
        for name, query in _RULES:
            tables.rules.save(Rule(name, query), stage.clock.now())

    await stage.store.write(save)
    for name, query in _RULES:
        say(f"[rule]   {name}: {query}")
    async with CrawlEngine(stage.store, stage.config.crawl_options(), sources=()) as engine:
        for paper in (stage.paper, stage.wire):
            await _add(stage, engine, paper)


async def _add(stage: Stage, engine: CrawlEngine, paper: Newspaper) -> None:
    found = await engine.discover(paper.base_url)
    added, schedule = stage.clock.now(), Schedule(every=_EVERY)
    await stage.store.write(lambda t: store_source(t, found, paper.name, schedule, added))
    stage.say(f"[source] {paper.name}: given only {paper.base_url}, found:")
    for sentence in found.choice.sentences[:3]:
        stage.say(f"           {sentence}")


async def _first_crawl(stage: Stage) -> None:
    """Wait until yesterday's paper is in the archive."""
    stage.say("[crawl]  the first visit reads what is there; it is older than our coming, so nobody is alerted")
    count = len(stage.paper.articles)
    await _until(stage, lambda t: t.articles.counts()["articles"] >= count, 20.0)


async def _happen(stage: Stage) -> set[str]:
    """The night's news, with what makes news hard; the addresses of what must arrive."""
    paper, now, say = stage.paper, stage.clock.now, stage.say
    ferry = paper.publish(
        title="Harbour ferry runs aground off Cobbler's Reach", section="harbour", author="Marta Quillfeather", at=now(),
        shape=Shape.MODERN,
        paragraphs=[
            "The evening ferry to Orrin Island ran aground on a sandbank shortly after seven o'clock, with sixty aboard.",
            "Nobody was hurt. The lifeboat took off two families with small children; the rest were given soup and blankets.",
            "Harbour master Edwin Sallow said that a buoy had drifted from its place, and that he would soon say more.",
            "The company expects to refloat the vessel on the morning tide and has promised to refund every ticket.",
        ],
        comments=[("Raheel A.", "A scandal. That buoy has been loose for weeks."), ("Moira", "Well done the lifeboat crew.")],
    )  # fmt: skip
    say(f"[paper]  prints: {ferry.title}, with two readers' comments")
    copy = paper.wire_copy(ferry, now() + timedelta(seconds=1), title="Sixty passengers safe after island ferry grounds")
    say(f"[wire]   {stage.wire.name} carries the same text: {copy.title}")
    fraud = paper.publish_next(now(), add=["The jury in the fraud trial is to hear the owner of the cannery on Friday."])
    say(f"[paper]  prints: {fraud.title}; its page answers 503 at first")
    paper.misbehave(fraud.path, FaultKind.STATUS, status=503, times=1)
    broken = paper.publish_next(now())
    paper.misbehave(broken.path, FaultKind.NOT_HTML, times=None)
    say(f"[paper]  prints: {broken.title}; its page is a PDF by mistake")
    paper.advertise("Ten cures that doctors do not tell you", "http://127.0.0.9:9/cures", now())
    say("[paper]  puts an advertisement for another site into its feed")
    carried = {paper.url(ferry), stage.wire.url(copy)}
    await _until(stage, lambda t: any(carried <= _addresses(alert) for alert, _ in t.alerts.all(10)), 20.0)
    await _edit(stage, ferry)
    return {paper.url(ferry), paper.url(fraud)}


async def _edit(stage: Stage, article: PublishedArticle) -> None:
    text = [*article.paragraphs, "Correction: an earlier version gave the number of passengers as sixty; it was fifty-four."]
    stage.paper.edit(article.slug, at=stage.clock.now() + timedelta(seconds=2), paragraphs=text,
                     title="Harbour ferry refloated after night on sandbank")  # fmt: skip
    stage.say("[paper]  edits the ferry story: another headline, a correction; a new version, no second alert")


async def _arrive(stage: Stage, expected: set[str], seconds: float) -> bool:
    """Wait until the expected articles are alerted, the edit is stored, and everything was delivered."""

    def done(tables: Tables) -> bool:
        alerts = tables.alerts.all(50)
        told = {url for alert, state in alerts if state == "sent" for url in _addresses(alert)}
        counts = tables.articles.counts()
        return expected <= told and counts["versions"] > counts["articles"] and all(state == "sent" for _, state in alerts)

    return await _until(stage, done, seconds)


def _addresses(alert: Alert) -> set[str]:
    return {carrier.article.url.partition("?")[0] for carrier in alert.carriers}


async def _until(stage: Stage, condition: Callable[[Tables], bool], seconds: float) -> bool:
    """Whether the condition came true within so many real seconds."""
    deadline = stage.clock.machine() + seconds
    while stage.clock.machine() < deadline:
        if await stage.store.read(condition):
            return True
        await asyncio.sleep(0.1)
    return False


async def _summary(stage: Stage) -> None:
    """What happened, in numbers and with the text of one alert."""

    def look(tables: Tables) -> tuple[dict[str, int], int]:
        counts = {**tables.articles.counts(), **tables.alerts.counts()}
        return counts, sum(carried - 1 for _, _, _, carried in tables.stories.all(500))

    (counts, copies), say = await stage.store.read(look), stage.say
    say("")
    say("What happened")
    for noun in ("articles", "versions", "comments", "stories"):
        say(f"  {counts[noun]:4} {noun}")
    say(f"  {copies:4} carried the text of another: told as one story")
    say(f"  {counts['matches']:4} matches, of which {counts['alerts']} became alerts")
    say(f"  {len(stage.hooks.received):4} webhooks received, signed")
    say(f"  {len(stage.mail.received):4} mails received:")
    for mail in stage.mail.received:
        say(f"       {mail.message['Subject']}")
    say(f"  The window is on {stage.config.window_url}: the links in mails lead to it, while the demo runs")
    say("")
    say("The first of them, as it was received")
    for line in _text_of(stage.mail).splitlines():
        say(f"  | {line}" if line else "  |")


def _text_of(box: MailReceiver) -> str:
    """The text part of the first mail."""
    body = box.received[0].message.get_body(("plain",)) if box.received else None
    return str(body.get_content()).rstrip() if body else ""


async def _go_on(stage: Stage, running: asyncio.Task[None]) -> None:
    """Print a new article now and then, until interrupted."""
    stage.say("")
    stage.say(f"The paper goes on: {stage.paper.base_url}. Ctrl-C ends the demo.")
    seen = len(stage.mail.received)
    while not running.done():
        await asyncio.wait({running}, timeout=8.0)
        for mail in stage.mail.received[seen:]:
            stage.say(f"[mail]   {mail.message['Subject']}")
        seen = len(stage.mail.received)
        if not running.done():
            article = stage.paper.publish_next(stage.clock.now())
            stage.say(f"[paper]  prints: {article.title}")
