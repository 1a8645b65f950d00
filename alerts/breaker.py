"""The circuit breaker of a channel: opened by failures in a row, closed by a success, and its owner told by another channel."""

from datetime import datetime

from alerts.policy import OPENS_AFTER, probe_wait
from alerts.wording import one_line
from storage.errors import DeliveryError
from storage.instants import to_text
from storage.models import Channel, ChannelKind, Notice
from storage.store import Tables

_PREFERRED = (ChannelKind.EMAIL, ChannelKind.WEBHOOK)  # before the log, which nobody may read


def failed(tables: Tables, channel: Channel, error: DeliveryError, now: datetime) -> bool:
    """Count a failure; whether the channel is left alone from now on, or switched off, which its owner is told of.

    What was refused for good is that recipient's or that message's matter, not the channel's.
    """
    if error.disable:
        tables.channels.disable(channel.name, str(error))
        title = f"The channel {channel.name} is switched off"
        _tell(tables, channel, title, f"{error}. What it had to tell is kept: see nightdesk delivery list --dead.", now)
        return True
    if error.permanent:
        return False
    failures = tables.channels.failed(channel.id)
    if failures < OPENS_AFTER:
        return False
    known = tables.channels.find(channel.name)
    tables.channels.open_breaker(channel.id, now, now + probe_wait(failures))
    if known is None or known.opened is not None:
        return False
    title = f"The channel {channel.name} does not work"
    _tell(
        tables,
        channel,
        title,
        f"{failures} tries in a row failed; the last: {error}. It is tried again, and nothing is lost.",
        now,
    )
    return True


def closed(tables: Tables, channel: Channel, now: datetime) -> bool:
    """Tell the owner that a channel works again."""
    _tell(tables, channel, f"The channel {channel.name} works again", "What waited for it is on its way.", now)
    return True


def _tell(tables: Tables, channel: Channel, title: str, detail: str, now: datetime) -> None:
    notice = tables.notices.add(Notice(f"{title} {to_text(now)}", title, one_line(detail, 500), now))
    others = [each for each in tables.channels.all() if each.enabled and each.name != channel.name and each.opened is None]
    others.sort(key=lambda each: _PREFERRED.index(each.kind) if each.kind in _PREFERRED else len(_PREFERRED))
    if notice is not None and others:
        tables.deliveries.add_notice(notice, others[0], now)
