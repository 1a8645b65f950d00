import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.policy import OPENS_AFTER, RETRY_TABLE, after_failure, backoff, probe_wait
from storage.errors import DeliveryError
from storage.instants import LONGEST_WAIT, retry_after

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
CHANCES = st.floats(min_value=0, max_value=1, exclude_max=True)


def test_the_table_is_that_of_standard_webhooks():
    assert len(RETRY_TABLE) == 10
    assert sum(RETRY_TABLE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@given(st.integers(1, 9), CHANCES)
def test_a_wait_is_the_tables_with_full_jitter(attempts, chance):
    assert backoff(attempts, chance) == max(timedelta(seconds=1), RETRY_TABLE[attempts] * chance)


@given(st.integers(0, 40))
def test_a_channel_that_fails_is_left_alone_for_longer_each_time(failures):
    assert probe_wait(failures) <= probe_wait(failures + 1) <= timedelta(minutes=10)
    assert probe_wait(OPENS_AFTER) == timedelta(seconds=30)


@given(CHANCES)
def test_a_dead_receiver_is_tried_ten_times_over_days_and_then_given_up(chance):
    now, attempts = NOW, 0
    while True:
        attempts += 1
        decision = after_failure(attempts, DeliveryError("answered 500", status=500), now, chance)
        if decision.due is None:
            break
        assert decision.due > now
        now = decision.due
    assert attempts == 10
    whole = sum(RETRY_TABLE, timedelta())
    assert abs(now - NOW - whole * chance) < timedelta(seconds=10)
    assert decision.dead
    assert decision.reason == "given up after 10 attempts: answered 500"


@given(st.integers(1, 9), st.floats(min_value=0, max_value=10**9), CHANCES)
def test_never_earlier_than_the_receiver_asked_nor_later_than_a_day(attempts, asked, chance):
    decision = after_failure(attempts, DeliveryError("busy", retry_after=asked, status=429), NOW, chance)
    assert decision.due is not None
    wait = decision.due - NOW
    assert wait >= min(timedelta(seconds=asked), LONGEST_WAIT)
    assert wait >= backoff(attempts, chance)
    assert wait <= LONGEST_WAIT


def test_a_receiver_that_always_says_in_one_second_does_not_use_up_the_attempts():
    decision = after_failure(4, DeliveryError("busy", retry_after=1, status=503), NOW, 0.5)
    assert decision.due == NOW + timedelta(hours=1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 413, 422, 499])
def test_other_4xx_are_dead_after_three_attempts(status):
    error = DeliveryError(f"answered {status}", status=status)
    assert [after_failure(attempts, error, NOW, 0.5).dead for attempts in (1, 2, 3)] == [False, False, True]
    assert after_failure(3, error, NOW, 0.5).reason == f"refused 3 times: answered {status}"


@pytest.mark.parametrize("status", [None, 301, 408, 425, 429, 500, 502, 503, 504])
def test_all_else_keeps_the_whole_table(status):
    error = DeliveryError("later", status=status)
    assert [after_failure(attempts, error, NOW, 0.5).dead for attempts in (3, 9, 10)] == [False, False, True]


def test_permanent_is_dead_at_once_and_gone_disables_and_waits():
    gone = after_failure(1, DeliveryError("gone", permanent=True, disable=True, status=410), NOW, 0.5)
    refused = after_failure(1, DeliveryError("550 no such user", permanent=True), NOW, 0.5)
    assert (gone.dead, gone.disable, gone.due) == (False, True, NOW)
    assert (refused.dead, refused.disable, refused.reason) == (True, False, "refused for good: 550 no such user")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("0", 0),
        (" 120 ", 120),
        ("90000", 86_400),
        ("999999999999", 86_400),
        ("9" * 5000, None),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=30), usegmt=True), 86_400),
        ("Sunday, 01-Mar-26 03:01:00 GMT", 60),
        ("Sun Mar  1 03:01:00 2026", 60),
        ("Sun, 99 Mar 2026 99:99:99 GMT", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(header, seconds):
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_no_retry_after_breaks_anything(header):
    seconds = retry_after(header, NOW)
    assert seconds is None or 0 <= seconds <= 86_400


def test_the_documented_table_is_the_one_in_use():
    page = (Path(__file__).parents[3] / "docs" / "alert-formats.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (\d+) (s|min|h) \|$", page, re.MULTILINE)
    seconds = {"s": 1, "min": 60, "h": 3600}
    assert [(int(number), timedelta(seconds=int(value) * seconds[unit])) for number, value, unit in rows] == list(
        enumerate(RETRY_TABLE, 1)
    )
