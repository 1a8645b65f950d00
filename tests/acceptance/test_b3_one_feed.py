"""B3: the same feed, listed under five names, is fetched once."""

import re

FEED = "/feed.xml"


def publish(paper, hour, count):
    return [paper.at(f"{hour}:{number:02}").publish()["path"] for number in range(count)]


def test_five_sources_that_list_one_feed(paper, open_desk, declare_rule):
    paper.remote.post("misbehave", path=f"{FEED}/", kind="redirect", location=FEED, times=None)
    publish(paper, "02", 3)
    desk = open_desk(paper.channels, declare_rule("zebra", "zebrafish"))
    desk.at("03:00").add(paper.feed, "one")
    desk.add(f"{paper.feed}/", "with a slash")
    desk.add(f"{paper.feed}?utm_source=rss&utm_medium=feed", "with trackers")
    opml = desk.folder / "list.opml"
    variants = {"with a fragment": f"{paper.feed}#news", "with another tracker": f"{paper.feed}?fbclid=77"}
    outlines = "".join(f'<outline type="rss" text="{name}" xmlUrl="{url}"/>' for name, url in variants.items())
    opml.write_text(f'<opml version="2.0"><head/><body>{outlines}</body></opml>', encoding="utf-8")
    desk.run("source", "import", str(opml))
    assert (desk.count("sources"), desk.count("feeds")) == (5, 1)

    paper.forget()
    assert desk.at("03:01").crawl()["articles"] == 3
    assert paper.hits(FEED) == [200]
    assert sightings(desk) == [3] * 5

    new = paper.at("03:02").publish(add=["A zebrafish was seen."])["path"]
    paper.forget()
    gained = desk.at("03:03").crawl()
    assert (gained["articles"], gained["alerts"]) == (1, 1)
    assert paper.hits(FEED) == paper.hits(new) == [200]
    assert sightings(desk) == [4] * 5
    assert len(paper.mails) == len(paper.hooks) == 1


def test_five_sources_of_a_daemon(paper, open_desk, wait):
    tables = "".join(
        f'\n[[source]]\nname = "{number}"\nurl = "{paper.url}/"\nfeeds = ["{paper.feed}?utm_source={number}"]\nevery = "10m"\n'
        for number in range(5)
    )
    publish(paper, "02", 3)
    desk = open_desk(tables)
    with desk.at("03:00", rate=300).daemon():
        wait(lambda: min(crawls(desk)) >= 4, what="four rounds of each")
    rounds = max(crawls(desk))
    assert len(paper.hits(FEED)) <= rounds + 1, "once in ten minutes, whoever asks"
    assert sightings(desk) == [3] * 5


def test_a_home_page_that_declares_its_feed_five_times(paper, open_desk):
    publish(paper, "02", 3)
    variants = (FEED, f"{FEED}?utm_source=home", f"{paper.url}{FEED}#top", f"{FEED}/", f"{FEED}?utm_medium=x&utm_campaign=y")
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="News {n}" href="{v}">' for n, v in enumerate(variants)
    )
    page = re.sub(r'<link rel="alternate"[^>]*>', "", paper.page("/"))
    paper.serve("/", page.replace("</head>", f"{links}</head>"))
    paper.gone("/news-sitemap.xml", "/sitemap.xml", "/atom.xml", "/feed.json")
    paper.forget()
    desk = open_desk()
    added = desk.at("03:00").add(f"{paper.url}/")
    assert [feed["url"].removeprefix(paper.url) for feed in added["feeds"]] == [FEED]
    assert paper.hits(FEED) == [200]
    paper.forget()
    assert desk.at("03:01").crawl()["articles"] == 3
    assert paper.hits(FEED) == [200]


def sightings(desk):
    """How many pages each source has seen in its feed."""
    return [row[0] for row in desk.rows("SELECT count(DISTINCT page_id) FROM sightings GROUP BY source_id ORDER BY source_id")]


def crawls(desk):
    """How many visits each source has had."""
    return [row[0] for row in desk.rows("SELECT count(*) FROM crawls WHERE ended IS NOT NULL GROUP BY source_id")] or [0]
