"""How deliveries are shown: to people as a table, to machines as JSON."""

from collections.abc import Iterable
from datetime import datetime

from nightdesk.output import table
from storage.instants import to_json
from storage.models import Delivery, DeliveryKind

Attempt = tuple[datetime, str, int | None, int | None, str]
"""When, sent or failed, the other side's status, the milliseconds until it, and its words."""


def delivery_table(deliveries: Iterable[Delivery]) -> None:
    """Print the deliveries, one line each."""
    table(("id", "tells", "channel", "recipient", "state", "tries", "sent", "due", "why"),
          [(d.id, _tells(d), d.channel, d.recipient, d.state, d.attempts, d.sent, d.due, d.held or d.last_error)
           for d in deliveries],
          empty="no deliveries")  # fmt: skip


def delivery_shape(each: Delivery) -> dict[str, object]:
    """A delivery as JSON."""
    return {"id": str(each.id), "key": each.key, "kind": each.kind,
            "alert": str(each.alert_id) if each.alert_id is not None else None, "channel": each.channel,
            "recipient": each.recipient, "state": each.state, "attempts": each.attempts, "created": to_json(each.created),
            "due": to_json(each.due), "sent": to_json(each.sent), "last_error": each.last_error, "held": each.held or None,
            "sequence": each.sequence, "follow_up": each.detail or None,
            "digest": str(each.digest_id) if each.digest_id is not None else None}  # fmt: skip


def attempt_shape(attempt: Attempt) -> dict[str, object]:
    """An attempt as JSON."""
    at, outcome, status, millis, said = attempt
    return {"at": to_json(at), "outcome": outcome, "status": status, "milliseconds": millis, "answer": said}


def _tells(each: Delivery) -> str:
    match each.kind:
        case DeliveryKind.ALERT:
            return f"alert {each.alert_id}" + (" again" if each.sequence else "")
        case DeliveryKind.DIGEST:
            return f"digest {each.slot}"
        case DeliveryKind.NOTICE:
            return "notice"
