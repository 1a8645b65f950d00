"""Stories: the articles that carry the same text, and how each relates to the others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Article, Carrier, Link, Relation, Story
from storage.tables.articles import ArticleTable


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
        self._db.conn.executemany(
            "INSERT INTO relations (article_id, other_id, relation, share_of_this, share_of_other) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET relation = excluded.relation, share_of_this = excluded.share_of_this,"
            " share_of_other = excluded.share_of_other",
            rows,
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
        """The articles of a story, the one it began with first; each with its relation to that one, or else to its earliest."""
        rows = self._db.execute(
            "SELECT a.id, s.first_article_id, r.relation, r.other_id, r.share_of_this, r.share_of_other"
            " FROM articles a JOIN stories s ON s.id = a.story_id"
            " LEFT JOIN relations r ON r.article_id = a.id AND r.other_id = s.first_article_id WHERE a.story_id = ?"
            " ORDER BY a.id <> s.first_article_id, a.first_seen, a.id",
            [story_id],
        ).fetchall()
        articles = ArticleTable(self._db).by_ids([row[0] for row in rows])
        carriers = []
        for article_id, first_id, *related in rows:
            if article_id == first_id:
                carriers.append(Carrier(articles[article_id], Relation.FIRST))
                continue
            found = related if related[0] is not None else self._earliest(article_id, story_id)
            carriers.append(_carrier(articles[article_id], found))
        return carriers

    def _earliest(self, article_id: int, story_id: int) -> Sequence[Any]:
        """The relation of an article to the earliest article of its story that it has one to."""
        row = self._db.execute(
            "SELECT r.relation, r.other_id, r.share_of_this, r.share_of_other FROM relations r"
            " JOIN articles a ON a.id = r.other_id WHERE r.article_id = ? AND a.story_id = ?"
            " ORDER BY a.first_seen, a.id LIMIT 1",
            [article_id, story_id],
        ).fetchone()
        return row or (Relation.COPY, None, None, None)

    def relations_to(self, article_id: int) -> dict[int, Carrier]:
        """The articles that have a relation to this one, of any story, by id."""
        rows = self._db.execute(
            "SELECT article_id, relation, other_id, share_of_this, share_of_other FROM relations WHERE other_id = ?",
            [article_id],
        ).fetchall()
        articles = ArticleTable(self._db).by_ids([row[0] for row in rows])
        return {row[0]: _carrier(articles[row[0]], row[1:]) for row in rows}

    def beside(self, story_id: int, limit: int = 200) -> list[Carrier]:
        """Articles of other stories that share text with this one: those with most of it first, each once."""
        rows = self._db.execute(
            "SELECT r.article_id, r.relation, r.other_id, r.share_of_this, r.share_of_other FROM articles mine"
            " JOIN relations r ON r.other_id = mine.id JOIN articles a ON a.id = r.article_id"
            " WHERE mine.story_id = ? AND a.story_id <> mine.story_id"
            " ORDER BY r.share_of_other DESC, r.share_of_this DESC, r.article_id, r.other_id",
            [story_id],
        ).fetchall()
        best: dict[int, Sequence[Any]] = {}
        for article_id, *related in rows:
            best.setdefault(article_id, related)
        chosen = list(best.items())[:limit]
        articles = ArticleTable(self._db).by_ids([article_id for article_id, _ in chosen])
        return [_carrier(articles[article_id], related) for article_id, related in chosen]

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

    def outlets(self, story_id: int, as_of: datetime | None = None) -> int:
        """How many sites carry the story, or carried it then."""
        row = self._db.execute(
            "SELECT count(DISTINCT site) FROM articles WHERE story_id = ?1 AND (?2 IS NULL OR first_seen <= ?2)",
            [story_id, to_text(as_of)],
        ).fetchone()
        return int(row[0])

    def _uid(self, article_id: int) -> str:
        row = self._db.execute("SELECT canonical_url FROM articles WHERE id = ?", [article_id]).fetchone()
        return str(row[0]) if row else f"article-{article_id}"


def _carrier(article: Article, related: Sequence[Any]) -> Carrier:
    """A carrier of a relation, the other's id, the share of this and the share of the other."""
    return Carrier(article, Relation(related[0]), other_id=related[1], of_this=related[2], of_other=related[3])


def _mirrored(relation: Relation) -> Relation:
    """What the other article is to this one."""
    return {Relation.EXCERPT: Relation.CONTAINS, Relation.CONTAINS: Relation.EXCERPT}.get(relation, relation)
