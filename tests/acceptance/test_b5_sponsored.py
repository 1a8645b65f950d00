"""B5: a sponsored link to another site in a feed is not crawled as that source."""

AGENCY = "Northern Wire"


def test_a_link_to_another_site_is_neither_asked_for_nor_stored(paper, open_desk, declare_rule):
    other = paper.others[0]
    assert other.removeprefix("http://127.0.0.") != paper.url.removeprefix("http://127.0.0.")
    sponsored = paper.at("03:05").publish(site=AGENCY, title="Ten cures", paragraphs=["A zebrafish cures all.", "Buy now."])
    news = paper.at("03:05").publish(add=["A zebrafish was seen."])
    paper.at("03:06").tell("advertise", title="Ten cures that doctors do not tell you", url=sponsored["url"])
    bait = paper.at("03:07").publish(title="Our partners", paragraphs=["A zebrafish."])
    paper.remote.post("misbehave", path=bait["path"], kind="redirect", location=sponsored["url"], times=None)

    desk = open_desk(paper.channels, declare_rule("fish", "zebrafish"))
    desk.at("03:00").add(paper.feed)
    gained = desk.at("03:10").crawl()
    assert (gained["articles"], gained["alerts"]) == (1, 1)
    assert paper.log(site=AGENCY) == [], "not even its robots.txt"
    (hook,) = paper.hooks
    assert [article["url"].partition("?")[0] for article in hook["articles"]] == [news["url"]]
    assert [other in row[0] for row in desk.rows("SELECT url FROM pages")] == [False, False]


def test_an_advertisement_that_stands_alone_in_the_feed_changes_nothing(paper, open_desk):
    sponsored = paper.at("03:05").publish(site=AGENCY, title="Ten cures", paragraphs=["A zebrafish cures all.", "Buy now."])
    paper.at("03:06").tell("advertise", title="Ten cures", url=sponsored["url"])
    desk = open_desk()
    desk.at("03:00").add(paper.feed)
    assert desk.at("03:10").crawl()["articles"] == 0
    assert paper.log(site=AGENCY) == []
