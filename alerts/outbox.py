"""Which deliveries go out now: claimed, and judged by what may hold an alert back, in one transaction.

What is held is written down with its reason, so that nothing waits, or stays away, without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from alerts import breaker
from alerts.calm import CAP_WINDOW, OUTLETS_TOLD, Action, Facts, daily_slots, left, quiet_until, rule_on
from alerts.channels.base import Content
from alerts.coverage import coverage_line
from alerts.policy import Decision, probe_wait
from storage.deliveries import group_slot
from storage.errors import DeliveryError, NightdeskError, NotFoundError, StorageError
from storage.evaluate import evaluate
from storage.models import (
    Alert,
    AlertReason,
    Channel,
    ChannelPolicy,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Digest,
    DocumentKind,
    Notice,
    Silence,
    SilenceKind,
)
from storage.prepared import prepare
from storage.query import parse
from storage.store import Tables

_MENDING = timedelta(minutes=5)  # until what could not be judged is looked at again
_FAULTS = (NightdeskError, ValueError, LookupError, TypeError, ArithmeticError)
"""What a row that cannot be used leads to: a zone that is gone, a query of another version. Never the database's own."""
log = structlog.get_logger("nightdesk.alerts")


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
    """Whether `plan_digests` has something to make."""
    return any(
        not tables.deliveries.has_slot(channel.id, recipient, slot)
        for channel in tables.channels.all()
        for slot, _ in _daily_slots(channel, now)
        for recipient in channel.recipients
    )


def plan_digests(tables: Tables, now: datetime) -> None:
    """Make the deliveries of daily digests that are due or come next; those that are made already stay as they are."""
    for channel in tables.channels.all():
        for slot, at in _daily_slots(channel, now):
            for recipient in channel.recipients:
                tables.deliveries.add_digest(channel, recipient, slot, at, now)


def _daily_slots(channel: Channel, now: datetime) -> list[tuple[str, datetime]]:
    """The daily digests of a channel that may be used; none of one whose zone cannot be used: `doctor` tells of that."""
    try:
        return daily_slots(channel.policy, now) if channel.enabled else []
    except _FAULTS:
        return []


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
    tables.deliveries.sent(
        outgoing.delivery.id, answer.at, status=answer.status, detail=answer.said, millis=answer.millis,
        outlets=content.outlets if isinstance(content, Alert) else None,
    )  # fmt: skip
    return breaker.succeeded(tables, outgoing.channel, answer.at)


def record_failed(tables: Tables, outgoing: Outgoing, error: DeliveryError, decision: Decision, answer: Answer) -> bool:
    """Note that a try failed, and what follows; whether its channel is left alone, or switched off, from now on."""
    tables.deliveries.failed(
        outgoing.delivery.id, answer.at, status=answer.status, detail=decision.reason, due=decision.due, millis=answer.millis
    )
    return breaker.failed(tables, outgoing.channel, error, answer.at)


def digest(tables: Tables, delivery: Delivery) -> Content:
    """What a digest tells: its alerts, and how well the sources are; of an alert that is alone in one, the alert."""
    members = tables.deliveries.members(delivery.id)
    alerts = [told_as(tables.alerts.get(each.alert_id), each) for each in members if each.alert_id is not None]
    daily = (delivery.slot or "").startswith("daily")
    if len(alerts) == 1 and not daily:
        return alerts[0]
    stories = len({each.story_id for each in alerts})
    count = f"{len(alerts)} {'alert' if len(alerts) == 1 else 'alerts'}"
    about = f"{stories} {'story' if stories == 1 else 'stories'}"
    title = f"{count} about {about}" if alerts else "nothing matched"
    return Digest(delivery.key, title, tuple(alerts), delivery.created, coverage_line(tables.sources.all()))


def told_as(alert: Alert, delivery: Delivery) -> Alert:
    """The alert as this delivery tells it: a follow-up says so."""
    return replace(alert, reason=AlertReason.FOLLOW_UP, detail=delivery.detail) if delivery.sequence else alert


def _judged_alone(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    """As `_judged`; what cannot be judged is put off, with the reason, and costs no other."""
    try:
        return _judged(tables, channel, delivery, now)
    except StorageError:
        raise
    except _FAULTS as error:
        why = f"it could not be judged: {error}"
        log.error("delivery-fault", delivery=delivery.key, channel=channel.name, error=why)  # noqa: TRY400 - the line says it all
        tables.deliveries.put_off(delivery.id, now + _MENDING, why)
        return None


def _judged(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    if _left(tables, delivery):
        return None
    if delivery.kind is DeliveryKind.NOTICE:
        assert delivery.notice_id is not None
        return Outgoing(delivery, channel, tables.notices.get(delivery.notice_id))
    if delivery.kind is DeliveryKind.DIGEST:
        return _judged_digest(tables, channel, delivery, now)
    assert delivery.alert_id is not None
    alert = told_as(tables.alerts.get(delivery.alert_id), delivery)
    if delivery.released is not None:  # it has been tried: only the night holds it
        return Outgoing(delivery, channel, alert) if not _held(tables, channel, delivery, alert, now) else None
    ruling = rule_on(_facts(tables, channel, delivery, alert, now), now)
    match ruling.action:
        case Action.GATHER:
            assert ruling.at is not None
            slot = group_slot(alert.rule.id, ruling.at) if ruling.grouped else ruling.slot
            into = tables.deliveries.add_digest(channel, delivery.recipient, slot, ruling.at, now)
            if tables.deliveries.is_open(into):
                tables.deliveries.gather(delivery.id, into, ruling.why)
                return None
        case Action.SILENCE:
            tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, ruling.why)
            return None
        case Action.COVER:
            tables.deliveries.drop(delivery.id, DeliveryState.COVERED, ruling.why)
            return None
    tables.deliveries.let_go(delivery.id, now)
    return Outgoing(delivery, channel, alert)


def _judged_digest(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> Outgoing | None:
    """A digest waits for the end of quiet hours, but not the daily one: its time is what its owner asked for."""
    daily = (delivery.slot or "").startswith("daily")
    until = None if daily else quiet_until(channel.policy, now)
    if until is not None:
        tables.deliveries.hold(delivery.id, until, "quiet hours")
        return None
    members = [each for each in tables.deliveries.members(delivery.id) if not _left(tables, each)]
    if not daily and not members:
        tables.deliveries.drop(delivery.id, DeliveryState.COVERED, "nothing that it had gathered is left to be told by it")
        return None
    if delivery.released is None:
        tables.deliveries.let_go(delivery.id, now)
    return Outgoing(delivery, channel, None)


def _left(tables: Tables, delivery: Delivery) -> bool:
    """Whether its recipient wants no such mails any more: then it is settled, however often it was tried."""
    rule = tables.alerts.rule_name(delivery.alert_id) if delivery.alert_id is not None else ""
    unsubscribed = tables.unsubscriptions.find(delivery.channel, delivery.recipient, rule)
    if unsubscribed is None:
        return False
    tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, left(unsubscribed))
    return True


def _held(tables: Tables, channel: Channel, delivery: Delivery, alert: Alert, now: datetime) -> bool:
    """Whether quiet hours hold a delivery that was tried before them."""
    policy = ChannelPolicy(zone=channel.policy.zone, quiet=channel.policy.quiet, passing=channel.policy.passing)
    ruling = rule_on(Facts(policy, alert.rule.severity, delivery.created), now)
    if ruling.at is None:
        return False
    tables.deliveries.hold(delivery.id, ruling.at, ruling.why)
    return True


def _facts(tables: Tables, channel: Channel, delivery: Delivery, alert: Alert, now: datetime) -> Facts:
    policy, rule = channel.policy, alert.rule
    silence = next((each for each in tables.silences.active(now) if _silences(tables, each, alert)), None)
    threshold = delivery.sequence if delivery.sequence in OUTLETS_TOLD else 0
    told = tables.deliveries.outlets_told(alert.id, channel.name, delivery.recipient) if threshold else None
    released = tables.deliveries.released(rule.id, channel.id, delivery.recipient, now - CAP_WINDOW) if policy.cap else []
    grouped = policy.group_wait or policy.group_interval
    group = tables.deliveries.group_of(rule.id, channel.id, delivery.recipient) if grouped else None
    waits = delivery.sequence > 0 and tables.deliveries.waits(alert.id, channel.name, delivery.recipient)
    return Facts(
        policy, rule.severity, delivery.created, silence, tuple(released), group,
        outlets_told=told, threshold=threshold, untold=waits,
    )  # fmt: skip


def _silences(tables: Tables, silence: Silence, alert: Alert) -> bool:
    """Whether a silence is about an alert; one that cannot be read silences nothing: in doubt, people are told."""
    try:
        return _is_about(tables, silence, alert)
    except NotFoundError:  # the story that it named is gone
        return False
    except StorageError:
        raise
    except _FAULTS as error:
        log.warning("silence-fault", silence=silence.id, error=str(error))
        return False


def _is_about(tables: Tables, silence: Silence, alert: Alert) -> bool:
    """Whether all that the alert tells of is what the silence names."""
    matched = [each for each in alert.carriers if each.evidence] or list(alert.carriers)
    match silence.kind:
        case SilenceKind.RULE:
            return alert.rule.name == silence.value
        case SilenceKind.STORY:
            return tables.stories.get(int(silence.value)).id == alert.story_id
        case SilenceKind.SOURCE:
            return all(each.article.source == silence.value for each in matched)
        case SilenceKind.WORD:
            query = parse(silence.value).node
            ids = [tables.articles.current(each.article.id).id for each in matched]
            documents = tables.documents.by_ids(DocumentKind.VERSION, ids)
            return bool(documents) and all(evaluate(query, prepare(each)) is not None for each in documents)
