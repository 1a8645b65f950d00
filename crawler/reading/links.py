"""The addresses that a page links to. A pure module."""

from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

MOST_LINKS = 5_000  # of one page
LONGEST_ADDRESS = 4_096  # characters
_PLAIN = ("http://", "https://")
_OTHER = ("#", "javascript:", "mailto:", "tel:", "data:")


def read_links(tree: HtmlElement, url: str) -> tuple[str, ...]:
    """The absolute addresses on the web that the page links to, in its order, each once, without their fragments.

    `url` is the page's own address, which its `<base href>` may change; without either, relative addresses are left out.
    """
    base = next((each.get("href") for each in tree.iter("base") if each.get("href")), "") or ""
    base = urljoin(url, base) if base else url
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    found: dict[str, None] = {}
    for element in tree.iter("a", "area"):
        address = _absolute((element.get("href") or "").strip(), base, origin, parts.scheme)
        if address:
            found[address] = None
            if len(found) == MOST_LINKS:
                break
    return tuple(found)


def _absolute(address: str, base: str, origin: str, scheme: str) -> str | None:
    """The address made absolute; most need no parsing, which costs more than all the rest."""
    address = address.partition("#")[0]
    if not address or len(address) > LONGEST_ADDRESS or address.lower().startswith(_OTHER):
        return None
    if address.startswith("//"):
        return f"{scheme or 'https'}:{address}"
    if address.startswith("/") and origin:
        return origin + address
    return address if address.startswith(_PLAIN) else _joined(base, address)


def _joined(base: str, address: str) -> str | None:
    try:
        joined = urljoin(base, address)
    except ValueError:
        return None
    return joined if joined.startswith(_PLAIN) else None
