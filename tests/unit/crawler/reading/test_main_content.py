"""Which part of a page is its article, and what of it points elsewhere."""

import lxml.html
import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.main_content import find_main_content, trimmed, without_surroundings
from crawler.reading.outline import read_outline

P = [
    f"Sentence number {n} tells of the ferry, the sandbank and the sixty people who waited for the tide to turn."
    for n in range(12)
]


def paragraphs(start, end):
    return "".join(f"<p>{text}</p>" for text in P[start:end])


STORY = paragraphs(0, 6)


def read(body, headline=None, evidence=None):
    """The lines of the article; `headline` is the text of the block that shows it."""
    evidence = evidence or Evidence()
    outline = without_surroundings(read_outline(lxml.html.document_fromstring(f"<html><body>{body}</body></html>")))
    anchor = next((number for number, block in enumerate(outline.blocks) if block.text == headline), None)
    return [block.text for block in trimmed(outline, find_main_content(outline, anchor, evidence), anchor, evidence)]


@pytest.mark.parametrize(
    "extra",
    [
        "<div class='share-bar'><p>Share it with your friends, they will like it.</p></div>",
        "<aside><p>An aside about another thing entirely.</p></aside>",
        "<div role='complementary'><p>Complementary words of the page.</p></div>",
        "<div style='display:none'><p>Words that nobody sees here.</p></div>",
        "<div aria-hidden='true'><p>Words that nobody hears here.</p></div>",
        "<div class='sr-only'>Words for screen readers only.</div>",
        "<figure><img src='x'><figcaption>The ferry on its side.</figcaption></figure>",
        "<div class='caption'>The ferry on its side.</div>",
        "<div class='image-box'><img src='x'><p>The ferry on its side.</p></div>",
        "<div class='newsletterBox'><h3>Our letter</h3><p>The news of the harbour, each morning.</p></div>",
        "<section class='related-posts'><h3>Other wrecks</h3><p>A wreck, and another one.</p></section>",
        "<ul><li><a href='/a'>The harbour wall</a></li><li><a href='/b'>The tide</a></li></ul>",
        "<div><a href='/a'>The harbour wall is to be rebuilt</a></div>",
        "<h3><a href='/a'>The harbour wall</a></h3>",
        "<p><a href='/a'>The harbour wall is to be rebuilt</a></p>",
        "<article><h3><a href='/a'>The wall</a></h3><p>It is to be rebuilt.</p></article>",
    ],
)
def test_what_is_not_the_article_goes_from_its_middle(extra):
    assert read(f"<div>{paragraphs(0, 3)}{extra}{paragraphs(3, 6)}</div>") == P[:6]


@pytest.mark.parametrize(
    ("extra", "lines"),
    [
        (
            "<div class='image-box'><p>No picture is in here, and so it is text.</p></div>",
            ["No picture is in here, and so it is text."],
        ),
        ("<p><a href='https://a.example/'>https://a.example/x</a></p>", ["https://a.example/x"]),
        ("<p>See <a href='/a'>the wall</a> for yourself, he said.</p>", ["See the wall for yourself, he said."]),
        ("<h3>A sub-heading</h3>", ["A sub-heading"]),
        ("<blockquote>“It was dark,” she said.</blockquote>", ["“It was dark,” she said."]),
        ("<ul><li>One</li><li>Two</li></ul>", ["One", "Two"]),
        ("<table><tr><td>Ferry</td><td>60</td></tr></table>", ["Ferry | 60"]),
        (
            "<article><h3>Entry without a link</h3><p>It is one of the live blog.</p></article>",
            ["Entry without a link", "It is one of the live blog."],
        ),
    ],
)
def test_what_is_of_the_article_stays_in_its_place(extra, lines):
    assert read(f"<div>{paragraphs(0, 3)}{extra}{paragraphs(3, 6)}</div>") == [*P[:3], *lines, *P[3:6]]


def test_a_picture_container_with_an_article_in_it_is_one():
    long = "".join(f"<p>{text}</p>" for text in P[6:11])
    assert read(f"<div><div class='media'><img src='x'>{long}</div>{STORY}</div>") == [*P[6:11], *P[:6]]


@pytest.mark.parametrize("name", ["share", "related", "banner", "sidebar", "gallery", "newsletter"])
def test_a_name_lies_that_holds_most_of_the_page(name):
    assert read(f"<div class='{name}'>{STORY}</div><div><p>Imprint of the paper.</p></div>") == P[:6]


def test_the_unseen_must_hold_more_to_be_kept():
    hidden, shown = paragraphs(0, 6), paragraphs(6, 10)
    assert read(f"<div><div class='share'>{hidden}</div><div>{shown}</div></div>") == [*P[:6], *P[6:10]]
    assert read(f"<div><div class='sr-only'>{hidden}</div><div>{shown}</div></div>") == P[6:10]
    assert read(f"<div><div class='sr-only'>{hidden}</div><div><p>x.</p></div></div>") == P[:6]


def test_the_part_with_nearly_all_prose_stands_for_the_page():
    assert read(f"<div><p>Imprint.</p></div><div><div>{STORY}</div><p>Foot of it.</p></div>") == P[:6]


def test_parts_of_one_kind_are_all_kept():
    parts = "".join(f"<div class='article-body'>{paragraphs(n, n + 3)}</div>" for n in (0, 3, 6, 9))
    assert read(f"<div>{parts}</div>") == P


def test_of_several_parts_the_one_called_the_body_is_read():
    assert read(f"<div class='x'>{paragraphs(6, 9)}</div><div class='article-body'>{STORY}</div>") == P[:6]


def test_of_several_parts_the_one_with_the_headline_is_read():
    other = f"<section><h1>Another wreck</h1>{paragraphs(6, 10)}</section>"
    assert read(f"<div><h1>Ferry aground</h1>{STORY}</div>{other}", "Ferry aground") == ["Ferry aground", *P[:6]]


def test_a_part_called_the_body_that_holds_little_is_not_believed():
    assert read(f"<div class='x'>{STORY}</div><div class='article-body'><p>{P[7]}</p></div>") == [*P[:6], P[7]]


def test_prose_that_stands_in_no_part_keeps_the_whole():
    assert read(f"<div>{paragraphs(0, 6)}<div class='article-body'>{paragraphs(6, 9)}</div></div>") == P[:9]


def test_a_teaser_with_the_headline_is_the_article_itself():
    body = f"<div><article><h1>Ferry aground</h1><p>By <a href='/ada'>Ada</a>, for us.</p></article>{STORY}</div>"
    assert read(body, "Ferry aground")[0] == "Ferry aground"


def test_an_article_inside_that_holds_much_is_no_teaser():
    inner = f"<article><p><a href='/a'>Ada</a> saw it.</p>{paragraphs(6, 10)}</article>"
    assert read(f"<div>{paragraphs(0, 6)}{inner}</div>") == [*P[:6], "Ada saw it.", *P[6:10]]


def test_a_list_of_links_that_is_most_of_the_page_is_left():
    links = "".join(f"<p>See the <a href='/{n}'>wreck number {n} of the year</a></p>" for n in range(9))
    assert len(read(f"<div><div>{links}</div></div>")) == 9


def test_the_menu_of_a_page_laid_out_as_a_table_goes():
    menu = "<td><a href='/n'>News</a><br><a href='/s'>Sport</a></td>"
    assert read(f"<table><tr>{menu}<td>{STORY}</td></tr></table>") == P[:6]


def test_a_closing_heading_ends_the_article():
    assert read(f"<div>{STORY}<h3>Related stories</h3><p>A wreck of old.</p></div>") == P[:6]


def test_a_closing_heading_over_much_prose_does_not():
    assert read(f"<div>{paragraphs(0, 4)}<h3>Comments</h3>{paragraphs(4, 8)}</div>") == [*P[:4], "Comments", *P[4:8]]


def test_headings_over_nothing_go():
    assert read(f"<div>{STORY}<h3>What else</h3><h4>And more</h4></div>") == P[:6]


def test_a_page_without_text_has_no_article():
    outline = without_surroundings(read_outline(lxml.html.document_fromstring("<html><body></body></html>")))
    assert outline.blocks == []


def test_what_was_taken_and_left_is_told_when_wanted():
    told = Evidence(wanted=True)
    read(
        f"<main id='m' class='x y'><h1>Ferry</h1>{STORY}<h3>Related</h3></main><div class='b'>{paragraphs(6, 9)}</div>",
        "Ferry",
        told,
    )
    won = [offer for offer in told.offers["text"] if offer.won]
    assert [offer.source for offer in won] == ["main#m.x.y"]
    assert [offer.source for offer in told.offers["text"] if not offer.won] == ["div.b"]
    assert any(offer.value == "Related" for offer in told.offers["left out"])


def test_nothing_is_told_when_not_wanted():
    silent = Evidence()
    read(f"<main>{STORY}<h3>Related</h3></main>", evidence=silent)
    assert silent.offers == {}


def article(headline, start, end):
    return f"<article><h1>{headline}</h1>{paragraphs(start, end)}</article>"


@pytest.mark.parametrize("other", [article("A wreck of old", 6, 10), article("A wreck of old", 4, 12)])
def test_of_several_articles_the_one_with_the_headline_is_read(other):
    assert read(f"<main>{article('Ferry', 0, 4)}{other}</main>", "Ferry")[1:] == P[:4]


def test_articles_without_headlines_of_their_own_are_pieces_of_one():
    pieces = f"<article>{paragraphs(4, 8)}</article>"
    assert [line for line in read(f"<main>{article('Ferry', 0, 4)}{pieces}</main>", "Ferry") if line in P] == P[:8]


def card(number):
    return f"<div class='t'><h4><a href='/{number}'>A wreck of the year {number}</a></h4><p>It lay below the sea for years, says number {number}.</p></div>"


def test_repeated_teasers_with_linked_headlines_go_with_their_words():
    assert read(f"<div>{STORY}<div>{card(1)}{card(2)}{card(3)}</div></div>") == P[:6]


def test_one_such_block_alone_is_no_teaser():
    assert read(f"<div>{STORY}<div>{card(1)}</div>{paragraphs(6, 7)}</div>") == [
        *P[:6],
        "It lay below the sea for years, says number 1.",
        P[6],
    ]


def test_linked_headlines_that_make_up_the_article_are_a_list_of_it():
    listed = "".join(card(number) for number in range(8))
    assert "It lay below the sea for years, says number 7." in read(f"<div><p>{P[0]}</p>{listed}</div>")


@pytest.mark.parametrize("heading", ["Related stories", "Mehr zum Thema", "Lire aussi"])
def test_a_section_under_a_closing_heading_goes_however_short_the_article(heading):
    zone = f"<div><h3>{heading}</h3><p>{P[8]}</p></div>"
    assert read(f"<main><div><h1>Ferry</h1><p>{P[0]}</p><p>{P[1]}</p></div>{zone}</main>", "Ferry")[-2:] == P[:2]


def test_but_not_one_that_holds_nearly_everything():
    assert read(f"<main><p>{P[0]}</p><div><h3>Topics</h3>{paragraphs(1, 9)}</div></main>")[-1] == P[8]
