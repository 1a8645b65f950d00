"""Related stories: articles of different stories that report one event. A soft layer: of alerts, only what a channel asks for.

Kept for ever is which article is in which group, one row each. All else lives for a window of days, so neither work nor
room grow with the archive; `related_terms` alone outlives it, and has an end (`storage.likeness.relating.BUCKETS`).
"""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database as Connection

from storage.instants import to_text
from storage.likeness.relating import Choice, Group, Sketch, Terms, articles_known, choose, pack, read_terms, sketch, unpack
from storage.likeness.series import Sent, Timing, sent_of, timing
from storage.models import Article
from storage.tables.articles import ArticleTable

WINDOW = timedelta(days=3)  # between two reports of one event, and from a group's first to its last
_LOOKED_AT = 50  # the newest articles of a term
_POSTINGS_SHARED = 2
_CANDIDATES = 12
_MEMBERS = 12  # of a group that a new article is compared with: the first, and the newest
_EXPIRED_AT_ONCE = 3  # one comes in at a time, so what expired while nothing ran is caught up with
_EVERYTHING_COUNTED = 2_000  # articles of a language; from then on
_COUNTED = 4  # one in so many is: shares stay, and rows are written more rarely


class RelatedTable:
    """The SQL of groups of related stories, and of what is compared to find them."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def place(self, article_id: int, title: str, text: str, *, site: str, sent: Sent, now: datetime) -> None:
        """Put a newly stored article that began a story into a group, if it reports an event that another one does."""
        at = min(sent.at, now)
        terms = read_terms(title, text)
        having = self._having(terms)
        new = sketch(terms, having)
        self._forget(now - WINDOW)
        if choice := choose(new, self._groups(new, at, site, sent)):
            self._join(article_id, choice)
        self._remember(article_id, new, at, now)
        if articles_known(having) < _EVERYTHING_COUNTED or article_id % _COUNTED == 0:
            self._count(terms)

    def forget(self, article_ids: Collection[int]) -> None:
        """These articles are compared with nothing any more."""
        self._remove(
            self._db.execute(
                "SELECT article_id, sketch FROM related_sketches WHERE article_id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(article_ids))],
            ).fetchall()
        )

    def of_story(self, story_id: int) -> list[Article]:
        """Articles of other stories that report an event which this story reports, the first first; no copies of it."""
        rows = self._db.execute(
            "SELECT other.article_id FROM related_members other JOIN articles a ON a.id = other.article_id"
            " WHERE other.group_id IN (SELECT m.group_id FROM articles own JOIN related_members m ON m.article_id = own.id"
            " WHERE own.story_id = :story) AND a.story_id <> :story AND NOT EXISTS (SELECT 1 FROM articles own"
            " JOIN relations r ON r.article_id = own.id WHERE own.story_id = :story AND r.other_id = a.id)"
            " ORDER BY a.first_seen, a.id",
            {"story": story_id},
        ).fetchall()
        articles = ArticleTable(self._db)
        return [articles.by_id(row[0]) for row in rows]

    def stories(self, story_id: int, *, outlets: int = 1) -> dict[int, int]:
        """The other stories that report an event which this one reports, if so many outlets carry them; and how many do."""
        rows = self._db.execute(
            "WITH found AS MATERIALIZED (SELECT DISTINCT a.story_id FROM articles own"
            " JOIN related_members m ON m.article_id = own.id JOIN related_members other ON other.group_id = m.group_id"
            " JOIN articles a ON a.id = other.article_id WHERE own.story_id = ?1 AND a.story_id <> ?1)"
            " SELECT c.story_id, count(DISTINCT c.site) FROM found CROSS JOIN articles c ON c.story_id = found.story_id"
            " GROUP BY c.story_id HAVING count(*) >= ?2 AND count(DISTINCT c.site) >= ?2",
            [story_id, outlets],
        ).fetchall()
        return dict(rows)

    def _having(self, terms: Terms) -> dict[int, int]:
        """How many of the counted articles have each of these terms."""
        rows = self._db.execute(
            "SELECT term, articles FROM related_terms WHERE term IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(terms.factors))],
        )
        return dict(rows.fetchall())

    def _count(self, terms: Terms) -> None:
        self._db.conn.executemany(
            "INSERT INTO related_terms (term, articles) VALUES (?, 1) ON CONFLICT DO UPDATE SET articles = articles + 1",
            [(term,) for term in sorted(terms.factors)],
        )

    def _groups(self, new: Sketch, at: datetime, site: str, sent: Sent) -> list[Group]:
        """The groups, and articles without one, that share most terms with a sketch, and are near enough in time."""
        found: Counter[int] = Counter()
        for term in new.posted():
            rows = self._db.execute(
                "SELECT article_id FROM related_postings WHERE term = ? ORDER BY article_id DESC LIMIT ?", [term, _LOOKED_AT]
            )
            found.update(row[0] for row in rows.fetchall())
        several = [each for each, terms in found.items() if terms >= _POSTINGS_SHARED]
        nearest = sorted(several, key=lambda each: (-found[each], -each))[:_CANDIDATES]
        heads = self._db.execute(
            "SELECT head.article_id, head.sketch, max(m.group_id IS NOT NULL), a.site = :site, a.url, a.published,"
            " a.first_seen FROM related_sketches s"
            " LEFT JOIN related_members m ON m.article_id = s.article_id"
            " JOIN related_sketches head ON head.article_id = coalesce(m.group_id, s.article_id)"
            " LEFT JOIN articles a ON a.id = head.article_id"
            " WHERE s.article_id IN (SELECT value FROM json_each(:near))"
            " AND head.at BETWEEN :first AND :last GROUP BY head.article_id",
            {"site": site, "near": json.dumps(nearest), "first": to_text(at - WINDOW), "last": to_text(at + WINDOW)},
        ).fetchall()
        near = [row[:3] for row in heads if not row[3] or timing(sent, sent_of(*row[4:])) is not Timing.APART]
        return [Group(head, [unpack(packed), *(self._newest(head) if grown else ())]) for head, packed, grown in near]

    def _newest(self, group_id: int) -> list[Sketch]:
        """The newest members of a group but the one it began with; that one is near in time, so the group is no chain."""
        rows = self._db.execute(
            "SELECT s.sketch FROM related_members m JOIN related_sketches s ON s.article_id = m.article_id"
            " WHERE m.group_id = ? AND m.article_id <> m.group_id ORDER BY m.article_id DESC LIMIT ?",
            [group_id, _MEMBERS - 1],
        )
        return [unpack(row[0]) for row in rows.fetchall()]

    def _join(self, article_id: int, choice: Choice) -> None:
        self._db.conn.executemany(
            "INSERT OR REPLACE INTO related_members (article_id, group_id, likeness) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(choice.group_id, choice.group_id, 1.0), (article_id, choice.group_id, choice.likeness)],
        )

    def _remember(self, article_id: int, new: Sketch, at: datetime, now: datetime) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO related_sketches (article_id, seen, at, sketch) VALUES (?, ?, ?, ?)",
            [article_id, to_text(now), to_text(at), pack(new)],
        )
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO related_postings (term, article_id) VALUES (?, ?)",
            [(term, article_id) for term in new.posted()],
        )

    def _forget(self, before: datetime) -> None:
        """Remove the oldest sketches, if they were first seen before."""
        rows = self._db.execute(
            "SELECT article_id, sketch FROM (SELECT article_id, seen, sketch FROM related_sketches ORDER BY article_id LIMIT ?)"
            " WHERE seen < ?",
            [_EXPIRED_AT_ONCE, to_text(before)],
        ).fetchall()
        self._remove(rows)

    def _remove(self, sketches: Sequence[tuple[int, bytes]]) -> None:
        """Remove sketches, each with its article's id, and their postings."""
        for article_id, packed in sketches:
            self._db.conn.executemany(
                "DELETE FROM related_postings WHERE term = ? AND article_id = ?",
                [(term, article_id) for term in unpack(packed).posted()],
            )
            self._db.execute("DELETE FROM related_sketches WHERE article_id = ?", [article_id])
