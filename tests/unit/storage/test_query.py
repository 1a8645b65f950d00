import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import QueryError
from storage.language.flat import flat
from storage.language.query import parse
from storage.language.syntax import And, Apart, AtLeast, Fact, Field, Look, Near, Not, Or, Scope, Within, Words, nodes


def words(text, field=Field.ANY, **more):
    return Words(tuple(text.split()), field, **more)


A, B, C = words("a"), words("b"), words("c")

READ = [
    ("a", A),
    ("a b", And((A, B))),
    ("a AND b", And((A, B))),
    ("a OR b OR c", Or((A, B, C))),
    ("a NOT b", And((A, Not(B)))),
    ("a AND NOT b", And((A, Not(B)))),
    ("a -b", And((A, Not(B)))),
    ("a –b", And((A, Not(B)))),
    ('a -"b c"', And((A, Not(words("b c"))))),
    ("a -(b OR c)", And((A, Not(Or((B, C)))))),
    ("a -title:b", And((A, Not(words("b", Field.TITLE))))),
    ('"what?"', words("what")),
    ("a NOT NOT b", And((A, B))),
    ("a NOT (NOT b)", And((A, B))),
    ("a b OR c", Or((And((A, B)), C))),
    ("a OR b c", Or((A, And((B, C))))),
    ("(a OR b) c", And((Or((A, B)), C))),
    ("a (b (c))", And((A, B, C))),
    ("(a)(b)", And((A, B))),
    ('"New York"', words("new york")),
    ("“New York”", words("new york")),
    ("„New York“", words("new york")),
    ("«New York»", words("new york")),
    ('"AND"', words("and")),
    ('"a AND b"', words("a and b")),
    ("Coca-Cola", words("coca cola")),
    ("12:30", words("12 30")),
    ("AT&T", words("at&t")),
    ("U.S.", words("u.s.")),
    ("a OR\u200b b", Or((A, B))),
    ("（a ＯＲ b） ＡＮＤ C", And((Or((A, B)), C))),
    ("a ＮＯＴ b", And((A, Not(B)))),
    ("a ＮＥＡＲ／3 b", Near(A, B, 3)),
    ("Straße", words("strasse")),
    ("北京", words("北 京")),
    ("bank*", words("bank*")),
    ("Coca-Col*", words("coca col*")),
    ('"central bank*"', words("central bank*")),
    ("a NEAR/3 b", Near(A, B, 3)),
    ("a NEAR/0 b", Near(A, B, 0)),
    ("a NEAR/3 b NEAR/1 c", Near(Near(A, B, 3), C, 1)),
    ("a NEAR/3 (b OR c)", Near(A, Or((B, C)), 3)),
    ("NOT a NEAR/3 b c", And((Not(Near(A, B, 3)), C))),
    ("a b NEAR/3 c", And((A, Near(B, C, 3)))),
    ("title:(a NEAR/3 b)", Near(words("a", Field.TITLE), words("b", Field.TITLE), 3)),
    ("title:a", words("a", Field.TITLE)),
    ("TITLE: a", words("a", Field.TITLE)),
    ("title：a", words("a", Field.TITLE)),
    ("body:(a -b)", And((words("a", Field.BODY), Not(words("b", Field.BODY))))),
    ('comment:"a b"', words("a b", Field.COMMENT)),
    ("source:BBC", words("bbc", Field.SOURCE)),
    ("author:Müller", words("muller", Field.AUTHOR)),
    ("tag:sport*", words("sport*", Field.TAG)),
    ("site:News.BBC.co.uk", Fact(Field.SITE, "news.bbc.co.uk")),
    ("site:daily-mail.co.uk", Fact(Field.SITE, "daily-mail.co.uk")),
    ("site:münchen.de", Fact(Field.SITE, "xn--mnchen-3ya.de")),
    ("lang:de_AT", Fact(Field.LANG, "de-at")),
    ("lang:(de OR fr)", Or((Fact(Field.LANG, "de"), Fact(Field.LANG, "fr")))),
    ("a\n AND\tb", And((A, B))),
    ("a AND (b OR NOT c)", And((A, Or((B, Not(C)))))),
    ("and", words("and")),
    ('"Yahoo!"', words("yahoo")),
    ("a AND a", A),
    ("a OR a OR b", Or((A, B))),
    # wildcards
    ("what?", words("what?")),
    ("wom?n", words("wom?n")),
    ("b*nk", words("b*nk")),
    ("*versicherung", words("*versicherung")),
    ("?ank", words("?ank")),
    ('"wom?n right*"', words("wom?n right*")),
    ('"who is it?"', words("who is it")),
    ('"who? me"', words("who me")),
    ("wom？n*", words("wom?n*")),
    ("서울 물", And((words("서울*"), words("물")))),
    ('"서울 시장"', words("서울* 시장*")),
    # distance
    ("a ONEAR/3 b", Near(A, B, 3, ordered=True)),
    ("a ONEAR/0 (b OR c)", Near(A, Or((B, C)), 0, ordered=True)),
    ('"a b"~5', Near(A, B, 5)),
    ('"a b c"~5', words("a b c", slop=5)),
    ('title:"a b c"~0', words("a b c", Field.TITLE, slop=0)),
    ('"a b c"~2 NEAR/3 d', Near(words("a b c", slop=2), words("d"), 3)),
    ('"aa* b"~2', Near(words("aa*"), B, 2)),
    # one side alone
    ("a NOT NEAR/5 b", Apart(A, B, 5)),
    ("a NOT  ONEAR/0 b", Apart(A, B, 0, ordered=True)),
    ("a NOT\nNEAR/5 b", Apart(A, B, 5)),
    ("AT&T NOT NEAR/5 b", Apart(words("at&t"), B, 5)),
    ('(a OR b) NOT NEAR/5 "b c"', Apart(Or((A, B)), words("b c"), 5)),
    ("a NOT NEAR/3 b NOT NEAR/1 c", Apart(Apart(A, B, 3), C, 1)),
    ("(a NEAR/3 b) NOT NEAR/1 c", Apart(Near(A, B, 3), C, 1)),
    ("a NEAR/3 (b NOT NEAR/1 c)", Near(A, Apart(B, C, 1), 3)),
    ("a NOT NEAR/3 (b NEAR/1 c)", Apart(A, Near(B, C, 1), 3)),
    ("a b NOT NEAR/5 c", And((A, Apart(B, C, 5)))),
    ("a AND NOT b NOT NEAR/5 c", And((A, Not(Apart(B, C, 5))))),
    ("a NOT (b NOT NEAR/5 c)", And((A, Not(Apart(B, C, 5))))),
    ("a NOT (a NEAR/5 b)", And((A, Not(Near(A, B, 5))))),
    ("title:(a NOT NEAR/5 b)", Apart(words("a", Field.TITLE), words("b", Field.TITLE), 5)),
    ("atleast2(a NOT NEAR/5 b)", AtLeast(2, Apart(A, B, 5))),
    ("changed:added(a NOT NEAR/5 b)", Within(Scope.ADDED, Apart(A, B, 5))),
    ('a "NOT NEAR/5" b', And((A, words("not near 5"), B))),
    # functions
    ("atleast5(a)", AtLeast(5, A)),
    ("atleast2(a OR b)", AtLeast(2, Or((A, B)))),
    ("AtLeast2(a NEAR/3 b)", AtLeast(2, Near(A, B, 3))),
    ("first50(a b)", Within(Scope.FIRST, And((A, B)), 50)),
    ("sentence(a b)", Within(Scope.SENTENCE, And((A, B)))),
    ("para(a NOT b)", Within(Scope.PARA, And((A, Not(B))))),
    ("para(sentence(a b) c)", Within(Scope.PARA, And((Within(Scope.SENTENCE, And((A, B))), C)))),
    ("title:sentence(a)", Within(Scope.SENTENCE, words("a", Field.TITLE))),
    ("first9(title:a b)", Within(Scope.FIRST, And((words("a", Field.TITLE), B)), 9)),
    ("changed:added(a OR b)", Within(Scope.ADDED, Or((A, B)))),
    ("changed:removed(sentence(a b))", Within(Scope.REMOVED, Within(Scope.SENTENCE, And((A, B))))),
    ("a -first5(b)", And((A, Not(Within(Scope.FIRST, B, 5))))),
    ('case("NASA")', words("nasa", look=Look.CASE, spelt=("NASA",))),
    ('case("AND")', words("and", look=Look.CASE, spelt=("AND",))),
    ('case("New York" OR Rome)', Or((words("new york", look=Look.CASE, spelt=("New", "York")),
                                      words("rome", look=Look.CASE, spelt=("Rome",))))),
    ("case(Müll*)", words("mull*", look=Look.CASE, spelt=("Mull*",))),
    ("accents(Malmö)", words("malmo", look=Look.ACCENTS, spelt=("malmö",))),
    ("exact(Malmö)", words("malmo", look=Look.EXACT, spelt=("Malmö",))),
    ("exact(서울)", words("서울", look=Look.EXACT, spelt=("서울",))),
    ("allcaps(nato)", words("nato", look=Look.ALLCAPS)),
    ("capital(Apple)", words("apple", look=Look.CAPITAL)),
    ('NoCapital("Big Apple*")', words("big apple*", look=Look.NOCAPITAL)),
    ("capital(apple) NEAR/3 a", Near(words("apple", look=Look.CAPITAL), A, 3)),
    ("capital (a)", And((words("capital"), A))),
    ("title:case(NASA)", words("nasa", Field.TITLE, look=Look.CASE, spelt=("NASA",))),
    ("case(NASA) NEAR/3 a", Near(words("nasa", look=Look.CASE, spelt=("NASA",)), A, 3)),
    ("stem:en(banks a)", And((words("banks", stem="en"), words("a", stem="en")))),
    ('stem:DE("neue Häuser")', words("neue hauser", stem="de")),
    # facts
    ("lead:a", words("a", Field.LEAD)),
    ("country:DE", Fact(Field.COUNTRY, "de")),
    ("country:uk", Fact(Field.COUNTRY, "gb")),
    ("published:2026", Fact(Field.PUBLISHED, "2026-01-01..2026-12-31")),
    ("published:2024-2", Fact(Field.PUBLISHED, "2024-02-01..2024-02-29")),
    ("published:2026-10-03", Fact(Field.PUBLISHED, "2026-10-03..2026-10-03")),
    ("published:>=2026-10", Fact(Field.PUBLISHED, "2026-10-01..")),
    ("published:>2026-10", Fact(Field.PUBLISHED, "2026-11-01..")),
    ("published:<2026", Fact(Field.PUBLISHED, "..2025-12-31")),
    ("published:<=2026-02", Fact(Field.PUBLISHED, "..2026-02-28")),
    ("published:2026-10..2026-11-15", Fact(Field.PUBLISHED, "2026-10-01..2026-11-15")),
    ("published:..2025", Fact(Field.PUBLISHED, "..2025-12-31")),
    ("length:>1000", Fact(Field.LENGTH, "1001..")),
    ("LENGTH:>=0100", Fact(Field.LENGTH, "100..")),
    ("length:<300", Fact(Field.LENGTH, "..299")),
    ("length:<=300", Fact(Field.LENGTH, "..300")),
    ("length：＞300", Fact(Field.LENGTH, "301..")),
    ("length:500..2000", Fact(Field.LENGTH, "500..2000")),
    ("length:500..", Fact(Field.LENGTH, "500..")),
    ("length:..2000", Fact(Field.LENGTH, "..2000")),
    ("length:0", Fact(Field.LENGTH, "0..0")),
    ("length:(>2000 OR <50)", Or((Fact(Field.LENGTH, "2001.."), Fact(Field.LENGTH, "..49")))),
    ("a -length:<50", And((A, Not(Fact(Field.LENGTH, "..49"))))),
    ("length wc", And((words("length"), words("wc")))),
]  # fmt: skip


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
    ('"a * b"', 1, "bank*"),
    ("e-*", 1, "bank*"),
    ("北京大学？", 1, "remove the ?"),
    ("報告?", 1, "remove the ?"),
    ("?報告", 1, "remove the ?"),
    ("a *b", 3, "at least 3 letters"),
    ("a ?b*cd", 3, "at least 3 letters"),
    ("???", 1, "remove it"),
    ("Coca-Col?", 1, "coca ONEAR/0 col?"),
    ("a " + " ".join(f"b{number}*" for number in range(301)), 1693, "split the query"),
    ("a " + " OR ".join(f"*bcd{number}" for number in range(21)), 193, "split the query"),
    ("titel:a", 1, "title:?"),
    ("a headline:b", 3, "title:?"),
    ("a bodi:b", 3, "body:?"),
    ("inurl:b", 1, "site:?"),
    ("url:oil", 1, "It takes a host such as bbc.co.uk"),
    ("case:NASA", 1, "write case(NASA)"),
    ("allcaps:who", 1, "write allcaps(who)"),
    ("a sentence:(b c)", 3, "write sentence("),
    ("first:a", 1, "write first50(a)"),
    ("stem(bank)", 1, "did you mean stem:en(…)?"),
    ('"“oil"', 1, "remove one of them"),
    ('a "oil”"', 7, "remove one of them"),
    ("oil AND \u200b gas", 9, "remove it"),
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
    ("a" + " NEAR/5 a" * 7, 57, "by AND"),
    ("a NEAR/5 b*", 10, "two letters"),
    ("source:a NEAR/5 b", 8, "AND"),
    ("NOT NEAR/5 a", 1, "before it"),
    ("a NOT NEAR/5", 3, "after NOT NEAR/5"),
    ("a NOT NEAR/5 )", 3, "after NOT NEAR/5"),
    ("a NOT NEAR b", 7, "NEAR/5"),
    ("a NOT near/5 b", 7, "write NEAR/5"),
    ("a -NEAR/5 b", 3, "write a NOT NEAR/5 b"),
    ("a AND NOT NEAR/5 b", 3, "write a NOT NEAR/5 b"),
    ("a NOT NOT NEAR/5 b", 3, "write a NOT NEAR/5 b"),
    ("bank NEAR/5 NOT fraud", 13, "write a NOT NEAR/5 b"),
    ("bank ONEAR/3 -fraud", 14, "write a NOT ONEAR/3 b"),
    ("a NOT NEAR/5 NOT b", 14, "OR groups"),
    ("a NOT NEAR/5 (b c)", 14, "OR groups"),
    ("(a b) NOT NEAR/5 c", 1, "OR groups"),
    ("title:a NOT NEAR/5 b", 9, "title:(a NOT NEAR/5 b)"),
    ("source:a NOT NEAR/5 b", 8, "AND"),
    ("a NOT NEAR/5 b*", 14, "two letters"),
    ("a NEAR/3 b NOT NEAR/5 c", 12, "as in (a NEAR/5 b) NOT NEAR/5 c"),
    ("a NOT NEAR/3 b ONEAR/5 c", 16, "as in (a NOT NEAR/5 b) ONEAR/5 c"),
    ("a" + " NOT NEAR/5 a" * 7, 81, "one group"),
    ("b OR NOT (a NOT NEAR/5 b)", 6, "must occur"),
    ("a NOT W/5 b", 7, "--dialect"),
    ("a ONEAR b", 3, "ONEAR/5"),
    ("a onear/5 b", 3, "write ONEAR/5"),
    ("a ONEAR/5", 3, "after ONEAR/5"),
    ("a W/5 b", 3, "NEAR/5"),
    ("a w/5 b", 3, "--dialect"),
    ("a pre/3 b", 3, "--dialect"),
    ("a adj3 b", 3, "--dialect"),
    ("a /5 b", 3, "--dialect"),
    ("a /n5/ b", 3, "--dialect"),
    ("bank!", 5, "bank*"),
    ("oil +gas", 5, "AND"),
    ("oil|gas", 4, "OR"),
    ("hd=oil", 3, "title:"),
    ("[oil]", 1, "( )"),
    ("/oil/", 1, "wildcards"),
    ("a PRE/S b", 3, "NEAR/5"),
    ('"a b"~', 6, '"a b"~5'),
    ('"a b"~x', 6, '"a b"~5'),
    ('"a b"~5x', 6, '"a b"~5'),
    ('"a"~5', 1, "two words or more"),
    ('"a b c*"~5', 1, "NEAR/5"),
    ('case("A b c"~5)', 6, "NEAR/5"),
    ("a~2 b", 2, "NEAR/5"),
    ("a^4 b", 2, "weights"),
    ("bank(NASA)", 1, "blank"),
    ("12:30(NASA)", 1, "blank"),
    ("cas(NASA)", 1, "did you mean case(…)?"),
    ("caps(NASA)", 1, "did you mean capital(…) or allcaps(…)?"),
    ("nocaps(apple)", 1, "did you mean nocapital(…)?"),
    ("capitals(Apple)", 1, "did you mean capital(…)?"),
    ("capital5(Apple)", 1, "write capital(…)"),
    ("capital()", 8, "between"),
    ("case(capital(a))", 6, "write capital(…) or case(…)"),
    ("nocapital(allcaps(a))", 11, "write allcaps(…) or nocapital(…)"),
    ("title:bank(a)", 7, "blank"),
    ("case3(NASA)", 1, "write case(…)"),
    ("case()", 5, "between"),
    ("case(a", 5, "missing )"),
    ("case(exact(a))", 6, "exact(…)"),
    ("first(a)", 1, "first50(…)"),
    ("first0(a)", 1, "first50(…)"),
    ("first99999(a)", 1, "first50(…)"),
    ("atleast(a)", 1, "atleast5(…)"),
    ("atleast5 (a)", 1, "write atleast5(…)"),
    ("atleast5(a b)", 9, "atleast5(a) atleast5(b)"),
    ("atleast5(source:a)", 9, "join the rest"),
    ("atleast5(sentence(a b))", 9, "join the rest"),
    ("atleast5(NOT a)", 9, "atleast5(a)"),
    ("a NEAR/5 sentence(b c)", 10, "join the rest"),
    ("a NEAR/5 atleast2(b)", 10, "join the rest"),
    ("sentence(NOT a)", 10, "must occur"),
    ("sentence(para(sentence(para(a b))))", 15, "by AND"),
    ("changed:a", 1, "changed:added(word)"),
    ("changed:foo(a)", 1, "blank"),
    ("sentence(changed:added(a))", 10, "outside"),
    ("stem:a", 1, "stem:en(word)"),
    ("stem:xx(a)", 1, "write stem: with one of"),
    ("country:germany", 9, "country:de"),
    ("published:yesterday", 11, "published:2026-10-03"),
    ("published:2026-13", 11, "published:2026-10-03"),
    ("published:2026-02-30", 11, "published:2026-10-03"),
    ("published:2026-03..2026-01", 11, "published:2026-10-03"),
    ("published:..", 11, "published:2026-10-03"),
    ("published:>9999", 11, "published:2026-10-03"),
    ("length:", 1, "after length:"),
    ("length:long", 8, "length:>1000"),
    ("length:1,000", 8, "length:>1000"),
    ("length:> 1000", 8, "without blanks"),
    ("length:..", 8, "length:500..2000"),
    ("length:2000..500", 8, "length:500..2000"),
    ("length:<0", 8, "length:<300"),
    ("length:>99999999", 8, "length:>1000"),
    ("length:-5", 8, "NOT length:"),
    ("length:NEAR/5", 1, "after length:"),
    ("length:10 NEAR/5 b", 8, "join the rest"),
    ("wc:>1000", 1, "length:?"),
    ("wc>1000", 3, "length:>1000"),
    ("oil length<=300", 11, "length:<300"),
    ("NOT length:>1000", 1, "must occur"),
    ("count(story) >= 5 in 1h", 1, "the words first"),
    ("a count(story)", 3, "count(story) >= 5 in 1h"),
    ("a count(story) >= 5", 3, "count(story) >= 5 in 1h"),
    ("a count(story) = 5 in 1h", 3, "count(story) >= 5 in 1h"),
    ("a count (story) >= 5 in 1h", 3, "write count(…)"),
    ("a Count  (distinct source)>=5 in 1h", 3, "write Count(…)"),
    ("a spike (p=1e-4)", 3, "write spike(…)"),
    ("a count(article) >= 1000000 in 1s", 3, "up to 999999"),
    (f"a count(story) >= {'9' * 5000} in 1s", 3, "up to 999999"),
    ("a count(words) >= 5 in 1h", 3, "count(distinct source)"),
    ("a count(story) >= 1 in 1h", 3, "from 2 up"),
    ("a count(story) >= 5 in 60d", 3, "31d"),
    ("a count(story) >= 5 in 0h", 3, "31d"),
    ("a OR b count(story) >= 5 in 1h", 8, "(a OR b) AND count"),
    ("(a count(story) >= 5 in 1h)", 4, "(a OR b) AND count"),
    ("a NOT count(story) >= 5 in 1h", 7, "(a OR b) AND count"),
    ("a count(story) >= 5 in 1h OR b", 3, "(a OR b) AND count"),
    ("a count(story", 8, "missing )"),
    ("a spike(p=2)", 3, "p=1e-4"),
    ("a spike(p=x)", 3, "p=1e-4"),
    ("a spike(baseline=1d)", 3, "baseline=28d"),
    ("a spike(baseline=long)", 3, "28d"),
    ("a spike(min=0)", 3, "min=5"),
    ("a spike(sigma=3)", 3, "p=1e-4"),
    ("NOT a", 1, "must occur"),
    ("-a", 1, "must occur"),
    ("a OR NOT b", 6, "must occur"),
    ("NOT a NOT b", 1, "must occur"),
    ("(NOT a) OR (b c)", 2, "must occur"),
    ("NOT (a NOT b)", 1, "must occur"),
    ("(" * 101 + "a" + ")" * 101, 101, "remove brackets"),
    ("a" * 20_001, 20_001, "split"),
    ('"' + "a " * 101 + '"', 1, "at most 100"),
    ("a" + "".join(f" -length:{number}" for number in range(100, 400)) + " -published:2026", 3614, "one span"),
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


@pytest.mark.parametrize("sign", ["\u200b", "\u2060", "\ufeff"])
def test_what_cannot_be_seen_is_named(sign):
    with pytest.raises(QueryError) as caught:
        parse(f"oil AND {sign} gas")
    assert caught.value.message.startswith(f"U+{ord(sign):04X} has no letter")


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


LEAVES = [
    "a", "Bank*", '"b c"', "title:c", 'comment:"a b"', "source:x", "site:x-y.co", "lang:de", "AT&T", "北京", "“b c*”", "w?m*n",
    '"a b c"~3', "case(NASA)", 'exact("São P*")', "allcaps(eu)", "capital(Apple)", "nocapital(apple)", "stem:de(häuser)", "lead:x", "country:us", "서울",
    "published:2026-01..", "length:>9", "length:5..9", "atleast3(a OR b)", "title:case(Who)",
]  # fmt: skip
SIDES = ["a", "bb*", '"b c"', "(a OR d)", "(a NEAR/2 d)", "(a NOT NEAR/2 d)", "case(A)", '"a b c"~4', "(b ONEAR/1 c)"]


def queries():
    operator = st.sampled_from(["NEAR", "ONEAR", "NOT NEAR", "NOT ONEAR"])
    near = st.builds("({} {}/{} {})".format, st.sampled_from(SIDES), operator, st.integers(0, 99), st.sampled_from(SIDES))
    return st.recursive(
        st.sampled_from(LEAVES) | near | near.map("comment:{}".format),
        lambda inner: st.one_of(
            st.builds("{} {}".format, inner, inner),
            st.builds("({} OR {})".format, inner, inner),
            st.builds("{} OR {}".format, inner, inner),
            st.builds("({} AND NOT {})".format, inner, inner),
            st.builds("-({})".format, inner),
            st.builds("{}({})".format, st.sampled_from(["first9", "sentence", "para"]), inner),
            st.builds("atleast2({})".format, near),
        ),
        max_leaves=12,
    ).map("must AND ({})".format)


@given(queries())
def test_parse_of_print_is_the_same(query):
    parsed, error = attempt(query)
    if parsed is None:
        assert "nested" in error.message or "nearly every" in error.message
    else:
        assert parse(str(parsed)).node == parsed.node


FLAT_WORDS = st.sampled_from(["a", "bank", "River", "near", "NEAR", "OR", "AND", "NOT", "adj5", "x9", "count"])
FLAT_PARTS = st.one_of(
    FLAT_WORDS,
    st.lists(FLAT_WORDS, max_size=3).map(lambda found: f'"{" ".join(found)}"'),
    st.lists(FLAT_WORDS, min_size=1, max_size=3).map(lambda found: f"({' OR '.join(found)})"),
    st.sampled_from(["()", "-a", "a*", "x:y", "title:a", '"a b"~3', "( a OR b )", ""]),
)
FLAT_QUERIES = st.lists(
    st.tuples(st.sampled_from([" AND ", " AND ", " NOT ", " AND NOT ", " ", " OR ", "  AND ", " NEAR/3 "]), FLAT_PARTS),
    min_size=1,
    max_size=4,
).map(lambda found: "".join(map("".join, found)).removeprefix(" AND ").removeprefix(" NOT ").removesuffix("()"))


@settings(max_examples=1000)
@given(FLAT_QUERIES)
def test_the_quick_way_reads_a_flat_query_as_the_long_way_does(query):
    def read(text):
        parsed, error = attempt(text)
        if parsed is None:
            return str(error)
        return [(node, getattr(node, "column", None)) for node in nodes(parsed.node)], parsed.warnings

    assert read(query) == read(query + " ")  # a blank at the end makes it go the long way


def test_the_quick_way_is_gone():
    for query in ["a", '"a b"', "a AND b", "a NOT b", '(a OR b) AND "c d" AND NOT (e OR f)']:
        assert flat(query) == parse(query + " ").node
        assert flat(query + " ") is None


COUNTED = [
    ("a AND count(story) >= 5 in 1h", "a AND count(story) >= 5 in 1h"),
    ("count(stories) > 4 in 60m (a OR b)", "(a OR b) AND count(story) >= 5 in 1h"),
    ("a Count( distinct sources )>=5 in 24H", "a AND count(distinct source) >= 5 in 1d"),
    ("a spike()", "a AND spike(p=0.0001, baseline=28d, min=5)"),
    ("a spike(p=1e-6, baseline=8w, min=9)", "a AND spike(p=1e-06, baseline=56d, min=9)"),
    ("a count(article) >= 2 in 90s AND spike(p=.01) NOT b",
     "a AND NOT b AND count(article) >= 2 in 90s AND spike(p=0.01, baseline=28d, min=5)"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "reading"), COUNTED, ids=[case[0] for case in COUNTED])
def test_counting_stands_beside_a_query(query, reading):
    assert str(parse(query)) == reading
    assert str(parse(reading)) == reading


@pytest.mark.parametrize("query", ["count spike", '"count(story) >= 5 in 1h"', "count (a)"])
def test_the_words_count_and_spike_are_words(query):
    assert parse(query).counting == ()


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
