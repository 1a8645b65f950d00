"""How deliveries are shown: to people as a table, to machines as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nightdesk.output import one_line, table, when
from storage.instants import to_json
from storage.models import Channel, Delivery, DeliveryKind, DeliveryState
from storage.store import Tables

Attempt = tuple[datetime, str, int | None, int | None, str]
"""When, sent or failed, the other side's status, the milliseconds until it, and its words."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a delivery's fate hangs on beside itself: its channel, by name, and the digest that tells it, by id."""

    channels: Mapping[str, Channel]
    digests: Mapping[int, Delivery]


def beside(tables: Tables, deliveries: Sequence[Delivery]) -> Beside:
    """The channels, and the digests of these deliveries."""
    digests = {each.digest_id for each in deliveries if each.digest_id is not None}
    return Beside(
        {each.name: each for each in tables.channels.all()}, {each.id: each for each in tables.deliveries.by_ids(list(digests))}
    )


def delivery_table(deliveries: Iterable[Delivery], about: Beside) -> None:
    """Print the deliveries, one line each."""
    table(("id", "tells", "channel", "recipient", "state", "tries", "sent", "due", "why"),
          [(d.id, _tells(d), d.channel, d.recipient, d.state, d.attempts, d.sent, d.due, _why(d, about)) for d in deliveries],
          empty="no deliveries")  # fmt: skip


def delivery_shape(each: Delivery, about: Beside) -> dict[str, object]:
    """A delivery as JSON."""
    return {"id": str(each.id), "key": each.key, "kind": each.kind,
            "alert": str(each.alert_id) if each.alert_id is not None else None, "channel": each.channel,
            "recipient": each.recipient, "state": each.state, "attempts": each.attempts, "created": to_json(each.created),
            "due": to_json(each.due), "sent": to_json(each.sent), "last_error": each.last_error,
            "held": each.held or waits_for_channel(each, about) or None,
            "sequence": each.sequence, "follow_up": each.detail or None,
            "digest": str(each.digest_id) if each.digest_id is not None else None}  # fmt: skip


def attempt_shape(attempt: Attempt) -> dict[str, object]:
    """An attempt as JSON."""
    at, outcome, status, millis, said = attempt
    return {"at": to_json(at), "outcome": outcome, "status": status, "milliseconds": millis, "answer": said}


def switched_off(channel: Channel) -> str:
    """That a channel is off, why, and what to do."""
    why = one_line(channel.disabled_because or "", 200)
    return f"the channel {channel.name} is switched off: {why}; mend its other end, then {resumed(channel.name)}"


def resumed(channel: str) -> str:
    """The command that uses a channel again."""
    return f"`nightdesk channel resume {channel}`"


def waits_for_channel(each: Delivery, about: Beside) -> str:
    """Why a delivery that is due does not go out, if its channel is why: it is off, or left alone for a while; else empty."""
    channel = about.channels.get(each.channel)
    if each.state is not DeliveryState.DUE or channel is None:
        return ""
    if not channel.enabled:
        return f"waits for the channel, which is switched off; {resumed(channel.name)}"
    if channel.probe is not None and each.due is not None and each.due <= channel.probe:
        return f"waits for the channel: tried again at {when(channel.probe)}; at once by {resumed(channel.name)}"
    return ""


def _why(each: Delivery, about: Beside) -> str:
    """Why it waits, or was not sent; of what a digest tells, which one, and how far that is."""
    digest = about.digests.get(each.digest_id) if each.digest_id is not None else None
    if each.state is DeliveryState.GATHERED and digest is not None:
        return f"in digest {digest.id} ({digest.state}): {each.held}"
    return "; ".join(filter(None, [waits_for_channel(each, about), each.held or each.last_error]))


def _tells(each: Delivery) -> str:
    match each.kind:
        case DeliveryKind.ALERT:
            return f"alert {each.alert_id}" + (" again" if each.sequence else "")
        case DeliveryKind.DIGEST:
            return f"digest {each.slot}"
        case DeliveryKind.NOTICE:
            return "notice"
