import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.matcher import Matcher
from storage.errors import QueryError
from storage.language.evaluate import evaluate
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import Asked, Document, DocumentKind

WORDS = ["a", "b", "c", "ab", "bank", "banker", "fraud", "the"]


def rule(rule_id, query):
    return Asked(rule_id, 1, query)


def article(body="", title="", **fields):
    return Document(DocumentKind.VERSION, 1, 1, 1, title=title, body=body, **fields)


def comment(text, **fields):
    return Document(DocumentKind.COMMENT, 1, 1, 1, comment=text, **fields)


def matched(matcher, document):
    return [found.id for found, _ in matcher.match(document)]


def test_finds_the_rules_that_match_by_ascending_id_with_evidence():
    matcher = Matcher([rule(3, "bank fraud"), rule(1, "bank"), rule(2, '"bank fraud"')])
    found = matcher.match(article("A bank in a tax fraud."))
    assert [each.id for each, _ in found] == [1, 3]
    assert [piece.words for piece in found[1][1]] == [("bank",), ("fraud",)]


def test_the_rule_ai_does_not_match_said():
    matcher = Matcher([rule(1, "AI"), rule(2, '"bank fraud"'), rule(3, "bank NEAR/5 fraud")])
    assert matched(matcher, article("They said it again.")) == []
    assert matched(matcher, article("The bank denies fraud.")) == [3]
    assert matched(matcher, article("bank 1 2 3 4 5 fraud")) == [3]
    assert matched(matcher, article("bank 1 2 3 4 5 6 fraud")) == []


@pytest.mark.parametrize(
    ("query", "document"),
    [
        ("source:bbc", article("x", source="BBC")),
        ("bank OR source:bbc", article("x", source="BBC")),
        ("bank*", article("bankers")),
        ('"central b*"', article("central bank")),
        ("title:oil b*", article("bank", title="oil")),
        ("the", article("the")),
        ("北京", article("我在北京大学")),
        ("comment:bank", comment("bank")),
        ("comment:bank title:oil", comment("bank", title="oil")),
        ("comment:bank OR bank", comment("bank")),
        ("comment:bank OR bank", article("bank")),
        ("(a OR b) (c OR d) e", article("e d b")),
        ("bank (x OR NOT y)", article("bank")),
        ("a ONEAR/1 b", article("a x b")),
        ('"c a b"~1', article("b a x c")),
        ("a NOT NEAR/1 b", article("a")),
        ("a NOT NEAR/1 b", article("a b x x a")),
        ("changed:removed(a NOT NEAR/1 b)", article("x", old_title="", old_body="a")),
        ("comment:(a NOT NEAR/1 b)", comment("a")),
        ("wom?n", article("women")),
        ("*versicherung", article("Lebensversicherung")),
        ("a*nk", article("aank")),
        ("a?", article("ab")),
        ('"central b?nk*"', article("central bankers")),
        ("atleast2(bank)", article("bank", title="bank")),
        ("first2(bank)", article("a bank")),
        ("sentence(bank fraud)", article("A bank fraud.")),
        ("para(sentence(bank) fraud)", article("A bank. Fraud.")),
        ("case(Bank)", article("Bank")),
        ("allcaps(bank)", article("BANK")),
        ("capital(bank)", article("Bank")),
        ("nocapital(Bank)", article("bank")),
        ("exact(Malmö)", article("Malmö")),
        ("stem:en(banks)", article("banking")),
        ('stem:en("central banks" OR banks*)', article("central bank")),
        ("stem:de(kinder) lang:de", article("Kindern", language="de")),
        ("lead:bank", article("bank")),
        ("country:de", article("x", countries=("de",))),
        ("bank length:<9", article("bank")),
        ("length:1..2", article("bank fraud")),
        ("changed:added(bank)", article("bank", old_title="", old_body="x")),
        ("changed:removed(bank)", article("x", old_title="", old_body="bank")),
        ("changed:removed(bank*)", article("x", old_title="", old_body="bankers")),
        ("changed:removed(stem:en(banks))", article("x", old_title="", old_body="banking")),
        ("changed:removed(*bank)", article("x", old_title="", old_body="ebank")),
        ("changed:removed(bank source:bbc)", article("x", source="BBC", old_title="bank", old_body="x")),
        ("서울", article("서울에서")),
        ("first1(comment:bank title:oil)", comment("bank", title="oil")),
    ],
)
def test_finds_rules_of_every_form(query, document):
    assert matched(Matcher([rule(1, query)]), document) == [1]


def test_a_comment_rule_reads_comments_and_an_article_rule_articles():
    matcher = Matcher([rule(1, "comment:acme"), rule(2, "acme"), rule(3, "source:bbc")])
    assert matched(matcher, comment("Acme!", title="Acme", source="BBC")) == [1]
    assert matched(matcher, article("Acme!", source="BBC")) == [2, 3]


def test_a_rule_can_be_replaced_and_removed():
    matcher = Matcher([rule(1, "bank*"), rule(2, "source:bbc"), rule(3, "fraud")])
    matcher.add(rule(1, "oil"))
    matcher.remove(2)
    matcher.remove(99)
    assert matched(matcher, article("bank fraud", source="BBC")) == [3]
    assert matched(matcher, article("oil")) == [1]
    assert len(matcher) == 2
    assert 2 not in matcher


def test_a_broken_rule_is_refused_and_changes_nothing():
    matcher = Matcher([rule(1, "bank")])
    with pytest.raises(QueryError):
        matcher.add(rule(1, "bank AND"))
    assert matched(matcher, article("bank")) == [1]


def test_a_rule_without_words_in_common_is_not_judged(monkeypatch):
    judged = []

    def judge(verdict):
        return lambda node, _: (judged.append(str(node)), verdict)[1]

    monkeypatch.setattr("alerts.matcher.evaluate", judge(()))
    monkeypatch.setattr("alerts.matcher.matches", judge(verdict=True))
    missing = ["uran*", "*uran", "u?an", "stem:en(oils)", "sentence(the oil)", "changed:added(oil)", "changed:removed(bank)"]
    missing += [
        "oil NOT NEAR/5 bank",
        "the oil",
        '"the gas"',
        "the NEAR/5 coal",
        '"the river oil"~9',
        "(oil OR gas) the",
        "comment:bank",
        "atleast1(oil)",
    ]
    queries = [*missing, "bank fraud"]
    matcher = Matcher([rule(number, query) for number, query in enumerate(queries)])
    matcher.match(article("the bank of the river"))
    assert judged == []
    matcher.match(article("the fraud of the bank"))
    assert judged == ["bank AND fraud"]


def queries():
    words = st.sampled_from(WORDS)
    leaves = [
        *WORDS,
        "ban*",
        "f*",
        "*ank",
        "b?nk",
        "a?",
        '"the bank"',
        '"a b*"',
        '"a b c"~1',
        "title:c",
        "comment:a",
        "comment:b",
    ]
    leaves += [
        "source:x",
        "lead:a",
        "case(Bank)",
        "allcaps(bank)",
        "capital(bank)",
        "nocapital(bank)",
        "stem:en(banks)",
        "stem:en(a)",
        "country:de",
        "published:2026",
        "length:>3",
    ]
    near = st.builds("({} {}NEAR/{} {})".format, words, st.sampled_from(["", "O", "NOT "]), st.integers(0, 3), words)
    functions = [
        "atleast2({})",
        "first2({})",
        "sentence({})",
        "para({})",
        "stem:en({})",
        "changed:added({})",
        "changed:removed({})",
    ]
    return st.recursive(
        st.sampled_from(leaves) | near | st.builds(str.format, st.sampled_from(functions), st.sampled_from(leaves[:12])),
        lambda inner: st.one_of(
            st.builds("({} {})".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("({} NOT {})".format, inner, inner),
            st.builds("({} (c OR NOT {}))".format, inner, inner),
        ),
        max_leaves=6,
    )


def documents():
    text = st.lists(st.sampled_from([*WORDS, "Bank.", "BANK", "banking"]), max_size=8).map(" ".join)
    kind = st.sampled_from(DocumentKind)
    one = st.just(1)
    edits = st.none() | text
    return st.builds(
        Document, kind, one, one, one, title=text, body=text, comment=text, source=st.sampled_from("xy"), old_title=edits, old_body=text,
        countries=st.sampled_from([(), ("de",)]),
    )  # fmt: skip


@settings(max_examples=300)
@given(st.lists(queries(), max_size=12), st.lists(documents(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_agrees_with_judging_every_rule_whatever_their_order(texts, articles, random):
    rules = [rule(number, query) for number, query in enumerate(texts, 1)]
    shuffled = rules.copy()
    random.shuffle(shuffled)
    gone = {each.id for each in rules if random.random() < 0.2}
    matcher, other = Matcher(rules), Matcher(shuffled)
    for rule_id in gone:
        matcher.remove(rule_id)
        other.remove(rule_id)
    for document in articles:
        prepared = prepare(document)
        judged = [(each, evaluate(parse(each.query).node, prepared)) for each in rules if each.id not in gone]
        expected = [(each, evidence) for each, evidence in judged if evidence is not None]
        assert matcher.match(document) == expected
        assert other.match(document) == expected


@given(st.lists(queries(), max_size=8))
def test_nothing_is_left_of_removed_rules(texts):
    matcher = Matcher(rule(number, query) for number, query in enumerate(texts))
    for number in range(len(texts)):
        matcher.remove(number)
    for index in matcher._indexes.values():
        assert not index.filed
        assert not index.always
        shapes = index.shapes
        assert not any([*shapes.beginnings.values(), *shapes.stems.values(), shapes.pieces, shapes.old])
    assert len(matcher) == 0


_POEM = "one for sorrow two for joy three for a girl four for a boy five for silver six for gold seven for a secret"


@pytest.mark.parametrize("few", [True, False])
@pytest.mark.parametrize(
    "form", ['"{} {}"', '"{} for {}"', "{} NEAR/1 {}", "{} ONEAR/1 {}", "{} NOT {}", "{} NOT ({} OR brass)"]
)
def test_many_rules_of_one_form_are_judged_as_each_by_itself(form, few):
    """Many of a form are answered by what is worked out once for the article, few by looking into the text."""
    words = [*sorted(set(_POEM.split())), "brass"]
    queries = [form.format(one, other) for one in words for other in words if one != other][:: 97 if few else 1]
    document = article(f"{_POEM}\n\nThe end is silver two.", title="Secret seven")
    expected = [number for number, query in enumerate(queries) if evaluate(parse(query).node, prepare(document))]
    matcher = Matcher([rule(number, query) for number, query in enumerate(queries)])
    assert [found.id for found in matcher.verdicts(document)] == matched(matcher, document) == expected
    assert few or 0 < len(expected) < len(queries)


def test_rules_of_every_shape_are_filed_and_counted():
    queries = ["bank", "ban*", "*ank", "stem:en(banks)", "changed:removed(bank)", "source:x"]
    index = Matcher([rule(number, query) for number, query in enumerate(queries)])._indexes[DocumentKind.VERSION]
    shapes = index.shapes
    assert (dict(shapes.beginnings), dict(shapes.stems), shapes.pieces, shapes.old) == ({2: {"ba": {3: 1}}}, {"en": 1}, 1, 1)
    assert index.always == {2 * 5}
    assert len(index.filed) == 5


def test_a_rule_that_cannot_be_judged_costs_only_itself(monkeypatch):
    def fail(node, prepared):
        if str(node) == "bank":
            raise RecursionError("too deep")
        return evaluate(node, prepared)

    monkeypatch.setattr("alerts.matcher.evaluate", fail)
    matcher = Matcher([rule(1, "bank"), rule(2, "fraud")])
    assert matched(matcher, article("bank fraud")) == [2]
    assert matcher.failures == {1: "RecursionError: too deep"}
