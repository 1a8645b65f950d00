"""A channel that was switched off, or is left alone because it does not work, is used again."""

from datetime import datetime

from storage.models import Channel
from storage.store import Tables


def resume(tables: Tables, channel: Channel, now: datetime) -> None:
    """Use the channel again: what waits for it goes out, and what its switching off made dead is due again.

    A letter that was given up for another reason stays dead: who mended the channel did not ask for that one.
    """
    tables.channels.resume(channel.id)
    tables.deliveries.revive(channel.id, now)
