"""Articles, their versions and comments, and the full-text index over them."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.folded import token_string
from storage.identity import count_words, text_hash
from storage.instants import from_text, to_text
from storage.joining import in_order
from storage.models import (
    Article,
    Change,
    Comment,
    CommentOrigin,
    CommentsStatus,
    Extraction,
    PageKind,
    ReadComment,
    Version,
)
from storage.tables.pruned import PrunedTable, Tombstone
from storage.urls import canonical

_ARTICLE = """SELECT a.id, a.url, a.canonical_url, s.name, a.story_id, a.title, a.first_seen, a.last_seen, a.published,
    a.published_evidence, a.modified, a.authors, a.language, a.image, a.tags, a.kind, a.news,
    (SELECT count(*) FROM versions v WHERE v.article_id = a.id), (SELECT count(*) FROM comments c WHERE c.article_id = a.id),
    a.comment_count, a.comments_status, a.comments_platform, a.paywalled
    FROM articles a JOIN sources s ON s.id = a.source_id"""
_AT_ONCE = 500  # ids in one statement


class ArticleTable:
    """The SQL of articles, versions, comments and documents."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- reading

    def by_id(self, article_id: int) -> Article:
        """The article; raises NotFoundError."""
        for article in self._articles("WHERE a.id = ?", [article_id]):
            return article
        if gone := PrunedTable(self._db).by_article(article_id):
            raise NotFoundError(_pruned(f"{article_id} ({gone.key})", gone))
        raise NotFoundError(f"no article has the id {article_id}; see `nightdesk search`")

    def by_canonical(self, key: str) -> Article | None:
        """The article with that canonical URL, the newest of those that followed each other there, or None."""
        found = next(iter(self._articles("WHERE a.canonical_url = ?", [key])), None)
        return None if found is None else self.newest(found.id)

    def newest(self, article_id: int) -> Article:
        """The article, or the one that took its place at its address."""
        row = self._db.execute("SELECT replaced_by FROM articles WHERE id = ?", [article_id]).fetchone()
        return self.by_id(article_id) if row is None or row[0] is None else self.newest(row[0])

    def get(self, name: str) -> Article:
        """The article that a person means by an id or a URL; raises NotFoundError."""
        if name.isdecimal() and len(name) < 19:  # what an id of SQLite can be
            return self.by_id(int(name))
        try:
            key = canonical(name)
        except ValueError:
            raise NotFoundError(f"{name!r} is neither an article's id nor its URL; see `nightdesk search`") from None
        by_page = "WHERE a.id = (SELECT article_id FROM pages WHERE key = ?)"
        for article in (*self._articles("WHERE a.canonical_url = ?", [key]), *self._articles(by_page, [key])):
            return self.newest(article.id)
        if gone := PrunedTable(self._db).by_key(key):
            raise NotFoundError(_pruned(name, gone))
        raise NotFoundError(f"no article with the URL {name} is stored; see `nightdesk search`")

    def since(self, first_seen: datetime | None, after: int, limit: int, source_id: int | None = None) -> list[Article]:
        """Articles (of one source) first seen since then (None: all), with ids above `after`, in the order they came."""
        return self._articles(
            "WHERE a.id > ? AND a.first_seen >= ? AND (? IS NULL OR a.source_id = ?) ORDER BY a.id LIMIT ?",
            [after, to_text(first_seen) or "", source_id, source_id, limit],
        )

    def by_ids(self, ids: Collection[int]) -> dict[int, Article]:
        """The articles with these ids, those that there are."""
        wanted, found = list(ids), {}
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            rows = self._articles(f"WHERE a.id IN ({', '.join('?' * len(some))})", some)
            found.update({article.id: article for article in rows})
        return found

    def urls(self, ids: Collection[int]) -> dict[int, str]:
        """The addresses of these articles, in the order in which they came."""
        rows = self._db.execute(
            "SELECT a.id, a.url FROM json_each(?) w JOIN articles a ON a.id = w.value ORDER BY a.id", [json.dumps(list(ids))]
        ).fetchall()
        return dict(rows)

    def versions(self, article_id: int) -> list[Version]:
        """All versions, the first first."""
        rows = self._db.execute(
            "SELECT article_id, number, title, text, seen, id, lead, reader, change, returns FROM versions"
            " WHERE article_id = ? ORDER BY number",
            [article_id],
        ).fetchall()
        return [_version(row) for row in rows]

    def current(self, article_id: int) -> Version:
        """The newest version."""
        row = self._db.execute(
            "SELECT v.article_id, v.number, v.title, v.text, v.seen, v.id, v.lead, v.reader, v.change, v.returns"
            " FROM articles a JOIN versions v ON v.id = a.version_id WHERE a.id = ?",
            [article_id],
        ).fetchone()
        return _version(row)

    def comments(self, article_id: int) -> list[Comment]:
        """The comments under an article: each followed by its answers, by time where that is known, else as they were seen."""
        rows = self._db.execute(
            "SELECT id, article_id, key, text, first_seen, parent_key, author, published, permalink, capture_id, origin"
            " FROM comments WHERE article_id = ? ORDER BY id",
            [article_id],
        ).fetchall()
        comments = [_comment(row) for row in rows]
        return in_order([(each.key, each.parent_key, each) for each in comments], lambda each: each.published)

    def counts(self) -> dict[str, int]:
        """How many articles, versions, comments and stories are stored."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM versions), (SELECT count(*) FROM comments),"
            " (SELECT count(*) FROM stories WHERE merged_into IS NULL)"
        ).fetchone()
        return dict(zip(("articles", "versions", "comments", "stories"), row, strict=True))

    # --- writing

    def add(
        self, read: Extraction, *, key: str, url: str, site: str, source_id: int, story_id: int, news: bool, now: datetime
    ) -> int:
        """Store a new article without its first version; its id."""
        row = self._db.execute(
            "INSERT INTO articles (canonical_url, url, site, source_id, story_id, first_seen, last_seen, news, title, kind,"
            " comments_status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [key, url, site, source_id, story_id, to_text(now), to_text(now), int(news), read.title or "", read.kind,
             read.comments_status],
        ).fetchone()  # fmt: skip
        self.describe(row[0], read, now)
        return int(row[0])

    def describe(self, article_id: int, read: Extraction, now: datetime) -> None:
        """Write what the newest reading says of an article; what it does not say stays as it was known."""
        self._db.execute(
            "UPDATE articles SET last_seen = ?, title = coalesce(nullif(?, ''), title), published = coalesce(?, published),"
            " published_evidence = coalesce(?, published_evidence), modified = coalesce(?, modified),"
            " authors = coalesce(?, authors), language = coalesce(?, language), site_name = coalesce(?, site_name),"
            " image = coalesce(?, image), tags = coalesce(?, tags), kind = ?, paywalled = ?,"
            " comment_count = coalesce(?, comment_count), comments_status = coalesce(?, comments_status),"
            " comments_platform = coalesce(?, comments_platform) WHERE id = ?",
            [to_text(now), read.title, to_text(read.published), read.published_evidence, to_text(read.modified),
             _list(read.authors), read.language, read.site_name, read.image, _list(read.tags), read.kind, int(read.paywalled),
             read.comment_count, None if read.comments_status is CommentsStatus.UNKNOWN else read.comments_status,
             read.comments_platform, article_id],
        )  # fmt: skip

    def rename(self, article_id: int, key: str) -> None:
        """Give an article another canonical URL."""
        self._db.execute("UPDATE articles SET canonical_url = ? WHERE id = ?", [key, article_id])

    def replace(self, article_id: int, by: int) -> None:
        """Another article has taken the address of this one."""
        self._db.execute("UPDATE articles SET replaced_by = ? WHERE id = ?", [by, article_id])

    def came_back(self, article_id: int, title: str | None, words: str) -> int | None:
        """Who had a version of this title (None: any) and these words: it is current again, and counted.

        It is the article itself, or one that it took the place of at its address; None: neither had it.
        """
        row = self._db.execute(
            "WITH RECURSIVE chain (id) AS (SELECT ? UNION SELECT a.id FROM articles a JOIN chain c ON a.replaced_by = c.id)"
            " SELECT id, article_id FROM versions WHERE text_hash = ? AND coalesce(title = ?, 1)"
            " AND article_id IN (SELECT id FROM chain)"
            " ORDER BY article_id = ? DESC, id DESC LIMIT 1",
            [article_id, text_hash(words), title, article_id],
        ).fetchone()
        if row is None:
            return None
        self._db.execute("UPDATE versions SET returns = returns + 1 WHERE id = ?", [row[0]])
        self._db.execute("UPDATE articles SET version_id = ?, words = ? WHERE id = ?", [row[0], count_words(words), row[1]])
        return int(row[1])

    def add_version(
        self,
        article_id: int,
        read: Extraction,
        words: str,
        *,
        change: Change | None,
        now: datetime,
        quiet: bool,
        reader: str | None = None,
    ) -> int:
        """Store the next version, not yet matched, and index it; its number. `words`: its folded tokens joined by blanks."""
        row = self._db.execute(
            "INSERT INTO versions (article_id, number, title, lead, text, text_hash, words, seen, quiet, reader, change)"
            " SELECT :article, coalesce(max(number), 0) + 1, :title, :lead, :text, :hash, :words, :now, :quiet, :reader,"
            " :change FROM versions WHERE article_id = :article RETURNING id, number",
            {"article": article_id, "title": read.title or "", "lead": read.lead, "text": read.text, "hash": text_hash(words),
             "words": count_words(words), "now": to_text(now), "quiet": int(quiet), "reader": reader, "change": change},
        ).fetchone()  # fmt: skip
        self._db.execute("UPDATE articles SET version_id = ?, words = ? WHERE id = ?", [row[0], count_words(words), article_id])
        self._db.execute(
            "INSERT INTO versions_index (rowid, title, body) VALUES (?, ?, ?)", [row[0], token_string(read.title or ""), words]
        )
        return int(row[1])

    def add_comment(
        self,
        article_id: int,
        comment: ReadComment,
        *,
        key: str,
        now: datetime,
        quiet: bool,
        origin: CommentOrigin = CommentOrigin.PAGE,
    ) -> bool:
        """Store a comment that is not there yet, not yet matched, and index it; False when it was known."""
        row = self._db.execute(
            "INSERT INTO comments (article_id, key, parent_key, author, published, text, permalink, first_seen, quiet,"
            " origin) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            [article_id, key, comment.parent_id, comment.author, to_text(comment.published), comment.text,
             comment.permalink, to_text(now), int(quiet), origin],
        ).fetchone()  # fmt: skip
        if row is None:
            return False
        self._db.execute("INSERT INTO comments_index (rowid, comment) VALUES (?, ?)", [row[0], token_string(comment.text)])
        return True

    def _articles(self, rest: str, parameters: Sequence[Any]) -> list[Article]:
        return [_article(row) for row in self._db.execute(f"{_ARTICLE} {rest}", parameters).fetchall()]


def _pruned(name: str, gone: Tombstone) -> str:
    """What is told to whoever asks for an article that went."""
    return (
        f"the article {name} was pruned at {gone.at:%Y-%m-%d %H:%MZ}, for its age: its text and what was told of it are gone,"
        " and it will not be fetched again; a backup from before has it"
    )


def _list(values: Sequence[str]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def _article(row: tuple[Any, ...]) -> Article:
    return Article(
        id=row[0], url=row[1], canonical_url=row[2], source=row[3], story_id=row[4], title=row[5], first_seen=from_text(row[6]),
        last_seen=from_text(row[7]), published=from_text(row[8]), published_evidence=row[9], modified=from_text(row[10]),
        authors=tuple(json.loads(row[11])), language=row[12], image=row[13], tags=tuple(json.loads(row[14])),
        kind=PageKind(row[15]), news=bool(row[16]), versions=row[17], comments=row[18], comment_count=row[19],
        comments_status=CommentsStatus(row[20]), comments_platform=row[21], paywalled=bool(row[22]),
    )  # fmt: skip


def _version(row: tuple[Any, ...]) -> Version:
    return Version(
        row[0], row[1], row[2], row[3], from_text(row[4]), row[5], row[6], row[7], Change(row[8]) if row[8] else None, row[9]
    )


def _comment(row: tuple[Any, ...]) -> Comment:
    return Comment(
        id=row[0], article_id=row[1], key=row[2], text=row[3], first_seen=from_text(row[4]), parent_key=row[5], author=row[6],
        published=from_text(row[7]), permalink=row[8], capture_id=row[9], origin=CommentOrigin(row[10]),
    )  # fmt: skip
