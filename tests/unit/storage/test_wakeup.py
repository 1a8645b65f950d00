import asyncio
import contextlib
import sqlite3
import subprocess
import sys
import time

import pytest

from storage.errors import StorageError
from storage.wakeup import Wakeup


async def timed(waiting):
    before = time.monotonic()
    return await waiting, time.monotonic() - before


def test_a_wake_up_ends_every_wait_at_once():
    async def run():
        wakeup = Wakeup(lambda: False)
        waits = [asyncio.create_task(timed(wakeup.wait(0, 5))) for _ in range(3)]
        await asyncio.sleep(0.01)
        wakeup.wake()
        return await asyncio.gather(*waits)

    for generation, seconds in asyncio.run(run()):
        assert generation == 1
        assert seconds < 1


def test_a_change_between_the_look_and_the_wait_is_not_missed():
    async def run():
        wakeup = Wakeup(lambda: False)
        since = wakeup.generation
        wakeup.wake()  # while the rows were being looked at
        return await timed(wakeup.wait(since, 5))

    assert asyncio.run(run())[1] < 1


def test_without_a_change_a_wait_ends_with_its_time():
    async def run():
        wakeup = Wakeup(lambda: False)
        return await timed(wakeup.wait(0, 0.05)), await timed(wakeup.wait(0, -1))

    (generation, seconds), (_, at_once) = asyncio.run(run())
    assert generation == 0
    assert 0.05 <= seconds < 1
    assert at_once < 0.5


def test_a_branch_wakes_with_its_trunk_and_wakes_nobody_else():
    async def run():
        trunk = Wakeup(lambda: False)
        branch, other = trunk.branch(), trunk.branch()
        branch.wake()
        alone = (trunk.generation, branch.generation, other.generation)
        waits = [asyncio.create_task(timed(each.wait(each.generation, 5))) for each in (trunk, branch, other)]
        await asyncio.sleep(0.01)
        trunk.wake()
        return alone, [seconds for _, seconds in await asyncio.gather(*waits)]

    alone, waited = asyncio.run(run())
    assert alone == (0, 1, 0)
    assert max(waited) < 1


def test_what_this_process_writes_is_no_change_from_elsewhere_and_what_another_writes_between_is(store, tmp_path):
    def note(key):
        return lambda t: t.connection.execute("INSERT INTO meta (key, value) VALUES (?, '1')", [key])

    def seen(looks=5):
        """Whether one of some looks sees a change: the writer has a turn between them."""
        found = False
        for _ in range(looks):
            found = store.wakeup._changed_elsewhere() or found
            store.write_now(lambda t: None)
        return found

    seen()
    store.write_now(note("ours"))
    assert not seen()
    with contextlib.closing(sqlite3.connect(tmp_path / "nightdesk.db")) as other, other:
        other.execute("INSERT INTO meta (key, value) VALUES ('theirs', '1')")
    store.write_now(note("ours again"))
    assert seen()
    assert not seen()


def test_waiting_again_waits_for_the_next_change():
    async def run():
        wakeup = Wakeup(lambda: False)
        wakeup.wake()
        return await timed(wakeup.wait(wakeup.generation, 0.05))

    assert asyncio.run(run())[1] >= 0.05


def test_trouble_with_the_database_does_not_end_the_watch():
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 1:
            raise StorageError("the database is locked")
        return True

    async def run():
        wakeup = Wakeup(look)
        watch = asyncio.create_task(wakeup.watch())
        generation = await wakeup.wait(0, 5)
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch
        return generation

    assert asyncio.run(run()) == 1


def test_a_write_of_this_process_wakes_it_unless_nobody_waits_for_it(store):
    async def run():
        await store.write(lambda t: t.meta.set("a", "1"), wake=False)
        quiet = store.wakeup.generation
        await store.write(lambda t: t.meta.set("a", "2"))
        return quiet, store.wakeup.generation

    assert asyncio.run(run()) == (0, 1)


def test_a_write_that_failed_wakes_nobody(store):
    async def run():
        with pytest.raises(ZeroDivisionError):
            await store.write(lambda t: 1 / 0)
        return store.wakeup.generation

    assert asyncio.run(run()) == 0


WRITE = """
import sys, time
from storage.store import connect
from storage.clock import Clock
with connect(sys.argv[1], Clock()) as store:
    sys.stdin.read()
    store.write_now(lambda t: t.meta.set("from", "elsewhere"))
    print(time.time())
"""


def test_another_process_s_write_wakes_within_a_fraction_of_a_second(store, tmp_path):
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE, str(tmp_path / "nightdesk.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )

    async def run():
        watch = asyncio.create_task(store.wakeup.watch())
        await asyncio.sleep(0.12)  # the watch has seen what was
        since = store.wakeup.generation
        child.stdin.close()
        generation = await store.wakeup.wait(since, 20)
        woken = time.time()
        watch.cancel()
        return generation > since, woken, await store.read(lambda t: t.meta.get("from"))

    with child:
        changed, woken, value = asyncio.run(run())
        written = float(child.stdout.read())
    assert changed
    assert value == "elsewhere"
    assert woken - written < 0.6
