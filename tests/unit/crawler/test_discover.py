import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from crawler.discover import (
    candidates,
    choose,
    first_look,
    from_index,
    from_robots,
    given,
    read_candidate,
    shortlist,
    sitemaps_from_robots,
)
from crawler.sitemaps import choose_children
from storage.models import FeedKind

HOME = "https://example.com/"
PAGE = b"""<!DOCTYPE html><html><head><title>Paper</title>
<link rel="alternate" type="application/rss+xml" title="Paper" href="/rss">
<link rel="alternate" type="application/rss+xml" title="Paper &raquo; Comments Feed" href="/comments/feed/">
<link rel="alternate" type="application/atom+xml; charset=utf-8" title="Sport" href="https://feeds.example.net/sport">
<link rel="ALTERNATE feed" type="application/feed+json" href="/feed.json">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/1">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">
<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" type="text/css" href="/rss.css">
<link rel="sitemap" type="application/xml" href="/map.xml"></head><body>
<a href="/politics/rss.xml">RSS</a><a href="https://feeds.feedburner.com/paper/feed">FeedBurner</a>
<a href="https://social.example.org/feed">Us elsewhere</a><a href="/feed/comments/">Comments as RSS</a>
<h2><a href="/2024/05/01/mayor-opens-the-new-bridge">Mayor opens the new bridge</a></h2></body></html>"""
RSS = b"<rss version='2.0'><channel><title>Paper</title><item><title>One</title><link>https://example.com/1</link></item></channel></rss>"
EMPTY = b"<rss version='2.0'><channel><title>Paper</title></channel></rss>"
INDEX = b"<sitemapindex><sitemap><loc>https://example.com/news-sitemap.xml</loc></sitemap></sitemapindex>"


def urls(found, rank=None):
    return [each.url for each in found if rank is None or each.rank == rank]


def test_what_a_page_declares_comes_first_and_comments_never():
    found = candidates(PAGE, HOME)
    assert urls(found)[:4] == [
        "https://example.com/rss",
        "https://feeds.example.net/sport",
        "https://example.com/feed.json",
        "https://example.com/map.xml",
    ]
    assert [each.kind for each in found[:4]] == [FeedKind.RSS, FeedKind.ATOM, FeedKind.JSON, FeedKind.SITEMAP]
    assert "“Paper”" in found[0].why
    assert not [url for url in urls(found) if "comments" in url or "wp-json" in url or "oembed" in url or url.endswith(".css")]


def test_links_that_look_like_feeds_come_next_but_not_those_of_others():
    found = urls(candidates(PAGE, HOME))
    assert found[4:6] == ["https://example.com/politics/rss.xml", "https://feeds.feedburner.com/paper/feed"]
    assert "https://social.example.org/feed" not in found


def test_usual_paths_follow_and_the_page_itself_is_last():
    found = candidates(b"<html><body>Hi</body></html>", "https://example.com/section/")
    assert found[0].url == "https://example.com/section/feed"
    assert {
        "https://example.com/feed",
        "https://example.com/rss.xml",
        "https://example.com/atom.xml",
        "https://example.com/news-sitemap.xml",
    } <= set(urls(found))
    assert (found[-1].kind, found[-1].url) == (FeedKind.SECTION, "https://example.com/section/")
    assert all(each.why.endswith(".") for each in found)


def test_an_unreadable_page_still_has_the_usual_paths():
    assert "https://example.com/feed" in urls(candidates(b"%PDF-1.4", HOME))


def test_the_shortlist_of_a_page_that_declares_feeds_guesses_none():
    short = shortlist(candidates(PAGE, HOME))
    assert urls(short)[:3] == ["https://example.com/rss", "https://feeds.example.net/sport", "https://example.com/feed.json"]
    assert "https://example.com/rss.xml" not in urls(short)
    assert "https://example.com/sitemap.xml" not in urls(short)
    assert short[-1].kind is FeedKind.SECTION


def test_the_shortlist_of_a_bare_page_has_feeds_and_sitemaps():
    short = shortlist(candidates(b"<html><body>Hi</body></html>", HOME))
    assert len(short) <= 13
    assert {
        "https://example.com/feed",
        "https://example.com/rss.xml",
        "https://example.com/feed.xml",
        "https://example.com/atom.xml",
    } <= set(urls(short))
    assert {"https://example.com/news-sitemap.xml", "https://example.com/sitemap.xml"} <= set(urls(short))
    assert len(shortlist(candidates(b"<html><body>Hi</body></html>", HOME), limit=4)) == 5


def test_the_sitemaps_of_robots_take_the_place_of_guesses():
    robots = "User-agent: *\nDisallow: /x\nSITEMAP : https://example.com/all.xml # all\nsitemap: /news/sitemap.xml\nSitemap: ftp://x/\nSitemap:\n"
    assert sitemaps_from_robots(robots, "https://example.com/robots.txt") == (
        "https://example.com/all.xml",
        "https://example.com/news/sitemap.xml",
    )
    short = shortlist(
        [*candidates(b"<html><body>Hi</body></html>", HOME), *from_robots(robots, "https://example.com/robots.txt")]
    )
    assert [each.url for each in short if each.kind is FeedKind.SITEMAP] == [
        "https://example.com/news/sitemap.xml",
        "https://example.com/all.xml",
    ]


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (RSS, "application/rss+xml", "feed"),
        (RSS, "text/html", "feed"),
        (EMPTY, None, "feed"),
        (b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>', None, "feed"),
        (b'{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[]}', "application/json", "feed"),
        (INDEX, "text/xml", "sitemap"),
        (b"<urlset/>", "text/xml", "sitemap"),
        (b"https://example.com/1\n", "text/plain", "sitemap"),
        (PAGE, "text/html; charset=utf-8", "html"),
        (b"<p>no frame", "text/html", "html"),
        (b"<!-- x --><html></html>", None, "html"),
        (b"", "text/plain", "other"),
        (b"%PDF-1.4", "application/pdf", "other"),
        (b'{"error":1}', "application/json", "other"),
        (b"<svg/>", "image/svg+xml", "other"),
        (b"\x1f\x8bgarbage", "application/gzip", "other"),
    ],
)
def test_the_first_look_tells_what_an_address_is(body, content_type, kind):
    look = first_look(body, content_type, HOME)
    assert look.kind == kind
    assert (look.result is not None) == (kind in ("feed", "sitemap"))
    assert bool(look.error) == (kind == "other")


@settings(max_examples=60, deadline=None)
@cases(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<html>", b"<rss>", b"<html><link rel=alternate type=application/rss+xml href='"]),
)
def test_arbitrary_answers_are_looked_at_without_a_crash(noise, start):
    first_look(start + noise, None, HOME)
    assert candidates(start + noise, HOME)


def test_a_whole_discovery_from_a_bare_home_page():
    """What the caller does, with the answers of a site whose only listing is a news sitemap behind an index."""
    news = b"""<urlset xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://example.com/1</loc><news:news>
    <news:title>One</news:title><news:publication_date>2024-05-01</news:publication_date></news:news></url></urlset>"""
    site = {
        "https://example.com/sitemap.xml": INDEX,
        "https://example.com/news-sitemap.xml": news,
        HOME: PAGE.replace(b"<link", b"<meta"),
    }
    found = [*candidates(site[HOME], HOME), *from_robots("Sitemap: /sitemap.xml", HOME)]
    read = []
    for candidate in shortlist(found):
        if candidate.url in site:
            read.append(read_candidate(candidate, site[candidate.url], None, candidate.url))
    (index,) = [each for each in read if each.candidate.url == "https://example.com/sitemap.xml"]
    for child in from_index(index.candidate, choose_children(index.result, 3)):
        read.append(read_candidate(child, site[child.url], None, child.url))
    choice = choose(read, HOME)
    assert [(feed.url, feed.kind) for feed in choice.feeds] == [("https://example.com/news-sitemap.xml", FeedKind.SITEMAP)]
    assert choice.sentences[0].startswith("Watching https://example.com/news-sitemap.xml (sitemap).")
    assert "names it" in choice.feeds[0].why


def test_a_page_where_a_feed_was_expected_is_said_to_be_one():
    read = read_candidate(
        given("https://example.com/feed", FeedKind.RSS), b"<html><body>Not found</body></html>", "text/html", HOME
    )
    assert read.result is None
    assert "web page" in read.error
