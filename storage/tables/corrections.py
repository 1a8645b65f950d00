"""Corrections: what a later reading of kept pages changes, written where it stands. Their index follows."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.folded import token_string
from storage.identity import count_words, text_hash
from storage.instants import from_text, to_text
from storage.models import Comment, CommentsStatus, DocumentKind, Extraction, PageKind, ReadComment, Version

_Columns = tuple[str, str, str]  # title, body, comment


class CorrectionTable:
    """The SQL that corrects articles, versions and comments; `quiet`: rules read it again, and nobody is told."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def facts(self, article_id: int) -> Extraction:
        """What is stored of an article as a whole, as the reading that it was."""
        row = self._db.execute(
            "SELECT url, title, published, published_evidence, modified, authors, language, site_name, image, tags, kind,"
            " paywalled, comment_count, comments_status, comments_platform FROM articles WHERE id = ?",
            [article_id],
        ).fetchone()
        return Extraction(
            url=row[0], title=row[1], published=from_text(row[2]), published_evidence=row[3], modified=from_text(row[4]),
            authors=tuple(json.loads(row[5])), language=row[6], site_name=row[7], image=row[8], tags=tuple(json.loads(row[9])),
            kind=PageKind(row[10]), paywalled=bool(row[11]), comment_count=row[12], comments_status=CommentsStatus(row[13]),
            comments_platform=row[14],
        )  # fmt: skip

    def told(self, article_id: int) -> set[int]:
        """The ids of the article's comments that an alert told of."""
        rows = self._db.execute(
            "SELECT document_id FROM matches WHERE article_id = ? AND document_kind = ? AND alert_id IS NOT NULL",
            [article_id, DocumentKind.COMMENT],
        ).fetchall()
        return {row[0] for row in rows}

    def describe(self, article_id: int, facts: Mapping[str, object]) -> None:
        """Write these facts of an article, by the names of their columns."""
        columns = ", ".join(f"{name} = ?" for name in facts)
        self._db.execute(
            f"UPDATE articles SET {columns} WHERE id = ?", [*(_value(each) for each in facts.values()), article_id]
        )

    def version(self, old: Version, read: Extraction, *, quiet: bool) -> None:
        """Correct a version's title, lead and text."""
        words = token_string(read.text)
        self._db.execute(
            "UPDATE versions SET title = ?, lead = ?, text = ?, text_hash = ?, words = ? WHERE id = ?",
            [read.title or "", read.lead, read.text, text_hash(words), count_words(words), old.id],
        )
        self._db.execute("UPDATE articles SET words = ? WHERE version_id = ?", [count_words(words), old.id])
        self._db.execute(  # a story is named by what began it
            "UPDATE stories SET title = ? WHERE first_article_id = ? AND title = ?",
            [read.title or "", old.article_id, old.title],
        )
        self._reindex("versions", old.id, (old.title, old.text, ""), (read.title or "", read.text, ""))
        self._match_again(DocumentKind.VERSION, old.id, quiet=quiet)

    def read_by(self, version_id: int, reader: str) -> None:
        """Note which version of Nightdesk read a version last."""
        self._db.execute("UPDATE versions SET reader = ? WHERE id = ?", [reader, version_id])

    def comment(self, old: Comment, read: ReadComment, *, quiet: bool) -> None:
        """Correct a comment; it keeps its key."""
        self._db.execute(
            "UPDATE comments SET parent_key = ?, author = ?, published = ?, text = ?, permalink = ? WHERE id = ?",
            [read.parent_id, read.author, to_text(read.published), read.text, read.permalink, old.id],
        )
        if read.text != old.text:
            self._reindex("comments", old.id, ("", "", old.text), ("", "", read.text))
            self._match_again(DocumentKind.COMMENT, old.id, quiet=quiet)

    def drop(self, comment: Comment) -> None:
        """Take out what was no comment."""
        self._forget_matches(DocumentKind.COMMENT, comment.id)
        self._db.execute("DELETE FROM comments WHERE id = ?", [comment.id])
        self._reindex("comments", comment.id, ("", "", comment.text), None)

    def unindex(self, article_id: int) -> None:
        """Take an article's versions and comments out of the full-text indexes: search finds them no more."""
        for row in self._db.execute("SELECT id, title, text FROM versions WHERE article_id = ?", [article_id]).fetchall():
            self._reindex("versions", row[0], (row[1], row[2], ""), None)
        for row in self._db.execute("SELECT id, text FROM comments WHERE article_id = ?", [article_id]).fetchall():
            self._reindex("comments", row[0], ("", "", row[1]), None)

    def _reindex(self, table: str, document_id: int, old: _Columns, new: _Columns | None) -> None:
        """Take a document's old words out of its index, and put the new ones in, if there are any.

        The index holds no text (`content = ''`), so it must be told what to take out. Where that is not what was put in,
        which nothing of ours should lead to, SQLite calls the index damaged: then it is made anew from what is stored.
        """
        remove = f"INSERT INTO {table}_index ({table}_index, rowid, title, body, comment) VALUES ('delete', ?, ?, ?, ?)"
        try:
            with self._db.atomic():
                self._db.execute(remove, [document_id, *map(token_string, old)])
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
                raise
            self._rebuild(table)
            return
        if new is not None:
            self._index(table, document_id, new)

    def _rebuild(self, table: str) -> None:
        """Make the index of a table anew."""
        self._db.execute(f"INSERT INTO {table}_index ({table}_index) VALUES ('delete-all')")
        columns = "title, text, ''" if table == "versions" else "'', '', text"
        for row in self._db.execute(f"SELECT id, {columns} FROM {table}"):
            self._index(table, row[0], row[1:])

    def _index(self, table: str, document_id: int, columns: _Columns) -> None:
        insert = f"INSERT INTO {table}_index (rowid, title, body, comment) VALUES (?, ?, ?, ?)"
        self._db.execute(insert, [document_id, *map(token_string, columns)])

    def _match_again(self, kind: DocumentKind, document_id: int, *, quiet: bool) -> None:
        """Have the rules read a document again. One that they have not read yet stays as loud as it was."""
        table = "versions" if kind is DocumentKind.VERSION else "comments"
        self._forget_matches(kind, document_id)
        self._db.execute(
            f"UPDATE {table} SET quiet = CASE WHEN unmatched = 1 THEN quiet ELSE ? END, unmatched = 1 WHERE id = ?",
            [int(quiet), document_id],
        )

    def _forget_matches(self, kind: DocumentKind, document_id: int) -> None:
        """What nobody was told of is found anew; what somebody was told of stays as it was told."""
        self._db.execute(
            "DELETE FROM matches WHERE document_kind = ? AND document_id = ? AND alert_id IS NULL", [kind, document_id]
        )


def _value(fact: Any) -> str | int | None:
    """A fact as its column holds it."""
    if isinstance(fact, datetime):
        return to_text(fact)
    if isinstance(fact, tuple):
        return json.dumps(fact, ensure_ascii=False)
    return int(fact) if isinstance(fact, bool) else fact
