"""Bytes of a feed → its entries: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0, JSON Feed. A pure module."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from crawler.feedxml import Item, Listing, read_markup
from crawler.jsonfeed import read_json
from crawler.markup import decode, prepare
from crawler.reading.instants import parse_instant
from crawler.reading.texts import one_line, unmarked
from crawler.weblinks import Named
from storage.errors import FeedError
from storage.models import Entry, FeedKind, Hints
from storage.urls import absolute, key_of

MOST_BYTES = 20 * 1024 * 1024
MOST_MARKS = 2_000_000  # "<" and "&": the fullest feeds of that length have a third, and each costs memory
MOST_ENTRIES = 2_000
_TITLE, _SUMMARY, _GUID = 1_000, 2_000, 1_000  # characters kept
_KINDS = {"rss": FeedKind.RSS, "rdf": FeedKind.RSS, "feed": FeedKind.ATOM}
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|big|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]{0,400})?/?>", re.IGNORECASE
)
_TAG = re.compile(r"<[/a-zA-Z!][^<>]{0,400}>")
_MAILBOX = re.compile(r"\S+@\S+\s*\(([^()]{1,200})\)\s*\Z")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed that was read. An empty `entries` is a valid feed without items yet."""

    kind: FeedKind
    title: str
    home_url: str | None
    language: str | None
    entries: tuple[Entry, ...]
    ttl_seconds: int | None  # how long the feed asks not to be read again
    hints: Hints  # what it says itself of how often to read it
    named: Named  # its WebSub hubs, and what they know it by
    dropped: int  # items that are not in `entries`: beyond the 2,000 newest, or without a usable address


def parse_feed(body: bytes, url: str, *, content_type: str | None = None) -> ParsedFeed:
    """The feed in `body`, which was fetched from `url`: at most 2,000 entries, one for each address.

    Addresses are absolute; titles and summaries are plain text on one line; dates are aware, in UTC, and None when
    unreadable. An entry without a date of publication takes that of its update (RFC 4287 requires only this one).
    Raises FeedError, with the remedy, for what is not a feed or is longer than 20 MiB.
    """
    if len(body) > MOST_BYTES:
        raise FeedError(f"{url} is too long: {len(body)} bytes, and {MOST_BYTES} are the most; give a feed with fewer items")
    if body.count(b"<") + body.count(b"&") > MOST_MARKS:
        raise FeedError(f"{url} is no feed we read: more than {MOST_MARKS} tags and entities; give a feed with fewer items")
    if not body.strip():
        raise FeedError(f"{url} is empty, not a feed; look at it in a browser, and give the feed's own address")
    if body.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1] == b"{":
        listing = read_json(decode(body, content_type))
        if listing is None:
            raise FeedError(f"{url} is JSON, but no JSON Feed (jsonfeed.org); give the address of a feed")
        return _parsed(FeedKind.JSON, listing, url)
    markup = prepare(body, content_type)
    kind = _KINDS.get(markup.root)
    if kind is None:
        raise FeedError(f"{url} is not a feed but {_what(markup.root)}")
    return _parsed(kind, read_markup(markup, url), url)


def _what(root: str) -> str:
    if root == "html":
        return "a web page; give its address to `nightdesk source add`, which looks for the feeds of a page"
    if root in ("urlset", "sitemapindex"):
        return "a sitemap; `nightdesk source add` takes its address as it is"
    if root == "opml":
        return "a list of feeds (OPML); use `nightdesk source import`"
    if root:
        return f"an XML document <{root}>; give the address of an RSS, Atom or JSON Feed"
    return "something without any markup; give the address of an RSS, Atom or JSON Feed"


def _parsed(kind: FeedKind, listing: Listing, url: str) -> ParsedFeed:
    home = absolute(listing.home, listing.base or url)
    # RSS says nowhere what a relative link is relative to; where feeds are served by another host, its home page is.
    base = home if home and kind is not FeedKind.ATOM else url
    entries, dropped = _entries(listing.items, base)
    return ParsedFeed(
        kind=kind,
        title=headline(listing.title),
        home_url=home,
        language=one_line(listing.language)[:35].replace("_", "-").lower() or None,
        entries=entries,
        ttl_seconds=listing.ttl_seconds,
        hints=listing.hints,
        named=Named(tuple(filter(None, (absolute(each, url) for each in listing.hubs))), absolute(listing.itself, url) or ""),
        dropped=dropped + listing.unread,
    )


def headline(markup: str) -> str:
    """A title on one line of plain text; markup inside a word does not break it, also when it was escaped twice."""
    plain = _TAG.sub(" ", _INLINE.sub("", markup[: 4 * _TITLE]))
    return one_line(_INLINE.sub("", unescape(plain)))[:_TITLE]


def newest_first(dates: Sequence[datetime | None]) -> list[int]:
    """The positions of dated things, the newest first; an undated one stays beside the one before it."""
    last = next(filter(None, dates), None)
    if last is None:
        return list(range(len(dates)))
    carried = [last := date or last for date in dates]
    return sorted(range(len(dates)), key=carried.__getitem__, reverse=True)


def _entries(items: Sequence[Item], base: str) -> tuple[tuple[Entry, ...], int]:
    """The entries of the items, one for each page, and how many items were left out."""
    if len(items) > MOST_ENTRIES:
        dates = [_instant(item.published or item.updated) for item in items]
        items = [items[position] for position in newest_first(dates)]
    found: dict[str, Entry] = {}
    dropped = 0
    for position, item in enumerate(items):
        if len(found) == MOST_ENTRIES:
            return tuple(found.values()), dropped + len(items) - position
        link = _link(item, base)
        key = key_of(link) if link else None
        if link is None or key is None:
            dropped += 1
        elif key not in found:
            found[key] = _entry(item, link)
    return tuple(found.values()), dropped


def _link(item: Item, base: str) -> str | None:
    """The address of an item: its link, else a guid that is a permalink."""
    link = absolute(item.link, item.base or base) or absolute(item.link, base)
    if link is None and item.permalink and item.guid.lower().startswith(("http://", "https://")):
        return absolute(item.guid, base)
    return link


def _entry(item: Item, link: str) -> Entry:
    updated, published = _read(item.updated), _read(item.published)
    dated = published or updated
    return Entry(
        url=link,
        title=headline(item.title),
        published=dated[0] if dated else None,
        guid=one_line(item.guid)[:_GUID],
        summary=unmarked(item.summary[: 10 * _SUMMARY])[:_SUMMARY],
        authors=tuple(filter(None, (_author(name) for name in item.authors[:20]))),
        updated=updated[0] if updated else None,
        assumed=dated is not None and not dated[1],
    )


def _author(text: str) -> str:
    """A person's name; RSS 2.0 writes `mail@example.com (Name)`, and a mail address alone is no name."""
    text = unmarked(text[:400])
    mailbox = _MAILBOX.match(text)
    name = mailbox[1].strip() if mailbox else text
    return "" if "@" in name and " " not in name else name


def _instant(text: str) -> datetime | None:
    read = _read(text)
    return read[0] if read else None


def _read(text: str) -> tuple[datetime, bool] | None:
    """The instant, and whether it named its zone."""
    return parse_instant(text) if text else None
