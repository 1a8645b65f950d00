"""A page's tree → its blocks of text in reading order, and the containers that they stand in. A pure module.

One walk passes over what surrounds an article (menus, share bars, advertisements), told by tag, role and name. What it
keeps are blocks: paragraphs, headings, list items, quotes, table rows. A container is a block-level element; its blocks
are a range, so that how much prose or link text it holds is a subtraction.
"""

from dataclasses import dataclass

from lxml.html import HtmlElement

from crawler.names import MARKED_TAGS, surrounds
from crawler.texts import one_line, words

MOST_BLOCKS = 20_000  # of one page: what follows is not read

_UNSEEN = frozenset(
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


@dataclass(slots=True, eq=False)
class Block:
    """One block of text: `kind` is p, head, item, quote, row or code; `linked` counts its characters in links."""

    text: str
    kind: str
    linked: int
    holder: int  # index of the container it stands in


@dataclass(slots=True, eq=False)
class Container:
    """A block-level element with its blocks: those from `start` up to, not including, `end`."""

    element: HtmlElement
    parent: int
    start: int
    flag: int = 0  # whether its tag, role or name says that it surrounds the article, or is not shown
    end: int = 0


@dataclass(slots=True, eq=False)
class Outline:
    """The blocks and containers of a page in document order; the first container is the whole of it."""

    blocks: list[Block]
    containers: list[Container]


def read_outline(tree: HtmlElement) -> Outline:
    """The blocks of a page without what surrounds its article. The tree is not changed."""
    body = next(tree.iter("body"), tree)
    walk = _Walk()
    walk.run(body)
    return Outline(walk.blocks, walk.containers)


class _Walk:
    """The state of one walk: where it is, and the text gathered for the next block."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.containers: list[Container] = []
        self._known: dict[tuple[str, str], int] = {}
        self._pieces: list[str] = []
        self._linked = 0
        self._in_link = 0
        self._current = -1
        self._kinds = ["p"]

    def run(self, body: HtmlElement) -> None:
        stack: list[tuple[HtmlElement, bool]] = [(body, False)]
        while stack and len(self.blocks) < MOST_BLOCKS:
            node, leaving = stack.pop()
            tag = node.tag
            if leaving:
                self._leave(tag)
            elif self._enter(node, tag, body):
                stack.append((node, True))
                if node.text:
                    self._add(node.text)
                if len(node):
                    stack.extend((child, False) for child in reversed(node))
                continue
            if node.tail and node is not body:
                self._add(node.tail)
        self._flush()

    def _enter(self, node: HtmlElement, tag: str, body: HtmlElement) -> bool:
        """Whether to read what this element holds."""
        if tag == "br":
            self._flush()
            return False
        if tag in _UNSEEN or not isinstance(tag, str):
            return False
        if tag in _CONTAINERS:
            if tag not in _CELLS:
                self._flush()
            if tag in _CELLS and self._pieces:
                self._pieces.append(" | ")
            attributes = node.attrib
            flag = surrounds(tag, attributes, self._known) if attributes or tag in MARKED_TAGS else 0
            if tag == "figure":
                flag = 0 if next(node.iter("table", "blockquote"), None) is not None else 1
            self.containers.append(Container(node, self._current, len(self.blocks), flag))
            self._current = len(self.containers) - 1
            self._kinds.append(_KINDS.get(tag) or ("p" if self._kinds[-1] in {"head", "code"} else self._kinds[-1]))
        elif tag == "a":
            self._in_link += 1
        elif tag == "span" and node.attrib and surrounds(tag, node.attrib, self._known) in {1, 2}:
            return False
        return True

    def _leave(self, tag: str) -> None:
        if tag == "a":
            self._in_link -= 1
        elif tag in _CONTAINERS:
            if tag not in _CELLS:
                self._flush()
            container = self.containers[self._current]
            container.end = len(self.blocks)
            self._current = container.parent
            self._kinds.pop()

    def _add(self, text: str) -> None:
        if not self._pieces and text.isspace():
            return
        self._pieces.append(text)
        if self._in_link:
            self._linked += len(text.strip())

    def _flush(self) -> None:
        if not self._pieces:
            return
        text = one_line("".join(self._pieces)).strip("|").strip()
        if text:
            self.blocks.append(Block(text, self._kinds[-1], min(self._linked, len(text)), self._current))
        self._pieces.clear()
        self._linked = 0
