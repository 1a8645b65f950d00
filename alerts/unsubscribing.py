"""What an unsubscription does: it is noted, and what it is about is not told any more, by itself or in a digest."""

from datetime import datetime

from alerts.calm import left
from storage.mailboxes import mailbox_of
from storage.models import Channel, Delivery, DeliveryState, Rule, Unsubscription
from storage.store import Tables


def unsubscribe(tables: Tables, channel: Channel, recipient: str, rule: str, now: datetime) -> Unsubscription:
    """Note that a recipient wants no more mails of a rule (empty: of the channel), and settle what waits; idempotent.

    What is being sent at this moment cannot be held any more, unless it fails: the next try is settled.
    """
    wanted = Unsubscription(channel.name, mailbox_of(recipient), rule, now)
    tables.unsubscriptions.add(wanted)
    noted = tables.unsubscriptions.find(channel.name, recipient, rule) or wanted
    for delivery in tables.deliveries.to_come(channel.id):
        if mailbox_of(delivery.recipient) == wanted.recipient and _is_about(tables, delivery, rule):
            tables.deliveries.drop(delivery.id, DeliveryState.SILENCED, left(noted), now)
    return noted


def reaches_nobody(tables: Tables, rule: Rule) -> bool:
    """Whether a rule has channels, and all whom they tell have unsubscribed."""
    channels = [each for each in tables.channels.all() if each.enabled and (not rule.channels or each.name in rule.channels)]
    return bool(channels) and all(
        tables.unsubscriptions.find(channel.name, recipient, rule.name) is not None
        for channel in channels
        for recipient in channel.recipients
    )


def _is_about(tables: Tables, delivery: Delivery, rule: str) -> bool:
    return not rule or (delivery.alert_id is not None and tables.alerts.rule_name(delivery.alert_id) == rule)
