"""What the Store promises, whatever stands beneath it: transactions, patience, snapshots, one clear error, and recovery."""

import asyncio
import inspect
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.clock import Clock
from storage.counting import Counted
from storage.database import sqlite_path
from storage.errors import ConfigError, StorageError
from storage.language.candidates import Candidates
from storage.language.syntax import Words
from storage.leases import reap
from storage.likeness.series import Sent
from storage.models import (
    AlertReason,
    Change,
    Channel,
    ChannelKind,
    Comment,
    CommentSourceKind,
    CrawlOutcome,
    DeliveryState,
    Document,
    DocumentKind,
    Entry,
    Extraction,
    Feed,
    FeedKind,
    Gap,
    Link,
    Match,
    Notice,
    Page,
    PageReason,
    ReadComment,
    Relation,
    Rule,
    Schedule,
    Silence,
    SilenceKind,
    Slowdown,
    Source,
    Trap,
    Trouble,
    Unsubscription,
    Vitals,
)
from storage.payloads import Capture
from storage.store import Tables, connect
from storage.tables.comments import Refusal
from storage.tables.hosts import Robots
from storage.tables.rhythms import KeptRhythm
from storage.tables.websub import HubSubscription
from storage.vitals import visited

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SOURCE = Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",), due=NOW)


def put(key, value="1"):
    return lambda t: t.meta.set(key, value)


def value(store, key):
    return store.read_now(lambda t: t.meta.get(key))


def together(store, *works):
    """The results, or errors, of works that go into one transaction: they wait in the queue behind one that is held up."""
    gate = threading.Event()

    async def run():
        held = asyncio.create_task(store.write(lambda t: gate.wait()))
        await asyncio.sleep(0.02)
        rest = [asyncio.create_task(store.write(work)) for work in works]
        await asyncio.sleep(0.02)
        gate.set()
        await held
        return await asyncio.gather(*rest, return_exceptions=True)

    return asyncio.run(run())


# --- transactions


def test_one_bad_work_in_a_batch_does_not_sink_the_others(store):
    def half_done(t):
        t.meta.set("half", "1")
        raise ValueError("the row is bad")

    results = together(
        store,
        put("first"),
        half_done,
        lambda t: t.connection.execute("INSERT INTO sources (name) VALUES ('no home')"),
        lambda t: t.connection.execute("SELECT * FROM no_such_table"),
        lambda t: t.connection.execute("SELECT * FROM versions_index WHERE versions_index MATCH '\"open'").fetchall(),
        put("last"),
    )
    assert [type(each) for each in results] == [type(None), ValueError, StorageError, StorageError, StorageError, type(None)]
    assert [value(store, key) for key in ("first", "half", "last")] == ["1", None, "1"]


def test_a_future_is_done_only_when_another_connection_sees_its_work(store, tmp_path):
    async def run():
        for number in range(20):
            await store.write(put("n", str(number)), durable=number % 2 == 0)
            with sqlite3.connect(tmp_path / "nightdesk.db") as other:
                assert other.execute("SELECT value FROM meta WHERE key = 'n'").fetchone() == (str(number),)
            other.close()

    asyncio.run(run())


def test_who_gave_up_waiting_does_not_hurt_the_others(store):
    async def run():
        gate = threading.Event()
        held = asyncio.create_task(store.write(lambda t: gate.wait()))
        await asyncio.sleep(0.02)
        impatient, patient = asyncio.create_task(store.write(put("a"))), asyncio.create_task(store.write(put("b")))
        await asyncio.sleep(0.02)
        impatient.cancel()
        await asyncio.sleep(0.02)
        gate.set()
        await held
        await patient

    asyncio.run(run())
    assert (value(store, "a"), value(store, "b")) == (None, "1")


def test_writes_are_done_in_the_order_they_were_given(store):
    def add(t, number):
        t.meta.set("order", f"{t.meta.get('order') or ''}{number} ")

    together(store, *[lambda t, n=number: add(t, n) for number in range(300)])
    assert value(store, "order") == "".join(f"{number} " for number in range(300))


def test_a_read_is_one_snapshot_though_others_write(store):
    store.write_now(put("a", "before"))
    seen, go_on = threading.Event(), threading.Event()

    def slow(t):
        first = t.meta.get("a")
        seen.set()
        go_on.wait(5)
        return first, t.meta.get("a")

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(store.read_now, slow)
        assert seen.wait(5)
        store.write_now(put("a", "after"))
        go_on.set()
        assert reading.result() == ("before", "before")
    assert value(store, "a") == "after"


def test_a_read_cannot_write(store):
    with pytest.raises(StorageError):
        store.read_now(put("a"))
    assert value(store, "a") is None


# --- closing


def test_closing_finishes_what_was_accepted(tmp_path, clock):
    store = connect(str(tmp_path / "a.db"), clock)
    database = store._database
    gate = threading.Event()
    accepted = [database.write(lambda c: gate.wait(5))]
    accepted += [database.write(lambda c, n=n: c.execute("INSERT INTO meta VALUES (?, '')", [f"{n}"])) for n in range(500)]
    closing = threading.Thread(target=store.close)
    closing.start()
    gate.set()
    closing.join(20)
    assert all(each.done() and each.exception() is None for each in accepted)
    with connect(str(tmp_path / "a.db"), clock) as again:
        assert again.read_now(lambda t: t.connection.execute("SELECT count(*) FROM meta").fetchone()) == (500,)


def test_what_comes_after_closing_is_refused_in_one_line(tmp_path, clock):
    store = connect(str(tmp_path / "a.db"), clock)
    store.close()
    store.close()
    for call in (lambda: store.write_now(put("a")), lambda: value(store, "a")):
        with pytest.raises(StorageError, match=r"the database .*a\.db is closed"):
            call()


def test_nobody_waits_for_ever_who_writes_while_it_closes(tmp_path, clock):
    for _ in range(5):
        store = connect(str(tmp_path / "a.db"), clock)
        database, futures, stop = store._database, [], threading.Event()

        def write(database=database, futures=futures, stop=stop):
            while not stop.is_set():
                futures.append(database.write(lambda c: None))
                time.sleep(0)

        writers = [threading.Thread(target=write) for _ in range(2)]
        for each in writers:
            each.start()
        time.sleep(0.01)
        store.close()
        stop.set()
        for each in writers:
            each.join()
        assert futures
        for future in futures:
            assert isinstance(future.exception(timeout=5), StorageError | None)


# --- beside another process

HOLD = """
import sqlite3, sys
other = sqlite3.connect(sys.argv[1], isolation_level=None)
other.execute("BEGIN IMMEDIATE")
other.execute("INSERT OR REPLACE INTO meta VALUES ('theirs', '1')")
print("held", flush=True)
sys.stdin.readline()
other.execute("COMMIT")
sys.stdin.read()
"""


class Holder:
    """Another process that holds the write lock."""

    def __init__(self, path):
        self._child = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._child.stdout.readline() == "held\n"

    def let_go(self):
        self._child.stdin.write("\n")
        self._child.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.communicate()


def test_a_write_waits_for_another_process_and_then_succeeds(store, tmp_path):
    with Holder(tmp_path / "nightdesk.db") as holder:
        threading.Timer(1.2, holder.let_go).start()  # longer than SQLite's own busy timeout
        before = time.monotonic()
        theirs = store.write_now(lambda t: (t.meta.get("theirs"), t.meta.set("ours", "1")))[0]
        assert time.monotonic() - before >= 1.0
        assert theirs == "1"  # it saw what the other had written: it began after it
    assert value(store, "ours") == "1"


def test_closing_beside_a_locked_database_neither_fails_nor_waits_long(tmp_path, clock, recwarn):
    store = connect(str(tmp_path / "nightdesk.db"), clock)
    store.write_now(lambda t: [t.meta.set(f"{n}", "x") for n in range(300)])
    with Holder(tmp_path / "nightdesk.db"):
        before = time.monotonic()
        store.close()
        assert time.monotonic() - before < 5
    assert not recwarn


# --- every method under lock


def fixtures(t: Tables) -> None:
    """One of everything."""
    t.sources.add(SOURCE)
    t.feeds.link(1, Feed("https://courier.example/feed", FeedKind.RSS), NOW)
    t.websub.add(HUB)
    t.pages.add(Page("https://courier.example/a", "https://courier.example/a", "courier.example", 1, due=NOW, first_seen=NOW))
    story = t.stories.add("Crane", NOW)
    read = Extraction("https://courier.example/a", "Crane", "The crane fell.")
    for path in "ab":
        url = f"https://courier.example/{path}"
        article = t.articles.add(
            read, key=url, url=url, site="courier.example", source_id=1, story_id=story, news=True, now=NOW
        )
        t.articles.add_version(article, read, "crane in dock", change=None, now=NOW, quiet=False)
    t.stories.found(story, 1)
    rule = t.rules.save(Rule("cranes", "crane"), NOW)
    channel = t.channels.save(Channel("desk", ChannelKind.LOG))
    alert = t.alerts.add(rule, story, AlertReason.NEW, NOW)
    t.deliveries.add(alert, "uid", channel, NOW)
    t.notices.add(Notice("first", "first", "", NOW))
    t.silences.add(Silence(SilenceKind.WORD, "x", "me", NOW, NOW + timedelta(hours=1)))
    t.sources.start(1, NOW, "command")
    t.health.record(1, lambda vitals: visited(vitals, NOW, None), NOW)
    t.completeness.open_gap(1, NOW, NOW, 9)
    t.captures.add(CAPTURE, b"<p>The crane fell.")
    t.articles.add_comment(2, ReadComment("Oh dear"), key="7", now=NOW, quiet=False)


def commented(t: Tables) -> Comment:
    """A comment under the first article."""
    t.articles.add_comment(1, ReadComment("Oh"), key="known", now=NOW, quiet=False)
    return t.articles.comments(1)[-1]


READ = Extraction("https://courier.example/a", "Crane", "It fell again.")
DOCUMENT = Document(DocumentKind.VERSION, 1, 1, 1)
CRANES = Candidates("crane")
CAPTURE = Capture("https://courier.example/a", "https://courier.example/a", 200, (("Via", "1"),), NOW, 1, page_id=1)
HUB = HubSubscription(
    1, ("https://hub.example/",), "https://hub.example/", "https://courier.example/feed", "token", "secret", NOW
)
GAP = Gap(1, 1, NOW, NOW, 9)
ENTRY = Entry("https://courier.example/a", "Crane, again")
READING = {
    "websub.all": lambda t: t.websub.all(),
    "websub.by_id": lambda t: t.websub.by_id(1),
    "websub.by_token": lambda t: t.websub.by_token("token"),
    "websub.counts": lambda t: t.websub.counts(),
    "websub.due": lambda t: t.websub.due(NOW, 9),
    "websub.of_feed": lambda t: t.websub.of_feed(1),
    "websub.of_source": lambda t: t.websub.of_source(1),
    "websub.pushed_feeds": lambda t: t.websub.pushed_feeds(1, NOW),
    "websub.pushed_sources": lambda t: t.websub.pushed_sources(NOW),
    "websub.told_sources": lambda t: t.websub.told_sources(),
    "websub.waiting": lambda t: t.websub.waiting(NOW),
    "rhythms.arrivals": lambda t: t.rhythms.arrivals(1, NOW),
    "rhythms.get": lambda t: t.rhythms.get(1),
    "rhythms.paces": lambda t: t.rhythms.paces(),
    "articles.by_canonical": lambda t: t.articles.by_canonical("https://courier.example/a"),
    "articles.by_id": lambda t: t.articles.by_id(1),
    "articles.by_ids": lambda t: t.articles.by_ids([1, 2, 99]),
    "articles.comments": lambda t: t.articles.comments(1),
    "articles.counts": lambda t: t.articles.counts(),
    "articles.current": lambda t: t.articles.current(1),
    "articles.get": lambda t: t.articles.get("https://www.courier.example/a"),
    "articles.since": lambda t: t.articles.since(NOW, 0, 9),
    "articles.newest": lambda t: t.articles.newest(1),
    "articles.urls": lambda t: t.articles.urls([1, 99]),
    "articles.versions": lambda t: t.articles.versions(1),
    "budgets.carried_here": lambda t: t.budgets.carried_here(1),
    "budgets.day": lambda t: t.budgets.day(1, NOW),
    "budgets.trap": lambda t: t.budgets.trap(1),
    "documents.by_ids": lambda t: t.documents.by_ids(DocumentKind.COMMENT, [1]),
    "documents.candidates": lambda t: t.documents.candidates(DocumentKind.VERSION, CRANES, before=9, since=NOW, limit=9),
    "documents.counted": lambda t: t.documents.counted(1, 1, Counted.STORY, NOW, NOW),
    "documents.found": lambda t: t.documents.found(DocumentKind.VERSION, CRANES, NOW),
    "documents.hours_watched": lambda t: t.documents.hours_watched(NOW),
    "documents.seen": lambda t: t.documents.seen(DocumentKind.VERSION, [1, 99]),
    "documents.spellings": lambda t: t.documents.spellings(DocumentKind.VERSION, Words(("cr?ne",))),
    "documents.unmatched": lambda t: t.documents.unmatched(9),
    "alerts.made_by": lambda t: t.alerts.made_by(1),
    "alerts.all": lambda t: t.alerts.all(9),
    "alerts.counts": lambda t: t.alerts.counts(),
    "alerts.of_relatives": lambda t: t.alerts.of_relatives(1, 1),
    "alerts.find": lambda t: t.alerts.find(1, 1),
    "alerts.last_told": lambda t: t.alerts.last_told(1),
    "alerts.latest": lambda t: t.alerts.latest(1, 9, 9),
    "alerts.newest": lambda t: t.alerts.newest(1, 9),
    "alerts.of_rule": lambda t: t.alerts.of_rule(1, 0, 9),
    "alerts.sharing": lambda t: t.alerts.sharing([1, 2]),
    "alerts.relatives_among": lambda t: t.alerts.relatives_among(1, [2]),
    "alerts.get": lambda t: t.alerts.get(1),
    "alerts.matched_before": lambda t: t.alerts.matched_before(1, 1, DocumentKind.VERSION, 9),
    "rules.incarnation": lambda t: t.rules.incarnation(1),
    "alerts.rule_name": lambda t: t.alerts.rule_name(1),
    "alerts.number": lambda t: t.alerts.number("1"),
    "alerts.matches_of": lambda t: t.alerts.matches_of(1, 1),
    "captures.articles": lambda t: t.captures.articles(NOW, 0, 9, 1),
    "captures.body": lambda t: t.captures.body(1),
    "captures.counts": lambda t: t.captures.counts(),
    "captures.of_article": lambda t: t.captures.of_article(1),
    "captures.refused_of": lambda t: t.captures.refused_of(1),
    "captures.refused_pages": lambda t: t.captures.refused_pages(NOW, 0, 9, 1),
    "captures.since": lambda t: t.captures.since(NOW, 0, 9, 1),
    "comments.refusals": lambda t: t.comments.refusals(1, NOW),
    "channels.all": lambda t: t.channels.all(),
    "notices.get": lambda t: t.notices.get(1),
    "silences.active": lambda t: t.silences.active(NOW),
    "silences.all": lambda t: t.silences.all(),
    "unsubscriptions.all": lambda t: t.unsubscriptions.all(),
    "unsubscriptions.find": lambda t: t.unsubscriptions.find("desk", "desk", "cranes"),
    "channels.put_off_beyond": lambda t: t.channels.put_off_beyond(NOW),
    "channels.find": lambda t: t.channels.find("desk"),
    "channels.get": lambda t: t.channels.get("desk"),
    "corrections.facts": lambda t: t.corrections.facts(1),
    "corrections.told": lambda t: t.corrections.told(1),
    "deliveries.all": lambda t: t.deliveries.all(states=[DeliveryState.DEAD], rule_id=1, limit=9),
    "deliveries.by_ids": lambda t: t.deliveries.by_ids([1]),
    "deliveries.counts": lambda t: t.deliveries.counts(),
    "deliveries.failing": lambda t: t.deliveries.failing(),
    "deliveries.attempts": lambda t: t.deliveries.attempts(1),
    "deliveries.group_of": lambda t: t.deliveries.group_of(1, 1, "desk"),
    "deliveries.is_there": lambda t: t.deliveries.is_there(t.deliveries.by_ids([1])[0]),
    "daily_digests.has_slot": lambda t: t.daily_digests.has_slot(1, "desk", "daily 2026-03-01"),
    "daily_digests.standing": lambda t: t.daily_digests.standing(1),
    "daily_digests.was_dropped": lambda t: t.daily_digests.was_dropped(1, "desk", "daily 2026-03-01"),
    "deliveries.is_open": lambda t: t.deliveries.is_open(1),
    "deliveries.members": lambda t: t.deliveries.members(1),
    "deliveries.steps": lambda t: t.deliveries.steps([1]),
    "deliveries.of_notice": lambda t: t.deliveries.of_notice(1),
    "deliveries.reaches_others": lambda t: t.deliveries.reaches_others(1, "hook"),
    "deliveries.put_off_beyond": lambda t: t.deliveries.put_off_beyond(NOW),
    "deliveries.next_due": lambda t: t.deliveries.next_due(1),
    "deliveries.outlets_told": lambda t: t.deliveries.outlets_told(1, "desk", "desk"),
    "deliveries.to_come": lambda t: t.deliveries.to_come(1),
    "tellings.of_alert": lambda t: t.tellings.of_alert(1, "desk", "desk"),
    "tellings.of_stories": lambda t: t.tellings.of_stories(1, [1], "desk", "desk", before=9, since=NOW),
    "deliveries.released": lambda t: t.deliveries.released(1, 1, "desk", NOW),
    "deliveries.of_alert": lambda t: t.deliveries.of_alert(1),
    "feeds.watched": lambda t: t.feeds.watched(1),
    "feeds.of_source": lambda t: t.feeds.of_source(1),
    "feeds.subscriptions": lambda t: t.feeds.subscriptions(1),
    "feeds.by_id": lambda t: t.feeds.by_id(1),
    "health.ahead": lambda t: t.health.ahead(NOW),
    "health.came": lambda t: t.health.came(1, NOW, again=0, earlier=0),
    "health.days": lambda t: t.health.days(1, NOW.date()),
    "health.due": lambda t: t.health.due(NOW, 9),
    "health.episode": lambda t: t.health.episode(1),
    "health.episodes": lambda t: t.health.episodes(None),
    "health.listed_at_first": lambda t: t.health.listed_at_first(1),
    "health.of_sources": lambda t: t.health.of_sources([1, 99]),
    "health.reach": lambda t: t.health.reach(NOW),
    "health.rhythm": lambda t: t.health.rhythm(1),
    "health.visits": lambda t: t.health.visits(1, NOW, 9),
    "health.vitals": lambda t: t.health.vitals(1),
    "completeness.bridges": lambda t: t.completeness.bridges(1, GAP, NOW),
    "completeness.brought": lambda t: t.completeness.brought(GAP, 1),
    "completeness.counts": lambda t: t.completeness.counts(),
    "completeness.gaps": lambda t: t.completeness.gaps(1),
    "completeness.had_entries": lambda t: t.completeness.had_entries(1),
    "completeness.losing": lambda t: t.completeness.losing(1, NOW),
    "completeness.published": lambda t: t.completeness.published(1, NOW, NOW),
    "completeness.newest": lambda t: t.completeness.newest(1, ["https://courier.example/a"]),
    "completeness.known_to": lambda t: t.completeness.known_to(1, ["https://courier.example/a"]),
    "completeness.open_gaps": lambda t: t.completeness.open_gaps(1, 1, NOW),
    "completeness.worst": lambda t: t.completeness.worst(),
    "completeness.routes": lambda t: t.completeness.routes(1),
    "completeness.shared": lambda t: t.completeness.shared(1, 1, 2, NOW),
    "completeness.shown": lambda t: t.completeness.shown(1, [(NOW, NOW)], ("feed", "sitemap")),
    "hosts.slowest": lambda t: t.hosts.slowest(1.0, ["courier.example"]),
    "hosts.robots": lambda t: t.hosts.robots("courier.example"),
    "domains.all": lambda t: t.domains.all(),
    "domains.get": lambda t: t.domains.get("courier.example"),
    "domains.held_until": lambda t: t.domains.held_until("courier.example", NOW, 0.0),
    "domains.of": lambda t: t.domains.of(["courier.example"]),
    "meta.bytes": lambda t: t.meta.bytes(),
    "meta.get": lambda t: t.meta.get("a"),
    "meta.integrity": lambda t: t.meta.integrity(),
    "pages.by_id": lambda t: t.pages.by_id(1),
    "pages.by_key": lambda t: t.pages.by_key("https://courier.example/a"),
    "pages.comments_of": lambda t: t.pages.comments_of(1),
    "pages.counts": lambda t: t.pages.counts(1),
    "pages.given_up": lambda t: t.pages.given_up(1),
    "pages.failing": lambda t: t.pages.failing(1),
    "pages.lost": lambda t: t.pages.lost(NOW),
    "pages.late_looks": lambda t: t.pages.late_looks(NOW),
    "pages.next_due": lambda t: t.pages.next_due(0.0, [1]),
    "pages.of_article": lambda t: t.pages.of_article(1),
    "pages.put_off_beyond": lambda t: t.pages.put_off_beyond(NOW),
    "pages.sighted": lambda t: t.pages.sighted(1),
    "rules.all": lambda t: t.rules.all(),
    "rules.by_id": lambda t: t.rules.by_id(1),
    "rules.find": lambda t: t.rules.find("cranes"),
    "rules.by_ids": lambda t: t.rules.by_ids([1, 99]),
    "rules.changes": lambda t: t.rules.changes(0),
    "rules.failed": lambda t: t.rules.failed(),
    "rules.query_of": lambda t: t.rules.query_of(1, 1),
    "rules.versions": lambda t: t.rules.versions(1),
    "rules.names": lambda t: t.rules.names(),
    "rules.get": lambda t: t.rules.get("cranes"),
    "sources.all": lambda t: t.sources.all(),
    "sources.by_id": lambda t: t.sources.by_id(1),
    "sources.crawls": lambda t: t.sources.crawls(1),
    "sources.due": lambda t: t.sources.due(NOW),
    "sources.next_due": lambda t: t.sources.next_due(NOW),
    "sources.find": lambda t: t.sources.find("Courier"),
    "sources.get": lambda t: t.sources.get("Courier"),
    "sources.last_crawls": lambda t: t.sources.last_crawls(),
    "stories.beside": lambda t: t.stories.beside(1),
    "stories.relations_to": lambda t: t.stories.relations_to(1),
    "stories.all": lambda t: t.stories.all(9),
    "stories.carriers": lambda t: t.stories.carriers(1),
    "stories.get": lambda t: t.stories.get(1),
    "stories.outlets": lambda t: t.stories.outlets(1),
    "stories.related": lambda t: t.stories.related(1),
    "stories.uid": lambda t: t.stories.uid(1),
    "related.stories": lambda t: t.related.stories(1),
    "related.of_story": lambda t: t.related.of_story(1),
    "stories.first": lambda t: t.stories.first(1),
    "stories.members": lambda t: t.stories.members(1, 9),
    "postings.find": lambda t: t.postings.find({7}, "00"),
    "postings.bearers": lambda t: t.postings.bearers([1]),
    "gauges.all": lambda t: t.gauges.all(NOW),
    "gauges.standing": lambda t: t.gauges.standing(NOW),
    "pruned.by_article": lambda t: t.pruned.by_article(1),
    "pruned.by_key": lambda t: t.pruned.by_key("https://courier.example/a"),
    "pruned.count": lambda t: t.pruned.count(),
    "pruning.articles": lambda t: t.pruning.articles([1]),
    "pruning.count": lambda t: t.pruning.count([1]),
    "pruning.count_pages": lambda t: t.pruning.count_pages([1]),
    "pruning.count_records": lambda t: t.pruning.count_records(NOW),
    "pruning.pages": lambda t: t.pruning.pages(NOW, 0, 9),
    "pruning.still": lambda t: t.pruning.still([1], NOW),
    "pruning.still_pages": lambda t: t.pruning.still_pages([1], NOW),
    "pruning.stories": lambda t: t.pruning.stories(NOW, 0, 9),
    "pruning.texts": lambda t: t.pruning.texts([1, 2]),
    "meta.room": lambda t: t.meta.room(),
    "postings.leaving": lambda t: t.postings.leaving("2026", 0, 3),
}
WRITING = {
    "websub.add": lambda t: t.websub.add(replace(HUB, feed_id=None, token="another")),
    "websub.leave": lambda t: t.websub.leave(NOW),
    "websub.put_off": lambda t: t.websub.put_off(HUB.hub, NOW),
    "websub.recall": lambda t: t.websub.recall(1, NOW),
    "websub.remove": lambda t: t.websub.remove(99),
    "websub.save": lambda t: t.websub.save(replace(HUB, id=1, failures=1)),
    "rhythms.save": lambda t: t.rhythms.save(1, KeptRhythm("{}", 1.0, 60.0)),
    "articles.add": lambda t: t.articles.add(
        READ, key="k", url="https://c.example/", site="c.example", source_id=1, story_id=1, news=True, now=NOW
    ),
    "articles.add_comment": lambda t: t.articles.add_comment(1, ReadComment("Oh"), key="1", now=NOW, quiet=False),
    "articles.add_version": lambda t: t.articles.add_version(1, READ, "the crane", change=Change.MINOR, now=NOW, quiet=True),
    "articles.describe": lambda t: t.articles.describe(1, READ, NOW),
    "articles.rename": lambda t: t.articles.rename(1, "https://courier.example/other"),
    "documents.take": lambda t: t.documents.take(DOCUMENT),
    "alerts.alerted": lambda t: t.alerts.alerted(1, 1),
    "alerts.add": lambda t: t.alerts.add(t.rules.save(Rule("other", "dock"), NOW), 1, AlertReason.NEW, NOW),
    "alerts.add_match": lambda t: t.alerts.add_match(Match(1, 1, DocumentKind.VERSION, 1, 1, 1, (), NOW)),
    "budgets.forget": lambda t: t.budgets.forget(1, NOW),
    "budgets.mark": lambda t: t.budgets.mark(1, Trap.FACETS, NOW),
    "budgets.note": lambda t: t.budgets.note(1, 1, NOW, idle=True),
    "budgets.take": lambda t: t.budgets.take(1, 1, NOW, admitted=1, surplus=1),
    "captures.add": lambda t: t.captures.add(CAPTURE, b"<p>Another body."),
    "captures.attach": lambda t: t.captures.attach(1, 1, 1),
    "captures.credit": lambda t: t.captures.credit(1, 1, ["1"], NOW),
    "channels.disable": lambda t: t.channels.disable("desk", "gone"),
    "channels.failed": lambda t: t.channels.failed(1),
    "channels.pull": lambda t: t.channels.pull(NOW, NOW),
    "channels.open_breaker": lambda t: t.channels.open_breaker(1, NOW, NOW),
    "channels.succeeded": lambda t: t.channels.succeeded(1),
    "notices.add": lambda t: t.notices.add(Notice("one", "one", "", NOW)),
    "silences.add": lambda t: t.silences.add(Silence(SilenceKind.RULE, "r", "me", NOW, NOW)),
    "silences.end": lambda t: t.silences.end(1, NOW),
    "unsubscriptions.add": lambda t: t.unsubscriptions.add(Unsubscription("desk", "desk", "cranes", NOW)),
    "unsubscriptions.remove": lambda t: t.unsubscriptions.remove("desk", "desk", "cranes"),
    "channels.remove": lambda t: t.channels.remove(99),
    "channels.resume": lambda t: t.channels.resume(1),
    "channels.save": lambda t: t.channels.save(Channel("hook", ChannelKind.LOG)),
    "corrections.comment": lambda t: t.corrections.comment(t.articles.comments(2)[0], ReadComment("Oh!"), quiet=True),
    "corrections.describe": lambda t: t.corrections.describe(1, {"title": "Crane up", "tags": ("port",)}),
    "corrections.drop": lambda t: t.corrections.drop(t.articles.comments(2)[0]),
    "corrections.read_by": lambda t: t.corrections.read_by(1, "9.9"),
    "corrections.unindex": lambda t: t.corrections.unindex(2),
    "captures.drop_of": lambda t: t.captures.drop_of([99], [99]),
    "meta.give_back": lambda t: t.meta.give_back(9),
    "pruning.remove_pages": lambda t: t.pruning.remove_pages([99], NOW),
    "pruning.remove_records": lambda t: t.pruning.remove_records("crawls", NOW + timedelta(days=1), 9),
    "pruning.remove_stories": lambda t: t.pruning.remove_stories([t.stories.add("Old", NOW)], [], NOW),
    "pruning.tidy_index": lambda t: t.pruning.tidy_index("versions", begin=True),
    "related.forget": lambda t: t.related.forget([1]),
    "corrections.version": lambda t: t.corrections.version(t.articles.versions(1)[0], READ, quiet=True),
    "comments.change": lambda t: t.comments.change(replace(commented(t), text="Oh dear", author="Moira")),
    "comments.refuse": lambda t: t.comments.refuse(1, Refusal("courier.example", CommentSourceKind.WORDPRESS_FEED, NOW, "403")),
    "comments.settle": lambda t: t.comments.settle(1, platform="wordpress"),
    "daily_digests.hand_over": lambda t: t.daily_digests.hand_over(1, 2),
    "daily_digests.make_again": lambda t: t.daily_digests.make_again(1, "desk", "daily 2026-03-01", NOW, NOW),
    "daily_digests.move": lambda t: t.daily_digests.move(1, NOW),
    "daily_digests.scatter": lambda t: t.daily_digests.scatter(1, NOW),
    "deliveries.add": lambda t: t.deliveries.add(1, "uid", t.channels.save(Channel("log", ChannelKind.LOG)), NOW),
    "deliveries.add_digest": lambda t: t.deliveries.add_digest(t.channels.get("desk"), "desk", "daily 2026-03-01", NOW, NOW),
    "deliveries.add_notice": lambda t: t.deliveries.add_notice(
        t.notices.add(Notice("again", "again", "", NOW)), t.channels.get("desk"), NOW
    ),
    "deliveries.begin": lambda t: t.deliveries.begin(1, 1, NOW),
    "deliveries.pull": lambda t: t.deliveries.pull(NOW, NOW),
    "deliveries.claim": lambda t: t.deliveries.claim(1, NOW, until=9e12, limit=9),
    "tellings.reopen": lambda t: t.tellings.reopen(1, 0, 1, "why", NOW),
    "deliveries.drop": lambda t: t.deliveries.drop(1, DeliveryState.SILENCED, "why", NOW),
    "deliveries.gather": lambda t: t.deliveries.gather(1, 2, "why", NOW),
    "deliveries.told_in": lambda t: t.deliveries.told_in(2, {1: 3}),
    "deliveries.reword": lambda t: t.deliveries.reword(1, "why"),
    "deliveries.put_off": lambda t: t.deliveries.put_off(1, NOW, "why"),
    "deliveries.hold": lambda t: t.deliveries.hold(1, NOW, "why", NOW),
    "deliveries.withdraw": lambda t: t.deliveries.withdraw("first", "why"),
    "deliveries.let_go": lambda t: t.deliveries.let_go(1, NOW),
    "deliveries.failed": lambda t: t.deliveries.failed(1, NOW, status=503, detail="down", due=NOW),
    "deliveries.release": lambda t: t.deliveries.release([1]),
    "deliveries.replay": lambda t: t.deliveries.replay(1, NOW),
    "deliveries.sent": lambda t: t.deliveries.sent(1, NOW, status=200, detail="ok"),
    "feeds.move": lambda t: t.feeds.move(1, "https://courier.example/new.xml"),
    "feeds.distrust": lambda t: t.feeds.distrust(1, NOW),
    "feeds.fail": lambda t: t.feeds.fail(1, "503"),
    "feeds.link": lambda t: t.feeds.link(1, Feed("https://courier.example/atom", FeedKind.ATOM), NOW),
    "feeds.mark_read": lambda t: t.feeds.mark_read(1, 1, NOW),
    "feeds.settle": lambda t: t.feeds.settle(1, now=NOW, changed=True, etag=None, last_modified=None),
    "feeds.unlink": lambda t: t.feeds.unlink(1, 99),
    "domains.forget": lambda t: t.domains.forget("courier.example"),
    "domains.save": lambda t: t.domains.save(Slowdown("courier.example", NOW)),
    "health.audited": lambda t: t.health.audited(1, NOW),
    "health.begin": lambda t: t.health.begin(1, Trouble.WALL, NOW, NOW, "why"),
    "health.end": lambda t: t.health.end(1, NOW),
    "health.forget": lambda t: t.health.forget(NOW.date()),
    "health.hurry": lambda t: t.health.hurry(NOW),
    "health.judged": lambda t: t.health.judged(Vitals(1), Vitals(1)),
    "health.learned": lambda t: t.health.learned(1, "{}", NOW),
    "health.pull": lambda t: t.health.pull(NOW),
    "health.record": lambda t: t.health.record(1, lambda vitals: visited(vitals, NOW, None), NOW),
    "health.revive": lambda t: t.health.revive(1, NOW, NOW),
    "completeness.fill": lambda t: t.completeness.fill(GAP, 1, NOW),
    "completeness.note": lambda t: t.completeness.note(1, 3, NOW, joined=NOW, now=NOW),
    "completeness.open_gap": lambda t: t.completeness.open_gap(1, NOW, NOW, 9),
    "hosts.acquire": lambda t: t.hosts.acquire("courier.example", now=0.0, until=9.0),
    "hosts.know": lambda t: t.hosts.know("courier.example"),
    "hosts.release": lambda t: t.hosts.release("courier.example", next_at=9.0),
    "hosts.save_robots": lambda t: t.hosts.save_robots("courier.example", Robots("", 404, NOW), None),
    "leases.reap": lambda t: reap(t.connection, 0.0),
    "meta.installation": lambda t: t.meta.installation(),
    "meta.link_key": lambda t: t.meta.link_key(),
    "meta.set": put("a"),
    "pages.add": lambda t: t.pages.add(Page("https://c.example/", "k", "c.example", 1, due=NOW, first_seen=NOW)),
    "pages.answered": lambda t: t.pages.answered(t.pages.by_key("https://courier.example/a"), shown=3, etag=None, last_modified=None),
    "pages.give_up": lambda t: t.pages.give_up(1, "gone"),
    "pages.adopt": lambda t: t.pages.adopt(1, 1, NOW),
    "pages.claim": lambda t: t.pages.claim(NOW, machine=0.0, until=9e12, limit=9, without=["x"], sources=[1]),
    "pages.failed": lambda t: t.pages.failed(1, "timeout", due=NOW),
    "pages.hurry": lambda t: t.pages.hurry([1], NOW),
    "pages.make_due": lambda t: t.pages.make_due(1, NOW, PageReason.CHANGED),
    "pages.put_off": lambda t: t.pages.put_off(1, None),
    "pages.pull": lambda t: t.pages.pull(NOW, NOW),
    "pages.release": lambda t: t.pages.release([1]),
    "pages.sight": lambda t: t.pages.sight(
        t.pages.by_key("https://courier.example/a"), 1, t.feeds.of_source(1)[0].id, ENTRY, NOW, backlog=True
    ),
    "pages.stored": lambda t: t.pages.stored(t.pages.by_key("https://courier.example/a"), article_id=1, etag=None, last_modified=None, due=NOW),
    "pages.unchanged": lambda t: t.pages.unchanged(t.pages.by_key("https://courier.example/a"), due=NOW),
    "rules.fail": lambda t: t.rules.fail(1, "it broke"),
    "rules.remove": lambda t: t.rules.remove(99),
    "rules.save": lambda t: t.rules.save(Rule("cranes", "crane*"), NOW),
    "sources.add": lambda t: t.sources.add(Source("Echo", "https://echo.example/", Schedule(60.0), NOW)),
    "sources.change": lambda t: t.sources.change(t.sources.get("Courier")),
    "sources.claim": lambda t: t.sources.claim(1, until=9e12),
    "sources.count": lambda t: t.sources.count(1, entries=1, pages=1),
    "sources.finish": lambda t: t.sources.finish(
        1, t.sources.by_id(1), now=NOW, outcome=CrawlOutcome.OK, reason=None, due=NOW
    ),
    "sources.pause": lambda t: t.sources.pause(1, paused=False),
    "sources.release": lambda t: t.sources.release(1),
    "sources.remove": lambda t: t.sources.remove(99, NOW),
    "sources.skip_looks": lambda t: t.sources.skip_looks(1, 2),
    "sources.replan": lambda t: t.sources.replan(1, expected=NOW, due=NOW),
    "sources.set_due": lambda t: t.sources.set_due(1, NOW),
    "sources.start": lambda t: t.sources.start(1, NOW, "schedule"),
    "stories.add": lambda t: t.stories.add("Dock", NOW),
    "stories.found": lambda t: t.stories.found(1, 1),
    "stories.relate": lambda t: t.stories.relate(1, [Link(2, Relation.EXCERPT, 1.0, 0.4)]),
    "related.place": lambda t: t.related.place(1, "Dock", "A crane fell.", site="a.example", sent=Sent("https://a.example/1", NOW, dated=True), now=NOW),
    "stories.unrelate": lambda t: t.stories.unrelate(1),
    "stories.merge": lambda t: t.stories.merge(1, t.stories.add("Crane", NOW)),
    "articles.replace": lambda t: t.articles.replace(1, 2),
    "articles.came_back": lambda t: t.articles.came_back(1, None, "crane in dock"),
    "postings.add": lambda t: t.postings.add(1, 1, "courier.example", [7, 9], []),
    "postings.remove": lambda t: t.postings.remove(1, [7]),
    "postings.thin": lambda t: t.postings.thin(1, [7, 16]),
}  # fmt: skip
OUTSIDE_TRANSACTIONS = {"meta.backup", "meta.checkpoint"}


def test_every_method_of_every_table_is_in_the_lists():
    found = set()
    for family, prop in vars(Tables).items():
        if hasattr(prop, "func"):
            table = inspect.signature(prop.func).return_annotation
            found |= {
                f"{family}.{name}" for name, _ in inspect.getmembers(table, inspect.isfunction) if not name.startswith("_")
            }
    listed = set(READING) | set(WRITING) | OUTSIDE_TRANSACTIONS
    assert found | {"leases.reap"} == listed


@pytest.fixture(scope="module")
def under_lock(tmp_path_factory):
    """What every method did while another process held the database, and what the writing ones did afterwards.

    The writes are handed over together, so that their common patience is waited for once.
    """
    path = tmp_path_factory.mktemp("locked") / "nightdesk.db"
    with connect(str(path), Clock(NOW), patience=0.0) as store:
        store.write_now(fixtures)
        with Holder(path) as holder:
            database = store._database
            reads = {name: database.read(lambda c, w=work: w(store._tables(c))) for name, work in READING.items()}
            first = database.write(lambda c: None)
            writes = {name: database.write(lambda c, w=work: w(store._tables(c))) for name, work in WRITING.items()}
            results = {name: future.exception() for name, future in (reads | writes).items()}
            assert isinstance(first.exception(), StorageError)
            holder.let_go()
        after = {name: database.write(lambda c, w=work: w(store._tables(c))) for name, work in WRITING.items()}
        results |= {f"{name} afterwards": future.exception() for name, future in after.items()}
    return results


@pytest.mark.parametrize("name", READING)
def test_reading_goes_on_while_another_process_writes(under_lock, name):
    assert under_lock[name] is None


@pytest.mark.parametrize("name", WRITING)
def test_writing_waits_and_then_fails_with_one_clear_line(under_lock, name):
    error = under_lock[name]
    assert isinstance(error, StorageError)
    assert re.fullmatch(r"the database \S+ is locked by another program; end that program .* and try again", str(error))
    assert under_lock[f"{name} afterwards"] is None


# --- a full disk

BIG = "x" * 100_000


def refused_for_space(store, work):
    with pytest.raises(StorageError, match=r"the database \S+ cannot grow: the disk is full \(\d+ MiB free\)"):
        store.write_now(work)


def test_a_database_that_may_not_grow_says_so_keeps_what_it_has_and_recovers(store):
    def limit(pages):
        store.write_now(lambda t: t.connection.execute(f"PRAGMA max_page_count = {pages}").fetchone())

    store.write_now(put("before"))
    limit(1)  # SQLite takes what it has now for the limit
    results = together(store, put("beside"), lambda t: [t.meta.set(f"{n}", BIG) for n in range(10)])
    assert any(isinstance(each, StorageError) and "the disk is full" in str(each) for each in results)
    refused_for_space(store, lambda t: [t.meta.set(f"{n}", BIG) for n in range(10)])
    assert (value(store, "before"), value(store, "0")) == ("1", None)
    limit(1_000_000)
    store.write_now(put("after", BIG))
    assert value(store, "after") == BIG
    assert store.read_now(lambda t: t.meta.integrity()) == []


@pytest.fixture
def small_disk(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], capture_output=True)
    if not done or done.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_really_full_disk_loses_nothing_and_is_forgotten_once_there_is_room(small_disk, clock):
    with connect(str(small_disk / "nightdesk.db"), clock) as store:
        store.write_now(put("before"))
        (small_disk / "ballast").write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 8192))
        refused_for_space(store, put("big", BIG))
        refused_for_space(store, put("big", BIG))
        assert (value(store, "before"), value(store, "big")) == ("1", None)
        (small_disk / "ballast").unlink()
        store.write_now(put("after", BIG))
        assert value(store, "after") == BIG
        assert store.read_now(lambda t: t.meta.integrity()) == []


# --- files that are not ours, or not well


def refused(path, message):
    with pytest.raises(StorageError, match=message) as caught:
        connect(str(path), Clock(), patience=0.0)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value) or str(Path(path).parent) in str(caught.value)


def test_another_program_s_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.close()
    before = path.read_bytes()
    refused(path, "is a database of another program; choose another file")
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["other.db"]


def test_another_program_s_marked_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("PRAGMA application_id = 4711")
    other.close()
    refused(tmp_path / "other.db", "is a database of another program")


def test_what_is_no_database_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("Buy milk. " * 500)
    refused(path, "is not a SQLite database")
    assert path.read_text() == "Buy milk. " * 500


def test_a_folder_that_is_not_there_is_told(tmp_path):
    refused(tmp_path / "missing" / "nightdesk.db", "the folder .*missing does not exist or may not be entered; create it")


def test_a_folder_in_place_of_the_file_is_told(tmp_path):
    (tmp_path / "nightdesk.db").mkdir()
    refused(tmp_path / "nightdesk.db", "is a folder; name a file in it")


def test_an_empty_file_becomes_a_database(tmp_path, clock):
    (tmp_path / "nightdesk.db").touch()
    with connect(str(tmp_path / "nightdesk.db"), clock) as store:
        assert value(store, "a") is None


def test_a_damaged_file_is_told_with_the_remedy(tmp_path, clock):
    path = tmp_path / "nightdesk.db"
    with connect(str(path), clock) as store:
        store.write_now(lambda t: [t.meta.set(f"{number}", BIG) for number in range(5)])
    body = bytearray(path.read_bytes())
    body[4096:] = b"\x55" * (len(body) - 4096)
    path.write_bytes(body)

    def use():
        with connect(str(path), clock, patience=0.0) as store:
            store.write_now(lambda t: [t.meta.set(f"{number}", "y") for number in range(5)])

    with pytest.raises(StorageError, match=r"is damaged; restore a backup, or try `sqlite3 FILE \.recover`") as caught:
        use()
    assert "\n" not in str(caught.value)


WRITE_AS_NOBODY = """
import os, sys
from storage.store import connect
from storage.clock import Clock
from storage.errors import StorageError
os.setgid(65534); os.setuid(65534)
try:
    with connect(sys.argv[1], Clock(), patience=0.0) as store:
        store.write_now(lambda t: t.meta.set("a", "1"))
except StorageError as error:
    print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_read_only_file_is_told(tmp_path_factory, clock):
    folder = tmp_path_factory.mktemp("shared")
    for each in (folder, *folder.parents):
        if "pytest-" in str(each):
            each.chmod(0o755)
    path = folder / "nightdesk.db"
    connect(str(path), clock).close()
    path.chmod(0o444)
    said = subprocess.run([sys.executable, "-c", WRITE_AS_NOBODY, str(path)], capture_output=True, text=True)
    assert said.stderr == ""
    assert re.fullmatch(r"the database \S+ cannot be (written: .* read-only; .*|opened; check .*)\n", said.stdout), said.stdout


URLS = {
    "sqlite:///nightdesk.db": "nightdesk.db",
    "sqlite:////var/lib/nightdesk.db": "/var/lib/nightdesk.db",
    "nightdesk.db": "nightdesk.db",
    "/var/lib/nightdesk.db": "/var/lib/nightdesk.db",
    "sqlite:///~/nightdesk.db": str(Path("~/nightdesk.db").expanduser()),
}


@pytest.mark.parametrize(("url", "path"), URLS.items())
def test_a_database_url_names_a_file(url, path):
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize("url", ["postgresql://host/db", "sqlite://", "sqlite://host/x.db", "://"])
def test_another_kind_of_database_is_refused(url):
    with pytest.raises(ConfigError, match="is not known; write sqlite:///FILE"):
        sqlite_path(url)


@pytest.mark.parametrize("url", ["sqlite:///", "sqlite:///:memory:"])
def test_a_database_that_would_not_stay_is_refused(url):
    with pytest.raises(ConfigError, match="is no file, and what is found has to stay; write sqlite:///FILE"):
        sqlite_path(url)


# --- beside other tools


def test_the_sqlite_utils_command_opens_the_file_while_it_is_in_use(store, tmp_path):
    tool = Path(sys.executable).parent / "sqlite-utils"
    if not tool.exists():
        pytest.skip("the sqlite-utils command is not installed beside this Python")
    store.write_now(fixtures)
    said = subprocess.run([tool, "tables", tmp_path / "nightdesk.db", "--counts", "--csv"], capture_output=True, text=True)
    assert said.returncode == 0, said.stderr
    assert {"sources,1", "articles,2", "alerts,1"} <= set(said.stdout.split())


def test_a_backup_is_a_whole_database(store, tmp_path, clock):
    store.write_now(fixtures)
    store.read_now(lambda t: t.meta.backup(str(tmp_path / "copy.db")), snapshot=False)
    with connect(str(tmp_path / "copy.db"), clock) as copy:
        assert copy.read_now(lambda t: (t.articles.counts()["articles"], t.meta.integrity())) == (2, [])
