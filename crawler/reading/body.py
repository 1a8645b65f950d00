"""The text of an article: paragraphs, sub-headings, quotes and list items in reading order. A pure module.

The outline of the page says where the article is; lines that belong to the page rather than to the article are left
out. Where that finds next to nothing, the page's structured data, its scripts and trafilatura are asked.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawler.reading.boilerplate import is_form_line
from crawler.reading.byline import BYLINE_BLOCKS, LONGEST_BYLINE, is_byline
from crawler.reading.evidence import Evidence
from crawler.reading.furniture import is_closing, is_furniture
from crawler.reading.jsonld import text_of
from crawler.reading.leads import SHORTEST_LEAD, find_lead
from crawler.reading.main_content import find_main_content, trimmed, without_surroundings
from crawler.reading.metadata import Head, leads_home
from crawler.reading.outline import Block, Outline, read_outline
from crawler.reading.scripted import scripted_body, stated_body
from crawler.reading.texts import folded, one_line, prose, unmarked, visible, words

THIN = 600  # characters: a text below that may be only a part, and is looked for another way
MOST_ELEMENTS = 20_000  # of a page that trafilatura is asked about: it takes seconds for more
TOP = 8  # blocks in which the headline is looked for
SCRAPS = 0.1  # share of the prose that may stand above the headline without being the text
BRIEF = 60  # characters: what has as many may be a brief, and is given up only for far more
FAR_MORE = 3.0
FEWEST = 20  # characters that trafilatura must find: fewer are a menu
CLEARLY_MORE = 1.5  # times as long another reading must be to be believed over ours
_LINES = frozenset(words("p head item code ab summary fw lb row quote list table div details body main"))


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of an article in reading order; `lead` is the first of them where that is a standfirst."""

    blocks: list[str]
    lead: str | None = None


def read_body(
    tree: HtmlElement,
    head: Head,
    title: str | None,
    names: Collection[str] = (),
    box: str = "",
    *,
    evidence: Evidence | None = None,
) -> Body:
    """The article's text without its title line, its byline (of `names`) and its paywall's `box`, its standfirst first."""
    evidence = evidence or Evidence()
    titles = _titles(tree, head, title)
    blocks, lead = _read_outline(tree, head, titles, evidence)
    if sum(map(len, blocks)) < THIN:
        blocks = _second_opinion(tree, head, blocks, titles, evidence)
    boxed = folded(box)
    shown = [block for block in blocks if not _left_out(block, boxed, evidence)]
    while shown and folded(shown[0]) in titles:
        shown.pop(0)
    shown = _without_bylines(shown, names, evidence)
    body = _with_lead(shown, lead)
    evidence.offer("lead", "standfirst", body.lead, "between the headline and the text, or set apart at its top", won=True)
    return body


def _read_outline(tree: HtmlElement, head: Head, titles: frozenset[str], evidence: Evidence) -> tuple[list[str], str | None]:
    """The blocks of the article, and its standfirst, wherever that stands."""
    whole = read_outline(tree)
    above = _anchor(whole, titles)
    outline = without_surroundings(whole)
    if not outline.blocks:
        return [], None
    anchor = _anchor(outline, titles)
    kept = trimmed(outline, find_main_content(outline, anchor, evidence), anchor, evidence)
    if anchor is not None:
        kept = _below_headline(kept, outline.blocks[anchor], evidence)
    if not kept:
        return [], None
    first = next(number for number, block in enumerate(whole.blocks) if block is kept[0])
    lead = find_lead(whole, first, above, _descriptions(head), titles)
    return [block.text for block in kept], lead.text if lead else None


def _below_headline(blocks: list[Block], headline: Block, evidence: Evidence) -> list[Block]:
    """The blocks below the one that shows the headline, where those above it are but a line or two: a date, a section."""
    at = next((number for number, block in enumerate(blocks[:TOP]) if block is headline), None)
    if at is None or sum(block.prose for block in blocks[:at]) > SCRAPS * sum(block.prose for block in blocks):
        return blocks
    for block in blocks[:at]:
        evidence.offer("left out", "stands above the headline", block.text)
    return blocks[at + 1 :] or blocks


def _anchor(outline: Outline, titles: frozenset[str]) -> int | None:
    """The block that shows the headline."""
    shows = (number for number, block in enumerate(outline.blocks) if block.kind == "head" and folded(block.text) in titles)
    return next(shows, None)


def _titles(tree: HtmlElement, head: Head, title: str | None) -> frozenset[str]:
    """The forms, folded, in which the headline may stand above the text."""
    headings = [each for each, _ in zip(tree.iter("h1"), range(5), strict=False)]
    shown = [visible(each) for each in headings if not leads_home(each, head.url)]
    stated = [head.meta("og:title") or "", unmarked(text_of(head.article, "headline")), title or ""]
    return frozenset(folded(each) for each in (*shown, *stated) if each)


def _descriptions(head: Head) -> frozenset[str]:
    """What the page says that the article is about, folded: often its standfirst, word for word."""
    stated = [head.meta("og:description", "description", "twitter:description"), unmarked(text_of(head.article, "description"))]
    return frozenset(folded(each) for each in stated if each and len(each) > SHORTEST_LEAD)


def _second_opinion(tree: HtmlElement, head: Head, blocks: list[str], titles: frozenset[str], evidence: Evidence) -> list[str]:
    """What else the page offers, where that is clearly more than the little we found."""
    readings: tuple[tuple[str, float, Callable[[], list[str]]], ...] = (
        ("json-ld articleBody", CLEARLY_MORE, partial(stated_body, head.article)),
        ("markup in a script", CLEARLY_MORE, partial(scripted_body, tree)),
        ("trafilatura", FAR_MORE if sum(map(len, blocks)) >= BRIEF else CLEARLY_MORE, partial(_by_trafilatura, tree, head.url)),
    )
    best = blocks
    for source, times, read in readings:
        other = read()
        more = sum(map(len, other)) > times * sum(map(len, best))
        soup = more and sum(map(len, blocks)) >= BRIEF and _is_soup(other, titles)
        why = "holds the headline in a block: the whole page as one" if soup else "clearly more" if more else "not clearly more"
        evidence.offer("text", source, " ".join(other)[:100], why, won=more and not soup)
        best = other if more and not soup else best
        if sum(map(len, best)) >= THIN:
            break
    return best


def _is_soup(blocks: list[str], titles: frozenset[str]) -> bool:
    """Whether a reading runs the headline and what follows it together: then it is the page, not the article."""
    keys = [folded(block) for block in blocks]
    return any(len(title) > 20 and title in key and len(key) > 2 * len(title) for title in titles for key in keys)


def _by_trafilatura(tree: HtmlElement, url: str) -> list[str]:
    """What trafilatura finds: for pages whose text is no prose, or oddly marked up."""
    if sum(1 for _ in islice(tree.iter(), MOST_ELEMENTS + 1)) > MOST_ELEMENTS:
        return []
    found = bare_extraction(tree, url=url or None, include_comments=False, deduplicate=False, with_metadata=False)
    shown = list(_lines(found.body)) if isinstance(found, Document) and found.body is not None else []
    return shown if sum(map(len, shown)) >= FEWEST else []


def _left_out(block: str, boxed: str, evidence: Evidence) -> bool:
    why = (
        "stands in the paywall's box" if boxed and folded(block) in boxed else
        "the wording of a form or a button" if is_form_line(block)
        else "points elsewhere, advertises or credits" if is_furniture(block)
        else "a heading of what is not the article" if is_closing(block)
        else ""
    )  # fmt: skip
    if why:
        evidence.offer("left out", why, block)
    return bool(why)


def _without_bylines(blocks: list[str], names: Collection[str], evidence: Evidence) -> list[str]:
    """The blocks without lines at their top that only say who wrote it, and when."""
    top = next((number for number, block in enumerate(blocks) if len(block) > LONGEST_BYLINE), 0)
    bylines = {number for number, block in enumerate(blocks[: max(top, BYLINE_BLOCKS)]) if is_byline(block, names)}
    for number in sorted(bylines):
        evidence.offer("left out", "a byline", blocks[number])
    return [block for number, block in enumerate(blocks) if number not in bylines]


def _with_lead(blocks: list[str], lead: str | None) -> Body:
    """The blocks with the standfirst in front, once."""
    if not lead or not blocks:
        return Body(blocks)
    key = folded(lead)
    at = next((number for number, block in enumerate(blocks[:4]) if folded(block) == key), None)
    if at is not None:
        return Body([blocks[at], *blocks[:at], *blocks[at + 1 :]], blocks[at])
    if key in folded(" ".join(blocks)):
        return Body(blocks)
    return Body([lead, *blocks], lead)


def _lines(body: _Element) -> Iterator[str]:
    """The lines of trafilatura's tree, one for each block; the cells of a table's row stand on one."""
    pieces: list[str] = []
    stack: list[tuple[_Element, bool]] = [(body, False)]
    while stack:
        node, leaving = stack.pop()
        if not leaving:
            cell = node.tag == "cell" and node.getprevious() is not None
            pieces.append("\n" if node.tag in _LINES else " | " if cell else "")
            pieces.append(node.text or "")
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))
        else:
            pieces.append("\n" if node.tag in _LINES else "")
            pieces.append(node.tail or "" if node is not body else "")
    for line in "".join(pieces).split("\n"):
        clean = one_line(prose(line)).strip("|").strip()
        if clean:
            yield clean
