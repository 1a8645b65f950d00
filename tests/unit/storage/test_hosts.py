import math
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from storage.hosts import HostTable, Robots
from storage.migrations import migrations

T = 1_000_000.0


@pytest.fixture
def gates():
    """The gate as two processes see it. (Neither is of this place, so neither can be looked up and called dead.)"""
    database = Database(memory=True)
    migrations.apply(database)
    yield HostTable(database, "elsewhere/1/1"), HostTable(database, "elsewhere/2/2")
    database.close()


def test_one_request_at_a_time_and_a_pause_after_it(gates):
    one, other = gates
    assert one.acquire("a.example", now=T, until=T + 60).wait == 0
    assert other.acquire("a.example", now=T + 1, until=T + 61).wait == 59
    assert one.acquire("a.example", now=T + 1, until=T + 61).wait == 59  # nor twice by one process
    one.release("a.example", next_at=T + 5)
    assert other.acquire("a.example", now=T + 2, until=T + 62).wait == 3
    assert other.acquire("a.example", now=T + 5, until=T + 65).wait == 0


def test_hosts_do_not_wait_for_each_other(gates):
    one, other = gates
    assert one.acquire("a.example", now=T, until=T + 60).wait == 0
    assert other.acquire("b.example", now=T, until=T + 60).wait == 0


def test_a_lease_that_is_over_is_free_and_its_late_release_changes_nothing(gates):
    one, other = gates
    one.acquire("a.example", now=T, until=T + 60)
    assert other.acquire("a.example", now=T + 60, until=T + 120).wait == 0
    one.release("a.example", next_at=T + 61)
    assert one.acquire("a.example", now=T + 62, until=T + 122).wait == 58


def test_a_hold_stops_everybody_and_only_grows(gates):
    one, other = gates
    one.hold("a.example", until=T + 100)
    one.hold("a.example", until=T + 50)
    permit = other.acquire("a.example", now=T, until=T + 60)
    assert (permit.wait, permit.held) == (100, True)
    assert other.acquire("a.example", now=T + 100, until=T + 160).wait == 0


def test_a_hold_during_a_request_outlasts_its_release(gates):
    one, other = gates
    one.acquire("a.example", now=T, until=T + 60)
    one.hold("a.example", until=T + 100)
    one.release("a.example", next_at=T + 2)
    assert other.acquire("a.example", now=T + 3, until=T + 63).held


def test_asking_takes_nothing_while_it_says_wait(gates):
    one, other = gates
    one.acquire("a.example", now=T, until=T + 60)
    other.acquire("a.example", now=T + 1, until=T + 500)
    assert one.acquire("a.example", now=T + 60, until=T + 70).wait == 0


def test_what_robots_txt_said_is_remembered_beside_a_lease(gates):
    one, other = gates
    at = datetime(2026, 3, 2, tzinfo=UTC)
    assert one.robots("a.example") is None
    one.acquire("a.example", now=T, until=T + 60)
    assert one.robots("a.example") is None
    one.save_robots("a.example", Robots("User-agent: *\nCrawl-delay: 7", 200, at), 7.0)
    assert other.robots("a.example") == Robots("User-agent: *\nCrawl-delay: 7", 200, at)
    one.release("a.example", next_at=T)
    assert other.acquire("a.example", now=T, until=T + 60).delay == 7
    one.save_robots("a.example", Robots("", 0, at), None)
    assert other.robots("a.example") == Robots("", 0, at)


@given(st.lists(st.tuples(st.booleans(), st.floats(min_value=0, max_value=30), st.booleans()), max_size=30))
def test_never_two_requests_in_flight(steps):
    """Two owners ask in any order, and keep or give back what they got: leases never overlap."""
    database = Database(memory=True)
    migrations.apply(database)
    gates = {name: HostTable(database, f"elsewhere/{name}/1") for name in (True, False)}
    now, busy_until, free_at = T, -math.inf, -math.inf
    for who, step, gives_back in steps:
        now += step
        permit = gates[who].acquire("a.example", now=now, until=now + 10)
        assert (permit.wait == 0) == (now >= busy_until and now >= free_at)
        if permit.wait == 0:
            busy_until = now + 10
            if gives_back:
                gates[who].release("a.example", next_at=now + 3)
                busy_until, free_at = -math.inf, now + 3
    database.close()


def test_the_gate_is_quick(gates):
    before = time.perf_counter()
    for number in range(1000):
        gates[0].acquire(f"h{number}.example", now=T, until=T + 60)
    assert time.perf_counter() - before < 1
