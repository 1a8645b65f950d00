from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from alerts.backtest import backtest
from nightdesk.pricing import Earlier, brief, lines, price_tag, shape
from storage.ingest import ingest_article
from storage.language.query import parse
from storage.models import Extraction, ReadComment, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLACES = ("Malden", "Harwick", "Orrin", "Sedge", "Tarn", "Wick", "Esk", "Lune", "Dove", "Yare", "Nidd", "Swale")


@pytest.fixture
def desk(store):
    """A store and two sources that were added at NOW."""

    def add(t):
        return [t.sources.add(Source(name, f"https://{name.lower()}.example/", Schedule(60.0), NOW, sites=(f"{name.lower()}.example",)))
                for name in ("Courier", "Herald")]  # fmt: skip

    return store, store.write_now(add)


def read(desk, number, text, *, hours=0.0, source=0, published="now", title="", quiet=False, **more):
    store, sources = desk
    url = f"https://{sources[source].name.lower()}.example/{number}"
    now = NOW + timedelta(hours=hours)
    when = now if published == "now" else published
    whole = Extraction(url, title or f"Report {number}", text, published=when, **more)
    store.write_now(lambda t: ingest_article(t, whole, sources[source], page=None, url=url, now=now, quiet=quiet))


def replayed(desk, query, since=None):
    return desk[0].read_now(lambda t: backtest(t, parse(query), since=since))


def told(desk, query):
    return [seen.document_id for seen in replayed(desk, query).told]


def flood(number):
    """A report of a flood that shares no run of words with another."""
    random = Random(number)
    words = ["".join(random.choice("bcdfgklmnprst") + random.choice("aeiou") for _ in range(3)) for _ in range(30)]
    return " ".join([*words[:15], "flood", *words[15:]])


def test_one_alert_a_story_however_many_carry_it(desk):
    for source in (0, 1):
        read(desk, source, flood(1) + " " + " ".join(f"Then street {name} was closed." for name in PLACES), source=source)
    read(desk, 2, "A flood of letters reached the mayor of Orrin, who has said nothing yet about the price of bread.", hours=3)
    found = replayed(desk, "flood")
    assert (len(found.articles), found.stories, len(found.told)) == (3, 2, 2)
    assert found.sources == {"Courier": 2}


def test_what_was_old_when_its_source_was_added_matches_and_is_not_told(desk):
    read(desk, 1, flood(1), published=NOW - timedelta(days=3))
    read(desk, 2, flood(2), hours=1)
    found = replayed(desk, "flood")
    assert (len(found.articles), [seen.document_id for seen in found.told]) == (2, [2])
    assert any("1 article of them came before" in line for line in desk[0].read_now(lambda t: tag_lines(t, "flood")))


def tag_lines(t, query, **more):
    return list(lines(price_tag(t, parse(query), since=None, now=NOW + timedelta(days=5), **more)))


def test_comments_are_replayed_in_their_own_right(desk):
    read(desk, 1, "Rain.", comments=(ReadComment("What a flood!"), ReadComment("Oh.")))
    assert len(replayed(desk, "comment:flood").told) == 1
    assert replayed(desk, "flood").seen == ()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("flood AND count(story) >= 3 in 1h", [3]),
        ("flood AND count(story) >= 2 in 30m", [2, 4, 6]),
        ("flood AND count(story) >= 3 in 10m", []),
        ("flood AND count(story) >= 6 in 4h", [6]),
        ("flood AND count(article) >= 3 in 1h", [3]),
        ("flood AND count(distinct source) >= 2 in 1h", [4]),
    ],
)
def test_a_count_tells_when_it_is_reached_and_then_is_quiet_for_its_span(desk, query, expected):
    for number, (hours, source) in enumerate([(0, 0), (0.3, 0), (0.6, 0), (0.9, 1), (3, 0), (3.1, 0)], 1):
        read(desk, number, flood(number), hours=hours, source=source)
    read(desk, 7, "No word of it.", hours=3.2)
    assert told(desk, query) == expected


def test_a_spike_tells_what_is_not_usual(desk):
    number = 0
    for day in range(9):
        for hour in range(24):
            number += 1
            read(desk, number, "Nothing much." if hour % 12 else flood(number), hours=24 * day + hour)
    assert told(desk, "flood AND spike(baseline=14d)") == []
    for minute in range(20):
        number += 1
        read(desk, number, flood(number), hours=24 * 9 + minute / 60)
    assert len(told(desk, "flood AND spike(baseline=14d)")) == 1


def test_the_price_tag_reads_as_a_sentence(desk):
    for number in range(5):
        read(desk, number, flood(number), hours=30 * number, source=number == 4)
    text = desk[0].read_now(lambda t: tag_lines(t, "flood"))
    assert text[0] == "would have sent 5 alerts about 5 stories in 6 days, from 5 articles; busiest day 2026-03-02 with 1"
    assert text[1] == "1 of 2 sources makes 80% of it: Courier (80%)"
    assert sum("*flood*" in line for line in text) == 5


def test_window_and_days_go_by_the_same_moment(desk):
    """An archive that was taken in at once, today: of what is three weeks old it would have told three weeks ago."""
    for number, days in enumerate((1, 2, 20, 21), 1):
        read(desk, number, flood(number), published=NOW - timedelta(days=days), quiet=True)
    read(desk, 5, flood(5))
    tag = desk[0].read_now(lambda t: price_tag(t, parse("flood"), since=NOW - timedelta(days=3), now=NOW))
    assert brief(tag) == ("would have sent 3 alerts about 3 stories in 3 days, from 3 articles; busiest day 2026-02-28 with 1")
    assert all(day >= (NOW - timedelta(days=3)).date() for day in tag.found.days)
    assert "note: 2 articles of them came all at once, without alerts; window and days go by their own dates" in list(
        lines(tag)
    )


def counting(desk, query, count):
    for number in range(count):
        read(desk, number, flood(number), hours=number / 4)
    return desk[0].read_now(lambda t: price_tag(t, parse(query), since=None, now=NOW + timedelta(days=5)))


def test_of_a_query_that_counts_it_is_said_when_the_count_was_reached(desk):
    tag = counting(desk, "flood AND count(story) >= 4 in 1h", 46)
    said = list(lines(tag))
    assert said[0].startswith(
        "would have sent 11 alerts in 6 days, when the count was reached among 46 articles of 46 stories;"
    )
    times = [line for line in said if line.endswith("4 stories within 1h")]
    assert (len(times), times[-1]) == (10, "  2026-03-02 13:45:00Z  4 stories within 1h")
    assert "  and 1 before" in said
    json = desk[0].read_now(lambda t: shape(t, tag))
    assert json["reached"][0] == {"at": "2026-03-02T12:45:00Z", "counted": "4 stories within 1h"}


def test_of_a_count_that_was_never_reached_the_most_there_was_is_said(desk):
    tag = counting(desk, "flood AND count(article) >= 100 in 2h AND count(story) >= 3 in 1h", 9)
    said = list(lines(tag))
    assert said[0] == (
        "would have sent 0 alerts in 6 days: the count was never reached among 9 articles of 9 stories; the most there was:"
        " 8 of 100 articles within 2h, at 2026-03-02 13:45:00Z; 4 of 3 stories within 1h, at 2026-03-02 12:45:00Z"
    )
    assert said[said.index("what it counts, among others:") + 1].startswith("  Report ")
    json = desk[0].read_now(lambda t: shape(t, tag))
    assert (json["reached"], json["alerts"]) == ([], 0)
    most = {"of": "article", "within": "2h", "counted": 8, "asked": 100, "at": "2026-03-02T13:45:00Z"}
    assert json["highest"][0] == most


def test_of_a_burst_that_is_not_known_to_be_unusual_it_is_not_said_that_there_were_too_few(desk):
    said = brief(counting(desk, "flood AND count(story) >= 3 in 1h AND spike(min=2)", 9))
    assert "there were enough, but never surely more than is usual, among 9 articles" in said
    assert "never reached" not in said


def test_nothing_found_is_said_so(desk):
    tag = desk[0].read_now(lambda t: price_tag(t, parse("flood"), since=NOW - timedelta(days=30), now=NOW))
    assert brief(tag) == "would have matched nothing in 30 days"


def test_what_comes_and_goes_against_another_query(desk):
    read(desk, 1, flood(1))
    read(desk, 2, "A drought in Orrin, where the mayor has said nothing yet about the price of water.", hours=1)
    against = Earlier("water", None, parse("flood OR rain"))
    tag = desk[0].read_now(lambda t: price_tag(t, parse("drought"), since=None, now=NOW + timedelta(days=1), against=against))
    assert (tag.change.comes, tag.change.goes) == (["https://courier.example/2"], ["https://courier.example/1"])
    json = desk[0].read_now(lambda t: shape(t, tag))
    assert json["against"] == {
        "rule": "water", "version": None, "comes": ["https://courier.example/2"], "goes": ["https://courier.example/1"]
    }  # fmt: skip
    assert json["articles"] == ["https://courier.example/2"]
    assert json["samples"][0]["words"] == ["drought"]


def test_more_than_fifty_a_day_is_warned_of(desk):
    for number in range(52):
        read(desk, number, flood(number),
             hours=number / 10, title=f"Flood {number}")  # fmt: skip
    assert len(replayed(desk, "flood").told) > 50
    assert any(
        line.startswith("warning: ") and "more than 50 a day" in line
        for line in desk[0].read_now(lambda t: tag_lines(t, "flood"))
    )
