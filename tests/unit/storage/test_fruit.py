"""A listing is caught by what its new pages bring, and let go when they bring something: through ingest, in a real store."""

from datetime import timedelta

import pytest

from storage.fruit import judge_fruit
from storage.ingest import ingest_article
from storage.listing import Validators, ingest_listing
from storage.models import Entry, Extraction, Feed, FeedKind, PageKind, Schedule, Source, Trap

URL = "https://courier.example"


def text(number):
    return " ".join(f"The pilots of Malden wrote in report {number} of the year about buoy {number}-{n}." for n in range(9))


@pytest.fixture
def visit(store, clock):
    """One visit: the feed lists these addresses, each is read as what is given for it; what was caught and let go meanwhile."""
    now = clock.now()

    def make(t):
        source = t.sources.add(Source("Courier", URL, Schedule(60.0), now, sites=("courier.example",)))
        feed = t.feeds.link(source.id, Feed(f"{URL}/feed", FeedKind.RSS), now)
        t.feeds.mark_read(feed, source.id, now)
        return source, feed

    source, feed = store.write_now(make)

    def visited(readings, at=now):
        def work(t):
            ingest_listing(t, feed, [Entry(f"{URL}{path}") for path in readings], Validators(), at)
            changed = []
            for path, facts in readings.items():
                page = t.pages.by_key(f"{URL}{path}")
                if page is None:
                    continue  # beyond the budget
                read = Extraction(**{"url": page.url, "title": "About buoys", **facts})
                done = ingest_article(t, read, source, page=page, url=page.url, now=at)
                changed += judge_fruit(t, page, read, done, at)
                if done.article_id is not None:
                    t.pages.stored(page, article_id=done.article_id, etag=None, last_modified=None, due=None)
            return [trap for _, trap in changed]

        return store.write_now(work)

    return visited


def sessions(visit, count=35):
    return {f"/article-{n}/sid-{visit}{n:03}": {"text": text(n)} for n in range(count)}


def test_addresses_that_are_renewed_are_caught_and_news_lets_the_listing_go(visit, clock):
    assert visit(sessions(1)) == []
    assert visit(sessions(2), clock.now() + timedelta(days=1)) == [Trap.NOTHING_NEW]
    assert visit(sessions(3), clock.now() + timedelta(days=2)) == [], "it is told once"
    news = {f"/news-{n}": {"text": text(1000 + n)} for n in range(40)}
    assert visit(news, clock.now() + timedelta(days=3)) == [None]


def test_pages_that_are_lists_are_caught(visit):
    assert visit({f"/month-{n}": {"kind": PageKind.LISTING} for n in range(35)}) == [Trap.NOTHING_NEW]


@pytest.mark.parametrize(
    "facts",
    [{"kind": PageKind.CONSENT}, {"kind": PageKind.ERROR}, {"text": ""}, {"text": "For subscribers only.", "paywalled": True}],
    ids=["a consent wall", "errors", "no text", "a paywall"],
)
def test_a_site_that_does_not_let_us_in_is_no_trap(visit, facts):
    assert visit({f"/story-{n}": {"text": text(0), **facts} for n in range(60)}) == []


def test_a_paper_that_carries_the_wire_of_others_is_no_trap(visit):
    """Some of its pieces stand under two addresses; most do not."""
    pieces = {f"/wire-{n}": {"text": text(n)} for n in range(60)}
    doubles = {f"/economy/wire-{n}": {"text": text(n)} for n in range(30)}
    assert visit({**pieces, **doubles}) == []
