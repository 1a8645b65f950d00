"""Hubs through the database: when sources are due whose feeds are told of, which hubs are asked at once, what a removal leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.options import Visited
from crawler.pushes import catch_up, claim, confirm, deny, note_asked, note_fetched, note_named, settle_in, take
from crawler.visits import PUSH, SCHEDULE, unshared
from crawler.weblinks import Named
from crawler.websub import is_told
from scheduler.pacing import Pacing
from scheduler.steps import is_put_off
from storage.models import Feed, FeedKind, HubState, Schedule, Source

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BACKUP = 21_600.0
PUBLIC = "https://desk.example"
HUB = "https://hub.example/"


class Desk:
    """A source with feeds, some of which name a hub."""

    def __init__(self, store):
        self.store = store

    def watch(self, name="paper", feeds=1, named=1, schedule=None, hub=HUB):
        """The source, and its feeds, of which the first ones name a hub and are read."""

        def add(tables):
            when = schedule or Schedule(every=900.0)
            source = tables.sources.add(Source(name, f"https://{name}.example/", when, NOON - 9 * HOUR, due=NOON))
            ids = [
                tables.feeds.link(source.id, Feed(f"https://{name}.example/{number}.xml", FeedKind.RSS), NOON - 9 * HOUR)
                for number in range(feeds)
            ]
            for number in ids:
                tables.feeds.settle(number, now=NOON, changed=True, etag=None, last_modified=None)
            for number in ids[:named]:
                note_named(tables, number, Named((hub,), f"https://{name}.example/{number}.xml"), NOON)
            return tables.sources.by_id(source.id), ids

        return self.store.write_now(add)

    def subscribe(self, at=NOON, lease="864000"):
        """Ask all that is due, and have it confirmed."""

        def ask(tables):
            while asks := claim(tables, PUBLIC, at):
                for each in asks:
                    confirm(tables, each.token, "subscribe", each.topic, lease=lease, now=at)
            for each in tables.websub.all():
                tables.websub.save(replace(each, fetch_at=None))

        self.store.write_now(ask)

    def due(self, source, at=NOON, backup=BACKUP, **how):
        """When the source is due after a visit at that time."""
        ended = Visited(source, at, at, 0, read=True, **how)
        return self.store.write_now(lambda t: Pacing(900.0, backup).due(t, ended))

    def wanted(self, source, at, trigger=SCHEDULE):
        """Which feeds a visit fetches."""
        found = self.store.read_now(lambda t: unshared(t, source, t.feeds.watched(source.id), at, trigger, backup=BACKUP))
        return [each.id for each in found]

    def hub(self, feed_id):
        return self.store.read_now(lambda t: t.websub.of_feed(feed_id))


@pytest.fixture
def desk(store):
    return Desk(store)


def test_a_source_whose_hub_tells_of_its_news_is_visited_rarely(desk):
    source, _ = desk.watch()
    assert desk.due(source) == NOON + 15 * MINUTE
    desk.subscribe()
    assert desk.due(source) == NOON + 6 * HOUR
    assert desk.due(source, backup=None) == NOON + 15 * MINUTE  # nobody listens


def test_a_rarer_schedule_and_a_calendar_are_kept(desk):
    rare, _ = desk.watch("rare", schedule=Schedule(every=86_400.0))
    timed, _ = desk.watch("timed", schedule=Schedule(cron="*/20 * * * *", zone="UTC"), hub="https://other.example/")
    desk.subscribe()
    assert desk.due(rare) == NOON + 24 * HOUR
    assert desk.due(timed, NOON) == NOON + 6 * HOUR
    assert desk.due(timed, NOON + 7 * MINUTE) == NOON + 6 * HOUR


def test_adaptive_sources_wait_for_their_hubs_too(desk):
    source, _ = desk.watch(schedule=Schedule(adaptive=True))
    desk.subscribe()
    dates = (tuple(NOON - MINUTE * number for number in range(1, 30)),)
    assert desk.due(source, dates=dates, backup=None) < NOON + HOUR
    assert desk.due(source, dates=dates) == NOON + 6 * HOUR


def test_a_source_with_a_feed_that_no_hub_tells_of_keeps_its_pace(desk):
    source, (told, plain) = desk.watch(feeds=2)
    desk.subscribe()
    assert desk.due(source) == NOON + 15 * MINUTE
    assert desk.wanted(source, NOON + 15 * MINUTE) == [plain]
    assert set(desk.wanted(source, NOON + 6 * HOUR)) == {told, plain}
    soon = replace(source, due=NOON + 5 * MINUTE)
    assert desk.due(soon, NOON + MINUTE, pushed=True) == NOON + 5 * MINUTE  # its other feed was not read


def test_a_push_leads_to_the_feed_it_is_about_and_to_no_other(desk):
    source, (first, second) = desk.watch(feeds=2, named=2)
    desk.subscribe()
    assert desk.store.read_now(lambda t: t.websub.pushed_sources(NOON)) == []
    assert desk.store.write_now(lambda t: take(t, t.websub.of_feed(second).token, NOON + MINUTE))
    assert desk.store.read_now(lambda t: t.websub.pushed_sources(NOON + MINUTE)) == [source.id]
    assert desk.wanted(source, NOON + MINUTE, PUSH) == [second]
    assert desk.wanted(source, NOON + MINUTE) == []
    feed = desk.store.read_now(lambda t: t.feeds.by_id(second))
    for number in range(3):
        at = NOON + MINUTE * (1 + 10 * number)
        desk.store.write_now(lambda t, at=at: note_fetched(t, feed, at, at))
    assert desk.store.read_now(lambda t: t.websub.pushed_sources(NOON + HOUR)) == []
    assert first != second


def test_what_a_visit_or_a_pause_holds_is_not_asked_for_again(desk):
    source, (feed,) = desk.watch()
    desk.subscribe()
    desk.store.write_now(lambda t: take(t, t.websub.of_feed(feed).token, NOON))

    def pushed():
        return desk.store.read_now(lambda t: t.websub.pushed_sources(NOON))

    desk.store.write_now(lambda t: t.sources.claim(source.id, until=9e12))
    assert pushed() == []
    desk.store.write_now(lambda t: t.sources.release(source.id))
    assert pushed() == [source.id]
    desk.store.write_now(lambda t: t.sources.pause(source.id, paused=True))
    assert pushed() == []


def test_a_rare_visit_is_not_taken_for_the_work_of_a_wrong_clock(desk):
    source, _ = desk.watch()
    far = NOON + 23 * HOUR
    desk.store.write_now(lambda t: t.sources.set_due(source.id, far))
    assert desk.store.read_now(lambda t: is_put_off(t, NOON))
    desk.subscribe()
    assert not desk.store.read_now(lambda t: is_put_off(t, NOON))
    assert desk.store.read_now(lambda t: is_put_off(t, NOON - 48 * HOUR))


@pytest.mark.parametrize("end", ["denial", "lapse", "move", "other hub"])
def test_when_a_hub_does_not_tell_any_more_the_source_is_visited_at_once(desk, end):
    source, (feed,) = desk.watch()
    desk.subscribe(lease="3600")
    desk.store.write_now(lambda t: t.sources.set_due(source.id, NOON + 6 * HOUR))
    token, at = desk.hub(feed).token, NOON + 2 * HOUR

    def stop(tables):
        topic = tables.websub.of_feed(feed).topic
        match end:
            case "denial":
                deny(tables, token, topic, "no", at)
            case "lapse":
                claim(tables, PUBLIC, at)
            case "move":
                settle_in(tables, "https://moved.example", at)
            case "other hub":
                note_named(tables, feed, Named(("https://other.example/",), topic), NOON + MINUTE)

    desk.store.write_now(stop)
    assert not is_told(desk.hub(feed), at)
    assert desk.store.read_now(lambda t: t.sources.by_id(source.id).due) <= at


def test_a_hub_is_asked_one_thing_at_a_time_and_left_alone_while_it_is_down(desk):
    for name in ("one", "two", "three"):
        desk.watch(name)
    desk.watch("four", hub="https://other.example/")
    asks = desk.store.write_now(lambda t: claim(t, PUBLIC, NOON))
    assert sorted(each.hub for each in asks) == [HUB, "https://other.example/"]

    def down(tables):
        for each in asks:
            known = note_asked(tables, each, "it is down", NOON)
            tables.websub.put_off(each.hub, known.due)

    desk.store.write_now(down)
    assert not desk.store.read_now(lambda t: t.websub.waiting(NOON + MINUTE / 2))
    assert len(desk.store.write_now(lambda t: claim(t, PUBLIC, NOON + MINUTE))) == 2


def test_an_answer_that_comes_after_the_confirmation_changes_nothing(desk):
    _, (feed,) = desk.watch()
    (asked,) = desk.store.write_now(lambda t: claim(t, PUBLIC, NOON))
    desk.store.write_now(lambda t: confirm(t, asked.token, "subscribe", asked.topic, lease="3600", now=NOON))
    assert desk.store.write_now(lambda t: note_asked(t, asked, "it did not answer in time", NOON + MINUTE)) is None
    assert (desk.hub(feed).state, desk.hub(feed).error) == (HubState.ACTIVE, None)


def test_who_removes_a_source_leaves_its_hub_and_nothing_of_those_never_asked(desk):
    paper, (feed,) = desk.watch()
    other, _ = desk.watch("other", hub="https://other.example/")
    desk.watch("shared")
    desk.store.write_now(lambda t: t.feeds.link(t.sources.get("shared").id, t.feeds.by_id(feed), NOON))

    def first(tables):
        (asked,) = [each for each in claim(tables, PUBLIC, NOON) if each.feed_id == feed]
        confirm(tables, asked.token, "subscribe", asked.topic, lease="86400", now=NOON)
        return asked.token

    token = desk.store.write_now(first)
    desk.store.write_now(lambda t: t.sources.remove(paper.id, NOON))
    assert desk.hub(feed) is not None  # another source watches it
    desk.store.write_now(lambda t: t.sources.remove(t.sources.get("shared").id, NOON))
    assert not desk.store.write_now(lambda t: take(t, token, NOON))
    assert desk.store.read_now(lambda t: t.websub.waiting(NOON))
    asks = desk.store.write_now(lambda t: claim(t, PUBLIC, NOON))
    assert [(each.state, each.token) for each in asks if each.feed_id is None] == [(HubState.LEAVING, token)]
    desk.store.write_now(lambda t: confirm(t, token, "unsubscribe", asks[0].topic, lease="", now=NOON))
    desk.store.write_now(lambda t: t.sources.remove(other.id, NOON))
    desk.store.write_now(lambda t: claim(t, PUBLIC, NOON + HOUR))
    left = desk.store.read_now(lambda t: [each.topic for each in t.websub.all() if each.token == token])
    assert left == []


def test_after_a_start_only_those_are_caught_up_with_that_hubs_tell_of(desk):
    desk.watch("told")
    desk.subscribe()
    desk.watch("asked", hub="https://other.example/")
    desk.store.write_now(lambda t: catch_up(t, NOON + HOUR))
    names = desk.store.read_now(lambda t: [t.sources.by_id(each).name for each in t.websub.pushed_sources(NOON + HOUR)])
    assert names == ["told"]
