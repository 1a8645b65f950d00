"""Writes what is missing of the files beside this one: for each migration a database as it left it, with a row in every table.

    python tests/schemas/make.py

Run it when a migration is added. Files that are there are never written again: they are what users have.
"""

import json
import re
import sqlite3
from base64 import b64encode
from pathlib import Path

from sqlite_utils import Database

from storage.migrations import migrations

HERE = Path(__file__).parent
APPLICATION_ID = 0x4E444B31
# Values by the column's name, where the type alone would not do; others are made of the column's name and the row's number.
KNOWN = {
    "every": 900.0, "cron": None, "sites": '["courier.example"]', "evidence": "[]", "settings": "{}", "policy": "{}",
    "merged_into": None, "replaced_by": None, "base_id": None, "digest_id": None, "unmatched": None, "lease_owner": None,
    "lease_machine": None, "text": "The crane fell into the harbour.", "title": "Crane falls",
    "zone": "UTC", "kind": "alert", "state": "sent", "outcome": "ok", "verdict": "alerted", "severity": "normal",
    "document_kind": "version", "reason": "new", "keep": "text", "origin": "page", "relation": "copy", "body": b"\x28\xb5",
    "sketch": b"\x00", "channels": "[]", "tags": "[]", "authors": "[]", "headers": "[]", "comment_feeds": None,
    "comments_status": "none", "declared_in": None, "removed": None, "disabled_because": None, "opened": None, "probe": None,
    "url": "https://courier.example/a", "canonical_url": "https://courier.example/a", "final_url": "https://courier.example/a", "comment_kind": None, "change": None, "slot": None, "notice_id": None,
    "looks": "week", "trap": None, "trapped": None, "lying": None, "hints": "[900.0, [3], [6]]", "moved": None, "country": "gb",
    "home_url": "https://courier.example/", "permalink": "https://courier.example/a#c1", "callback": "https://desk.example/hub/1",
    "topic": "https://courier.example/feed.xml", "hub": "https://hub.example/", "host": "courier.example", "site": "courier.example",
    "domain": "courier.example", "image": "https://courier.example/a.jpg", "trigger": "schedule", "language": "en", "languages": "[]",
    "day": "2026-03-02", "trouble": None, "failure": None, "refused": None, "protocol": "HTTP/1.1", "ip": "192.0.2.1",
    "query": "crane", "reply_to": None, "text_hash": "8" * 64, "digest": "9" * 64, "published_evidence": "feed",
}  # fmt: skip
OF_TABLE = {
    ("articles", "kind"): "article", ("feeds", "kind"): "rss", ("channels", "kind"): "log", ("pages", "state"): "stored",
    ("pages", "reason"): "look", ("silences", "kind"): "word", ("websub", "state"): "active",
    ("websub", "hubs"): '["https://hub.example/"]', ("vitals", "state"): "well", ("vitals", "rhythm"): None,
    ("episodes", "trouble"): "frozen", ("source_days", "listed"): json.dumps([1] * 24), ("source_days", "watched"): json.dumps([1] * 24),
    ("source_days", "languages"): "{}", ("pages", "key"): "https://courier.example/a", ("feeds", "key"): "https://courier.example/a",
    ("pruned", "key"): "https://courier.example/old", ("deliveries", "held"): "", ("silences", "value"): "harbour",
    ("rhythms", "rhythm"): json.dumps({"since": 0, "at": 0, "recent": 0, "counts": b64encode(bytes(4 * (168 + 24))).decode()}),
    ("captures", "reason"): None, ("rules", "error"): None, ("attempts", "outcome"): "sent", ("unsubscribed", "rule"): "name of 2026",
    ("unsubscribed", "channel"): "name of 2026", ("unsubscribed", "recipient"): "reader@desk.example",
    ("comment_refusals", "kind"): "wordpress-feed", ("alerts", "reason"): "new", ("domains", "warned"): None,
}  # fmt: skip
INSTANTS = ("added", "due", "last_crawl", "last_success", "checked", "changed", "linked", "first_read", "started", "ended", "dated",
            "first_seen", "last_seen", "published", "modified", "seen", "at", "created", "sent", "fetched", "until", "released",
            "robots_at", "asked", "lease", "pushed", "fetch_at", "unpushed", "unbroken",
            "after", "as_of", "audited", "empty", "failed", "failing", "filled", "learned", "look", "missed", "newest", "raised",
            "reaches", "refusing", "since", "told", "watched")  # fmt: skip


def names() -> list[str]:
    """The names of all migrations, the first first."""
    fresh = Database(memory=True)
    return [each.name for each in migrations.pending(fresh)]


def made(name: str) -> Database:
    """An empty database as the migration of that name leaves it."""
    database = Database(memory=True)
    following = [*names(), None][names().index(name) + 1]
    migrations.apply(database, **({"stop_before": following} if following else {}))
    return database


def fill(database: Database) -> None:
    """Put one row into every table."""
    for table in _tables(database):
        columns = database.execute(f"PRAGMA table_info({table})").fetchall()
        values = {row[1]: _value(table, row[1], row[2], required=bool(row[3] or row[5])) for row in columns}
        if table == "rules" and "change" in values:
            values["change"] = 1
        marks = ", ".join("?" * len(values))
        database.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))
    for index, column in (("versions_index", "body"), ("comments_index", "comment")):
        if index in database.table_names():
            database.execute(f"INSERT INTO {index} (rowid, {column}) VALUES (1, 'the crane fell into the harbour')")


def dump(database: Database) -> str:
    """The database as SQL text, full-text indexes included."""
    lines = [f"PRAGMA application_id = {APPLICATION_ID};"]
    for (sql,) in database.execute(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND name NOT GLOB '*_index_*'"
        " ORDER BY type = 'index', rowid"
    ).fetchall():
        lines.append(f"{sql};")
    indexes = [each for each in ("versions_index", "comments_index") if each in database.table_names()]
    for table in [*_tables(database), "_sqlite_migrations"]:
        quoted = [row[1] for row in database.execute(f"PRAGMA table_info({table})").fetchall()]
        values = " || ', ' || ".join(f"quote({column})" for column in quoted)
        for (row,) in database.execute(f"SELECT {values} FROM {table}").fetchall():
            lines.append(f"INSERT INTO {table} ({', '.join(quoted)}) VALUES ({row});")
    for index in indexes:
        column = "body" if index == "versions_index" else "comment"
        lines.append(f"INSERT INTO {index} (rowid, {column}) VALUES (1, 'the crane fell into the harbour');")
    return "\n".join(lines) + "\n"


def _tables(database: Database) -> list[str]:
    """Our own tables in an order in which rows may refer to those before; without indexes and what belongs to them."""
    found = [
        name
        for name in database.table_names()
        if not re.match(r"sqlite_|_sqlite", name) and not re.search("_index|_words", name)
    ]
    placed: list[str] = []
    while len(placed) < len(found):
        for name in found:
            wanted = {row[2] for row in database.execute(f"PRAGMA foreign_key_list({name})").fetchall()}
            if name not in placed and wanted & set(found) <= {*placed, name} | ({"articles"} if name == "pages" else set()):
                placed.append(name)
    return placed


def _value(table: str, column: str, kind: str, *, required: bool) -> object:
    if (table, column) in OF_TABLE:
        return OF_TABLE[table, column]
    if column in KNOWN and (KNOWN[column] is not None or not required):
        return KNOWN[column]
    if column in INSTANTS:
        return "2026-03-02T12:00:00.000Z"
    if column == "article_id" and not required:
        return None
    if kind == "INTEGER":
        return 1
    return {"REAL": 0.5, "BLOB": b"\x00"}.get(kind, f"{column} of 2026")


def write() -> None:
    """Write the files that are not there."""
    for name in names():
        path = HERE / f"{name}.sql"
        if not path.exists():
            database = made(name)
            fill(database)
            path.write_text(dump(database), encoding="utf-8")
            print(f"wrote {path.name}")


def load(name: str, path: Path) -> None:
    """Make a database file of the one that is stored under that name."""
    with sqlite3.connect(path) as file:
        file.executescript((HERE / f"{name}.sql").read_text(encoding="utf-8"))
    file.close()


if __name__ == "__main__":
    write()
