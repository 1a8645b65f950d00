"""The byline that stands on a page, where its structured data names nobody. A pure module.

First what is marked as the author: `rel=author`, schema.org's and microformats' properties, and the class names of
WordPress, Blogger, Drupal and their like; then lines that begin with "By". Only near the article: what stands in boxes
beside it, in teasers or in its comments is about others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from crawler.reading.names import MOST_AUTHORS, House, is_agency, names_in
from crawler.reading.standing import LEVELS, brief, is_far, stands_apart, upwards
from crawler.reading.texts import folded, words


def _any_of(subject: str, parts: str) -> str:
    return " or ".join(f"contains({subject}, '{part}')" for part in words(parts))


# The parser's own search, for speed: what it finds is looked at more closely below.
# One step from one node, for libxml2 looks for doubles in all else it finds, which is quadratic.
_MARKED = XPath(
    f"descendant::*[@class or @rel or @itemprop][@class[{_any_of('.', 'uthor yline utor uteur edakteur ournalist vcard')}]"
    " or @rel = 'author' or @itemprop[. = 'author' or . = 'creator']]"
)
_NAMED = XPath("descendant::*[self::a or @itemprop = 'name'][string-length(normalize-space(.)) > 1]")
_SIGNED = XPath(
    "descendant::text()[contains('|By|by|BY|Vo|vo|VO|Pa|Po|PO|Di|Do|Av|Af|Au|Wr|Te|Ol|Ав|作者|記者|记者|文/|本报|本報|',"
    " concat('|', substring(normalize-space(substring(., 1, 60)), 1, 2), '|'))]"
)
_POSTED = XPath(f"descendant::*[@class[{_any_of('.', 'meta posted date byline info')}]][string-length(.) < 300]")
_BOLD_FIRST = XPath(
    "descendant::p[count(preceding-sibling::p) < 4]/*[self::strong or self::b][string-length(.) > 4 and string-length(.) < 60]"
)

_BY_WORD = re.compile(
    r"(?:by|von|par|por|di|door|av|af|oleh|written|posted|words|text|autor|author|auteur|автор|作者|(?:本报|本報)?(?:記者|记者)|文)",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"(?:(?:written|posted|reported|words|text|texte?|story)\s+)?(?:by|von|par|por|di|door|av|af|oleh)\s*:?\s+\w"
    r"|(?P<label>(?:autor(?:in|en|es|a)?(?:/autor(?:in)?)?|authors?|auteurs?e?)(?:\s*[:：]\s*|\s+)|(?:text[eo]?|автор\w*|作者|(?:本报|本報)?(?:記者|记者)|文)\s*[:：/／]\s*|(?:作者|(?:本报|本報)?(?:記者|记者))\s+)\w",
    re.IGNORECASE,
)
# What a person is called, where nothing marks it: two to four words, all in capitals but for "von" and its like.
_PLAIN = re.compile(
    r"(?:[^\W\d_a-z][\w.'’-]*\s+(?:(?:von|van|de|der|den|del|della|di|da|dos|du|la|le|el|al|bin|ten|ter|zu)\s+){0,2}){1,3}[^\W\d_a-z][\w.'’-]*"
    r"|[\u3400-\u9fff]{2,4}|[\uac00-\ud7af]{2,4}"  # no capitals there: a name is short
)
_AMIDST = re.compile(
    r"(?:\A|\s)(?:by|von|par|por|door)[\s:]+(?P<name>\S.{1,90}?)"
    r"(?=\s+(?:on|am|at|um|in|le|el|op|den|under|unter|gespeichert|[|·–-])\s|\s*[|·]|\s+\d|\Z)",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"(?:\A|[\s_-])(?:author|autor|auteur|byline|journalist|redakteur|contributor)s?(?:in)?"
    r"(?:[\s_-]*(?:names?|links?|list|item|text|fn|url|meta|wrapper|container|info|txt))*(?:[\s_-]|\Z)|[a-z](?:Author|Byline)(?:Name)?",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"bio|about|(?:author|autor)[_-]?(?:box|info)|profile|description|avatar|image|img|picture", re.IGNORECASE)
_LOOSE = frozenset(words("aside footer"))  # the article's own, or the page's
_NO_NAMES = frozenset(words("meta link img script style body html article time input title option noscript svg"))
_INLINE = frozenset(words("a b strong em i span small cite font u"))
_PROPERTIES = frozenset(words("author creator article:author schema:author dc:creator"))
_MOST_MARKS, _MOST_LINES, _MOST_TEXTS = 80, 10, 300
_LONGEST_NAME = 60  # characters of a box about the author that says no more than who it is
_LONGEST = 140  # characters of a byline; a longer text is about its author
_BESIDE = 2  # how far up from a mark to look for those who wrote with its author
_SURE, _MARKED_SO, _BOX = 5, 4, 2


@dataclass(frozen=True, slots=True)
class _Mark:
    """An element that is marked as naming the author: how surely, by what, and the names."""

    strength: int
    source: str
    element: HtmlElement
    names: list[str]


def signed(tree: HtmlElement, house: House) -> Iterator[tuple[str, list[str]]]:
    """The bylines of a page with the names that they give, best first: (what marks it, names)."""
    marks = [mark for element in islice(_MARKED(tree), _MOST_MARKS) if (mark := _mark(element, house))]
    if marks:
        best = max(marks, key=lambda mark: mark.strength)  # the first of the strongest
        near = set(islice(best.element.iterancestors(), _BESIDE)) | {best.element}
        beside = (each for each in marks if not near.isdisjoint(islice(each.element.iterancestors(), _BESIDE)))
        alike = (each for each in beside if each is best or best.strength - each.strength < 2)
        yield best.source, _each_once(name for each in alike for name in each.names)
    for source, texts in (("byline", _beginnings(tree)), ("post line", _post_lines(tree))):
        for text in islice(texts, _MOST_LINES):
            names = [
                name for name in names_in(text, house) if _PLAIN.fullmatch(name) or (source == "post line" and " " not in name)
            ]
            if names:
                yield source, names
                break


def _each_once(names: Iterable[str]) -> list[str]:
    """The names without repetitions, some of which are written with more behind them."""
    kept: dict[str, str] = {}
    for name in names:
        key = folded(name)
        if not any(key.startswith(each) for each in kept):
            kept[key] = name
    full = any(" " in name for name in kept.values())
    return [name for key, name in kept.items() if not full or " " in name or is_agency(key)]


def _mark(element: HtmlElement, house: House) -> _Mark | None:
    strength, source = _strength(element)
    if strength <= 0:
        return None
    text = brief(element, _LONGEST + 1)
    if not 0 < len(text) <= (_LONGEST if strength > _BOX else _LONGEST_NAME):
        return None
    parts = [brief(each, _LONGEST) for each in _NAMED(element)[:MOST_AUTHORS]]
    names = _each_once(name for part in parts for name in names_in(part, house)) or names_in(text, house)
    if strength <= _BOX:
        names = [name for name in names if " " in name]
    return _Mark(strength, source, element, names) if names else None


def _strength(element: HtmlElement) -> tuple[int, str]:
    """How surely an element names the author, and what says so; 0 for what stands where others are named."""
    strength, source = _marking(element)
    if not strength or stands_apart(element):
        return 0, ""
    for level, each in enumerate(islice(upwards(element), LEVELS)):
        if level < _BESIDE and _ABOUT.search(each.get("class") or ""):
            strength = min(strength, _BOX)
        if each.tag in _LOOSE:
            strength -= 1
    return strength, source


def _marking(element: HtmlElement) -> tuple[int, str]:
    classes = element.get("class") or ""
    tokens = classes.split()
    strength, source = 0, ""
    if "author" in (element.get("rel") or "").split():
        strength, source = _SURE, "rel=author"
    elif (element.get("itemprop") or element.get("property") or "") in _PROPERTIES:
        strength, source = _SURE, "itemprop=author"
    elif "p-author" in tokens or ("vcard" in tokens and "author" in tokens):
        strength, source = _SURE, "vcard"
    elif found := _ROLE.search(classes):
        strength, source = _MARKED_SO, f"class={found[0].strip(' _-')}"
    elif found := _ROLE.search(element.get("id") or ""):
        strength, source = _MARKED_SO - 1, f"id={found[0].strip(' _-')}"
    return (0, "") if element.tag in _NO_NAMES else (strength, source)


def _beginnings(tree: HtmlElement) -> Iterator[str]:
    """Short lines that begin as bylines do: anywhere when they are labelled so, else before the text or at its beginning."""
    far = False  # once behind the beginning of the text, all that follows is
    for text in islice(_SIGNED(tree), _MOST_TEXTS):
        start = " ".join(text[:_LONGEST].split())
        if not _BY_WORD.match(start):
            continue
        element = text.getparent().getparent() if text.is_tail else text.getparent()
        if element is None or stands_apart(element):
            continue
        while element is not None and element.tag in _INLINE:
            element = element.getparent()
        if element is None or element.tag in _NO_NAMES:
            continue
        line = brief(element, 2 * _LONGEST)
        at = line.find(start[:20])
        line = line[at:] if at >= 0 else start
        found = _BEGINS.match(line)
        if found is None or len(line) > _LONGEST:
            continue
        far = far or is_far(element)
        if found["label"] or not far:
            yield line


def _post_lines(tree: HtmlElement) -> Iterator[str]:
    """What follows "by" in a line about the post, such as "Posted in News by Ann on 3 May"."""
    for element in islice(_POSTED(tree), _MOST_MARKS):
        found = _AMIDST.search(brief(element, _LONGEST))
        if found and not stands_apart(element):
            if is_far(element):
                return
            yield found["name"]


def openings(tree: HtmlElement, house: House) -> list[str]:
    """The names in a first paragraph of a few bold words: where a newsroom's account posts, its writers sign there."""
    for element in _BOLD_FIRST(tree)[:3]:
        text = brief(element, _LONGEST)
        if text == brief(element.getparent(), _LONGEST) and not stands_apart(element):
            return [name for name in names_in(text, house) if _PLAIN.fullmatch(name)]
    return []
