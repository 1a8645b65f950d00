"""What of a page tells its kind, looked at before comments, forms and surroundings are taken out of it. A pure module.

A page with few paragraphs and links may be a wall, so its buttons and its maker's marks are read too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.reading.metadata import Head
from crawler.reading.texts import folded, glimpse, one_line
from crawler.reading.walls import VENDORS

MOST_PARAGRAPHS, MOST_LINKS = 25, 60  # of a wall: it has no menu, and little to say
MOST_SHOWN = 4_000  # characters of what such a page shows
MOST_HEADINGS = 80
FEWEST_TEASERS = 8  # linked headings of a page that lists others
FEWEST_TEASED = 3  # of them with a few lines below, which are worth to be told from a text
LONGEST_TEASER = 400  # characters below a heading
_HIGHEST = 3  # elements that a heading may stand in, beside its teaser
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
    teased: tuple[str, ...] = ()  # those of them with a few lines below, folded: of each what both say
    linked: float = 0.0  # the share of its text that stands in links


def read_signs(head: Head, html: bytes) -> Signs:
    """The signs of a page whose bytes are `html`; cheap where the page has paragraphs, or calls itself an article."""
    tree = head.tree
    body = next(tree.iter("body"), None)
    title, heading = next(tree.iter("title"), None), next(tree.iter("h1"), None)
    sparse = len(html) < LARGEST_WALL and not (_more(tree, "a", MOST_LINKS) or _more(tree, "p", MOST_PARAGRAPHS))
    shown = glimpse(body, MOST_SHOWN + 1) if sparse and body is not None else ""
    little = sparse and len(shown) <= MOST_SHOWN
    headings = [] if head.article else list(_linked_headings(tree))
    teasers = len(headings)
    return Signs(
        title=one_line(title.text_content()[:1_000])[:300] if title is not None else "",
        heading=glimpse(heading, 300) if heading is not None else "",
        shown=shown if little else "",
        buttons=_buttons(tree) if little else "",
        vendor=next((name for mark, name in VENDORS if mark in html), None) if little else None,
        password=little and any((each.get("type") or "").lower() == "password" for each in tree.iter("input")),
        classes=frozenset((body.get("class") or "").lower().split()[:60]) if body is not None else frozenset(),
        teasers=teasers,
        teased=tuple(filter(None, (_teaser(each, head.url) for each in headings))) if teasers >= FEWEST_TEASED else (),
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


def _linked_headings(tree: HtmlElement) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    """The headings that are links, or stand in one, with these links: those of other pages."""
    for heading in islice(tree.iter("h2", "h3", "h4"), MOST_HEADINGS):
        parent = heading.getparent()
        link = parent if parent is not None and parent.tag == "a" else next(heading.iter("a"), None)
        if link is not None:
            yield heading, link


def _teaser(linked: tuple[HtmlElement, HtmlElement], url: str) -> str:
    """What a heading that leads to a page of this site and the few lines below it say, folded; empty if it is none such."""
    heading, link = linked
    if not _on_site(link.get("href") or "#", url):
        return ""
    below, at = None, heading
    for _ in range(_HIGHEST):
        below = next((each for each in at.itersiblings() if glimpse(each, 40)), None)
        parent = at.getparent()
        if below is not None or parent is None or parent.tag == "body":
            break
        at = parent
    if below is None or next(below.iter("h1", "h2", "h3", "h4"), None) is not None:
        return ""
    said = glimpse(below, LONGEST_TEASER + 1)
    return folded(glimpse(heading, 300) + said) if len(said) <= LONGEST_TEASER else ""


def _on_site(href: str, url: str) -> bool:
    """Whether a link leads to another page of the site at `url`."""
    try:
        host, own = urlsplit(href).hostname, urlsplit(url).hostname
    except ValueError:
        return False
    return not href.startswith("#") and (not host or not own or host.removeprefix("www.") == own.removeprefix("www."))
