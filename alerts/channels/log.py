"""The log as a way out: one line per alert."""

import json
import logging

from alerts.channels.base import Message, Receipt
from alerts.contents import body

_log = logging.getLogger("nightdesk.alerts")


class LogTransport:
    """Writes each alert as one line, the JSON of a webhook, to the logger `nightdesk.alerts`; always succeeds."""

    async def send(self, message: Message) -> Receipt:
        """Write the line; only ASCII stands in it, so that no headline can break it or steer a terminal."""
        _log.info("alert %s", json.dumps({"delivery": message.key, **body(message.content)}))
        return Receipt("logged")

    async def close(self) -> None:
        """Nothing to give back."""
