"""The picture of an article: what its page declares, unless that is the site's logo or a placeholder. A pure module."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import resolve, text_of
from crawler.reading.metadata import Head, absolute
from crawler.reading.texts import folded, words

LARGE = 300  # pixels of width from which a picture without a figure is an article's
SMALL = 150  # pixels of width below which it is none
MOST_IMAGES = 80
_META = words(
    "og:image og:image:secure_url og:image:url twitter:image twitter:image:src thumbnail thumbnailurl image sailthru.image.full"
)
_PLACEHOLDER = re.compile(
    r"(?:^|[^a-z])(?:default|placeholder|dummy|fallback|blank|spacer|favicon|avatar|no-?image|nophoto|no-?picture|missing|sprite"
    r"|touch-?icon|transparent|pixel|loading|lazy)(?:$|[^a-z])"
)
_LOGO = re.compile(r"(?:^|[^a-z])(?:logos?|masthead|brand|icons?)(?:$|[^a-z])|logo\d*(?:$|[^a-z])")
_FURNITURE = re.compile(r"/themes?/|/header[s_./-]|/ads?/|banner|badge|button|/plugins/|/static/(?:img|images)/|emoji|/smil")
_PORTRAIT_HOSTS = re.compile(r"(?:^|\.)(?:gravatar\.com|ggpht\.com)\Z")
# What stands beside "logo" in the name of a site's logo; any other word says that the picture shows something.
_LOGO_WORDS = frozenset(
    words(
        "logo logos masthead brand icon icons social share sharing og opengraph facebook fb twitter image img pic site header"
        " footer small big large medium mobile desktop white black dark light color colour square rect new the www com png jpg"
        " jpeg gif webp svg main web page print full hd x v w h px for de en fr news"
    )
)
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-lazy", "data-image")
_PLACES = frozenset({"article", "main", "figure", "picture"})


def read_image(head: Head, evidence: Evidence | None = None) -> str | None:
    """The absolute address of the article's picture: as declared, else the first large one that stands in the page."""
    addresses = ((source, absolute(head.url, value)) for source, value in _images(head))
    offers = ((source, address, no_picture(address, head)) for source, address in addresses if address)
    return (evidence or Evidence()).first("image", offers)


def no_picture(address: str, head: Head) -> str:
    """Why an address is not that of a picture of an article; empty if it may be one."""
    parts = urlsplit(address)
    path = unquote(parts.path).lower()
    inner = unquote(parts.query).lower()
    if "://" in inner:  # a service that scales pictures: the address of the picture is a parameter
        path = inner.partition("&")[0]
    name = path.rstrip("/").rpartition("/")[2]
    if name.endswith((".svg", ".ico")):
        return "a drawing"
    if _PORTRAIT_HOSTS.search(parts.hostname or "") or "/avatars/" in path:
        return "a portrait"
    host = parts.hostname or ""
    if not host.endswith("ytimg.com") and (_PLACEHOLDER.search(name) or "/default-images/" in path or "/placeholders/" in path):
        return "a placeholder"
    return "a logo" if _LOGO.search(name) and not _shows_more(name, head) else ""


def _shows_more(name: str, head: Head) -> bool:
    """Whether the name of a "logo" has words that are neither the site's nor usual for logos: then it shows something."""
    host = folded(urlsplit(head.url).hostname or "") if "://" in head.url else ""
    site = host + folded(head.meta("og:site_name") or "")
    others = [word for word in re.split(r"[^a-z]+", name) if len(word) > 2 and word not in _LOGO_WORDS and word not in site]
    return bool(others)


def _images(head: Head) -> Iterator[tuple[str, Any]]:
    for name in _META:
        for content in head.metas.get(name, ())[:3]:
            yield name, content
    for key in ("image", "thumbnailUrl"):
        for image in resolve(head.article.get(key), head.nodes):
            yield f"json-ld {key}", text_of(image, "url", "contentUrl") if isinstance(image, dict) else image
    for link in head.tree.iter("link"):
        if (link.get("rel") or "").lower() == "image_src":
            yield "rel=image_src", link.get("href")
    for image in islice(head.tree.iter("img"), MOST_IMAGES):
        source = _shown(image)
        if source:
            yield "img", source


def _shown(image: HtmlElement) -> str | None:
    """The address of an image in the page that may be an article's: a wide one, or one in a figure that is not small."""
    width, height = _pixels(image.get("width")), _pixels(image.get("height"))
    source = next((value for name in _SOURCES if (value := image.get(name)) and not value.startswith("data:")), None)
    lazy = next((value for name in _SOURCES[1:] if (value := image.get(name)) and not value.startswith("data:")), None)
    if not source or (width and width < SMALL) or (height and height < SMALL / 2) or _FURNITURE.search(source):
        return None
    placed = any(parent.tag in _PLACES for parent in islice(image.iterancestors(), 8))
    return lazy or source if (width or 0) >= LARGE or placed else None


def _pixels(value: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,5})(?:px)?\s*\Z", value or "")
    return int(found[1]) if found else None
