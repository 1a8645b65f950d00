"""Whether a page's text is not free: what it states of itself, or the box in which it asks to subscribe. A pure module."""

import re
from collections.abc import Iterator

from lxml.etree import XPath

from crawler.reading.evidence import Evidence
from crawler.reading.jsonld import ARTICLE_TYPES, Node, resolve, text_of, types
from crawler.reading.metadata import Head
from crawler.reading.texts import glimpse
from storage.urls import key_of

CUT_SHORT = 2_500  # characters: a longer text was not cut off for a box
LARGEST_BOX = 1_200  # characters
_LOCKED = frozenset({"locked", "metered", "paid", "premium", "subscription", "subscriber"})
_MARKS = (
    b"paywall", b"regwall", b"paid-barrier", b"paid-content", b"premium-content", b"subscriber-only", b"subscribers-only",
    b"tp-modal", b"piano-inline", b"piano-offer", b"zephr", b"poool-widget", b"leaky_paywall", b"leaky-paywall", b"metered",
    b"article-locked", b"content-locked", b"locked-content", b"abo-wall", b"offer-wall", b"signwall", b"premium-box",
)  # fmt: skip
_BOXES = XPath(
    "//*[self::div or self::section or self::aside or self::p][" + " or ".join(
        f"contains(@class, '{mark.decode()}') or contains(@id, '{mark.decode()}')" for mark in _MARKS
    ) + "]"
)  # fmt: skip
_HIDDEN = re.compile(r"(?:^|\s)(?:is-)?(?:hidden|hide|d-none|invisible)(?:\s|$)|display:\s*none", re.IGNORECASE)
# Calls of a box that hides the rest of a text, in fourteen languages: to subscribe, or that this is for subscribers.
_CALLS = re.compile(
    r"subscribe (?:now |today )?(?:to|and) (?:read|continue|keep|unlock|access)|(?:for|to) (?:paid )?subscribers(?: only)?"
    r"|subscriber[- ](?:only|exclusive)|(?:continue|keep) reading (?:with|by|for)|already a (?:subscriber|member)"
    r"|to continue reading|read the full (?:story|article)|start your (?:free )?(?:trial|subscription)"
    r"|jetzt (?:weiter|abonnieren|testen|freischalten|alles lesen)|weiterlesen mit|mit \S{1,20}(?: \S{1,12})? weiterlesen"
    r"|(?:nur|exklusiv) für abonnent|bereits (?:abonnent|kunde|registriert)|artikel freischalten"
    r"|réservé (?:à nos|aux) abonnés|abonnez-vous pour|pour lire la suite|il vous reste \d+ ?% de (?:cet|l')|déjà abonné"
    r"|(?:solo|exclusivo) para suscriptores|suscr[ií]be?te (?:para|y sigue|ahora)|para (?:continuar|seguir) leyendo"
    r"|ya eres suscriptor|has alcanzado el límite"
    r"|(?:exclusivo|só|somente) para assinantes|assine (?:para|agora|já)|para continuar (?:lendo|a ler)|já é assinante"
    r"|(?:riservato|solo) (?:agli|per gli) abbonati|abbonati (?:per|ora)|per continuare a leggere|sei già abbonato"
    r"|(?:alleen|exclusief) voor abonnees|lees verder (?:met|voor)|neem een abonnement|al abonnee"
    r"|(?:tylko )?dla (?:prenumeratorów|subskrybentów)|czytaj dalej z|masz (?:już )?(?:aktywną )?(?:subskrypcję|prenumeratę)"
    r"|(?:kup|wykup) dostęp|för prenumeranter|läs vidare med|(?:bli|redan) prenumerant|for abonnenter|bliv? abonnent"
    r"|allerede abonnent|tilaajille|jatka lukemista|oletko jo tilaaja|(?:pouze|jen) pro předplatitele|pokračovat ve čtení"
    r"|csak előfizetőknek|abone ol(?:un|arak)|okumaya devam|только для подписчиков|оформите подписку|чтобы читать дальше"
    r"|有料会員|会員限定|この記事は有料|続きを読むには|続きは会員|订阅后继续|訂閱以繼續|구독자 전용|구독하고 계속",
    re.IGNORECASE,
)


def read_paywalled(head: Head, box: str = "", text: str = "", evidence: Evidence | None = None) -> bool:
    """Whether the page says that its text is not free; a metered one counts as not free.

    Stated first (`isAccessibleForFree`, the content tier of its meta tags, which decides where both differ). Where
    nothing is stated, a box that asks to subscribe (`subscribe_box`) counts under a text that was cut short.
    """
    evidence = evidence or Evidence()
    tier = (head.meta("article:content_tier", "og:article:content_tier") or "").strip().lower()
    if tier:
        evidence.offer("paywalled", "article:content_tier", tier, "the most exact of what is stated", won=True)
        return tier in _LOCKED
    stated = list(_stated(head))
    if stated:
        locked = any(value is False for _, value in stated)
        for source, value in stated:
            evidence.offer("paywalled", source, str(value).lower(), "", won=value is not locked)
        return locked
    evidence.offer("paywalled", "box", box, "asks to subscribe", won=bool(box) and len(text) < CUT_SHORT)
    return bool(box) and len(text) < CUT_SHORT


def _stated(head: Head) -> Iterator[tuple[str, bool]]:
    """Each `isAccessibleForFree` that the page states of its article, of a part of it, or in its markup."""
    nodes = list(_own_articles(head)) or head.nodes[:20]
    for node in nodes:
        for part in (node, *(each for each in resolve(node.get("hasPart"), head.nodes) if isinstance(each, dict))):
            value = _truth(part.get("isAccessibleForFree"))
            if value is not None:
                yield ("json-ld" if part is node else "json-ld hasPart"), value
    value = _truth(head.meta("isaccessibleforfree"))
    if value is not None:
        yield "microdata", value


def _own_articles(head: Head) -> Iterator[Node]:
    """The entities that describe the page's article: some pages have one of their editor and one of a plug-in."""
    headline, address = text_of(head.article, "headline"), key_of(text_of(head.article, "url") or "")
    for node in head.nodes[:50]:
        if node is head.article:
            yield node
        elif types(node) & ARTICLE_TYPES:
            same = headline and text_of(node, "headline") == headline
            if same or (address and key_of(text_of(node, "url") or "") == address):
                yield node


def _truth(value: object) -> bool | None:
    if isinstance(value, str):
        return {"false": False, "no": False, "true": True, "yes": True}.get(value.strip().rsplit("/", 1)[-1].lower())
    return value if isinstance(value, bool) else None


def subscribe_box(head: Head, html: bytes) -> str:
    """The words of the box that asks to subscribe in place of the rest of a text; empty where there is none."""
    if not any(mark in html for mark in _MARKS):
        return ""
    for box in _BOXES(head.tree)[:40]:
        if _HIDDEN.search(f"{box.get('class') or ''} {box.get('style') or ''}") or box.get("hidden") is not None:
            continue
        text = glimpse(box, LARGEST_BOX + 1)
        if len(text) <= LARGEST_BOX and _CALLS.search(text):
            return text
    return ""
