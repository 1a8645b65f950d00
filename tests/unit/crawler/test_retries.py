from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.retries import LASTING, missed_looks, next_look, next_try
from storage.models import Looks, Reason

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def waits(reason):
    found = []
    while (due := next_try(reason, len(found) + 1, NOW)) is not None:
        found.append((due - NOW).total_seconds())
    return found


PATIENT = (Reason.HTTP_STATUS, Reason.UNREACHABLE, Reason.TIMEOUT, Reason.INTERRUPTED)
SLIPS = (Reason.ROBOTS, Reason.ADDRESS_REFUSED, Reason.LEFT_SITE, Reason.NOT_HTML)


@pytest.mark.parametrize("reason", PATIENT)
def test_trouble_of_a_server_is_outlasted(reason):
    tries = waits(reason)
    assert tries[0] <= 5  # most failures are hiccups
    assert sum(tries) >= 24 * 3600
    assert all(later >= earlier for earlier, later in pairwise(tries))


@pytest.mark.parametrize("reason", SLIPS)
def test_what_a_site_may_take_back_is_asked_again_ever_more_rarely_for_days(reason):
    tries = waits(reason)
    assert tries[0] >= 3600
    assert 3 * 86_400 <= sum(tries) <= 5 * 86_400
    assert len(tries) <= 6
    assert all(later >= earlier for earlier, later in pairwise(tries))
    assert reason in LASTING


def test_what_is_too_large_is_fetched_three_times_at_most():
    assert len(waits(Reason.TOO_LARGE)) == 2


def test_what_another_try_cannot_mend_is_given_up_at_once():
    assert next_try(Reason.PRUNED, 1, NOW) is None


def test_a_page_that_is_not_there_is_asked_for_at_once_again_and_on_the_next_day():
    tries = waits(Reason.NOT_FOUND)
    assert tries[0] <= 60
    assert 86_400 < sum(tries) < 2 * 86_400
    assert len(tries) == 5


def test_a_page_that_is_unreadable_has_a_few_more_chances():
    assert len(waits(Reason.NO_TEXT)) == 2


@given(st.sampled_from(Reason), st.integers(min_value=1, max_value=1000))
def test_a_next_try_is_always_later_and_there_is_an_end(reason, attempts):
    due = next_try(reason, attempts, NOW)
    assert due is None or due > NOW
    assert next_try(reason, 20, NOW) is None


def test_a_known_article_is_looked_at_after_15_minutes_2_hours_and_a_day():
    looks, now = [], NOW
    while (look := next_look(NOW, now)) is not None:
        looks.append(look - NOW)
        now = look
    assert looks == [timedelta(minutes=15), timedelta(hours=2), timedelta(days=1)]


def test_looks_of_a_week_grow_rarer_and_can_be_left_out():
    looks, now = [], NOW
    while (look := next_look(NOW, now, Looks.WEEK)) is not None:
        looks.append((look - NOW) / timedelta(hours=1))
        now = look
    assert looks == [0.25, 1, 4, 12, 24, 48, 96, 168]
    assert next_look(NOW, NOW, Looks.OFF) is None


def test_looks_that_fell_due_while_one_waited_are_counted():
    due = NOW + timedelta(minutes=15)
    late = {timedelta(minutes=16): 0, timedelta(hours=1): 1, timedelta(hours=5): 2, timedelta(days=30): 7}
    assert {wait: missed_looks(NOW, due, NOW + wait, Looks.WEEK) for wait in late} == late
    assert missed_looks(NOW, due, NOW + timedelta(days=30), Looks.OFF) == 0


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)))
def test_a_look_is_always_ahead_also_for_who_comes_late(late):
    look = next_look(NOW, NOW + late)
    assert (look is None) == (late >= timedelta(days=1))
    assert look is None or look > NOW + late
