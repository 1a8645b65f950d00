"""Bytes of a listing → clean UTF-8 markup that every XML parser reads alike and that can do no harm. A pure module.

The prolog is cut off, and with its DOCTYPE go entity bombs and external entities: what remains declares none.
"""

import re
from dataclasses import dataclass
from html.entities import html5

# Codecs of feeds on the web, by their WHATWG labels. No others: Python knows codecs that are no character sets
# (base64, zlib), or are slow on hostile text (idna).
_CODECS = re.compile(
    r"(?:iso-8859-(?:[2-9]|1[0-6])|windows-125[0-8]|cp125[0-8]|koi8-[ru]|gb2312|gbk|gb18030|big5|big5-hkscs|euc-(?:jp|kr)"
    r"|shift[_-]jis|iso-2022-jp|tis-620|utf-?8|utf-16(?:le|be)?)\Z"
)
_LATIN = frozenset(("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"))  # WHATWG reads these as Windows's
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, section 2.2
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)?")
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
_ROOTS = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|urlset|sitemapindex|opml)[\s/>]", re.IGNORECASE)
_NAME = re.compile(r"<(?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60})")


@dataclass(frozen=True, slots=True)
class Markup:
    """XML without a prolog, in UTF-8: the local name of its root in lower case ("" when there is none), and its bytes."""

    root: str
    data: bytes


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a body, whatever encoding it says or is; never fails. A byte order mark is taken off.

    Order: byte order mark, valid UTF-8, the XML declaration, the HTTP charset; a few wrong bytes are replaced.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, errors="replace")
    if body[:4].count(0) >= 1 and len(body) > 1:
        return body.decode("utf-16-be" if body[0] == 0 else "utf-16-le", errors="replace")
    declared = _DECLARED.search(body[:1024])
    named = _CHARSET.search(content_type or "")
    labels = [declared[1].decode("ascii") if declared else "", named[1] if named else ""]
    if not body.isascii():
        labels.insert(0, "utf-8")
    for codec in filter(None, map(_codec, labels)):
        try:
            return body.decode(codec)
        except UnicodeError:
            continue
    text = body.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    if not wrong or sum(1 for character in text[:200_000] if character > "\x7f") > 2 * min(wrong, 200_000):
        return text
    return body.decode("cp1252", errors="replace")


def prepare(body: bytes, content_type: str | None = None) -> Markup:
    """The markup of a body, without what parsers trip over: prolog, control characters, HTML's entities, stray `&`."""
    text = _REFUSED.sub("", decode(body, content_type))
    start = _root_at(text)
    name = _NAME.match(text, start) if start >= 0 else None
    if not name:
        return Markup("", b"")
    return Markup(name[1].lower(), _outside_cdata(text[start:]).encode())


def _codec(label: str) -> str | None:
    label = label.lower()
    if label in _LATIN:
        return "cp1252"
    return label if _CODECS.match(label) and label not in ("utf-16", "utf-16le", "utf-16be") else None


def _root_at(text: str) -> int:
    """Where the root element starts; -1 when there is none."""
    position = text.find("<", 0, 8192)  # some servers put warnings before the feed
    while position >= 0:
        if text.startswith("<?", position):
            end, skip = text.find("?>", position), 2
        elif text.startswith("<!--", position):
            end, skip = text.find("-->", position), 3
        elif text.startswith("<!", position):
            if text[position : position + 40].lower().replace(" ", "").startswith("<!doctypehtml"):
                end, skip = text.find(">", position), 1
            else:
                found = _ROOTS.search(text, position)
                return found.start() if found else -1
        else:
            return position
        position = -1 if end < 0 else text.find("<", end + skip)
    return -1


def _outside_cdata(text: str) -> str:
    """The text with its ampersands mended, but for CDATA sections, in which they mean themselves."""
    pieces, position = [], 0
    while True:
        start = text.find("<![CDATA[", position)
        pieces.append(_AMPERSAND.sub(_mended, text[position : start if start >= 0 else None]))
        if start < 0:
            return "".join(pieces)
        end = text.find("]]>", start)
        end = len(text) if end < 0 else end + 3
        pieces.append(text[start:end])
        position = end


def _mended(found: re.Match[str]) -> str:
    name = found[1]
    if not name:
        return "&amp;"
    if name in _OF_XML:
        return found[0]
    if name.startswith("#"):
        return found[0] if _allowed(_point(name[1:])) else " "
    meant = html5.get(f"{name};")
    return "".join(f"&#{ord(character)};" for character in meant) if meant else f"&amp;{name};"


def _point(digits: str) -> int:
    return int("0" + digits, base=0) if digits[0] in "xX" else int(digits)


def _allowed(point: int) -> bool:
    return point in (9, 10, 13) or 0x20 <= point < 0xD800 or 0xE000 <= point < 0xFFFE or 0x10000 <= point < 0x110000
