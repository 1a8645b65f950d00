"""A home page and its robots.txt → where its feeds, sitemaps and fronts may be. A pure module."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.reading.parsing import parse_page
from crawler.reading.texts import one_line, visible
from crawler.sections import base_of
from storage.errors import ExtractError
from storage.models import FeedKind
from storage.urls import absolute, key_of, same_site

LINKED, NAMED_NEWS, POINTED, NAMED, USUAL, FRONT = 100, 200, 300, 400, 500, 900  # ranks: how good a sign it is
MOST = 50

_TYPES = {
    "application/rss+xml": FeedKind.RSS,
    "application/rdf+xml": FeedKind.RSS,
    "application/atom+xml": FeedKind.ATOM,
    "application/feed+json": FeedKind.JSON,
    "application/json": FeedKind.JSON,
    "application/xml": FeedKind.RSS,
    "text/xml": FeedKind.RSS,
}
_USUAL_FEEDS = ("/feed", "/rss.xml", "/feed.xml", "/atom.xml", "/rss", "/feed.json", "/index.xml", "/feeds")
_USUAL_SITEMAPS = (
    *("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml", "/sitemap_index.xml"),
    *("/sitemap_news.xml", "/google-news-sitemap.xml"),
)
_FEED_PATH = re.compile(r"(?:\A|[/._-])(?:rss|feeds?|atom|rdf)\d?(?:\.(?:xml|rss|php|json|aspx?))?/?\Z|\.(?:rss|atom|rdf)\Z")
_COMMENTS = r"(?:comments|kommentare|commentaires|comentarios|commenti|reacties)"
_OF_COMMENTS = re.compile(rf"[/=._-]{_COMMENTS}(?:[/._-]|\Z)", re.IGNORECASE)
_NAMED_COMMENTS = re.compile(rf"\b{_COMMENTS}\b|\b(?:comment|kommentar)[ -]feed", re.IGNORECASE)
_NEWS_SITEMAP = re.compile(r"(?:\A|[^a-z])(?:google)?news(?:[^a-z]|sitemap|\Z)")
_FEED_HOSTS = ("feedburner.com", "feedblitz.com", "feedpress.me", "feedpress.com", "rss.app", "feedproxy.google.com")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may list a site's articles. A lower `rank` is to be looked at sooner."""

    url: str
    kind: FeedKind
    why: str  # a sentence
    rank: int
    index: str = ""  # the sitemap index that named it


def given(url: str, kind: FeedKind) -> Candidate:
    """The address that the person gave: taken as it is, also when it lists nothing yet."""
    return Candidate(url, kind, "It is the address that was given.", 0)


def candidates(html: bytes, url: str) -> tuple[Candidate, ...]:
    """Where the page `html`, fetched from `url`, may have its listings, the best first; at most 50.

    First what it declares (`link rel=alternate`, on whatever host), then links that look like feeds, then usual paths,
    the page itself last. Feeds of comments are left out. A page that cannot be read still has the usual paths.
    """
    try:
        tree = parse_page(html)
    except ExtractError:
        return ordered([*_usual(url), _front(url)])
    base = base_of(tree, url)
    return ordered([*_declared(tree, base), *_pointed(tree, base, url), *_usual(url), _front(url)])


def ordered(found: Iterable[Candidate], limit: int = MOST) -> tuple[Candidate, ...]:
    """The candidates, one for each page, the best first."""
    chosen: dict[str, Candidate] = {}
    for candidate in sorted(found, key=lambda each: each.rank):
        key = key_of(candidate.url)
        if key:
            chosen.setdefault(key, candidate)
    return tuple(chosen.values())[:limit]


def shortlist(found: Iterable[Candidate], limit: int = 12) -> tuple[Candidate, ...]:
    """Which candidates to fetch, at most `limit`, and the page itself, which is there already.

    The best first, but always some sitemaps. Usual paths of feeds are not tried where the page declares feeds, and those
    of sitemaps not where a sitemap is named.
    """
    every = ordered(found)
    front = [each for each in every if each.kind is FeedKind.SECTION]
    sitemaps = _unless_named([each for each in every if each.kind is FeedKind.SITEMAP], USUAL)
    feeds = _unless_named([each for each in every if each.kind not in (FeedKind.SECTION, FeedKind.SITEMAP)], NAMED_NEWS)
    some = min(len(sitemaps), max(limit - len(feeds), limit // 3))
    return (*feeds[: limit - some], *sitemaps[:some], *front[:1])


def _unless_named(found: list[Candidate], rank: int) -> list[Candidate]:
    """The candidates without guesses, when any is better than `rank`."""
    if any(each.rank < rank for each in found):
        return [each for each in found if each.rank < USUAL]
    return found


def sitemaps_from_robots(text: str, url: str) -> tuple[str, ...]:
    """The sitemaps that a robots.txt, fetched from `url`, names; absolute, in its order, at most 50 (RFC 9309, 2.2.4)."""
    found: dict[str, None] = {}
    for line in text.splitlines()[:10_000]:
        name, _, value = line.partition("#")[0].partition(":")
        if name.strip("\ufeff \t").lower() in ("sitemap", "site-map"):
            address = absolute(value, url)
            if address:
                found[address] = None
    return tuple(found)[:MOST]


def from_robots(text: str, url: str) -> tuple[Candidate, ...]:
    """The sitemaps that a robots.txt names, as candidates."""
    return tuple(
        Candidate(address, FeedKind.SITEMAP, "robots.txt names it.", NAMED_NEWS if _is_news(address) else NAMED)
        for address in sitemaps_from_robots(text, url)
    )


def from_index(index: Candidate, children: Iterable[str]) -> tuple[Candidate, ...]:
    """The sitemaps that an index names, as candidates."""
    return tuple(
        replace(index, url=child, why=f"The sitemap index {index.url} names it.", index=index.url) for child in children
    )


def _declared(tree: HtmlElement, base: str) -> Iterator[Candidate]:
    for element in tree.iter("link"):
        relations = (element.get("rel") or "").lower().split()
        kind = _TYPES.get((element.get("type") or "").partition(";")[0].strip().lower())
        address = absolute(element.get("href") or "", base)
        title = one_line(element.get("title"))[:100]
        if address is None:
            continue
        if "sitemap" in relations:
            yield Candidate(address, FeedKind.SITEMAP, "The page declares it as its sitemap.", NAMED_NEWS)
        elif kind and {"alternate", "feed"}.intersection(relations) and _may_be_feed(element, address, title):
            named = f" “{title}”" if title else ""
            yield Candidate(address, kind, f"The page declares it as its feed{named}.", LINKED)


def _may_be_feed(element: HtmlElement, address: str, title: str) -> bool:
    """Whether an alternate is a feed of articles: not of comments, nor the page as data (WordPress, oEmbed)."""
    if _is_of_comments(address, title):
        return False
    plain = (element.get("type") or "").lower().startswith(("application/json", "application/xml", "text/xml"))
    return (
        not plain
        or bool(_FEED_PATH.search(urlsplit(address).path.lower()))
        or ("oembed" not in address and "wp-json" not in address and "feed" in f"{title} {address}".lower())
    )


def _pointed(tree: HtmlElement, base: str, url: str) -> Iterator[Candidate]:
    """Links in the text that look like feeds: of the site itself, or of a service for feeds."""
    for anchor in tree.iter("a"):
        address = absolute(anchor.get("href") or "", base)
        if address is None:
            continue
        parts = urlsplit(address)
        path = parts.path.lower()
        if _FEED_PATH.search(path) or "feed=rss" in parts.query or "feed=atom" in parts.query:
            host = parts.hostname or ""
            hosted = host in _FEED_HOSTS or host.endswith(tuple(f".{each}" for each in _FEED_HOSTS))
            text = visible(anchor)[:100]
            if (hosted or same_site(address, url)) and not _is_of_comments(address, text):
                kind = FeedKind.ATOM if "atom" in path else FeedKind.JSON if path.endswith(".json") else FeedKind.RSS
                named = f" “{text}”" if text else ""
                yield Candidate(address, kind, f"A link on the page{named} looks like a feed.", POINTED)


def _usual(url: str) -> Iterator[Candidate]:
    """Where publishing systems put their feeds and sitemaps."""
    why = "Many sites have one at this path."
    kinds = {"/atom.xml": FeedKind.ATOM, "/feed.json": FeedKind.JSON}
    if urlsplit(url).path.strip("/"):
        yield Candidate(url.partition("?")[0].rstrip("/") + "/feed", FeedKind.RSS, why, USUAL)
    for path in _USUAL_FEEDS:
        yield Candidate(urljoin(url, path), kinds.get(path, FeedKind.RSS), why, USUAL)
    for path in _USUAL_SITEMAPS:
        yield Candidate(urljoin(url, path), FeedKind.SITEMAP, why, USUAL)


def _front(url: str) -> Candidate:
    return Candidate(url, FeedKind.SECTION, "It is the page that was given.", FRONT)


def _is_news(address: str) -> bool:
    return bool(_NEWS_SITEMAP.search(urlsplit(address).path.lower()))


def _is_of_comments(address: str, title: str) -> bool:
    parts = urlsplit(address)
    return bool(_OF_COMMENTS.search(f"{parts.path}?{parts.query}") or _NAMED_COMMENTS.search(title))
