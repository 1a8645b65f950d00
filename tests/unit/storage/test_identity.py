from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.folded import token_string
from storage.identity import (
    clean_line,
    clean_text,
    count_words,
    is_news,
    is_same_article,
    next_key,
    refusal,
    text_hash,
)
from storage.models import Extraction, PageKind, Reason, Version

URL = "https://courier.example/a"
TEXT = "The port of Malden closed on Monday after a crane fell into the dock."
ADDED = datetime(2026, 3, 2, 12, 0, 0, 700_000, tzinfo=UTC)


def known(title="Port closed", text=TEXT):
    return Version(7, 1, title, text, ADDED)


def read(title="Port closed", text=TEXT, kind=PageKind.ARTICLE):
    return Extraction(URL, title, text, kind=kind)


REFUSALS = [
    ("article", read(), None),
    ("live page", read(kind=PageKind.LIVE), None),
    ("no text", read(text=" \n "), Reason.NO_TEXT),
    ("consent page", read(kind=PageKind.CONSENT), Reason.NOT_AN_ARTICLE),
    ("error page", read(kind=PageKind.ERROR), Reason.NOT_AN_ARTICLE),
    ("listing", read(kind=PageKind.LISTING), Reason.NOT_AN_ARTICLE),
]


@pytest.mark.parametrize(("reading", "reason"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_what_is_no_article(reading, reason):
    assert refusal(reading) is reason


def test_an_equal_title_alone_does_not_make_the_same_article():
    other = "Three ferries to Orrin were cancelled on Monday as ice closed in; the next will sail when it thaws"
    for title in ("Port closed", None, "", "…"):
        assert not is_same_article(read(title=title), known(title=title or "", text=other))


def test_under_an_equal_title_fewer_shared_words_are_enough():
    other = "The port of Malden was shut, its master said. Divers looked for the driver of a crane, who may be in the dock."
    assert is_same_article(read(), known(text=other))
    assert not is_same_article(read("Malden this week"), known(text=other))


def test_a_rewritten_article_is_the_same_one_and_another_is_not():
    rewritten = "The port of Malden closed on Monday. A crane fell into the dock, said its master."
    assert is_same_article(read("Crane falls", rewritten), known())
    assert not is_same_article(
        read("Vote", "A vote on the new town hall of Harwick was put off until May by the council"), known()
    )


def test_texts_without_words_are_never_the_same_article():
    assert not is_same_article(read("A", "…"), known("B", "…"))


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
    words = token_string(text)
    assert text_hash(words) == text_hash(token_string(f"  {text.replace(' ', '  ')}\n"))
    assert count_words(words) == len(words.split())


def test_who_takes_an_address_is_counted():
    assert next_key(URL) == f"{URL}#2"
    assert next_key(next_key(URL)) == f"{URL}#3"
