"""Clean strings out of a page's tree: what a person would read, without what a screen hides. A pure module."""

import re
from collections.abc import Callable, Iterable
from html import unescape

from lxml.html import HtmlElement

# Unicode TR 9 controls: a headline could turn the rest of an alert around with them.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# What a database or XML refuses (NUL, lone surrogates), and what only hides in words (soft hyphen, zero-width space).
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff\ufff9-\ufffb\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"\s+")
_NEITHER = re.compile(r"[\W_]+")
_TAGS = re.compile(r"<[/a-zA-Z!][^<>]{0,400}>")


def words(table: str) -> tuple[str, ...]:
    """The words of a table written as one string."""
    return tuple(table.split())


BLOCKS = frozenset(
    words(
        "address article aside blockquote br dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header"
        " hr li main nav ol p pre section table tbody td tfoot th thead tr ul"
    )
)
UNSEEN = frozenset(words("script style noscript template svg button select option input textarea iframe object head"))


def one_line(text: str | None) -> str:
    """The text on one line, without control characters, bidirectional ones included; empty for None."""
    plain = " ".join((text or "").split())
    if plain.isprintable():  # then nothing unwanted is in it: no control, format or surrogate character is printable
        return plain
    return " ".join(_BIDI.sub("", _UNWANTED.sub("", plain)).split())


def prose(text: str) -> str:
    """The text without NUL, lone surrogates and other characters that no reader sees; line breaks stay."""
    return _UNWANTED.sub("", text)


def unmarked(text: object) -> str:
    """One line of plain text from a metadata value that may hold entities and tags; empty for what is not text."""
    if not isinstance(text, str):
        return ""
    if "&" in text:
        text = unescape(unescape(text))
    return one_line(_TAGS.sub(" ", text) if "<" in text else text)


def folded(text: str) -> str:
    """The letters and digits of a text in one case: for comparing, never for showing."""
    return _NEITHER.sub("", text.casefold())


def visible(element: HtmlElement) -> str:
    """What an element shows, on one line: blocks apart from each other, scripts and form controls left out."""
    return one_line("".join(_pieces(element)))


def glimpse(element: HtmlElement, most: int) -> str:
    """The start of what an element shows, on one line, from at most `most` characters: for telling what it is."""
    pieces: list[str] = []
    length = 0
    for piece in _pieces(element, most=most):
        pieces.append(piece)
        length += len(piece)
        if length > most:
            break
    return one_line("".join(pieces))


def lines(element: HtmlElement, skip: Callable[[HtmlElement], bool] | None = None) -> list[str]:
    """What an element shows, a line for each block or line break, without the elements that `skip` picks out."""
    return [line for line in map(one_line, "".join(_pieces(element, skip)).split("\n")) if line]


def is_gloss(element: HtmlElement) -> bool:
    """Whether an element is the reading above a character (HTML's `rt`) without brackets around it: it would double words."""
    parent = element.getparent()
    return element.tag == "rt" and (parent is None or parent.find("rp") is None)


def drop(elements: Iterable[HtmlElement]) -> None:
    """Empty elements of everything they hold; the text that follows each stays where it was.

    Emptied, not removed: moving each following text to its neighbour is quadratic on a page made for that.
    """
    for element in list(elements):
        element.clear(keep_tail=True)


def remove(elements: Iterable[HtmlElement]) -> None:
    """Take elements out of their tree where no text follows them, and empty them where some does (see `drop`)."""
    for element in list(elements):
        parent = element.getparent()
        if parent is None or (element.tail and not element.tail.isspace()):
            element.clear(keep_tail=True)
        else:
            parent.remove(element)


def _pieces(element: HtmlElement, skip: Callable[[HtmlElement], bool] | None = None, most: int | None = None) -> Iterable[str]:
    """Strings of a subtree in order, each cut to `most`: written as a loop, for a page may nest deeper than Python's stack."""
    stack: list[tuple[HtmlElement, bool]] = [(element, False)]
    while stack:
        node, leaving = stack.pop()
        block = node.tag in BLOCKS
        if leaving:
            if block:
                yield "\n"
            if node is not element and node.tail:
                yield _SPACES.sub(" ", node.tail[:most])
            continue
        stack.append((node, True))
        if not isinstance(node.tag, str) or node.tag in UNSEEN or (skip is not None and skip(node)):
            continue
        if node.tag == "rt" and is_gloss(node):
            continue
        if block:
            yield "\n"
        if node.text:
            yield _SPACES.sub(" ", node.text[:most])
        stack.extend((child, False) for child in reversed(node))
