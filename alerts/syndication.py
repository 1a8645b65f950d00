"""Articles as a feed for feed readers and other machines: RSS 2.0, Atom (RFC 4287), JSON Feed 1.1. A pure module.

What comes from the web is text here, never markup: Atom and JSON Feed say so; RSS, whose titles and descriptions most readers
take for HTML, gets it escaped once more.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from storage.instants import to_json

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0, however it is escaped
_LIKE_MARKUP = re.compile(r"<|&#?\w+;")  # what a reader of HTML would not show as it is written
_ATOM = "http://www.w3.org/2005/Atom"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One article as a feed tells it."""

    id: str  # a URN, the same in every export
    url: str  # http or https
    title: str
    summary: str
    published: datetime
    updated: datetime
    authors: tuple[str, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """A feed, its items in the order in which they are written."""

    id: str
    title: str
    description: str
    updated: datetime
    items: tuple[FeedItem, ...] = ()


def rss(feed: FeedDocument) -> str:
    """The feed as RSS 2.0. Where a channel has the address of its site, this one, which has none, has its URN."""
    root = ET.Element("rss", {"version": "2.0", "xmlns:dc": _DUBLIN_CORE})
    channel = ET.SubElement(root, "channel")
    _text(channel, "title", _plain_html(feed.title))
    _text(channel, "link", feed.id)
    _text(channel, "description", escape(feed.description, quote=False))
    _text(channel, "lastBuildDate", format_datetime(feed.updated.astimezone(UTC)))
    for each in feed.items:
        item = ET.SubElement(channel, "item")
        _text(item, "title", _plain_html(each.title))
        _text(item, "link", each.url)
        _text(item, "guid", each.id, isPermaLink="false")
        _text(item, "pubDate", format_datetime(each.published.astimezone(UTC)))
        for name in each.authors:
            _text(item, "dc:creator", name)
        _text(item, "description", escape(each.summary, quote=False))
    return _document(root)


def atom(feed: FeedDocument) -> str:
    """The feed as Atom."""
    root = ET.Element("feed", xmlns=_ATOM)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.description)
    _text(root, "id", feed.id)
    _text(root, "updated", to_json(feed.updated))
    _text(ET.SubElement(root, "author"), "name", "Nightdesk")
    for each in feed.items:
        entry = ET.SubElement(root, "entry", {"xml:lang": each.language} if each.language else {})
        _text(entry, "title", each.title)
        ET.SubElement(entry, "link", rel="alternate", href=_clean(each.url))
        _text(entry, "id", each.id)
        _text(entry, "published", to_json(each.published))
        _text(entry, "updated", to_json(each.updated))
        for name in each.authors:
            _text(ET.SubElement(entry, "author"), "name", name)
        _text(entry, "summary", each.summary)
    return _document(root)


def json_feed(feed: FeedDocument) -> str:
    """The feed as JSON Feed."""
    items = [
        {
            "id": each.id,
            "url": each.url,
            "title": each.title,
            "content_text": each.summary,
            "date_published": to_json(each.published),
            "date_modified": to_json(each.updated),
            "authors": [{"name": name} for name in each.authors],
            **({"language": each.language} if each.language else {}),
        }
        for each in feed.items
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title, "description": feed.description}
    return json.dumps({**head, "items": items}, ensure_ascii=False, indent=2)


WRITERS: dict[str, Callable[[FeedDocument], str]] = {"rss": rss, "atom": atom, "jsonfeed": json_feed}


def _plain_html(text: str) -> str:
    """A title that reads the same as text and as HTML; where that cannot be, as HTML, so that none becomes markup."""
    return escape(text, quote=False) if _LIKE_MARKUP.search(text) else text


def _text(parent: ET.Element, name: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, name, attributes).text = _clean(text)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _document(root: ET.Element) -> str:
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")
