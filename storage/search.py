"""Search: a query over the archive. The full-text index names candidates, the evaluator of live rules judges them.

So a search finds what a rule would have matched, and nothing else. Newest first: ranking by relevance would have to look
at every hit (it grows with the archive), and who watches the news asks for the newest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storage.candidates import candidates
from storage.evaluate import evaluate
from storage.models import Document, DocumentKind, Evidence
from storage.prepared import prepare
from storage.query import Query
from storage.store import Tables

_BATCH = 200
_NEWEST = 2**62


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that a query matches, with the evidence."""

    document: Document
    evidence: tuple[Evidence, ...]


def search(tables: Tables, query: Query, kind: DocumentKind, *, since: datetime | None = None) -> Iterator[Hit]:
    """Every document of a kind that the query matches, first seen since then, newest first.

    Read it inside one `store.read`: it looks at the archive as it goes.
    """
    expression, before = candidates(query.node), _NEWEST
    while batch := tables.articles.candidates(kind, expression, before=before, since=since, limit=_BATCH):
        before = batch[-1].id
        for document in batch:
            evidence = evaluate(query.node, prepare(document))
            if evidence is not None:
                yield Hit(document, evidence)


def search_articles(tables: Tables, query: Query, *, since: datetime | None, limit: int) -> list[Hit]:
    """The newest hit of each article, its text before its comments, at most `limit` articles."""
    found: dict[int, Hit] = {}
    for kind in DocumentKind:
        for hit in search(tables, query, kind, since=since):
            found.setdefault(hit.document.article_id, hit)
            if len(found) >= limit:
                return list(found.values())
    return list(found.values())
