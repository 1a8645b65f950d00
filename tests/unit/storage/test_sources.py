from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.visits import fetched_since
from storage.errors import NotFoundError, UsageError
from storage.models import CrawlOutcome, Feed, FeedKind, Page, Reason, Schedule, Source, Trouble
from storage.vitals import visited

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
COURIER = Source(
    "Courier", "https://courier.example/", Schedule(900.0), NOW, sites=("courier.example",), tags=("ports", "sea"), due=NOW
)


@pytest.fixture
def source(store):
    return store.write_now(lambda t: t.sources.add(COURIER))


def test_a_source_comes_back_as_it_was_stored(store, source):
    assert replace(source, id=0) == COURIER
    assert store.read_now(lambda t: (t.sources.find("Courier"), t.sources.get("Courier"), t.sources.all())) == (
        source, source, [source],
    )  # fmt: skip


def test_a_cron_schedule_comes_back_with_its_zone(store):
    schedule = Schedule(cron="30 2 * * *", zone="Europe/Berlin")
    added = store.write_now(lambda t: t.sources.add(replace(COURIER, schedule=schedule)))
    assert added.schedule == schedule


def test_what_is_due_is_found_by_an_index_however_many_sources_there_are(store):
    asked = []

    def look(t):
        t.connection.conn.set_trace_callback(asked.append)
        t.sources.due(NOW, 400)
        t.sources.next_due(NOW)
        t.connection.conn.set_trace_callback(None)
        return [str(row[3]) for each in asked for row in t.connection.execute(f"EXPLAIN QUERY PLAN {each}").fetchall()]

    plan = store.write_now(look)
    assert len(asked) == 2
    assert all("sources_due" in step for step in plan if "sources" in step.lower()), plan


def test_a_name_is_taken_once(store, source):
    with pytest.raises(UsageError, match="'Courier' is there already; choose another name"):
        store.write_now(lambda t: t.sources.add(COURIER))


def test_an_unknown_name_is_told_with_those_that_are_known(store, source):
    with pytest.raises(NotFoundError, match=r"no source is named 'Kourier' \(known: Courier\)"):
        store.read_now(lambda t: t.sources.get("Kourier"))


def due(store, now):
    return [each.name for each in store.read_now(lambda t: t.sources.due(now))]


def test_due_sources_come_longest_overdue_first_without_paused_removed_and_visited_ones(store, source):
    def more(t):
        ids = {}
        for number, name in enumerate(("later", "earlier", "paused", "removed", "visited", "never")):
            when = None if name == "never" else NOW - timedelta(hours=number)
            ids[name] = t.sources.add(replace(COURIER, name=name, due=when)).id
        t.sources.pause(ids["paused"], paused=True)
        t.sources.remove(ids["removed"], NOW)
        assert t.sources.claim(ids["visited"], until=9e12)

    store.write_now(more)
    assert due(store, NOW) == ["earlier", "Courier", "later"]
    assert due(store, NOW - timedelta(minutes=1)) == ["earlier"]


def test_a_source_is_claimed_once_until_its_visit_is_finished(store, source):
    assert store.write_now(lambda t: t.sources.claim(source.id, until=9e12))
    assert not store.write_now(lambda t: t.sources.claim(source.id, until=9e12))

    def visit(t):
        crawl = t.sources.start(source.id, NOW, "schedule")
        t.sources.count(crawl, entries=10, pages=2)
        t.sources.count(crawl, entries=1, pages=0)
        t.sources.finish(crawl, source, now=LATER, outcome=CrawlOutcome.OK, reason=None, due=LATER)

    store.write_now(visit)
    (crawl,) = store.read_now(lambda t: t.sources.crawls(source.id))
    assert (crawl.outcome, crawl.started, crawl.ended, crawl.entries, crawl.pages) == ("ok", NOW, LATER, 11, 2)
    after = store.read_now(lambda t: t.sources.by_id(source.id))
    assert (after.due, after.last_crawl, after.last_success, after.error_streak) == (LATER, LATER, LATER, 0)
    assert store.write_now(lambda t: t.sources.claim(source.id, until=9e12))
    store.write_now(lambda t: t.sources.release(source.id))
    assert due(store, LATER) == ["Courier"]


def test_failures_in_a_row_are_counted_and_end_with_a_success(store, source):
    def visit(t, outcome):
        t.sources.finish(
            t.sources.start(source.id, NOW, "command"), source, now=LATER, outcome=outcome, reason="refused", due=LATER
        )
        return t.sources.by_id(source.id).error_streak

    outcomes = (CrawlOutcome.FAILED, CrawlOutcome.FAILED, CrawlOutcome.PARTIAL, CrawlOutcome.FAILED, CrawlOutcome.OK)
    assert [store.write_now(lambda t, o=outcome: visit(t, o)) for outcome in outcomes] == [1, 2, 0, 1, 0]


def test_a_removed_source_is_not_watched_but_its_name_may_come_back(store, source):
    def remove(t):
        t.feeds.link(source.id, Feed("https://courier.example/feed", FeedKind.RSS), NOW)
        t.pages.add(
            Page(
                "https://courier.example/a", "https://courier.example/a", "courier.example", source.id, due=NOW, first_seen=NOW
            )
        )
        t.sources.remove(source.id, LATER)
        return t.sources.find("Courier"), t.sources.all(), t.feeds.of_source(source.id), t.pages.next_due(0.0)

    assert store.write_now(remove) == (None, [], [], None)
    again = store.write_now(lambda t: t.sources.add(replace(COURIER, added=LATER, due=LATER)))
    assert (again.id, again.added, again.due) == (source.id, LATER, LATER)


def test_a_change_keeps_what_the_visits_know(store, source):
    def change(t):
        t.sources.finish(
            t.sources.start(source.id, NOW, "command"), source, now=LATER, outcome=CrawlOutcome.FAILED, reason="503", due=LATER
        )
        t.sources.change(replace(t.sources.by_id(source.id), schedule=Schedule(60.0), tags=()))
        return t.sources.by_id(source.id)

    changed = store.write_now(change)
    assert (changed.schedule.every, changed.tags, changed.error_streak, changed.last_error) == (60.0, (), 1, "503")


def test_one_feed_of_several_sources_is_one_row_and_goes_with_its_last_source(store, source):
    def link(t):
        other = t.sources.add(replace(COURIER, name="Other"))
        ids = {
            t.feeds.link(
                source.id, Feed("https://courier.example/feed?utm_source=x", FeedKind.RSS, why="named in <head>"), NOW
            ),
            t.feeds.link(other.id, Feed("http://www.courier.example/feed/", FeedKind.RSS), LATER),
        }
        (feed,) = ids
        interests = t.feeds.subscriptions(feed)
        t.feeds.unlink(source.id, feed)
        kept = t.feeds.of_source(other.id)
        t.feeds.unlink(other.id, feed)
        return [(each.linked, each.first_read) for each in interests], [each.url for each in kept], t.feeds.subscriptions(feed)

    assert store.write_now(link) == ([(NOW, None), (LATER, None)], ["https://courier.example/feed?utm_source=x"], [])


def test_a_feed_that_failed_keeps_its_validators_and_a_new_reader_drops_them(store, source):
    def run(t):
        feed = t.feeds.link(source.id, Feed("https://courier.example/feed", FeedKind.RSS), NOW)
        t.feeds.settle(feed, now=NOW, changed=True, etag='"1"', last_modified="Mon")
        t.feeds.fail(feed, "503")
        failed = t.feeds.of_source(source.id)[0]
        t.feeds.settle(feed, now=LATER, changed=False, etag=None, last_modified=None)
        unchanged = t.feeds.of_source(source.id)[0]
        t.feeds.link(t.sources.add(replace(COURIER, name="Other")).id, Feed("https://courier.example/feed", FeedKind.RSS), NOW)
        return failed, unchanged, t.feeds.of_source(source.id)[0]

    failed, unchanged, shared = store.write_now(run)
    assert (failed.etag, failed.last_modified, failed.error) == ('"1"', "Mon", "503")
    assert (unchanged.etag, unchanged.error, unchanged.checked, unchanged.changed) == ('"1"', None, LATER, NOW)
    assert not fetched_since(failed, NOW - timedelta(seconds=1), LATER)
    assert (fetched_since(unchanged, NOW, LATER), fetched_since(unchanged, LATER, LATER)) == (True, False)
    assert (shared.etag, shared.last_modified) == (None, None)


def test_a_source_that_is_removed_and_added_again_begins_as_a_new_one(store, clock):
    now = clock.now()

    def again(tables):
        source = tables.sources.add(Source("Dial", "https://dial.example/", Schedule(60.0), now))
        tables.health.record(source.id, lambda vitals: visited(vitals, now, Reason.TIMEOUT), now)
        tables.health.begin(source.id, Trouble.UNREACHABLE, now, now, "it cannot be reached")
        tables.sources.remove(source.id, now)
        added = tables.sources.add(Source("Dial", "https://dial.example/", Schedule(60.0), now))
        return source.id == added.id, tables.health.vitals(added.id), tables.health.episode(added.id)

    same, vitals, episode = store.write_now(again)
    assert same
    assert (vitals.failures, vitals.failing, episode) == (0, None, None)
