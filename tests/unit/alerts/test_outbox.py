"""What goes out when: the real tables, and a clock that the test turns. Nothing is sent here but by `tick`, which notes it."""

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts import outbox
from alerts.match import Matching
from alerts.outbox import Answer
from alerts.policies import parse_policy
from alerts.policy import after_failure
from alerts.rerouting import NOT_TOLD, save_rule
from alerts.unsubscribing import unsubscribe
from scheduler.steps import mend
from storage.clock import Clock
from storage.errors import DeliveryError
from storage.ingest import ingest_article
from storage.models import (
    Alert,
    AlertReason,
    Channel,
    ChannelKind,
    DeliveryState,
    Digest,
    Extraction,
    Notice,
    Rule,
    Schedule,
    Severity,
    Silence,
    SilenceKind,
    Source,
)
from storage.store import connect
from storage.zones import find_zone, local

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SYLLABLES = ("ka", "lo", "mi", "ne", "ru", "sta", "ven", "dor", "pel", "zu")


def story(number):
    """A text of its own for each number, that names a crane and a harbour."""
    chance = random.Random(number)
    words = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(60)]
    return f"A crane fell in the harbour of quay{number}. " + " ".join(words) + "."


class Desk:
    """A store, and what its channels were told: (channel, content) in order."""

    def __init__(self, store):
        self.store, self.told = store, []
        self.write(lambda t: t.rules.save(Rule("cranes", "crane"), NOW))
        self.source = self.write(
            lambda t: t.sources.add(
                Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",))
            )
        )

    def write(self, work):
        return self.store.write_now(work)

    def channel(self, name="hook", kind=ChannelKind.LOG, settings=None, **policy):
        wanted = replace(parse_policy(**policy), since=NOW)
        return self.write(lambda t: t.channels.save(Channel(name, kind, settings or {}, policy=wanted)))

    def crane(self, number, now=NOW, host="courier.example", title=None):
        text = story(number)
        url = f"https://{host}/{number}"
        read = Extraction(url, title or f"Crane {number}", text, published=now)
        self.write(lambda t: ingest_article(t, read, self.source, page=None, url=url, now=now))
        self.store.clock = Clock(now - timedelta(seconds=5))  # it goes on while the rules are matched
        asyncio.run(Matching(self.store).run_pending())

    def tick(self, now, answer=lambda channel: None, room=16, personal=lambda recipient: None):
        """Send all that is due; `answer` gives the error of a channel's try, `personal` that of a recipient's, if it has one."""
        self.write(lambda t: outbox.plan_digests(t, now))
        while True:
            free = {channel.name: room for channel in self.store.read_now(lambda t: t.channels.all())}
            claimed = self.write(lambda t, free=free: outbox.claim(t, now, until=9e12, free=free))
            for each in claimed.going:
                self.send(each, now, answer(each.channel.name) or personal(each.delivery.recipient))
            if not claimed.taken:
                return

    def send(self, outgoing, now, error):
        delivery = outgoing.delivery
        content = outgoing.content or self.store.read_now(lambda t: outbox.digest(t, delivery))

        if error is None:
            self.write(lambda t: outbox.record_sent(t, outgoing, content, Answer(now)))
            self.told.append((outgoing.channel.name, content))
        else:
            decision = after_failure(delivery.attempts + 1, error, now, 0.5)
            self.write(lambda t: outbox.record_failed(t, outgoing, error, decision, Answer(now)))

    def relate(self, *articles):
        """Have these articles report one event."""
        rows = [(each, articles[0], 0.5) for each in articles]
        self.write(lambda t: t.connection.conn.executemany("INSERT OR REPLACE INTO related_members VALUES (?, ?, ?)", rows))

    def spread(self, number, outlets, now=NOW):
        """Let so many outlets carry a story."""
        for outlet in range(outlets):
            self.crane(number, now, host=f"paper{outlet}.example")

    def rewrite(self, number, now, host="courier.example"):
        """Another text at a known address."""
        url = f"https://{host}/{number}"
        text = f"The crane of quay{number} was lifted out of the harbour. " + " ".join(story(number + 500).split()[9:39])
        text += " " + " ".join(story(number).split()[40:])
        read = Extraction(url, f"Crane {number}", text, published=now)
        self.write(lambda t: ingest_article(t, read, self.source, page=None, url=url, now=now))
        self.store.clock = Clock(now - timedelta(seconds=5))
        asyncio.run(Matching(self.store).run_pending())

    def states(self):
        return Counter(each.state for each in self.store.read_now(lambda t: t.deliveries.all(limit=10_000)))


@pytest.fixture
def desk(store):
    return Desk(store)


def test_a_digest_tells_what_was_gathered_and_one_alone_is_told_as_itself(desk):
    desk.channel(quiet="22:00-07:00")
    night = NOW.replace(hour=23)
    desk.crane(1, night)
    desk.tick(night)
    assert (desk.told, desk.states()) == ([], {DeliveryState.GATHERED: 1, DeliveryState.DUE: 1})
    morning = NOW.replace(day=3, hour=7)
    desk.tick(morning)
    ((_, told),) = desk.told
    assert isinstance(told, Alert)
    for number in (2, 3):
        desk.crane(number, morning + timedelta(hours=16))
    desk.tick(morning + timedelta(hours=16))
    desk.tick(morning + timedelta(days=1))
    digest = desk.told[1][1]
    assert isinstance(digest, Digest)
    assert digest.title == "2 alerts about 2 stories"
    assert digest.coverage == "0 of 1 source healthy; 1 not visited yet"


def test_a_try_that_failed_before_the_night_waits_for_its_end(desk):
    desk.channel(quiet="22:00-07:00")
    evening = NOW.replace(hour=21, minute=59)
    desk.crane(1, evening)
    desk.tick(evening, lambda channel: DeliveryError("down", status=503))
    desk.tick(evening + timedelta(minutes=30))
    assert desk.told == []
    desk.tick(NOW.replace(day=3, hour=7))
    assert len(desk.told) == 1


def test_what_comes_after_a_digest_was_let_go_is_told_by_one_more(desk):
    channel = desk.channel(cap=1)
    desk.crane(1)
    desk.tick(NOW)
    desk.crane(2)
    desk.tick(NOW)
    assert desk.states() == {DeliveryState.SENT: 1, DeliveryState.GATHERED: 1, DeliveryState.DUE: 1}
    (into,) = [each for each in desk.store.read_now(lambda t: t.deliveries.all(limit=9)) if each.slot]
    desk.write(lambda t: t.deliveries.let_go(into.id, NOW))  # another process is sending it
    desk.crane(3)
    desk.tick(NOW + timedelta(minutes=1))
    assert [told.story_title for _, told in desk.told] == ["Crane 1"]
    desk.tick(NOW + timedelta(hours=1, minutes=1))
    assert [told.story_title for _, told in desk.told] == ["Crane 1", "Crane 2", "Crane 3"]
    assert channel.policy.cap == 1


def test_a_digest_of_which_all_was_replayed_is_not_sent(desk):
    desk.channel(quiet="22:00-07:00")
    night = NOW.replace(hour=23)
    desk.crane(1, night)
    desk.tick(night)
    (held,) = [each for each in desk.store.read_now(lambda t: t.deliveries.all(limit=9)) if each.alert_id]
    desk.write(lambda t: t.deliveries.replay(held.id, night))
    desk.tick(NOW.replace(day=3, hour=7))
    assert [type(told) for _, told in desk.told] == [Alert]
    assert desk.states() == {DeliveryState.SENT: 1, DeliveryState.COVERED: 1}


def test_a_group_is_told_together(desk):
    desk.channel(group_wait="30s", group_interval="5m")
    for number in range(3):
        desk.crane(number, NOW + timedelta(seconds=number))
        desk.tick(NOW + timedelta(seconds=number))
    assert desk.told == []
    desk.tick(NOW + timedelta(seconds=30))
    desk.crane(3, NOW + timedelta(seconds=60))
    desk.tick(NOW + timedelta(seconds=60))
    assert [len(told.alerts) for _, told in desk.told] == [3]
    desk.tick(NOW + timedelta(seconds=330))
    assert [type(told) for _, told in desk.told] == [Digest, Alert]


SILENCES = [
    (SilenceKind.RULE, "cranes", True),
    (SilenceKind.RULE, "floods", False),
    (SilenceKind.STORY, "1", True),
    (SilenceKind.STORY, "2", False),
    (SilenceKind.SOURCE, "Courier", True),
    (SilenceKind.SOURCE, "Mercury", False),
    (SilenceKind.WORD, "quay1 AND harbour", True),
    (SilenceKind.WORD, "title:harbour", False),
]


@pytest.mark.parametrize(("kind", "value", "silenced"), SILENCES)
def test_a_silence_holds_for_what_it_names_and_no_longer_than_it_says(desk, kind, value, silenced):
    desk.channel()
    desk.crane(1)
    if kind is SilenceKind.STORY and value == "2":
        desk.crane(2)
    until = NOW + timedelta(hours=1)
    desk.write(lambda t: t.silences.add(Silence(kind, value, "Ada", NOW, until, "enough")))
    desk.tick(NOW)
    assert any(alert.story_id == 1 for _, alert in desk.told) != silenced
    desk.crane(7, until)
    desk.tick(until)
    assert desk.told[-1][1].story_title == "Crane 7"
    held = [each.held for each in desk.store.read_now(lambda t: t.deliveries.all(limit=9)) if each.held]
    assert held == ([f"silence 1 by Ada (enough): {kind} {value}"] if silenced or value == "2" else [])


BROKEN_SILENCES = [
    (SilenceKind.STORY, "99"),
    (SilenceKind.STORY, "x"),
    (SilenceKind.STORY, "9" * 30),
    (SilenceKind.WORD, "(crane"),
]


@pytest.mark.parametrize(("kind", "value"), BROKEN_SILENCES)
def test_a_silence_that_names_nothing_or_cannot_be_read_silences_nothing(desk, kind, value):
    desk.channel()
    desk.crane(1)
    desk.write(lambda t: t.silences.add(Silence(kind, value, "Ada", NOW, NOW + timedelta(hours=1))))
    desk.tick(NOW)
    assert [told.story_title for _, told in desk.told] == ["Crane 1"]


def rows(desk):
    return desk.store.read_now(lambda t: t.deliveries.all(limit=99))[::-1]


def test_a_delivery_that_cannot_be_judged_is_put_off_with_the_reason_and_stops_no_other(desk):
    desk.channel("hook", quiet="22:00-07:00", digest="08:00")
    desk.channel("log")
    desk.crane(1)
    desk.write(lambda t: t.connection.execute("UPDATE channels SET policy = replace(policy, 'UTC', 'Mars/Base') WHERE id = 1"))
    desk.crane(2)
    desk.tick(NOW)
    assert sorted(told.story_title for name, told in desk.told if name == "log") == ["Crane 1", "Crane 2"]
    held = [each for each in rows(desk) if each.channel == "hook"]
    assert {(each.state, each.due, each.attempts) for each in held} == {(DeliveryState.DUE, NOW + timedelta(minutes=5), 0)}
    assert "it could not be judged: unknown time zone 'Mars/Base'" in held[0].last_error
    assert held[0].last_error == desk.store.read_now(lambda t: t.deliveries.failing())
    desk.channel("hook")
    desk.tick(NOW + timedelta(minutes=5))
    assert sorted(told.story_title for name, told in desk.told if name == "hook") == ["Crane 1", "Crane 2"]
    assert {each.last_error for each in rows(desk)} == {None}


def test_five_failures_in_a_row_open_the_breaker_and_the_owner_is_told_once_by_another_channel(desk):
    desk.channel("hook")
    desk.channel("post", ChannelKind.EMAIL, {"to": "a@x.example", "smtp_url": "smtp://x"})
    for number in range(20):
        desk.crane(number)
    tries = Counter()

    def answer(channel):
        tries[channel] += 1
        return DeliveryError("down", status=503) if channel == "hook" else None

    desk.tick(NOW, answer, room=5)
    assert tries["hook"] == 5, "the others are left alone"
    desk.tick(NOW + timedelta(seconds=29), answer)
    assert tries["hook"] == 5
    desk.tick(NOW + timedelta(seconds=30), answer)
    assert tries["hook"] == 6, "one probe"
    for second in range(31, 4000, 7):
        desk.tick(NOW + timedelta(seconds=second), answer)
    assert 6 + 8 <= tries["hook"] <= 6 + 11, "after 1, 2, 4 and 8 minutes, and then every 10"
    notices = [told for channel, told in desk.told if isinstance(told, Notice)]
    assert [(each.title, each.detail) for each in notices] == [
        ("The channel hook does not work", "5 tries in a row failed; the last: down. It is tried again, and nothing is lost.")
    ]
    later = NOW + timedelta(hours=3)
    for minute in range(0, 24 * 60, 5):
        desk.tick(later + timedelta(minutes=minute))
    assert len([1 for channel, told in desk.told if channel == "hook" and isinstance(told, Alert)]) == 20
    assert [told.title for _, told in desk.told if isinstance(told, Notice)][1:] == ["The channel hook works again"]
    assert desk.states() == {DeliveryState.SENT: 42}


def test_a_recipient_whom_the_server_does_not_know_is_no_trouble_of_the_channel(desk):
    desk.channel()
    for number in range(8):
        desk.crane(number)
    desk.tick(NOW, lambda channel: DeliveryError("550 no such user", permanent=True))
    channel = desk.store.read_now(lambda t: t.channels.get("hook"))
    assert (channel.failures, channel.opened) == (0, None)
    assert desk.states() == {DeliveryState.DEAD: 8}


def test_a_receiver_that_is_gone_switches_its_channel_off_and_says_so(desk):
    desk.channel("hook")
    desk.channel("log")
    desk.crane(1)
    gone = DeliveryError("answered 410", permanent=True, disable=True, status=410)
    desk.tick(NOW, lambda channel: gone if channel == "hook" else None)
    assert not desk.store.read_now(lambda t: t.channels.get("hook")).enabled
    assert [told.title for _, told in desk.told if isinstance(told, Notice)] == ["The channel hook is switched off"]


def test_a_channel_that_is_switched_off_keeps_its_deliveries_until_it_is_added_again(desk):
    desk.channel()
    desk.crane(1)
    desk.write(lambda t: t.channels.disable("hook", "410 gone"))
    desk.tick(NOW)
    assert (desk.told, desk.store.read_now(outbox.waiting)) == ([], [])
    desk.channel()
    desk.tick(NOW)
    assert len(desk.told) == 1


def test_what_a_gone_receiver_was_to_be_told_and_what_matched_meanwhile_goes_out_when_it_is_added_again(desk):
    desk.channel("hook")
    desk.channel("log")
    for number in (1, 2):
        desk.crane(number)
    gone = DeliveryError("answered 410", permanent=True, disable=True, status=410)
    desk.tick(NOW, lambda channel: gone if channel == "hook" else None)
    desk.crane(3, NOW + timedelta(hours=1))
    desk.tick(NOW + timedelta(hours=1))
    assert [told.title for _, told in desk.told if isinstance(told, Notice)] == ["The channel hook is switched off"], "once"
    assert [name for name, told in desk.told if isinstance(told, Alert)] == ["log"] * 3
    desk.channel("hook")
    desk.tick(NOW + timedelta(hours=2))
    assert sorted(told.story_id for name, told in desk.told if name == "hook") == [1, 2, 3]


def test_a_digest_whose_time_is_put_later_on_the_day_that_it_was_sent_comes_once_more(desk):
    desk.channel(digest="08:00")
    eight = NOW.replace(day=3, hour=8)
    desk.crane(1, eight - timedelta(hours=1))
    desk.tick(eight - timedelta(hours=1))
    desk.tick(eight)
    changed = Channel("hook", ChannelKind.LOG, policy=replace(parse_policy(digest="20:00"), since=eight))
    desk.write(lambda t: t.channels.save(changed))
    for number in (2, 3):
        desk.crane(number, eight + timedelta(hours=2))
        desk.tick(eight + timedelta(hours=2))
    assert len(desk.told) == 1, "nothing comes by itself"
    desk.tick(eight.replace(hour=20))
    assert [told.title for _, told in desk.told] == ["1 alert about 1 story", "2 alerts about 2 stories"]
    desk.tick(eight.replace(day=4, hour=20))
    assert [told.title for _, told in desk.told[2:]] == ["nothing matched"]


def silence_cranes(desk, at):
    return desk.write(lambda t: t.silences.add(Silence(SilenceKind.RULE, "cranes", "Jo", at, at + timedelta(hours=20))))


def test_a_silence_holds_what_a_digest_has_gathered_and_what_is_tried_again_but_not_what_is_replayed(desk):
    desk.channel("digest", digest="hourly")
    desk.channel("hook")
    desk.crane(1)
    desk.tick(NOW, lambda channel: DeliveryError("later", status=503))
    silence_cranes(desk, NOW + timedelta(minutes=1))
    desk.tick(NOW + timedelta(hours=3))
    assert desk.told == []
    assert desk.states() == {DeliveryState.SILENCED: 2, DeliveryState.COVERED: 1}
    for each in desk.store.read_now(lambda t: t.deliveries.all(limit=9)):
        if each.state is DeliveryState.SILENCED:
            desk.write(lambda t, each=each: t.deliveries.replay(each.id, NOW + timedelta(hours=4)))
    desk.tick(NOW + timedelta(hours=4))
    assert sorted(name for name, _ in desk.told) == ["digest", "hook"]


def test_what_is_replayed_at_night_goes_out_and_waits_for_the_morning_only_if_that_fails(desk):
    desk.channel(quiet="22:00-07:00")
    desk.crane(1)
    desk.tick(NOW, lambda channel: DeliveryError("550 no", permanent=True))
    night = NOW.replace(hour=23)
    (dead,) = desk.store.read_now(lambda t: t.deliveries.all(limit=9))
    desk.write(lambda t: t.deliveries.replay(dead.id, night))
    desk.tick(night, lambda channel: DeliveryError("450 later"))
    desk.tick(night + timedelta(hours=4))
    assert (desk.told, desk.states()) == ([], {DeliveryState.DUE: 1})
    desk.write(lambda t: t.deliveries.replay(dead.id, night + timedelta(hours=5)))
    desk.tick(night + timedelta(hours=5))
    assert len(desk.told) == 1


def test_who_was_taken_off_a_channel_is_told_nothing_more_and_who_came_instead_is(desk):
    to = {"to": "old@desk.example, stays@desk.example"}
    desk.channel("desk", ChannelKind.EMAIL, to)
    desk.channel("digest", ChannelKind.EMAIL, to, digest="hourly")
    desk.crane(1)
    desk.tick(NOW, lambda channel: DeliveryError("450 later"))
    for name, policy in (("desk", {}), ("digest", {"digest": "hourly"})):
        desk.channel(name, ChannelKind.EMAIL, {"to": "new@desk.example, Who Stays <stays@desk.example>"}, **policy)
    desk.tick(NOW + timedelta(hours=3))
    desk.tick(NOW + timedelta(hours=5))
    sent = [each for each in desk.store.read_now(lambda t: t.deliveries.all(limit=99)) if each.state is DeliveryState.SENT]
    assert sorted((each.channel, each.recipient) for each in sent) == [
        ("desk", "new@desk.example"),
        ("desk", "stays@desk.example"),
        ("digest", "new@desk.example"),
        ("digest", "stays@desk.example"),
    ]


def test_a_channel_that_was_taken_off_a_rule_is_told_nothing_more_and_what_waited_goes_to_whom_the_rule_tells_now(desk):
    night = datetime(2026, 3, 2, 23, tzinfo=UTC)
    desk.channel("old", quiet="22:00-07:00")
    desk.channel("off")
    desk.channel("new")
    desk.write(lambda t: t.rules.save(Rule("cranes", "crane", channels=("old", "off")), NOW))
    desk.write(lambda t: t.channels.disable("off", "answered 410"))
    desk.crane(1, night)
    desk.tick(night)
    desk.crane(2, night)
    _, waited = desk.write(lambda t: save_rule(t, Rule("cranes", "crane", channels=("new",)), night))
    assert waited == 4, "one that a digest has gathered, one that is due, and two of a channel that is off"
    desk.tick(night)
    assert [channel for channel, _ in desk.told] == ["new", "new"]
    desk.tick(night + timedelta(days=1))
    assert len(desk.told) == 2
    kept = [
        each for each in desk.store.read_now(lambda t: t.deliveries.all(limit=99)) if each.alert_id and each.channel != "new"
    ]
    assert {(each.state, each.held) for each in kept} == {(DeliveryState.COVERED, NOT_TOLD)}


def test_a_rule_that_is_given_its_channel_back_tells_it_what_waited(desk):
    desk.channel("old", digest="hourly")
    desk.channel("new", digest="hourly")
    for channels in (("old",), ("new",), ("old",)):
        desk.write(lambda t, names=channels: save_rule(t, Rule("cranes", "crane", channels=names), NOW))
        desk.crane(1)
        desk.tick(NOW)
    desk.tick(NOW + timedelta(hours=2))
    assert [channel for channel, _ in desk.told] == ["old"]


@pytest.mark.parametrize("policy", [{}, {"digest": "hourly"}])
def test_what_was_being_sent_while_its_channel_was_taken_off_the_rule_is_not_tried_again(desk, policy):
    desk.channel("old", **policy)
    desk.channel("new")
    desk.write(lambda t: t.rules.save(Rule("cranes", "crane", channels=("old",)), NOW))
    desk.crane(1)
    going = []
    for now in (NOW, NOW + timedelta(hours=1)):
        going += desk.write(lambda t, now=now: outbox.claim(t, now, until=9e12, free={"old": 9})).going
    (outgoing,) = going
    assert desk.write(lambda t: save_rule(t, Rule("cranes", "crane", channels=("new",)), now))[1] == 0
    desk.send(outgoing, now, DeliveryError("later"))
    desk.tick(now + timedelta(hours=3))
    desk.tick(now + timedelta(hours=4))
    assert [channel for channel, _ in desk.told] == ["new"]


def test_a_channel_that_was_taken_off_a_rule_hears_nothing_more_of_a_story_that_it_was_told(desk):
    desk.channel("old")
    desk.channel("stays")
    desk.crane(1)
    desk.tick(NOW)
    desk.write(lambda t: save_rule(t, Rule("cranes", "crane", channels=("stays",)), NOW))
    desk.spread(1, 3)
    desk.tick(NOW + timedelta(hours=1))
    assert [channel for channel, _ in desk.told] == ["old", "stays", "stays"]
    assert desk.states() == {DeliveryState.SENT: 3}, "no follow-up was made for it"


def test_a_story_that_spreads_is_followed_up_once_it_settles_and_at_three_ten_and_thirty_outlets(desk):
    desk.channel()
    desk.crane(1)
    desk.tick(NOW)
    told = []
    for outlet in range(2, 36):
        now = NOW + timedelta(minutes=10 * outlet)
        desk.crane(1, now, host=f"paper{outlet}.example")
        desk.tick(now)
        told = [(alert.reason, alert.outlets) for _, alert in desk.told]
    desk.tick(NOW + timedelta(days=2))
    told = [(str(alert.reason), alert.outlets, alert.detail) for _, alert in desk.told]
    assert told == [
        ("new", 1, ""),
        ("follow-up", 6, "3 outlets carry it now"),
        ("follow-up", 13, "10 outlets carry it now"),
        ("follow-up", 33, "30 outlets carry it now"),
    ]


@pytest.mark.parametrize("policy", [{}, {"repeat_interval": "1h"}, {"quiet": "22:00-07:00"}], ids=str)
def test_what_happens_while_an_alert_is_tried_again_is_told_when_that_has_arrived(desk, policy):
    desk.channel(**policy)
    begun, first = (NOW.replace(hour=23), NOW.replace(day=3, hour=7)) if "quiet" in policy else (NOW, NOW)
    down = DeliveryError("down", status=503)
    desk.crane(1, begun)
    desk.tick(begun, lambda channel: down)
    desk.tick(first, lambda channel: down)
    for outlet in range(3):
        desk.crane(1, first + timedelta(minutes=1), host=f"paper{outlet}.example")
    for minute in range(1, 45):
        desk.tick(first + timedelta(minutes=minute), lambda channel: down)
    assert desk.told == []
    for minute in range(45, 45 + 24 * 60, 5):
        desk.tick(first + timedelta(minutes=minute))
    told = [content for _, content in desk.told]
    assert [(each.outlets, each.reason) for each in told] == [(1, AlertReason.NEW), (4, AlertReason.FOLLOW_UP)]


def test_what_a_digest_told_of_a_storys_spread_is_not_told_again(desk):
    desk.channel(quiet="22:00-07:00")
    night = NOW.replace(hour=23)
    for number in (1, 2):
        desk.crane(number, night)
    desk.tick(night)
    desk.spread(1, 3, NOW.replace(day=3, hour=6, minute=50))  # what follows settles until after the digest
    for minute in range(0, 120, 5):
        desk.tick(NOW.replace(day=3, hour=7) + timedelta(minutes=minute))
    ((_, digest),) = desk.told
    assert sorted(each.outlets for each in digest.alerts) == [1, 4]


def test_a_silence_holds_what_a_digest_that_is_tried_again_tells(desk):
    desk.channel(quiet="22:00-07:00")
    night, morning = NOW.replace(hour=23), NOW.replace(day=3, hour=7)
    for number in (1, 2):
        desk.crane(number, night)
    desk.tick(night)
    desk.tick(morning, lambda channel: DeliveryError("down", status=503))
    silence_cranes(desk, morning + timedelta(seconds=30))
    for minute in range(1, 60):
        desk.tick(morning + timedelta(minutes=minute))
    assert desk.told == []
    assert desk.states() == {DeliveryState.SILENCED: 2, DeliveryState.COVERED: 1}


@pytest.mark.parametrize("error", [None, DeliveryError("down", status=503)])
def test_a_send_that_ends_when_its_rule_is_gone_settles_nothing_of_another(desk, error):
    desk.channel()
    desk.crane(1)
    claimed = desk.write(lambda t: outbox.claim(t, NOW, until=9e12, free={"hook": 16}))
    desk.write(lambda t: t.rules.remove(t.rules.get("cranes").id))
    desk.write(lambda t: t.rules.save(Rule("harbours", "harbour"), NOW))
    desk.crane(2)
    (other,) = desk.store.read_now(lambda t: t.deliveries.all(limit=9))
    (outgoing,) = claimed.going
    assert other.id == outgoing.delivery.id  # the number of what was removed is another's now
    desk.send(outgoing, NOW, error)
    (after,) = desk.store.read_now(lambda t: t.deliveries.all(limit=9))
    assert (after.state, after.attempts) == (DeliveryState.DUE, 0)
    desk.write(lambda t: t.rules.remove(t.rules.get("harbours").id))
    desk.send(outgoing, NOW, error)  # nor does it fail where there is nothing


def test_a_channel_without_follow_ups_and_a_silenced_story_have_none(desk):
    desk.channel(follow_ups=False)
    desk.crane(1)
    desk.tick(NOW)
    for outlet in range(2, 5):
        desk.crane(1, NOW, host=f"paper{outlet}.example")
    desk.tick(NOW + timedelta(days=1))
    assert len(desk.told) == 1


# --- repeat_interval


def test_what_follows_of_a_story_waits_and_then_tells_once_how_far_it_has_come(desk):
    desk.channel(repeat_interval="4h")
    desk.crane(1)
    desk.tick(NOW)
    told = []
    for minute in range(10, 15 * 60, 10):
        now = NOW + timedelta(minutes=minute)
        if minute <= 340:
            desk.crane(1, now, host=f"paper{minute}.example")
        desk.tick(now)
        told += [(minute, str(alert.reason), alert.outlets, alert.detail) for _, alert in desk.told[len(told) + 1 :]]
    assert told == [
        (240, "follow-up", 25, "10 outlets carry it now"),
        (480, "follow-up", 35, "30 outlets carry it now"),
    ]
    reasons = [(each.sequence, each.state, each.held) for each in rows(desk) if each.sequence]
    assert reasons == [
        (3, DeliveryState.SENT, ""),
        (10, DeliveryState.COVERED, "delivery 2 tells how far the story has come"),
        (30, DeliveryState.SENT, ""),
    ]


def test_a_follow_up_that_waits_says_until_when_and_why(desk):
    desk.channel(repeat_interval="4h")
    desk.crane(1)
    desk.tick(NOW)
    desk.spread(1, 2, NOW + timedelta(minutes=1))
    desk.tick(NOW + timedelta(minutes=31))
    (held,) = [each for each in rows(desk) if each.sequence]
    assert (held.state, held.due, held.held) == (
        DeliveryState.DUE, NOW + timedelta(hours=4), "told at 12:00, and what follows waits 4h",
    )  # fmt: skip


def test_a_rewriting_and_the_spread_of_a_story_are_told_as_one(desk):
    desk.channel(repeat_interval="2h")
    desk.crane(1)
    desk.tick(NOW)
    desk.spread(1, 2, NOW + timedelta(minutes=20))
    desk.rewrite(1, NOW + timedelta(minutes=110))
    assert len([each for each in rows(desk) if each.sequence]) == 2
    for minute in (60, 120, 145, 600):
        desk.tick(NOW + timedelta(minutes=minute))
    assert [alert.detail for _, alert in desk.told] == ["", "3 outlets carry it now; an article of this story was rewritten"]


def test_a_telling_in_a_digest_counts_and_covers_what_came_before_it(desk):
    desk.channel(repeat_interval="2h", quiet="22:00-07:00")
    evening, morning = NOW.replace(hour=21), NOW.replace(day=3, hour=7)
    desk.crane(1, evening)
    desk.tick(evening)
    desk.spread(1, 2, evening + timedelta(hours=3))
    desk.crane(2, evening + timedelta(hours=3))
    desk.tick(evening + timedelta(hours=4))
    desk.rewrite(1, morning - timedelta(minutes=10))
    desk.tick(morning)
    desk.tick(morning + timedelta(hours=9))
    assert [len(getattr(told, "alerts", "1")) for _, told in desk.told] == [1, 2]
    (rewritten,) = [each for each in rows(desk) if each.sequence > 30]
    assert (rewritten.state, rewritten.held) == (DeliveryState.COVERED, "the story was told at 07:00, as it stood then")


# --- inhibition


def inhibited(desk, **policy):
    """A channel that inhibits, and a story of two outlets that it was told; then one outlet's own report of the same event."""
    desk.channel(inhibit=True, **policy)
    desk.spread(1, 2)
    desk.tick(NOW)
    desk.crane(2, NOW + timedelta(minutes=10))
    desk.relate(1, 3)
    desk.tick(NOW + timedelta(minutes=10))
    return rows(desk)[-1]


def test_a_lone_report_of_an_event_that_was_told_is_not_told_and_says_why(desk):
    lone = inhibited(desk)
    assert (lone.state, lone.held) == (
        DeliveryState.COVERED, "the rule told story 1 of the same event, which 2 outlets carry",
    )  # fmt: skip
    assert [alert.story_id for _, alert in desk.told] == [1]
    assert [state for _, state in desk.store.read_now(lambda t: t.alerts.all(9))] == ["covered", "sent"]
    desk.write(lambda t: t.deliveries.replay(lone.id, NOW + timedelta(hours=1)))
    desk.tick(NOW + timedelta(hours=1))
    assert [alert.story_id for _, alert in desk.told] == [1, 2], "who wants it all the same can have it"


@pytest.mark.parametrize("follow_ups", [True, False])
def test_a_lone_report_that_spreads_is_told_as_the_first_telling_of_its_story(desk, follow_ups):
    inhibited(desk, follow_ups=follow_ups)
    for outlet in range(12):
        now = NOW + timedelta(hours=1 + outlet)
        desk.crane(2, now, host=f"paper{outlet}.example")
        desk.tick(now + timedelta(minutes=30))
    told = [(str(alert.reason), alert.story_id, alert.outlets, alert.detail) for _, alert in desk.told[1:]]
    later = [("follow-up", 2, 10, "10 outlets carry it now")]
    assert told == [("new", 2, 3, "3 outlets carry it now"), *(later if follow_ups else [])]


def test_a_lone_report_that_is_rewritten_stays_one(desk):
    inhibited(desk)
    desk.rewrite(2, NOW + timedelta(minutes=20))
    desk.tick(NOW + timedelta(minutes=50))
    rewritten = rows(desk)[-1]
    assert (rewritten.sequence > 0, rewritten.state, len(desk.told)) == (True, DeliveryState.COVERED, 1)
    assert rewritten.held == "the rule told story 1 of the same event, which 2 outlets carry"


def test_two_lone_reports_of_one_event_do_not_inhibit_each_other(desk):
    desk.channel(inhibit=True)
    for number in (1, 2):
        desk.crane(number)
    desk.relate(1, 2)
    desk.tick(NOW)
    assert sorted(alert.story_id for _, alert in desk.told) == [1, 2]


def test_a_report_of_several_outlets_is_told_and_so_is_one_that_came_before(desk):
    desk.channel(inhibit=True)
    desk.crane(1)
    desk.spread(2, 2)
    desk.spread(3, 2)
    desk.relate(1, 2, 4)
    desk.tick(NOW)
    assert sorted(alert.story_id for _, alert in desk.told) == [1, 2, 3]


def test_what_is_about_to_be_told_is_waited_for(desk):
    desk.channel(inhibit=True)
    desk.spread(1, 2)
    later = NOW + timedelta(minutes=1)
    desk.crane(2, later)
    desk.relate(1, 3)
    desk.tick(later, room=1)  # one after the other
    why = "the rule told story 1 of the same event, which 2 outlets carry"
    assert (rows(desk)[-1].state, rows(desk)[-1].held) == (DeliveryState.COVERED, why)
    desk.spread(3, 2, later)
    desk.crane(4, later + timedelta(minutes=1))
    desk.relate(4, 6)
    desk.tick(later + timedelta(minutes=1))  # both at once
    assert (rows(desk)[-1].state, rows(desk)[-1].due) == (DeliveryState.DUE, later + timedelta(minutes=2))
    assert rows(desk)[-1].held == "the rule is about to tell story 3 of the same event, which 2 outlets carry"
    desk.tick(later + timedelta(minutes=2))
    assert (rows(desk)[-1].state, len(desk.told)) == (DeliveryState.COVERED, 2)


@pytest.mark.parametrize("trouble", ["down", "dead", "silenced"])
def test_what_may_never_arrive_inhibits_nothing(desk, trouble):
    desk.channel(inhibit=True)
    desk.spread(1, 2)
    if trouble == "silenced":
        desk.write(lambda t: t.silences.add(Silence(SilenceKind.STORY, "1", "Ada", NOW, NOW + timedelta(minutes=5))))
    error = DeliveryError("no", status=503, permanent=trouble == "dead")
    desk.tick(NOW, lambda channel: error)
    later = NOW + timedelta(seconds=1)
    desk.crane(2, later)
    desk.relate(1, 3)
    desk.tick(later)
    assert [alert.story_id for _, alert in desk.told] == [2]


def test_a_digest_that_is_to_come_is_waited_for_and_if_it_fails_the_lone_report_is_told(desk):
    desk.channel("hook", inhibit=True, quiet="22:00-07:00")
    night, morning = NOW.replace(hour=23), NOW.replace(day=3, hour=7)
    desk.spread(1, 2, night)
    desk.tick(night)
    desk.crane(2, night + timedelta(hours=1))
    desk.relate(1, 3)
    desk.tick(night + timedelta(hours=1))
    lone = rows(desk)[-1]
    assert (lone.state, lone.due) == (DeliveryState.DUE, morning + timedelta(minutes=1))
    desk.tick(morning, lambda channel: DeliveryError("refused", permanent=True))
    desk.tick(morning + timedelta(minutes=1))
    assert [alert.story_id for _, alert in desk.told] == [2]


def test_inhibition_is_a_matter_of_one_rule_one_channel_and_reports(desk):
    desk.channel("calm", inhibit=True)
    desk.channel("log")
    desk.spread(1, 2)
    desk.tick(NOW)
    desk.write(lambda t: t.rules.save(Rule("harbours", "harbour"), NOW))
    later = NOW + timedelta(minutes=10)
    desk.crane(2, later)
    desk.relate(1, 3)
    desk.tick(later)
    told = Counter((name, alert.rule.name) for name, alert in desk.told if alert.story_id == 2)
    assert told == {("log", "cranes"): 1, ("log", "harbours"): 1, ("calm", "harbours"): 1}
    desk.crane(3, later)
    desk.relate(1, 3, 4)
    desk.write(lambda t: t.connection.execute("UPDATE alerts SET reason = 'comment' WHERE story_id = 3 AND rule_id = 1"))
    desk.tick(later)
    assert ("calm", 3) in [(name, alert.story_id) for name, alert in desk.told if alert.rule.name == "cranes"]


def test_an_event_of_long_ago_inhibits_nothing(desk):
    desk.channel(inhibit=True)
    desk.spread(1, 2)
    desk.tick(NOW)
    later = NOW + timedelta(days=3, minutes=1)
    desk.crane(2, later)
    desk.relate(1, 3)
    desk.tick(later)
    assert [alert.story_id for _, alert in desk.told] == [1, 2]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_each_event_is_told_and_what_is_left_out_is_answered_for(desk, seed):
    """Matched = told, or left out because a story of the same event, of the same rule, was told to the same reader."""
    chance = random.Random(seed)
    to = {"to": "a@x.example,b@x.example", "smtp_url": "smtp://x"}
    desk.channel("post", ChannelKind.EMAIL, to, inhibit=True, repeat_interval="1h", quiet="22:00-07:00", cap=3)
    events, articles, now = {}, 0, NOW
    for _ in range(40):
        now += timedelta(minutes=chance.choice([1, 5, 30, 120]))
        number = chance.randrange(12)
        before = desk.store.read_now(lambda t: t.articles.counts()["articles"])
        desk.crane(number, now, host=f"paper{chance.randrange(6)}.example")
        articles = desk.store.read_now(lambda t: t.articles.counts()["articles"])
        if articles > before:
            events.setdefault(number % 4, []).append(articles)
            desk.relate(*events[number % 4])
        fails = chance.random() < 0.3
        desk.tick(
            now, lambda channel, fails=fails: DeliveryError("down", status=503) if fails and chance.random() < 0.8 else None
        )
    for hour in range(1, 120):
        desk.tick(now + timedelta(hours=hour))
    assert set(desk.states()) <= {DeliveryState.SENT, DeliveryState.GATHERED, DeliveryState.COVERED}
    alerts = {alert.id: alert for alert, _ in desk.store.read_now(lambda t: t.alerts.all(99))}
    for reader in ("a@x.example", "b@x.example"):
        told = {each for each in alerts if told_to(desk, each, reader)}
        for each in set(alerts) - told:
            related = desk.store.read_now(lambda t, each=each: t.related.stories(alerts[each].story_id))
            assert any(alerts[other].story_id in related and alerts[other].outlets > 1 for other in told), alerts[each]


def told_to(desk, alert_id, reader):
    return any(each.sent for each in desk.store.read_now(lambda t: t.tellings.of_alert(alert_id, "post", reader)))


def test_looking_for_what_inhibits_uses_the_indexes(desk):
    desk.channel(inhibit=True)
    asked = []
    desk.spread(1, 2)

    def look(tables):
        tables.connection.conn.set_trace_callback(asked.append)
        tables.related.stories(1)
        tables.tellings.of_stories(1, [1, 2], "hook", "hook", before=9, since=NOW - timedelta(days=3))
        tables.tellings.of_alert(1, "hook", "hook")
        tables.connection.conn.set_trace_callback(None)
        return [
            row[3] for sql in asked if sql.startswith("SELECT")
            for row in tables.connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        ]  # fmt: skip

    steps = desk.store.read_now(look)
    assert len(steps) > 10
    assert [each for each in steps if each.startswith("SCAN") and "VIRTUAL" not in each and each != "SCAN found"] == []


# --- notices


def failing(desk, now, times=5):
    """So many failures of the channel hook."""
    for number in range(times):
        desk.crane(int(now.timestamp()) % 1000 + number, now)
    desk.tick(now, lambda channel: DeliveryError("down", status=503) if channel == "hook" else None, room=5)


def notices(desk):
    return [(each.state, each.held) for each in rows(desk) if each.notice_id]


def test_a_notice_waits_for_the_end_of_quiet_hours_and_is_told_by_itself(desk):
    desk.channel("hook")
    desk.channel("pager", quiet="22:00-07:00", cap=1)
    night = NOW.replace(hour=23)
    failing(desk, night)
    assert notices(desk) == [(DeliveryState.DUE, "quiet hours")]
    desk.tick(NOW.replace(day=3, hour=7), lambda channel: DeliveryError("down", status=503) if channel == "hook" else None)
    assert [told.title for _, told in desk.told if isinstance(told, Notice)] == ["The channel hook does not work"]


def test_a_notice_that_passes_is_told_at_once(desk):
    desk.channel("hook")
    desk.channel("pager", quiet="22:00-07:00", passing=Severity.HIGH)
    failing(desk, NOW.replace(hour=23))
    assert [told.title for _, told in desk.told if isinstance(told, Notice)] == ["The channel hook does not work"]


def test_that_a_channel_was_switched_off_wakes_its_owner(desk):
    desk.channel("hook")
    desk.channel("pager", quiet="22:00-07:00")
    night = NOW.replace(hour=23)
    desk.crane(1, night)
    gone = DeliveryError("answered 410", permanent=True, disable=True, status=410)
    desk.tick(night, lambda channel: gone if channel == "hook" else None)
    assert [told.title for _, told in desk.told if isinstance(told, Notice)] == ["The channel hook is switched off"]


def test_of_a_channel_that_fails_now_and_then_at_night_the_morning_tells_how_it_is(desk):
    desk.channel("hook", repeat_interval="1h")
    desk.channel("pager", quiet="22:00-07:00")
    night = NOW.replace(hour=22)
    for hour in range(3):
        failing(desk, night + timedelta(hours=hour))
        desk.tick(night + timedelta(hours=hour, minutes=50))
    states = Counter(notices(desk))
    assert states == {
        (DeliveryState.COVERED, "the channel works again"): 3,
        (DeliveryState.COVERED, "the channel does not work again"): 2,
        (DeliveryState.DUE, "quiet hours"): 1,
    }
    desk.tick(NOW.replace(day=3, hour=7))
    assert [told.title for _, told in desk.told if isinstance(told, Notice)] == ["The channel hook works again"]


ZONES = ["UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "America/Santiago", "Asia/Kolkata",
         "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Africa/Casablanca"]  # fmt: skip


@pytest.mark.parametrize("time_of_day", ["00:00", "02:30", "08:00"])
def test_each_local_day_has_exactly_one_digest_through_changes_of_clock_and_restarts(tmp_path, time_of_day):
    path = f"sqlite:///{tmp_path / 'nightdesk.db'}"
    begin = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with connect(path, Clock(begin)) as store:
        desk = Desk(store)
        for zone in ZONES:
            policy = replace(parse_policy(digest=time_of_day, zone=zone), since=begin)
            desk.write(lambda t, zone=zone, policy=policy: t.channels.save(Channel(zone, ChannelKind.LOG, policy=policy)))
    chance, now, told, days = random.Random(7), begin, [], 280
    while now < begin + timedelta(days=days):  # from one summer to the next winter, on both halves of the earth
        with connect(path, Clock(now)) as store:  # each time a new process
            desk.store = store
            for _ in range(chance.randrange(20, 60)):
                desk.tick(now)
                told += [(channel, now) for channel, _ in desk.told]
                desk.told = []
                now += timedelta(minutes=chance.choice([7, 31, 90, 240, 600]))
    for name in ZONES:
        zone = find_zone(name)
        seen = Counter(local(at, zone).date() for channel, at in told if channel == name)
        first, last = min(seen), max(seen)
        assert set(seen.values()) == {1}, name
        assert len(seen) == (last - first).days + 1 >= days - 2, name


AHEAD = [{}, {"digest": "08:00"}, {"digest": "hourly"}, {"quiet": "22:00-13:00"}, {"cap": 1}, {"group_wait": "30m"},
         {"group_interval": "2h"}, {"repeat_interval": "3h"}]  # fmt: skip


@pytest.mark.parametrize("policy", AHEAD, ids=str)
def test_what_a_clock_that_was_a_year_ahead_put_off_is_told_once_when_it_is_set_right(desk, policy):
    desk.channel(**policy)
    wrong = NOW + timedelta(days=366)
    for number in (1, 2):  # one of them goes out then, where the policy lets it
        desk.crane(number, wrong)
        desk.tick(wrong)
    desk.crane(3, wrong + timedelta(seconds=1))
    desk.crane(4, NOW)
    desk.write(lambda t: mend(t, NOW))
    for half_hour in range(2 * 49):
        desk.tick(NOW + half_hour * timedelta(minutes=30))
    told = [alert.story_title for _, each in desk.told for alert in getattr(each, "alerts", [each])]
    assert sorted(told) == ["Crane 1", "Crane 2", "Crane 3", "Crane 4"]


def test_a_follow_up_is_told_after_a_first_alert_that_a_wrong_clock_dated(desk):
    desk.channel(repeat_interval="3h")
    desk.spread(1, 1, NOW + timedelta(days=366))
    desk.tick(NOW + timedelta(days=366))
    desk.spread(1, 4, NOW)
    for half_hour in range(12):
        desk.tick(NOW + half_hour * timedelta(minutes=30))
    assert [(each.reason, each.outlets) for _, each in desk.told] == [("new", 1), ("follow-up", 4)]


def test_a_channel_that_a_wrong_clock_left_alone_for_a_year_is_tried(desk):
    desk.channel()
    wrong = NOW + timedelta(days=366)
    desk.crane(1, wrong)
    for hour in range(30):
        desk.tick(wrong + timedelta(hours=hour), lambda name: DeliveryError("it is down", status=503))
    desk.write(lambda t: mend(t, NOW))
    desk.tick(NOW)
    assert [each.story_title for _, each in desk.told] == ["Crane 1"]


FULL = DeliveryError("the mail server refused the recipient: 450 mailbox full", personal=True)
DOWN = DeliveryError("nothing listens", status=503)


def two_mailboxes(desk):
    desk.channel(kind=ChannelKind.EMAIL, settings={"to": "full@desk.example, good@desk.example"})


def reached(desk, recipient):
    found = desk.store.read_now(lambda t: t.deliveries.all(limit=1000))
    return sum(each.recipient == recipient and each.state is DeliveryState.SENT for each in found)


def is_full(recipient):
    return FULL if recipient.startswith("full") else None


def test_a_full_mailbox_keeps_nobody_else_s_mails_back(desk):
    two_mailboxes(desk)
    for number in range(6):
        desk.crane(number)
    for minute in range(30):  # nothing is tried but what the full mailbox refuses
        desk.tick(NOW + minute * timedelta(minutes=1), personal=is_full)
    later = NOW + timedelta(minutes=31)
    desk.crane(6, later)
    desk.tick(later, personal=is_full)
    assert reached(desk, "good@desk.example") == 7
    assert desk.store.read_now(lambda t: t.channels.get("hook").opened) is None


def test_a_server_that_refuses_every_recipient_for_now_is_left_alone(desk):
    two_mailboxes(desk)
    desk.channel("other")
    for number in range(6):
        desk.crane(number)
    desk.tick(NOW, personal=lambda recipient: FULL if "@" in recipient else None)
    assert desk.store.read_now(lambda t: t.channels.get("hook").opened) is not None


def test_a_probe_that_meets_a_full_mailbox_is_followed_by_another_soon(desk):
    """The server works again, but for one recipient, whose mails wait in front of a new one."""
    two_mailboxes(desk)
    for number in range(8):
        desk.crane(number)
    desk.tick(NOW, personal=is_full)
    for minute in range(60):
        desk.tick(NOW + minute * timedelta(minutes=1), lambda name: DOWN)
    later = NOW + timedelta(hours=30)
    desk.crane(8, later)
    for minute in range(15):
        desk.tick(later + minute * timedelta(minutes=1), personal=is_full)
    assert reached(desk, "good@desk.example") == 9


def test_the_notice_of_a_channel_that_does_not_work_is_passed_on_until_one_takes_it(desk):
    for name in ("a", "b", "c", "d"):
        desk.channel(name)
    for number in range(5):
        desk.crane(number)
    for minute in range(20):
        desk.tick(NOW + minute * timedelta(minutes=1), lambda name: None if name == "d" else DOWN)
    told = [(name, each.title) for name, each in desk.told if isinstance(each, Notice)]
    assert sorted(told) == [("d", f"The channel {name} does not work") for name in ("a", "b", "c")]


@pytest.mark.parametrize(("third", "told"), [(None, ["desk"]), (FULL, ["pager"])])
def test_a_notice_is_passed_on_when_its_channel_gave_it_to_nobody(desk, third, told):
    """Not when its first recipient is refused, and the others have still to be asked."""
    gone = DeliveryError("550 no such user", permanent=True, personal=True, status=550)
    refused = {"gone@desk.example": gone, "full@desk.example": FULL, "third@desk.example": third}
    desk.channel("hook")
    desk.channel("desk", kind=ChannelKind.EMAIL, settings={"to": ", ".join(refused)})
    desk.channel("pager")
    for number in range(5):
        desk.crane(number)
    desk.tick(NOW, lambda name: DOWN if name == "hook" else None, personal=refused.get)
    assert [name for name, each in desk.told if isinstance(each, Notice) and "hook does not work" in each.title] == told


def test_who_comes_to_a_channel_has_what_waited_for_another_in_the_same_digest(desk):
    settings = {"to": "a@desk.example, b@desk.example"}
    desk.channel(kind=ChannelKind.EMAIL, settings=settings, digest="08:00")
    desk.crane(1)
    desk.crane(2)
    desk.tick(NOW)
    desk.channel(kind=ChannelKind.EMAIL, settings={"to": "a@desk.example, new@desk.example"}, digest="08:00")
    desk.tick(NOW + timedelta(hours=1))
    desk.tick((NOW + timedelta(days=1)).replace(hour=8))
    assert sorted(each.title for _, each in desk.told) == ["2 alerts about 2 stories", "2 alerts about 2 stories"]


# --- daily digests through changes of policy


def changed(desk, now, **policy):
    """The channel has another policy from now on, as it is declared or added again."""
    wanted = replace(parse_policy(**policy), since=now)
    desk.write(lambda t: t.channels.save(Channel("hook", ChannelKind.LOG, policy=wanted)))


def ticks(desk, begin, until, step=timedelta(minutes=30)):
    """When which digests and alerts went out, looked at each half hour."""
    seen, now = [], begin
    while now <= until:
        desk.tick(now)
        seen += [(f"{now:%d %H:%M}", getattr(each, "title", None) or each.story_title) for _, each in desk.told]
        assert not desk.store.read_now(lambda t, now=now: outbox.unplanned(t, now))
        desk.told, now = [], now + step
    return seen


MORNING = NOW.replace(day=3, hour=6)


def test_a_channel_that_takes_no_daily_digest_any_more_sends_none_and_what_was_gathered_is_told_at_once(desk):
    desk.channel(digest="08:00")
    desk.crane(1)
    desk.tick(NOW)
    changed(desk, MORNING)
    assert ticks(desk, MORNING, MORNING + timedelta(days=1)) == [("03 06:00", "Crane 1")]
    assert [each.held for each in rows(desk) if each.slot] == ["the channel takes no daily digest any more"]
    again = MORNING + timedelta(days=2)
    changed(desk, again, digest="08:00")
    assert ticks(desk, again, again + timedelta(hours=20)) == [("05 08:00", "nothing matched")]


def test_a_digest_that_is_taken_and_wanted_again_before_its_time_goes_out(desk):
    desk.channel(digest="08:00")
    desk.tick(NOW)
    changed(desk, MORNING)
    desk.tick(MORNING)
    changed(desk, MORNING + timedelta(minutes=30), digest="08:00")
    assert ticks(desk, MORNING + timedelta(minutes=30), MORNING.replace(hour=23)) == [("03 08:00", "nothing matched")]


MOVED = [
    ("08:00", "18:00", 7, ["03 18:00", "04 18:00"]),
    ("18:00", "08:00", 6, ["03 08:00", "04 08:00"]),
    ("18:00", "08:00", 10, ["03 10:00", "04 08:00"]),  # its time has passed, and the day has had none
    ("08:00", "06:00", 10, ["03 08:00", "04 06:00"]),
]


@pytest.mark.parametrize(("was", "becomes", "hour", "told"), MOVED)
@pytest.mark.parametrize("gathered", [False, True])
def test_a_digest_that_is_planned_goes_out_at_the_time_that_holds_now(desk, was, becomes, hour, told, gathered):
    desk.channel(digest=was)
    first = NOW.replace(hour=19)
    if gathered:
        desk.crane(1, first)
    at = MORNING.replace(hour=hour)
    seen = ticks(desk, first, at - timedelta(minutes=1))
    changed(desk, at, digest=becomes)
    seen += ticks(desk, at, MORNING.replace(day=4, hour=23))
    titles = ["1 alert about 1 story" if gathered else "nothing matched", "nothing matched"]
    assert [each for each in seen if each[0] >= "03"] == list(zip(told, titles, strict=True))


def test_what_waits_for_one_more_digest_of_a_day_waits_for_the_next_day_s_when_its_time_is_put_back(desk):
    desk.channel(digest="08:00")
    seen = ticks(desk, NOW, MORNING.replace(hour=9))
    changed(desk, MORNING.replace(hour=9), digest="20:00")
    desk.crane(1, MORNING.replace(hour=10))
    desk.tick(MORNING.replace(hour=10))
    changed(desk, MORNING.replace(hour=11), digest="08:00")
    seen += ticks(desk, MORNING.replace(hour=11), MORNING.replace(day=5))
    assert seen == [("03 08:00", "nothing matched"), ("04 08:00", "1 alert about 1 story")]


def test_what_waits_for_tomorrow_s_digest_is_told_today_when_that_comes_once_more(desk):
    desk.channel(digest="08:00")
    desk.tick(NOW)
    eight = MORNING.replace(hour=8)
    desk.tick(eight)
    desk.crane(1, eight + timedelta(minutes=30))
    desk.tick(eight + timedelta(minutes=30))
    desk.told = []
    changed(desk, MORNING.replace(hour=9), digest="20:00")
    seen = ticks(desk, MORNING.replace(hour=9), MORNING.replace(day=4, hour=23))
    assert seen == [("03 20:00", "1 alert about 1 story"), ("04 20:00", "nothing matched")]


@pytest.mark.parametrize(
    ("was", "becomes", "at", "told"),
    [
        ("UTC", "Asia/Tokyo", NOW.replace(hour=13), ["02 23:00", "03 23:00"]),
        ("UTC", "Asia/Tokyo", NOW.replace(hour=23, minute=30), ["02 23:30", "03 23:00"]),  # 08:30 in Tokyo, on 3 March
        ("Asia/Tokyo", "UTC", NOW.replace(hour=16), ["03 08:00", "04 08:00"]),
    ],
)
def test_a_digest_that_is_planned_goes_out_by_the_zone_that_holds_now(desk, was, becomes, at, told):
    desk.channel(digest="08:00", zone=was)
    seen = ticks(desk, NOW, at - timedelta(minutes=1))
    changed(desk, at, digest="08:00", zone=becomes)
    seen += ticks(desk, at, MORNING.replace(day=4, hour=12))
    assert [when for when, _ in seen] == told


@pytest.mark.parametrize("back", [MORNING.replace(day=7, hour=12), MORNING.replace(day=7)])
@pytest.mark.parametrize("gathered", [0, 2])
def test_after_days_in_which_nothing_ran_one_digest_goes_out_for_today_with_all_that_was_gathered(desk, back, gathered):
    desk.channel(digest="08:00")
    begin = MORNING.replace(hour=9)
    for number in range(gathered):
        desk.crane(number, begin)
    desk.tick(begin)
    desk.told = []
    seen = ticks(desk, back, back.replace(hour=23))
    what = "2 alerts about 2 stories" if gathered else "nothing matched"
    if back.hour == 12:
        assert seen == [("07 12:00", what)]
    else:  # today's is still to come: what waits does not wait for it
        assert seen == [("07 06:00", what)] * bool(gathered) + [("07 08:00", "nothing matched")]


def test_who_runs_it_rarely_has_the_digest_of_the_evening_after_midnight(desk):
    desk.channel(digest="23:50")
    assert ticks(desk, NOW, NOW.replace(day=5, hour=1), timedelta(hours=12, minutes=15)) == [
        ("03 00:15", "nothing matched"),
        ("04 00:45", "nothing matched"),
    ]


def test_who_unsubscribes_and_comes_back_has_the_next_digest(desk):
    desk.channel(digest="08:00")
    channel = desk.store.read_now(lambda t: t.channels.get("hook"))
    desk.tick(NOW)
    desk.write(lambda t: unsubscribe(t, channel, "hook", "", NOW))
    assert ticks(desk, NOW, NOW + timedelta(hours=2)) == []
    desk.write(lambda t: t.unsubscriptions.remove("hook", "hook", ""))
    assert ticks(desk, NOW + timedelta(hours=2), MORNING.replace(hour=23)) == [("03 08:00", "nothing matched")]
    desk.write(lambda t: unsubscribe(t, channel, "hook", "", MORNING.replace(hour=23)))
    assert ticks(desk, MORNING.replace(hour=23), MORNING.replace(day=6)) == []
