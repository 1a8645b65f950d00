"""What a page's head says, read once and shared by all readers. A pure module."""

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.reading.jsonld import Node, article_node, read_nodes
from crawler.reading.texts import one_line, unmarked

SEPARATOR = re.compile(r"\s+[-–—―|·•⋅»«›‹/:*~]{1,2}\s+|\s*[|»│ㅣ｜：]\s*|:\s+")
LONGEST_TITLE = 400  # characters


@dataclass(frozen=True, slots=True)
class Head:
    """The parts of a page that describe it, read once and shared by all readers."""

    tree: HtmlElement
    url: str
    nodes: list[Node]
    article: Node
    metas: dict[str, list[str]] = field(default_factory=dict)  # name or property, in lower case → contents

    def meta(self, *names: str) -> str | None:
        """The first content of the first of these names that has one."""
        return next((content for name in names for content in self.metas.get(name, ()) if content), None)


def read_head(tree: HtmlElement, url: str) -> Head:
    """Gather meta tags and structured data of a page fetched from `url`."""
    nodes = read_nodes(tree)
    head = Head(tree, url, nodes, article_node(nodes, url))
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        content = unmarked(element.get("content"))
        if name and content:
            head.metas.setdefault(name, []).append(content)
    return head


def leads_home(heading: HtmlElement, url: str) -> bool:
    """Whether a heading is the site's name on a page that is not the home page: it links there."""
    link = next(heading.iter("a"), None)
    address = absolute(url, link.get("href")) if link is not None else None
    return bool(address) and _is_home(address or "") and not _is_home(url)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def is_address(url: str) -> bool:
    """Whether a text can be taken apart as an address at all; `http://[` cannot, and is no reason not to read a page."""
    try:
        return bool(urlsplit(url).geturl())
    except ValueError:
        return False


def absolute(base: str, address: object) -> str | None:
    """The address, resolved against the page's own; None unless it is one for the web."""
    if not isinstance(address, str) or not address.strip() or len(address) > 4096:
        return None
    try:
        joined = urljoin(base, one_line(address).replace(" ", "%20"))
        return joined if urlsplit(joined).scheme in {"http", "https"} and urlsplit(joined).netloc else None
    except ValueError:
        return None
