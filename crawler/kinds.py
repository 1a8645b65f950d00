"""What a fetched page is: an article, a live blog, a listing, a consent or bot wall, an error page. A pure module.

A wall and an error page are told by their wording, and only where there is little else to read; what is not surely
something else is an article.
"""

import re
from urllib.parse import urlsplit

from crawler.jsonld import types
from crawler.metadata import Head
from storage.models import PageKind

SHORT = 1_500  # characters: what a wall or an error page says is shorter
_WALL = re.compile(
    r"just a moment\W*\Z|attention required|verif(?:y|ying) (?:that )?you(?:'re| are) (?:a )?human"
    r"|are you a (?:robot|human)|access to this page has been denied"
    r"|checking (?:if the site connection is secure|your browser)|enable javascript and cookies to continue"
    r"|bot (?:check|detection|verification)"
    r"|pardon our interruption|security check|unusual traffic|before you continue|we value your privacy"
    r"|your privacy (?:choices|matters)|cookie (?:consent|wall)"
    r"|accept (?:all )?cookies|privacy settings|datenschutz-?einstellungen|zustimmung (?:erforderlich|n.tig)"
    r"|mit werbung (?:weiter)?lesen|weiter mit werbung|consent",
    re.IGNORECASE,
)
_ERROR = re.compile(
    r"\b(?:error|fehler|http)\W{0,3}[45]\d\d\b|\A\W*[45]\d\d\W*(?:\Z|error\b|gone\b|page\b|seite\b)"
    r"|(?:page|seite|article) (?:not|nicht) (?:be )?(?:found|gefunden)"
    r"|not found|access denied|forbidden|internal server error"
    r"|bad gateway|service (?:temporarily )?unavailable|page (?:introuvable|no longer exists)"
    r"|p.gina no encontrada|no longer available|something went wrong",
    re.IGNORECASE,
)
_LIVE = re.compile(r"live-?(?:blog|ticker|updates?|coverage)\b", re.IGNORECASE)


def read_kind(head: Head, title: str | None, text: str, linked: float) -> PageKind:
    """What the page is; `linked` is the share of its text that stands in links."""
    named = title or ""
    if len(text) < SHORT:
        if _WALL.search(named) or (len(text) < 600 and _WALL.search(text[:600]) and not head.article):
            return PageKind.CONSENT
        if _ERROR.search(named) and len(named) < 80 and not head.article:
            return PageKind.ERROR
    if any("liveblogposting" in types(node) for node in head.nodes[:50]) or _LIVE.search(urlsplit(head.url).path):
        return PageKind.LIVE
    return PageKind.LISTING if _lists(head, text, linked) else PageKind.ARTICLE


def says_article(head: Head) -> bool:
    """Whether the page calls itself an article: in its JSON-LD, or as its Open Graph type."""
    return bool(head.article) or (head.meta("og:type") or "").lower().startswith("article")


def _lists(head: Head, text: str, linked: float) -> bool:
    if says_article(head):
        return False
    collection = any(types(node) & {"collectionpage", "searchresultspage"} for node in head.nodes[:50])
    front = bool(head.url) and urlsplit(head.url).path in {"", "/"}
    return (collection or front or linked > 0.75) and linked > 0.5 and len(text) < 6_000
