"""How often a feed wishes to be read, by RSS and by HTTP."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from crawler.feeds import parse_feed
from crawler.hints import least_seconds, stated_hints, with_freshness
from storage.models import Hints

MONDAY = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
HEAD = "<ttl>30</ttl><skipHours><hour>0</hour><hour>24</hour><hour>3</hour></skipHours><skipDays><day>Sunday</day></skipDays>"


def test_a_feed_says_it_in_its_head():
    body = f"<rss version='2.0'><channel><title>Courier</title>{HEAD}</channel></rss>".encode()
    assert parse_feed(body, "https://courier.example/feed.xml").hints == Hints(1800.0, (0, 3), (6,))


def test_what_wordpress_writes_into_every_feed_is_no_wish():
    body = b"""<rss version='2.0' xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'><channel><title>Courier</title>
    <sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency></channel></rss>"""
    assert parse_feed(body, "https://courier.example/feed.xml").hints == Hints()


@pytest.mark.parametrize("ttl", ["", "soon", "-5", "0", "9" * 40, "1.5"])
def test_what_is_no_ttl_is_none(ttl):
    assert stated_hints(ttl, [], []) == Hints()


def test_hours_and_days_that_are_none_are_left_out_and_all_of_them_are_nonsense():
    assert stated_hints("", ["x", "25", "-1", "7"], ["Someday", " monday "]) == Hints(0.0, (7,), (0,))
    assert stated_hints("", [str(hour) for hour in range(24)], []) == Hints()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"cache-control": "public, max-age=300"}, 300),
        ({"cache-control": 'max-age="300"', "age": "100"}, 200),
        ({"cache-control": "max-age=60", "age": "100"}, 0),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"cache-control": "s-maxage=300"}, 0),  # is for caches that serve many (RFC 9111, 5.2.2.10)
        ({"cache-control": "max-age=300", "expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, 300),
        ({"expires": "Mon, 02 Mar 2026 12:10:00 GMT", "date": "Mon, 02 Mar 2026 12:00:00 GMT"}, 600),
        ({"expires": "Mon, 02 Mar 2026 11:00:00 GMT", "date": "Mon, 02 Mar 2026 12:00:00 GMT"}, 0),
        ({"expires": "-1", "date": "Mon, 02 Mar 2026 12:00:00 GMT"}, 0),
        ({"expires": "Mon, 02 Mar 2026 12:10:00 GMT"}, 0),
        ({}, 0),
    ],
)
def test_freshness_as_http_states_it(headers, seconds):
    assert with_freshness(Hints(), headers).least == seconds


def test_the_longer_of_two_wishes_counts_and_never_more_than_an_hour():
    assert with_freshness(Hints(600.0), {"cache-control": "max-age=60"}).least == 600
    assert least_seconds(Hints(86_400.0), MONDAY) == 3600


def test_hours_and_days_to_be_skipped_are_those_of_utc():
    hints = Hints(60.0, (3,), (6,))
    assert least_seconds(hints, MONDAY) == 3600
    assert least_seconds(hints, MONDAY.astimezone(timezone(timedelta(hours=9)))) == 3600
    assert least_seconds(hints, MONDAY + timedelta(hours=1)) == 60
    assert least_seconds(hints, MONDAY - timedelta(hours=5)) == 3600  # Sunday
