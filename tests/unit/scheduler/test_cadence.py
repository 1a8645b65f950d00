from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scheduler.cadence import (
    after_crawl,
    describe,
    format_duration,
    next_run,
    next_runs,
    parse_duration,
    parse_expression,
    parse_schedule,
    spread,
)
from storage.errors import ScheduleError
from storage.models import Schedule

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/Los_Angeles",
    "Australia/Lord_Howe",  # the change is half an hour
    "America/Sao_Paulo",  # changed at midnight, and stopped in 2019
    "Asia/Kathmandu",  # no change; 05:45
    "Pacific/Apia",  # had no 30 December 2011
    "Africa/Casablanca",  # changes around Ramadan
    "America/Santiago",
    "Asia/Gaza",  # changes at odd hours and dates
]
zones = st.sampled_from(ZONES)
instants = st.integers(1230768000, 1893456000).map(lambda second: datetime.fromtimestamp(second, UTC))  # 2009 to 2030


def numbers(low: int, high: int):
    return st.lists(st.integers(low, high), min_size=1, max_size=4).map(lambda found: ",".join(map(str, found)))


crons = st.tuples(
    st.one_of(st.just("*"), st.just("*/7"), numbers(0, 59)),
    st.one_of(st.just("*"), numbers(0, 23)),
    st.one_of(st.just("*"), st.just("*/3"), numbers(1, 28)),
    st.one_of(st.just("*"), numbers(1, 12)),
    st.one_of(st.just("*"), st.just("mon-fri"), numbers(0, 7)),
).map(" ".join)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def runs(schedule: Schedule, after: str, count: int) -> list[str]:
    return [f"{run.at:%Y-%m-%dT%H:%MZ}" for run in next_runs(schedule, utc(after), count)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("15m", 900),
        ("2h", 7200),
        ("30d", 2592000),
        ("1h30m", 5400),
        (" 1h 30m ", 5400),
        ("90m", 5400),
        ("0s", 0),
    ],
)
def test_durations(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("15", "has no unit; write 15s", id="no-unit"),
        pytest.param("", "is not a duration", id="empty"),
        pytest.param("m", "is not a duration", id="no-number"),
        pytest.param("-5m", "is not a duration", id="negative"),
        pytest.param("1.5h", "whole numbers", id="fraction"),
        pytest.param("5 minutes", "is not a duration", id="word"),
        pytest.param("30m1h", "is not a duration", id="wrong-order"),
        pytest.param("999999999d", "too long; write at most 36500d", id="too-long"),
        pytest.param("9" * 5000, "has no unit", id="long-digits"),
        pytest.param(" " * 100_000 + "x", "is not a duration", id="long-blanks"),
        pytest.param("\u0661m", "is not a duration", id="arabic-digit"),
    ],
)
def test_wrong_durations(text, says):
    with pytest.raises(ScheduleError) as caught:
        parse_duration(text)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 250


@given(st.integers(1, 10**9))
def test_a_duration_reads_back(seconds):
    assert parse_duration(format_duration(seconds)) == seconds


def test_a_schedule_is_an_interval_or_cron():
    assert parse_schedule(every="15m") == Schedule(every=900.0)
    assert parse_schedule(cron=" 30  2 * * * ", zone="Europe/Berlin") == Schedule(cron="30 2 * * *", zone="Europe/Berlin")
    assert parse_expression("1h 30m", None) == Schedule(every=5400.0)
    assert parse_expression("@daily", "Asia/Kathmandu") == Schedule(cron="@daily", zone="Asia/Kathmandu")
    assert parse_expression("0 0 * * mon-fri", None) == Schedule(cron="0 0 * * mon-fri")


def test_a_schedule_describes_itself():
    assert describe(Schedule(every=5400.0)) == "every 1h30m"
    assert describe(Schedule(cron="30 2 * * *", zone="Europe/Berlin")) == "30 2 * * * Europe/Berlin"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        pytest.param({}, "give exactly one", id="neither"),
        pytest.param({"every": "1m", "cron": "* * * * *"}, "give exactly one", id="both"),
        pytest.param({"every": "0s"}, "too short; write 1s or more", id="nought"),
        pytest.param({"cron": "61 * * * *"}, "minute 61", id="cron"),
        pytest.param(
            {"cron": "0 0 * * *", "zone": "Europe/Belin"},
            "unknown time zone 'Europe/Belin'; did you mean Europe/Berlin?",
            id="mistyped-zone",
        ),
        pytest.param({"every": "1m", "zone": "berlin"}, "did you mean Europe/Berlin?", id="city"),
        pytest.param({"every": "1m", "zone": "New York"}, "did you mean America/New_York?", id="blank-in-city"),
        pytest.param({"every": "1m", "zone": "../etc/passwd"}, "write an IANA name", id="path"),
        pytest.param({"every": "1m", "zone": "a\0b"}, "write an IANA name", id="nul"),
        pytest.param({"every": "1m", "zone": "Europe"}, "unknown time zone", id="folder"),
        pytest.param({"every": "1m", "zone": "x" * 10_000}, "unknown time zone", id="long-zone"),
    ],
)
def test_a_wrong_schedule_says_what_to_do(wanted, says):
    with pytest.raises(ScheduleError) as caught:
        parse_schedule(**wanted)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 250
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "  ", "often", "every 15m", "15", "@often"])
def test_a_wrong_expression_is_refused(text):
    with pytest.raises(ScheduleError, match=";"):
        parse_expression(text, None)


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T00:00",
            ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"],
            id="berlin-missing",
        ),
        pytest.param(
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T00:00",
            ["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"],
            id="berlin-doubled",
        ),
        pytest.param(
            "30 2 * * *",
            "America/Los_Angeles",
            "2026-03-07T12:00",
            ["2026-03-08T10:00Z", "2026-03-09T09:30Z"],
            id="los-angeles-missing",
        ),
        pytest.param(
            "30 1 * * *",
            "America/Los_Angeles",
            "2026-10-31T12:00",
            ["2026-11-01T08:30Z", "2026-11-02T09:30Z"],
            id="los-angeles-doubled",
        ),
        pytest.param(
            "0 0 * * mon-fri",
            "Europe/Berlin",
            "2026-03-26T23:30",
            ["2026-03-29T22:00Z", "2026-03-30T22:00Z"],
            id="working-days",
        ),
        pytest.param(
            "*/30 2,3 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00",
            ["2026-03-29T01:00Z", "2026-03-29T01:30Z", "2026-03-30T00:00Z"],
            id="three-wall-times-on-one-instant",
        ),
        pytest.param(
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T00:00",
            ["2026-10-03T15:30Z", "2026-10-04T15:15Z"],
            id="half-hour-gap",
        ),
        pytest.param("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00", ["2018-11-04T03:00Z"], id="gap-at-midnight"),
        pytest.param(
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-29T12:00",
            ["2011-12-29T22:00Z", "2011-12-30T10:00Z", "2011-12-30T22:00Z"],
            id="missing-day",
        ),
    ],
)
def test_changes_of_clock(cron, zone, after, expected):
    assert runs(parse_schedule(cron=cron, zone=zone), after, len(expected)) == expected


def test_a_moved_run_and_a_suppressed_one_are_explained():
    berlin = parse_schedule(cron="30 2 * * *", zone="Europe/Berlin")
    (spring,) = next_runs(berlin, utc("2026-03-28T12:00"), 1)
    (autumn,) = next_runs(berlin, utc("2026-10-24T12:00"), 1)
    (plain,) = next_runs(berlin, utc("2026-06-01T12:00"), 1)
    assert spring.note == "02:30 does not exist on 2026-03-29, as clocks go forward: runs once at 03:00"
    assert autumn.note == "02:30 comes twice on 2026-10-25, as clocks go back: runs the first time only"
    assert plain.note is None


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 2])
def test_a_daily_run_comes_once_for_each_date_over_years(zone, hour):
    """Told apart by local clocks alone: each date has its run at 02:30, or one at the instant its gap ends."""
    there = ZoneInfo(zone)
    by_date: dict[date, list[datetime]] = {}
    found = next_runs(parse_schedule(cron=f"30 {hour} * * *", zone=zone), utc("2009-01-01T00:00"), 366 * 11)
    for run in found:
        local = run.at.astimezone(there)
        by_date.setdefault(local.date(), []).append(local)
        if (local.hour, local.minute) == (hour, 30):
            assert local.fold == 0
        else:  # moved: within the second before, the wall clock jumped over 02:30 of the date that was meant
            before = (run.at - timedelta(seconds=1)).astimezone(there).replace(tzinfo=None)
            meant = [datetime.combine(before.date() + timedelta(days=n), time(hour, 30)) for n in range(2)]
            assert any(before < wall < local.replace(tzinfo=None) for wall in meant)
    dates = sorted(by_date)
    absent = [d for d in (dates[0] + timedelta(days=n) for n in range((dates[-1] - dates[0]).days)) if d not in by_date]
    assert absent == ([date(2011, 12, 30)] if zone == "Pacific/Apia" else [])
    doubled = [d for d, locals_ in by_date.items() if len(locals_) > 1]
    assert doubled == ([date(2011, 12, 31)] if zone == "Pacific/Apia" else [])


@settings(max_examples=150, deadline=None)
@given(crons, zones, instants)
@example("*/7 * * * *", "Australia/Lord_Howe", utc("2026-04-04T14:00"))
@example("* * * * *", "Pacific/Apia", utc("2011-12-30T09:58"))
def test_runs_rise_strictly_and_lie_after(cron, zone, after):
    found = next_runs(parse_schedule(cron=cron, zone=zone), after, 12)
    assert len(found) == 12
    instants_ = [after, *(run.at for run in found)]
    assert all(earlier < later for earlier, later in pairwise(instants_))
    assert all(run.at.utcoffset() == timedelta(0) for run in found)


@settings(max_examples=150, deadline=None)
@given(crons, zones, instants, st.floats(0, 1))
@example("30 2 * * *", "Europe/Berlin", utc("2026-03-28T12:00"), 0.999)
@example("*/30 * * * *", "Europe/Berlin", utc("2026-10-25T00:30"), 0.5)
def test_the_next_run_is_the_same_from_anywhere_before_it(cron, zone, after, share):
    schedule = parse_schedule(cron=cron, zone=zone)
    first, second, third = (run.at for run in next_runs(schedule, after, 3))
    between = first + (second - first) * share
    assert next_run(schedule, min(between, second - timedelta(microseconds=1))) == second
    assert next_run(schedule, second) == third


def test_an_interval_counts_from_after():
    assert runs(Schedule(every=5400.0), "2026-10-24T23:45", 3) == [
        "2026-10-25T01:15Z",
        "2026-10-25T02:45Z",
        "2026-10-25T04:15Z",
    ]


def test_the_calendar_ends():
    end = utc("9999-12-31T23:00")
    assert next_runs(parse_schedule(cron="0 0 1 1 *"), end, 5) == []
    assert len(next_runs(Schedule(every=1800.0), end, 5)) == 1
    with pytest.raises(ScheduleError, match="has no run after"):
        next_run(parse_schedule(cron="@yearly"), end)


def test_a_naive_instant_is_a_mistake():
    with pytest.raises(ValueError, match="aware"):
        next_runs(Schedule(every=60.0), START.replace(tzinfo=None), 1)


QUARTER = Schedule(every=900.0)
NIGHTLY = Schedule(cron="30 2 * * *", zone="Europe/Berlin")
START = utc("2026-11-01T10:00")


@pytest.mark.parametrize(
    ("schedule", "streak", "due"),
    [
        pytest.param(QUARTER, 0, "2026-11-01T10:15", id="from-the-start"),
        pytest.param(QUARTER, 1, "2026-11-01T10:30", id="one-failure"),
        pytest.param(QUARTER, 2, "2026-11-01T11:00", id="two-failures"),
        pytest.param(QUARTER, 3, "2026-11-01T12:00", id="three-failures"),
        pytest.param(QUARTER, 10_000, "2026-11-01T12:00", id="no-steeper"),
        pytest.param(Schedule(every=3 * 3600.0), 4, "2026-11-01T16:00", id="six-hours-at-most"),
        pytest.param(Schedule(every=86400.0), 5, "2026-11-02T10:00", id="never-below-itself"),
        pytest.param(Schedule(every=86400.0), 1, "2026-11-01T10:30", id="a-daily-one-is-tried-again-soon"),
        pytest.param(Schedule(every=86400.0), 2, "2026-11-01T11:00", id="and-again"),
        pytest.param(Schedule(every=86400.0), 3, "2026-11-01T14:00", id="and-once-more"),
        pytest.param(NIGHTLY, 0, "2026-11-02T01:30", id="cron"),
        pytest.param(NIGHTLY, 1, "2026-11-01T10:30", id="cron-is-tried-again-soon"),
        pytest.param(NIGHTLY, 3, "2026-11-01T14:00", id="cron-is-tried-once-more"),
        pytest.param(NIGHTLY, 4, "2026-11-02T01:30", id="cron-keeps-its-run-after-failures"),
        pytest.param(Schedule(cron="*/5 * * * *"), 1, "2026-11-01T10:05", id="cron-that-comes-sooner-anyway"),
        pytest.param(Schedule(cron="*/5 * * * *"), 0, "2026-11-01T10:05", id="cron-overrun-is-caught-up"),
    ],
)
def test_due_after_a_crawl(schedule, streak, due):
    assert after_crawl(schedule, started=START, error_streak=streak) == utc(due)


def test_many_missed_cron_runs_are_caught_up_once():
    schedule = Schedule(cron="0 * * * *")
    overdue = utc("2026-11-01T03:00")
    started = utc("2026-11-01T09:20")  # the machine was off from three to twenty past nine
    assert overdue < started
    assert after_crawl(schedule, started=started, error_streak=0) == utc("2026-11-01T10:00")


@given(st.floats(1, 10**7), st.integers(0, 10**6))
def test_an_interval_is_never_shortened_below_half_an_hour(every, streak):
    due = after_crawl(Schedule(every=every), started=START, error_streak=streak)
    assert due >= START + timedelta(seconds=min(every, 1_800.0))
    if streak not in (1, 2, 3):
        assert due >= START + timedelta(seconds=every)


@given(st.text(), st.floats(1, 10**7))
def test_a_spread_is_stable_and_inside_the_interval(name, every):
    assert 0 <= spread(name, every) < every
    assert spread(name, every) == spread(name, every)


def test_spreads_fill_the_interval_evenly():
    tenths = [int(spread(f"source-{n}", 900.0) // 90) for n in range(2000)]
    assert all(150 < tenths.count(tenth) < 250 for tenth in range(10))


def test_adaptive_is_a_schedule_that_tells_no_runs_beforehand():
    schedule = parse_schedule(every=" Adaptive ")
    assert (schedule, describe(schedule)) == (Schedule(adaptive=True), "adaptive")
    with pytest.raises(ScheduleError, match="source show"):
        next_runs(schedule, START, 1)
    with pytest.raises(ScheduleError, match="neither an interval nor a cron expression"):
        parse_expression("adaptive", None)
