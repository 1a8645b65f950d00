"""What commands say of a source that is new: nothing that is not known yet, and no two numbers for one thing."""

import json


def test_a_young_source_is_not_said_to_be_missed_at_an_unknown_time(desk, site, declare_source):
    site.article("/1")
    site.feed("/1")
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl()
    said = desk.here("source", "show", "paper")
    assert "missed at -" not in said
    assert "when it would be missed is not known yet" in said
    assert json.loads(desk.here("source", "show", "paper", "--json"))["health"]["missed_at"] is None


def test_adding_a_feed_with_an_entry_of_another_site_tells_of_both(desk, site):
    site.feed("/1", "https://elsewhere.example/2")
    said = desk.run("source", "add", f"{site.url}/feed.xml").stdout
    assert "It lists 1 entry; 1 more of other sites is not followed." in said
    assert "It lists 1 article now; what is dated before " in said


def test_a_feed_whose_channel_names_another_host_lists_what_is_followed_of_both(desk, site):
    items = "".join(f"<item><title>About {n}</title><link>{site.url}/{n}</link></item>" for n in "ab")
    channel = f"<channel><title>Paper</title><link>http://www.paper.example/</link>{items}</channel>"
    site.set("/feed.xml", f'<rss version="2.0">{channel}</rss>', kind="application/rss+xml")
    for path in ("/a", "/b"):
        site.article(path)
    said = desk.run("source", "add", f"{site.url}/feed.xml", "--name", "paper").stdout
    assert "It lists 2 entries." in said
    assert "of other sites" not in said + desk.here("source", "show", "paper")
    desk.crawl()
    assert desk.articles() == ["/a", "/b"]


def test_a_redirect_that_does_not_say_where_to_is_told_as_what_it_is(desk, site, declare_source):
    site.feed("/odd")
    site.set("/odd", status=302)
    desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"]))
    desk.crawl()
    assert desk.pages()["/odd"][1] == f"http-status: {site.url}/odd answered 302: it redirects, but does not say where to"


def test_a_304_to_a_plain_request_is_told_as_what_it_is(desk, site):
    site.set("/", status=304)
    said = desk.run("source", "check", site.url, code=1).stderr
    assert f"{site.url} answered 304: not changed, though nothing was held against it" in said.replace(f"{site.url}/", site.url)
