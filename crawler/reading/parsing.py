"""Bytes of a page → its tree, or a clear refusal. A pure module.

A page that the parser reads only in part is refused: an article without its second half would pass for an edit.
"""

import re

from lxml.etree import ElementDefaultClassLookup, LxmlError
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.utils import detect_encoding

from storage.errors import ExtractError

LARGEST_PAGE = 20 * 1024 * 1024  # bytes
MOST_ELEMENTS = 200_000  # a live blog with thousands of comments has a quarter of it
MOST_ATTRIBUTES = 2_000  # of one tag: the parser compares each with each
_START, _MOST_CONTROLS = 1_000, 0.1  # characters of a page that are looked at, and the share of them that may be controls
_CONTROLS = tuple(map(chr, (*range(1, 9), 11, *range(14, 32), 127)))  # in text there is none of these
_SIGNATURES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"RIFF": "a media file",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "compressed data",
    b"\x00\x00\x00\x18ftyp": "a video",
    b"\x7fELF": "a program",
}
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_DECLARED = re.compile(
    rb"<(?:meta[^>]{0,200}?charset\s*=\s*[\"']?|\?xml[^>]{0,100}?encoding\s*=\s*[\"'])\s*([a-zA-Z0-9_:.-]{2,40})", re.IGNORECASE
)
_TAG = re.compile(r"<(?:!doctype\s+html|html|head|body|div|p|article|main|section|h1|table|span|title|a|br)\b", re.IGNORECASE)
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF|urlset|sitemapindex)\b", re.IGNORECASE)
# lxml.html picks a class for each element by a call into Python, at a third of what walking a tree costs; we need but one.
_ONE_CLASS = ElementDefaultClassLookup(element=HtmlElement)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{20000,}")
_PROLOGUE = (("<?", "?>"), ("<!--", "-->"), ("<!", ">"))
# The Encoding Standard (WHATWG) reads these labels as Windows-1252.
_AS_WINDOWS = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"})


def parse_page(html: bytes, encoding: str | None = None) -> HtmlElement:
    """The tree of a page; `encoding` is what its HTTP header said.

    Raises ExtractError, in one line, for what is empty, is not HTML, or is nested deeper than the parser reads.
    """
    if len(html) > LARGEST_PAGE:
        raise ExtractError(f"the page has more than the {LARGEST_PAGE:,} bytes that are read")
    if not html.strip(b"\x00 \t\r\n"):
        raise ExtractError("the page is empty; nothing was sent, or only white space")
    for signature, what in _SIGNATURES.items():
        if html.startswith(signature):
            raise ExtractError(f"this is {what}, not an HTML page")
    text = decode(html, encoding)
    if sum(map(text[:_START].count, _CONTROLS)) > _MOST_CONTROLS * len(text[:_START]):
        raise ExtractError("this is not an HTML page, but binary data")
    if _FEED.match(text, _after_prologue(text)):
        raise ExtractError("this is a feed or a sitemap, not an HTML page; add it as a source instead")
    if not _TAG.search(text):
        raise ExtractError("this is not an HTML page: no HTML tag was found in it")
    if any(tag[0].count("=") > MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise ExtractError(f"a tag of the page has more than {MOST_ATTRIBUTES:,} attributes; it would take minutes to read")
    tree = _parse(text)
    if text.count("<") > MOST_ELEMENTS and sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise ExtractError(
            f"the page has more than {MOST_ELEMENTS:,} elements; it would take minutes to read, and no article has"
        )
    return tree


def decode(html: bytes, encoding: str | None = None) -> str:
    """The text of a page: by its byte order mark, as UTF-8 when it is that, as the header or the page says, else guessed."""
    for mark, name in _MARKS:
        if html.startswith(mark):
            return html[len(mark) :].decode(name, "replace").replace("\x00", "")
    try:
        return html.decode("utf-8").replace("\x00", "")
    except UnicodeDecodeError:
        pass
    declared = _DECLARED.search(html[:4096])
    stated = [encoding or "", declared[1].decode("ascii", "replace") if declared else ""]
    for name in [*filter(None, stated), *detect_encoding(html[:200_000])]:
        label = "cp1252" if name.strip().lower() in _AS_WINDOWS else name.strip()
        try:
            return html.decode(label).replace("\x00", "")
        except (LookupError, UnicodeError, ValueError):
            continue
    return html.decode(_known(stated) or "utf-8", "replace").replace("\x00", "")


def _after_prologue(text: str) -> int:
    """Where the first element of a document begins, behind its declaration, comments and document type."""
    at = 0
    for _ in range(20):
        ahead = text[at : at + 10_000]
        at += len(ahead) - len(ahead.lstrip())
        end = next((end for start, end in _PROLOGUE if text.startswith(start, at)), None)
        close = text.find(end, at) if end else -1
        if not end or close < 0:
            break
        at = close + len(end)
    return at


def _known(names: list[str]) -> str | None:
    """The first of these that is an encoding of text and is not UTF-8, which was tried; a few broken bytes do not matter."""
    for name in names:
        try:
            if name and "".encode(name) == b"" and "utf" not in name.lower():
                return name
        except (LookupError, UnicodeError, ValueError):
            continue
    return None


def _parse(text: str) -> HtmlElement:
    parser = HTMLParser(collect_ids=False, default_doctype=False, encoding="utf-8", remove_comments=True, remove_pis=True)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (LxmlError, ValueError, AssertionError) as error:
        raise ExtractError(
            f"the page cannot be parsed: {str(error).splitlines()[0] if str(error) else 'no document'}"
        ) from None
    for entry in parser.error_log:
        if "Excessive depth" in entry.message:
            raise ExtractError("the page nests its elements deeper than 256 levels; its text cannot be read")
        if "limit exceeded" in entry.message or "huge" in entry.message.lower():
            raise ExtractError("one piece of the page is longer than the 10,000,000 characters that can be read")
    return tree
