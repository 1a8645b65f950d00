import contextlib
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.clock import Clock
from storage.ingest import ingest_article
from storage.listing import Validators, ingest_listing
from storage.models import (
    Change,
    CommentsStatus,
    DocumentKind,
    Entry,
    Extraction,
    Feed,
    FeedKind,
    Outcome,
    PageKind,
    PageReason,
    ReadComment,
    Reason,
    Relation,
    Schedule,
    Source,
)
from storage.store import connect

ADDED = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEFORE, AFTER = ADDED - timedelta(days=1), ADDED + timedelta(minutes=1)
HOME = "https://courier.example"
STORY = " ".join(f"The harbour master of Malden spoke about crane number {number}." for number in range(8))
EDITED = f"{STORY} The master has since asked for another crane, and for somebody who can tell one end of it from the other."
THIRD = " ".join(f"Choir {number} of the county sang in the old cathedral and went home content." for number in range(8))
OTHER = " ".join(f"In Harwick the council put off its vote on bridge {number} again." for number in range(8))


def make_source(t, name="Courier", site="courier.example", feed=f"{HOME}/feed"):
    source = t.sources.add(Source(name, f"https://{site}/", Schedule(900.0), ADDED, sites=(site,), due=ADDED))
    return source, t.feeds.link(source.id, Feed(feed, FeedKind.RSS), ADDED)


@pytest.fixture
def source(store):
    return store.write_now(make_source)[0]


def entries(*paths, **changes):
    return [replace(Entry(f"{HOME}/{path}", title=f"Title {path}", published=BEFORE, guid=path), **changes) for path in paths]


def listing(store, listed, now=AFTER, validators=Validators('"1"'), feed=1):  # noqa: B008 - a frozen value
    return store.write_now(lambda t: ingest_listing(t, feed, listed, validators, now))


def page(store, path):
    return store.read_now(lambda t: t.pages.by_key(f"{HOME}/{path}"))


def article(store, source, path="a", *, page=None, now=AFTER, url=None, **read):
    url = url or f"{HOME}/{path}"
    reading = Extraction(**{"url": url, "title": "Crane falls", "text": STORY, **read})
    return store.write_now(lambda t: ingest_article(t, reading, source, page=page, url=url, now=now))


def fetched(store, source, path, **read):
    """The article of a listed page, stored as the crawler does."""
    known = page(store, path)
    done = article(store, source, path, page=known, **{"text": f"{STORY} {path}", **read})
    store.write_now(lambda t: t.pages.stored(known, article_id=done.article_id, etag=None, last_modified=None, due=None))
    return done


def get(store, article_id):
    return store.read_now(lambda t: t.articles.by_id(article_id))


# --- listings


def test_entries_and_validators_are_stored_together(store, source):
    (listed,) = listing(store, entries("a", "b"))
    assert (listed.entries, listed.new, listed.changed, listed.elsewhere) == (2, 2, 0, 0)
    feed = store.read_now(lambda t: t.feeds.of_source(source.id)[0])
    assert (feed.etag, feed.checked, feed.changed) == ('"1"', AFTER, AFTER)
    assert (page(store, "a").due, page(store, "a").reason, page(store, "a").host) == (
        AFTER,
        PageReason.LISTED,
        "courier.example",
    )


def test_a_fault_after_them_leaves_neither(store, source):
    def torn(t):
        ingest_listing(t, 1, entries("a", "b"), Validators('"1"'), AFTER)
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        store.write_now(torn)
    assert page(store, "a") is None
    assert store.read_now(lambda t: (t.feeds.of_source(source.id)[0].etag, t.feeds.subscriptions(1)[0].first_read)) == (
        None,
        None,
    )


def test_the_same_listing_twice_adds_nothing(store, source):
    listing(store, entries("a", "b"))
    before = page(store, "a")
    (again,) = listing(store, entries("b", "a"), AFTER + timedelta(hours=1))
    assert (again.new, again.changed) == (0, 0)
    assert page(store, "a") == before


def test_other_guids_add_nothing_and_make_nothing_due(store, source):
    listing(store, entries("a"))
    fetched(store, source, "a")
    (again,) = listing(store, entries("a", guid="urn:other"), AFTER + timedelta(hours=1))
    assert (again.new, again.changed, page(store, "a").due) == (0, 0, None)


def test_one_article_under_several_spellings_is_one_entry(store, source):
    urls = (f"{HOME}/a", f"{HOME}/a?utm_source=rss", "http://www.courier.example/a/#top", "https://m.courier.example/a/amp")
    (listed,) = listing(store, [Entry(url, "A") for url in urls])
    assert (listed.entries, listed.new) == (1, 1)
    assert page(store, "a").url == f"{HOME}/a"


CHANGES = {
    "title": {"title": "Title a, mended"},
    "date": {"published": AFTER},
    "updated": {"updated": AFTER},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_changed_entry_makes_its_stored_page_due_again_once(store, source, change):
    later = AFTER + timedelta(hours=1)
    listing(store, entries("a", "b"))
    fetched(store, source, "a")
    assert listing(store, entries("a", **change), later)[0].changed == 1
    assert (page(store, "a").due, page(store, "a").reason) == (later, PageReason.CHANGED)
    fetched(store, source, "a")
    assert listing(store, entries("a", **change), later)[0].changed == 0
    assert page(store, "a").due is None


def test_a_link_to_another_site_is_not_this_source_s(store, source):
    sponsored = Entry("https://shop.example/offer", "Buy now")
    (listed,) = listing(store, [*entries("a"), sponsored, Entry("https://news.courier.example/b", "B")])
    assert (listed.entries, listed.elsewhere) == (2, 1)
    assert store.read_now(lambda t: t.pages.by_key("https://shop.example/offer")) is None


def test_a_feed_of_sponsored_links_only_does_not_make_their_site_the_source_s(store, source):
    listing(store, entries("a"))
    (listed,) = listing(store, [Entry("https://shop.example/offer", "Buy now")])
    assert (listed.entries, listed.elsewhere) == (0, 1)
    assert store.read_now(lambda t: t.sources.by_id(source.id)).sites == ("courier.example",)


def test_a_feed_on_a_feed_service_adopts_the_site_of_its_entries(store):
    source, feed = store.write_now(lambda t: make_source(t, site="feeds.example", feed="https://feeds.example/courier"))
    listing(store, [], feed=feed)  # it may be empty at first
    (listed,) = listing(store, [*entries("a", "b", "c", "d"), Entry("https://shop.example/offer")], feed=feed)
    assert (listed.entries, listed.elsewhere) == (4, 1)
    assert store.read_now(lambda t: t.sources.by_id(source.id)).sites == ("feeds.example", "courier.example")


def test_a_feed_of_many_sites_adopts_none(store):
    _, feed = store.write_now(lambda t: make_source(t, site="links.example", feed="https://links.example/feed"))
    (listed,) = listing(store, [Entry(f"https://site{number}.example/a-b-c") for number in range(5)], feed=feed)
    assert (listed.entries, listed.elsewhere) == (0, 5)


BROKEN = {
    "no address": "",
    "mail": "mailto:desk@courier.example",
    "script": "javascript:void(0)",
    "no host": "http:///a",
    "bad port": "http://courier.example:99999/a",
    "too long": f"{HOME}/{'a' * 9000}",
    "lone surrogate": f"{HOME}/\ud800",
    "loose bracket": "http://[courier.example/",
}


@pytest.mark.parametrize("url", BROKEN.values(), ids=BROKEN.keys())
def test_an_entry_without_a_usable_address_costs_only_itself(store, source, url):
    (listed,) = listing(store, [Entry(url, "X"), *entries("a")])
    assert (listed.entries, listed.new) == (1, 1)


def test_entries_are_cleaned_of_what_a_database_refuses(store, source):
    listing(store, entries("a", title="Pay\u202e \ud800now\x00", guid="\ud800id"))
    assert page(store, "a").title == "Pay now"


# --- old news and news (A4)

BACKLOG = [
    ("first reading, dated before", BEFORE, True, False),
    ("first reading, undated", None, True, False),
    ("first reading, dated after", AFTER, True, True),
    ("later, undated", None, False, True),
    ("later, dated after", AFTER, False, True),
    ("later, dated before", BEFORE, False, False),
]


@pytest.mark.parametrize(("dated", "first", "news"), [row[1:] for row in BACKLOG], ids=[row[0] for row in BACKLOG])
def test_what_of_a_listing_is_news(store, source, dated, first, news):
    if not first:
        listing(store, entries("z"))
    listing(store, entries("a", published=dated))
    assert get(store, fetched(store, source, "a").article_id).news is news


def test_an_emptied_feed_that_comes_back_brings_no_news(store, source):
    listing(store, entries("a", "b", published=None))
    listing(store, [])
    (back,) = listing(store, entries("a", "b", published=None, guid="new"))
    assert (back.new, back.changed) == (0, 0)
    assert not get(store, fetched(store, source, "a").article_id).news


def test_the_page_s_own_date_counts_where_the_feed_has_none(store, source):
    listing(store, entries("a", "b", published=None))
    assert get(store, fetched(store, source, "a", published=AFTER).article_id).news
    assert not get(store, fetched(store, source, "b", published=BEFORE).article_id).news


def test_a_second_source_of_one_feed_brings_the_same_pages_and_no_old_news(store, source):
    listing(store, entries("a", published=None))
    listing(store, entries("a", "b", published=None))
    second, feed = store.write_now(lambda t: make_source(t, "Courier again"))
    first_listed, second_listed = listing(store, entries("a", "b", "c", published=None), AFTER + timedelta(hours=1))
    assert feed == 1
    assert (first_listed.new, second_listed.new, second_listed.entries) == (1, 0, 3)
    assert [get(store, fetched(store, source, path).article_id).news for path in ("a", "b", "c")] == [False, True, True]
    assert second.id != source.id


def test_pages_of_a_removed_source_are_fetched_for_another_that_lists_them(store, source):
    listing(store, entries("a"))
    store.write_now(lambda t: make_source(t, "Courier again"))
    store.write_now(lambda t: t.sources.remove(source.id, AFTER))
    assert page(store, "a").due is None
    listing(store, entries("a"), AFTER + timedelta(hours=1))
    assert (page(store, "a").due, page(store, "a").source_id) == (AFTER + timedelta(hours=1), 2)


def test_pages_of_a_removed_source_are_fetched_when_it_comes_back(store, source):
    listing(store, entries("a"))
    store.write_now(lambda t: t.sources.remove(source.id, AFTER))
    _, feed = store.write_now(make_source)
    listing(store, entries("a"), AFTER + timedelta(hours=1), feed=feed)
    assert page(store, "a").due == AFTER + timedelta(hours=1)


# --- articles: identity


def test_a_new_article_is_stored_whole(store, source):
    done = article(
        store, source, "a?utm_source=rss", lead="Lead", authors=("Ann Lee",), tags=("Ports",), language="en", published=AFTER,
        published_evidence="json-ld", comments_status=CommentsStatus.EXTERNAL, comments_platform="disqus", comment_count=3,
    )  # fmt: skip
    stored = get(store, done.article_id)
    assert (done.outcome, done.version) == (Outcome.NEW, 1)
    assert (stored.canonical_url, stored.url) == (f"{HOME}/a", f"{HOME}/a?utm_source=rss")
    assert (stored.source, stored.title, stored.authors, stored.tags) == ("Courier", "Crane falls", ("Ann Lee",), ("Ports",))
    assert (stored.first_seen, stored.published, stored.comment_count, stored.versions) == (AFTER, AFTER, 3, 1)


SPELLINGS = ("http://www.courier.example/a", f"{HOME}/a/", f"{HOME}:443/a#more", "https://m.courier.example/a?fbclid=1")


@pytest.mark.parametrize("url", SPELLINGS)
def test_one_address_in_another_spelling_is_one_article(store, source, url):
    first = article(store, source)
    again = article(store, source, url=url)
    assert (again.outcome, again.article_id) == (Outcome.SAME, first.article_id)


def test_a_declared_address_makes_two_pages_one_article(store, source):
    first = article(store, source, "a")
    again = article(store, source, "print?article=7", canonical_url=f"{HOME}/a", text=f"{STORY} Printed on Monday.")
    assert (again.outcome, again.article_id, again.version) == (Outcome.UPDATED, first.article_id, 2)


@pytest.mark.parametrize(
    "titles", [("Crane falls", "Vote put off"), (None, None), ("", "")], ids=["titled", "untitled", "empty"]
)
def test_an_address_that_two_different_texts_declare_is_believed_once(store, source, titles):
    declared = f"{HOME}/world/todays-front-page-of-all"
    first = article(store, source, "a", canonical_url=declared, title=titles[0])
    second = article(store, source, "b", canonical_url=declared, text=OTHER, title=titles[1])
    assert first.article_id != second.article_id
    assert second.outcome is Outcome.NEW
    assert get(store, second.article_id).canonical_url == f"{HOME}/b"
    again = article(store, source, "b", canonical_url=declared, text=OTHER, title=titles[1])
    assert (again.outcome, again.article_id) == (Outcome.SAME, second.article_id)


def test_a_page_is_not_taken_for_an_edit_of_the_one_that_declared_its_address(store, source):
    squatter = article(store, source, "b", canonical_url=f"{HOME}/a")
    owner = article(store, source, "a", text=OTHER, title="Vote put off")
    assert owner.outcome is Outcome.NEW
    assert owner.article_id != squatter.article_id


def test_an_address_declared_on_another_site_is_not_believed(store, source):
    done = article(store, source, "a", canonical_url="https://agency.example/a")
    assert get(store, done.article_id).canonical_url == f"{HOME}/a"


def test_the_article_of_a_page_stays_its_article_whatever_it_declares_later(store, source):
    listing(store, entries("a"))
    first = fetched(store, source, "a")
    again = article(
        store, source, "a", page=page(store, "a"), canonical_url=f"{HOME}/moved-to-here-now", text=EDITED, title="Vote"
    )
    assert (again.outcome, again.article_id) == (Outcome.UPDATED, first.article_id)


# --- articles: copies


def test_the_same_text_elsewhere_joins_the_story_with_relations_both_ways(store, source):
    other, _ = store.write_now(lambda t: make_source(t, "Echo", "echo.example", "https://echo.example/feed"))
    first = article(store, source)
    copy = article(
        store, other, url="https://echo.example/9-crane", title="Malden crane", text=STORY.upper().replace(".", " –")
    )
    third = article(store, other, url="https://echo.example/10-crane", title="Again")
    assert (copy.outcome, third.outcome) == (Outcome.COPY, Outcome.COPY)
    ids = [each.article_id for each in (first, copy, third)]
    assert len({get(store, each).story_id for each in ids}) == 1
    related = store.read_now(lambda t: [{(url, relation) for url, relation, _, _ in t.stories.related(each)} for each in ids])
    urls = [get(store, each).url for each in ids]
    assert related == [{(url, Relation.COPY) for url in urls if url != mine} for mine in urls]
    story = store.read_now(lambda t: t.stories.get(get(store, ids[2]).story_id))
    assert [(each.article.id, each.relation) for each in story.carriers] == [
        (ids[0], Relation.FIRST), (ids[1], Relation.COPY), (ids[2], Relation.COPY),
    ]  # fmt: skip
    assert store.read_now(lambda t: t.stories.outlets(story.id)) == 2


@pytest.mark.parametrize("title", ["Another title", None], ids=["titled", "untitled"])
def test_short_boilerplate_makes_no_story(store, source, title):
    text = "Subscribe to read on. Already a subscriber? Log in."
    first = article(store, source, "a", text=text, title=title and "First title")
    second = article(store, source, "b", text=text, title=title)
    assert second.outcome is Outcome.NEW
    assert get(store, first.article_id).story_id != get(store, second.article_id).story_id


def test_a_short_text_under_the_same_title_is_a_copy(store, source):
    article(store, source, "a", text="The minister resigned.", title="Minister resigns")
    assert article(store, source, "b", text="The minister resigned!", title="MINISTER RESIGNS").outcome is Outcome.COPY


# --- articles: versions


def test_a_changed_text_is_the_next_version_and_the_first_stays(store, source):
    first = article(store, source)
    later = AFTER + timedelta(hours=1)
    second = article(store, source, text=f"{STORY} Nobody was hurt.", title="Crane falls, nobody hurt", now=later)
    assert (second.outcome, second.article_id, second.version) == (Outcome.UPDATED, first.article_id, 2)
    versions = store.read_now(lambda t: t.articles.versions(first.article_id))
    assert [(each.number, each.title, each.text, each.seen) for each in versions] == [
        (1, "Crane falls", STORY, AFTER), (2, "Crane falls, nobody hurt", f"{STORY} Nobody was hurt.", later),
    ]  # fmt: skip
    assert get(store, first.article_id).title == "Crane falls, nobody hurt"


SAME = {
    "blanks": {"text": STORY.replace(" ", "\n")},
    "punctuation": {"text": STORY.replace(".", "!"), "title": "Crane – falls!"},
    "case": {"text": STORY.upper()},
    "no title this time": {"title": None},
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME.keys())
def test_what_changes_no_word_is_no_version(store, source, change):
    first = article(store, source)
    again = article(store, source, now=AFTER + timedelta(hours=1), **change)
    assert (again.outcome, again.version) == (Outcome.SAME, None)
    stored = get(store, first.article_id)
    assert (stored.versions, stored.last_seen) == (1, AFTER + timedelta(hours=1))


def test_an_edit_without_a_title_keeps_the_title(store, source):
    first = article(store, source)
    article(store, source, title=None, text=f"{STORY} More.")
    assert store.read_now(lambda t: t.articles.current(first.article_id)).title == "Crane falls"


def test_a_text_that_comes_back_is_counted_and_not_stored_again(store, source):
    first = article(store, source)
    assert article(store, source, text=EDITED).version == 2
    for times in (1, 2):
        assert article(store, source).outcome is Outcome.SAME
        assert article(store, source, text=EDITED).outcome is Outcome.SAME
        history = store.read_now(lambda t: t.articles.versions(first.article_id))
        assert [each.returns for each in history] == [times, times]
    assert store.read_now(lambda t: t.articles.current(first.article_id).number) == 2


def test_an_edit_says_how_much_it_changed(store, source):
    done = article(store, source)
    article(store, source, text=STORY.replace("crane number 7", "crane number eight"))
    article(store, source, text=EDITED)
    history = store.read_now(lambda t: t.articles.versions(done.article_id))
    assert [each.change for each in history] == [None, Change.MAJOR, Change.MAJOR]


def test_another_article_under_a_known_address_begins_anew(store, source):
    first = article(store, source)
    second = article(store, source, text=OTHER, title="Vote put off")
    third = article(store, source, text=THIRD, title="Choir sings")
    assert [each.outcome for each in (first, second, third)] == [Outcome.NEW] * 3
    stored = store.read_now(lambda t: t.articles.since(None, 0, 10))
    assert [each.canonical_url for each in stored] == [f"{HOME}/a", f"{HOME}/a#2", f"{HOME}/a#3"]
    assert len({each.story_id for each in stored}) == 3
    assert store.read_now(lambda t: t.articles.get(f"{HOME}/a")).id == third.article_id
    assert article(store, source, text=THIRD + " Twice.", title="Choir sings").article_id == third.article_id
    assert article(store, source).outcome is Outcome.SAME, "two articles by turns are no third one"
    assert get(store, third.article_id).title == "Choir sings", "and neither takes the other's title"
    assert store.read_now(lambda t: len(t.articles.since(None, 0, 10))) == 3


def test_what_a_later_reading_does_not_say_stays_known(store, source):
    whole = {"authors": ("Ann Lee",), "tags": ("Ports",), "language": "en", "published": AFTER, "image": f"{HOME}/i.png",
             "comments_status": CommentsStatus.CLOSED, "comment_count": 3, "comments_platform": "wordpress"}  # fmt: skip
    first = article(store, source, **whole)
    article(store, source, text=f"{STORY} More.")
    stored = get(store, first.article_id)
    assert {name: getattr(stored, name) for name in whole} == whole


def test_what_a_later_reading_says_is_known_though_its_text_is_the_same(store, source):
    first = article(store, source, comment_count=0, comments_status=CommentsStatus.NONE)
    article(store, source, comment_count=12, comments_status=CommentsStatus.SERVED, modified=AFTER)
    stored = get(store, first.article_id)
    assert (stored.comment_count, stored.comments_status, stored.modified) == (12, CommentsStatus.SERVED, AFTER)


REJECTED = {
    "no text": ({"text": " \n\x00"}, Reason.NO_TEXT),
    "consent": ({"kind": PageKind.CONSENT}, Reason.NOT_AN_ARTICLE),
    "listing": ({"kind": PageKind.LISTING}, Reason.NOT_AN_ARTICLE),
    "error": ({"kind": PageKind.ERROR}, Reason.NOT_AN_ARTICLE),
}


@pytest.mark.parametrize(("read", "reason"), REJECTED.values(), ids=REJECTED.keys())
def test_a_rejected_reading_stores_nothing(store, source, read, reason):
    comments = (ReadComment("Hello", id="1"),)
    done = article(store, source, comments=comments, **read)
    assert (done.outcome, done.reason, done.article_id) == (Outcome.REJECTED, reason, None)
    assert set(store.read_now(lambda t: t.articles.counts()).values()) == {0}
    known = article(store, source)
    again = article(store, source, comments=comments, now=AFTER + timedelta(hours=1), **read)
    assert (again.outcome, again.article_id) == (Outcome.REJECTED, known.article_id)
    assert (get(store, known.article_id).last_seen, get(store, known.article_id).comments) == (AFTER, 0)


# --- comments


def test_comments_are_stored_once_however_often_they_are_read(store, source):
    one, two = ReadComment("First!", id="c1", author="Ann"), ReadComment("No.", id="c2", parent_id="c1", published=AFTER)
    first = article(store, source, comments=(one,))
    assert first.comments == 1
    assert article(store, source, comments=(one, two)).comments == 1
    assert article(store, source, comments=(replace(two, text="No!!"), one)).comments == 0
    stored = store.read_now(lambda t: t.articles.comments(first.article_id))
    assert [(each.key, each.text, each.parent_key, each.author) for each in stored] == [
        ("c1", "First!", None, "Ann"), ("c2", "No.", "c1", None),
    ]  # fmt: skip
    assert get(store, first.article_id).versions == 1


def test_comments_without_an_identity_are_told_apart_by_who_said_what_and_when(store, source):
    said = [ReadComment("Yes", author=author, published=at) for author in ("Ann", "Bob") for at in (BEFORE, AFTER)]
    first = article(store, source, comments=(*said, ReadComment("No", author="Ann", published=BEFORE), said[0]))
    assert first.comments == 5
    assert article(store, source, comments=tuple(reversed(said))).comments == 0


def test_the_same_comment_id_under_two_articles_is_two_comments(store, source):
    one = ReadComment("Yes", id="1")
    assert article(store, source, "a", comments=(one,)).comments == 1
    assert article(store, source, "b", text=OTHER, title="Vote", comments=(one,)).comments == 1


def test_a_comment_seen_later_under_an_old_article_is_news(store, source):
    listing(store, entries("a"))
    fetched(store, source, "a", comments=(ReadComment("Old", id="1"),))
    article(store, source, "a", page=page(store, "a"), text=f"{STORY} a", now=AFTER + timedelta(hours=1),
            comments=(ReadComment("Old", id="1"), ReadComment("New", id="2")))  # fmt: skip
    documents = store.read_now(lambda t: [each.document for each in t.documents.unmatched(10)])
    told = {each.comment: each.news for each in documents if each.kind is DocumentKind.COMMENT}
    assert told == {"Old": False, "New": True}


# --- what a database refuses

FOUL = "\ud83dPay\x00 \u202e05$\u2069"


def test_foul_characters_in_any_field_are_cleaned_and_stored(store, source):
    comment = ReadComment(FOUL, id=FOUL, parent_id=FOUL, author=FOUL, permalink=FOUL)
    done = article(
        store, source, title=FOUL, text=FOUL + STORY, lead=FOUL, authors=(FOUL, "\ud800"), tags=(FOUL,), language=FOUL,
        site_name=FOUL, image=FOUL, comments_platform=FOUL, canonical_url=f"{HOME}/\ud800", comments=(comment,),
    )  # fmt: skip
    stored = get(store, done.article_id)
    (said,) = store.read_now(lambda t: t.articles.comments(done.article_id))
    version = store.read_now(lambda t: t.articles.current(done.article_id))
    assert (stored.title, stored.authors, said.author, said.key) == ("Pay 05$", ("Pay 05$",), "Pay 05$", "Pay 05$")
    for text in (version.text, version.lead, said.text):
        assert "\x00" not in text
        text.encode()


def test_a_date_of_the_middle_ages_leaves_no_row_that_cannot_be_read(store, source):
    ancient = datetime(999, 1, 1, tzinfo=UTC)
    listing(store, entries("a", published=ancient))
    assert page(store, "a").dated == ancient
    assert get(store, fetched(store, source, "a", published=ancient).article_id).published == ancient


# --- the law: reading anything again adds no article

READINGS = st.lists(
    st.tuples(
        st.sampled_from(("a", "b", "c", "a?utm_source=x")),
        st.sampled_from((STORY, OTHER, f"{STORY} More.", "Log in to read on.")),
        st.sampled_from(("Crane falls", "Vote put off", None)),
        st.sampled_from((None, f"{HOME}/")),
    ),
    max_size=7,
)


@settings(max_examples=30, deadline=None)
@given(READINGS)
def test_reading_everything_twice_gives_the_same_articles_as_once(readings):
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(connect(str(Path(folder) / "a.db"), Clock())) as store:
        source = store.write_now(make_source)[0]

        def read_all():
            for path, text, title, declared in readings:
                article(store, source, path, text=text, title=title, canonical_url=declared)
            stored = store.read_now(lambda t: t.articles.since(None, 0, 100))
            texts = store.read_now(lambda t: [t.articles.current(each.id).text for each in stored])
            return [(each.canonical_url, each.story_id, text) for each, text in zip(stored, texts, strict=True)]

        once = read_all()
        assert read_all() == once
        assert len({url for url, _, _ in once}) == len(once)


def test_what_a_first_reading_lists_beyond_its_limit_is_given_up_with_a_reason(store, source, monkeypatch):
    monkeypatch.setattr("storage.listing.MOST_BACKLOG", 2)
    listing(store, entries("a", "b", "c"))
    assert [page(store, path).state for path in "abc"] == ["due", "due", "given-up"]
    assert page(store, "c").error == "backlog: beyond the first 2 of its feed's first reading"
    listing(store, entries("a", "b", "c", "d", published=AFTER))
    assert page(store, "d").state == "due"
    assert page(store, "c").due is not None, "a changed entry gives the page another chance"


# --- what a feed promised by its headline


@pytest.mark.parametrize("kind", [PageKind.CONSENT, PageKind.ERROR])
def test_a_wall_under_the_promised_headline_is_not_stored(store, source, kind):
    listing(store, entries("a"))
    done = article(store, source, page=page(store, "a"), title="Title a", kind=kind)
    assert (done.outcome, done.reason) == (Outcome.REJECTED, Reason.NOT_AN_ARTICLE)


def test_a_listing_under_the_promised_headline_is_the_article(store, source):
    listing(store, entries("a"))
    assert article(store, source, page=page(store, "a"), title="Title a", kind=PageKind.LISTING).outcome is Outcome.NEW


@pytest.mark.parametrize("kind", [PageKind.CONSENT, PageKind.ERROR, PageKind.LISTING])
def test_a_page_without_a_title_is_not_taken_for_the_promised_one(store, source, kind):
    listing(store, entries("a"))
    done = article(store, source, page=page(store, "a"), title=None, kind=kind)
    assert (done.outcome, done.reason) == (Outcome.REJECTED, Reason.NOT_AN_ARTICLE)


def test_a_wall_does_not_become_a_version_of_the_article(store, source):
    listing(store, entries("a"))
    first = fetched(store, source, "a", title="Title a")
    again = article(store, source, page=page(store, "a"), title="Title a", text="Accept all. " * 20, kind=PageKind.CONSENT)
    assert (again.outcome, again.reason, again.article_id) == (Outcome.REJECTED, Reason.NOT_AN_ARTICLE, first.article_id)
    assert store.read_now(lambda t: t.articles.current(first.article_id)).number == 1
