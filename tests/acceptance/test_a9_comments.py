"""A9: a page with 200 comments that name the watched company, while its article does not; and comments keep coming."""

TITLE = "Night ferry to Orrin Island stays in port"
TEXT = [
    "The night ferry to Orrin Island stayed in port on Sunday after a lamp failed on the outer mole of the harbour.",
    "Harbour master Edwin Sallow said that the lamp would be mended before the tide turned in the early afternoon.",
    "Forty passengers slept in the waiting room, where the choir of Saint Brannoc served tea until three in the morning.",
]
SLUG = "ferry-stays"
SAID = [
    (f"Reader {number}", f"Zephyr Lines left {number} of us standing on the quay last winter, and never wrote a word.")
    for number in range(1, 201)
]
LATER = "Zephyr Lines did not bring them home, they say."
NOTHING = {"articles": 0, "versions": 0, "comments": 0, "stories": 0, "matches": 0, "alerts": 0}


def test_comments_speak_to_comment_rules_alone(paper, open_desk, declare_rule):
    rules = {
        "company": '"zephyr lines"',
        "company in articles": "title:zephyr OR lead:zephyr OR body:zephyr",
        "readers": 'comment:"zephyr lines"',
        "readers on ferries": 'comment:(zephyr NEAR/3 left) title:ferry source:courier NOT comment:"lamp failed"',
        "readers of the article's words": "comment:(lamp OR choir OR sallow)",
        "ferry": "ferry",
    }
    desk = open_desk(paper.channels, *(declare_rule(name, query) for name, query in rules.items()))
    desk.at("03:00").add(paper.feed)

    paper.at("03:05").publish(
        slug=SLUG, title=TITLE, paragraphs=TEXT, shape="modern", comments=SAID
    )  # a minute apart: to 06:25
    gained = desk.at("06:40").crawl()
    assert gained == {"articles": 1, "versions": 1, "comments": 200, "stories": 1, "matches": 1 + 2 * 200, "alerts": 3}
    (first,) = desk.rows("SELECT * FROM versions")
    assert "zephyr" not in str(first).lower()

    said = [comment(paper, f"06:4{number}", f"And Zephyr Lines has lost my trunk, number {number}.") for number in range(1, 6)]
    comment(paper, "06:46", "Lovely weather on the island today, by the way, for those who are there.")
    gained = desk.at("06:56").crawl()  # its look is due 15 minutes after it was first seen
    assert gained == NOTHING | {"comments": 6, "matches": 5}
    said.append(comment(paper, "06:57", "Zephyr left its manners in the last century."))  # not the two words
    said.append(comment(paper, "06:58", "Zephyr Lines left nobody untroubled."))
    other = paper.at("16:05").publish(
        title="Choir of Saint Brannoc wins a cup", paragraphs=["A quiet cup of silver went to the choir.", "And a song."],
        shape="modern", comments=[("Una", LATER)],
    )  # fmt: skip
    gained = desk.at("16:10").crawl()
    assert gained == {"articles": 1, "versions": 1, "comments": 2 + 1, "stories": 1, "matches": 3 + 1, "alerts": 1}
    assert desk.rows("SELECT * FROM versions WHERE id = 1") == [first], "the text, its hash and all else of the one version"
    assert matches(desk) == {
        ("ferry", "version"): (1, 1),
        ("readers", "comment"): (207, 207),
        ("readers on ferries", "comment"): (202, 202),
    }
    (texts,) = zip(*desk.rows(MATCHED_TEXTS), strict=True)
    assert sorted(texts) == sorted([*(text for _, text in SAID), *said[:5], said[6], LATER])
    check_told(paper, desk, other["url"])


MATCHED_TEXTS = """SELECT comments.text FROM matches JOIN rules ON rules.id = matches.rule_id
    JOIN comments ON comments.id = matches.document_id WHERE rules.name = 'readers'"""


def comment(paper, time_of_day, text):
    paper.at(time_of_day).tell("comment", slug=SLUG, author="Moira", text=text)
    return text


def matches(desk):
    """By rule and kind of document: how many matches, and of how many documents."""
    counted = desk.rows("""SELECT rules.name, document_kind, count(*), count(DISTINCT document_id)
        FROM matches JOIN rules ON rules.id = matches.rule_id GROUP BY 1, 2""")
    return {(name, kind): (count, documents) for name, kind, count, documents in counted}


def check_told(paper, desk, other):
    """One alert a rule and story, however many comments, and each delivered once by either channel."""
    alerts = [(alert["rule"], alert["reason"], alert["state"]) for alert in desk.alerts()]
    assert sorted(alerts[:3]) == [
        ("ferry", "new", "sent"),
        ("readers", "comment", "sent"),
        ("readers on ferries", "comment", "sent"),
    ]
    assert alerts[3:] == [("readers", "comment", "sent")]
    assert len(paper.hooks) == len({hook["id"] for hook in paper.hooks}) == len(paper.mails) == 4
    told = {(hook["rule"]["name"], hook["articles"][0]["url"]): hook for hook in paper.hooks}
    assert len(told) == 4
    for (rule, url), hook in told.items():
        fields = {each["field"] for each in hook["articles"][0]["evidence"]}
        assert hook["reason"] == ("new" if rule == "ferry" else "comment")
        assert fields == (
            {"title", "body"} if rule == "ferry" else {"comment"} if rule == "readers" else {"title", "comment", "source"}
        )
        assert (rule == "readers") or url != other
