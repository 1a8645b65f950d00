"""Search: a query over the archive. The full-text index names candidates, the evaluator of live rules judges them.

So a search finds what a rule would have matched, and nothing else. Newest first: ranking by relevance would have to look
at every hit (it grows with the archive), and who watches the news asks for the newest.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storage.language.candidates import Candidates, candidates
from storage.language.evaluate import evaluate, matches
from storage.language.prepared import prepare
from storage.language.query import Query
from storage.language.syntax import Node
from storage.models import Document, DocumentKind, Evidence
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
    asked = _candidates(tables, query.node, kind)
    if asked is None:
        return
    for document in _documents(tables, kind, asked, since):
        evidence = evaluate(query.node, prepare(document))
        if evidence is not None:
            yield Hit(document, evidence)


def matching_ids(tables: Tables, node: Node, kind: DocumentKind, *, since: datetime | None = None) -> list[int]:
    """The ids of all documents of a kind that a query matches, newest first; read only where the index cannot say it."""
    asked = _candidates(tables, node, kind)
    if asked is None:
        return []
    if asked.exact:
        return tables.documents.found(kind, asked, since)
    return [each.id for each in _documents(tables, kind, asked, since) if matches(node, prepare(each))]


def search_articles(tables: Tables, query: Query, *, since: datetime | None, limit: int) -> list[Hit]:
    """The newest hit of each article, its text before its comments, at most `limit` articles."""
    found: dict[int, Hit] = {}
    for kind in DocumentKind:
        for hit in search(tables, query, kind, since=since):
            found.setdefault(hit.document.article_id, hit)
            if len(found) >= limit:
                return list(found.values())
    return list(found.values())


def _candidates(tables: Tables, node: Node, kind: DocumentKind) -> Candidates | None:
    return candidates(node, kind, lambda leaf: tables.documents.spellings(kind, leaf))


def _documents(tables: Tables, kind: DocumentKind, asked: Candidates, since: datetime | None) -> Iterator[Document]:
    before = _NEWEST
    while batch := tables.documents.candidates(kind, asked, before=before, since=since, limit=_BATCH):
        before = batch[-1].id
        yield from batch
