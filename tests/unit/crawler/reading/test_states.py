"""Articles that a page carries as JSON, paragraph by paragraph."""

import json
import time
from datetime import UTC, datetime

import lxml.html
import pytest

from crawler.reading.extract import extract
from crawler.reading.states import LONGEST_SCRIPT, MOST_BLOCKS, stated_blocks

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINES = [f"Line {n} of the story tells of the ferry, the sandbank & of the sixty people aboard her." for n in range(8)]
HTML = [line.replace("&", "&amp;").replace("ferry", "<b>ferry</b>") for line in LINES]
LISTS = {
    "paragraph, text": [{"type": "paragraph", "text": line} for line in LINES],
    "p, value": [{"type": "p", "value": line} for line in LINES],
    "Arc": [{"_id": "x", "type": "text", "content": line} for line in HTML],
    "Arc with a picture": [{"type": "image", "caption": "Not the text"}, *({"type": "text", "content": line} for line in HTML)],
    "ProseMirror": [
        {
            "type": "paragraph",
            "content": [{"type": "text", "text": line[:20]}, {"type": "text", "text": line[20:], "marks": []}],
        }
        for line in LINES
    ],
    "Contentful": [
        {"nodeType": "paragraph", "data": {}, "content": [{"nodeType": "text", "value": line, "marks": []}]} for line in LINES
    ],
    "Sanity": [{"_type": "block", "children": [{"_type": "span", "text": line}], "style": "normal"} for line in LINES],
    "Gutenberg": [{"name": "core/paragraph", "attributes": {"content": line}} for line in HTML],
    "Editor.js": [{"type": "paragraph", "data": {"text": line}} for line in HTML],
}


def next_data(state):
    return f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(state)}</script>'


def assigned(state, name="window.__STATE__"):
    return f"<script>{name} = {json.dumps(state)};</script>"


def fusion(state):
    return f'<script>window.Fusion=window.Fusion||{{}};Fusion.arcSite="x";Fusion.globalContent={json.dumps(state)};Fusion.a={{}}</script>'


def page(script):
    return (
        f"<html><head><title>Ferry aground</title></head><body><h1>Ferry aground</h1><div id=app></div>{script}</body></html>"
    )


def read(script):
    tree = lxml.html.document_fromstring(page(script))
    return [line for each in tree.iter("script") for line in stated_blocks(each)]


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("ship", [next_data, assigned, fusion])
def test_blocks_are_read_as_paragraphs_in_order(name, ship):
    state = {"props": {"id": 3, "article": {"headline": "Ferry aground", "body": LISTS[name]}}}
    assert read(ship(state)) == LINES


@pytest.mark.parametrize("name", LISTS)
def test_a_page_that_shows_nothing_is_read_from_them(name):
    html = page(next_data({"props": {"body": LISTS[name]}}))
    assert extract(html.encode(), "", now=NOW).text.split("\n\n") == LINES


def test_headings_are_read_with_the_paragraphs():
    body = [{"type": "heading", "text": "On the bank"}, *LISTS["paragraph, text"], {"type": "header", "content": "Later"}]
    assert read(assigned({"body": body})) == ["On the bank", *LINES, "Later"]


def test_of_several_lists_the_one_with_the_most_prose_is_read():
    other = [{"type": "text", "text": "A short teaser of another story, of which there are many."}] * 5
    assert read(assigned({"more": other, "body": LISTS["Arc"], "also": other})) == LINES


@pytest.mark.parametrize(
    "script",
    [
        assigned({"body": LISTS["paragraph, text"][:2]}),
        assigned({"body": [{"type": "image", "text": line} for line in LINES]}),
        assigned({"body": [{"type": "text", "name": "x", "value": 3}, {"type": ["text"]}, 7, None, {"type": "text"}]}),
        "<script type='application/json'>" + json.dumps(LISTS["Arc"]) + "</script>",
        "<script>window.x = {'type': \"paragraph\", text: 'x'};</script>",
        assigned({"body": [*LISTS["Arc"], "x" * LONGEST_SCRIPT]}),
        "<script>window.x = " + "[" * 100_000 + '"paragraph"</script>',
    ],
)
def test_what_is_short_not_json_or_too_long_has_no_text(script):
    assert read(script) == []


@pytest.mark.parametrize(
    "text",
    [
        "x = [" * 500_000 + '"paragraph"',
        json.dumps([{"type": "text", "text": "x"}] * 60_000),
        "x=" + json.dumps([[{"type": "text", "text": "x y z"}]] * 60_000),
        "x=" + json.dumps([{"type": "text", "children": [{"children": [{}] * 9}] * 9}] * 9_000),
        "x" * 2_900_000 + '"paragraph"',
    ],
)
def test_scripts_made_to_be_slow_take_no_longer_than_others(text):
    script = lxml.html.fragment_fromstring("<script></script>")
    script.text = text[: LONGEST_SCRIPT - 20] + ' "text"'
    began = time.process_time()
    stated_blocks(script)
    assert time.process_time() - began < 4.0


def test_a_text_has_a_most_of_blocks():
    many = [{"type": "p", "text": f"Paragraph {n}."} for n in range(MOST_BLOCKS + 5)]
    assert len(read(assigned(many))) == MOST_BLOCKS
