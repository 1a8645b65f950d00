"""What is new of a story: which sentences an edit changed, who carries it now, and how that reads."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.news import Edited, Known, news
from alerts.news_words import NEWS_LIMIT, news_body, news_html, news_text
from alerts.render import BODY_LIMIT, page, plain, webhook_body
from alerts.wording import json_bytes, one_line
from nightdesk.samples import sample_alert
from storage.models import Arrival, Carrier, Edit, Evidence, News, Relation, Version

NOW = datetime(2026, 3, 1, 3, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ARTICLE = replace(sample_alert(NOW).carriers[0].article, id=7, source="The Paper", title="Dam breaks")
OLD = "The dam broke at dawn. Three people died. The mayor spoke.\n\nThe road stays open.\n\nA school was used as a shelter."
NEW = "The dam broke at dawn. Five people died. The mayor spoke.\n\nA school was used as a shelter.\n\nAn inquiry begins on Monday."


def version(number, text=OLD, title="Dam breaks"):
    return Version(7, number, title, text, NOW if number == 1 else LATER)


def edited(old=OLD, new=NEW, title="Dam breaks", new_title="Dam breaks, five dead"):
    return Edited(ARTICLE, version(1, old, title), version(2, new, new_title))


def carrier(number, text, source=None):
    return replace(ARTICLE, id=number, source=source or f"Outlet {number}", title=f"Head {number}"), text


def sides(passage):
    return tuple("".join(piece[side] for piece in passage).strip() for side in (0, 1))


def test_an_edit_is_told_by_the_sentences_that_changed_and_no_other():
    (edit,) = news(Known(NOW, (edited(),))).edits
    assert sides(edit.title) == ("Dam breaks", "Dam breaks, five dead")
    assert [sides(each) for each in edit.passages] == [
        ("Three people died.", "Five people died."),
        ("The road stays open.", ""),
        ("", "An inquiry begins on Monday."),
    ]
    assert (edit.source, edit.seen, edit.more) == ("The Paper", LATER, 0)


def test_it_reads_in_a_text_with_what_went_and_what_came():
    told = news(Known(NOW, (edited(),), (OLD,), (carrier(8, f"{OLD} The mayor resigned at noon."), carrier(9, OLD))))
    assert news_text(told) == (
        "New since you were told (1 Mar 2026, 03:12 UTC)\n"
        "The Paper changed its article, seen 1 Mar 2026, 04:12 UTC:\n"
        "  Headline:\n"
        "  - Dam breaks\n"
        "  + Dam breaks, five dead\n"
        "  Text:\n"
        "  - Three people died.\n"
        "  + Five people died.\n"
        "  - The road stays open.\n"
        "  + An inquiry begins on Monday.\n"
        "Also carried now by Outlet 8 and Outlet 9.\n"
        "Outlet 8 adds:\n"
        "  + The mayor resigned at noon."
    )


def test_in_html_each_change_is_marked_in_its_sentence():
    html = news_html(news(Known(None, (edited(),))))
    assert "<h2>What the edit changed</h2>" in html
    assert '<p dir="auto"><del>Three</del> <ins>Five</ins> people died.</p>' in html
    assert "<strong>Dam breaks<ins>, five dead</ins></strong>" in html
    assert "<ins>An inquiry begins on Monday.</ins>" in html
    assert "<del>The road stays open.</del>" in html


def test_where_little_stayed_both_sentences_are_shown_whole():
    old, new = "The mayor said that nobody had been warned.", "Warnings had come for weeks, papers show."
    rest = "The dam broke at dawn, and the valley was flooded to the roofs of its lowest houses."
    html = news_html(news(Known(None, (edited(f"{old} {rest}", f"{new} {rest}", new_title="Dam breaks"),))))
    assert f"<del>{old}</del><br><ins>{new}</ins>" in html


def test_a_webhook_gets_both_sides_of_each_change():
    told = news(Known(NOW, (edited(),), (OLD,), (carrier(8, "The mayor resigned at noon after a long talk."),)))
    assert news_body(told) == {
        "since": "2026-03-01T03:12:00Z",
        "edits": [{
            "article": "7", "seen": "2026-03-01T04:12:00Z", "title": {"old": "Dam breaks", "new": "Dam breaks, five dead"},
            "changes": [
                {"old": "Three people died.", "new": "Five people died."}, {"old": "The road stays open.", "new": None},
                {"old": None, "new": "An inquiry begins on Monday."},
            ],
            "more": 0,
        }],
        "arrivals": [{"article": "8", "source": "Outlet 8", "adds": ["The mayor resigned at noon after a long talk."], "more": 0}],
        "more_edits": 0, "more_arrivals": 0,
    }  # fmt: skip
    assert news_body(None) is None


NOTHING = [
    Known(NOW),
    Known(NOW, (edited(OLD, OLD, new_title="Dam breaks"),)),
    Known(NOW, (edited(OLD, OLD.upper().replace(".", "!"), new_title="DAM BREAKS"),)),
    Known(NOW, (edited("One one.\n\nTwo two.", "Two two.\n\nOne one.", new_title="Dam breaks"),)),
]


@pytest.mark.parametrize("known", NOTHING, ids=["nothing", "the same", "signs and case", "moved"])
def test_what_changes_no_word_is_no_news(known):
    assert news(known) is None


def test_of_many_changes_the_first_are_shown_and_the_others_counted():
    old = "\n\n".join(f"Valley number {n} has been flooded to the roofs." for n in range(40))
    told = news(Known(NOW, (edited(old, old.replace("flooded", "cleared")),)))
    (edit,) = told.edits
    assert (len(edit.passages), edit.more) == (6, 34)
    assert "  … and 34 more changes" in news_text(told)
    assert news_body(told)["edits"][0]["more"] == 34


def test_outlets_are_named_once_each_the_first_ten_and_the_others_counted():
    come = tuple(carrier(number, OLD, f"Outlet {number % 13}") for number in range(26))
    told = news(Known(NOW, (), (OLD,), come))
    assert [each.source for each in told.arrivals] == [f"Outlet {number}" for number in range(10)]
    assert told.more_arrivals == 3
    assert "Outlet 9 and 3 more." in news_text(told)


def test_an_edit_deep_inside_a_long_text_is_found_and_what_stands_around_it_is_not_compared():
    long = "\n\n".join(f"Paragraph number {n} of a long, long report about the dam." for n in range(5000))
    (edit,) = news(Known(NOW, (edited(long, long.replace("number 2500 of", "number 2500 from")),))).edits
    assert len(edit.passages) == 1
    assert ("of", "from") in [tuple(map(str.strip, piece)) for piece in edit.passages[0]]


def test_a_long_sentence_is_shown_around_its_change():
    long = "The dam " + "and the valley and the town " * 30 + "saw {} and the rain went on " + "and on and on " * 40
    (edit,) = news(Known(NOW, (edited(long.format("water"), long.format("nothing"), new_title="Dam breaks"),))).edits
    (passage,) = edit.passages
    old, new = sides(passage)
    assert old.startswith("… ")
    assert old.endswith(" …")
    assert "saw water and" in old
    assert "saw nothing and" in new
    assert len(new) < 300


LETTERS = ["x", "水", "\x01", "\U0001f4a5", '"', "a. "]


@pytest.mark.parametrize("letter", LETTERS, ids=["ascii", "han", "control", "emoji", "quote", "sentences"])
def test_news_and_the_body_around_it_keep_their_limits(letter):
    pieces = tuple(Evidence("body", (letter * 900,), letter * 5000, at, at + 1) for at in range(50))
    passages = tuple(((letter * 400, f"n{letter * 399}"),) * 3 for _ in range(6))
    edit = Edit(7, letter * 100, LATER, passages[0], passages, 9)
    told = News(NOW, (edit,) * 3, tuple(Arrival(n, letter * 100, (letter * 400,) * 2) for n in range(10)), 4, 5)
    assert len(json_bytes(news_body(told))) <= NEWS_LIMIT
    base = sample_alert(NOW)
    carriers = (Carrier(replace(ARTICLE, title=letter * 9000), Relation.FIRST, pieces),)
    body = webhook_body(replace(base, carriers=carriers, story_title=letter * 9000, news=told, detail=letter * 9000))
    assert len(json_bytes(body)) <= BODY_LIMIT
    assert body["articles"][0]["evidence"]


def lines_of(told):
    for edit in told.edits:
        for passage in (edit.title, *edit.passages):
            yield from (side for piece in passage for side in piece)
    for arrival in told.arrivals:
        yield from (arrival.source, *arrival.adds)


HOSTILE = st.text(st.sampled_from("ab. \n\r\0\x1b\u2028\u2029\u202e\u2066<>&\"'水-+=?"), max_size=60)


@given(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=200)
def test_whatever_the_texts_are_all_of_it_is_washed_and_escaped(old, new, title, new_title):
    come = ((replace(ARTICLE, id=8, source=title, title=title), new),)
    told = news(Known(NOW, (edited(old, new, title, new_title),), (old,), come))
    for each in lines_of(told):
        assert one_line(each) == " ".join(each.split())
        assert len(each.splitlines()) <= 1
    html = news_html(told)
    assert set(re.findall(r"</?(\w+)", html)) <= {"div", "h2", "p", "strong", "del", "ins", "br"}
    assert not re.search(r"[\0\r\x1b\u2028\u2029\u202e\u2066]", html + news_text(told))


def test_news_stand_between_the_headline_and_the_articles():
    told = news(Known(NOW, (edited(),)))
    alert = replace(sample_alert(NOW), news=told)
    assert plain(alert).startswith(f"Test alert from Nightdesk\n\n{news_text(told)}\n\nNightdesk, 1 Mar")
    text = page(alert)
    assert text.index("</h1>") < text.index(news_html(told)) < text.index("courier.example.org")


def test_what_came_since_stands_before_what_was_known():
    known, come = (replace(ARTICLE, id=number, url=f"https://x.example/{number}") for number in (8, 9))
    first = Carrier(ARTICLE, Relation.FIRST, (Evidence("title", ("Dam",), "Dam breaks", 0, 3),))
    carriers = (first, Carrier(known, Relation.COPY), Carrier(come, Relation.COPY))
    alert = replace(sample_alert(NOW), carriers=carriers, news=News(NOW, arrivals=(Arrival(9, "The Paper"),)))
    assert [each["id"] for each in webhook_body(alert)["articles"]] == ["7", "9", "8"]


def test_of_many_edited_articles_the_first_are_compared_and_the_others_counted():
    many = tuple(replace(edited(), article=replace(ARTICLE, id=number)) for number in range(9))
    told = news(Known(NOW, many))
    assert ([edit.article_id for edit in told.edits], told.more_edits) == ([0, 1, 2], 6)
    assert "6 more articles changed." in news_text(told)
    assert "6 more articles changed." in news_html(told)
