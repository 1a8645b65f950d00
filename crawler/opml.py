"""OPML 2.0 (opml.org/spec2.opml), in which feed readers exchange their lists. A pure module."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from lxml import etree

from crawler.feeds import MOST_MARKS
from crawler.markup import prepare
from crawler.reading.texts import one_line
from storage.errors import FeedError
from storage.models import Feed, FeedKind, Source
from storage.urls import absolute

MOST_BYTES = 20 * 1024 * 1024
MOST_OUTLINES = 20_000


@dataclass(frozen=True, slots=True)
class OpmlOutline:
    """One feed of a list: the folders it lies in are its tags."""

    xml_url: str
    title: str = ""
    html_url: str | None = None
    tags: tuple[str, ...] = ()


def read_opml(body: bytes) -> tuple[OpmlOutline, ...]:
    """The feeds of an OPML file in order, one for each address and name, at most 20,000; folders may be nested.

    Outlines without a usable xmlUrl are folders. Raises FeedError, with the remedy, for what is not OPML.
    """
    if len(body) > MOST_BYTES or body.count(b"<") + body.count(b"&") > MOST_MARKS:
        raise FeedError("the OPML file is too long; split it")
    markup = prepare(body)
    if markup.root != "opml":
        raise FeedError("the file is not OPML: it does not begin with <opml>; export the list again from the feed reader")
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(markup.data, parser)
    found: dict[tuple[str, str], OpmlOutline] = {}
    if root is not None:
        _collect(root, found)
    return tuple(found.values())


def write_opml(sources: Iterable[tuple[Source, Sequence[Feed]]], created: datetime) -> str:
    """An OPML 2.0 document of the sources: an outline for each feed, which bears its source's name.

    Tags stand in `category`, with commas between them. `read_opml` gives back addresses, titles, home pages and tags.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>Nightdesk</title><dateCreated>{format_datetime(created)}</dateCreated></head>",
        "  <body>",
    ]
    for source, feeds in sources:
        lines.extend(f"    {_outline(source, feed)}" for feed in feeds)
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _collect(root: Any, found: dict[tuple[str, str], OpmlOutline]) -> None:
    """Every outline with an address, written as a loop: a file may nest deeper than Python's stack."""
    stack: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while stack and len(found) < MOST_OUTLINES:
        element, folders = stack.pop()
        facts = {name.lower(): value for name, value in element.attrib.items()}
        title = one_line(facts.get("title") or facts.get("text"))[:200]
        address = absolute(_web(facts.get("xmlurl", "")), "")
        if address:
            tags = dict.fromkeys((*folders, *_categories(facts.get("category", ""))))
            outline = OpmlOutline(address, title, absolute(facts.get("htmlurl", ""), ""), tuple(tags))
            found.setdefault((address, title), outline)
        elif title and _is_outline(element) and len(folders) < 20:
            folders = (*folders, title)
        stack.extend((child, folders) for child in reversed(element) if isinstance(child.tag, str))


def _categories(text: str) -> list[str]:
    """The tags in a `category` attribute: comma-separated, each perhaps a path, `/news/europe`."""
    return [tag for part in text.split(",") if (tag := one_line(part).strip("/"))][:20]


def _web(address: str) -> str:
    """The address without the scheme that some readers put in its place or before it: `feed://…`, `feed:https://…`."""
    address = address.strip()
    if not address.lower().startswith("feed:"):
        return address
    rest = address[5:]
    return f"http:{rest}" if rest.startswith("//") else rest


def _is_outline(element: Any) -> bool:
    return str(element.tag).rpartition("}")[2].lower() == "outline"


def _outline(source: Source, feed: Feed) -> str:
    attributes = {
        "type": "rss" if feed.kind in (FeedKind.RSS, FeedKind.ATOM, FeedKind.JSON) else str(feed.kind),
        "text": source.name,
        "title": source.name,
        "xmlUrl": feed.url,
        "htmlUrl": source.home_url,
        "category": ",".join(tag.replace(",", " ") for tag in source.tags),
    }
    return f"<outline {' '.join(f'{name}={quoteattr(one_line(value))}' for name, value in attributes.items() if value)}/>"
