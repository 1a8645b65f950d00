import random
from datetime import UTC, datetime, timedelta

import pytest

from storage.losses import Loss, at_once, covered, losses
from storage.models import Gap
from storage.recapture import estimate, with_losses

START = datetime(2026, 11, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)


def hours(number):
    return START + number * HOUR


def news(days, per_day, seed, profile=lambda hour: 1.0):
    """When articles come out, by a Poisson process whose rate follows the hour of the day."""
    dice, found, at = random.Random(seed), [], 0.0
    while (at := at + dice.expovariate(per_day / 24 * 3)) < 24 * days:
        if dice.random() < profile(at % 24) / 3:
            found.append(START + at * HOUR)
    return found


def world(articles, outages, window, *, dated=True):
    """What is caught of them, and the gaps: no answer in the outages, and a feed of so many entries after each."""
    caught, gaps = [], []
    for at in articles:
        after = next((end for begun, end in outages if begun <= at < end), None)
        if after is None or at in [each for each in articles if each < after][-window:]:
            caught.append(at)
    for number, (begun, end) in enumerate(outages):
        newest = [each for each in articles if each < end][-window:]
        if newest[0] > begun:
            gaps.append(Gap(number, 1, begun, end, window, reaches=newest[0] if dated else None, outage=True))
    return caught, gaps


OUTAGES = [(hours(24 * day + 8), hours(24 * day + 22)) for day in range(1, 7)]


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_daily_outages_are_taken_in(seed, dated):
    articles = news(7, 120, seed)
    caught, gaps = world(articles, OUTAGES, 30, dated=dated)
    seen = caught if dated else [max([at, *(end for begun, end in OUTAGES if begun <= at < end)]) for at in caught]
    span = hours(0), hours(7 * 24)
    lost = losses(gaps, seen, span, span)
    assert lost.low <= len(articles) - len(caught) <= lost.high
    found = with_losses(estimate(len(caught), len(caught) // 2, len(caught) // 2), lost)
    assert found.share == pytest.approx(len(caught) / len(articles), abs=0.06 if dated else 0.08)
    assert found.low <= len(caught) / len(articles) <= found.high < 0.9


def test_a_night_in_which_nothing_is_published_loses_little():
    articles = news(7, 120, 1, lambda hour: 0.05 if hour < 6 else 1.3)
    nights, days = [(hours(120), hours(126))], [(hours(128), hours(134))]
    span = hours(0), hours(168)
    by_night, by_day = (losses(world(articles, each, 5)[1], world(articles, each, 5)[0], span, span) for each in (nights, days))
    assert by_night is None or by_night.articles < 10
    assert 20 < by_day.articles < 45


def test_what_another_listing_has_shown_of_a_gap_was_not_lost():
    articles = news(7, 120, 2)
    _, gaps = world(articles, OUTAGES[:1], 30)
    span = hours(0), hours(168)
    assert losses(gaps, articles, span, span).articles < 10


def test_two_feeds_that_break_off_at_once_lose_it_once():
    caught, gaps = world(news(7, 120, 3), OUTAGES[:1], 30)
    span = hours(0), hours(168)
    twice = losses([*gaps, *gaps], caught, span, span)
    assert twice.articles == losses(gaps, caught, span, span).articles


def test_without_a_gap_or_before_anything_is_usual_nothing_is_said():
    span = hours(0), hours(168)
    assert losses([], news(7, 120, 3), span, span) is None
    assert losses([Gap(1, 1, hours(30), hours(40), 30)], news(7, 120, 3)[:5], span, span) is None
    assert with_losses(estimate(9, 9, 9), None) == estimate(9, 9, 9)


def test_what_the_routes_leave_out_is_left_out_of_what_was_lost_too():
    """Each shows four of five; half the time was lost, and it is reckoned by what is caught."""
    dice = random.Random(7)
    sides = [{n for n in range(1000) if dice.random() < 0.8} for _ in range(2)]
    found = estimate(len(sides[0]), len(sides[1]), len(sides[0] & sides[1]))
    caught = found.seen
    lost = Loss(float(caught), caught - 50.0, caught + 50.0, 1, 84.0, caught)
    assert with_losses(found, lost).share == pytest.approx(caught / 2000, abs=0.01)


def test_gaps_at_once_are_one_and_filled_only_when_all_of_it_is():
    gaps = [
        Gap(1, 1, hours(10), hours(14), 30, filled=hours(15), brought=4),
        Gap(2, 2, hours(10), hours(15), 40, outage=True),
        Gap(3, 1, hours(15), hours(20), 30, filled=hours(20)),
    ]
    first, second = at_once(gaps)
    assert (first.after, first.at, first.filled, first.brought, first.outage) == (hours(10), hours(15), None, 4, True)
    assert second == gaps[2], "what only touches is another time"
    assert at_once(gaps[::-1]) == [second, first], "in the order that they came in"


def test_what_gaps_leave_open_is_not_covered():
    gaps = [Gap(1, 1, hours(10), hours(14), 30, reaches=hours(12))]
    assert covered((hours(0), hours(20)), gaps) == [(hours(0), hours(10)), (hours(12), hours(20))]
