"""Whether all that should have been told was told, and nothing twice: what the receivers wrote down, the truth, the database.

It shares nothing with the product but the names of its tables.
"""

import email
import email.policy
import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from arrivals import Answer, Arrival
from truth import Telling, original, piece, tellings

_SHOWN = 3  # examples of what is wrong
_MANY = 100  # kills; fewer say nothing of how many messages one kill catches on their way


class Finding(NamedTuple):
    """Something that was counted, how much of it is allowed (None: any), and some examples."""

    what: str
    found: int
    most: int | None = 0
    examples: tuple[object, ...] = ()

    @property
    def well(self) -> bool:
        """Whether it is within its bar."""
        return self.most is None or self.found <= self.most


class Trial(NamedTuple):
    """What happened: the seed of the pieces, how many are known to be stored, what arrived, how often the sender was killed."""

    seed: int
    stored: int
    arrivals: Sequence[Arrival]
    kills: int
    database: Path


def check(trial: Trial) -> list[Finding]:
    """Everything that can be found wrong with a trial whose sender has finished."""
    with closing(sqlite3.connect(f"file:{trial.database}?mode=ro", uri=True)) as database:
        return [*_taken_in(trial, database), *_told(trial, database), *_repeats(trial), *_records(trial, database)]


def _taken_in(trial: Trial, database: sqlite3.Connection) -> list[Finding]:
    """Each piece is there once: all that were said to be stored, and those that a kill kept from being said so."""
    urls = [row[0] for row in database.execute("SELECT url FROM articles")]
    wanted = {piece(trial.seed, number).url for number in range(max(trial.stored, len(urls)))}
    return [
        Finding("articles", len(urls), None),
        _wrong("articles lost after they were stored", wanted - set(urls)),
        _wrong("articles stored twice", [url for url, times in Counter(urls).items() if times > 1]),
    ]


def _told(trial: Trial, database: sqlite3.Connection) -> list[Finding]:
    """What should be told and what the receivers have are the same, each under one identifier with one content."""
    wanted = tellings(trial.seed, database.execute("SELECT count(*) FROM articles").fetchone()[0])
    keys: dict[Telling, set[str]] = defaultdict(set)
    contents: dict[str, set[object]] = defaultdict(set)
    for each in filter(lambda arrival: arrival.taken, trial.arrivals):
        telling, content = (_read_hook if each.channel == "hook" else _read_mail)(trial.seed, each)
        contents[each.key].add(content)
        if telling is not None:
            keys[telling].add(each.key)
    return [
        Finding("alerts that had to arrive", len(wanted), None),
        _wrong("lost", wanted - set(keys)),
        _wrong("told though no rule asked", set(keys) - wanted),
        _wrong("repeats after sorting out by identifier", [each for each, found in keys.items() if len(found) > 1]),
        _wrong("identifiers with two contents", [key for key, found in contents.items() if len(found) > 1]),
    ]


def _repeats(trial: Trial) -> list[Finding]:
    """Each repeat of an identifier must have a reason: there was no answer, or the sender was killed before it noted it.

    One kill may catch several messages between the two, but over many kills there is less than one each.
    """
    found = []
    for kind, channel in (("webhooks", "hook"), ("mails", "mail")):
        arrivals = [each for each in trial.arrivals if each.channel == channel]
        taken = defaultdict(list)
        for each in arrivals:
            if each.taken:
                taken[each.key].append(each)
        answers = Counter(each.answer for each in arrivals)
        repeats = [pair for times in taken.values() for pair in pairwise(times)]
        most = trial.kills + answers[Answer.CUT] + answers[Answer.HANG] if trial.kills >= _MANY else None
        told = ", ".join(f"{answers[answer]} {answer}" for answer in Answer if answers[answer])
        found += [
            Finding(f"{kind} that came ({told})", len(arrivals), None),
            Finding(f"{kind} that came again", len(repeats), most),
            _wrong(f"{kind} that came again without a reason", [pair for pair in repeats if not _explained(*pair)]),
        ]
    return found


def _explained(first: Arrival, second: Arrival) -> bool:
    return not first.said or first.life != second.life


def _records(trial: Trial, database: sqlite3.Connection) -> list[Finding]:
    """What the database says of its deliveries is what the receivers say."""
    states = dict(database.execute("SELECT key, state FROM deliveries").fetchall())
    taken = {each.key for each in trial.arrivals if each.taken}
    said = {each.key for each in trial.arrivals if each.said}
    sent = {key for key, state in states.items() if state == "sent"}
    twice = database.execute(
        "SELECT delivery_id FROM attempts WHERE outcome = 'sent' GROUP BY delivery_id HAVING count(*) > 1"
    ).fetchall()
    unmatched = database.execute("SELECT id FROM versions WHERE unmatched = 1").fetchall()
    return [
        _wrong("marked sent, never arrived", sent - taken),
        _wrong("marked sent, never answered for", sent - said),
        _wrong("arrived, not in the database", taken - set(states)),
        _wrong("marked sent more than once", twice),
        _wrong("dead", [key for key, state in states.items() if state == "dead"]),
        _wrong("left over", [key for key, state in states.items() if state not in ("sent", "dead")]),
        _wrong("never matched", unmatched),
        _wrong("damage", [row[0] for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"]),
    ]


def _wrong(what: str, examples: Iterable[object]) -> Finding:
    found = list(examples)
    return Finding(what, len(found), 0, tuple(found[:_SHOWN]))


def _read_hook(seed: int, arrival: Arrival) -> tuple[Telling | None, object]:
    """What a webhook tells, and what of it must be the same each time; a copy that came later may stand in a repeat.

    What names no rule is about the desk itself, and nothing that a piece made necessary.
    """
    body = json.loads(arrival.content)
    if body.get("rule") is None:
        return None, json.dumps(body)
    first, rule = body["articles"][0]["url"], body["rule"]["name"]
    content = (body["id"], body["created"], rule, body["story"]["id"], body["reason"], first, body["articles"][0]["title"])
    return Telling(rule, original(seed, first), arrival.channel, arrival.recipient), content


def _read_mail(seed: int, arrival: Arrival) -> tuple[Telling | None, object]:
    """The same of a mail."""
    message = email.message_from_bytes(arrival.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    part = message.get_body(("plain",))
    text = part.get_content() if part else ""
    content = tuple(str(message[name]) for name in ("To", "Subject", "Date", "Message-ID", "References"))
    first, rule = re.search(r"^https://\S+", text, re.MULTILINE), re.search(r"^Rule (\w+), version", text, re.MULTILINE)
    if first is None or rule is None:
        return None, (*content, text)
    return Telling(rule[1], original(seed, first[0]), arrival.channel, arrival.recipient), (*content, first[0])
