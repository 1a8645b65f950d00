"""Channels that are switched off, fail, or are gone: how that is told, and how they are used again. Over real HTTP."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from alerts.deliver import DeliveryOptions, send_test
from nightdesk.config import load
from nightdesk.declared import apply
from nightdesk.newspaper import MailReceiver, in_thread
from nightdesk.samples import sample_alert
from storage.addresses import parse_networks
from storage.clock import Clock
from storage.errors import ConfigError
from storage.models import Channel, ChannelKind, Rule
from storage.store import connect

TOWNS = ("Alder", "Birch", "Cedar", "Dogwood")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def told(desk, site):
    """Runs commands at noon in this process; `told.ingest(…)` stores articles of these numbers, and delivers what they lead to."""

    class Told:
        url = f"{site.url}/hook"

        def __call__(self, *command, code=0):
            return desk.here(*command, code=code, whole=True)

        def json(self, *command):
            return json.loads(desk.here(*command, "--json"))

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


def posts(told):
    return [json.loads(hit.body) for hit in told.site.hits("/hook")]


def test_a_declared_channel_that_was_switched_off_is_resumed_and_sends_what_waits_and_what_met_the_410(told):
    told.declared()
    switched_off(told)
    assert told.states() == ["due"]
    remedy = "nightdesk channel resume hook"
    assert remedy in told.channel()["state"]
    assert remedy in told.finding("channel hook")["remedy"]
    told("rule", "add", "docks", "dock")
    told.ingest(1)
    assert told.states() == ["due"] * 3, "two rules match what came meanwhile"
    assert len(posts(told)) == 1
    told.at("2026-03-02T12:01:00Z")
    assert "was switched off again" in told("channel", "resume", "hook", code=1)
    told.answers(200)
    told.at("2026-03-02T12:02:00Z")
    assert "channel 'hook' is on" in told("channel", "resume", "hook")
    assert told.states() == ["sent"] * 3
    assert told.channel()["enabled"]
    ids = {hit.headers["webhook-id"] for hit in told.site.hits("/hook")}
    assert len(ids) == 3, "with the identifiers that they had"


def test_a_declaration_with_another_address_uses_the_channel_again_and_one_that_only_moved_does_not(told):
    told.declared(path="/gone")
    told.site.set("/gone", status=410)
    told("rule", "add", "cranes", "crane")
    told.ingest(0)
    told.declared(path="/gone", above=("", "# a line more", ""))
    assert (told.channel()["enabled"], told.states()) == (False, ["due"])
    told.declared(path="/hook")
    assert (told.channel()["enabled"], told.states()) == (True, ["due"])
    assert told.channel()["disabled_because"] is None


def test_a_channel_that_is_on_can_be_resumed_and_one_that_is_not_there_cannot(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    assert "was on already" in told("channel", "resume", "hook")
    assert "no channel is named 'hok'" in told("channel", "resume", "hok", code=2)


def test_a_replay_by_options_takes_dead_letters_only_and_leaves_what_a_digest_is_to_tell(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    told("rule", "add", "cranes", "crane")
    told.ingest(0)
    told("channel", "add", "webhook", "hook", "--url", told.url, "--quiet", "11:00-14:00")
    told.ingest(1)
    told("channel", "add", "webhook", "hook", "--url", told.url)
    assert told.states() == ["sent", "gathered", "due"]
    told("delivery", "replay", "--rule", "cranes")
    told("delivery", "replay", "--since", "1d")
    assert (told.states(), len(posts(told))) == (["sent", "gathered", "due"], 1)
    told("delivery", "replay", "--rule", "cranes", "--sent")
    assert (told.states(), len(posts(told))) == (["sent", "gathered", "due"], 2)
    assert "say of what" in told("delivery", "replay", "--dead", "--sent", code=2)
    told("delivery", "replay", "2")
    assert (told.states(), len(posts(told))) == (["sent", "sent", "due"], 3), "an ID is meant as it is given"


def test_a_replay_to_a_channel_that_is_off_is_refused_and_the_letter_stays_dead(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    switched_off(told)
    told.write(lambda t: t.deliveries.failed(1, NOW, status=500, detail="given up", due=None))
    for chosen in (("1",), ("--dead",), ("--rule", "cranes")):
        refused = told("delivery", "replay", *chosen, code=2)
        assert "the channel hook is switched off" in refused
        assert "`nightdesk channel resume hook`" in refused
    assert told.states() == ["dead"]
    told("channel", "add", "webhook", "desk", "--url", f"{told.site.url}/desk")
    told.write(lambda t: t.deliveries.add(1, "uid", t.channels.get("desk"), NOW))
    told.write(lambda t: t.deliveries.failed(2, NOW, status=500, detail="down", due=None))
    told.site.set("/desk", status=200)
    told("delivery", "replay", "--dead")
    assert told.states() == ["dead", "sent"], "the others are sent"


def test_what_waits_for_a_channel_says_so_until_it_is_tried_again(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    told("rule", "add", "cranes", "crane")
    told.write(lambda t: t.channels.open_breaker(1, NOW, NOW + timedelta(minutes=10)))
    told.ingest(0)
    waits = "waits for the channel: tried again at 2026-03-02 12:10:00Z"
    assert waits in told("delivery", "list")
    assert waits in told.deliveries()[0]["held"]
    assert waits in told("alert", "explain", "https://courier.example/0", "cranes")
    assert waits in told("delivery", "replay", "1")
    assert posts(told) == []
    told("channel", "resume", "hook")
    assert (told.states(), len(posts(told))) == (["sent"], 1), "it is tried at once"


def in_a_digest(told):
    """Two alerts that are delivery 3, a digest at 14:00."""
    told("channel", "add", "webhook", "hook", "--url", told.url, "--quiet", "11:00-14:00")
    told("rule", "add", "cranes", "crane")
    told("rule", "add", "docks", "nothing")
    told.ingest(0, 1)
    assert told.states() == ["gathered", "gathered", "due"]


def test_a_digest_that_was_given_up_is_found_by_its_rule_and_told_where_its_alerts_are_explained(told):
    in_a_digest(told)
    told.write(lambda t: t.deliveries.failed(3, NOW, status=500, detail="the receiver is down", due=None))
    assert [each["id"] for each in told.deliveries("--dead", "--rule", "cranes")] == ["3"]
    assert told.deliveries("--dead", "--rule", "docks") == []
    reason = "not told by hook to hook: digest 3 was given up after 1 attempt: the receiver is down"
    assert reason in told("alert", "explain", "https://courier.example/0", "cranes")
    assert "in digest 3 (dead): quiet hours until 14:00" in " ".join(told("delivery", "list").split())
    told.at("2026-03-02T14:00:01Z")
    told("delivery", "replay", "--dead", "--rule", "cranes")
    assert told.states() == ["gathered", "gathered", "sent"]
    assert len(posts(told)[-1]["alerts"]) == 2


def test_what_a_digest_has_told_is_explained_with_the_digest_and_when(told):
    in_a_digest(told)
    told.at("2026-03-02T14:00:01Z")
    told("delivery", "replay", "3")
    reason = "told by hook to hook in digest 3, sent at 2026-03-02 14:00:0"
    assert reason in told("alert", "explain", "https://courier.example/0", "cranes")
    assert "in digest 3 (sent): quiet hours" in " ".join(told("delivery", "list").split())


def test_a_rule_that_names_a_channel_which_is_gone_or_off_is_told_of_by_remove_doctor_and_explain(told):
    told("channel", "add", "webhook", "hook", "--url", told.url)
    told("channel", "add", "log", "desk")
    told("rule", "add", "floods", "crane", "--channel", "hook")
    told.write(lambda t: t.channels.disable("hook", "answered 410"))
    off = told.finding("rule floods")
    assert (off["state"], off["text"]) == ("fault", "names the channel hook, which is off")
    assert "nightdesk channel resume hook" in off["remedy"]
    told.ingest(0)
    removed = told("channel", "remove", "hook")
    gone = "rule floods names the channel hook, which is not there; add it again with `nightdesk channel add`"
    assert gone in removed
    found = told.finding("rule floods")
    assert (found["state"], found["text"]) == ("fault", "names the channel hook, which is not there")
    assert f"or there was none; {gone}" in told("alert", "explain", "https://courier.example/0", "floods")
    told("rule", "add", "floods", "crane", "--channel", "desk")
    assert told.finding("rule floods") is None


def test_a_channel_that_many_rules_name_is_one_fault(told):
    told("channel", "add", "log", "desk")
    told.write(lambda t: [t.rules.save(Rule(f"rule{n}", "crane", channels=("gone",)), NOW) for n in range(7)])
    (fault,) = [each for each in told.json("doctor")["findings"] if "the channel gone" in each["text"]]
    assert fault["what"] == "rules rule0, rule1, rule2, rule3, rule4 and 2 more"


def test_each_recipient_of_a_test_is_tried_and_one_that_is_refused_is_told_of(told):
    mail = MailReceiver()
    mail.refused["bob@office.example"] = "550 no such user"
    with in_thread(mail):
        people = "bob@office.example, ada@office.example"
        told("channel", "add", "email", "post", "--to", people, "--smtp-url", mail.url, "--from", "n@desk.example")
        lines = told("channel", "test", "post", code=1).splitlines()
        assert [line.partition(": ")[0] for line in lines if "ada" in line] == ["ada@office.example"]
        assert "nightdesk: bob@office.example: the mail server" in "".join(lines)
        assert "550 no such user" in "".join(lines)
        assert [each.message["To"] for each in mail.received] == ["ada@office.example"]
        mail.refused.clear()
        assert told("channel", "test", "post").count(": 250") == 2


def test_a_test_waits_as_long_as_a_real_try_and_then_says_so(told):
    told.site.set("/hook", hang=30)
    channel = Channel("hook", ChannelKind.WEBHOOK, {"url": told.url})
    options = DeliveryOptions(parse_networks(["127.0.0.0/8"]), {})
    with connect(f"sqlite:///{told.folder / 'nightdesk.db'}", Clock(NOW)) as store:
        (answer,) = asyncio.run(send_test(store, channel, options, sample_alert(NOW), seconds=0.2))
    assert (answer.taken, answer.said) == (False, "hook did not answer in 0.2 s")


def test_what_cannot_be_meant_is_refused_in_one_line(told):
    assert "a channel needs a name" in told("channel", "add", "log", "", code=2)
    with pytest.raises(ConfigError, match=r"nightdesk\.toml:1: a channel needs a name"):
        told.declare("[[channel]]", 'name = " "', 'kind = "log"')
    assert "would silence nothing" in told("silence", "add", "crane", "--for", "0s", code=2)


def test_a_comma_in_a_quoted_name_parts_no_recipients(told):
    mail = MailReceiver()
    with in_thread(mail):
        people = '"Doe, Jane" <jane@office.example>, Bob <bob@office.example>,'
        told("channel", "add", "email", "post", "--to", people, "--smtp-url", mail.url, "--from", "n@desk.example")
        assert told.channel("post")["recipients"] == ['"Doe, Jane" <jane@office.example>', "Bob <bob@office.example>"]
        told("channel", "test", "post")
    assert [each.message["To"].addresses[0].display_name for each in mail.received] == ["Doe, Jane", "Bob"]
    refused = told("channel", "add", "email", "post", "--to", '"Doe, Jane <j@x.example>', "--smtp-url", mail.url, code=2)
    assert "is not a mail address" in refused


def test_doctor_looks_into_the_files_that_settings_point_at(told):
    place = told.folder / "secret"
    told("channel", "add", "webhook", "hook", "--url", told.url, "--secret", f"file:{place}")
    assert f"from the file {place}: No such file or directory" in told.finding("channel hook")["text"]
    place.write_text("\n", encoding="utf-8")
    assert (told.finding("channel hook")["state"], "is empty" in told.finding("channel hook")["text"]) == ("fault", True)
    place.write_text("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n", encoding="utf-8")
    assert told.finding("channel hook")["state"] == "well"


def test_removing_a_rule_says_which_deliveries_go_with_it_and_a_list_says_when_it_is_cut(told):
    in_a_digest(told)
    told.write(lambda t: [t.deliveries.failed(3, NOW, status=500, detail="down", due=None)])
    told.write(lambda t: t.deliveries.replay(1, NOW))
    told.write(lambda t: [t.deliveries.failed(1, NOW, status=500, detail="down", due=None)])
    assert "only the newest 1 are shown" in told("delivery", "list", "--dead", "--limit", "1")
    assert "only the newest" not in told("delivery", "list", "--dead", "--limit", "2")
    assert "with its deliveries: 2 that were given up" in told("rule", "remove", "cranes")
    assert told("rule", "remove", "docks").strip().endswith("rule 'docks' is removed")


def test_a_rule_that_names_another_channel_says_how_much_waited_and_it_is_explained(told):
    told("channel", "add", "webhook", "hook", "--url", told.url, "--quiet", "11:00-13:00")
    told("channel", "add", "log", "desk")
    told("rule", "add", "cranes", "crane", "--channel", "hook")
    told.ingest(0)
    changed = told("rule", "add", "cranes", "crane", "--channel", "desk")
    assert "1 delivery that waited is not sent: the rule does not tell the channel any more" in changed
    why = "the rule does not tell this channel any more"
    assert why in " ".join(told("delivery", "list").split())
    explained = told("alert", "explain", "https://courier.example/0", "cranes")
    assert f"not sent by hook to {told.json('channel', 'list')['channels'][1]['recipients'][0]}" in explained
    assert why in explained
    assert "waited" not in told("rule", "add", "cranes", "crane", "--channel", "desk")
    assert "waited" not in told("channel", "remove", "hook"), "a digest that has nothing left is no loss"


def test_a_declared_rule_that_names_another_channel_moves_what_waited_and_the_log_says_so(told):
    hook = (
        "[[channel]]",
        'name = "hook"',
        'kind = "log"',
        'quiet = "11:00-13:00"',
        "[[channel]]",
        'name = "desk"',
        'kind = "log"',
    )
    rule = ("[[rule]]", 'name = "cranes"', 'query = "crane"')
    told.declare(*hook, *rule, 'channels = ["hook"]')
    told.ingest(0)
    with capture_logs() as logs:
        told.declare(*hook, *rule, 'channels = ["desk"]')
    (line,) = [each for each in logs if each["event"] == "rule-rerouted"]
    assert (line["rule"], line["channels"], line["waited"]) == ("cranes", ["desk"], 1)


def test_what_the_configuration_takes_away_is_logged_and_its_alerts_are_not_said_to_have_reached_nobody(told):
    rule = ("[[rule]]", 'name = "cranes"', 'query = "crane"')
    told.declare("[[channel]]", 'name = "hook"', 'kind = "log"', 'quiet = "11:00-13:00"', *rule)
    told.ingest(0)
    with capture_logs() as logs:
        told.declare(*rule)
    (line,) = [each for each in logs if each["event"] == "channel-removed"]
    assert (line["log_level"], line["channel"], line["waited"]) == ("warning", "hook", 1), (
        "the alert, not the digest that has it"
    )
    explained = told("alert", "explain", "https://courier.example/0", "cranes")
    assert "nobody was told" not in explained
    assert (
        "no delivery of it is kept: its channel was removed since, and whom it told is not known, or there was none"
        in explained
    )
    with capture_logs() as logs:
        told.declare()
    (line,) = [each for each in logs if each["event"] == "rule-removed"]
    assert (line["log_level"], line["rule"], line["waited"], line["given_up"]) == ("warning", "cranes", 0, 0)
