"""Which hosts ask for longer pauses than they are given. Loads no Scrapy: it is for who tells of it."""

from collections.abc import Collection

from crawler.robots import LONGEST_DELAY, ROBOTS_NAME, Rules
from storage.store import Tables


def cut_delays(tables: Tables, hosts: Collection[str] | None = None) -> list[tuple[str, float]]:
    """The hosts (of these; None: of all) that ask for a longer Crawl-delay than is kept, and for how many seconds."""
    slow = tables.hosts.slowest(LONGEST_DELAY, hosts)
    asked = [(host, Rules.read(robots.text, ROBOTS_NAME).asked or 0.0) for host, robots in slow]
    return [(host, seconds) for host, seconds in asked if seconds > LONGEST_DELAY]
