"""Comments from a newspaper's own WordPress feeds, over the wire: joined without doubles, politely, and never lost."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from nightdesk.newspaper import Newspaper, NewspaperServer, Shape, in_thread
from nightdesk.newspaper.routes import answer

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
API = "/wp-json/wp/v2/comments"
TEXT = [
    "The harbour council met again on Tuesday and heard from the pilots, the net makers and the keeper of the light.",
    "It decided to lengthen the northern mole by forty yards before the winter, and to ask the county for half of the cost.",
    "The pilots had asked for sixty; the net makers, who dry their nets there, had asked for the mole to be left alone.",
]
SAID = [("Moira", "Well done the lifeboat crew, all of them."), ("Raheel A.", "A scandal. That buoy has been loose for weeks."),
        ("Wen", "Where is the county's money to come from this time?")]  # fmt: skip


class Paper:
    """The newspaper under test, with the server's log."""

    def __init__(self, site, server):
        self.site = site
        self.server = server

    def prints(self, shape=Shape.MODERN, said=SAID, hours=1, **how):
        return self.site.publish(title="Council lengthens the northern mole", paragraphs=TEXT, shape=shape, comments=said,
                                 at=NOON - timedelta(hours=hours), **how)  # fmt: skip

    def asked(self, *paths):
        """How often each of these paths was asked for."""
        return [len(self.server.hits(path)) for path in paths]


@pytest.fixture
def paper():
    site = Newspaper()
    site.comment_feeds = True
    server = NewspaperServer(site)
    with in_thread(server):
        yield Paper(site, server)


@pytest.fixture
def watch(desk, declare_source, paper):
    """Declares the newspaper, and crawls it at so many minutes past noon."""

    def crawl(minutes=0, keys=None, **settings):
        desk.declare(declare_source("courier", paper.site.base_url, feeds=[f"{paper.site.base_url}/feed.xml"], **(keys or {})),
                     **settings)  # fmt: skip
        return desk.crawl(NIGHTDESK_CLOCK=f"{NOON + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}@1")

    return crawl


def articles(desk):
    """The paths of all stored articles, without what the feed's links carry."""
    return [path.partition("?")[0] for path in desk.articles()]


def comments(desk):
    return desk.rows("SELECT key, parent_key, author, text, published, permalink, origin FROM comments ORDER BY id")


@pytest.mark.parametrize("shape", [Shape.MODERN, Shape.CLASSIC, Shape.PLAIN])
def test_a_comment_of_page_and_feed_is_one(shape, desk, paper, watch):
    piece = paper.prints(shape)
    paper.site.comment(piece.slug, "Moira", "From the same place as always, I fear, and that is us.", NOON, parent=3)
    watch()
    told = comments(desk)
    assert [(row[2], row[3]) for row in told] == [*SAID, ("Moira", "From the same place as always, I fear, and that is us.")]
    assert {row[6] for row in told} == {"feed"}
    assert [row[4] for row in told] == [f"2026-03-02T11:0{n}:00.000Z" for n in (1, 2, 3)] + ["2026-03-02T12:00:00.000Z"]
    assert [row[1] is None for row in told] == [True, True, True, False]
    assert told[3][1] == told[2][0]  # by the key that was stored, whatever the feed calls it
    if shape is not Shape.PLAIN:
        assert [row[0] for row in told] == ["1", "2", "3", "4"]
    assert desk.rows("SELECT comments_status, comment_count FROM articles") == [("served", 4)]
    assert paper.asked(f"{piece.path}/feed/", API, "/comments/feed/") == [1, 0, 0]


def test_comments_that_the_page_does_not_show_come_from_its_feed_and_stay(desk, paper, watch):
    piece = paper.prints(Shape.BARE)
    watch()
    assert [row[3] for row in comments(desk)] == [text for _, text in SAID]
    assert desk.rows("SELECT comments_status, comment_count, comments_platform FROM articles") == [("served", 3, "wordpress")]
    paper.site.comment(piece.slug, "Ada", "I was there, and it was not like that at all.", NOON + timedelta(minutes=5))
    del piece.comments[0]  # the moderator was here
    watch(16)
    assert [row[2] for row in comments(desk)] == ["Moira", "Raheel A.", "Wen", "Ada"]
    assert desk.rows("SELECT comments_status, comment_count FROM articles") == [("served", 4)]
    watch(130)
    assert len(comments(desk)) == 4
    first, second, third = paper.server.hits(f"{piece.path}/feed/")
    assert (first.status, second.status, third.status) == (200, 200, 304)  # each look asks once, by what it knows
    assert first.if_none_match is None
    assert third.if_none_match


def test_the_interface_is_asked_where_the_feed_shows_its_newest_only(desk, paper, watch):
    many = [(f"Reader {number}", f"I have said it {number} times, and I say it again.") for number in range(25)]
    piece = paper.prints(Shape.BARE, many, hours=2)
    paper.site.comment(piece.slug, "Ada", "And so have I, as you well know.", NOON, parent=1)
    watch()
    assert len(comments(desk)) == 10
    assert paper.asked(f"{piece.path}/feed/", API) == [1, 0]
    watch(16)
    told = comments(desk)
    assert sorted(row[0] for row in told) == sorted(str(number) for number in range(1, 27))
    assert [row[1] for row in told if row[2] == "Ada"] == ["1"]
    assert paper.asked(f"{piece.path}/feed/", API) == [1, 1]


def test_a_count_that_the_feed_cannot_hold_leads_to_the_interface_at_once(desk, paper, watch):
    many = [(f"Reader {number}", f"I have said it {number} times, and I say it again.") for number in range(25)]
    piece = paper.prints(Shape.MODERN, many, hours=2)
    page = answer(paper.site, piece.path).body.decode()
    shown = re.sub(r'<li id="comment-(?:1\d|2\d|[4-9])".*?</li>', "", page, flags=re.DOTALL)  # "load more", as themes say
    paper.site.misbehave(piece.path, "not-html", body=shown, content_type="text/html", times=None)
    watch()
    assert desk.rows("SELECT comment_count FROM articles") == [(25,)]
    assert len(comments(desk)) == 25
    assert paper.asked(f"{piece.path}/feed/", API) == [0, 1]
    assert {row[6] for row in comments(desk)} == {"api"}


def test_a_page_that_shows_all_it_counts_needs_its_feed_only(desk, paper, watch):
    many = [(f"Reader {number}", f"I have said it {number} times, and I say it again.") for number in range(25)]
    piece = paper.prints(Shape.MODERN, many, hours=2)
    watch()
    watch(16)
    assert paper.asked(f"{piece.path}/feed/", API) == [2, 0]
    assert len(comments(desk)) == 25


def test_no_request_where_the_page_counts_none(desk, paper, watch):
    piece = paper.prints(Shape.CLASSIC, [])
    page = answer(paper.site, piece.path).body.decode().replace('"NewsArticle"', '"NewsArticle", "commentCount": 0')
    paper.site.misbehave(piece.path, "not-html", body=page, content_type="text/html", times=None)
    watch()
    assert articles(desk) == [piece.path]
    assert desk.rows("SELECT comment_count FROM articles") == [(0,)]
    assert paper.asked(f"{piece.path}/feed/", API) == [0, 0]


def test_off_is_off_for_all_and_for_one(desk, paper, watch):
    first = paper.prints(Shape.BARE, hours=3)
    watch(comment_feeds="off")
    second = paper.prints(Shape.BARE, hours=2)
    watch(16, keys={"comment_feeds": "off"})
    assert len(articles(desk)) == 2
    assert paper.asked(f"{first.path}/feed/", f"{second.path}/feed/", API) == [0, 0, 0]
    third = paper.prints(Shape.BARE, hours=-1)
    watch(130, comment_feeds="off", keys={"comment_feeds": "wordpress"})
    assert paper.asked(f"{third.path}/feed/", API) == [1, 0]
    assert len(comments(desk)) == 3


def test_what_was_due_is_not_asked_for_once_it_is_switched_off(desk, paper, watch, declare_source, wait):
    piece = paper.prints(Shape.BARE)
    paper.site.misbehave(f"{piece.path}/feed/", "hang", seconds=60, times=1)
    desk.declare(declare_source("courier", paper.site.base_url, feeds=[f"{paper.site.base_url}/feed.xml"]))
    process = desk.start("crawl")
    wait(lambda: paper.server.hits(f"{piece.path}/feed/"), what="the feed's request")
    process.kill()
    process.wait()
    desk.declare(declare_source("courier", paper.site.base_url, feeds=[f"{paper.site.base_url}/feed.xml"]), comment_feeds="off")
    desk.crawl()
    assert paper.asked(f"{piece.path}/feed/") == [1]
    assert desk.rows("SELECT count(*) FROM pages WHERE comment_kind IS NOT NULL AND due IS NOT NULL") == [(0,)]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_who_refuses_is_not_asked_for_a_week(status, desk, paper, watch):
    pieces = [paper.prints(Shape.BARE, hours=hours) for hours in (3, 2)]
    for piece in pieces:
        paper.site.misbehave(f"{piece.path}/feed/", "status", status=status, times=None)
    paper.site.misbehave(API, "status", status=status, times=None)
    feeds = [f"{piece.path}/feed/" for piece in pieces]
    watch()
    assert sum(paper.asked(*feeds, API)) == 1  # the other article's list was due by then, and is left alone
    watch(16)
    assert sum(paper.asked(*feeds)) == 1
    assert paper.asked(API) == [1]
    watch(130)
    assert sum(paper.asked(*feeds, API)) == 2
    assert len(articles(desk)) == 2
    told = desk.run("source", "show", "courier", "--json", NIGHTDESK_CLOCK="2026-03-02T14:20:00Z").stdout
    assert f"answered {status}" in told
    paper.site.behave()
    late = paper.prints(Shape.BARE, hours=-24 * 8)
    watch(60 * 24 * 8 + 1)
    assert paper.asked(f"{late.path}/feed/") == [1]


def test_robots_txt_speaks_of_comment_feeds_too(desk, paper, watch):
    paper.site.robots = "User-agent: nightdesk\nDisallow: /*/feed/\nDisallow: /wp-json/\n"
    piece = paper.prints(Shape.BARE)
    assert watch() == {"courier": ("ok", None)}
    watch(16)
    watch(130)
    assert paper.asked(f"{piece.path}/feed/", API) == [0, 0]
    assert articles(desk) == [piece.path]


def test_a_feed_that_is_down_costs_nothing_and_is_asked_at_the_next_look(desk, paper, watch):
    piece = paper.prints(Shape.BARE)
    paper.site.misbehave(f"{piece.path}/feed/", "status", status=500, times=1)
    assert watch() == {"courier": ("ok", None)}
    assert articles(desk) == [piece.path]
    assert paper.asked(f"{piece.path}/feed/") == [1]
    watch(16)
    assert paper.asked(f"{piece.path}/feed/") == [2]
    assert len(comments(desk)) == 3


@pytest.mark.parametrize(("body", "kind"), [("<html><body>Home</body></html>", "text/html"), ("<rss><chan", "text/xml"),
                                            ("", "text/plain"), ("\x00\x01", "application/rss+xml")])  # fmt: skip
def test_what_is_no_feed_is_told_and_left(body, kind, desk, paper, watch):
    piece = paper.prints(Shape.BARE)
    paper.site.misbehave(f"{piece.path}/feed/", "not-html", body=body, content_type=kind, times=None)
    assert watch() == {"courier": ("ok", None)}
    assert articles(desk) == [piece.path]
    assert [error.partition(":")[0] for _, error in desk.pages().values() if error] == ["not-a-feed"]


def test_the_feed_of_all_comments_is_not_taken_for_the_articles_own(desk, paper, watch):
    other = paper.prints(Shape.BARE, hours=3)
    piece = paper.prints(Shape.BARE, [("Moira", "Only I am here, under the second one.")], hours=2)
    paper.site.misbehave(f"{piece.path}/feed/", "redirect", location="/comments/feed/", times=None)
    watch()
    assert desk.rows("SELECT DISTINCT url FROM articles a JOIN comments c ON c.article_id = a.id") == [
        (f"{paper.site.base_url}{other.path}?utm_source=courier&utm_medium=rss&utm_campaign=feed",)
    ]
    watch(16)
    assert paper.asked(f"{piece.path}/feed/") == [1]  # given up, for this article alone
    assert paper.asked(f"{other.path}/feed/") == [2]


def test_one_request_at_a_time_with_its_pause(desk, paper, watch):
    for hours in (4, 3, 2):
        paper.prints(Shape.BARE, hours=hours)
    watch(delay="1s")
    assert len(comments(desk)) == 9
    assert set(paper.server.max_in_flight.values()) == {1}
    log = sorted(paper.server.log, key=lambda hit: hit.began)
    pauses = [after.began - before.ended for before, after in pairwise(log)]
    assert min(pauses) >= 0.99
    assert len(log) == 1 + 1 + 3 * 2


def test_a_kill_between_page_and_feed_loses_no_comment(desk, paper, watch, wait, declare_source):
    piece = paper.prints(Shape.MODERN)
    extra = paper.site.comment(piece.slug, "Ada", "Held back by the cache of the page, and so only in the feed.", NOON)
    piece.comments.remove(extra)
    paper.site.misbehave(f"{piece.path}/feed/", "hang", seconds=60, times=1)
    desk.declare(declare_source("courier", paper.site.base_url, feeds=[f"{paper.site.base_url}/feed.xml"]))
    process = desk.start("crawl")
    wait(lambda: paper.server.hits(f"{piece.path}/feed/"), what="the feed's request")
    process.kill()
    process.wait()
    assert articles(desk) == [piece.path]  # it was stored first
    assert len(comments(desk)) == 3
    piece.comments.append(extra)
    assert desk.crawl() == {"courier": ("ok", None)}
    assert paper.asked(piece.path, f"{piece.path}/feed/") == [1, 2]  # the page itself is not asked again
    assert [row[2] for row in comments(desk)] == ["Moira", "Raheel A.", "Wen", "Ada"]
    assert desk.leases() == []


def test_old_comments_of_an_old_article_alarm_nobody(desk, paper, watch):
    desk.declare()
    desk.run("rule", "add", "scandals", "comment:scandal*", NIGHTDESK_CLOCK="2026-03-02T11:59:00Z")
    piece = paper.prints(Shape.BARE, hours=30)
    watch()
    assert len(comments(desk)) == 3
    assert desk.rows("SELECT verdict FROM matches") == [("old",)]
    assert desk.rows("SELECT count(*) FROM alerts") == [(0,)]
    paper.site.comment(piece.slug, "Ada", "Another scandal, and nobody is surprised.", NOON + timedelta(minutes=5))
    watch(16)
    assert desk.rows("SELECT verdict FROM matches ORDER BY id") == [("old",), ("alerted",)]


def test_a_source_that_is_added_by_command_has_its_own_choice(desk, paper):
    desk.declare()
    piece = paper.prints(Shape.BARE)
    desk.run("source", "add", paper.site.base_url, "--name", "courier", "--comment-feeds", "off")
    desk.crawl()
    assert articles(desk) == [piece.path]
    assert paper.asked(f"{piece.path}/feed/", API) == [0, 0]
    assert '"comment_feeds": "off"' in desk.run("source", "show", "courier", "--json").stdout
    assert "is not" in desk.run("source", "add", paper.site.base_url, "--comment-feeds", "some", code=2).stderr
