"""Which sitemap is a second route, where none of news is there."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from crawler.second_route import SecondRoutes
from crawler.tasks import Listing
from storage.errors import FetchError
from storage.listing import Validators, ingest_listing
from storage.models import Entry, Feed, FeedKind, Schedule, Source

SITE = "https://courier.example"


@pytest.fixture
def found(store, clock):
    """`found(entries)` tells where the second route of a source is whose only sitemap, an index, leads to these entries."""
    now = clock.now()

    def add(tables):
        source = tables.sources.add(
            Source("Courier", SITE, Schedule(60.0), now - timedelta(days=9), sites=("courier.example",))
        )
        feed = tables.feeds.link(source.id, Feed(f"{SITE}/feed", FeedKind.RSS), now)
        ingest_listing(tables, feed, [Entry(f"{SITE}/{n}", f"{n}", now) for n in range(30)], Validators(), now)
        return tables.sources.by_id(source.id)

    source = store.write_now(add)

    def seek(entries):
        listings = {
            f"{SITE}/all.xml": Listing((), (f"{SITE}/1.xml", f"{SITE}/2.xml")),
            f"{SITE}/2.xml": Listing(tuple(entries)),
            SITE: Listing(tuple(Entry(f"{SITE}/{n}", f"{n}") for n in range(25))),
        }

        async def fetch(url):
            if url.endswith("/robots.txt"):
                return SimpleNamespace(body=f"Sitemap: {SITE}/all.xml".encode(), url=url)
            if url not in listings:
                raise FetchError(f"{url} answered 404")
            return SimpleNamespace(body=b"", url=url, content_type=None)

        async def run(_, __, url, *___):
            return listings[url]

        return [each.url for each in asyncio.run(SecondRoutes(store, fetch, run).of(source))]

    return seek


def test_a_sitemap_that_dates_what_the_feed_shows_is_taken_before_the_front_page(found, clock):
    assert found([Entry(f"{SITE}/{n}", "", None, updated=clock.now()) for n in range(50)]) == [f"{SITE}/all.xml"]


def test_one_that_dates_all_its_pages_anew_is_not(found, clock):
    """Hundreds of old pages would come as news."""
    assert found([Entry(f"{SITE}/{n}", "", None, updated=clock.now()) for n in range(300)]) == [SITE]


def test_one_without_dates_or_of_old_pages_is_not(found, clock):
    old = clock.now() - timedelta(days=30)
    assert found([Entry(f"{SITE}/{n}", "", None, updated=old if n % 2 else None) for n in range(50)]) == [SITE]
