"""How deliveries are shown: to people as a table, to machines as JSON."""

from collections.abc import Iterable

from nightdesk.output import table
from storage.instants import to_json
from storage.models import Delivery


def delivery_table(deliveries: Iterable[Delivery]) -> None:
    """Print the deliveries, one line each."""
    table(("id", "alert", "channel", "recipient", "state", "tries", "sent", "due", "last error"),
          [(d.id, d.alert_id, d.channel, d.recipient, d.state, d.attempts, d.sent, d.due, d.last_error) for d in deliveries],
          empty="no deliveries")  # fmt: skip


def delivery_shape(each: Delivery) -> dict[str, object]:
    """A delivery as JSON."""
    return {"id": str(each.id), "key": each.key, "alert": str(each.alert_id), "channel": each.channel,
            "recipient": each.recipient, "state": each.state, "attempts": each.attempts, "created": to_json(each.created),
            "due": to_json(each.due), "sent": to_json(each.sent), "last_error": each.last_error}  # fmt: skip
