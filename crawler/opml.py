"""OPML 2.0 (opml.org/spec2.opml), in which feed readers exchange their lists. A pure module."""

from collections.abc import Callable, Iterable, Sequence
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
_TYPES = {FeedKind.SITEMAP: "sitemap", FeedKind.SECTION: "section"}  # words of ours: feed readers know "rss" alone


@dataclass(frozen=True, slots=True)
class OpmlOutline:
    """One feed of a list, or a site that is given by its home page alone; the folders it lies in are its tags."""

    xml_url: str | None
    title: str = ""
    html_url: str | None = None
    tags: tuple[str, ...] = ()
    kind: FeedKind = FeedKind.RSS  # as far as the list tells: a feed of any kind, a sitemap, or a section front

    @property
    def home(self) -> str:
        """The home page, or else the feed's own address."""
        return self.html_url or self.xml_url or ""


def _nobody(_name: str, _why: str) -> None:
    """Nobody wants to know what is left out."""


def read_opml(body: bytes, leave_out: Callable[[str, str], None] = _nobody) -> tuple[OpmlOutline, ...]:
    """The feeds and sites of an OPML file in order, one for each address and name, at most 20,000; folders may be nested.

    An outline without a feed is a site if it has the address of a page, and a folder if others lie in it. `leave_out` is told
    of each that is neither: what it is called, and what is wrong. Raises FeedError, with the remedy, for what is not OPML.
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
        _collect(root, found, leave_out)
    return tuple(found.values())


def write_opml(sources: Iterable[tuple[Source, Sequence[Feed]]], created: datetime) -> str:
    """An OPML 2.0 document of the sources: an outline for each feed, which bears its source's name.

    A source of which no feed is known is a link to its home page. Tags stand in `category`, with commas between them.
    `read_opml` gives back addresses, titles, home pages and tags.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"  <head><title>Nightdesk</title><dateCreated>{format_datetime(created)}</dateCreated></head>",
        "  <body>",
    ]
    for source, feeds in sources:
        lines.extend(f"    {_outline(source, feed)}" for feed in feeds or (None,))
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _collect(root: Any, found: dict[tuple[str, str], OpmlOutline], leave_out: Callable[[str, str], None]) -> None:
    """Every outline with an address, written as a loop: a file may nest deeper than Python's stack."""
    stack: list[tuple[Any, tuple[str, ...]]] = [(root, ())]
    while stack and len(found) < MOST_OUTLINES:
        element, folders = stack.pop()
        facts = {name.lower(): value.strip() for name, value in element.attrib.items()}
        title = one_line(facts.get("title") or facts.get("text"))[:200]
        within = [child for child in element if isinstance(child.tag, str)]
        if outline := _read(facts, title, folders, alone=not any(map(_is_outline, within))):
            found.setdefault((outline.xml_url or outline.home, title), outline)
        elif _is_outline(element) and not within:
            leave_out(title or one_line(facts.get("xmlurl") or facts.get("url"))[:200], _fault(facts))
        elif title and _is_outline(element) and len(folders) < 20:
            folders = (*folders, title)
        stack.extend((child, folders) for child in reversed(within))


def _read(facts: dict[str, str], title: str, folders: tuple[str, ...], *, alone: bool) -> OpmlOutline | None:
    """What an outline of these attributes is; `alone`: no others lie in it. None: a folder, or nothing of use."""
    feed, page = absolute(_web(facts.get("xmlurl", "")), ""), absolute(facts.get("htmlurl", ""), "")
    tags = tuple(dict.fromkeys((*folders, *_categories(facts.get("category", "")))))
    if feed:
        return OpmlOutline(feed, title, page, tags, _kind(facts.get("type", ""), feed))
    if alone and not facts.get("xmlurl") and not _included(facts):
        page = page or (absolute(facts.get("url", ""), "") if facts.get("type", "").lower() == "link" else None)
        return OpmlOutline(None, title, page, tags) if page else None
    return None


def _kind(declared: str, address: str) -> FeedKind:
    """What `write_opml` calls a feed; else its address tells a sitemap."""
    if declared in _TYPES.values():
        return FeedKind(declared)
    return FeedKind.SITEMAP if "sitemap" in address.rpartition("/")[2] else FeedKind.RSS


def _included(facts: dict[str, str]) -> bool:
    """Whether it stands for another list: OPML 2.0 calls it so, or a link to a file of that name."""
    return facts.get("type", "").lower() == "include" or facts.get("url", "").lower().endswith(".opml")


def _fault(facts: dict[str, str]) -> str:
    """Why an outline is of no use."""
    if address := facts.get("xmlurl"):
        return f"its xmlUrl {one_line(address)[:200]} is no web address"
    return "it stands for another list; import that too" if _included(facts) else "it has no address"


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


def _outline(source: Source, feed: Feed | None) -> str:
    attributes = {
        "type": "link" if feed is None else _TYPES.get(feed.kind, "rss"),
        "text": source.name,
        "title": source.name,
        "xmlUrl": feed.url if feed else "",
        "url": "" if feed else source.home_url,
        "htmlUrl": source.home_url,
        "category": ",".join(tag.replace(",", " ") for tag in source.tags),
    }
    return f"<outline {' '.join(f'{name}={quoteattr(one_line(value))}' for name, value in attributes.items() if value)}/>"
