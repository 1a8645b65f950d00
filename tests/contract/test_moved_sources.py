"""A declared source whose address or feeds change in the file: what belonged to the old ones is let go, and all else stays."""

import json

import pytest

from nightdesk.declared import _moved
from storage.urls import canonical


def shown(desk, name="paper"):
    return json.loads(desk.here("source", "show", name, "--json"))


def front(site, *paths):
    """A home page that declares a feed with these articles."""
    for path in paths:
        site.article(path)
    site.feed(*paths)
    site.set("/", f'<html><head><link rel="alternate" type="application/rss+xml" href="{site.url}/feed.xml"></head></html>')


@pytest.fixture
def two(open_site):
    """The old server and the new one, each with a front page and a feed."""
    old, new = open_site(), open_site("127.0.0.2")
    front(old, "/old/1")
    front(new, "/new/1")
    return old, new


def test_another_address_is_visited_and_the_old_server_is_left_alone(desk, two, declare_source):
    old, new = two
    desk.declare(declare_source("paper", old.url))
    desk.crawl()
    assert shown(desk)["sites"] == [f"127.0.0.1:{old.port}"]
    old.forget()
    desk.declare(declare_source("paper", new.url))
    done = desk.run("crawl")
    (line,) = [line for line in done.stderr.splitlines() if "feeds-let-go" in line]
    assert f"{old.url}/feed.xml" in line
    assert f"names {new.url} now, not {old.url}" in line
    now = shown(desk)
    assert (now["home_url"], now["sites"]) == (new.url, [f"127.0.0.2:{new.port}"])
    assert [feed["url"] for feed in now["feeds"]] == [f"{new.url}/feed.xml"]
    assert old.log == []
    assert desk.articles() == ["/new/1", "/old/1"]  # what the old one brought stays
    assert "feeds-let-go" not in desk.run("crawl").stderr


def test_a_source_added_by_command_and_declared_elsewhere_is_read_there(desk, two, declare_source):
    old, new = two
    desk.run("source", "add", old.url, "--name", "paper")
    old.forget()
    desk.declare(declare_source("paper", new.url, feeds=[f"{new.url}/feed.xml"]))
    assert desk.crawl() == {"paper": ("ok", None)}
    assert [feed["url"] for feed in shown(desk)["feeds"]] == [f"{new.url}/feed.xml"]
    assert (old.log, desk.articles()) == ([], ["/new/1"])


def test_feeds_that_the_file_names_no_more_are_let_go_and_looked_for(desk, site, declare_source):
    front(site, "/1")
    site.feed("/2", path="/other.xml")
    site.article("/2")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/other.xml"]))
    desk.crawl()
    desk.declare(declare_source("paper", site.url))
    done = desk.run("crawl")
    assert "feeds-let-go" in done.stderr
    assert "does not name them any more" in done.stderr
    assert [feed["url"] for feed in shown(desk)["feeds"]] == [f"{site.url}/feed.xml"]


def test_the_site_of_a_feed_goes_and_comes_with_it(desk, two, declare_source):
    old, new = two
    desk.declare(declare_source("paper", old.url, feeds=[f"{old.url}/feed.xml"]))
    desk.crawl()
    desk.declare(declare_source("paper", old.url, feeds=[f"{new.url}/feed.xml"]))
    desk.crawl()
    assert shown(desk)["sites"] == [f"127.0.0.1:{old.port}", f"127.0.0.2:{new.port}"]
    assert desk.articles() == ["/new/1", "/old/1"]
    desk.declare(declare_source("paper", old.url))
    desk.crawl()
    assert shown(desk)["sites"] == [f"127.0.0.1:{old.port}"]


def test_what_was_found_stays_while_the_address_does(desk, site, declare_source):
    front(site, "/1")
    desk.declare(declare_source("paper", site.url))
    desk.crawl()
    known = desk.rows("SELECT * FROM source_feeds"), desk.rows("SELECT id, url, etag FROM feeds"), shown(desk)["added"]
    for address in (site.url, f"{site.url}/", f"{site.url}/news", site.url.replace("http:", "HTTP:")):
        desk.declare("\n# moved down\n", declare_source("paper", address, tags=["harbour"]))
        assert "feeds-let-go" not in desk.run("crawl").stderr
        assert (
            desk.rows("SELECT * FROM source_feeds"), desk.rows("SELECT id, url, etag FROM feeds"), shown(desk)["added"]
        ) == known  # fmt: skip


def test_declared_feeds_stay_linked_however_their_address_is_spelt(desk, site, declare_source):
    front(site, "/1")
    feeds = [f"{site.url}/feed.xml?utm_source=x", f"{site.url}/feed.xml#top"]
    desk.declare(declare_source("paper", site.url, feeds=feeds[:1]))
    desk.crawl()
    known = desk.rows("SELECT feed_id, linked, first_read FROM source_feeds")
    for each in (feeds[1:], feeds, feeds[:1]):
        desk.declare(declare_source("paper", site.url, feeds=each))
        desk.crawl()
        assert desk.rows("SELECT feed_id, linked, first_read FROM source_feeds") == known


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("https://example.org/", "http://www.example.org/news/", False),
        ("https://m.example.org/", "https://example.org/", False),
        ("https://example.org/", "https://example.net/", True),
        ("https://one.example.org/", "https://two.example.org/", True),
        ("https://example.org/", "https://example.org:8443/", True),
        ("https://example.org/", "https://feeds.example.net/all", False),  # by which it is known already
        ("https://feeds.example.net/all", "https://feeds.example.net/sport", True),
        ("https://feeds.example.net/all", "http://feeds.example.net/all", False),
    ],
)
def test_what_is_another_site(before, after, moved):
    feeds = {canonical("https://feeds.example.net/all")}
    assert _moved(before, after, feeds) is moved
