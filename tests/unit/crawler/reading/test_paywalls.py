import json

import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.paywalls import read_paywalled, subscribe_box

URL = "https://www.dailybasin.example/news/2026/the-river-rose-overnight"
SHORT, LONG = "The river rose overnight. " * 10, "The river rose overnight. " * 200


def read(head="", body="", text=SHORT, evidence=None):
    html = f"<html><head>{head}</head><body>{body}</body></html>".encode()
    page = read_head(parse_page(html), URL)
    return read_paywalled(page, subscribe_box(page, html), text, evidence)


def ld(**properties):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "The river rose", **properties})}</script>'


def tier(value):
    return f'<meta property="article:content_tier" content="{value}">'


STATED = {
    "not free": (ld(isAccessibleForFree=False), True),
    "not free, in words": (ld(isAccessibleForFree="False"), True),
    "not free, as an address": (ld(isAccessibleForFree="http://schema.org/False"), True),
    "a part is not free": (ld(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "false", "cssSelector": ".paywall"}), True),
    "free": (ld(isAccessibleForFree=True), False),
    "in a second description of the article": (ld(url=URL) + ld(url=URL, isAccessibleForFree="false"), True),
    "of another article": (ld(url=URL) + '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Other","isAccessibleForFree":false}</script>', False),
    "microdata": ('<meta itemprop="isAccessibleForFree" content="false">', True),
    "locked": (tier("locked"), True),
    "metered": (tier("metered"), True),
    "the tier decides": (tier("free") + ld(isAccessibleForFree=False), False),
    "nothing": ("", False),
    "only a script": ('<script src="https://cdn.tinypass.com/api/tinypass.min.js"></script><script>var paywall = true; tp = []</script>', False),
}  # fmt: skip
BOXES = {
    "english": "Subscribe to read the full story. Already a subscriber? Log in.",
    "german": "Jetzt weiterlesen mit Basin Plus. Sie sind bereits Abonnent? Hier anmelden.",
    "french": "La suite est réservée. Cet article est réservé aux abonnés. Il vous reste 75 % de cet article à lire.",
    "spanish": "Contenido exclusivo para suscriptores. Suscríbete para seguir leyendo.",
    "portuguese": "Conteúdo exclusivo para assinantes. Assine agora para continuar lendo.",
    "italian": "Questo contenuto è riservato agli abbonati. Sei già abbonato?",
    "dutch": "Dit artikel is alleen voor abonnees. Lees verder met een abonnement.",
    "polish": "Artykuł tylko dla prenumeratorów. Wykup dostęp.",
    "swedish": "Den här artikeln är för prenumeranter. Redan prenumerant? Logga in.",
    "czech": "Článek je jen pro předplatitele.",
    "russian": "Материал доступен только для подписчиков. Оформите подписку.",
    "japanese": "この記事は有料会員限定です。続きを読むには登録してください。",
}


@pytest.mark.parametrize("case", STATED)
def test_a_page_is_paywalled_when_it_says_so(case):
    head, paywalled = STATED[case]
    assert read(head, text=LONG) is paywalled


@pytest.mark.parametrize("language", BOXES)
def test_a_box_that_asks_to_subscribe_counts_under_a_text_cut_short(language):
    box = f'<div class="article-paywall__box"><h3>{BOXES[language]}</h3></div>'
    assert read(body=f"<p>{SHORT}</p>{box}") is True
    assert read(body=f"<p>{LONG}</p>{box}", text=LONG) is False
    assert read(ld(isAccessibleForFree=True), f"<p>{SHORT}</p>{box}") is False


UNLOCKED = {
    "hidden": f'<div class="paywall hidden">{BOXES["english"]}</div>',
    "not shown": f'<div class="paywall" style="display: none">{BOXES["english"]}</div>',
    "empty": '<div class="piano-inline paywall-container"></div>',
    "without a call": '<div class="paywall"><p>The river rose overnight and flooded the lower town.</p></div>',
    "the article's own container": f'<div class="paywall-content"><p>{LONG}</p><p>{BOXES["english"]}</p></div>',
    "a newsletter": '<div class="newsletter-box">Subscribe to our newsletter and read the full story every morning.</div>',
}


@pytest.mark.parametrize("case", UNLOCKED)
def test_what_only_looks_like_a_paywall_is_none(case):
    assert read(body=f"<p>{SHORT}</p>{UNLOCKED[case]}") is False


def test_the_reader_says_why():
    evidence = Evidence(wanted=True)
    assert read(ld(isAccessibleForFree="false"), evidence=evidence) is True
    assert [(offer.source, offer.value, offer.won) for offer in evidence.offers["paywalled"]] == [("json-ld", "false", True)]
