"""How sources fare: the facts, day by day and as they stand, the judgement, and the times in which they were dark."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import CrawlOutcome, Episode, HealthState, Reason, SourceDay, Trouble, Vitals
from storage.vitals import CaughtUp, Increments, LanguageRun, joined, matters

_FACTS = (
    "watched, failing, failed, failures, failure, newest, size, empty, beside, refused, walls, refusing, accepted, languages"
)
_INSTANTS = ("watched", "failing", "failed", "newest", "empty", "refusing", "since", "audited", "learned")
_AHEAD = " OR ".join([*(f"{name} > :latest" for name in _INSTANTS), "look > :look"])
_TOLERANCE, _LONGEST_LOOK = timedelta(minutes=5), timedelta(days=2)  # ahead of now: of facts, and of the next judgement
_JUDGED = "state, trouble, since, why, look, missed"
_COLUMNS = f"source_id, change, {_FACTS}, {_JUDGED}, audited"
_EPISODE = "SELECT id, source_id, trouble, since, told, why, ended FROM episodes"
_NETWORK = (Reason.UNREACHABLE, Reason.TIMEOUT)  # what a fault of our own connection looks like


class HealthTable:
    """The SQL of vitals, days of sources, and episodes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- facts

    def vitals(self, source_id: int) -> Vitals:
        """How the source fares; nothing is known of one that was never visited."""
        return self.of_sources([source_id]).get(source_id, Vitals(source_id))

    def of_sources(self, source_ids: Sequence[int] | None = None) -> dict[int, Vitals]:
        """How these sources fare (None: all), those of which something is known."""
        scope = "" if source_ids is None else "WHERE source_id IN (SELECT value FROM json_each(?))"
        values = [] if source_ids is None else [json.dumps(list(source_ids))]
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM vitals {scope}", values).fetchall()
        return {row[0]: _vitals(row) for row in rows}

    def record(self, source_id: int, fact: Callable[[Vitals], tuple[Vitals, Increments]], now: datetime) -> Vitals:
        """Add a fact (see `storage.vitals`); the source is judged soon if it may mean that something is, or was, amiss."""
        before = self.vitals(source_id)
        after, days = fact(before)
        if matters(before, after):
            after = replace(after, look=now)
        self._save(replace(after, change=before.change + 1))
        for increment in days.values():
            self._add(source_id, increment)
        return after

    def _save(self, vitals: Vitals) -> None:
        marks = ", ".join("?" * 14)
        self._db.execute(
            f"INSERT INTO vitals (source_id, change, {_FACTS}, look) VALUES (?, ?, {marks}, ?)"
            f" ON CONFLICT (source_id) DO UPDATE SET ({_FACTS}, change, look) ="
            f" ({', '.join('excluded.' + name.strip() for name in _FACTS.split(','))}, excluded.change, excluded.look)",
            [vitals.source_id, vitals.change, to_text(vitals.watched), to_text(vitals.failing), to_text(vitals.failed),
             vitals.failures, vitals.failure, to_text(vitals.newest), vitals.size, to_text(vitals.empty), vitals.beside,
             vitals.refused, vitals.walls, to_text(vitals.refusing), vitals.accepted,
             json.dumps([[each.language, to_text(each.last), each.run, each.longest] for each in vitals.languages]),
             to_text(vitals.look)],
        )  # fmt: skip

    def _add(self, source_id: int, increment: SourceDay) -> None:
        known = self.days(source_id, increment.day, until=increment.day)
        day = joined(known[0], increment) if known else increment
        self._db.execute(
            "INSERT INTO source_days (source_id, day, listed, watched, stored, refused, walls, languages)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET listed = excluded.listed,"
            " watched = excluded.watched, stored = excluded.stored, refused = excluded.refused, walls = excluded.walls,"
            " languages = excluded.languages",
            [source_id, day.day.isoformat(), _short(day.listed), _short(day.watched), day.stored, day.refused, day.walls,
             json.dumps(day.languages)],
        )  # fmt: skip

    def days(self, source_id: int, since: date, *, until: date | None = None) -> list[SourceDay]:
        """What the days of a source came to, from that one on, in their order."""
        rows = self._db.execute(
            "SELECT day, listed, watched, stored, refused, walls, languages FROM source_days"
            " WHERE source_id = ? AND day >= ? AND day <= ? ORDER BY day",
            [source_id, since.isoformat(), (until or date.max).isoformat()],
        ).fetchall()
        return [
            SourceDay(
                date.fromisoformat(row[0]), tuple(json.loads(row[1])), tuple(json.loads(row[2])), row[3], row[4], row[5],
                json.loads(row[6]),
            )
            for row in rows
        ]  # fmt: skip

    def visits(self, source_id: int, since: datetime, limit: int) -> list[tuple[datetime, bool]]:
        """The newest visits to a source since then that came to an end, the oldest first: when, and whether it failed."""
        rows = self._db.execute(
            "SELECT started, outcome IN (?, ?) FROM crawls WHERE source_id = ? AND started >= ? AND outcome NOT IN (?, ?)"
            " ORDER BY id DESC LIMIT ?",
            [CrawlOutcome.FAILED, CrawlOutcome.KILLED, source_id, to_text(since), CrawlOutcome.RUNNING,
             CrawlOutcome.INTERRUPTED, limit],
        ).fetchall()  # fmt: skip
        return [(at, bool(row[1])) for row in reversed(rows) if (at := from_text(row[0])) is not None]

    def listed_at_first(self, source_id: int) -> list[datetime]:
        """The dates of what a source's feeds listed when they were first read."""
        rows = self._db.execute(
            "SELECT dated FROM pages WHERE source_id = ? AND backlog AND dated IS NOT NULL", [source_id]
        ).fetchall()
        return [each for (text,) in rows if (each := from_text(text)) is not None]

    def forget(self, before: date) -> int:
        """Drop what is known of older days; how many days of sources that was."""
        return self._db.execute("DELETE FROM source_days WHERE day < ?", [before.isoformat()]).rowcount

    # --- judged

    def due(self, now: datetime, limit: int) -> list[Vitals]:
        """The sources that are to be judged by now, the longest due first; paused ones are not."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM vitals WHERE look <= ? AND source_id IN (SELECT id FROM sources WHERE paused = 0"
            " AND removed IS NULL) ORDER BY look LIMIT ?",
            [to_text(now), limit],
        ).fetchall()
        return [_vitals(row) for row in rows]

    def ahead(self, now: datetime) -> int:
        """Of how many sources facts lie ahead, or the next judgement further than any does: by a clock that was wrong."""
        return int(self._db.execute(f"SELECT count(*) FROM vitals WHERE {_AHEAD}", _limits(now)).fetchone()[0])

    def pull(self, now: datetime) -> int:
        """Have facts that lie ahead be of now, and their sources judged; of how many."""
        sober = ", ".join(f"{name} = CASE WHEN {name} > :latest THEN :now ELSE {name} END" for name in _INSTANTS)
        return self._db.execute(
            f"UPDATE vitals SET {sober}, look = :now, missed = NULL, change = change + 1 WHERE {_AHEAD}", _limits(now)
        ).rowcount

    def judged(self, before: Vitals, after: Vitals) -> bool:
        """Write a judgement; False, and nothing is written, when there are newer facts than it was made from."""
        changed = self._db.execute(
            "UPDATE vitals SET state = ?, trouble = ?, since = ?, why = ?, look = ?, missed = ?"
            " WHERE source_id = ? AND change = ? AND state = ?",
            [after.state, after.trouble, to_text(after.since), after.why, to_text(after.look), to_text(after.missed),
             before.source_id, before.change, before.state],
        )  # fmt: skip
        return changed.rowcount == 1

    def rhythm(self, source_id: int) -> tuple[str | None, datetime | None]:
        """What is usual for a source, as it was learnt, and when."""
        row = self._db.execute("SELECT rhythm, learned FROM vitals WHERE source_id = ?", [source_id]).fetchone()
        return (None, None) if row is None else (row[0], from_text(row[1]))

    def learned(self, source_id: int, rhythm: str, now: datetime) -> None:
        """Keep what is usual for a source."""
        self._db.execute("UPDATE vitals SET rhythm = ?, learned = ? WHERE source_id = ?", [rhythm, to_text(now), source_id])

    def audited(self, source_id: int, now: datetime | None) -> None:
        """The second route of a source was visited, or looked for; None: it is to be visited at once."""
        self._db.execute(
            "INSERT INTO vitals (source_id, audited) VALUES (?, ?) ON CONFLICT DO UPDATE SET audited = excluded.audited",
            [source_id, to_text(now)],
        )

    # --- episodes

    def begin(self, source_id: int | None, trouble: Trouble, since: datetime, now: datetime, why: str) -> int:
        """An episode is told of; its id."""
        row = self._db.execute(
            "INSERT INTO episodes (source_id, trouble, since, told, why) VALUES (?, ?, ?, ?, ?) RETURNING id",
            [source_id, trouble, to_text(since), to_text(now), why],
        ).fetchone()
        return int(row[0])

    def end(self, episode_id: int, now: datetime) -> None:
        """It is over."""
        self._db.execute("UPDATE episodes SET ended = ? WHERE id = ? AND ended IS NULL", [to_text(now), episode_id])

    def episode(self, source_id: int | None) -> Episode | None:
        """The episode that goes on: of a source, or of the desk itself (None)."""
        return next(iter(self._episodes("WHERE source_id IS ? AND ended IS NULL ORDER BY id DESC LIMIT 1", [source_id])), None)

    def episodes(self, source_id: int | None, limit: int = 20) -> list[Episode]:
        """The newest episodes: of a source, or of the desk itself (None)."""
        return self._episodes("WHERE source_id IS ? ORDER BY id DESC LIMIT ?", [source_id, limit])

    def reach(self, since: datetime) -> tuple[int, int, datetime | None]:
        """Of the sources visited since then: how many answered, how many did not at all, and since when the last of these."""
        row = self._db.execute(
            "SELECT total(v.failures = 0 AND v.watched >= :since), total(v.failures > 0 AND v.failed >= :since AND"
            " v.failure IN (:one, :two)), max(CASE WHEN v.failures > 0 AND v.failure IN (:one, :two) THEN v.failing END)"
            " FROM vitals v JOIN sources s ON s.id = v.source_id WHERE s.paused = 0 AND s.removed IS NULL",
            {"since": to_text(since), "one": _NETWORK[0], "two": _NETWORK[1]},
        ).fetchone()
        return int(row[0]), int(row[1]), from_text(row[2])

    def hurry(self, now: datetime) -> None:
        """The desk reaches the world again: sources that could not be reached are visited at once, and judged then."""
        self._db.execute(
            "UPDATE sources SET due = ? WHERE due > ? AND paused = 0 AND removed IS NULL AND id IN"
            " (SELECT source_id FROM vitals WHERE failures > 0 AND failure IN (?, ?))",
            [to_text(now), to_text(now), *_NETWORK],
        )

    def revive(self, source_id: int, since: datetime, now: datetime) -> int:
        """Have pages that were given up since then tried again: the source can be read again; how many."""
        return self._db.execute(
            "UPDATE pages SET state = 'due', due = ?, attempts = 0, reason = 'retry' WHERE source_id = ? AND first_seen >= ?"
            " AND state = 'given-up' AND comment_kind IS NULL AND error NOT LIKE ? AND error NOT LIKE ?",
            [to_text(now), source_id, to_text(since), f"{Reason.BACKLOG}:%", f"{Reason.LEFT_SITE}:%"],
        ).rowcount

    def came(self, source_id: int, since: datetime, *, again: int, earlier: int) -> CaughtUp:
        """How what a source has listed since then stands now; so many of it, and of what it listed earlier, were `revive`d."""
        row = self._db.execute(
            "SELECT count(*), count(article_id), total(article_id IS NULL AND state = 'due') FROM pages"
            " WHERE source_id = ? AND first_seen >= ? AND comment_kind IS NULL",
            [source_id, to_text(since)],
        ).fetchone()
        return CaughtUp(int(row[0]), int(row[1]), int(row[2]), again, earlier)

    def _episodes(self, rest: str, values: Sequence[Any]) -> list[Episode]:
        return [
            Episode(row[0], row[1], Trouble(row[2]), from_text(row[3]), from_text(row[4]), row[5], from_text(row[6]))
            for row in self._db.execute(f"{_EPISODE} {rest}", values).fetchall()
        ]


def _short(values: Sequence[float]) -> str:
    return json.dumps([int(each) if each == int(each) else round(each, 3) for each in values], separators=(",", ":"))


def _vitals(row: tuple[Any, ...]) -> Vitals:
    return Vitals(
        source_id=row[0], change=row[1], watched=from_text(row[2]), failing=from_text(row[3]), failed=from_text(row[4]),
        failures=row[5], failure=Reason(row[6]) if row[6] else None, newest=from_text(row[7]), size=row[8],
        empty=from_text(row[9]), beside=row[10], refused=row[11], walls=row[12], refusing=from_text(row[13]),
        accepted=row[14],
        languages=tuple(LanguageRun(each[0], from_text(each[1]), each[2], each[3]) for each in json.loads(row[15])),
        state=HealthState(row[16]), trouble=Trouble(row[17]) if row[17] else None, since=from_text(row[18]), why=row[19],
        look=from_text(row[20]), missed=from_text(row[21]), audited=from_text(row[22]),
    )  # fmt: skip


def _limits(now: datetime) -> dict[str, str | None]:
    return {"now": to_text(now), "latest": to_text(now + _TOLERANCE), "look": to_text(now + _LONGEST_LOOK)}
