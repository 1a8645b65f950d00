import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.lint import Level, lint
from storage.errors import QueryError
from storage.language.query import parse

FINDINGS = [
    ("bank AND", Level.ERROR, 6, "nothing after", "after AND"),
    ("titel:bank", Level.ERROR, 1, "unknown field", "title:?"),
    ("NOT bank", Level.ERROR, 1, "nearly every article", "must occur"),
    ("bank near/5 fraud", Level.ERROR, 6, "capitals", "NEAR/5"),
    ("oil gas OR coal", Level.WARNING, 9, "(oil AND gas) OR coal", "brackets"),
    ("oil and gas", Level.WARNING, 5, "looked for as a word", "AND"),
    ("oil or gas", Level.WARNING, 5, "looked for as a word", "OR"),
    ("oil not gas", Level.WARNING, 5, "looked for as a word", "NOT"),
    ("bank NEAR/51 fraud", Level.WARNING, 6, "several paragraphs", "up to 50"),
    ("bank NOT NEAR/51 fraud", Level.WARNING, 6, "NOT NEAR/51 reaches", "AND NOT"),
    ("rico NOT (rico NEAR/5 puerto)", Level.WARNING, 6, "alone elsewhere", "rico NOT NEAR/5 puerto"),
    ("bank NOT NEAR/5 fraud NOT bank", Level.WARNING, 23, "can never match", "remove one"),
    ("the NOT NEAR/5 zebra", Level.WARNING, 1, "nearly every article", "rarer word"),
    ("the of", Level.WARNING, 1, "nearly every article", "rarer word"),
    ('"of the"', Level.WARNING, 1, "nearly every article", "rarer word"),
    ("the NOT bank", Level.WARNING, 1, "nearly every article", "rarer word"),
    ("oil b*", Level.WARNING, 5, "begins with b", "three letters"),
    ("bank NOT bank", Level.WARNING, 6, "can never match", "remove one"),
    ("oil -(gas OR oil)", Level.WARNING, 5, "can never match", "remove one"),
    ("title:bank NOT bank", Level.WARNING, 12, "can never match", "remove one"),
    ('"central bank" NOT bank', Level.WARNING, 16, "can never match", "remove one"),
    ("oil OR (gas NOT gas)", Level.WARNING, 13, "can never match", "remove one"),
    ("bank near fraud", Level.WARNING, 6, "looked for as a word", "NEAR/5"),
    ("bank NEAR/5 fraud NOT fraud", Level.WARNING, 19, "can never match", "remove one"),
    ("atleast3(bank) NOT bank", Level.WARNING, 16, "can never match", "remove one"),
    ("bank lang:de lang:fr", Level.WARNING, 19, "can never match", "lang:(de OR fr)"),
    ("bank site:a.de site:b.de", Level.WARNING, 21, "can never match", "OR"),
    ("bank published:<2020 published:>2021", Level.WARNING, 32, "can never match", "OR"),
    ("bank OR the", Level.WARNING, 9, "alone matches nearly every", "AND"),
    ("sport OR lang:en", Level.WARNING, 15, "alone matches every", "AND"),
    ("lang:en", Level.WARNING, 6, "every article with that lang", "a word"),
    ("length:>1000", Level.WARNING, 8, "every article with that length", "a word"),
    ("sport OR length:>9", Level.WARNING, 17, "alone matches every", "AND"),
    ("bank length:<300 length:>1000", Level.WARNING, 25, "can never match", "length:(..299 OR 1001..)"),
    ("bank length:1000", Level.WARNING, 13, "exactly 1000 words", "length:>=1000"),
    ("comment:acme length:>9", Level.WARNING, 9, "can never match", "OR"),
    ("oil?", Level.WARNING, 1, "one character", "remove it"),
    ("sentence(bank)", Level.WARNING, 1, "one word or phrase", "together"),
    ('first2("a b c")', Level.WARNING, 8, "can never match", "first50"),
    ('bank nocapital("covid 19")', Level.WARNING, 16, "19 has no letter", "outside"),
    ("bank capital(北京*)", Level.WARNING, 14, "can never match", "outside"),
    ("acme comment:boycott", Level.WARNING, 1, "can never match", "comment:( )"),
    ("sentence(title:a body:b)", Level.WARNING, 1, "can never match: no sentence", "side by side"),
    ("acme para(title:a lead:b)", Level.WARNING, 6, "can never match: no paragraph", "side by side"),
    ("bank NOT ban*", Level.WARNING, 6, "can never match", "remove one"),
    ("body:bank NOT bank*", Level.WARNING, 11, "can never match", "remove one"),
    ("(bank OR oil) NOT (bank OR oil)", Level.WARNING, 15, "can never match", "remove one"),
    ("(bank OR oil) NOT (oil OR gas OR bank)", Level.WARNING, 15, "can never match", "remove one"),
    ("bank fraud NOT (bank fraud)", Level.WARNING, 12, "can never match", "remove one"),
    ("bank fraud oil NOT (bank (fraud OR gas))", Level.WARNING, 16, "can never match", "remove one"),
    ("allcaps(who) NOT capital(who)", Level.WARNING, 14, "can never match", "remove one"),
    ("exact(Malmö) NOT case(Malmo)", Level.WARNING, 14, "can never match", "remove one"),
    ("atleast5(bank) NOT atleast2(bank)", Level.WARNING, 16, "can never match", "remove one"),
    ("atleast5(bank) NOT atleast2(bank*)", Level.WARNING, 16, "can never match", "remove one"),
    ("bank NEAR/2 fraud NOT (bank NEAR/5 fraud*)", Level.WARNING, 19, "can never match", "remove one"),
    ("sentence(bank fraud) NOT fraud", Level.WARNING, 22, "can never match", "remove one"),
    ("first5(bank) NOT first9(bank)", Level.WARNING, 14, "can never match", "remove one"),
    ("oil length:>10 NOT length:>5", Level.WARNING, 16, "can never match", "remove one"),
    ("oil published:2026-03 NOT published:2026", Level.WARNING, 23, "can never match", "remove one"),
    ("oil site:news.bbc.co.uk NOT site:bbc.co.uk", Level.WARNING, 25, "can never match", "remove one"),
    ("source.country:us bank", Level.WARNING, 1, "source.country: is no field here", "write country:us"),
    ("bank media-type:print", Level.WARNING, 6, "media-type: is no field here", '"media-type:print" in quotes'),
    ("'oil price'", Level.WARNING, 1, "single quotes make no phrase", 'write "oil price"'),
    ("gas ‘oil price’", Level.WARNING, 5, "single quotes make no phrase", 'write "oil price"'),
    ("C++", Level.WARNING, 1, "C++ finds C", "beside it"),
    ("oil title:C#", Level.WARNING, 11, "C# finds C", "beside it"),
    (".NET oil", Level.WARNING, 1, ".NET finds NET", "beside it"),
    ("atleast5 bank", Level.WARNING, 1, "as a word", "atleast5(…)"),
    ("oil first50", Level.WARNING, 5, "as a word", "first50(…)"),
    ("sentence bank", Level.WARNING, 1, "as a word", "sentence(…)"),
    ("case NASA", Level.WARNING, 1, "as a word", "case(…)"),
    ("para (bank fraud)", Level.WARNING, 1, "as a word", "para(…)"),
    ("oil AND spike", Level.WARNING, 9, "as a word", "spike(p=1e-4)"),
    ("bank --fraud", Level.WARNING, 6, "two dashes exclude nothing", "one dash"),
    ("bank –––fraud", Level.WARNING, 6, "two dashes exclude nothing", "one dash"),
    ("oil,gas", Level.WARNING, 1, 'the phrase "oil gas"', "(oil OR gas)"),
    ("coal AND oil;gas;tar", Level.WARNING, 10, 'the phrase "oil gas tar"', "(oil OR gas OR tar)"),
    ("oil OR\u200bgas", Level.WARNING, 5, "an invisible U+200B", "a blank"),
    ("oil site:bbc", Level.WARNING, 10, "hardly matches", "site:bbc.co.uk"),
    ("oil lang:xx", Level.WARNING, 10, "no language code", "lang:de"),
    ("oil country:zz", Level.WARNING, 13, "no country code", "country:de"),
    ("comment:boycott -acme", Level.WARNING, 18, "reads articles", "NOT comment:acme"),
]


@pytest.mark.parametrize(("query", "level", "column", "message", "remedy"), FINDINGS, ids=[case[0] for case in FINDINGS])
def test_finds(query, level, column, message, remedy):
    (finding,) = lint(query)
    assert (finding.severity, finding.column) == (level, column)
    assert message in finding.message
    assert remedy in finding.remedy


@pytest.mark.parametrize(
    "query",
    [
        "bank",
        '"oil and gas"',
        'oil "and" gas',
        "oil “or” gas",
        "rock-and-roll",
        "bank NEAR/50 fraud",
        "bank NOT NEAR/5 fraud",
        "bank NOT NEAR/5 fraud NOT fraud",
        "bank NOT (tax NEAR/5 fraud)",
        "the bank",
        "the source:bbc",
        "source:bbc",
        "ba*",
        "bank NOT title:bank",
        "bank NOT banker",
        'bank NOT "bank holiday"',
        "body:bank NOT title:bank",
        '"central bank*" NOT banker',
        "comment:boycott title:acme",
        "comment:boycott OR acme",
        "acme NOT comment:boycott",
        "bank length:>100 length:<1000",
        "bank length:500..2000",
        "U.S.",
        "O'Brien AND players' union",
        "the '90s bank",
        "rock 'n' roll",
        '"C++"',
        '"case NASA"',
        "case study",
        "Capital One",
        "capital gains",
        "stem cell",
        "bank -fraud -tax",
        "bank NOT NOT fraud",
        "3,000 oil",
        "oil, gas",
        "oil site:localhost",
        "oil site:gov.uk",
        "oil site:gov",
        "oil site:de",
        "oil lang:de-AT",
        "oil lang:gsw",
        "oil country:uk",
        "ORF\u200b oil",
        "bank* NOT bank",
        "ban* NOT bank*",
        "bank NOT (bank fraud)",
        "bank NOT atleast2(bank)",
        "capital(who) NOT allcaps(who)",
        "case(Malmo) NOT exact(Malmö)",
        "bank fraud NOT sentence(bank fraud)",
        "first9(bank) NOT first5(bank)",
        "sentence(bank NOT oil) oil",
        "sentence(bank NOT oil) NOT (bank NOT oil)",
        "sentence(title:a OR body:b)",
        "sentence(a title:b)",
        "para(c NOT (title:a body:b))",
        "bank NEAR/5 fraud NOT (bank NEAR/2 fraud)",
        "bank NEAR/5 fraud NOT (bank ONEAR/5 fraud)",
        "oil length:>5 NOT length:>10",
        "中*",
    ],
)
def test_finds_nothing(query):
    assert lint(query) == []


def test_words_without_field_do_not_read_the_title_over_a_comment():
    (finding,) = lint("comment:boycott title:acme NOT acme")
    assert "reads articles" in finding.message


def test_findings_come_by_column():
    assert [finding.column for finding in lint("oil and b* c NEAR/60 d")] == [5, 9, 14]


def test_a_finding_reads_as_one_line():
    assert str(lint("NOT a")[0]).startswith("error: column 1: ")


@given(st.text(st.sampled_from('abANDORNT "()*-:/title5')) | st.text())
def test_errors_are_exactly_what_the_parser_refuses(query):
    findings = lint(query)
    refused = [finding for finding in findings if finding.severity is Level.ERROR]
    try:
        parse(query)
    except QueryError:
        assert len(refused) == len(findings) == 1
    else:
        assert not refused
