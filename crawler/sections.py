"""A section front, such as a home page → the articles it links to. A pure module.

For sites with neither feed nor sitemap. Every link gets points for what its address and its words look like; only
links that look like an article in both, or very much so in their address, are taken.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from crawler.reading.parsing import parse_page
from crawler.reading.texts import one_line, visible
from crawler.weblinks import Named
from storage.errors import ExtractError, FeedError
from storage.models import Entry
from storage.urls import absolute, canonical, key_of, same_site

MOST_LINKS = 5_000  # looked at on one page
MOST_ENTRIES = 500

_DATE = re.compile(r"/(?:19|20)\d\d[/-]?(?:0?[1-9]|1[0-2])(?:[/-]?(?:[0-2]?\d|3[01]))?(?:/|-|\Z)")
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|m4a|zip|xml|rss|json|ics|css|js|exe|docx?|xlsx?)\Z", re.IGNORECASE)
_LIST = (
    "tag tags topic topics category categories kategorie rubrik thema themen section sections author authors autor autoren by"
    " writer writers profile profiles"
    " user users member members login signin sign-in signup sign-up register account my-account logout"
    " subscribe subscription subscriptions newsletter newsletters abo search suche find contact contact-us kontakt about"
    " about-us impressum imprint privacy privacy-policy datenschutz terms terms-of-use terms-of-service terms-and-conditions"
    " agb cookies cookie-policy cookie-settings legal disclaimer copyright accessibility advertise advertising mediadaten"
    " jobs careers karriere help hilfe faq support shop store cart checkout archive archives feed feeds rss sitemap share"
    " print wp-login.php wp-admin wp-content cdn-cgi page"
)
_NO_ARTICLES = frozenset(_LIST.split())
_ARTICLES = frozenset(("article", "articles", "story", "stories", "news", "post", "posts", "a", "p", "artikel", "archives"))
_FURNITURE = re.compile(
    r"(?:\A|[\s_-])(?:nav|navbar|navigation|menu|submenu|breadcrumbs?|footer|pagination|pager|social|share|sharing|cookie"
    r"|consent|skip|login|tags?|byline)(?:[\s_-]|\Z)",
    re.IGNORECASE,
)
_NO_HEADLINE = re.compile(
    r"(?:read|learn|show|view|see)?\s*(?:more|full (?:story|article))\W*\Z|continue reading|weiterlesen"
    r"|mehr (?:lesen|dazu)\W*\Z|lire la suite|leer más|lees (?:meer|verder)"
    r"|(?:\d+|no|leave a|add a)\s+(?:comments?|kommentare?|repl(?:y|ies))\W*\Z",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Link:
    url: str
    words: int  # points for the words, the best of its anchors
    title: str = ""


def read_hubs(html: bytes, url: str, *, encoding: str | None = None) -> Named:
    """The hubs that a page names in its head, and what it calls itself (WebSub, 4); of one that cannot be read, none."""
    try:
        tree = parse_page(html, encoding)
    except ExtractError:
        return Named()
    base = base_of(tree, url)
    found: dict[str, list[str]] = {"hub": [], "self": []}
    for link in tree.xpath("//head//link[@rel][@href]"):
        for relation in set(link.get("rel").lower().split()) & set(found):
            found[relation] += filter(None, [absolute(link.get("href"), base)])
    return Named(tuple(found["hub"]), next(iter(found["self"]), ""))


def read_section(html: bytes, url: str, *, encoding: str | None = None) -> tuple[Entry, ...]:
    """The articles that the page `html`, fetched from `url`, links to on its own site, in page order, undated.

    One entry for each article, with the headline among its links' texts as the title; at most 500. Empty when nothing
    looks like an article. `encoding` is what the HTTP header said. Raises FeedError, with the reason, when `html` is not
    a page that can be read.
    """
    try:
        tree = parse_page(html, encoding)
    except ExtractError as error:
        raise FeedError(f"{url} is no section front: {error}") from None
    base, own, found = base_of(tree, url), canonical(url), dict[str, _Link]()
    for count, anchor in enumerate(tree.iter("a")):
        if count == MOST_LINKS:
            break
        address = absolute(anchor.get("href") or "", base)
        key = key_of(address) if address and same_site(address, url) else None
        if address and key and key != own and address_points(key) > 0 and not _is_furniture(anchor):
            title, points = _headline(anchor)
            link = found.setdefault(key, _Link(address, 0))
            if points > link.words or (points == link.words and len(title) > len(link.title)):
                link.words, link.title = points, title
    entries = (Entry(url=link.url, title=link.title) for key, link in found.items() if _is_article(key, link))
    return tuple(entries)[:MOST_ENTRIES]


def base_of(tree: HtmlElement, url: str) -> str:
    """What the links of a page are relative to: its `<base href>`, else its own address."""
    stated = next((element.get("href") for element in tree.iter("base") if element.get("href")), None)
    return (absolute(stated, url) if stated else None) or url


def address_points(key: str) -> int:
    """How much an address looks like an article's: 0 for lists, forms, files and legal pages."""
    parts = urlsplit(key)
    segments = [segment.lower() for segment in parts.path.split("/") if segment]
    numbered = any(value.isdecimal() and name.lower() not in ("page", "paged") for name, value in parse_qsl(parts.query))
    if (not segments and not numbered) or _FILE.search(parts.path):
        return 0
    if segments and (segments[-1] in _NO_ARTICLES or _NO_ARTICLES.intersection(segments[-2:-1]) - _ARTICLES):
        return 0
    name, _, ending = segments[-1].partition(".") if segments else ("", "", "")
    hyphens = name.count("-") + name.count("_")
    digits = max(map(len, re.findall(r"\d+", name)), default=0)
    return (
        (3 if _DATE.search(parts.path) else 0)
        + min(hyphens, 3)
        + (2 if digits >= 4 or numbered else 1 if digits else 0)
        + (1 if ending in ("html", "htm", "shtml", "php", "stm", "ece") else 0)
        + (1 if len(segments) > 1 else 0)
        + (1 if _ARTICLES.intersection(segments[:-1]) else 0)
    )


def _is_article(key: str, link: _Link) -> bool:
    address = address_points(key)
    return address >= 6 or (link.words > 0 and address + link.words >= 4)


def _headline(anchor: HtmlElement) -> tuple[str, int]:
    """The words of a link, and how much they look like a headline."""
    title = visible(anchor)[:500]
    if not title:
        pictured = next((image.get("alt") for image in anchor.iter("img") if image.get("alt")), None)
        title = one_line(anchor.get("aria-label") or anchor.get("title") or pictured)[:500]
    if not title or _NO_HEADLINE.match(title):
        return "", 0
    words = len(title.split())
    if words == 1 and len(title) > 8 and not title.isascii():  # scripts that write without spaces
        words = len(title) // 2
    points = 3 if words >= 6 else 2 if words >= 4 else 1 if words == 3 else 0
    return title, points + (2 if _in_heading(anchor) else 0)


def _in_heading(anchor: HtmlElement) -> bool:
    around = {element.tag for element in list(anchor.iterancestors())[:3]}
    inside = {element.tag for element in anchor.iterdescendants("h1", "h2", "h3", "h4", "h5")}
    return bool((around | inside) & {"h1", "h2", "h3", "h4", "h5"})


def _is_furniture(anchor: HtmlElement) -> bool:
    """Whether a link stands in navigation, a footer or the like; an article's own header and footer are none."""
    for element in anchor.iterancestors():
        if element.tag == "article":
            return False
        if element.tag in ("nav", "footer", "form") or element.get("role") in ("navigation", "contentinfo", "menu"):
            return True
        if element.tag not in ("body", "html", "main") and _FURNITURE.search(
            f"{element.get('class') or ''} {element.get('id') or ''}"[:400]
        ):
            return True
    return False
