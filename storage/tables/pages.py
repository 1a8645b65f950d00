"""Pages: one row per address to fetch, from its first listing until its article is stored or given up with a reason.

Retries, looks at known articles, and "crawl now" are the same row with another due time. Where an article's page links a
list of its comments, that has a row too (`comment_kind`), due whenever the page was looked at.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.models import CommentSourceKind, Entry, Page, PageReason, PageState, Reason
from storage.tables.domains import HELD
from storage.tables.hosts import HostTable

_COLUMNS = (
    "id, url, key, host, source_id, state, reason, due, attempts, dated, title, backlog, etag, last_modified,"
    " first_seen, article_id, error, comment_kind, shown, assumed"
)
# A request for an article that is known already.
_IS_LOOK = f"(state = '{PageState.STORED}' AND reason IN ('{PageReason.LOOK}', '{PageReason.RETRY}'))"
# Nobody has it, its domain has not asked us to stay away, and its host's looks have not used up their budget.
_FREE = (
    f"lease_owner IS NULL AND host NOT IN (SELECT host FROM hosts WHERE domain IN ({HELD}))"
    f" AND NOT ({_IS_LOOK} AND host IN (SELECT host FROM hosts WHERE looks_machine > ?))"
)
# News, then looks, then what is old: also the comments on it, which are read when its pages are.
_TURN = f"CASE WHEN backlog AND comment_kind IS NOT NULL THEN 2 WHEN {_IS_LOOK} THEN 1 WHEN backlog THEN 2 ELSE 0 END"

_NO_OTHERS = "AND host NOT IN (SELECT host FROM pages WHERE lease_owner IS NOT NULL AND lease_owner <> ?)"
_NOT_PAUSED = "AND source_id NOT IN (SELECT id FROM sources WHERE paused = 1)"  # unless somebody named the source


@dataclass(frozen=True, slots=True)
class LookBudget:
    """How many looks a host may have: one in `interval`, `at_once` of them after a rest. Real seconds.

    `share`: the real seconds that a look takes of the budget for each second of the calendar that its host wants to lie
    between two requests. So looks are never more than a part of what a host can be asked.
    """

    interval: float = 6.0
    at_once: int = 300
    share: float = 2.0

    def spent(self, machine: float) -> float:
        """Up to where the budget of a host may be used at `machine`."""
        return machine + self.interval * (self.at_once - 1)


class Sighting(Enum):
    """What it is to a feed that it lists a page."""

    FIRST = auto()  # it had not listed it before
    SAME = auto()
    CHANGED = auto()  # its title or date is another one than when the feed last listed it


class PageTable:
    """The SQL of pages and sightings. `machine` and `until` are unix seconds of the machine (leases)."""

    def __init__(self, connection: Connection, owner: str) -> None:
        self._db = connection
        self._owner = owner

    def by_key(self, key: str) -> Page | None:
        """The page with that canonical address, or None."""
        return next(iter(self._select("WHERE key = ?", [key])), None)

    def by_id(self, page_id: int) -> Page | None:
        """The page with that id, or None."""
        return next(iter(self._select("WHERE id = ?", [page_id])), None)

    def add(self, page: Page) -> int:
        """Store a page, due or given up with its reason in `error`; its id."""
        HostTable(self._db, self._owner).know(page.host)
        row = self._db.execute(
            "INSERT INTO pages (key, url, host, source_id, state, reason, due, dated, title, backlog, first_seen, error,"
            " article_id, comment_kind, assumed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [page.key, page.url, page.host, page.source_id, page.state, page.reason, to_text(page.due),
             to_text(page.dated), page.title, int(page.backlog), to_text(page.first_seen), page.error,
             page.article_id, page.comment_kind, int(page.assumed)],
        ).fetchone()  # fmt: skip
        return int(row[0])

    def sight(self, page: Page, source_id: int, feed_id: int, entry: Entry, now: datetime, *, backlog: bool) -> Sighting:
        """Record that a feed lists the page, for this source; what that is against the answers before."""
        known = self._db.execute(
            "SELECT title, dated FROM sightings WHERE page_id = ? AND source_id = ? AND feed_id = ?",
            [page.id, source_id, feed_id],
        ).fetchone()
        dated = to_text(entry.updated or entry.published)
        if known == (entry.title, dated):
            return Sighting.SAME
        self._db.execute(
            "INSERT INTO sightings (page_id, source_id, feed_id, guid, title, dated, first_seen) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET guid = excluded.guid, title = excluded.title, dated = excluded.dated",
            [page.id, source_id, feed_id, entry.guid, entry.title, dated, to_text(now)],
        )
        if known is None:
            self._db.execute(
                "UPDATE pages SET assumed = CASE WHEN dated IS NULL THEN ? ELSE assumed END, dated = coalesce(dated, ?),"
                " backlog = min(backlog, ?) WHERE id = ?",
                [int(entry.assumed), to_text(entry.published), int(backlog), page.id],
            )
        return Sighting.FIRST if known is None else Sighting.CHANGED

    def make_due(self, page_id: int, due: datetime, reason: PageReason) -> None:
        """Have the page fetched at `due`, unless it already is to be sooner; once more, if it is being fetched now."""
        self._db.execute(
            "UPDATE pages SET due = :due, reason = :reason, attempts = 0"
            " WHERE id = :id AND (due IS NULL OR due > :due OR lease_owner IS NOT NULL)",
            {"due": to_text(due), "reason": reason, "id": page_id},
        )

    def sighted(self, source_id: int) -> bool:
        """Whether a feed of the source has ever listed a page of its own."""
        return self._db.execute("SELECT 1 FROM sightings WHERE source_id = ? LIMIT 1", [source_id]).fetchone() is not None

    def adopt(self, page_id: int, source_id: int, now: datetime) -> None:
        """Have a page that nobody fetches any more fetched for this source, now."""
        self._db.execute("UPDATE pages SET source_id = ?, due = ? WHERE id = ?", [source_id, to_text(now), page_id])

    def hurry(self, source_ids: Collection[int], now: datetime) -> None:
        """Somebody asked for a crawl now: failed pages that wait for their next try are tried at once."""
        self._db.execute(
            f"UPDATE pages SET due = ? WHERE due > ? AND reason = ? AND source_id IN ({_marks(source_ids)})",
            [to_text(now), to_text(now), PageReason.RETRY, *source_ids],
        )

    def claim(
        self,
        now: datetime,
        *,
        machine: float,
        until: float,
        limit: int,
        without: Collection[str],
        sources: Collection[int] | None,
        budget: LookBudget = LookBudget(),
        yields: bool = False,
    ) -> list[Page]:
        """Take due pages, at most one per host and none of the hosts `without`: news, looks, backlog; oldest first.

        `yields`: none either of the hosts whose pages another process is fetching.
        """
        scope, others = self._scope(sources, yields=yields)
        rows = self._db.execute(
            "UPDATE pages SET lease_owner = ?, lease_machine = ? WHERE id IN (SELECT id FROM ("
            f" SELECT id, {_TURN} AS rank, due, row_number() OVER (PARTITION BY host ORDER BY {_TURN}, due, id) AS turn"
            f" FROM pages WHERE due <= ? AND {_FREE} AND host NOT IN ({_marks(without)}) {scope}"
            f") WHERE turn = 1 ORDER BY rank, due, id LIMIT ?) RETURNING {_COLUMNS}",
            [self._owner, until, to_text(now), machine, to_text(now), budget.spent(machine), *without, *others, limit],
        ).fetchall()
        pages = sorted((_page(row) for row in rows), key=lambda page: (_turn(page), page.due or now, page.id))
        self._spend([page.host for page in pages if _is_look(page)], machine, budget)
        return pages

    def _spend(self, hosts: Sequence[str], machine: float, budget: LookBudget) -> None:
        """Note one look at each of these hosts: the slower a host is to be asked, the more of its budget a look takes."""
        for host in hosts:
            self._db.execute(
                "UPDATE hosts SET looks_machine = max(looks_machine, :machine) + max(:interval,"
                " :share * coalesce(delay, 0),"
                " :share * coalesce((SELECT pause FROM domains WHERE domains.domain = hosts.domain), 0)) WHERE host = :host",
                {"machine": machine, "interval": budget.interval, "share": budget.share, "host": host},
            )

    def next_due(
        self,
        machine: float,
        sources: Collection[int] | None = None,
        *,
        now: datetime | None = None,
        budget: LookBudget = LookBudget(),
        yields: bool = False,
    ) -> datetime | None:
        """When the next page that could be claimed is due, or None when there is none; `yields` as in `claim`."""
        scope, others = self._scope(sources, yields=yields)
        row = self._db.execute(
            f"SELECT min(due) FROM pages WHERE due IS NOT NULL AND {_FREE} {scope}",
            [machine, to_text(now) or "", budget.spent(machine), *others],
        ).fetchone()
        due: str | None = row[0]
        return from_text(due)

    def _scope(self, sources: Collection[int] | None, *, yields: bool) -> tuple[str, list[Any]]:
        """Whose pages may be claimed, as a condition with its parameters."""
        scope = _NOT_PAUSED if sources is None else f"AND source_id IN ({_marks(sources)})"
        return (f"{scope} {_NO_OTHERS}", [*(sources or ()), self._owner]) if yields else (scope, list(sources or ()))

    def late_looks(self, before: datetime, limit: int = 500) -> list[Page]:
        """Pages whose look has been due since `before`, and that nobody is fetching."""
        return self._select(
            "WHERE due < ? AND reason = ? AND state = ? AND lease_owner IS NULL AND comment_kind IS NULL ORDER BY due LIMIT ?",
            [to_text(before), PageReason.LOOK, PageState.STORED, limit],
        )

    def put_off(self, page_id: int, due: datetime | None) -> None:
        """Drop a look that came to nothing; `due`: the next one."""
        self._db.execute(
            "UPDATE pages SET due = ? WHERE id = ? AND lease_owner IS NULL AND reason = ?",
            [to_text(due), page_id, PageReason.LOOK],
        )

    def put_off_beyond(self, latest: datetime) -> int:
        """How many pages are due only after `latest`, which no look or retry puts them: by a clock that was wrong."""
        return int(self._db.execute("SELECT count(*) FROM pages WHERE due > ?", [to_text(latest)]).fetchone()[0])

    def pull(self, latest: datetime, now: datetime) -> int:
        """Have those that are due only after `latest` fetched now; how many."""
        return self._db.execute("UPDATE pages SET due = ? WHERE due > ?", [to_text(now), to_text(latest)]).rowcount

    def stored(self, page: Page, *, article_id: int, etag: str | None, last_modified: str | None, due: datetime | None) -> None:
        """The page, as it was claimed, led to this article; `due`: its next look."""
        self._settle(
            page, due, {"state": PageState.STORED, "article_id": article_id, "etag": etag, "last_modified": last_modified}
        )

    def unchanged(self, page: Page, *, due: datetime | None) -> None:
        """The page, as it was claimed, is settled; `due`: its next look, unless its entry changed meanwhile."""
        self._settle(page, due, {})

    def _settle(self, page: Page, due: datetime | None, learnt: Mapping[str, object]) -> None:
        """One statement, for each would write the page's row and its indexes anew."""
        also = "".join(f", {name} = :{name}" for name in learnt)
        self._db.execute(
            "UPDATE pages SET reason = CASE WHEN due IS :claimed THEN :look ELSE reason END,"
            " due = CASE WHEN due IS :claimed THEN :due ELSE due END,"
            f" attempts = 0, error = NULL, lease_owner = NULL, lease_machine = NULL{also} WHERE id = :id",
            {"claimed": to_text(page.due), "look": PageReason.LOOK, "due": to_text(due), "id": page.id, **learnt},
        )

    def failed(self, page_id: int, error: str, *, due: datetime | None) -> None:
        """The try failed. `due`: the next one; None gives the page up, unless its article is stored already."""
        self._db.execute(
            "UPDATE pages SET state = CASE WHEN :due IS NULL AND state <> :stored THEN :given_up ELSE state END,"
            " reason = :retry, due = :due, attempts = attempts + 1, error = :error, lease_owner = NULL,"
            " lease_machine = NULL WHERE id = :id",
            {"due": to_text(due), "stored": PageState.STORED, "given_up": PageState.GIVEN_UP, "retry": PageReason.RETRY,
             "error": error, "id": page_id},
        )  # fmt: skip

    def give_up(self, page_id: int, error: str) -> None:
        """The page is given up for good, whatever it was before."""
        self._db.execute(
            "UPDATE pages SET state = ?, due = NULL, error = ?, lease_owner = NULL, lease_machine = NULL WHERE id = ?",
            [PageState.GIVEN_UP, error, page_id],
        )

    def release(self, page_ids: Collection[int]) -> None:
        """Give back claimed pages untried: they stay due."""
        self._db.execute(
            f"UPDATE pages SET lease_owner = NULL, lease_machine = NULL WHERE lease_owner = ? AND id IN ({_marks(page_ids)})",
            [self._owner, *page_ids],
        )

    def of_article(self, article_id: int) -> list[Page]:
        """The addresses that led to an article."""
        return self._select("WHERE article_id = ? AND comment_kind IS NULL ORDER BY id", [article_id])

    def comments_of(self, article_id: int) -> list[Page]:
        """Where, beside its pages, the comments of an article are."""
        return self._select("WHERE article_id = ? AND comment_kind IS NOT NULL ORDER BY id", [article_id])

    def answered(self, page: Page, *, shown: int, etag: str | None, last_modified: str | None) -> None:
        """The list of comments, as it was claimed, was read: it held so many; these are its validators."""
        self._settle(page, None, {"shown": shown, "etag": etag, "last_modified": last_modified})

    def counts(self, source_id: int | None = None) -> dict[str, int]:
        """How many pages of articles stand in each state."""
        scope = "" if source_id is None else "AND source_id = ?"
        rows = self._db.execute(
            f"SELECT state, count(*) FROM pages WHERE comment_kind IS NULL {scope} GROUP BY state",
            [] if source_id is None else [source_id],
        )
        return {row[0]: row[1] for row in rows.fetchall()}

    def given_up(self, source_id: int, limit: int = 20) -> list[Page]:
        """The newest pages that were given up, each with its reason in `error`."""
        return self._select(
            "WHERE source_id = ? AND state = ? AND comment_kind IS NULL ORDER BY id DESC LIMIT ?",
            [source_id, PageState.GIVEN_UP, limit],
        )

    def failing(self, source_id: int, limit: int = 20) -> list[Page]:
        """The newest pages that were tried in vain and are tried again when they are due, each with its reason in `error`."""
        return self._select(
            "WHERE source_id = ? AND due IS NOT NULL AND state = ? AND error IS NOT NULL AND comment_kind IS NULL"
            " ORDER BY id DESC LIMIT ?",
            [source_id, PageState.DUE, limit],
        )

    def lost(self, since: datetime) -> list[tuple[str, str, int]]:
        """Pages first seen since then that gave no article so far: source, reason in a word, how many; the most first."""
        rows = self._db.execute(
            "SELECT name, substr(error, 1, instr(error, ':') - 1) AS why, count(*) FROM sources CROSS JOIN pages"
            " ON pages.source_id = sources.id AND first_seen >= ? WHERE removed IS NULL AND state IN (?, ?)"
            " AND error LIKE '%:%' AND error NOT LIKE ? AND comment_kind IS NULL GROUP BY sources.id, why"
            " ORDER BY count(*) DESC, name, why",
            [to_text(since), PageState.GIVEN_UP, PageState.DUE, f"{Reason.BACKLOG}:%"],
        )
        return [(row[0], row[1], row[2]) for row in rows.fetchall()]

    def _select(self, rest: str, parameters: Sequence[Any]) -> list[Page]:
        return [_page(row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM pages {rest}", parameters).fetchall()]


def _turn(page: Page) -> int:
    """As `_TURN` says it: 0 news, 1 a look, 2 backlog."""
    if page.backlog and page.comment_kind is not None:
        return 2
    return 1 if _is_look(page) else 2 if page.backlog else 0


def _is_look(page: Page) -> bool:
    """As `_IS_LOOK` says it."""
    return page.state is PageState.STORED and page.reason in (PageReason.LOOK, PageReason.RETRY)


def _marks(values: Collection[Any]) -> str:
    return ", ".join("?" * len(values))


def _page(row: tuple[Any, ...]) -> Page:
    return Page(
        id=row[0], url=row[1], key=row[2], host=row[3], source_id=row[4], state=PageState(row[5]), reason=PageReason(row[6]),
        due=from_text(row[7]), attempts=row[8], dated=from_text(row[9]), title=row[10], backlog=bool(row[11]), etag=row[12],
        last_modified=row[13], first_seen=from_text(row[14]), article_id=row[15], error=row[16],
        comment_kind=CommentSourceKind(row[17]) if row[17] else None, shown=row[18], assumed=bool(row[19]),
    )  # fmt: skip
