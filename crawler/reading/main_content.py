"""Which part of a page is its article: from an outline to its blocks. A pure module.

First goes what is told to surround an article, unless it holds most of the page: names lie. Then the part is looked for
that holds nearly all prose, from the whole page inwards; where several parts share it, the one that shows the headline
or is called the article's body, if it is one of a kind. From that part go lists of links and teasers of other articles.
"""

from crawler.reading.evidence import Evidence
from crawler.reading.flags import Flag, names_body
from crawler.reading.furniture import is_closing
from crawler.reading.outline import Block, Container, Outline

DOMINANT = 0.88  # share of the prose around it from which on a part stands for the whole
LIKELY = 0.35  # the same for a part that shows the headline or is called the article's body
FEW = 200  # characters of prose: a part with fewer is not the article
SURROUNDING, UNSEEN = 0.5, 0.7  # share of a page's prose from which on a part is kept whatever it is called
LONGEST_CAPTION = 400  # characters: a longer "caption" is an article set as one
LINKED = 0.6  # share of link text from which on a part of an article only points elsewhere
TEASER = 0.2  # share of the prose below which an article inside the article is a teaser
CARDS = 0.5  # share of the prose up to which repeated teasers are none of the article
CLOSED = 0.75  # share of the prose from which on a part is kept although its heading says "Related"
LONGEST_CARD = 600  # characters
CLOSING = 0.1  # share of an article's prose that a closing section may hold at most
LONGEST_POINTER = 300  # characters of a block that is all link
_LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "pre", "dd", "dt", "summary", "tr"})
_GROUPS = frozenset({"div", "section", "ul", "ol", "table", "article", "dl", "tr", "td", "li"})


def without_surroundings(outline: Outline) -> Outline:
    """The outline without what surrounds an article; what holds too much of the page's prose to be let go stays."""
    gone = bytearray(len(outline.blocks))
    total = outline.prose(outline.containers[0]) if outline.containers else 0.0
    for container in outline.containers:
        if (
            container.flag
            and container.end > container.start
            and not gone[container.start]
            and _surrounds(outline, container, total)
        ):
            gone[container.start : container.end] = b"\x01" * (container.end - container.start)
    return outline.without(gone)


def _surrounds(outline: Outline, container: Container, total: float) -> bool:
    if container.flag is Flag.PICTURE:
        pictured = next(container.element.iter("img", "picture", "svg", "video"), None) is not None
        return pictured and outline.chars(container) < LONGEST_CAPTION
    limit = SURROUNDING if container.flag is Flag.SURROUNDS else UNSEEN
    return not total or outline.prose(container) < limit * total


def find_main_content(outline: Outline, anchor: int | None, evidence: Evidence) -> Container:
    """The container that holds the article; `anchor` is the block that shows its headline."""
    children: dict[int, list[Container]] = {}
    numbers = {id(container): number for number, container in enumerate(outline.containers)}
    for container in outline.containers:
        if container.end > container.start and container.element.tag not in _LEAVES:
            children.setdefault(container.parent, []).append(container)
    here, why = outline.containers[0], "the whole page"
    while True:
        parts = children.get(numbers[id(here)], [])
        inner, reason = _inward(outline, here, parts, anchor)
        if inner is None:
            _note(outline, here, why, evidence, won=True)
            return here
        for part in parts:
            if part is not inner:
                _note(outline, part, "stands beside it", evidence)
        here, why = inner, reason


def _inward(outline: Outline, here: Container, parts: list[Container], anchor: int | None) -> tuple[Container | None, str]:
    """The part of a container that is the article, and why; None where the container itself is."""
    own = _own_article(outline, parts, anchor)
    if own is not None:
        return own, "is the one of several articles that has the headline"
    best = max(parts, key=outline.prose, default=None)
    if best is not None and outline.prose(best) >= DOMINANT * outline.prose(here):
        return best, "holds nearly all prose"
    return _likely(outline, here, parts, anchor), "is called the article's body, or shows the headline"


def _own_article(outline: Outline, parts: list[Container], anchor: int | None) -> Container | None:
    """The one of several `<article>`s that has the page's headline in it, where each of the others has one of its own."""
    articles = [part for part in parts if part.element.tag == "article" and outline.prose(part) > FEW / 2]
    own = next((part for part in articles if _shows(part, anchor)), None)
    others = [part for part in articles if part is not own]
    if own is None or not others or any(outline.blocks[part.start].kind != "head" for part in others):
        return None
    return own


def _likely(outline: Outline, here: Container, parts: list[Container], anchor: int | None) -> Container | None:
    """The one part of several that is the article, if it is one of a kind and holds enough."""
    prose = {id(part): outline.prose(part) for part in parts}
    whole = outline.prose(here)
    apart = whole - sum(prose.values())  # what stands in no part
    enough = max(0.4 * max(prose.values(), default=0.0), FEW, apart, LIKELY * whole)
    likely = [part for part in parts if prose[id(part)] >= enough and (_shows(part, anchor) or names_body(part.element.attrib))]
    if len(likely) != 1:
        return None
    sort = _sort(likely[0])
    pieces = any(part is not likely[0] and prose[id(part)] > FEW / 2 and _sort(part) == sort for part in parts)
    return None if pieces else likely[0]


def _shows(container: Container, anchor: int | None) -> bool:
    return anchor is not None and container.start <= anchor < container.end


def _sort(container: Container) -> tuple[str, str | None]:
    return container.element.tag, container.element.get("class")


def _note(outline: Outline, container: Container, why: str, evidence: Evidence, *, won: bool = False) -> None:
    if evidence.wanted:
        element = container.element
        names = ".".join((element.get("class") or "").split()[:4])
        source = f"{element.tag}{'#' + element.get('id') if element.get('id') else ''}{'.' + names if names else ''}"
        share = outline.prose(container) / max(1.0, outline.prose(outline.containers[0]))
        text = next((block.text for block in outline.blocks[container.start : container.end] if block.prose), "")
        evidence.offer("text", source, text[:100], f"{why}; {share:.0%} of the page's prose", won=won)


def trimmed(outline: Outline, whole: Container, anchor: int | None, evidence: Evidence) -> list[Block]:
    """The blocks of the article without lists of links, teasers of other articles, and headings over nothing."""
    gone = bytearray(len(outline.blocks))
    inside = _inside(outline, whole)
    cards = _cards(outline, inside, whole)
    for container in inside:
        elsewhere = id(container) in cards or _points_elsewhere(outline, container, whole, anchor)
        if not gone[container.start] and elsewhere:
            gone[container.start : container.end] = b"\x01" * (container.end - container.start)
    kept: list[Block] = []
    for number in range(whole.start, whole.end):
        block = outline.blocks[number]
        if gone[number] or _is_pointer(block):
            evidence.offer("left out", "links to other pages", block.text)
        else:
            kept.append(block)
    kept = _closed(kept, evidence)
    while kept and kept[-1].kind == "head":
        evidence.offer("left out", "a heading over nothing", kept.pop().text)
    return kept


def _inside(outline: Outline, whole: Container) -> list[Container]:
    """The containers with blocks inside one, in document order."""
    first = next(number for number, each in enumerate(outline.containers) if each is whole)
    found = []
    for container in outline.containers[first + 1 :]:
        if container.start >= whole.end:
            break
        if container.end > container.start:
            found.append(container)
    return found


def _points_elsewhere(outline: Outline, container: Container, whole: Container, anchor: int | None) -> bool:
    chars, linked = outline.chars(container), outline.linked(container)
    tag = container.element.tag
    if tag in _GROUPS and linked > LINKED * chars and chars < outline.chars(outline.containers[0]) / 2:
        return True
    first = outline.blocks[container.start]
    if (
        tag in _GROUPS
        and first.kind == "head"
        and is_closing(first.text)
        and outline.prose(container) < CLOSED * outline.prose(whole)
    ):
        return True
    teaser = tag == "article" and linked and outline.prose(container) < TEASER * outline.prose(whole)
    return bool(teaser) and not _shows(container, anchor)


def _cards(outline: Outline, inside: list[Container], whole: Container) -> set[int]:
    """The identities of containers that are teasers: a linked headline and a line or two, again and again, beside the text."""
    groups: dict[tuple[int, tuple[str, str | None]], list[Container]] = {}
    for container in inside:
        if container.element.tag in _GROUPS and _is_card(outline, container):
            groups.setdefault((container.parent, _sort(container)), []).append(container)
    found = [each for group in groups.values() if len(group) > 1 for each in group]
    held = sum(outline.prose(each) for each in found)
    return {id(each) for each in found} if held < CARDS * outline.prose(whole) else set()


def _is_card(outline: Outline, container: Container) -> bool:
    blocks = outline.blocks[container.start : container.end]
    first = blocks[0]
    linked = first.kind == "head" and first.linked > 0.8 * len(first.text)
    return linked and len(blocks) <= 4 and outline.chars(container) < LONGEST_CARD


def _is_pointer(block: Block) -> bool:
    """Whether a block is the linked title of another article, rather than an address or a name."""
    if block.linked <= 0.8 * len(block.text):
        return False
    return block.kind == "head" or (len(block.text) < LONGEST_POINTER and " " in block.text)


def _closed(blocks: list[Block], evidence: Evidence) -> list[Block]:
    """The blocks up to a heading such as "Related stories", where little prose follows it."""
    total = after = sum(block.prose for block in blocks)
    for number, block in enumerate(blocks):
        if number and after < CLOSING * total and is_closing(block.text):
            for each in blocks[number:]:
                evidence.offer("left out", "below a closing heading", each.text)
            return blocks[:number]
        after -= block.prose
    return blocks
