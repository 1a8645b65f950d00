"""Answers kept as they were received: crawled from a real server, handed on as WARC, read again by a better reader."""

import gzip
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from nightdesk import __version__
from nightdesk.newspaper import Newspaper, NewspaperServer, Shape, in_thread
from storage.clock import Clock
from storage.models import Extraction, ReadComment
from storage.store import connect

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
NOON = "2026-03-02T12:00:00Z"
LATER = "2026-03-02T12:20:00Z"  # after the first look at a known article, 15 minutes on
RULE = """
[[rule]]
name = "pilots"
query = "pilots"

[[channel]]
name = "hook"
kind = "webhook"
url = "http://127.0.0.1:9/nobody-listens"
"""
TALK = """<section id="comments" class="comments-area"><h2>2 Comments</h2><ol class="comment-list">
<li id="comment-7" class="comment depth-1"><article class="comment-body"><footer class="comment-meta">
<div class="comment-author vcard"><b class="fn">Una</b></div><a href="#comment-7"><time datetime="2026-03-02T10:00:00+00:00">10:00</time></a>
</footer><div class="comment-content"><p>Oh dear, the poor lamp on the mole.</p></div></article></li></ol></section>"""


@pytest.fixture
def kept(site, desk, declare_source):
    """Declares the site as a source that keeps answers; crawls it at noon."""

    def crawl(*paths, at=NOON, keep="raw", **environment):
        site.feed(*paths)
        desk.declare(declare_source("paper", site.url, feeds=[f"{site.url}/feed.xml"], keep=keep), RULE)
        return desk.crawl(NIGHTDESK_CLOCK=f"{at}@1", **environment)

    return crawl


def warc(desk, *options):
    done = subprocess.run(
        [NIGHTDESK, "export", "--format", "warc", *options], cwd=desk.folder, env=desk.environment, capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    return done.stdout


def records(data):
    """Every record as an independent reader sees it: (type, headers, http headers, payload)."""
    found = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        http = record.http_headers
        payload = record.raw_stream.read() if http is not None or record.rec_type != "response" else b""
        found.append((record.rec_type, dict(record.rec_headers.headers), http, payload))
    return found


def write(desk, sql, *values):
    """Make the file look as an older reader would have left it."""
    with closing(sqlite3.connect(desk.folder / "nightdesk.db")) as file, file:
        file.execute(sql, values)


def reread(desk, *options, code=0):
    return json.loads(desk.run("reread", *options, "--json", code=code).stdout)


# --- keeping


def test_a_source_keeps_texts_unless_it_is_asked_for_more(site, desk, kept):
    site.article("/one")
    kept("/one", keep="text")
    assert desk.articles() == ["/one"]
    assert desk.rows("SELECT count(*) FROM captures") == [(0,)]
    assert "source keep paper raw" in desk.run("show", "1", "--raw", code=2).stderr


def test_an_answer_is_kept_as_it_came_with_what_tells_where_from(site, desk, kept, make_page):
    text = make_page("Grüße vom Hafen").replace("ü", "&uuml;")
    packed = gzip.compress(text.encode("utf-16"))
    kind = "text/html; charset=utf-16"
    site.set("/moved", packed, kind=kind, headers={"Content-Encoding": "gzip", "X-Twice": "1", "ETag": '"x"'})
    site.set("/one", status=302, headers={"Location": "/moved"})
    kept("/one")
    ((url, final, status, protocol, headers, ip, fetched, refused, digest, size),) = desk.rows(
        "SELECT url, final_url, status, protocol, headers, ip, fetched, refused, digest, size"
        " FROM captures JOIN payloads p ON p.id = payload_id"
    )
    assert (url, final) == (f"{site.url}/one", f"{site.url}/moved")
    assert (status, protocol, ip, refused) == (200, "HTTP/1.1", "127.0.0.1", None)
    assert fetched.startswith("2026-03-02T12:00:0")
    named = {name.lower(): value for name, value in json.loads(headers)}
    assert (named["content-encoding"], named["content-type"], named["x-twice"]) == ("gzip", kind, "1")
    assert int(named["content-length"]) == len(packed)
    assert (digest, size) == (sha256(text.encode("utf-16")).hexdigest(), len(text.encode("utf-16")))
    assert desk.rows("SELECT a.id, v.id, v.reader FROM captures c, articles a, versions v WHERE c.article_id = a.id"
                     " AND c.version_id = v.id") == [(1, 1, __version__)]  # fmt: skip
    shown = subprocess.run([NIGHTDESK, "show", "1", "--raw"], cwd=desk.folder, env=desk.environment, capture_output=True)
    assert shown.stdout == text.encode("utf-16")


def test_looks_are_kept_too_and_equal_bodies_once(site, desk, kept, make_page):
    site.set("/one", make_page("One"))
    site.set("/two", make_page("Two"))
    kept("/one", "/two")
    site.set("/two", make_page("Two, corrected"))
    kept("/one", "/two", at=LATER)
    assert desk.rows("SELECT count(*) FROM captures") == [(4,)]
    assert desk.rows("SELECT count(*) FROM payloads") == [(3,)]
    assert desk.rows("SELECT v.number FROM captures c JOIN versions v ON v.id = c.version_id ORDER BY c.id") == [
        (1,),
        (1,),
        (1,),
        (2,),
    ]
    assert json.loads(desk.run("stats", "--json").stdout)["kept"]["captures"] == 4


def test_what_gave_no_article_is_kept_with_the_reason_and_what_is_no_page_is_not(site, desk, kept, make_page):
    site.set("/consent", "<html><head><title>Before you continue</title></head><body><p>Cookies?</p></body></html>")
    site.set("/pdf", b"%PDF-1.7 and so on", kind="text/html")
    site.set("/picture", b"\x89PNG\r\n\x1a\n", kind="image/png")
    site.set("/gone", "gone", status=404)
    kept("/consent", "/pdf", "/picture", "/gone")
    rows = dict(desk.rows("SELECT url, refused FROM captures"))
    assert {url.rpartition("/")[2] for url in rows} == {"consent", "pdf"}
    assert rows[f"{site.url}/pdf"] == "unreadable"
    assert rows[f"{site.url}/consent"] in ("no-text", "not-an-article")


def test_what_is_kept_of_a_source_is_said_by_file_or_by_command(site, desk, declare_source):
    site.feed("/one")
    feed = f"{site.url}/feed.xml"
    desk.declare(keep="raw")
    desk.run("source", "add", feed, "--name", "by default")
    desk.run("source", "add", feed, "--name", "by option", "--keep", "text")
    assert dict(desk.rows("SELECT name, keep FROM sources")) == {"by default": "raw", "by option": "text"}
    desk.run("source", "keep", "by option", "raw")
    assert json.loads(desk.run("source", "show", "by option", "--json").stdout)["keep"] == "raw"
    assert "as they were received" in desk.run("source", "show", "by option").stdout
    desk.declare(
        declare_source("declared", site.url, feeds=[feed], keep="raw"), declare_source("plain", site.url, feeds=[feed])
    )
    desk.crawl("plain")
    assert desk.rows("SELECT name, keep FROM sources WHERE declared_in IS NOT NULL ORDER BY name") == [
        ("declared", "raw"), ("plain", "text")
    ]  # fmt: skip
    assert "nightdesk.toml:" in desk.run("source", "keep", "declared", "text", code=2).stderr
    desk.declare(keep="everything")
    assert "key crawl.keep" in desk.run("crawl", code=2).stderr


# --- WARC


def test_a_warc_file_is_what_an_independent_reader_takes_for_one(site, desk, kept, make_page, tmp_path):
    site.set("/one", make_page("One"), headers={"Content-Encoding": "identity"})
    packed = gzip.compress(make_page("Two").encode())
    site.set("/two", packed, headers={"Content-Encoding": "gzip"})
    site.set("/moved", status=302, headers={"Location": "/two"})
    kept("/one", "/two", "/moved")
    data = warc(desk)
    info, *rest = records(data)
    assert info[0] == "warcinfo"
    assert b"software: Nightdesk/" + __version__.encode() in info[3]
    assert [each[0] for each in rest] == ["response", "response", "revisit", "metadata"]
    one, two, revisit, metadata = rest
    assert one[1]["WARC-Target-URI"] == f"{site.url}/one"
    assert one[1]["WARC-IP-Address"] == "127.0.0.1"
    assert one[1]["WARC-Date"].startswith("2026-03-02T12:00:0")
    assert one[1]["Content-Type"] == "application/http; msgtype=response"
    assert one[2].get_statuscode() == "200"
    assert one[3] == make_page("One").encode()
    assert two[3] == make_page("Two").encode()
    assert two[2].get_header("Content-Encoding") is None
    assert two[2].get_header("X-Orig-Content-Encoding") == "gzip"
    assert two[2].get_header("X-Orig-Content-Length") == str(len(packed))
    assert two[2].get_header("Content-Length") == str(len(two[3]))
    assert revisit[1]["WARC-Refers-To"] == two[1]["WARC-Record-ID"]
    assert revisit[1]["WARC-Payload-Digest"] == two[1]["WARC-Payload-Digest"]
    assert revisit[1]["WARC-Profile"].endswith("identical-payload-digest")
    assert metadata[3] == f"via: {site.url}/moved\r\n".encode()
    assert len({each[1]["WARC-Record-ID"] for each in (info, *rest)}) == 5
    file = tmp_path / "kept.warc.gz"
    file.write_bytes(data)
    arguments = type("Arguments", (), {"inputs": [str(file)], "verbose": True})
    checker = Checker(arguments)
    checker.process_all()
    assert checker.exit_value == 0
    members = list(split_members(data))
    assert len(members) == 5
    assert all(member.startswith(b"WARC/1.1\r\n") for member in members)


def split_members(data):
    """The gzip members of a file: one a record."""
    while data:
        one = zlib.decompressobj(wbits=31)
        yield one.decompress(data) + one.flush()
        data = one.unused_data


def test_a_warc_file_of_one_source_and_of_what_is_new(open_site, desk, declare_source):
    sites = {name: open_site(f"127.0.0.{number}") for number, name in enumerate(("left", "right"), 2)}
    for site in sites.values():
        site.feed("/one")
        site.article("/one")
    desk.declare(*(declare_source(name, site.url, feeds=[f"{site.url}/feed.xml"], keep="raw") for name, site in sites.items()))
    desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@1")
    assert [each[0] for each in records(warc(desk))] == ["warcinfo", "response", "revisit"]
    _, only = records(warc(desk, "--source", "left"))
    assert only[1]["WARC-Target-URI"] == f"{sites['left'].url}/one"
    assert [each[0] for each in records(warc(desk, "--since", "1s"))] == ["warcinfo"]
    lines = desk.run("export", "--source", "left").stdout.splitlines()
    assert [json.loads(line)["source"] for line in lines] == ["left"]


# --- reading again


def misread(desk, change=lambda text: f"Photo: someone {text}", title=None, comment=None):
    """Have every version stand as a worse reader would have left it, index and all; `comment`: a text that was none."""
    with connect(str(desk.folder / "nightdesk.db"), Clock()) as store:

        def spoil(t):
            for article in t.articles.since(None, 0, 999):
                for version in t.articles.versions(article.id):
                    read = Extraction("", title or version.title, change(version.text), lead=version.lead)
                    t.corrections.version(version, read, quiet=False)
                    t.corrections.read_by(version.id, "0.0.1")
                if comment:
                    capture = t.captures.of_article(article.id)[0]
                    t.articles.add_comment(article.id, ReadComment(comment), key="it", now=capture.fetched, quiet=False)
                    t.captures.credit(capture.id, article.id, ["it"], capture.fetched)
            t.connection.execute("UPDATE versions SET unmatched = NULL, quiet = 0")
            t.connection.execute("UPDATE comments SET unmatched = NULL, quiet = 0")

        store.write_now(spoil)


@pytest.fixture
def read_once(site, desk, kept, make_page):
    """One article with a comment, crawled, and then left as an older reader would have left it."""
    site.set("/one", make_page("One", TALK))
    kept("/one")
    right = desk.rows("SELECT title, text, text_hash, words FROM versions"), desk.rows(
        "SELECT title, authors, tags FROM articles"
    ), desk.rows("SELECT key, author, text FROM comments")  # fmt: skip
    assert len(right[2]) == 1, "the page's comment is read"
    misread(desk, title="Paper | One", comment="2 Comments")
    write(desk, "UPDATE articles SET title = 'Paper | One', authors = '[\"Share This\"]', tags = '[\"menu\"]'")
    write(desk, "UPDATE comments SET author = NULL WHERE key LIKE '%7%'")
    return right


def test_a_better_reader_corrects_what_is_stored_where_it_stands(desk, read_once):
    before = desk.rows("SELECT id, number, seen FROM versions"), desk.rows("SELECT first_seen, last_seen FROM articles")
    dry = reread(desk, "--dry-run")
    assert (dry["changed"], dry["fields"]["text"]) == (1, 1)
    assert desk.rows("SELECT reader FROM versions") == [("0.0.1",)]
    told = reread(desk)
    assert {key: told[key] for key in ("captures", "articles", "changed", "new", "refused", "failed")} == {
        "captures": 1, "articles": 1, "changed": 1, "new": 0, "refused": 0, "failed": []
    }  # fmt: skip
    assert set(told["fields"]) == {"title", "text", "authors", "tags", "comments"}
    assert {**dry, "dry_run": False} == told
    now = desk.rows("SELECT title, text, text_hash, words FROM versions"), desk.rows(
        "SELECT title, authors, tags FROM articles"
    ), desk.rows("SELECT key, author, text FROM comments")  # fmt: skip
    assert now == read_once
    assert (
        desk.rows("SELECT id, number, seen FROM versions"),
        desk.rows("SELECT first_seen, last_seen FROM articles"),
    ) == before
    assert desk.rows("SELECT reader FROM versions") == [(__version__,)]
    assert reread(desk)["changed"] == 0
    assert desk.rows("SELECT count(*) FROM versions_index WHERE versions_index MATCH 'photo'") == [(0,)]
    assert json.loads(desk.run("search", "One", "--json").stdout)["articles"]
    assert not json.loads(desk.run("search", "someone", "--json").stdout)["articles"]
    check_whole(desk)


def check_whole(desk):
    """The file is whole, its full-text indexes too."""
    with closing(sqlite3.connect(desk.folder / "nightdesk.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []


@pytest.mark.parametrize("options", [(), ("--alert",)])
def test_nobody_is_told_of_a_correction_unless_asked(site, desk, kept, make_page, options):
    """The rule's words stood on the page all the time; the older reader had not seen them."""
    site.set("/one", make_page("One"))
    kept("/one", at="2026-03-02T12:00:00Z")
    desk.run("crawl", NIGHTDESK_CLOCK=f"{NOON}@1")
    for table in ("deliveries", "matches", "alerts"):
        write(desk, f"DELETE FROM {table}")
    misread(desk, lambda _: "A lamp failed.")
    write(desk, "UPDATE articles SET news = 1")
    reread(desk, *options)
    assert desk.rows("SELECT verdict FROM matches") == [("alerted" if options else "quiet",)]
    assert len(desk.rows("SELECT id FROM alerts")) == len(options)
    assert desk.rows("SELECT attempts FROM deliveries") == [(1,)] * len(options)  # tried at once
    reread(desk, *options)
    assert len(desk.rows("SELECT id FROM alerts")) == len(options)


def test_a_page_that_was_given_up_becomes_an_article_after_all(site, desk, kept, make_page):
    site.set("/one", make_page("One"))
    kept("/one")
    # As a reader would have left it that took the page for a consent page.
    write(desk, "UPDATE captures SET article_id = NULL, version_id = NULL, refused = 'not-an-article'")
    write(desk, "UPDATE pages SET state = 'given-up', article_id = NULL, due = NULL")
    for table in ("deliveries", "matches", "alerts", "versions", "articles", "stories"):
        write(desk, f"DELETE FROM {table}")
    write(desk, "INSERT INTO versions_index (versions_index) VALUES ('delete-all')")
    assert reread(desk, "--dry-run")["new"] == 1
    assert desk.articles() == []
    told = reread(desk)
    assert (told["new"], told["refused"]) == (1, 0)
    assert desk.articles() == ["/one"]
    assert desk.pages()["/one"] == ("stored", None)
    ((seen, reader),) = desk.rows("SELECT seen, reader FROM versions")
    assert (seen, reader) == (desk.rows("SELECT fetched FROM captures")[0][0], __version__)
    assert desk.rows("SELECT refused, article_id IS NOT NULL, version_id IS NOT NULL FROM captures") == [(None, 1, 1)]
    assert desk.rows("SELECT id FROM alerts") == []
    assert reread(desk)["new"] == 0
    check_whole(desk)


def test_an_index_that_does_not_hold_what_is_stored_is_made_anew(desk, read_once):
    """As after a release that folds words otherwise, had it forgotten the index."""
    write(desk, "UPDATE versions SET text = 'Nine ' || text || ' and some more words that the index has never seen'")
    assert reread(desk)["changed"] == 1
    assert json.loads(desk.run("search", "pilots", "--json").stdout)["articles"]
    assert desk.rows("SELECT count(*) FROM versions_index WHERE versions_index MATCH 'pilots'") == [(1,)]
    assert desk.rows("SELECT count(*) FROM versions_index WHERE versions_index MATCH 'photo'") == [(0,)]
    check_whole(desk)


def test_an_article_of_which_nothing_is_kept_is_refused_in_one_line(site, desk, kept):
    site.article("/one")
    kept("/one", keep="text")
    assert "nothing is kept of" in desk.run("reread", "1", code=2).stderr
    assert "nothing is kept that could be read again" in desk.run("reread").stderr


def test_a_page_that_cannot_be_read_any_more_is_told_and_left_as_it_is(site, desk, kept, make_page):
    site.set("/one", make_page("One"))
    site.set("/two", make_page("Two"))
    kept("/one", "/two")
    before = desk.rows("SELECT title, text FROM versions ORDER BY id")
    write(desk, "UPDATE payloads SET body = x'00' WHERE id = 1")
    told = reread(desk, code=3)
    assert [each["reason"] for each in told["failed"]] == ["unreadable"]
    assert "damaged" in told["failed"][0]["error"]
    assert desk.rows("SELECT title, text FROM versions ORDER BY id") == before
    write(desk, "UPDATE payloads SET body = x'00'")
    reread(desk, code=1)


def test_killed_in_the_middle_it_leaves_whole_articles_and_goes_on_the_next_time(site, desk, kept, make_page, wait):
    paths = [f"/{number}" for number in range(70)]
    for path in paths:
        site.set(path, make_page(f"Number {path[1:]}"))
    kept(*paths)
    right = desk.rows("SELECT title, text, text_hash FROM versions ORDER BY id")
    assert len(right) == len(paths)
    misread(desk)
    process = desk.start("reread", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait(lambda: desk.rows("SELECT 1 FROM versions WHERE reader <> '0.0.1' LIMIT 1"), what="the first correction")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    check_whole(desk)
    states = desk.rows("SELECT reader = '0.0.1', text LIKE 'Photo:%' FROM versions")
    assert set(states) <= {(1, 1), (0, 0)}
    assert (0, 0) in states
    reread(desk)
    assert desk.rows("SELECT title, text, text_hash FROM versions ORDER BY id") == right
    assert reread(desk)["changed"] == 0
    check_whole(desk)


# --- reading again what feeds of comments completed: of their answers nothing is kept

TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)
LINES = [
    "The harbour council met again on Tuesday and heard from the pilots, the net makers and the keeper of the light.",
    "It decided to lengthen the northern mole by forty yards before the winter, and to ask the county for half of the cost.",
    "The pilots had asked for sixty; the net makers, who dry their nets there, had asked for the mole to be left alone.",
]
REMARKS = [
    ("Moira", "Well done the lifeboat crew, all of them.", None),
    ("Raheel A.", "A scandal. That buoy has been loose for weeks.", None),
    ("Moira", "From the same place as always, I fear, and that is us.", 2),
]


@pytest.fixture
def discussed(desk, declare_source):
    """A newspaper with feeds of comments, an article of each shape, each read at noon and looked at again later."""
    site = Newspaper()
    site.comment_feeds = True
    with in_thread(NewspaperServer(site)):
        first = 0
        for hours, shape in enumerate(Shape):
            piece = site.publish(title=f"Council meets, part {hours}", paragraphs=[f"{shape}. {LINES[0]}", *LINES[1:]],
                                 shape=shape, at=TEN - timedelta(hours=hours))  # fmt: skip
            for number, (author, text, parent) in enumerate(REMARKS, 1):
                site.comment(piece.slug, author, text, TEN + timedelta(minutes=number, seconds=36), parent and parent + first)
            first += len(REMARKS)
        desk.declare(declare_source("courier", site.base_url, feeds=[f"{site.base_url}/feed.xml"], keep="raw"))
        desk.crawl(NIGHTDESK_CLOCK=f"{NOON}@1")
        for piece in site.articles:
            site.comment(
                piece.slug, "Ada", "I was there, and it was not like that at all.", TEN + timedelta(hours=2, seconds=7)
            )
        desk.crawl(NIGHTDESK_CLOCK=f"{LATER}@1")
        yield site


def stand(desk):
    """Every row of the articles and of their comments."""
    return desk.rows("SELECT * FROM articles ORDER BY id"), desk.rows("SELECT * FROM comments ORDER BY id")


def test_what_feeds_told_of_comments_outlives_a_reading_of_the_pages(desk, discussed):
    before = stand(desk)
    assert [len(rows) for rows in before] == [4, 16]
    assert set(desk.rows("SELECT origin FROM comments")) == {("feed",)}
    assert desk.rows("SELECT count(*) FROM captures") == [(7,)]  # the bare page did not change
    assert reread(desk, "--dry-run")["fields"] == {}
    told = reread(desk)
    assert (told["captures"], told["changed"], told["fields"]) == (7, 0, {})
    assert stand(desk) == before


def test_the_text_is_corrected_under_comments_from_a_feed(desk, discussed):
    before = stand(desk), desk.rows("SELECT title, text, text_hash FROM versions ORDER BY id")
    misread(desk)
    told = reread(desk)
    assert (told["changed"], told["fields"]) == (4, {"text": 4})
    assert desk.rows("SELECT title, text, text_hash FROM versions ORDER BY id") == before[1]
    assert stand(desk) == before[0]
    check_whole(desk)


def test_what_was_forgotten_of_comments_from_a_feed_is_told_again(desk, discussed):
    """As an earlier reading again has left it."""
    facts = "SELECT comment_count, comments_status FROM articles"
    assert desk.rows(facts) == [(4, "served")] * 4
    write(desk, "UPDATE articles SET comment_count = NULL, comments_status = 'unknown'")
    reread(desk)
    assert desk.rows(facts) == [(4, "served")] * 4
