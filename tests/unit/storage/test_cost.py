"""What the worst queries cost, counted in calls: the same on every machine. `benchmarks/rules/hostile.py` has them in time."""

import sys

import pytest

from storage.errors import QueryError
from storage.language.evaluate import evaluate, matches
from storage.language.limits import DEEPEST_NEAR, MOST_NEARS
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import Document, DocumentKind

SENTENCE = "The minister of the region is in a hurry, and the price of bread is to rise. "
MOST_CALLS = 40_000  # some milliseconds
REPORT = Document(DocumentKind.VERSION, 1, 1, 1, title="A report of the day", body=(SENTENCE * 5 + "\n\n") * 8)

HOSTILE = {
    "NEARs in sentences": " ".join(f"sentence((the NEAR/50 a{n}) OR (of NEAR/9999 is))" for n in range(19)),
    "different ones": " ".join(f"sentence((the NEAR/{n + 9000} of) OR (a NEAR/{n + 9000} in))" for n in range(20)),
    "denied": "the AND NOT (" + " OR ".join(f"sentence((the NEAR/9999 of) zz{n})" for n in range(40)) + ")",
    "in paragraphs": "the AND NOT ("
    + " OR ".join(f"para(sentence((the NEAR/9999 of) AND (a OR x{n} OR is)) zz{n})" for n in range(20))
    + ")",
    "NEARs": " ".join(f"(the NEAR/{n} of)" for n in range(1, 41)),
    "a chain": "the" + " NEAR/50 of" * DEEPEST_NEAR,
}


def calls(query):
    """Calls that verdict and evidence take once the document is in tokens."""
    prepared, node, count = prepare(REPORT), parse(query).node, 0
    for texts in prepared.texts.values():
        for text in texts:
            _ = text.base.tokens, text.base.positions, text.base.sentences(), text.base.paragraphs()

    def counting(_frame, event, _argument):
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(counting)
    try:
        matches(node, prepared)
        evaluate(node, prepared)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
def test_no_query_costs_an_article_more_than_some_milliseconds(name):
    assert calls(HOSTILE[name]) < MOST_CALLS


@pytest.mark.parametrize("operator", ["NEAR/5", "NOT NEAR/5"])
def test_as_many_nears_as_the_page_says(operator):
    assert parse("a" + f" {operator} a" * DEEPEST_NEAR)
    with pytest.raises(QueryError, match=f"nested more than {DEEPEST_NEAR} deep"):
        parse("a" + f" {operator} a" * (DEEPEST_NEAR + 1))
    many = [f"(a {operator} b{n})" for n in range(MOST_NEARS + 1)]
    assert parse(" ".join(many[1:]))
    with pytest.raises(QueryError, match=r"more than 40 NEARs.*\(a OR b\) NEAR/5 c"):
        parse(" ".join(many))


def test_brackets_of_alternatives_beside_a_near_are_no_nears():
    words = "(the OR of)"
    assert parse(words + f" NEAR/5 {words}" * DEEPEST_NEAR)
