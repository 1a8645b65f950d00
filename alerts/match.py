"""The verb *match*: documents that no rule has read yet → matches, alerts and deliveries, in one transaction.

That a delivery is needed is written together with the match that needs it; so no alert is lost between the two.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from alerts.counting.live import count_reached
from alerts.follow_up import follow_up
from alerts.matcher import Matcher
from alerts.retelling import Told, untold
from storage.language.evaluate import evaluate
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.loggers import logger
from storage.models import (
    AlertReason,
    Asked,
    Document,
    DocumentKind,
    Evidence,
    Match,
    MatchVerdict,
    Rule,
)
from storage.store import Store, Tables
from storage.tables.documents import Unmatched
from storage.tables.rules import Changes

_BATCH = 100  # documents per transaction
log = logger("nightdesk.alerts")


@dataclass(frozen=True, slots=True)
class _Found:
    """A document, whether to match it without telling, and the rules that match it."""

    document: Document
    quiet: bool
    hits: list[tuple[Asked, tuple[Evidence, ...]]]


class Matching:
    """Matches documents as they come. Several processes may do so at once: each document is taken by one."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._matcher = Matcher()
        self._changes = 0  # of rules, that the matcher knows of

    async def run_pending(self) -> int:
        """Match every document that waits; how many alerts that made."""
        alerts = 0
        while batch := await self._claimable():
            found = await asyncio.to_thread(self._match, batch)
            failures, self._matcher.failures = self._matcher.failures, {}
            alerts += await self._store.write(partial(_settle, found, failures, self._store.clock.now()))
        return alerts

    async def _claimable(self) -> list[Unmatched]:
        """The next documents, with rules of the same moment ready in the matcher."""

        def look(tables: Tables) -> tuple[Changes, list[Unmatched]]:
            return tables.rules.changes(self._changes), tables.documents.unmatched(_BATCH)

        changes, batch = await self._store.read(look)
        if changes.asked or changes.removed:
            await asyncio.to_thread(self._learn, changes)
        return batch

    def _learn(self, changes: Changes) -> None:
        """Take over what became of the rules; one that does not parse (written by another version) costs only itself."""
        for rule_id in changes.removed:
            self._matcher.remove(rule_id)
        self._matcher.failures |= {rule.id: str(error) for rule, error in self._matcher.add_all(changes.asked)}
        self._changes = changes.number

    def _match(self, batch: list[Unmatched]) -> list[_Found]:
        return [_Found(each.document, each.quiet, self._matcher.match(each.document)) for each in batch]


def _settle(found: list[_Found], failures: dict[int, str], now: datetime, tables: Tables) -> int:
    """Store what the rules found; how many alerts are new. A document that another process took is left to it.

    A rule that was removed meanwhile is left out; one that was changed is noted as it was asked.
    """
    for rule_id, error in failures.items():
        tables.rules.fail(rule_id, error)
        log.error("rule-failed", rule=rule_id, error=error)
    rules = tables.rules.by_ids({asked.id for each in found for asked, _ in each.hits})
    return sum(
        _record(tables, each, replace(rules[asked.id], version=asked.version, query=asked.query), evidence, now)
        for each in found
        if tables.documents.take(each.document)
        for asked, evidence in each.hits
        if asked.id in rules
    )


def _record(tables: Tables, found: _Found, rule: Rule, evidence: tuple[Evidence, ...], now: datetime) -> bool:
    """Store one match, and the alert with its deliveries if it makes one; whether it did."""
    document = found.document
    verdict, alert_id = _verdict(tables, found, rule)
    if verdict is MatchVerdict.ALERTED:
        alert_id = _alert(tables, document, rule, _reason(tables, document, rule), now)
    match = Match(
        rule_id=rule.id, rule_version=rule.version, document_kind=document.kind, document_id=document.id,
        article_id=document.article_id, story_id=document.story_id, evidence=evidence, at=now, verdict=verdict,
        alert_id=alert_id,
    )  # fmt: skip
    match_id = tables.alerts.add_match(match)
    if verdict is MatchVerdict.JOINED and alert_id is not None:
        follow_up(tables, document, alert_id, now)
    if match_id is not None and verdict is MatchVerdict.COUNTED:
        detail = count_reached(tables, rule, document, now)
        if detail is not None:
            verdict = MatchVerdict.ALERTED
            tables.alerts.alerted(match_id, _alert(tables, document, rule, AlertReason.COUNT, now, detail=detail))
    log.info("match", rule=rule.name, article=document.article_id, document=str(document.kind), verdict=str(verdict))
    return verdict is MatchVerdict.ALERTED


def _alert(tables: Tables, document: Document, rule: Rule, reason: AlertReason, now: datetime, *, detail: str = "") -> int:
    """Make the alert with its deliveries; its id."""
    alert_id = tables.alerts.add(rule, document.story_id, reason, now, detail)
    _deliver(tables, rule, alert_id, now)
    return alert_id


def _deliver(tables: Tables, rule: Rule, alert_id: int, now: datetime) -> None:
    """Note whom the alert must reach: the rule's channels, or every one; for one that is switched off, it waits."""
    alert = tables.alerts.get(alert_id)
    for channel in tables.channels.all():
        if rule.tells(channel.name):
            tables.deliveries.add(alert_id, alert.uid, channel, now)


def _verdict(tables: Tables, found: _Found, rule: Rule) -> tuple[MatchVerdict, int | None]:
    """Whether this match makes an alert, and the alert that it belongs to if there is one already."""
    if found.quiet:
        return MatchVerdict.QUIET, None
    if not found.document.news:
        return MatchVerdict.OLD, None
    known = tables.alerts.find(rule.id, found.document.story_id) or _told_elsewhere(tables, found.document, rule)
    if known is not None:
        return MatchVerdict.JOINED, known
    return (MatchVerdict.COUNTED if parse(rule.query).counting else MatchVerdict.ALERTED), None


def _told_elsewhere(tables: Tables, document: Document, rule: Rule) -> int | None:
    """The rule's alert of another story, if the document has that story's text and nothing else that the rule would find."""
    if document.kind is not DocumentKind.VERSION:
        return None
    told = [Told(*each) for each in tables.alerts.of_relatives(rule.id, document.article_id)]
    if not told or evaluate(parse(rule.query).node, prepare(untold(document, told))) is not None:
        return None
    return told[0].alert_id


def _reason(tables: Tables, document: Document, rule: Rule) -> AlertReason:
    """Why the alert came: a comment, words that an edit brought, or simply a new article."""
    if document.kind is DocumentKind.COMMENT:
        return AlertReason.COMMENT
    edited = document.number > 1 and not tables.alerts.matched_before(document.article_id, rule.id, document.kind, document.id)
    return AlertReason.EDIT if edited else AlertReason.NEW
