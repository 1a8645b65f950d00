import math
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from storage.migrations import migrations
from storage.models import Slowdown
from storage.tables.domains import DomainTable
from storage.tables.hosts import HostTable, Robots

T = 1_000_000.0
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


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


def slow(gate, domain="a.example", *, seconds=100, **more):
    DomainTable(gate._db).save(
        Slowdown(domain, NOW, 429, until=NOW + timedelta(seconds=seconds), hold_machine=T + seconds, **more)
    )


def test_a_hold_stops_everybody(gates):
    one, other = gates
    slow(one)
    permit = other.acquire("a.example", now=T, until=T + 60)
    assert (permit.wait, permit.held) == (100, True)
    assert other.acquire("a.example", now=T + 100, until=T + 160).wait == 0


def test_a_hold_is_over_when_either_clock_says_so(gates):
    one, other = gates
    slow(one)
    assert other.acquire("a.example", now=T + 1, until=T + 60, at=NOW + timedelta(seconds=99)).held
    assert not other.acquire("a.example", now=T + 1, until=T + 60, at=NOW + timedelta(seconds=100)).held


def test_a_hold_during_a_request_outlasts_its_release(gates):
    one, other = gates
    one.acquire("a.example", now=T, until=T + 60)
    slow(one)
    one.release("a.example", next_at=T + 2)
    assert other.acquire("a.example", now=T + 3, until=T + 63).held


def test_all_hosts_of_a_domain_keep_its_hold_and_no_other_does(gates):
    one, other = gates
    slow(one, "paper.co.uk")
    for host in ("paper.co.uk", "www.paper.co.uk", "feeds.paper.co.uk:8080"):
        assert other.acquire(host, now=T, until=T + 60).held
    for host in ("other.co.uk", "paper.com", "notpaper.co.uk"):
        assert other.acquire(host, now=T, until=T + 60).wait == 0


def test_hosts_of_a_slowed_domain_take_turns(gates):
    one, other = gates
    slow(one, "paper.example", seconds=0, pause=8.0)
    permit = one.acquire("a.paper.example", now=T, until=T + 60, second=0.5)
    assert (permit.wait, permit.delay, permit.slowed) == (0, 8, True)
    assert other.acquire("b.paper.example", now=T + 1, until=T + 61).wait == 3  # 8 s of the calendar after the other began
    one.release("a.paper.example", next_at=T + 3 + 4)
    assert other.acquire("b.paper.example", now=T + 4, until=T + 64).wait == 3  # and after its answer
    assert other.acquire("c.example", now=T + 4, until=T + 64).wait == 0
    DomainTable(one._db).forget("paper.example")
    assert other.acquire("b.paper.example", now=T + 4, until=T + 64).wait == 0


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
    other.release("a.example", next_at=T)
    other.save_robots("a.example", Robots("User-agent: *\nCrawl-delay: 7", 200, at), 7.0, next_at=T + 7)
    assert one.acquire("a.example", now=T + 1, until=T + 60).wait == 6  # also after robots.txt itself
    one.save_robots("a.example", Robots("", 0, at), None)
    assert other.robots("a.example") == Robots("", 0, at)


@settings(deadline=None)  # each example makes a database
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
