"""The driver of the acceptance tests: a desk that runs `nightdesk` as its users do, and a newspaper that is steered.

Both are processes. A test tells a timetable: `desk.at("03:10")` sets the clock of the commands that follow, `paper.at("03:05")`
the time at which the paper acts; without `at` both live by the real time.
"""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from nightdesk.newspaper.remote import newspaper_process
from tests import launcher

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
DAY = "2026-11-01"
PATIENCE = 90.0  # real seconds that one command may take on a busy machine
ENDING = 5.0  # real seconds in which the daemon drains (COMMANDS: SIGTERM)


def instant(time_of_day):
    """`03:10` or `03:10:30` of the day of these tests, or a whole instant, as ISO 8601."""
    if "T" in time_of_day:
        return time_of_day
    return f"{DAY}T{time_of_day if time_of_day.count(':') == 2 else time_of_day + ':00'}Z"


def until(condition, seconds=60.0, what="what was waited for"):
    """Wait for the condition to give something true, and give that."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError(f"{what} did not come within {seconds:g} s")


class Desk:
    """A folder with a configuration and a database of its own, and the command line run in it."""

    def __init__(self, folder, *, delay="0s", workers=1, declared=""):
        self.folder = folder
        self.clock = None
        self.errors = []  # what the commands wrote to standard error
        (folder / "nightdesk.toml").write_text(f'[crawl]\ndelay = "{delay}"\nworkers = {workers}\n{declared}', encoding="utf-8")

    def at(self, time_of_day, rate=1):
        """The clock of all that starts from here on: each process begins at this time, and runs `rate` times as fast."""
        self.clock = f"{instant(time_of_day)}@{rate}"
        return self

    @property
    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
        clock = {"NIGHTDESK_CLOCK": self.clock} if self.clock else {}
        return {**kept, **clock, "NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8"}

    def start(self, *arguments, **streams):
        """A command that goes on by itself."""
        return launcher.start(arguments, cwd=self.folder, env=self.environment, text=True, **streams)

    def run(self, *arguments, code=0, stdin=""):
        """A command that ended with `code`; whatever it says, it says without a traceback or a locked database."""
        done = launcher.run(arguments, cwd=self.folder, env=self.environment, given=stdin, timeout=PATIENCE)
        self.check(done.stderr)
        assert done.returncode == code, f"nightdesk {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *arguments, **how):
        """What the command prints with --json."""
        return json.loads(self.run(*arguments, "--json", **how).stdout)

    def check(self, errors):
        self.errors.append(errors)
        assert "Traceback" not in errors, errors
        assert "locked" not in errors, errors

    def add(self, url, name="courier", every="1d", **how):
        """Watch a source; rarely by itself, so that it is the test that says when."""
        return self.json("source", "add", url, "--name", name, "--every", every, **how)

    def crawl(self, *arguments, **how):
        """One crawl: what it gained, by noun."""
        return self.json("crawl", *arguments, **how)["new"]

    def export(self):
        """The archive, a row an article."""
        return [json.loads(line) for line in self.run("export").stdout.splitlines()]

    def alerts(self):
        """The alerts, the first first."""
        return self.json("alert", "list", "--limit", "1000")["alerts"][::-1]

    def rows(self, sql):
        """A look into the file, for what no command counts while a daemon runs."""
        with closing(sqlite3.connect(f"file:{self.folder / 'nightdesk.db'}?mode=ro", uri=True)) as file:
            return file.execute(sql).fetchall()

    def count(self, table):
        return self.rows(f"SELECT count(*) FROM {table}")[0][0]

    @contextmanager
    def daemon(self):
        """`nightdesk run` for the length of the block; SIGTERM must end it in time and leave no process behind."""
        log = self.folder / f"daemon-{len(self.errors)}.log"
        with log.open("w") as errors:
            daemon = Daemon(self.start("run", stdin=subprocess.DEVNULL, stdout=errors, stderr=errors), log)
        try:
            until(lambda: "event=started" in daemon.log, PATIENCE, "the daemon's start")
            yield daemon
            if daemon.process.poll() is None:
                daemon.end()
        finally:
            daemon.process.kill()
            daemon.process.wait()
            self.check(daemon.log)


class Daemon:
    """A running `nightdesk run`."""

    def __init__(self, process, log):
        self.process = process
        self.file = log

    @property
    def log(self):
        return self.file.read_text(encoding="utf-8")

    def end(self):
        """SIGTERM."""
        below = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(ENDING) == 0, self.log
        until(lambda: not any(map(alive, below)), 2.0, "the end of the daemon's processes")

    def kill(self):
        """SIGKILL."""
        below = descendants(self.process.pid)
        self.process.kill()
        self.process.wait(ENDING)
        until(lambda: not any(map(alive, below)), 5.0, "the end of the killed daemon's processes")


def descendants(pid):
    """All processes below `pid`, each with its start, because numbers are used again."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        if (fields := proc(stat)) and int(fields[1]) == pid:
            below = int(stat.parent.name)
            found += [(below, fields[19]), *descendants(below)]
    return found


def alive(process):
    fields = proc(Path(f"/proc/{process[0]}/stat"))
    return bool(fields) and fields[19] == process[1] and fields[0] not in "ZX"


def proc(stat):
    """The fields of proc(5)'s stat after the name: state, parent … the 20th is the start; empty when it is gone."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


class Paper:
    """The local newspaper, its agency, its mail box and its webhook receiver, in one process."""

    def __init__(self, remote):
        self.remote = remote
        self.url, *self.others = remote.sites.values()
        self.clock = None

    def at(self, time_of_day):
        """When the paper does what follows."""
        self.clock = instant(time_of_day)
        return self

    @property
    def feed(self):
        return f"{self.url}/feed.xml"

    def tell(self, verb, **wanted):
        """Order something at the paper's time; see nightdesk.newspaper.control."""
        return self.remote.post(verb, **({"at": self.clock} if self.clock else {}), **wanted)

    def publish(self, **facts):
        return self.tell("publish", **facts)

    def edit(self, slug, **facts):
        return self.tell("edit", slug=slug, **facts)

    def listings(self, **how):
        self.remote.post("feeds", **how)

    def page(self, path):
        """What stands at a path now."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=15)
        with closing(connection):
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    def serve(self, path, text, kind="text/html; charset=utf-8"):
        """From now on answer so at this path, without validators."""
        self.remote.post("behave", path=path)
        self.remote.post("misbehave", path=path, kind="not-html", times=None, content_type=kind, body=text)

    def gone(self, *paths):
        for path in paths:
            self.remote.post("misbehave", path=path, kind="status", status=404, times=None)

    def forget(self):
        self.remote.post("forget")

    def log(self, path=None, site=None):
        """The requests for a path, whatever its query, in the order they began."""
        return [
            hit for hit in self.remote.get("log")
            if path in (None, hit["path"].partition("?")[0]) and site in (None, hit["site"])
        ]  # fmt: skip

    def hits(self, path=None, site=None):
        """How the requests for a path were answered."""
        return [hit["status"] for hit in self.log(path, site)]

    def articles(self, site=0):
        return self.remote.get("state")[site]["articles"]

    @property
    def mails(self):
        return [mail["subject"] for mail in self.remote.get("mail")]

    @property
    def hooks(self):
        """The bodies of the webhooks that arrived."""
        return [json.loads(hook["body"]) for hook in self.remote.get("webhooks")]

    @property
    def channels(self):
        """Its mail box and its receiver, as a configuration declares them."""
        return f"""
[[channel]]
name = "desk"
kind = "email"
to = "night@example.org"
smtp_url = "{self.remote.mail}"

[[channel]]
name = "newsroom"
kind = "webhook"
url = "{self.remote.webhooks}"
"""


def rule(name, query):
    """A rule, as a configuration declares it."""
    return f"\n[[rule]]\nname = \"{name}\"\nquery = '{query}'\n"


@pytest.fixture
def open_paper(tmp_path):
    """Starts a newspaper with its receivers: `with open_paper("--latency", "0.05") as paper`."""

    @contextmanager
    def opened(*options):
        received = ("--mail", str(tmp_path / "mail"), "--webhooks", str(tmp_path / "webhooks.jsonl"))
        with newspaper_process(*received, *options) as remote:
            yield Paper(remote)

    return opened


@pytest.fixture
def paper(open_paper):
    with open_paper() as paper:
        yield paper


@pytest.fixture
def open_desk(tmp_path):
    """Makes a desk; what it is given is declared in its nightdesk.toml."""

    def opened(*declared, name="desk", **crawl):
        folder = tmp_path / name
        folder.mkdir()
        return Desk(folder, declared="".join(declared), **crawl)

    return opened


@pytest.fixture
def wait():
    return until


@pytest.fixture
def declare_rule():
    return rule
