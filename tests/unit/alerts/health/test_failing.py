"""Visits that fail, judged as they come: to a site that refuses some of them, most of them, or all."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.health.failing import REMEMBERED, record
from alerts.health.judge import Attempts, judge
from scheduler.cadence import after_crawl
from storage.models import Episode, HealthState, Reason, Schedule, Vitals
from storage.vitals import visited

HOUR = timedelta(hours=1)
START = datetime(2026, 3, 2, tzinfo=UTC)


def told(every, days, fails, seed=1):
    """When a source is told to be dark, and when to be back; `fails` says for each time with which probability a visit fails."""
    dice = random.Random(f"{seed} {every}")
    vitals, visits, episodes, now, end = Vitals(1), [], [], START, START + timedelta(days=days)
    while now < end:
        bad = dice.random() < fails((now - START) / timedelta(days=1))
        visits.append((now, bad))
        vitals, _ = visited(vitals, now, Reason.HTTP_STATUS if bad else None)
        recent = [each for each in visits if each[0] >= now - REMEMBERED]
        before, vitals = vitals, judge(vitals, None, now, Attempts(said="429", record=record(recent, episodes)))
        if (vitals.state is HealthState.DARK) != (before.state is HealthState.DARK):
            if vitals.state is HealthState.DARK:
                episodes.append(Episode(len(episodes), 1, vitals.trouble, vitals.since, now, vitals.why))
            else:
                episodes[-1] = replace(episodes[-1], ended=now)
        now = after_crawl(Schedule(every=every), started=now, error_streak=vitals.failures)
    return episodes


@pytest.mark.parametrize("every", [900.0, 3600.0, 7200.0])
def test_a_site_that_refuses_three_requests_in_ten_is_not_told_of(every):
    """Four sources, healthy for two weeks before: they were told of up to six times a week."""
    assert sum(len(told(every, 44, lambda day: 0.3 if day > 14 else 0.005, seed)) for seed in range(4)) <= 1


@pytest.mark.parametrize("every", [900.0, 3600.0, 7200.0])
@pytest.mark.parametrize("share", [0.8, 0.9])
def test_a_site_that_refuses_most_for_weeks_is_told_once(every, share):
    counts = [len(told(every, 24, lambda day: share if day > 10 else 0.005, seed)) for seed in range(4)]
    assert min(counts) == 1
    assert max(counts) <= 2, "one that first refuses all, and then answers twice, is told twice"
    assert sum(counts) <= 6


def test_what_is_told_of_it_says_so():
    (episode, *_) = told(7200.0, 14, lambda day: 0.8 if day > 3 else 0.0, seed=3)
    assert episode.why.startswith(("most visits fail, ", "it answers with errors"))


@pytest.mark.parametrize("every", [900.0, 1800.0, 3600.0, 86_400.0])
def test_an_outage_is_found_in_its_window_and_over_with_the_first_answer(every):
    for seed in range(3):
        (episode,) = told(every, 20, lambda day: 1.0 if 15 <= day < 17.5 else 0.003, seed)
        begin, end = START + timedelta(days=15), START + timedelta(days=17.5)
        first = timedelta(seconds=every)
        assert begin <= episode.since <= begin + first
        assert episode.told <= begin + max(6 * HOUR, timedelta(seconds=every * 16)), seed
        assert end <= episode.ended <= end + max(6 * HOUR, first), seed


def test_an_outage_of_a_site_that_refuses_some_is_found_too():
    for seed in range(3):
        episodes = told(900.0, 24, lambda day: 1.0 if 18 <= day < 21 else 0.3, seed)
        found = [each for each in episodes if each.told >= START + timedelta(days=18)]
        assert len(found) == 1
        assert found[0].told <= START + timedelta(days=19.5)
        assert found[0].ended is not None


def test_two_outages_a_fortnight_apart_are_found_alike():
    (one, two) = told(3600.0, 40, lambda day: 1.0 if 10 <= day < 14 or 28 <= day < 30 else 0.0)
    assert two.told - two.since == one.told - one.since
