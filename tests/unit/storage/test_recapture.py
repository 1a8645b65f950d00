import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.recapture import FEWEST, estimate


def test_two_routes_that_show_the_same_show_all_and_how_sure_that_is_depends_on_their_number():
    few, many = estimate(10, 10, 10), estimate(400, 400, 400)
    assert few.share == many.share == few.high == 1
    assert few.low < 0.95
    assert many.low > 0.99


def test_a_textbook_example():
    """Seber 1982, chapter 3: Chapman's estimate of 201 × 121 / 13 - 1 for 200 marked, 120 caught, 12 of them marked."""
    found = estimate(200, 120, 12)
    assert found.seen == 308
    assert found.share == pytest.approx(308 / (201 * 121 / 13 - 1))
    assert found.low < found.share < found.high


def test_too_few_in_common_tell_nothing():
    assert estimate(500, 500, FEWEST - 1) is None
    assert estimate(0, 0, 0) is None


@pytest.mark.parametrize("omitted", [(0.2, 0.3), (0.05, 0.4), (0.5, 0.5)])
def test_the_interval_holds_the_truth_as_often_as_it_says(omitted):
    dice, held, rounds, size = random.Random(5), 0, 200, 300
    for _ in range(rounds):
        sides = [{number for number in range(size) if dice.random() >= share} for share in omitted]
        found = estimate(len(sides[0]), len(sides[1]), len(sides[0] & sides[1]))
        truth = len(sides[0] | sides[1]) / size
        held += found.low <= truth <= found.high
    assert held / rounds >= 0.93


@given(st.integers(0, 60), st.integers(0, 60), st.integers(FEWEST, 60))
def test_the_share_lies_in_its_interval_and_is_one(only_first, only_second, both):
    found = estimate(only_first + both, only_second + both, both)
    assert 0 < found.low <= found.high <= 1
    assert found.low <= found.share + 1e-9
    assert found.seen == only_first + only_second + both
