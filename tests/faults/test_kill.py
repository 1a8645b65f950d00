"""Nothing lost: the daemon is killed (SIGKILL) at random moments while the local newspaper publishes.

Checked in the end against what the newspaper printed and what the webhook receiver got: every article stored once, every
match delivered, no repeat by identifier, no orphaned worker, a clean database.
"""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from nightdesk.newspaper.remote import newspaper_process

NIGHTDESK = str(Path(sys.executable).with_name("nightdesk"))
CONFIG = """
[crawl]
delay = "0s"
workers = 1
[[rule]]
name = "zarquetons"
query = "zarqueton AND quay"
"""
PATIENCE = 60.0
_CATCH_UP = 5


class Desk:
    """One installation in a folder of its own, whose processes can be told from all others."""

    def __init__(self, folder):
        self.folder = folder
        self.mark = f"NIGHTDESK_TEST={uuid.uuid4()}"
        name, _, value = self.mark.partition("=")
        self.environment = {**os.environ, name: value, "NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8", "PYTHONUNBUFFERED": "1"}
        self.environment.pop("NIGHTDESK_DB", None)
        (folder / "nightdesk.toml").write_text(CONFIG)
        self.log = folder / "daemon.log"

    def run(self, *arguments, codes=(0,)):
        done = subprocess.run(
            [NIGHTDESK, *arguments], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode in codes, done.stderr
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments, "--json"))

    def start(self):
        with self.log.open("a") as log:
            return subprocess.Popen([NIGHTDESK, "run"], cwd=self.folder, env=self.environment, stderr=log)

    @contextmanager
    def daemon(self):
        process = self.start()
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)

    def processes(self):
        """The pids of all living processes of this installation, workers included."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and self.mark.encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found


def wait_for(condition, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


def counts(desk):
    """How many articles are stored and deliveries sent: asked of the file itself, for it is asked often."""
    with closing(sqlite3.connect(f"file:{desk.folder}/nightdesk.db?mode=ro", uri=True)) as database:
        articles = database.execute("SELECT count(*) FROM articles").fetchone()[0]
        sent = database.execute("SELECT count(*) FROM deliveries WHERE state = 'sent'").fetchone()[0]
    return articles, sent


@pytest.mark.parametrize("kills", [5, pytest.param(40, marks=pytest.mark.trial)])
@pytest.mark.timeout(900)
def test_kill_nine_at_random_moments_loses_and_doubles_nothing(tmp_path, kills):
    chance = random.Random(kills)  # the moments are the same in every run; what they hit is not
    with newspaper_process("--webhooks", str(tmp_path / "hooks.jsonl")) as paper:
        desk = Desk(tmp_path)
        desk.run("source", "add", paper.sites["The Harbour Courier"] + "/feed.xml", "--name", "courier", "--every", "1s")
        desk.run("channel", "add", "webhook", "hook", "--url", paper.webhooks)
        paper.post("misbehave", path="/2026/*", kind="status", status=503, times=1, each=True)  # A11: every page fails once
        published = []
        for number in range(kills):
            process = desk.start()
            print_and_wait(paper, published, chance)
            process.kill()
            process.wait()
            assert wait_for(lambda: not desk.processes(), 5), f"kill {number}: workers outlived their daemon"
            if len(published) - counts(desk)[0] >= _CATCH_UP:  # the feed lists its ten newest: it must not forget any
                with desk.daemon():
                    assert wait_for(lambda: counts(desk)[0] == len(published)), "an article was lost on the way"
        wanted = sum(told for _, told in published)
        with desk.daemon():
            assert wait_for(lambda: counts(desk) == (len(published), wanted)), "an article or a delivery is missing"
        assert wait_for(lambda: not desk.processes(), 5)
        check(desk, paper, published, wanted, kills)


def print_and_wait(paper, published, chance):
    """Let the paper print at most five articles while the daemon has its last seconds."""
    end = time.monotonic() + chance.uniform(1.0, 5.0)
    for _ in range(_CATCH_UP):
        time.sleep(max(0.0, min(chance.uniform(0.1, 1.0), end - time.monotonic())))
        told = bool(len(published) % 2)
        sentence = f"Zarqueton number {len(published)} was landed at the quay before noon."
        article = paper.post("publish", add=[sentence] if told else [])
        published.append((article["slug"], told))
        if time.monotonic() >= end:
            break
    time.sleep(max(0.0, end - time.monotonic()))


def check(desk, paper, published, wanted, kills):
    rows = [json.loads(line) for line in desk.run("export").splitlines()]
    assert Counter(_slug(row["canonical_url"]) for row in rows) == Counter(slug for slug, _ in published)
    assert all(len(row["versions"]) == 1 for row in rows)
    alerts = desk.json("alert", "list", "--limit", "10000")["alerts"]
    alerted = Counter(_slug(url) for alert in alerts for url in alert["articles"])
    assert alerted == Counter(slug for slug, told in published if told)
    received = Counter(hook["headers"]["webhook-id"] for hook in paper.get("webhooks"))
    assert len(received) == wanted, "a match was never delivered, or was delivered under two identifiers"
    assert sum(received.values()) - wanted <= kills, "more raw repeats than kills explain"
    findings = json.loads(desk.run("doctor", "--json", codes=(0, 1)))["findings"]
    assert [each["text"] for each in findings if each["what"] == "database"] == ["the integrity check found nothing"]


def _slug(url):
    return url.partition("?")[0].rpartition("/")[2]
