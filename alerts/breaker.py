"""The circuit breaker of a channel: opened by failures in a row, closed by a success, and its owner told by another channel."""

from dataclasses import replace
from datetime import datetime

from alerts.policy import OPENS_AFTER, probe_wait
from alerts.wording import one_line, when
from storage.errors import DeliveryError
from storage.instants import to_text
from storage.models import Channel, ChannelKind, Delivery, DeliveryState, Notice, Severity
from storage.store import Tables

_PREFERRED = (ChannelKind.EMAIL, ChannelKind.WEBHOOK)  # before the log, which nobody may read


def failed(tables: Tables, channel: Channel, recipient: str, error: DeliveryError, now: datetime) -> bool:
    """Count a failure; whether the channel is left alone from now on, or switched off, which its owner is told of.

    What was refused for good is that recipient's or that message's matter, not the channel's; so is a full mailbox, as long
    as others take what they get. A probe that met with one has shown nothing: the next comes soon.
    """
    if error.disable:
        if not tables.channels.disable(channel.name, str(error)):
            return False  # another send that was under way has met with the same
        title = f"The channel {channel.name} is switched off"
        detail = f"{error}. What it had to tell is kept: `nightdesk channel resume {channel.name}` sends it."
        _tell(tables, channel, Notice(_uid(title, now), title, detail, now, severity=Severity.CRITICAL))
        return True
    if error.permanent:
        return False
    if error.personal and (channel.opened is not None or tables.deliveries.reaches_others(channel.id, recipient)):
        if channel.opened is not None:
            tables.channels.open_breaker(channel.id, now, now + probe_wait(OPENS_AFTER))
        return False
    failures = tables.channels.failed(channel.id)
    if failures < OPENS_AFTER:
        return False
    known = tables.channels.find(channel.name)
    tables.channels.open_breaker(channel.id, now, now + probe_wait(failures))
    if known is None or known.opened is not None:
        return False
    title = _broken(channel)
    tables.deliveries.withdraw(_mended(channel), "the channel does not work again")
    detail = f"{failures} tries in a row failed; the last: {error}. It is tried again, and nothing is lost."
    _tell(tables, channel, Notice(_uid(title, now), title, detail, now, severity=Severity.HIGH))
    return True


def succeeded(tables: Tables, channel: Channel, now: datetime) -> bool:
    """Count a success; whether the channel works again: its owner is told so, and of the trouble no more if that is to come."""
    opened = tables.channels.succeeded(channel.id)
    if opened is None:
        return False
    title = _mended(channel)
    tables.deliveries.withdraw(_broken(channel), "the channel works again")
    detail = f"It had not since {when(opened)}. What waited for it is on its way."
    _tell(tables, channel, Notice(_uid(title, now), title, detail, now, severity=Severity.NORMAL))
    return True


def pass_on(tables: Tables, delivery: Delivery, now: datetime) -> None:
    """A notice that its channel gave to nobody is told by one that works and has not been given it; else it is tried again.

    Recipients whose turn is still to come are waited for: that one of them is refused says nothing of the others.
    """
    assert delivery.notice_id is not None
    same = tables.deliveries.of_notice(delivery.notice_id)
    waiting = [each for each in same if each.channel == delivery.channel and each.state is DeliveryState.DUE]
    if any(each.state is DeliveryState.SENT for each in same) or any(not each.attempts for each in waiting):
        return
    given = {each.channel for each in same}
    others = [each for each in _in_order(tables) if each.name not in given and not each.failures]
    if not others:
        return
    tables.deliveries.add_notice(tables.notices.get(delivery.notice_id), others[0], now)
    for each in waiting:
        why = f"{each.channel} did not take it; {others[0].name} tells it"
        tables.deliveries.drop(each.id, DeliveryState.COVERED, why, now)


def _in_order(tables: Tables) -> list[Channel]:
    """The channels that are on, those that work first."""
    return sorted((each for each in tables.channels.all() if each.enabled), key=_worth)


def _tell(tables: Tables, channel: Channel, wanted: Notice) -> None:
    notice = tables.notices.add(replace(wanted, detail=one_line(wanted.detail, 500)))
    others = [each for each in _in_order(tables) if each.name != channel.name]
    if notice is not None and others:
        tables.deliveries.add_notice(notice, others[0], wanted.created)


def _broken(channel: Channel) -> str:
    return f"The channel {channel.name} does not work"


def _mended(channel: Channel) -> str:
    return f"The channel {channel.name} works again"


def _uid(title: str, at: datetime) -> str:
    return f"{title} {to_text(at)}"


def _worth(channel: Channel) -> tuple[bool, bool, int]:
    """A channel that works comes first; by one that does not, its owner learns of it when it does again."""
    return (
        channel.opened is not None,
        channel.failures > 0,
        _PREFERRED.index(channel.kind) if channel.kind in _PREFERRED else len(_PREFERRED),
    )
