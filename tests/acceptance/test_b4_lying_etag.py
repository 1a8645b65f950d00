"""B4: a wrong ETag (304 though changed) is caught by a periodic unconditional fetch."""

FEED = "/feed.xml"
SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml")


def day(number, time_of_day="03:00"):
    return f"2026-11-{number:02}T{time_of_day}:00Z"


def test_a_feed_whose_etag_never_changes(paper, open_desk, declare_rule):
    desk = open_desk(paper.channels, declare_rule("zebra", "zebrafish"))
    for number in range(3):
        paper.at(day(1, f"02:0{number}")).publish()
    paper.remote.post("misbehave", path=FEED, kind="stuck-etag", times=None)
    desk.at(day(1)).add(paper.feed)
    assert desk.at(day(1, "03:05")).crawl()["articles"] == 3
    paper.forget()

    paper.gone("/", *SITEMAPS)  # no other route shows what the feed hides
    paper.at(day(1, "04:00")).publish(add=["A zebrafish was seen."])
    for number in (1, 2, 4):
        assert desk.at(day(number, "05:00")).crawl()["articles"] == 0
    assert paper.hits(FEED) == [304] * 3
    assert desk.json("source", "show", "courier")["lying_feeds"] == []

    told = desk.at(day(7, "04:00")).run("crawl", "--json")
    assert paper.hits(FEED) == [304, 304, 304, 200]
    assert paper.log(FEED)[-1]["if_none_match"] is None
    assert "validators-lie" in told.stderr
    assert len(paper.mails) == len(paper.hooks) == 1
    assert desk.json("source", "show", "courier")["lying_feeds"] == [paper.feed]
    assert "is always fetched whole" in desk.run("source", "show", "courier").stdout

    paper.at(day(7, "05:00")).publish()
    assert desk.at(day(7, "05:05")).crawl()["articles"] == 1, "it is not believed again"
    assert paper.log(FEED)[-1]["if_none_match"] is None


def test_a_feed_is_caught_though_its_news_came_by_the_second_route(paper, open_desk):
    for number in range(3):
        paper.at(day(1, f"02:0{number}")).publish()
    paper.remote.post("misbehave", path=FEED, kind="stuck-etag", times=None)
    desk = open_desk()
    desk.at(day(1)).add(paper.feed)
    assert desk.at(day(1, "03:05")).crawl()["articles"] == 3
    paper.at(day(1, "04:00")).publish()
    assert desk.at(day(2, "05:00")).crawl()["articles"] == 1, "it stands on the front page"
    assert paper.hits(FEED)[-1] == 304
    assert desk.at(day(7, "05:00")).crawl()["articles"] == 0
    assert desk.json("source", "show", "courier")["lying_feeds"] == [paper.feed]


def test_a_feed_that_tells_the_truth_is_only_asked_once_a_week(paper, open_desk):
    paper.at(day(1, "02:00")).publish()
    desk = open_desk()
    desk.at(day(1)).add(paper.feed)
    for number in (1, 4, 7, 8):
        desk.at(day(number, "05:00")).crawl()
    assert paper.hits(FEED)[-4:] == [200, 304, 200, 304]
    assert desk.json("source", "show", "courier")["lying_feeds"] == []
