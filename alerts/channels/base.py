"""What every way out promises: `send(message) → receipt`, or a DeliveryError that says what to do."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from alerts.links import Links
from alerts.wording import one_line
from storage.errors import DeliveryError
from storage.models import Alert, Channel, Digest, Notice

Content = Alert | Digest | Notice

SEND_SECONDS = 30.0  # real seconds that one attempt may take, from name look-up to answer
_KEY = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Message:
    """One delivery's content: what one recipient of one channel is told.

    `key` is the delivery's identifier, the same on every attempt: the other side knows repeats by it. It is 1 to 200
    letters, digits, - and _, because it stands in headers and in signed text; ValueError otherwise.
    """

    key: str
    recipient: str
    content: Content
    created: datetime  # when it was to go out first; the Date of a mail, on every attempt
    links: Links = field(default_factory=Links)  # into the desk, for who reads mail
    reply_to: str | None = None  # the key of the first message about the story that the recipient had

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"delivery key {self.key!r} holds more than letters, digits, - and _")


def washed(text: str, secrets: Iterable[str]) -> str:
    """The other side's words on one line, without what it repeats of a channel's settings: many quote the path they refuse."""
    for secret in sorted(set(secrets) - {""}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return one_line(text, 200)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side said that it took the message: its words on one line, and its HTTP or SMTP status."""

    detail: str
    status: int | None = None


class Transport(Protocol):
    """A way out for one channel. Made once, used for many messages, also at the same time, closed at the end."""

    async def send(self, message: Message) -> Receipt:
        """Give the message to the other side; a receipt means that it said so.

        Raises DeliveryError, whose `status` is an HTTP status or None, and nothing else; ends within `SEND_SECONDS`.
        """
        ...

    async def close(self) -> None:
        """Give back connections. Closing twice is harmless."""
        ...


@dataclass(frozen=True, slots=True)
class Settings:
    """A channel's settings, read anew for each message, so that a secret may be changed while Nightdesk runs.

    A value `env:NAME` is taken from the environment, `file:PATH` from a file without its last line break.
    """

    channel: Channel
    environment: Mapping[str, str]

    def get(self, name: str) -> str:
        """The setting's value, or "" where there is none; DeliveryError when what it points at is missing."""
        value = self.channel.settings.get(name, "").strip()
        if value.startswith("env:"):
            return self._variable(name, value.removeprefix("env:"))
        if value.startswith("file:"):
            return self._file(name, value.removeprefix("file:"))
        return value

    def need(self, name: str) -> str:
        """The setting's value; DeliveryError when it is missing or empty."""
        value = self.get(name)
        if not value:
            raise DeliveryError(f"channel {self.channel.name!r} has no {name}; remove it and add it again with one")
        return value

    def wrong(self, name: str, why: ValueError) -> DeliveryError:
        """The error for a value that cannot be used; the value, which may be a secret, is not repeated."""
        return DeliveryError(f"channel {self.channel.name!r}: {name}: {why}")

    def _variable(self, name: str, variable: str) -> str:
        value = self.environment.get(variable, "").strip()
        if not value:
            raise DeliveryError(
                f"channel {self.channel.name!r} takes its {name} from the environment variable {variable}, "
                f"which is not set; set {variable} where nightdesk is started"
            )
        return value

    def _file(self, name: str, path: str) -> str:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else "is not text"
            raise DeliveryError(
                f"channel {self.channel.name!r} takes its {name} from the file {path}: {why}; "
                "write the file so that nightdesk may read it"
            ) from None
        return value
