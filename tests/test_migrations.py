"""A database file is made and brought up to date, whoever opens it, and however many do so at once."""

import re
import sqlite3
import subprocess
import sys
import time

import pytest
from sqlite_utils import Database

from storage.migrations import migrations
from storage.store import connect

OPEN = """
import sys, time
from storage.store import connect
from storage.clock import Clock
time.sleep(max(0.0, float(sys.argv[2]) - time.time()))
with connect(sys.argv[1], Clock()) as store:
    store.write_now(lambda t: t.meta.set(sys.argv[3], "here"))
"""


def test_processes_that_open_a_new_file_at_the_same_moment_all_succeed(tmp_path, clock):
    path = tmp_path / "nightdesk.db"
    at = time.time() + 1.5  # when all of them have started
    processes = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(path), str(at), f"{number}"], stderr=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    said = [each.communicate()[1] for each in processes]
    assert (said, [each.returncode for each in processes]) == ([""] * 4, [0] * 4)
    with connect(str(path), clock) as store:
        assert store.read_now(lambda t: [t.meta.get(f"{number}") for number in range(4)]) == ["here"] * 4
        assert store.read_now(lambda t: t.meta.integrity()) == []


def test_opening_again_changes_nothing(tmp_path, clock):
    path = tmp_path / "nightdesk.db"

    def schema():
        with sqlite3.connect(path) as other:
            found = other.execute("SELECT name, sql FROM sqlite_schema ORDER BY name").fetchall()
            marks = [
                other.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "journal_mode", "schema_version")
            ]
        other.close()
        return found, marks

    connect(str(path), clock).close()
    connect(str(path), clock).close()  # now SQLite has made its own table of statistics (PRAGMA optimize)
    before = schema()
    assert before[1][:2] == [0x4E444B31, "wal"]
    connect(str(path), clock).close()
    assert schema() == before


def test_an_older_file_is_brought_up_to_date_and_keeps_its_rows(tmp_path, clock):
    path = tmp_path / "nightdesk.db"
    old = Database(path)
    migrations.apply(old, stop_before="m003_articles")
    old.execute("INSERT INTO meta VALUES ('old', 'kept')")
    old.execute(f"PRAGMA application_id = {0x4E444B31}")
    old.close()
    with connect(str(path), clock) as store:
        assert store.read_now(lambda t: (t.meta.get("old"), t.articles.counts()["articles"])) == ("kept", 0)


def test_a_migration_that_was_cut_short_leaves_nothing_and_is_done_again(tmp_path, clock):
    path = tmp_path / "nightdesk.db"
    half = sqlite3.connect(path, isolation_level=None)
    half.execute("PRAGMA journal_mode = WAL")
    half.execute("BEGIN IMMEDIATE")
    half.execute("CREATE TABLE meta (key TEXT)")
    half.close()  # as a kill does: the transaction is gone
    with connect(str(path), clock) as store:
        assert store.read_now(lambda t: t.articles.counts()["articles"]) == 0


def test_every_table_of_ours_is_strict(store):
    tables = store.read_now(
        lambda t: t.connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'").fetchall()
    )
    ours = {
        name: sql
        for name, sql in tables
        if not name.startswith(("sqlite_", "_sqlite")) and not re.search("_index|_words", name)
    }
    assert len(ours) > 12
    assert [name for name, sql in ours.items() if not re.search(r"\)\s*STRICT(, WITHOUT ROWID)?\s*$", sql)] == []


HOT = {
    "pages due": "SELECT min(due) FROM pages WHERE due IS NOT NULL",
    "deliveries due": "SELECT id FROM deliveries WHERE state = 'due' AND due <= 'x'",
    "unmatched versions": "SELECT id FROM versions WHERE unmatched = 1",
    "unmatched comments": "SELECT id FROM comments WHERE unmatched = 1",
    "same text": "SELECT article_id FROM versions WHERE text_hash = 'x'",
    "carriers": "SELECT id FROM articles WHERE story_id = 1",
    "comments of an article": "SELECT id FROM comments WHERE article_id = 1",
    "lists of an article's comments": "SELECT id FROM pages WHERE article_id = 1 AND comment_kind IS NOT NULL",
    "members of a related group": "SELECT article_id FROM related_members WHERE group_id = 1",
    "page of an address": "SELECT id FROM pages WHERE key = 'x'",
}


@pytest.mark.parametrize("query", HOT.values(), ids=HOT.keys())
def test_what_is_asked_all_the_time_is_not_looked_for_row_by_row(store, query):
    (plan,) = store.read_now(lambda t: t.connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall())
    assert "USING" in plan[3], plan[3]
    assert "INDEX" in plan[3], plan[3]
