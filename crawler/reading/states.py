"""Articles that a page carries as JSON, paragraph by paragraph: `[{"type": "paragraph", "text": "…"}, …]`. A pure module.

Next.js ships them in `__NEXT_DATA__`, Arc's Fusion and others in an assignment; editors (ProseMirror, Contentful, Sanity,
Gutenberg) store texts as such blocks. Of all lists of blocks the one with the most prose is read.
"""

import re
from collections.abc import Iterator
from json import JSONDecoder
from typing import Any

from lxml.etree import LxmlError
from lxml.html import HtmlElement, fragment_fromstring

from crawler.reading.texts import lines, one_line, unmarked

LONGEST_SCRIPT = 3_000_000  # characters
MOST_NODES = 100_000  # objects and lists of one script
MOST_BLOCKS = 2_000  # of one text
MOST_ASSIGNMENTS = 20  # of one script that are tried
SHORTEST_TEXT = 250  # characters of prose: less is a menu or a notice
_DEEPEST = 8  # runs of text within a paragraph
_ASSIGNED = re.compile(r"(?<![\w$.\]\"'])[\w$.]{1,80}\s{0,9}=\s{0,9}(?=[{\[])")
_TYPES = ("type", "_type", "nodeType", "name", "blockName")
_PROSE = frozenset({"paragraph", "text", "p", "core/paragraph", "block"})
_HEADINGS = frozenset({"heading", "header", "subheading", "subheader", "h2", "h3", "h4", "core/heading"})
_WORDS = ("text", "content", "value", "children", "attributes", "attrs", "data")  # what holds the words of a block
_PROMISES = tuple(f'"{name}"' for name in sorted(_PROSE))


def stated_blocks(script: HtmlElement) -> list[str]:
    """The paragraphs and sub-headings of the longest text that stands as blocks in a script's JSON; none for most scripts."""
    text = script.text or ""
    if len(text) > LONGEST_SCRIPT or not any(promise in text for promise in _PROMISES):
        return []
    best: list[str] = []
    most = SHORTEST_TEXT - 1
    for state in _states(text, whole=script.get("id") == "__NEXT_DATA__"):
        for blocks in _lists(state):
            found, length = _read(blocks)
            if length > most:
                best, most = found, length
    return best


def _states(text: str, *, whole: bool) -> Iterator[Any]:
    """The JSON of a script: the whole of it, or what it assigns to a name."""
    decoder = JSONDecoder(strict=False)
    at = -1 if whole else 0
    for _ in range(MOST_ASSIGNMENTS):
        start = len(text) - len(text.lstrip()) if at < 0 else found.end() if (found := _ASSIGNED.search(text, at)) else -1
        if start < 0:
            return
        try:
            state, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            at = start
        else:
            yield state
        if whole:
            return


def _lists(state: Any) -> Iterator[list[Any]]:
    """The lists of a state that hold blocks of prose, in their order, none of them within a block of another."""
    stack = [state]
    for _ in range(MOST_NODES):
        if not stack:
            return
        node = stack.pop()
        inner = list(node.values()) if isinstance(node, dict) else node
        if isinstance(node, list) and any(_kind(each) in _PROSE and _words(each) for each in node[:MOST_BLOCKS]):
            yield node
            inner = [each for each in node if _kind(each) not in _PROSE]
        stack.extend(each for each in reversed(inner[:MOST_NODES]) if isinstance(each, dict | list))


def _read(blocks: list[Any]) -> tuple[list[str], int]:
    """The lines of a list of blocks, and how many characters of them are prose."""
    found: list[str] = []
    prose = 0
    for block in blocks[:MOST_BLOCKS]:
        kind = _kind(block)
        if kind in _PROSE or kind in _HEADINGS:
            said = _lines(_words(block))
            found += said
            prose += sum(map(len, said)) if kind in _PROSE else 0
    return found, prose


def _kind(block: Any) -> str:
    """The type that a block names, in lower case; empty for what is no block."""
    if not isinstance(block, dict):
        return ""
    for name in _TYPES:
        value = block.get(name)
        if isinstance(value, str) and (name != "name" or value.startswith("core/")):
            return value.lower()
    return ""


def _words(value: Any, depth: int = 0) -> str:
    """The words of a block, or of a run of text in it."""
    if isinstance(value, str):
        return value
    if depth >= _DEEPEST:
        return ""
    if isinstance(value, list):
        return "".join(_words(each, depth + 1) for each in value[:MOST_BLOCKS] if isinstance(each, dict))
    if isinstance(value, dict):
        return next((said for name in _WORDS if (said := _words(value.get(name), depth + 1))), "")
    return ""


def _lines(text: str) -> list[str]:
    if "<" not in text:
        return [line] if (line := unmarked(text)) else []
    try:
        return lines(fragment_fromstring(text, create_parent="div"))
    except (LxmlError, ValueError):
        return [line] if (line := one_line(text)) else []
