from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.identity import (
    Known,
    carries_same_text,
    clean_line,
    clean_text,
    count_words,
    decide,
    is_news,
    is_same_article,
    text_hash,
)
from storage.models import Extraction, Outcome, PageKind, Reason

URL = "https://courier.example/a"
TEXT = "The port of Malden closed on Monday after a crane fell into the dock."
ADDED = datetime(2026, 3, 2, 12, 0, 0, 700_000, tzinfo=UTC)


def known(title="Port closed", text=TEXT):
    return Known(7, title, text, text_hash(text))


def read(title="Port closed", text=TEXT, kind=PageKind.ARTICLE):
    return Extraction(URL, title, text, kind=kind)


OUTCOMES = [
    ("never seen", read(), None, Outcome.NEW, None),
    ("as it was", read(), known(), Outcome.SAME, None),
    ("other blanks and signs", read(text=TEXT.replace(" ", "\n\n").replace(".", "!")), known(), Outcome.SAME, None),
    ("other case", read("PORT CLOSED", TEXT.upper()), known(), Outcome.SAME, None),
    ("one word more", read(text=TEXT + " Nobody was hurt"), known(), Outcome.UPDATED, None),
    ("other figure", read(text="It cost 5.5 million."), known(text="It cost 55 million."), Outcome.UPDATED, None),
    ("other title", read("Port reopened"), known(), Outcome.UPDATED, None),
    ("live page", read(kind=PageKind.LIVE), None, Outcome.NEW, None),
    ("no text", read(text=" \n "), None, Outcome.REJECTED, Reason.NO_TEXT),
    ("no text any more", read(text=""), known(), Outcome.REJECTED, Reason.NO_TEXT),
    ("consent page", read(kind=PageKind.CONSENT), known(), Outcome.REJECTED, Reason.NOT_AN_ARTICLE),
    ("error page", read(kind=PageKind.ERROR), None, Outcome.REJECTED, Reason.NOT_AN_ARTICLE),
    ("listing", read(kind=PageKind.LISTING), None, Outcome.REJECTED, Reason.NOT_AN_ARTICLE),
]


@pytest.mark.parametrize(
    ("reading", "before", "outcome", "reason"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES]
)
def test_what_a_reading_is_to_its_article(reading, before, outcome, reason):
    decision = decide(reading, before)
    assert (decision.outcome, decision.reason) == (outcome, reason)
    assert decision.article_id == (before.article_id if before else None)


def test_an_equal_title_makes_the_same_article_but_two_missing_ones_say_nothing():
    other = known(text="Quite other words about the harbour master and his boats")
    assert is_same_article(read(), other)
    for title in (None, "", "…"):
        assert not is_same_article(read(title=title), known(title=title or "", text=other.text))


def test_a_rewritten_article_is_the_same_one_and_another_is_not():
    rewritten = "The port of Malden closed on Monday. A crane fell into the dock, said its master."
    assert is_same_article(read("Crane falls", rewritten), known())
    assert not is_same_article(
        read("Vote", "A vote on the new town hall of Harwick was put off until May by the council"), known()
    )


def test_texts_without_words_are_never_the_same_article():
    assert not is_same_article(read("A", "…"), known("B", "…"))


def test_short_equal_texts_are_copies_only_under_one_title():
    assert carries_same_text(read(), 40, "Quite another title")
    assert not carries_same_text(read(), 39, "Quite another title")
    assert carries_same_text(read(), 3, "PORT CLOSED!")
    assert not carries_same_text(read(title=None), 3, "")


NEWS = [
    ("dated after", ADDED + timedelta(seconds=1), True, True),
    ("dated in the very second", ADDED.replace(microsecond=0), True, True),
    ("dated a second before", ADDED.replace(microsecond=0) - timedelta(seconds=1), True, False),
    ("dated before, though listed later", ADDED - timedelta(days=9), False, False),
    ("undated in the first reading", None, True, False),
    ("undated later", None, False, True),
]


@pytest.mark.parametrize(("dated", "backlog", "told"), [row[1:] for row in NEWS], ids=[row[0] for row in NEWS])
def test_what_is_news(dated, backlog, told):
    assert is_news(dated, added=ADDED, backlog=backlog) is told


def test_headlines_lose_controls_and_bidirectional_overrides():
    assert clean_line("  Pay\u202e 05$\u202c \u2066now\u2069\x00\x1b[31m\n\tplease \u200f") == "Pay 05$ now[31m please"
    assert clean_line("lone \ud83d surrogate") == "lone surrogate"


def test_texts_keep_their_lines_and_lose_what_a_database_refuses():
    assert clean_text("\nOne\x00\n\nTwo\ud800\x07\tthree\n") == "One\n\nTwo\tthree"


@given(st.text(alphabet=st.characters(), max_size=80))
def test_what_was_cleaned_can_be_stored_and_is_clean(text):
    for clean in (clean_line, clean_text):
        cleaned = clean(text)
        cleaned.encode()
        assert "\x00" not in cleaned
        assert clean(cleaned) == cleaned


@given(st.text(max_size=80))
def test_hash_is_blind_to_spacing_and_case(text):
    assert text_hash(text) == text_hash(f"  {text.replace(' ', '  ')}\n")
    assert count_words(text) >= 0
