"""What is known of comments beside their text: how much better a reading was, and where we were refused a list of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database as Connection

from storage.folded import token_string
from storage.instants import from_text, to_text
from storage.models import Comment, CommentOrigin, CommentSourceKind, CommentsStatus


@dataclass(frozen=True, slots=True)
class Refusal:
    """A source's host that does not give us lists of comments of this kind; not asked again before `until`."""

    host: str
    kind: CommentSourceKind
    until: datetime
    reason: str


class CommentTable:
    """The SQL of comments that were read more than once, and of refusals."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def change(self, comment: Comment) -> None:
        """Write what another reading knew better of a stored comment; where its words changed, rules read it again."""
        row = self._db.execute("SELECT text FROM comments WHERE id = ?", [comment.id]).fetchone()
        before = token_string(row[0])
        after = token_string(comment.text)
        self._db.execute(
            "UPDATE comments SET text = ?, parent_key = ?, author = ?, published = ?, permalink = ?, origin = ?,"
            " unmatched = CASE WHEN ? THEN 1 ELSE unmatched END WHERE id = ?",
            [comment.text, comment.parent_key, comment.author, to_text(comment.published), comment.permalink,
             comment.origin, before != after, comment.id],
        )  # fmt: skip
        if before != after:  # the index holds no text of its own: it must be told what to forget
            self._db.execute(
                "INSERT INTO comments_index (comments_index, rowid, comment) VALUES ('delete', ?, ?)", [comment.id, before]
            )
            self._db.execute("INSERT INTO comments_index (rowid, comment) VALUES (?, ?)", [comment.id, after])

    def settle(self, article_id: int, *, platform: str | None = None) -> None:
        """Let an article of which a feed told comments say so: `served`, and as many at least as are stored."""
        self._db.execute(
            "UPDATE articles SET comment_count = max(coalesce(comment_count, 0), stored.n), comments_status = :served,"
            " comments_platform = CASE WHEN comments_status = :served THEN coalesce(comments_platform, :platform)"
            " ELSE coalesce(:platform, comments_platform) END"
            " FROM (SELECT count(*) AS n FROM comments WHERE article_id = :article) AS stored"
            " WHERE id = :article AND EXISTS (SELECT 1 FROM comments WHERE article_id = :article AND origin <> :page)",
            {"article": article_id, "served": CommentsStatus.SERVED, "page": CommentOrigin.PAGE, "platform": platform},
        )

    def refuse(self, source_id: int, refusal: Refusal) -> None:
        """Remember that a host of a source gives us no such lists."""
        self._db.execute(
            "INSERT INTO comment_refusals (source_id, host, kind, until, reason) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET until = excluded.until, reason = excluded.reason",
            [source_id, refusal.host, refusal.kind, to_text(refusal.until), refusal.reason],
        )

    def refusals(self, source_id: int, now: datetime) -> list[Refusal]:
        """Where a source's lists of comments are not asked for now, and why."""
        rows = self._db.execute(
            "SELECT host, kind, until, reason FROM comment_refusals WHERE source_id = ? AND until > ? ORDER BY host, kind",
            [source_id, to_text(now)],
        ).fetchall()
        return [Refusal(row[0], CommentSourceKind(row[1]), from_text(row[2]), row[3]) for row in rows]
