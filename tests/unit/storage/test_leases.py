import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from storage.leases import reap
from storage.models import Page, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = 3600.0
CLAIM = """
import sys, time
from datetime import datetime, UTC
from storage.store import connect
from storage.clock import Clock
store, until = connect(sys.argv[1], Clock()), time.time() + 3600
def claim(t):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    pages = t.pages.claim(now, machine=time.time(), until=until, limit=5, without=(), sources=None)
    return t.sources.claim(1, until=until), len(pages), t.hosts.acquire("courier.example", now=time.time(), until=until).wait
print(store.write_now(claim), flush=True)
sys.stdin.read()
"""


def fill(t):
    t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",), due=NOW))
    for number in range(2):
        url = f"https://h{number}.example/a"
        t.pages.add(Page(url, url, f"h{number}.example", 1, due=NOW, first_seen=NOW))


def free(store):
    def look(t):
        claimable = t.pages.claim(NOW, machine=time.time(), until=time.time() + HOUR, limit=5, without=(), sources=None)
        return (t.sources.claim(1, until=time.time() + HOUR), len(claimable))

    return store.write_now(look)


def reap_now(store, machine=None):
    return store.write_now(lambda t: reap(t.connection, time.time() if machine is None else machine))


def test_leases_of_a_killed_process_are_free_at_once_and_of_a_living_one_are_not(store, tmp_path):
    store.write_now(fill)
    child = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(tmp_path / "nightdesk.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline().strip() == "(True, 2, 0.0)"
        assert reap_now(store) == 0
        assert free(store) == (False, 0)
        assert store.write_now(lambda t: t.hosts.acquire("courier.example", now=time.time(), until=0)).wait > HOUR - 60
    finally:
        child.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    try:
        # The gate needs no reaping: it looks by itself.
        assert (
            store.write_now(lambda t: t.hosts.acquire("courier.example", now=time.time(), until=time.time() + HOUR)).wait == 0
        )
        assert reap_now(store) == 3
        assert free(store) == (True, 2)
    finally:
        child.communicate()


def test_a_lease_ends_with_its_time_whoever_holds_it(store):
    store.write_now(fill)
    machine = time.time()
    store.write_now(lambda t: t.sources.claim(1, until=machine + 10))
    assert reap_now(store, machine + 9.9) == 0
    assert reap_now(store, machine + 10) == 1
    assert store.write_now(lambda t: t.sources.claim(1, until=machine + 99))


def test_only_what_is_over_ends_of_several_leases_of_one_owner(store):
    store.write_now(fill)
    machine = time.time()

    def claim(t, until):
        return t.pages.claim(NOW, machine=machine, until=until, limit=1, without=(), sources=None)

    first, second = (store.write_now(lambda t, until=until: claim(t, until)) for until in (machine + 10, machine + 20))
    assert reap_now(store, machine + 15) == 1
    again = store.write_now(lambda t: claim(t, machine + 99))
    assert [page.id for page in again] == [page.id for page in first] != [page.id for page in second]


def test_a_visit_whose_process_died_is_closed_as_interrupted_when_the_next_begins(store):
    store.write_now(fill)
    store.write_now(lambda t: t.sources.start(1, NOW, "schedule"))
    store.write_now(lambda t: t.sources.start(1, NOW + timedelta(minutes=1), "schedule"))
    newest, older = store.read_now(lambda t: t.sources.crawls(1))
    assert (newest.outcome, older.outcome, older.ended) == ("running", "interrupted", NOW + timedelta(minutes=1))
