"""A rule tells the channels that it names now: what waits for another is settled, and told by those in its place."""

from datetime import datetime

from alerts.calm import SETTLING
from storage.models import Channel, Delivery, DeliveryKind, DeliveryState, Rule
from storage.store import Tables

NOT_TOLD = "the rule does not tell this channel any more"


def save_rule(tables: Tables, rule: Rule, now: datetime) -> tuple[Rule, int]:
    """Store a rule under its name; it, and how many deliveries waited for channels that it does not tell any more.

    Not left to when each is due: a channel that is off is never asked, and may be why the rule names another.
    """
    saved = tables.rules.save(rule, now)
    channels = tables.channels.all()
    waited = [
        each
        for channel in channels
        if not saved.tells(channel.name)
        for each in tables.deliveries.to_come(channel.id)
        if each.alert_id is not None and tables.alerts.rule_name(each.alert_id) == saved.name
    ]
    for each in waited:
        _reroute(tables, saved, each, channels, now)
    return saved, len(waited)


def count_waiting(tables: Tables, channel: Channel) -> int:
    """How many messages a channel is still to tell, to each recipient: a digest is as many as it has gathered."""
    return sum(each.kind is not DeliveryKind.DIGEST for each in tables.deliveries.to_come(channel.id))


def rerouted(tables: Tables, rule_name: str, delivery: Delivery, now: datetime) -> bool:
    """Whether the rule tells the delivery's channel no more, as of what was being sent when it changed: then it is settled."""
    rule = tables.rules.find(rule_name)
    if rule is None or rule.tells(delivery.channel):
        return False
    _reroute(tables, rule, delivery, tables.channels.all(), now)
    return True


def _reroute(tables: Tables, rule: Rule, delivery: Delivery, channels: list[Channel], now: datetime) -> None:
    """Settle a delivery, and have the rule's channels tell what they neither told nor are to tell."""
    assert delivery.alert_id is not None
    uid = tables.alerts.get(delivery.alert_id).uid
    due = max(now, delivery.created + SETTLING) if delivery.sequence else now
    for channel in channels:
        if rule.tells(channel.name):
            tables.tellings.reopen(delivery.alert_id, delivery.sequence, channel.id, NOT_TOLD, due)  # it was taken off before
            tables.deliveries.add(
                delivery.alert_id, uid, channel, now, sequence=delivery.sequence, due=due, detail=delivery.detail
            )
    tables.deliveries.drop(delivery.id, DeliveryState.COVERED, NOT_TOLD, now)
