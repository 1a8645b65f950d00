"""What is older than it is kept goes, wholly; what is left is sound, and nobody is told again of what went."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from alerts.match import Matching
from storage.clock import Clock
from storage.ingest import ingest_article
from storage.listing import Validators, ingest_listing
from storage.models import (
    Channel,
    ChannelKind,
    CrawlOutcome,
    Entry,
    Extraction,
    Feed,
    FeedKind,
    ReadComment,
    Rule,
    Schedule,
    Source,
)
from storage.payloads import Capture
from storage.store import connect
from storage.urls import canonical, site_of

JANUARY, APRIL = datetime(2026, 1, 5, 12, tzinfo=UTC), datetime(2026, 4, 5, 12, tzinfo=UTC)
DECEMBER = "2026-12-05T12:00:00Z"
TEXTS = {
    "one": "The crane fell into the harbour basin at night",
    "two": "The ferry left the harbour without its captain",
    "three": "Dredging of the harbour began with two barges",
    "four": "Pilots of the harbour went home for the holiday",
}


def read(url, words):
    """An article of which nobody else has a sentence."""
    text = "\n\n".join(f"{words}, says witness {word} number {n}." for n, word in enumerate(words.split() * 4))
    return Extraction(url, words, text, comments=(ReadComment(f"I saw how {words.lower()}", id="7"),))


def take_in(tables, base, names, now):
    """A feed lists these pages; they are fetched, kept as received, and read; /missing is given up."""
    feed = tables.feeds.of_source(1)[0]
    entries = [Entry(f"{base}/{name}", f"About {name}", published=now) for name in (*names, "missing")]
    ingest_listing(tables, feed.id, entries, Validators(), now)
    for name in names:
        page = tables.pages.by_key(canonical(f"{base}/{name}"))
        done = ingest_article(tables, read(page.url, TEXTS[name]), tables.sources.by_id(1), page=page, url=page.url, now=now)
        tables.pages.stored(page, article_id=done.article_id, etag=None, last_modified=None, due=None)
        for state in ("first", "second"):
            capture = Capture(page.url, page.url, 200, (("Via", "1"),), now, 1, page_id=page.id)
            body = f"<p>{' '.join(f'{name}{n}' for n in range(200))} {state}".encode()
            tables.captures.attach(tables.captures.add(capture, body), done.article_id, 1)
    missing = tables.pages.by_key(canonical(f"{base}/missing"))
    tables.pages.give_up(missing.id, "not-found: 404")
    tables.captures.add(Capture(missing.url, missing.url, 200, (), now, 1, page_id=missing.id), b"<p>A wall.")


def old_desk(desk, base="http://127.0.0.1:9"):
    """A desk that read and told three articles in January, and one in April."""
    desk.declare()
    url = str(desk.folder / "nightdesk.db")
    for now, names in ((JANUARY, ("one", "two", "three")), (APRIL, ("four",))):
        with connect(url, Clock(now)) as store:
            if now is JANUARY:
                store.write_now(lambda t: begin(t, base))
            store.write_now(lambda t, now=now, names=names: take_in(t, base, names, now))
            asyncio.run(Matching(store).run_pending())
            due = store.read_now(lambda t: t.deliveries.all(limit=99))
            store.write_now(
                lambda t, due=due, now=now: [
                    t.deliveries.sent(d.id, now, status=None, detail="") for d in due if d.state == "due"
                ]
            )


def begin(tables, base):
    added = JANUARY - timedelta(days=1)
    source = Source("Paper", f"{base}/", Schedule(86_400.0), added, sites=(site_of(base),), due=JANUARY)
    tables.sources.add(source)
    tables.feeds.link(1, Feed(f"{base}/feed.xml", FeedKind.RSS), added)
    tables.feeds.mark_read(1, 1, added)
    tables.rules.save(Rule("harbour", "harbour"), added)
    tables.channels.save(Channel("record", ChannelKind.LOG))
    tables.sources.finish(
        tables.sources.start(1, JANUARY, "schedule"),
        tables.sources.by_id(1),
        now=JANUARY,
        outcome=CrawlOutcome.OK,
        reason=None,
        due=JANUARY,
    )


def here(desk, *command, at=DECEMBER, code=0):
    """A command at that time, within this process: dozens of them are run."""
    desk.environment["NIGHTDESK_CLOCK"] = at
    try:
        return desk.here(*command, code=code)
    finally:
        del desk.environment["NIGHTDESK_CLOCK"]


def prune(desk, *options):
    return json.loads(here(desk, "prune", *options, "--json"))


def found(desk, query):
    return [each["url"].rpartition("/")[2] for each in json.loads(here(desk, "search", query, "--json"))["articles"]]


def sound(desk):
    """Nothing points to what is not there, and the indexes say what the tables say."""
    with closing(sqlite3.connect(desk.folder / "nightdesk.db")) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("versions", "comments"):
            file.execute(f"INSERT INTO {table}_index ({table}_index) VALUES ('integrity-check')")
            indexed = {row[0] for row in file.execute(f"SELECT id FROM {table}_index_docsize")}
            assert indexed == {row[0] for row in file.execute(f"SELECT id FROM {table}")}
        lost = {
            "fingerprints": "SELECT count(*) FROM fingerprints WHERE article_id NOT IN (SELECT id FROM articles)",
            "sketches": "SELECT count(*) FROM related_sketches WHERE article_id NOT IN (SELECT id FROM articles)",
            "postings": "SELECT count(*) FROM related_postings WHERE article_id NOT IN (SELECT article_id FROM related_sketches)",
            "bodies": "SELECT count(*) FROM payloads WHERE id NOT IN (SELECT payload_id FROM captures)"
            " AND id NOT IN (SELECT base_id FROM payloads WHERE base_id IS NOT NULL)",
            "stories": "SELECT count(*) FROM stories WHERE merged_into IS NULL AND id NOT IN (SELECT story_id FROM articles)",
        }
        assert {name: file.execute(sql).fetchone()[0] for name, sql in lost.items()} == dict.fromkeys(lost, 0)


def test_what_is_old_goes_with_all_that_hangs_on_it(desk):
    old_desk(desk)
    assert sorted(found(desk, "harbour")) == ["four", "one", "three", "two"]
    done = prune(desk, "--keep", "300d")["removed"]
    assert (done["articles"], done["alerts"], done["deliveries"], done["comments"]) == (3, 3, 3, 3)
    assert (done["captures"], done["pages"], done["crawls"]) == (8, 4, 1)  # those of the page that was given up too
    assert found(desk, "harbour") == ["four"]
    assert found(desk, "crane") == []
    sound(desk)
    for table in ("sources", "feeds", "rules", "channels"):
        assert desk.rows(f"SELECT count(*) FROM {table}") == [(1,)]
    assert set(prune(desk, "--keep", "300d")["removed"].values()) == {0}
    findings = json.loads(here(desk, "doctor", "--json"))["findings"]
    assert findings[0]["text"] == "the integrity check found nothing"


def test_a_dry_run_says_what_would_go_and_removes_nothing(desk):
    old_desk(desk)
    before = [desk.rows(f"SELECT count(*) FROM {table}") for table in ("articles", "pages", "crawls")]
    would = prune(desk, "--keep", "300d", "--dry-run")["removed"]
    assert [desk.rows(f"SELECT count(*) FROM {table}") for table in ("articles", "pages", "crawls")] == before
    really = prune(desk, "--keep", "300d")["removed"]
    assert would == really


def test_what_went_and_is_listed_again_is_neither_fetched_nor_told(desk, site, make_page):
    old_desk(desk, site.url)
    prune(desk, "--keep", "300d")
    site.article("/five", "The harbour froze")
    declared = f'<link rel="canonical" href="{site.url}/three">'
    site.set("/third", make_page("Dredging of the harbour").replace("<head>", f"<head>{declared}"))
    site.feed("/five", "/third", "/four", "/three", "/two", "/one", "/missing")
    desk.crawl(NIGHTDESK_CLOCK=DECEMBER)
    beside = {"/robots.txt", "/feed.xml", "/", "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml"}
    assert {hit.path for hit in site.log} - beside <= {"/five", "/third", "/four"}
    assert sorted(found(desk, "harbour")) == ["five", "four"]
    assert len(desk.rows("SELECT id FROM alerts")) == 2  # of April, and of the new one
    assert desk.pages()["/third"][1].startswith("pruned: ")  # another address of what went brings it back no more


def test_whoever_asks_for_what_went_is_told_so(desk):
    old_desk(desk)
    ((number, url),) = desk.rows("SELECT id, url FROM articles WHERE url LIKE '%/three'")
    prune(desk, "--keep", "300d")
    for command in (("alert", "explain", url, "harbour"), ("show", str(number))):
        said = here(desk, *command, code=2)
        assert "was pruned at 2026-12-05" in said, said
        assert said.count("\n") == 0


def test_what_is_still_to_be_told_or_read_stays(desk):
    old_desk(desk)
    with closing(sqlite3.connect(desk.folder / "nightdesk.db")) as file, file:
        of = "(SELECT id FROM articles WHERE url LIKE '%/{}')"
        file.execute(f"UPDATE versions SET unmatched = 1 WHERE article_id = {of.format('one')}")
        file.execute("UPDATE deliveries SET state = 'due', due = '2027-01-01T00:00:00.000Z' WHERE alert_id IN"
                     f" (SELECT alert_id FROM matches WHERE article_id = {of.format('three')})")  # fmt: skip
    assert prune(desk, "--keep", "300d")["removed"]["articles"] == 1
    assert sorted(found(desk, "harbour")) == ["four", "one", "three"]
    sound(desk)


@pytest.mark.parametrize(("options", "said"), [((), "write --keep 90d"), (("--keep", "0d"), "would keep next to nothing"),
    (("--keep", "1s"), "would keep next to nothing; write a day or more"),
                                               (("--keep", "90"), "has no unit")])  # fmt: skip
def test_a_wrong_span_is_refused_in_one_line(desk, options, said):
    told = here(desk, "prune", *options, code=2)
    assert said in told
    assert told.count("\n") == 0


def ingested(desk, count, at):
    """So many articles of one paper, that came at that time."""
    now = datetime.fromisoformat(at)

    def work(tables):
        if tables.sources.find("Paper") is None:
            tables.sources.add(Source("Paper", "https://paper.example/", Schedule(86_400.0), now))
        for n in range(count):
            url = f"https://paper.example/{at[:7]}/{n}"
            text = " ".join(sha256(f"{url} {word}".encode()).hexdigest()[:7] for word in range(200))  # nobody's copy
            made = Extraction(url, f"Day {n}", f"The harbour: {text}", published=now)
            ingest_article(tables, made, tables.sources.by_id(1), page=None, url=url, now=now)

    with connect(str(desk.folder / "nightdesk.db"), Clock(now)) as store:
        store.write_now(work)
        asyncio.run(Matching(store).run_pending())


def test_killed_it_leaves_whole_stories_and_is_begun_again(desk):
    ingested(desk, 150, "2026-01-05T12:00:00Z")
    ingested(desk, 5, "2026-10-05T12:00:00Z")
    killed = 0
    for _ in range(12):
        command = desk.start("prune", "--keep", "200d", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = desk.rows("SELECT count(*) FROM articles")[0][0]
        while command.poll() is None and desk.rows("SELECT count(*) FROM articles")[0][0] == before:
            time.sleep(0.01)
        command.send_signal(signal.SIGKILL)
        killed += command.wait() == -signal.SIGKILL
        sound(desk)
        if desk.rows("SELECT count(*) FROM articles")[0][0] < 100:
            break
    assert killed
    prune(desk, "--keep", "200d")
    assert desk.rows("SELECT count(*) FROM articles")[0][0] == 5
    sound(desk)


def test_the_disk_gets_its_room_back(desk):
    ingested(desk, 150, "2026-01-05T12:00:00Z")
    ingested(desk, 5, "2026-10-05T12:00:00Z")
    prune(desk, "--keep", "4000d")
    before = (desk.folder / "nightdesk.db").stat().st_size
    prune(desk, "--keep", "200d")
    assert (desk.folder / "nightdesk.db").stat().st_size < before / 2


def test_the_daemon_prunes_by_itself_at_its_hour(desk, site, declare_source, wait):
    ingested(desk, 30, "2026-01-05T12:00:00Z")
    ingested(desk, 2, DECEMBER)
    desk.declare(declare_source("Quiet", f"{site.url}/", feeds=[f"{site.url}/feed.xml"]),
                 '[storage]\nkeep = "200d"\nprune = "30 3 * * *"\nzone = "Europe/Berlin"\n')  # fmt: skip
    site.feed()
    with desk.daemon(NIGHTDESK_CLOCK="2026-12-06T00:00:00Z@2000") as daemon:
        wait(lambda: daemon.lines("event=pruned"), 60, "the prune")
    assert desk.rows("SELECT count(*) FROM articles") == [(2,)]
    ((at,),) = desk.rows("SELECT value FROM meta WHERE key = 'pruned'")
    assert at >= "2026-12-06T02:30"
    sound(desk)
