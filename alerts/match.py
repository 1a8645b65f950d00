"""The verb *match*: documents that no rule has read yet → matches, alerts and deliveries, in one transaction.

That a delivery is needed is written together with the match that needs it; so no alert is lost between the two.
"""

import asyncio
from datetime import datetime

import structlog

from alerts.matcher import Matcher
from storage.models import (
    AlertReason,
    Document,
    DocumentKind,
    Evidence,
    Match,
    MatchVerdict,
    Rule,
)
from storage.store import Store, Tables

_BATCH = 100  # documents per transaction
_Hits = list[tuple[Rule, tuple[Evidence, ...]]]
log = structlog.get_logger("nightdesk.alerts")


class Matching:
    """Matches documents as they come. Several processes may do so at once: each document is taken by one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._matcher = Matcher()
        self._generation = ""

    async def run_pending(self) -> int:
        """Match every document that waits; how many alerts that made."""
        alerts = 0
        while batch := await self._claimable():
            hits = await asyncio.to_thread(self._match, batch)
            now = self._store.clock.now()
            alerts += await self._store.write(lambda t, hits=hits, now=now: sum(_settle(t, *each, now) for each in hits))
        return alerts

    async def _claimable(self) -> list[tuple[Document, bool]]:
        """The next documents, with rules of the same moment ready in the matcher."""

        def look(tables: Tables) -> tuple[str, list[Rule] | None, list[tuple[Document, bool]]]:
            generation = tables.rules.generation()
            rules = None if generation == self._generation else tables.rules.all()
            return generation, rules, tables.articles.unmatched(_BATCH)

        generation, rules, batch = await self._store.read(look)
        if rules is not None:
            self._matcher = await asyncio.to_thread(_load, rules)
            self._generation = generation
        return batch

    def _match(self, batch: list[tuple[Document, bool]]) -> list[tuple[Document, bool, _Hits]]:
        return [(document, quiet, self._matcher.match(document)) for document, quiet in batch]


def _load(rules: list[Rule]) -> Matcher:
    matcher = Matcher()
    for rule in rules:
        matcher.add(rule)
    return matcher


def _settle(tables: Tables, document: Document, quiet: bool, hits: _Hits, now: datetime) -> int:
    """Store what the rules found in a document; how many alerts are new. Nothing if another process was first."""
    if not tables.articles.take(document):
        return 0
    return sum(_record(tables, document, quiet, rule, evidence, now) for rule, evidence in hits)


def _record(tables: Tables, document: Document, quiet: bool, rule: Rule, evidence: tuple[Evidence, ...], now: datetime) -> int:
    verdict, alert_id = _verdict(tables, document, quiet, rule)
    if verdict is MatchVerdict.ALERTED:
        alert_id = tables.alerts.add(rule, document.story_id, _reason(tables, document, rule), now)
    tables.alerts.add_match(
        Match(
            rule_id=rule.id,
            rule_version=rule.version,
            document_kind=document.kind,
            document_id=document.id,
            article_id=document.article_id,
            story_id=document.story_id,
            evidence=evidence,
            at=now,
            verdict=verdict,
            alert_id=alert_id,
        )  # fmt: skip
    )
    log.info("match", rule=rule.name, article=document.article_id, document=str(document.kind), verdict=str(verdict))
    if verdict is not MatchVerdict.ALERTED or alert_id is None:
        return 0
    alert = tables.alerts.get(alert_id)
    for channel in tables.channels.all():
        if channel.enabled and (not rule.channels or channel.name in rule.channels):
            tables.deliveries.add(alert_id, alert.uid, channel, now)
    return 1


def _verdict(tables: Tables, document: Document, quiet: bool, rule: Rule) -> tuple[MatchVerdict, int | None]:
    """Whether this match makes an alert, and the alert that it belongs to if there is one already."""
    if quiet:
        return MatchVerdict.QUIET, None
    if not document.news:
        return MatchVerdict.OLD, None
    known = tables.alerts.find(rule.id, document.story_id)
    return (MatchVerdict.JOINED, known) if known is not None else (MatchVerdict.ALERTED, None)


def _reason(tables: Tables, document: Document, rule: Rule) -> AlertReason:
    """Why the alert came: a comment, words that an edit brought, or simply a new article."""
    if document.kind is DocumentKind.COMMENT:
        return AlertReason.COMMENT
    edited = document.number > 1 and not tables.alerts.matched_before(document.article_id, rule.id, document.kind, document.id)
    return AlertReason.EDIT if edited else AlertReason.NEW
