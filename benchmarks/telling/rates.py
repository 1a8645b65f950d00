"""How quickly alerts are told: webhooks a second, from match to first byte, the outbox of a million, a channel that hangs.

    python benchmarks/telling/rates.py [--only rate,delay,outbox,hang] [--alerts N]

The sender is the product's store, matching and deliverer, kept to one core; the receivers stand in another process on
loopback. Moments of commits are taken in the writer thread, just after the commit and before anybody is told of it.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from desk import count, take
from sqlite_utils import Database as Connection
from truth import Piece, piece
from watched import Watched, effect

from alerts.deliver import Deliverer, DeliveryOptions
from alerts.match import Matching
from nightdesk.daemon import match_for_ever
from nightdesk.logs import configure_logs
from storage.addresses import parse_networks
from storage.clock import Clock
from storage.instants import to_text
from storage.models import Channel, ChannelKind, Rule
from storage.sqlite import SqliteDatabase
from storage.store import Store, Tables

_HERE = Path(__file__).parent
_WORDS = {"hook": "zarqueton", "stuck": "vellowick"}  # each channel has a rule of its own
_OUTBOX = 1_000_000
_FUTURE, _DEAD = 0.02, 0.02  # shares of the outbox that are due later, and that were given up; the rest was sent
_DUE = 1_000  # of it that are due when a batch is claimed
_LOOKS = 300
_WAITING = 200  # deliveries for the channel that hangs
_HANG_SECONDS = 30
_QUICK = 30  # alerts for the other one meanwhile
_PATIENCE = 120.0
_HANG_PATIENCE = 35.0  # longer than anything hangs


@dataclass(slots=True)
class Figure:
    """What was measured, and its bar: at most `bar`, or at least if `least`; None: there is none."""

    what: str
    found: float
    unit: str
    bar: float | None = None
    least: bool = False

    @property
    def well(self) -> bool:
        """Whether the bar is held."""
        return self.bar is None or (self.found >= self.bar if self.least else self.found <= self.bar)

    def __str__(self) -> str:
        bar = "" if self.bar is None else f"   at {'least' if self.least else 'most'} {self.bar:g} {self.unit}"
        return f"{self.found:10.2f} {self.unit:<3} {self.what:<75}{bar}{'' if self.well else '   MISSED'}".rstrip()


@dataclass(slots=True)
class Stopwatch:
    """A watcher that takes times: of reads, of claims, and of the commit of each delivery that a match made."""

    reads: list[float] = field(default_factory=list)
    claims: list[float] = field(default_factory=list)
    needed: dict[str, float] = field(default_factory=dict)  # by identifier
    _last: int = 0

    def reading(self, connection: Connection, work: Callable[[Connection], Any]) -> Any:
        begun = time.perf_counter()
        result = work(connection)
        self.reads.append(time.perf_counter() - begun)
        return result

    def writing(self, connection: Connection, work: Callable[[Connection], Any], notes: list[str]) -> Any:
        leased = effect(connection, "claim")
        begun = time.perf_counter()
        result = work(connection)
        taken = time.perf_counter() - begun
        if effect(connection, "claim") > leased:
            self.claims.append(taken)
        new = "SELECT id, key FROM deliveries WHERE id > ? AND alert_id IS NOT NULL"
        for row_id, key in connection.execute(new, [self._last]).fetchall():
            self._last = max(self._last, row_id)
            notes.append(key)
        return result

    def committed(self, notes: list[str]) -> None:
        now = time.monotonic()
        self.needed.update(dict.fromkeys(notes, now))


class Unwatched:
    """A watcher that looks away."""

    def reading(self, connection: Connection, work: Callable[[Connection], Any]) -> Any:
        return work(connection)

    def writing(self, connection: Connection, work: Callable[[Connection], Any], notes: list[str]) -> Any:
        del notes
        return work(connection)

    def committed(self, notes: list[str]) -> None:
        """Nothing to note."""


class Receivers:
    """The process of the receivers; `addresses` by channel."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert process.stdout
        self.addresses: dict[str, str] = json.loads(process.stdout.readline())

    def arrived(self) -> dict[str, float]:
        """What has arrived since the last call: by identifier, when its first byte came."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return {key: at for _, key, at in reversed(json.loads(self._process.stdout.readline()))}


@contextlib.contextmanager
def receivers(*names: str) -> Iterator[Receivers]:
    """Receivers of those names, on any core but the first; this process keeps to the first, if there are two."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, set(cores[1:] or cores))
    with subprocess.Popen(
        [sys.executable, _HERE / "receiving.py", *names], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        os.sched_setaffinity(0, {cores[0]})
        try:
            yield Receivers(process)
        finally:
            os.sched_setaffinity(0, set(cores))
            assert process.stdin
            process.stdin.close()


@contextlib.asynccontextmanager
async def desk(watcher: Any, addresses: Mapping[str, str]) -> AsyncIterator[Store]:
    """A store with a channel and a rule for each address."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Watched(SqliteDatabase(Path(folder) / "nightdesk.db"), watcher), Clock())

        def make(tables: Tables) -> None:
            for name, url in addresses.items():
                tables.channels.save(Channel(name, ChannelKind.WEBHOOK, {"url": url}))
                tables.rules.save(Rule(name, _WORDS[name], channels=(name,)), store.clock.now())

        await store.write(make)
        try:
            yield store
        finally:
            await asyncio.to_thread(store.close)


def deliverer(store: Store) -> Deliverer:
    return Deliverer(store, DeliveryOptions(parse_networks(["127.0.0.0/8"]), {}, "rates"))


@contextlib.asynccontextmanager
async def running(*parts: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Parts that run beside what stands in the block."""
    tasks = [asyncio.create_task(each) for each in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def pieces(channel: str, number: int) -> list[Piece]:
    """So many articles with different texts that the channel's rule finds, and no other."""
    told = [piece(len(channel), each) for each in range(2 * number) if each % 10 != 9][:number]
    return [each._replace(text=f"{_without_rules(each)} {_WORDS[channel]}.", url=f"{each.url}/{channel}") for each in told]


def _without_rules(each: Piece) -> str:
    return " ".join(word for word in each.text.split() if word.strip(".").lower() not in each.rules)


async def take_in(store: Store, some: list[Piece]) -> None:
    """Store articles in one transaction."""
    now = store.clock.now()
    await store.write(lambda t: [take(t, each, now) for each in some])


async def until(store: Store, condition: Callable[[], Coroutine[Any, Any, bool]], seconds: float = _PATIENCE) -> None:
    """Wait for something that a change of the database brings; TimeoutError if it does not come."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await store.wakeup.wait(store.wakeup.generation, 0.05)


async def none_due(store: Store) -> bool:
    now = to_text(store.clock.now())
    return not await store.read(lambda t: count(t, f"SELECT count(*) FROM deliveries WHERE state = 'due' AND due <= '{now}'"))


# --- the measurements


async def rate(alerts: int) -> list[Figure]:
    """From rows that are due to rows that are sent."""
    with receivers("hook") as there:
        async with desk(Unwatched(), there.addresses) as store:
            told = pieces("hook", alerts)
            for at in range(0, alerts, 100):
                await take_in(store, told[at : at + 100])
            await Matching(store).run_pending()
            begun, cpu = time.monotonic(), time.process_time()
            async with deliverer(store) as sender, running(sender.run()):
                await until(store, lambda: none_due(store))
            seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
            sent = await store.read(lambda t: count(t, "SELECT count(*) FROM deliveries WHERE state = 'sent'"))
            assert sent == len(there.arrived()) == alerts, f"{sent} of {alerts} were sent"
    return [
        Figure(f"webhooks a second, {alerts} of them, from due to sent", alerts / seconds, "/s", 300, least=True),
        Figure("of the sender's core for each", cpu / alerts * 1e3, "ms"),
    ]


async def delay(alerts: int) -> list[Figure]:
    """From the commit of a match to the first byte at the receiver, while articles come one by one."""
    watch, arrived, chance = Stopwatch(), {}, random.Random(1)
    with receivers("hook") as there:
        async with (
            desk(watch, there.addresses) as store,
            deliverer(store) as sender,
            running(sender.run(), match_for_ever(store)),
        ):
            for each in pieces("hook", alerts):
                await take_in(store, [each])
                await asyncio.sleep(chance.uniform(0.0, 0.06))
            await until(store, lambda: all_told(store, alerts))
            arrived = there.arrived()
    late = sorted(arrived[key] - at for key, at in watch.needed.items())
    assert len(late) == alerts
    what = f"from the commit of a match to the first byte at the receiver, of {alerts}"
    return [
        Figure(f"{what}: median", statistics.median(late) * 1e3, "ms", 100),
        Figure(f"{what}: 99 of 100", late[int(0.99 * len(late))] * 1e3, "ms", 1000),
        Figure(f"{what}: the last", late[-1] * 1e3, "ms"),
    ]


async def all_told(store: Store, alerts: int) -> bool:
    sent = "SELECT count(*) FROM deliveries WHERE state = 'sent' AND alert_id IS NOT NULL"
    return alerts == await store.read(lambda t: count(t, sent))


async def outbox() -> list[Figure]:
    """What the deliverer's looks and claims cost when a million deliveries are kept."""
    watch = Stopwatch()
    with receivers("hook") as there:
        async with desk(watch, there.addresses) as store:
            for at in range(0, 200, 100):
                await take_in(store, pieces("hook", 200)[at : at + 100])
            await Matching(store).run_pending()
            await store.write(_fill)
            looks = await look(store, watch)
            await store.write(_make_due)
            await store.write(lambda t: t.channels.disable("hook", "switched off"))
            idle = await look(store, watch)
            await store.write(lambda t: t.channels.save(t.channels.get("hook")))
            watch.claims.clear()
            async with deliverer(store) as sender, running(sender.run()):
                await until(store, lambda: none_due(store))
    assert min(len(looks), len(idle)) >= _LOOKS / 20
    unsent = round(_OUTBOX * _FUTURE)
    return [
        Figure(f"to look when the next of {_OUTBOX:,} is due: median", statistics.median(looks) * 1e3, "ms", 1),
        Figure("to look: 99 of 100", sorted(looks)[int(0.99 * len(looks))] * 1e3, "ms"),
        Figure(f"the same, when all {unsent:,} that wait are of a channel that is off: median", _median(idle), "ms"),
        Figure(f"to claim a batch of what is due, {len(watch.claims)} times: median", _median(watch.claims), "ms"),
    ]


async def look(store: Store, watch: Stopwatch) -> list[float]:
    """Seconds that each look of a deliverer took that is woken again and again and has nothing to do."""
    async with deliverer(store) as sender, running(sender.run()):
        watch.reads.clear()
        for _ in range(_LOOKS):
            store.wakeup.wake()
            await asyncio.sleep(0.01)
        return list(watch.reads)


def _median(seconds: list[float]) -> float:
    return statistics.median(seconds) * 1e3 if seconds else 0.0


def _fill(tables: Tables) -> None:
    """A million deliveries in the outbox; what was told or given up is of as many stories, and none is due for a day.

    Each is but for this like one that a match made. Those that wait are of the stories that are there.
    """
    known, now, make = count(tables, "SELECT count(*) FROM alerts"), tables.clock.now(), tables.connection.execute
    story, alert = (count(tables, f"SELECT max(id) + 1 FROM {table}") for table in ("stories", "alerts"))
    settings = {"rows": _OUTBOX, "known": known, "future": _FUTURE, "dead": _FUTURE + _DEAD, "now": to_text(now),
                "tomorrow": to_text(now + timedelta(days=1)), "story": story, "alert": alert}  # fmt: skip
    own = {
        "stories": {"id": ":story + i"},
        "alerts": {"id": ":alert + i", "uid": "printf('alr_%026d', i)", "story_id": ":story + i"},
        "deliveries": {
            "key": "printf('msg_%026d', i)",
            "alert_id": "CASE WHEN share < :future THEN a.id ELSE :alert + i END",
            "sequence": "CASE WHEN share < :future THEN i / :known + 1 ELSE 0 END",
            "state": "CASE WHEN share < :future THEN 'due' WHEN share < :dead THEN 'dead' ELSE 'sent' END",
            "attempts": "1",
            "due": "CASE WHEN share < :future THEN :tomorrow END",
            "sent": "CASE WHEN share >= :dead THEN :now END",
        },
    }
    for table, changed in own.items():
        make(f"CREATE TEMP TABLE {table}_like AS SELECT * FROM {table} LIMIT 1")
        columns = [row[1] for row in make(f"PRAGMA table_info ({table})").fetchall() if row[1] != "id" or "id" in changed]
        if table == "deliveries":
            make("DELETE FROM deliveries")
        make(
            "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :rows),"
            " each AS (SELECT i, (i * 7919) % :rows / CAST(:rows AS REAL) AS share FROM n)"
            f" INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(changed.get(each, f'l.{each}') for each in columns)}"
            f" FROM each JOIN temp.{table}_like l"
            " JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM alerts WHERE id < :alert) a"
            " ON a.place = i % :known",
            settings,
        )
    make("ANALYZE")


def _make_due(tables: Tables) -> None:
    now = to_text(tables.clock.now())
    due = "UPDATE deliveries SET due = ? WHERE id IN (SELECT id FROM deliveries WHERE state = 'due' LIMIT ?)"
    tables.connection.execute(due, [now, _DUE])


async def hang() -> list[Figure]:
    """How much later one channel is told because another one hangs."""
    watch, arrived = Stopwatch(), {}
    with receivers("hook", f"stuck:{_HANG_SECONDS}") as there:
        async with desk(watch, there.addresses) as store:
            for at in range(0, _WAITING, 100):
                await take_in(store, pieces("stuck", _WAITING)[at : at + 100])
            await Matching(store).run_pending()
            waiting = set(watch.needed)
            async with deliverer(store) as sender, running(sender.run(), match_for_ever(store)):
                await asyncio.sleep(1.0)
                for each in pieces("hook", _QUICK):
                    await take_in(store, [each])
                    await asyncio.sleep(0.1)
                with contextlib.suppress(TimeoutError):
                    await until(store, lambda: all_told(store, _QUICK), _HANG_PATIENCE)
                arrived, now = there.arrived(), time.monotonic()
    late = [arrived.get(key, now) - at for key, at in watch.needed.items() if key not in waiting]
    assert len(late) == _QUICK
    assert len(waiting) == _WAITING
    told = len(arrived.keys() & watch.needed.keys() - waiting)
    what = f"to the first byte, while another channel hangs for {_HANG_SECONDS} s and {_WAITING} wait for it"
    return [
        Figure(f"{what}: median", statistics.median(late) * 1e3, "ms"),
        Figure(f"{what}: the last", max(late) * 1e3, "ms", 1000),
        Figure("of those did not come before the end of the measurement", len(watch.needed) - _WAITING - told, "", 0),
    ]


def main() -> int:
    """0 when every bar is held."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="rate,delay,outbox,hang")
    parser.add_argument("--alerts", type=int, default=600, help="for the delay; the rate takes four times as many")
    options = parser.parse_args()
    configure_logs("error")
    measurements: dict[str, Callable[[], Coroutine[Any, Any, list[Figure]]]] = {
        "rate": lambda: rate(4 * options.alerts),
        "delay": lambda: delay(options.alerts),
        "outbox": outbox,
        "hang": hang,
    }
    well = True
    for name in options.only.split(","):
        for figure in asyncio.run(measurements[name]()):
            print(figure, flush=True)
            well &= figure.well
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
