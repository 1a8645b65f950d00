"""What is said of how much of a source is caught."""

from datetime import timedelta

import pytest

from alerts.health.rhythm import Rhythm
from nightdesk.health_view import Completeness, _busiest, _usual, complete_line, completeness, health_lines, more_caught
from nightdesk.health_view import health as health_of
from storage.listing import Validators, ingest_listing
from storage.losses import Loss
from storage.models import Entry, Extraction, Feed, FeedKind, Schedule, Source
from storage.recapture import estimate, with_losses

LOST = Loss(200.0, 150.0, 250.0, gaps=4, hours=43.0, caught=300)


def test_routes_that_share_out_the_sections_are_not_called_incomplete_without_a_word():
    """A feed with sections A and B, a sitemap with B and C: everything is caught."""
    found = estimate(191, 223, 96)
    assert found.share < 0.75
    assert found.hangs
    assert not estimate(300, 25, 25).hangs
    assert not estimate(300, 90, 85).hangs
    told = Completeness(("feed", "sitemap"), found, "that is so if …")
    assert "96 on both (that is so if …)" in complete_line(told)
    assert "different sections: then nothing is missing" in more_caught(told)
    assert "sitemap" not in more_caught(told).replace("feed and sitemap", "")


def test_nothing_is_advised_that_is_there():
    assert more_caught(Completeness(("feed", "section"), estimate(100, 25, 15))).endswith("or its news sitemap")
    assert more_caught(Completeness(("feed", "sitemap"), estimate(100, 20, 15))) == "add the feeds that it lacks"
    assert "further back" in more_caught(Completeness(("feed",), None, "one route only", LOST))


def test_what_was_lost_is_told_with_the_estimate_and_without_one():
    told = complete_line(Completeness(("feed", "section"), with_losses(estimate(300, 100, 100), LOST), lost=LOST))
    assert told.startswith("about 60% (5")
    lost = "about 200 articles (150–250) were probably lost in 4 gaps that nothing has filled, 43 hours in all, beside 300"
    assert lost in told
    assert lost in complete_line(Completeness(("feed",), None, "one route only", LOST))


def test_the_share_of_the_routes_holds_for_all_the_days_of_the_loss():
    """The second route is younger than the source: what was caught before counts as well; so does what was lost."""
    young = estimate(100, 50, 50)
    assert round(with_losses(young, LOST).share, 2) == 0.6
    assert with_losses(estimate(100, 80, 64), LOST).share == pytest.approx(0.6 * estimate(100, 80, 64).share)


SITE = "https://courier.example"


def test_what_one_route_brings_of_an_outage_of_both_counts_as_no_recapture_and_both_break_off_once(store, clock):
    """Both broke off for an hour; the sitemap, without dates, then lists twenty of what came, the feed the last ten."""
    begun, named = clock.now().replace(microsecond=0), {}

    def add(tables):
        source = tables.sources.add(
            Source("Courier", SITE, Schedule(60.0), begun - timedelta(days=9), sites=("courier.example",), due=begun)
        )
        feed = tables.feeds.link(source.id, Feed(f"{SITE}/feed", FeedKind.RSS), begun)
        return source, feed, tables.feeds.link(source.id, Feed(f"{SITE}/all.xml", FeedKind.SITEMAP), begun)

    source, feed, sitemap = store.write_now(add)

    def read(tables, minutes, numbers, more=()):
        at = begun + timedelta(minutes=minutes)
        listed = {n: Entry(f"{SITE}/{n}", f"{n}", begun + timedelta(minutes=n)) for n in [*more, *numbers]}
        named.update({each.url: each.published for each in listed.values()})
        ingest_listing(tables, feed, [listed[n] for n in numbers], Validators(), at)
        ingest_listing(tables, sitemap, [Entry(each.url) for each in listed.values()], Validators(), at)
        story = tables.stories.add("Ice", at)
        for number, url in tables.connection.execute("SELECT id, url FROM pages WHERE article_id IS NULL").fetchall():
            page = tables.pages.by_id(number)
            article = tables.articles.add(
                Extraction(url, "Ice", "", published=named[url]), key=page.key, url=url, site="courier.example",
                source_id=source.id, story_id=story, news=True, now=at,
            )  # fmt: skip
            tables.pages.stored(page, article_id=article, etag=None, last_modified=None, due=None)

    for minutes, numbers, more in ((5, range(6), ()), (10, range(11), ()), (70, range(60, 70), range(30, 50)),
                                   (200, range(65, 200), ()), (600, range(199, 600), ())):  # fmt: skip
        store.write_now(lambda t, each=(minutes, numbers, more): read(t, *each))
    now = begun + timedelta(minutes=600)
    found = store.read_now(lambda t: completeness(t, source, now))
    assert found.estimate.second == found.estimate.both == found.estimate.first
    assert found.lost.gaps == 1
    assert len(store.read_now(lambda t: t.completeness.gaps(source.id))) == 2
    told = [line for line in store.read_now(lambda t: health_lines(health_of(t, source, now))) if line.startswith("gap from")]
    assert len(told) == 1
    assert told[0].endswith("nothing has filled it")


def test_busiest_hours_are_told_only_where_some_are_known():
    flat = Rhythm(40, means=(2.5,) * 168)
    assert _busiest(flat) == []
    assert _usual(flat) == "usual are 60 a day; its weekends are not known yet"
    batch = Rhythm(400, means=tuple(20.0 if hour % 24 == 6 else 0.1 for hour in range(168)))
    assert _busiest(batch) == [6]
    assert "most at 6:00 UTC" in _usual(batch)
