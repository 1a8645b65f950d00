"""A database file is made and brought up to date, whoever opens it, and however many do so at once."""

import importlib.util
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlite_utils import Database

from nightdesk.cli import cli
from storage.errors import NotFoundError, StorageError
from storage.identity import text_hash
from storage.language.candidates import Candidates
from storage.migrations import migrations
from storage.models import DocumentKind
from storage.store import connect

SCHEMAS = Path(__file__).parent / "schemas"

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


# --- from every released schema


@pytest.fixture(scope="module")
def schemas():
    """The module beside the stored schemas."""
    spec = importlib.util.spec_from_file_location("schemas", SCHEMAS / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shape(file):
    """Every table and index, as SQLite has them."""
    return file.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT GLOB '*_index_*' ORDER BY name"
    ).fetchall()


def test_each_migration_has_its_stored_schema(schemas):
    stored = sorted(path.stem for path in SCHEMAS.glob("*.sql"))
    assert stored == schemas.names(), "run: python tests/schemas/make.py"


DROPPED = {("hosts", "hold_machine")}  # a hold is a domain's now; one that stood at the upgrade is asked for again
RELEASED = sorted(path.stem for path in SCHEMAS.glob("*.sql"))


@pytest.mark.parametrize("name", RELEASED)
def test_a_migration_that_was_released_is_not_changed(schemas, name, tmp_path):
    """What it makes today is what it made when its schema was stored: whoever has run it will not run it again."""
    schemas.load(name, tmp_path / "stored.db")
    with closing(sqlite3.connect(tmp_path / "stored.db")) as stored:
        assert shape(schemas.made(name).conn) == shape(stored)


@pytest.mark.parametrize("name", RELEASED)
def test_every_released_schema_is_brought_up_to_date_with_all_its_rows(schemas, name, tmp_path, clock):
    path = tmp_path / "nightdesk.db"
    schemas.load(name, path)
    with closing(sqlite3.connect(path)) as file:
        before = rows(file)
    connect(str(path), clock).close()
    connect(str(tmp_path / "fresh.db"), clock).close()
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(tmp_path / "fresh.db")) as fresh:
        assert shape(file) == shape(fresh)
        after = rows(file)
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for index in ("versions_index", "comments_index"):
            file.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
    for table, kept in before.items():
        for old, new in zip(kept, after[table], strict=True):
            lasting = {key: value for key, value in old.items() if (table, key) not in DROPPED}
            assert {key: value for key, value in new.items() if key in lasting} == lasting, table
    with connect(str(path), clock) as store:
        if "articles" in before:
            found = store.read_now(
                lambda t: t.documents.candidates(DocumentKind.VERSION, Candidates("crane"), before=9, since=None, limit=9)
            )
            assert [each.article_id for each in found] == [1]
            assert store.read_now(lambda t: t.articles.by_id(1)).url == "https://courier.example/a"
        if "deliveries" in before:
            assert store.read_now(lambda t: t.deliveries.counts()) == {"sent": 1}


COMMANDS = [["doctor"], ["stats"], ["source", "list"], ["source", "show", "name of 2026"], ["rule", "list"], ["channel", "list"],
            ["alert", "list"], ["alert", "show", "1"], ["delivery", "list"], ["export"]]  # fmt: skip


@pytest.mark.parametrize("name", RELEASED)
def test_commands_work_on_every_released_schema_brought_up_to_date(schemas, name, tmp_path):
    """The rows of the stored schemas are such as Nightdesk writes, so what reads them today must not fail on them."""
    path = tmp_path / "nightdesk.db"
    schemas.load(name, path)
    with closing(sqlite3.connect(path)) as file:
        kept = {table for table, found in rows(file).items() if found}
    for command in COMMANDS:
        done = CliRunner().invoke(cli, ["--db", f"sqlite:///{path}", *command], standalone_mode=False)
        missing = command[0:2] == ["alert", "show"] and "alerts" not in kept
        assert done.exception is None or (missing and isinstance(done.exception, NotFoundError)), (command, done.exception)
        assert done.return_value in ((0, 1, None) if command == ["doctor"] else (0, None)), done.output
        if command == ["source", "list"]:
            assert "name of 2026" in done.stdout


def test_texts_of_scripts_that_are_cut_otherwise_now_are_found_by_their_words_of_today(schemas, tmp_path, clock):
    """Hangul beside Latin letters was one word, and Persian letters differed by keyboard; the hash is of the words, too."""
    path = tmp_path / "nightdesk.db"
    schemas.load("m019_websub", path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE versions SET title = 'Crane falls', text = 'LG는 2024년에', text_hash = 'of old'")
        file.execute("UPDATE comments SET text = 'علی'")
        file.execute("INSERT INTO versions_index (versions_index) VALUES ('delete-all')")
        file.execute("INSERT INTO versions_index (rowid, title, body) SELECT id, 'crane falls', 'lg는 2024년에' FROM versions")
    with connect(str(path), clock) as store:

        def found(kind, word):
            return len(store.read_now(lambda t: t.documents.found(kind, Candidates(word), None)))

        assert [found(DocumentKind.VERSION, word) for word in ("lg", "crane", "lg는")] == [1, 1, 0]
        assert found(DocumentKind.COMMENT, "علي") == 1
        (kept,) = store.read_now(lambda t: t.connection.execute("SELECT text_hash FROM versions").fetchall())
        assert kept[0] == text_hash("lg 는 2024 년에")


def rows(file):
    """Every row of every table of ours that keeps its columns, by name."""
    file.row_factory = sqlite3.Row
    tables = [name for (_, name, sql) in map(tuple, shape(file)) if sql and re.match(r"CREATE TABLE", sql)]
    try:
        return {
            name: [dict(row) for row in file.execute(f"SELECT * FROM {name}")]
            for name in tables
            if name != "_sqlite_migrations"
        }
    finally:
        file.row_factory = None


def test_a_file_of_a_newer_nightdesk_is_refused_in_one_line_and_left_alone(schemas, tmp_path, clock):
    path = tmp_path / "nightdesk.db"
    schemas.load(RELEASED[-1], path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('nightdesk', 'm999_later', 'x')")
    with pytest.raises(StorageError, match=r"was written by a newer Nightdesk \(m999_later\); use that one, or a backup"):
        connect(str(path), clock)
