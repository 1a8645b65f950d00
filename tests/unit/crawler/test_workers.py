import asyncio
import operator
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.tasks import read_page
from crawler.workers import WorkerCrashedError, WorkerLateError, Workers
from storage.errors import ExtractError

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc")


@pytest.fixture(scope="module")
def workers():
    """Two processes for all tests here: what one test does to them must not hurt the next."""
    pool = Workers(2, 1.5)
    yield pool
    pool.close()


def together(workers, *tasks):
    async def run():
        return await asyncio.gather(*(workers.run(*task) for task in tasks), return_exceptions=True)

    return asyncio.run(run())


SUMS = [(operator.add, number, 1) for number in range(6)]
EXPECTED = [1, 2, 3, 4, 5, 6]


def test_results_and_errors_of_a_task_come_back_as_they_are(workers):
    result, error = together(workers, (operator.add, "a", "b"), (int, "x"))
    assert result == "ab"
    assert isinstance(error, ValueError)


def test_a_late_task_is_killed_alone_and_the_others_go_on(workers):
    before = time.monotonic()
    late, *others = together(workers, (time.sleep, 60), *SUMS)
    assert isinstance(late, WorkerLateError)
    assert str(late) == "reading took more than 1.5 s"
    assert others == EXPECTED
    assert time.monotonic() - before < 15


def test_a_task_that_ends_its_process_costs_only_itself(workers):
    crashed, *others = together(workers, (os._exit, 3), *SUMS)
    assert isinstance(crashed, WorkerCrashedError)
    assert isinstance(crashed, ExtractError)
    assert others == EXPECTED


def test_a_task_that_kills_its_process_costs_only_itself(workers):
    crashed, *others = together(workers, (signal.raise_signal, signal.SIGKILL), *SUMS)
    assert isinstance(crashed, WorkerCrashedError)
    assert others == EXPECTED


def test_a_task_that_wants_all_memory_ends_in_an_error(workers):
    bomb, *others = together(workers, (bytearray, 8 * 2**30), *SUMS)
    assert isinstance(bomb, WorkerCrashedError)
    assert others == EXPECTED


def test_a_result_that_cannot_be_sent_back_is_an_error_not_a_wait(workers):
    unsendable, *others = together(workers, (open, os.devnull), *SUMS)
    assert isinstance(unsendable, Exception)
    assert others == EXPECTED


def test_who_gives_up_waiting_leaves_the_pool_well(workers):
    async def run():
        task = asyncio.create_task(workers.run(time.sleep, 60))
        await asyncio.sleep(0.1)
        task.cancel()
        return await asyncio.gather(task, return_exceptions=True)

    (ended,) = asyncio.run(run())
    assert isinstance(ended, asyncio.CancelledError)
    assert together(workers, *SUMS) == EXPECTED


def test_a_page_is_read_there(workers):
    from datetime import UTC, datetime

    body = b"<html><title>Crane falls</title><article><h1>Crane falls</h1><p>" + b"The crane fell into the dock. " * 20
    (read,) = together(workers, (read_page, body, "https://courier.example/a-b-c", datetime(2026, 3, 2, tzinfo=UTC), None))
    assert read.title == "Crane falls"
    assert "into the dock" in read.text


PARENT = """
import asyncio, os, signal, sys, time
from pathlib import Path
from crawler.workers import Workers

def children():
    found = []
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdigit() and (each / "stat").read_text().rpartition(")")[2].split()[1] == str(os.getpid()):
                found.append(each.name)
        except OSError:
            pass
    return found

async def main():
    workers = Workers(2, 30)
    await asyncio.gather(*(workers.run(time.sleep, 0.2) for _ in range(2)))
    busy = asyncio.create_task(workers.run(time.sleep, float(sys.argv[1])))
    await asyncio.sleep(0.1)
    print(*children(), flush=True)
    await busy
    print("done", flush=True)
    workers.close()

signal.signal(signal.SIGINT, lambda *_: print("interrupted", flush=True)); signal.signal(signal.SIGHUP, lambda *_: print("reread", flush=True))
asyncio.run(main())
"""


def parent(tmp_path, seconds):
    script = tmp_path / "parent.py"  # a file with a guard, as spawned processes import it
    body = PARENT.replace("signal.signal(signal.SIGINT", "if __name__ == '__main__':\n    signal.signal(signal.SIGINT")
    script.write_text(body.replace("\nasyncio.run(main())", "\n    asyncio.run(main())"))
    root = str(Path(__file__).parents[3])
    return subprocess.Popen(
        [sys.executable, str(script), str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": root},
    )


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@NEEDS_PROC
def test_no_worker_outlives_a_killed_parent_busy_or_not(tmp_path):
    with parent(tmp_path, 60) as process:
        pids = process.stdout.readline().split()
        assert len(pids) >= 2
        assert all(map(alive, pids))
        process.kill()
        process.wait()
        until = time.monotonic() + 5
        while any(map(alive, pids)) and time.monotonic() < until:
            time.sleep(0.02)
        assert not [pid for pid in pids if alive(pid)]


@NEEDS_PROC
def test_ctrl_c_is_left_to_the_parent(tmp_path):
    with parent(tmp_path, 1) as process:
        assert len(process.stdout.readline().split()) >= 2
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to everybody in the group
        said, errors = process.communicate(timeout=30)
    assert said.split() == ["interrupted", "done"]
    assert (errors, process.returncode) == ("", 0)


@NEEDS_PROC
def test_a_hangup_of_the_whole_group_ends_no_worker_nor_what_watches_over_them(tmp_path):
    with parent(tmp_path, 1) as process:
        assert len(process.stdout.readline().split()) >= 3  # two workers, and the standard library's tracker of resources
        os.killpg(process.pid, signal.SIGHUP)
        said, errors = process.communicate(timeout=30)
    assert said.split() == ["reread", "done"]
    assert (errors, process.returncode) == ("", 0)


@NEEDS_PROC
def test_closing_ends_busy_workers_and_those_who_wait_for_them():
    pool = Workers(1, 60)
    (owner,) = together(pool, (os.getpid,))

    async def run():
        task = asyncio.create_task(pool.run(time.sleep, 60))
        await asyncio.sleep(0.2)
        before = time.monotonic()
        await asyncio.to_thread(pool.close)
        closed = time.monotonic() - before
        done, _ = await asyncio.wait({task}, timeout=3)
        task.cancel()
        return closed, [each.cancelled() or each.exception() for each in done]

    closed, ends = asyncio.run(run())
    assert closed < 5
    assert not alive(owner)
    assert len(ends) == 1
    assert ends[0] is True or isinstance(ends[0], ExtractError)


@NEEDS_PROC
def test_an_idle_worker_that_is_killed_is_replaced():
    pool = Workers(1, 10)
    try:
        (owner,) = together(pool, (os.getpid,))
        os.kill(owner, signal.SIGKILL)  # as the kernel does when memory is short
        time.sleep(0.5)
        assert together(pool, *SUMS) == EXPECTED
    finally:
        pool.close()
