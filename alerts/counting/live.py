"""Live counts of a rule that has count(…) or spike(…): whether a match that was just stored makes it tell."""

from datetime import datetime, timedelta

from alerts.counting.tally import condition, cooling, full_hour, learn_from, reached, standing
from alerts.counting.usual import Usual
from storage.counting import Spike
from storage.language.query import Query, parse
from storage.models import Document, DocumentKind, Rule
from storage.search import matching_ids
from storage.store import Tables


def count_stood(tables: Tables, rule: Rule, kind: DocumentKind, document_id: int) -> list[str]:
    """How far a rule's counts were from being reached when a document was seen, in sentences."""
    query = parse(rule.query)
    (seen,) = tables.documents.seen(kind, [document_id])
    return standing(
        query.counting,
        seen.at,
        lambda of, span: tables.documents.counted(rule.id, rule.version, of, seen.at - span, seen.at),
        lambda spike: _usual(tables, query, spike, seen.at),
    )


def still_learning(tables: Tables, query: Query, now: datetime) -> list[str]:
    """What a new rule's spikes do not know yet, in sentences; nothing once they know what is usual."""
    found = []
    for each in query.counting:
        if isinstance(each, Spike):
            observed = _usual(tables, query, each, now).observed
            if observed < condition(each).warm_up:
                days = observed // timedelta(days=1)
                found.append(f"a spike is known after 7 days of which the archive has {days}: until then it raises nothing")
    return found


def count_reached(tables: Tables, rule: Rule, document: Document, now: datetime) -> str | None:
    """What the rule's count came to, in a sentence, if this match makes it tell; else None."""
    query = parse(rule.query)
    if cooling(query.counting, tables.alerts.last_told(rule.id), now):
        return None
    (seen,) = tables.documents.seen(document.kind, [document.id])
    return reached(
        query.counting,
        seen.at,
        lambda of, span: tables.documents.counted(rule.id, rule.version, of, seen.at - span, seen.at),
        lambda spike: _usual(tables, query, spike, seen.at),
    )


def _usual(tables: Tables, query: Query, spike: Spike, when: datetime) -> Usual:
    """What is usual, learnt from the archive: a new or changed rule need not wait for what was seen before it."""
    ended = full_hour(when)
    since = ended - spike.baseline
    firsts: dict[int, datetime] = {}
    for kind in DocumentKind:
        for seen in tables.documents.seen(kind, matching_ids(tables, query.node, kind, since=since)):
            firsts.setdefault(seen.story_id, seen.at)
    return learn_from(firsts.values(), tables.documents.hours_watched(since), ended, spike.baseline)
