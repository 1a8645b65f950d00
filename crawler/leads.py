"""The standfirst of an article: the paragraph that stands between its headline and its text. A pure module.

It is told by its name (`standfirst`, `dek`, `chapo`, `vorspann`, `entradilla`), by being the page's own description set
apart, or, below a headline, by its place and shape alone.
"""

import re
from collections.abc import Collection, Sequence

from crawler.blocks import Block, Container, Outline
from crawler.boilerplate import is_form_line
from crawler.furniture import is_furniture
from crawler.names import UNSEEN, spaced
from crawler.texts import folded

SHORTEST, LONGEST = 30, 900  # characters
PLAIN = 70  # characters from which on a sentence below the headline is a standfirst without being called one
FARTHEST = 16  # blocks above the text
INSIDE = 3  # blocks of the text itself

_NAMES = re.compile(
    r"stand ?first|(?:^|\s)(?:dek|deck|chapeau|chapo|vorspann|ingress|anlauf|anriss|preamble|preface|teaser ?text"
    r"|sub ?titles?|sub ?heads?|sub ?headings?|sub ?headlines?|lead|lede|leads?(?: ?(?:text|paragraph))?|short info"
    r"|intro|intro ?text|introduction|einleitung|article intro|summary|excerpt|kicker text|sommario|occhiello|bajada|entradilla|copete"
    r"|sumario|volanta|linha fina|catenaccio|manchet|underrubrik|undertittel|trumpet"
    r"|(?:article|post|entry|story|content) (?:description|abstract|teaser|lead|summary|subtitle)|abstract|gancho)(?=$|\s)"
)
_PROPERTIES = frozenset({"description", "alternativeHeadline"})
_ENDS = re.compile(r"[.!?…。！？।؟»”\"]\W*\Z")
_BYLINE = re.compile(r"\A(?:by|von|par|por|di|door|av|af|autor|text|foto|photo|image|bild)\b", re.IGNORECASE)


def find_lead(
    outline: Outline, first: int, anchor: int | None, descriptions: Collection[str], titles: Collection[str]
) -> Block | None:
    """The block that is the standfirst; `first` is the first block of the text, `anchor` the one that shows the headline.

    `descriptions` and `titles` are folded. None where the text just begins.
    """
    above = anchor is not None and anchor < first
    start = max(anchor + 1 if above and anchor is not None else 0, first - FARTHEST)
    fits = [b for b in outline.blocks[start:first] if _fits(b, outline.containers, titles)]
    for block in fits:
        if _named(block, outline.containers) or _stated(block, descriptions):
            return block
    if above:
        shaped = [b for b in fits if len(b.text) >= PLAIN and _ENDS.search(b.text) and not _flagged(b, outline.containers)]
        if shaped:
            return shaped[0]
    for block in outline.blocks[first : first + INSIDE]:
        if _fits(block, outline.containers, titles) and (
            _named(block, outline.containers) or (_stated(block, descriptions) and _set_apart(block, outline.containers))
        ):
            return block
    return None


def _fits(block: Block, containers: Sequence[Container], titles: Collection[str]) -> bool:
    text = block.text
    return (
        SHORTEST <= len(text) <= LONGEST
        and block.kind in {"p", "head"}
        and 2 * block.linked < len(text)
        and not _BYLINE.match(text)
        and folded(text) not in titles
        and not is_form_line(text)
        and not is_furniture(text)
        and not any(each.flag == UNSEEN or each.element.tag in {"figure", "figcaption", "aside"} for each in _around(block, containers, 3))
    )


def _around(block: Block, containers: Sequence[Container], levels: int) -> list[Container]:
    found, index = [], block.holder
    while index >= 0 and len(found) < levels:
        found.append(containers[index])
        index = containers[index].parent
    return found


def _named(block: Block, containers: Sequence[Container]) -> bool:
    for level, container in enumerate(_around(block, containers, 3)):
        element = container.element
        if level and container.end - container.start > 3:
            break
        if element.get("itemprop") in _PROPERTIES:
            return True
        names = [*(element.get("class") or "").split()[:20], element.get("id") or ""]
        if any(name and _NAMES.search(spaced(name)) for name in names):
            return True
    return False


def _stated(block: Block, descriptions: Collection[str]) -> bool:
    key = folded(block.text)
    return any(key == each or (len(each) > 80 and key.startswith(each)) for each in descriptions)


def _flagged(block: Block, containers: Sequence[Container]) -> bool:
    return any(each.flag for each in _around(block, containers, 4))


def _set_apart(block: Block, containers: Sequence[Container]) -> bool:
    """Whether a block is a heading, or bold as a whole."""
    element = containers[block.holder].element
    return block.kind == "head" or (len(element) == 1 and element[0].tag in {"strong", "b"} and not (element.text or "").strip())
