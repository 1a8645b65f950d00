"""The structured data (JSON-LD, schema.org) that a page carries about itself. A pure module.

Publishers write it by template and by hand: with comments, raw line breaks, trailing commas, entities. What still
does not parse is left out; nothing here raises on it.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml.html import HtmlElement

from crawler.reading.texts import words

Node = dict[str, Any]

LARGEST_BLOCK = 2_000_000  # characters of one script
LARGEST_MENDED = 500_000  # characters: a larger block is read only when it is right
_LEAST_EPOCH, _MOST_EPOCH = 10**8, 10**14
LONGEST_VALUE = 20_000  # characters of one property that are read
MOST_NODES = 2_000  # entities of one page: those after are not read
ARTICLE_TYPES = frozenset(
    words(
        "article newsarticle blogposting reportagenewsarticle opinionnewsarticle analysisnewsarticle reviewnewsarticle"
        " backgroundnewsarticle asknewsarticle liveblogposting report techarticle scholarlyarticle socialmediaposting"
        " advertisercontentarticle satiricalarticle discussionforumposting"
    )
)
_MOST_TYPES, _MOST_VALUES = 20, 100
_WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage")
_OPENING = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)")
_CLOSING = re.compile(r"(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?)\s*\Z")
_WRAPPING = 100  # characters in which a wrapping stands
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


def read_nodes(tree: HtmlElement) -> list[Node]:
    """The entities that the page describes at the top of its JSON-LD blocks and graphs, in their order."""
    nodes: list[Node] = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            _collect(_load(script.text), nodes)
    return nodes


def types(node: Node) -> frozenset[str]:
    """The schema.org types of an entity, in lower case, without their namespace."""
    value = node.get("@type")
    names = value[:_MOST_TYPES] if isinstance(value, list) else [value]
    return frozenset(name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str))


def article_node(nodes: list[Node], url: str) -> Node:
    """The entity that is this page's article: the one that names the page's address, else the first; {} for none."""
    articles = [node for node in nodes if types(node) & ARTICLE_TYPES]
    path = _path(url)
    own = (node for node in articles if path and path in {_path(address) for address in _addresses(node)})
    return next(own, articles[0] if articles else {})


def resolve(value: Any, nodes: list[Node]) -> list[Any]:
    """The values of a property as a list; a bare reference `{"@id": …}` becomes the entity it names, if it is here."""
    values = value[:_MOST_VALUES] if isinstance(value, list) else [value]
    named = {each["@id"] for each in values if _is_reference(each)}
    known: dict[str, Node] = {}
    for node in nodes if named else ():
        if "name" in node and isinstance(node.get("@id"), str) and node["@id"] in named:
            known.setdefault(node["@id"], node)
    return [known.get(each["@id"], each) if _is_reference(each) else each for each in values if each is not None]


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("@id"), str) and "name" not in value


def text_of(node: Node, *keys: str) -> str | None:
    """The first of these properties that is a text with something in it."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and (start := value[:LONGEST_VALUE]).strip():
            return start
    return None


def date_of(node: Node, *keys: str) -> str | None:
    """The first of these properties that is a text, or a number such as stands for an instant: seconds or milliseconds."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, int | float) and _LEAST_EPOCH < value < _MOST_EPOCH:
            return str(int(value))
        if text := text_of(node, key):
            return text
    return None


def _load(text: str) -> Any:
    """What a block says, as it stands or mended; None for what is no JSON."""
    text = text[:LARGEST_BLOCK].strip()
    for attempt in _attempts(text):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _attempts(text: str) -> Iterator[str]:
    """A block as it stands, and mended as publishers' mistakes need it: each mending is done only where it is asked for."""
    yield text
    if len(text) > LARGEST_MENDED:
        return
    for _ in range(2):  # wrappings stand at the ends, and are looked for only there
        text = _OPENING.sub("", text[:_WRAPPING]) + text[_WRAPPING:]
        text = text[:-_WRAPPING] + _CLOSING.sub("", text[-_WRAPPING:])
        text = text.strip().rstrip(";")
    yield text
    if "," in text:
        yield _TRAILING_COMMA.sub(r"\1", text)
    if "&" in text:
        yield unescape(text)


def _collect(value: Any, nodes: list[Node]) -> None:
    waiting = [value]
    while waiting and len(nodes) < MOST_NODES:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(reversed(each[:MOST_NODES]))
        elif isinstance(each, dict):
            if "@type" in each:
                nodes.append(each)
            waiting.extend(each[key] for key in reversed(_WRAPPERS) if isinstance(each.get(key), dict | list))


def _addresses(node: Node) -> list[str]:
    page = node.get("mainEntityOfPage")
    own = page.get("@id") or page.get("url") if isinstance(page, dict) else page
    return [each for each in (node.get("url"), node.get("@id"), own) if isinstance(each, str)]


def _path(url: str) -> str:
    try:
        return urlsplit(urldefrag(url.strip()).url).path.rstrip("/")
    except ValueError:
        return ""
