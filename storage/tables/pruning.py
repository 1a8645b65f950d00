"""What is old enough to go, and how it goes: the SQL of the verb *prune*. `storage.forgetting` puts it together.

A story goes as a whole, with all that was told of it, or stays as a whole: half a story would tell wrong counts.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from sqlite_utils import Database as Connection

from storage.instants import to_text
from storage.models import CrawlOutcome, DeliveryKind, DeliveryState, PageState
from storage.urls import key_of

_THESE = "(SELECT value FROM json_each(:ids))"
_INDEX_PAGES = 200  # some 20 ms
# Of whoever has the highest number none is removed: SQLite would give that number to the next one.
_OLD_STORY = """s.merged_into IS NULL AND s.first_seen < :before AND s.id <> (SELECT max(id) FROM stories)
    AND NOT EXISTS (SELECT 1 FROM articles a WHERE a.story_id = s.id AND (
        a.last_seen >= :before OR a.first_seen >= :before OR a.id = (SELECT max(id) FROM articles)
        OR EXISTS (SELECT 1 FROM articles b WHERE b.id = a.replaced_by AND b.last_seen >= :before)
        OR EXISTS (SELECT 1 FROM versions v WHERE v.article_id = a.id AND v.unmatched = 1)
        OR EXISTS (SELECT 1 FROM comments c WHERE c.article_id = a.id AND (c.unmatched = 1 OR c.first_seen >= :before))
        OR EXISTS (SELECT 1 FROM pages p WHERE p.article_id = a.id AND p.lease_owner IS NOT NULL)))
    AND NOT EXISTS (SELECT 1 FROM alerts l
        WHERE l.story_id IN (SELECT s.id UNION ALL SELECT n.id FROM stories n WHERE n.merged_into = s.id) AND (
        l.created >= :before OR l.id = (SELECT max(id) FROM alerts)
        OR EXISTS (SELECT 1 FROM deliveries d LEFT JOIN deliveries g ON g.id = d.digest_id WHERE d.alert_id = l.id
            AND (d.state = :due OR g.state = :due OR d.created >= :before OR d.sent >= :before))))"""
_OLD_PAGE = """p.state = :given_up AND p.due IS NULL AND p.lease_owner IS NULL AND p.article_id IS NULL
    AND p.comment_kind IS NULL AND p.first_seen < :before"""
# What is older and has come to an end, by its table; each goes by itself.
_RECORDS = {
    "crawls": "started < :before AND outcome <> :running",
    "notices": "created < :before AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.notice_id = notices.id"
    " AND (d.state = :due OR d.sent >= :before))",
    "deliveries": "kind = :digest AND created < :before AND state <> :due AND (sent IS NULL OR sent < :before)"
    " AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.digest_id = deliveries.id)",
}


@dataclass(frozen=True, slots=True)
class Gone:
    """How many of each were removed, or would be. `pages`: those of articles, and those that were given up."""

    stories: int = 0
    articles: int = 0
    versions: int = 0
    comments: int = 0
    pages: int = 0
    captures: int = 0
    matches: int = 0
    alerts: int = 0
    deliveries: int = 0
    crawls: int = 0
    notices: int = 0

    def __add__(self, other: Self) -> "Gone":
        return Gone(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Gone)})


class PruningTable:
    """The SQL of what goes. `before`: what ended, or was last seen, before then is old."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- what is old

    def stories(self, before: datetime, after: int, limit: int) -> list[int]:
        """Ids above `after` of stories that are old, with all their articles and all that was told of them."""
        return self._ids(
            f"SELECT s.id FROM stories s WHERE s.id > :after AND {_OLD_STORY} ORDER BY s.id LIMIT :limit",
            before, after=after, limit=limit,
        )  # fmt: skip

    def still(self, story_ids: Collection[int], before: datetime) -> list[int]:
        """Those of the stories that are old still."""
        return self._ids(f"SELECT s.id FROM stories s WHERE s.id IN {_THESE} AND {_OLD_STORY}", before, ids=_json(story_ids))

    def pages(self, before: datetime, after: int, limit: int) -> list[int]:
        """Ids above `after` of pages that were given up, and are old."""
        return self._ids(
            f"SELECT p.id FROM pages p WHERE p.id > :after AND {_OLD_PAGE} ORDER BY p.id LIMIT :limit",
            before, after=after, limit=limit,
        )  # fmt: skip

    def still_pages(self, page_ids: Collection[int], before: datetime) -> list[int]:
        """Those of the pages that are given up and old still."""
        return self._ids(f"SELECT p.id FROM pages p WHERE p.id IN {_THESE} AND {_OLD_PAGE}", before, ids=_json(page_ids))

    def articles(self, story_ids: Collection[int]) -> list[int]:
        """The articles of these stories."""
        rows = self._db.execute(f"SELECT id FROM articles WHERE story_id IN {_THESE} ORDER BY id", {"ids": _json(story_ids)})
        return [row[0] for row in rows.fetchall()]

    def texts(self, article_ids: Collection[int]) -> list[tuple[int, str, str, str]]:
        """Every version of these articles: the article's id, title, text, and the article's site."""
        rows = self._db.execute(
            "SELECT v.article_id, v.title, v.text, a.site FROM versions v JOIN articles a ON a.id = v.article_id"
            f" WHERE v.article_id IN {_THESE}",
            {"ids": _json(article_ids)},
        ).fetchall()
        return [tuple(row) for row in rows]

    def count(self, story_ids: Collection[int]) -> Gone:
        """How many rows hang on these stories."""
        ids = {"ids": _json(story_ids)}
        articles = f"(SELECT id FROM articles WHERE story_id IN {_THESE})"
        alerts = f"(SELECT id FROM alerts WHERE story_id IN {_THESE} OR story_id IN {_aliases()})"
        asked = {
            "versions": f"versions WHERE article_id IN {articles}",
            "comments": f"comments WHERE article_id IN {articles}",
            "pages": f"pages WHERE article_id IN {articles}",
            "captures": f"captures WHERE article_id IN {articles}",
            "matches": f"matches WHERE article_id IN {articles}",
            "alerts": f"alerts WHERE id IN {alerts}",
            "deliveries": f"deliveries WHERE alert_id IN {alerts}",
            "articles": f"articles WHERE id IN {articles}",
        }
        found = {name: self._db.execute(f"SELECT count(*) FROM {rest}", ids).fetchone()[0] for name, rest in asked.items()}
        return Gone(stories=len(story_ids), **found)

    def count_pages(self, page_ids: Collection[int]) -> Gone:
        """These pages, and what was kept of them."""
        kept = self._db.execute(f"SELECT count(*) FROM captures WHERE page_id IN {_THESE}", {"ids": _json(page_ids)})
        return Gone(pages=len(page_ids), captures=kept.fetchone()[0])

    def count_records(self, before: datetime) -> Gone:
        """How many records are old."""
        asked = {name: f"SELECT count(*) FROM {name} WHERE {rest}" for name, rest in _RECORDS.items()}
        return Gone(**{name: self._db.execute(sql, _facts(before)).fetchone()[0] for name, sql in asked.items()})

    # --- how it goes

    def remove_stories(self, story_ids: Collection[int], article_ids: Collection[int], now: datetime) -> None:
        """Remove stories with their articles and alerts, and leave a tombstone at each address that led to them.

        Indexes, fingerprints and captures of the articles are taken out before.
        """
        stories, articles = {"ids": _json(story_ids)}, {"ids": _json(article_ids)}
        self._bury(article_ids, now)
        aliased = f"(story_id IN {_THESE} OR story_id IN {_aliases()})"
        self._db.execute(f"DELETE FROM alerts WHERE {aliased}", stories)
        for statement in (
            f"DELETE FROM pages WHERE article_id IN {_THESE}",
            f"UPDATE articles SET replaced_by = NULL WHERE replaced_by IN {_THESE}",
            f"DELETE FROM articles WHERE id IN {_THESE}",
        ):
            self._db.execute(statement, articles)
        # What an article had matched before it went over to another story goes on with it.
        moved = "UPDATE matches SET story_id = (SELECT a.story_id FROM articles a WHERE a.id = matches.article_id)"
        self._db.execute(f"{moved} WHERE {aliased}", stories)
        self._db.execute(f"DELETE FROM stories WHERE merged_into IN {_THESE}", stories)
        self._db.execute(f"DELETE FROM stories WHERE id IN {_THESE}", stories)

    def remove_pages(self, page_ids: Collection[int], now: datetime) -> None:
        """Remove pages that were given up, and leave their tombstones. What was kept of them is taken out before."""
        facts = {"ids": _json(page_ids), "now": to_text(now)}
        self._db.execute(f"INSERT OR IGNORE INTO pruned (key, at) SELECT key, :now FROM pages WHERE id IN {_THESE}", facts)
        self._db.execute(f"DELETE FROM pages WHERE id IN {_THESE}", facts)

    def remove_records(self, table: str, before: datetime, limit: int) -> int:
        """Remove at most so many old records of that table; how many went."""
        chosen = f"SELECT id FROM {table} WHERE {_RECORDS[table]} LIMIT :limit"
        facts = {**_facts(before), "limit": limit}
        return self._db.execute(f"DELETE FROM {table} WHERE id IN ({chosen})", facts).rowcount

    def tidy_index(self, table: str, *, begin: bool) -> bool:
        """Write a few hundred pages of a full-text index anew, without what was taken out of it; whether there is more to do.

        What was taken out goes on taking room until then (https://www.sqlite.org/fts5.html#the_merge_command).
        """
        before = self._db.conn.total_changes
        pages = -_INDEX_PAGES if begin else _INDEX_PAGES
        self._db.execute(f"INSERT INTO {table}_index ({table}_index, rank) VALUES ('merge', ?)", [pages])
        return self._db.conn.total_changes - before >= 2

    def _bury(self, article_ids: Collection[int], now: datetime) -> None:
        """Remember every address of these articles: their own, that of their pages, and what they were first seen at."""
        facts = {"ids": _json(article_ids)}
        rows = self._db.execute(
            f"SELECT canonical_url, id, url FROM articles WHERE id IN {_THESE} UNION ALL"
            f" SELECT key, article_id, NULL FROM pages WHERE article_id IN {_THESE} AND comment_kind IS NULL",
            facts,
        ).fetchall()
        keys = {row[0]: row[1] for row in rows} | {key: row[1] for row in rows if row[2] and (key := key_of(row[2]))}
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO pruned (key, article_id, at) VALUES (?, ?, ?)",
            [(key, article_id, to_text(now)) for key, article_id in keys.items()],
        )

    def _ids(self, sql: str, before: datetime, **more: Any) -> list[int]:
        return [row[0] for row in self._db.execute(sql, {**_facts(before), **more}).fetchall()]


RECORDS = tuple(_RECORDS)
"""The tables whose records go by themselves."""


def _facts(before: datetime) -> dict[str, Any]:
    return {
        "before": to_text(before), "due": DeliveryState.DUE, "digest": DeliveryKind.DIGEST, "running": CrawlOutcome.RUNNING,
        "given_up": PageState.GIVEN_UP,
    }  # fmt: skip


def _aliases() -> str:
    return f"(SELECT id FROM stories WHERE merged_into IN {_THESE})"


def _json(ids: Collection[int]) -> str:
    return json.dumps(list(ids))
