"""Which deliveries go out now: claimed, and judged by what may hold an alert back, in one transaction.

What is held is written down with its reason, so that nothing waits, or stays away, without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts import breaker, daily
from alerts.calm import (
    CAP_WINDOW,
    OUTLETS_TOLD,
    Action,
    Facts,
    InFlight,
    Ruling,
    left,
    passes,
    quiet_until,
    rule_on,
    silenced,
)
from alerts.channels.base import Content
from alerts.coverage import coverage_line
from alerts.inhibition import inhibitor_of
from alerts.policy import Decision, probe_wait
from alerts.readdressing import readdressed
from alerts.rerouting import rerouted
from alerts.silencing import silence_of
from alerts.tellings import held_back, how_far, in_flight, last_told, on_its_way, told_until, untold
from storage.errors import UNUSABLE, DeliveryError, StorageError
from storage.loggers import logger
from storage.models import (
    Alert,
    AlertReason,
    Channel,
    ChannelPolicy,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Digest,
    Notice,
    Telling,
)
from storage.store import Tables
from storage.tables.deliveries import group_slot

_MENDING = timedelta(minutes=5)  # until what could not be judged is looked at again
_MOST_OF_A_SLOT = 25  # digests
log = logger("nightdesk.alerts")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A delivery that goes out, with what it tells; an alert or notice that is None: it is a digest."""

    delivery: Delivery
    channel: Channel
    content: Alert | Notice | None


def waiting(tables: Tables) -> list[tuple[Channel, datetime]]:
    """The channels that may be used, each with when its next delivery is due: not before its circuit breaker's next probe."""
    found = []
    for channel in tables.channels.all():
        due = tables.deliveries.next_due(channel.id) if channel.enabled else None
        if due is not None:
            found.append((channel, due if channel.probe is None else max(due, channel.probe)))
    return found


def unplanned(tables: Tables, now: datetime) -> bool:
    """Whether `plan_digests` has something to do."""
    return bool(daily.changes(tables, now))


def plan_digests(tables: Tables, now: datetime) -> None:
    """Have the daily digests that are due or come next stand in the outbox, by the policies that hold now."""
    for change in daily.changes(tables, now):
        change(tables)


@dataclass(frozen=True, slots=True)
class Claimed:
    """How many due deliveries were taken, and those of them that go out; the others were held back."""

    taken: int
    going: list[Outgoing]


def claim(tables: Tables, now: datetime, *, until: float, free: Mapping[str, int]) -> Claimed:
    """Take what is due of channels that have `free` room for so many, and judge what may hold it back."""
    going, taken = [], 0
    for channel, due in waiting(tables):
        room = free.get(channel.name, 0)
        if due > now or room <= 0:
            continue
        if channel.opened is not None:
            room = 1  # a probe
            tables.channels.open_breaker(channel.id, now, now + probe_wait(channel.failures))
        for delivery in tables.deliveries.claim(channel.id, now, until=until, limit=room):
            taken += 1
            outgoing = _judged_alone(tables, channel, delivery, now)
            if outgoing is not None:
                going.append(outgoing)
    return Claimed(taken, going)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered to a try: when, its HTTP or SMTP status, its words, and after how many milliseconds."""

    at: datetime
    status: int | None = None
    said: str = ""
    millis: int | None = None


def record_sent(tables: Tables, outgoing: Outgoing, content: Content, answer: Answer) -> bool:
    """Note that the other side has it; whether its channel works again by that."""
    if not tables.deliveries.is_there(outgoing.delivery):
        return False
    told = content.alerts if isinstance(content, Digest) else (content,) if isinstance(content, Alert) else ()
    tables.deliveries.told_in(outgoing.delivery.id, {each.id: each.outlets for each in told})
    tables.deliveries.sent(
        outgoing.delivery.id, answer.at, status=answer.status, detail=answer.said, millis=answer.millis,
        outlets=content.outlets if isinstance(content, Alert) else None,
    )  # fmt: skip
    return breaker.succeeded(tables, outgoing.channel, answer.at)


def record_failed(tables: Tables, outgoing: Outgoing, error: DeliveryError, decision: Decision, answer: Answer) -> bool:
    """Note that a try failed, and what follows; whether its channel is left alone, or switched off, from now on."""
    if not tables.deliveries.is_there(outgoing.delivery):
        return False
    tables.deliveries.failed(
        outgoing.delivery.id, answer.at, status=answer.status, detail=decision.reason, due=decision.due, millis=answer.millis
    )
    if outgoing.delivery.notice_id is not None:
        breaker.pass_on(tables, outgoing.delivery, answer.at)
    return breaker.failed(tables, outgoing.channel, outgoing.delivery.recipient, error, answer.at)


def digest(tables: Tables, delivery: Delivery) -> Content:
    """What a digest tells: its alerts, and how well the sources are; of an alert that is alone in one, the alert."""
    members = tables.deliveries.members(delivery.id)
    alerts = [_told_by(tables, each, delivery.as_of) for each in members]
    if len(alerts) == 1 and not _is_daily(delivery):
        return alerts[0]
    stories = len({each.story_id for each in alerts})
    count = f"{len(alerts)} {'alert' if len(alerts) == 1 else 'alerts'}"
    about = f"{stories} {'story' if stories == 1 else 'stories'}"
    title = f"{count} about {about}" if alerts else "nothing matched"
    return Digest(
        delivery.key, title, tuple(alerts), delivery.created, coverage_line(tables.sources.all(), tables.health.of_sources())
    )


def told_as(alert: Alert, delivery: Delivery, *, first: bool = False) -> Alert:
    """The alert as this delivery tells it: a follow-up says so, unless it is the first that its recipient is told of it."""
    if not delivery.sequence:
        return alert
    return replace(alert, reason=alert.reason if first else AlertReason.FOLLOW_UP, detail=delivery.detail)


def _told_by(tables: Tables, delivery: Delivery, as_of: datetime | None) -> Alert:
    """The alert that a delivery tells, without what came after `as_of`."""
    assert delivery.alert_id is not None
    alert = tables.alerts.get(delivery.alert_id, as_of)
    return told_as(alert, delivery, first=delivery.sequence > 0 and last_told(_tellings(tables, delivery)) is None)


def _tellings(tables: Tables, delivery: Delivery) -> list[Telling]:
    assert delivery.alert_id is not None
    return tables.tellings.of_alert(delivery.alert_id, delivery.channel, delivery.recipient)


def _judged_alone(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    """As `_judged`; what cannot be judged is put off, with the reason, and costs no other."""
    try:
        return _judged(tables, channel, delivery, now)
    except StorageError:
        raise
    except UNUSABLE as error:
        why = f"it could not be judged: {error}"
        log.error("delivery-fault", delivery=delivery.key, channel=channel.name, error=why)  # noqa: TRY400 - the line says it all
        tables.deliveries.put_off(delivery.id, now + _MENDING, why)
        return None


def _judged(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    if _left(tables, delivery, now) or readdressed(tables, channel, delivery, now):
        return None
    if delivery.kind is DeliveryKind.NOTICE:
        return _judged_notice(tables, channel, delivery, now)
    if delivery.kind is DeliveryKind.DIGEST:
        return _judged_digest(tables, channel, delivery, now)
    alert = _told_by(tables, delivery, delivery.as_of)
    if delivery.released is not None:  # it has been tried: only the night holds it, and a silence that was set since
        replayed = delivery.due == delivery.released  # by somebody who wants it to go out now
        if _silenced_since(tables, delivery, alert, now) or (not replayed and _held(tables, channel, delivery, alert, now)):
            return None
        return Outgoing(tables.deliveries.begin(delivery.id, alert.story_id, now), channel, alert)
    ruling = rule_on(_facts(tables, channel, delivery, alert, now), now)
    if ruling.action in {Action.SEND, Action.GATHER} and delivery.sequence and channel.policy.repeat_interval:
        delivery = _folded(tables, delivery, now)
        alert = replace(alert, detail=delivery.detail)
    if ruling.action is not Action.SEND and _kept(tables, channel, delivery, alert, ruling, now):
        return None
    tables.deliveries.let_go(delivery.id, now)
    return Outgoing(tables.deliveries.begin(delivery.id, alert.story_id, now), channel, alert)


def _kept(tables: Tables, channel: Channel, delivery: Delivery, alert: Alert, ruling: Ruling, now: datetime) -> bool:  # noqa: PLR0917
    """Do as the ruling says; whether that keeps the delivery back, which only a failure to gather it does not."""
    match ruling.action:
        case Action.GATHER:
            into = _open_digest(tables, channel, delivery, alert, ruling, now)
            if into is None:
                return False
            tables.deliveries.gather(delivery.id, into, ruling.why, now)
        case Action.HOLD:
            assert ruling.at is not None
            tables.deliveries.hold(delivery.id, ruling.at, ruling.why, now)
        case Action.SILENCE:
            tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, ruling.why, now)
        case Action.COVER:
            tables.deliveries.drop(delivery.id, DeliveryState.COVERED, ruling.why, now)
    return True


def _open_digest(  # noqa: PLR0917
    tables: Tables, channel: Channel, delivery: Delivery, alert: Alert, ruling: Ruling, now: datetime
) -> int | None:
    """The digest that is to tell it: one more of that slot where that went out already, before its time was changed."""
    assert ruling.at is not None
    for number in range(_MOST_OF_A_SLOT):
        at, slot = ruling.at, f"{ruling.slot} {number + 1}" if number else ruling.slot
        if ruling.grouped:  # a group's slot is its time
            at += number * timedelta(milliseconds=1)
            slot = group_slot(alert.rule.id, at)
        into = tables.deliveries.add_digest(channel, delivery.recipient, slot, at, now)
        if tables.deliveries.is_open(into):
            return into
    return None


def _folded(tables: Tables, delivery: Delivery, now: datetime) -> Delivery:
    """The follow-up, telling what others of its alert that wait would, too: they are covered by it."""
    tellings = _tellings(tables, delivery)
    others = held_back(tellings, delivery.id)
    detail = how_far([*(each for each in tellings if each.id == delivery.id), *others])
    for each in others:
        tables.deliveries.drop(each.id, DeliveryState.COVERED, f"delivery {delivery.id} tells how far the story has come", now)
    if detail != delivery.detail:
        tables.deliveries.reword(delivery.id, detail)
    return replace(delivery, detail=detail)


def _judged_notice(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    """A notice waits for the end of quiet hours, as an alert as urgent would; it is told by itself, and counts to no cap."""
    assert delivery.notice_id is not None
    notice = tables.notices.get(delivery.notice_id)
    until = None if passes(channel.policy, notice.severity) else quiet_until(channel.policy, now)
    if until is not None:
        tables.deliveries.hold(delivery.id, until, "quiet hours", now)
        return None
    return Outgoing(delivery, channel, notice)


def _judged_digest(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    """A digest waits for the end of quiet hours, but not the daily one: its time is what its owner asked for."""
    of_day = _is_daily(delivery)
    until = None if of_day else quiet_until(channel.policy, now)
    if until is not None:
        tables.deliveries.hold(delivery.id, until, "quiet hours", now)
        return None
    members = [
        each
        for each in tables.deliveries.members(delivery.id)
        if not (_left(tables, each, now) or _silenced(tables, each, now, since=delivery.released))
    ]
    if not of_day and not members:
        tables.deliveries.drop(delivery.id, DeliveryState.COVERED, "nothing that it had gathered is left to be told by it", now)
        return None
    if delivery.released is None:
        tables.deliveries.let_go(delivery.id, now)
    return Outgoing(tables.deliveries.begin(delivery.id, _only_story(tables, delivery), now), channel, None)


def _is_daily(delivery: Delivery) -> bool:
    return (delivery.slot or "").startswith("daily")


def _only_story(tables: Tables, delivery: Delivery) -> int | None:
    """The story of an alert that is alone in a digest: it is told as itself, and so belongs to the story's thread."""
    members = tables.deliveries.members(delivery.id)
    if _is_daily(delivery) or len(members) != 1 or members[0].alert_id is None:
        return None
    return tables.alerts.get(members[0].alert_id).story_id


def _left(tables: Tables, delivery: Delivery, now: datetime) -> bool:
    """Whether its recipient, or its rule, wants no such telling any more: then it is settled, however often it was tried."""
    rule = tables.alerts.rule_name(delivery.alert_id) if delivery.alert_id is not None else ""
    unsubscribed = tables.unsubscriptions.find(delivery.channel, delivery.recipient, rule)
    if unsubscribed is None:
        return bool(rule) and rerouted(tables, rule, delivery, now)
    tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, left(unsubscribed), now)
    return True


def _silenced(tables: Tables, delivery: Delivery, now: datetime, *, since: datetime | None) -> bool:
    """Whether somebody silenced what a digest has gathered, before it goes out, or `since` it was first tried."""
    alert = _told_by(tables, delivery, None)
    silence = silence_of(tables, alert, now)
    if silence is None or (since is not None and silence.created <= since):
        return False
    tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, silenced(silence), now)
    return True


def _silenced_since(tables: Tables, delivery: Delivery, alert: Alert, now: datetime) -> bool:
    """Whether somebody silenced what is tried again; not what was let go, or replayed, in spite of the silence."""
    silence = silence_of(tables, alert, now)
    if silence is None or delivery.released is None or silence.created <= delivery.released:
        return False
    tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, silenced(silence), now)
    return True


def _held(tables: Tables, channel: Channel, delivery: Delivery, alert: Alert, now: datetime) -> bool:
    """Whether quiet hours hold a delivery that was tried before them."""
    policy = ChannelPolicy(zone=channel.policy.zone, quiet=channel.policy.quiet, passing=channel.policy.passing)
    ruling = rule_on(Facts(policy, alert.rule.severity, delivery.created), now)
    if ruling.at is None:
        return False
    tables.deliveries.hold(delivery.id, ruling.at, ruling.why, now)
    return True


def _facts(tables: Tables, channel: Channel, delivery: Delivery, alert: Alert, now: datetime) -> Facts:
    policy, rule = channel.policy, alert.rule
    silence = silence_of(tables, alert, now)
    threshold = delivery.sequence if delivery.sequence in OUTLETS_TOLD else 0
    told = tables.deliveries.outlets_told(alert.id, channel.name, delivery.recipient) if threshold else None
    released = tables.deliveries.released(rule.id, channel.id, delivery.recipient, now - CAP_WINDOW) if policy.cap else []
    grouped = policy.group_wait or policy.group_interval
    group = tables.deliveries.group_of(rule.id, channel.id, delivery.recipient) if grouped else None
    tellings = _tellings(tables, delivery) if delivery.sequence or policy.inhibit else []
    told_at, ahead = last_told(tellings), in_flight(tellings, delivery.id) if delivery.sequence else None
    return Facts(
        policy, rule.severity, delivery.created, silence, tuple(released), group,
        outlets_told=told, threshold=threshold, untold=delivery.sequence > 0 and untold(tellings, delivery.id),
        told_at=told_at, told_until=told_until(tellings), on_its_way=on_its_way(tellings, delivery.id),
        in_flight=InFlight(ahead.as_of, ahead.due) if ahead is not None and ahead.as_of is not None else None,
        inhibitor=inhibitor_of(tables, delivery, alert) if policy.inhibit and told_at is None else None,
    )  # fmt: skip
