"""Which listings of a site to watch, and why: from what was fetched to a choice a person can follow. A pure module.

The caller fetches. It asks `first_look` what the given address is: a feed or a sitemap is taken as it is. For a page it
fetches the `shortlist` of `candidates` and `from_robots`, makes a Read of each answer with `read_candidate` (for a sitemap
index the sitemaps `from_index(…, choose_children(…))` too), and asks `choose`.
"""

from dataclasses import dataclass
from typing import Literal

from crawler.candidates import (
    Candidate,
    candidates,
    from_index,
    from_robots,
    given,
    shortlist,
    sitemaps_from_robots,
)
from crawler.choice import Choice, Read, Rejected, choose
from crawler.feeds import ParsedFeed, parse_feed
from crawler.markup import prepare
from crawler.sections import read_section
from crawler.sitemaps import ParsedSitemap, parse_sitemap
from storage.errors import FeedError
from storage.models import FeedKind

__all__ = [
    "Candidate", "Choice", "FirstLook", "Read", "Rejected", "candidates", "choose", "first_look", "from_index", "from_robots",
    "given", "read_candidate", "shortlist", "sitemaps_from_robots",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What an address turned out to be."""

    kind: Literal["feed", "sitemap", "html", "other"]
    result: ParsedFeed | ParsedSitemap | None = None
    error: str = ""  # for "other": what is wrong and what to do


def first_look(body: bytes, content_type: str | None, url: str) -> FirstLook:
    """What an answer is: a feed or a sitemap, already read, also an empty one; a page; or neither, and then the remedy."""
    head = body[:1024].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    root = "" if body.startswith(b"\x1f\x8b") else prepare(body[:65_536], content_type).root
    try:
        if head.startswith(b"{") or root in ("rss", "rdf", "feed"):
            return FirstLook("feed", parse_feed(body, url, content_type=content_type))
        if body.startswith(b"\x1f\x8b") or root in ("urlset", "sitemapindex") or head[:8].lower().startswith(b"http"):
            return FirstLook("sitemap", parse_sitemap(body, url))
    except FeedError as error:
        return FirstLook("other", error=str(error))
    if root == "html" or "html" in (content_type or "").lower() or b"<html" in body[:4096].lower():
        return FirstLook("html")
    what = f"an XML document <{root}>" if root else "empty" if not body.strip() else f"{content_type or 'unknown'} data"
    return FirstLook("other", error=f"{url} is {what}; give a home page, a feed or a sitemap")


def read_candidate(candidate: Candidate, body: bytes, content_type: str | None, url: str) -> Read:
    """What the answer for a candidate lists; `url` is where redirects led. Never fails: what is wrong is in the Read."""
    if candidate.kind is FeedKind.SECTION:
        try:
            return Read(candidate, read_section(body, url))
        except FeedError as error:
            return Read(candidate, error=str(error))
    look = first_look(body, content_type, url)
    if look.result is not None:
        return Read(candidate, look.result)
    return Read(candidate, error=look.error or "It is a web page, neither a feed nor a sitemap.")
