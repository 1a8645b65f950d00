"""Whether the endurance trial went well: what the outlets published, the database, the receiver's record, and the logs.

It shares nothing with the product but the names of its tables.
"""

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from footprint import Sample, growth
from outlets import Piece, World

FLAT, MOST = 1.15, 512.0  # growth in the longest life; MB of the daemon with its workers, ever
_LONG = 120  # samples; a shorter life is still filling its caches, and says nothing of growth
_BAD_WORDS = ("Traceback", "database is locked", "event=fault", "event=not-settled")
_STAMP = re.compile(r"timestamp=(\S+)")
_SLACK = 2.0  # seconds: stamps have none smaller, and what could not be written is tried for a moment
_SHOWN = 3  # examples of what is wrong


class Finding(NamedTuple):
    """Something that was counted or measured, how much of it is allowed (None: any), and some examples."""

    what: str
    found: float
    most: float | None = 0
    examples: tuple[object, ...] = ()

    @property
    def well(self) -> bool:
        """Whether it is within its bar."""
        return self.most is None or self.found <= self.most


class Call(NamedTuple):
    """A webhook that the receiver took: its identifier, what it says, and when, in Unix seconds."""

    key: str
    body: str
    at: float


class Record(NamedTuple):
    """What the trial wrote down. `breaks`: spans of Unix seconds in which a delivery's record may have been lost."""

    world: World
    database: Path
    calls: Sequence[Call]
    breaks: Sequence[tuple[float, float]]
    logs: Sequence[Path]
    samples: Sequence[Sample]


def check(record: Record) -> list[Finding]:
    """Everything that can be found wrong with a trial that was drained."""
    with closing(sqlite3.connect(f"file:{record.database}?mode=ro", uri=True)) as database:
        found = [*_stored(record.world, database), *_told(record, database), *_rows(database)]
    return [*found, *_said(record), *_memory(record.samples)]


def missing(world: World, now: datetime, database: Path) -> list[str]:
    """What of all that is shown by now is not in the database as it stands on its site, and what is still to be told."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as rows:
        texts = _texts(rows)
        left = [f"delivery {row[0]}" for row in rows.execute("SELECT id FROM deliveries WHERE state = 'due'")]
        left += [f"version {row[0]}" for row in rows.execute("SELECT id FROM versions WHERE unmatched = 1")]
    return left + [
        _name(world, piece) for piece in world.all() if piece.shown <= now and not _is_there(world, piece, now, texts)
    ]


def _texts(database: sqlite3.Connection) -> dict[str, str]:
    """The current text of each article, by host and path."""
    rows = database.execute("SELECT a.url, v.text FROM articles a JOIN versions v ON v.id = a.version_id")
    return {_place(url): text for url, text in rows}


def _is_there(world: World, piece: Piece, now: datetime, texts: dict[str, str]) -> bool:
    text = texts.get(_name(world, piece))
    return text is not None and piece.text[-1] in text and (piece.edited is None or piece.edited > now or piece.added in text)


def _name(world: World, piece: Piece) -> str:
    return world.host(piece.outlet) + piece.path


def _place(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path}"


# --- articles


def _stored(world: World, database: sqlite3.Connection) -> Iterable[Finding]:
    pieces = {_name(world, piece): piece for piece in world.all()}
    urls = [_place(url) for (url,) in database.execute("SELECT url FROM articles")]
    texts, versions = _texts(database), _versions(database)
    yield Finding("articles that were published", len(pieces), None)
    yield wrong("articles lost", set(pieces) - set(urls))
    yield wrong("articles stored twice", [url for url, times in Counter(urls).items() if times > 1])
    yield wrong("articles that nobody published", set(urls) - set(pieces))
    yield wrong("articles not as they stand on their site", [
        name for name, piece in pieces.items() if name in texts and not _is_there(world, piece, world.end, texts)
    ])  # fmt: skip
    yield wrong("versions that no edit made", [
        name for name, found in versions.items() if name in pieces and len(found) > 1 + (pieces[name].edited is not None)
    ])  # fmt: skip
    stories = defaultdict(set)
    rows = database.execute("SELECT url, story_id FROM articles").fetchall()
    for url, story in rows:
        if _place(url) in pieces:
            stories[pieces[_place(url)].original].add(story)
    yield wrong("copies in a story of their own", [original for original, found in stories.items() if len(found) > 1])
    of = Counter(story for found in stories.values() for story in found)
    yield wrong("stories of several texts", [story for story, times in of.items() if times > 1])


def _versions(database: sqlite3.Connection) -> dict[str, list[str]]:
    found = defaultdict(list)
    for url, text in database.execute("SELECT a.url, v.text FROM versions v JOIN articles a ON a.id = v.article_id"):
        found[_place(url)].append(text)
    return found


# --- alerts


def _told(record: Record, database: sqlite3.Connection) -> Iterable[Finding]:
    pieces = {_name(record.world, piece): piece for piece in record.world.all()}
    wanted, keys, calls = record.world.tellings(), defaultdict(set), defaultdict(list)
    again, edits = defaultdict(set), Counter(piece.original for piece in pieces.values() if piece.edited)
    for call in record.calls:
        calls[call.key].append(call.at)
        body = json.loads(call.body)
        if body["type"] == "alert":
            first = pieces.get(_place(body["articles"][0]["url"]))
            told = body["rule"]["name"], first.original if first else body["articles"][0]["url"]
            (again if body["reason"] == "follow-up" else keys)[told].add(call.key)
    stored = database.execute(
        "SELECT r.name, x.url FROM alerts a JOIN rules r ON r.id = a.rule_id JOIN stories s ON s.id = a.story_id"
        " JOIN articles x ON x.id = s.first_article_id"
    ).fetchall()
    alerts = Counter((rule, pieces[_place(url)].original) for rule, url in stored if _place(url) in pieces)
    yield Finding("alerts that had to be told", len(wanted), None)
    yield wrong("alerts lost", wanted - set(keys))
    yield wrong("alerts told though no rule asked", set(keys) - wanted)
    yield wrong("alerts told twice", [each for each, found in keys.items() if len(found) > 1])
    yield wrong("alerts that are not in the database", wanted - set(alerts))
    yield wrong("alerts twice in the database", [each for each, times in alerts.items() if times > 1])
    yield wrong("follow-ups that no edit made", [told for told, found in again.items() if len(found) > edits[told[1]]])
    repeats = [pair for times in calls.values() for pair in pairwise(sorted(times))]
    yield Finding("deliveries that came again under their identifier, after a kill or the full disk", len(repeats), None)
    unexplained = [pair for pair in repeats if not _explained(pair, record.breaks)]
    yield wrong("deliveries that came again without a reason", unexplained)


def _explained(pair: tuple[float, float], breaks: Sequence[tuple[float, float]]) -> bool:
    """Whether between two arrivals something happened by which the record of the first can have been lost."""
    return any(begun <= pair[1] and ended >= pair[0] for begun, ended in breaks)


# --- rows, logs, memory


def _rows(database: sqlite3.Connection) -> Iterable[Finding]:
    def look(what: str, sql: str) -> Finding:
        return wrong(what, database.execute(sql).fetchall())

    yield look("versions that were never matched", "SELECT id FROM versions WHERE unmatched = 1")
    yield look("deliveries not sent", "SELECT id, state FROM deliveries WHERE state NOT IN ('sent', 'gathered')")
    yield look("pages given up", "SELECT url, error FROM pages WHERE state = 'given-up'")
    yield look("sources without a due time", "SELECT name FROM sources WHERE due IS NULL")
    yield wrong("damage (integrity_check)", [row for row in database.execute("PRAGMA integrity_check") if row[0] != "ok"])
    yield look("rows that refer to nothing (foreign_key_check)", "PRAGMA foreign_key_check")


def _said(record: Record) -> Iterable[Finding]:
    lines = [
        (path.name, line)
        for path in record.logs
        for line in path.read_text("utf-8", "replace").splitlines()
        if not _of_full_disk(line, record.breaks)
    ]
    for words in _BAD_WORDS:
        yield wrong(f"lines of the daemon's log with “{words}”", [f"{name}: {line}" for name, line in lines if words in line])


def _of_full_disk(line: str, breaks: Sequence[tuple[float, float]]) -> bool:
    """Whether it says that a full disk kept a visit from being settled, when it was full: a visit may end just then."""
    stamp = _STAMP.search(line)
    if stamp is None or "event=not-settled" not in line or "the disk is full" not in line:
        return False
    at = datetime.fromisoformat(stamp[1]).timestamp()
    return any(begun - _SLACK <= at <= ended + _SLACK for begun, ended in breaks)


def _memory(samples: Sequence[Sample]) -> Iterable[Finding]:
    lives: dict[int, list[Sample]] = defaultdict(list)
    for sample in samples:
        lives[sample.life].append(sample)
    longest = max(lives.values(), key=len, default=[])
    yield Finding("MB, the most that the daemon and its workers had", round(max(s.all for s in samples), 1), MOST)
    yield Finding("MB, the most of it in the daemon itself", round(max(s.main for s in samples), 1), None)
    bar = FLAT if len(longest) >= _LONG else None
    what = "greatest memory in the last quarter of the longest life, by that in its second"
    yield Finding(what + ("" if bar else " (too short to judge)"), round(growth(longest), 3), bar)


def wrong(what: str, examples: Iterable[object]) -> Finding:
    """Something of which there must be nothing."""
    found = list(examples)
    return Finding(what, len(found), 0, tuple(found[:_SHOWN]))
