"""Channels that are switched off, fail, or are gone: how that is told, and how they are used again. Over real HTTP."""

import json
from datetime import UTC, datetime

import pytest

from nightdesk.config import load
from nightdesk.declared import apply
from storage.clock import Clock
from storage.models import AlertReason, Rule
from storage.store import connect

TOWNS = ("Alder", "Birch", "Cedar", "Dogwood")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def told(desk, site):
    """Runs commands at noon in this process; `told.ingest(…)` stores articles of these numbers, and delivers what they lead to."""

    class Told:
        url = f"{site.url}/hook"

        def __call__(self, *command, code=0):
            return desk.here(*command, code=code)

        def json(self, *command):
            return json.loads(self(*command, "--json"))

        def at(self, clock):
            desk.environment["NIGHTDESK_CLOCK"] = f"{clock}@1"

        def ingest(self, *numbers):
            rows = [
                {"url": f"https://courier.example/{number}", "title": f"Crane falls in {TOWNS[number]}", "source": "Courier",
                 "text": " ".join(f"The crane of {TOWNS[number]}{part} fell into dock {number}{part}." for part in "abcdefgh")}
                for number in numbers
            ]  # fmt: skip
            (desk.folder / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
            return self("ingest", str(desk.folder / "articles.jsonl"), "--alert")

        def answers(self, status):
            site.set("/hook", status=status)

        def deliveries(self, *options):
            return self.json("delivery", "list", *options)["deliveries"][::-1]

        def states(self, *options):
            return [each["state"] for each in self.deliveries(*options)]

        def channel(self, name="hook"):
            return next(each for each in self.json("channel", "list")["channels"] if each["name"] == name)

        def finding(self, what):
            return next((each for each in self.json("doctor")["findings"] if each["what"] == what), None)

        def declare(self, *lines):
            """Write these into nightdesk.toml, and apply it as a start does."""
            desk.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
            config = load(str(desk.config), desk.environment)
            self.write(lambda t: apply(t, config, NOW))

        def write(self, work):
            with connect(f"sqlite:///{desk.folder / 'nightdesk.db'}", Clock(NOW)) as store:
                return store.write_now(work)

        def declared(self, *, path="/hook", above=()):
            self.declare(*above, "[[channel]]", 'name = "hook"', 'kind = "webhook"', f'url = "{site.url}{path}"')

    made = Told()
    made.folder, made.site = desk.folder, site
    made.at("2026-03-02T12:00:00Z")
    made.answers(200)
    return made


def switched_off(told, number=0):
    """The channel hook, after the receiver of an alert said that it is gone."""
    told("rule", "add", "cranes", "crane")
    told.answers(410)
    told.ingest(number)
    assert not told.channel()["enabled"]


def waits_meanwhile(tables):
    """Another rule's alert, whose delivery waits for the channel."""
    rule = tables.rules.save(Rule("docks", "dock"), NOW)
    alert = tables.alerts.add(rule, 1, AlertReason.NEW, NOW)
    tables.deliveries.add(alert, "docks", tables.channels.get("hook"), NOW)


def posts(told):
    return [json.loads(hit.body) for hit in told.site.hits("/hook")]


def test_a_declared_channel_that_was_switched_off_is_resumed_and_sends_what_waits_and_what_the_410_ended(told):
    told.declared()
    switched_off(told)
    assert told.states() == ["dead"]
    remedy = "nightdesk channel resume hook"
    assert remedy in told.channel()["state"]
    assert remedy in told.finding("channel hook")["remedy"]
    told.write(waits_meanwhile)
    assert len(posts(told)) == 1
    assert "was switched off again" in told("channel", "resume", "hook", code=1)
    told.answers(200)
    assert "channel 'hook' is on" in told("channel", "resume", "hook")
    assert told.states() == ["sent", "sent"]
    assert told.channel()["enabled"]
    ids = {hit.headers["webhook-id"] for hit in told.site.hits("/hook")}
    assert len(ids) == 2, "with the identifiers that they had"


def test_a_declaration_with_another_address_uses_the_channel_again_and_one_that_only_moved_does_not(told):
    told.declared(path="/gone")
    told.site.set("/gone", status=410)
    told("rule", "add", "cranes", "crane")
    told.ingest(0)
    told.declared(path="/gone", above=("", "# a line more", ""))
    assert (told.channel()["enabled"], told.states()) == (False, ["dead"])
    told.declared(path="/hook")
    assert (told.channel()["enabled"], told.states()) == (True, ["due"])
    assert told.channel()["disabled_because"] is None


def test_adding_a_channel_again_sends_what_its_switching_off_ended_and_leaves_other_dead_letters(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    switched_off(told)
    told.write(lambda t: t.deliveries.failed(1, NOW, status=500, detail="given up", due=None))
    told("channel", "add", "webhook", "hook", "--url", told.url)
    assert told.states() == ["dead"], "its last answer was another"
    told.write(lambda t: t.deliveries.failed(1, NOW, status=410, detail="gone", due=None))
    told("channel", "add", "webhook", "hook", "--url", told.url)
    assert told.states() == ["due"]


def test_a_channel_that_is_on_can_be_resumed_and_one_that_is_not_there_cannot(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    assert "was on already" in told("channel", "resume", "hook")
    assert "no channel is named 'hok'" in told("channel", "resume", "hok", code=2)
