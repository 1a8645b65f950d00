"""Rereading as it is written: one transaction, index and matches included."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storage.ingest import ingest_article
from storage.models import (
    AlertReason,
    DocumentKind,
    Extraction,
    Match,
    MatchVerdict,
    Page,
    ReadComment,
    Reason,
    Rule,
    Schedule,
    Source,
)
from storage.payloads import Capture
from storage.reread import keep_reading, plan_article, reread_article, reread_refused
from storage.rereading import Reading

ADDED = datetime(2026, 3, 2, 12, tzinfo=UTC)
FETCHED = ADDED + timedelta(minutes=1)
SEEN = FETCHED + timedelta(seconds=1)
URL = "https://courier.example/a"
WRONG = Extraction(URL, "Crane falls", "Photo: someone. The crane fell.", comments=(ReadComment("Reply", id="form"),))
RIGHT = Extraction(URL, "Crane falls", "The crane fell.", comments=(ReadComment("Oh dear", id="7"),))
CAPTURE = Capture(URL, URL, 200, (), FETCHED, 1, page_id=1)


def keep(t, read, fetched=FETCHED):
    """An article, crawled with what it was read from."""
    source, page = t.sources.by_id(1), t.pages.by_id(1)
    done = ingest_article(t, read, source, page=page, url=URL, now=fetched + timedelta(seconds=1), reader="0.0.1")
    capture_id = t.captures.add(replace(CAPTURE, fetched=fetched), f"body at {fetched}".encode())
    keep_reading(t, capture_id, done.article_id, read, fetched + timedelta(seconds=1))
    t.pages.stored(page, article_id=done.article_id, etag=None, last_modified=None, due=None)


@pytest.fixture
def desk(store):
    def begin(t):
        t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), ADDED))
        t.pages.add(Page(URL, URL, "courier.example", 1, due=ADDED, first_seen=ADDED))
        t.rules.save(Rule("cranes", "crane"), ADDED)

    store.write_now(begin)
    return store


@pytest.fixture
def misread(desk):
    desk.write_now(lambda t: keep(t, WRONG))
    return desk


def reread(desk, *reads, quiet=True):
    def work(t):
        captures = t.captures.of_article(1)
        readings = [Reading(capture, read) for capture, read in zip(captures, reads, strict=False)]
        return reread_article(t, 1, readings, reader="0.2.0", quiet=quiet)

    return desk.write_now(work)


def rows(desk, sql):
    return desk.read_now(lambda t: t.connection.execute(sql).fetchall())


def found(desk, word, table="versions"):
    return rows(desk, f"SELECT rowid FROM {table}_index WHERE {table}_index MATCH '{word}'")


def test_everything_follows_and_the_second_time_changes_nothing(misread):
    assert rows(misread, "SELECT key, capture_id FROM comments") == [("form", 1)]
    changes = reread(misread, RIGHT)
    assert changes.fields == ("text", "comments")
    assert rows(misread, "SELECT text, words, reader, number FROM versions") == [("The crane fell.", 3, "0.2.0", 1)]
    assert rows(misread, "SELECT key, text, capture_id, first_seen FROM comments") == [
        ("7", "Oh dear", 1, "2026-03-02T12:01:00.000Z")
    ]
    assert (found(misread, "photo"), found(misread, "crane")) == ([], [(1,)])
    assert (found(misread, "reply", "comments"), len(found(misread, "dear", "comments"))) == ([], 1)
    assert reread(misread, RIGHT).fields == ()


def test_what_waits_to_be_matched_stays_as_loud_as_it_was(misread):
    reread(misread, RIGHT)
    assert rows(misread, "SELECT unmatched, quiet FROM versions") == [(1, 0)]


@pytest.mark.parametrize("quiet", [True, False])
def test_what_was_matched_is_matched_again_without_telling_unless_asked(misread, quiet):
    misread.write_now(lambda t: t.connection.execute("UPDATE versions SET unmatched = NULL"))
    reread(misread, RIGHT, quiet=quiet)
    assert rows(misread, "SELECT unmatched, quiet FROM versions") == [(1, int(quiet))]


def test_matches_that_were_told_stay_and_others_are_found_anew(misread):
    def match(t):
        alert = t.alerts.add(t.rules.get("cranes"), 1, AlertReason.NEW, SEEN)
        told = Match(1, 1, DocumentKind.VERSION, 1, 1, 1, (), SEEN, alert_id=alert)
        t.alerts.add_match(told)
        t.alerts.add_match(replace(told, rule_version=2, alert_id=None, verdict=MatchVerdict.QUIET))
        t.alerts.add_match(replace(told, document_kind=DocumentKind.COMMENT))

    misread.write_now(match)
    changes = reread(misread, RIGHT)
    assert rows(misread, "SELECT document_kind, alert_id FROM matches ORDER BY id") == [("version", 1), ("comment", 1)]
    assert changes.dropped == ()
    assert rows(misread, "SELECT key FROM comments ORDER BY id") == [("form",), ("7",)], "somebody was told of it"


def test_a_story_bears_the_corrected_title_of_what_began_it(misread):
    reread(misread, replace(RIGHT, title="Crane falls in Malden"))
    assert rows(misread, "SELECT title FROM stories") == [("Crane falls in Malden",)]


def test_what_was_read_before_another_capture_came_changes_nothing(misread):
    old = misread.read_now(lambda t: [Reading(capture, RIGHT) for capture in t.captures.of_article(1)])
    misread.write_now(lambda t: keep(t, replace(WRONG, text="A new text."), FETCHED + timedelta(hours=1)))
    assert misread.write_now(lambda t: reread_article(t, 1, old, reader="0.2.0", quiet=True)).fields == ()
    assert rows(misread, "SELECT number, text FROM versions") == [(1, WRONG.text), (2, "A new text.")]


def test_a_plan_writes_nothing(misread):
    planned = misread.read_now(lambda t: plan_article(t, 1, [Reading(c, RIGHT) for c in t.captures.of_article(1)]))
    assert planned.fields == ("text", "comments")
    assert rows(misread, "SELECT text FROM versions") == [(WRONG.text,)]


def test_facts_of_an_article_that_was_there_before_it_was_kept_are_not_forgotten(desk):
    def before(t):
        ingest_article(t, replace(WRONG, authors=("Una",)), t.sources.by_id(1), page=None, url=URL, now=ADDED)

    desk.write_now(before)
    desk.write_now(lambda t: keep(t, WRONG))
    reread(desk, RIGHT)
    assert rows(desk, "SELECT authors, text FROM articles JOIN versions v ON v.id = version_id") == [('["Una"]', RIGHT.text)]


def test_a_feed_completes_a_reading_as_it_did_when_it_was_stored(desk):
    desk.write_now(lambda t: t.connection.execute("UPDATE pages SET title = 'Crane falls', dated = '2026-03-02T11:00:00.000Z'"))
    desk.write_now(lambda t: keep(t, replace(WRONG, title=None)))
    assert reread(desk, replace(RIGHT, title=None)).fields == ("text", "comments")
    assert rows(desk, "SELECT title, published, published_evidence FROM articles") == [
        ("Crane falls", "2026-03-02T11:00:00.000Z", "feed")
    ]


# --- pages that were given up


@pytest.fixture
def refused(desk):
    def refuse(t):
        t.captures.add(replace(CAPTURE, refused=Reason.NO_TEXT), b"body")
        t.pages.failed(1, "no-text: nothing", due=None)

    desk.write_now(refuse)
    return desk


def take(desk, read):
    return desk.write_now(
        lambda t: reread_refused(
            t, t.captures.refused_of(1) or t.captures.since(None, 0, 1)[0], read, reader="0.2.0", quiet=True
        )
    )


def test_a_page_that_was_given_up_is_an_article_as_of_when_it_was_fetched(refused):
    assert take(refused, RIGHT) == 1
    assert rows(refused, "SELECT first_seen, last_seen FROM articles") == [("2026-03-02T12:01:00.000Z",) * 2]
    assert rows(refused, "SELECT state, article_id, due FROM pages") == [("stored", 1, None)]
    assert rows(refused, "SELECT article_id, version_id, refused FROM captures") == [(1, 1, None)]
    assert rows(refused, "SELECT capture_id FROM comments") == [(1,)]
    assert take(refused, RIGHT) is None, "somebody was there"


def test_a_page_that_is_still_none_changes_nothing(refused):
    assert take(refused, replace(RIGHT, text="")) is None
    assert rows(refused, "SELECT state, article_id FROM pages") == [("given-up", None)]


def test_a_page_that_gives_a_known_article_is_no_edit_of_it(refused):
    other = replace(RIGHT, text="The crane fell. It stands again.", comments=())
    refused.write_now(lambda t: ingest_article(t, other, t.sources.by_id(1), page=None, url=URL, now=SEEN))
    assert take(refused, RIGHT) is None
    assert rows(refused, "SELECT text FROM versions") == [(other.text,)]
    assert rows(refused, "SELECT count(*) FROM comments") == [(0,)]
