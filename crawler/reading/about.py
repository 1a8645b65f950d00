"""What a page says about its site and its own address: site name and canonical address. A pure module.

Each reader looks at its candidates in their order and answers None when the page is silent.
"""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import resolve, text_of, types
from crawler.reading.metadata import LONGEST_TITLE, Head, absolute, leads_home
from crawler.reading.texts import folded, glimpse, one_line, unmarked
from storage.urls import canonical, key_of, looks_like_article, same_site, trustworthy_canonical

LONGEST_NAME = 60  # characters of a site's name; longer ones are slogans
MOST_WORDS = 8
MOST_TITLE_WORDS = 4  # of a name that only the title has
_CUTS = re.compile(r"\s+[-–—―|·•»«:›]{1,2}\s+|\s*[|»›：｜]\s*|:\s+")
_COMPANY = re.compile(
    r"[\s,]+(?:gmbh(?: & co\.? ?(?:kg|ohg))?|& co\.? ?kg|mbh|ag|se|kg|e\.?v\.?|eg|inc\.?|llc|ltd\.?|limited|plc|corp\.?"
    r"|s\.?a\.?u?|s\.?l\.?u?"
    r"|s\.?r\.?l\.?|s\.?p\.?a\.?|sas|b\.?v\.?|n\.?v\.?|a/s|aps|oyj?|sp\. z o\.? ?o\.?|s\.r\.o\.|a\.s\.)\Z",
    re.IGNORECASE,
)
_HOSTED = frozenset(
    {"blogger", "wordpress", "wordpress.com", "tumblr", "hosted", "website", "home", "homepage", "startseite", "blog"}
)


def read_site_name(head: Head, evidence: Evidence | None = None) -> str | None:
    """The name of the site: og:site_name, the site or publisher in the JSON-LD, the application's name, or part of the title.

    Slogans and legal forms are cut off; what is the title of the page is not taken for its site.
    """
    titles = {folded(each) for each in (head.meta("og:title") or "", unmarked(text_of(head.article, "headline"))) if each}
    labels = _labels(head.url)
    cleaned = ((source, _clean_name(name, labels)) for source, name in _site_names(head, labels))
    offers = ((source, name, _no_name(name, titles)) for source, name in cleaned)
    return (evidence or Evidence()).first("site_name", offers)


def _site_names(head: Head, labels: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield "og:site_name", head.meta("og:site_name") or ""
    application = head.meta("application-name", "apple-mobile-web-app-title") or ""
    if folded(application) in labels:
        yield "application-name", application
    for node in head.nodes[:50]:
        if "website" in types(node):
            yield "json-ld website", unmarked(text_of(node, "name"))
    for each in resolve(head.article.get("publisher"), head.nodes):
        yield "json-ld publisher", unmarked(each.get("name") if isinstance(each, dict) else each)
    yield "application-name", application or head.meta("twitter:app:name:iphone") or ""
    for heading in islice(head.tree.iter("h1"), 3):
        if leads_home(heading, head.url):
            yield "h1 that leads home", glimpse(heading, LONGEST_TITLE)
    yield from _site_in_title(head, labels)


def _site_in_title(head: Head, labels: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The part of `<title>` that the domain spells; else what it adds to the headline that the page states elsewhere."""
    element = next(head.tree.iter("title"), None)
    page = one_line(element.text_content()[: 4 * LONGEST_TITLE])[:LONGEST_TITLE] if element is not None else ""
    parts = [part for part in _CUTS.split(page)[:16] if part]
    if len(parts) > 1:
        yield from (("title, as the domain spells it", part) for part in (parts[-1], parts[0]) if _spells(part, labels))
    headings = [each for each in islice(head.tree.iter("h1"), 3) if not leads_home(each, head.url)]
    stated = [head.meta("og:title") or "", unmarked(text_of(head.article, "headline"))]
    for headline in (*stated, *(glimpse(heading, LONGEST_TITLE) for heading in headings)):
        cut = _CUTS.match(page, len(headline)) if len(headline) > 3 and page.startswith(headline) else None
        if cut:
            rest = _CUTS.split(page[cut.end() :])[-1]
            if rest.count(" ") < MOST_TITLE_WORDS:
                yield "title, after the headline", rest


def _labels(url: str) -> tuple[str, ...]:
    """The names in a host, longest first: `thepaper` of `www.thepaper.co.uk`."""
    host = (urlsplit(url).hostname or "") if "://" in url else ""
    labels = [folded(label) for label in host.removeprefix("www.").split(".")[:-1]]
    return tuple(sorted((label for label in labels if len(label) > 2 and label != "com"), key=len, reverse=True))


def _spells(name: str, labels: tuple[str, ...]) -> bool:
    """Whether a domain is made of a name, or mostly so."""
    key = folded(name)
    return any(
        key == label or (key in label and 2 * len(key) >= len(label)) or (label in key and 2 * len(label) >= len(key))
        for label in labels
        if len(key) > 2
    )


def _clean_name(name: str, labels: tuple[str, ...]) -> str:
    """A site's name without its slogan, its legal form and what a template puts around it."""
    name = name.strip().lstrip("@")
    parts = [part.strip() for part in _CUTS.split(name) if part.strip()]
    if len(parts) > 1:
        spelt = [part for part in parts if any(label in folded(part) for label in labels if len(label) > 3)]
        name = next((part for part in parts if folded(part) in labels), None) or next(
            (part for part in parts if _spells(part, labels)), spelt[0] if spelt else parts[0]
        )
    shorter = _COMPANY.sub("", name).strip(" ,-")
    return shorter if len(folded(shorter)) > 1 else name


def _no_name(name: str, titles: set[str]) -> str:
    """Why this is no name of a site; empty if it may be one."""
    if not 1 < len(name) <= LONGEST_NAME or name.count(" ") >= MOST_WORDS:
        return "too long for a name" if name else "empty"
    if name.startswith(("http:", "https:", "{")):
        return "an address"
    if name.casefold() in _HOSTED:
        return "the name of a service"
    return "the page's own title" if folded(name) in titles and name.count(" ") > 2 else ""


def read_canonical(head: Head, evidence: Evidence | None = None) -> str | None:
    """The address that the page calls its own, absolute: rel=canonical, else og:url.

    Not one that is obviously another page's: the home page or a section above it (`storage.urls`). One on another site
    is believed when it is an article's: the page is a copy that says where it comes from.
    """
    return (evidence or Evidence()).first("canonical_url", _declared(head))


def _declared(head: Head) -> Iterator[tuple[str, str | None, str]]:
    """The addresses that a page states for itself, each with what speaks against it."""
    for source, stated in _addresses(head):
        address = absolute(head.url, stated)
        if address is None:
            yield source, stated, "no address for the web"
        else:
            yield source, address, _not_own(head.url, address, mere=source == "og:url")


def _addresses(head: Head) -> Iterator[tuple[str, str | None]]:
    for link in head.tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            yield "rel=canonical", link.get("href")
    yield "og:url", head.meta("og:url")


def _not_own(url: str, address: str, *, mere: bool) -> str:
    """Why an address is not that of the page at `url`; empty if it is. `mere`: it was not declared to be canonical."""
    if address == url or _only_trimmed(url, address):
        return ""
    own = key_of(url)
    if own is None:  # a page without an address of its own can only be told that it leads to no home page
        return "" if urlsplit(address).path.strip("/") or urlsplit(address).query else "a home page"
    key = key_of(address)
    if key is None:
        return "no address for the web"
    if same_site(url, address):
        return "" if trustworthy_canonical(url, address) == key else "a page above this one"
    if mere:
        return "on another site"
    return "" if looks_like_article(canonical(address)) else "no article, and on another site"


def _only_trimmed(url: str, address: str) -> bool:
    """Whether an address is that of the page without its parameters, on a path that can name an article."""
    bare = url.partition("#")[0].partition("?")[0]
    return address == bare and looks_like_article(bare)
