from datetime import timedelta

import pytest

from storage.continuity import FEWEST, note_unchanged
from storage.instants import to_text
from storage.listing import Validators, ingest_listing
from storage.losses import at_once
from storage.models import Entry, Extraction, Feed, FeedKind, OpenGaps, Schedule, Source

SITE = "https://courier.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def now(clock):
    return clock.now().replace(microsecond=0)


@pytest.fixture
def courier(store, now):
    """A source with a feed and a news sitemap; `read(feed, numbers, minutes)` stores what one of them lists."""

    def add(tables):
        source = tables.sources.add(
            Source("Courier", SITE, Schedule(60.0), now - timedelta(days=9), sites=("courier.example",), due=now)
        )
        feed = tables.feeds.link(source.id, Feed(f"{SITE}/feed", FeedKind.RSS), now)
        return source.id, feed, tables.feeds.link(source.id, Feed(f"{SITE}/news.xml", FeedKind.SITEMAP), now)

    source, feed, sitemap = store.write_now(add)

    def read(which, numbers, minutes, dated=True):
        at = now + timedelta(minutes=minutes)
        entries = [Entry(f"{SITE}/{n}", f"{n}", now + timedelta(minutes=n) if dated else None) for n in numbers]
        return store.write_now(
            lambda t: ingest_listing(t, {"feed": feed, "sitemap": sitemap}[which], entries, Validators(), at)
        )

    read.gaps = lambda: store.read_now(lambda t: t.completeness.gaps(source))
    read.source, read.feed, read.sitemap, read.now = source, feed, sitemap, now
    return read


def test_an_answer_in_which_nothing_is_known_is_a_gap(courier, now):
    assert not courier("feed", range(10), 10)[0].gap
    assert not courier("feed", range(9, 19), 20)[0].gap, "one is known"
    assert courier("feed", range(40, 50), 60)[0].gap
    (gap,) = courier.gaps()
    assert (gap.after, gap.at, gap.entries, gap.filled) == (now + timedelta(minutes=20), now + timedelta(minutes=60), 10, None)


def test_a_first_reading_a_short_feed_and_an_empty_one_are_none(courier):
    courier("feed", [], 10)
    assert not courier("feed", range(10), 20)[0].gap
    assert not courier("feed", range(20, 20 + FEWEST - 1), 30)[0].gap
    assert courier.gaps() == []


def test_a_listing_that_reaches_over_the_gap_fills_it_with_what_only_it_has(courier):
    courier("feed", range(10), 10)
    assert courier("feed", range(40, 50), 60)[0].gap
    courier("sitemap", range(5, 50), 61)
    (gap,) = courier.gaps()
    assert gap.filled is not None
    assert gap.brought == 30, "10 to 39"


def test_a_listing_that_begins_after_the_gap_does_not(courier):
    courier("feed", range(10), 10)
    courier("feed", range(40, 50), 60)
    courier("sitemap", range(30, 50), 61)
    assert courier.gaps()[0].filled is None


def test_one_whose_answers_join_on_fills_it_though_it_has_no_dates(courier):
    courier("sitemap", range(10), 5, dated=False)
    courier("feed", range(10), 10)
    courier("feed", range(40, 50), 60)
    courier("sitemap", range(9, 50), 61, dated=False)
    assert courier.gaps()[0].brought == 30


def test_one_that_was_read_a_moment_before_fills_it_at_once(courier):
    courier("feed", range(10), 10)
    courier("sitemap", range(50), 59)
    assert not courier("feed", range(40, 50), 60)[0].gap
    assert courier.gaps()[0].filled is not None


def test_a_listing_that_has_not_changed_joins_on(courier, store, now):
    courier("sitemap", range(10), 5)
    courier("sitemap", range(9, 20), 8)
    courier("feed", range(10), 10)
    courier("feed", range(40, 50), 60)
    assert courier.gaps()[0].filled is None

    def unchanged(tables):
        at = now + timedelta(minutes=61)
        tables.feeds.settle(courier.sitemap, now=at, changed=False, etag=None, last_modified=None)
        note_unchanged(tables, courier.sitemap, at)

    store.write_now(unchanged)
    assert courier.gaps()[0].filled is not None


def test_of_a_second_route_only_what_is_dated_of_late_is_taken(courier, store, now):
    def audit(tables):
        tables.feeds.unlink(courier.source, courier.sitemap)
        return tables.feeds.link(courier.source, Feed(f"{SITE}/all.xml", FeedKind.SITEMAP), now, audit=True)

    feed = store.write_now(audit)
    dates = {"new": now, "old": now - timedelta(days=8), "undated": None}
    entries = [Entry(f"{SITE}/{name}", name, at) for name, at in dates.items()]
    (listed,) = store.write_now(lambda t: ingest_listing(t, feed, entries, Validators(), now))
    assert (listed.entries, listed.new) == (1, 1)
    assert store.read_now(lambda t: [each.kind for each in t.feeds.of_source(courier.source)]) == [FeedKind.RSS]


def test_two_listings_that_break_at_the_same_outage_do_not_fill_each_others_gaps(courier):
    """Each of them joins on to its own answer after the outage; neither tells what there was in it."""
    courier("sitemap", range(10), 9)
    courier("feed", range(10), 10)
    assert courier("feed", range(40, 50), 60)[0].gap
    courier("sitemap", range(40, 50), 60)
    courier("feed", range(41, 51), 61)
    courier("sitemap", range(41, 51), 61)
    assert [gap.filled for gap in courier.gaps()] == [None] * len(courier.gaps())
    assert courier.gaps()


def test_an_entry_that_stands_at_the_top_for_months_bridges_nothing(courier):
    pinned = -50_000
    courier("sitemap", [pinned, *range(20)], 9)
    courier("feed", range(20), 10)
    courier("feed", range(40, 60), 60)
    courier("sitemap", [pinned, *range(40, 60)], 60)
    courier("sitemap", [pinned, *range(41, 61)], 61)
    assert courier.gaps()[-1].filled is None


def test_a_gap_tells_from_when_on_the_answer_tells_again_and_whether_the_feed_was_tried_in_vain(courier, store):
    courier("feed", range(20), 10)
    courier("feed", range(40, 60), 60)
    store.write_now(lambda t: t.feeds.fail(courier.feed, "503"))
    courier("feed", range(80, 100), 100)
    assert [gap.outage for gap in courier.gaps()] == [True, False]
    assert [gap.reaches.minute for gap in courier.gaps()] == [(courier.now + timedelta(minutes=n)).minute for n in (81, 41)], (
        "the oldest may stand for long"
    )


def test_a_look_at_the_second_route_makes_no_gap(courier, store):
    """A front page of 25 links that is looked at once a day shows none of yesterday's."""

    def audit(tables):
        tables.feeds.unlink(courier.source, courier.sitemap)
        return tables.feeds.link(courier.source, Feed(f"{SITE}/", FeedKind.SECTION), courier.now, audit=True)

    courier.sitemap = store.write_now(audit)
    courier("feed", range(10), 10)
    for day in range(1, 4):
        entries = [Entry(f"{SITE}/{n}", f"{n}") for n in range(100 * day, 100 * day + 25)]
        at = courier.now + timedelta(days=day)
        store.write_now(lambda t, entries=entries, at=at: ingest_listing(t, courier.sitemap, entries, Validators(), at))
    assert courier.gaps() == []
    assert store.read_now(lambda t: t.completeness.counts()) == {"filled": 0, "open": 0}


def test_gaps_that_nothing_has_filled_come_first(courier):
    courier("feed", range(10), 10)
    courier("feed", range(40, 50), 60)
    for at in range(100, 160, 20):
        courier("feed", range(at, at + 10), at + 10)
        courier("sitemap", range(at - 50, at + 10), at + 11)
    assert [gap.filled is None for gap in courier.gaps()] == [True, False, False, False]
    assert [gap.at for gap in courier.gaps()] == [courier.now + timedelta(minutes=n) for n in (60, 150, 130, 110)]


def test_what_was_caught_as_a_trap_makes_no_gaps(courier, store):
    for visit in range(1, 4):
        at = courier.now + timedelta(hours=visit)
        entries = [Entry(f"{SITE}/a/a/a/a/{visit}-{n}", f"{n}") for n in range(60)]
        store.write_now(lambda t, entries=entries, at=at: ingest_listing(t, courier.feed, entries, Validators(), at))
    assert courier.gaps() == []
    assert store.read_now(lambda t: t.completeness.counts()) == {"filled": 0, "open": 0}
    assert store.read_now(lambda t: t.completeness.worst()) == []


def test_a_listing_of_nothing_but_other_sites_makes_none(courier, store):
    courier("feed", range(10), 5)
    for visit in range(1, 4):
        at = courier.now + timedelta(hours=visit)
        entries = [Entry(f"https://elsewhere.example/{visit}-{n}", f"{n}") for n in range(9)]
        store.write_now(lambda t, entries=entries, at=at: ingest_listing(t, courier.feed, entries, Validators(), at))
    assert courier.gaps() == []


def test_what_a_listing_without_dates_brings_later_is_of_the_day_that_its_page_names(courier, store, now):
    courier("sitemap", range(3), 600, dated=False)
    named = [now + timedelta(minutes=30), now + timedelta(days=3), None]  # one of them in the future, one of no date

    def came(tables):
        db = tables.connection
        db.execute("INSERT INTO stories (id, title, first_seen) VALUES (1, 'Ice', ?)", [to_text(now)])
        for number, (page, at) in enumerate(
            zip(db.execute("SELECT id FROM pages ORDER BY url").fetchall(), named, strict=True)
        ):
            db.execute(
                "INSERT INTO articles (id, canonical_url, url, site, source_id, story_id, first_seen, last_seen, news, title,"
                " published, kind, comments_status) VALUES (?, ?, ?, 'courier.example', ?, 1, ?, ?, 1, 'Ice', ?, 'article', 'none')",
                [
                    number + 1,
                    f"{SITE}/{number}",
                    f"{SITE}/{number}",
                    courier.source,
                    to_text(now),
                    to_text(now),
                    at and to_text(at),
                ],
            )
            db.execute("UPDATE pages SET article_id = ?, backlog = 0 WHERE id = ?", [number + 1, page[0]])
        return tables.completeness.published(courier.source, now - timedelta(days=1), now + timedelta(days=1))

    listed = now + timedelta(minutes=600)
    assert sorted(store.write_now(came)) == [named[0], listed, listed]


def fetched(courier, store, named=None):
    """Every page that is due has become an article; `named`: the dates of their pages, by number."""

    def come(tables):
        db = tables.connection
        story = tables.stories.add("Ice", courier.now)
        for number, url in db.execute("SELECT id, url FROM pages WHERE article_id IS NULL").fetchall():
            page, at = tables.pages.by_id(number), (named or {}).get(int(url.rpartition("/")[2]))
            article = tables.articles.add(
                Extraction(url, "Ice", "", published=at), key=page.key, url=url, site="courier.example",
                source_id=courier.source, story_id=story, news=True, now=courier.now,
            )  # fmt: skip
            tables.pages.stored(page, article_id=article, etag=None, last_modified=None, due=None)
            db.execute("UPDATE pages SET backlog = 0 WHERE id = ?", [number])

    store.write_now(come)


def test_a_listing_that_leaves_out_a_tenth_fills_nothing_but_says_what_it_brought(courier, store):
    courier("feed", range(100), 100)
    courier("sitemap", [n for n in range(100) if n % 10], 101)
    fetched(courier, store)
    courier("feed", range(300, 310), 330)
    courier("sitemap", [n for n in range(300) if n % 10], 331)
    (gap,) = courier.gaps()
    assert (gap.filled, gap.brought) == (None, 180)
    assert store.read_now(lambda t: t.completeness.losing(courier.source, courier.now)) == [], "two routes tell of its time"


def test_a_listing_that_shows_all_that_the_feed_does_fills_it(courier, store):
    courier("feed", [n for n in range(100) if n % 10], 100)
    courier("sitemap", range(100), 101)
    fetched(courier, store)
    courier("feed", range(300, 310), 330)
    courier("sitemap", range(310), 331)
    assert courier.gaps()[0].filled is not None


def test_what_came_after_a_gap_was_not_brought_for_it(courier):
    courier("feed", range(10), 10)
    courier("feed", range(40, 50), 60)
    courier("sitemap", range(5, 90), 90)
    assert courier.gaps()[0].brought == 41, "10 to 39, and 50 to 60"


def test_what_two_listings_miss_at_once_is_one_time(courier, store):
    for which in ("feed", "sitemap"):
        courier(which, range(10), 10)
    for which, at in (("feed", 60), ("sitemap", 61)):
        courier(which, range(40, 50), at)
    assert len(courier.gaps()) == 2
    assert len(at_once(courier.gaps())) == 1
    assert store.read_now(lambda t: t.completeness.counts()) == {"filled": 0, "open": 1}
    assert store.read_now(lambda t: t.completeness.worst()) == [OpenGaps("Courier", None, 1, 0, 0)]


def test_of_the_times_that_count_only_what_came_out_in_them_is_counted(courier, store, now):
    """What a sitemap without dates brings later is of the day that its page names."""
    courier("feed", [1, 2], 5)
    courier("sitemap", [1, 2, 70], 300, dated=False)
    fetched(courier, store, {70: now + timedelta(minutes=70)})

    def shown(*times):
        return store.read_now(lambda t: t.completeness.shown(courier.source, times, ("feed", "sitemap")))

    early, gap, late = (now, now + HOUR), (now + HOUR, now + 2 * HOUR), (now + 2 * HOUR, now + 9 * HOUR)
    assert shown(early, gap, late) == (2, 3, 2)
    assert shown(early, late) == (2, 2, 2)
    assert shown(gap) == (0, 1, 0)
    assert shown() == (0, 0, 0)


def test_what_a_sitemap_says_of_its_last_change_is_the_day_of_what_nothing_else_dates(courier, store, now):
    at, changed = now + timedelta(minutes=300), now + timedelta(minutes=70)
    entries = [Entry(f"{SITE}/1", updated=changed), Entry(f"{SITE}/2", updated=now + timedelta(days=2)), Entry(f"{SITE}/3")]
    store.write_now(lambda t: ingest_listing(t, courier.sitemap, entries, Validators(), at))
    fetched(courier, store)
    assert store.read_now(lambda t: sorted(t.completeness.published(courier.source, now, now + 9 * HOUR))) == [changed, at, at]


def test_a_front_page_fills_nothing_where_nothing_tells_that_it_is_whole(courier, store):
    def front(tables):
        tables.feeds.unlink(courier.source, courier.sitemap)
        return tables.feeds.link(courier.source, Feed(f"{SITE}/", FeedKind.SECTION), courier.now)

    courier.section = store.write_now(front)

    def look(numbers, minutes):
        entries, at = [Entry(f"{SITE}/{n}", f"{n}") for n in numbers], courier.now + timedelta(minutes=minutes)
        store.write_now(lambda t: ingest_listing(t, courier.section, entries, Validators(), at))

    look(range(10), 5)
    courier("feed", range(10), 10)
    courier("feed", range(40, 50), 60)
    look([8, 9, *range(20, 50)], 61)
    assert courier.gaps()[0].filled is None


@pytest.mark.parametrize(("due", "unvisited"), [(15, True), (58, False), (None, False)])
def test_a_gap_of_a_time_in_which_nobody_looked_is_told_from_one_that_visits_would_have_closed(
    courier, store, now, due, unvisited
):
    courier("feed", range(10), 10)
    at = None if due is None else to_text(now + timedelta(minutes=due))
    store.write_now(
        lambda t: t.connection.execute(
            "INSERT INTO crawls (source_id, started, due, trigger, outcome) VALUES (?, ?, ?, 'schedule', 'ok')",
            [courier.source, to_text(now + timedelta(minutes=60)), at],
        )
    )
    courier("feed", range(40, 50), 60)
    (gap,) = courier.gaps()
    assert gap.unvisited is unvisited
    assert store.read_now(lambda t: t.completeness.worst()) == [OpenGaps("Courier", None, 1, 0, int(unvisited))]
