"""From a channel to its way out."""

from collections.abc import Mapping

from alerts.channels.apprise import AppriseTransport
from alerts.channels.base import Transport
from alerts.channels.email import EmailTransport
from alerts.channels.log import LogTransport
from alerts.channels.webhook import WebhookTransport
from storage.addresses import AddressGuard
from storage.clock import Clock
from storage.models import Channel, ChannelKind


def open_channel(
    channel: Channel, *, guard: AddressGuard, clock: Clock, environment: Mapping[str, str], contact: str
) -> Transport:
    """The way out for a channel. Opens no connection and raises nothing: what is wrong shows when a message is sent.

    `guard` holds for webhooks and Apprise, not for mail: its server is chosen by who runs Nightdesk and usually private.
    `environment` answers `env:NAME`; `contact` stands in the User-Agent.
    """
    match channel.kind:
        case ChannelKind.EMAIL:
            return EmailTransport(channel, environment=environment)
        case ChannelKind.WEBHOOK:
            return WebhookTransport(channel, guard=guard, clock=clock, environment=environment, contact=contact)
        case ChannelKind.APPRISE:
            return AppriseTransport(channel, guard=guard, environment=environment)
        case ChannelKind.LOG:
            return LogTransport()
