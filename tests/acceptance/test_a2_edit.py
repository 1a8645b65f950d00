"""A2: an article's title and two paragraphs change after it was alerted."""

import pytest

OLD = [
    "The night ferry to Orrin Island stayed in port on Sunday after a lamp failed on the outer mole of the harbour.",
    "Harbour master Edwin Sallow said that the lamp would be mended before the tide turned in the early afternoon.",
    "Forty passengers slept in the waiting room, where the choir of Saint Brannoc served tea until three in the morning.",
    "The company has promised to carry the post first, then the school pupils, and the furniture of the vicar last of all.",
]
NEW = [
    OLD[0],
    "Harbour master Edwin Sallow said that the lamp had been stolen, and that he had asked the constabulary for help.",
    OLD[2],
    "The company has hired a trawler for the post, and asks everybody else to wait until smugglers have been ruled out.",
]
TITLE, NEW_TITLE = "Lamp fails and ferry stays in port", "Lamp stolen from harbour mole, ferry stays in port"
SLUG = "lamp-fails"
CHANGES = {"brought": "changed:added(smuggler*)", "taken": "changed:removed(furniture)"}
SILENT = {  # of words that stood in both versions, of what came where it is asked to have gone, and the reverse
    "brought, of both": "changed:added(passengers OR brannoc)", "taken, of both": "changed:removed(passengers OR brannoc)",
    "taken, of the new": "changed:removed(smuggler*)", "brought, of the old": "changed:added(furniture)",
}  # fmt: skip
EDITED = ["brought", "smuggling", "taken"]


@pytest.fixture
def desk(paper, open_desk, declare_rule):
    """A desk at 03:00 that has told the article of 03:05 at 03:10."""
    rules = {"ferry": "ferry", "smuggling": "smuggler*", **CHANGES, **SILENT}
    desk = open_desk(paper.channels, *(declare_rule(name, query) for name, query in rules.items()))
    desk.at("03:00").add(paper.feed)
    paper.at("02:00").publish(title="Choir of Saint Brannoc wins a cup", paragraphs=["A quiet cup of silver.", "And a song."])
    paper.at("03:05").publish(slug=SLUG, title=TITLE, paragraphs=OLD, shape="modern", comments=[("Una", "Oh dear.")])
    gained = desk.at("03:10").crawl()
    assert (gained["articles"], gained["alerts"]) == (2, 1)
    assert len(paper.mails) == len(paper.hooks) == 1
    assert [hook["reason"] for hook in paper.hooks] == ["new"]
    return desk


def test_an_edit_that_the_feed_shows(paper, desk):
    paper.at("03:11").edit(SLUG, title=NEW_TITLE, paragraphs=NEW)
    assert desk.at("03:12").crawl() == {"articles": 0, "versions": 1, "comments": 0, "stories": 0, "matches": 4, "alerts": 3}
    check_told(paper, desk)
    alerts = sorted((alert["rule"], alert["reason"]) for alert in desk.alerts())
    assert alerts == [("brought", "edit"), ("ferry", "new"), ("smuggling", "edit"), ("taken", "edit")]
    assert desk.at("03:13").crawl()["versions"] == 0
    paper.at("03:30").edit(SLUG, title=NEW_TITLE, paragraphs=[*NEW, "The tide turned at noon, as it always had."])
    gained = desk.at("03:40").crawl()
    assert (gained["versions"], gained["alerts"], len(paper.hooks), len(paper.mails)) == (1, 0, 4, 4), (
        "what came once is told once"
    )
    assert desk.count("matches WHERE document_kind = 'version'") == 7, "of those rules that read the whole text, two more"


def test_an_edit_that_only_the_page_shows_is_found_at_its_next_look(paper, desk, wait):
    paper.serve("/feed.xml", paper.page("/feed.xml"), "application/rss+xml")
    piece = paper.at("03:11").edit(SLUG, title=NEW_TITLE, paragraphs=NEW)
    paper.forget()
    assert desk.at("03:20").crawl()["versions"] == 0
    assert paper.hits(piece["path"]) == [], "nothing said that it had changed, and its look is not due"
    with desk.at("03:22", rate=60).daemon():
        wait(lambda: desk.count("versions") == 3, what="the second version")
        wait(lambda: len(paper.hooks) == 4 and len(paper.mails) == 4, what="the alerts of the edit")
    version = check_told(paper, desk)["versions"][-1]
    assert paper.hits(piece["path"]) == [200]
    assert "2026-11-01T03:25:00Z" <= version["seen"] < "2026-11-01T03:30:00Z", "15 minutes after it was first seen, at 03:10"


def check_told(paper, desk):
    """One article in two versions, told once to whoever waited for it, and once to each rule of what the edit brought or took."""
    (piece,) = [each for each in paper.articles() if each["slug"] == SLUG]
    shown = desk.json("show", piece["url"])
    assert [version["title"] for version in shown["versions"]] == [TITLE, NEW_TITLE]
    assert [version["text"].split("\n\n") for version in shown["versions"]] == [OLD, NEW]
    assert desk.count("articles") == 2
    diff = desk.run("show", shown["url"], "--diff").stdout.splitlines()
    assert [line for line in diff if line[:1] == "-" and line[:3] != "---"] == [f"-{TITLE}", f"-{OLD[1]}", f"-{OLD[3]}"]
    assert [line for line in diff if line[:1] == "+" and line[:3] != "+++"] == [f"+{NEW_TITLE}", f"+{NEW[1]}", f"+{NEW[3]}"]

    assert desk.count("alerts") == len(paper.mails) == 4
    first, *edits = paper.hooks
    assert (first["rule"]["name"], first["reason"]) == ("ferry", "new")
    assert sorted((hook["rule"]["name"], hook["reason"]) for hook in edits) == [(name, "edit") for name in EDITED]
    told = {hook["rule"]["name"]: hook["articles"][0]["evidence"] for hook in edits}
    for name in ("smuggling", "brought"):
        assert [(each["field"], each["words"]) for each in told[name]] == [("body", ["smugglers"])]
        assert "smugglers" in told[name][0]["sentence"]
    (gone,) = told["taken"]
    assert (gone["field"], gone["words"], gone["sentence"]) == ("removed:body", ["furniture"], OLD[3])
    before = shown["versions"][0]["text"]
    assert before[gone["start"] : gone["end"]] == "furniture"
    matched = desk.rows("SELECT rules.name FROM matches JOIN rules ON rules.id = matches.rule_id WHERE document_id = 3")
    assert sorted(name for (name,) in matched) == sorted(["ferry", *EDITED]), "the rules of words that stayed found nothing"
    return shown
