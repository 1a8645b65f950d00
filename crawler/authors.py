"""Who wrote an article: names of persons, cleaned. A pure module.

JSON-LD speaks first, then meta tags, then the byline as trafilatura finds it.
"""

import re
from typing import Any

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from crawler.jsonld import resolve
from crawler.metadata import Head
from crawler.texts import folded, unmarked, words

_META = words(
    "author article:author parsely-author sailthru.author dc.creator dcterms.creator byl citation_author twitter:data1"
)
_PREFIX = re.compile(
    r"\A(?:(?:written|reported|posted|words|story|text|photos?|published)\s+)?(?:by|von|par|por|di|door|af|av"
    r"|text|texto|texte|autor|author)"
    r"(?:\s*[:：]\s*|\s+)|\A[\s\-–—|•·,@]+",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"\s*[;|•·、，]\s*|\s*,\s+|\s+(?:and|und|et|y|og|och|en|e|&|with|mit)\s+|\s*&\s*|\s*/\s+|\s+/\s*")
_NOISE = re.compile(r"https?:|www\.|@\S+\.|\.(?:com|org|net|de)\b|\d{3}|[<>{}\[\]=]", re.IGNORECASE)
_AFTER_NAME = re.compile(r"\s*(?:\(.*|\s[-–—|]\s.*|,.*)\Z")
_ROLES = """admin|administrator|editor|editors|the editors|staff|staff writer|staff reporter|redaktion|die redaktion|online
|web desk|webmaster|guest|unknown|anonymous|author|team|news desk|newsroom|redaccion|redacción|la rédaction|rédaction
|redazione|redactie|root|user|contributor|various|none|null|undefined"""
_NOBODY = frozenset(folded(each) for each in _ROLES.split("|"))
MOST_AUTHORS = 20


def read_authors(head: Head, tree: HtmlElement, site: str | None) -> tuple[str, ...]:
    """The names of the authors in their order, each once; `tree` is the page without its comments."""
    from_node = [_name(each) for each in resolve(head.article.get("author"), head.nodes)]
    from_meta = [content for name in _META[:-1] for content in head.metas.get(name, ())]
    for names in (from_node, from_meta):
        cleaned = clean_authors(names, site, head.url)
        if cleaned:
            return cleaned
    return clean_authors([byline(tree)], site, head.url)


def byline(tree: HtmlElement) -> str:
    """The byline that stands on the page, names separated by semicolons; empty when there is none."""
    try:
        return extract_author(tree) or ""
    except (
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ):  # untyped code on hostile pages: a byline is no reason to lose one
        return ""


def clean_authors(texts: list[str], site: str | None, url: str) -> tuple[str, ...]:
    """Names of persons out of bylines: no addresses, no "By", not the site itself, none twice."""
    own = {folded(site or ""), *(folded(label) for label in re.split(r"[/.]+", url)[1:3])}
    found: dict[str, str] = {}
    for text in texts[:MOST_AUTHORS]:
        for part in _SPLIT.split(text[:300]):
            name = _AFTER_NAME.sub("", _PREFIX.sub("", _PREFIX.sub("", part))).strip(" .,:;-–—|*\"'")
            key = folded(name)
            if 1 < len(name) < 60 and key and key not in own | _NOBODY and not _NOISE.search(name):
                found.setdefault(key, name)
    return tuple(found.values())[:MOST_AUTHORS]


def _name(value: Any) -> str:
    """The name of a schema.org Person, or of an author given as text."""
    if isinstance(value, dict):
        name = value.get("name")
        if isinstance(name, list):
            return "; ".join(unmarked(each) for each in name)
        parts = [unmarked(value.get(key)) for key in ("givenName", "familyName")]
        return unmarked(name) or " ".join(part for part in parts if part)
    return unmarked(value)
