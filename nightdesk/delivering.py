"""Deliveries for commands: what channels need to know of this installation, and one try of all that is due."""

from alerts.deliver import Deliverer, DeliveryOptions
from nightdesk.config import Config
from storage.store import Store


def delivery_options(config: Config) -> DeliveryOptions:
    """What channels need to know."""
    return DeliveryOptions(config.guard, config.environment, config.contact)


async def deliver_due(store: Store, config: Config) -> None:
    """Try every delivery that is due now, once."""
    async with Deliverer(store, delivery_options(config)) as deliverer:
        await deliverer.run_due()
