"""When a page was published and when it last changed, with the evidence for it. A pure module.

Sources are asked in the order of docs/decisions/dates.md, and the first plausible date wins: JSON-LD, meta tags, marked
times, dated lines by the headline, vaguer meta tags, the address, the text. Everything ends in UTC; what states no zone
is read as UTC and marked so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.reading.datelines import DateLine, date_lines
from crawler.reading.evidence import Evidence
from crawler.reading.instants import parse_instant
from crawler.reading.jsonld import date_of, types
from crawler.reading.metadata import Head
from crawler.reading.standing import brief, stands_apart
from crawler.reading.texts import words

__all__ = ["PageDates", "parse_instant", "plausible", "read_dates"]

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the web's own age: an older date is a mistake

_PUBLISHED_META = words(
    "article:published_time datepublished og:published_time og:article:published_time article.published"
    " parsely-pub-date sailthru.date publish-date publish_date pubdate publication_date publicationdate article:published"
    " cxenseparse:recs:publishtime cxenseparse:publishtime bt:pubdate dc.date.issued dcterms.created dcterms.issued"
    " dc.date.created dc:created dc:issued dcterms:created dcterms:issued schema:datepublished"
    " citation_publication_date article_date_original originalpublicationdate"
    " article:create release_date displaydate iso-8601-publish-date rnews:datepublished og:pubdate pub_date"
)
# Templates fill these with the day of the last change, of the build, or of today as well.
_VAGUE_META = words("date dc.date dcterms.date dc:date dcterms:date lastcreated datecreated citation_date")
_MODIFIED_META = words(
    "article:modified_time datemodified og:updated_time article:modified og:modified_time dcterms.modified dc.date.modified"
    " last-modified lastmod revision_date article.updated lastupdated"
)
_NAMED_CLASSES = frozenset(words("published entry-date dt-published pubdate date-published post-date published-date"))
_MARKED = XPath(
    "descendant::*[self::time or @itemprop = 'datePublished' or (@property and @content and not(self::meta))"
    " or @property = 'datePublished' or (self::abbr and @class)"
    " or (self::span and @class[contains(., 'publish') or contains(., '-date') or contains(., 'pubdate')])]"
)
_DATED_TYPES = frozenset(
    words("webpage itempage newsarticle recipe howto creativework qapage faqpage medicalwebpage aboutpage review")
)
_AFTER_HEADLINE = XPath("descendant::h1[1]/following::time[@datetime][1]")
_TIMES = XPath("descendant::time")
# RDFa, as Drupal writes it: `property="dc:date dc:created"`.
PUBLISHED_PROPERTIES = frozenset(
    words("datepublished dc:date dc:created dcterms:created dcterms:issued schema:datecreated schema:datepublished")
)
_CHANGED = XPath("descendant::*[@itemprop = 'dateModified' or @property = 'dateModified']")
LONGEST_META = 300  # characters
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-]?([01]\d)[/-]?([0-3]\d)(?=[/_-]|\Z)")
# In the last steps of an address: "…/29-10-2021", "…/A2026012914320005196", "…-20220503.html".
_URL_ENDS = re.compile(
    r"(?<=[/_.-])(?:[A-Za-z]{0,3}(?P<y>20\d\d)-?(?P<m>0[1-9]|1[0-2])-?(?P<d>[0-2]\d|3[01])(?:\d{4,14})?|(?P<d2>[0-2]\d|3[01])-(?P<m2>0[1-9]|1[0-2])-(?P<y2>20\d\d))"
    r"(?=[/_.-]|\Z)"
)
_URL_LOCALE = re.compile(r"/(en-(?:us|gb|au|nz|ie|in|za|sg|ph)|(?:de|fr|es|it|nl|pt)(?:-[a-z]{2})?)(?:/|\Z)")
_DAY_FIRST_HOST = re.compile(
    r"\.(?:uk|au|nz|ie|in|za|sg|ng|ke|gh|my|pk|lk|bd|hk|mt|jm|de|at|fr|es|it|nl|be|pt|br|pl|cz|dk|no|fi|ru|tr)\Z"
)
_MOST_MARKED = 60
_LONE = 45  # characters of a line that is nothing but a date, and perhaps a name
_SURE, _LIKELY = 6, 1  # what must speak for a date that the page shows, beside and without vaguer sources


def plausible(instant: datetime, now: datetime) -> bool:
    """Whether something can have been published then: from 1990 on, and at most a day after `now`."""
    return EARLIEST <= instant <= now + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PageDates:
    """When a page was published and last changed, and what said so (json-ld, meta, time, url, text)."""

    published: datetime | None = None
    evidence: str | None = None
    modified: datetime | None = None


_Offer = tuple[str, str, str | DateLine | None]  # evidence, place, date


@dataclass(frozen=True, slots=True)
class _Candidate:
    at: datetime
    zoned: bool
    source: str  # as `published_evidence` names it
    place: str = ""


def read_dates(head: Head, tree: HtmlElement, now: datetime, *, evidence: Evidence | None = None) -> PageDates:
    """The dates of a page, from the best source that states them; `tree` is the page without its comments.

    A date that is not `plausible` is passed over. Where the best source knows only the day, or not the zone, a later
    source that states an instant within that day is believed. `modified` is None when it lies before `published`.
    """
    evidence = evidence or Evidence()
    best: _Candidate | None = None
    finest: _Candidate | None = None
    for read in (_stated, _shown):
        for each in _published(read(head, tree), best, now, evidence):
            best = best or each
            finest = each if finest is None or _is_finer(each, finest, best) else finest
            if finest.zoned and not evidence.wanted:
                break
        if finest is not None and finest.zoned and not evidence.wanted:
            break
    modified = _modified(head, tree, now, evidence)
    if finest is None:
        return PageDates(modified=modified)
    source = finest.source if finest.zoned else f"{finest.source}-assumed-zone"
    return PageDates(finest.at, source, modified if modified and modified >= finest.at else None)


def _is_finer(each: _Candidate, finest: _Candidate, best: _Candidate) -> bool:
    """Whether a later source tells the same day as the best one more exactly: with a zone, or with a time of day."""
    if finest.zoned or (best.zoned and each.at != best.at):
        return False
    if each.zoned:
        apart = abs(each.at - best.at)
        same_minute = (
            each.source in {"json-ld", "meta"}
            or best.at.time() == time.min
            or apart % timedelta(minutes=15) < timedelta(minutes=1)
        )
        return apart < timedelta(hours=26) and same_minute
    return finest.at.time() == time.min and each.at.time() != time.min and each.at.date() == best.at.date()


def _published(offers: Iterable[_Offer], first: _Candidate | None, now: datetime, evidence: Evidence) -> Iterator[_Candidate]:
    """The plausible dates of publication among these offers; `first` is the one that was found before them."""
    for source, place, offer in offers:
        found = _candidate(offer, source, place, now)
        text = offer.text if isinstance(offer, DateLine) else offer
        if found is None:
            evidence.offer("published", place, text, "no date, or none that can be: in the future, before 1990")
            continue
        why = "the first of its order" if first is None else f"{first.place} speaks before it"
        evidence.offer("published", place, text, why, won=first is None)
        first = first or found
        yield found


def _candidate(offer: str | DateLine | None, source: str, place: str, now: datetime) -> _Candidate | None:
    if isinstance(offer, DateLine):
        read: tuple[datetime, bool] | None = (offer.at, offer.zoned)
    else:
        read = parse_instant(offer) if offer else None
    return _Candidate(*read, source, place) if read and plausible(read[0], now) else None


def _stated(head: Head, tree: HtmlElement) -> Iterator[_Offer]:
    """What each source says, in the order of docs/decisions/dates.md: (evidence, place, date)."""
    yield "json-ld", "json-ld datePublished", date_of(head.article, "datePublished", "dateCreated")
    for name in _PUBLISHED_META:
        yield from (("meta", f"meta {name}", content) for content in head.metas.get(name, ())[:1])
    pages = [node for node in head.nodes if types(node) & _DATED_TYPES]
    yield from (("json-ld", "json-ld page", date_of(page, "datePublished")) for page in pages[:5])
    in_url = _URL_DATE.search(head.url)
    if in_url:
        yield "url", "address", "-".join(in_url.groups())
    yield from (("time", "marked time", _time_text(each)) for each in _MARKED(tree)[:_MOST_MARKED] if _is_marked(each))


def _shown(head: Head, tree: HtmlElement) -> Iterator[_Offer]:
    """What the page shows, and what its vaguer marks say: asked only where nothing better tells the time of day."""
    shown = [line for line in date_lines(tree, day_first=_day_first(head)) if not line.modified]
    ranked = sorted((line for line in shown if not line.apart), key=lambda line: -line.score)
    yield from (("text", "dated line", line) for line in ranked[:3] if line.score >= _SURE)
    for name in _VAGUE_META:
        yield from (("meta", f"meta {name}", content) for content in head.metas.get(name, ())[:1])
    yield from (
        ("time", "time after the headline", _time_text(each)) for each in _AFTER_HEADLINE(tree) if not stands_apart(each)
    )
    yield from (("text", "dated line", line) for line in ranked[:3] if _LIKELY <= line.score < _SURE)
    for address in (head.url, head.meta("og:url") or ""):
        found = _URL_ENDS.search(address)
        yield "url", "address", "-".join(part for part in _by_year(found)) if found else None
    times = _TIMES(tree)
    yield from (("time", "only time", _time_text(each)) for each in times if len(times) == 1)
    if len({line.at.date() for line in shown}) == 1 and len(shown[0].text) < _LONE:
        yield "text", "only date", shown[0]


def _by_year(found: re.Match[str]) -> tuple[str, str, str]:
    y, m, d, d2, m2, y2 = found.group("y", "m", "d", "d2", "m2", "y2")
    return y or y2, m or m2, d or d2


def _is_marked(element: HtmlElement) -> bool:
    classes = (element.get("class") or "").split()
    properties = (element.get("property") or "").lower().split()
    named = element.get("itemprop") == "datePublished" or element.get("pubdate") is not None
    named = named or not PUBLISHED_PROPERTIES.isdisjoint(properties)
    return element.tag != "meta" and bool(named or _NAMED_CLASSES.intersection(classes)) and not stands_apart(element)


def _time_text(element: HtmlElement) -> str:
    """What a marked time states for machines or, where that is no date, shows."""
    stated = element.get("datetime") or element.get("content") or element.get("title") or ""
    return stated if stated and parse_instant(stated) else brief(element, LONGEST_META) or stated


def _day_first(head: Head) -> bool | None:
    """Whether the page's language writes the day before the month; None where its speakers differ and nothing tells."""
    language = (head.tree.get("lang") or head.meta("og:locale", "content-language") or "").lower().replace("_", "-")
    if language in {"en", "en-ca", ""}:
        in_url = _URL_LOCALE.search(head.url.lower())
        if in_url is None:
            return True if _DAY_FIRST_HOST.search(urlsplit(head.url).hostname or "") else None
        language = in_url[1]
    return language not in {"en-us", "en-ph"}


def _modified(head: Head, tree: HtmlElement, now: datetime, evidence: Evidence) -> datetime | None:
    taken: datetime | None = None
    for place, text in _changes(head, tree):
        found = _candidate(text, "", place, now)
        why = (
            "no date, or none that can be"
            if found is None
            else "an earlier source speaks"
            if taken
            else "the first of its order"
        )
        evidence.offer("modified", place, text, why, won=found is not None and taken is None)
        taken = taken or (found.at if found else None)
        if taken and not evidence.wanted:
            break
    return taken


def _changes(head: Head, tree: HtmlElement) -> Iterator[tuple[str, str | None]]:
    yield "json-ld dateModified", date_of(head.article, "dateModified")
    for name in _MODIFIED_META:
        yield from ((f"meta {name}", content) for content in head.metas.get(name, ())[:1])
    yield from (("marked time", _time_text(each)) for each in _CHANGED(tree)[:2])
