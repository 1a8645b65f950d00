import contextlib
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.clock import Clock
from storage.errors import QueryError
from storage.ingest import ingest_article
from storage.language.evaluate import evaluate
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import DocumentKind, Extraction, ReadComment, Schedule, Source
from storage.search import matching_ids, search, search_articles
from storage.store import connect

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def fill(t, articles):
    source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",)))
    for number, (title, text, *comments) in enumerate(articles):
        url = f"https://courier.example/{number}"
        said = tuple(ReadComment(each) for each in comments)
        read = Extraction(url, title, text, comments=said, language="en", authors=("Ann Lee",))
        ingest_article(t, read, source, page=None, url=url, now=NOW + timedelta(hours=number))


def found(store, query, since=None, limit=10):
    hits = store.read_now(lambda t: search_articles(t, parse(query), since=since, limit=limit))
    return [hit.document.article_id for hit in hits]


@pytest.fixture
def archive(store):
    articles = [
        ("Bank fraud", "The AI said nothing of it."),
        ("Crane falls", "A bank of sand. Nobody speaks of fraud."),
        ("Weather", "Rain in Kraków and Łódź.", "That bank is a fraud!"),
        ("Empty", "…"),
    ]
    store.write_now(lambda t: fill(t, articles))
    return store


SIGNS = [
    ("at", [2]), ("t", []), ("u", []), ("3", []), ('"t corp"', []), ("bank NOT at", [1]), ("bank NEAR/1 fraud", [1]), ("u*s*", [1]),
    ("r?d", [1]), ("3*5", [1]), ("a*t", [2, 1]), ("*bank*", [2, 1]), ("म*न", [1]), ("?ank*", [2, 1]),
]  # fmt: skip


@pytest.mark.parametrize(("query", "articles"), SIGNS)
def test_signs_within_words_hide_nothing_and_find_nothing_else(store, query, articles):
    store.write_now(lambda t: fill(t, [("Signs", "AT&T Corp, bank U.S. fraud, R&D, 3.5 मकान"), ("None", "At the bank")]))
    kind = DocumentKind.VERSION
    assert found(store, query) == articles
    assert store.read_now(lambda t: matching_ids(t, parse(query).node, kind)) == articles


CASES = {
    '"bank fraud"': [1],
    "bank AND fraud": [2, 1],
    "AI": [1],
    "bank": [2, 1],
    "comment: bank": [3],
    "bank OR comment: bank": [2, 1, 3],
    "title: crane": [2],
    "krakow lodz": [3],
    "author: lee NOT bank": [4, 3],
    "rain NOT bank": [3],
    "author: lee": [4, 3, 2, 1],
    "bank NEAR/3 sand": [2],
    "frau*": [2, 1],
    "nothing AND found": [],
}


@pytest.mark.parametrize(("query", "articles"), CASES.items())
def test_a_search_finds_what_a_rule_would_match_newest_first(archive, query, articles):
    assert found(archive, query) == articles


def test_since_and_limit(archive):
    assert found(archive, "author: lee", since=NOW + timedelta(hours=2)) == [4, 3]
    assert found(archive, "author: lee", limit=2) == [4, 3]


def test_an_edit_that_dropped_the_word_leaves_its_article_found_by_the_version_that_had_it(archive):
    def edit(t):
        read = Extraction("https://courier.example/1", "Crane falls", "All is well.")
        ingest_article(t, read, t.sources.get("Courier"), page=None, url=read.url, now=NOW + timedelta(days=1))

    archive.write_now(edit)
    (hit,) = archive.read_now(lambda t: search_articles(t, parse("sand"), since=None, limit=9))
    assert (hit.document.article_id, hit.document.number) == (2, 1)


def test_more_hits_than_one_look_takes_are_all_found(store):
    store.write_now(lambda t: fill(t, [(f"Crane {number}", f"Report number {number}") for number in range(450)]))
    assert found(store, "crane", limit=1000) == list(range(450, 0, -1))


WORDS = st.sampled_from(("bank", "fraud", "ai", "said", "łódź", "u.s.", "at&t", "crane", "日本", "😀", "3.5"))
TEXTS = st.lists(st.lists(WORDS, max_size=6).map(" ".join), min_size=4, max_size=4)
QUERIES = st.recursive(
    st.one_of(WORDS, WORDS.map(lambda w: f"title: {w}"), WORDS.map(lambda w: f"comment: {w}"), st.just('"bank fraud"'),
              WORDS.map(lambda w: f"{w[:2]}*")),
    lambda parts: st.one_of(
        st.tuples(parts, st.sampled_from(("AND", "OR")), parts).map(lambda three: f"({' '.join(three)})"),
        parts.map(lambda part: f"(NOT {part})"),
    ),
    max_leaves=5,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.lists(QUERIES, min_size=1, max_size=6))
def test_the_index_hides_no_document_that_the_judge_would_match(texts, queries):
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(connect(str(Path(folder) / "a.db"), Clock())) as store:
        store.write_now(lambda t: fill(t, [(texts[0], f"{texts[1]} .", texts[2]), (texts[3], f"{texts[0]} .", texts[1])]))
        documents = [each.document for each in store.read_now(lambda t: t.documents.unmatched(99))]
        for text in queries:
            try:
                query = parse(text)
            except QueryError:  # a lone NOT, a word without letters
                continue
            for kind in DocumentKind:
                hits = store.read_now(lambda t, q=query, k=kind: [hit.document.id for hit in search(t, q, k)])
                judged = [each for each in documents if each.kind is kind and evaluate(query.node, prepare(each)) is not None]
                assert sorted(hits) == sorted(each.id for each in judged), text
