import json

import pytest

from crawler.reading.about import read_canonical, read_site_name
from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page

URL = "https://www.dailybasin.example/news/2026/the-river-rose-overnight"


def head_of(head="", body="", url=URL):
    return read_head(parse_page(f"<html><head>{head}</head><body>{body}</body></html>".encode()), url)


def meta(name, content):
    return f'<meta property="{name}" content="{content}">'


def ld(**properties):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "The river rose", **properties})}</script>'


SITES = {
    "og:site_name": (meta("og:site_name", "The Daily Basin"), "The Daily Basin"),
    "a slogan behind a bar": (meta("og:site_name", "Daily Basin | News from the valley, every day"), "Daily Basin"),
    "a slogan before the name": (meta("og:site_name", "Home - The Daily Basin"), "The Daily Basin"),
    "sections behind the name": (meta("og:site_name", "Basin | F1 | Indy | MotoGP"), "Basin"),
    "a company's form": (ld(publisher={"@type": "Organization", "name": "Daily Basin Media GmbH & Co. KG"}), "Daily Basin Media"),
    "a name that only looks like a company's form": (meta("og:site_name", "SE"), "SE"),
    "the site before its publisher": ('<script type="application/ld+json">[{"@type":"WebSite","name":"The Basin"},{"@type":"NewsArticle","headline":"x","publisher":{"name":"Valley Press Ltd"}}]</script>', "The Basin"),
    "the application, as the domain spells it": ('<meta name="application-name" content="DailyBasin">' + ld(publisher={"name": "Valley Press"}), "DailyBasin"),
    "an application that is named like the page": ('<meta name="application-name" content="The river rose over night">' + meta("og:title", "The river rose over night"), None),
    "the end of the title": ("<title>The river rose overnight - Daily Basin</title>", "Daily Basin"),
    "the beginning of the title": ("<title>Daily Basin: The river rose overnight</title>", "Daily Basin"),
    "after the headline": ("<title>The river rose overnight – Wire Watch</title>" + meta("og:title", "The river rose overnight"), "Wire Watch"),
    "a second headline in the title": ("<title>The river rose – what the water did to the lower town of Malden</title>" + meta("og:title", "The river rose"), None),
    "an address": (meta("og:site_name", "https://www.dailybasin.example"), None),
    "the service that hosts it": (ld(publisher={"name": "Blogger"}), None),
    "a slogan": (meta("og:site_name", "all the news of the valley and of the hills around it, every day"), None),
    "nothing": ("<title>The river rose</title>", None),
}  # fmt: skip


@pytest.mark.parametrize("case", SITES)
def test_a_site_has_its_name(case):
    head, name = SITES[case]
    assert read_site_name(head_of(head)) == name


def link(address):
    return f'<link rel="canonical" href="{address}">'


CANONICALS = {
    "absolute": (link(URL), URL, URL),
    "relative": (link("/news/2026/the-river-rose-overnight"), URL, URL),
    "without trackers": (link(URL), f"{URL}?utm_source=x", URL),
    "another section": (link("/water/the-river-rose-overnight"), URL, "https://www.dailybasin.example/water/the-river-rose-overnight"),
    "amp to the article": (link(URL), "https://amp.dailybasin.example/news/2026/the-river-rose-overnight", URL),
    "the home page": (link("https://www.dailybasin.example/"), URL, None),
    "the section": (link("https://www.dailybasin.example/news"), URL, None),
    "the home page of another site": (link("https://other.example/"), URL, None),
    "a section of another site": (link("https://other.example/news"), URL, None),
    "the article that was taken over": (link("https://wire.example/2026/02/the-river-rose-overnight-12345"), URL, "https://wire.example/2026/02/the-river-rose-overnight-12345"),
    "no web address": (link("javascript:void(0)"), URL, None),
    "the second after a wrong one": (link("https://www.dailybasin.example/") + link(URL), URL, URL),
    "og:url": (meta("og:url", URL), f"{URL}?ref=x", URL),
    "og:url of the home page": (meta("og:url", "https://www.dailybasin.example/"), URL, None),
    "og:url of another site": (meta("og:url", "https://wire.example/2026/02/the-river-rose-overnight-12345"), URL, None),
    "no address of its own": (link(URL), "", URL),
    "no address of its own, and a home page": (link("https://www.dailybasin.example/"), "", None),
    "nothing": ("", URL, None),
}  # fmt: skip


@pytest.mark.parametrize("case", CANONICALS)
def test_a_page_has_its_own_address(case):
    head, url, address = CANONICALS[case]
    assert read_canonical(head_of(head, url=url)) == address


def test_the_readers_say_why():
    evidence = Evidence(wanted=True)
    head = head_of(
        link("https://www.dailybasin.example/")
        + meta("og:url", URL)
        + meta("og:site_name", "https://x.example")
        + "<title>A river - Daily Basin</title>"
    )
    assert read_canonical(head, evidence) == URL
    assert [(offer.source, offer.won) for offer in evidence.offers["canonical_url"]] == [
        ("rel=canonical", False),
        ("og:url", True),
    ]
    assert evidence.offers["canonical_url"][0].why == "a page above this one"
    assert read_site_name(head, evidence) == "Daily Basin"
    assert [offer.won for offer in evidence.offers["site_name"]][:2] == [False, True]
