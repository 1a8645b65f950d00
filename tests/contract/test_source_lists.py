"""Lists of sources: what is exported is what is imported, and what cannot be taken is told."""

import json

import pytest

BOTH = '<outline text="News" xmlUrl="https://www.example.org/a.xml"/><outline text="News" xmlUrl="https://example.net/feed"/>'
MORE = '<outline text="News" xmlUrl="https://feeds.example.org/b.xml"/>'


@pytest.fixture
def take(desk):
    """Imports these outlines; what was said."""

    def one(outlines, into=desk, **how):
        file = into.folder / "list.opml"
        file.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
        return into.here("source", "import", str(file), whole=True, **how)

    return one


def sources(desk):
    """Every source: its name → home page, sites, tags and feeds."""
    listed = json.loads(desk.here("source", "list", "--json"))["sources"]
    return {
        each["name"]: (
            each["home_url"], each["sites"], each["tags"],
            sorted((feed["url"], feed["kind"]) for feed in each["feeds"]),
        )
        for each in listed
    }  # fmt: skip


def test_what_is_exported_is_imported_elsewhere(desk, open_desk, site, declare_source):
    feeds = [f"{site.url}/feed.xml", f"{site.url}/news-sitemap.xml"]
    desk.declare(
        declare_source("Two feeds", site.url, feeds=feeds, tags=["local", "daily"]),
        declare_source("No feed & more", f"{site.url}/harbour/", tags=["quay"]),
    )
    desk.crawl("No feed & more", code=3)  # it has none
    assert sources(desk)["No feed & more"][3] == []
    for form in (("source", "export"), ("export", "--format", "opml")):
        other = open_desk()
        (other.folder / "list.opml").write_text(desk.here(*form))
        assert other.here("source", "import", str(other.folder / "list.opml")) == "2 sources added; 0 were there already\n"
        assert sources(other) == sources(desk)


def test_a_site_of_a_list_is_visited_by_its_home_page(desk, site, take):
    site.article("/1")
    site.feed("/1")
    site.set("/", f'<html><head><link rel="alternate" type="application/rss+xml" href="{site.url}/feed.xml"></head></html>')
    assert "1 sources added" in take(f'<outline type="link" text="Courier" url="{site.url}/"/>')
    assert desk.crawl() == {"Courier": ("ok", None)}
    assert desk.articles() == ["/1"]


def test_outlets_of_one_title_are_told_apart_by_their_sites(desk, take):
    assert "2 sources added; 0 were there" in take(BOTH + MORE)
    found = sources(desk)
    assert list(found) == ["News (example.net)", "News (example.org)"]
    assert len(found["News (example.org)"][3]) == 2  # of one site
    assert "0 sources added; 2 were there" in take(BOTH + MORE)
    assert "0 sources added; 1 were there" in take(MORE)


def test_an_outlet_is_not_taken_for_another_of_that_title_that_is_watched(desk, take):
    assert "1 sources added" in take(MORE)
    assert "1 sources added; 1 were there" in take(BOTH)
    assert list(sources(desk)) == ["News", "News (example.net)"]
    assert "0 sources added; 2 were there" in take(BOTH)


def test_one_outlet_may_have_feeds_on_a_service(desk, take):
    home = 'htmlUrl="https://example.org/"'
    take(
        f'<outline text="A" xmlUrl="https://feeds.example.net/1" {home}/><outline text="A" xmlUrl="https://example.org/2" {home}/>'
    )
    assert sources(desk)["A"][1] == ["example.org", "example.net"]
    assert "0 sources added; 1 were there" in take('<outline text="A" xmlUrl="https://feeds.example.net/1"/>')


def test_what_cannot_be_watched_is_counted_and_named(desk, take):
    bad = '<outline text="Odd" xmlUrl="feed:nonsense"/><outline type="rss" text="Bare"/>'
    said = take(MORE + bad)
    assert "left out 2 that cannot be watched: Odd: its xmlUrl feed:nonsense is no web address; Bare: it has no address" in said
    assert "1 sources added" in said
    assert "and 3 more" in take(MORE + bad * 4)
    assert "left out 2" in take(bad, code=2)
