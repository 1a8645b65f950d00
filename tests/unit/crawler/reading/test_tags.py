import json

import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.tags import read_tags, tag_links

URL = "https://www.dailybasin.example/news/2026/the-river-rose-overnight"
TEXT = "The river rose overnight in Malden, and the flood reached the market. The mayor asked the government for help, and the fire brigade came. "


def head_of(head="", body=""):
    return read_head(parse_page(f"<html><head>{head}</head><body>{body}</body></html>".encode()), URL)


def read(head="", body="", text=TEXT, evidence=None):
    page = head_of(head, body)
    return read_tags(page, tag_links(page), text, evidence)


def at(*tags):
    return "".join(f'<meta property="article:tag" content="{tag}">' for tag in tags)


def kw(content, name="keywords"):
    return f'<meta name="{name}" content="{content}">'


def ld(keywords):
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "x", "keywords": keywords})}</script>'


def links(*tags, rel="tag"):
    return "".join(f'<a rel="{rel}" href="/t/{tag}">{tag}</a>' for tag in tags)


TAGS = {
    "article:tag": (at("Rivers", "Malden"), "", ("Rivers", "Malden")),
    "one line": (at("Rivers, Malden"), "", ("Rivers", "Malden")),
    "json-ld list": (ld(["Rivers", "Malden"]), "", ("Rivers", "Malden")),
    "json-ld line": (ld("Rivers, Malden"), "", ("Rivers", "Malden")),
    "news_keywords": (kw("Rivers, Malden", "news_keywords"), "", ("Rivers", "Malden")),
    "rel=tag": ("", links("Rivers", "Malden"), ("Rivers", "Malden")),
    "rel=tag before the site's keywords": (kw("news, valley, sport, weather"), links("Rivers"), ("Rivers",)),
    "categories beside tags": ("", links("Local", rel="category tag") + links("Rivers"), ("Local", "Rivers")),
    "categories after keywords": (kw("Rivers, Malden"), links("Local", rel="category tag"), ("Rivers", "Malden")),
    "categories alone": ("", links("Local", rel="category tag"), ("Local",)),
    "a list of tags": ("", '<ul class="article__tags"><li><a href="/t/1">Rivers</a></li><li><a href="/t/2">Malden</a></li></ul>', ("Rivers", "Malden")),
    "a field of tags": ("", '<div class="field field-name-field-tags field-type-taxonomy"><a href="/t/1">Rivers</a></div>', ("Rivers",)),
    "tags that are popular": ("", '<div class="trending tags"><a href="/t/1">Elections</a></div>', ()),
    "a cloud": ("", '<div class="tags">' + "".join(f'<a href="/t/{n}">Tag {n}</a>' for n in range(60)) + "</div>", ()),
    "each once": (ld("Rivers, rivers, Malden"), "", ("rivers", "Malden")),
    "marks of the system": (at("Rivers", "_Prio_3", "ctp_video", "https://x.example", "12345", "8ae9ab2d-fe1b-4230-acb8-a59b52877682", "Section: Local", "dailybasin.com"), "", ("Rivers",)),
    "marked as tags": (ld(["Tag:Rivers", "Publication:daily-basin", "Elevated:false"]), "", ("Rivers",)),
    "marked with a kind": (at("Ann Lee SPORTS_FIGURE PERSON"), "", ("Ann Lee",)),
    "keywords of the article": (kw("Malden, flood, market, fire brigade, mayor"), "", ("Malden", "flood", "market", "fire brigade", "mayor")),
    "keywords of the site": (kw("news, sport, weather, valley, hills, opinion, letters"), "", ()),
    "the title in pieces": (kw("the,river,rose,overnight,in,Malden"), "", ()),
    "the text in pieces": (kw("river,overnight,flood,market,mayor,government,help,fire,brigade"), "", ()),
    "nothing": ("", "", ()),
}  # fmt: skip


@pytest.mark.parametrize("case", TAGS)
def test_an_article_has_its_tags(case):
    head, body, tags = TAGS[case]
    assert read(head, body) == tags


def test_the_reader_says_why():
    evidence = Evidence(wanted=True)
    assert read(kw("news, sport, weather, valley, hills, opinion"), links("Rivers"), evidence=evidence) == ("Rivers",)
    assert [(offer.source, offer.won) for offer in evidence.offers["tags"]] == [("links", True), ("keywords", False)]
    assert "the site's" in evidence.offers["tags"][1].why
