"""What is learned of a source holds what came, fades, and survives being written down."""

import base64
import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.rhythm import (
    DAY,
    HALF_LIFE,
    HOUR,
    HOURS,
    MINUTES,
    TENTHS,
    Rhythm,
    begin,
    dumps,
    exposure,
    hour_of_week,
    learn,
    loads,
    tenth_of_day,
)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()  # a Monday
dates = st.lists(st.one_of(st.none(), st.floats(NOW - 60 * DAY, NOW + 30 * DAY)), max_size=40)


def steady(every: float, count: int = 30, now: float = NOW) -> Rhythm:
    return begin([[now - every * (number + 0.5) for number in range(count)]], now)


@pytest.mark.parametrize(
    ("at", "hour", "tenth"),
    [("2026-03-02T00:00", 0, 0), ("2026-03-02T12:39", 12, 75), ("2026-03-08T23:59", 167, 143), ("1970-01-01T00:00", 72, 0)],
)
def test_hours_of_the_week_begin_on_monday(at, hour, tenth):
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp()
    assert (hour_of_week(instant), tenth_of_day(instant)) == (hour, tenth)


def test_the_first_poll_counts_what_came_since_the_oldest_article_in_the_shortest_feed():
    long = [NOW - day * DAY for day in range(1, 21)]
    short = [NOW - hour * HOUR for hour in range(1, 11)]
    rhythm = begin([long, short], NOW)
    assert rhythm.since == NOW - 10 * HOUR
    assert rhythm.day.sum() == pytest.approx(9, rel=0.01)  # the tenth opens the time


def test_a_first_poll_without_dates_begins_to_count_now():
    rhythm = begin([[None, None], [NOW + HOUR, NOW - 400 * DAY]], NOW)
    assert (rhythm.since, float(rhythm.week.sum())) == (NOW, 0.0)


def test_an_article_without_a_believable_date_is_spread_over_the_time_in_which_it_came():
    rhythm = begin([], NOW)
    later = NOW + 2 * HOUR
    for date in (None, NOW - DAY, later + DAY):
        learned = learn(rhythm, [date], last=NOW, now=later)
        assert float(learned.day.sum()) == pytest.approx(1)
        counted = np.flatnonzero(learned.day)
        assert (counted.min(), counted.max(), len(counted)) == (tenth_of_day(NOW), tenth_of_day(later) - 1, 12)


def test_a_believable_date_is_counted_at_its_own_time():
    learned = learn(begin([], NOW), [NOW + 1250.0], last=NOW, now=NOW + HOUR)
    assert np.flatnonzero(learned.day).tolist() == [tenth_of_day(NOW + 1250.0)]
    assert learned.week[hour_of_week(NOW)] == pytest.approx(0.5)  # the rest lies in the hours beside it


def test_a_count_fades_by_half():
    rhythm = steady(HOUR)
    later = learn(rhythm, [NOW + HALF_LIFE], last=NOW, now=NOW + HALF_LIFE)
    assert float(later.week.sum()) == pytest.approx(float(rhythm.week.sum()) / 2 + 1, rel=1e-5)
    assert exposure(rhythm, NOW) == pytest.approx(29.5, rel=0.03)


@settings(deadline=None)
@given(dates, dates)
def test_every_article_is_counted_once(first, then):
    rhythm = begin([first], NOW)
    before = float(rhythm.week.sum())
    learned = learn(rhythm, then, last=NOW, now=NOW + 900)
    assert float(learned.week.sum()) == pytest.approx(before * 2 ** (-900 / HALF_LIFE) + len(then), rel=1e-4)
    assert float(learned.week.min()) >= 0


@settings(deadline=None)
@given(dates, dates)
def test_what_is_written_down_is_what_was_learned(first, then):
    rhythm = learn(begin([first], NOW), then, last=NOW, now=NOW + 900)
    text = dumps(rhythm)
    again = loads(text)
    assert len(text) < 2200
    assert dumps(again) == text
    assert (again.week == rhythm.week).all()
    assert (again.day == rhythm.day).all()
    assert (again.hour == rhythm.hour).all()


def test_a_rhythm_from_before_minutes_were_counted_is_read():
    rhythm = steady(HOUR)
    facts = json.loads(dumps(rhythm))
    counts = np.frombuffer(base64.b64decode(facts["counts"]), "<f4")[: HOURS + TENTHS]
    old = loads(json.dumps(facts | {"counts": base64.b64encode(counts.tobytes()).decode()}))
    assert (old.day == rhythm.day).all()
    assert old.hour.tolist() == [0.0] * MINUTES
    assert learn(old, [NOW + 90], last=NOW, now=NOW + 900).hour.argmax() == 1


def test_a_batch_is_counted_whole_by_hours_and_as_its_root_by_minutes():
    learned = learn(begin([], NOW), [NOW + second for second in range(16)], last=NOW, now=NOW + HOUR)
    assert float(learned.week.sum()) == pytest.approx(16)
    assert (float(learned.day.sum()), float(learned.hour.sum())) == (pytest.approx(4), pytest.approx(4))


def test_an_article_without_a_believable_date_may_have_come_at_any_minute_between_two_polls():
    learned = learn(begin([], NOW), [None], last=NOW + 60, now=NOW + 659)
    assert np.flatnonzero(learned.hour).tolist() == list(range(1, 11))
    later = learn(begin([], NOW), [None], last=NOW, now=NOW + 3 * HOUR)
    assert later.hour.min() == pytest.approx(later.hour.max(), rel=1e-5)


def test_a_clock_that_was_set_back_does_no_harm():
    rhythm = steady(HOUR)
    earlier = learn(rhythm, [NOW - 400 * DAY, None], last=NOW, now=NOW - 400 * DAY)
    assert earlier.at == NOW
    assert float(earlier.week.sum()) == pytest.approx(float(rhythm.week.sum()) + 2)
