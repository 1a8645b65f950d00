"""The standfirst of an article: the paragraph that stands between its headline and its text. A pure module.

It is told by its name (`standfirst`, `dek`, `chapo`, `vorspann`, `entradilla`), by being the page's own description set
apart, or, below a headline, by its place and shape alone.
"""

import re
from collections.abc import Collection

from crawler.reading.boilerplate import is_form_line
from crawler.reading.flags import MOST_NAMES, Flag, spaced
from crawler.reading.furniture import is_furniture
from crawler.reading.instants import parse_instant
from crawler.reading.outline import Block, Outline
from crawler.reading.texts import folded

SHORTEST_LEAD, LONGEST_LEAD = 30, 900  # characters
NAMED = 12  # characters from which on a block that is called a standfirst is one
FEWEST_WORDS = 5  # of a line directly below the headline that ends like none
SENTENCE = 70  # characters from which on a sentence below the headline is a standfirst without being called one
FARTHEST = 16  # blocks above the text
INSIDE = 3  # blocks of the text itself

_NAMES = re.compile(
    r"stand ?first|(?:^|\s)(?:dek|deck|chapeau|chapo|vorspann|ingress|anlauf|anriss|synopsis|preamble|preface|teaser ?text"
    r"|sub ?titles?|sub ?heads?|sub ?headings?|sub ?headlines?|lead|lede|leads?(?: ?(?:text|paragraph))?|short info"
    r"|intro|intro ?text|introduction|einleitung|article intro|summary|excerpt|kicker text|sommario|occhiello|bajada|entradilla"
    r"|copete|sumario|volanta|linha fina|catenaccio|manchet|underrubrik|undertittel|trumpet"
    r"|(?:article|post|entry|story|content) (?:description|abstract|teaser|lead|summary|subtitle)|abstract|gancho)(?=$|\s)"
)
_PROPERTIES = frozenset({"description", "alternativeHeadline"})
_ENDS = re.compile(r"[.!?…。！？।؟»”\"]\W*\Z")
_BYLINE = re.compile(r"\A(?:by|von|par|por|di|door|av|af|autor|text|foto|photo|image|bild)\b", re.IGNORECASE)
_PICTURED = frozenset({"figure", "figcaption", "aside"})


def find_lead(
    outline: Outline, first: int, anchor: int | None, descriptions: Collection[str], titles: Collection[str]
) -> Block | None:
    """The block that is the standfirst; None where the text just begins.

    `first` is the first block of the text and `anchor` the one that shows the headline; `descriptions` and `titles` are
    folded. A block is moved up from the text itself only when it is named, or is a description that is bold as a whole.
    """
    below_headline = anchor is not None and anchor < first
    start = max(anchor + 1 if anchor is not None and below_headline else 0, first - FARTHEST)
    above = [block for block in outline.blocks[start:first] if _fits(block, outline, titles)]
    for block in above:
        if _is_named(block, outline) or (len(block.text) >= SHORTEST_LEAD and _is_stated(block, descriptions)):
            return block
    if below_headline:
        found = next((block for block in above if _is_sentence(block, outline)), None)
        found = found or next((block for block in _unflagged(above, outline)[:1] if _is_line(block)), None)
        if found:
            return found
    for block in outline.blocks[first : first + INSIDE]:
        stated = _is_stated(block, descriptions) and _is_set_apart(block, outline)
        if (stated or _is_named(block, outline)) and _fits(block, outline, titles):
            return block
    return None


def _fits(block: Block, outline: Outline, titles: Collection[str]) -> bool:
    text = block.text
    return (
        NAMED <= len(text) <= LONGEST_LEAD
        and block.kind in {"p", "head"}
        and 2 * block.linked < len(text)
        and not _BYLINE.match(text)
        and folded(text) not in titles
        and not is_form_line(text)
        and not is_furniture(text)
        and not any(each.flag is Flag.UNSEEN or each.element.tag in _PICTURED for each in outline.around(block, 3))
    )


def _is_named(block: Block, outline: Outline) -> bool:
    for level, container in enumerate(outline.around(block, 3)):
        if level and container.end - container.start > INSIDE:
            break
        element = container.element
        if element.get("itemprop") in _PROPERTIES:
            return True
        names = [*(element.get("class") or "").split()[:MOST_NAMES], element.get("id") or ""]
        if any(name and _NAMES.search(spaced(name)) for name in names):
            return True
    return False


def _is_stated(block: Block, descriptions: Collection[str]) -> bool:
    key = folded(block.text)
    return any(key == each or (len(each) > 80 and key.startswith(each)) for each in descriptions)


def _is_sentence(block: Block, outline: Outline) -> bool:
    """Whether a block reads like a standfirst, and nothing around it says that it is something else."""
    sentence = len(block.text) >= SENTENCE and bool(_ENDS.search(block.text))
    return sentence and not any(each.flag for each in outline.around(block, 4))


def _unflagged(blocks: list[Block], outline: Outline) -> list[Block]:
    return [block for block in blocks if not any(each.flag for each in outline.around(block, 4))]


def _is_line(block: Block) -> bool:
    """Whether a block is a line of some words without links, as many papers set below a headline, full stop or none."""
    words = len(block.text.split()) if block.text.isascii() or " " in block.text else len(block.text) // 2
    return len(block.text) >= SHORTEST_LEAD and words >= FEWEST_WORDS and not block.linked and not parse_instant(block.text)


def _is_set_apart(block: Block, outline: Outline) -> bool:
    """Whether a block is a heading, or bold as a whole."""
    element = outline.containers[block.holder].element
    beside = (element.text or "") + (element[0].tail or "") if len(element) == 1 else ""
    bold = len(element) == 1 and element[0].tag in {"strong", "b"} and not beside.strip()
    return block.kind == "head" or bold
