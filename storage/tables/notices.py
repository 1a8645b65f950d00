"""Notices: what the desk's owner must know about the desk itself."""

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import Notice, Severity


class NoticeTable:
    """The SQL of notices."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(self, notice: Notice) -> Notice | None:
        """Store a notice; as it is then, or None where one of that uid is there already."""
        row = self._db.execute(
            "INSERT INTO notices (uid, title, detail, created, severity) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
            " RETURNING id",
            [notice.uid, notice.title, notice.detail, to_text(notice.created), notice.severity],
        ).fetchone()
        return None if row is None else self.get(row[0])

    def get(self, notice_id: int) -> Notice:
        """The notice; raises NotFoundError."""
        row = self._db.execute(
            "SELECT uid, title, detail, created, id, severity FROM notices WHERE id = ?", [notice_id]
        ).fetchone()
        if row is None:
            raise NotFoundError(f"no notice has the id {notice_id}")
        return Notice(row[0], row[1], row[2], from_text(row[3]), row[4], Severity(row[5]))
