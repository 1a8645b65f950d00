"""A clock that was wrong and is set right leaves due times behind, in sources and in pages; a real store, a clock that is set."""

import asyncio
from datetime import timedelta

import pytest

from scheduler.jobs import Rounds
from scheduler.steps import is_put_off, mend, put_off
from storage.clock import Clock
from storage.models import Page, Schedule, Source
from storage.store import connect
from storage.vitals import listed

YEAR = timedelta(days=366)
HOURLY, NIGHTLY = Schedule(every=3600.0), Schedule(cron="30 2 * * *", zone="Europe/Berlin")


def add(store, name, schedule, due):
    now = store.clock.now()
    return store.write_now(lambda t: t.sources.add(Source(name, f"https://{name}.example/", schedule, now, due=due)))


def dues(store):
    return {each.name: each.due for each in store.read_now(lambda t: t.sources.all())}


def test_only_what_no_schedule_would_plan_is_planned_anew(store, clock):
    now = clock.now().replace(microsecond=0)
    soon, night = now + timedelta(minutes=59), now.replace(day=3, hour=1, minute=30)  # half past two in Berlin
    add(store, "soon", HOURLY, soon)
    add(store, "far", HOURLY, soon + YEAR)
    add(store, "night", NIGHTLY, night)
    add(store, "nights", NIGHTLY, night + YEAR)
    source = store.read_now(lambda t: t.sources.get("soon"))
    a, b = (
        Page(f"https://soon.example/{key}", key, "soon.example", source.id, due=now + ahead, first_seen=now)
        for key, ahead in (("a", timedelta(days=1)), ("b", YEAR))
    )
    store.write_now(lambda t: [t.pages.add(page) for page in (a, b)])
    assert [each.name for each in store.read_now(lambda t: put_off(t, now))] == ["far", "nights"]
    mended = [f"source {name}, which was due at {due + YEAR}" for name, due in (("far", soon), ("nights", night))]
    assert store.write_now(lambda t: mend(t, now)) == [*mended, "1 pages"]
    assert dues(store) == {"soon": soon, "far": now, "night": night, "nights": night}
    assert store.read_now(lambda t: [t.pages.by_key(key).due for key in "ab"]) == [now + timedelta(days=1), now]
    assert not store.read_now(lambda t: is_put_off(t, now))


def test_back_off_of_a_failing_source_is_no_step_of_the_clock(store, clock):
    now = clock.now()
    failing = add(store, "failing", HOURLY, now + timedelta(hours=6))
    assert [each.name for each in store.read_now(lambda t: put_off(t, now))] == ["failing"]
    store.write_now(lambda t: t.connection.execute("UPDATE sources SET error_streak = 3 WHERE id = ?", [failing.id]))
    assert store.read_now(lambda t: put_off(t, now)) == []


@pytest.mark.parametrize(("step", "visited"), [(timedelta(days=-400), True), (timedelta(hours=3), True), (timedelta(), False)])
def test_the_daemon_s_clock_finds_its_way_after_a_step(tmp_path, clock, step, visited):
    """Steps both ways: back, and what was planned lies too far ahead; forward, and it is overdue. One visit either way."""
    path = str(tmp_path / "n.db")
    with connect(path, clock) as store:
        add(store, "paper", HOURLY, clock.now() + timedelta(minutes=50))
    visits = []

    async def run(store):
        rounds = Rounds(store, lambda source_id, trigger, due: visits.append((source_id, trigger, due)))
        rounds.start()
        await rounds.plan()
        await rounds.plan()
        rounds.stop()

    with connect(path, Clock(clock.now() + step)) as store:
        asyncio.run(run(store))
    assert (len(set(visits)) == 1) is visited


def test_a_source_that_goes_dark_after_a_wrong_clock_is_missed(store, clock):
    """What was new next year, by a clock that was wrong, must not stand for news that is to come."""
    now = clock.now().replace(microsecond=0)
    source = add(store, "paper", HOURLY, now)
    for at in (now - timedelta(days=1), now + YEAR):
        store.write_now(
            lambda t, at=at: t.health.record(
                source.id, lambda vitals: listed(vitals, at, entries=9, new=1, may_be_empty=False), at
            )
        )
    assert store.read_now(lambda t: is_put_off(t, now))
    assert store.write_now(lambda t: mend(t, now)) == ["1 judgements of sources"]
    vitals = store.read_now(lambda t: t.health.vitals(source.id))
    assert (vitals.newest, vitals.look) == (now, now)
    assert store.write_now(lambda t: mend(t, now)) == []
