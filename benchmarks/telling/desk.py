"""The sender of the trial: lives that are ordered on standard input, one a line, and killed as ordered.

    python benchmarks/telling/desk.py FOLDER

A life is the product's own store, matching and deliverer, put together as the daemon does it, with a steady intake in place
of a crawl. Each is a process of its own, forked from this one, which has loaded all modules and opened nothing: so a
restart costs no import. An order is an object with `life`, its number; `seconds`, after which SIGKILL comes if the life has
not reached `point` for the `times`-th time, where it comes at once; `clock`; and `last`, to let it finish. The answer is a
line with what ended it.
"""

import asyncio
import gc
import json
import logging
import os
import random
import select
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moments import ANSWER
from sqlite_utils import Database as Connection
from truth import RULES, Piece, piece
from watched import Watched, effect

from alerts.channels import email, webhook
from alerts.channels.base import Message, Receipt
from alerts.channels.email import EmailTransport
from alerts.channels.webhook import WebhookTransport
from alerts.deliver import Deliverer, DeliveryOptions
from nightdesk.daemon import match_for_ever
from nightdesk.logs import configure_logs
from storage.addresses import parse_networks
from storage.clock import parse_clock
from storage.ingest import ingest_article
from storage.leases import reap
from storage.models import Channel, ChannelKind, Extraction, Rule, Schedule, Source
from storage.sqlite import SqliteDatabase
from storage.store import Store, Tables, connect
from storage.urls import site_of

_PATIENCE = 1.0  # seconds that an attempt may take; the receiver hangs longer
_OVERLAP = 3  # pieces that a new life takes in again: whoever brings them doesn't know what the last one got to
_MOST_DUE = 10  # deliveries that may wait before the intake does
_PAUSE = 0.03  # seconds between intakes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
log = logging.getLogger("nightdesk.trial")
_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass(slots=True)
class Points:
    """Kills this process where it was ordered to; a watcher of its database."""

    wanted: str | None
    times: int
    _effect: str | None = field(init=False)

    def __post_init__(self) -> None:
        self._effect = self.wanted.split()[1] if self.wanted and self.wanted != ANSWER else None

    def reading(self, connection: Connection, work: Callable[[Connection], Any]) -> Any:
        return work(connection)

    def writing(self, connection: Connection, work: Callable[[Connection], Any], notes: list[str]) -> Any:
        if self._effect is None:
            return work(connection)
        before = effect(connection, self._effect)
        result = work(connection)
        if effect(connection, self._effect) > before:
            notes.append(self._effect)
            self.reached(f"before {self._effect} commit")
        return result

    def committed(self, notes: list[str]) -> None:
        for each in notes:
            self.reached(f"after {each} commit")

    def reached(self, point: str) -> None:
        """Here we are; this may be the end."""
        if point == self.wanted:
            self.times -= 1
            if self.times <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


def watch_transports(points: Points, *, say_first: bool) -> None:
    """Let every message pass by a point once it is answered; `say_first`: the fault that the trial must find."""

    class Webhook(WebhookTransport):
        def __init__(self, channel: Channel, **options: Any) -> None:
            super().__init__(channel, seconds=_PATIENCE, **options)

        async def send(self, message: Message) -> Receipt:
            return await _pass(super().send, message)

    class Email(EmailTransport):
        async def send(self, message: Message) -> Receipt:
            return await _pass(super().send, message)

    async def _pass(send: Callable[[Message], Any], message: Message) -> Receipt:
        if say_first:
            under_way.add(asyncio.ensure_future(send(message)))
            return Receipt("it will surely arrive")
        receipt = await send(message)
        points.reached(ANSWER)
        return receipt

    under_way: set[asyncio.Future[Receipt]] = set()
    webhook.WebhookTransport = Webhook  # type: ignore[misc]
    email.EmailTransport = Email  # type: ignore[misc]


def set_up(folder: Path, hook: str, smtp: str) -> None:
    """Make the database, with the rules and the channels."""
    with connect(str(folder / "nightdesk.db"), parse_clock(None)) as store:

        def make(tables: Tables) -> None:
            mail = {"to": "editor@desk.example, night@desk.example", "smtp_url": smtp, "from": "env:DESK_FROM"}
            tables.channels.save(Channel("hook", ChannelKind.WEBHOOK, {"url": hook, "secret": _SECRET}))
            tables.channels.save(Channel("mail", ChannelKind.EMAIL, mail))
            for word, channels in RULES.items():
                tables.rules.save(Rule(word, word, channels=channels), _EPOCH)

        store.write_now(make)


async def live(folder: Path, order: dict[str, Any]) -> None:
    """One life. It ends by itself only if it is the last."""
    points = Points(order["point"], order["times"])
    watch_transports(points, say_first=order["say_first"])
    store = Store(Watched(SqliteDatabase(folder / "nightdesk.db"), points), parse_clock(order["clock"]))
    sender = f"life-{order['life']}@desk.example"
    options = DeliveryOptions(parse_networks(["127.0.0.0/8"]), {"DESK_FROM": sender}, f"life {order['life']}")
    machine = store.clock.machine()
    await store.write(lambda t: reap(t.connection, machine))
    async with Deliverer(store, options) as deliverer:
        tasks = [asyncio.create_task(part) for part in (deliverer.run(), match_for_ever(store))]
        await (settled(store) if order["last"] else intake(store, folder, order["seed"], random.Random(order["life"])))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    store.close()


async def intake(store: Store, folder: Path, seed: int, chance: random.Random) -> None:
    """Take in pieces, some at a time, and note beside the database how many are stored."""
    noted = os.open(folder / "stored", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = max(0, await store.read(lambda t: count(t, "SELECT count(*) FROM articles")) - _OVERLAP)
    while True:
        if await store.read(lambda t: count(t, "SELECT count(*) FROM deliveries WHERE state = 'due'")) < _MOST_DUE:
            some = [piece(seed, number + more) for more in range(chance.randint(1, 3))]
            now = store.clock.now()
            await store.write(lambda t: [take(t, each, now) for each in some])  # noqa: B023 - awaited here
            number += len(some)
            os.write(noted, b"%d\n" % number)
        await asyncio.sleep(_PAUSE)


def take(tables: Tables, found: Piece, now: datetime) -> None:
    """Store one piece as `nightdesk ingest --alert` does."""
    site = site_of(found.url)
    source = tables.sources.find(site) or tables.sources.add(
        Source(site, found.url, Schedule(every=86_400.0), _EPOCH, sites=(site,), paused=True)
    )
    read = Extraction(url=found.url, title=found.title, text=found.text, language="en")
    ingest_article(tables, read, source, page=None, url=found.url, now=now)


async def settled(store: Store) -> None:
    """Wait until everything is matched and told."""
    waiting = "SELECT (SELECT count(*) FROM versions WHERE unmatched = 1) + count(*) FROM deliveries WHERE state = 'due'"
    while await store.read(lambda t: count(t, waiting)):
        await store.wakeup.wait(store.wakeup.generation, 0.1)


def count(tables: Tables, sql: str) -> int:
    return int(tables.connection.execute(sql).fetchone()[0])


# --- the process that all lives are forked from


def obey(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Fork a life, kill it in time, and tell what ended it."""
    pid = os.fork()
    if pid == 0:
        _be_born(folder, order)
    handle = os.pidfd_open(pid)
    ended = bool(select.select([handle], [], [], order["seconds"])[0])
    if not ended:
        os.kill(pid, signal.SIGKILL)
    status = os.waitpid(pid, 0)[1]
    os.close(handle)
    return {"killed": os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, "at_point": ended, "status": status}


def _be_born(folder: Path, order: dict[str, Any]) -> None:
    code = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)  # whatever prints must not be taken for an answer
        if "hook" in order:
            set_up(folder, order["hook"], order["smtp"])
        else:
            asyncio.run(live(folder, order))
        code = 0
    except BaseException:
        log.exception("a life ended")
    finally:
        os._exit(code)


def main() -> None:
    configure_logs("error")
    gc.freeze()  # a life that collects garbage need not copy what it shares
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(obey(folder, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
