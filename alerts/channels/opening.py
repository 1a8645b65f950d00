"""From a channel to its way out."""

from collections.abc import Mapping

from alerts.channels.base import Transport
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
    match channel.kind:  # what sends is loaded when something is sent: most commands send nothing
        case ChannelKind.EMAIL:
            from alerts.channels.email import EmailTransport  # noqa: PLC0415

            return EmailTransport(channel, environment=environment)
        case ChannelKind.WEBHOOK:
            from alerts.channels.webhook import WebhookTransport  # noqa: PLC0415

            return WebhookTransport(channel, guard=guard, clock=clock, environment=environment, contact=contact)
        case ChannelKind.APPRISE:
            from alerts.channels.apprise import AppriseTransport  # noqa: PLC0415

            return AppriseTransport(channel, guard=guard, environment=environment)
        case ChannelKind.LOG:
            from alerts.channels.log import LogTransport  # noqa: PLC0415

            return LogTransport()
