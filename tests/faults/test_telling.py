"""Nothing told twice and nothing left out: the short form of `benchmarks/telling/kills.py`, and that its checker finds faults."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.policy import Decision, after_failure
from storage.errors import DeliveryError

TELLING = Path(__file__).resolve().parents[2] / "benchmarks" / "telling"
SEED, COUNT = 7, 30


def run_trial(*options):
    command = [sys.executable, TELLING / "kills.py", "--kills", "15", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=150)


@pytest.mark.timeout(180)
def test_a_sender_that_is_killed_loses_no_alert_and_tells_none_twice():
    done = run_trial()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 kills in" in done.stdout


@pytest.mark.timeout(180)
def test_every_delivery_is_tried_as_the_page_says_until_it_is_served_or_given_up():
    """The short form of `benchmarks/telling/histories.py`."""
    command = [sys.executable, TELLING / "histories.py", "--histories", "100", "--seed", "3"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "100 histories" in done.stdout


def too_late(attempts, error, now, chance):
    decision = after_failure(attempts, error, now, chance)
    return decision if decision.due is None else replace(decision, due=decision.due + timedelta(hours=25))


def too_soon(attempts, error, now, chance):
    decision = after_failure(attempts, error, now, chance)
    return decision if decision.due is None else replace(decision, due=now)


def deaf(attempts, error, now, chance):
    """Knows no Retry-After."""
    return after_failure(attempts, DeliveryError(str(error), error.permanent, status=error.status), now, chance)


def impatient(attempts, error, now, chance):
    return Decision(None, "given up") if attempts >= 3 else after_failure(attempts, error, now, chance)


def stubborn(attempts, error, now, chance):
    """Tries again what was refused for good."""
    return after_failure(attempts, DeliveryError(str(error), status=error.status), now, chance)


@pytest.mark.parametrize("policy", [too_late, too_soon, deaf, impatient, stubborn])
def test_the_judge_of_histories_finds_a_policy_that_is_not_the_page_s(tmp_path, monkeypatch, policy):
    monkeypatch.syspath_prepend(str(TELLING))
    import histories

    faults, _, _ = histories.run(40, SEED, tmp_path, policy)
    assert faults


def test_the_judge_of_histories_is_content_with_the_product_s_policy(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(TELLING))
    import histories

    faults, ended, tries = histories.run(40, SEED, tmp_path)
    assert faults == []
    assert sum(ended.values()) == 40 <= tries


@pytest.mark.timeout(180)
def test_a_sender_that_records_before_it_sends_is_found():
    done = run_trial("--say-first", "--at", "after record commit")
    assert done.returncode == 1, done.stdout + done.stderr
    wrong = {line[10:82].strip() for line in done.stdout.splitlines() if line.endswith("MISSED")}
    assert {"lost", "marked sent, never arrived"} <= wrong, done.stdout


# --- the checker, on records made by hand


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """A trial in which everything went well."""
    monkeypatch.syspath_prepend(str(TELLING))
    import truth
    from arrivals import Answer, Arrival
    from checker import Trial

    arrivals = []
    for number, telling in enumerate(sorted(truth.tellings(SEED, COUNT))):
        make = hook if telling.channel == "hook" else mail
        content = make(telling, truth.piece(SEED, telling.original))
        arrivals.append(Arrival(telling.channel, telling.recipient, f"key{number}", 1, Answer.TAKE, content, 0.0))
    path = tmp_path / "nightdesk.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "CREATE TABLE articles (url); CREATE TABLE versions (id, unmatched);"
            "CREATE TABLE deliveries (id, key, state); CREATE TABLE attempts (delivery_id, outcome);"
        )
        urls = [(truth.piece(SEED, number).url,) for number in range(COUNT)]
        database.executemany("INSERT INTO articles VALUES (?)", urls)
        database.executemany("INSERT INTO deliveries VALUES (?, ?, 'sent')", enumerate(each.key for each in arrivals))
        database.executemany("INSERT INTO attempts VALUES (?, 'sent')", [(number,) for number in range(len(arrivals))])
        database.commit()
    return Trial(SEED, COUNT, arrivals, 1, path)


def hook(telling, piece):
    articles = [{"url": piece.url, "title": piece.title}]
    body = {"id": piece.url, "created": "now", "story": {"id": "1"}, "reason": "new", "articles": articles}
    return json.dumps({**body, "rule": {"name": telling.rule}}).encode()


def mail(telling, piece):
    return f"To: {telling.recipient}\n\n{piece.title}\n\n{piece.url}\n\nRule {telling.rule}, version 1: …\n".encode()


def wrong(trial):
    from checker import check

    return {each.what for each in check(trial) if not each.well}


def test_the_checker_is_content_with_what_is_right(trial):
    assert not wrong(trial)


def test_the_checker_knows_a_repeat_that_has_a_reason(trial):
    first = trial.arrivals[0]
    assert not wrong(trial._replace(arrivals=[*trial.arrivals, replace(first, life=2)]))
    cut = [replace(first, answer=type(first.answer).CUT), *trial.arrivals]
    assert not wrong(trial._replace(arrivals=cut))


def _of(trial, channel):
    return next(each for each in trial.arrivals if each.channel == channel)


@pytest.mark.parametrize("channel", ["hook", "mail"])
def test_the_checker_finds_what_is_wrong_with_messages(trial, channel):
    first = _of(trial, channel)
    others = [each for each in trial.arrivals if each is not first]
    assert wrong(trial._replace(arrivals=others)) >= {"lost", "marked sent, never arrived"}
    refused = [*others, replace(first, answer=type(first.answer).REFUSE)]
    assert wrong(trial._replace(arrivals=refused)) >= {"lost", "marked sent, never answered for"}
    kind = {"hook": "webhooks", "mail": "mails"}[channel]
    assert wrong(trial._replace(arrivals=[*trial.arrivals, first])) == {f"{kind} that came again without a reason"}
    renamed = [*trial.arrivals, replace(first, key="another")]
    assert wrong(trial._replace(arrivals=renamed)) >= {
        "repeats after sorting out by identifier",
        "arrived, not in the database",
    }
    other = next(each for each in others if each.channel == channel and each.content != first.content)
    swapped = [*trial.arrivals, replace(first, content=other.content, life=2)]
    assert "identifiers with two contents" in wrong(trial._replace(arrivals=swapped))
    again = [*trial.arrivals, *(replace(first, life=2 + number) for number in range(101))]
    assert wrong(trial._replace(arrivals=again, kills=100)) == {f"{kind} that came again"}
    assert not wrong(trial._replace(arrivals=again, kills=101))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE deliveries SET state = 'dead' WHERE id = 0", "dead"),
        ("UPDATE deliveries SET state = 'due' WHERE id = 0", "left over"),
        ("INSERT INTO attempts VALUES (0, 'sent')", "marked sent more than once"),
        ("INSERT INTO versions VALUES (1, 1)", "never matched"),
        ("DELETE FROM articles WHERE rowid = 1", "articles lost after they were stored"),
        ("INSERT INTO articles SELECT url FROM articles WHERE rowid = 1", "articles stored twice"),
        ("UPDATE articles SET url = 'https://paper0.example/31' WHERE rowid = 1", "articles lost after they were stored"),
    ],
)
def test_the_checker_finds_what_is_wrong_with_the_database(trial, change, found):
    with closing(sqlite3.connect(trial.database)) as database:
        database.execute(change)
        database.commit()
    assert found in wrong(trial)
