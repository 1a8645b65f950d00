"""B1: rules match whole words, phrases and distances as documented, live and in replay."""

import json

import pytest

TEXTS = {
    "said": "The mayor said that the rain had paid for the main drain again.",
    "ai": "The council has bought an AI that counts the gulls on the quay.",
    "phrase": "The trial for bank fraud went on, and the clerk yawned.",
    "apart": "The bank called it no case of fraud, and the clerk yawned.",
    "reversed": "It was fraud, bank and all, if one believed the clerk.",
    "five": "The bank of the small river town fraud watchers love is shut.",
    "six": "The bank of the small old river town fraud watchers love is shut.",
    "five-backwards": "Of fraud on a grand scale the bank knew nothing at all.",
    "six-backwards": "Of fraud on a very grand scale the bank knew nothing at all.",
    "banks": "Both banks deny that there was fraud.",
}
QUERIES = {
    "AI": {"ai"},
    "ai": {"ai"},
    '"bank fraud"': {"phrase"},
    "bank AND fraud": {"phrase", "apart", "reversed", "five", "six", "five-backwards", "six-backwards"},
    "bank NEAR/5 fraud": {"phrase", "apart", "reversed", "five", "five-backwards"},
    "bank NEAR/6 fraud": {"phrase", "apart", "reversed", "five", "six", "five-backwards", "six-backwards"},
    "bank NEAR/0 fraud": {"phrase", "reversed"},
    "bank* AND fraud": {"phrase", "apart", "reversed", "five", "six", "five-backwards", "six-backwards", "banks"},
}


def url(name):
    return f"https://courier.example/{name}"


@pytest.fixture
def desk(open_desk, declare_rule):
    return open_desk(*(declare_rule(query.replace('"', ""), query) for query in QUERIES))


def test_a_rule_finds_the_same_words_live_and_in_replay(desk):
    desk.crawl()  # takes on what is declared
    lines = [json.dumps({"url": url(name), "title": name.upper(), "text": text, "source": "courier"}) for name, text in TEXTS.items()]
    lines = [line.replace('"AI"', '"Gulls"').replace('"SAID"', '"Rain"') for line in lines]
    desk.run("ingest", "-", "--alert", stdin="\n".join(lines))

    told = {}
    for alert in desk.alerts():
        told.setdefault(alert["rule"], set()).update(alert["articles"])
    for query, names in QUERIES.items():
        assert told.get(query.replace('"', ""), set()) == {url(name) for name in names}, query


@pytest.mark.parametrize("query", ["AI", '"bank fraud"', "bank NEAR/5 fraud"])
def test_replay(open_desk, query):
    desk = open_desk()
    lines = [json.dumps({"url": url(name), "title": "Quay", "text": text, "source": "courier"}) for name, text in TEXTS.items()]
    desk.run("ingest", "-", stdin="\n".join(lines))
    replayed = desk.json("rule", "test", query)
    assert set(replayed["articles"]) == {url(name) for name in QUERIES[query]}
    assert replayed["alerts"] == replayed["stories"] == len(QUERIES[query])
    assert desk.alerts() == []
