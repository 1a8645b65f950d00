"""Judged on a source of twenty articles a weekday and two a day of the weekend, watched for six weeks."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from alerts.health.judge import EMPTY, Attempts, judge
from alerts.health.rhythm import Rhythm, from_json, keeps_languages, learn_again, learn_rhythm, patience
from storage.models import Episode, HealthState, Reason, SourceDay, Trouble, Vitals
from storage.vitals import LanguageRun

HOUR = timedelta(hours=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def day(at, *, factor=1.0):
    weekend = at.weekday() > 4
    hours = (10, 18) if weekend else range(3, 23)
    listed = tuple(factor if hour in hours else 0.0 for hour in range(24))
    return SourceDay(at, listed, (1.0,) * 24, stored=int(sum(listed)), languages={"de": 10, "en": 10})


def days(count, end=MONDAY, **how):
    return [day((end - timedelta(days=ago)).date(), **how) for ago in range(count, 0, -1)]


USUAL = learn_rhythm(days(42), [], MONDAY)
WELL = Vitals(1, watched=MONDAY, newest=MONDAY - HOUR, look=MONDAY)


def judged(now=MONDAY, rhythm=USUAL, how=WELL, **facts):
    back = facts.pop("back", None)
    return judge(replace(how, **facts), rhythm, now, Attempts(back))


# --- silence


def test_a_weekend_is_no_silence_and_two_weekdays_are():
    friday = MONDAY - timedelta(days=3) + HOUR * 22
    for hours in (12, 36, 51):
        assert judged(newest=friday, watched=friday + HOUR * hours).state is HealthState.WELL, hours
    found = judged(newest=MONDAY - HOUR, watched=MONDAY + HOUR * 48)
    assert (found.state, found.trouble, found.since) == (HealthState.DARK, Trouble.FROZEN, MONDAY - HOUR)
    assert "nothing new is listed for 49 h" in found.why


def test_a_holiday_on_a_weekday_is_no_silence():
    found = judged(newest=MONDAY - timedelta(days=3) + HOUR * 22, watched=MONDAY + HOUR * 27)
    assert found.state is not HealthState.DARK, "from Friday evening to Tuesday at three"


def test_time_in_which_nobody_looked_is_no_silence():
    assert judged(now=MONDAY + timedelta(days=30), newest=MONDAY - HOUR, watched=MONDAY).state is HealthState.WELL


def test_what_is_said_to_be_missed_is_what_is_missed():
    found = judged()
    assert judged(watched=found.missed - HOUR).state is HealthState.SUSPECTED
    assert judged(watched=found.missed).state is HealthState.DARK
    assert found.look <= found.missed


def test_the_more_a_source_brings_the_sooner_it_is_missed():
    waits = []
    for factor in (0.1, 0.5, 1.0, 5.0):
        rhythm = learn_rhythm(days(42, factor=factor), [], MONDAY)
        waits.append(patience(rhythm, MONDAY, 10.0, 1.4) - MONDAY)
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] < timedelta(days=1.5) < timedelta(days=4) < waits[0]


def test_until_weekends_are_known_nothing_under_four_days_is_a_silence():
    rhythm = learn_rhythm(days(5), [], MONDAY)
    assert not rhythm.weekly
    assert judged(rhythm=rhythm, watched=MONDAY + HOUR * 90).state is not HealthState.DARK
    assert judged(rhythm=rhythm, watched=MONDAY + HOUR * 96).state is HealthState.DARK


def young(hours, *, a_day=0.0, dates=()):
    """What is usual of a source that was watched for so long until its last new entry."""
    begun = MONDAY - HOUR * hours
    found = {}
    for number in range(hours):
        at = begun + HOUR * number
        listed, watched = found.setdefault(at.date(), ([0.0] * 24, [0.0] * 24))
        watched[at.hour] = 1.0
        listed[at.hour] = float(int((number + 1) * a_day / 24) - int(number * a_day / 24))
    kept = [SourceDay(at, tuple(listed), tuple(watched)) for at, (listed, watched) in found.items()]
    return learn_rhythm(kept, [], MONDAY + timedelta(days=9), MONDAY - HOUR, dates=[begun - each for each in dates])


def hourly(count, hours):
    return [HOUR * hours * number for number in range(1, count + 1)]


@pytest.mark.parametrize(
    ("rhythm", "after"),
    [
        (young(35, a_day=24), 4),
        (young(35, a_day=24, dates=hourly(30, 1)), 4),
        (young(2, dates=hourly(60, 1)), 4),
        (young(2, dates=hourly(20, 1)), 8),  # all within a day: it may come once a week
        (young(35, a_day=2, dates=hourly(20, 12)), 12),
    ],
)  # fmt: skip
def test_a_feed_that_freezes_in_its_first_days_is_missed(rhythm, after):
    """The time that is learnt from ends with the last new entry, so it never comes to three days."""
    found = judged(rhythm=rhythm, watched=MONDAY + timedelta(days=after))
    assert (found.state, found.trouble) == (HealthState.DARK, Trouble.FROZEN)
    assert judged(rhythm=rhythm, watched=MONDAY + timedelta(days=min(after, 8)) - 3 * HOUR).state is not HealthState.DARK


def daily_batches(count, *, dates=()):
    """Twenty at 06:00 each day, the last on the morning of MONDAY."""
    found = []
    for ago in range(count - 1, -1, -1):
        listed = tuple(20.0 * (hour == 6) for hour in range(24))
        watched = tuple(float((hour >= 6 or ago < count - 1) and (hour <= 6 or ago > 0)) for hour in range(24))
        found.append(SourceDay((MONDAY - timedelta(days=ago)).date(), listed, watched))
    return learn_rhythm(found, [], MONDAY + timedelta(days=9), MONDAY + HOUR * 6, dates=dates)


@pytest.mark.parametrize("rhythm", [
    daily_batches(3),
    daily_batches(1, dates=[MONDAY + HOUR * 6 - timedelta(days=ago, minutes=5) for ago in (1, 2) for _ in range(20)]),
])  # fmt: skip
def test_three_daily_batches_are_missed_within_eight_days(rhythm):
    last = MONDAY + HOUR * 6
    early, late = (judged(rhythm=rhythm, newest=last, watched=last + timedelta(days=days)) for days in (4, 8))
    assert early.state is not HealthState.DARK
    assert (late.state, late.trouble) == (HealthState.DARK, Trouble.FROZEN)


def test_a_busy_feed_that_freezes_in_its_first_hour_is_missed_after_eight_days():
    rhythm = young(1, dates=[timedelta(minutes=10 * number) for number in range(30)])
    early, late = (judged(rhythm=rhythm, watched=MONDAY + timedelta(days=days)) for days in (7, 9))
    assert early.state is not HealthState.DARK
    assert (late.state, late.trouble) == (HealthState.DARK, Trouble.FROZEN)


def test_what_is_usual_in_the_first_days_is_entries_and_not_hours_with_some():
    rhythm = daily_batches(3)
    assert rhythm.per_week / 7 == pytest.approx(20, rel=0.05)
    assert "where 20 a day are usual" in judged(rhythm=rhythm, newest=MONDAY, watched=MONDAY + timedelta(days=9)).why


@pytest.mark.parametrize(
    "rhythm",
    [
        young(35, dates=hourly(12, 30 * 24)),
        young(35, a_day=1, dates=hourly(12, 30 * 24)),
        young(35, a_day=1),
        young(35),
        young(35, dates=[timedelta(days=700) + each for each in hourly(30, 1)]),  # it had ended long before it was added
    ],
)  # fmt: skip
def test_a_source_that_publishes_once_a_month_is_not_missed_in_its_first(rhythm):
    assert judged(rhythm=rhythm, watched=MONDAY + timedelta(days=32)).state is not HealthState.DARK


def test_entries_that_stay_listed_for_years_do_not_hide_that_a_feed_is_busy():
    pinned = [timedelta(days=100), timedelta(days=250)]
    assert (
        judged(rhythm=young(35, a_day=24, dates=[*hourly(28, 1), *pinned]), watched=MONDAY + timedelta(days=4)).state == "dark"
    )


def test_a_silence_no_longer_than_what_has_been_is_none():
    quiet = days(42)
    for number in range(20, 24):
        quiet[number] = replace(quiet[number], listed=(0.0,) * 24)
    rhythm = learn_rhythm(quiet, [], MONDAY)
    assert rhythm.longest > 2 * USUAL.longest
    assert judged(rhythm=rhythm).missed > judged().missed
    dark = Episode(1, 1, Trouble.FROZEN, MONDAY - timedelta(days=22), MONDAY, "", MONDAY - timedelta(days=18))
    told = learn_rhythm(quiet, [dark], MONDAY)
    assert told.longest < rhythm.longest / 2, "unless that was an outage itself"


def test_articles_that_stand_beside_the_feed_show_that_it_is_frozen_without_any_learning():
    found = judged(rhythm=None, beside=3, watched=MONDAY + HOUR * 24)
    assert (found.state, found.trouble) == (HealthState.DARK, Trouble.FROZEN)
    assert judged(rhythm=None, beside=2, watched=MONDAY + HOUR * 24).state is HealthState.WELL


# --- what shows itself


@pytest.mark.parametrize(
    ("reason", "trouble"),
    [
        (Reason.TIMEOUT, Trouble.UNREACHABLE), (Reason.HTTP_STATUS, Trouble.UNREACHABLE), (Reason.ROBOTS, Trouble.UNREACHABLE),
        (Reason.NOT_A_FEED, Trouble.NO_FEED), (Reason.NOT_AN_ARTICLE, Trouble.WALL),
    ],
)  # fmt: skip
def test_visits_that_fail_three_times_over_two_hours(reason, trouble):
    failing = {"failing": MONDAY, "failures": 3, "failure": reason}
    assert judged(**failing, failed=MONDAY + HOUR).state is HealthState.SUSPECTED
    found = judged(**failing, failed=MONDAY + 2 * HOUR)
    assert (found.state, found.trouble, found.since) == (HealthState.DARK, trouble, MONDAY)
    assert judged(**failing | {"failures": 2}, failed=MONDAY + 2 * HOUR).state is HealthState.SUSPECTED
    assert judged(**failing | {"failures": 2}, failed=MONDAY + 24 * HOUR).state is HealthState.DARK


def test_failures_while_the_desk_itself_was_cut_off_say_nothing():
    failing = {"failing": MONDAY, "failures": 9, "failure": Reason.TIMEOUT, "failed": MONDAY + 5 * HOUR}
    assert judged(**failing, back=MONDAY + 4 * HOUR).state is HealthState.SUSPECTED
    assert judged(**failing, back=MONDAY + 3 * HOUR).state is HealthState.DARK


def test_walls_and_pages_that_cannot_be_read():
    run = {"refused": 4, "refusing": MONDAY - 3 * HOUR}
    assert judged(**run, walls=4).trouble is Trouble.WALL
    assert judged(**run, walls=1).trouble is Trouble.UNREAD
    assert judged(**run, walls=4).state is HealthState.DARK
    assert judged(**run | {"refusing": MONDAY - HOUR}, walls=4).state is HealthState.SUSPECTED
    half = replace(USUAL, read=0.5)
    assert judged(rhythm=half, **run).state is HealthState.SUSPECTED, "half of its pages never could"
    assert judged(rhythm=half, **run | {"refused": 17}).state is HealthState.DARK


def test_a_feed_that_stays_empty():
    assert judged(size=30, empty=MONDAY - EMPTY + HOUR).state is HealthState.SUSPECTED
    found = judged(size=30, empty=MONDAY - EMPTY)
    assert (found.state, found.trouble) == (HealthState.DARK, Trouble.NO_FEED)
    assert "it listed 30 before" in found.why


def test_one_language_that_does_not_come_any_more():
    def runs(run, longest=1, ago=30):
        return (LanguageRun("de", MONDAY - HOUR * ago, run, longest), LanguageRun("en", MONDAY, 0, 1))

    found = judged(languages=runs(25))
    assert (found.state, found.trouble) == (HealthState.DARK, Trouble.LANGUAGE)
    assert "'de'" in found.why
    assert judged(languages=runs(5)).state is HealthState.WELL
    assert judged(languages=runs(25, longest=16)).state is HealthState.WELL, "it has been away as long before"
    assert judged(languages=runs(25, ago=20)).state is HealthState.SUSPECTED, "not for a day yet"
    rare = replace(USUAL, languages={"de": 0.06, "en": 0.94})
    assert judged(rhythm=rare, languages=runs(300)).state is HealthState.WELL, "a guest"


# --- and when it is over


DARK = {
    Trouble.UNREACHABLE: {"failing": MONDAY, "failures": 5, "failed": MONDAY + 9 * HOUR, "failure": Reason.TIMEOUT},
    Trouble.WALL: {"refused": 9, "walls": 9, "refusing": MONDAY - 9 * HOUR},
    Trouble.UNREAD: {"refused": 9, "refusing": MONDAY - 9 * HOUR},
    Trouble.NO_FEED: {"size": 9, "empty": MONDAY - 9 * HOUR},
    Trouble.FROZEN: {"newest": MONDAY - timedelta(days=6)},
    Trouble.LANGUAGE: {"languages": (LanguageRun("de", MONDAY - HOUR * 40, 30, 1), LanguageRun("en", MONDAY, 0, 1))},
}
OVER = {
    Trouble.UNREACHABLE: {"failing": None, "failures": 0, "failed": None, "failure": None},
    Trouble.WALL: {"refused": 0, "walls": 0, "refusing": None, "accepted": 2},
    Trouble.UNREAD: {"refused": 0, "refusing": None, "accepted": 2},
    Trouble.NO_FEED: {"empty": None},
    Trouble.FROZEN: {"newest": MONDAY + HOUR},
    Trouble.LANGUAGE: {"languages": (LanguageRun("en", MONDAY, 1, 1), LanguageRun("de", MONDAY + HOUR, 0, 30))},
}


@pytest.mark.parametrize("trouble", Trouble)
def test_each_trouble_is_told_stays_and_ends(trouble):
    dark = judged(**DARK[trouble])
    assert (dark.state, dark.trouble) == (HealthState.DARK, trouble)
    still = judge(dark, USUAL, MONDAY + HOUR)
    assert (still.state, still.trouble, still.since) == (HealthState.DARK, trouble, dark.since)
    over = judge(replace(still, **OVER[trouble]), USUAL, MONDAY + 2 * HOUR)
    assert (over.state, over.trouble, over.since) == (HealthState.WELL, None, None)


def test_one_good_page_is_not_yet_the_end_of_a_wall():
    dark = judged(**DARK[Trouble.WALL])
    again = judge(replace(dark, refused=0, walls=0, refusing=None, accepted=1), USUAL, MONDAY + HOUR)
    assert again.state is HealthState.DARK


# --- what is usual


def test_what_is_usual_survives_being_kept():
    kept = from_json(USUAL.to_json())
    assert patience(kept, MONDAY, 10.0, 1.4) == patience(USUAL, MONDAY, 10.0, 1.4)
    assert (kept.languages, kept.hours, kept.weekly) == ({"de": 0.5, "en": 0.5}, 42 * 24, True)
    assert from_json(None) is None
    assert kept.per_week == pytest.approx(104, rel=0.05)


def test_it_is_learnt_anew_each_day_at_first_and_each_sixth_later():
    assert learn_again(None, None) is None
    assert learn_again(Rhythm(72), MONDAY) == MONDAY + timedelta(days=1)
    assert learn_again(USUAL, MONDAY) == MONDAY + timedelta(days=6)


def test_hours_that_were_not_watched_are_not_silent_ones():
    half = [
        replace(each, listed=(0.0,) * 24, watched=(0.0,) * 24) if number % 2 else each for number, each in enumerate(days(42))
    ]
    rhythm = learn_rhythm(half, [], datetime.combine(half[-1].day, time(), UTC) + timedelta(days=1))
    assert rhythm.per_week == pytest.approx(USUAL.per_week, rel=0.1)


def test_a_silence_does_not_excuse_itself():
    """What is usual is learnt anew while it lasts, and stays as it was before."""
    silent = [
        *days(42, end=MONDAY),
        *[replace(day((MONDAY + timedelta(days=n)).date()), listed=(0.0,) * 24) for n in range(10)],
    ]
    now = MONDAY + timedelta(days=10)
    rhythm = learn_rhythm(silent, [], now, MONDAY - HOUR)
    assert (rhythm.longest, rhythm.means) == (USUAL.longest, USUAL.means)
    assert learn_rhythm(silent, [], now).longest > 5 * USUAL.longest


def test_the_absence_of_a_language_does_not_excuse_itself():
    before = Rhythm(500, languages={"de": 0.4, "en": 0.6})
    learnt = Rhythm(510, languages={"en": 0.9, "de": 0.1})
    met = [LanguageRun("en", MONDAY + HOUR), LanguageRun("de", MONDAY - HOUR, 30)]
    assert keeps_languages(learnt, before, met, MONDAY).languages == {"en": 0.9, "de": 0.4}
    again = [LanguageRun("en", MONDAY + HOUR), LanguageRun("de", MONDAY + HOUR)]
    assert keeps_languages(learnt, before, again, MONDAY) == learnt
    assert keeps_languages(learnt, None, met, None) == learnt


def test_a_source_with_several_languages_is_looked_at_for_them_several_times_a_day():
    looks = [
        judged(rhythm=replace(young(35, a_day=24), languages=languages), watched=MONDAY).look - MONDAY
        for languages in ({"de": 0.4, "en": 0.6}, {"en": 1.0})
    ]
    assert looks == [HOUR * 4, HOUR * 24]
