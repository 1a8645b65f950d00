"""What fails again and again leaves nothing behind in a process that runs for months."""

import subprocess
import sys

PROGRAM = """
import asyncio, contextlib, gc, sys
from collections import Counter
from crawler.options import CrawlOptions
from crawler.run import CrawlEngine
from storage.addresses import parse_networks
from storage.clock import parse_clock
from storage.errors import NightdeskError
from storage.store import connect

async def run(store):
    options = CrawlOptions(guard=parse_networks(["127.0.0.0/8"]), workers=1)
    async with CrawlEngine(store, options) as engine:
        for _ in range(12):
            with contextlib.suppress(NightdeskError):
                await engine.fetch("http://127.0.0.1:9/feed.xml")  # nobody listens there
            await asyncio.sleep(0.01)  # some minutes of the clock
    gc.collect()
    kinds = Counter(type(each).__name__ for each in gc.get_objects())
    print(kinds["Request"], kinds["RobotsUnreachableError"], kinds["traceback"])

with connect(sys.argv[1], parse_clock("2026-11-01T00:00:00Z@20000")) as store:
    asyncio.run(run(store))
"""


def test_a_server_that_is_down_for_days_costs_no_memory(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "nightdesk.db"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    requests, errors, tracebacks = map(int, done.stdout.splitlines()[-1].split())
    assert requests <= 4
    assert errors <= 2
    assert tracebacks <= 20
