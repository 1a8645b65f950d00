"""Stories: the articles that carry the same text, and how each relates to the others."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.articles import ArticleTable
from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Carrier, Link, Relation, Story


class StoryTable:
    """The SQL of stories and relations."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, title: str, now: datetime) -> int:
        """Store a new story; its id."""
        row = self._db.execute("INSERT INTO stories (title, first_seen) VALUES (?, ?) RETURNING id", [title, to_text(now)])
        return int(row.fetchone()[0])

    def found(self, story_id: int, article_id: int) -> None:
        """The article is the one that the story began with."""
        self._db.execute("UPDATE stories SET first_article_id = ? WHERE id = ?", [article_id, story_id])

    def relate(self, article_id: int, links: Sequence[Link]) -> None:
        """Store what an article is to others, and what they are to it."""
        if not links:
            return
        rows = [(article_id, each.other_id, each.relation, each.of_this, each.of_other) for each in links]
        rows += [(each.other_id, article_id, _mirrored(each.relation), each.of_other, each.of_this) for each in links]
        self._db.execute(
            "INSERT INTO relations (article_id, other_id, relation, share_of_this, share_of_other)"
            " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true"
            " ON CONFLICT DO UPDATE SET relation = excluded.relation, share_of_this = excluded.share_of_this,"
            " share_of_other = excluded.share_of_other",
            [json.dumps(rows)],
        )

    def unrelate(self, article_id: int) -> None:
        """Forget what the article's text was to others."""
        self._db.execute("DELETE FROM relations WHERE article_id = ?", [article_id])
        self._db.execute("DELETE FROM relations WHERE other_id = ?", [article_id])

    def members(self, story_id: int, limit: int) -> list[int]:
        """The ids of the articles of a story, the first that came first."""
        rows = self._db.execute("SELECT id FROM articles WHERE story_id = ? ORDER BY id LIMIT ?", [story_id, limit]).fetchall()
        return [row[0] for row in rows]

    def first(self, story_id: int) -> int | None:
        """The id of the article that the story began with."""
        row = self._db.execute("SELECT first_article_id FROM stories WHERE id = ?", [story_id]).fetchone()
        return None if row is None else row[0]

    def merge(self, story_id: int, into: int) -> None:
        """Give a story's articles to another one; the story itself stays as another name of that one."""
        self._db.execute("UPDATE articles SET story_id = ? WHERE story_id = ?", [into, story_id])
        self._db.execute("UPDATE stories SET merged_into = ? WHERE merged_into = ? OR id = ?", [into, story_id, story_id])

    def related(self, article_id: int) -> list[tuple[str, Relation, float, float]]:
        """Other articles that share text with this one: URL, relation, share of this, share of the other."""
        rows = self._db.execute(
            "SELECT a.url, r.relation, r.share_of_this, r.share_of_other FROM relations r JOIN articles a ON a.id = r.other_id"
            " WHERE r.article_id = ? ORDER BY a.id",
            [article_id],
        ).fetchall()
        return [(row[0], Relation(row[1]), row[2], row[3]) for row in rows]

    def get(self, story_id: int) -> Story:
        """The story with its carriers, the first first, following the alias of a merged one; raises NotFoundError."""
        row = self._db.execute(
            "SELECT id, title, first_article_id, first_seen, merged_into FROM stories WHERE id = ?", [story_id]
        ).fetchone()
        if row is None:
            raise NotFoundError(f"no story has the id {story_id}; see `nightdesk story list`")
        if row[4] is not None:
            return self.get(row[4])
        return Story(row[0], self._uid(row[2]), row[1], from_text(row[3]), tuple(self.carriers(story_id)))

    def carriers(self, story_id: int) -> list[Carrier]:
        """The articles of a story, the one it began with first."""
        rows = self._db.execute(
            "SELECT a.id, s.first_article_id FROM articles a JOIN stories s ON s.id = a.story_id WHERE a.story_id = ?"
            " ORDER BY a.id <> s.first_article_id, a.first_seen, a.id",
            [story_id],
        ).fetchall()
        articles = ArticleTable(self._db)
        return [Carrier(articles.by_id(row[0]), Relation.FIRST if row[0] == row[1] else Relation.COPY) for row in rows]

    def all(self, limit: int) -> list[tuple[int, str, datetime, int]]:
        """The newest stories: id, title, first seen, and how many articles carry each."""
        rows = self._db.execute(
            "SELECT s.id, s.title, s.first_seen, (SELECT count(*) FROM articles a WHERE a.story_id = s.id) FROM stories s"
            " WHERE s.merged_into IS NULL ORDER BY s.id DESC LIMIT ?",
            [limit],
        ).fetchall()
        return [(row[0], row[1], from_text(row[2]), row[3]) for row in rows]

    def uid(self, story_id: int) -> str:
        """What names the story for ever: the canonical URL of the article it began with."""
        row = self._db.execute("SELECT first_article_id FROM stories WHERE id = ?", [story_id]).fetchone()
        return self._uid(row[0])

    def outlets(self, story_id: int) -> int:
        """How many sites carry the story."""
        row = self._db.execute("SELECT count(DISTINCT site) FROM articles WHERE story_id = ?", [story_id]).fetchone()
        return int(row[0])

    def _uid(self, article_id: int) -> str:
        row = self._db.execute("SELECT canonical_url FROM articles WHERE id = ?", [article_id]).fetchone()
        return str(row[0]) if row else f"article-{article_id}"


def _mirrored(relation: Relation) -> Relation:
    """What the other article is to this one."""
    return {Relation.EXCERPT: Relation.CONTAINS, Relation.CONTAINS: Relation.EXCERPT}.get(relation, relation)
