"""The verb on a real database: told once, and once that it is over, by every channel."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from alerts.coverage import coverage_line
from alerts.health.check import KEPT, HealthCheck
from alerts.health.telling import has_come_back
from storage.clock import Clock
from storage.models import (
    Channel,
    ChannelKind,
    CrawlOutcome,
    Episode,
    Feed,
    FeedKind,
    HealthState,
    Page,
    PageState,
    Reason,
    Schedule,
    Source,
    Trouble,
)
from storage.vitals import CaughtUp, accepted, refused, visited

HOUR = timedelta(hours=1)


class Hours(Clock):
    """A calendar that a test moves."""

    def __init__(self, start):
        super().__init__(start)
        self.shown = start

    def now(self):
        return self.shown


@pytest.fixture
def clock():
    return Hours(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def desk(store, clock):
    """Six sources and two channels."""

    def fill(tables):
        for name in "abcdef":
            tables.sources.add(Source(name, f"https://{name}.example/", Schedule(60.0), clock.now(), due=clock.now()))
        for name in ("log", "other"):
            tables.channels.save(Channel(name, ChannelKind.LOG))

    store.write_now(fill)
    return Desk(store, clock)


class Desk:
    def __init__(self, store, clock):
        self.store, self.clock = store, clock

    def visit(self, hours=0, /, **failures):
        """After so many hours all sources are visited; those named fail for a reason."""
        self.clock.shown += HOUR * hours
        now = self.clock.now()

        def write(tables):
            for source in tables.sources.all():
                tables.health.record(source.id, partial(visited, now=now, failure=failures.get(source.name)), now)

        self.store.write_now(write)
        return self.check()

    def check(self):
        return asyncio.run(HealthCheck(self.store).run_due())

    def told(self):
        """What each channel is told, in order."""
        rows = self.store.read_now(
            lambda t: [(each.channel, t.notices.get(each.notice_id).title) for each in t.deliveries.all(limit=99)]
        )
        by = {name: [title for channel, title in reversed(rows) if channel == name] for name in ("log", "other")}
        assert by["log"] == by["other"]
        return by["log"]

    def source(self, name):
        return self.store.read_now(lambda t: t.health.vitals(t.sources.get(name).id))


def test_a_source_that_fails_is_told_once_and_once_that_it_is_back(desk):
    assert desk.visit() == desk.visit(1, a=Reason.TIMEOUT) == desk.visit(1, a=Reason.TIMEOUT) == 0
    assert desk.visit(1, a=Reason.TIMEOUT) == 1
    assert desk.visit(9, a=Reason.TIMEOUT) == desk.check() == 0
    assert desk.told() == ["a has gone dark: it cannot be reached"]
    assert desk.source("a").state is HealthState.DARK
    assert desk.visit(1) == 1
    assert desk.visit(1) == desk.check() == 0
    assert desk.told()[1:] == ["a is back"]
    (episode,) = desk.store.read_now(lambda t: t.health.episodes(1))
    assert (episode.trouble, episode.ended) == (Trouble.UNREACHABLE, desk.clock.now() - HOUR)


def test_visits_that_failed_now_and_then_before_are_remembered(desk):
    """Three failures in a row are no news of a source of which every third visit fails."""

    def visits(tables):
        source = tables.sources.get("a")
        for number in range(60):
            now = desk.clock.now() - HOUR * (60 - number)
            crawl = tables.sources.start(source.id, now, "schedule")
            ended = CrawlOutcome.FAILED if number % 3 == 0 else CrawlOutcome.OK
            tables.sources.finish(crawl, source, now=now, outcome=ended, reason=None, due=None)

    desk.store.write_now(visits)
    assert desk.store.read_now(lambda t: t.health.visits(1, desk.clock.now() - HOUR * 3, 9)) == [
        (desk.clock.now() - HOUR * 3, True), (desk.clock.now() - HOUR * 2, False), (desk.clock.now() - HOUR, False),
    ]  # fmt: skip
    desk.visit()
    for _ in range(5):
        desk.visit(1, a=Reason.HTTP_STATUS)
    assert desk.told() == []
    for _ in range(6):
        desk.visit(1, a=Reason.HTTP_STATUS)
    assert desk.told() == ["a has gone dark: it answers with errors"]


def test_the_same_trouble_again_is_another_episode(desk):
    for _ in range(2):
        for _ in range(3):
            desk.visit(2, a=Reason.HTTP_STATUS)
        desk.visit(2)
    assert [title.partition(":")[0] for title in desk.told()] == ["a has gone dark", "a is back"] * 2


def test_a_paused_source_is_not_judged(desk):
    desk.store.write_now(lambda t: t.sources.pause(1, paused=True))
    for _ in range(4):
        desk.visit(2, a=Reason.TIMEOUT)
    assert desk.told() == []


def test_when_most_fail_at_once_it_is_the_desk_and_one_notice_says_so(desk):
    down = dict.fromkeys("abcd", Reason.TIMEOUT)
    desk.visit()
    for _ in range(4):
        desk.visit(1, **down)
    assert desk.told() == ["The desk reaches nobody: 4 of 6 sources fail at once"]
    assert [desk.source(name).state for name in "ae"] == [HealthState.SUSPECTED, HealthState.WELL]
    desk.visit(1, a=Reason.TIMEOUT)
    assert desk.told()[1:] == ["The desk reaches its sources again"]
    desk.visit(1, a=Reason.TIMEOUT)
    assert len(desk.told()) == 2, "what failed meanwhile counts against nobody"
    desk.visit(1, a=Reason.TIMEOUT)
    desk.visit(1, a=Reason.TIMEOUT)
    assert desk.told()[2:] == ["a has gone dark: it cannot be reached"]


def test_errors_of_the_sources_own_are_never_the_desks(desk):
    for _ in range(4):
        desk.visit(2, **dict.fromkeys("abcdef", Reason.HTTP_STATUS))
    assert sorted(desk.told()) == [f"{name} has gone dark: it answers with errors" for name in "abcdef"]


def test_pages_behind_a_wall_are_tried_again_when_it_falls(desk):
    desk.visit()
    now = desk.clock.now()

    def walled(tables):
        for number in range(9):
            url = f"https://a.example/{number}"
            page = Page(url, url, "a.example", 1, state=PageState.GIVEN_UP, first_seen=now, error="not-an-article: consent")
            tables.pages.add(page)
            tables.health.record(1, partial(refused, now=now, wall=True), now)
        tables.pages.add(replace(page, url="https://a.example/x", key="x", error="backlog: beyond the first 2000"))

    desk.store.write_now(walled)
    assert desk.visit(3) == 1
    for _ in range(2):
        desk.store.write_now(
            lambda t: t.health.record(1, partial(accepted, now=desk.clock.now(), language="en"), desk.clock.now())
        )
    assert desk.visit(1) == 1
    assert desk.told() == ["a has gone dark: a consent, login or bot page stands in the way", "a is back"]
    due = desk.store.read_now(lambda t: t.pages.counts(1))
    assert due == {"due": 9, "given-up": 1}
    (detail,) = [n.detail for n in desk.store.read_now(lambda t: [t.notices.get(2)])]
    assert detail.endswith(
        "Of 10 articles that it has listed since then, 9 are fetched now, of which 9 had been given up and are tried again,"
        " 1 gave no article."
    )


def test_a_gap_that_opened_meanwhile_is_told_with_the_return(desk):
    def gap(tables):
        feed = tables.feeds.link(1, Feed("https://a.example/feed", FeedKind.RSS), desk.clock.now())
        tables.completeness.open_gap(feed, desk.clock.now() - HOUR * 9, desk.clock.now(), 30)

    desk.visit()
    for _ in range(4):
        desk.visit(2, a=Reason.TIMEOUT)
    desk.clock.shown += HOUR
    desk.store.write_now(gap)
    assert desk.visit() == 1
    detail = desk.store.read_now(lambda t: t.notices.get(2)).detail
    assert "It has listed nothing new since then. Meanwhile more may have appeared than its feed lists now" in detail


@pytest.mark.parametrize(
    ("caught", "said"),
    [
        (CaughtUp(30, 0, 30), "Of 30 articles that it has listed since then, 30 are fetched now."),
        (CaughtUp(76, 2, 74, 70), "74 are fetched now, of which 70 had been given up and are tried again, 2 are stored already."),
        (CaughtUp(5, 3, 1), "Of 5 articles that it has listed since then, 1 is fetched now, 3 are stored already, 1 gave no article."),
        (CaughtUp(1, 1, 0), "All that it has listed since then is stored (1 article)."),
        (CaughtUp(0, 0, 0), "It has listed nothing new since then."),
        (CaughtUp(0, 0, 0, 0, 1), "nothing new since then. 1 article that it had listed before, and did not show, is tried again."),
    ],
)  # fmt: skip
def test_what_is_said_to_be_caught_up_adds_up(caught, said):
    begun = datetime(2026, 3, 2, tzinfo=UTC)
    episode = Episode(1, 1, Trouble.UNREACHABLE, begun, begun, "a.example refuses connections; is the port right?")
    detail = has_come_back("a", episode, begun + HOUR * 5, caught, gap=False).detail
    assert detail.endswith(said)
    assert "right? Of" in detail or "right? All" in detail or "right? It" in detail


def test_a_judgement_of_older_facts_is_not_written(desk):
    desk.visit()
    before = desk.source("a")
    desk.store.write_now(lambda t: t.health.record(1, partial(visited, now=desk.clock.now(), failure=None), desk.clock.now()))
    dark = replace(before, state=HealthState.DARK, trouble=Trouble.WALL, since=desk.clock.now())
    assert not desk.store.write_now(lambda t: t.health.judged(before, dark))
    assert desk.source("a").state is HealthState.WELL


def test_the_coverage_line_names_the_reason(desk):
    for _ in range(3):
        desk.visit(2, a=Reason.NOT_AN_ARTICLE)
    line = desk.store.read_now(lambda t: coverage_line(t.sources.all(), t.health.of_sources()))
    assert line.startswith(
        "0 of 6 sources healthy; a is dark since 2 Mar 2026, 14:00 UTC, because a consent, login or bot page"
    )


def test_days_are_kept_for_sixty(desk):
    desk.visit()
    desk.visit(1)
    desk.clock.shown += KEPT + timedelta(days=2)
    desk.check()
    assert desk.store.read_now(lambda t: t.health.days(1, desk.clock.now().date() - timedelta(days=99))) == []
