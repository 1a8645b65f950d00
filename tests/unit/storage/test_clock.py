import asyncio
import contextlib
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.clock import Clock, parse_clock
from storage.errors import ConfigError

START = datetime(2026, 11, 1, 3, tzinfo=UTC)


def test_without_a_wish_it_is_the_real_time():
    for wish in (None, ""):
        clock = parse_clock(wish)
        assert not clock.rehearsed
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
        assert clock.real(90) == 90


def test_a_rehearsed_clock_starts_where_it_is_told_and_runs_at_its_rate():
    clock = parse_clock("2026-11-01T03:00:00Z@600")
    assert clock.rehearsed
    before = time.monotonic()
    first = clock.now()
    time.sleep(0.05)
    second, passed = clock.now(), time.monotonic() - before
    assert START <= first < START + timedelta(minutes=5)
    assert timedelta(seconds=0.05 * 600) <= second - first <= timedelta(seconds=passed * 600)


def test_a_rate_is_optional_and_may_be_slow():
    assert parse_clock("2026-11-01T03:00:00Z").rate == 1
    assert parse_clock("2026-11-01T03:00:00Z@0.5").real(10) == 20
    assert parse_clock(" 2026-11-01T03:00:00Z@2 ").rate == 2


def test_a_start_in_another_zone_is_the_same_instant():
    assert abs(parse_clock("2026-11-01T04:00:00+01:00").now() - START) < timedelta(seconds=1)
    assert parse_clock("2026-11-01T04:00:00+01:00").now().tzinfo is UTC


def test_real_timers_ring_when_the_calendar_shows_the_instant():
    clock = Clock(START, 3600)
    ring = clock.at(START + timedelta(hours=10))
    assert timedelta(seconds=9) < ring - datetime.now(UTC) <= timedelta(seconds=10)


def test_machine_time_is_never_rehearsed():
    assert abs(Clock(START, 1000).machine() - time.time()) < 1


def test_sleep_lasts_as_long_as_the_calendar_says():
    clock = Clock(START, 1000)
    before = time.monotonic()
    asyncio.run(clock.sleep(50))
    asyncio.run(clock.sleep(-5))
    assert 0.05 <= time.monotonic() - before < 1


WRONG = {
    "no zone": "2026-11-01T03:00:00",
    "words": "tomorrow",
    "only a rate": "@600",
    "no rate behind the sign": "2026-11-01T03:00:00Z@",
    "rate in words": "2026-11-01T03:00:00Z@fast",
    "rate of nought": "2026-11-01T03:00:00Z@0",
    "negative rate": "2026-11-01T03:00:00Z@-5",
    "rate without end": "2026-11-01T03:00:00Z@" + "9" * 400,
    "rate beyond reason": "2026-11-01T03:00:00Z@1e30",
    "two rates": "2026-11-01T03:00:00Z@2@3",
    "no such day": "2026-02-30T03:00:00Z",
    "before the first year": "0001-01-01T00:00:00+14:00",
    "end of the calendar": "9999-12-31T23:59:59Z@1000",
    "control characters": "\x00",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_clock_is_one_line_with_the_remedy(text):
    with pytest.raises(ConfigError, match=r"NIGHTDESK_CLOCK is .*; write a start with its zone") as caught:
        parse_clock(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_a_clock_that_can_be_read_or_a_configuration_error(text):
    with contextlib.suppress(ConfigError):
        assert parse_clock(text).now().tzinfo is not None


@given(
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 - hypothesis wants naive bounds
    st.integers(min_value=1, max_value=100_000),
)
def test_what_is_written_in_the_documented_form_is_understood(start, rate):
    clock = parse_clock(f"{start.isoformat()}Z@{rate}")
    assert clock.rate == rate
    assert clock.now() >= start.replace(tzinfo=UTC)
