"""What another reading changes: decided without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.joining import join
from storage.models import Comment, CommentOrigin, CommentsStatus, Extraction, PageKind, ReadComment, Reason, Version
from storage.payloads import Capture
from storage.rereading import Changes, Reading, Stored, plan

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://courier.example/a"
READ = Extraction(URL, "Crane falls", "The crane fell.", authors=("Una",), published=NOON, published_evidence="meta")
VERSION = Version(1, 1, "Crane falls", "The crane fell.", NOON, id=11, reader="0.1.0")
TALK = ReadComment("Oh dear", id="7", author="Moira", published=NOON)
KNOWN = Comment(1, 1, "7", "Oh dear", NOON, author="Moira", published=NOON, capture_id=1)


def reading(number=1, version=11, read=READ, **changes):
    at = NOON + timedelta(hours=number)
    capture = Capture(URL, URL, 200, (), at, 1, id=number, article_id=1, version_id=version)
    return Reading(capture, read and replace(read, **changes))


def stored(**changes):
    return replace(Stored(READ, [VERSION], []), **changes)


def test_the_same_reading_changes_nothing():
    changes = plan(stored(comments=[KNOWN]), [reading(comments=(TALK,))])
    assert changes == Changes(reread=(11,))


def test_a_better_text_title_and_lead_correct_their_version():
    changes = plan(stored(), [reading(text="The crane fell. Nobody was hurt.", title="Crane fell", lead="A lead.")])
    ((old, new),) = changes.versions
    assert (old, new.text, new.title, new.lead) == (VERSION, "The crane fell. Nobody was hurt.", "Crane fell", "A lead.")
    assert changes.fields == ("title", "lead", "text")
    assert changes.facts == {"title": "Crane fell"}


def test_each_version_is_corrected_by_the_newest_capture_that_was_read_as_it():
    second = replace(VERSION, number=2, id=12, text="It fell again.")
    readings = [reading(1, 11, text="First."), reading(2, 11, text="First, better."), reading(3, 12, text="Second.")]
    changes = plan(stored(versions=[VERSION, second]), readings)
    assert [(old.id, new.text) for old, new in changes.versions] == [(11, "First, better."), (12, "Second.")]
    assert changes.reread == (11, 12)


def test_a_version_of_which_nothing_is_kept_stays_as_it_is():
    second = replace(VERSION, number=2, id=12)
    changes = plan(stored(versions=[VERSION, second]), [reading(1, 12, text="Better.")])
    assert ([old.id for old, _ in changes.versions], changes.reread) == ([12], (12,))


def test_a_title_that_is_not_found_was_not_taken_away():
    assert plan(stored(), [reading(title=None)]) == Changes(reread=(11,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": " "}, Reason.NO_TEXT),
        ({"kind": PageKind.CONSENT}, Reason.NOT_AN_ARTICLE),
        ({"kind": PageKind.LISTING}, Reason.NOT_AN_ARTICLE),
    ],
)
def test_a_reading_that_is_no_article_changes_nothing_and_is_told(changes, reason):
    found = plan(stored(comments=[KNOWN]), [reading(**changes)])
    assert (found.versions, found.reread, found.facts, found.dropped) == ((), (), None, ())
    assert [each.reason for each in found.failed] == [reason]


def test_what_could_not_be_read_is_told_with_its_own_reason():
    late = replace(reading(read=None), reason=Reason.EXTRACTION_TIMEOUT, error="reading took more than 1 s")
    assert plan(stored(), [late]).failed == (late,)


# --- facts


def test_a_fact_is_what_the_newest_reading_that_states_it_says():
    readings = [reading(1, authors=("Una", "Moira"), tags=("port",)), reading(2, authors=(), tags=("crane",), modified=NOON)]
    changes = plan(stored(), readings)
    assert changes.facts == {"authors": ("Una", "Moira"), "tags": ("crane",), "modified": NOON}


def test_what_no_reading_states_is_forgotten_only_where_all_readings_are_kept_and_good():
    wrong = replace(READ, authors=("Share This",), image="https://courier.example/logo.png", site_name="Courier")
    silent = {"authors": (), "image": None, "site_name": None}
    assert plan(stored(facts=wrong), [reading(**silent)]).facts == {"authors": (), "image": None, "site_name": None}
    assert plan(stored(facts=wrong, whole=False), [reading(**silent)]).facts is None
    assert plan(stored(facts=wrong), [reading(**silent), reading(2, text="")]).facts is None


def test_a_date_goes_with_its_evidence():
    dated = stored(facts=replace(READ, published_evidence="url"))
    assert plan(dated, [reading()]).facts == {"published_evidence": "meta"}
    assert plan(stored(), [reading(published_evidence=None)]).facts == {"published_evidence": None}


def test_dates_are_compared_as_they_are_stored():
    exact = NOON.replace(microsecond=123_999)
    facts = replace(READ, published=exact.replace(microsecond=123_000))
    assert plan(stored(facts=facts), [reading(published=exact)]).facts is None


def test_no_comments_and_unknown_are_not_the_same():
    facts = replace(READ, comment_count=3, comments_status=CommentsStatus.SERVED)
    changes = plan(stored(facts=facts), [reading(comment_count=0, comments_status=CommentsStatus.NONE)])
    assert changes.facts == {"comment_count": 0, "comments_status": CommentsStatus.NONE}
    assert plan(stored(facts=facts, whole=False), [reading()]).facts is None


# --- comments


def test_comments_are_corrected_added_and_dropped():
    heading = Comment(2, 1, "it", "2 Comments", NOON, capture_id=1)
    new = ReadComment("A second one", id="8")
    changes = plan(stored(comments=[replace(KNOWN, author=None), heading]), [reading(comments=(TALK, new))])
    assert [(old.id, read) for old, read in changes.comments] == [(1, TALK)]
    assert [(key, read, capture.id) for key, read, capture in changes.added] == [("8", new, 1)]
    assert changes.dropped == (heading,)
    assert changes.fields == ("comments",)


@pytest.mark.parametrize("how", ["told", "from elsewhere", "unread"])
def test_a_comment_is_kept_that_was_told_or_that_no_reading_of_ours_gave(how):
    comment = replace(KNOWN, capture_id=None if how == "from elsewhere" else 1)
    readings = [reading()] if how != "unread" else [reading(1, text=""), reading(2)]
    assert plan(stored(comments=[comment], told=[1] if how == "told" else []), readings).dropped == ()


def test_a_comment_is_what_the_oldest_capture_says_that_shows_it():
    """Its writer may have changed it since, and "2 hours ago" is another time at every look."""
    later = replace(TALK, text="No, oh dear", published=NOON + timedelta(hours=1))
    assert plan(stored(comments=[KNOWN]), [reading(1, comments=(TALK,)), reading(2, comments=(later,))]).fields == ()
    assert plan(stored(comments=[KNOWN]), [reading(1), reading(2, comments=(later,))]).fields == ("comments",)


def test_what_a_later_look_went_on_to_say_is_kept_as_it_was_when_it_was_stored():
    cut, whole = replace(TALK, text="Oh dear […]"), replace(TALK, text="Oh dear, the poor lamp")
    known = replace(KNOWN, text=whole.text)
    readings = [reading(1, comments=(cut,)), reading(2, comments=(whole,))]
    assert plan(stored(comments=[known]), readings).fields == ()
    assert plan(stored(comments=[KNOWN]), readings).comments == ((KNOWN, whole),)


def test_a_comment_without_an_identifier_is_found_once_in_two_captures():
    """Its time is part of what tells it from others, and "2 hours ago" is another time at every look."""
    first, later = replace(TALK, id=""), replace(TALK, id="", published=NOON + timedelta(hours=1))
    (added,) = plan(stored(), [reading(1, comments=(first,)), reading(2, comments=(later,))]).added
    assert added[2].id == 1


# --- comments from elsewhere: of a feed's answer nothing is kept

FED = replace(KNOWN, published=NOON.replace(second=36), permalink=f"{URL}#comment-7", origin=CommentOrigin.FEED)
SERVED = replace(READ, comment_count=1, comments_status=CommentsStatus.SERVED, comments_platform="wordpress")


@pytest.mark.parametrize("capture", [None, 1])
@pytest.mark.parametrize("shown", [(), (TALK,), (replace(TALK, id="c7"),), (replace(TALK, text="Oh dear Reply", author=None),)])
def test_a_comment_that_a_feed_told_is_neither_changed_nor_dropped_nor_doubled(shown, capture):
    fed = replace(FED, capture_id=capture)
    assert plan(stored(facts=SERVED, comments=[fed]), [reading(comments=shown)]).fields == ()


def test_who_answers_a_comment_from_a_feed_names_it_by_its_stored_key():
    answer = ReadComment("So say we all, and have for years.", id="c8", parent_id="c7", author="Bob")
    shown = (replace(TALK, id="c7"), answer)
    ((key, read, _),) = plan(stored(facts=SERVED, comments=[FED]), [reading(comments=shown)]).added
    assert (key, read.parent_id) == ("c8", "7")


@pytest.mark.parametrize("whole", [True, False])
def test_pages_that_say_less_of_comments_than_a_feed_told_change_nothing(whole):
    readings = [reading(), reading(2, comments_status=CommentsStatus.CLOSED, comment_count=0, comments_platform="disqus")]
    for said in (readings[:1], readings):
        assert plan(stored(facts=SERVED, comments=[FED], whole=whole), said).facts is None


def test_what_pages_count_beyond_what_a_feed_told_is_corrected():
    changes = plan(stored(facts=replace(SERVED, comment_count=500), comments=[FED]), [reading(comment_count=12)])
    assert changes.facts == {"comment_count": 12}


def test_facts_that_were_forgotten_beside_comments_from_a_feed_are_told_again():
    facts = replace(SERVED, comment_count=None, comments_status=CommentsStatus.UNKNOWN)
    changes = plan(stored(facts=facts, comments=[FED]), [reading()])
    assert changes.facts == {"comment_count": 1, "comments_status": CommentsStatus.SERVED}


_TALK = [("Moira", "The mole is too short by twenty yards, as my father used to say."), ("Bob", "Thanks!"),
         ("Moira", "So it is, and it was so in my day."), ("Wen", "Thanks!")]  # fmt: skip


def _told(number, origin, style):
    """One comment as its page (with identifiers of its own style, to the minute), feed or interface has it."""
    author, text = _TALK[number]
    parent = number - 1 if number == 2 else None
    if origin is CommentOrigin.PAGE:
        of = {"same": "{}", "prefixed": "c{}", "none": ""}[style]
        parent_id = None if parent is None or style == "none" else of.format(parent)
        return ReadComment(text, of.format(number), parent_id, author, NOON)
    parent_id = str(parent) if parent is not None and origin is CommentOrigin.API else None
    return ReadComment(text, str(number), parent_id, author, NOON.replace(second=36), f"{URL}#comment-{number}")


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.lists(st.sampled_from(range(4)), unique=True), st.sampled_from(CommentOrigin)), max_size=5),
    st.sampled_from(["same", "prefixed", "none"]),
)
def test_the_pages_that_were_stored_change_nothing_whatever_came_between_them(looks, style):
    known, readings = {}, []
    for number, (numbers, origin) in enumerate(looks, 1):
        found = [_told(each, origin, style) for each in numbers]
        page = origin is CommentOrigin.PAGE
        joined = join(list(known.values()), found, origin)
        known |= {each.key: each for each in joined.changed}
        for key, each in joined.added:
            known[key] = Comment(
                len(known) + 1, 1, key, each.text, NOON, each.parent_id, each.author, each.published, each.permalink,
                capture_id=number if page else None, origin=origin,
            )  # fmt: skip
        if page:
            readings.append(reading(number, comments=tuple(found)))
    changes = plan(stored(comments=list(known.values())), readings)
    assert (changes.comments, changes.added, changes.dropped) == ((), (), ())
