"""A10: days of a desk in seconds: the quick form of `benchmarks/scale/endurance.py`, and that its verdict finds what is wrong."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

SCALE = Path(__file__).resolve().parents[2] / "benchmarks" / "scale"
TABLES = """
    CREATE TABLE sources (name, due); CREATE TABLE pages (url, state, error); CREATE TABLE rules (id INTEGER PRIMARY KEY, name);
    CREATE TABLE stories (id INTEGER PRIMARY KEY, first_article_id); CREATE TABLE alerts (rule_id, story_id);
    CREATE TABLE articles (id INTEGER PRIMARY KEY, url, version_id, story_id);
    CREATE TABLE versions (id INTEGER PRIMARY KEY, article_id, text, unmatched); CREATE TABLE deliveries (id, state);
"""
A_COPY = "SELECT max(a.id) FROM articles a JOIN articles b ON a.story_id = b.story_id AND a.id > b.id"


def run_trial(*options):
    command = [sys.executable, SCALE / "endurance.py", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=840)


@pytest.mark.timeout(300)
def test_a_desk_that_is_killed_and_runs_out_of_disk_loses_nothing_and_doubles_nothing():
    done = run_trial("--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 kills" in done.stdout
    if "SKIPPED" in done.stdout:
        pytest.skip(done.stdout.splitlines()[0])


@pytest.mark.trial
@pytest.mark.timeout(1200)
def test_two_weeks_of_500_outlets():
    done = run_trial()
    assert done.returncode == 0, done.stdout + done.stderr


# --- the verdict, on a record made by hand


@pytest.fixture
def record(tmp_path, monkeypatch):
    """A trial in which everything went well."""
    monkeypatch.syspath_prepend(str(SCALE))
    from footprint import Sample
    from outlets import World
    from verdict import Call, Record

    world = World(seed=3, outlets=20, days=3.0, each=6.0)
    path, log = tmp_path / "nightdesk.db", tmp_path / "life-01.log"
    log.write_text("level=info event=started\n")
    with closing(sqlite3.connect(path)) as database:
        database.executescript(TABLES)
        calls = [Call(key, body, 1000.0) for key, body in stored(database, world)]
        database.commit()
    samples = [Sample(1, float(age), 80.0, 200.0) for age in range(200)]
    return Record(world, path, calls, [(2000.0, 2010.0)], [log], samples)


def stored(database, world):
    """Fill the tables as a good desk would; the calls that it would make."""
    pieces = sorted(world.all(), key=lambda piece: piece.at)
    stories = {original: number for number, original in enumerate(dict.fromkeys(piece.original for piece in pieces), 1)}
    for number, piece in enumerate(pieces, 1):
        url = f"http://{world.host(piece.outlet)}:8000{piece.path}?utm_source=x"
        text = "\n\n".join((*piece.text, piece.added) if piece.edited else piece.text)
        database.execute("INSERT INTO versions VALUES (?, ?, ?, NULL)", (number, number, text))
        database.execute("INSERT INTO articles VALUES (?, ?, ?, ?)", (number, url, number, stories[piece.original]))
        database.execute("INSERT OR IGNORE INTO stories VALUES (?, ?)", (stories[piece.original], number))
    assert len(stories) < len(pieces), "a copy must be among them"
    rules = {rule: number for number, rule in enumerate(sorted({rule for rule, _ in world.tellings()}))}
    database.executemany("INSERT INTO rules VALUES (?, ?)", ((number, rule) for rule, number in rules.items()))
    for number, (rule, original) in enumerate(sorted(world.tellings())):
        database.execute("INSERT INTO alerts VALUES (?, ?)", (rules[rule], stories[original]))
        database.execute("INSERT INTO deliveries VALUES (?, 'sent')", (number,))
        first = next(piece for piece in pieces if piece.original == original)
        articles = [{"url": f"http://{world.host(first.outlet)}:8000{first.path}"}]
        yield f"key{number}", json.dumps({"type": "alert", "reason": "new", "rule": {"name": rule}, "articles": articles})


def missed(record):
    from verdict import check

    return {each.what.partition(" “")[0] for each in check(record) if not each.well}


def test_the_verdict_is_content_with_what_is_right(record):
    from outlets import START
    from verdict import missing

    assert missed(record) == set()
    assert missing(record.world, record.world.end, record.database) == []
    assert missing(record.world, START, record.database) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("DELETE FROM articles WHERE id = (SELECT max(id) FROM articles)", "articles lost"),
        ("INSERT INTO articles SELECT 9999, url, version_id, story_id FROM articles LIMIT 1", "articles stored twice"),
        ("INSERT INTO articles VALUES (9999, 'http://127.1.1.1/2026/11/piece-99', 1, 1)", "articles that nobody published"),
        ("UPDATE versions SET text = substr(text, 1, 40) WHERE id = 1", "articles not as they stand on their site"),
        ("INSERT INTO versions SELECT 9990 + n, 1, 'x', NULL FROM (SELECT 1 n UNION SELECT 2)", "versions that no edit made"),
        (f"UPDATE articles SET story_id = 999 WHERE id = ({A_COPY})", "copies in a story of their own"),
        ("UPDATE articles SET story_id = 1", "stories of several texts"),
        ("DELETE FROM alerts WHERE rowid = 1", "alerts that are not in the database"),
        ("INSERT INTO alerts SELECT * FROM alerts LIMIT 1", "alerts twice in the database"),
        ("UPDATE versions SET unmatched = 1 WHERE id = 1", "versions that were never matched"),
        ("UPDATE deliveries SET state = 'dead' WHERE id = 1", "deliveries not sent"),
        ("INSERT INTO pages VALUES ('http://127.1.1.1/x', 'given-up', 'gone')", "pages given up"),
        ("INSERT INTO sources VALUES ('outlet 0', NULL)", "sources without a due time"),
    ],
)  # fmt: skip
def test_the_verdict_finds_what_is_wrong_with_the_database(record, change, found):
    with closing(sqlite3.connect(record.database)) as database:
        assert database.execute(change).rowcount
        database.commit()
    assert found in missed(record)


def test_the_verdict_finds_what_is_wrong_with_the_calls(record):
    first, *others = record.calls
    assert missed(record._replace(calls=others)) == {"alerts lost"}
    assert missed(record._replace(calls=[first, first._replace(key="another"), *others])) == {"alerts told twice"}
    again = [first, first._replace(at=1001.0), *others]
    assert missed(record._replace(calls=again)) == {"deliveries that came again without a reason"}
    assert missed(record._replace(calls=[first, first._replace(at=2005.0), *others])) == set(), "a kill lies between"
    repeated = first._replace(key="more", body=json.dumps(json.loads(first.body) | {"reason": "follow-up"}))
    assert missed(record._replace(calls=[*record.calls, repeated])) == {"follow-ups that no edit made"}
    body = json.loads(first.body) | {"rule": {"name": "nobody"}}
    strange = first._replace(key="strange", body=json.dumps(body))
    assert missed(record._replace(calls=[*record.calls, strange])) == {"alerts told though no rule asked"}


def test_the_verdict_finds_a_traceback_a_lock_and_memory_that_grows(record):
    record.logs[0].write_text("Traceback (most recent call last)\nsqlite3.OperationalError: database is locked\n")
    assert missed(record) == {"lines of the daemon's log with"}
    record.logs[0].write_text("")
    growing = [each._replace(all=200.0 + number / 2) for number, each in enumerate(record.samples)]
    assert missed(record._replace(samples=growing)) == {
        "greatest memory in the last quarter of the longest life, by that in its second"
    }
    huge = [each._replace(all=1000.0) for each in record.samples]
    assert missed(record._replace(samples=huge)) == {"MB, the most that the daemon and its workers had"}
