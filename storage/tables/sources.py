"""Sources and their crawls: the first durable hand-off, a source that is due."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError, UsageError
from storage.instants import from_text, to_text
from storage.models import CommentFeeds, Crawl, CrawlOutcome, Keep, Lateness, Looks, Schedule, Source

_COLUMNS = (
    "id, name, home_url, sites, tags, every, cron, zone, paused, added, due, last_crawl, last_success, error_streak,"
    " last_error, declared_in, keep, comment_feeds, country, looks, looks_skipped, pages_per_day"
)

_ON_TIME = Lateness()


class SourceTable:
    """The SQL of sources and crawls."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    def add(self, source: Source) -> Source:
        """Store a new source; raises UsageError when the name is taken."""
        if self.find(source.name):
            raise UsageError(f"a source named {source.name!r} is there already; choose another name with --name")
        row = self._db.execute(
            "INSERT INTO sources (name, home_url, sites, tags, every, cron, zone, paused, added, due, declared_in,"
            " keep, comment_feeds, country, looks, pages_per_day) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (name) DO UPDATE SET removed = NULL, home_url = excluded.home_url,"
            " sites = excluded.sites, tags = excluded.tags, every = excluded.every,"
            " cron = excluded.cron, zone = excluded.zone, paused = excluded.paused, added = excluded.added, due = excluded.due,"
            " declared_in = excluded.declared_in, keep = excluded.keep, comment_feeds = excluded.comment_feeds,"
            " country = excluded.country, looks = excluded.looks, looks_skipped = 0, pages_per_day = excluded.pages_per_day,"
            " error_streak = 0, last_error = NULL, last_crawl = NULL RETURNING id",
            [source.name, source.home_url, *_shape(source), int(source.paused), to_text(source.added),
             to_text(source.due), source.declared_in, source.keep, source.comment_feeds, source.country, source.looks,
             source.pages_per_day],
        ).fetchone()  # fmt: skip
        return self.by_id(row[0])

    def change(self, source: Source) -> None:
        """Write what a person may change of a source, and when it is due."""
        self._db.execute(
            "UPDATE sources SET home_url = ?, sites = ?, tags = ?, every = ?, cron = ?, zone = ?, due = ?, declared_in = ?,"
            " keep = ?, comment_feeds = ?, country = ?, looks = ?, pages_per_day = ? WHERE id = ?",
            [
                source.home_url,
                *_shape(source),
                to_text(source.due),
                source.declared_in,
                source.keep,
                source.comment_feeds,
                source.country,
                source.looks,
                source.pages_per_day,
                source.id,
            ],
        )

    def find(self, name: str) -> Source | None:
        """The source of that name that is watched, or None."""
        return next(iter(self._select("WHERE name = ? AND removed IS NULL", [name])), None)

    def get(self, name: str) -> Source:
        """The source of that name; raises NotFoundError, naming the nearest ones."""
        found = self.find(name)
        if found is None:
            known = ", ".join(each.name for each in self.all()[:8]) or "none yet"
            raise NotFoundError(f"no source is named {name!r} (known: {known}); see `nightdesk source list`")
        return found

    def by_id(self, source_id: int) -> Source:
        """The source with that id; raises NotFoundError."""
        for source in self._select("WHERE id = ?", [source_id]):
            return source
        raise NotFoundError(f"source {source_id} was removed")

    def all(self) -> list[Source]:
        """All sources by name."""
        return self._select("WHERE removed IS NULL ORDER BY name")

    def due(self, now: datetime, limit: int = -1) -> list[Source]:
        """Sources that are due and that no living process is visiting, the longest overdue first."""
        return self._select(
            "WHERE paused = 0 AND removed IS NULL AND due <= ? AND lease_owner IS NULL ORDER BY due, id LIMIT ?",
            [to_text(now), limit],
        )

    def next_due(self, after: datetime) -> datetime | None:
        """The first due time after that instant; None: nothing is due then."""
        row = self._db.execute(
            "SELECT min(due) FROM sources WHERE paused = 0 AND removed IS NULL AND due > ?", [to_text(after)]
        ).fetchone()
        found: str | None = row[0]
        return from_text(found)

    def remove(self, source_id: int, now: datetime) -> None:
        """Stop watching a source for good. What it brought stays in the archive."""
        self._db.execute(
            "UPDATE sources SET removed = ?, due = NULL, declared_in = NULL WHERE id = ?", [to_text(now), source_id]
        )
        self._db.execute("UPDATE pages SET due = NULL WHERE source_id = ?", [source_id])
        self._db.execute("DELETE FROM vitals WHERE source_id = ?", [source_id])
        self._db.execute("DELETE FROM source_days WHERE source_id = ?", [source_id])
        self._db.execute("UPDATE episodes SET ended = ? WHERE source_id = ? AND ended IS NULL", [to_text(now), source_id])
        self._db.execute("DELETE FROM source_feeds WHERE source_id = ?", [source_id])
        self._db.execute("DELETE FROM feeds WHERE id NOT IN (SELECT feed_id FROM source_feeds)")

    def pause(self, source_id: int, *, paused: bool) -> None:
        """Stop or go on watching a source."""
        self._db.execute("UPDATE sources SET paused = ? WHERE id = ?", [int(paused), source_id])

    def set_due(self, source_id: int, due: datetime | None) -> None:
        """When the source is to be visited next."""
        self._db.execute("UPDATE sources SET due = ? WHERE id = ?", [to_text(due), source_id])

    # --- crawls

    def skip_looks(self, source_id: int, count: int) -> None:
        """So many looks at its articles were not had in time."""
        self._db.execute("UPDATE sources SET looks_skipped = looks_skipped + ? WHERE id = ?", [count, source_id])

    def claim(self, source_id: int, *, until: float) -> bool:
        """Take the source for one visit, until `finish` or `until`; False when another process has it."""
        changed = self._db.execute(
            "UPDATE sources SET lease_owner = ?, lease_machine = ? WHERE id = ? AND lease_owner IS NULL",
            [self._owner, until, source_id],
        )
        return changed.rowcount == 1

    def start(
        self, source_id: int, now: datetime, trigger: str, *, due: datetime | None = None, lateness: Lateness = _ON_TIME
    ) -> int:
        """Record that a visit has begun, for which due time, and how late; its crawl id.

        Visits whose process died are closed as interrupted.
        """
        self._db.execute(
            "UPDATE crawls SET outcome = ?, ended = ? WHERE ended IS NULL"
            " AND id = (SELECT max(id) FROM crawls WHERE source_id = ?)",
            [CrawlOutcome.INTERRUPTED, to_text(now), source_id],  # each start does: only the newest can be open
        )
        row = self._db.execute(
            "INSERT INTO crawls (source_id, started, trigger, outcome, due, late, missed) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            [source_id, to_text(now), trigger, CrawlOutcome.RUNNING, to_text(due), lateness.seconds, lateness.missed],
        ).fetchone()
        return int(row[0])

    def count(self, crawl_id: int, *, entries: int, pages: int) -> None:
        """Add what one feed brought to its crawl."""
        self._db.execute("UPDATE crawls SET entries = entries + ?, pages = pages + ? WHERE id = ?", [entries, pages, crawl_id])

    def finish(
        self, crawl_id: int, source: Source, *, now: datetime, outcome: CrawlOutcome, reason: str | None, due: datetime | None
    ) -> None:
        """Close a visit: its outcome, the source's health, and when it is due next. Frees the lease."""
        good = outcome in (CrawlOutcome.OK, CrawlOutcome.PARTIAL)
        self._db.execute(
            "UPDATE crawls SET ended = ?, outcome = ?, reason = ? WHERE id = ?", [to_text(now), outcome, reason, crawl_id]
        )
        self._db.execute(
            "UPDATE sources SET due = ?, last_crawl = ?,"
            " last_success = CASE WHEN ? THEN ? ELSE last_success END,"
            " error_streak = CASE WHEN ? THEN 0 ELSE error_streak + 1 END, last_error = ?,"
            " lease_owner = NULL, lease_machine = NULL WHERE id = ?",
            [to_text(due), to_text(now), good, to_text(now), good, reason, source.id],
        )

    def release(self, source_id: int) -> None:
        """Give back a claimed source without a visit: it stays due."""
        self._db.execute(
            "UPDATE sources SET lease_owner = NULL, lease_machine = NULL WHERE id = ? AND lease_owner = ?",
            [source_id, self._owner],
        )

    def crawls(self, source_id: int, limit: int = 10) -> list[Crawl]:
        """The newest visits to a source."""
        return self._crawls("WHERE c.source_id = ? ORDER BY c.id DESC LIMIT ?", [source_id, limit])

    def last_crawls(self) -> dict[int, Crawl]:
        """The newest visit to each source, by the source's id."""
        rows = self._db.execute("SELECT source_id, max(id) FROM crawls GROUP BY source_id").fetchall()
        sources = {row[1]: row[0] for row in rows}
        found = self._crawls("WHERE c.id IN (SELECT max(id) FROM crawls GROUP BY source_id)", [])
        return {sources[each.id]: each for each in found}

    def replan(self, source_id: int, *, expected: datetime, due: datetime) -> bool:
        """Move a due time, unless a visit has done so meanwhile, or is about to; whether it was moved."""
        changed = self._db.execute(
            "UPDATE sources SET due = ? WHERE id = ? AND due = ? AND lease_owner IS NULL",
            [to_text(due), source_id, to_text(expected)],
        )
        return changed.rowcount == 1

    def _crawls(self, rest: str, parameters: Sequence[Any]) -> list[Crawl]:
        rows = self._db.execute(
            "SELECT c.id, s.name, c.started, c.ended, c.outcome, c.reason, c.trigger, c.entries, c.pages, c.due, c.late,"
            f" c.missed FROM crawls c JOIN sources s ON s.id = c.source_id {rest}",
            parameters,
        ).fetchall()
        return [
            Crawl(
                id=row[0], source=row[1], started=from_text(row[2]), ended=from_text(row[3]), outcome=CrawlOutcome(row[4]),
                reason=row[5], trigger=row[6], entries=row[7], pages=row[8], due=from_text(row[9]),
                lateness=Lateness(row[10], row[11]),
            )
            for row in rows
        ]  # fmt: skip

    def _select(self, rest: str, parameters: Sequence[Any] = ()) -> list[Source]:
        rows: Iterable[tuple[Any, ...]] = self._db.execute(f"SELECT {_COLUMNS} FROM sources {rest}", parameters).fetchall()
        return [_source(row) for row in rows]


def _shape(source: Source) -> tuple[str, str, float | None, str | None, str]:
    schedule = source.schedule
    every = 0.0 if schedule.adaptive else schedule.every  # the table wants either an interval or a cron expression
    return json.dumps(source.sites), json.dumps(source.tags), every, schedule.cron, schedule.zone


def _schedule(every: float | None, cron: str | None, zone: str) -> Schedule:
    return Schedule(every or None, cron, zone, adaptive=every == 0)


def _source(row: tuple[Any, ...]) -> Source:
    return Source(
        id=row[0], name=row[1], home_url=row[2], sites=tuple(json.loads(row[3])), tags=tuple(json.loads(row[4])),
        schedule=_schedule(*row[5:8]), paused=bool(row[8]), added=from_text(row[9]), due=from_text(row[10]),
        last_crawl=from_text(row[11]), last_success=from_text(row[12]), error_streak=row[13], last_error=row[14],
        declared_in=row[15], keep=Keep(row[16]), comment_feeds=CommentFeeds(row[17]) if row[17] else None,
        country=row[18], looks=Looks(row[19]) if row[19] else None, looks_skipped=row[20], pages_per_day=row[21],
    )  # fmt: skip
