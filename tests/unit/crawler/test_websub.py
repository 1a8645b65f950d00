"""What is to be done about a hub, by what it said and by the clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.weblinks import Named
from crawler.websub import (
    GRACE,
    LEASE,
    PATIENCE,
    confirmed,
    confirms,
    denied,
    failed,
    fetched,
    form,
    has_moved,
    is_silent,
    is_told,
    lapsed,
    made,
    named,
    next_step,
    pushed,
    redirected,
    rests_until,
    to_be_fetched,
)
from storage.models import Feed, FeedKind, HubState

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PUBLIC = "https://desk.example"
TOPIC, FIRST, SECOND = "https://paper.example/feed.xml", "https://hub.example/", "https://other.example/"
SECOND_OF_TIME, MINUTE, HOUR, DAY = (timedelta(seconds=each) for each in (1, 60, 3_600, 86_400))
FEED = Feed(TOPIC, FeedKind.RSS, id=7, checked=NOW)
WANTED = made(7, Named((FIRST, SECOND), TOPIC), NOW, token="token", secret="secret")
ASKED = next_step(WANTED, PUBLIC, NOW)
ACTIVE = replace(confirmed(ASKED, "86400", NOW), fetch_at=None)
LEAVING = replace(ACTIVE, state=HubState.LEAVING, feed_id=None, due=NOW)


# --- what a feed names


@pytest.mark.parametrize(
    ("headers", "inside", "found"),
    [
        ([], Named(), Named()),
        ([], Named((FIRST,), TOPIC), Named((FIRST,), TOPIC)),
        ([], Named((FIRST,)), Named((FIRST,), "https://paper.example/asked")),  # it does not say what it is called
        (["</hub>; rel=hub", "</me>; rel=self"], Named((FIRST,), TOPIC),
         Named(("https://paper.example/hub",), "https://paper.example/me")),
        (["</hub>; rel=hub"], Named((FIRST,), TOPIC), Named(("https://paper.example/hub",), TOPIC)),
        (["</me>; rel=self"], Named((FIRST,)), Named((FIRST,), "https://paper.example/me")),
        (["</me>; rel=self"], Named((), TOPIC), Named()),
        ([], Named((FIRST,), "urn:paper"), Named((FIRST,), "https://paper.example/asked")),
        ([], Named(("ftp://hub.example/", SECOND), TOPIC), Named((SECOND,), TOPIC)),
        ([], Named((f"https://hub.example/{'x' * 3_000}",), TOPIC), Named()),
    ],
)  # fmt: skip
def test_headers_speak_before_the_feed_itself(headers, inside, found):
    assert named(headers, "https://paper.example/asked", inside) == found


def test_of_many_hubs_five_are_known():
    many = tuple(f"https://{number}.example/" for number in range(40))
    assert named([], TOPIC, Named(many, TOPIC)).hubs == many[:5]


# --- asking


def test_the_request_is_as_the_recommendation_says():
    assert form(ASKED) == {
        "hub.mode": "subscribe", "hub.topic": TOPIC, "hub.callback": "https://desk.example/websub/token",
        "hub.lease_seconds": str(10 * 86_400), "hub.secret": "secret",
    }  # fmt: skip
    assert form(next_step(LEAVING, "https://moved.example", NOW)) == {
        "hub.mode": "unsubscribe", "hub.topic": TOPIC, "hub.callback": "https://desk.example/websub/token",
    }  # fmt: skip


def test_a_hub_that_does_not_confirm_is_a_failure_and_the_next_one_is_asked():
    later = ASKED.due
    assert later == NOW + PATIENCE
    known = next_step(ASKED, PUBLIC, later)
    assert (known.asked, known.hub, known.failures, known.due) == (None, SECOND, 1, later + MINUTE)
    assert "can https://desk.example/websub/token be reached from outside?" in known.error
    assert next_step(known, PUBLIC, known.due).asked == known.due


def test_tries_become_rarer_and_never_end():
    known, waits, at = WANTED, [], NOW
    for _ in range(9):
        known = failed(known, "it is down", at)
        waits.append(known.due - at)
        at = known.due
    assert waits == sorted(waits)
    assert waits[0] == MINUTE
    assert waits[-1] == waits[-2] == DAY


def test_while_a_lease_runs_it_stays_with_its_hub_and_is_looked_at_when_that_ends():
    known, at = ACTIVE, ACTIVE.due
    assert at == NOW + 0.8 * DAY
    for _ in range(20):
        known = next_step(known, PUBLIC, at)
        if known.asked == at:
            known = failed(known, "it is down", at)
        if not is_told(known, at):
            break
        assert known.hub == FIRST
        assert known.due <= known.lease
        at = known.due
    assert at == ACTIVE.lease
    assert (known.state, known.since) == (HubState.WANTED, None)


def test_whose_address_has_changed_is_asked_for_anew():
    assert not has_moved(ACTIVE, PUBLIC)
    assert has_moved(ACTIVE, "https://moved.example")
    assert not has_moved(WANTED, "https://moved.example")
    assert not has_moved(LEAVING, "https://moved.example")


def test_nobody_is_told_of_what_they_have_forgotten_already():
    assert next_step(LEAVING, PUBLIC, LEAVING.lease) is None
    assert next_step(replace(LEAVING, lease=None), PUBLIC, NOW) is None
    known, asked, at = LEAVING, 0, NOW
    while (step := next_step(known, PUBLIC, at)) is not None:
        known = failed(step, "it is down", at)
        asked, at = asked + 1, known.due
    assert 1 < asked <= 5


@pytest.mark.parametrize(
    ("url", "status", "location", "target"),
    [
        (FIRST, 307, "/there", "https://hub.example/there"),
        (FIRST, 308, SECOND, SECOND),
        (FIRST, 302, SECOND, SECOND),
        (FIRST, 303, SECOND, None),
        (FIRST, 307, None, None),
        (FIRST, 307, "https://[::1", None),
        (FIRST, 307, "http://hub.example/", None),
        (FIRST, 307, "ftp://hub.example/", None),
        ("http://hub.example/", 307, FIRST, FIRST),
    ],
)
def test_where_a_hub_sends_us(url, status, location, target):
    assert redirected(url, status, location) == target


# --- what hubs say


@pytest.mark.parametrize(
    ("known", "mode", "topic", "meant"),
    [
        (ASKED, "subscribe", TOPIC, True),
        (ACTIVE, "subscribe", TOPIC, True),  # a renewal
        (ASKED, "subscribe", "https://paper.example/other.xml", False),
        (ASKED, "unsubscribe", TOPIC, False),
        (ACTIVE, "unsubscribe", TOPIC, False),
        (ASKED, "publish", TOPIC, False),
        (WANTED, "subscribe", TOPIC, False),  # it was not asked yet
        (denied(ASKED, "", NOW), "subscribe", TOPIC, False),
        (LEAVING, "unsubscribe", TOPIC, True),
        (LEAVING, "subscribe", TOPIC, False),
    ],
)
def test_what_we_meant(known, mode, topic, meant):
    assert confirms(known, mode, topic) is meant


@pytest.mark.parametrize(
    ("said", "lease"),
    [("3600", HOUR), ("1", MINUTE), ("0", MINUTE), ("-5", LEASE), ("", LEASE), ("soon", LEASE), ("٣٦٠٠", LEASE),
     ("999999999", timedelta(days=366)), ("9" * 40, LEASE)],
)  # fmt: skip
def test_leases_are_as_the_hub_says_within_bounds(said, lease):
    known = confirmed(ASKED, said, NOW)
    assert known.lease - NOW == lease
    assert NOW < known.due < known.lease


def test_a_subscription_begins_with_one_fetch_and_a_renewal_with_none():
    begun = confirmed(ASKED, "86400", NOW)
    assert (begun.state, begun.since, begun.fetch_at, begun.tries) == (HubState.ACTIVE, NOW, NOW, 0)
    renewed = confirmed(replace(ACTIVE, asked=NOW), "86400", NOW + HOUR)
    assert (renewed.since, renewed.fetch_at, renewed.asked) == (NOW, None, None)
    late = confirmed(ACTIVE, "86400", ACTIVE.lease + HOUR)
    assert (late.since, late.fetch_at) == (ACTIVE.lease + HOUR, ACTIVE.lease + HOUR)


def test_a_denial_leads_to_the_next_hub_and_after_the_last_to_a_week_of_peace():
    once = denied(ACTIVE, "no\x1b[31m room", NOW)
    assert (once.state, once.hub, once.due, once.lease) == (HubState.DENIED, SECOND, NOW + MINUTE, None)
    assert once.error.startswith(f"{FIRST} denied it: no")
    assert "\x1b" not in once.error
    again = next_step(once, PUBLIC, once.due)
    assert (again.state, again.asked) == (HubState.WANTED, once.due)
    twice = denied(again, "", once.due)
    assert (twice.hub, twice.due) == (FIRST, once.due + 7 * DAY)


def test_the_first_push_is_followed_at_once_and_others_not_every_moment():
    known = pushed(ACTIVE, NOW)
    assert known.fetch_at == NOW
    fetches, at = [], NOW
    for _ in range(120):  # a push each second, and a fetch whenever one is due
        known = pushed(known, at)
        if known.fetch_at <= at:
            fetches.append(at)
            known = fetched(known, FEED, at, at, new=1, changed=0)
        at += SECOND_OF_TIME
    assert 11 <= len(fetches) <= 13


def test_what_was_asked_for_before_the_push_does_not_answer_it():
    known = pushed(ACTIVE, NOW + 2 * SECOND_OF_TIME)
    still = fetched(known, FEED, NOW, NOW + 3 * SECOND_OF_TIME, new=1, changed=0)
    assert still.fetch_at is not None
    assert fetched(known, FEED, NOW + 2 * SECOND_OF_TIME, NOW + 3 * SECOND_OF_TIME, new=1, changed=0).fetch_at is None


def test_a_push_of_which_the_feed_shows_nothing_yet_is_followed_twice_more():
    known, at, waits = pushed(ACTIVE, NOW), NOW, []
    while known.fetch_at is not None:
        at = known.fetch_at
        known = fetched(known, FEED, at, at, new=0, changed=0)
        waits.append(at - NOW)
    assert waits == [timedelta(0), MINUTE, 6 * MINUTE]
    assert fetched(pushed(ACTIVE, NOW), FEED, NOW, NOW, new=0, changed=1).fetch_at is None
    caught_up = to_be_fetched(ACTIVE, NOW)
    assert fetched(caught_up, FEED, NOW, NOW, new=0, changed=0).fetch_at is None


# --- polls


def poll(known, at, **found):
    return fetched(known, replace(FEED, checked=at - HOUR), at, at, **{"new": 0, "changed": 0, **found})


def test_a_hub_that_says_nothing_of_news_is_silent_until_it_pushes():
    at = NOW + 2 * HOUR
    known = poll(ACTIVE, at, new=2)
    assert not is_silent(known, at)
    assert is_told(known, at + GRACE - SECOND_OF_TIME)
    assert is_silent(known, at + GRACE)
    assert not is_told(known, at + GRACE)
    assert is_told(pushed(known, at + DAY / 2), at + DAY / 2)


@pytest.mark.parametrize(
    ("known", "checked", "found"),
    [
        (ACTIVE, NOW, {"changed": 3}),
        (ACTIVE, NOW - HOUR, {"new": 3}),  # they may have come before the subscription
        (ACTIVE, None, {"new": 3}),
        (to_be_fetched(ACTIVE, NOW), NOW, {"new": 3}),  # nobody listened
        (ASKED, NOW, {"new": 3}),
    ],
)
def test_what_a_hub_could_not_tell_is_not_held_against_it(known, checked, found):
    at = NOW + HOUR
    after = fetched(known, replace(FEED, checked=checked), at, at, **{"new": 0, "changed": 0, **found})
    assert after.unpushed is None


@pytest.mark.parametrize(
    ("known", "feed", "backup", "rest"),
    [
        (ACTIVE, FEED, 21_600.0, NOW + 6 * HOUR),
        (ACTIVE, FEED, None, None),
        (None, FEED, 21_600.0, None),
        (ASKED, FEED, 21_600.0, None),
        (ACTIVE, replace(FEED, error="it is gone"), 21_600.0, None),
        (ACTIVE, replace(FEED, checked=None), 21_600.0, None),
        (replace(ACTIVE, unpushed=NOW), FEED, 21_600.0, NOW + GRACE),
        (replace(ACTIVE, unpushed=NOW - GRACE), FEED, 21_600.0, None),
        (replace(ACTIVE, lease=NOW), FEED, 21_600.0, None),
        (ACTIVE, replace(FEED, checked=NOW + 30 * DAY), 21_600.0, NOW + 6 * HOUR),  # read by a clock that was wrong
    ],
)
def test_until_when_a_feed_need_not_be_polled(known, feed, backup, rest):
    assert rests_until(feed, known, backup, NOW) == rest


STEPS = st.lists(
    st.tuples(st.sampled_from(["confirm", "deny", "push", "fail", "step", "fetch"]), st.integers(1, 90_000)), max_size=30
)


@given(STEPS)
def test_whatever_happens_it_is_asked_again_and_tells_only_within_a_lease(steps):
    known, at = WANTED, NOW
    for what, seconds in steps:
        at += timedelta(seconds=seconds)
        match what:
            case "confirm" if confirms(known, "subscribe", TOPIC):
                known = confirmed(known, "3600", at)
            case "deny":
                known = denied(known, "", at)
            case "push":
                known = pushed(known, at)
            case "fail" if known.asked is not None:
                known = failed(lapsed(known, at), "down", at)
            case "fetch":
                known = fetched(known, replace(FEED, checked=at), at, at, new=1, changed=0)
            case "step" if known.due <= at:
                known = next_step(known, PUBLIC, at)
        assert known.due is not None
        assert known.hub in known.hubs
        assert not is_told(known, at) or known.lease > at
        assert known.state is not HubState.ACTIVE or known.due <= known.lease
