from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.slowing import GOOD_ANSWERS, LONGEST_PAUSE, Reply, Times, What, after, is_held
from storage.models import Slowdown

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
M = 1_000_000.0
SITE = "paper.example"


def times(seconds=0.0, second=1.0):
    return Times(NOW + timedelta(seconds=seconds), M + seconds * second, second)


def reply(status, path="/a", what=What.PAGE, asked=None):
    return Reply(status, f"https://{SITE}{path}", what, asked)


def learn(*told, known=None, delay=1.0):
    """What is known after replies, each at its second."""
    for seconds, each in told:
        known = after(known, SITE, each, times(seconds), delay=delay)
    return known


def held_for(state, seconds=0.0):
    return (state.until - times(seconds).now).total_seconds(), state.hold_machine - times(seconds).machine


@pytest.mark.parametrize("status", [429, 403, 503])
def test_a_retry_after_is_kept_whatever_the_status(status):
    known = learn((0, reply(status, asked=300.0)))
    assert (held_for(known), known.pause, known.status) == ((300, 300), 2.0, status)


@pytest.mark.parametrize("status", [429, 403, 503])
def test_a_listing_that_is_refused_is_meant_for_us(status):
    known = learn((0, reply(status, what=What.LISTING)))
    assert (held_for(known), known.pause) == ((60, 60), 2.0)


def test_a_429_holds_wherever_it_comes_from():
    for what in What:
        assert held_for(learn((0, reply(429, what=what)))) == (60, 60)


def test_one_page_that_is_refused_again_and_again_stops_nobody():
    known = learn(*((seconds, reply(403)) for seconds in (0, 2, 62, 362)))
    assert (known.until, known.pause, known.hold_machine) == (None, None, 0.0)
    assert learn((400, reply(200, "/b")), known=known) is None


def test_a_second_page_that_is_refused_holds_the_domain_unless_one_was_given_in_between():
    assert held_for(learn((0, reply(403, "/a")), (1, reply(403, "/b"))), 1) == (60, 60)
    known = learn((0, reply(403, "/a")), (1, reply(200, "/c")), (2, reply(403, "/b")))
    assert (known.pause, known.warned) == (None, f"https://{SITE}/b")


def test_pages_that_break_make_us_slower_and_hold_nobody():
    known = learn((0, reply(503, "/a")), (1, reply(503, "/b")), (2, reply(503, "/c")), (3, reply(503, "/d")))
    assert (known.pause, known.until) == (2.0, None)  # together they count once
    assert learn((602, reply(503, "/e")), (603, reply(503, "/f")), known=known).pause == 4.0


def test_what_is_refused_for_reasons_of_its_own_says_nothing():
    for status in (403, 503):
        assert learn((0, reply(status, what=What.OTHER)), (1, reply(status, "/b", What.OTHER))) is None


@pytest.mark.parametrize("status", [200, 301, 304, 401, 404, 410, 451, 500, 502])
def test_other_answers_of_a_domain_that_is_as_usual_leave_nothing(status):
    assert learn((0, reply(status, what=What.LISTING))) is None


def test_holds_double_up_to_an_hour_and_pauses_up_to_a_minute():
    known, now, holds, pauses = None, 0.0, [], []
    for _ in range(8):
        known = learn((now, reply(429)), known=known)
        holds.append(held_for(known, now)[0])
        pauses.append(known.pause)
        now += holds[-1] + 1
    assert holds == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert pauses == [2, 4, 8, 16, 32, 60, 60, 60]


def test_answers_that_were_under_way_when_a_hold_began_count_once_and_only_lengthen_it():
    known = learn((0, reply(429, asked=100.0)), (1, reply(429, "/b", asked=50.0)))
    assert (held_for(known, 1), known.pause, known.strikes) == ((99, 99), 2.0, 1)
    assert held_for(learn((2, reply(429, "/c", asked=400.0)), known=known), 2) == (400, 400)
    assert learn((3, reply(200, "/d")), known=known) is known


def test_a_hold_is_of_the_calendar_and_its_real_seconds_follow_the_clock():
    known = after(None, SITE, reply(429, asked=600.0), times(second=0.01), delay=1.0)
    assert held_for(known) == (600, 6)
    assert is_held(known, Times(NOW, M + 5))
    assert not is_held(known, Times(NOW, M + 6))
    assert not is_held(known, Times(NOW + timedelta(seconds=600), M))


def test_good_answers_give_back_half_and_then_all():
    known = learn((0, reply(429, asked=0.0)), (1, reply(429, asked=0.0)), (2, reply(429, asked=0.0)))
    assert (known.pause, known.strikes) == (8, 3)
    pauses = []
    for _ in range(3 * GOOD_ANSWERS):
        known = learn((10, reply(200)), known=known)
        pauses.append(known and known.pause)
    assert pauses == [8] * 9 + [4] * 10 + [2] * 10 + [None]


def test_a_refusal_begins_the_count_anew():
    known = learn((0, reply(429, asked=0.0)), *((1, reply(200)) for _ in range(9)), (2, reply(429, asked=0.0)))
    assert (known.pause, known.good) == (4, 0)


@given(
    st.lists(st.tuples(st.floats(0, 4000), st.sampled_from([200, 304, 403, 404, 429, 500, 503]), st.sampled_from(What),
                       st.sampled_from(["/a", "/b"]), st.none() | st.floats(0, 86_400)), max_size=40),
    st.sampled_from([0.0, 1.0, 10.0]),
)  # fmt: skip
def test_laws(steps, delay):
    """A pause is never shorter than usual nor longer than a minute, and a hold is never shortened but by time."""
    known: Slowdown | None = None
    now = 0.0
    for wait, status, what, path, asked in steps:
        now += wait
        before = known
        known = after(
            before, SITE, reply(status, path, what, asked if status in (403, 429, 503) else None), times(now), delay=delay
        )
        if before is not None and is_held(before, times(now)):
            assert known is not None
            assert known.hold_machine >= before.hold_machine
        if known is not None and known.pause is not None:
            assert delay <= known.pause <= LONGEST_PAUSE
            assert known.strikes >= 0
            assert after(replace(known), SITE, reply(500), times(now), delay=delay) == known
