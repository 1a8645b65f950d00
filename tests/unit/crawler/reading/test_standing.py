"""What stands with an article and what beside it; and that looking costs no more than the page is long."""

import time
from datetime import UTC, datetime

import pytest

from crawler.reading.authors import read_authors
from crawler.reading.dates import read_dates
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.standing import brief, is_far, stands_apart
from crawler.reading.titles import read_title

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LONG = "<p>" + "A long paragraph of the text of the page, with many words in it. " * 4 + "</p>"
MARK = "<b id='it'>x</b>"


def it(body):
    return parse_page(f"<html><body>{body}</body></html>".encode()).get_element_by_id("it")


PLACES = {
    "an article": (f"<article class='post'><div>{MARK}</div></article>", False),
    "the page": (MARK, False),
    "the article's header in a page with a sidebar": (f"<div class='has-sidebar'><header>{MARK}</header></div>", False),
    "the footer of a post": (f"<footer class='post-footer'>{MARK}</footer>", False),
    "a page builder's widget": (f"<div class='elementor-widget'>{MARK}</div>", False),
    "a blog's list of posts": (f"<div class='widget Blog'>{MARK}</div>", False),
    "a promoted article": (f"<article class='node node-promoted'>{MARK}</article>", False),
    "a teaser": (f"<article class='teaser'>{MARK}</article>", True),
    "the sidebar": (f"<div id='sidebar'>{MARK}</div>", True),
    "a widget": (f"<div class='widget widget_text'>{MARK}</div>", True),
    "related articles": (f"<div class='jp-related posts'><p>{MARK}</p></div>", True),
    "a comment": (f"<li class='comment depth-1'>{MARK}</li>", True),
    "the navigation": (f"<nav>{MARK}</nav>", True),
    "a caption": (f"<figcaption>{MARK}</figcaption>", True),
}


@pytest.mark.parametrize("case", PLACES)
def test_what_stands_apart_from_the_article(case):
    body, apart = PLACES[case]
    assert stands_apart(it(body)) is apart


def test_far_is_behind_three_paragraphs_of_text():
    assert not is_far(it(LONG * 2 + MARK))
    assert is_far(it(LONG * 3 + MARK))


def test_what_holds_more_than_a_line_is_not_looked_through():
    assert brief(it("<b id='it'>By <i>Ann Lee</i></b>"), 50) == "By Ann Lee"
    assert brief(it(f"<div id='it'>{'<i>x</i>' * 500}</div>"), 50) == ""


REPEATED = {
    "authors": '<span class="author">Redaktion</span>',
    "dates": "<span>12.01.2026</span>",
    "bylines": "<div>By noon the</div>",
    "lines about the post": '<div class="meta">posted by ann on 3 May</div>',
    "headings": "<h1>The river rose</h1>",
    "trails": "<nav><h1>x</h1></nav><h2>a</h2>",
    "times": '<time class="published" datetime="x">x</time>',
    "paragraphs in bold": "<p><b>Ann Lee</b></p>",
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", REPEATED)
def test_a_page_of_nothing_else_costs_what_its_length_costs(case):
    page = parse_page(f"<html><body><h1>Head</h1>{LONG * 3}{REPEATED[case] * 40_000}</body></html>".encode())
    start = time.process_time()
    head = read_head(page, "https://paper.example/story")
    read_title(head, None)
    read_dates(head, page, NOW)
    read_authors(head, page, None)
    assert time.process_time() - start < 2  # quadratic would be minutes
