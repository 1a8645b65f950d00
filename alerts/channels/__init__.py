"""The ways out: one small class per kind, each with one verb, `send(message) → receipt`."""

import re
from collections.abc import Callable, Mapping

from alerts.channels.base import Message, Receipt, Transport
from alerts.channels.email import EmailTransport, parse_smtp_url
from alerts.channels.log import LogTransport
from alerts.channels.webhook import WebhookTransport, parse_url
from alerts.render import mailbox
from alerts.signing import secret_key
from storage.addresses import AddressGuard
from storage.clock import Clock
from storage.errors import ConfigError
from storage.models import Channel, ChannelKind

__all__ = ["Message", "Receipt", "Transport", "open_channel", "validate_settings"]

# The settings of each kind: those that must be there, with an example, and those that may.
_NEEDED: dict[ChannelKind, dict[str, str]] = {
    ChannelKind.EMAIL: {"to": "desk@example.org", "smtp_url": "smtp+starttls://user:password@mail.example.org:587"},
    ChannelKind.WEBHOOK: {"url": "https://hooks.example.org/nightdesk"},
    ChannelKind.LOG: {},
}
_OPTIONAL: dict[ChannelKind, frozenset[str]] = {
    ChannelKind.EMAIL: frozenset({"from"}),
    ChannelKind.WEBHOOK: frozenset({"secret"}),
    ChannelKind.LOG: frozenset(),
}
_PLAIN = frozenset({"to"})  # each recipient has deliveries of their own, so the list itself is no secret


def open_channel(
    channel: Channel, *, guard: AddressGuard, clock: Clock, environment: Mapping[str, str], contact: str
) -> Transport:
    """The way out for a channel. Opens no connection and raises nothing: what is wrong shows when a message is sent.

    `guard` holds for webhooks; a mail server is chosen by who runs Nightdesk and usually stands in a private network.
    `environment` answers `env:NAME`; `contact` stands in the User-Agent.
    """
    match channel.kind:
        case ChannelKind.EMAIL:
            return EmailTransport(channel, environment=environment)
        case ChannelKind.WEBHOOK:
            return WebhookTransport(channel, guard=guard, clock=clock, environment=environment, contact=contact)
        case ChannelKind.LOG:
            return LogTransport()


def validate_settings(kind: ChannelKind, settings: Mapping[str, str]) -> None:
    """Check a channel's settings before they are stored; what `env:` and `file:` point at is not looked at.

    Raises ConfigError with the remedy for a missing, unknown or unusable setting; it repeats no secret.
    """
    needed, optional = _NEEDED[kind], _OPTIONAL[kind]
    for name, example in needed.items():
        if not settings.get(name, "").strip():
            raise ConfigError(f"a channel of kind {kind} needs `{name}`, such as {example}")
    for name, value in settings.items():
        if name not in needed and name not in optional:
            known = ", ".join([*needed, *sorted(optional)]) or "none"
            raise ConfigError(f"a channel of kind {kind} has no setting {name!r}; its settings: {known}")
        _check(name, value.strip())


def _check(name: str, value: str) -> None:
    if value.startswith("env:"):
        if name in _PLAIN or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value.removeprefix("env:")):
            raise ConfigError(f"{name}: {value!r} names no variable that can be used; write the value, or env:NAME")
        return
    if value.startswith("file:"):
        return
    try:
        _CHECKS[name](value)
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None


def _mailboxes(text: str) -> None:
    for part in text.split(","):
        mailbox(part)


_CHECKS: dict[str, Callable[[str], object]] = {
    "to": _mailboxes,
    "from": mailbox,
    "smtp_url": parse_smtp_url,
    "url": parse_url,
    "secret": secret_key,
}
