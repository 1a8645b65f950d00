"""Whoever was taken off a channel is told nothing more; what waited for them is told to whom the channel tells now."""

from datetime import datetime

from storage.mailboxes import mailbox_of
from storage.models import Channel, Delivery, DeliveryKind, DeliveryState
from storage.store import Tables


def readdressed(tables: Tables, channel: Channel, delivery: Delivery, now: datetime) -> bool:
    """Whether the channel tells the delivery's recipient no more: then it is settled, and others have it if nobody else had.

    A delivery is known by what it tells, channel and recipient: those who had it, or wait for it, have it once.
    """
    if channel.tells(delivery.recipient):
        return False
    for each in [delivery, *tables.deliveries.members(delivery.id)]:
        if each.alert_id is not None:
            _tell_others(tables, channel, each.alert_id, each, now)
            if delivery.kind is DeliveryKind.DIGEST:
                _gather(tables, channel, each.alert_id, each, delivery, now)
        elif each.notice_id is not None:
            tables.deliveries.add_notice(tables.notices.get(each.notice_id), channel, now)
        tables.deliveries.drop(
            each.id, DeliveryState.COVERED, f"{channel.name} does not tell {delivery.recipient} any more", now
        )
    return True


def _tell_others(tables: Tables, channel: Channel, alert_id: int, delivery: Delivery, now: datetime) -> None:
    """A delivery of the same for each recipient of the channel that has none."""
    same = [each for each in tables.deliveries.of_alert(alert_id) if each.sequence == delivery.sequence]
    told = {mailbox_of(each.recipient) for each in same if each.channel == channel.name}
    others = [each for each in channel.recipients if mailbox_of(each) not in told]
    tables.deliveries.add(
        alert_id, tables.alerts.get(alert_id).uid, channel, now,
        sequence=delivery.sequence, detail=delivery.detail, recipients=others,
    )  # fmt: skip


def _gather(tables: Tables, channel: Channel, alert_id: int, member: Delivery, digest: Delivery, now: datetime) -> None:  # noqa: PLR0917
    """What a digest had gathered stands in that of the same slot for those who have it now, where that is still to go out."""
    assert digest.slot is not None
    for each in tables.deliveries.of_alert(alert_id):
        mine = each.channel == channel.name and each.sequence == member.sequence and channel.tells(each.recipient)
        if not mine or each.state is not DeliveryState.DUE or each.released is not None:
            continue
        into = tables.deliveries.add_digest(channel, each.recipient, digest.slot, digest.due or now, now)
        if tables.deliveries.is_open(into):
            tables.deliveries.gather(each.id, into, member.held, now)
