import json

import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.pictures import read_image

URL = "https://www.dailybasin.example/news/2026/the-river-rose-overnight"
PHOTO = "https://cdn.example/2026/river-at-dawn.jpg"


def head_of(head="", body=""):
    return read_head(parse_page(f"<html><head>{head}</head><body>{body}</body></html>".encode()), URL)


def og(address):
    return f'<meta property="og:image" content="{address}">'


def ld(**properties):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "x", **properties})}</script>'


IMAGES = {
    "declared": (og(PHOTO), "", PHOTO),
    "relative": (og("/2026/a.jpg"), "", "https://www.dailybasin.example/2026/a.jpg"),
    "for another network": (f'<meta name="twitter:image" content="{PHOTO}">', "", PHOTO),
    "json-ld address": (ld(image=PHOTO), "", PHOTO),
    "json-ld object": (ld(image=[{"@type": "ImageObject", "url": PHOTO}]), "", PHOTO),
    "image_src": (f'<link rel="image_src" href="{PHOTO}">', "", PHOTO),
    "the logo, then json-ld": (og("https://cdn.example/dailybasin-logo.png") + ld(image=PHOTO), "", PHOTO),
    "a placeholder, then a second": (og("https://cdn.example/img/default-share.png") + og(PHOTO), "", PHOTO),
    "a default picture of a system": (og("https://cdn.example/sites/default/files/default-images/opener.jpg"), "", None),
    "a folder that is called default": (og("https://cdn.example/sites/default/files/river.jpg"), "", "https://cdn.example/sites/default/files/river.jpg"),
    "a dummy": (og("https://cdn.example/dummy-social.gif"), "", None),
    "a logo that is the subject": (og("https://cdn.example/2026/worldcup-logo-malden.jpg"), "", "https://cdn.example/2026/worldcup-logo-malden.jpg"),
    "a drawing": (og("https://cdn.example/river.svg"), "", None),
    "a favicon": (og("https://cdn.example/cropped-favicon.jpg"), "", None),
    "a portrait": (og("https://secure.gravatar.com/avatar/abc.jpg"), "", None),
    "a logo behind a scaler": (og("https://scale.example/q/90/?url=https%3A%2F%2Fx.example%2Fmain-logo.png"), "", None),
    "a video's picture": (og("https://i.ytimg.com/vi/abc/default.jpg"), "", "https://i.ytimg.com/vi/abc/default.jpg"),
    "in a figure": ("", f'<figure><img src="{PHOTO}"></figure>', PHOTO),
    "loaded later": ("", f'<article><img src="data:image/gif;base64,R0" data-src="{PHOTO}" width="640"></article>', PHOTO),
    "large": ("", f'<div><img src="/i/spacer.gif" width="1"><img src="{PHOTO}" width="800" height="600"></div>', PHOTO),
    "small": ("", f'<article><img src="{PHOTO}" width="90" height="60"></article>', None),
    "only a logo": ("", '<header><img src="/logo.png" width="400"></header>', None),
    "of the theme": ("", '<div><img src="/wp-content/themes/x/images/headers/fern.jpg" width="940"></div>', None),
    "nothing": ("", "", None),
}  # fmt: skip


@pytest.mark.parametrize("case", IMAGES)
def test_an_article_has_its_picture(case):
    head, body, address = IMAGES[case]
    assert read_image(head_of(head, body)) == address


def test_the_reader_says_why():
    evidence = Evidence(wanted=True)
    assert read_image(head_of(og("https://cdn.example/logo.png") + ld(image=PHOTO)), evidence) == PHOTO
    assert [(offer.source, offer.why, offer.won) for offer in evidence.offers["image"]] == [
        ("og:image", "a logo", False),
        ("json-ld image", "the first of its order", True),
    ]
