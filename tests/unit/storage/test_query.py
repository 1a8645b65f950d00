import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.query import parse
from storage.syntax import And, Field, Near, Not, Or, Phrase, Prefix, Term

A, B, C = Term("a"), Term("b"), Term("c")

READ = [
    ("a", A),
    ("a b", And((A, B))),
    ("a AND b", And((A, B))),
    ("a OR b OR c", Or((A, B, C))),
    ("a NOT b", And((A, Not(B)))),
    ("a AND NOT b", And((A, Not(B)))),
    ("a -b", And((A, Not(B)))),
    ("a –b", And((A, Not(B)))),
    ('a -"b c"', And((A, Not(Phrase(("b", "c")))))),
    ("a -(b OR c)", And((A, Not(Or((B, C)))))),
    ("a -title:b", And((A, Not(Term("b", Field.TITLE))))),
    ("a NOT NOT b", And((A, B))),
    ("a NOT (NOT b)", And((A, B))),
    ("a b OR c", Or((And((A, B)), C))),
    ("a OR b c", Or((A, And((B, C))))),
    ("(a OR b) c", And((Or((A, B)), C))),
    ("a (b (c))", And((A, B, C))),
    ("(a)(b)", And((A, B))),
    ('"New York"', Phrase(("new", "york"))),
    ("“New York”", Phrase(("new", "york"))),
    ("„New York“", Phrase(("new", "york"))),
    ("«New York»", Phrase(("new", "york"))),
    ('"AND"', Term("and")),
    ('"a AND b"', Phrase(("a", "and", "b"))),
    ("Coca-Cola", Phrase(("coca", "cola"))),
    ("12:30", Phrase(("12", "30"))),
    ("AT&T", Term("at&t")),
    ("U.S.", Term("u.s.")),
    ("Straße", Term("strasse")),
    ("北京", Phrase(("北", "京"))),
    ("bank*", Prefix(("bank",))),
    ("Coca-Col*", Prefix(("coca", "col"))),
    ('"central bank*"', Prefix(("central", "bank"))),
    ("a NEAR/3 b", Near(A, B, 3)),
    ("a NEAR/0 b", Near(A, B, 0)),
    ("a NEAR/3 b NEAR/1 c", Near(Near(A, B, 3), C, 1)),
    ("a NEAR/3 (b OR c)", Near(A, Or((B, C)), 3)),
    ("NOT a NEAR/3 b c", And((Not(Near(A, B, 3)), C))),
    ("a b NEAR/3 c", And((A, Near(B, C, 3)))),
    ("title:(a NEAR/3 b)", Near(Term("a", Field.TITLE), Term("b", Field.TITLE), 3)),
    ("title:a", Term("a", Field.TITLE)),
    ("TITLE: a", Term("a", Field.TITLE)),
    ("title：a", Term("a", Field.TITLE)),
    ("body:(a -b)", And((Term("a", Field.BODY), Not(Term("b", Field.BODY))))),
    ('comment:"a b"', Phrase(("a", "b"), Field.COMMENT)),
    ("source:BBC", Term("bbc", Field.SOURCE)),
    ("author:Müller", Term("muller", Field.AUTHOR)),
    ("tag:sport*", Prefix(("sport",), Field.TAG)),
    ("site:News.BBC.co.uk", Term("news.bbc.co.uk", Field.SITE)),
    ("site:daily-mail.co.uk", Term("daily-mail.co.uk", Field.SITE)),
    ("site:münchen.de", Term("xn--mnchen-3ya.de", Field.SITE)),
    ("lang:de_AT", Term("de-at", Field.LANG)),
    ("lang:(de OR fr)", Or((Term("de", Field.LANG), Term("fr", Field.LANG)))),
    ("a\n AND\tb", And((A, B))),
    ("a AND (b OR NOT c)", And((A, Or((B, Not(C)))))),
    ("and", Term("and")),
    ("what?", Term("what")),
    ("Yahoo!", Term("yahoo")),
]


@pytest.mark.parametrize(("query", "tree"), READ, ids=[case[0] for case in READ])
def test_reads(query, tree):
    assert parse(query).node == tree


@pytest.mark.parametrize("query", [case[0] for case in READ])
def test_canonical_text_reads_the_same(query):
    node = parse(query).node
    assert parse(str(node)).node == node
    assert str(parse(str(node))) == str(node)


BROKEN = [
    ("", 1, "word"),
    ("   ", 1, "word"),
    ("a AND", 3, "after AND"),
    ("AND a", 1, "quotes"),
    ("OR", 1, "before"),
    ("a AND OR b", 3, "after AND"),
    ("a OR", 3, "after OR"),
    ("a OR )", 3, "after OR"),
    ("(AND a)", 2, "before"),
    ("NOT", 1, "after NOT"),
    ("a NOT", 3, "after NOT"),
    ("(a", 1, "missing )"),
    ("a (b (c)", 3, "missing )"),
    ("a)", 2, "remove the )"),
    ("a OR b) c", 7, "remove the )"),
    ("()", 1, "between"),
    ("a ( )", 3, "between"),
    ("(", 1, "missing )"),
    ('"a b', 1, 'missing "'),
    ("a “b c", 3, 'missing "'),
    ('a ""', 3, "between the quotes"),
    ('" "', 1, "between the quotes"),
    ('"…"', 1, "write a word"),
    ("a &", 3, "write AND"),
    ("a && b", 3, "write AND"),
    ("a | b", 3, "write OR"),
    ("a - b", 3, "without a blank"),
    ("-", 1, "without a blank"),
    ("!b a", 1, "-b"),
    ("*", 1, "bank*"),
    ('a "*"', 3, "bank*"),
    ("a *b", 3, "end a word"),
    ("b*nk", 1, "end a word"),
    ('"ba*k of"', 1, "end a word"),
    ("wom?n", 1, "OR"),
    ("titel:a", 1, "title:?"),
    ("a headline:b", 3, "title:?"),
    ("a bodi:b", 3, "body:?"),
    ("inurl:b", 1, "site:?"),
    ("a qqqq:b", 3, "fields are title:"),
    ("https://bbc.co.uk/news", 1, "site:bbc.co.uk"),
    ("title:", 1, "after title:"),
    ("title: AND a", 1, "after title:"),
    ("title:-a", 7, "NOT title:"),
    ("title:NOT a", 7, "NOT title:"),
    ("title:(a body:b)", 10, "close the group"),
    ("title:body:a", 7, "close the group"),
    ("title:()", 7, "between"),
    ("site:http://bbc.co.uk", 6, "site:bbc.co.uk"),
    ("site:bbc.co.uk/news", 6, "without http"),
    ("site:*.gov.uk", 6, "includes everything below"),
    ("lang:german", 6, "lang:de"),
    ("lang:d*", 6, "lang:de"),
    ("a NEAR b", 3, "NEAR/5"),
    ("a NEAR/ b", 3, "NEAR/5"),
    ("a NEAR/x b", 3, "NEAR/5"),
    ("a NEAR/-1 b", 3, "NEAR/5"),
    ("a NEAR5 b", 3, "NEAR/5"),
    ("a NEAR/99999 b", 3, "NEAR/5"),
    ("a near/5 b", 3, "write NEAR/5"),
    ("a Near/5 b", 3, "write NEAR/5"),
    ("NEAR/5 a", 1, "before it"),
    ("a NEAR/5", 3, "after NEAR/5"),
    ("a NEAR/5 -b", 10, "OR groups"),
    ("a NEAR/5 NOT b", 10, "OR groups"),
    ("a NEAR/5 (b c)", 10, "OR groups"),
    ("a NEAR/5 (b OR (c d))", 10, "OR groups"),
    ("title:a NEAR/5 b", 9, "title:(a NEAR/5 b)"),
    ("a" + " NEAR/5 a" * 20, 174, "by AND"),
    ("source:a NEAR/5 b", 8, "AND"),
    ("a ONEAR/5 b", 3, "NEAR/5"),
    ("a W/5 b", 3, "NEAR/5"),
    ('"a b"~5', 6, "NEAR/5"),
    ("a~2 b", 2, "NEAR/5"),
    ("a^4 b", 2, "weights"),
    ("case(NASA)", 1, "blank"),
    ("NOT a", 1, "must occur"),
    ("-a", 1, "must occur"),
    ("a OR NOT b", 6, "must occur"),
    ("NOT a NOT b", 1, "must occur"),
    ("(NOT a) OR (b c)", 2, "must occur"),
    ("NOT (a NOT b)", 1, "must occur"),
    ("(" * 101 + "a" + ")" * 101, 101, "remove brackets"),
    ("a" * 20_001, 20_001, "split"),
    ('"' + "a " * 101 + '"', 1, "at most 100"),
    ("\x00", 1, "write a word"),
    ("\ud800", 1, "write a word"),
]


@pytest.mark.parametrize(("query", "column", "remedy"), BROKEN, ids=[ascii(case[0][:30]) for case in BROKEN])
def test_refuses_with_column_and_remedy(query, column, remedy):
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert caught.value.column == column
    assert remedy in caught.value.remedy
    assert str(caught.value).isprintable()


def test_mixed_and_or_warns_with_the_reading():
    (warning,) = parse("oil gas OR coal").warnings
    assert warning.column == 9
    assert "(oil AND gas) OR coal" in warning.message


@pytest.mark.parametrize("query", ["(oil gas) OR coal", "oil (gas OR coal)", "oil OR gas", "oil gas coal", "a OR b NEAR/2 c"])
def test_brackets_do_not_warn(query):
    assert parse(query).warnings == ()


def attempt(query):
    """The parsed query or the error: on any text, one of the two is right."""
    try:
        return parse(query), None
    except QueryError as error:
        return None, error


LEAVES = ["a", "Bank*", '"b c"', "title:c", 'comment:"a b"', "source:x", "site:x-y.co", "lang:de", "AT&T", "北京", "“b c*”"]
SIDES = ["a", "b*", '"b c"', "(a OR d)", "(a NEAR/2 d)"]


def queries():
    near = st.builds("({} NEAR/{} {})".format, st.sampled_from(SIDES), st.integers(0, 99), st.sampled_from(SIDES))
    return st.recursive(
        st.sampled_from(LEAVES) | near | near.map("comment:{}".format),
        lambda inner: st.one_of(
            st.builds("{} {}".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("{} OR {}".format, inner, inner),
            st.builds("({} AND NOT {})".format, inner, inner),
            st.builds("-({})".format, inner),
        ),
        max_leaves=12,
    ).map("must AND ({})".format)


@given(queries())
def test_parse_of_print_is_the_same(query):
    node = parse(query).node
    assert parse(str(node)).node == node


@given(st.text(st.sampled_from('ab "()*:-/?~ANDORTEtile5.“北\x00')) | st.text())
def test_any_text_parses_or_is_refused_at_a_column_of_it(query):
    parsed, error = attempt(query)
    if parsed is not None:
        assert parse(str(parsed)).node == parsed.node
    else:
        assert 1 <= error.column <= len(query) + 1
        assert error.remedy


@pytest.mark.parametrize(
    "query",
    [
        "(" * 100 + "a" + ")" * 100,
        "a " + "-(b " * 60 + "c" + ")" * 60,
        "a " + "NOT " * 4000 + "b",
        "a " * 10_000,
        "a OR " * 3999 + "a",
        '"' + "a" * 19_000 + '"',
        "a " + "b:" * 9000,
        "a NEAR/1 " * 2000 + "a",
        "-" * 19_000 + "a",
        "(" * 19_000,
        '"' * 19_999,
    ],
    ids=[
        "brackets",
        "nested NOT",
        "many NOT",
        "many words",
        "many OR",
        "long word",
        "colons",
        "NEAR chain",
        "dashes",
        "open",
        "quotes",
    ],
)
def test_hostile_queries_neither_crash_nor_dawdle(query):
    begun = time.perf_counter()
    parsed, error = attempt(query)
    assert str(parsed) if error is None else error.remedy
    assert time.perf_counter() - begun < 2


def test_a_tree_knows_the_column_of_its_words():
    node = parse("oil AND title:gas").node
    assert [part.column for part in node.parts] == [1, 15]


DOCS = (Path(__file__).parents[3] / "docs" / "query-language.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("query", "answer"), re.findall(r"^\| `(.+?)` \| (column .+) \|$", DOCS, re.MULTILINE))
def test_the_manual_quotes_the_errors_as_they_are(query, answer):
    with pytest.raises(QueryError) as caught:
        parse(query)
    assert str(caught.value) == answer


def test_the_manual_names_every_field():
    assert all(f"| `{field}:` |" in DOCS for field in Field if field)
