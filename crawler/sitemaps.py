"""Bytes of a sitemap → its entries or its children (sitemaps.org 0.9, Google's news extension). A pure module."""

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Literal
from urllib.parse import urlsplit

from lxml import etree

from crawler.feeds import MOST_MARKS, headline
from crawler.markup import Markup, decode, prepare
from crawler.reading.instants import parse_instant
from storage.errors import FeedError
from storage.models import Entry
from storage.urls import absolute

MOST_BYTES = 50 * 1024 * 1024  # unpacked; the protocol's own limit, as is the next
MOST_URLS = 50_000
_BOTH_ENDS = 3  # children that are read, before one of them may be a guess
_NEWS = "sitemap-news/"  # in the namespace, whatever its version
_NEWS_NAME = re.compile(r"(?:\A|[^a-z])(?:google)?news(?:[^a-z]|sitemap|\Z)")
# What lists pages that are no articles, in the words of the usual publishing systems.
_OTHER_NAME = re.compile(
    r"(?:\A|[^a-z])(?:categor(?:y|ies)|tags?|topics?|authors?|users?|pages?|images?|videos?|products?|sections?|taxonom|static)"
)
_DATED_NAME = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])?[-_/]?(0[1-9]|[12]\d|3[01])?(?!\d)")
_NUMBER = re.compile(r"(\d{1,9})\D*\Z")


@dataclass(frozen=True, slots=True)
class ChildSitemap:
    """One sitemap that an index names."""

    url: str
    lastmod: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedSitemap:
    """A sitemap that was read: an index has children, a urlset has entries."""

    kind: Literal["index", "urlset"]
    entries: tuple[Entry, ...] = ()
    children: tuple[ChildSitemap, ...] = ()
    is_news: bool = False
    dropped: int = 0  # addresses beyond the first 50,000, and unusable ones


def parse_sitemap(body: bytes, url: str) -> ParsedSitemap:
    """The sitemap in `body`, which was fetched from `url`: XML or plain text, gzipped or not.

    An entry's `published` is its news:publication_date, its `updated` is its lastmod, both aware in UTC.
    Raises FeedError, with the remedy, for what is no sitemap, or is longer than 50 MiB once it is unpacked.
    """
    body = _unpacked(body, url)
    if len(body) > MOST_BYTES or body.count(b"<") + body.count(b"&") > MOST_MARKS:
        raise FeedError(f"{url} is too long for a sitemap ({len(body)} bytes); give one of its parts")
    markup = prepare(body)
    if markup.root == "urlset":
        return _urlset(markup, url)
    if markup.root == "sitemapindex":
        return _index(markup, url)
    if not markup.root:
        return _plain(decode(body), url)
    if markup.root in ("rss", "feed", "rdf"):
        raise FeedError(f"{url} is a feed, not a sitemap; `nightdesk source add` takes its address as it is")
    what = "a web page" if markup.root == "html" else f"an XML document <{markup.root}>"
    raise FeedError(f"{url} is not a sitemap but {what}; give the address of a sitemap")


def choose_children(sitemap: ParsedSitemap, limit: int) -> list[str]:
    """Which children of an index to read, at most `limit`: news first, then what changed last, lists of tags last.

    Where nothing but numbers, or their order, tells which is newest, one of three and more is the one at the other end: most
    systems count up, some keep the newest first.
    """
    ranked = sorted({child.url: child for child in sitemap.children}.values(), key=_freshness, reverse=True)
    chosen: list[ChildSitemap] = []
    for _, same in groupby(ranked, key=lambda child: _freshness(child)[0]):
        group, room = list(same), max(0, limit - len(chosen))
        if _BOTH_ENDS <= room < len(group) and not any(child.lastmod or _freshness(child)[2] for child in group):
            group = [*group[: room - 1], group[-1]]
        chosen += group[:room]
    return [child.url for child in chosen]


def _freshness(child: ChildSitemap) -> tuple[int, datetime, str, int]:
    """A later child sorts higher. Names tell where dates are missing: `2024-05`, and `post-sitemap12` after `2`."""
    path = urlsplit(child.url).path.lower()
    name = path.rpartition("/")[2] or path
    worth = 2 if _NEWS_NAME.search(path) else 0 if _OTHER_NAME.search(name) else 1
    dated = _DATED_NAME.search(path)
    number = _NUMBER.search(name)
    return (
        worth,
        child.lastmod or datetime.min.replace(tzinfo=UTC),
        "".join(part or "" for part in dated.groups()) if dated else "",
        int(number[1]) if number else 0,
    )


def _unpacked(body: bytes, url: str) -> bytes:
    """The body, unpacked when it is gzipped: never more than a little beyond the limit."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        unpacked = unpacker.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        unpacked = b""
    if not unpacked:
        raise FeedError(f"{url} is damaged, or empty: it cannot be unpacked; look at it again later")
    return unpacked


def _urlset(markup: Markup, url: str) -> ParsedSitemap:
    found: dict[str, Entry] = {}
    dropped, is_news = 0, False
    for element in _records(markup, "url"):
        facts = _facts(element)
        is_news = is_news or "news" in facts
        address = absolute(facts.get("loc", ""), url)
        if address is None or (len(found) >= MOST_URLS and address not in found):
            dropped += 1
        else:
            found.setdefault(address, _entry(address, facts))
    if not found:
        is_news = _NEWS.encode() in markup.data[:2_000]
    return ParsedSitemap("urlset", entries=tuple(found.values()), is_news=is_news, dropped=dropped)


def _entry(address: str, facts: dict[str, str]) -> Entry:
    stated = facts.get("publication_date", "")
    dated = parse_instant(stated) if stated else None
    return Entry(
        url=address,
        title=headline(facts.get("title", "")),
        published=dated[0] if dated else None,
        assumed=dated is not None and not dated[1],
        updated=_instant(facts.get("lastmod", "")),
    )


def _index(markup: Markup, url: str) -> ParsedSitemap:
    children: dict[str, ChildSitemap] = {}
    dropped = 0
    for element in _records(markup, "sitemap"):
        facts = _facts(element)
        address = absolute(facts.get("loc", ""), url)
        if address is None or address == url or len(children) >= MOST_URLS:
            dropped += 1
        else:
            children.setdefault(address, ChildSitemap(address, _instant(facts.get("lastmod", ""))))
    return ParsedSitemap("index", children=tuple(children.values()), dropped=dropped)


def _plain(text: str, url: str) -> ParsedSitemap:
    """A sitemap in plain text: one address a line (sitemaps.org, "Text file")."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not all(line.lower().startswith(("http://", "https://")) for line in lines[:20]):
        raise FeedError(f"{url} is not a sitemap; give the address of an XML sitemap, or of a list of addresses")
    stated = (line for line in lines[:MOST_URLS] if line.lower().startswith(("http://", "https://")))
    addresses = dict.fromkeys(filter(None, (absolute(line, url) for line in stated)))
    entries = tuple(Entry(url=address) for address in addresses)
    return ParsedSitemap("urlset", entries=entries, dropped=len(lines) - len(entries))


def _records(markup: Markup, name: str) -> Iterator[Any]:
    """The elements with this name, one at a time: each is emptied when the next one is asked for."""
    context = etree.iterparse(
        io.BytesIO(markup.data),
        events=("end",),
        tag=f"{{*}}{name}",
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in context:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _facts(element: Any) -> dict[str, str]:
    """The texts of a record by local name; those of the news extension included, those of images and videos not."""
    facts: dict[str, str] = {}
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name == "news" and _NEWS in str(child.tag):
            facts["news"] = ""
            for part in child:
                facts.setdefault(str(part.tag).rpartition("}")[2], (part.text or "").strip())
        elif name in ("loc", "lastmod") and len(child) == 0:
            facts.setdefault(name, (child.text or "").strip())
    return facts


def _instant(text: str) -> datetime | None:
    read = parse_instant(text) if text else None
    return read[0] if read else None
