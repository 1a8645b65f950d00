"""The text of an article: paragraphs, sub-headings, quotes and list items in reading order. A pure module.

Trafilatura finds the article in the tree; what it returns is read here element by element, so that each block keeps
its place, and lines that belong to the page rather than to the article are left out.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from crawler.blocks import read_outline
from crawler.choose import Measure, choose, trimmed, without_surroundings
from crawler.boilerplate import is_form_line
from crawler.byline import BYLINE_BLOCKS, LONGEST_BYLINE, is_byline
from crawler.furniture import is_closing, is_furniture
from crawler.leads import find_lead
from crawler.jsonld import text_of
from crawler.metadata import Head, folded, leads_home
from crawler.scripted import scripted_body, stated_body
from crawler.texts import drop, glimpse, one_line, prose, unmarked, visible

LONGEST_CAPTION = 600  # characters: a longer "caption" is an article set as one
SHORTEST_LEAD, LONGEST_LEAD = 30, 700  # characters
MOST_HEADINGS = 500
CLEARLY_MORE = 1.5
THIN = 600  # characters: a text below that may be only a part, and is looked for another way
FARTHEST_LEAD = 120  # elements after the headline: a standfirst stands near it
_LEAD = re.compile(
    r"stand-?first|(?:^|[\s_-])(?:dek|deck|chapeau|vorspann|ingress|anlauf|teaser-?text|abstract|sub-?title"
    r"|sub-?head(?:line)?|subheading|lead|lede|lead-?(?:text|paragraph)"
    r"|intro|intro-?text|article-?intro|summary|excerpt|kicker-?text|sommario|occhiello|bajada|entradilla"
    r"|(?:article|post|entry|story)[-_]*description)(?=$|[\s_-])"
)
_LEAD_PROPERTIES = frozenset({"description", "alternativeHeadline"})
_BLOCKS = frozenset(
    {
        "p",
        "head",
        "item",
        "code",
        "ab",
        "summary",
        "fw",
        "lb",
        "row",
        "quote",
        "list",
        "table",
        "div",
        "details",
        "body",
        "main",
    }
)


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of an article in reading order; `lead` is the first of them where that is a standfirst."""

    blocks: list[str]
    lead: str | None = None


def read_body(tree: HtmlElement, head: Head, title: str | None, names: Collection[str] = ()) -> Body:
    """The article's text without its title line and byline (of `names`), its standfirst first; the tree is used up."""
    titles = _titles(tree, head, title)
    links = _link_texts(tree)
    raw = read_outline(tree)
    outline = without_surroundings(raw)
    blocks: list[str] = []
    lead = None
    if outline.blocks:
        measure = Measure.of(outline)
        anchor = next((n for n, b in enumerate(outline.blocks) if b.kind == "head" and folded(b.text) in titles), None)
        kept = trimmed(outline, measure, choose(outline, measure, anchor), anchor)
        if kept:
            lead = find_lead(raw, raw.blocks.index(kept[0]), next((n for n, b in enumerate(raw.blocks) if b.kind == "head" and folded(b.text) in titles), None), _descriptions(head), titles)
        blocks = [b.text for b in kept]
    if sum(map(len, blocks)) < THIN:
        blocks = _second_opinion(tree, head, blocks)
    blocks = [block for block in blocks if not is_form_line(block) and not is_furniture(block) and not is_closing(block)]
    while blocks and folded(blocks[0]) in titles:
        blocks.pop(0)
    top = next((at for at, block in enumerate(blocks) if len(block) > LONGEST_BYLINE), 0)
    blocks = [block for at, block in enumerate(blocks) if at >= max(top, BYLINE_BLOCKS) or not is_byline(block, names)]
    while len(blocks) > 3 and folded(blocks[-1]) in links:
        blocks.pop()
    return _with_lead(blocks, lead.text if lead else None)


def _descriptions(head: Head) -> frozenset[str]:
    stated = [head.meta("og:description", "description", "twitter:description") or "", unmarked(text_of(head.article, "description"))]
    return frozenset(folded(each) for each in stated if len(each) > SHORTEST_LEAD)


def _second_opinion(tree: HtmlElement, head: Head, blocks: list[str]) -> list[str]:
    """What else the page offers, where that is clearly more than the little we found.

    Its structured data, its scripts, or what trafilatura finds on pages whose text is no prose or oddly marked up.
    """
    best = blocks
    for read in (lambda: stated_body(head.article), lambda: scripted_body(tree), lambda: _by_trafilatura(tree, head)):
        other = read()
        if sum(map(len, other)) > CLEARLY_MORE * sum(map(len, best)):
            best = other
        if sum(map(len, best)) >= THIN:
            break
    return best


def _by_trafilatura(tree: HtmlElement, head: Head) -> list[str]:
    found = bare_extraction(tree, url=head.url or None, include_comments=False, deduplicate=False, with_metadata=False)
    return list(_blocks(found.body)) if isinstance(found, Document) and found.body is not None else []


def _titles(tree: HtmlElement, head: Head, title: str | None) -> frozenset[str]:
    """The forms in which the headline may stand above the text."""
    shown = [visible(each) for each in list(tree.iter("h1"))[:5] if not leads_home(each, head.url)]
    stated = [head.meta("og:title") or "", unmarked(text_of(head.article, "headline")), title or ""]
    return frozenset(folded(each) for each in (*shown, *stated) if each)


def _link_texts(tree: HtmlElement) -> frozenset[str]:
    return frozenset(folded(text) for link in tree.iter("a") if len(text := glimpse(link, 300)) > 15)


def _with_lead(blocks: list[str], lead: str | None) -> Body:
    """The blocks with the standfirst in front: where it stands already, or where trafilatura passed over it."""
    if not lead or not blocks:
        return Body(blocks)
    key = folded(lead)
    at = next((number for number, block in enumerate(blocks[:4]) if folded(block) == key), None)
    if at is not None:
        return Body([blocks[at], *blocks[:at], *blocks[at + 1 :]], blocks[at])
    if key in folded(" ".join(blocks)):
        return Body(blocks)
    return Body([lead, *blocks], lead)


def link_share(tree: HtmlElement) -> float:
    """How much of the page's text stands in links: 0 to 1."""
    linked = sum(len(visible(link)) for link in tree.iter("a"))
    return linked / max(1, len(visible(tree)))


def _blocks(body: _Element) -> Iterator[str]:
    """The lines of trafilatura's tree, one for each block; the cells of a table's row stand on one."""
    pieces: list[str] = []
    stack: list[tuple[_Element, bool]] = [(body, False)]
    while stack:
        node, leaving = stack.pop()
        if not leaving:
            pieces.append(
                "\n" if node.tag in _BLOCKS else " | " if node.tag == "cell" and node.getprevious() is not None else ""
            )
            pieces.append(node.text or "")
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))
        else:
            pieces.append("\n" if node.tag in _BLOCKS else "")
            pieces.append(node.tail or "" if node is not body else "")
    for line in "".join(pieces).split("\n"):
        clean = one_line(prose(line)).strip("|").strip()
        if clean:
            yield clean
