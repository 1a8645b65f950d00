"""Articles that stand only in a page's scripts: structured data, or markup that a framework carries. A pure module.

Looked for only where the page itself shows next to nothing. Next.js, Nuxt, Arc's Fusion and others ship the article as
escaped HTML inside JSON; what is read here is the longest run of paragraphs in such a string.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import LxmlError
from lxml.html import HtmlElement, fragment_fromstring

from crawler.reading.jsonld import Node, text_of
from crawler.reading.states import LONGEST_SCRIPT, stated_blocks
from crawler.reading.texts import lines, unmarked

SHORTEST_BODY = 250  # characters: a shorter articleBody is a stub
_FARTHEST = 1_500  # characters between two paragraphs of one text
# A run of backslashes is looked at from its start only: from each of its characters, a long one would take minutes.
_ESCAPED = re.compile(r"(?<!\\)\\+u([0-9a-fA-F]{4})")
_QUOTED = re.compile(r"(?<!\\)\\+([\"'/])")
_BREAKS = re.compile(r"(?<!\\)\\+[nrt]")
_OPENING = re.compile(r"<(p|h[2-4]|li|blockquote)\b[^<>]{0,300}>")
_LONGEST_PIECE = 5_000  # characters


def stated_body(article: Node) -> list[str]:
    """The paragraphs of the article's own `articleBody` (schema.org); none where it is missing or a stub."""
    body = text_of(article, "articleBody") or ""
    if len(body) < SHORTEST_BODY:
        return []
    return [line for part in re.split(r"\n+|<br\s*/?>|</p>", body) if (line := unmarked(part))]


def scripted_body(tree: HtmlElement) -> list[str]:
    """What the page's scripts hold: the longest run of paragraphs of escaped markup, or of JSON where that has more."""
    best: _Run | None = None
    stated: list[str] = []
    for script in tree.iter("script"):
        text = script.text or ""
        if len(text) > LONGEST_SCRIPT:
            continue
        for run in _runs(_unescaped(text)) if _promises(text) else ():
            if best is None or run.prose > best.prose:
                best = run
        stated = max(stated, stated_blocks(script), key=_length)
    return max(_shown(best) if best else [], stated, key=_length)


@dataclass(slots=True)
class _Run:
    """Pieces of markup that stand close to each other."""

    markup: list[str]
    prose: int


def _shown(run: _Run) -> list[str]:
    try:
        return lines(fragment_fromstring("".join(run.markup), create_parent="div"))
    except (LxmlError, ValueError):
        return []


def _length(blocks: list[str]) -> int:
    return sum(map(len, blocks))


def _promises(text: str) -> bool:
    return "u003cp" in text or "u003Cp" in text or "<p>" in text or "<p " in text


def _unescaped(text: str) -> str:
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _BREAKS.sub("\n", _QUOTED.sub(r"\1", text))


def _runs(text: str) -> list[_Run]:
    runs: list[_Run] = []
    last = -_FARTHEST - 1
    for start, end, prose in _pieces(text):
        if runs and start - last <= _FARTHEST:
            runs[-1].markup.append(text[start:end])
            runs[-1].prose += prose
        else:
            runs.append(_Run([text[start:end]], prose))
        last = end
    return runs


def _pieces(text: str) -> Iterator[tuple[int, int, int]]:
    """Where paragraphs, headings, items and quotes begin and end, and how many characters of prose each has."""
    closings: dict[str, int] = {}  # of each tag the next one that closes: looked for once, however many open before it
    at = 0
    while found := _OPENING.search(text, at):
        tag, at = found[1], found.end()
        close = closings.get(tag, -1)
        if close < at:
            close = text.find(f"</{tag}>", at)
            closings[tag] = close = len(text) + _LONGEST_PIECE if close < 0 else close
        if 0 < close - at <= _LONGEST_PIECE:
            yield found.start(), close + len(tag) + 3, close - at if tag in {"p", "blockquote"} else 0
            at = close + len(tag) + 3
