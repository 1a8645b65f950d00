import math
import time
from bisect import bisect
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.counting.spikes import Spike, State, decide, judge
from alerts.counting.tails import at_least, at_least_once, exactly
from alerts.counting.usual import HOUR, learn

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
SPIKE = Spike()
MEANS = st.floats(0.001, 1000)
DISPERSIONS = st.floats(0.01, 5)


def poisson(dice: Random, mean: float) -> int:
    count, left = 0, dice.expovariate(1)
    while left < mean:
        count, left = count + 1, left + dice.expovariate(1)
    return count


def weeks(mean_of_hour, count: int = 4, seed: int = 3) -> list[int]:
    dice = Random(seed)
    return [poisson(dice, mean_of_hour(hour % 168)) for hour in range(168 * count)]


def verdict(history, count, at=timedelta(hours=1), last=None, spike=SPIKE, ended=MONDAY):
    return decide(history, ended, count, ended + at, spike, last=last)


FLAT = weeks(lambda _: 2.0)


# --- tails


@pytest.mark.parametrize("size", [1, 3, 20])
@pytest.mark.parametrize("mean", [Fraction(1, 10), Fraction(5), Fraction(60)])
@pytest.mark.parametrize("count", [1, 2, 7, 40, 150])
def test_a_tail_is_one_less_the_exact_sum_of_what_is_below(size, mean, count):
    share = mean / (mean + size)
    below = sum(math.comb(k + size - 1, k) * share**k * (1 - share) ** size for k in range(count))
    assert at_least(count, float(mean), 1 / size) == pytest.approx(float(1 - below), rel=1e-9, abs=1e-300)


@given(st.integers(0, 300), MEANS, DISPERSIONS)
def test_a_tail_is_the_sum_of_its_parts(count, mean, dispersion):
    whole = at_least(count, mean, dispersion)
    parts = exactly(count, mean, dispersion) + at_least(count + 1, mean, dispersion)
    assert whole == pytest.approx(parts, rel=1e-6, abs=1e-12)


@given(st.integers(0, 100_000), MEANS, DISPERSIONS)
def test_more_is_never_likelier_and_a_higher_mean_never_makes_it_less_likely(count, mean, dispersion):
    chance = at_least(count, mean, dispersion)
    assert 0 <= at_least(count + 1, mean, dispersion) <= chance + 1e-12 <= 1 + 1e-12
    assert at_least(count, mean * 1.1, dispersion) >= chance - 1e-12


@given(st.integers(1, 100_000), MEANS, DISPERSIONS)
def test_who_looks_often_sees_it_at_least_as_often(count, mean, dispersion):
    assert at_least(count, mean, dispersion) <= at_least_once(count, mean, dispersion) <= 1


def test_nearly_without_dispersion_it_is_the_poisson_tail():
    below = sum(math.exp(-4.0) * 4.0**k / math.factorial(k) for k in range(15))
    assert at_least(15, 4.0, 1e-9) == pytest.approx(1 - below, rel=1e-5)


@pytest.mark.parametrize(("count", "mean", "dispersion"), [(100_000, 0.001, 5), (100_000, 99_000, 1e-5), (100_000, 1e5, 0.5)])
def test_extremes_are_finite_and_quick(count, mean, dispersion):
    start = time.perf_counter()
    assert 0 <= at_least_once(count, mean, dispersion) <= 1
    assert time.perf_counter() - start < 0.05


def test_small_chances_are_exact_far_below_the_least_p():
    # P(X ≥ k) of a geometric distribution is (m / (1 + m)) ** k
    assert at_least(50, 0.5, 1) == pytest.approx((1 / 3) ** 50, rel=1e-9)
    assert at_least(600, 0.5, 1) == pytest.approx((1 / 3) ** 600, rel=1e-9)
    assert at_least(100_000, 0.5, 1) == 0


def test_the_chance_of_some_window_of_an_hour_is_that_of_a_simulated_process():
    dice, mean, size, count, hours = Random(5), 3.0, 4, 11, 20_000
    seen = 0
    for _ in range(hours):
        rate = dice.gammavariate(size, mean / size)
        times = sorted(dice.uniform(0, 2) for _ in range(poisson(dice, 2 * rate)))
        seen += (
            any(later < 1 or later - first <= 1 for first, later in zip(times, times[count - 1 :], strict=False) if later > 1)
            or sum(each <= 1 for each in times) >= count
        )
    assert at_least_once(count, mean, 1 / size) == pytest.approx(seen / hours, rel=0.25)


# --- states


def test_nothing_is_judged_before_a_week_was_observed():
    cold = verdict(FLAT[:167], 100)
    assert cold.state is State.COLD_START
    assert cold.sentence == ("100 stories in the last hour; what is usual is known after 7 days, of which 6 days were observed")
    assert verdict(FLAT[:168], 100).state is State.SPIKE


def test_hours_that_were_not_observed_do_not_count_as_quiet_ones():
    assert verdict([None] * 600 + FLAT[:72], 100).state is State.COLD_START
    gaps = [None if hour % 3 else count for hour, count in enumerate(FLAT)]
    assert verdict(gaps, 2).usual == pytest.approx(verdict(FLAT, 2).usual, rel=0.3)


def test_what_was_never_mentioned_is_a_spike_from_the_minimum_on():
    assert verdict([0] * 672, 4).state is State.QUIET
    new = verdict([0] * 672, 5)
    assert new.state is State.SPIKE
    assert new.sentence.startswith("5 stories in the last hour, where there was none in 28 days (chance ")


def test_the_minimum_holds_however_improbable_the_count():
    few = verdict([0] * 672, 9, spike=Spike(minimum=10))
    assert few.state is State.QUIET
    assert few.chance < 1e-6


def test_a_spike_says_how_improbable_it_is():
    found = verdict(FLAT, 20)
    assert found.state is State.SPIKE
    assert found.usual == pytest.approx(2, rel=0.3)
    assert 0 < found.probability < found.chance < 1e-4
    where = f"where {found.usual:.1f} are usual at this hour of the week"
    assert found.sentence == f"20 stories in the last hour, {where} (chance {found.chance:.0e})"


def test_a_smaller_p_asks_for_more():
    least = [
        next(n for n in range(5, 200) if verdict(FLAT, n, spike=Spike(p=p)).state is State.SPIKE) for p in (1e-2, 1e-4, 1e-8)
    ]
    assert least == sorted(set(least))


@given(st.integers(5, 200))
def test_who_is_a_spike_stays_one_with_more(count):
    if judge(count, MONDAY + HOUR, learn(FLAT, MONDAY), SPIKE).state is State.SPIKE:
        assert verdict(FLAT, count + 1).state is State.SPIKE


def test_a_spike_soon_after_the_last_is_the_same():
    now = MONDAY + HOUR
    assert verdict(FLAT, 40, last=now - timedelta(hours=5, minutes=59)).state is State.COOLING
    assert verdict(FLAT, 40, last=now - timedelta(hours=6)).state is State.SPIKE
    assert verdict(FLAT, 2, last=now - HOUR).state is State.QUIET


def test_a_burst_may_not_explain_itself():
    with pytest.raises(ValueError, match="within the hour before"):
        verdict(FLAT, 40, at=timedelta(minutes=59))


@pytest.mark.parametrize(
    "wrong",
    [{"p": 0}, {"p": 1e-13}, {"p": 0.5}, {"minimum": 0}, {"baseline": timedelta(days=6)}, {"warm_up": timedelta(days=1)}],
)
def test_what_cannot_be_judged_is_refused(wrong):
    with pytest.raises(ValueError, match="spike"):
        Spike(**wrong)


# --- what is usual


def burst(history, end_back, hours=3, times=10):
    return [count * times if end_back <= len(history) - at < end_back + hours else count for at, count in enumerate(history)]


@pytest.mark.parametrize("back", [24, 72, 168, 336])
def test_a_burst_of_the_past_does_not_blind(back):
    history = weeks(lambda _: 5.0)
    without, after = learn(history, MONDAY), learn(burst(history, back - 2), MONDAY)
    assert after.dispersion < without.dispersion + 0.05
    assert judge(50, MONDAY + HOUR, after, SPIKE).state is State.SPIKE
    assert judge(25, MONDAY + HOUR, after, SPIKE).chance < 1e-3


def test_what_comes_every_day_at_this_hour_is_no_spike():
    batch = [count + 30 * (hour % 24 == 8) for hour, count in enumerate(FLAT)]
    assert verdict(batch, 36, at=timedelta(hours=9)).state is State.QUIET
    assert verdict(batch, 36, at=timedelta(hours=9, minutes=-20)).state is State.QUIET  # overlaps the hour of the batch
    assert verdict(batch, 36, at=timedelta(hours=12)).state is State.SPIKE
    assert verdict(FLAT, 36, at=timedelta(hours=9)).state is State.SPIKE


def test_what_comes_each_monday_at_this_hour_is_no_spike():
    weekly = [count + 40 * (hour % 168 == 9) for hour, count in enumerate(FLAT)]
    assert verdict(weekly, 45, at=timedelta(hours=10)).state is State.QUIET
    assert verdict(weekly, 45, at=timedelta(hours=20)).state is State.SPIKE


def test_the_mean_is_that_of_the_hour_of_the_week():
    def mean(hour):
        return 1.0 if hour % 24 < 8 else 30.0 if hour // 24 == 3 else 10.0  # busy by day, busiest on Thursdays

    usual = learn(weeks(mean), MONDAY)
    for hour in (14, 2 * 24 + 14, 3 * 24 + 14, 5 * 24 + 14):
        assert usual.mean(MONDAY + timedelta(hours=hour + 1))[0] / usual.level == pytest.approx(mean(hour), rel=0.4)


@pytest.mark.parametrize("ended", [MONDAY, MONDAY + timedelta(hours=37), MONDAY + timedelta(days=6, hours=23)])
def test_hours_keep_their_place_wherever_the_baseline_ends(ended):
    shift = round((ended - MONDAY) / HOUR)
    history = [9 if (hour + shift) % 24 == 14 else 1 for hour in range(672)]
    usual = learn(history, ended)
    after = (14 - ended.hour) % 24
    assert usual.mean(ended + timedelta(hours=after + 1))[0] == pytest.approx(9, rel=0.1)
    assert usual.mean(ended + timedelta(hours=after + 1, minutes=30))[0] == pytest.approx(5, rel=0.15)
    assert usual.mean(ended + timedelta(hours=after + 2))[0] == pytest.approx(1, rel=0.2)
    assert usual.recurring(ended + timedelta(hours=after + 1)) == 9


def test_the_dispersion_is_found():
    dice = Random(8)
    for dispersion in (0.2, 1.0):
        mixed = [poisson(dice, dice.gammavariate(1 / dispersion, 6 * dispersion)) for _ in range(672)]
        assert 0.7 * dispersion < learn(mixed, MONDAY).dispersion < 1.6 * dispersion


def test_a_level_that_rose_is_usual_after_a_day():
    risen = weeks(lambda _: 5.0) + weeks(lambda _: 12.0, 1)[:24]
    assert learn(risen, MONDAY).level > 1.7


def test_when_an_outage_that_was_taken_for_silence_ends_the_usual_is_no_spike():
    silent = [*weeks(lambda _: 5.0)[:-24], *[0] * 24]
    assert learn(silent, MONDAY).level >= 0.5
    assert verdict(silent, 9).state is State.QUIET
    assert verdict(silent, 50).state is State.SPIKE


def test_a_verdict_is_quick():
    usual = learn(FLAT, MONDAY)
    start = time.perf_counter()
    for count in range(100):
        judge(count, MONDAY + HOUR, usual, SPIKE)
    assert (time.perf_counter() - start) / 100 < 0.01  # a fraction of a millisecond, on a machine that is busy


# --- in use


def test_a_restless_subject_is_quiet_and_its_bursts_are_found():
    """Twelve weeks of a subject by day and night whose level wanders, looked at on each story; then a burst each fifth day."""
    dice, history, times, level = Random(2), [], [], 0.0
    for hour in range(16 * 168):
        level = 0.9 * level + dice.gauss(0, 0.12)
        mean = 4 * math.exp(level) * (1 + 0.8 * math.sin(hour * math.pi / 12)) * (0.6 if hour % 168 >= 120 else 1)
        stories = sorted(hour + dice.random() for _ in range(poisson(dice, mean)))
        history.append(len(stories))
        times += stories
    assert alarms(history, times, 4 * 168) <= 1
    found = 0
    for begin in range(5 * 168, 15 * 168, 5 * 24 + 7):
        extra = [begin + dice.uniform(0, 2) for _ in range(9 * (history[begin] + history[begin + 1]) + 10)]
        found += alarms(history, sorted(times + extra), begin, begin + 2) > 0
    assert found >= 12  # of 14


def alarms(history, times, begin, end=math.inf):
    """How many spikes are told, as each story comes, by what was usual up to the hour before."""
    count, last, usual = 0, None, {}
    for at in range(bisect(times, begin), bisect(times, end)):
        near = at + 1 - bisect(times, times[at] - 1)
        if near < SPIKE.minimum:
            continue
        ended = int(times[at]) - 1
        if ended not in usual:
            usual[ended] = learn(history[max(0, ended - 672) : ended], MONDAY + ended * HOUR)
        now = MONDAY + timedelta(hours=times[at])
        if judge(near, now, usual[ended], SPIKE, last).state is State.SPIKE:
            count, last = count + 1, now
    return count
