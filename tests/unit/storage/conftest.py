"""The naive judge of the benchmarks, and queries and documents of every form for it."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.language.query import parse
from storage.models import Document, DocumentKind

JUDGE = Path(__file__).parents[3] / "benchmarks" / "rules" / "judge.py"

WORDS = ["a", "b", "c", "ab", "AB", "á", "at&t", "U.S.", "中国", "Straße", "कि", "서울에서", "bank", "Banks", "3.5"]
BETWEEN = [" ", " ", " ", " ", ". ", "\n\n", "\n", ". Bank a b. "]
LEAVES = [
    "a", "b", "c", "ab", "a*", "at*", "a?", "s*e", "b?nk*", "*ank", '"a b"', '"b a*"', '"a b c"~1', '"b a"~2',
    '"a a b"~3', "at&t", "u.s.", "中国", "strasse", "कि", "서울", "bank", "banks",
    "at", "t", "s", "u*s*", "3", "3*5", '"t b"', "t*", "r?d",
]  # fmt: skip
SHORT = [
    "source:x", 'source:"x y"', "tag:b", 'tag:"b c"', "author:a", "lang:de", "lang:de-CH", "site:x.y", "site:www.x.y",
    "country:de", "published:2026-10", "published:>2026-10-03", "published:..2026-09",
    "length:>3", "length:..5", "length:2..4",
]  # fmt: skip
LOOKS = ["case", "allcaps", "capital", "nocapital", "accents", "exact", "stem:en", "stem:de"]
DAYS = [None, datetime(2026, 10, 3, 23, 30, tzinfo=UTC), datetime(2026, 9, 30, 23, 59, tzinfo=UTC)]


def sides():
    near = "({} {}/{} {})".format
    names, numbers = st.sampled_from(["NEAR", "ONEAR", "NOT NEAR", "NOT ONEAR"]), st.integers(0, 4)
    leaf = st.sampled_from(LEAVES)
    return st.recursive(
        leaf,
        lambda inner: (
            st.builds("({} OR {})".format, inner, inner)
            | st.builds(near, inner, names, numbers, inner)
            | st.builds("{}({})".format, st.sampled_from(LOOKS), leaf)
        ),
        max_leaves=4,
    )


def inside():
    """What may stand in one text field."""
    plain = sides() | st.builds("atleast{}({})".format, st.integers(1, 3), sides())
    return plain | st.builds("({} {})".format, plain, plain) | st.builds("({} NOT {})".format, plain, plain)


def unchanged():
    """Queries without changed:."""
    fields = st.builds("{}:({})".format, st.sampled_from(["title", "lead", "body", "comment"]), inside())
    scopes = st.sampled_from(["first1", "first3", "first5", "sentence", "para"])
    return st.recursive(
        st.sampled_from(LEAVES) | fields | st.sampled_from(SHORT) | inside(),
        lambda inner: st.one_of(
            st.builds("({} {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("({} NOT {})".format, inner, inner),
            st.builds("({} OR NOT {})".format, inner, inner),
            st.builds("NOT {}".format, inner),
            st.builds("{}({})".format, scopes, inner),
            st.builds("{}({})".format, st.sampled_from(LOOKS), inner),
        ),
        max_leaves=7,
    )


def parsed():
    changed = st.builds("changed:{}({})".format, st.sampled_from(["added", "removed"]), unchanged())
    joined = st.builds("({} {} {})".format, changed, st.sampled_from(["AND", "OR", "NOT"]), unchanged())
    return st.one_of(unchanged(), unchanged(), changed, joined).map(_tree)


def plain():
    """Queries that SQLite's full-text search may answer itself."""
    leaves = st.sampled_from([*LEAVES, "straße", "body:bank", "title:at", "bank OR t", "banks*"])
    names = st.sampled_from(["NEAR", "NEAR", "NOT NEAR"])
    near = st.builds("({} {}/{} {})".format, st.sampled_from(LEAVES), names, st.integers(0, 2), st.sampled_from(LEAVES))
    forms = ["({} {})", "({} OR {})", "({} NOT {})"]
    return st.recursive(
        leaves | near, lambda inner: st.builds(str.format, st.sampled_from(forms), inner, inner), max_leaves=3
    ).map(_tree)


def _tree(query):
    try:
        return parse(query).node
    except QueryError:  # NOT alone, or a function in others that it cannot stand in
        assume(False)


def texts(longest=10):
    pairs = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), max_size=longest)
    return pairs.map(lambda found: "".join(word + gap for word, gap in found).strip())


def documents():
    one = st.just(1)
    titles, bodies = texts(4), texts()
    fields = {
        "source": st.sampled_from(["x", "X Y"]),
        "site": st.sampled_from(["x.y www.x.y", "y"]),
        "language": st.sampled_from(["de_CH", "de", "en", ""]),
        "tags": st.sampled_from([(), ("b", "c"), ("B C",)]),
        "authors": st.sampled_from([(), ("Á B",)]),
        "countries": st.sampled_from([(), ("de",), ("gb", "de")]),
        "published": st.sampled_from(DAYS),
    }
    article = st.builds(
        Document, st.just(DocumentKind.VERSION), one, one, one, title=titles, body=bodies, lead=st.sampled_from(["", "a", "b"]),
        old_title=st.none() | titles, old_body=bodies, **fields,
    )  # fmt: skip
    comment = st.builds(Document, st.just(DocumentKind.COMMENT), one, one, one, title=titles, comment=bodies, **fields)
    edit = st.builds(_edit, article, st.lists(st.tuples(st.integers(0, 9), st.sampled_from(WORDS)), max_size=3))
    return st.one_of(article, edit, comment)


def _edit(document, changes):
    """An article of which the version before had some other words."""
    words = document.body.split(" ")
    for at, word in changes:
        words[at % len(words)] = word
    return Document(**{name: getattr(document, name) for name in Document.__slots__} | {
        "old_title": document.title, "old_body": " ".join(words),
    })  # fmt: skip


@pytest.fixture(scope="session")
def judge():
    """The module: `judged(node, document)`."""
    spec = importlib.util.spec_from_file_location("naive_judge", JUDGE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def forms():
    """Strategies: trees of queries of every form, those of plain ones, and documents that they may match."""
    return SimpleNamespace(nodes=parsed(), plain=plain(), documents=documents())
