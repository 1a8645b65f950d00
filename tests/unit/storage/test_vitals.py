from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storage.models import Reason, SourceDay, Vitals
from storage.vitals import LONGEST_SPAN, LanguageRun, accepted, beside, joined, listed, matters, refused, visited

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
SEEN = Vitals(1, watched=NOW - HOUR, newest=NOW - HOUR, look=NOW)


def test_what_is_listed_is_shared_out_over_the_time_since_the_visit_before():
    _, days = listed(SEEN, NOW, entries=10, new=4, may_be_empty=False)
    assert days[NOW.date()].listed[11:13] == (2.0, 2.0)
    _, days = visited(SEEN, NOW, None)
    assert days[NOW.date()].watched[11:13] == (0.5, 0.5)


@given(st.floats(0.01, 200))
def test_whatever_the_pause_no_entry_is_lost_and_no_more_is_watched_than_the_longest_span(hours):
    before = replace(SEEN, watched=NOW - HOUR * hours)
    _, found = listed(before, NOW, entries=9, new=9, may_be_empty=False)
    assert abs(sum(sum(day.listed) for day in found.values()) - 9) < 1e-6
    _, found = visited(before, NOW, None)
    assert abs(sum(sum(day.watched) for day in found.values()) - min(hours, LONGEST_SPAN / HOUR)) < 1e-6


def test_failures_are_counted_from_the_first_and_a_success_ends_them():
    first, _ = visited(SEEN, NOW, Reason.TIMEOUT)
    second, _ = visited(first, NOW + HOUR, Reason.HTTP_STATUS)
    assert (second.failing, second.failed, second.failures, second.failure) == (NOW, NOW + HOUR, 2, Reason.HTTP_STATUS)
    assert second.watched == SEEN.watched
    third, _ = visited(second, NOW + 2 * HOUR, None)
    assert (third.failing, third.failures, third.failure, third.watched) == (None, 0, None, NOW + 2 * HOUR)


def test_a_feed_is_empty_only_if_it_had_entries_and_is_no_news_sitemap():
    never, _ = listed(SEEN, NOW, entries=0, new=0, may_be_empty=False)
    assert never.empty is None
    full, _ = listed(SEEN, NOW, entries=10, new=0, may_be_empty=False)
    assert listed(full, NOW, entries=0, new=0, may_be_empty=True)[0].empty is None
    emptied, _ = listed(full, NOW, entries=0, new=0, may_be_empty=False)
    assert listed(emptied, NOW + HOUR, entries=0, new=0, may_be_empty=False)[0].empty == NOW
    assert listed(emptied, NOW + HOUR, entries=3, new=0, may_be_empty=False)[0].empty is None


def test_pages_that_give_no_article_are_counted_in_a_row():
    one, days = refused(SEEN, NOW, wall=True)
    two, _ = refused(one, NOW + HOUR, wall=False)
    assert (two.refused, two.walls, two.refusing, two.accepted) == (2, 1, NOW, 0)
    assert days[NOW.date()] == SourceDay(NOW.date(), refused=1, walls=1)
    good, days = accepted(two, NOW, "de-CH")
    assert (good.refused, good.walls, good.refusing, good.accepted) == (0, 0, None, 1)
    assert days[NOW.date()].languages == {"de": 1}


def test_each_language_knows_when_it_was_met_and_the_most_others_that_came_between():
    vitals = SEEN
    for number, language in enumerate(["en", "de", "en", "en", "en", "de", "en"]):
        vitals, _ = accepted(vitals, NOW + HOUR * number, language)
    assert set(vitals.languages) == {
        LanguageRun("de", NOW + HOUR * 5, run=1, longest=3), LanguageRun("en", NOW + HOUR * 6, run=0, longest=1)
    }  # fmt: skip
    assert accepted(vitals, NOW, None)[0].languages == vitals.languages


def test_what_only_the_second_route_shows_counts_until_the_feed_shows_something_new():
    found, _ = beside(SEEN, 3)
    assert (found.beside, found.newest) == (3, SEEN.newest)
    assert listed(found, NOW, entries=5, new=1, may_be_empty=False)[0].beside == 0


def test_bad_news_matters_at_once_and_good_news_only_where_something_was_amiss():
    assert not matters(SEEN, visited(SEEN, NOW, None)[0])
    assert matters(SEEN, visited(SEEN, NOW, Reason.TIMEOUT)[0])
    assert matters(SEEN, refused(SEEN, NOW, wall=False)[0])
    assert matters(Vitals(1), visited(Vitals(1), NOW, None)[0]), "one that was never judged"


def test_two_halves_of_a_day_are_the_day():
    one = SourceDay(NOW.date(), stored=2, languages={"en": 2})
    other = SourceDay(NOW.date(), watched=(0.5,) * 24, refused=1, walls=1, languages={"en": 1, "de": 1})
    assert joined(one, other) == joined(other, one)
    assert joined(one, other).languages == {"en": 3, "de": 1}
