"""Matches and alerts. A match is one rule version × one document; an alert is one rule × one story."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database as Connection

from storage.errors import NotFoundError
from storage.instants import from_text, to_text
from storage.models import (
    Alert,
    AlertReason,
    Carrier,
    DocumentKind,
    Evidence,
    Match,
    MatchVerdict,
    Relation,
    Rule,
)
from storage.tables.meta import MetaTable
from storage.tables.rules import RuleTable
from storage.tables.stories import StoryTable

_LEAST_WORDS = 40  # a shorter text that is no copy is boilerplate, and its headline is all it says
_MOST_RELATIVES = 20  # texts with which a document is compared, to see what of it was told


class AlertTable:
    """The SQL of matches and alerts."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    # --- matches

    def add_match(self, match: Match) -> int | None:
        """Store a match; its id, or None when this rule version has matched this document before."""
        row = self._db.execute(
            "INSERT INTO matches (rule_id, rule_version, document_kind, document_id, article_id, story_id, at, evidence,"
            " verdict, alert_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
            [match.rule_id, match.rule_version, match.document_kind, match.document_id, match.article_id, match.story_id,
             to_text(match.at), json.dumps([asdict(each) for each in match.evidence], ensure_ascii=False), match.verdict,
             match.alert_id],
        ).fetchone()  # fmt: skip
        return None if row is None else int(row[0])

    def alerted(self, match_id: int, alert_id: int) -> None:
        """A match that counted has made an alert."""
        self._db.execute(
            "UPDATE matches SET verdict = ?, alert_id = ? WHERE id = ?", [MatchVerdict.ALERTED, alert_id, match_id]
        )

    def of_rule(self, rule_id: int, after: int, limit: int) -> list[Match]:
        """Matches of a rule, all its versions, with ids above `after`, the oldest first."""
        return self._matches("WHERE rule_id = ? AND id > ? ORDER BY id LIMIT ?", [rule_id, after, limit])

    def latest(self, rule_id: int, before: int | None, limit: int) -> list[Match]:
        """Matches of a rule, all its versions, with ids below `before` (None: all), the newest first."""
        above = "" if before is None else "AND id < ?"
        return self._matches(
            f"WHERE rule_id = ? {above} ORDER BY id DESC LIMIT ?",
            [rule_id, *([] if before is None else [before]), limit],
        )

    def matches_of(self, article_id: int, rule_id: int) -> list[Match]:
        """What a rule matched in an article and its comments, the oldest first."""
        return self._matches("WHERE article_id = ? AND rule_id = ? ORDER BY id", [article_id, rule_id])

    def matched_before(self, article_id: int, rule_id: int, document: DocumentKind, document_id: int) -> bool:
        """Whether the rule had matched an earlier version, or another comment, of the article."""
        row = self._db.execute(
            "SELECT 1 FROM matches WHERE article_id = ? AND rule_id = ? AND document_kind = ? AND document_id < ? LIMIT 1",
            [article_id, rule_id, document, document_id],
        ).fetchone()
        return row is not None

    # --- alerts

    def find(self, rule_id: int, story_id: int) -> int | None:
        """The id of the alert of that rule and story, or of one that was merged into it; or None."""
        row = self._db.execute(
            "SELECT l.id FROM stories s JOIN alerts l ON l.story_id = s.id WHERE l.rule_id = ?"
            " AND (s.id = ? OR s.merged_into = ?) ORDER BY l.id LIMIT 1",
            [rule_id, story_id, story_id],
        ).fetchone()
        return None if row is None else int(row[0])

    def last_told(self, rule_id: int) -> datetime | None:
        """When the rule last made an alert."""
        row = self._db.execute("SELECT max(created) FROM alerts WHERE rule_id = ?", [rule_id]).fetchone()
        return None if row[0] is None else from_text(str(row[0]))

    def of_relatives(self, rule_id: int, article_id: int) -> list[tuple[int, str, bool]]:
        """The rule's alerts to which articles belong that share text with this one: the alert's id, that text, whether a copy.

        Those first that have most of this article. What is no copy, on one site, is left out: it is a form or a series.
        """
        rows = self._db.execute(
            "SELECT m.alert_id, v.text, r.relation <> ?1 FROM relations r"
            " JOIN articles a ON a.id = r.article_id JOIN articles o ON o.id = r.other_id"
            " JOIN matches m ON m.article_id = r.other_id AND m.rule_id = ?2"
            " JOIN versions v ON v.id = m.document_id WHERE r.article_id = ?3 AND m.document_kind = ?4"
            " AND m.alert_id IS NOT NULL AND (r.relation <> ?1 OR (v.words >= ?5 AND o.site <> a.site))"
            " ORDER BY r.share_of_this DESC, m.id LIMIT ?6",
            [Relation.PARTIAL, rule_id, article_id, DocumentKind.VERSION, _LEAST_WORDS, _MOST_RELATIVES],
        ).fetchall()
        return [(row[0], row[1], bool(row[2])) for row in rows]

    def relatives_among(self, article_id: int, others: Collection[int]) -> list[tuple[int, str, bool]]:
        """What `of_relatives` would say were these other articles told of: the other's id, its text, whether a copy."""
        rows = self._db.execute(
            "SELECT o.id, v.text, r.relation <> ?1 FROM relations r JOIN articles a ON a.id = r.article_id"
            " JOIN articles o ON o.id = r.other_id JOIN versions v ON v.id = o.version_id"
            " WHERE r.article_id = ?2 AND o.id IN (SELECT value FROM json_each(?3))"
            " AND (r.relation <> ?1 OR (v.words >= ?4 AND o.site <> a.site))"
            " ORDER BY r.share_of_this DESC, o.id LIMIT ?5",
            [Relation.PARTIAL, article_id, json.dumps(list(others)), _LEAST_WORDS, _MOST_RELATIVES],
        ).fetchall()
        return [(row[0], row[1], bool(row[2])) for row in rows]

    def sharing(self, articles: Collection[int]) -> set[int]:
        """Those of the articles that share text with another of them."""
        wanted = set(articles)
        rows = self._db.execute(
            "SELECT r.article_id, r.other_id FROM json_each(?) w CROSS JOIN relations r ON r.article_id = w.value",
            [json.dumps(list(wanted))],
        ).fetchall()
        return {article for article, other in rows if other in wanted}

    def add(self, rule: Rule, story_id: int, reason: AlertReason, now: datetime, detail: str = "") -> int:
        """Store the alert of a rule and a story that has none; its id.

        The uid is made of what it is about, not drawn: were the database put back to an earlier state, the alert that is
        then made again has the same identifier, and whoever receives it can tell. A rule that was removed and added again
        under its name is another one: its alert is no repeat that a receiver may ignore.
        """
        named = (rule.name, RuleTable(self._db).incarnation(rule.id))
        parts = (MetaTable(self._db).installation(), *named, StoryTable(self._db).uid(story_id))
        uid = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
        row = self._db.execute(
            "INSERT INTO alerts (uid, rule_id, story_id, rule_version, query, reason, created, detail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            [uid, rule.id, story_id, rule.version, rule.query, reason, to_text(now), detail],
        ).fetchone()
        return int(row[0])

    def made_by(self, alert_id: int) -> int | None:
        """The id of the version that made an alert, or came first to it; None: no version did."""
        row = self._db.execute(
            "SELECT document_id FROM matches WHERE alert_id = ? AND document_kind = ? ORDER BY id LIMIT 1",
            [alert_id, DocumentKind.VERSION],
        ).fetchone()
        return None if row is None else int(row[0])

    def get(self, alert_id: int, as_of: datetime | None = None) -> Alert:
        """The alert with its carriers and their evidence, without what came after `as_of`; raises NotFoundError."""
        row = self._db.execute(
            "SELECT id, uid, rule_id, story_id, rule_version, query, reason, created, detail FROM alerts WHERE id = ?",
            [alert_id],
        ).fetchone()
        if row is None:
            raise NotFoundError(f"no alert has the id {alert_id}; see `nightdesk alert list`")
        stories = StoryTable(self._db)
        story = stories.get(row[3])
        evidence = self._evidence(alert_id, as_of)
        return Alert(
            id=row[0], uid=row[1], rule=replace(RuleTable(self._db).by_id(row[2]), version=row[4], query=row[5]),
            story_id=story.id, story_uid=story.uid, story_title=story.title, outlets=stories.outlets(story.id, as_of),
            reason=AlertReason(row[6]), created=from_text(row[7]), detail=row[8],
            carriers=tuple(
                Carrier(c.article, c.relation, evidence.get(c.article.id, ()))
                for c in story.carriers if as_of is None or c.article.first_seen <= as_of
            ),
        )  # fmt: skip

    def rule_name(self, alert_id: int) -> str:
        """The name of an alert's rule; empty when there is no such alert."""
        row = self._db.execute(
            "SELECT r.name FROM alerts a JOIN rules r ON r.id = a.rule_id WHERE a.id = ?", [alert_id]
        ).fetchone()
        return "" if row is None else str(row[0])

    def number(self, name: str) -> int:
        """The alert's number in this database, from that or from the identifier that was sent; raises NotFoundError."""
        row = self._db.execute("SELECT id FROM alerts WHERE uid = ? OR CAST(id AS TEXT) = ?", [name, name]).fetchone()
        if row is None:
            raise NotFoundError(f"no alert has the id {name!r}; see `nightdesk alert list`")
        return int(row[0])

    def all(self, limit: int) -> list[tuple[Alert, str]]:
        """The newest alerts, each with its state: sent, pending, dead, silenced, covered; untold: no delivery is kept.

        A channel takes its deliveries with it: then it is not known who was told.
        """
        rows = self._db.execute(
            "SELECT a.id, CASE WHEN count(d.id) = 0 THEN 'untold'"
            " WHEN sum(coalesce(g.state, d.state) = 'due' AND d.sequence = 0) THEN 'pending'"
            " WHEN sum(coalesce(g.state, d.state) = 'dead') THEN 'dead'"
            " WHEN sum(d.state = 'silenced') = count(d.id) THEN 'silenced'"
            " WHEN sum(d.state IN ('silenced', 'covered')) = count(d.id) THEN 'covered' ELSE 'sent' END"
            " FROM alerts a LEFT JOIN deliveries d ON d.alert_id = a.id LEFT JOIN deliveries g ON g.id = d.digest_id"
            " GROUP BY a.id ORDER BY a.id DESC LIMIT ?",
            [limit],
        ).fetchall()
        return [(self.get(row[0]), row[1]) for row in rows]

    def newest(self, rule_id: int, limit: int) -> list[Alert]:
        """The newest alerts of a rule, the newest first."""
        rows = self._db.execute("SELECT id FROM alerts WHERE rule_id = ? ORDER BY id DESC LIMIT ?", [rule_id, limit]).fetchall()
        return [self.get(row[0]) for row in rows]

    def counts(self) -> dict[str, int]:
        """How many matches and alerts are stored."""
        row = self._db.execute("SELECT (SELECT count(*) FROM matches), (SELECT count(*) FROM alerts)").fetchone()
        return {"matches": row[0], "alerts": row[1]}

    def _evidence(self, alert_id: int, as_of: datetime | None) -> dict[int, tuple[Evidence, ...]]:
        """The newest evidence of each article, by article id."""
        matches = self._matches("WHERE alert_id = ?1 AND (?2 IS NULL OR at <= ?2) ORDER BY id", [alert_id, to_text(as_of)])
        return {match.article_id: match.evidence for match in matches}

    def _matches(self, rest: str, parameters: Sequence[Any]) -> list[Match]:
        rows = self._db.execute(
            "SELECT rule_id, rule_version, document_kind, document_id, article_id, story_id, evidence, at, verdict,"
            f" id, alert_id FROM matches {rest}",
            parameters,
        ).fetchall()
        return [_match(row) for row in rows]


def _evidence(text: str) -> tuple[Evidence, ...]:
    return tuple(Evidence(**{**each, "words": tuple(each["words"])}) for each in json.loads(text))


def _match(row: tuple[Any, ...]) -> Match:
    return Match(
        rule_id=row[0], rule_version=row[1], document_kind=DocumentKind(row[2]), document_id=row[3], article_id=row[4],
        story_id=row[5], evidence=_evidence(row[6]), at=from_text(row[7]), verdict=MatchVerdict(row[8]), id=row[9],
        alert_id=row[10],
    )  # fmt: skip
