import sqlite3

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.folded import token_string
from storage.language.candidates import Candidates, candidates
from storage.language.evaluate import matches
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.language.required import required
from storage.language.syntax import And, Or, Within
from storage.migrations import TOKENIZER
from storage.models import Document, DocumentKind

VERSION, COMMENT = DocumentKind.VERSION, DocumentKind.COMMENT


@settings(max_examples=300)
@given(st.data())
def test_what_a_match_requires_is_there(forms, judge, data):
    node, document = data.draw(forms.nodes), data.draw(forms.documents)
    needs = required(node, document.kind)
    if judge.judged(node, document):
        assert needs is True or (needs is not False and all_required(needs, document))


def all_required(node, document):
    """Whether each word that is required stands somewhere in the document, or in the version before."""
    if isinstance(node, And | Or):
        return (all if isinstance(node, And) else any)(all_required(part, document) for part in node.parts)
    if isinstance(node, Within):
        before = Document(VERSION, 1, 1, 1, title=document.old_title, body=document.old_body)
        return matches(node.part, prepare(before))
    return matches(node, prepare(document))


@pytest.fixture(scope="module")
def archive():
    """Real full-text tables as the search builds them, and a way to ask whether they find a document."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    for kind, columns in ((VERSION, "title, body"), (COMMENT, "comment")):
        connection.execute(f"CREATE VIRTUAL TABLE {kind}s USING fts5 ({columns}, tokenize={TOKENIZER})")

    def found(document, asked):
        if asked is None:
            return False
        if asked.edited and document.old_title is None:
            return False
        if asked.expression is None:
            return True
        row = [document.title, document.body] if document.kind is VERSION else [document.comment]
        connection.execute(f"DELETE FROM {document.kind}s")
        marks = ", ".join("?" * len(row))
        connection.execute(f"INSERT INTO {document.kind}s VALUES ({marks})", [token_string(each) for each in row])
        count = f"SELECT count(*) FROM {document.kind}s WHERE {document.kind}s MATCH ?"
        return bool(connection.execute(count, [asked.expression]).fetchone()[0])

    yield found
    connection.close()


@settings(max_examples=500)
@given(data=st.data())
def test_candidates_lose_no_match_and_exact_ones_are_no_more(archive, forms, judge, data):
    node, document = data.draw(forms.nodes | forms.plain), data.draw(forms.documents)
    matching = judge.judged(node, document)
    asked = candidates(node, document.kind)
    kept = archive(document, asked)  # also: SQLite understands every expression
    assert kept or not matching
    if asked is not None and asked.exact:
        assert kept is matching


SIGNS = st.lists(st.sampled_from(["at&t", "U.S.", "3.5", "bank"]), min_size=1, max_size=3).map(" ".join)


@given(
    st.sampled_from(["at", "t", "s", "3", "bank", "ba*", '"bank u"', "bank NEAR/1 bank"]),
    st.sampled_from(["", " NOT t"]),
    SIGNS,
)
def test_exact_candidates_take_no_piece_of_a_word_for_a_word(archive, judge, word, denied, text):
    node, document = parse(word + denied).node, Document(VERSION, 1, 1, 1, body=text)
    asked = candidates(node, VERSION)
    kept, matching = archive(document, asked), judge.judged(node, document)
    assert kept is matching or (kept and not asked.exact)


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=6), min_size=1, max_size=5), st.data())
def test_candidates_lose_no_word_of_any_script(archive, words, data):
    text = " ".join(words)
    start = data.draw(st.integers(0, len(words) - 1))
    signs = dict.fromkeys(map(ord, '"“”„‟«»＂*＊?？'), " ")
    try:
        node = parse(f'"{" ".join(words[start : start + 2]).translate(signs)}"').node
    except QueryError:  # no letter
        assume(False)
    document = Document(VERSION, 1, 1, 1, body=text)
    assume(matches(node, prepare(document)))
    assert archive(document, candidates(node, VERSION))


EXACT = [
    ("bank", '{title body} : "bank"'),
    ("title:bank*", 'title : "bank" *'),
    ("bank -fraud", '(({title body} : "bank") NOT ({title body} : "fraud"))'),
    ("bank OR fraud", '({title body} : "bank" OR {title body} : "fraud")'),
    ('"bank of fraud"', '{title body} : "bank of fraud"'),
    ("中国", '{title body} : "中 国"'),
    ("oil", '{title body} : "oil"'),
    ("서울", '{title body} : "서울" *'),
    ("2024 3.5", '({title body} : "2024" AND {title body} : "3.5")'),
    ("a NEAR/5 b", '{title body} : NEAR("a" "b", 5)'),
    ('"a b" NEAR/5 c', '{title body} : NEAR("a b" "c", 5)'),
    ("(a OR b) AT&T", '(({title body} : "a" OR {title body} : "b") AND {title body} : "at&t")'),
]
WEAKER = [
    ("a ONEAR/5 b", '(({title body} : "a" AND {title body} : "b") AND {title body} : NEAR("a" "b", 5))'),
    ("a NOT NEAR/5 b", '{title body} : "a"'),
    ("a NOT NEAR/5 b OR c", '({title body} : "a" OR {title body} : "c")'),
    ("c NOT (a NOT NEAR/5 b)", '{title body} : "c"'),
    ('"a b c"~2', '({title body} : "a" AND {title body} : "b" AND {title body} : "c")'),
    ("a NEAR/5 a", '{title body} : "a"'),
    ("bank source:bbc", '{title body} : "bank"'),
    ("café कि", '({title body} : "cafe" AND {title body} : "कि")'),
    ("case(Bank)", '{title body} : "bank"'),
    ("lead:bank", 'body : "bank"'),
    ("atleast2(bank)", '{title body} : "bank"'),
    ("sentence(a NOT b)", '{title body} : "a"'),
    ("source:bbc", None),
    ("bank OR source:bbc", None),
    ("published:2026", None),
    ("length:>9", None),
    ("bank length:>9", '{title body} : "bank"'),
    ("b?nk", None),
    ("stem:en(banks)", None),
]


@pytest.mark.parametrize(("query", "expression"), EXACT)
def test_candidates_that_are_the_matches(query, expression):
    assert candidates(parse(query).node, VERSION) == Candidates(expression, exact=True)
    assert candidates(parse(query).node, COMMENT) is None


@pytest.mark.parametrize(("query", "expression"), WEAKER)
def test_candidates_among_which_matches_are(query, expression):
    assert candidates(parse(query).node, VERSION) == Candidates(expression)
    assert candidates(parse(query).node, COMMENT) is None


@pytest.mark.parametrize(
    ("query", "expression", "articles"),
    [
        ("comment:bank title:oil", 'comment : "bank"', None),
        ("comment:bank OR title:oil", 'comment : "bank"', 'title : "oil"'),
        ("comment:bank NOT oil", 'comment : "bank"', None),
        ("comment:(b NEAR/2 c)", '(comment : "b" AND comment : "c")', None),
    ],
)
def test_candidates_among_comments(query, expression, articles):
    node = parse(query).node
    assert candidates(node, COMMENT) == Candidates(expression)
    asked = candidates(node, VERSION)
    assert asked is None if articles is None else asked.expression == articles


def test_what_is_article_and_comment_at_once_has_no_candidates():
    assert {candidates(parse("comment:bank oil").node, kind) for kind in DocumentKind} == {None}


@pytest.mark.parametrize("scope", ["added", "removed"])
def test_only_edits_are_asked_for_a_change(scope):
    expression = '{title body} : "bank"' if scope == "added" else None  # the index has the new version's words
    assert candidates(parse(f"changed:{scope}(bank)").node, VERSION) == Candidates(expression, edited=True)
    assert not candidates(parse(f"changed:{scope}(bank) OR bank").node, VERSION).edited


def test_words_of_the_index_stand_for_wildcards_and_stems():
    def asked(query, spellings):
        return candidates(parse(query).node, VERSION, lambda _: spellings)

    assert asked("b?nk", ["bank", "bonk"]) == Candidates('{title body} : ("bank" OR "bonk")', exact=True)
    assert asked("stem:en(banks)", ["bank", "banks"]) == Candidates('{title body} : ("bank" OR "banks")', exact=True)
    assert asked("b?nk", ["bank", "bãnk"]) == Candidates('({title body} : ("bank" OR "bãnk"))')
    assert asked("case(B?nk)", ["bank"]) == Candidates('({title body} : ("bank"))')
    assert asked("b?nk", []).expression == '("")'
    assert asked("b?nk", None).expression is None
    assert asked('"central b?nk"', ["bank"]).expression == '({title body} : "central" AND {title body} : ("bank"))'


def deep(depth, leaf="x"):
    return leaf if not depth else f"({leaf}{depth} {'OR' if depth % 2 else 'AND'} {deep(depth - 1)})"


@pytest.mark.parametrize("kind", DocumentKind)
@pytest.mark.parametrize(
    "query",
    [
        "a" + " OR b" * 3000,
        "a" + " OR ".join(f" b{number}" for number in range(1800)),
        "a " + " ".join(f"c{number}" for number in range(1800)),
        deep(90),
        deep(80).replace("x1 ", "comment:x1 "),
        '"' + "a " * 100 + '"',
    ],
    ids=["same OR", "wide OR", "wide AND", "deep", "deep with comment", "long phrase"],
)
def test_sqlite_takes_the_candidates_of_huge_queries(archive, query, kind):
    archive(Document(kind, 1, 1, 1, body="a", comment="a"), candidates(parse(query).node, kind))
