"""What follows from what: whatever is said to follow, no document contradicts it."""

from datetime import UTC, datetime
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.implication import Implication
from storage.errors import QueryError
from storage.language.evaluate import holds
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import Document, DocumentKind

LEAVES = [
    "bank", "Bank", "ban*", "b?nk", "*ank", "banks", '"bank fraud"', '"central bank fraud"', '"bank* fraud"', "fraud", '"bank fraud x"~2',
    "title:bank", "lead:bank", "body:bank", "body:ban*", "case(Bank)", "exact(Bänk)", "accents(bänk)", "allcaps(bank)", "capital(bank)",
    "nocapital(bank)", "capital(ban*)", "stem:en(bank)", "stem:en(banks)", 'stem:en("bank fraud")', "length:>3", "length:<9",
    "length:2..6", "published:2026", "published:2026-03", "site:bbc.co.uk", "site:news.bbc.co.uk", "lang:de", "lang:de-at",
    "comment:bank", "comment:ban*",
]  # fmt: skip
SIDES = ["bank", "ban*", "fraud", '"bank fraud"', "(bank OR fraud)", "capital(bank)", "case(Bank)", "(bank NEAR/1 fraud)"]


def _queries():
    operator = st.sampled_from(["NEAR/0", "NEAR/2", "ONEAR/2", "ONEAR/4", "NOT NEAR/1", "NOT NEAR/3", "NOT ONEAR/3"])
    near = st.builds("({} {} {})".format, st.sampled_from(SIDES), operator, st.sampled_from(SIDES))
    counted = st.builds("atleast{}({})".format, st.integers(1, 3), st.sampled_from(SIDES) | near)
    return st.recursive(
        st.sampled_from(LEAVES) | near | counted,
        lambda inner: st.one_of(
            st.builds("({} {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("(bank NOT {})".format, inner),
            st.builds("{}({})".format, st.sampled_from(["first3", "first6", "sentence", "para"]), inner),
        ),
        max_leaves=4,
    )


_TEXTS = st.lists(
    st.sampled_from(
        ["bank", "Bank", "BANK", "banks", "Bänk", "ban", "fraud", "Fraud", "x", "central", "bank fraud", ".", "\n\n"]
    ),
    max_size=14,
).map(" ".join)


_DAYS = st.sampled_from(
    [None, datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)]
)
_FACTS = {
    "title": _TEXTS,
    "site": st.sampled_from(["bbc.co.uk", "bbc.co.uk news.bbc.co.uk", "a.de"]),
    "language": st.sampled_from(["de", "de-at", "en"]),
    "published": _DAYS,
}
_ARTICLES = st.builds(
    partial(Document, DocumentKind.VERSION, 1, 1, 1), body=_TEXTS, old_title=st.none() | _TEXTS, old_body=_TEXTS, **_FACTS
)
_COMMENTS = st.builds(partial(Document, DocumentKind.COMMENT, 1, 1, 1), comment=_TEXTS, **_FACTS)


def _parsed(query):
    try:
        return parse(query).node
    except QueryError:
        return None


def _check(query, other, documents, *, articles):
    node, implied = _parsed(query), _parsed(other)
    if node is None or implied is None or not Implication(articles=articles).holds(node, implied):
        return
    for document in documents:
        prepared = prepare(document)
        assert holds(implied, prepared.texts, prepared) or not holds(node, prepared.texts, prepared), (query, other)


_CHANGED = _queries() | _queries().map("changed:added({})".format) | _queries().map("changed:removed({})".format)


@settings(max_examples=600)
@given(_CHANGED, _CHANGED, st.lists(_ARTICLES, min_size=1, max_size=8))
def test_what_follows_follows_in_every_article(query, other, documents):
    _check(query, other, documents, articles=True)


@settings(max_examples=250)
@given(_queries(), _queries(), st.lists(_ARTICLES | _COMMENTS, min_size=1, max_size=8))
def test_what_follows_of_comments_too_follows_in_every_document(query, other, documents):
    _check(query, other, documents, articles=False)


@given(_queries())
def test_a_query_follows_from_itself(query):
    node = _parsed(query)
    assert node is None or Implication(articles=True).holds(node, parse(query).node)
