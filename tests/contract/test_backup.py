"""Backups: consistent while others write, whole or not there, and good to go back to, by the steps that the page tells."""

import asyncio
import errno
import json
import re
import resource
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from alerts.match import Matching
from nightdesk import backup
from storage.clock import Clock
from storage.errors import StorageError
from storage.ingest import ingest_article
from storage.models import Extraction, Schedule, Source
from storage.store import connect
from storage.tables.meta import MetaTable

WRITER = """
import sys
from datetime import UTC, datetime
from storage.clock import Clock
from storage.ingest import ingest_article
from storage.models import Extraction
from storage.store import connect
with connect(sys.argv[1], Clock()) as store:
    print("writing", flush=True)
    for number in range(100_000):
        url = f"https://paper.example/live/{number}"
        read = Extraction(url, f"Day {number}", f"On day {number} the pilots counted {number * 7} boats. " * 5)
        store.write_now(lambda t: ingest_article(t, read, t.sources.by_id(1), page=None, url=url, now=datetime.now(UTC)))
        print(number, flush=True)
"""


def take_in(desk, *texts):
    """These texts as articles of one paper."""
    now = datetime.now(UTC)

    def work(tables):
        if tables.sources.find("Paper") is None:
            tables.sources.add(Source("Paper", "https://paper.example/", Schedule(86_400.0), now, paused=True))
        for text in texts:
            url = f"https://paper.example/{text.partition(',')[0].replace(' ', '-')}"
            read = Extraction(url, text[:20], text * 9)
            ingest_article(tables, read, tables.sources.by_id(1), page=None, url=url, now=now, quiet=True)

    with connect(str(desk.folder / "nightdesk.db"), Clock()) as store:
        store.write_now(work)
        asyncio.run(Matching(store).run_pending())


@pytest.fixture
def filled(desk):
    """A desk with some articles."""
    take_in(desk, *(f"On day {n}, the harbour council met and counted {n * 7} boats on the water. " for n in range(60)))
    return desk


def whole(path):
    """How many articles a copy has; it is sound, and each has its text and its words in the index."""
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
        (articles,) = copy.execute("SELECT count(*) FROM articles").fetchone()
        assert copy.execute("SELECT count(DISTINCT article_id) FROM versions").fetchone() == (articles,)
        assert copy.execute("SELECT count(*) FROM versions_index_docsize").fetchone() == (articles,)
        return articles


def test_a_backup_beside_a_writer_is_consistent(filled):
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, "nightdesk.db"], cwd=filled.folder, stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout.readline() == "writing\n"
        counts = [60]
        for number in range(3):
            while int(writer.stdout.readline()) < counts[-1] - 60:  # until something is there that the last copy has not
                pass
            file = filled.folder / f"copy{number}.db"
            told = json.loads(filled.here("backup", str(file), "--json"))
            assert told == {"file": str(file), "bytes": file.stat().st_size}
            assert file.stat().st_mode & 0o777 == 0o600
            counts.append(whole(file))
        assert writer.poll() is None  # it was writing all the time
    finally:
        writer.kill()
        writer.communicate()
    assert counts == sorted(set(counts))
    assert list(filled.folder.glob(".*.part")) == []


def test_the_steps_of_the_page_bring_a_backup_back(filled):
    filled.here("backup", str(filled.folder / "before.db"))
    take_in(filled, "A mistake, it was made by somebody else. ")
    assert filled.rows("SELECT count(*) FROM articles") == [(61,)]
    (filled.folder / "before.db").replace(filled.folder / "nightdesk.db")
    for beside in ("nightdesk.db-wal", "nightdesk.db-shm"):
        (filled.folder / beside).unlink(missing_ok=True)
    assert len(json.loads(filled.here("search", "harbour", "--limit", "100", "--json"))["articles"]) == 60
    findings = json.loads(filled.here("doctor", "--json"))["findings"]
    assert [each["state"] for each in findings if each["what"] == "database"] == ["well"]


@pytest.mark.parametrize(("file", "said"), [
    ("nightdesk.db", "is the database itself"), ("there.db", "is there already"), ("link.db", "is there already"),
    ("no/such.db", "does not exist; create it first"), (".", "is there already"),
])  # fmt: skip
def test_a_wrong_place_is_refused_in_one_line(filled, file, said):
    (filled.folder / "there.db").write_text("mine")
    (filled.folder / "link.db").symlink_to("nowhere.db")
    told = filled.here("backup", str(filled.folder / file), code=2)
    assert said in told
    assert told.count("\n") == 0
    assert (filled.folder / "there.db").read_text() == "mine"
    assert filled.rows("SELECT count(*) FROM articles") == [(60,)]


def test_a_disk_that_is_full_leaves_no_half_file(filled):
    def little_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    command = [sys.executable, "-m", "nightdesk", "backup", "copy.db"]
    done = subprocess.run(
        command, cwd=filled.folder, env=filled.environment, capture_output=True, text=True, preexec_fn=little_room
    )
    assert done.returncode == 1
    assert done.stderr.startswith("nightdesk: the backup copy.db could not be written, and nothing is left of it: ")
    assert done.stderr.count("\n") == 1
    assert sorted(each.name for each in filled.folder.glob("*copy*")) == []
    assert list(filled.folder.glob(".*.part*")) == []
    assert filled.rows("SELECT count(*) FROM articles") == [(60,)]


@pytest.mark.parametrize("when", ["before", "while it is written", "at its end"])
def test_a_disk_without_room_is_no_wrong_use_and_the_numbers_are_of_it(filled, monkeypatch, when):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def refused(*_):
        raise StorageError("the database cannot grow: the disk is full (123456 MiB free)")

    if when == "at its end":
        monkeypatch.setattr(backup, "_settle", full)
    else:
        if when == "while it is written":
            monkeypatch.setattr(MetaTable, "backup", refused)
            monkeypatch.setattr(MetaTable, "room", lambda _: (300_000, 299_990))
        monkeypatch.setattr(backup, "_room", lambda _: 2_048)
    told = filled.here("backup", str(filled.folder / "copy.db"), code=1)
    assert re.search(r"copy\.db could not be written: it takes \S+ (B|KiB|MiB), and \S+ [KMG]iB are free in ", told)
    assert "123456" not in told
    assert "it takes 0" not in told
    assert [each.name for each in filled.folder.iterdir() if "copy" in each.name] == []


def test_doctor_says_how_long_the_disk_lasts_where_that_can_be_known(filled):
    def disk(days):
        now = datetime.now(UTC) + timedelta(days=days)
        filled.environment["NIGHTDESK_CLOCK"] = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        findings = json.loads(filled.here("doctor", "--quick", "--json"))["findings"]
        return next(each["text"] for each in findings if each["what"] == "disk")

    assert disk(0).endswith("; for how long that lasts is not known yet")
    assert disk(2).endswith(", for more than 10 years as it grows now")
    assert "lasts" not in disk(30)
    assert "as it grows" not in disk(30)  # nothing came in the last week


def test_stats_tell_how_things_stand(filled):
    told = json.loads(filled.here("stats", "--json"))
    assert told["articles"] == 60
    stand = told["standing"]
    assert stand["database_bytes"] == (filled.folder / "nightdesk.db").stat().st_size
    assert (stand["pages_due"], stand["overdue"], stand["oldest_delivery"], stand["unmatched"]) == (0, 0, None, 0)
    assert stand["articles_a_day"] == pytest.approx(60 / 7)
    assert "9 articles a day, about" in filled.here("stats")


def test_doctor_quick_says_whether_the_desk_works(filled):
    findings = json.loads(filled.here("doctor", "--quick", "--json"))["findings"]
    assert [each["what"] for each in findings] == ["version", "disk", "clock", "daemon"]
    assert findings[3]["text"] == "none is running; nothing was visited yet"
