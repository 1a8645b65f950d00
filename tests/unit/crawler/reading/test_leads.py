"""The standfirst: named, stated, by its place, or none."""

import lxml.html
import pytest

from crawler.reading.leads import FARTHEST, INSIDE, LONGEST_LEAD, NAMED, SENTENCE, find_lead
from crawler.reading.outline import read_outline
from crawler.reading.texts import folded, words

TITLE = "Ferry aground"
LEAD = "Sixty people spent the night on a sandbank off Skarn, and all of them were brought ashore unhurt."
SHORT = "Sixty people spent a night on a bank"  # no full sentence
SCRAP = "Sixty on a sandbank"  # not even a line
FIRST = "The ferry ran aground on a sandbank shortly after seven o'clock in the evening, the coast guard said."
SECOND = "A helicopter took the first of them ashore before midnight, when the tide was at its lowest, it added."


def lead(body, *, title=TITLE, description="", headline=True):
    outline = read_outline(
        lxml.html.document_fromstring(f"<html><body>{f'<h1>{title}</h1>' if headline else ''}{body}</body></html>")
    )
    first = next(number for number, block in enumerate(outline.blocks) if block.text == FIRST)
    found = find_lead(outline, first, 0 if headline else None, [folded(description)] if description else [], [folded(title)])
    return found.text if found else None


STORY = f"<div><p>{FIRST}</p><p>{SECOND}</p></div>"
NAMES = words("""
standfirst stand-first article__standfirst dek deck article-dek chapeau chapo vorspann ingress anlauf preamble teaser-text
subtitle sub-title subhead subheading subheadline lead article-lead lede leadtext lead-paragraph intro introText introduction einleitung
summary excerpt sommario occhiello bajada entradilla copete sumario volanta catenaccio manchet underrubrik undertittel abstract
article-description post-subtitle story-summary""")


@pytest.mark.parametrize("name", NAMES)
def test_a_named_standfirst_is_one_however_short_its_sentence(name):
    assert lead(f'<p class="{name}">{SHORT}</p>{STORY}') == SHORT
    assert lead(f'<div class="{name}"><p>{SHORT}</p></div>{STORY}') == SHORT


@pytest.mark.parametrize("name", ["leader", "leading", "x-misleading", "deckhand", "introverted", "teaser", "summaries-of"])
def test_a_name_that_begins_like_one_is_none(name):
    assert lead(f'<p class="{name}">{SCRAP}</p>{STORY}') is None
    assert lead(f'<p class="standfirst">{SCRAP}</p>{STORY}') == SCRAP


@pytest.mark.parametrize("name", ["description", "alternativeHeadline"])
def test_microdata_names_a_standfirst(name):
    assert lead(f'<p itemprop="{name}">{SHORT}</p>{STORY}') == SHORT


def test_an_identifier_names_one_too():
    assert lead(f'<p id="standfirst">{SHORT}</p>{STORY}') == SHORT


def test_a_name_on_what_holds_the_whole_article_says_nothing():
    assert lead(f'<div class="lead"><p>{SCRAP}</p><p>word</p><p>x</p><p>y</p></div>{STORY}') is None


def test_the_description_shown_above_the_text_is_the_standfirst():
    section = "<p>News of the harbour and sea</p>"  # a line, and the first
    assert lead(f"{section}<p>{SHORT}</p>{STORY}", description=SHORT) == SHORT
    assert lead(f"{section}<p>{SHORT}</p>{STORY}", description="Another description of another page") != SHORT


def test_a_long_description_may_be_cut_short():
    whole = f"{LEAD} It was a cold night, and"
    assert lead(f"<p>{whole} more</p>{STORY}", description=whole) == f"{whole} more"
    assert lead(f"<p>Of the sea</p><p>{SHORT} more</p>{STORY}", description=SHORT, headline=False) is None


def test_a_sentence_between_headline_and_text_is_the_standfirst():
    assert len(LEAD) >= SENTENCE
    assert lead(f"<div>{LEAD}</div>{STORY}") == LEAD


@pytest.mark.parametrize("text", [SHORT, "A sentence that is too short to be one.", LEAD.rstrip(".") + " and"])
def test_a_line_directly_below_the_headline_is_one_without_a_full_stop(text):
    assert lead(f"<div>{text}</div>{STORY}") == text
    assert lead(f'<div class="byline">Ada Fell</div><h2>{text}</h2>{STORY}') == text
    assert lead(f"<div>News of the harbour, and of the sea</div><div>{text}</div>{STORY}") != text, "only the first line"


@pytest.mark.parametrize(
    "text",
    [
        SCRAP,
        "Published on 26 February 2026 at noon",
        "Freitag, 5. Januar 2024 um 10:00 Uhr",
        "<a href='/'>A line of some words that leads elsewhere</a>",
    ],
)
def test_scraps_dates_and_links_below_the_headline_are_none(text):
    assert lead(f"<div>{text}</div>{STORY}") is None


def test_without_a_headline_no_place_speaks_for_it():
    assert lead(f"<div>{LEAD}</div>{STORY}", headline=False) is None


@pytest.mark.parametrize("names", ["share", "byline", "caption", "promo"])
def test_a_sentence_in_what_surrounds_an_article_is_none(names):
    assert lead(f'<div class="{names}">{LEAD}</div>{STORY}') is None


@pytest.mark.parametrize("around", ["<figure>{}</figure>", "<aside>{}</aside>", "<div style='display:none'>{}</div>", "<ul><li>{}</li></ul>",
                                    "<blockquote>{}</blockquote>", "<p><a href='/a'>{}</a></p>"])  # fmt: skip
def test_a_named_line_in_a_picture_a_list_a_quote_or_a_link_is_none(around):
    assert lead(around.format(f'<span class="lead">{LEAD}</span>') + STORY, description=LEAD) is None


@pytest.mark.parametrize("text", ["By Ada Fell and a few others of the paper", "Von Ada Fell und anderen aus der Redaktion", "Photo: Ada Fell, for Northern Wire",
                                  "Read more: The harbour wall is to be rebuilt", TITLE, "x" * (NAMED - 1), "x" * (LONGEST_LEAD + 1)])  # fmt: skip
def test_what_is_a_byline_a_credit_a_pointer_or_the_title_is_none(text):
    assert lead(f'<p class="standfirst">{text}</p>{STORY}') is None


def test_a_first_paragraph_that_equals_the_description_is_no_standfirst():
    assert lead(STORY, description=FIRST) is None


@pytest.mark.parametrize("markup", ["<p><b>{}</b></p>", "<p><strong>{}</strong></p>", "<h2>{}</h2>"])
def test_unless_it_is_set_apart(markup):
    story = f"<div>{markup.format(FIRST)}<p>{SECOND}</p></div>"
    assert lead(story, description=FIRST) == FIRST
    assert lead(story) is None


def test_a_first_paragraph_that_is_partly_bold_is_not_set_apart():
    cut = FIRST.index(" on")
    assert lead(f"<div><p><b>{FIRST[:cut]}</b>{FIRST[cut:]}</p><p>{SECOND}</p></div>", description=FIRST) is None


def test_a_named_standfirst_may_stand_in_the_text():
    assert lead(f'<div><p>{FIRST}</p><p class="standfirst">{SHORT}</p><p>{SECOND}</p></div>') == SHORT


def test_but_not_deep_in_it():
    before = f"<p>{SECOND}</p>" * (INSIDE - 1)
    assert lead(f'<div><p>{FIRST}</p>{before}<p class="standfirst">{SHORT}</p></div>') is None


def test_nor_far_above_it():
    between = "<p>word</p>" * FARTHEST
    assert lead(f'<p class="standfirst">{SHORT}</p>{between}{STORY}') is None


def test_a_named_one_wins_over_an_earlier_sentence():
    assert lead(f'<div>{LEAD}</div><p class="standfirst">{SHORT}</p>{STORY}') == SHORT
