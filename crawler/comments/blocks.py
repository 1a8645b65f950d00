"""Comments that no class names: repeated blocks under a heading such as "3 Comments", each with a name, a time and words.

A pure module. Page builders write class names that say nothing. A list of teasers has times and headlines too, so all of
this must fit: the heading, how many it says there are, a time in each block, and blocks that are no links to articles.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from lxml.html import HtmlElement

from crawler.comments.marks import tokens_of
from crawler.comments.nodes import TAGS, Node, is_aside
from crawler.comments.parts import clean_name
from crawler.comments.words import HEADING, counted
from crawler.reading.instants import parse_instant
from crawler.reading.relative import may_be_relative, resolve_relative
from crawler.reading.texts import glimpse

MOST_HEADINGS = 6
MOST_LEVELS = 4  # how far above its heading a list of comments may end
MOST_ELEMENTS = 4_000  # below one heading
MOST_TIMES = 400
LONGEST_TIME = 60  # characters
LONGEST_HEADING = 80
MOST_ABOVE = 30  # elements between a time and its block
LONGEST_NAME = 40  # characters
MOST_NAME_WORDS = 5
_NO_NAME = re.compile(r"[.!?…:;,][\s\"”»]*\Z|[!?…;,]\s|https?:|[#/<>]")
_SPEAKS = re.compile(  # a cheap look before the whole pattern is tried
    r"omm?ent|OMM?ENT|hought|edanken|ntwort|epl[iy]|espons|eacti|eaksi|Reacti|yorum|Yorum|rgänz|pini|iskus|iscus|оммент|омент|отзыв|Отзыв"
    r"|コメント|评论|評論|留言|回應|回复|댓글|의견|ình luận|kiến|تعليق|टिप्पण|মন্তব্য|χόλι|einung"
    r"|бсужд|бговор|תגוב|討論|讨论|ディスカ|토론"
)
_TIMED = re.compile(r"date|time|datum|zeit|posted|publish|created|ago(?![a-z])|when|stamp|fecha|data(?![a-z])")
_PASSING = frozenset({"odd", "even", "alt", "first", "last", "active", "new"})
_TITLES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "legend", "summary", "header", "p", "strong"})
_HEADS = (*_TITLES, "div", "span", "b")


@dataclass(frozen=True, slots=True)
class Block:
    """The comments under one heading, as it counts them (None when it doesn't)."""

    nodes: list[Node]
    stated: int | None


def headed(tree: HtmlElement, now: datetime) -> Iterator[Block]:
    """For each heading of comments, the blocks below it that look like records: repeated, with one time in each."""
    for heading in _headings(tree):
        stated = counted(glimpse(heading, LONGEST_HEADING))
        level = heading
        for _ in range(MOST_LEVELS if stated != 0 else 0):
            if level.tag == "body" or level.getparent() is None:
                break
            below = list(islice(level.itersiblings(), MOST_ELEMENTS))
            nodes = _records_in(below, now) if below else []
            if nodes:
                yield Block(nodes, stated)
                break
            level = level.getparent()


def _headings(tree: HtmlElement) -> Iterator[HtmlElement]:
    found = 0
    for element in tree.iter(*_HEADS):
        text = element.text
        if (not text or text.isspace()) and len(element) and element.tag in _TITLES:
            text = element[0].text or element[0].tail
        if not text or len(text) > LONGEST_HEADING * 2 or not _SPEAKS.search(text):
            continue
        outer = element.getparent()
        for each in (element, outer) if outer is not None and outer.tag in _TITLES else (element,):
            if len(each) < 5 and HEADING.fullmatch(glimpse(each, LONGEST_HEADING)) and not is_aside(each):
                yield each
                found += 1
                break
        if found == MOST_HEADINGS:
            break


def _records_in(roots: list[HtmlElement], now: datetime) -> list[Node]:
    """The blocks among these siblings and in them that repeat around the times."""
    times = _times(roots, now)
    if not times:
        return []
    tops = frozenset(roots)
    chains = [chain for element in times if (chain := _chain(element, tops))]
    shapes = [{_shape(each): each for each in reversed(chain)} for chain in chains]  # the nearest element of each shape
    spread = Counter(shape for nearest in shapes for shape in nearest)
    best: tuple[float, list[HtmlElement]] = (0.0, [])
    for shape, count in spread.items():
        if count < 0.8 * len(times):
            continue
        around = [(chain, nearest[shape]) for chain, nearest in zip(chains, shapes, strict=True) if shape in nearest]
        elements = list(dict.fromkeys(element for _, element in around))
        size = sum(chain.index(element) for chain, element in around) / count
        if len(elements) == count and elements[0].tag in TAGS and (size + 1) > best[0]:
            best = (size + 1, elements)
    nodes = [Node(element) for element in _widened(best[1], tops)]
    _place_times(nodes, times)
    _place_names(nodes)
    return nodes


def _place_times(nodes: list[Node], times: list[HtmlElement]) -> None:
    """Say of each block which of these times is its own."""
    holders = {node.element: node for node in nodes}
    for element in times:
        for each in (element, *islice(element.iterancestors(), MOST_ABOVE)):
            if each in holders:
                holders[each].time = holders[each].time if holders[each].time is not None else element
                break


def _place_names(nodes: list[Node]) -> None:
    """Say what stands where a name does, if something like a name stands right before the time in all blocks alike.

    Two blocks at least, and two names: a word that is the same in all is a label.
    """
    found = [_before(node.time, node.element) for node in nodes if node.time is not None]
    names = [clean_name(text) or "" for _, text in found]
    alike = len(found) == len(nodes) > 1 and len({shape for shape, _ in found}) == 1
    if alike and len(set(names)) > 1 and all(_is_like_name(name) for name in names):
        for node, name in zip(nodes, names, strict=True):
            node.name = name


def _before(time: HtmlElement, block: HtmlElement) -> tuple[tuple[str, ...], str]:
    """The text right before a time in its block, and the shape of what holds it; empty where none stands there."""
    level = time
    while level is not block:
        before, around = level.getprevious(), level.getparent()
        if around is None:
            break
        loose = before.tail if before is not None else around.text
        if loose and any(map(str.isalnum, loose)):
            return ("text", *_shape(around)), loose[: LONGEST_NAME + 1]
        if before is not None and (text := glimpse(before, LONGEST_NAME + 1)) and any(map(str.isalnum, text)):
            return _shape(before), text
        level = before if before is not None else around
    return (), ""


def _is_like_name(text: str) -> bool:
    """Whether a short text can be what a reader goes by: no sentence, no address, few words."""
    return 0 < len(text) <= LONGEST_NAME and len(text.split()) <= MOST_NAME_WORDS and not _NO_NAME.search(text)


def _widened(elements: list[HtmlElement], roots: frozenset[HtmlElement]) -> list[HtmlElement]:
    """The blocks around these that are still one for each: words often stand beside what holds name and time."""
    while elements and all(element not in roots for element in elements):
        around = [element.getparent() for element in elements]
        if len(set(around)) < len(elements) or any(each is None or each.tag not in TAGS for each in around):
            break
        elements = [each for each in around if each is not None]
    return elements


def _chain(element: HtmlElement, roots: frozenset[HtmlElement]) -> list[HtmlElement]:
    """An element and those around it, up to the sibling of the heading that holds it; empty where none does."""
    chain = [element]
    while chain[-1] not in roots:
        outer = chain[-1].getparent()
        if outer is None:
            return []
        chain.append(outer)
    return chain


def _shape(element: HtmlElement) -> tuple[str, ...]:
    """What repeated blocks have in common: tag and class, without what tells the first or an odd one."""
    names = (name for name in tokens_of(element) if name not in _PASSING and sum(map(str.isdigit, name)) < 3)
    return (element.tag, *names)


def _times(roots: list[HtmlElement], now: datetime) -> list[HtmlElement]:
    """The elements whose own short text, or whose mark, is a time; of one inside another the outer."""
    found: dict[HtmlElement, None] = {}
    seen = 0
    for root in roots:
        if root.tag in {"footer", "nav", "aside", "script", "style", "form"}:
            continue
        for element in root.iter("*"):
            seen += 1
            if seen > MOST_ELEMENTS or len(found) > MOST_TIMES:
                return list(found)
            holder = _time_holder(element, now)
            if holder is not None and not any(each in found for each in (holder, *islice(holder.iterancestors(), 3))):
                found[holder] = None
    return list(found)


def _time_holder(element: HtmlElement, now: datetime) -> HtmlElement | None:
    if element.tag == "time" or element.get("datetime"):
        return element
    tail = element.tail
    if tail and len(tail) < LONGEST_TIME + 20 and _is_time(tail, now):
        return element.getparent()
    text = (
        element.get("title") if _TIMED.search((element.get("class") or "").lower()) and element.get("title") else element.text
    )
    return element if text and len(text) < LONGEST_TIME + 20 and _is_time(text, now) else None


def _is_time(text: str, now: datetime) -> bool:
    text = " ".join(text.split())
    if not 1 < len(text) <= LONGEST_TIME or not may_be_relative(text):
        return False
    return parse_instant(text) is not None or resolve_relative(text, now) is not None
