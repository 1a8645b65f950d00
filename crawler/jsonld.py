"""The structured data (JSON-LD, schema.org) that a page carries about itself. A pure module.

Publishers write it by template and by hand: with comments, raw line breaks, trailing commas, entities. What still
does not parse is left out; nothing here raises on it.
"""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml.html import HtmlElement

from crawler.texts import words

Node = dict[str, Any]

LARGEST_BLOCK = 2_000_000  # characters of one script
MOST_NODES = 2_000  # entities of one page: those after are not read
ARTICLE_TYPES = frozenset(
    words(
        "article newsarticle blogposting reportagenewsarticle opinionnewsarticle analysisnewsarticle reviewnewsarticle"
        " backgroundnewsarticle asknewsarticle liveblogposting report techarticle scholarlyarticle socialmediaposting"
        " advertisercontentarticle satiricalarticle discussionforumposting"
    )
)
_WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage")
_WRAPPING = re.compile(
    r"\A\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|(?://\s*|/\*\s*)?\]\]>(?:\s*\*/)?)\s*\Z"
)
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
    names = value if isinstance(value, list) else [value]
    return frozenset(name.rsplit("/", 1)[-1].lower() for name in names if isinstance(name, str))


def article_node(nodes: list[Node], url: str) -> Node:
    """The entity that is this page's article: the one that names the page's address, else the first; {} for none."""
    articles = [node for node in nodes if types(node) & ARTICLE_TYPES]
    path = _path(url)
    own = (node for node in articles if path and path in {_path(address) for address in _addresses(node)})
    return next(own, articles[0] if articles else {})


def resolve(value: Any, nodes: list[Node]) -> list[Any]:
    """The values of a property as a list; a bare reference `{"@id": …}` becomes the entity it names, if it is here."""
    values = value if isinstance(value, list) else [value]
    found = []
    for each in values[:100]:
        known = None
        if isinstance(each, dict) and "@id" in each and "name" not in each:
            known = next((node for node in nodes if node.get("@id") == each["@id"] and "name" in node), None)
        found.append(known or each)
    return [each for each in found if each is not None]


def text_of(node: Node, *keys: str) -> str | None:
    """The first of these properties that is a text with something in it."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str) and value.strip():
            return value
    return None


def _load(text: str) -> Any:
    text = text[:LARGEST_BLOCK].strip()
    for _ in range(2):
        text = _WRAPPING.sub("", text).strip().rstrip(";")
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text), unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


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
