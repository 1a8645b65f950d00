"""What stands in the outbox of daily digests, and what the channels' policies want there now: the changes between the two.

Whatever the policy was when a digest was planned, it goes out by the one that holds now, once for each day of its channel's
calendar; what it has gathered is told in any case.
"""

from collections.abc import Callable
from datetime import datetime

from alerts.calm import daily_at, daily_slots, missed
from storage.errors import UNUSABLE
from storage.models import Channel, DeliveryState
from storage.store import Tables
from storage.tables.daily_digests import Standing

Change = Callable[[Tables], None]
_Slot = tuple[str, datetime]
_DAY = len("daily 2026-03-02")  # of a slot: one more digest of the same day has a number behind it


def changes(tables: Tables, now: datetime) -> list[Change]:
    """What is to be done so that the daily digests that are due or come next stand in the outbox, and no others."""
    return [each for channel in tables.channels.all() if channel.enabled for each in _of_channel(tables, channel, now)]


def _of_channel(tables: Tables, channel: Channel, now: datetime) -> list[Change]:
    """Those of a channel; none where its zone cannot be used: `doctor` tells of that."""
    standing = tables.daily_digests.standing(channel.id)
    if channel.policy.daily is None:
        return [_given_up(each, "the channel takes no daily digest any more", now) for each in standing]
    try:
        slots = [each for each in daily_slots(channel.policy, now) if not missed(channel.policy, each[1], now)]
        kept = [_kept(tables, channel, each, slots, now) for each in standing]
    except UNUSABLE:
        return []
    return [each for each in kept if each is not None] + _to_make(tables, channel, slots, now)


def _to_make(tables: Tables, channel: Channel, slots: list[_Slot], now: datetime) -> list[Change]:
    """The digests that there are not yet; and the coming ones that were dropped, and are wanted again."""
    found: list[Change] = []
    for recipient in channel.recipients:
        for slot, at in slots:
            if not tables.daily_digests.has_slot(channel.id, recipient, slot):
                found.append(_made(channel, recipient, (slot, at), now))
        slot, at = slots[-1]
        dropped = tables.daily_digests.was_dropped(channel.id, recipient, slot)
        if dropped and tables.unsubscriptions.find(channel.name, recipient, "") is None:
            found.append(_made_again(channel, recipient, (slot, at), now))
    return found


def _kept(tables: Tables, channel: Channel, row: Standing, slots: list[_Slot], now: datetime) -> Change | None:
    """What becomes of a digest that stands in the outbox of a channel that takes daily ones; None: it stays as it is."""
    at, day = daily_at(channel.policy, row.slot), row.slot[:_DAY]
    newest = next(((slot, due) for slot, due in slots if due <= now), None)
    if day > slots[-1][0]:
        return _given_up(row, "another digest comes before it now", now)
    if row.slot != day and at <= now and row.due != at:
        return _given_up(row, "its day has had its digest", now)
    if newest is not None and day < newest[0]:
        if _takes_in(tables, channel, row.recipient, newest[0]):
            return _handed_over(channel, row, newest, now)
        if not row.gathered:
            return _given_up(row, "a digest of a later day is told", now)
    if not row.gathered and missed(channel.policy, at, now):
        return _given_up(row, "its day is over, and it has gathered nothing", now)
    return None if row.due == at else lambda tables: tables.daily_digests.move(row.id, at)


def _takes_in(tables: Tables, channel: Channel, recipient: str, slot: str) -> bool:
    """Whether the digest of a slot still takes alerts in, or is about to be made."""
    standing = tables.daily_digests.standing(channel.id)
    return any((each.recipient, each.slot) == (recipient, slot) for each in standing) or (
        channel.tells(recipient) and not tables.daily_digests.has_slot(channel.id, recipient, slot)
    )


def _made(channel: Channel, recipient: str, slot: _Slot, now: datetime) -> Change:
    def make(tables: Tables) -> None:
        tables.deliveries.add_digest(channel, recipient, *slot, now)

    return make


def _made_again(channel: Channel, recipient: str, slot: _Slot, now: datetime) -> Change:
    return lambda tables: tables.daily_digests.make_again(channel.id, recipient, *slot, now)


def _given_up(row: Standing, why: str, now: datetime) -> Change:
    """It is not sent; what it has gathered is judged by the policy that holds now."""

    def give_up(tables: Tables) -> None:
        tables.daily_digests.scatter(row.id, now)
        tables.deliveries.drop(row.id, DeliveryState.COVERED, why, now)

    return give_up


def _handed_over(channel: Channel, row: Standing, slot: _Slot, now: datetime) -> Change:
    """The digest of a later day tells what it has gathered."""

    def hand_over(tables: Tables) -> None:
        into = tables.deliveries.add_digest(channel, row.recipient, *slot, now)
        tables.daily_digests.hand_over(row.id, into)
        tables.deliveries.drop(row.id, DeliveryState.COVERED, f"delivery {into}, of a later day, is told", now)

    return hand_over
