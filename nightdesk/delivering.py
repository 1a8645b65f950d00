"""Deliveries for commands: what channels and links need to know of this installation, and one try of all that is due."""

from alerts.deliver import Deliverer, DeliveryOptions
from alerts.links import Seal, Window
from nightdesk.config import Config
from storage.store import Store


def delivery_options(config: Config) -> DeliveryOptions:
    """What channels need to know."""
    return DeliveryOptions(config.guard, config.environment, config.contact, config.settings.web.public_url)


async def deliver_due(store: Store, config: Config) -> None:
    """Try every delivery that is due now, once."""
    async with Deliverer(store, delivery_options(config)) as deliverer:
        await deliverer.run_due()


def window_of(store: Store, config: Config) -> Window | None:
    """What makes links into the desk; None where it is reached nowhere."""
    if config.window_url is None:
        return None
    return Window(config.window_url, Seal(bytes.fromhex(store.write_now(lambda t: t.meta.link_key()))))
