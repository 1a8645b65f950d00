"""Whatever is wrong is told in one line with what to do, by an exit code, without a traceback; nothing and nobody else suffers."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nightdesk import declared
from nightdesk.config import load
from nightdesk.newspaper import MailReceiver, Newspaper, NewspaperServer, WebhookReceiver, in_thread
from storage.clock import Clock
from storage.store import connect

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
PATIENCE = 90.0
CRAWL = '[crawl]\ndelay = "0s"\nworkers = 1\n'


class Desk:
    """A folder with a configuration, and the command line run in it; the database may be on another disk."""

    def __init__(self, folder, database=None):
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.file = database or folder / "nightdesk.db"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
        self.environment = {**kept, "NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8", "NIGHTDESK_DB": f"sqlite:///{self.file}"}

    def declare(self, *tables):
        (self.folder / "nightdesk.toml").write_text(CRAWL + "".join(tables), encoding="utf-8")

    def watched_since(self, ago):
        """Take on the configuration as if that had been done so long ago: what is dated since then is news."""
        config = load(str(self.folder / "nightdesk.toml"))
        with connect(f"sqlite:///{self.file}", Clock()) as store:
            store.write_now(lambda t: declared.apply(t, config, datetime.now(UTC) - ago))

    def start(self, *command, **streams):
        return subprocess.Popen([NIGHTDESK, *command], cwd=self.folder, env=self.environment, text=True, **streams)

    def begin(self, *command):
        return self.start(*command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *command, code=0):
        """The command's result; it ended with `code`, and its errors are lines for people."""
        return ended(self.begin(*command), code)

    def refused(self, *command, code=1):
        """The one line of a command that fails."""
        (line,) = self.run(*command, code=code).stderr.splitlines()
        assert line.startswith("nightdesk: ")
        return line

    def crawl(self, code=0):
        """One crawl; how its sources ended: name → (outcome, reason)."""
        told = json.loads(self.run("crawl", "--json", code=code).stdout)
        return {each["name"]: (each["outcome"], each["reason"]) for each in told["sources"]}

    def rows(self, sql):
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as file:
            return file.execute(sql).fetchall()

    def articles(self):
        return self.rows("SELECT count(*) FROM articles")[0][0]

    @contextmanager
    def daemon(self):
        """`nightdesk run`, with its log in a file."""
        log = self.folder / "daemon.log"
        with log.open("w") as errors:
            process = self.start("run", stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
        try:
            until(lambda: "event=started" in log.read_text(), "the daemon's start", PATIENCE)
            yield log
            process.terminate()
            assert process.wait(5) == 0
        finally:
            process.kill()
            process.wait()
            assert "Traceback" not in log.read_text(), log.read_text()


def ended(process, code):
    out, errors = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in errors, errors
    assert process.returncode == code, f"{process.args}: {process.returncode}\n{out}\n{errors}"
    return subprocess.CompletedProcess(process.args, process.returncode, out, errors)


def until(condition, what, seconds=30.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:g} s"
        time.sleep(0.05)


def source(name, url, **keys):
    keys = {"feeds": [f"{url}/feed.xml"], "every": "1d", **keys}
    return f'[[source]]\nname = "{name}"\nurl = "{url}"\n' + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items())


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path / "desk")


@contextmanager
def printed(*names, articles=3):
    """Newspapers of these names, each on a host of its own, with some articles of the last hour."""
    papers = [Newspaper(name) for name in names]
    for paper in papers:
        for number in range(articles):
            paper.publish_next(datetime.now(UTC) - timedelta(minutes=30 - number))
    with in_thread(NewspaperServer(*papers)):
        yield papers if len(papers) > 1 else papers[0]


# --- a wrong configuration

GOOD = '[[source]]\nname = "a"\nurl = "https://example.org/"\n'
WRONG = {
    "not TOML": ("[crawl\n", "not valid TOML"),
    "an unknown key": ('conctact = "me"\n', "conctact"),
    "an unknown key of a table": (GOOD + 'evry = "5m"\n', "source.evry"),
    "a wrong type": ('[crawl]\nworkers = "many"\n', "crawl.workers"),
    "a duration without unit": ('[crawl]\ndelay = "5"\n', "crawl.delay"),
    "a network that is none": ('[crawl]\nallow_networks = ["10.0.0.0/99"]\n', "10.0.0.0/99"),
    "an unknown zone": (GOOD + 'cron = "0 6 * * *"\nzone = "Europe/Berlim"\n', "Europe/Berlin"),
    "an impossible calendar": (GOOD + 'cron = "0 25 * * *"\n', "hour 25"),
    "an address that is none": ('[[source]]\nname = "a"\nurl = "https://"\n', "web address"),
    "a broken query": ('[[rule]]\nname = "r"\nquery = "(port AND"\n', "column"),
    "an unknown channel": ('[[rule]]\nname = "r"\nquery = "port"\nchannels = ["desk"]\n', "desk"),
    "a channel without settings": ('[[channel]]\nname = "desk"\nkind = "email"\n', "needs `to`"),
    "an unknown kind of channel": ('[[channel]]\nname = "desk"\nkind = "pigeon"\n', "kind"),
}


def test_a_wrong_configuration_is_refused_by_file_and_place(tmp_path):
    for name, (text, _) in WRONG.items():
        Desk(tmp_path / name).declare()
        (tmp_path / name / "nightdesk.toml").write_text(text)
    pairs = [list(WRONG)[at : at + 3] for at in range(0, len(WRONG), 3)]
    for names in pairs:  # a few at a time: each takes a second or two to load
        processes = {name: Desk(tmp_path / name).begin("crawl") for name in names}
        for name, process in processes.items():
            (line,) = ended(process, 2).stderr.splitlines()
            assert "nightdesk.toml" in line, (name, line)
            assert WRONG[name][1] in line, (name, line)


def test_a_configuration_that_is_not_there_is_told(desk):
    assert "other.toml" in desk.refused("--config", "other.toml", "source", "list", code=2)


def test_an_unknown_zone_is_told_with_the_nearest(desk):
    assert "Europe/Berlin" in desk.refused("schedule", "0 6 * * *", "--tz", "Europe/Berlim", code=2)
    assert "Mars" in desk.refused("source", "add", "https://example.org", "--cron", "0 6 * * *", "--tz", "Mars/Olympus", code=2)


# --- wrong sources


def test_sources_that_fail_say_why_and_harm_no_other(desk):
    with printed("Good", "Page", "Login", "Broken") as (good, page, login, broken):
        page.misbehave("/feed.xml", "not-html", times=None, content_type="text/html", body="<html><body>No feed.</body></html>")
        login.misbehave("/feed.xml", "status", times=None, status=401)
        broken.misbehave("/feed.xml", "cut", times=None)
        good.misbehave(good.articles[0].path, "not-html", times=None)
        good.misbehave(good.articles[1].path, "cut", times=None)
        addresses = {each.name: each.base_url for each in (good, page, login, broken)}
        gone = {"Gone": "http://127.0.0.1:1", "Unknown": "http://nowhere.invalid"}
        desk.declare(*(source(*each) for each in (addresses | gone).items()))
        result = desk.crawl(code=3)
    assert result.pop("Good") == ("ok", None)
    assert {outcome for outcome, _ in result.values()} == {"failed"}
    said = {"Page": "feed", "Login": "401", "Broken": "closed the connection", "Gone": "refuses connections", "Unknown": "DNS"}
    assert result.keys() == said.keys()
    for name, words in said.items():
        assert words in result[name][1], result[name]
        assert "\n" not in result[name][1]
    assert desk.articles() == 1
    errors = [error.partition(":")[0] for (error,) in desk.rows("SELECT error FROM pages WHERE error IS NOT NULL")]
    assert sorted(errors) == ["not-html", "unreachable"]
    assert "failed" in desk.run("source", "list").stdout


def test_a_source_that_cannot_be_found_is_not_added(desk):
    with printed("Courier") as paper:
        paper.misbehave("/", "not-html", times=None)
        line = desk.run("source", "check", paper.base_url, code=1).stderr.splitlines()[-1]
        assert line.startswith("nightdesk: ")
        assert "pdf" in line
    errors = desk.run("source", "add", "http://127.0.0.1:1/", code=1).stderr.splitlines()
    assert errors[-1].startswith("nightdesk: ")
    assert "refuses connections" in errors[-1]
    assert desk.rows("SELECT count(*) FROM sources") == [(0,)]


# --- a database that does not take it


@contextmanager
def locked(file):
    """Another program that holds the database; the block may let go of it."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield other


def test_a_locked_database_is_waited_for(desk):
    desk.run("rule", "add", "first", "port")
    with locked(desk.file) as other:
        process = desk.begin("rule", "add", "second", "quay")
        time.sleep(4.0)
        assert process.poll() is None
        other.execute("COMMIT")
        ended(process, 0)
    assert desk.rows("SELECT name FROM rules ORDER BY id") == [("first",), ("second",)]


def test_a_file_that_is_no_database_is_left_alone(desk):
    desk.file.write_text("These are my letters, not a database, and long enough to be told from an empty file.")
    assert "not a SQLite database" in desk.refused("source", "list")
    assert desk.file.read_text().startswith("These are my letters")
    assert "does not exist" in desk.refused("--db", "sqlite:////nowhere/at/all.db", "source", "list")


@contextmanager
def mounted(folder, *options):
    """A file system of its own, or a visible skip where we may not mount."""
    folder.mkdir()
    done = subprocess.run(["mount", *options, folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


TMPFS = ("-t", "tmpfs", "tmpfs", "-o")


def test_a_read_only_database_is_told(tmp_path):
    with mounted(tmp_path / "disk", *TMPFS, "size=8m") as disk:
        desk = Desk(tmp_path / "desk", disk / "nightdesk.db")
        desk.run("rule", "add", "first", "port")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for command in (("rule", "add", "second", "quay"), ("crawl",), ("run",)):
            assert "read-only" in desk.refused(*command).lower()
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert desk.rows("SELECT name FROM rules") == [("first",)]


@pytest.mark.parametrize("room", [0, 100, 400], ids=["at once", "at the feed", "at a page"])
def test_a_full_disk_costs_nothing_but_time(tmp_path, room):
    with mounted(tmp_path / "disk", *TMPFS, "size=5m") as disk, printed("Courier", articles=8) as paper:
        desk = Desk(tmp_path / "desk", disk / "nightdesk.db")
        desk.declare(source("courier", paper.base_url))
        desk.watched_since(timedelta(days=1))
        ballast = disk / "ballast"
        fill(ballast)
        os.truncate(ballast, ballast.stat().st_size - room * 1024)
        lines = desk.run("crawl", code=1).stderr.splitlines()
        assert all("the disk is full" in line for line in lines), lines
        assert [line for line in lines if "event=database-trouble" not in line] == [lines[-1]]
        assert lines[-1].startswith("nightdesk: ")
        ballast.unlink()
        assert desk.crawl() == {"courier": ("ok", None)}
        assert desk.articles() == 8


def test_the_daemon_outlives_a_full_disk(tmp_path):
    with mounted(tmp_path / "disk", *TMPFS, "size=4m") as disk, printed("Courier", articles=2) as paper:
        desk = Desk(tmp_path / "desk", disk / "nightdesk.db")
        desk.declare(source("courier", paper.base_url, every="1s"), '[[rule]]\nname = "all"\nquery = "harbour* OR the"\n',
                     '[[channel]]\nname = "log"\nkind = "log"\n')  # fmt: skip
        desk.watched_since(timedelta(days=1))
        with desk.daemon() as log:
            until(lambda: desk.articles() == 2, "the first articles")
            fill(disk / "ballast")
            for _ in range(6):
                paper.publish_next(datetime.now(UTC))
            until(lambda: "the disk is full" in log.read_text(), "the daemon's word of it")
            time.sleep(2.0)
            (disk / "ballast").unlink()
            until(lambda: desk.articles() == 8, "the other articles", 60)
            until(lambda: desk.rows("SELECT count(*) FROM deliveries WHERE state = 'sent'") == [(8,)], "the alerts")
        assert desk.rows("PRAGMA integrity_check") == [("ok",)]


def fill(ballast):
    """Leave no room at all on the file's disk."""
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


# --- channels that do not take it


def test_a_channel_that_refuses_is_told_and_loses_nothing(desk):
    mail, hook = MailReceiver(login=("night", "right")), WebhookReceiver()
    with printed("Courier", articles=1) as paper, in_thread(mail, hook):
        server = f"smtp://night:{{}}@127.0.0.1:{mail.port}"
        hook.programme([], then=500)
        channels = (
            f'[[channel]]\nname = "desk"\nkind = "email"\nto = "a@example.org"\nsmtp_url = "env:MAIL"\n'
            f'[[channel]]\nname = "hook"\nkind = "webhook"\nurl = "{hook.url}"\n'
        )
        desk.declare(source("courier", paper.base_url), channels, '[[rule]]\nname = "all"\nquery = "the"\n')
        desk.watched_since(timedelta(days=1))
        desk.environment["MAIL"] = server.format("wrong")
        line = desk.refused("channel", "test", "desk")
        assert "refused the user name or password" in line
        assert "wrong" not in line
        assert "500" in desk.refused("channel", "test", "hook")
        assert desk.crawl() == {"courier": ("ok", None)}
        deliveries = json.loads(desk.run("delivery", "list", "--json").stdout)["deliveries"]
        assert {each["channel"]: each["state"] for each in deliveries} == {"desk": "due", "hook": "due"}
        assert all(each["attempts"] == 1 for each in deliveries)
        assert "password" in next(each["last_error"] for each in deliveries if each["channel"] == "desk")
        hook.programme([])
        desk.environment["MAIL"] = server.format("right")
        desk.run("delivery", "replay", *(str(each["id"]) for each in deliveries))
        assert len(mail.received) == 1
        keys = {each["channel"]: each["key"] for each in deliveries}
        assert [each.headers["webhook-id"] for each in hook.received] == [keys["hook"]]


def test_lines_of_wrong_types_are_left_out_of_an_ingest_and_the_others_taken(tmp_path):
    desk = Desk(tmp_path / "desk")
    good = {"url": "https://courier.example/a", "title": "Crane falls", "text": "A crane fell into the dock of Malden."}
    bad = [{"title": 5}, {"text": ["A crane."]}, {"authors": [5]}, {"language": [5]}, {"published": 5}, {"comments": [7]},
           {"comments": [{"text": 4}]}, {"url": 7}, {"authors": "Ann"}]  # fmt: skip
    rows = [good, *({**good, "url": f"https://courier.example/bad{n}", **each} for n, each in enumerate(bad)),
            {**good, "url": "https://courier.example/z", "text": "Nobody knows when.", "published": "0001-01-01T00:00:00Z"}]  # fmt: skip
    file = tmp_path / "lines.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    told = desk.run("ingest", str(file), code=3).stderr.splitlines()
    assert [line for line in told if "is left out" not in line][-1].endswith("ingested: 2 new")
    assert sum("is left out" in line for line in told) == len(bad)
    assert not any("Error" in line or "object" in line.partition("must be")[0] for line in told), (
        "said in the words of the user"
    )
    listed = [json.loads(line)["url"] for line in desk.run("export").stdout.splitlines()]
    assert listed == ["https://courier.example/a", "https://courier.example/z"]
