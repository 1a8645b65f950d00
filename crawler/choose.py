"""Which part of a page is its article: from an outline to the range of its blocks. A pure module."""

import re
from dataclasses import dataclass
from itertools import accumulate

from crawler.blocks import Block, Container, Outline
from crawler.furniture import is_closing
from crawler.names import PICTURE, spaced

_LEAVES = frozenset("p h1 h2 h3 h4 h5 h6 li blockquote pre dd dt summary tr".split())
_ENDS = re.compile(r"[.!?…。！？।؟:;»”\"'’)\]]\W*\Z")
_FACTORS = {"p": 1.0, "quote": 1.0, "item": 0.5, "row": 0.3, "code": 0.5, "head": 0.0}
DOMINANT = 0.88  # share of the prose around it from which on a part stands for the whole


def prose_of(block: Block) -> float:
    """How much running text a block holds, in characters: links, headings and short scraps count little."""
    free = len(block.text) - 2 * block.linked
    if free <= 0:
        return 0.0
    if free < 60 and not _ENDS.search(block.text):
        free *= 0.25
    return free * _FACTORS[block.kind]


@dataclass(slots=True, eq=False)
class Measure:
    """Sums over an outline's blocks, for asking a range in constant time."""

    prose: list[float]
    chars: list[int]
    linked: list[int]

    @classmethod
    def of(cls, outline: Outline) -> "Measure":
        blocks = outline.blocks
        return cls(
            [0.0, *accumulate(map(prose_of, blocks))],
            [0, *accumulate(len(b.text) for b in blocks)],
            [0, *accumulate(b.linked for b in blocks)],
        )


_BODIES = re.compile(
    r"(?:[a-z0-9]+ ){0,2}(?:(?:article|story|post|entry|news|page|single|blog|content|artikel|articulo|noticia|nota|texto?|main)s?"
    r" (?:body|content|text|contents|inner|texto?|cuerpo|corpo|inhalt|main|story|copy)|articlebody|storybody|storycontent"
    r"|articletext|articlecontent|postcontent|entrycontent|body ?text|body ?copy|rich ?text|fliesstext|cuerpo|richtext)"
    r"(?: (?:wrapper|wrap|container|inner|main|text|content|module|component|block|section|area|body|\w*\d\w*))*"
)


def without_surroundings(outline: Outline) -> Outline:
    """The outline without the flagged containers, but for those that hold too much of the page's prose to be let go."""
    measure = Measure.of(outline)
    total = measure.prose[-1]
    gone = bytearray(len(outline.blocks))
    for container in outline.containers[1:]:
        if container.flag and container.end > container.start and not gone[container.start]:
            held = measure.prose[container.end] - measure.prose[container.start]
            if container.flag == PICTURE:
                around = measure.chars[container.end] - measure.chars[container.start] < 400
                around = around and next(container.element.iter("img", "picture", "svg", "video"), None) is not None
            else:
                around = held < (0.5 if container.flag == 1 else 0.7) * total or not total
            if around:
                gone[container.start : container.end] = b"\x01" * (container.end - container.start)
    kept = [0, *accumulate(1 - each for each in gone)]
    blocks = [block for block, out in zip(outline.blocks, gone, strict=True) if not out]
    for container in outline.containers:
        container.start, container.end = kept[container.start], kept[container.end]
    return Outline(blocks, outline.containers)


def choose(outline: Outline, measure: Measure, anchor: int | None) -> int:
    """The index of the container that holds the article; `anchor` is the block that shows its headline."""
    containers = outline.containers
    children: dict[int, list[int]] = {}
    for number, container in enumerate(containers):
        children.setdefault(container.parent, []).append(number)

    def prose(number: int) -> float:
        return measure.prose[containers[number].end] - measure.prose[containers[number].start]

    node = 0
    while True:
        parts = [each for each in children.get(node, ()) if containers[each].element.tag not in _LEAVES]
        best = max(parts, key=prose, default=None)
        if best is None:
            return node
        if prose(best) < DOMINANT * prose(node):
            own = prose(node) - sum(map(prose, parts))
            enough = max(0.4 * prose(best), 200, own, 0.35 * prose(node))
            likely = [each for each in parts if prose(each) >= enough and _likely(containers[each], anchor)]
            if len(likely) != 1 or _siblings(containers, parts, likely[0], prose):
                return node
            best = likely[0]
        node = best


def _siblings(containers: list[Container], parts: list[int], one: int, prose) -> bool:
    """Whether a part has siblings of its own sort that hold prose: then it is one piece of several."""
    sort = containers[one].element.tag, containers[one].element.get("class")
    return any(
        each != one and prose(each) > 100 and (containers[each].element.tag, containers[each].element.get("class")) == sort
        for each in parts
    )


def _likely(container: Container, anchor: int | None) -> bool:
    if anchor is not None and container.start <= anchor < container.end:
        return True
    return _names_body(container)


def _names_body(container: Container) -> bool:
    """Whether an element is called the body of an article."""
    element = container.element
    if element.get("itemprop") == "articleBody":
        return True
    names = [*(element.get("class") or "").split()[:40], element.get("id") or ""]
    return any(_BODIES.fullmatch(spaced(name)) for name in names)


CLOSING = 0.1  # share of an article's prose that a closing section may hold at most
LINKED = 0.6  # share of link text from which on a part of an article only points elsewhere


def trimmed(outline: Outline, measure: Measure, chosen: int, anchor: int | None) -> list[Block]:
    """The blocks of the chosen container without lists of links, teasers of other articles, and headings over nothing."""
    whole = outline.containers[chosen]
    gone: set[int] = set()
    total = measure.prose[whole.end] - measure.prose[whole.start]
    for container in outline.containers[chosen + 1 :]:
        if container.start >= whole.end:
            break
        if container.end <= container.start or container.start in gone:
            continue
        chars = measure.chars[container.end] - measure.chars[container.start]
        linked = measure.linked[container.end] - measure.linked[container.start]
        tag = container.element.tag
        if tag in {"div", "section", "ul", "ol", "table", "article", "dl", "tr", "li"} and linked > LINKED * chars and chars < 0.5 * measure.chars[-1]:
            gone.update(range(container.start, container.end))
        elif tag == "article" and linked and measure.prose[container.end] - measure.prose[container.start] < 0.2 * total:
            if anchor is None or not container.start <= anchor < container.end:
                gone.update(range(container.start, container.end))
    kept = []
    for number in range(whole.start, whole.end):
        block = outline.blocks[number]
        if number in gone or (block.linked > 0.8 * len(block.text) and (block.kind == "head" or _teasing(block))):
            continue
        kept.append(block)
    kept = _closed(kept)
    while kept and kept[-1].kind == "head":
        kept.pop()
    return kept


def _closed(blocks: list[Block]) -> list[Block]:
    """The blocks up to a heading such as "Related stories", where little prose follows it."""
    total = sum(map(prose_of, blocks))
    after = total
    for number, block in enumerate(blocks):
        if number and after < CLOSING * total and is_closing(block.text):
            return blocks[:number]
        after -= prose_of(block)
    return blocks


def _teasing(block: Block) -> bool:
    """Whether a block that is all link is the title of another article, rather than an address or a name."""
    return len(block.text) < 300 and " " in block.text
