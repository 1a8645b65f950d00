"""Articles that stand only in a page's scripts."""

import json
from datetime import UTC, datetime

import lxml.html
import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.extract import extract
from crawler.reading.scripted import LONGEST_SCRIPT, SHORTEST_BODY, scripted_body, stated_body

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINES = [
    f'Line {n} of the story "quoted" tells of the ferry, the sandbank and of the sixty people aboard her.' for n in range(8)
]
MARKUP = "".join(f"<p>{line}</p>" for line in LINES)


def flight(markup):
    text = json.dumps(markup).replace("<", "\\u003c").replace(">", "\\u003e")
    return f"self.__next_f.push([1,{text}])"


SCRIPTS = {
    "Next.js flight": f"<script>{flight(MARKUP)}</script>",
    "Next.js data": f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": {"body": MARKUP}}).replace("/", chr(92) + "/")}</script>',
    "Nuxt": f"<script>window.__NUXT__=(function(){{return {{html:{json.dumps(MARKUP).replace('<', chr(92) + 'u003C')}}}}})()</script>",
    "Fusion": f"<script>Fusion.globalContent={json.dumps({'content_elements': [{'content': f'<p>{line}</p>'} for line in LINES]})};</script>",
    "twice escaped": f"<script>window.state={json.dumps(json.dumps({'html': MARKUP}))}</script>",
}


def page(script, body=""):
    return f"<html><head><title>Ferry aground</title></head><body><h1>Ferry aground</h1>{body}{script}</body></html>"


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_article_in_a_script_is_read(name):
    assert scripted_body(lxml.html.document_fromstring(page(SCRIPTS[name]))) == LINES


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_page_that_shows_nothing_is_read_from_its_script(name):
    assert extract(page(SCRIPTS[name]).encode(), "", now=NOW).text.split("\n\n") == LINES


def test_a_page_that_shows_its_text_is_read_from_that():
    shown = "".join(
        f"<p>Shown paragraph {n} of the page tells of the ferry, the sandbank and the people aboard.</p>" for n in range(9)
    )
    told = Evidence(wanted=True)
    text = extract(page(SCRIPTS["Nuxt"], shown).encode(), "", now=NOW, evidence=told).text
    assert "Line 0" not in text
    assert len(text.split("\n\n")) == 9
    assert not [offer for offer in told.offers["text"] if "script" in offer.source]


def test_of_several_runs_the_longest_is_read():
    other = "<p>A menu of the site, in one paragraph.</p>"
    assert scripted_body(lxml.html.document_fromstring(page(f"<script>{flight(other)}</script>{SCRIPTS['Nuxt']}"))) == LINES
    far = other + " " * 2000 + MARKUP + " " * 2000 + other
    assert scripted_body(lxml.html.document_fromstring(page(f"<script>var a='{far}'</script>"))) == LINES


def test_headings_items_and_quotes_are_read_with_the_paragraphs():
    markup = "<h2>Sub</h2><p>One text.</p><ul><li>Item</li></ul><blockquote>Said</blockquote>"
    assert scripted_body(lxml.html.document_fromstring(page(f"<script>{flight(markup)}</script>"))) == [
        "Sub",
        "One text.",
        "Item",
        "Said",
    ]


@pytest.mark.parametrize(
    "script", ["", "<script>var a = 1 < 2;</script>", "<script>" + "<p>x</p>".ljust(LONGEST_SCRIPT + 1) + "</script>"]
)
def test_scripts_without_markup_or_of_monstrous_length_have_none(script):
    assert scripted_body(lxml.html.document_fromstring(page(script))) == []


def test_the_stated_body_is_read_by_its_lines():
    body = "\n\n".join(LINES)
    assert stated_body({"articleBody": body}) == LINES
    assert stated_body({"articleBody": MARKUP}) == LINES
    assert stated_body({"articleBody": "<br/>".join(LINES)}) == LINES


@pytest.mark.parametrize(
    "node",
    [{}, {"articleBody": "x" * (SHORTEST_BODY - 1)}, {"articleBody": None}, {"articleBody": [3]}, {"articleBody": {"a": 1}}],
)
def test_a_missing_stub_or_odd_body_is_none(node):
    assert stated_body(node) == []


def test_a_page_with_only_structured_data_is_read_from_it():
    ld = json.dumps({"@type": "NewsArticle", "headline": "Ferry aground", "articleBody": "\n".join(LINES)})
    html = page(f'<script type="application/ld+json">{ld}</script>')
    assert extract(html.encode(), "", now=NOW).text.split("\n\n") == LINES


def test_the_longest_run_is_taken_whatever_it_is_about():
    """Known: nothing tells the legal text of a site that ships it in a script from an article, if it is the longest."""
    legal = "".join(
        f"<p>Clause {n}: the reader agrees to what is written in the clauses above and below this one.</p>" for n in range(20)
    )
    assert scripted_body(lxml.html.document_fromstring(page(f"<script>{flight(legal)}</script>{SCRIPTS['Nuxt']}")))[
        0
    ].startswith("Clause 0")
