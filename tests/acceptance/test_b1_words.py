"""B1: rules match whole words, phrases and distances as documented, live and in replay."""

import json

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


def lines():
    """The texts as `nightdesk ingest` takes them, under a title that says nothing."""
    articles = [{"url": url(name), "title": "From the quay", "text": text, "source": "courier"} for name, text in TEXTS.items()]
    return "\n".join(map(json.dumps, articles))


def test_rules_find_the_same_words_live_and_in_replay(open_desk, declare_rule):
    desk = open_desk(*(declare_rule(number, query) for number, query in enumerate(QUERIES)))
    desk.crawl()  # takes on what is declared
    desk.run("ingest", "-", "--alert", stdin=lines())
    told = {}
    for alert in desk.alerts():
        told.setdefault(alert["rule"], set()).update(alert["articles"])
    for number, (query, names) in enumerate(QUERIES.items()):
        assert told.get(str(number), set()) == {url(name) for name in names}, query

    for query in ("AI", '"bank fraud"', "bank NEAR/5 fraud"):
        replayed = desk.json("rule", "test", query)
        assert set(replayed["articles"]) == {url(name) for name in QUERIES[query]}, query
        assert replayed["alerts"] == replayed["stories"] == len(QUERIES[query]), query
