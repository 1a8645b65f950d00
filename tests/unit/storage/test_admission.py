"""A listing's new entries within the day's budget: news first, none lost, and validators only where all was taken."""

from datetime import timedelta

import pytest

from storage.listing import Validators, ingest_listing
from storage.models import Entry, Feed, FeedKind, PageState, Schedule, Source, Trap
from storage.traps import TRAPPED_PER_DAY

URL = "https://courier.example"


@pytest.fixture
def desk(store, clock):
    """A source whose feeds were read before, so that what comes now is news; their ids."""
    now = clock.now()

    def make(t):
        source = t.sources.add(Source("Courier", URL, Schedule(60.0), now, sites=("courier.example",), due=now))
        feeds = [t.feeds.link(source.id, Feed(f"{URL}/{name}", FeedKind.RSS), now) for name in ("feed", "trap")]
        for feed in feeds:
            t.feeds.mark_read(feed, source.id, now)
        return feeds

    return store.write_now(make)


def read(store, feed, urls, now, per_day=10, dated=None):
    entries = [Entry(f"{URL}{url}", title=url, published=dated[n] if dated else None) for n, url in enumerate(urls)]
    return store.write_now(lambda t: ingest_listing(t, feed, entries, Validators('"1"'), now, pages_per_day=per_day))[0]


def paths(store):
    rows = store.read_now(lambda t: t.connection.execute("SELECT url FROM pages WHERE state = 'due' ORDER BY id").fetchall())
    return [url.removeprefix(URL) for (url,) in rows]


def test_what_is_beyond_the_budget_is_new_again_the_next_day(store, clock, desk):
    now, (feed, _) = clock.now(), desk
    urls = [f"/{n}" for n in range(12)]
    listed = read(store, feed, urls, now)
    assert (listed.new, listed.surplus, len(paths(store))) == (5, 7, 5), "half of the day's ten, as there is another listing"
    assert store.read_now(lambda t: t.feeds.of_source(1)[0].etag) is None, "so that the next answer is no 304"
    assert read(store, feed, urls, now + timedelta(hours=1)).new == 0
    assert read(store, feed, urls, now + timedelta(days=1)).new == 5
    last = read(store, feed, urls, now + timedelta(days=2))
    assert (last.new, last.surplus) == (2, 0)
    assert sorted(paths(store)) == sorted(urls)
    assert store.read_now(lambda t: t.feeds.of_source(1)[0].etag) == '"1"'


def test_one_listing_takes_no_room_from_the_other(store, clock, desk):
    now, (feed, trap) = clock.now(), desk
    assert read(store, trap, [f"/t/{n}" for n in range(100)], now).new == 5
    assert read(store, feed, [f"/n/{n}" for n in range(5)], now).surplus == 0


def test_the_newest_are_taken_first_and_undated_ones_last(store, clock, desk):
    now, (feed, _) = clock.now(), desk
    dated = [now - timedelta(hours=n) if n % 2 else None for n in range(12)]
    read(store, feed, [f"/{n}" for n in range(12)], now, dated=dated)
    assert sorted(paths(store)) == ["/1", "/3", "/5", "/7", "/9"]


def test_a_first_reading_takes_no_room_from_the_day_s_news(store, clock):
    now = clock.now()
    source = store.write_now(
        lambda t: t.sources.add(Source("Courier", URL, Schedule(60.0), now, sites=("courier.example",), due=now))
    )
    feed = store.write_now(lambda t: t.feeds.link(source.id, Feed(f"{URL}/feed", FeedKind.RSS), now))
    assert read(store, feed, [f"/old/{n}" for n in range(12)], now).surplus == 0
    assert store.read_now(lambda t: t.pages.counts()) == {PageState.DUE: 10, PageState.GIVEN_UP: 2}
    assert read(store, feed, [f"/new/{n}" for n in range(10)], now).new == 10


def test_a_listing_with_the_shape_of_a_trap_is_caught_and_let_go_by_hand(store, clock, desk):
    now, (_, trap) = clock.now(), desk
    urls = [f"/list?color={n % 12}&size={n // 12}" for n in range(120)]
    listed = read(store, trap, urls, now, per_day=2_000)
    assert (listed.caught, listed.new, listed.surplus) == (Trap.FACETS, TRAPPED_PER_DAY, 70)
    again = read(store, trap, urls, now, per_day=2_000)
    assert (again.caught, again.new) == (None, 0), "it is told once"
    assert store.read_now(lambda t: t.feeds.of_source(1)[1].trap) is Trap.FACETS
    store.write_now(lambda t: t.budgets.forget(1, now))
    assert store.read_now(lambda t: t.feeds.of_source(1)[1].trap) is None
    assert read(store, trap, [f"/news/{n}" for n in range(60)], now, per_day=2_000).new == 60
