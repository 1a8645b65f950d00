"""Documents: what rules read, and how the archive is searched. The full-text index over versions and comments."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database as Connection

from storage.counting import Counted
from storage.countries import country_of
from storage.instants import from_text, to_text
from storage.language.candidates import MOST_SPELLINGS, Candidates
from storage.language.spelling import stem
from storage.language.syntax import Words, wild
from storage.language.wildcards import beginning, fits
from storage.models import Document, DocumentKind
from storage.urls import host_of

# Every source whose feeds list the article: a feed may be shared, and `source:` means each of them.
_LISTED = """FROM pages p JOIN sightings g ON g.page_id = p.id JOIN sources other ON other.id = g.source_id
    WHERE p.article_id = a.id"""
_ARTICLE_FACTS = f"""coalesce((SELECT group_concat(DISTINCT other.name) {_LISTED}), s.name),
    coalesce((SELECT group_concat(DISTINCT other.country) {_LISTED}), s.country), a.site, a.url, a.language, a.authors, a.tags,
    a.published"""
_VERSION = f"""SELECT 'version', v.id, a.id, a.story_id, v.title, v.text, '', {_ARTICLE_FACTS}, v.number, a.news, v.lead,
    o.title, o.text, v.quiet
    FROM versions v JOIN articles a ON a.id = v.article_id JOIN sources s ON s.id = a.source_id
    LEFT JOIN versions o ON o.article_id = v.article_id AND o.number = v.number - 1"""
_COMMENT = f"""SELECT 'comment', c.id, a.id, a.story_id, a.title, '', c.text, {_ARTICLE_FACTS}, 1,
    a.news OR c.first_seen > a.first_seen, '', NULL, NULL, c.quiet
    FROM comments c JOIN articles a ON a.id = c.article_id JOIN sources s ON s.id = a.source_id"""
# What was ingested quietly came all at once: its dates tell when it was news.
_MOMENT = "CASE WHEN {at}.quiet AND a.published < {seen} THEN a.published ELSE {seen} END"
_STORY = "coalesce(st.merged_into, st.id)"
_QUIET = 20  # the column
_AT_ONCE = 500  # ids in one statement
_SHARED_BEGINNING = 2  # letters that a stem and all its words begin with


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A document that waits for the rules; `quiet`: matches are stored, and nobody is told."""

    document: Document
    quiet: bool


class Seen(NamedTuple):
    """What a backtest or a count needs of a document: no text."""

    document_id: int
    article_id: int
    story_id: int
    at: datetime  # when it was first seen; what was brought from elsewhere counts from its own date
    source: str
    told: bool  # whether a match could raise an alert: it is not of a source's backlog
    dated: bool = False  # whether it counts from its own date


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the documents of a kind are."""

    select: str
    table: str
    alias: str
    seen: str
    index: str
    vocabulary: str


_SHELVES = {
    DocumentKind.VERSION: _Shelf(_VERSION, "versions", "v", "v.seen", "versions_index", "versions_words"),
    DocumentKind.COMMENT: _Shelf(_COMMENT, "comments", "c", "c.first_seen", "comments_index", "comments_words"),
}


class DocumentTable:
    """The SQL of documents."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def unmatched(self, limit: int) -> list[Unmatched]:
        """Documents that no rule has read yet, the oldest first, of each kind at most so many."""
        found = []
        for shelf in _SHELVES.values():
            at = shelf.alias
            rows = self._db.execute(f"{shelf.select} WHERE {at}.unmatched = 1 ORDER BY {at}.id LIMIT ?", [limit]).fetchall()
            found += [Unmatched(_document(row), quiet=bool(row[_QUIET])) for row in rows]
        return found

    def take(self, document: Document) -> bool:
        """Mark a document as matched; False when another process was first."""
        update = f"UPDATE {_SHELVES[document.kind].table} SET unmatched = NULL WHERE id = ? AND unmatched = 1"
        return self._db.execute(update, [document.id]).rowcount == 1

    def by_ids(self, kind: DocumentKind, ids: Collection[int]) -> list[Document]:
        """The documents with these ids, those that there are, in no order."""
        shelf, wanted, found = _SHELVES[kind], list(ids), []
        for at in range(0, len(wanted), _AT_ONCE):
            some = wanted[at : at + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            found += [_document(row) for row in self._db.execute(f"{shelf.select} WHERE {shelf.alias}.id IN ({marks})", some)]
        return found

    # --- searching

    def candidates(
        self, kind: DocumentKind, asked: Candidates, *, before: int, since: datetime | None, limit: int
    ) -> list[Document]:
        """Documents that may match, newest first, with ids below `before`, seen since then."""
        shelf = _SHELVES[kind]
        which, parameters = _newest_first(shelf, asked, before, since)
        rows = self._db.execute(f"{which} LIMIT ?", [*parameters, limit]).fetchall()
        found = {each.id: each for each in self.by_ids(kind, [row[0] for row in rows])}
        return [found[row[0]] for row in rows]

    def found(self, kind: DocumentKind, asked: Candidates, since: datetime | None) -> list[int]:
        """The ids of all that may match, newest first, seen since then; their texts are not read."""
        shelf = _SHELVES[kind]
        which, parameters = _newest_first(shelf, asked, None, since)
        return [row[0] for row in self._db.execute(which, parameters).fetchall()]

    def seen(self, kind: DocumentKind, ids: Collection[int]) -> list[Seen]:
        """What is known of these documents without their texts, in the order in which they were seen."""
        shelf = _SHELVES[kind]
        moment = _MOMENT.format(at=shelf.alias, seen=shelf.seen)
        news = "a.news" if kind is DocumentKind.VERSION else "(a.news OR c.first_seen > a.first_seen)"
        rows = self._db.execute(
            f"SELECT {shelf.alias}.id, a.id, {_STORY}, {moment}, s.name, {news} OR {shelf.alias}.quiet,"
            f" {moment} < {shelf.seen}"
            f" FROM json_each(?) w JOIN {shelf.table} {shelf.alias} ON {shelf.alias}.id = w.value"
            f" JOIN articles a ON a.id = {shelf.alias}.article_id JOIN sources s ON s.id = a.source_id"
            f" JOIN stories st ON st.id = a.story_id ORDER BY 4, 1",
            [json.dumps(list(ids))],
        ).fetchall()
        return [Seen(row[0], row[1], row[2], from_text(row[3]), row[4], bool(row[5]), bool(row[6])) for row in rows]

    def counted(self, rule_id: int, version: int, of: Counted, after: datetime, until: datetime) -> int:
        """How many different ones a rule's version matched, first seen after one moment and until another.

        A story counts when it is new: when the rule had not matched it before.
        """
        moment = _MOMENT.format(at="v", seen="a.first_seen")
        what = {Counted.STORY: _STORY, Counted.SOURCE: "a.source_id", Counted.ARTICLE: "a.id"}[of]
        known = (
            " AND NOT EXISTS (SELECT 1 FROM matches e JOIN articles b ON b.id = e.article_id WHERE e.rule_id = m.rule_id"
            " AND e.rule_version = m.rule_version AND e.story_id = m.story_id AND b.first_seen <= :after)"
            if of is Counted.STORY
            else ""
        )
        row = self._db.execute(
            f"SELECT count(DISTINCT {what}) FROM matches m JOIN articles a ON a.id = m.article_id"
            f" JOIN stories st ON st.id = a.story_id JOIN versions v ON v.id = a.version_id"
            f" WHERE m.rule_id = :rule AND m.rule_version = :version AND m.at > :after AND m.verdict <> 'old'"
            f" AND {moment} > :after AND {moment} <= :until{known}",
            {"rule": rule_id, "version": version, "after": to_text(after), "until": to_text(until)},
        ).fetchone()
        return int(row[0])

    def hours_watched(self, since: datetime) -> list[datetime]:
        """The full hours, ascending, since then in which a source was visited or an article seen."""
        moment = _MOMENT.format(at="v", seen="a.first_seen")
        rows = self._db.execute(
            f"SELECT substr({moment}, 1, 13) FROM articles a JOIN versions v ON v.id = a.version_id"
            " WHERE a.first_seen >= :since UNION SELECT substr(started, 1, 13) FROM crawls WHERE started >= :since ORDER BY 1",
            {"since": to_text(since)},
        ).fetchall()
        return [datetime.fromisoformat(f"{row[0]}:00+00:00") for row in rows]

    def spellings(self, kind: DocumentKind, leaf: Words) -> list[str] | None:
        """The indexed words that one word with wildcards, or its stem, means; None where the index cannot tell, or too many."""
        (word,) = leaf.words
        wanted = stem(leaf.stem, word) if leaf.stem and not wild(word) else ""
        head = wanted[:_SHARED_BEGINNING] if wanted else beginning(word)
        rows = self._db.execute(
            f"SELECT term FROM {_SHELVES[kind].vocabulary} WHERE term >= ? AND term < ?", [head, head + "\U0010ffff"]
        )
        fitting = (term for (term,) in rows if (stem(leaf.stem, term) == wanted if wanted else fits(word, term)))
        found = []
        for term in fitting:
            found.append(term)
            if len(found) > MOST_SPELLINGS:
                return None
        return found


def _newest_first(shelf: _Shelf, asked: Candidates, before: int | None, since: datetime | None) -> tuple[str, list[Any]]:
    """The statement that gives the ids of what may match, and its parameters.

    The index comes first, and its own numbers give the order: so it is read from its end, as far as somebody asks. As a
    condition (`id IN (SELECT rowid …)`) it would be read as a whole.
    """
    at = shelf.alias
    tables, number, where = f"{shelf.table} {at}", f"{at}.id", ["1"]
    parameters: list[Any] = []
    if asked.expression is not None:
        tables, number = f"{shelf.index} w CROSS JOIN {tables} ON {at}.id = w.rowid", "w.rowid"
        where.append(f"w.{shelf.index} MATCH ?")
        parameters.append(asked.expression)
    if before is not None:
        where.append(f"{number} < ?")
        parameters.append(before)
    if asked.edited:
        where.append(f"{at}.number > 1" if shelf.table == "versions" else "0")
    if since is not None:
        where.append(f"{shelf.seen} >= ?")
        parameters.append(to_text(since))
    return f"SELECT {number} FROM {tables} WHERE {' AND '.join(where)} ORDER BY {number} DESC", parameters


def _document(row: tuple[Any, ...]) -> Document:
    host = host_of(row[10])
    return Document(
        kind=DocumentKind(row[0]), id=row[1], article_id=row[2], story_id=row[3], title=row[4], body=row[5], comment=row[6],
        source=row[7], countries=tuple((row[8] or country_of(host)).split(",")), site=f"{row[9]} {host}",
        language=row[11] or "", authors=tuple(json.loads(row[12])), tags=tuple(json.loads(row[13])),
        published=from_text(row[14]), number=row[15], news=bool(row[16]), lead=row[17] or "", old_title=row[18],
        old_body=row[19] or "",
    )  # fmt: skip
