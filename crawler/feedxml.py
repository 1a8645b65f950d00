"""RSS and Atom markup → what each item says, as written. A pure module.

fastfeedparser reads the items. A light pass of our own over the tree notes what it loses: dates as written (both feed
libraries read `GMT+0100` with the wrong sign), xml:base, permalinks, FeedBurner's original links, XHTML titles, titles
beside those of photos. Where the two do not find the same items, feedparser reads the feed: slow, but nothing stops it.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import fastfeedparser
import feedparser
from lxml import etree

from crawler.hints import stated_hints
from crawler.markup import Markup
from storage.models import Hints

MOST_ITEMS = 50_000  # read of one feed; what stands behind them is only counted
FORGIVING_BYTES, FORGIVING_TAGS = 2_000_000, 60_000  # read by feedparser, which takes 25 µs for each tag
_ITEM = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?(?:item|entry)[\s>/]")
_XML = "{http://www.w3.org/XML/1998/namespace}"
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_PUBLISHED = ("pubDate", "pubdate", "published", "issued", "date", "created", "available")
_UPDATED = ("updated", "modified")
# Whose elements are a feed's own; others (media, podcasts) have a title and a description too, of something else.
_OURS = ("purl.org/rss/", "netscape.com", "userland.com", "2005/Atom", "purl.org/atom", "purl.org/dc/", "feedburner")


@dataclass(frozen=True, slots=True)
class Item:
    """One item as its feed wrote it: nothing is cleaned, resolved or parsed yet."""

    link: str = ""
    base: str = ""  # what its link is relative to, when the feed says so
    guid: str = ""
    permalink: bool = False  # whether the guid may be used as a link
    title: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A feed as it was written: its own facts, and its items in order."""

    items: tuple[Item, ...] = ()
    title: str = ""
    home: str = ""
    base: str = ""
    language: str = ""
    hubs: tuple[str, ...] = ()  # whom it names to tell of its news, as written
    itself: str = ""  # its own address, as written
    ttl_seconds: int | None = None
    hints: Hints = field(default_factory=Hints)
    unread: int = 0  # items that were only counted


def read_markup(markup: Markup, url: str) -> Listing:
    """The listing in RSS or Atom markup; without items when there are none. Never fails on bad markup."""
    markup, unread = _shortened(markup)
    noted = replace(_noted(markup, url), unread=unread)
    texts = _texts(markup.data) if noted.items else []
    if len(texts) == len(noted.items):
        items = tuple(_joined(note, text) for note, text in zip(noted.items, texts, strict=True))
        return replace(noted, items=items)
    return _forgiving(markup, url, noted)


def _shortened(markup: Markup) -> tuple[Markup, int]:
    """The markup up to its item number 50,000, and how many items follow: a tree of millions would fill the memory."""
    starts = [found.start() for found in _ITEM.finditer(markup.data)]
    if len(starts) <= MOST_ITEMS:
        return markup, 0
    return replace(markup, data=markup.data[: starts[MOST_ITEMS]]), len(starts) - MOST_ITEMS


def _noted(markup: Markup, url: str) -> Listing:
    """What the tree itself says; recovered as far as it goes when the markup is broken."""
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(markup.data, parser, base_url=url)
    if root is None:
        return Listing()
    name = "entry" if markup.root == "feed" else "item"
    elements = [element for element in root.iter(f"{{*}}{name}") if _name(element.getparent()) != name]
    head = root if markup.root == "feed" else next(root.iter("{*}channel"), root)
    return replace(_head(head, url), items=tuple(_note(element, url) for element in elements))


def _head(channel: Any, url: str) -> Listing:
    facts: dict[str, str] = {}
    home = itself = ""
    hubs: list[str] = []
    skipped: dict[str, list[str]] = {"skipHours": [], "skipDays": []}
    for child in _elements(channel):
        name = _name(child)
        if name == "link" and child.get("rel") == "hub":
            hubs.append(child.get("href", ""))
        elif name == "link" and child.get("rel") == "self":
            itself = itself or child.get("href", "")
        elif name == "link" and child.get("rel", "alternate") == "alternate":
            home = home or (child.text or "").strip() or child.get("href", "")
        elif name in ("title", "language", "ttl", "updatePeriod", "updateFrequency"):
            facts.setdefault(name, _content(child))
        elif name in skipped:
            skipped[name] += [_content(each) for each in islice(_elements(child), 24)]
    return Listing(
        title=facts.get("title", ""),
        home=home,
        base=_stated_base(channel, url),
        language=facts.get("language", "") or channel.get(f"{_XML}lang", "") or "",
        hubs=tuple(hubs),
        itself=itself,
        ttl_seconds=_ttl(facts),
        hints=stated_hints(facts.get("ttl", ""), skipped["skipHours"], skipped["skipDays"]),
    )


def _note(element: Any, url: str) -> Item:
    """One item's own facts. Atom's `id` and RSS's `guid` are one; of several links the alternate one counts."""
    facts: dict[str, str] = {}
    authors: list[str] = []
    for child in _own_elements(element):
        name = _name(child)
        if name == "link":
            _note_link(child, facts)
        elif name in ("author", "creator"):
            person = next((each for each in _elements(child) if _name(each) == "name"), child)
            authors.append(_content(person))
        elif not facts.get(name):
            facts[name] = _content(child).strip()
            if name == "guid":
                facts["permalink"] = child.get("isPermaLink", "true").strip().lower()
    return Item(
        link=facts.get("origLink") or facts.get("link", ""),
        base=_stated_base(element, url),
        guid=facts.get("guid") or facts.get("id", ""),
        permalink=facts.get("permalink", "true") == "true",
        title=facts.get("title", ""),
        summary=facts.get("description") or facts.get("summary", ""),
        authors=tuple(filter(None, authors)),
        published=next((facts[name] for name in _PUBLISHED if facts.get(name)), ""),
        updated=next((facts[name] for name in _UPDATED if facts.get(name)), ""),
    )


def _note_link(child: Any, facts: dict[str, str]) -> None:
    href = child.get("href")
    if href is None and child.get("rel") in (None, "alternate"):
        facts.update(link=(child.text or "").strip() or facts.get("link", ""), linktype="text/html")
    elif (
        href
        and child.get("rel", "alternate") == "alternate"
        and ("link" not in facts or (child.get("type") == "text/html" and facts.get("linktype") != "text/html"))
    ):
        facts.update(link=href, linktype=child.get("type", ""))


def _texts(data: bytes) -> list[dict[str, Any]]:
    """The items as fastfeedparser reads them; none where it gives up."""
    try:
        feed = fastfeedparser.parse(
            data, include_content=False, include_tags=False, include_media=False, include_enclosures=False
        )
    except Exception:  # noqa: BLE001  whatever a young library trips over, the fallback reads
        return []
    return list(feed.get("entries") or ())


def _joined(note: Item, text: dict[str, Any]) -> Item:
    """One item of both readings: the library's words, our facts."""
    authors = tuple(each["name"] for each in text.get("authors") or () if each.get("name"))
    return replace(
        note,
        title=note.title or str(text.get("title") or ""),
        summary=note.summary or str(text.get("description") or ""),
        authors=note.authors if len(note.authors) > len(authors) else authors,
    )


def _forgiving(markup: Markup, url: str, noted: Listing) -> Listing:
    """The listing as feedparser reads it, of the first two megabytes at most."""
    tags = islice(re.finditer(b"<", markup.data[:FORGIVING_BYTES]), FORGIVING_TAGS, None)
    end = next((found.start() for found in tags), FORGIVING_BYTES)
    head, rest = markup.data[:end], markup.data[end:]
    answer = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    # A stream, for it would open bytes that are a file's name.
    feed = feedparser.parse(io.BytesIO(head), response_headers=answer, sanitize_html=False, resolve_relative_uris=False)
    entries = [entry for entry in feed.entries if entry]
    if len(entries) < len(noted.items):
        return noted
    items = [_of_entry(entry) for entry in entries]
    if len(items) == len(noted.items):  # the library makes identifiers into addresses
        items = [replace(item, guid=note.guid) for item, note in zip(items, noted.items, strict=True)]
    return replace(noted, items=tuple(items), unread=noted.unread + sum(1 for _ in _ITEM.finditer(rest)))


def _of_entry(entry: dict[str, Any]) -> Item:
    """An item of feedparser's. Read as a plain dictionary: its own `get` guesses one date from another."""

    def said(*names: str) -> str:
        return next((str(value) for name in names if (value := dict.get(entry, name))), "")

    return Item(
        link=said("feedburner_origlink", "link"),
        guid=said("id"),
        permalink=bool(dict.get(entry, "guidislink", True)),
        title=said("title"),
        summary=said("summary"),
        authors=tuple(name for each in dict.get(entry, "authors") or () if (name := each.get("name"))),
        published=said("published", "created") or (said("updated") if not said("published") else ""),
        updated=said("updated"),
    )


def _elements(parent: Any) -> Iterator[Any]:
    return (child for child in parent if isinstance(child.tag, str))


def _own_elements(parent: Any) -> Iterator[Any]:
    """The children whose words are about the item itself."""
    own = _namespace(parent)
    return (child for child in _elements(parent) if (space := _namespace(child)) == own or any(each in space for each in _OURS))


def _name(element: Any) -> str:
    return "" if element is None else str(element.tag).rpartition("}")[2]


def _namespace(element: Any) -> str:
    return str(element.tag).rpartition("}")[0][1:]


def _content(element: Any) -> str:
    """An element's text, that of its children included."""
    return "".join(element.itertext()) if len(element) else element.text or ""


def _stated_base(element: Any, url: str) -> str:
    """What xml:base says for an element, "" when nothing does."""
    base = element.base
    return base if base and base != url else ""


def _ttl(facts: dict[str, str]) -> int | None:
    """Seconds between two readings as the feed wishes: RSS's ttl (minutes), or the syndication module's period."""
    ttl = facts.get("ttl", "").strip()
    if ttl.isdecimal() and 0 < len(ttl) < 7 and int(ttl):
        return int(ttl) * 60
    period = _PERIODS.get(facts.get("updatePeriod", "").strip().lower())
    frequency = facts.get("updateFrequency", "1").strip()
    if period and frequency.isdecimal() and 0 < len(frequency) < 5 and int(frequency):
        return period // int(frequency)
    return None
