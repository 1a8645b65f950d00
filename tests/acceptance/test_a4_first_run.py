"""A4: a new source with many old items; later its GUIDs change, its feed is empty, and comes back."""

OLD = 500
ZEBRAFISH = ["A zebrafish was seen again in the lower basin."]
NOTHING = {"articles": 0, "versions": 0, "comments": 0, "stories": 0, "matches": 0, "alerts": 0}


def test_no_old_item_is_told_whatever_happens_to_the_feed(paper, open_desk, declare_rule):
    for number in range(OLD):
        paper.at(f"02:{number // 60:02}:{number % 60:02}").publish(add=ZEBRAFISH, dated=number % 10 != 0)  # every tenth undated
    paper.listings(items=2 * OLD)
    desk = open_desk(paper.channels, declare_rule("fish", "zebrafish"), workers=2)
    desk.at("03:00").add(paper.feed)

    gained = desk.at("03:01").crawl()
    assert (gained["articles"], gained["matches"], gained["alerts"]) == (OLD, OLD, 0)

    paper.forget()
    paper.listings(churn=True)
    assert desk.at("03:04").crawl() == NOTHING
    paper.listings(empty=True)
    assert desk.at("03:06").crawl() == NOTHING
    paper.listings(empty=False, churn=True)
    assert desk.at("03:08").crawl() == NOTHING
    assert {hit["path"].partition("?")[0] for hit in paper.log()} == {"/feed.xml"}, "no known page was fetched again"

    new = [paper.at(f"03:08:{second:02}").publish(add=ZEBRAFISH)["url"] for second in range(3)]
    quiet = paper.at("03:08:30").publish(title="Nothing of note", paragraphs=["All quiet on the quay tonight.", "No fish."])
    gained = desk.at("03:09").crawl()
    assert (gained["articles"], gained["matches"], gained["alerts"]) == (4, 3, 3)
    paper.listings(churn=True)

    desk.at("03:10").add(f"{paper.url}/feed.xml?utm_source=again", "the same feed, later")
    assert desk.at("03:11").crawl() == NOTHING
    late = paper.at("03:11:30").publish(add=ZEBRAFISH)["url"]
    assert desk.at("03:12").crawl()["alerts"] == 1

    assert sorted(told(paper)) == sorted([*new, late])
    assert quiet["url"] not in told(paper)
    assert len(paper.mails) == len({hook["id"] for hook in paper.hooks}) == 4


def test_a_source_that_was_added_while_its_feed_was_empty(paper, open_desk, declare_rule):
    old = [paper.at(f"02:0{minute}").publish(add=ZEBRAFISH, dated=minute > 0) for minute in range(5)]
    paper.listings(empty=True)
    desk = open_desk(paper.channels, declare_rule("fish", "zebrafish"))
    desk.at("03:00").add(paper.feed)
    assert desk.at("03:01").crawl() == NOTHING, "the first crawl, which finds nothing"
    new = paper.at("03:02").publish(add=ZEBRAFISH)
    paper.listings(empty=False)
    assert desk.at("03:03").crawl()["articles"] == len(old) + 1
    assert new["url"] in told(paper)
    assert set(told(paper)) & {piece["url"] for piece in old if piece["dated"]} == set()


def test_a_new_article_whose_hour_nobody_tells_is_told(paper, open_desk, declare_rule):
    old = paper.at("02:00").publish(add=ZEBRAFISH, dated=False)
    desk = open_desk(paper.channels, declare_rule("fish", "zebrafish"))
    desk.at("03:00").add(paper.feed)
    assert desk.at("03:01").crawl()["alerts"] == 0, "undated in the first crawl"

    history = "He has been keeper of the basin since 12 March 2019."
    undated = [paper.at("03:02").publish(add=[*ZEBRAFISH, *more], dated=False, shape="bare") for more in ([], [history])]
    day = paper.at("03:03").publish(add=ZEBRAFISH, dated=False, shape="plain")
    page = paper.page(day["path"])
    paper.serve(day["path"], page.replace("</h1>", '</h1><time datetime="2026-11-01">1 November 2026</time>'))
    assert desk.at("03:05").crawl()["articles"] == 3
    assert sorted(told(paper)) == sorted(piece["url"] for piece in (*undated, day))
    assert old["url"] not in told(paper)


def told(paper):
    """The addresses that the receiver was told, without what the feed adds to them."""
    return [article["url"].partition("?")[0] for hook in paper.hooks for article in hook["articles"]]
