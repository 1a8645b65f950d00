"""Captures: pages' answers as they were received, for sources that keep them. Equal bodies are stored once."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError, StorageError
from storage.instants import from_text, to_text
from storage.models import PageState, Reason
from storage.payloads import Capture, digest_of, pack, unpack

_SELECT = """SELECT c.id, c.url, c.final_url, c.status, c.headers, c.fetched, c.source_id, c.protocol, c.ip, p.digest, p.size,
    c.page_id, c.article_id, c.version_id, c.refused FROM captures c JOIN payloads p ON p.id = c.payload_id"""
_LITTLE = 0.5  # of the room that the earlier state takes: beyond it, a body is packed by itself
# Captures that gave no article, of pages that nobody will fetch again.
_REFUSED = "c.article_id IS NULL AND g.article_id IS NULL AND g.state = ?"


class CaptureTable:
    """The SQL of captures and payloads."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- writing

    def add(self, capture: Capture, body: bytes) -> int:
        """Store a capture, and its body unless an equal one is there; its id."""
        row = self._db.execute(
            "INSERT INTO captures (source_id, page_id, article_id, version_id, refused, url, final_url, status, protocol,"
            " headers, ip, fetched, payload_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [capture.source_id, capture.page_id, capture.article_id, capture.version_id, capture.refused, capture.url,
             capture.final_url, capture.status, capture.protocol, json.dumps(capture.headers), capture.ip,
             to_text(capture.fetched), self._payload(body, capture.page_id)],
        ).fetchone()  # fmt: skip
        return int(row[0])

    def attach(self, capture_id: int, article_id: int, version_id: int) -> None:
        """The capture gave this article, and was read as this version of it."""
        self._db.execute(
            "UPDATE captures SET article_id = ?, version_id = ?, refused = NULL WHERE id = ?",
            [article_id, version_id, capture_id],
        )

    def credit(self, capture_id: int, article_id: int, keys: Sequence[str], now: datetime) -> None:
        """Comments with these keys that came just `now` were read from this capture's page."""
        self._db.execute(
            "UPDATE comments SET capture_id = ? WHERE article_id = ? AND first_seen = ?"
            " AND key IN (SELECT value FROM json_each(?))",
            [capture_id, article_id, to_text(now), json.dumps(keys)],
        )

    def drop_of(self, article_ids: Collection[int], page_ids: Collection[int]) -> int:
        """Remove the captures of these articles and pages, and every body that no capture has any more; how many captures."""
        rows = self._db.execute(
            "DELETE FROM captures WHERE article_id IN (SELECT value FROM json_each(?))"
            " OR page_id IN (SELECT value FROM json_each(?)) RETURNING payload_id",
            [json.dumps(list(article_ids)), json.dumps(list(page_ids))],
        ).fetchall()
        bodies = json.dumps(sorted({row[0] for row in rows}))
        gone = (
            "DELETE FROM payloads WHERE id IN ({}) AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.payload_id = payloads.id)"
            " AND NOT EXISTS (SELECT 1 FROM payloads b WHERE b.base_id = payloads.id) RETURNING base_id"
        )
        these = "SELECT value FROM json_each(?)"
        bases = [row[0] for row in self._db.execute(gone.format(these), [bodies]).fetchall() if row[0] is not None]
        again = json.dumps([*bases, *json.loads(bodies)])  # what others were packed against goes after them
        self._db.execute(gone.format(these), [again]).fetchall()
        return len(rows)

    # --- reading

    def body(self, capture_id: int) -> bytes:
        """The body of a capture; raises StorageError when it can't be unpacked, or is not what it was."""
        row = self._db.execute(
            "SELECT p.body, b.body, p.digest FROM captures c JOIN payloads p ON p.id = c.payload_id"
            " LEFT JOIN payloads b ON b.id = p.base_id WHERE c.id = ?",
            [capture_id],
        ).fetchone()
        if row is None:
            raise NotFoundError(f"no capture has the id {capture_id}")
        try:
            body = unpack(row[0], unpack(row[1]) if row[1] is not None else b"")
        except ValueError:
            body = None
        if body is None or digest_of(body) != row[2]:
            raise StorageError(f"the body of capture {capture_id} is damaged; restore a backup")
        return body

    def of_article(self, article_id: int) -> list[Capture]:
        """The captures that gave an article, the first first."""
        return self._select("WHERE c.article_id = ? ORDER BY c.id", [article_id])

    def refused_of(self, page_id: int) -> Capture | None:
        """The newest capture of a page that was refused."""
        return next(
            iter(self._select("WHERE c.page_id = ? AND c.article_id IS NULL ORDER BY c.id DESC LIMIT 1", [page_id])), None
        )

    def since(self, fetched: datetime | None, after: int, limit: int, source_id: int | None = None) -> list[Capture]:
        """Captures (of one source) fetched since then (None: all), with ids above `after`, in the order they came."""
        return self._select(
            "WHERE c.id > ? AND c.fetched >= ? AND (? IS NULL OR c.source_id = ?) ORDER BY c.id LIMIT ?",
            [after, to_text(fetched) or "", source_id, source_id, limit],
        )

    def articles(self, first_seen: datetime | None, after: int, limit: int, source_id: int | None = None) -> list[int]:
        """Ids above `after` of articles that have captures, in the order the articles came."""
        rows = self._db.execute(
            "SELECT id FROM articles a WHERE id > ? AND first_seen >= ? AND EXISTS (SELECT 1 FROM captures c"
            " WHERE c.article_id = a.id AND (? IS NULL OR c.source_id = ?)) ORDER BY id LIMIT ?",
            [after, to_text(first_seen) or "", source_id, source_id, limit],
        ).fetchall()
        return [row[0] for row in rows]

    def refused_pages(self, first_seen: datetime | None, after: int, limit: int, source_id: int | None = None) -> list[int]:
        """Ids above `after` of pages that were given up and have captures, none of which gave an article."""
        rows = self._db.execute(
            f"SELECT DISTINCT g.id FROM pages g JOIN captures c ON c.page_id = g.id WHERE g.id > ? AND g.first_seen >= ?"
            f" AND (? IS NULL OR c.source_id = ?) AND {_REFUSED} ORDER BY g.id LIMIT ?",
            [after, to_text(first_seen) or "", source_id, source_id, PageState.GIVEN_UP, limit],
        ).fetchall()
        return [row[0] for row in rows]

    def counts(self) -> dict[str, int]:
        """How many captures and bodies are kept, and the bodies' bytes before and after compression."""
        row = self._db.execute(
            "SELECT (SELECT count(*) FROM captures), count(*), coalesce(sum(size), 0), coalesce(sum(length(body)), 0)"
            " FROM payloads"
        ).fetchone()
        return dict(zip(("captures", "payloads", "bytes", "packed"), row, strict=True))

    def _payload(self, body: bytes, page_id: int | None) -> int:
        """The id of this body, stored now unless it is there; against an earlier state of its page, where that saves room."""
        digest = digest_of(body)
        known = self._db.execute("SELECT id FROM payloads WHERE digest = ?", [digest]).fetchone()
        if known is not None:
            return int(known[0])
        base_id, packed = self._packed_against_earlier(body, page_id)
        row = self._db.execute(
            "INSERT INTO payloads (digest, size, body, base_id) VALUES (?, ?, ?, ?) RETURNING id",
            [digest, len(body), packed or pack(body), base_id],
        ).fetchone()
        return int(row[0])

    def _packed_against_earlier(self, body: bytes, page_id: int | None) -> tuple[int | None, bytes]:
        """The newest body of the page that has no base itself, and what distinguishes this one, if that is little."""
        row = self._db.execute(
            "SELECT p.id, p.body FROM captures c JOIN payloads p ON p.id = c.payload_id"
            " WHERE c.page_id = ? AND p.base_id IS NULL ORDER BY c.id DESC LIMIT 1",
            [page_id],
        ).fetchone()
        if row is None:
            return None, b""
        try:
            packed = pack(body, unpack(row[1]))
        except ValueError:  # damaged: nothing may be built on it
            return None, b""
        return (row[0], packed) if len(packed) < len(row[1]) * _LITTLE else (None, b"")

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Capture]:
        return [_capture(row) for row in self._db.execute(f"{_SELECT} {rest}", parameters).fetchall()]


def _capture(row: tuple[Any, ...]) -> Capture:
    return Capture(
        id=row[0], url=row[1], final_url=row[2], status=row[3],
        headers=tuple((name, value) for name, value in json.loads(row[4])),
        fetched=from_text(row[5]), source_id=row[6], protocol=row[7], ip=row[8], digest=row[9], size=row[10], page_id=row[11],
        article_id=row[12], version_id=row[13], refused=Reason(row[14]) if row[14] else None,
    )  # fmt: skip
