"""How late a run is, how many runs it stands for, and which due times cannot be right."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler import visiting
from scheduler.cadence import after_crawl, next_runs
from scheduler.lateness import judge, latest_due, planned_anew, told
from storage.models import MOST_MISSED, Lateness, Schedule

NIGHTLY = Schedule(cron="30 2 * * *", zone="Europe/Berlin")
DUE = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
instants = st.integers(1230768000, 1893456000).map(lambda second: datetime.fromtimestamp(second, UTC))
schedules = st.one_of(
    st.builds(Schedule, every=st.integers(1, 90_000).map(float)),
    st.sampled_from([NIGHTLY, Schedule(cron="*/5 7-20 * * mon-fri", zone="America/Los_Angeles"), Schedule(cron="0 0 1 * *")]),
)


@pytest.mark.parametrize(
    ("schedule", "tolerated"),
    [
        (Schedule(every=1.0), 60),
        (Schedule(every=300.0), 60),
        (Schedule(every=900.0), 90),
        (Schedule(every=3600.0), 300),
        (NIGHTLY, 300),
        (Schedule(cron="*/30 * * * *"), 180),
    ],
)
def test_late_is_a_tenth_of_the_interval_at_least_one_minute_and_at_most_five(schedule, tolerated):
    assert judge(schedule, due=DUE, began=DUE + timedelta(seconds=tolerated)) == Lateness()
    late = judge(schedule, due=DUE, began=DUE + timedelta(seconds=tolerated + 1))
    assert late.seconds == tolerated + 1


@pytest.mark.parametrize(
    ("schedule", "hours", "missed"),
    [
        (Schedule(every=3600.0), 0.9, 0),
        (Schedule(every=3600.0), 5.5, 5),
        (NIGHTLY, 7, 0),
        (NIGHTLY, 24, 0),  # the clocks were set back: the next 02:30 is 25 hours away
        (NIGHTLY, 25, 1),
        (NIGHTLY, 24 * 10, 9),
        (Schedule(cron="0 * * * *"), 5, 5),
        (Schedule(cron="* * * * *"), 24 * 400, MOST_MISSED),
        (Schedule(every=1.0), 24, MOST_MISSED),
    ],
)
def test_missed_are_the_runs_after_its_own(schedule, hours, missed):
    late = judge(schedule, due=DUE, began=DUE + timedelta(hours=hours))
    assert (late.seconds, late.missed) == (hours * 3600, missed)


def test_a_fast_clock_makes_nobody_late_by_the_moment_that_a_start_takes():
    began = DUE + timedelta(seconds=599)
    assert judge(NIGHTLY, due=DUE, began=began, slack=600.0) == Lateness()
    assert judge(NIGHTLY, due=DUE, began=began).seconds == 599


def test_what_a_machine_slept_through_in_the_midst_of_a_visit_is_late():
    quarter = Schedule(every=900.0)
    due = after_crawl(quarter, started=DUE, error_streak=0)
    late = judge(quarter, due=due, began=DUE + timedelta(hours=4))
    assert (late.seconds, late.missed) == (13_500, 15)


@given(schedules, instants, st.integers(0, 3600))
def test_what_a_visit_plans_can_be_right(schedule, started, took):
    now = started + timedelta(seconds=took)
    for streak in (0, 1, 4):
        due = after_crawl(schedule, started=started, error_streak=streak)
        assert due <= latest_due(schedule, now, failing=streak > 0)


@given(schedules, instants)
def test_what_a_clock_planned_that_was_a_year_ahead_cannot(schedule, now):
    then = now + timedelta(days=366)
    due = after_crawl(schedule, started=then, error_streak=0)
    assert due > latest_due(schedule, now, failing=False)
    anew = planned_anew(schedule, now)
    assert anew == (now if schedule.every else next_runs(schedule, now, 1)[0].at)
    assert anew <= latest_due(schedule, now, failing=False)


@pytest.mark.parametrize(
    ("lateness", "text"),
    [
        (Lateness(), ""),
        (Lateness(95), "1m35s late"),
        (Lateness(7 * 3600 + 301, 5), "7h5m late, 5 runs missed"),
        (Lateness(3 * 86_400 + 4_000, 1), "3d1h late, 1 run missed"),
        (Lateness(1e6, MOST_MISSED), "11d13h late, 500 or more runs missed"),
    ],
)
def test_lateness_reads_well(lateness, text):
    assert told(lateness) == text


def test_the_log_says_where_no_more_runs_were_counted(monkeypatch):
    lines = []
    monkeypatch.setattr(visiting, "log", SimpleNamespace(warning=lambda event, **facts: lines.append((event, facts["missed"]))))
    for missed in (3, MOST_MISSED - 1, MOST_MISSED):
        visiting.tell_late(SimpleNamespace(source=SimpleNamespace(name="Paper"), lateness=Lateness(1e6, missed)), None)
    assert lines == [("late", 3), ("late", 499), ("late", "500 or more")]
