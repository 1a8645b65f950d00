"""When a page was published and when it last changed, with the evidence for it. A pure module.

Sources speak in this order: JSON-LD, meta tags, `<time>`, the address, the text. Everything ends in UTC; what states
no zone is read as UTC and marked so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from htmldate import find_date
from lxml.html import HtmlElement

from crawler.instants import parse_instant
from crawler.jsonld import Node, article_node, text_of, types
from crawler.texts import glimpse, words

__all__ = ["PageDates", "parse_instant", "plausible", "read_dates"]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the web's own age: an older date is a mistake

_PUBLISHED_META = words(
    "article:published_time datepublished og:published_time og:article:published_time article.published"
    " parsely-pub-date sailthru.date publish-date publish_date pubdate publication_date publicationdate article:published"
    " cxenseparse:recs:publishtime cxenseparse:publishtime bt:pubdate dc.date.issued dcterms.created dcterms.issued"
    " dc.date.created citation_publication_date article_date_original originalpublicationdate date dc.date dcterms.date"
    " article:create release_date displaydate iso-8601-publish-date rnews:datepublished lastcreated"
)
_MODIFIED_META = words(
    "article:modified_time datemodified og:updated_time article:modified og:modified_time dcterms.modified dc.date.modified"
    " last-modified lastmod revision_date article.updated lastupdated"
)
_NAMED_CLASSES = frozenset(words("published entry-date dt-published pubdate date-published"))
_META_CLASS = re.compile(r"meta|date|time|posted|published|byline")
LONGEST_META = 300  # characters
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-]([01]\d)[/-]([0-3]\d)(?:/|-|\Z)")


def plausible(instant: datetime, now: datetime) -> bool:
    """Whether something can have been published then: from 1990 on, and at most a day after `now`."""
    return EARLIEST <= instant <= now + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PageDates:
    """When a page was published and last changed, and what said so (json-ld, meta, time, url, text)."""

    published: datetime | None = None
    evidence: str | None = None
    modified: datetime | None = None


def read_dates(tree: HtmlElement, nodes: list[Node], url: str, now: datetime) -> PageDates:
    """The dates of a page, from the best source that states them: JSON-LD, meta, `<time>`, the address, the text.

    A date that is not `plausible` is passed over. Where the best source knows only the day, or not the zone, a later
    source that states an instant within that day is believed. `modified` is None when it lies before `published`.
    """
    article = article_node(nodes, url)
    found = list(_published(tree, article, nodes, now))
    best = found[0] if found else _searched(tree, url, now)
    if best is None:
        return PageDates(modified=_modified(tree, article, now))
    finer = (each for each in found if each.zoned and abs(each.at - best.at) < timedelta(hours=26))
    best = best if best.zoned else next(finer, best)
    modified = _modified(tree, article, now)
    evidence = best.source if best.zoned else f"{best.source}-assumed-zone"
    return PageDates(best.at, evidence, modified if modified and modified >= best.at else None)


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: datetime
    zoned: bool
    source: str


def _candidate(text: str | None, source: str, now: datetime) -> _Candidate | None:
    read = parse_instant(text) if text else None
    return _Candidate(*read, source) if read and plausible(read[0], now) else None


def _published(tree: HtmlElement, article: Node, nodes: list[Node], now: datetime) -> Iterator[_Candidate]:
    pages = [node for node in nodes if types(node) & {"webpage", "itempage", "newsarticle"}]
    texts = [(text_of(article, "datePublished", "dateCreated"), "json-ld")]
    texts += [(value, "meta") for value in _meta(tree, _PUBLISHED_META)]
    texts += [(text_of(page, "datePublished"), "json-ld") for page in pages[:5]]
    texts += [(value, "time") for value in _times(tree)]
    for text, source in texts:
        candidate = _candidate(text, source, now)
        if candidate:
            yield candidate


def _modified(tree: HtmlElement, article: Node, now: datetime) -> datetime | None:
    texts = [text_of(article, "dateModified"), *_meta(tree, _MODIFIED_META)]
    found = (_candidate(text, "", now) for text in texts)
    return next((each.at for each in found if each), None)


def _meta(tree: HtmlElement, names: tuple[str, ...]) -> list[str]:
    """The contents of the meta tags with these names, best name first."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").strip().lower()
        if name in names and element.get("content"):
            found.setdefault(name, element.get("content"))
    return [found[name] for name in names if name in found]


def _times(tree: HtmlElement) -> Iterator[str]:
    """What marked-up times say of publication: named so first, then the first one after the headline."""
    named, after, headed = [], None, False
    for element in tree.iter("h1", "time", "abbr", "span", "div", "p", "data"):
        if element.tag == "h1":
            headed = True
        elif (
            element.get("itemprop") == "datePublished"
            or element.get("pubdate") is not None
            or (element.tag in {"time", "abbr"} and _NAMED_CLASSES.intersection((element.get("class") or "").split()))
        ):
            named.append(element)
        elif headed and after is None and element.tag == "time" and element.get("datetime"):
            after = element
    for element in [*named[:10], *([] if after is None else [after])]:
        yield element.get("datetime") or element.get("content") or element.get("title") or glimpse(element, LONGEST_META)


def _searched(tree: HtmlElement, url: str, now: datetime) -> _Candidate | None:
    """The day that htmldate finds in the address or the text of a page without better evidence."""
    latest = (now + timedelta(days=1)).replace(tzinfo=None)
    try:
        found = find_date(tree, original_date=True, url=url or None, max_date=latest, min_date=EARLIEST.replace(tzinfo=None))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    if not found:
        return None
    stated = _time_of_day(tree, found, now)
    if stated:
        return stated
    in_url = _URL_DATE.search(url)
    source = "url" if in_url and found == "-".join(in_url.groups()) else "text"
    return _candidate(found, source, now)


def _time_of_day(tree: HtmlElement, day: str, now: datetime) -> _Candidate | None:
    """The time of day that a line about the post ("Posted on … at 3:30 pm") gives for the day that was found."""
    for element in tree.iter("p", "div", "span", "small", "time", "li", "em"):
        classes = (element.get("class") or "").lower()
        if (element.tag in {"time", "small"} or _META_CLASS.search(classes)) and len(element) < 12:
            candidate = _candidate(glimpse(element, LONGEST_META), "text", now)
            if candidate and candidate.at.date().isoformat() == day and candidate.at.time() != time.min:
                return candidate
    return None
