"""What of a page tells its kind, looked at before comments, forms and surroundings are taken out of it. A pure module.

A page with few paragraphs and links may be a wall, so its buttons and its maker's marks are read too.
"""

import re
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from crawler.reading.metadata import Head
from crawler.reading.texts import glimpse, one_line
from crawler.reading.walls import VENDORS

MOST_PARAGRAPHS, MOST_LINKS = 25, 60  # of a wall: it has no menu, and little to say
MOST_SHOWN = 4_000  # characters of what such a page shows
MOST_HEADINGS = 80
FEWEST_TEASERS = 8  # linked headings of a page that lists others
LARGEST_WALL = 1_000_000  # bytes
_SCRIPTS = ("script", "style", "noscript", "template")
_BUTTON = re.compile(r"(?:^|[\s_-])(?:btn|button|cta)(?:$|[\s_-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signs:
    """Marks of a page's kind, none of which decides alone."""

    title: str = ""  # the whole `<title>`
    heading: str = ""  # the first heading of the first level
    shown: str = ""  # what a page of few paragraphs shows, the words of its buttons included
    buttons: str = ""
    vendor: str | None = None  # who made the challenge that the page consists of
    password: bool = False
    classes: frozenset[str] = frozenset()  # of body
    teasers: int = 0  # headings that are links
    linked: float = 0.0  # the share of its text that stands in links


def read_signs(head: Head, html: bytes) -> Signs:
    """The signs of a page whose bytes are `html`; cheap where the page has paragraphs, or calls itself an article."""
    tree = head.tree
    body = next(tree.iter("body"), None)
    title, heading = next(tree.iter("title"), None), next(tree.iter("h1"), None)
    sparse = len(html) < LARGEST_WALL and not (_more(tree, "a", MOST_LINKS) or _more(tree, "p", MOST_PARAGRAPHS))
    shown = glimpse(body, MOST_SHOWN + 1) if sparse and body is not None else ""
    little = sparse and len(shown) <= MOST_SHOWN
    teasers = 0 if head.article else _teasers(tree)
    return Signs(
        title=one_line(title.text_content()[:1_000])[:300] if title is not None else "",
        heading=glimpse(heading, 300) if heading is not None else "",
        shown=shown if little else "",
        buttons=_buttons(tree) if little else "",
        vendor=next((name for mark, name in VENDORS if mark in html), None) if little else None,
        password=little and any((each.get("type") or "").lower() == "password" for each in tree.iter("input")),
        classes=frozenset((body.get("class") or "").lower().split()[:60]) if body is not None else frozenset(),
        teasers=teasers,
        linked=link_share(tree) if teasers >= FEWEST_TEASERS else 0.0,
    )


def _more(tree: HtmlElement, tag: str, most: int) -> bool:
    """Whether a page has more than `most` elements of a tag."""
    return next(islice(tree.iter(tag), most, None), None) is not None


def link_share(tree: HtmlElement) -> float:
    """How much of the page's text stands in links: 0 to 1."""
    whole = tree if (body := next(tree.iter("body"), None)) is None else body
    unseen = sum(len(each.text or "") for each in whole.iter(*_SCRIPTS))
    linked = sum(len(link.text_content().strip()) for link in whole.iter("a"))
    text = whole.text_content()
    return min(1.0, linked / max(1, len(text) - unseen - _blanks(text)))


def _blanks(text: str) -> int:
    """How many characters of a text only indent its markup."""
    return sum(len(run) - 1 for run in re.findall(r"\s{2,}", text))


def _buttons(tree: HtmlElement) -> str:
    """The words of a page's buttons, one after the other."""
    found = [one_line(each.text_content()[:200])[:80] for each in islice(tree.iter("button"), 30)]
    links = islice(tree.iter("a", "div", "span"), 400)
    found += [glimpse(each, 80) for each in links if each.get("role") == "button" or _BUTTON.search(each.get("class") or "")]
    found += [(each.get("value") or "")[:80] for each in tree.iter("input") if each.get("type") in {"submit", "button"}]
    return " · ".join(dict.fromkeys(filter(None, found)))[:1_500]


def _teasers(tree: HtmlElement) -> int:
    """How many headings are links, or stand in one: those of other pages."""
    found = 0
    for heading in islice(tree.iter("h2", "h3", "h4"), MOST_HEADINGS):
        parent = heading.getparent()
        if next(heading.iter("a"), None) is not None or (parent is not None and parent.tag == "a"):
            found += 1
    return found
