"""Articles that stand only in a page's scripts: structured data, or markup that a framework carries. A pure module.

Looked for only where the page itself shows next to nothing. Next.js, Nuxt, Arc's Fusion and others ship the article as
escaped HTML inside JSON; what is read here is the longest run of paragraphs in such a string.
"""

import re
from dataclasses import dataclass

from lxml.etree import LxmlError
from lxml.html import HtmlElement, fragment_fromstring

from crawler.reading.jsonld import Node, text_of
from crawler.reading.texts import lines, unmarked

LONGEST_SCRIPT = 3_000_000  # characters
SHORTEST_BODY = 250  # characters: a shorter articleBody is a stub
_FARTHEST = 1_500  # characters between two paragraphs of one text
_ESCAPED = re.compile(r"\\+u([0-9a-fA-F]{4})")
_QUOTED = re.compile(r"\\+([\"'/])")
_BREAKS = re.compile(r"\\+[nrt]")
_PIECE = re.compile(r"<(p|h[2-4]|li|blockquote)\b[^<>]{0,300}>(.{1,5000}?)</\1>", re.DOTALL)


def stated_body(article: Node) -> list[str]:
    """The paragraphs of the article's own `articleBody` (schema.org); none where it is missing or a stub."""
    body = text_of(article, "articleBody") or ""
    if len(body) < SHORTEST_BODY:
        return []
    return [line for part in re.split(r"\n+|<br\s*/?>|</p>", body) if (line := unmarked(part))]


def scripted_body(tree: HtmlElement) -> list[str]:
    """The longest run of paragraphs that stands as escaped markup in the page's scripts."""
    best: _Run | None = None
    for script in tree.iter("script"):
        text = script.text or ""
        if len(text) > LONGEST_SCRIPT or not _promises(text):
            continue
        for run in _runs(_unescaped(text)):
            if best is None or run.prose > best.prose:
                best = run
    if best is None:
        return []
    try:
        return lines(fragment_fromstring(best.markup, create_parent="div"))
    except (LxmlError, ValueError):
        return []


@dataclass(slots=True)
class _Run:
    """Pieces of markup that stand close to each other."""

    markup: str
    prose: int


def _promises(text: str) -> bool:
    return "u003cp" in text or "u003Cp" in text or "<p>" in text or "<p " in text


def _unescaped(text: str) -> str:
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _BREAKS.sub("\n", _QUOTED.sub(r"\1", text))


def _runs(text: str) -> list[_Run]:
    runs: list[_Run] = []
    last = -_FARTHEST - 1
    for found in _PIECE.finditer(text):
        prose = len(found[2]) if found[1] in {"p", "blockquote"} else 0
        if runs and found.start() - last <= _FARTHEST:
            runs[-1].markup += found[0]
            runs[-1].prose += prose
        else:
            runs.append(_Run(found[0], prose))
        last = found.end()
    return runs
