"""When an adaptive source is polled next: laws that hold whatever was learned."""

from datetime import UTC, datetime
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.adaptive import LEAST, MOST, density_for, lean_for, next_poll, polls_a_day
from scheduler.picture import pace_unknown, picture
from scheduler.rhythm import DAY, HOUR, HOURS, MINUTES, RECENT, TENTHS, WEEK, Rhythm, begin, dumps, exposure, learn, loads

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()  # a Monday
rates = st.floats(0.002, 60.0)  # articles an hour
densities = st.floats(0.001, 1000.0)
leans = st.floats(0.0, 0.1)


def even(rate: float, days: float = 28.0) -> Rhythm:
    """A source whose articles came evenly at all hours, as of NOW."""
    empty = Rhythm(NOW - days * DAY, NOW, *(np.zeros(places, np.float32) for places in (HOURS, TENTHS, MINUTES)))
    count = rate * exposure(empty, NOW)
    counts = (np.full(places, count / places, np.float32) for places in (HOURS, TENTHS, MINUTES))
    return Rhythm(empty.since, NOW, *counts, recent=rate * RECENT / HOUR)


def after(rhythm: Rhythm, density: float, now: float = NOW, *, lean: float = 0.0, least: float = LEAST) -> float:
    return next_poll(rhythm, picture(rhythm, now), now, density, lean=lean, least=least) - now


@settings(deadline=None)
@given(rates, densities, st.floats(0.0, 2 * WEEK), leans)
def test_the_next_poll_comes_later_and_within_the_bounds(rate, density, later, lean):
    assert LEAST - 1e-3 <= after(even(rate), density, NOW + later, lean=lean) <= MOST + 1e-3


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(NOW - 60 * DAY, NOW + 60 * DAY)), max_size=50), densities, st.floats(-DAY, DAY))
def test_whatever_a_feed_says_of_its_dates_the_next_poll_is_within_the_bounds(dates, density, moved):
    rhythm = learn(begin([dates], NOW), dates, last=NOW, now=NOW + 60)
    assert LEAST - 1e-3 <= after(rhythm, density, NOW + moved) <= MOST + 1e-3


@settings(deadline=None)
@given(rates, st.floats(1.0, 10.0), densities, leans)
def test_more_articles_are_no_reason_to_poll_less(rate, times, density, lean):
    assert after(even(rate * times), density, lean=lean) <= after(even(rate), density, lean=lean) * 1.05 + 60


@settings(deadline=None)
@given(rates, densities, st.floats(1.0, 10.0))
def test_a_greater_density_is_never_fewer_polls(rate, density, times):
    assert after(even(rate), density * times) <= after(even(rate), density) * 1.05 + 60


@pytest.mark.parametrize(("lean", "times"), [(0.0, 2.0), (0.1, 4**0.6)])
def test_four_times_the_articles_are_twice_the_polls_and_some_more_where_polls_are_scarce(lean, times):
    assert after(even(4.0), 2.0, lean=lean) == pytest.approx(after(even(1.0), 2.0, lean=lean) / times, abs=90)


def test_polls_are_ample_at_a_quarter_of_an_hour_and_scarce_at_an_hour():
    assert [lean_for(minutes * 60.0) for minutes in (1, 15, 30, 60, 600)] == pytest.approx([0, 0, 0.05, 0.1, 0.1])


@settings(deadline=None)
@given(rates, densities, st.floats(LEAST, HOUR))
def test_a_feed_that_asks_for_rest_has_it(rate, density, least):
    assert after(even(rate), density, least=least) >= least - 1e-3


@settings(deadline=None)
@given(st.lists(st.floats(NOW - 20 * DAY, NOW), min_size=2, max_size=50), densities)
def test_what_was_learned_is_followed_after_a_restart(dates, density):
    rhythm = begin([dates], NOW)
    assert after(loads(dumps(rhythm)), density) == pytest.approx(after(rhythm, density), abs=1)


def at_noon() -> Rhythm:
    """A source that published ten articles just before noon of each of 21 days; as of nine o'clock after them."""
    dates = [NOW - DAY * day - 10 - second for day in range(22) for second in range(10)]
    return begin([dates], NOW + 21 * HOUR)


def test_a_daily_batch_is_looked_for_when_it_comes():
    rhythm, noon = at_noon(), NOW + DAY
    density = density_for([(picture(rhythm, rhythm.at).pace(0.0), LEAST)], 2 * HOUR)
    assert after(rhythm, density, noon - HOUR) == HOUR
    assert after(rhythm, density, noon + HOUR) > 2.5 * HOUR


def test_how_often_a_source_is_polled_is_told_by_its_plan():
    """One that publishes at :00 and :30 is polled then, not as often as the square root law makes of its rate."""
    random = Random(1)
    rhythm = begin([[NOW - 1800 * half for half in range(1, 1300) if random.random() < 0.8]], NOW)
    seen = picture(rhythm, NOW)
    density = density_for([(seen.pace(0.0), LEAST)], 750.0)
    assert density * seen.pace(0.0) * 24 == pytest.approx(115, rel=0.01)
    at, polls, came = NOW, 0, [NOW + 1800 * half for half in range(48) if random.random() < 0.8]
    while at < NOW + DAY:
        last, at = at, next_poll(rhythm, picture(rhythm, at), at, density)
        rhythm = learn(rhythm, [each for each in came if last < each <= at], last=last, now=at)
        polls += 1
    assert polls_a_day(seen, density) == pytest.approx(polls, rel=0.1)
    assert polls < 60


@pytest.mark.parametrize("rate", [0.2, 2.0, 20.0])
def test_a_source_whose_articles_come_evenly_is_polled_as_the_law_says(rate):
    seen = picture(even(rate), NOW)
    density = density_for([(seen.pace(0.0), LEAST)], 900.0)
    assert polls_a_day(seen, density) == pytest.approx(96, rel=0.07)  # 15 minutes become 16: plans are made in whole ones


@pytest.mark.parametrize("minute", [0, 7, 29])
def test_a_source_that_publishes_at_a_minute_of_the_hour_is_polled_right_after_it(minute):
    random = Random(minute)
    past = [NOW - HOUR * hour + 60 * (minute + 30 * half) for hour in range(1, 400) for half in (0, 1) if random.random() < 0.3]
    scattered = [NOW - random.uniform(0, 400 * HOUR) for _ in range(40)]
    rhythm = begin([past, scattered], NOW)
    density = density_for([(picture(rhythm, NOW).pace(0.0), LEAST)], 900.0)
    at, late = NOW, []
    while at < NOW + DAY:
        at = next_poll(rhythm, picture(rhythm, at), at, density)
        late.append((at / 60 - minute) % 30)
    assert sum(each <= 2.1 for each in late) > 40  # of 48 half hours


def test_a_burst_is_followed_up_and_silence_is_not():
    rhythm = even(2.0)
    burst = learn(rhythm, [NOW + second for second in range(20)], last=NOW, now=NOW + 60)
    assert after(burst, 1.0, NOW + 60) < after(rhythm, 1.0, NOW) < after(rhythm, 1.0, NOW + 6 * HOUR)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0.01, 30.0), st.floats(0.0, HOUR)), min_size=1, max_size=40), st.floats(300.0, 2 * HOUR))
def test_all_sources_together_keep_the_budget_as_far_as_their_bounds_allow(sources, budget):
    density = density_for(sources, budget)
    polls = sum(min(max(density * pace, HOUR / MOST), HOUR / max(least, LEAST)) for pace, least in sources)
    most = sum(HOUR / max(least, LEAST) for _, least in sources)
    assert polls == pytest.approx(min(len(sources) * HOUR / budget, most), rel=0.01)


def test_a_desk_without_sources_has_a_density():
    assert density_for([], 900.0) == pytest.approx(4 / pace_unknown(0.0))


def test_the_budget_is_kept_on_average_over_a_week():
    random = Random(1)
    hourly = (12.0, 1.0, 0.2, 0.05)
    rhythms = [even(rate) for rate in hourly]
    density = density_for([(picture(rhythm, NOW).pace(0.0), LEAST) for rhythm in rhythms], 900.0)
    polls = 0
    for first, rate in zip(rhythms, hourly, strict=True):
        times = sorted(NOW + random.uniform(0, WEEK) for _ in range(int(rate * HOURS)))
        rhythm, last, shown = first, NOW, 0
        while last < NOW + WEEK:
            now = next_poll(rhythm, picture(rhythm, last), last, density)
            come = [at for at in times[shown:] if at <= now]
            if come:
                rhythm, shown = learn(rhythm, come, last=last, now=now), shown + len(come)
            last = now
            polls += 1
    assert polls == pytest.approx(4 * WEEK / 900, rel=0.1)
