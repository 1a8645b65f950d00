"""How often a source is visited, changed by command; and which sources doctor says should be visited more often."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from storage.clock import Clock
from storage.models import Feed, FeedKind, Schedule, Source
from storage.store import connect

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def shown(desk, name="Paper"):
    return json.loads(desk.here("source", "show", name, "--json"))


@pytest.fixture
def stocked(desk):
    """A desk at noon, with a way to put sources and their gaps into it."""
    desk.environment["NIGHTDESK_CLOCK"] = f"{NOON:%Y-%m-%dT%H:%M:%SZ}"

    def put(name, *, gaps=0, outages=0, visited=None, paused=False, declared_in=None):
        def work(tables):
            url = f"https://{name.lower()}.example/"
            added = tables.sources.add(
                Source(name, url, Schedule(every=86_400.0), NOON, due=NOON + timedelta(days=1), paused=paused,
                       declared_in=declared_in)
            )  # fmt: skip
            feed = tables.feeds.link(added.id, Feed(f"{url}feed", FeedKind.RSS), NOON)
            for number in range(gaps):
                tables.completeness.open_gap(feed, NOON, NOON, 9, outage=number < outages)
            if visited is not None:
                tables.connection.execute("UPDATE sources SET last_crawl = ?", [f"{visited:%Y-%m-%dT%H:%M:%SZ}"])

        with connect(str(desk.folder / "nightdesk.db"), Clock()) as store:
            store.write_now(work)

    desk.put = put
    return desk


@pytest.mark.parametrize(
    ("options", "schedule", "due"),
    [
        (("--every", "15m"), "every 15m", "2026-03-02T12:05:00Z"),  # after its last visit
        (("--every", "5m"), "every 5m", "2026-03-02T12:00:00Z"),  # that is over: now
        (("--every", "adaptive"), "adaptive", "2026-03-02T12:00:00Z"),
        (("--cron", "30 6 * * *", "--tz", "Europe/Berlin"), "30 6 * * * Europe/Berlin", "2026-03-03T05:30:00Z"),
    ],
)
def test_a_source_is_visited_by_its_new_schedule(stocked, options, schedule, due):
    stocked.put("Paper", visited=NOON - timedelta(minutes=10))
    said = stocked.here("source", "schedule", "Paper", *options)
    told = shown(stocked)
    assert (told["schedule"], told["due"]) == (schedule, due)
    assert said == f"Paper: its schedule is {schedule} from now on; next visit {due.replace('T', ' ')}\n"


def test_one_that_was_never_visited_is_due_and_one_that_is_paused_stays_so(stocked):
    stocked.put("Paper", paused=True)
    said = stocked.here("source", "schedule", "Paper", "--cron", "0 3 * * *")
    assert "it is paused, go on with `nightdesk source resume Paper`" in said
    told = shown(stocked)
    assert (told["due"], told["next"], told["paused"]) == ("2026-03-02T12:00:00Z", None, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "say how often to visit it, --every 15m, or when, --cron '30 6 * * *'"),
        (("--tz", "Europe/Berlin"), "say how often"),
        (("--every", "15m", "--cron", "@daily"), "give exactly one"),
        (("--every", "15m", "--tz", "Europe/Berlin"), "--tz goes with --cron"),
        (("--every", "15"), "write 15s"),
        (("--cron", "every day"), "every day"),
    ],
)
def test_a_schedule_that_is_none_is_refused(stocked, options, said):
    stocked.put("Paper")
    assert said in stocked.here("source", "schedule", "Paper", *options, code=2)
    assert shown(stocked)["schedule"] == "every 1d"


def test_a_declared_source_is_changed_in_its_file(stocked):
    stocked.put("Paper", declared_in="desk.toml:7")
    told = stocked.here("source", "schedule", "Paper", "--every", "5m", code=2)
    assert "source 'Paper' is declared in desk.toml:7; change it there" in told
    assert "no source is named 'Herald'" in stocked.here("source", "schedule", "Herald", "--every", "5m", code=2)


def gaps_told(desk):
    findings = json.loads(desk.here("doctor", "--json", code=1))["findings"]
    (found,) = [each for each in findings if each["what"] == "completeness"]
    return found["state"], found["text"], found["remedy"]


def test_doctor_names_the_sources_with_most_gaps_and_a_remedy_that_there_is(stocked):
    assert gaps_told(stocked) == ("well", "no gap between a feed's answers", "")
    stocked.put("Courier", gaps=2)
    assert gaps_told(stocked) == (
        "note", "2 gaps between a feed's answers, 2 of them not filled: Courier (2)",
        "visit them more often: `nightdesk source schedule NAME --every D`; see `nightdesk source show NAME`",
    )  # fmt: skip
    for name, count in (("Herald", 7), ("Standard", 1), ("Mirror", 1), ("Echo", 0)):
        stocked.put(name, gaps=count, declared_in="desk.toml:7" if name == "Herald" else None)
    _, text, remedy = gaps_told(stocked)
    assert text == ("11 gaps between a feed's answers, 11 of them not filled: Herald (7), Courier (2), Mirror (1) and 1 more")
    assert "`nightdesk source schedule NAME --every D`, `every` at desk.toml:7 (Herald); see" in remedy


def test_doctor_advises_no_more_visits_where_the_source_could_not_be_reached(stocked):
    stocked.put("Courier", gaps=2, outages=2)
    _, text, remedy = gaps_told(stocked)
    assert text.endswith("2 of them not filled: Courier (2)")
    assert "more often" not in remedy
    assert remedy.startswith(
        "no more visits would have helped Courier, which could not be reached then, but a listing that reaches"
    )
    stocked.put("Herald", gaps=3, outages=1)
    assert (
        "visit them more often: `nightdesk source schedule NAME --every D`; no more visits would have helped Herald, Courier"
        in (gaps_told(stocked)[2])
    )
