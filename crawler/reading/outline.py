"""A page's tree → its outline: blocks of text in reading order, and the containers that they stand in. A pure module.

A block is a paragraph, heading, list item, quote or table row. A container is a block-level element; its blocks are a
range, so that how much prose or link text it holds is a subtraction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from lxml.html import HtmlElement

from crawler.reading.flags import SURROUNDING_TAGS, Flag, flag_of
from crawler.reading.texts import is_gloss, one_line, words

MOST_BLOCKS = 20_000  # of one page: what follows is not read

_SKIPPED = frozenset(
    words(
        "script style noscript template svg math button select option input textarea iframe object head nav dialog"
        " audio video canvas map datalist meter progress link meta img picture source menu applet frame frameset"
    )
)
_CONTAINERS = frozenset(
    words(
        "address article aside blockquote body center dd details div dl dt fieldset figure footer form header hgroup li main"
        " ol pre section summary table tbody td tfoot th thead tr ul p h1 h2 h3 h4 h5 h6 figcaption caption"
    )
)
_KINDS = {
    "h1": "head", "h2": "head", "h3": "head", "h4": "head", "h5": "head", "h6": "head", "summary": "head",
    "li": "item", "dd": "item", "dt": "item", "blockquote": "quote", "tr": "row", "pre": "code",
}  # fmt: skip
_CELLS = frozenset({"td", "th"})
_BREAKS = frozenset(words("br hr nav dialog menu iframe video audio"))  # what stands before them and after is not one line
_ENDS = re.compile(r"[.!?…。！？।؟:;»”\"'’)\]]\W*\Z")
_FACTORS = {"p": 1.0, "quote": 1.0, "item": 0.5, "code": 0.5, "row": 0.3, "head": 0.0}
SCRAP = 60  # characters: a shorter block that does not end like a sentence is hardly prose


@dataclass(slots=True, eq=False)
class Block:
    """One block of text: `kind` is p, head, item, quote, row or code; `linked` counts its characters in links."""

    text: str
    kind: str
    linked: int
    holder: int  # index of the container it stands in

    @property
    def prose(self) -> float:
        """How much running text it holds, in characters: links, headings and short scraps count little."""
        free = float(len(self.text) - 2 * self.linked)
        if free <= 0:
            return 0.0
        if free < SCRAP and not _ENDS.search(self.text):
            free *= 0.25
        return free * _FACTORS[self.kind]


@dataclass(slots=True, eq=False)
class Container:
    """A block-level element with its blocks: those from `start` up to, not including, `end`."""

    element: HtmlElement
    parent: int
    start: int
    flag: Flag
    end: int = 0


@dataclass(slots=True, eq=False)
class Outline:
    """The blocks and containers of a page in document order; the first container is the whole of it."""

    blocks: list[Block]
    containers: list[Container]
    _prose: list[float] = field(init=False)
    _chars: list[int] = field(init=False)
    _linked: list[int] = field(init=False)

    def __post_init__(self) -> None:
        """Sum up what the blocks hold, so that a range is asked in constant time."""
        self._prose = [0.0, *accumulate(block.prose for block in self.blocks)]
        self._chars = [0, *accumulate(len(block.text) for block in self.blocks)]
        self._linked = [0, *accumulate(block.linked for block in self.blocks)]

    def prose(self, container: Container) -> float:
        """How much running text a container holds, in characters."""
        return self._prose[container.end] - self._prose[container.start]

    def chars(self, container: Container) -> int:
        """How many characters a container shows."""
        return self._chars[container.end] - self._chars[container.start]

    def linked(self, container: Container) -> int:
        """How many of a container's characters stand in links."""
        return self._linked[container.end] - self._linked[container.start]

    def around(self, block: Block, levels: int) -> Iterator[Container]:
        """The containers around a block, innermost first, so many levels up."""
        index = block.holder
        while index >= 0 and levels > 0:
            container = self.containers[index]
            yield container
            index, levels = container.parent, levels - 1

    def without(self, gone: bytearray) -> "Outline":
        """The same outline without the blocks that are marked in `gone`; its containers are changed to fit."""
        kept = [0, *accumulate(1 - each for each in gone)]
        for container in self.containers:
            container.start, container.end = kept[container.start], kept[container.end]
        return Outline([block for block, out in zip(self.blocks, gone, strict=True) if not out], self.containers)


def read_outline(tree: HtmlElement) -> Outline:
    """The blocks of a page, in reading order, scripts, forms' controls and menus left out. The tree is not changed."""
    body = next(tree.iter("body"), tree)
    walk = _Walk()
    walk.run(body)
    return Outline(walk.blocks, walk.containers)


class _Walk:
    """The state of one walk: where it is, and the text gathered for the next block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.containers: list[Container] = []
        self._pieces: list[str] = []
        self._linked = 0
        self._links = 0  # that are open
        self._current = -1
        self._kinds = ["p"]

    def run(self, body: HtmlElement) -> None:
        """Walk over `body`: written as a loop, for a page may nest deeper than Python's stack."""
        stack: list[tuple[HtmlElement, bool]] = [(body, False)]
        while stack and len(self.blocks) < MOST_BLOCKS:
            node, leaving = stack.pop()
            tag = node.tag
            if leaving:
                self._leave(tag)
            elif self._enter(node, tag):
                stack.append((node, True))
                if node.text:
                    self._add(node.text)
                if len(node):
                    stack.extend((child, False) for child in reversed(node))
                continue
            if node.tail and node is not body:
                self._add(node.tail)
        while self.containers and self._current >= 0:  # the walk may have ended early
            self._leave("body")

    def _enter(self, node: HtmlElement, tag: str) -> bool:
        """Whether to read what this element holds."""
        if tag in _CONTAINERS:
            if tag not in _CELLS:
                self._flush()
            elif self._pieces:
                self._pieces.append(" | ")
            self.containers.append(Container(node, self._current, len(self.blocks), _flag(node, tag)))
            self._current = len(self.containers) - 1
            outer = self._kinds[-1]
            self._kinds.append(_KINDS.get(tag) or ("p" if outer in {"head", "code"} else outer))
            return True
        if tag in _BREAKS:
            self._flush()
            return False
        if tag in _SKIPPED or not isinstance(tag, str) or (tag == "rt" and is_gloss(node)):
            return False
        if tag == "a":
            self._links += 1
        return tag != "span" or not node.attrib or flag_of(tag, node.attrib) < Flag.SURROUNDS

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self._links -= 1
        elif tag in _CONTAINERS:
            container = self.containers[self._current]
            if tag not in _CELLS or (len(self.blocks) > container.start and self._all_linked()):  # a menu's cell
                self._flush()
            container.end = len(self.blocks)
            self._current = container.parent
            self._kinds.pop()

    def _add(self, text: str) -> None:
        if not self._pieces and text.isspace():
            return
        self._pieces.append(text)
        if self._links:
            self._linked += len(text.strip())

    def _all_linked(self) -> bool:
        return self._linked > 0 and self._linked >= sum(len(piece.strip()) for piece in self._pieces)

    def _flush(self) -> None:
        if not self._pieces:
            return
        text = one_line("".join(self._pieces)).strip("|").strip()
        if text:
            self.blocks.append(Block(text, self._kinds[-1], min(self._linked, len(text)), self._current))
        self._pieces.clear()
        self._linked = 0


def _flag(node: HtmlElement, tag: str) -> Flag:
    if tag == "body":
        return Flag.NONE
    if tag == "figure":  # some set tables and quotes in one
        return Flag.NONE if next(node.iter("table", "blockquote"), None) is not None else Flag.SURROUNDS
    attributes = node.attrib
    return flag_of(tag, attributes) if attributes or tag in SURROUNDING_TAGS else Flag.NONE
