"""Whether the daemon's loop stays awake during a crawl with extraction: a ticker of 10 ms beside its parts.

    python benchmarks/scale/ticker.py --pages FOLDER [--sources 40] [--seconds 60] [--folder DIR]

The daemon's parts run in this process, with a task on the same loop that sleeps 10 ms again and again; `origin.py` serves feeds
whose items are the pages of the folder (`.html.gz`), and has new ones every ten seconds. A tick is late by what its sleep took
beyond 10 ms. Exits with 1 where fewer than 99.9 % came within 50 ms. On a busy machine others' work is in it: the
same ticker in a process of its own, which does nothing else, is shown beside it.
"""

import argparse
import asyncio
import contextlib
import multiprocessing
import os
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from household import Desk, Origin, origin

from nightdesk.config import load
from nightdesk.daemon import Daemon
from nightdesk.logs import configure_logs
from storage.clock import Clock
from storage.store import connect

BAR, LATE, PERIOD = 0.999, 0.050, 0.010  # share; seconds


async def tick(late: list[float]) -> None:
    """Sleep 10 ms, again and again, and note how much later each sleep ended."""
    while True:
        begun = time.monotonic()
        await asyncio.sleep(PERIOD)
        late.append(time.monotonic() - begun - PERIOD)


def alone(pipe: Connection) -> None:
    """The same ticker with nothing else on its loop, until the other end is closed; sends what it found."""

    async def run() -> list[float]:
        late: list[float] = []
        task = asyncio.create_task(tick(late))
        await asyncio.to_thread(pipe.recv)
        task.cancel()
        return late

    pipe.send(asyncio.run(run()))


def told(name: str, late: list[float]) -> float:
    """Say how late the ticks were; the share of those that came in time."""
    late = sorted(late)
    share = sum(each <= LATE for each in late) / len(late)
    middle, most = late[len(late) // 2] * 1000, late[-1] * 1000
    print(f"{name}: {len(late)} ticks, {share:.3%} within {LATE * 1000:.0f} ms; median {middle:.1f} ms, longest {most:.0f} ms")
    return share


async def measure(desk: Desk, served: Origin, config: Path, seconds: float) -> list[float]:
    """Run the daemon with a ticker, and renew the feeds round by round."""
    late: list[float] = []
    given = load(str(config), os.environ)
    with connect(given.database, Clock()) as store:
        daemon = Daemon(store, given, lambda: given, database=given.database)
        running = asyncio.create_task(daemon.run())
        await asyncio.sleep(3.0)
        ticker = asyncio.create_task(tick(late))
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            served.next_edition()
            await asyncio.to_thread(desk.make_due)
            await asyncio.sleep(min(10.0, max(0.1, until - time.monotonic())))
        ticker.cancel()
        daemon.end()
        await running
    return late


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path, required=True)
    options.add_argument("--sources", type=int, default=40)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    os.environ["NIGHTDESK_ALLOW_NETWORKS"] = "127.0.0.0/8"
    configure_logs("error")
    context = multiprocessing.get_context("spawn")
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = stack.enter_context(origin("--pages", str(given.pages)))
        desk = Desk(folder, served, given.sources, given.sources, kind="live")
        stack.callback(desk.stop)
        here, there = context.Pipe()
        beside = context.Process(target=alone, args=(there,), daemon=True)
        beside.start()
        late = asyncio.run(measure(desk, served, desk.configure(pages=2_000), given.seconds))
        here.send("enough")
        told("a ticker with nothing beside it", here.recv())
        beside.join()
        articles = desk.articles()
        print(f"{articles} articles were read and stored meanwhile, {articles / given.seconds:.1f} a second")
        share = told("on the daemon's loop", late)
    if not articles:
        print("not as planned: no article was read")
        return 1
    print(f"bar {BAR:.1%}: {'met' if share >= BAR else 'MISSED'}")
    return 0 if share >= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
