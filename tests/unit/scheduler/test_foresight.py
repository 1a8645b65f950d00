"""The first poll of a plan lies where it pays, whatever is expected."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.foresight import first_poll

LONG = 780
amounts = st.floats(1e-6, 5.0)


def first(coming, price: float, part: float = 1.0) -> float:
    coming = np.array(coming, float)
    return first_poll(coming, np.full(len(coming), coming.mean()), price, most=360, part=part)


@settings(deadline=None)
@given(st.lists(amounts, min_size=1, max_size=60), st.floats(1e-3, 1e7), st.floats(1e-6, 1.0))
def test_it_is_in_the_time_ahead(some, price, part):
    assert 0 < first((some * LONG)[:LONG], price, part) <= 360


@pytest.mark.parametrize("wanted", [3, 10, 60, 200])
def test_at_an_even_rate_it_is_when_half_of_the_price_was_waited_for_by_the_square_root_law(wanted):
    rate = 0.1
    assert first([rate] * LONG, rate * wanted**2 / 2) == pytest.approx(wanted, rel=0.05)


def test_it_comes_after_a_batch_not_before_it():
    coming = np.full(LONG, 0.01)
    coming[52] = 20.0
    assert first(coming, 30.0) == 53


def test_of_two_batches_that_follow_each_other_the_second_is_waited_for():
    coming = np.full(LONG, 0.001)
    coming[100] = coming[110] = 5.0
    assert first(coming, 200.0) == 111
    assert first(coming, 20.0) == 101


def cost(coming, price: float) -> float:
    """What following the plan costs over days that are all like the same day: polls and waiting."""
    day = len(coming)
    at, waited, polls = 0, 0.0, 0
    while at < 3 * day:
        after = max(round(first(np.resize(np.roll(coming, -(at % day)), LONG), price)), 1)
        spent = np.resize(np.roll(coming, -(at % day)), after)
        waited += float(spent @ (after - 0.5 - np.arange(after)))
        at, polls = at + after, polls + 1
    return (waited + polls * price) / at


def even_cost(coming, price: float) -> float:
    """What it costs to poll by waiting alone: when the price was waited for together."""
    day = len(coming)
    at, waited, polls = 0, 0.0, 0
    while at < 3 * day:
        ahead = np.resize(np.roll(coming, -(at % day)), LONG)
        together = np.cumsum(np.cumsum(ahead) - ahead / 2)
        after = min(int(np.searchsorted(together, price)) + 1, 360)
        waited += float(together[after - 1])
        at, polls = at + after, polls + 1
    return (waited + polls * price) / at


@pytest.mark.parametrize("price", [5.0, 30.0, 200.0])
def test_it_is_cheaper_than_waiting_alone_where_articles_come_in_batches(price):
    random = np.random.default_rng(3)
    coming = np.full(1440, 0.005)
    coming[random.integers(0, 1440, 24)] += 3.0
    assert cost(coming, price) < 0.95 * even_cost(coming, price)


def test_it_is_no_dearer_where_they_come_evenly():
    coming = 0.05 * (1.2 + np.sin(np.arange(1440) / 1440 * 2 * math.pi))
    assert cost(coming, 60.0) < 1.02 * even_cost(coming, 60.0)
