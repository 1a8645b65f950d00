import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from types import SimpleNamespace

import pytest

from alerts.backtest import backtest
from alerts.match import Matching
from alerts.render import plain, webhook_body
from storage.ingest import ingest_article
from storage.language.query import parse
from storage.models import AlertReason, Channel, ChannelKind, Extraction, MatchVerdict, Rule, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def flood(number):
    """A report of a flood that shares no run of words with another."""
    random = Random(number)
    words = ["".join(random.choice("bcdfgklmnprst") + random.choice("aeiou") for _ in range(3)) for _ in range(30)]
    return " ".join([*words[:15], "flood", *words[15:]])


@pytest.fixture
def desk(store, monkeypatch):
    """What reads an article at so many hours and matches it at once; the alerts that this made."""

    def prepare(t):
        t.channels.save(Channel("desk", ChannelKind.LOG))
        names = ("Courier", "Herald", "Standard")
        return [
            t.sources.add(
                Source(name, f"https://{name.lower()}.example/", Schedule(60.0), NOW, sites=(f"{name.lower()}.example",))
            )
            for name in names
        ]

    sources = store.write_now(prepare)
    matching, moment = Matching(store), [NOW]
    monkeypatch.setattr(store, "clock", SimpleNamespace(now=lambda: moment[0]))

    def read(number, text, hours, source=0, quiet=False):
        now = NOW + timedelta(hours=hours)
        moment[0] = now
        url = f"https://{sources[source].name.lower()}.example/{number}"
        whole = Extraction(url, f"Report {number}", text, published=now)
        store.write_now(lambda t: ingest_article(t, whole, sources[source], page=None, url=url, now=now, quiet=quiet))
        return asyncio.run(matching.run_pending())

    return read


def save(store, query):
    store.write_now(lambda t: t.rules.save(Rule("floods", query), NOW))


def alerts(store):
    return [alert for alert, _ in reversed(store.read_now(lambda t: t.alerts.all(99)))]


def verdicts(store):
    return [each.verdict for each in store.read_now(lambda t: t.alerts.of_rule(1, 0, 99))]


def test_nobody_is_told_before_the_count_is_reached(store, desk):
    save(store, "flood AND count(story) >= 3 in 1h")
    made = [desk(number, flood(number), 0.2 * number) for number in range(5)]
    assert made == [0, 0, 1, 0, 0]
    assert verdicts(store) == [
        MatchVerdict.COUNTED,
        MatchVerdict.COUNTED,
        MatchVerdict.ALERTED,
        MatchVerdict.COUNTED,
        MatchVerdict.COUNTED,
    ]
    (alert,) = alerts(store)
    assert (alert.reason, alert.detail) == (AlertReason.COUNT, "3 stories within 1h")
    assert webhook_body(alert)["detail"] == "3 stories within 1h"
    assert "Why: 3 stories within 1h; 1 outlet carries it" in plain(alert)
    assert [each.channel for each in store.read_now(lambda t: t.deliveries.of_alert(alert.id))] == ["desk"]


def test_after_its_span_it_may_tell_again(store, desk):
    save(store, "flood AND count(story) >= 2 in 1h")
    assert [desk(number, flood(number), hours) for number, hours in enumerate((0, 0.5, 0.9, 1.4, 1.6))] == [0, 1, 0, 0, 1]


def test_one_story_in_three_papers_is_one_story_and_three_sources(store, desk):
    save(store, "flood AND count(distinct source) >= 3 in 1d")
    store.write_now(lambda t: t.rules.save(Rule("stories", "flood AND count(story) >= 2 in 1d"), NOW))
    assert [desk(source, flood(1), source, source=source) for source in range(3)] == [0, 0, 1]
    assert [alert.rule.name for alert in alerts(store)] == ["floods"]


def test_a_changed_rule_counts_anew(store, desk):
    save(store, "flood AND count(story) >= 2 in 1d")
    assert desk(1, flood(1), 0) == 0
    save(store, "flood* AND count(story) >= 2 in 1d")
    assert [desk(number, flood(number), number) for number in (2, 3)] == [0, 1]


def test_what_was_ingested_quietly_raises_nothing(store, desk):
    save(store, "flood AND count(story) >= 2 in 1d")
    assert [desk(number, flood(number), number, quiet=True) for number in range(3)] == [0, 0, 0]
    assert set(verdicts(store)) == {MatchVerdict.QUIET}


def test_a_spike_is_judged_against_what_the_archive_has(store, desk):
    for day in range(8):
        for hour in range(0, 24, 3):
            desk(f"{day}-{hour}", flood(100 * day + hour) if hour == 12 else "Nothing much.", 24 * day + hour)
    save(store, "flood AND spike(baseline=14d)")
    made = [desk(f"burst-{number}", flood(5000 + number), 24 * 8 + number / 30) for number in range(12)]
    assert sum(made) == 1
    (alert,) = alerts(store)
    assert "stories in the last hour" in alert.detail


QUERIES = [
    "flood count(story) >= 3 in 1h",
    "flood count(story) >= 2 in 2h",
    "flood count(article) >= 4 in 3h",
    "flood count(distinct source) >= 2 in 1h",
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_backtest_tells_what_was_told_live(store, desk, query):
    save(store, query)
    random, hours = Random(query), 0.0
    for number in range(40):
        hours += random.expovariate(2)
        desk(number, flood(number) if random.random() < 0.8 else "Rain.", hours, source=random.randrange(3))
    live = [alert.story_id for alert in alerts(store)]
    assert live
    assert [seen.story_id for seen in store.read_now(lambda t: backtest(t, parse(query))).told] == live
