"""Instants out of text, and the dates of a page with their evidence."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import PageDates, parse_instant, plausible, read_dates
from crawler.jsonld import read_nodes
from crawler.parsing import parse_page

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STATED = [
    ("2018-01-12T09:30:00Z", "2018-01-12T09:30:00"),
    ("2018-01-12T09:30+01:00", "2018-01-12T08:30:00"),
    ("2018-01-12T09:30+01", "2018-01-12T08:30:00"),
    ("2018-01-12 09:30:00 +0100", "2018-01-12T08:30:00"),
    ("2018-01-12T09:30:00.123456789-05:00", "2018-01-12T14:30:00"),
    ("20180112T093000Z", "2018-01-12T09:30:00"),
    ("2018-01-12T24:00:00Z", "2018-01-13T00:00:00"),
    ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59"),
    ("Fri, 12 Jan 2018 09:30:00 GMT", "2018-01-12T09:30:00"),
    ("Fri, 12 Jan 2018 09:30:00 -0000", "2018-01-12T09:30:00"),
    ("12 Jan 18 09:30 EST", "2018-01-12T14:30:00"),
    ("Fri, 12 Jan 2018 09:30:00 EDT", "2018-01-12T13:30:00"),
    ("Fri, 12 Jan 2018 09:30:00 PST", "2018-01-12T17:30:00"),
    ("Fri, 12 Jan 2018 09:30:00 GMT+0100", "2018-01-12T08:30:00"),
    ("Mon, 01 Jan 2018 08:00:00 UTC+3", "2018-01-01T05:00:00"),
    ("Fri Jan 12 2018 09:30:00 GMT+0100 (Central European Standard Time)", "2018-01-12T08:30:00"),
    ("Fri Jan 12 09:30:00 GMT 2018", "2018-01-12T09:30:00"),
    ("2018-01-12 09:30:00 America/Los_Angeles", "2018-01-12T17:30:00"),
    ("2018-07-12 09:30:00 America/Los_Angeles", "2018-07-12T16:30:00"),
    ("Jul. 12, 2018 9:30 a.m. ET", "2018-07-12T13:30:00"),
    ("12.01.2018 09:30 MEZ", "2018-01-12T08:30:00"),
    ("1515749400", "2018-01-12T09:30:00"),
    ("1515749400000", "2018-01-12T09:30:00"),
]
UNSTATED = [
    ("2018-01-12", "2018-01-12T00:00:00"),
    ("2018-01-12T09:30:00", "2018-01-12T09:30:00"),
    ("20180112", "2018-01-12T00:00:00"),
    ("Fri Jan 12 09:30:00 2018", "2018-01-12T09:30:00"),
    ("January 12, 2018 at 9:30 pm", "2018-01-12T21:30:00"),
    ("Jan 12th, 2018 12:05 am", "2018-01-12T00:05:00"),
    ("Posted Tuesday, May 5, 2015 - 7:45 pm", "2015-05-05T19:45:00"),
    ("12. Januar 2018, 09:30 Uhr", "2018-01-12T09:30:00"),
    ("12 de enero de 2018", "2018-01-12T00:00:00"),
    ("12 août 2018 à 9h30", "2018-08-12T09:30:00"),
    ("12.01.2018", "2018-01-12T00:00:00"),
    ("13/04/2018 9:05", "2018-04-13T09:05:00"),
    ("04/13/2018 9:05", "2018-04-13T09:05:00"),
    ("04/04/2018", "2018-04-04T00:00:00"),
    ("2018年1月12日 09:30", "2018-01-12T09:30:00"),
    ("2016-05-01T12:00:00 Europe/Nowhere", "2016-05-01T12:00:00"),
]
UNREAD = [
    "",
    "yesterday",
    "03/04/2018",
    "2018-02-30",
    "32 January 2018",
    "12 Foobar 2018",
    "9999-12-31T23:59:59-05:00",
    "call 555-0199",
    "12:30",
    "99999999999999",
    "\x00",
    "9" * 5000,
]


@pytest.mark.parametrize(("text", "expected"), STATED)
def test_a_stated_zone_is_kept(text, expected):
    assert parse_instant(text) == (datetime.fromisoformat(expected).replace(tzinfo=UTC), True)


@pytest.mark.parametrize(("text", "expected"), UNSTATED)
def test_a_missing_zone_is_read_as_utc_and_said(text, expected):
    assert parse_instant(text) == (datetime.fromisoformat(expected).replace(tzinfo=UTC), False)


@pytest.mark.parametrize("text", UNREAD, ids=lambda text: repr(text[:20]))
def test_what_names_no_instant_is_none(text):
    assert parse_instant(text) is None


FIRST, LAST = datetime.fromisoformat("1971-01-01"), datetime.fromisoformat("2099-01-01")
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(FIRST, LAST, timezones=ZONES).map(lambda at: at.replace(microsecond=0)))
def test_iso_and_rfc_822_come_back_as_the_instant_they_were_written_from(at):
    assert parse_instant(at.isoformat()) == (at.astimezone(UTC), True)
    assert parse_instant(at.strftime("%a, %d %b %Y %H:%M:%S %z")) == (at.astimezone(UTC), True)


@given(st.text(max_size=400))
def test_no_text_raises_and_what_comes_back_is_utc(text):
    read = parse_instant(text)
    assert read is None or read[0].tzinfo is UTC


@pytest.mark.parametrize(
    ("at", "is_plausible"),
    [
        (datetime(1989, 12, 31, tzinfo=UTC), False),
        (datetime(1990, 1, 1, tzinfo=UTC), True),
        (NOW + timedelta(hours=24), True),
        (NOW + timedelta(hours=24, seconds=1), False),
    ],
)
def test_the_bounds_of_what_can_have_been_published(at, is_plausible):
    assert plausible(at, NOW) is is_plausible


def dates(head="", body="", url="https://paper.example/news/story"):
    tree = parse_page(f"<html><head>{head}</head><body><h1>Head</h1>{body}<p>Text of the page.</p></body></html>".encode())
    return read_dates(tree, read_nodes(tree), url, NOW)


LD = '<script type="application/ld+json">{"@type":"NewsArticle","datePublished":"%s","dateModified":"%s"}</script>'
META = '<meta property="article:published_time" content="%s">'
TIME = '<time datetime="%s">then</time>'


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SOURCES = {
    "json-ld": ((LD % ("2026-02-01T10:00:00Z", ""), ""), PageDates(at("2026-02-01T10:00"), "json-ld", None)),
    "json-ld without zone": (
        (LD % ("2026-02-01T10:00:00", ""), ""),
        PageDates(at("2026-02-01T10:00"), "json-ld-assumed-zone", None),
    ),
    "json-ld before meta": (
        (LD % ("2026-02-01T10:00:00Z", "") + META % "2026-02-03T10:00:00Z", ""),
        PageDates(at("2026-02-01T10:00"), "json-ld", None),
    ),
    "meta states what json-ld only dates": (
        (LD % ("2026-02-01", "") + META % "2026-02-01T10:00:00+01:00", ""),
        PageDates(at("2026-02-01T09:00"), "meta", None),
    ),
    "meta": ((META % "2026-02-01T10:00:00+01:00", ""), PageDates(at("2026-02-01T09:00"), "meta", None)),
    "time": (("", TIME % "2026-02-01T10:00:00+01:00"), PageDates(at("2026-02-01T09:00"), "time", None)),
    "a future date gives way": (
        (LD % ("2031-02-01T10:00:00Z", "") + META % "2026-02-01T10:00:00Z", ""),
        PageDates(at("2026-02-01T10:00"), "meta", None),
    ),
    "an absurd date gives way": (
        (LD % ("0001-01-01T00:00:00Z", "") + META % "2026-02-01T10:00:00Z", ""),
        PageDates(at("2026-02-01T10:00"), "meta", None),
    ),
    "modified apart": (
        (LD % ("2026-02-01T10:00:00Z", "2026-02-02T11:00:00Z"), ""),
        PageDates(at("2026-02-01T10:00"), "json-ld", at("2026-02-02T11:00")),
    ),
    "modified before published is no change": (
        (LD % ("2026-02-01T10:00:00Z", "2026-01-02T11:00:00Z"), ""),
        PageDates(at("2026-02-01T10:00"), "json-ld", None),
    ),
    "text": (
        ("", "<p class='date'>Published on 3 February 2026</p>"),
        PageDates(at("2026-02-03T00:00"), "text-assumed-zone", None),
    ),
    "text with a time": (
        ("", "<p class='post-meta'>Posted on February 3, 2026 at 3:30 pm</p>"),
        PageDates(at("2026-02-03T15:30"), "text-assumed-zone", None),
    ),
    "nothing": (("", ""), PageDates()),
}


@pytest.mark.parametrize("case", SOURCES)
def test_the_best_source_speaks_and_is_named(case):
    (head, body), expected = SOURCES[case]
    assert dates(head, body) == expected


def test_the_address_is_evidence():
    assert dates(url="https://paper.example/2026/02/05/story") == PageDates(at("2026-02-05T00:00"), "url-assumed-zone", None)
