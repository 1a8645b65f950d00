"""What the writer thread costs: durable writes through the Store against one bare SQLite transaction per write, in one run.

python benchmarks/writing.py
"""

import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from storage.clock import Clock
from storage.store import connect

WRITES = 3_000
AT_ONCE = 64
LIMIT = 1.0  # of the bare time: batching must at least pay for the thread


async def through_the_store(folder: Path) -> float:
    """Seconds for all writes, as many under way as a busy crawl has."""
    store = connect(f"sqlite:///{folder}/store.db", Clock())
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with limit:
            await store.write(lambda t: t.meta.set(f"key {number}", "value"))

    start = time.monotonic()
    await asyncio.gather(*map(one, range(WRITES)))
    taken = time.monotonic() - start
    await asyncio.to_thread(store.close)
    return taken


def bare(folder: Path) -> float:
    """Seconds for all writes, one durable transaction each."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT")
    start = time.monotonic()
    for number in range(WRITES):
        connection.execute("INSERT INTO meta VALUES (?, ?)", [f"key {number}", "value"])
    taken = time.monotonic() - start
    connection.close()
    return taken


def main() -> int:
    """Print both and their ratio; 1 when it is above the limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = asyncio.run(through_the_store(folder)), bare(folder)
    print(
        f"{WRITES} durable writes: store {WRITES / ours:.0f}/s, one transaction each {WRITES / theirs:.0f}/s,"
        f" ratio of time {ours / theirs:.2f} (limit {LIMIT})"
    )
    return int(ours / theirs > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
