from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.joining import fuller, in_order, join
from storage.models import Comment, CommentOrigin, ReadComment

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PAGE, FEED, API = CommentOrigin.PAGE, CommentOrigin.FEED, CommentOrigin.API
LONG = "The mole is too short by twenty yards, as my father used to say."


def stored(found, origin=PAGE, known=()):
    """The comments after a reading, as the database would hold them."""
    joined = join(known, found, origin)
    changed = {each.key: each for each in joined.changed}
    kept = [changed.get(each.key, each) for each in known]
    start = len(kept) + 1
    return kept + [
        Comment(number, 1, key, each.text, NOW, each.parent_id, each.author, each.published, each.permalink, origin=origin)
        for number, (key, each) in enumerate(joined.added, start)
    ]


def said(text=LONG, key="1", author="Moira", **rest):
    return ReadComment(text, key, author=author, **rest)


def test_the_same_identifier_is_the_same_comment_and_its_key_stays():
    known = stored([said(key="101")])
    assert join(known, [said(key="101")], FEED).added == ()
    assert [each.key for each in stored([said(key="101"), said("Another one.", "102")], FEED, known)] == ["101", "102"]


def test_better_readings_fill_in_what_they_know_better():
    page = said(key="101", author=None, published=NOW + timedelta(hours=1))
    feed = said(key="101", published=NOW, permalink="https://c.example/p/#comment-101")
    api = said(key="101", published=NOW, parent_id="100", permalink="https://c.example/p/#comment-101")
    (after,) = stored([feed], FEED, stored([page]))
    assert (after.author, after.published, after.permalink, after.origin) == ("Moira", NOW, feed.permalink, FEED)
    (after,) = stored([api], API, [after])
    assert (after.parent_key, after.origin) == ("100", API)
    (again,) = stored([page], PAGE, [after])
    assert again == after  # the page's own guess of the zone changes nothing any more


def test_the_interface_knows_that_a_comment_answers_nobody():
    known = stored([said("First of all words here.", "1"), said(key="2", parent_id="1")])
    assert [each.parent_key for each in stored([said(key="2")], FEED, known)] == [None, "1"]
    assert [each.parent_key for each in stored([said(key="2")], API, known)] == [None, None]


def test_without_a_common_identifier_author_and_words_tell():
    known = stored([said(key="c7"), said("Thank you!", "c8", "Bob")])
    after = stored([said(key="7"), said("Thank you!", "8", "Bob"), said(f"Re: {LONG}", "9", parent_id="7")], FEED, known)
    assert [each.key for each in after] == ["c7", "c8", "9"]
    assert after[2].parent_key == "c7"  # whom it answers is named by the key that is stored


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (said("Thanks!", "101"), said("Thanks!", "102")),
        (said(key="c7", author="Moira"), said(key="7", author="Bob")),
        (said(key="c7", published=NOW), said(key="7", published=NOW + timedelta(days=3))),
        (said("Thanks!", "c7", None), said("Thanks!", "7")),
        (said("Thanks!", "c7"), said("Thanks! But no.", "7")),
        (said("Thanks!", "c7"), said("No thanks!", "7")),
    ],
)
def test_two_comments_stay_two(known, found):
    assert len(stored([found], FEED, stored([known]))) == 2


def test_a_page_that_counts_its_comments_does_not_give_one_the_words_of_another():
    known = stored([said("The first of all, and by far the best.", "1", "Bob"), said(key="2")])
    found = [
        said("The first of all, and by far the best.", "11", "Bob"),
        said("Quite another one, from before.", "2", "Wen"),
        said(key="12"),
    ]
    after = stored(found, FEED, known)
    assert [(each.author, each.text) for each in after] == [
        ("Bob", found[0].text), ("Moira", LONG), ("Wen", "Quite another one, from before.")
    ]  # fmt: skip
    assert stored(found, FEED, after) == after


def test_one_known_comment_is_found_once():
    known = stored([said("Thanks!", "c7")])
    assert len(stored([said("Thanks!", "7"), said("Thanks!", "8")], FEED, known)) == 2


def test_a_nameless_comment_is_known_by_enough_words():
    assert len(stored([said(key="7", author=None)], FEED, stored([said(key="c7")]))) == 1


@pytest.mark.parametrize(
    ("text", "other", "best"),
    [
        ("The mole is […]", "The mole is too short.", "The mole is too short."),
        ("The mole is...", "The mole is too short.", "The mole is too short."),
        ("The mole is too short.", "The mole is […]", "The mole is too short."),
        ("The mole is too short.", "The mole, is too short!", "The mole is too short."),
        ("The mole is too short.", "The mole was too short.", "The mole is too short."),
        ("", "Words.", "Words."),
    ],
)
def test_the_fuller_text_is_that_which_goes_on(text, other, best):
    assert fuller(text, other) == best


def test_a_text_that_was_cut_in_the_feed_leaves_the_pages():
    cut = said(" ".join(LONG.split()[:7]) + " […]", "101")
    (after,) = stored([cut], FEED, stored([said(key="101")]))
    assert after.text == LONG


def test_a_text_that_was_cut_in_the_feed_is_made_whole_by_the_page():
    cut = said(" ".join(LONG.split()[:7]) + " […]", "101")
    (after,) = stored([said(key="101")], PAGE, stored([cut], FEED))
    assert (after.text, after.origin) == (LONG, FEED)


def test_a_button_behind_the_words_in_the_page_is_no_fuller_text():
    (after,) = stored([said(f"{LONG}\n\nReply Report", "101")], PAGE, stored([said(key="101")], FEED))
    assert after.text == LONG


def test_new_ones_come_in_the_order_of_their_threads():
    found = [
        said("Four.", "4", published=NOW + timedelta(minutes=4)),
        said("Three.", "3", parent_id="1", published=NOW + timedelta(minutes=3)),
        said("Two.", "2", published=NOW + timedelta(minutes=2)),
        said("One.", "1", published=NOW),
    ]
    assert [key for key, _ in join([], found, FEED).added] == ["1", "3", "2", "4"]


def test_where_times_are_unknown_the_order_stays_and_rings_end():
    found = [said("A.", "1", parent_id="2"), said("B.", "2", parent_id="1"), said("C.", "3")]
    assert [key for key, _ in join([], found, FEED).added] == ["3", "1", "2"]


_COMMENTS = st.lists(
    st.builds(
        ReadComment,
        st.sampled_from([LONG, "Thanks!", "Thanks […]", "No.", f"{LONG} And more."]),
        st.sampled_from(["", "1", "2", "3", "c1", "x9"]),
        st.sampled_from([None, "1", "2", "c1"]),
        st.sampled_from([None, "Moira", "Bob"]),
        st.sampled_from([None, NOW, NOW + timedelta(hours=2)]),
    ),
    max_size=6,
)
_READINGS = st.lists(st.tuples(_COMMENTS, st.sampled_from(CommentOrigin)), max_size=4)


@settings(deadline=None)
@given(_READINGS)
def test_reading_again_adds_nothing_and_takes_nothing_away(readings):
    known = []
    for found, origin in readings:
        before = [each.key for each in known]
        known = stored(found, origin, known)
        assert [each.key for each in known][: len(before)] == before
        assert len({each.key for each in known}) == len(known)
        again = join(known, found, origin)
        assert again.added == ()


@settings(deadline=None)
@given(_COMMENTS)
def test_order_keeps_every_comment(found):
    rows = [(str(number), each.parent_id, replace(each, id=str(number))) for number, each in enumerate(found)]
    assert sorted(each.id for each in in_order(rows, lambda each: each.published)) == sorted(each.id for _, _, each in rows)
