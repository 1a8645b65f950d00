"""Who wrote an article: names of persons, from the best source that names any. A pure module.

JSON-LD speaks first, then meta tags, then the byline on the page. docs/decisions/authors.md says who is nobody.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import resolve, text_of, types
from crawler.reading.metadata import Head
from crawler.reading.names import LONGEST_BYLINE, MOST_AUTHORS, House, clean_authors, turned
from crawler.reading.signatures import openings, signed
from crawler.reading.texts import unmarked, words

_META = words(
    "author article:author articleauthor parsely-author sailthru.author dc.creator dcterms.creator byl citation_author"
    " cxenseparse:author cxense:author dc.contributor article.author author_name authors"
)
_NEWS = frozenset(words("newsarticle reportagenewsarticle opinionnewsarticle analysisnewsarticle liveblogposting"))
_ORGANISATIONS = frozenset(words("organization newsmediaorganization corporation website"))


def read_authors(head: Head, tree: HtmlElement, site: str | None, *, evidence: Evidence | None = None) -> tuple[str, ...]:
    """The names of the authors in their order, each once; `tree` is the page without its comments.

    Where a news page names nobody, and its JSON-LD credits the publisher, the publisher is the author.
    """
    evidence = evidence or Evidence()
    publishers = [each.get("name") for each in resolve(head.article.get("publisher"), head.nodes) if isinstance(each, dict)]
    house = House.of(head.url, [site, *(unmarked(name) for name in publishers)])
    taken: tuple[str, ...] = ()
    for source, texts in _sources(head, tree, site, house):
        names = clean_authors(texts, house)
        evidence.offer("authors", source, "; ".join(texts), _why(names, taken), won=bool(names) and not taken)
        taken = taken or names
        if taken and not evidence.wanted:
            return taken
    if not taken and types(head.article) & _NEWS:
        taken = tuple(name for entity in _entities(head) if house.is_it(name := _name(entity)))[:1]
        evidence.offer("authors", "json-ld author", "; ".join(taken), "no person is named: the publisher signs", won=True)
    return taken


def _why(names: tuple[str, ...], taken: tuple[str, ...]) -> str:
    if not names:
        return "names no person"
    return "another source speaks before it" if taken else "the first that names a person"


def _sources(head: Head, tree: HtmlElement, site: str | None, house: House) -> Iterator[tuple[str, list[str]]]:
    """What each source says of the authors, the most trusted first."""
    stated = [_name(each) for each in _entities(head) if not _is_publisher(each, head.url)]
    yield "json-ld author", stated
    for name in _META:
        if name in head.metas:
            named = head.metas[name] if len(head.metas[name]) > 1 else [turned(head.metas[name][0])]
            stated += named
            yield f"meta {name}", named
    # A blog's host is often its author's name, so in a byline only the site's name and whole address are the house.
    yield from signed(tree, House.of("", [site, urlsplit(head.url).hostname]))
    if any(house.is_it(each) for each in stated):
        yield "first paragraph", openings(tree, house)


def _entities(head: Head) -> list[Any]:
    found = resolve(head.article.get("author"), head.nodes) or resolve(head.article.get("creator"), head.nodes)
    return found[:MOST_AUTHORS]


def _is_publisher(entity: Any, url: str) -> bool:
    """Whether an author in the JSON-LD is the organisation that publishes the page: one whose address is the site's."""
    if not isinstance(entity, dict) or not types(entity) & _ORGANISATIONS:
        return False
    address = text_of(entity, "url", "@id") or ""
    try:
        return bool(address) and urlsplit(address).hostname == urlsplit(url).hostname and len(urlsplit(address).path) < 2
    except ValueError:
        return False


def _name(value: Any) -> str:
    """The name of a schema.org Person, or of an author given as text; no longer than a byline is read."""
    if isinstance(value, dict):
        name = value.get("name")
        if isinstance(name, list):
            return "; ".join(_short(each) for each in name[:MOST_AUTHORS])
        parts = [_short(value.get(key)) for key in ("givenName", "familyName")]
        return _short(name) or " ".join(part for part in parts if part)
    return _short(value)


def _short(text: Any) -> str:
    return unmarked(text[: 4 * LONGEST_BYLINE]) if isinstance(text, str) else ""
