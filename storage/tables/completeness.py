"""What may have been missed: gaps between two answers of a feed, and what each route of a source has shown."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.instants import from_text, to_text
from storage.losses import Span, at_once
from storage.models import FeedKind, Gap, OpenGaps

ROUTES = {FeedKind.SITEMAP: "sitemap", FeedKind.SECTION: "section"}  # each other kind is a feed: they are made from one list
# A second route is looked at too rarely for its answers to join on, and what was caught as a trap lists others each time.
_COUNTED = "l.audit = 0 AND NOT EXISTS (SELECT 1 FROM feeds f WHERE f.id = l.feed_id AND f.trap IS NOT NULL)"
# When an article came out: its entry's date, else its page's, else that of its first change that a listing tells, else when it
# was first listed. A sitemap without dates of publication may bring what an outage hid, days later.
_CAME = (
    "coalesce(p.dated, min(a.published, p.first_seen),"
    " min(p.first_seen, (SELECT min(c.dated) FROM sightings c WHERE c.page_id = p.id)), p.first_seen)"
)
_ARTICLES = (
    "pages p JOIN articles a ON a.id = p.article_id WHERE p.source_id = :source AND p.first_seen >= :since"
    " AND p.comment_kind IS NULL AND (p.backlog = 0 OR p.dated IS NOT NULL)"
)
# The visit that ended the gap came later than it was due, by half of that time and more.
_UNVISITED = (
    "(SELECT (julianday(c.started) - julianday(c.due)) * 2 > julianday(g.at) - julianday(g.after) FROM crawls c"
    " WHERE c.source_id = l.source_id AND c.started <= g.at ORDER BY c.id DESC LIMIT 1)"
)
_GAP = f"SELECT g.id, g.feed_id, g.after, g.at, g.entries, g.filled, g.brought, g.reaches, g.outage, {_UNVISITED} FROM gaps g"


def route_of(kind: FeedKind) -> str:
    """By which way a listing shows articles: `feed`, `sitemap` or `section`. Listings of one way are not independent."""
    return ROUTES.get(kind, "feed")


class CompletenessTable:
    """The SQL of gaps and routes."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def known_to(self, feed_id: int, keys: Collection[str]) -> int:
        """How many of these pages the feed has listed before."""
        row = self._db.execute(
            "SELECT count(DISTINCT p.id) FROM json_each(?) k JOIN pages p ON p.key = k.value"
            " JOIN sightings s ON s.page_id = p.id WHERE s.feed_id = ?",
            [json.dumps(list(keys)), feed_id],
        ).fetchone()
        return int(row[0])

    def newest(self, feed_id: int, keys: Collection[str]) -> tuple[int, int]:
        """How many pages the feed listed for the first time when it last listed new ones; how many of them are among these."""
        row = self._db.execute(
            "SELECT count(DISTINCT p.id), count(DISTINCT CASE WHEN k.value IS NOT NULL THEN p.id END)"
            " FROM sightings s JOIN pages p ON p.id = s.page_id LEFT JOIN json_each(:keys) k ON k.value = p.key"
            " WHERE s.feed_id = :feed AND s.first_seen = (SELECT max(first_seen) FROM sightings WHERE feed_id = :feed)",
            {"feed": feed_id, "keys": json.dumps(list(keys))},
        ).fetchone()
        return int(row[0]), int(row[1])

    def had_entries(self, feed_id: int) -> bool:
        """Whether the feed had entries when it last had a body."""
        row = self._db.execute("SELECT known IS NOT NULL FROM feeds WHERE id = ?", [feed_id]).fetchone()
        return row is not None and bool(row[0])

    def note(self, feed_id: int, known: int, reaches: datetime | None, *, joined: datetime | None, now: datetime) -> None:
        """The feed answers now: so many of its entries stood in it before, and its oldest one is of then.

        `joined`: the answer before, if this one overlaps it. None: it does not, and all that was told before is another time.
        """
        self._db.execute(
            "UPDATE feeds SET known = :known, reaches = :reaches,"
            " unbroken = CASE WHEN :joined IS NULL THEN :now ELSE coalesce(unbroken, :joined) END WHERE id = :id",
            {"known": known, "reaches": to_text(reaches), "joined": to_text(joined), "now": to_text(now), "id": feed_id},
        )

    def open_gap(self, feed_id: int, after: datetime, at: datetime, entries: int, *, outage: bool = False) -> int:
        """Record a gap before the answer that was noted last; its id. `outage`: the feed was tried in between, in vain."""
        row = self._db.execute(
            "INSERT INTO gaps (feed_id, after, at, entries, reaches, outage)"
            " SELECT id, ?, ?, ?, reaches, ? FROM feeds WHERE id = ? RETURNING id",
            [to_text(after), to_text(at), entries, int(outage), feed_id],
        ).fetchone()
        return int(row[0])

    def open_gaps(self, source_id: int, feed_id: int, since: datetime) -> list[Gap]:
        """The gaps of a source's other feeds than this one that ended since then, and that nothing has filled."""
        return self._gaps(
            "JOIN source_feeds l ON l.feed_id = g.feed_id WHERE l.source_id = ? AND g.feed_id <> ? AND g.filled IS NULL"
            " AND g.at >= ? ORDER BY g.id",
            [source_id, feed_id, to_text(since)],
        )

    def fill(self, gap: Gap, brought: int, now: datetime | None) -> None:
        """Another feed told what there was between: so many articles' pages that only that one listed. None: not all of it."""
        self._db.execute("UPDATE gaps SET filled = ?, brought = ? WHERE id = ?", [to_text(now), brought, gap.id])

    def brought(self, gap: Gap, feed_id: int) -> int:
        """How many pages of the gap's time another feed has listed since it began, that the gap's own feed has not."""
        row = self._db.execute(
            "SELECT count(DISTINCT s.page_id) FROM sightings s JOIN pages p ON p.id = s.page_id"
            " WHERE s.feed_id = :feed AND s.first_seen >= :after AND coalesce(p.dated, s.dated, :at) <= :at"
            " AND NOT EXISTS (SELECT 1 FROM sightings o WHERE o.page_id = s.page_id AND o.feed_id = :own)",
            {"feed": feed_id, "own": gap.feed_id, "after": to_text(gap.after), "at": to_text(gap.at)},
        ).fetchone()
        return int(row[0])

    def shared(self, source_id: int, feed_id: int, other_id: int, until: datetime) -> tuple[int, int]:
        """How many articles a feed has listed of the time that the other tells of, and how many of them that one has, too.

        It tells of the time since its oldest entry, or since its answers overlap one another.
        """
        row = self._db.execute(
            "SELECT count(DISTINCT p.article_id), count(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM pages q"
            " JOIN sightings o ON o.page_id = q.id WHERE q.article_id = p.article_id AND o.feed_id = :other)"
            " THEN p.article_id END)"
            " FROM (SELECT min(coalesce(reaches, unbroken), coalesce(unbroken, reaches)) AS since"
            " FROM feeds WHERE id = :other) f"
            " JOIN sightings s ON s.feed_id = :feed AND s.first_seen >= f.since AND s.source_id = :source"
            " JOIN pages p ON p.id = s.page_id"
            " WHERE p.article_id IS NOT NULL AND (p.backlog = 0 OR p.dated IS NOT NULL)"
            " AND coalesce(p.dated, p.first_seen) BETWEEN f.since AND :until",
            {"source": source_id, "feed": feed_id, "other": other_id, "until": to_text(until)},
        ).fetchone()
        return int(row[0]), int(row[1])

    def bridges(self, source_id: int, gap: Gap, since: datetime) -> list[tuple[int, FeedKind]]:
        """The source's other feeds that answered since then and reach over the gap.

        One does whose answers overlap one another from before the gap until now, or that lists what is older than the gap. One
        whose answers overlap since does not: what broke this feed off may have broken that one off too.
        """
        rows = self._db.execute(
            "SELECT f.id, f.kind FROM source_feeds l JOIN feeds f ON f.id = l.feed_id"
            " WHERE l.source_id = :source AND f.id <> :feed AND f.checked >= :since AND f.error IS NULL"
            " AND (f.reaches <= :after OR f.unbroken <= :after)",
            {"source": source_id, "feed": gap.feed_id, "since": to_text(since), "after": to_text(gap.after)},
        ).fetchall()
        return [(int(row[0]), FeedKind(row[1])) for row in rows]

    def gaps(self, source_id: int, limit: int = 20) -> list[Gap]:
        """The gaps of the feeds that a source watches: first those that nothing has filled, each kind from the newest on."""
        return self._gaps(
            f"JOIN source_feeds l ON l.feed_id = g.feed_id WHERE l.source_id = ? AND {_COUNTED}"
            " ORDER BY g.filled IS NOT NULL, g.id DESC LIMIT ?",
            [source_id, limit],
        )

    def losing(self, source_id: int, since: datetime) -> list[Gap]:
        """The gaps of the feeds that a source watches that ended since then, and over which no other listing reaches."""
        return self._gaps(
            "JOIN source_feeds l ON l.feed_id = g.feed_id"
            f" WHERE l.source_id = ? AND {_COUNTED} AND g.filled IS NULL AND g.brought = 0 AND g.at >= ? ORDER BY g.id",
            [source_id, to_text(since)],
        )

    def published(self, source_id: int, since: datetime, until: datetime) -> list[datetime]:
        """When the articles that we have of these days came out, as far as that is known."""
        rows = self._db.execute(
            f"SELECT at FROM (SELECT {_CAME} AS at FROM {_ARTICLES}) WHERE at BETWEEN :since AND :until",
            {"source": source_id, "since": to_text(since), "until": to_text(until)},
        ).fetchall()
        return [from_text(row[0]) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many times there were in which something may have been missed, and how many of them nothing has filled."""
        rows = self._db.execute(
            "SELECT DISTINCT l.source_id FROM gaps g JOIN source_feeds l ON l.feed_id = g.feed_id"
            f" WHERE {_COUNTED} ORDER BY l.source_id"
        ).fetchall()
        seen: set[int] = set()  # a feed that several sources list counts once
        found: list[bool] = []
        for (source_id,) in rows:
            mine = [each for each in self.gaps(source_id, -1) if each.id not in seen]
            seen.update(each.id for each in mine)
            found += [each.filled is not None for each in at_once(mine)]
        return {"filled": sum(found), "open": len(found) - sum(found)}

    def worst(self) -> list[OpenGaps]:
        """The sources in whose feeds' answers there are gaps that nothing has filled, the most first."""
        rows = self._db.execute(
            "SELECT DISTINCT s.id, s.name, s.declared_in FROM gaps g JOIN source_feeds l ON l.feed_id = g.feed_id"
            f" JOIN sources s ON s.id = l.source_id WHERE {_COUNTED} AND g.filled IS NULL AND s.removed IS NULL"
        ).fetchall()
        found = []
        for source_id, name, place in rows:
            gaps = [each for each in at_once(self.gaps(source_id, -1)) if each.filled is None]
            outages, unvisited = sum(each.outage for each in gaps), sum(each.unvisited and not each.outage for each in gaps)
            found.append(OpenGaps(name, place, len(gaps), outages, unvisited))
        return sorted(found, key=lambda each: (-each.count, each.name))

    def routes(self, source_id: int) -> dict[str, tuple[datetime, datetime]]:
        """The routes of a source that were read: since when, and when last."""
        found: dict[str, tuple[datetime, datetime]] = {}
        rows = self._db.execute(
            "SELECT f.kind, l.first_read, f.checked FROM source_feeds l JOIN feeds f ON f.id = l.feed_id"
            " WHERE l.source_id = ? AND l.first_read IS NOT NULL AND f.checked IS NOT NULL",
            [source_id],
        ).fetchall()
        for kind, first, last in rows:
            name = route_of(FeedKind(kind))
            begun, read = found.get(name, (from_text(first), from_text(last)))
            found[name] = min(begun, from_text(first)), max(read, from_text(last))
        return found

    def shown(self, source_id: int, times: Sequence[Span], routes: tuple[str, str]) -> tuple[int, int, int]:
        """How many of the articles that came out in these times, in order, the two routes have shown: one, the other, and both.

        Only pages that gave an article count: what else a site lists was not missed.
        """
        if not times:
            return 0, 0, 0
        first, second = (json.dumps([str(kind) for kind in FeedKind if route_of(kind) == each]) for each in routes)
        row = self._db.execute(
            "SELECT total(a), total(b), total(a AND b) FROM (SELECT max(f.kind IN (SELECT value FROM json_each(:first))) AS a,"
            " max(f.kind IN (SELECT value FROM json_each(:second))) AS b"
            f" FROM (SELECT p.id, p.source_id, p.article_id, {_CAME} AS at FROM {_ARTICLES}) p"
            " JOIN sightings s ON s.page_id = p.id AND s.source_id = p.source_id JOIN feeds f ON f.id = s.feed_id"
            " WHERE EXISTS (SELECT 1 FROM json_each(:times) t WHERE p.at >= t.value ->> 0 AND p.at < t.value ->> 1)"
            " GROUP BY p.article_id)",
            {
                "source": source_id, "since": to_text(times[0][0]), "first": first, "second": second,
                "times": json.dumps([[to_text(at), to_text(end)] for at, end in times]),
            },
        ).fetchone()  # fmt: skip
        return int(row[0]), int(row[1]), int(row[2])

    def _gaps(self, rest: str, values: list[Any]) -> list[Gap]:
        return [
            Gap(row[0], row[1], from_text(row[2]), from_text(row[3]), row[4], from_text(row[5]), row[6], from_text(row[7]),
                bool(row[8]), bool(row[9]))
            for row in self._db.execute(f"{_GAP} {rest}", values).fetchall()
        ]  # fmt: skip
