"""What a page's head says, read once, and its headline. A pure module."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.jsonld import Node, article_node, read_nodes, text_of
from crawler.texts import glimpse, one_line, unmarked

SEPARATOR = re.compile(r"\s+[-–—―|·•»«/:]{1,2}\s+|\s*[|»]\s*|:\s+")
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


def folded(text: str) -> str:
    """The letters and digits of a text in one case: for comparing names, never for showing them."""
    return re.sub(r"[\W_]+", "", text.casefold())


def read_title(head: Head, site: str | None) -> str | None:
    """The headline without the site's name: what most of JSON-LD, og:title, heading and `<title>` agree on."""
    headings = _headings(head, site)
    element = next(head.tree.iter("title"), None)
    page = one_line(element.text_content()[: 4 * LONGEST_TITLE])[:LONGEST_TITLE] if element is not None else ""
    shared = head.meta("og:title", "twitter:title", "dc.title", "sailthru.title", "parsely-title") or ""
    headline = unmarked(text_of(head.article, "headline"))
    ballots = [(headline, 2.0), (shared, 1.5), (headings[0] if headings else "", 1.0), (page, 0.3)]
    votes: dict[str, float] = {}
    spelt: dict[str, str] = {}
    for title, weight in ballots:
        stripped = without_site(title[:LONGEST_TITLE], site, head.url, headings)
        if folded(stripped):
            votes[folded(stripped)] = votes.get(folded(stripped), 0.0) + weight
            spelt.setdefault(folded(stripped), stripped)
    return spelt[max(votes, key=votes.__getitem__)] if votes else None


def _headings(head: Head, site: str | None) -> list[str]:
    """The first-level headings that may be the article's: not those that name the site or lead to its home page."""
    elements = [each for each in list(head.tree.iter("h1"))[:10] if not leads_home(each, head.url)]
    texts = [text for element in elements if 3 < len(text := glimpse(element, LONGEST_TITLE + 1)) < LONGEST_TITLE]
    return [text for text in texts if not (site and folded(text) == folded(site))]


def leads_home(heading: HtmlElement, url: str) -> bool:
    """Whether a heading is the site's name on a page that is not the home page: it links there."""
    link = next(heading.iter("a"), None)
    address = absolute(url, link.get("href")) if link is not None else None
    return bool(address) and _is_home(address or "") and not _is_home(url)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def without_site(title: str, site: str | None, url: str, known: Sequence[str] = ()) -> str:
    """The title without the name of its site or domain before or after a separator.

    A part is taken off when it is the site's name or a form of it; the end also when one of the `known` titles stays.
    """
    headlines = {folded(each) for each in known}
    for _ in range(3):
        cuts = [found.span() for found in SEPARATOR.finditer(title)][:16]
        if not cuts or folded(title) in headlines:
            break
        shorter = next((title[:at] for at, _ in cuts if folded(title[:at]) in headlines), None)
        shorter = shorter or (title[: cuts[-1][0]] if _names_site(title[cuts[-1][1] :], site, url) else None)
        shorter = shorter or (title[cuts[0][1] :] if _names_site(title[: cuts[0][0]], site, url) else None)
        if not shorter or len(folded(shorter)) < 3:
            break
        title = shorter.strip()
    return title


def _names_site(part: str, site: str | None, url: str) -> bool:
    """Whether a part of a title is the name of its site: as given, or as its domain spells it."""
    name = folded(part)
    if not name or len(part) > 60:
        return False
    host = (urlsplit(url).hostname or "").removeprefix("www.") if "://" in url else ""
    labels = [label for label in host.split(".")[:-1] if len(label) > 2]
    known = [folded(each) for each in (site or "", host, *labels) if each]
    initials = "".join(word[0] for word in re.findall(r"\w+", part)).casefold()
    return any(
        name == each or (len(name) > 3 and name in each) or (len(each) > 3 and each in name) or initials == each
        for each in known
    )


def absolute(base: str, address: object) -> str | None:
    """The address, resolved against the page's own; None unless it is one for the web."""
    if not isinstance(address, str) or not address.strip() or len(address) > 4096:
        return None
    try:
        joined = urljoin(base, one_line(address).replace(" ", "%20"))
        return joined if urlsplit(joined).scheme in {"http", "https"} and urlsplit(joined).netloc else None
    except ValueError:
        return None
