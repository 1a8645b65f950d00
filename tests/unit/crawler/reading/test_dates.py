"""Instants out of text, and the dates of a page with their evidence."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.dates import PageDates, parse_instant, plausible, read_dates
from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page

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
    ("12 जुलाई 2024, 10:20 AM IST", "2024-07-12T04:50:00"),
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
    ("12 พฤษภาคม 2567", "2024-05-12T00:00:00"),
    ("12 พฤษภาคม พ.ศ. 2567 เวลา 10:20 น.", "2024-05-12T10:20:00"),
    ("12 มิ.ย. 2567", "2024-06-12T00:00:00"),
    ("12 พฤษภาคม 2024", "2024-05-12T00:00:00"),
    ("3 मई 2024", "2024-05-03T00:00:00"),
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


def dates(head="", body="", url="https://paper.example/news/story", lang="", evidence=None):
    page = f'<html lang="{lang}"><head>{head}</head><body><h1>Head</h1>{body}<p>Text of the page.</p></body></html>'
    tree = parse_page(page.encode())
    return read_dates(read_head(tree, url), tree, NOW, evidence=evidence)


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
    "json-ld in seconds": (
        (LD.replace('"%s"', "%s") % (1769940000, 1770026400), ""),
        PageDates(at("2026-02-01T10:00"), "json-ld", at("2026-02-02T10:00")),
    ),
    "json-ld in milliseconds": (
        (LD.replace('"%s"', "%s") % (1769940000000, "true"), ""),
        PageDates(at("2026-02-01T10:00"), "json-ld", None),
    ),
    "json-ld in numbers that are no instants": ((LD.replace('"%s"', "%s") % (2026, "1e400"), ""), PageDates()),
    "rdfa": (
        ("", '<span property="dc:date dc:created" content="2026-02-01T10:00:00+01:00">Sun, 02/01/2026</span>'),
        PageDates(at("2026-02-01T09:00"), "time", None),
    ),
    "rdfa of another property": (("", '<span property="dc:title" content="2026-02-01T10:00:00+01:00">x</span>'), PageDates()),
    "a Buddhist year": (
        ("", "<p class='date'>12 พฤษภาคม 2567</p>"),
        PageDates(at("2024-05-12T00:00"), "text-assumed-zone", None),
    ),
    "nothing": (("", ""), PageDates()),
}


@pytest.mark.parametrize("case", SOURCES)
def test_the_best_source_speaks_and_is_named(case):
    (head, body), expected = SOURCES[case]
    assert dates(head, body) == expected


def test_the_address_is_evidence():
    assert dates(url="https://paper.example/2026/02/05/story") == PageDates(at("2026-02-05T00:00"), "url-assumed-zone", None)


SHOWN = {
    "the first date by the headline, not one of a teaser": (
        '<div class="meta">12 January 2026 | By Ann Lee</div><div class="teaser"><span class="date">14 January 2026</span></div>',
        "en", "2026-01-12",
    ),
    "published before updated": (
        '<p class="date">Updated: 15 January 2026</p><p class="date">Published: 12 January 2026</p>', "en", "2026-01-12",
    ),
    "a bare date that begins the text": ("<p>12.01.2026 – The river rose overnight, and with it the questions of those who live there.</p>", "de", "2026-01-12"),
    "day first in British English": ('<p class="published">03/01/2026</p>', "en-GB", "2026-01-03"),
    "month first in American English": ('<p class="published">01/03/2026</p>', "en-US", "2026-01-03"),
    "no guess where speakers differ": ('<p class="published">01/03/2026</p>', "en", None),
    "two digits of the year between dots": ('<span class="date">12.1.26</span>', "de", "2026-01-12"),
    "a time element that shows what it does not state": ('<time class="created">12.01.2026</time>', "de", "2026-01-12"),
    "no date in a sentence of the text": (
        "<p>In the spring of 2014, on 5 February 2014, the dam had been rebuilt and nobody thought that it could break again.</p>",
        "en", None,
    ),
    "no year of the rights": ("<div class='info'>© 12 January 2026 The Paper</div>", "en", None),
    "no day of the last change": ('<p class="info">This page was last modified on 12 January 2026, at 19:23.</p>', "en", None),
    "the only date, though behind the text": (
        "<p>" + "A long paragraph of the text with many words in it. " * 4 + "</p>" * 1 + "<p>" + "And another paragraph of the text with its words. " * 4
        + "</p><p>" + "And another paragraph of the text with its words. " * 4 + "</p><p>Ann<br>12 January 2026</p>", "en", "2026-01-12",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN)
def test_a_date_that_the_page_shows_by_its_headline_is_read(case):
    body, lang, day = SHOWN[case]
    got = dates(body=body, lang=lang)
    assert (got.published and got.published.date().isoformat()) == day


DAYS = [
    "12 janvier 2026", "12. Januar 2026", "12 de enero de 2026", "12 de janeiro de 2026", "12 gennaio 2026", "12 januari 2026",
    "12. januar 2026", "12. tammikuuta 2026", "12 stycznia 2026", "12. ledna 2026", "2026. január 12.", "12 ianuarie 2026",
    "12 Ocak 2026", "12 Januari 2026", "12 января 2026", "12 січня 2026", "12 Ιανουαρίου 2026", "12 de gener de 2026",
    "2026年1月12日", "2026년 1월 12일", "Monday, January 12, 2026", "12 | 01 | 2026",
]  # fmt: skip


@pytest.mark.parametrize("text", DAYS)
def test_days_are_read_as_the_press_of_twenty_languages_writes_them(text):
    assert parse_instant(text) == (at("2026-01-12T00:00"), False)


ORDER = {
    "json-ld before all": (LD % ("2026-02-01T10:00:00Z", "") + META % "2026-02-02T10:00:00Z", '<time itemprop="datePublished" datetime="2026-02-03">', "/a", "2026-02-01"),
    "meta before marked times": (META % "2026-02-02T10:00:00Z", '<time itemprop="datePublished" datetime="2026-02-03">x</time>', "/a", "2026-02-02"),
    "the address before marked times": ("", '<time class="published" datetime="2026-02-03">x</time>', "/2026/02/04/a", "2026-02-04"),
    "marked times before vague meta tags": ('<meta name="date" content="2026-02-05">', '<time class="published" datetime="2026-02-03">x</time>', "/a", "2026-02-03"),
    "a labelled date before vague meta tags": ('<meta name="date" content="2026-02-05">', '<p class="date">Published 3 February 2026</p>', "/a", "2026-02-03"),
    "vague meta tags before the end of the address": ('<meta name="date" content="2026-02-05">', "", "/a-20260206.html", "2026-02-05"),
    "the end of the address": ("", "", "/story/A2026020612345678", "2026-02-06"),
    "a page of another type than article": ('<script type="application/ld+json">{"@type":"Recipe","datePublished":"2026-02-07"}</script>', "", "/a", "2026-02-07"),
    "no time that says when something was changed": ("", '<time itemprop="dateModified" datetime="2026-02-08">x</time><p class="date">3 February 2026</p>', "/a", "2026-02-03"),
}  # fmt: skip


@pytest.mark.parametrize("case", ORDER)
def test_contradictions_are_resolved_in_the_documented_order(case):
    head, body, path, day = ORDER[case]
    got = dates(head, body, url=f"https://paper.example{path}")
    assert got.published is not None
    assert got.published.date().isoformat() == day


def test_a_time_that_another_article_has_is_not_taken_for_finer():
    body = '<p class="published">Published 1 February 2026, 14:00</p><time datetime="2026-02-01T19:32:00+02:00">19:32</time>'
    assert dates(body=body).published == at("2026-02-01T14:00")


def test_the_evidence_names_what_was_refused_and_what_won():
    evidence = Evidence(wanted=True)
    dates(LD % ("2031-02-01T10:00:00Z", "2026-02-03T10:00:00Z") + META % "2026-02-01T10:00:00Z", evidence=evidence)
    published = {offer.source: (offer.won, offer.why) for offer in evidence.offers["published"]}
    assert published["meta article:published_time"] == (True, "the first of its order")
    assert published["json-ld datePublished"][0] is False
    assert "future" in published["json-ld datePublished"][1]
    assert [offer.won for offer in evidence.offers["modified"]] == [True]


@given(st.text(max_size=200))
def test_no_shown_text_raises(text):
    shown = text.replace("<", "&lt;").replace("\x00", "")
    assert dates(body=f'<p class="date">2026 {shown}</p>', lang="de").modified is None
