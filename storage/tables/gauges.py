"""How things stand, in numbers: what stats, doctor and the metrics read, in one pass over small indexes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import ChannelKind, DeliveryState, PageState
from storage.tables.channels import ChannelTable
from storage.tables.meta import MetaTable
from storage.tables.websub import WebsubTable


@dataclass(frozen=True, slots=True)
class Gauge:
    """A number, or one for each combination of words: its name in base units, and what it says."""

    name: str
    help: str
    values: Mapping[tuple[str, ...], float]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How far behind things are. Ages are in seconds of the calendar; None: there is none."""

    oldest_delivery: float | None  # since it was due
    oldest_page: float | None  # since it was due
    newest_crawl: float | None  # since a visit ended well
    unmatched: int
    pages_due: int
    overdue: int  # sources
    database_bytes: int
    free_bytes: int
    wal_bytes: int
    articles_a_day: float  # of the last seven days
    bytes_a_day: float | None  # an estimate: what an article takes, times those
    oldest_article: float | None  # since the first one came


class GaugeTable:
    """The SQL of what is counted at each scrape. It counts what waits by partial indexes, and the rest by whole tables."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def standing(self, now: datetime) -> Standing:
        """How far behind things are at `now`."""
        at = to_text(now)
        size, free = MetaTable(self._db).room()
        articles = int(self._one("SELECT count(*) FROM articles"))
        week = int(self._one("SELECT count(*) FROM articles WHERE first_seen >= ?", to_text(now - timedelta(days=7))))
        return Standing(
            oldest_delivery=self._age(now, "SELECT min(due) FROM deliveries WHERE state = 'due' AND due <= ?", at),
            oldest_page=self._age(now, f"SELECT min(due) FROM pages WHERE due IS NOT NULL AND due <= ? AND {_WATCHED}", at),
            newest_crawl=self._age(now, "SELECT max(last_success) FROM sources WHERE removed IS NULL"),
            unmatched=int(self._one("SELECT (SELECT count(*) FROM versions WHERE unmatched = 1) + "
                                    "(SELECT count(*) FROM comments WHERE unmatched = 1)")),
            pages_due=int(self._one(f"SELECT count(*) FROM pages WHERE due IS NOT NULL AND due <= ? AND {_WATCHED}", at)),
            overdue=int(self._one("SELECT count(*) FROM sources WHERE paused = 0 AND removed IS NULL AND due <= ?", at)),
            database_bytes=size, free_bytes=free, wal_bytes=self._wal_bytes(),
            articles_a_day=week / 7, bytes_a_day=(size - free) / articles * week / 7 if articles else None,
            oldest_article=self._age(now, "SELECT min(first_seen) FROM articles"),
        )  # fmt: skip

    def all(self, now: datetime) -> list[Gauge]:
        """Every gauge at `now`."""
        stand = self.standing(now)
        leased = int(self._one("SELECT count(*) FROM pages WHERE due IS NOT NULL AND lease_owner IS NOT NULL"))
        articles, stories, alerts = self._db.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM stories WHERE merged_into IS NULL),"
            " (SELECT count(*) FROM alerts)"
        ).fetchone()
        plain: dict[str, tuple[str, float | None]] = {
            "sources_overdue": ("Sources whose due time has passed.", stand.overdue),
            "pages_due": ("Pages that are to be fetched now.", stand.pages_due),
            "pages_leased": ("Pages that a process is working on.", leased),
            "documents_unmatched": ("Versions and comments that no rule has read yet.", stand.unmatched),
            "articles_stored": ("Articles in the archive.", articles),
            "stories_stored": ("Stories in the archive.", stories),
            "alerts_stored": ("Alerts in the archive.", alerts),
            "delivery_oldest_due_seconds": (
                "How long the oldest delivery has been due; 0: none is.",
                stand.oldest_delivery or 0,
            ),
            "page_oldest_due_seconds": ("How long the oldest page has been due; 0: none is.", stand.oldest_page or 0),
            "last_success_age_seconds": ("Since a visit to any source ended well.", stand.newest_crawl),
            "database_bytes": ("Size of the database.", stand.database_bytes),
            "database_free_bytes": ("What of it is free for new rows.", stand.free_bytes),
            "database_wal_bytes": ("Size of the -wal file beside it.", stand.wal_bytes),
        }
        found = [Gauge(name, text, {(): float(value)}) for name, (text, value) in plain.items() if value is not None]
        return [*found, self._sources(), self._pages(), self._deliveries(), self._breakers(), self._hubs()]

    def _sources(self) -> Gauge:
        states = dict.fromkeys(("well", "failing", "paused"), 0.0)
        rows = self._db.execute(
            "SELECT CASE WHEN paused THEN 'paused' WHEN error_streak > 0 THEN 'failing' ELSE 'well' END, count(*)"
            " FROM sources WHERE removed IS NULL GROUP BY 1"
        ).fetchall()
        return Gauge("sources", "Sources, by state.", _by_word(states | dict(rows)), ("state",))

    def _pages(self) -> Gauge:
        rows = self._db.execute("SELECT state, count(*) FROM pages WHERE comment_kind IS NULL GROUP BY state").fetchall()
        return Gauge("pages", "Pages, by state.", _by_word(dict.fromkeys(map(str, PageState), 0) | dict(rows)), ("state",))

    def _deliveries(self) -> Gauge:
        rows = self._db.execute(
            "SELECT c.kind, d.state, count(*) FROM deliveries d JOIN channels c ON c.id = d.channel_id GROUP BY 1, 2"
        ).fetchall()
        values: dict[tuple[str, ...], float] = {(str(kind), str(state)): 0.0 for kind in ChannelKind for state in DeliveryState}
        values.update({(kind, state): float(count) for kind, state, count in rows})
        return Gauge("deliveries_stored", "Deliveries, by kind of channel and state.", values, ("channel_kind", "state"))

    def _breakers(self) -> Gauge:
        open_ones = Counter(str(each.kind) for each in ChannelTable(self._db).all() if each.opened is not None)
        values = _by_word({str(kind): open_ones[kind] for kind in ChannelKind})
        return Gauge("channels_open", "Channels whose circuit breaker is open, by kind.", values, ("channel_kind",))

    def _hubs(self) -> Gauge:
        return Gauge("hubs", "Feeds that name a hub, by state.", _by_word(WebsubTable(self._db).counts()), ("state",))

    def _wal_bytes(self) -> int:
        """The size of the -wal file: 0 where there is none."""
        file = self._one("SELECT file FROM pragma_database_list WHERE name = 'main'")
        try:
            return Path(f"{file}-wal").stat().st_size
        except OSError:
            return 0

    def _age(self, now: datetime, sql: str, *parameters: Any) -> float | None:
        found = self._one(sql, *parameters)
        return None if found is None else max(0.0, (now - from_text(str(found))).total_seconds())

    def _one(self, sql: str, *parameters: Any) -> Any:
        return self._db.execute(sql, list(parameters)).fetchone()[0]


def _by_word(counts: Mapping[str, float]) -> dict[tuple[str, ...], float]:
    return {(word,): float(count) for word, count in counts.items()}


_WATCHED = "source_id NOT IN (SELECT id FROM sources WHERE paused = 1 OR removed IS NOT NULL)"
