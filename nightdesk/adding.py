"""Adding a source: from what discovery found to rows. Shared by the command and the demo."""

from datetime import datetime
from typing import TYPE_CHECKING

from storage.models import CommentFeeds, Keep, Looks, Schedule, Source
from storage.store import Tables
from storage.urls import host_of

if TYPE_CHECKING:
    from crawler.discovery import Found


def store_source(
    tables: Tables,
    found: "Found",
    name: str,
    schedule: Schedule,
    added: datetime,
    *,
    tags: tuple[str, ...] = (),
    keep: Keep = Keep.TEXT,
    comment_feeds: CommentFeeds | None = None,
    country: str | None = None,
    looks: Looks | None = None,
) -> Source:
    """Watch what was found from now on; what is dated before `added` is old.

    No validators are kept: the first crawl must see every entry.
    """
    stored = tables.sources.add(
        Source(
            name,
            found.home_url,
            schedule,
            added,
            sites=found.sites,
            tags=tags,
            due=added,
            keep=keep,
            comment_feeds=comment_feeds,
            country=country,
            looks=looks,
        )
    )
    for feed in found.choice.feeds:
        tables.feeds.link(stored.id, feed, added)
    return stored


def suggested_name(url: str) -> str:
    """A source's name when a person gave none: its host."""
    return host_of(url).removeprefix("www.")
