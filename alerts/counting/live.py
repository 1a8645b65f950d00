"""Live counts of a rule that has count(…) or spike(…): whether a match that was just stored makes it tell."""

from datetime import datetime

from alerts.counting.tally import cooling, full_hour, learn_from, reached
from alerts.counting.usual import Usual
from storage.counting import Spike
from storage.models import Document, DocumentKind, Rule
from storage.query import Query, parse
from storage.search import matching_ids
from storage.store import Tables


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
