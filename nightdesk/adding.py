"""Adding a source: from what discovery found to rows. Shared by the command and the demo."""

from datetime import datetime

from crawler.discovery import Found
from storage.models import Schedule, Source
from storage.store import Tables


def store_source(
    tables: Tables, found: Found, name: str, schedule: Schedule, added: datetime, *, tags: tuple[str, ...] = ()
) -> Source:
    """Watch what was found from now on; what is dated before `added` is old.

    No validators are kept: the first crawl must see every entry.
    """
    stored = tables.sources.add(Source(name, found.home_url, schedule, added, sites=found.sites, tags=tags, due=added))
    for feed in found.choice.feeds:
        tables.feeds.link(stored.id, feed, added)
    return stored
