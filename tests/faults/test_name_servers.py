"""A name server that does not answer holds up whoever asked it, and nobody else; nor the end of the process."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from alerts.deliver import Deliverer, DeliveryOptions
from alerts.match import Matching
from nightdesk.newspaper.receivers import WebhookReceiver
from storage.addresses import parse_networks
from storage.ingest import ingest_article
from storage.models import Channel, ChannelKind, Extraction, Rule, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOST = "mail.lost.example"
PATIENCE = 60.0  # seconds that anything here may take on a busy machine


@pytest.fixture
def lost_server(monkeypatch):
    """Looking up `LOST` takes until the event is set; the names that are being looked up so."""
    answered, asked, real = threading.Event(), [], socket.getaddrinfo

    def look_up(host, *rest, **how):
        if host == LOST:
            asked.append(host)
            answered.wait(PATIENCE)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *rest, **how)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield asked
    answered.set()


def alert_for_all(t, hook_url):
    """An article that a rule matches, for twenty readers behind the lost server and one webhook."""
    source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW))
    t.rules.save(Rule("cranes", "crane"), NOW)
    readers = ", ".join(f"r{number}@desk.example" for number in range(20))
    t.channels.save(Channel("a mail", ChannelKind.EMAIL, {"to": readers, "smtp_url": f"smtp://{LOST}:25"}))
    t.channels.save(Channel("hook", ChannelKind.WEBHOOK, {"url": hook_url}))
    return source


def crane(t, source, number):
    read = Extraction(
        f"https://courier.example/{number}", f"Crane {number} falls", f"Crane number {number} fell.", published=NOW
    )
    ingest_article(t, read, source, page=None, url=read.url, now=NOW)


async def until(condition):
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - nothing tells us when a receiver has had something
            await asyncio.sleep(0.005)


def test_others_are_told_and_matching_goes_on_while_names_are_looked_up_in_vain(store, lost_server):
    async def run():
        async with WebhookReceiver() as hook:
            source = await store.write(lambda t: alert_for_all(t, hook.url.replace("127.0.0.1", "localhost")))
            options = DeliveryOptions(parse_networks(["127.0.0.0/8"]), {})
            async with Deliverer(store, options) as deliverer:
                sending = asyncio.create_task(deliverer.run())
                for number in range(2):
                    await store.write(lambda t, number=number: crane(t, source, number))
                    await Matching(store).run_pending()
                    await until(lambda number=number: len(hook.attempts) == number + 1)
                await until(lambda: len(lost_server) >= 16)
                sending.cancel()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_a_process_ends_though_names_are_being_looked_up(tmp_path):
    program = (
        "import asyncio, sys, time\n"
        "from alerts.threads import LooseThreads\n"
        "async def run():\n"
        "    asyncio.get_running_loop().set_default_executor(LooseThreads())\n"
        "    looking = asyncio.create_task(asyncio.to_thread(time.sleep, 600))\n"
        "    assert await asyncio.to_thread(sum, [1, 2]) == 3\n"
        "    await asyncio.sleep(0.1)\n"
        "    assert not looking.done()\n"
        "asyncio.run(run())\n"
    )
    assert subprocess.run([sys.executable, "-c", program], env=os.environ, cwd=tmp_path, timeout=PATIENCE).returncode == 0
