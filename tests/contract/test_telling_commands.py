"""The commands that keep people from being told, and that say what became of a delivery, as people and scripts use them."""

import json
import re

import pytest

NOON = "2026-03-02T12:00:00Z@1"
SOON = "2026-03-02T12:30:00Z@1"  # behind what a command at noon wrote, however slow it was
LATER = "2026-03-02T15:00:00Z@1"
TOWNS = ("Alder", "Birch", "Cedar", "Dogwood")


@pytest.fixture
def ask(desk):
    """Runs commands, by default at noon; `ask.ingest(…)` stores articles of these numbers and delivers what they lead to."""

    class Ask:
        def __call__(self, *command, code=0, clock=NOON):
            return desk.run(*command, code=code, NIGHTDESK_CLOCK=clock)

        def json(self, *command, **how):
            return json.loads(self(*command, "--json", **how).stdout)

        def ingest(self, *numbers, clock=NOON):
            rows = [
                {"url": f"https://courier.example/{number}", "title": f"Crane falls in {TOWNS[number]}", "source": "Courier",
                 "text": " ".join(f"The crane of {TOWNS[number]}{part} fell into dock {number}{part}." for part in "abcdefgh")}
                for number in numbers
            ]  # fmt: skip
            (desk.folder / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            return self("ingest", "articles.jsonl", "--alert", clock=clock)

    made = Ask()
    made.folder = desk.folder
    made("channel", "add", "log", "desk")
    made("rule", "add", "cranes", "crane")
    return made


def states(ask, **how):
    return [each["state"] for each in ask.json("delivery", "list", **how)["deliveries"]][::-1]


def test_a_silence_is_kept_listed_explained_and_ended_and_what_it_kept_can_be_told(ask):
    added = ask.json("silence", "add", "title:alder OR title:birch", "--for", "2h", "--author", "Ada", "--why", "known")
    assert added == {"id": 1, "until": "2026-03-02T14:00:00Z"}
    ask.ingest(0, 2)
    assert states(ask) == ["silenced", "sent"]
    assert {alert["state"] for alert in ask.json("alert", "list")["alerts"]} == {"silenced", "sent"}
    explained = ask.json("alert", "explain", "https://courier.example/0", "cranes")
    kept = "not sent by desk to desk at 2026-03-02 12:00:00Z: silence 1 by Ada (known): word title:alder OR title:birch"
    assert kept in [re.sub(r"12:00:[0-9]{2}Z", "12:00:00Z", each) for each in explained["reasons"]]
    (listed,) = ask.json("silence", "list")["silences"]
    assert (listed["kind"], listed["active"], listed["author"]) == ("word", True, "Ada")
    ask("silence", "remove", "1")
    assert ask.json("silence", "list", clock=SOON)["silences"] == []
    assert [each["active"] for each in ask.json("silence", "list", "--all", clock=SOON)["silences"]] == [False]
    ask.ingest(1, clock=SOON)
    assert states(ask) == ["silenced", "sent", "sent"]
    ask("delivery", "replay", "1", clock=SOON)
    assert states(ask) == ["sent", "sent", "sent"]
    reasons = ask.json("alert", "explain", "https://courier.example/0", "cranes")["reasons"]
    steps = [" ".join(each.split()[:2]) for each in reasons if "desk to desk" in each]
    assert steps == ["not sent", "replayed for", "sent by"], "one line for each step, in the order of time"
    (attempt,) = ask.json("delivery", "show", "1")["log"]
    assert (attempt["outcome"], attempt["answer"]) == ("sent", "logged")


@pytest.mark.parametrize(
    ("matcher", "told"),
    [
        ("rule:floods", "no rule is named 'floods'"),
        ("source=Mercury", "no source is named 'Mercury'"),
        ("story:x", "'x' is no story's id"),
        ("story:99", "no story has the id 99"),
        ("titel:x", "unknown field titel:"),
        ("", "the query is empty"),
    ],
)
def test_a_silence_of_nothing_is_refused(ask, matcher, told):
    done = ask("silence", "add", matcher, "--for", "1h", code=2)
    assert told in done.stderr.splitlines()[-1]


def test_a_policy_is_shown_and_holds(ask):
    ask("channel", "add", "log", "desk", "--quiet", "11:00-14:00", "--cap", "5", "--tz", "Europe/London", "--no-follow-ups")
    (shown,) = ask.json("channel", "list")["channels"]
    assert shown["policy"] == {
        "zone": "Europe/London", "quiet": "11:00-14:00", "digest": None, "cap": 5, "group_wait": "0s", "group_interval": "0s",
        "repeat_interval": "0s", "inhibit": False, "passing": "critical", "follow_ups": False,
    }  # fmt: skip
    assert "quiet 11:00-14:00, 5 an hour of a rule, Europe/London" in " ".join(ask("channel", "list").stdout.split())
    ask.ingest(0, 1)
    assert states(ask) == ["gathered", "gathered", "due"]
    assert {alert["state"] for alert in ask.json("alert", "list")["alerts"]} == {"pending"}
    told = ask.json("alert", "explain", "https://courier.example/1", "cranes")["reasons"]
    assert any("into the digest that is delivery 3: quiet hours until 14:00 Europe/London" in each for each in told)
    ask("crawl", clock=LATER)
    assert states(ask, clock=LATER) == ["gathered", "gathered", "sent"]
    assert {alert["state"] for alert in ask.json("alert", "list", clock=LATER)["alerts"]} == {"sent"}


def spread(ask, number, papers, clock):
    """Articles with the same text on so many sites."""
    text = " ".join(f"The crane of {TOWNS[number]}{part} fell into dock {number}{part}." for part in "abcdefgh")
    rows = [{"url": f"https://{paper}.example/{number}", "title": "Crane", "source": paper, "text": text} for paper in papers]
    (ask.folder / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    ask("ingest", "articles.jsonl", "--alert", clock=clock)


def test_follow_ups_that_wait_are_shown_with_the_reason_and_told_when_it_is_time(ask):
    ask("channel", "add", "log", "desk", "--repeat-interval", "4h", "--inhibit")
    (shown,) = ask.json("channel", "list")["channels"]
    assert (shown["policy"]["repeat_interval"], shown["policy"]["inhibit"]) == ("4h", True)
    words = " ".join(ask("channel", "list").stdout.split())
    assert "follow-ups at least 4h apart, no lone reports of what was told" in words
    ask.ingest(0)
    spread(ask, 0, ("mercury", "post"), "2026-03-02T12:05:00Z@1")
    held = "2026-03-02T12:40:00Z@1"
    ask("crawl", clock=held)
    (waits,) = [each for each in ask.json("delivery", "list", clock=held)["deliveries"] if each["sequence"]]
    assert (waits["state"], waits["due"][:16], waits["held"]) == (
        "due", "2026-03-02T16:00", "told at 12:00, and what follows waits 4h",
    )  # fmt: skip
    assert waits["held"] in " ".join(ask("delivery", "show", waits["id"], clock=held).stdout.split())
    told = ask.json("alert", "explain", "https://courier.example/0", "cranes", clock=held)["reasons"]
    assert any("held back: told at 12:00, and what follows waits 4h" in each for each in told)
    ask("crawl", clock="2026-03-02T16:01:00Z@1")
    assert states(ask, clock=held) == ["sent", "sent"]


def test_a_policy_that_cannot_be_read_is_refused_in_one_line(ask):
    done = ask("channel", "add", "log", "desk", "--quiet", "always", code=2)
    assert done.stderr.strip() == "nightdesk: quiet: 'always' is no span of the day; write 22:00-07:00"


def test_deliveries_of_a_rule_or_of_a_time_are_listed_and_replayed(ask):
    ask.ingest(0)
    ask("rule", "add", "docks", "dock")
    ask.ingest(1, clock=LATER)
    assert len(states(ask, clock=LATER)) == 3
    of_docks = ask.json("delivery", "list", "--rule", "docks", clock=LATER)["deliveries"]
    lately = ask.json("delivery", "list", "--since", "1h", clock=LATER)["deliveries"]
    assert (len(of_docks), len(lately)) == (1, 2)
    ask("delivery", "replay", "--rule", "docks", "--since", "1h", clock=LATER)
    assert len(ask.json("delivery", "show", of_docks[0]["id"], clock=LATER)["log"]) == 1, "it has arrived"
    ask("delivery", "replay", "--rule", "docks", "--since", "1h", "--sent", clock=LATER)
    assert len(ask.json("delivery", "show", of_docks[0]["id"], clock=LATER)["log"]) == 2
    assert ask("delivery", "replay", code=2).stderr.strip().splitlines()[-1] == (
        "nightdesk: say which deliveries: either IDs, or --dead, --rule and --since"
    )
