import email
import email.policy
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.contents import words
from alerts.letters import mailbox
from alerts.render import BODY_LIMIT, headline, mail, page, plain, webhook_body
from alerts.wording import json_bytes, marked, one_line, web_address, when
from storage.models import (
    Alert,
    AlertReason,
    Article,
    Carrier,
    CommentsStatus,
    Evidence,
    PageKind,
    Relation,
    Rule,
    Severity,
)

NOW = datetime(2018, 1, 12, 9, 30, tzinfo=UTC)
SENTENCE = "The dam above Ríohondo broke at dawn, the mayor said."


def article(number: int = 1, **changes) -> Article:
    base = Article(
        id=number,
        url=f"https://paper{number}.example/dam",
        canonical_url=f"https://paper{number}.example/dam",
        source=f"Paper {number}",
        story_id=1,
        title="Dam breaks above Ríohondo",
        first_seen=NOW,
        last_seen=NOW,
        published=NOW,
        published_evidence="json-ld",
        modified=None,
        authors=(),
        language="en",
        image="https://paper1.example/big.jpg",
        tags=(),
        kind=PageKind.ARTICLE,
        news=True,
        versions=1,
        comments=0,
        comment_count=None,
        comments_status=CommentsStatus.NONE,
        comments_platform=None,
        paywalled=False,
    )
    return replace(base, **changes)


def evidence(**changes) -> Evidence:
    return replace(Evidence("body", ("dam", "broke"), SENTENCE, 120, 123), **changes)


def alert(*carriers: Carrier, **changes) -> Alert:
    base = Alert(
        id=1,
        uid="alt_1",
        rule=Rule("floods", "dam AND broke", 1, 3),
        story_id=1,
        story_uid="sty_1",
        story_title="Dam breaks above Ríohondo",
        outlets=len(carriers) or 2,
        reason=AlertReason.NEW,
        created=NOW,
        carriers=carriers
        or (Carrier(article(1), Relation.FIRST, (evidence(),)), Carrier(article(2), Relation.COPY, (evidence(),))),
    )
    return replace(base, **changes)


def letter(this: Alert, **changes) -> email.message.EmailMessage:
    arguments = {"sender": "night@desk.example", "recipient": "press@office.example", "key": "msg_1", "now": NOW}
    return mail(this, **(arguments | changes))


def received(this: Alert, **changes) -> email.message.EmailMessage:
    """The mail as the other side reads it from the wire."""
    return email.message_from_bytes(letter(this, **changes).as_bytes(), policy=email.policy.default)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


OURS = {"html", "head", "meta", "style", "title", "body", "h1", "p", "strong", "br", "span", "a", "blockquote", "mark", "hr"}

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "Dam\r\nBcc: everyone@office.example",
    "Dam\nContent-Type: text/html\n\n<b>",
    "NUL\0 and \x1b[31mred\x07",
    "line\u2028separator\u2029paragraph\x85next",
    "right\u202eotfel\u202c \u2066to\u2069 left",
    "=?utf-8?q?Dam=0D=0ABcc:_everyone=40office.example?=",
    "=?utf-8?b?RGFtDQpCY2M6IHg=?= breaks",
    "\ud800 lone surrogate",
    "&lt;b&gt; {braces} %s $name",
    "x" * 10_000,
    "水" * 10_000,
    "   ",
    "",
]


def test_the_body_of_a_webhook_is_exactly_the_documented_one():
    assert webhook_body(alert()) == {
        "type": "alert",
        "version": 1,
        "id": "alt_1",
        "created": "2018-01-12T09:30:00Z",
        "rule": {"name": "floods", "query": "dam AND broke", "version": 3},
        "severity": "normal",
        "story": {"id": "1", "title": "Dam breaks above Ríohondo", "outlets": 2},
        "reason": "new",
        "detail": None,
        "news": None,
        "articles": [
            {
                "id": str(number),
                "url": f"https://paper{number}.example/dam",
                "title": "Dam breaks above Ríohondo",
                "source": f"Paper {number}",
                "published": "2018-01-12T09:30:00Z",
                "relation": relation,
                "evidence": [{"field": "body", "words": ["dam", "broke"], "sentence": SENTENCE, "start": 120, "end": 123}],
            }
            for number, relation in ((1, "first"), (2, "copy"))
        ],
    }


def test_an_undated_article_is_null_and_times_are_utc():
    body = webhook_body(alert(Carrier(article(published=None), Relation.FIRST)))
    assert body["articles"][0]["published"] is None
    assert body["articles"][0]["evidence"] == []


def test_of_an_article_that_names_no_date_people_read_when_it_was_seen():
    undated = article(published=None)
    assert f"undated, seen {when(undated.first_seen)}" in plain(alert(Carrier(undated, Relation.FIRST)))


def test_a_story_of_two_hundred_outlets_fits_and_keeps_what_matched():
    copies = [Carrier(article(number), Relation.COPY) for number in range(200)]
    matched = Carrier(article(500), Relation.COPY, (evidence(),))
    body = webhook_body(alert(*copies, matched))
    assert len(json_bytes(body)) <= BODY_LIMIT
    assert body["story"]["outlets"] == 201
    assert body["articles"][0]["id"] == "500"
    assert 20 < len(body["articles"]) < 201


@pytest.mark.parametrize("letter_", ["x", "水", "\x01", "\U0001f4a5"], ids=["ascii", "han", "control", "emoji"])
def test_one_huge_article_still_fits(letter_):
    pieces = tuple(evidence(sentence=letter_ * 50_000, words=(letter_ * 9000,) * 99, start=at) for at in range(500))
    this = alert(
        Carrier(article(title=letter_ * 50_000, source=letter_ * 5000), Relation.FIRST, pieces),
        rule=Rule(letter_ * 5000, letter_ * 20_000),
        story_title=letter_ * 50_000,
    )
    body = webhook_body(this)
    assert len(json_bytes(body)) <= BODY_LIMIT
    assert body["articles"][0]["evidence"]
    assert body["articles"][0]["title"].endswith("…")


@pytest.mark.parametrize("letter_", ["水", "\x01", "\U0001f4a5"], ids=["han", "control", "emoji"])
def test_an_alert_of_no_articles_fits_too(letter_):
    rule = Rule(letter_ * 5000, letter_ * 20_000)
    this = replace(alert(rule=rule, story_title=letter_ * 5000, detail=letter_ * 5000), carriers=())
    assert len(json_bytes(webhook_body(this))) <= BODY_LIMIT


def test_an_address_beyond_all_bounds_leaves_the_counts():
    body = webhook_body(alert(Carrier(article(url="https://a.example/" + "x" * 30_000), Relation.FIRST), outlets=1))
    assert (body["articles"], body["story"]["outlets"]) == ([], 1)


@pytest.mark.parametrize("title", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_headline_sends_its_mail_and_injects_nothing(title):
    this = alert(
        Carrier(article(title=title, source=title), Relation.FIRST, (evidence(sentence=title),)),
        story_title=title,
        rule=Rule(title, title),
    )
    mine = received(this, recipient='"Press, Office" <press@office.example>')
    assert mine.keys() == received(alert()).keys()
    assert not mine.defects
    subject = mine["Subject"]
    assert one_line(str(subject), 400) == str(subject)
    assert len(subject) <= 330
    tags = Tags(mine.get_body(("html",)).get_content()).found
    assert {tag for tag, _ in tags} <= OURS
    assert all(set(attributes) <= {"name", "content", "charset", "class", "dir", "href"} for _, attributes in tags)
    assert json.loads(json_bytes(webhook_body(this)))["story"]["outlets"] == 1
    assert b"\0" not in letter(this).as_bytes()


@given(st.text(), st.text(), st.text())
@settings(max_examples=60)
def test_any_headline_arrives_as_it_was_shown(title, rule, name):
    this = alert(story_title=title, rule=Rule(rule, "x"))
    raw = letter(this).as_bytes()
    head, _, _ = raw.partition(b"\r\n\r\n")
    assert all(len(line) <= 998 and b"\r" not in line and b"\n" not in line for line in head.split(b"\r\n"))
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^ ]*\?=", head))
    mine = received(this)
    assert mine.keys() == received(alert()).keys()
    expected = f"[{one_line(rule, 100)}] {headline(this)}".replace("=?", "= ?")
    assert " ".join(str(mine["Subject"]).split()) == " ".join(expected.split())


def test_a_mail_says_what_who_when_where_and_why():
    other = Carrier(article(3, title="Town flooded"), Relation.EXCERPT, (evidence(field="title", sentence="A dam"),))
    first, copy = alert().carriers
    this = alert(first, copy, other, rule=Rule("floods", "dam AND broke", 1, 3, Severity.HIGH), outlets=12)
    text = received(this).get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert text == plain(this)
    assert text == (
        "Dam breaks above Ríohondo\n\n"
        "Paper 1, 12 Jan 2018, 09:30 UTC\n"
        "https://paper1.example/dam\n"
        "In the text: The *dam* above Ríohondo *broke* at dawn, the mayor said.\n\n"
        "Paper 2, 12 Jan 2018, 09:30 UTC (same text)\n"
        "https://paper2.example/dam\n\n"
        "Paper 3, 12 Jan 2018, 09:30 UTC (an excerpt)\n"
        "Town flooded\n"
        "https://paper3.example/dam\n"
        "In the headline: A *dam*\n\n"
        "Why: a story that this rule had not met before; 12 outlets carry it\n"
        "Rule floods, version 3: dam AND broke\n"
        "Severity: high\n"
        "Alert alt_1, 12 Jan 2018, 09:30 UTC\n"
    )


@pytest.mark.parametrize(
    ("detail", "why", "mark"),
    [
        ("10 outlets carry it now", "11 outlets carry it now", "11 outlets"),
        ("an article of this story was rewritten", "an article of this story was rewritten; 11 outlets carry it", "rewritten"),
        (
            "10 outlets carry it now; an article of this story was rewritten",
            "an article of this story was rewritten; 11 outlets carry it now",
            "11 outlets, rewritten",
        ),
        ("", "a story that you were told about has gone on; 11 outlets carry it", "follow-up"),
    ],
)
def test_a_follow_up_says_how_far_the_story_has_come_once_and_in_its_subject(detail, why, mark):
    this = alert(reason=AlertReason.FOLLOW_UP, detail=detail, outlets=11)
    assert f"\nWhy: {why}\n" in plain(this)
    assert received(this)["Subject"] == f"[floods] Dam breaks above Ríohondo ({mark})"
    assert words(this)[0] == f"[floods] Dam breaks above Ríohondo ({mark})"


def test_a_first_telling_by_a_count_of_outlets_is_marked_as_no_follow_up():
    this = alert(detail="3 outlets carry it now", outlets=4)
    assert "\nWhy: 4 outlets carry it now\n" in plain(this)
    assert received(this)["Subject"] == "[floods] Dam breaks above Ríohondo"


def test_the_page_marks_words_links_articles_and_loads_nothing():
    text = page(alert())
    tags = Tags(text).found
    assert "The <mark>dam</mark> above Ríohondo <mark>broke</mark> at dawn" in text
    assert [attributes["href"] for tag, attributes in tags if tag == "a"] == [
        "https://paper1.example/dam",
        "https://paper2.example/dam",
    ]
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in tags
    assert not {tag for tag, _ in tags} & {"img", "link", "script", "iframe"}
    assert "url(" not in text
    assert "big.jpg" not in text


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?a=1&b=2#c", "https://a.example/x?a=1&b=2#c"),
        ("http://a.example/ü b", "http://a.example/%C3%BC%20b"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" javascript:alert(1)", None),
        ("data:text/html,<script>", None),
        ("//a.example/x", None),
        ("https://", None),
        ("https://[bad", None),
        ("", None),
    ],
)
def test_only_web_addresses_are_linked(url, link):
    assert web_address(url) == link
    this = alert(Carrier(article(url=url), Relation.FIRST))
    hrefs = [attributes["href"] for tag, attributes in Tags(page(this)).found if tag == "a"]
    assert hrefs == ([link] if link else [])


def test_headers_for_machines():
    mine = received(alert())
    assert mine["Message-ID"] == "<msg_1@desk.example>"
    assert re.fullmatch(r"<story-sty-1-[0-9a-f]{8}@desk\.example>", mine["References"])
    assert mine["In-Reply-To"] is None, "the first mail of a story replies to nothing"
    assert mine["List-Id"] == "<floods.rules.desk.example>"
    assert mine["Auto-Submitted"] == "auto-generated"
    assert mine["Date"].datetime == NOW
    assert mine["From"] == "night@desk.example"
    assert mine["To"] == "press@office.example"
    assert mine.get_content_type() == "multipart/alternative"


def test_every_attempt_sends_the_same_bytes_and_every_delivery_its_own_id():
    assert letter(alert()).as_bytes() == letter(alert()).as_bytes()
    assert letter(alert())["Message-ID"] != letter(alert(), key="msg_2")["Message-ID"]


def test_a_story_is_one_thread_whatever_the_rule_and_stories_are_apart():
    root = letter(alert())["References"]
    assert letter(alert(rule=Rule("other", "x"), uid="alt_2"), key="msg_2")["References"] == root
    assert letter(alert(story_uid="sty_2"))["References"] != root


def test_a_later_mail_replies_to_the_first_one_and_names_the_root_before_it():
    root = letter(alert())["References"]
    later = received(alert(), key="msg_2", reply_to="msg_1")
    assert later["In-Reply-To"] == letter(alert())["Message-ID"]
    assert later["References"] == f"{root} <msg_1@desk.example>"


def test_rules_that_look_alike_have_lists_of_their_own():
    names = ["flut", "Flut", "FLUT", "f-l-u-t", "f l u t", "水", "火", "", "x" * 300, "x" * 301]
    lists = [letter(alert(rule=Rule(name, "x")))["List-Id"] for name in names]
    assert len(set(lists)) == len(names)
    assert all(re.fullmatch(r"<[a-z0-9-]{1,63}\.rules\.desk\.example>", each) for each in lists)


def test_a_display_name_keeps_its_letters_and_its_comma():
    mine = received(alert(), sender='"Nächt, Desk" <n@desk.example>', recipient="Presse <p@office.example>")
    assert [(each.display_name, each.addr_spec) for each in mine["From"].addresses] == [("Nächt, Desk", "n@desk.example")]
    assert mine["To"].addresses[0].display_name == "Presse"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "desk",
        "desk@",
        "@example.org",
        "a b@example.org",
        "a@b\r\nBcc: x@y",
        "dé@x.org",
        "a..b@x.org",
        ".a@x.org",
        "a@x..org",
        "A\r\nB <a@b.c>",
        "a@b.c, d@e.f",
    ],
)
def test_what_is_no_mail_address_is_refused(text):
    with pytest.raises(ValueError, match=r"desk@example\.org"):
        mailbox(text)


def test_a_story_of_many_articles_is_cut_in_a_mail_and_says_so():
    text = plain(alert(*(Carrier(article(number), Relation.COPY) for number in range(50))))
    assert text.count("https://") == 20
    assert "And 30 more articles." in text


def test_a_digest_without_articles_still_reads():
    this = alert(reason=AlertReason.DIGEST, story_title="", outlets=1)
    this = replace(this, carriers=())
    assert headline(this) == "(no headline)"
    assert "1 outlet carries it" in plain(this)
    assert webhook_body(this)["articles"] == []
    assert received(this).get_body(("html",))


@pytest.mark.parametrize(
    ("sentence", "words", "shown"),
    [
        ("The dams broke.", ("dam",), "The dams broke."),
        ("DAM, Dam and dam", ("dam",), "*DAM*, *Dam* and *dam*"),
        ("The Große Straße", ("strasse",), "The Große *Straße*"),
        ("Dämme in Zürich", ("damme", "zurich"), "*Dämme* in *Zürich*"),
        ("interest rate rise", ("interest rate",), "*interest rate* rise"),
        ("北京发生洪水了", ("洪水",), "北京发生*洪水*了"),
        ("AT&T and C++", ("at&t", "c++"), "*AT&T* and *C++*"),
        ("no such word", ("dam",), "no such word"),
        ("", ("dam",), ""),
        ("dam", (), "dam"),
        ("a", ("", "  ", "a"), "*a*"),
    ],
)
def test_words_are_marked_where_they_stand(sentence, words, shown):
    assert "".join(f"*{text}*" if hit else text for text, hit in marked(sentence, words)) == shown


@given(st.text(), st.lists(st.text()))
def test_marking_changes_no_text(sentence, words):
    assert "".join(text for text, _ in marked(sentence, words)) == sentence


@given(st.text(), st.integers(1, 50))
def test_one_line_is_one_line_and_settled(text, longest):
    line = one_line(text, longest)
    assert len(line.splitlines()) <= 1
    assert len(line) <= longest
    assert one_line(line, longest) == line


def test_times_for_people_name_their_zone():
    assert when(NOW) == "12 Jan 2018, 09:30 UTC"
    assert when(None) == "undated"


def test_the_documented_body_has_the_shape_of_the_real_one():
    page_ = (Path(__file__).parents[3] / "docs" / "alert-formats.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page_, re.DOTALL)
    assert shape(json.loads(example)) == shape(webhook_body(alert(alert().carriers[0])))


def shape(value):
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else type(value).__name__


def test_two_words_found_apart_in_one_sentence_are_marked_together():
    apart = (evidence(words=("dam",)), evidence(words=("broke",), start=140, end=145), evidence(field="tag", sentence="dam"))
    text = plain(alert(Carrier(article(), Relation.FIRST, apart)))
    assert text.count("In the text:") == 1
    assert "In the text: The *dam* above Ríohondo *broke* at dawn" in text
    assert "Tag: *dam*\n" in text
