"""B6: given only a home page, the feed, the news sitemap or the section front is found, and the choice is explained."""

import re

import pytest

FEEDS = ("/feed.xml", "/atom.xml", "/feed.json")
SITEMAPS = ("/news-sitemap.xml", "/sitemap.xml")
ALTERNATE = r'<link rel="alternate"[^>]*>'


def as_it_is(paper):
    del paper


def without_feeds(paper):
    paper.serve("/", re.sub(ALTERNATE, "", paper.page("/")))
    paper.gone(*FEEDS)


def without_feeds_and_sitemaps(paper):
    paper.gone(*FEEDS, *SITEMAPS, "/robots.txt")


CASES = {
    "a feed": (as_it_is, "/feed.xml", "rss", "feed"),
    "a news sitemap": (without_feeds, "/news-sitemap.xml", "sitemap", "sitemap"),
    "only its front page": (without_feeds_and_sitemaps, "/", "section", "links of the page"),
}

NOUNS = ("sources", "feeds", "source_feeds", "pages", "sightings", "crawls", "articles", "versions", "comments", "stories")


@pytest.mark.parametrize("case", CASES)
def test_a_home_page_is_enough(paper, open_desk, declare_rule, case):
    make, path, kind, word = CASES[case]
    for minute in range(3):
        paper.at(f"02:0{minute}").publish()
    make(paper)
    desk = open_desk(declare_rule("fish", "zebrafish"))
    home = f"{paper.url}/"

    seen = desk.at("03:00").json("source", "check", home)
    assert {entry["url"].partition("?")[0] for entry in seen["entries"]} == {piece["url"] for piece in paper.articles()}
    assert {table for table in NOUNS if desk.count(table)} == set(), "check stores nothing"

    added = desk.add(home)
    chosen = {feed["url"]: feed for feed in added["feeds"]}
    assert chosen[paper.url + path]["kind"] == kind
    explained = [line for line in added["explanation"] if f"{paper.url}{path} " in f"{line} "]
    assert explained[0].startswith(f"Watching {paper.url}{path} ({kind}).")
    assert word in explained[0]
    assert seen["explanation"] == added["explanation"]

    assert desk.at("03:01").crawl()["articles"] == 3
    paper.at("03:02").publish(add=["A zebrafish was seen."])
    gained = desk.at("03:05").crawl()
    assert (gained["articles"], gained["alerts"]) == (1, 1)
