"""What a fetched page is: an article, a live blog, a listing, a consent or bot wall, an error page. A pure module.

A wall and an error page speak to their visitor; an article speaks of its subject. So a page is one of them when what it
says is mostly such phrases, or when it is a title of that kind with next to nothing below. What is not surely something
else is an article: articles about walls and errors are many, and so are short ones.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import types
from crawler.reading.metadata import Head
from crawler.reading.signs import FEWEST_TEASED, FEWEST_TEASERS, Signs
from crawler.reading.texts import folded, words
from crawler.reading.walls import BOT, CONSENT, CONSENT_TITLES, ERROR, ERROR_TITLES, LOGIN_TITLES, WALL_TITLES
from storage.models import PageKind
from storage.urls import looks_like_article

SHORT = 1_500  # characters: what a wall or an error page says is shorter
LONGEST_WALL = 6_000  # but for the sentences about partners and devices
LONGEST_LIST = 40_000  # characters of teasers
FEWEST_LISTED = 5  # teasers that make a list of a page without a text of its own
LONGEST_ENTRY = 40  # characters of an entry of a menu
LONGEST_NAME = 4  # words of what is taken for a site's name in a title
LITTLE = 300  # characters beside a wall's own phrases: no article
_NOT_WORDS = re.compile(r"[\W\d_]+")
_PARTS = re.compile(r"\s+[-–—―|·•»«/:]{1,2}\s+|\s*[|»:·]\s*|\s*[.…!?]+\s+|(?<=\d)\s*[-–—]\s*")
_STATUS = re.compile(r"(?<!\d)[45]\d\d(?!\d)")
_LIVE_PATH = re.compile(
    r"live-?(?:blog|ticker|updates?|coverage|news|bericht)\b|[/-](?:minuto-a-minuto|minute-par-minute|en-direct|en-vivo)\b"
)
_LIVE_TITLE = re.compile(
    r"\A\W*(?:live-?(?:blog|ticker)|newsblog|en direct|en vivo|em direto|ao vivo|in diretta|na żywo|canlı)\b"
    r"|\blive-?(?:blog|ticker|updates)\b|\b(?:minuto a minuto|minute par minute|liveuutiset|direkte:|direkt:)",
    re.IGNORECASE,
)
_LISTS = frozenset({"collectionpage", "searchresultspage", "profilepage"})
_LIST_CLASSES = frozenset(
    words(
        "home blog archive category tag author search search-results paged date front home-template tag-template"
        " author-template path-frontpage path-taxonomy page-taxonomy page-taxonomy-term frontpage homepage section-front"
        " search-page tag-page category-page author-page listing"
    )
)
_POST_CLASSES = frozenset(
    words(
        "single single-post singular post-template page-template node-type-article page-node-type-article post item-view"
        " article"
    )
)
_LIST_PATH = re.compile(
    r"/(?:tags?|category|categories|kategorien?|categor[ií]as?|cat[ée]gories?|rubrik|rubriques?|rubrica"
    r"|authors?|autor(?:en|es)?|auteurs?|autore|topics?|thema|themen|th[èe]mes?|temas?"
    r"|search|suche|recherche|buscar|busca|cerca|zoeken|szukaj|s[øo]g|haku"
    r"|archives?|archiv|etiquetas?|mots?-cles?|schlagwort|section|page)(?:/[^/.]+)?/?\Z",
    re.IGNORECASE,
)
_LIST_QUERY = re.compile(r"(?:^|&)(?:s|q|query|search|suche|keyword|cat|tag|author)=", re.IGNORECASE)
_STOPS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")
_FRONT = re.compile(r"(?:/(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w{2,5}|home)?)?\Z", re.IGNORECASE)


def fold(text: str) -> str:
    """The words of a text in lower case, apart by one space, without digits and punctuation."""
    return _NOT_WORDS.sub(" ", text.lower()).strip()


_CONSENT, _BOT, _ERROR = (tuple(map(fold, each)) for each in (CONSENT, BOT, ERROR))
_WALL_TITLES, _CONSENT_TITLES, _LOGIN_TITLES, _ERROR_TITLES = (
    frozenset(map(fold, each)) for each in (WALL_TITLES, CONSENT_TITLES, LOGIN_TITLES, ERROR_TITLES)
)


@dataclass(frozen=True, slots=True)
class _Page:
    """What is weighed: the parts of its titles, its text, and whether it calls itself an article."""

    head: Head
    signs: Signs
    text: str
    titles: tuple[tuple[str, ...], ...]  # of each title the parts that do not name the site
    strong: bool  # calls itself an article, and has the text of one
    own: str  # its text without the teasers of other pages


def read_kind(
    head: Head, signs: Signs, title: str | None, text: str, *, site: str | None = None, evidence: Evidence | None = None
) -> PageKind:
    """What the page is, from its signs and from what was read of it."""
    evidence = evidence or Evidence()
    text = _sentences(text) if len(text) < LONGEST_WALL else text
    strong = bool(head.article) and len(text) >= LITTLE
    titles = tuple(dict.fromkeys(_parts(each, site, head.url) for each in (title or "", signs.title, signs.heading) if each))
    page = _Page(head, signs, text, titles, strong, _without_teasers(text, signs.teased))
    for kind, judge in (
        (PageKind.ERROR, _is_error), (PageKind.CONSENT, _is_wall), (PageKind.CONSENT, _is_consent),
        (PageKind.CONSENT, _is_login),
        (PageKind.LIVE, _is_live), (PageKind.LISTING, _is_listing),
    ):  # fmt: skip
        why = judge(page)
        if why:
            evidence.offer("kind", judge.__name__.removeprefix("_is_"), kind, why, won=True)
            return kind
    evidence.offer("kind", "default", PageKind.ARTICLE, "nothing says that it is something else", won=True)
    return PageKind.ARTICLE


def _sentences(text: str) -> str:
    """The blocks that say something: not the entries of a menu that was taken for text."""
    return "\n\n".join(block for block in text.split("\n\n") if len(block) > LONGEST_ENTRY or block.endswith(_STOPS))


def _without_teasers(text: str, teased: tuple[str, ...]) -> str:
    """The blocks that are not what the linked headings of a page, and the lines below them, say."""
    if len(teased) < FEWEST_TEASED or len(text) > LONGEST_LIST:
        return text
    said = "\n".join(teased)
    return "\n\n".join(block for block in text.split("\n\n") if folded(block) not in said)


def says_article(head: Head) -> bool:
    """Whether the page calls itself an article: in its JSON-LD, or as its Open Graph type."""
    return bool(head.article) or (head.meta("og:type") or "").lower().startswith("article")


def _parts(title: str, site: str | None, url: str) -> tuple[str, ...]:
    """The parts of a title without those that name its site."""
    host = (urlsplit(url).hostname or "").removeprefix("www.") if "://" in url else ""
    own = {fold(each).replace(" ", "") for each in (site or "", host, host.split(".")[0]) if each}
    return tuple(part for part in _PARTS.split(title) if part and part.strip() and fold(part).replace(" ", "") not in own)


def _titled(page: _Page, titles: frozenset[str]) -> bool:
    """Whether one of the page's titles is one of these: beside it stands no more than a name."""
    for parts in page.titles:
        other = [part for part in map(fold, parts) if part not in titles]
        if len(other) < len(parts) and all(part.count(" ") < LONGEST_NAME for part in other):
            return True
    return False


def _count(phrases: tuple[str, ...], text: str) -> int:
    folded = fold(text)
    return sum(phrase in folded for phrase in phrases) if folded else 0


def _spoken(phrases: tuple[str, ...], text: str) -> float:
    """The share of a text's sentences, by length, that hold one of the phrases."""
    blocks = [block for block in re.split(r"\n+|(?<=[.!?。！？])\s+", text[:LONGEST_WALL]) if block]
    said = sum(len(block) for block in blocks if _count(phrases, block))
    return said / max(1, sum(map(len, blocks)))


def _is_error(page: _Page) -> str:
    """Why the page is an error page; empty if it is not."""
    if page.strong or len(page.own) >= SHORT:
        return ""
    for parts in page.titles:
        wrong = [part for part in parts if _names_error(part)]
        if wrong and len(wrong) == len(parts):
            return f"the title says {' – '.join(parts)!r}"
        if wrong and len(page.own) < LITTLE and (_count(_ERROR, page.own) or not says_article(page.head)):
            return f"the title says {wrong[0]!r}, and there is little text"
    if len(page.own) < 2 * LITTLE and _count(_ERROR, page.own or page.signs.shown):
        share = _spoken(_ERROR, page.own or page.signs.shown)
        if share > (0.6 if says_article(page.head) else 0.3):
            return "the text says that the page is not there"
    return ""


def _names_error(part: str) -> bool:
    folded = fold(part)
    return folded in _ERROR_TITLES or (bool(_STATUS.search(part)) and folded in {"", "error code", "http", "code", "status"})


def _is_wall(page: _Page) -> str:
    """Why the page wants proof of a person or a browser."""
    if page.strong or len(page.text) >= SHORT:
        return ""
    vendor = page.signs.vendor
    said = page.text or page.signs.shown
    named = _count(_BOT, " . ".join(map(" ".join, page.titles)))
    titled = bool(named) or _titled(page, _WALL_TITLES)
    hits = named + _count(_BOT, said)
    if vendor and not vendor.endswith("consent") and (titled or hits or len(page.text) < LITTLE):
        return f"it is {vendor}'s challenge"
    if titled and (hits or (len(page.text) < LITTLE and not says_article(page.head))):
        return "its title is a challenge's"
    if hits and not page.head.article and _spoken(_BOT, said) > (0.3 if hits > 1 or page.signs.shown else 0.5):
        return "its text is a challenge's"
    return ""


def _is_consent(page: _Page) -> str:
    """Why the page wants consent or money before it shows anything."""
    text, signs = page.text, page.signs
    if len(text) >= LONGEST_WALL or (len(text) >= SHORT and not signs.shown):
        return ""
    titled = _titled(page, _CONSENT_TITLES) or _at_consent(page.head.url)
    vendor = bool(signs.vendor and signs.vendor.endswith("consent"))
    said = text if len(text) >= 80 else f"{text}\n{signs.shown}"
    hits = _count(_CONSENT, f"{' . '.join(map(' '.join, page.titles))} . {said} . {signs.buttons}")
    if not hits and not (titled and len(text) < LITTLE):
        return ""
    share = _spoken(_CONSENT, said)
    other = len(said) * (1 - share)
    if (titled or vendor) and (other < 2 * LITTLE or share > 0.3) and not (page.strong and share < 0.3):
        return "its title or its form asks for consent"
    if hits > 1 and share > (0.6 if page.head.article else 0.4):
        return "what it says is a consent form"
    return "little stands beside a consent form" if hits > 1 and share > 0.15 and other < LITTLE else ""


def _at_consent(url: str) -> bool:
    """Whether an address is that of a consent page: the visitor was sent there."""
    parts = _split(url)
    return (parts.hostname or "").startswith(("consent.", "myprivacy.", "guce.")) or bool(
        re.search(
            r"/(?:consent|privacy-gate|cookie-?wall|zustimmung|collectconsent|pur-abo)(?:/|\.|\Z)", parts.path, re.IGNORECASE
        )
    )


def _is_login(page: _Page) -> str:
    """Why the page only lets people in who have an account."""
    return (
        "a form to log in"
        if _titled(page, _LOGIN_TITLES) and page.signs.password and len(page.text) < SHORT and not page.strong
        else ""
    )


def _is_live(page: _Page) -> str:
    """Why the page is a live blog."""
    nodes = [page.head.article] if page.head.article else page.head.nodes[:50]
    if any("liveblogposting" in types(node) for node in nodes):
        return "its JSON-LD says so"
    path = _split(page.head.url).path
    if page.text and _LIVE_PATH.search(path.lower()):
        return "its address says so"
    titled = any(_LIVE_TITLE.search(" ".join(parts)) for parts in page.titles[:1])
    return "its title says so" if titled and len(page.text) > SHORT else ""


def _is_listing(page: _Page) -> str:
    """Why the page is a list of other pages: at least three points of what speaks for that and against it."""
    head, signs = page.head, page.signs
    parts = _split(head.url)
    segments = [segment for segment in parts.path.split("/") if segment]
    listed = bool(_LIST_PATH.search(parts.path))
    slug = bool(segments) and looks_like_article(head.url) and (not listed or segments[-1].count("-") > 3)
    points = {
        "front page": 2 * bool(head.url and _FRONT.match(parts.path) and not parts.query),
        "body class": 2 * (bool(signs.classes & _LIST_CLASSES) and not signs.classes & _POST_CLASSES),
        "JSON-LD": 2 * any(types(node) & _LISTS for node in head.nodes[:50]),
        "address": listed or bool(_LIST_QUERY.search(parts.query)),
        "short address": len(segments) == 1 and not slug and "." not in parts.path,
        "linked headings": (signs.teasers >= FEWEST_TEASERS) and len(page.text) < 250 * signs.teasers,
        "teasers alone": 3 * (len(signs.teased) >= FEWEST_LISTED and len(page.own) < min(LITTLE, len(page.text) / 2)),
        "links": signs.linked > 0.5,
        "slug": -slug,
        "article": -2 * bool(head.article) - says_article(head),
        "post": -2 * bool(signs.classes & _POST_CLASSES),
    }
    if sum(points.values()) < 3:
        return ""
    return ", ".join(name for name, value in points.items() if value > 0)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
