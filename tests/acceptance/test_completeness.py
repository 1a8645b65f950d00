"""Complete: what a feed of thirty items loses in an outage comes by the news sitemap, and the estimate of what is caught is true."""

import pytest

OMITTED = {"feeds_omit": 20, "sitemaps_omit": 30}


def publish(paper, day, hours, each):
    """So many articles in each hour of a day."""
    for hour in hours:
        for number in range(each):
            paper.at(f"2026-11-{day:02}T{hour:02}:{number:02}:30Z").publish()


def stored(desk):
    return {row["url"].partition("?")[0] for row in desk.export()}


def published(paper):
    return {each["url"] for each in paper.articles()}


@pytest.mark.timeout(400)
def test_outages_cost_nothing_and_the_estimate_tells_what_no_listing_shows(paper, open_desk):
    desk = open_desk()
    paper.listings(items=30)
    desk.at("2026-11-01T03:00:00Z").add(paper.feed, every="1h")
    publish(paper, 1, [3, 4], 10)
    desk.at("2026-11-01T05:00:00Z").crawl()
    show = desk.json("source", "show", "courier")
    assert show["completeness"] == {
        "routes": ["feed"], "share": None, "low": None, "high": None, "shown": None, "both": None, "why": "one route only"
    }  # fmt: skip
    assert (show["gaps"], show["second_route"]) == ([], [])

    paper.remote.post("misbehave", path="/feed.xml", kind="status", status=503, times=1)
    publish(paper, 1, range(5, 17), 5)
    desk.at("2026-11-01T12:00:00Z").run("crawl", code=3)
    desk.at("2026-11-01T17:00:00Z").crawl()
    assert stored(desk) == published(paper), "sixty came, and the feed shows thirty"
    show = desk.json("source", "show", "courier")
    (gap,) = show["gaps"]
    assert (gap["after"][:16], gap["entries"], gap["brought"]) == ("2026-11-01T05:00", 30, 30)
    assert gap["filled"] is not None
    (second,) = show["second_route"]
    assert second["url"].endswith("/news-sitemap.xml")
    assert [feed["kind"] for feed in show["feeds"]] == ["rss"], "it is not among those that are watched"
    assert desk.json("stats")["gaps"] == {"filled": 1, "open": 0}

    paper.listings(items=100, **OMITTED)
    publish(paper, 2, range(1, 13), 5)
    desk.at("2026-11-02T13:00:00Z").crawl()
    publish(paper, 2, range(13, 24), 6)
    asked = len(paper.hits("/news-sitemap.xml"))
    desk.at("2026-11-03T00:30:00Z").crawl()
    assert len(paper.hits("/news-sitemap.xml")) == asked + 1, "once a day"
    late = {each["url"] for each in paper.articles() if each["at"] >= "2026-11-02"}
    truth = len(late & stored(desk)) / len(late)
    assert truth < 0.97, "some stand in no listing"
    found = desk.at("2026-11-03T04:00:00Z").json("source", "show", "courier")["completeness"]
    assert found["routes"] == ["feed", "sitemap"]
    assert abs(found["share"] - truth) < 0.05
    assert found["low"] <= truth <= found["high"]
    assert "of what it publishes is caught, by feed and sitemap" in desk.run("source", "show", "courier").stdout


def test_a_sitemap_of_all_articles_fills_gaps_where_there_is_none_of_news(paper, open_desk):
    desk = open_desk()
    paper.listings(items=30)
    paper.remote.post("misbehave", path="/news-sitemap.xml", kind="status", status=404, times=999)
    publish(paper, 1, [3, 4], 10)
    desk.at("2026-11-01T03:00:00Z").add(paper.feed, every="1h")
    desk.at("2026-11-01T05:00:00Z").crawl()
    publish(paper, 1, range(5, 17), 5)
    desk.at("2026-11-01T17:00:00Z").crawl()
    (second,) = desk.json("source", "show", "courier")["second_route"]
    assert second["url"].endswith("/sitemap.xml")
    assert stored(desk) == published(paper), "sixty came, and the feed shows thirty"
    (gap,) = desk.json("source", "show", "courier")["gaps"]
    assert gap["filled"] is not None


def test_what_no_listing_shows_of_an_outage_is_taken_in_and_advised_upon(paper, open_desk):
    desk = open_desk()
    paper.listings(items=30)
    for path in ("/news-sitemap.xml", "/sitemap.xml"):
        paper.remote.post("misbehave", path=path, kind="status", status=404, times=999)
    desk.at("2026-11-01T00:00:00Z").add(paper.feed, every="1h")
    for hour in range(24):
        publish(paper, 1, [hour], 5)
        desk.at(f"2026-11-01T{hour:02}:59:00Z").crawl()
    paper.remote.post("misbehave", path="/feed.xml", kind="status", status=503, times=1)
    publish(paper, 2, range(20), 5)
    desk.at("2026-11-02T10:00:00Z").run("crawl", code=3)
    desk.at("2026-11-02T20:00:00Z").crawl()
    caught, all_ = len(stored(desk)), len(published(paper))
    show = desk.at("2026-11-03T20:00:00Z").json("source", "show", "courier")  # a day that nobody has looked at yet
    (gap,) = show["gaps"]
    assert (gap["filled"], gap["outage"]) == (None, True)
    assert abs(show["lost"]["articles"] - (all_ - caught)) < 0.05 * all_
    assert show["lost"]["low"] <= all_ - caught <= show["lost"]["high"]
    assert "were probably lost in one gap" in desk.run("source", "show", "courier").stdout
    found = {each["what"]: each for each in desk.json("doctor", code=1)["findings"]}
    assert "were probably lost" in found["source courier"]["text"]
    assert "no more visits would have helped courier" in found["completeness"]["remedy"]


def test_new_guids_and_an_edit_of_every_title_are_no_gap(paper, open_desk):
    desk = open_desk()
    publish(paper, 1, [3], 9)
    desk.at("2026-11-01T03:00:00Z").add(paper.feed)
    desk.at("2026-11-01T04:00:00Z").crawl()
    paper.listings(churn=True)
    for each in paper.articles():
        paper.at("2026-11-01T04:30:00Z").edit(each["slug"], title=f"Again: {each['title']}")
    desk.at("2026-11-01T05:00:00Z").crawl()
    assert desk.json("source", "show", "courier")["gaps"] == []
