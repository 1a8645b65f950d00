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

from crawler.boilerplate import is_form_line, is_pointer
from crawler.byline import BYLINE_BLOCKS, is_byline
from crawler.jsonld import text_of
from crawler.metadata import Head, folded, leads_home
from crawler.texts import drop, glimpse, one_line, prose, unmarked, visible

LONGEST_CAPTION = 600  # characters: a longer "caption" is an article set as one
SHORTEST_LEAD, LONGEST_LEAD = 30, 700  # characters
MOST_HEADINGS = 500
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
    lead = find_lead(tree, head, titles)
    links = _link_texts(tree)
    drop(caption for caption in list(tree.iter("figcaption")) if len(caption.text_content()) < LONGEST_CAPTION)
    headings = _headings_between(tree)
    found = bare_extraction(tree, url=head.url or None, include_comments=False, deduplicate=False, with_metadata=False)
    if not isinstance(found, Document) or found.body is None:
        return Body([])
    blocks = [block for block in _blocks(found.body) if not is_form_line(block) and not is_pointer(block)]
    while blocks and folded(blocks[0]) in titles:
        blocks.pop(0)
    blocks = [block for at, block in enumerate(blocks) if at >= BYLINE_BLOCKS or not is_byline(block, names)]
    while len(blocks) > 3 and folded(blocks[-1]) in links:
        blocks.pop()
    return _with_lead(_with_headings(blocks, headings), lead)


def _headings_between(tree: HtmlElement) -> list[tuple[str, str, str]]:
    """The sub-headings that stand directly between two paragraphs: (paragraph before, heading, paragraph after)."""
    found = []
    for heading in islice(tree.iter("h2", "h3", "h4"), MOST_HEADINGS):
        before, after = heading.getprevious(), heading.getnext()
        if before is not None and after is not None and before.tag == after.tag == "p":
            found.append((folded(visible(before)), visible(heading), folded(visible(after))))
    return found


def _with_headings(blocks: list[str], headings: list[tuple[str, str, str]]) -> list[str]:
    """The blocks with the sub-headings that trafilatura lost: on pages without telling markup it keeps paragraphs only."""
    keys = [folded(block) for block in blocks]
    shown = frozenset(keys)
    missing = {(before, after): heading for before, heading, after in headings if heading and folded(heading) not in shown}
    whole: list[str] = []
    for number, block in enumerate(blocks):
        heading = missing.get((keys[number - 1], keys[number])) if number else None
        whole += [heading, block] if heading else [block]
    return whole


def _titles(tree: HtmlElement, head: Head, title: str | None) -> frozenset[str]:
    """The forms in which the headline may stand above the text."""
    shown = [visible(each) for each in list(tree.iter("h1"))[:5] if not leads_home(each, head.url)]
    stated = [head.meta("og:title") or "", unmarked(text_of(head.article, "headline")), title or ""]
    return frozenset(folded(each) for each in (*shown, *stated) if each)


def _link_texts(tree: HtmlElement) -> frozenset[str]:
    return frozenset(folded(text) for link in tree.iter("a") if len(text := glimpse(link, 300)) > 15)


def find_lead(tree: HtmlElement, head: Head, titles: frozenset[str]) -> str | None:
    """The standfirst that the page shows below its headline: by its class, or as its description set apart."""
    stated = [head.meta("og:description", "description") or "", unmarked(text_of(head.article, "description"))]
    descriptions = {folded(each) for each in stated if len(each) > SHORTEST_LEAD}
    headline = _headline(tree, head, titles)
    after = headline is None
    looked = 0
    for element in tree.iter("h1", "h2", "h3", "h4", "p", "div", "span", "strong", "section"):
        if element is headline:
            after = True
        elif after:
            looked += 1
            text = _lead_text(element, descriptions)
            if text or looked > FARTHEST_LEAD:
                return text
    return None


def _headline(tree: HtmlElement, head: Head, titles: frozenset[str]) -> HtmlElement | None:
    """The heading that shows the headline, else the first of the first level that is not the site's name."""
    headings = list(islice(tree.iter("h1", "h2", "h3"), 60))
    shown = next(
        (each for each in headings if folded(glimpse(each, LONGEST_LEAD)) in titles and not leads_home(each, head.url)), None
    )
    if shown is not None:
        return shown
    return next((each for each in headings if each.tag == "h1" and not leads_home(each, head.url)), None)


def _lead_text(element: HtmlElement, descriptions: set[str]) -> str | None:
    named = _LEAD.search((element.get("class") or "").lower()) or element.get("itemprop") in _LEAD_PROPERTIES
    if not named and (element.tag not in {"h1", "h2", "h3", "h4", "strong"} or not descriptions):
        return None
    text = glimpse(element, LONGEST_LEAD + 1) if len(element) < 12 else ""
    fits = SHORTEST_LEAD <= len(text) <= LONGEST_LEAD and (named or folded(text) in descriptions)
    return text if fits else None


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
