"""How many comments a page says that it has. A pure module.

Its structured data speaks first, unless it says none, which templates write unasked; then the heading of the comments,
what links to them, counters, and last the state that a script will read. A counter on a teaser counts another page's.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.comments.marks import Marks
from crawler.comments.words import HEADING, counted
from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import Node, resolve, text_of
from crawler.reading.texts import glimpse, one_line, words

_HEADINGS = frozenset(words("h1 h2 h3 h4 h5 p span div a strong b header button"))
_LINKS = XPath("//a/@href[contains(., '#')]/..")
_COUNTERS = XPath(
    "//@data-comment-count | //@data-comments-count | //@data-commentcount | //@data-comment-num | //@comments-count"
)
_FRAGMENT = re.compile(r"#.{0,20}(?:omment|omentar|eacti|isqus|espond|spotim|coral|forum|diskus|discuss|yorum)", re.IGNORECASE)
_COUNTER = re.compile(
    r"comments?[-_]{0,2}(?:count|counter|num|number|total|bubble)|(?:count|num|total)[-_]{0,2}(?:of[-_])?comments?"
)
_STATE = re.compile(
    r"[\"']?(?:comments?_?(?:count|total)|(?:total|num|n|number_of_)_?comments|initialcommentcount)[\"']?\s*[:=]\s*[\"']?(\d{1,6})\b",
    re.IGNORECASE,
)
_TEASER = re.compile(
    r"teaser|related|card|listing|widget|sidebar|recommend|popular|slider|carousel|latest|trending", re.IGNORECASE
)
LONGEST_HEADING = 200
LONGEST_NOTE = 60
LONGEST_STATE = 500_000
MOST_LINKS = 400


def stated_count(
    marks: Marks,
    sections: list[HtmlElement],
    article: Node,
    nodes: list[Node],
    holders: list[HtmlElement],
    *,
    url: str = "",
    evidence: Evidence | None = None,
) -> int | None:
    """How many comments the page says that it has; None when it doesn't say."""
    evidence = evidence or Evidence()
    data = _from_data(article, nodes)
    for source, count in _sources(marks, sections, holders, url, data):
        if count is not None:
            evidence.offer("comment_count", source, count, "the first of its order", won=True)
            return count
    evidence.offer("comment_count", "json-ld", data, "nothing else counts them", won=True)
    return data


def _sources(
    marks: Marks, sections: list[HtmlElement], holders: list[HtmlElement], url: str, data: int | None
) -> Iterator[tuple[str, int | None]]:
    if data:
        yield "json-ld", data
    if not marks.speaking and data is None and not sections:
        return
    yield "the heading of the comments", _from_sections(sections, holders, surely=True)
    yield "a link to the comments", _from_links(marks, url)
    yield "words in a section for comments", _from_sections(sections, holders, surely=False)
    yield "a counter of comments", _from_counters(marks)
    if holders:
        yield "a heading above the comments", _from_headings(marks.tree, len(holders))
    elif data is None and sections:
        yield "a script's state", _from_state(marks.tree)


def _from_data(article: Node, nodes: list[Node]) -> int | None:
    for node in [article, *nodes[:20]]:
        count = _number(node.get("commentCount"))
        if count is None:
            found = (_interactions(each) for each in resolve(node.get("interactionStatistic"), nodes))
            count = next((value for value in found if value is not None), None)
        if count is not None:
            return count
    return None


def _from_sections(sections: list[HtmlElement], holders: list[HtmlElement], *, surely: bool) -> int | None:
    inside = {element for holder in holders for element in islice(holder.iter(), 400)}
    for section in sections[:10]:
        before = section.getprevious()
        for element in (
            *([before] if before is not None and before.tag in _HEADINGS else ()),
            *islice(section.iter(*_HEADINGS), 60),
        ):
            if element in inside or len(element) > 6:
                continue
            text = _shown(element)
            count = counted(text) if (HEADING.fullmatch(text) if surely else len(text) < LONGEST_NOTE) else None
            if count is not None:
                return count
    return None


def _shown(element: HtmlElement) -> str:
    """What an element says; a button too, though it is no text of the page."""
    if element.tag == "button":
        return one_line(element.text_content()[:LONGEST_HEADING])
    return glimpse(element, LONGEST_HEADING)[:LONGEST_HEADING]


def _from_headings(tree: HtmlElement, least: int) -> int | None:
    """What a heading anywhere says, where comments were found without a section that holds them."""
    for element in islice(tree.iter("h2", "h3", "h4", "span", "div", "p"), 4_000):
        text = element.text
        if text and len(text) < LONGEST_NOTE and HEADING.fullmatch(text):
            count = counted(text)
            if count is not None and count >= least:
                return count
    return None


def _from_links(marks: Marks, url: str) -> int | None:
    """What a link to this page's own comments says, such as "57 Comments" below the headline."""
    path = urlsplit(urldefrag(url).url).path.rstrip("/") if url else ""
    for link in islice(_LINKS(marks.tree), MOST_LINKS):
        address = (link.get("href") or "").strip()
        if not _FRAGMENT.search(address) or not (address.startswith("#") or (path and _path(address) == path)):
            continue
        text = glimpse(link, LONGEST_HEADING) or (link.get("title") or "")
        count = counted(text) if len(text) < 60 else None
        if count is None and text.strip("() \u00a0").isdecimal() and len(text) < 9:
            count = int(text.strip("() \u00a0"))
        if count is not None:
            return count
    return None


def _path(address: str) -> str:
    try:
        return urlsplit(address).path.rstrip("/")
    except ValueError:
        return ""


def _from_counters(marks: Marks) -> int | None:
    """The number that all counters of comments agree on: where they differ they belong to teasers."""
    found = {value.strip() for value in _COUNTERS(marks.tree)} if "omment" in marks.names else set()
    for element in marks.speaking:
        names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
        if _COUNTER.search(names) and len(element) < 4 and not _announces(element):
            text = glimpse(element, 40)
            count = counted(text)
            found.add(str(count) if count is not None else text.strip("() \u00a0"))
    numbers = {int(text) for text in found if text.isdecimal() and len(text) < 9}
    return numbers.pop() if len(numbers) == 1 else None


def _announces(element: HtmlElement) -> bool:
    """Whether a counter stands in the announcement of another page, and counts that one's comments."""
    around = islice(element.iterancestors(), 6)
    return any(
        _TEASER.search(each.get("class") or "") or (each.tag == "a" and "#" not in (each.get("href") or "#")) for each in around
    )


def _from_state(tree: HtmlElement) -> int | None:
    """The number that the scripts' own data gives, where it gives one alone."""
    found: set[str] = set()
    for script in tree.iter("script"):
        text = script.text
        if text and len(text) < LONGEST_STATE and "omment" in text and "ld+json" not in (script.get("type") or ""):
            found.update(_STATE.findall(text))
    return int(found.pop()) if len(found) == 1 else None


def _interactions(value: Any) -> int | None:
    if not isinstance(value, dict):
        return None
    kind = value.get("interactionType")
    name = text_of(kind, "@type", "@id") if isinstance(kind, dict) else kind
    return _number(value.get("userInteractionCount")) if isinstance(name, str) and "Comment" in name else None


def _number(value: Any) -> int | None:
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None
