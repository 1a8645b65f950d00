"""What the other side took is noted, and so not sent again, though the database is locked while somebody wants us to end."""

import asyncio
import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from alerts.deliver import Deliverer, DeliveryOptions
from nightdesk.newspaper.receivers import MailReceiver
from storage.addresses import AddressGuard
from storage.ingest import ingest_article
from storage.models import AlertReason, Channel, ChannelKind, DeliveryState, Extraction, Rule, Schedule, Source
from storage.store import connect

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
READERS = [f"r{number}@desk.example" for number in range(8)]
NIGHTDESK = Path(sys.executable).with_name("nightdesk")
PATIENCE = 90.0  # seconds that a process may take to get somewhere on a busy machine
LOCKED = 0.5  # seconds
ENDING = 5.0  # seconds in which the daemon ends when it is told to


def alert_for_readers(t, smtp_url):
    """An alert that all readers must be told of."""
    source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW))
    read = Extraction("https://courier.example/1", "Crane falls", "A crane fell on Monday.", published=NOW)
    ingest_article(t, read, source, page=None, url=read.url, now=NOW)
    alert = t.alerts.add(t.rules.save(Rule("cranes", "crane"), NOW), 1, AlertReason.NEW, NOW)
    channel = t.channels.save(Channel("desk", ChannelKind.EMAIL, {"to": ",".join(READERS), "smtp_url": smtp_url}))
    t.deliveries.add(alert, t.alerts.get(alert).uid, channel, NOW)


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing tells us when another process has got that far
            await asyncio.sleep(0.005)


def test_sends_that_are_stopped_while_their_ends_wait_for_a_lock_are_noted(store, tmp_path):
    async def run():
        async with MailReceiver() as server:
            server.delay = 0.1
            await store.write(lambda t: alert_for_readers(t, server.url))
            async with Deliverer(store, DeliveryOptions(AddressGuard(), {})) as deliverer:
                sending = asyncio.create_task(deliverer.run())
                await until(lambda: len(deliverer._tasks) == len(READERS))
                other = sqlite3.connect(tmp_path / "nightdesk.db", isolation_level=None)
                other.execute("BEGIN IMMEDIATE")
                await until(lambda: len(deliverer._noting) == len(READERS))
                sending.cancel()
                store.hurry(0.5)
                asyncio.get_running_loop().call_later(LOCKED, other.rollback)
            other.close()
            async with Deliverer(store, DeliveryOptions(AddressGuard(), {})) as again:
                await again.run_due()
            return Counter(each for mail in server.received for each in mail.recipients)

    assert asyncio.run(run()) == Counter(READERS), "each got it once"
    assert {each.state for each in store.read_now(lambda t: t.deliveries.of_alert(1))} == {DeliveryState.SENT}


def test_a_lock_that_stays_neither_hinders_the_end_nor_loses_anything(store, tmp_path):
    async def run():
        async with MailReceiver() as server:
            server.delay = 0.1
            await store.write(lambda t: alert_for_readers(t, server.url))
            async with Deliverer(store, DeliveryOptions(AddressGuard(), {})) as deliverer:
                sending = asyncio.create_task(deliverer.run())
                await until(lambda: len(deliverer._tasks) == len(READERS))
                other = sqlite3.connect(tmp_path / "nightdesk.db", isolation_level=None)
                other.execute("BEGIN IMMEDIATE")
                await until(lambda: len(deliverer._noting) == len(READERS))
                sending.cancel()
                store.hurry(0.1)
                begun = time.monotonic()
            ended = time.monotonic() - begun
            other.close()
            return ended

    assert asyncio.run(run()) < 5
    found = store.read_now(lambda t: t.deliveries.of_alert(1))
    assert {each.state for each in found} <= {DeliveryState.DUE, DeliveryState.SENT}


def test_the_daemon_ends_in_time_and_repeats_nothing_though_the_database_is_locked_meanwhile(tmp_path, clock):
    path = tmp_path / "nightdesk.db"

    async def daemon():
        environment = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
        return await asyncio.create_subprocess_exec(
            NIGHTDESK, "run", cwd=tmp_path, env=environment, stderr=asyncio.subprocess.DEVNULL
        )

    def count(condition):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
            return file.execute(f"SELECT count(*) FROM deliveries WHERE {condition}").fetchone()[0]

    async def run():
        async with MailReceiver() as server:
            server.delay = 0.3
            with connect(str(path), clock) as store:
                await store.write(lambda t: alert_for_readers(t, server.url))
            first = await daemon()
            await until(lambda: count("lease_owner IS NOT NULL") == len(READERS))
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await until(lambda: len(server.received) == len(READERS))
            first.send_signal(signal.SIGTERM)
            asyncio.get_running_loop().call_later(LOCKED, other.rollback)
            async with asyncio.timeout(ENDING):
                code = await first.wait()
            other.close()
            second = await daemon()
            await until(lambda: count("state = 'sent'") == len(READERS))
            second.send_signal(signal.SIGTERM)
            await second.wait()
            return code, Counter(each for mail in server.received for each in mail.recipients)

    assert asyncio.run(run()) == (0, Counter(READERS))
