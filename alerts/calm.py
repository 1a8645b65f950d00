"""What holds an alert back when it is due: silences, inhibition, intervals, digests, quiet hours, caps and groups. Pure.

(facts, now) → what becomes of it, and why in a sentence. Nothing is dropped but what somebody silenced: whatever may not go
out now is gathered into a digest that goes out later. Times of day are those of the channel's zone; what a change of
clocks does to them is told in `storage.zones`.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from storage.durations import format_duration
from storage.models import ChannelPolicy, Severity, Silence, Unsubscription
from storage.zones import find_zone, instant_of, local

SETTLING = timedelta(minutes=30)
"""How long a follow-up waits: a story that spreads tells once how far it has come, not at each step."""
OUTLETS_TOLD = (3, 10, 30)
"""When a story reaches so many outlets, whoever was told of it is told again."""
CAP_WINDOW = timedelta(hours=1)
"""What a cap counts in."""
_MADE_UP_FOR = timedelta(hours=12)  # after its time: a daily digest whose day is over
_UNDER_WAY = timedelta(seconds=30)  # what a telling says was read at most so long before it arrived: a send's lease
_SETTLES = timedelta(minutes=1)  # until what is about to be told has been, or has met with trouble
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}  # they are written from low to critical


class Action(StrEnum):
    """What becomes of an alert that is due."""

    SEND = "send"
    HOLD = "hold"  # it is judged again at an instant
    GATHER = "gather"  # into the digest of a slot
    SILENCE = "silence"
    COVER = "cover"  # it would say what has been told


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of it; `slot` and `at`: of the digest that it is gathered into; of what is held, `at` alone."""

    action: Action
    why: str = ""
    at: datetime | None = None
    slot: str = ""
    grouped: bool = False  # the digest is that of the rule's group


@dataclass(frozen=True, slots=True)
class Inhibitor:
    """A story of the same event that several outlets carry, and that the rule has told here, or is about to tell."""

    story_id: int
    outlets: int
    told: bool
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class InFlight:
    """A telling that was tried: what it says is as of an instant, on every try; when it is tried next."""

    as_of: datetime
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a ruling depends on, beside the time."""

    policy: ChannelPolicy
    severity: Severity
    created: datetime  # of the delivery
    silence: Silence | None = None
    released: tuple[datetime, ...] = ()  # when the rule's alerts went out here by themselves, of the last hour, ascending
    group: datetime | None = None  # when the rule's newest group here is, or was, due
    outlets_told: int | None = None  # the most that were named to this recipient
    threshold: int = 0  # of a follow-up by outlets: how many it is about
    untold: bool = False  # of a follow-up: what it follows is still to be told, and will tell the same
    told_at: datetime | None = None  # when the alert was last told to this recipient, by itself or in a digest
    told_until: datetime | None = None  # as of when that was
    on_its_way: bool = False  # another follow-up of the alert will be told in a digest
    in_flight: InFlight | None = None  # what was tried to tell of the alert, and has not arrived
    inhibitor: Inhibitor | None = None  # of what one outlet alone reports, and nobody told this recipient yet


SEND = Ruling(Action.SEND)


def rule_on(facts: Facts, now: datetime) -> Ruling:
    """What becomes of an alert that is due `now`."""
    facts = _sober(facts, now)
    policy = facts.policy
    if facts.silence is not None:
        return Ruling(Action.SILENCE, silenced(facts.silence))
    if first := _covered(facts) or _behind(facts, now):
        return first
    if passes(policy, facts.severity):
        return SEND
    zone = find_zone(policy.zone)
    held = _inhibited(facts, now) or _repeated(facts, zone, now) or _digested(policy, zone, now) or _quiet(policy, zone, now)
    return held or _capped(facts, now) or _grouped(facts, now) or SEND


def passes(policy: ChannelPolicy, severity: Severity) -> bool:
    """Whether nothing but a silence holds what is so urgent."""
    return _RANKS[severity] >= _RANKS[policy.passing]


def quiet_until(policy: ChannelPolicy, now: datetime) -> datetime | None:
    """When the quiet hours end that `now` lies in; None: it lies in none."""
    if policy.quiet is None:
        return None
    begins, ends = policy.quiet
    zone = find_zone(policy.zone)
    today = local(now, zone).date()
    for day in (today - timedelta(days=1), today):  # by instants: where clocks go back, a time of day comes twice
        end = _at(day if begins < ends else day + timedelta(days=1), ends, zone)
        if _at(day, begins, zone) <= now < end:
            return end
    return None


def daily_slots(policy: ChannelPolicy, now: datetime) -> list[tuple[str, datetime]]:
    """The newest day's digest that is due at `now`, if the policy is that old, and the next one: slot and instant."""
    if policy.daily is None:
        return []
    zone = find_zone(policy.zone)
    today = local(now, zone).date()
    days = [(day, _at(day, policy.daily, zone)) for day in (today - timedelta(days=1), today, today + timedelta(days=1))]
    past = [(day, at) for day, at in days if at <= now and (policy.since is None or at > policy.since)][-1:]
    coming = [(day, at) for day, at in days if at > now][:1]
    return [(f"daily {day.isoformat()}", at) for day, at in (*past, *coming)]


def daily_at(policy: ChannelPolicy, slot: str) -> datetime:
    """When the policy has the digest of a day go out, from its slot; of a policy that takes daily ones."""
    assert policy.daily is not None
    return _at(date.fromisoformat(slot.split()[1]), policy.daily, find_zone(policy.zone))


def missed(policy: ChannelPolicy, at: datetime, now: datetime) -> bool:
    """Whether a daily digest that was due `at` is none any more: its day is over, and the next one is nearer.

    One that is late by less is still made up for after midnight: who runs this from cron may have no run left on its day.
    """
    zone = find_zone(policy.zone)
    return now - at > _MADE_UP_FOR and local(at, zone).date() < local(now, zone).date()


def silenced(silence: Silence) -> str:
    """A silence in words."""
    why = f" ({silence.reason})" if silence.reason else ""
    return f"silence {silence.id} by {silence.author}{why}: {silence.kind} {silence.value}"


def left(unsubscribed: Unsubscription) -> str:
    """An unsubscription in words."""
    what = "the rule" if unsubscribed.rule else f"all mails of {unsubscribed.channel}"
    return f"{unsubscribed.recipient} unsubscribed from {what} on {unsubscribed.at:%Y-%m-%d %H:%M} UTC"


def _sober(facts: Facts, now: datetime) -> Facts:
    """The facts without what is still to come: a clock that was wrong wrote it, and it must not hold anything back."""
    policy, told, group = facts.policy, facts.told_at, facts.group
    soon = timedelta(seconds=max(policy.group_wait, policy.group_interval)) + CAP_WINDOW  # a group that gathers lies ahead
    return replace(
        facts,
        created=min(facts.created, now),
        released=tuple(each for each in facts.released if each <= now + _UNDER_WAY),
        told_at=None if told is not None and told > now + _UNDER_WAY else told,
        told_until=None if facts.told_until is not None and facts.told_until > now + _UNDER_WAY else facts.told_until,
        group=None if group is not None and group > now + soon else group,
    )


def _covered(facts: Facts) -> Ruling | None:
    """Of a follow-up: what it would say has been told, or will be."""
    policy, told = facts.policy, facts.told_at
    if facts.threshold and facts.outlets_told is not None and facts.outlets_told >= facts.threshold:
        return Ruling(Action.COVER, f"it was told when {facts.outlets_told} outlets had the story")
    if facts.untold:
        return Ruling(Action.COVER, "the alert itself is still to be told, and tells the same")
    if told is not None and not policy.follow_ups:
        return Ruling(Action.COVER, "the channel takes no follow-ups")
    if policy.repeat_interval and facts.on_its_way:
        return Ruling(Action.COVER, "a follow-up is on its way, and tells how far the story has come")
    if facts.in_flight is not None and facts.created <= facts.in_flight.as_of:
        return Ruling(Action.COVER, "it is in what is on its way")
    until = None if told is None else facts.told_until or told - _UNDER_WAY
    if policy.repeat_interval and until is not None and told is not None and facts.created <= until:
        return Ruling(Action.COVER, f"the story was told at {local(told, find_zone(policy.zone)):%H:%M}, as it stood then")
    return None


def _behind(facts: Facts, now: datetime) -> Ruling | None:
    """What has happened since a telling was tried first waits until that has arrived, or was given up."""
    ahead = facts.in_flight
    if ahead is None:
        return None
    return Ruling(Action.HOLD, "what was told before it has not arrived yet", max(ahead.due or now, now) + _SETTLES)


def _inhibited(facts: Facts, now: datetime) -> Ruling | None:
    """One outlet's own report of an event that was told is not told; it waits for what is about to be."""
    by = facts.inhibitor
    if by is None:
        return None
    what = f"story {by.story_id} of the same event, which {by.outlets} outlets carry"
    if by.told:
        return Ruling(Action.COVER, f"the rule told {what}")
    return Ruling(Action.HOLD, f"the rule is about to tell {what}", max(by.due or now, now) + _SETTLES)


def _repeated(facts: Facts, zone: ZoneInfo, now: datetime) -> Ruling | None:
    """What follows of an alert waits so long after it was last told."""
    interval, told = facts.policy.repeat_interval, facts.told_at
    if not interval or told is None or told + timedelta(seconds=interval) <= now:
        return None
    why = f"told at {local(told, zone):%H:%M}, and what follows waits {format_duration(interval)}"
    return Ruling(Action.HOLD, why, told + timedelta(seconds=interval))


def _digested(policy: ChannelPolicy, zone: ZoneInfo, now: datetime) -> Ruling | None:
    if policy.daily is not None:
        slot, at = daily_slots(policy, now)[-1]
        return Ruling(Action.GATHER, "the channel takes a daily digest", at, slot)
    if policy.hourly:
        shown = local(now, zone)
        begun = timedelta(minutes=shown.minute, seconds=shown.second, microseconds=shown.microsecond)
        at = now - begun + timedelta(hours=1)  # of real time: in autumn an hour comes twice, and each has its digest
        return Ruling(Action.GATHER, "the channel takes an hourly digest", at, _slot(at))
    return None


def _quiet(policy: ChannelPolicy, zone: ZoneInfo, now: datetime) -> Ruling | None:
    until = quiet_until(policy, now)
    if until is None:
        return None
    return Ruling(Action.GATHER, f"quiet hours until {local(until, zone):%H:%M} {policy.zone}", until, _slot(until))


def _capped(facts: Facts, now: datetime) -> Ruling | None:
    policy, recent = facts.policy, [each for each in facts.released if each > now - CAP_WINDOW]
    if policy.cap is None or len(recent) < policy.cap:
        return None
    at = recent[-policy.cap] + CAP_WINDOW
    at = quiet_until(policy, at) or at
    times = "once" if policy.cap == 1 else f"{policy.cap} times"
    return Ruling(Action.GATHER, f"the rule has told {times} within the hour, its cap", at, _slot(at))


def _grouped(facts: Facts, now: datetime) -> Ruling | None:
    """The first alert of a rule waits `group_wait` for company; those after it, `group_interval` from then."""
    policy, last = facts.policy, facts.group
    if last is not None and last > now:
        return Ruling(Action.GATHER, "the rule's alerts go out together", last, grouped=True)
    interval = timedelta(seconds=policy.group_interval)
    if last is not None and now < last + interval:
        return Ruling(Action.GATHER, "the rule has told a moment ago", last + interval, grouped=True)
    at = facts.created + timedelta(seconds=policy.group_wait)
    if policy.group_wait and at > now:
        return Ruling(Action.GATHER, "the rule's alerts wait for each other", at, grouped=True)
    return None


def _at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return instant_of(datetime.combine(day, time(minute // 60, minute % 60)), zone)


def _slot(at: datetime) -> str:
    """One digest for all that waits for the same instant, whatever held it."""
    return f"until {at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
