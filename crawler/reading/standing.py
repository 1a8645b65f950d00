"""Where on its page something stands: with the article, in a box of others, or behind the text. A pure module."""

import re
from collections.abc import Iterator
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.reading.texts import glimpse, words

LEVELS = 7  # so far up to look
_MOST_WITHIN = 150  # elements inside a line
_FAR = XPath("count(preceding::p[string-length(.) > 150]) > 2")
_ELSEWHERE = re.compile(
    r"(?:\A|[\s_-])(?:comments?|related|teasers?|recommend\w*|popular|trending|copyright|photo|social|socmed|share|newsletter|promo"
    r"|latest|carousel|slider|gallery|tagcloud|breadcrumbs?|wp-caption|caption-text|cards?"
    r"|(?<!has-)(?<!no-)(?<!with-)(?<!content-)sidebar(?!-parent)|(?<!elementor-)widget(?!-container|\s+Blog\b))(?:[\s_-]|\Z)"
    r"|comment-|more-from|read-?more|site-footer|page-footer|(?:\A|\s)(?:post-|site-|main-)?(?:nav|menu)(?:igation|bar|-links)?(?:\s|\Z)",
    re.IGNORECASE,
)
_TEASER = re.compile(r"(?:\A|[\s_-])(?:teaser|card|related|promo|recommended|listing)(?:[\s_-]|\Z)", re.IGNORECASE)
_OTHERS = re.compile(r"comment|photo|copyright|image|avatar", re.IGNORECASE)
_APART = frozenset(words("nav form figcaption blockquote"))
_HOLDERS = frozenset(words("article main header body html"))


def upwards(element: HtmlElement) -> Iterator[HtmlElement]:
    """An element and those above it, up to the article or the header that holds it."""
    yield element
    for each in element.iterancestors():
        if each.tag in _HOLDERS:
            return
        yield each


def stands_apart(element: HtmlElement) -> bool:
    """Whether something stands in a teaser or a box of others, rather than with the article."""
    if element.tag in _APART or _OTHERS.search(element.get("class") or ""):
        return True
    for each in islice(element.iterancestors(), LEVELS):
        named = f"{each.get('class') or ''} {each.get('id') or ''}"
        if each.tag in _HOLDERS:
            return each.tag == "article" and bool(_TEASER.search(each.get("class") or ""))
        if each.tag in _APART or _ELSEWHERE.search(named):
            return True
    return False


def is_far(element: HtmlElement) -> bool:
    """Whether paragraphs of the text stand before something: a byline or a date there is seldom the article's."""
    return bool(_FAR(element))


def brief(element: HtmlElement, most: int) -> str:
    """The start of what an element shows (see `glimpse`); empty for one that holds more than a line does."""
    within = sum(1 for _ in islice(element.iter(), _MOST_WITHIN + 1))
    return glimpse(element, most) if within <= _MOST_WITHIN else ""
