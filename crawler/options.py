"""What can be set about crawling, as values: from the configuration, or from the environment for Scrapy's own commands."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from importlib import metadata

from storage.addresses import AddressGuard, parse_networks
from storage.models import CommentFeeds, Lateness, Looks, Source
from storage.store import Tables
from storage.traps import PAGES_PER_DAY


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that has ended, for whoever says when the next one is."""

    source: Source  # as it was before
    started: datetime
    now: datetime
    streak: int  # failures in a row, this one included
    read: bool  # whether any feed was read, or had not changed
    dates: tuple[tuple[datetime | None, ...], ...] = ()  # by feed, of the articles that were not known
    pushed: bool = False  # it was of the feeds alone whose hubs told of news


def _unchanged(tables: Tables, visited: Visited) -> datetime | None:
    del tables
    return visited.source.due


def _on_time(source: Source, due: datetime, began: datetime, slack: float) -> Lateness:
    del source, due, began, slack
    return Lateness()


@dataclass(frozen=True, slots=True)
class CrawlOptions:
    """How to crawl. Seconds of `delay` are the calendar's; those of time limits are real."""

    contact: str = ""  # a mail address or a page, told to every server in the User-Agent
    delay: float = 1.0  # seconds between an answer and the next request to the same host
    guard: AddressGuard = field(default_factory=AddressGuard)
    workers: int = 2  # processes that read pages
    page_seconds: float = 20.0  # for reading one page, then its process is killed
    download_seconds: float = 30.0
    visit_seconds: float = 600.0  # for the listings of one visit; what was not read by then is left to the next
    download_bytes: int = 10 * 1024 * 1024
    concurrency: int = 32  # hosts fetched from at the same time
    pages_per_day: int = PAGES_PER_DAY  # new pages of a source that does not say
    reader: str | None = None  # the version of Nightdesk that reads, noted beside what it read
    comment_feeds: CommentFeeds = CommentFeeds.WORDPRESS  # which to follow, where a source does not say
    looks: Looks = Looks.THREE  # how often a known article is looked at again, where a source does not say
    second_route: float | None = None  # seconds between looks at what the watched feeds leave out; None: never
    backup: float | None = None  # seconds between polls of a feed whose hub tells us of news; None: hubs cannot reach us
    # When a source is due after a visit, told in the transaction in which that ends. The clock's business.
    reschedule: Callable[[Tables, Visited], datetime | None] = _unchanged
    # How late a visit begins: (source, its due time, now, seconds that are never late). The clock's business, too.
    lateness: Callable[[Source, datetime, datetime, float], Lateness] = _on_time

    @property
    def user_agent(self) -> str:
        """Who asks, and whom to write to about it (RFC 9110, 10.1.5)."""
        return f"Nightdesk/0.1 (news monitor; +{self.contact})" if self.contact else "Nightdesk/0.1 (news monitor)"


def options_from_environment(environment: Mapping[str, str] = os.environ) -> CrawlOptions:
    """The options of Scrapy's own commands: NIGHTDESK_CONTACT and NIGHTDESK_ALLOW_NETWORKS, else the defaults."""
    return CrawlOptions(
        reader=metadata.version("nightdesk"),
        contact=environment.get("NIGHTDESK_CONTACT", ""),
        guard=parse_networks(environment.get("NIGHTDESK_ALLOW_NETWORKS", "").split(",")),
    )
