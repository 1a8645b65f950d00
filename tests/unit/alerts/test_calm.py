from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.calm import Action, Facts, Inhibitor, daily_slots, quiet_until, rule_on
from alerts.policies import parse_policy
from storage.errors import ConfigError
from storage.models import ChannelPolicy, Severity, Silence, SilenceKind
from storage.zones import find_zone, local

BERLIN = "Europe/Berlin"
NIGHT = parse_policy(quiet="22:00-07:00", zone=BERLIN)


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def facts(policy, severity=Severity.NORMAL, created=None, **more):
    return Facts(policy, severity, created or at("2026-03-02T12:00Z"), **more)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-03-02T21:59:59+01:00", None),
        ("2026-03-02T22:00:00+01:00", "2026-03-03T07:00:00+01:00"),
        ("2026-03-03T00:30:00+01:00", "2026-03-03T07:00:00+01:00"),
        ("2026-03-03T06:59:59+01:00", "2026-03-03T07:00:00+01:00"),
        ("2026-03-03T07:00:00+01:00", None),
        ("2026-03-28T23:00:00+01:00", "2026-03-29T07:00:00+02:00"),  # clocks go forward that night
        ("2026-10-25T02:30:00+02:00", "2026-10-25T07:00:00+01:00"),  # and back
        ("2026-10-25T02:30:00+01:00", "2026-10-25T07:00:00+01:00"),
    ],
)
def test_quiet_hours_are_those_of_the_zone(now, until):
    assert quiet_until(NIGHT, at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ("22:00-02:30", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z"),
        ("22:00-02:30", "2026-10-25T00:30:00Z", None),  # 02:30 comes twice: quiet ends with the first
        ("22:00-02:30", "2026-10-25T01:00:00Z", None),
        ("02:30-07:00", "2026-10-25T00:35:00Z", "2026-10-25T06:00:00Z"),
        ("02:30-07:00", "2026-10-25T01:00:00Z", "2026-10-25T06:00:00Z"),  # and begins with it
        ("02:30-07:00", "2026-03-29T00:59:59Z", None),  # there is no 02:30 that night
        ("02:30-07:00", "2026-03-29T01:00:00Z", "2026-03-29T05:00:00Z"),
    ],
)
def test_quiet_hours_that_begin_or_end_where_clocks_change(quiet, now, until):
    policy = parse_policy(quiet=quiet, zone=BERLIN)
    assert quiet_until(policy, at(now)) == (at(until) if until else None)


def test_quiet_hours_that_end_in_a_gap_end_where_it_does():
    policy = parse_policy(quiet="23:00-02:30", zone=BERLIN)
    assert quiet_until(policy, at("2026-03-29T01:59:00+01:00")) == at("2026-03-29T03:00:00+02:00")


def test_quiet_hours_by_day():
    policy = parse_policy(quiet="9-17")
    assert quiet_until(policy, at("2026-03-02T08:59:59Z")) is None
    assert quiet_until(policy, at("2026-03-02T09:00:00Z")) == at("2026-03-02T17:00:00Z")
    assert quiet_until(policy, at("2026-03-02T17:00:00Z")) is None


def test_without_a_policy_all_goes_out_at_once():
    assert rule_on(facts(ChannelPolicy()), at("2026-03-02T03:00Z")).action is Action.SEND


def test_what_quiet_hours_and_a_cap_hold_until_the_same_instant_is_one_digest():
    policy = parse_policy(quiet="22:00-07:00", cap=1)
    night = rule_on(facts(policy), at("2026-03-02T22:30Z"))
    capped = rule_on(facts(policy, released=(at("2026-03-02T21:30Z"),)), at("2026-03-02T21:40Z"))
    assert night.action is capped.action is Action.GATHER
    assert (night.at, night.slot) == (capped.at, capped.slot) == (at("2026-03-03T07:00Z"), "until 2026-03-03T07:00:00")
    assert (night.why, capped.why) == (
        "quiet hours until 07:00 UTC",
        "the rule has told once within the hour, its cap",
    )


def test_a_cap_counts_within_an_hour_and_gathers_until_there_is_room():
    policy = parse_policy(cap=2)
    told = (at("2026-03-02T12:00Z"), at("2026-03-02T12:20Z"), at("2026-03-02T12:30Z"))
    assert rule_on(facts(policy, released=told[:1]), at("2026-03-02T12:30Z")).action is Action.SEND
    full = rule_on(facts(policy, released=told), at("2026-03-02T12:40Z"))
    assert (full.action, full.at) == (Action.GATHER, at("2026-03-02T13:20Z"))
    assert rule_on(facts(policy, released=told), at("2026-03-02T13:25Z")).action is Action.SEND


@pytest.mark.parametrize("severity", list(Severity))
def test_severities_from_the_passing_one_on_are_held_by_nothing_but_silences(severity):
    policy = parse_policy(quiet="22:00-07:00", digest="08:00", cap=1, passing=Severity.HIGH)
    now = at("2026-03-02T23:00Z")
    held = severity in {Severity.LOW, Severity.NORMAL}
    assert (rule_on(facts(policy, severity), now).action is Action.GATHER) == held
    silence = Silence(SilenceKind.RULE, "floods", "Ada", now, now, "on holiday", 7)
    ruling = rule_on(facts(policy, severity, silence=silence), now)
    assert (ruling.action, ruling.why) == (Action.SILENCE, "silence 7 by Ada (on holiday): rule floods")


def test_a_group_waits_for_company_and_then_keeps_its_distance():
    policy = parse_policy(group_wait="30s", group_interval="5m")
    noon = at("2026-03-02T12:00Z")
    first = rule_on(facts(policy, created=noon), noon)
    assert (first.action, first.at, first.grouped) == (Action.GATHER, noon + timedelta(seconds=30), True)
    second = rule_on(facts(policy, created=noon, group=first.at), noon + timedelta(seconds=10))
    assert (second.at, second.grouped) == (first.at, True)
    third = rule_on(facts(policy, created=noon + timedelta(minutes=1), group=first.at), noon + timedelta(minutes=1))
    assert third.at == first.at + timedelta(minutes=5)
    late = noon + timedelta(hours=1)
    assert rule_on(facts(policy, created=late, group=first.at), late).at == late + timedelta(seconds=30)


def test_a_follow_up_that_would_say_nothing_new_is_covered():
    told = rule_on(facts(ChannelPolicy(), threshold=10, outlets_told=12), at("2026-03-02T12:30Z"))
    assert (told.action, told.why) == (Action.COVER, "it was told when 12 outlets had the story")
    for known in (None, 9):
        assert rule_on(facts(ChannelPolicy(), threshold=10, outlets_told=known), at("2026-03-02T12:30Z")).action is Action.SEND


def test_a_follow_up_of_what_is_still_to_be_told_is_covered():
    ruling = rule_on(facts(ChannelPolicy(), Severity.CRITICAL, untold=True), at("2026-03-02T12:30Z"))
    assert (ruling.action, ruling.why) == (Action.COVER, "the alert itself is still to be told, and tells the same")


HOURS4 = parse_policy(repeat_interval="4h", zone=BERLIN)


def test_what_follows_of_a_story_waits_for_the_interval_and_passing_severities_do_not():
    told, came = at("2026-03-02T12:00Z"), at("2026-03-02T12:10Z")
    ruling = rule_on(facts(HOURS4, created=came, told_at=told), at("2026-03-02T12:40Z"))
    assert (ruling.action, ruling.at) == (Action.HOLD, told + timedelta(hours=4))
    assert ruling.why == "told at 13:00, and what follows waits 4h"
    assert rule_on(facts(HOURS4, created=came, told_at=told), told + timedelta(hours=4)).action is Action.SEND
    assert rule_on(facts(HOURS4, Severity.CRITICAL, came, told_at=told), at("2026-03-02T12:40Z")).action is Action.SEND
    assert rule_on(facts(HOURS4, created=came), at("2026-03-02T12:40Z")).action is Action.SEND, "it was never told"
    assert rule_on(facts(ChannelPolicy(), created=came, told_at=told), at("2026-03-02T12:40Z")).action is Action.SEND


def test_a_follow_up_that_a_later_telling_covered_is_not_told():
    came = at("2026-03-02T12:00Z")
    ruling = rule_on(facts(HOURS4, Severity.CRITICAL, came, told_at=came + timedelta(hours=1)), came + timedelta(hours=9))
    assert (ruling.action, ruling.why) == (Action.COVER, "the story was told at 14:00, as it stood then")
    just = rule_on(facts(HOURS4, created=came, told_at=came + timedelta(seconds=29)), came + timedelta(hours=9))
    assert just.action is Action.SEND, "that one may have been read before"
    ruling = rule_on(facts(HOURS4, created=came, on_its_way=True), came + timedelta(minutes=30))
    assert (ruling.action, ruling.why) == (Action.COVER, "a follow-up is on its way, and tells how far the story has come")
    assert rule_on(facts(ChannelPolicy(), created=came, on_its_way=True), came + timedelta(minutes=30)).action is Action.SEND


def test_a_channel_without_follow_ups_takes_none_of_what_it_was_told():
    policy = parse_policy(follow_ups=False)
    ruling = rule_on(facts(policy, threshold=3, told_at=at("2026-03-02T12:00Z")), at("2026-03-02T13:00Z"))
    assert (ruling.action, ruling.why) == (Action.COVER, "the channel takes no follow-ups")
    assert rule_on(facts(policy, threshold=3), at("2026-03-02T13:00Z")).action is Action.SEND, "that would be the first telling"


def test_a_lone_report_of_an_event_that_was_told_is_covered_and_waits_for_one_that_is_about_to_be():
    now, due = at("2026-03-02T12:00Z"), at("2026-03-02T12:05Z")
    told = rule_on(facts(ChannelPolicy(), inhibitor=Inhibitor(5, 12, told=True)), now)
    assert (told.action, told.why) == (Action.COVER, "the rule told story 5 of the same event, which 12 outlets carry")
    coming = rule_on(facts(ChannelPolicy(), inhibitor=Inhibitor(5, 2, told=False, due=due)), now)
    assert (coming.action, coming.at) == (Action.HOLD, due + timedelta(minutes=1))
    assert coming.why == "the rule is about to tell story 5 of the same event, which 2 outlets carry"
    late = rule_on(facts(ChannelPolicy(), inhibitor=Inhibitor(5, 2, told=False, due=due)), due + timedelta(hours=1))
    assert late.at > due + timedelta(hours=1), "it is never held until an instant that is past"
    assert rule_on(facts(ChannelPolicy(), Severity.CRITICAL, inhibitor=Inhibitor(5, 12, told=True)), now).action is Action.SEND


@given(st.integers(0, 5 * 3600), st.integers(0, 5 * 3600), st.integers(1, 8 * 3600), st.booleans())
def test_what_is_held_is_held_until_a_later_instant_and_goes_out_then(created, told, interval, untried):
    begin = at("2026-03-02T12:00Z")
    policy = ChannelPolicy(repeat_interval=float(interval))
    known = None if untried else begin + timedelta(seconds=told)
    now = begin + timedelta(seconds=max(created, told))
    ruling = rule_on(facts(policy, created=begin + timedelta(seconds=created), told_at=known), now)
    if ruling.action is Action.HOLD:
        assert ruling.at > now
        assert (
            rule_on(facts(policy, created=begin + timedelta(seconds=created), told_at=known), ruling.at).action is Action.SEND
        )


def test_an_hourly_digest_ends_with_the_hour_of_the_zone():
    ruling = rule_on(facts(parse_policy(digest="hourly", zone="Asia/Kathmandu")), at("2026-03-02T12:00Z"))  # UTC+5:45
    assert ruling.at == at("2026-03-02T12:15Z")
    twice = rule_on(facts(parse_policy(digest="hourly", zone=BERLIN)), at("2026-10-25T02:30:00+01:00"))
    assert twice.at == at("2026-10-25T03:00:00+01:00")


@given(st.sampled_from([BERLIN, "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu"]), st.integers(0, 365 * 1440))
def test_an_hourly_digest_comes_within_an_hour_through_changes_of_clock(name, minute):
    now = at("2026-01-01T00:00Z") + timedelta(minutes=minute)
    policy = parse_policy(digest="hourly", zone=name)
    assert now < rule_on(facts(policy), now).at <= now + timedelta(hours=1)


def test_each_of_the_hours_that_come_twice_has_its_hourly_digest():
    policy = parse_policy(digest="hourly", zone=BERLIN)
    for begun in ("2026-10-24T23:05Z", "2026-10-25T00:05Z", "2026-10-25T01:05Z", "2026-03-29T00:05Z", "2026-03-29T01:05Z"):
        assert rule_on(facts(policy), at(begun)).at == at(begun) + timedelta(minutes=55)


ZONES = ["UTC", BERLIN, "America/Los_Angeles", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
         "Pacific/Apia", "Africa/Casablanca", "America/St_Johns", "Europe/London", "Pacific/Chatham"]  # fmt: skip


@given(st.sampled_from(ZONES), st.integers(0, 1439), st.integers(0, 2 * 365 * 86_400))
def test_each_local_day_has_one_digest_wherever_and_whenever_one_looks(name, minute, second):
    now = at("2026-01-02T00:00Z") + timedelta(seconds=second)
    policy = ChannelPolicy(zone=name, daily=minute)
    slots = daily_slots(policy, now)
    assert [at <= now for _, at in slots] == [True, False]
    zone = find_zone(name)
    for slot, when in slots:
        shown = local(when, zone)
        assert slot == f"daily {shown.date().isoformat()}" or shown.hour == 0, "a gap at midnight may end on the next day"
    later = daily_slots(policy, slots[1][1])
    assert later[0] == slots[1], "the next one is the one that is due then"
    days = [datetime.fromisoformat(slot.split()[1]).toordinal() for slot, _ in (*slots, later[1])]
    assert days == [days[0], days[0] + 1, days[0] + 2]


def test_a_digest_of_before_the_policy_is_not_made_up_for():
    policy = parse_policy(digest="08:00", since=at("2026-03-02T09:00Z"))
    assert daily_slots(policy, at("2026-03-02T10:00Z")) == [("daily 2026-03-03", at("2026-03-03T08:00Z"))]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"quiet": "22"}, "quiet: '22' is no span of the day; write 22:00-07:00"),
        ({"quiet": "22:00-22:00"}, "quiet: '22:00-22:00' is no span of the day; write 22:00-07:00"),
        ({"quiet": "25:00-07:00"}, "quiet: '25:00-07:00' is no span of the day; write 22:00-07:00"),
        (
            {"digest": "weekly"},
            "digest: 'weekly' is neither hourly nor a time of day; write hourly, or 08:00 for one digest a day",
        ),
        ({"cap": 0}, "cap: 0 is not from 1 to 10000; it counts the alerts of one rule within an hour"),
        ({"zone": "Berlin"}, "unknown time zone 'Berlin'; did you mean Europe/Berlin?"),
        ({"group_wait": "30"}, "the duration 30 has no unit; write 30s, or use m, h or d"),
    ],
)
def test_a_policy_that_cannot_be_read_is_refused_with_the_remedy(given, told):
    with pytest.raises(ConfigError) as caught:
        parse_policy(**given)
    assert str(caught.value) == told


@pytest.mark.parametrize("text", ["8", "08:00", "daily 08:00", "daily@8:00"])
def test_times_of_day_as_people_write_them(text):
    assert parse_policy(digest=text).daily == 8 * 60
    assert parse_policy(quiet="22:00–7").quiet == (22 * 60, 7 * 60)
    assert parse_policy(quiet="18:00-24:00").quiet == (18 * 60, 0)
