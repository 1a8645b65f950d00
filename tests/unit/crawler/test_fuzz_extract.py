"""Whatever bytes come, a page is read or refused in one line; and what is read keeps the laws of an Extraction."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.reading.evidence import Evidence
from crawler.reading.extract import as_json, extract, from_plain
from crawler.reading.outline import read_outline
from crawler.reading.parsing import parse_page
from storage.errors import ExtractError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://paper.example/2026/02/story"
GOLDEN = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "golden" / "pages").glob("*.html"))]
UNWANTED = {
    *map(chr, range(9)),
    *map(chr, range(0x0E, 0x20)),
    "\x7f",
    *map(chr, range(0x202A, 0x202F)),
    *map(chr, range(0x2066, 0x206A)),
    "\ufffe",
    "\ufeff",
}

few = settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
many = settings(few, max_examples=120)

TAGS = [
    "div",
    "p",
    "section",
    "article",
    "main",
    "aside",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "span",
    "a",
    "b",
    "em",
    "time",
    "figure",
    "figcaption",
    "form",
    "header",
    "footer",
    "pre",
    "br",
    "img",
    "dl",
    "dt",
    "dd",
    "details",
    "summary",
    "nav",
]
CLASSES = [
    "article-body",
    "comment-12",
    "comment",
    "related",
    "share",
    "hidden",
    "entry-content",
    "byline",
    "lead",
    "standfirst",
    "sr-only",
    "caption",
    "image",
    "elementor-widget",
    "post",
    "category-x",
    "tag-y",
    "live-entry",
    "author",
    "reply",
    "commentlist",
    "children",
    "paywall-overlay",
    "css-1Ab2",
    "widget",
    "newsletter",
    "gallery",
    "date",
]
ODD = st.sampled_from(["\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\x00", "\x0b", "&#0;", "&#xD800;", "&amp;lt;p&gt;", "渡轮", "مرحبا", "👩‍👩‍👧", "é", " | ", "\u2028", "<", "&", "\x85", "\u0301"])  # fmt: skip
SENTENCES = st.sampled_from(["The ferry ran aground on a sandbank shortly after seven o'clock in the evening.", "Read more: The wall", "By Ada Fell",
                             "3 Comments", "Leave a Reply", "24 November 2026", "Related stories", "Weitere Informationen", "Photo: Ada Fell"])  # fmt: skip
texts = st.lists(st.one_of(SENTENCES, ODD, st.text(max_size=20)), min_size=1, max_size=3).map("".join)


@st.composite
def elements(draw, children):
    tag = draw(st.sampled_from(TAGS))
    names = " ".join(draw(st.lists(st.sampled_from(CLASSES), max_size=3)))
    attributes = f' class="{names}"' if names else ""
    attributes += draw(st.sampled_from(["", "", ' id="comments"', ' id="comment-7"', ' style="display:none"', ' aria-hidden="true"', ' href="/x"', " hidden", ' itemprop="articleBody"', ' datetime="2026-02-30"']))  # fmt: skip
    inside = "".join(draw(children))
    return f"<{tag}{attributes}>{inside}{draw(st.sampled_from([f'</{tag}>', f'</{tag}>', '']))}"


trees = st.recursive(texts, lambda inner: elements(st.lists(inner, max_size=5)), max_leaves=30)
json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-10**20, 10**20), st.floats(allow_nan=True), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from([
        "@type", "@graph", "@id", "headline", "author", "name", "datePublished", "dateModified", "articleBody", "description", "image", "url",
        "comment", "text", "commentCount", "keywords", "publisher", "mainEntityOfPage", "isAccessibleForFree", "inLanguage"]), inner, max_size=6)),
    max_leaves=20,
)  # fmt: skip


def laws(html):
    """The reading of a page, or None where it is refused; whatever of both breaks a law fails."""
    try:
        read = extract(html, URL, now=NOW)
    except ExtractError:
        with pytest.raises(ExtractError, match=r"\A[^\n]+\Z"):
            extract(html, URL, now=NOW)
        return None
    plain = as_json(read)
    written = json.dumps(plain, ensure_ascii=False)
    written.encode("utf-8")  # no lone surrogate
    assert as_json(from_plain(json.loads(written))) == plain
    assert as_json(extract(html, URL, now=NOW, evidence=Evidence(wanted=True))) == plain, "the same again, and explained"
    blocks = read.text.split("\n\n") if read.text else []
    assert all(block == block.strip() and block for block in blocks)
    if read.lead is not None:
        assert blocks[0] == read.lead
    for text in (read.title or "", read.text, read.lead or ""):
        assert not UNWANTED & set(text)
    return read


@many
@given(st.binary(max_size=400))
def test_bytes(html):
    laws(html)


@few
@given(
    st.binary(max_size=200),
    st.sampled_from(
        [b"<html><p>", b"\xff\xfe", b"\xef\xbb\xbf<div>", b"<!DOCTYPE html>", b"\x00<p>", b"<?xml version='1.0'?><p>"]
    ),
)
def test_bytes_that_begin_like_a_page(tail, start):
    laws(start + tail)


@many
@given(trees, texts)
def test_trees_of_real_tags_and_names(tree, title):
    laws(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{tree}</body></html>".encode("utf-8", "surrogatepass")
    )


@few
@given(st.sampled_from(GOLDEN), st.data())
def test_pages_cut_anywhere(html, data):
    laws(html[: data.draw(st.integers(0, len(html)))])


@few
@given(st.sampled_from(GOLDEN), st.data())
def test_pages_with_pieces_swapped_doubled_and_overwritten(html, data):
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(html)))
        end = data.draw(st.integers(start, min(len(html), start + 400)))
        piece = data.draw(
            st.one_of(st.binary(max_size=12), st.just(html[start:end] * 2), st.just(html[end : end + 200]), st.just(b""))
        )
        html = html[:start] + piece + html[end:]
    laws(html)


@many
@given(json_values, st.sampled_from(["NewsArticle", "WebPage", "DiscussionForumPosting"]))
def test_structured_data_of_any_shape(value, kind):
    stated = {"@type": kind, **value} if isinstance(value, dict) else value
    text = json.dumps(stated).replace("</", "<\\/")
    laws(f'<html><head><script type="application/ld+json">{text}</script></head><body><p>x</p></body></html>'.encode())


@few
@given(trees)
def test_blocks_are_read_once_and_their_containers_nest(tree):
    try:
        outline = read_outline(parse_page(f"<html><body>{tree}</body></html>".encode("utf-8", "replace")))
    except ExtractError:
        return
    assert all(block.text and block.linked <= len(block.text) for block in outline.blocks)
    for container in outline.containers[1:]:
        parent = outline.containers[container.parent]
        assert parent.start <= container.start <= container.end <= parent.end
    whole = outline.containers[0]
    assert (whole.start, whole.end) == (0, len(outline.blocks))
    assert outline.prose(whole) == pytest.approx(sum(block.prose for block in outline.blocks))
