from datetime import UTC, datetime, timedelta

import pytest

from storage.commenting import Answer, choose, follow_comments, ingest_answer, store_comments
from storage.ingest import ingest_article
from storage.models import (
    CommentFeeds,
    CommentOrigin,
    CommentSource,
    CommentSourceKind,
    CommentsStatus,
    Extraction,
    Feed,
    FeedKind,
    Page,
    PageState,
    ReadComment,
    Schedule,
    Source,
)
from storage.tables.comments import Refusal

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
POST = "https://courier.example/mole"
FEED, API, OTHER = CommentSourceKind
LINKS = (
    CommentSource(f"{POST}/feed/", FEED),
    CommentSource("https://courier.example/wp-json/wp/v2/comments?post=5&per_page=100", API),
)
LATER = NOW + timedelta(minutes=15)


@pytest.fixture
def source(store):
    def make(t):
        source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(900.0), NOW, sites=("courier.example",)))
        t.feeds.link(source.id, Feed("https://courier.example/feed", FeedKind.RSS), NOW)
        t.pages.add(Page(POST, POST, "courier.example", source.id, due=NOW, first_seen=NOW))
        return source

    return store.write_now(make)


@pytest.fixture
def look(store, source):
    """One look at the article's page, as the crawler settles it."""

    def settle(at=NOW, links=LINKS, policy=CommentFeeds.WORDPRESS, **read):
        def keep(t):
            page = t.pages.by_key(POST)
            reading = Extraction(POST, "Mole", "The harbour council met again.", comment_sources=links, **read)
            done = ingest_article(t, reading, source, page=page, url=POST, now=at)
            t.pages.stored(page, article_id=done.article_id, etag=None, last_modified=None, due=None)
            follow_comments(t, page, done.article_id, at, policy=policy, found=links)
            return done.article_id

        return store.write_now(keep)

    return settle


def due(store, article_id=1):
    return [each.comment_kind for each in store.read_now(lambda t: t.pages.comments_of(article_id)) if each.due is not None]


def said(number, **rest):
    return ReadComment(f"Comment number {number} of all.", str(number), author=f"Reader {number}", **rest)


def answers(store, kind, *comments, shown=None, at=NOW):
    def settle(t):
        page = next(each for each in t.pages.comments_of(1) if each.comment_kind is kind)
        return ingest_answer(t, page, Answer(comments, len(comments) if shown is None else shown, '"1"'), at)

    return store.write_now(settle)


def told(store):
    return store.read_now(lambda t: t.articles.comments(1))


def article(store):
    return store.read_now(lambda t: t.articles.by_id(1))


def test_a_look_makes_the_feed_due_and_remembers_the_interface(store, look):
    look()
    assert due(store) == [FEED]
    rows = store.read_now(lambda t: t.pages.comments_of(1))
    assert [(each.comment_kind, each.state, each.article_id) for each in rows] == [
        (FEED, PageState.STORED, 1), (API, PageState.STORED, 1)
    ]  # fmt: skip
    assert [each.comment_kind for each in store.read_now(lambda t: t.pages.of_article(1))] == [None]
    assert store.read_now(lambda t: t.pages.counts()) == {"stored": 1}


def test_a_second_look_makes_the_same_row_due_again(store, look):
    look()
    assert answers(store, FEED, said(1), said(2)) == 2
    assert due(store) == []
    look(LATER)
    assert due(store) == [FEED]
    assert answers(store, FEED, said(1), said(2), said(3), at=LATER) == 1
    assert len(store.read_now(lambda t: t.pages.comments_of(1))) == 2


@pytest.mark.parametrize(
    ("policy", "kinds"), [(CommentFeeds.WORDPRESS, []), (CommentFeeds.ALL, [OTHER]), (CommentFeeds.OFF, [])]
)
def test_which_lists_are_read_is_a_choice(policy, kinds, store, look):
    look(policy=policy, links=(CommentSource("https://courier.example/feeds/5/comments/default", OTHER),))
    assert due(store) == kinds


def test_a_sources_own_choice_speaks_first(store, source, look):
    store.write_now(lambda t: t.connection.execute("UPDATE sources SET comment_feeds = 'off'"))
    look()
    assert store.read_now(lambda t: t.sources.by_id(source.id).comment_feeds) is CommentFeeds.OFF
    assert due(store) == []
    store.write_now(lambda t: t.connection.execute("UPDATE sources SET comment_feeds = 'wordpress'"))
    look(LATER, policy=CommentFeeds.OFF)
    assert due(store) == [FEED]


def test_another_site_is_not_followed(store, look):
    look(links=(CommentSource("https://elsewhere.example/mole/feed/", FEED), CommentSource("no address", API)))
    assert store.read_now(lambda t: t.pages.comments_of(1)) == []


def test_an_address_that_is_an_articles_page_is_none(store, source, look):
    store.write_now(lambda t: t.pages.add(Page(f"{POST}/feed", f"{POST}/feed", "courier.example", source.id, first_seen=NOW)))
    look()
    assert due(store) == [API]


def test_no_list_is_read_where_the_page_counts_none(store, look):
    look(comment_count=0, comments_status=CommentsStatus.NONE)
    assert due(store) == []
    look(LATER, comment_count=1, comments_status=CommentsStatus.SERVED)
    assert due(store) == [FEED]


def test_a_script_that_counts_none_says_nothing_of_the_feed(store, look):
    look(comment_count=0, comments_status=CommentsStatus.EXTERNAL, comments_platform="disqus")
    assert due(store) == [FEED]
    answers(store, FEED, said(1))
    assert (article(store).comments_status, article(store).comments_platform) == (CommentsStatus.SERVED, "wordpress")


@pytest.mark.parametrize(
    ("count", "known", "shown", "kind"),
    [
        (None, 0, None, FEED), (5, 0, None, FEED), (40, 0, None, API), (40, 40, None, FEED),
        (None, 10, 10, API), (10, 10, 10, API), (40, 10, 10, API), (40, 40, 10, FEED), (6, 4, 4, FEED), (30, 30, 30, API),
    ],
)  # fmt: skip
def test_the_interface_is_read_where_the_feed_leaves_some_out(count, known, shown, kind, store, look):
    look(comments=tuple(said(number) for number in range(known)), comment_count=count)
    lists = {each.comment_kind: each for each in store.read_now(lambda t: t.pages.comments_of(1))}
    store.write_now(lambda t: t.connection.execute("UPDATE pages SET shown = ? WHERE comment_kind = ?", [shown, FEED]))
    lists = {each.comment_kind: each for each in store.read_now(lambda t: t.pages.comments_of(1))}
    assert choose(article(store), lists, CommentFeeds.WORDPRESS, set()).comment_kind is kind


def test_a_refusal_lasts_until_its_end_and_leaves_the_other_way_open(store, source, look):
    until = NOW + timedelta(days=7)
    store.write_now(lambda t: t.comments.refuse(source.id, Refusal("courier.example", FEED, until, "http-status: 403")))
    look()
    assert due(store) == [API]
    store.write_now(lambda t: t.comments.refuse(source.id, Refusal("courier.example", API, until, "http-status: 401")))
    answers(store, API)
    look(LATER)
    assert due(store) == []
    assert [each.reason for each in store.read_now(lambda t: t.comments.refusals(source.id, LATER))] == [
        "http-status: 401", "http-status: 403"
    ]  # fmt: skip
    look(until)
    assert due(store) == [FEED]


def test_a_list_that_was_given_up_is_not_asked_again(store, look):
    look()
    store.write_now(lambda t: t.pages.give_up(t.pages.comments_of(1)[0].id, "not-a-feed: of another page"))
    look(LATER)
    assert due(store) == [API]


def test_feed_and_page_make_one_comment_whoever_comes_first(store, look):
    look(links=())
    store.write_now(lambda t: store_comments(t, 1, [said(1), said(2)], NOW, origin=CommentOrigin.FEED))
    look(LATER, comments=(said(1), said(2), said(3)))
    assert [(each.key, each.origin) for each in told(store)] == [
        ("1", CommentOrigin.FEED), ("2", CommentOrigin.FEED), ("3", CommentOrigin.PAGE)
    ]  # fmt: skip


def test_what_no_longer_stands_anywhere_is_kept_and_counted(store, look):
    look(comments=(said(1),), comment_count=1, comments_status=CommentsStatus.SERVED)
    answers(store, FEED, said(2))
    look(LATER, comment_count=0, comments_status=CommentsStatus.NONE)
    assert [each.key for each in told(store)] == ["1", "2"]
    assert (article(store).comments_status, article(store).comment_count) == (CommentsStatus.SERVED, 2)


def test_a_count_of_the_page_that_is_higher_stays(store, look):
    look(comment_count=40)
    answers(store, API, said(2))
    assert article(store).comment_count == 40


def test_without_a_feed_the_page_alone_says_where_comments_are(store, look):
    look(comments=(said(1),), comment_count=1, comments_status=CommentsStatus.SERVED)
    look(LATER, comment_count=7, comments_status=CommentsStatus.EXTERNAL)
    assert (article(store).comments_status, article(store).comment_count) == (CommentsStatus.EXTERNAL, 7)


def test_words_that_a_fuller_reading_brings_are_found_and_read_by_the_rules(store, look):
    look(comments=(ReadComment("The mole is too […]", "1", author="Moira"),))
    store.write_now(lambda t: [t.documents.take(each.document) for each in t.documents.unmatched(9)])
    answers(store, FEED, ReadComment("The mole is too short for whales.", "1", author="Moira"))
    assert [each.document.comment for each in store.read_now(lambda t: t.documents.unmatched(9))] == [
        "The mole is too short for whales."
    ]
    index = "SELECT rowid FROM comments_index WHERE comments_index MATCH ?"
    assert store.read_now(lambda t: t.connection.execute(index, ["whales"]).fetchall()) == [(1,)]
    store.write_now(lambda t: t.connection.execute("INSERT INTO comments_index (comments_index) VALUES ('integrity-check')"))


def test_a_time_that_changes_alone_is_not_read_again(store, look):
    look(comments=(said(1),))
    store.write_now(lambda t: [t.documents.take(each.document) for each in t.documents.unmatched(9)])
    answers(store, FEED, said(1, published=NOW))
    assert told(store)[0].published == NOW
    assert store.read_now(lambda t: t.documents.unmatched(9)) == []


def test_what_was_written_before_the_article_was_seen_is_as_old_as_that(store, look):
    look()
    later = NOW + timedelta(seconds=4)
    answers(store, FEED, said(1, published=NOW - timedelta(days=2)), said(2), said(3, published=later), at=later)
    assert {each.key: each.first_seen for each in told(store)} == {"1": NOW, "2": NOW, "3": later}
    look(LATER)
    answers(store, FEED, said(4), said(5, published=NOW - timedelta(days=3)), at=LATER)
    assert {each.key: each.first_seen for each in told(store)[3:]} == {"4": LATER, "5": NOW}
