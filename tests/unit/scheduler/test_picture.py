"""What a rhythm looks like: no finer than what was counted bears."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.picture import picture
from scheduler.rhythm import DAY, HOUR, begin, hour_of_week

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()  # a Monday
instants = st.lists(st.floats(NOW - 27 * DAY, NOW), max_size=60)


@settings(deadline=None)
@given(instants)
def test_whatever_came_nothing_is_impossible_and_nothing_certain(dates):
    seen = picture(begin([dates], NOW), NOW)
    assert seen.hours.min() > 0
    assert seen.minutes.min() > 0
    assert seen.rate < len(dates) / HOUR + 60 * max(len(dates), 1)
    assert seen.pace(0.0) <= (seen.rate**0.5) * 1.001  # the even rate takes the most polls


def at_noon() -> list[float]:
    return [NOW - DAY * day - 10 - second for day in range(22) for second in range(10)]


def test_a_batch_is_expected_in_its_ten_minutes_and_not_in_the_hours_beside_them():
    seen = picture(begin([at_noon()], NOW + 21 * HOUR), NOW + 21 * HOUR)
    daily = [seen.hours[hour] * seen.minutes[60 * hour : 60 * hour + 60].mean() for hour in range(24)]
    assert daily[11] > 0.75 * sum(daily)
    assert seen.minutes[719] > 20 * seen.minutes[660]
    assert max(daily[10], daily[12]) < 0.05 * daily[11]
    assert seen.rate * 24 == pytest.approx(10, rel=0.15)


def test_hours_are_told_apart_only_as_far_as_articles_were_counted():
    busy = picture(begin([at_noon()], NOW + 21 * HOUR), NOW + 21 * HOUR).hours
    assert busy[hour_of_week(NOW - 60)] > 5 * busy[hour_of_week(NOW + 12 * HOUR)]
    few = picture(begin([[NOW - day * (DAY + 1000) for day in range(4)]], NOW + 21 * HOUR), NOW + 21 * HOUR)
    assert max(few.hours) < 4 * min(few.hours)
    assert max(few.minutes) < 5 * min(few.minutes)


@pytest.mark.parametrize("seed", range(5))
def test_what_chance_scatters_has_no_minutes_of_its_own(seed):
    random = Random(seed)
    scattered = picture(begin([[NOW - random.uniform(0, 27 * DAY) for _ in range(400)]], NOW), NOW)
    assert scattered.minutes.max() < 2.5 * scattered.minutes.min()


def test_a_minute_of_the_hour_is_known_after_some_days():
    random = Random(1)
    dates = [NOW - HOUR * hour + 120 for hour in range(1, 200) if random.random() < 0.3]
    seen = picture(begin([dates], NOW), NOW)
    assert seen.minutes.reshape(24, 60)[:, 2].mean() > 10
