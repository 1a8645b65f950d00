"""The text of an article, put together: its lines, its standfirst first, other readings where ours is thin."""

from datetime import UTC, datetime

import pytest

from crawler.reading import body as module
from crawler.reading.body import THIN, read_body
from crawler.reading.evidence import Evidence
from crawler.reading.extract import extract
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.signs import link_share

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "https://paper.example/story"
P = [
    f"Sentence number {n} tells of the ferry, the sandbank and the sixty people who waited for the tide to turn."
    for n in range(8)
]
STORY = "".join(f"<p>{text}</p>" for text in P)
LEAD = "Sixty people spent the night on a sandbank off Skarn, and all were brought ashore unhurt."


def read(body, *, title="Ferry aground", names=(), head="", evidence=None):
    tree = parse_page(f"<html><head>{head}</head><body><h1>{title}</h1>{body}</body></html>".encode())
    return read_body(tree, read_head(tree, URL), title, names, evidence=evidence)


def test_the_blocks_stand_in_order_without_the_title():
    assert read(f"<div>{STORY}</div>").blocks == P


@pytest.mark.parametrize("line", ["Ferry aground", "FERRY AGROUND!", "“Ferry aground”"])
def test_a_title_that_is_repeated_above_the_text_goes(line):
    assert read(f"<div><p>{line}</p>{STORY}</div>").blocks == P


def test_a_title_that_is_spoken_in_the_text_stays():
    assert read(f"<div>{STORY}<p>Ferry aground</p><p>{LEAD}</p></div>").blocks == [*P, "Ferry aground", LEAD]


def test_the_standfirst_stands_first_once():
    got = read(f'<p class="standfirst">{LEAD}</p><div>{STORY}</div>')
    assert (got.lead, got.blocks) == (LEAD, [LEAD, *P])
    got = read(f'<div><p>{P[0]}</p><p class="standfirst">{LEAD}</p>{"".join(f"<p>{each}</p>" for each in P[1:])}</div>')
    assert (got.lead, got.blocks) == (LEAD, [LEAD, *P])


def test_a_standfirst_that_the_text_says_again_inside_is_not_doubled():
    got = read(f'<p class="standfirst">{LEAD}</p><div>{STORY}<p>She said: {LEAD} Nobody answered.</p></div>')
    assert got.lead is None
    assert got.blocks == [*P, f"She said: {LEAD} Nobody answered."]


def test_a_first_paragraph_that_equals_the_description_is_no_standfirst():
    got = read(f"<div>{STORY}</div>", head=f'<meta name="description" content="{P[0]}">')
    assert (got.lead, got.blocks) == (None, P)


@pytest.mark.parametrize(
    "line", ["Advertisement", "Read more: The wall", "3 Comments", "Related stories", "Photo: Ada Fell", "Leave a Reply"]
)
def test_a_line_of_the_page_goes_from_the_middle(line):
    middle = (
        f"<div>{''.join(f'<p>{each}</p>' for each in P[:4])}<p>{line}</p>{''.join(f'<p>{each}</p>' for each in P[4:])}</div>"
    )
    told = Evidence(wanted=True)
    assert read(middle, evidence=told).blocks == P
    assert line in [offer.value for offer in told.offers["left out"]]


@pytest.mark.parametrize("line", ["By Ada Fell", "24 November 2026", "Ada Fell | Basin Courier", "Updated 24.11.2026"])
def test_a_byline_at_the_top_goes_and_one_in_the_text_stays(line):
    assert read(f"<div><p>{line}</p>{STORY}</div>", names=("Ada Fell", "Basin Courier")).blocks == P
    assert read(f"<div>{STORY}<p>{line}</p><p>{LEAD}</p></div>", names=("Ada Fell", "Basin Courier")).blocks == [*P, line, LEAD]


def test_a_thin_text_is_looked_for_in_other_places_and_a_full_one_is_not():
    told = Evidence(wanted=True)
    read(f"<div><p>{P[0]}</p></div>", evidence=told)
    assert {"json-ld articleBody", "markup in a script", "trafilatura"} & {offer.source for offer in told.offers["text"]}
    told = Evidence(wanted=True)
    assert sum(map(len, read(f"<div>{STORY}</div>", evidence=told).blocks)) >= THIN
    assert not {"json-ld articleBody", "trafilatura"} & {offer.source for offer in told.offers["text"]}


def test_another_reading_must_be_clearly_longer():
    shown, stated = P[:3], " ".join(P[:4])
    head = f'<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "{stated}"}}</script>'
    assert read("".join(f"<p>{each}</p>" for each in shown), head=head).blocks == shown
    head = head.replace(stated, " ".join(P[:6]))
    assert read("".join(f"<p>{each}</p>" for each in shown), head=head).blocks == [" ".join(P[:6])]


def test_trafilatura_is_not_asked_about_a_page_of_countless_elements(monkeypatch):
    monkeypatch.setattr(module, "MOST_ELEMENTS", 10)
    told = Evidence(wanted=True)
    read("<i></i>" * 30 + "<p>Short.</p>", evidence=told)
    assert "trafilatura" not in {offer.source for offer in told.offers.get("text", [])}


def test_a_page_without_text_has_no_body():
    got = read("", title="x")
    assert (got.blocks, got.lead) == ([], None)


def test_nothing_is_noted_unless_wanted():
    silent = Evidence()
    extract(
        f"<html><body><h1>x</h1><div><p>By Ada</p>{STORY}<p>Advertisement</p></div></body></html>".encode(),
        URL,
        now=NOW,
        evidence=silent,
    )
    assert silent.offers == {}


@pytest.mark.parametrize(
    ("body", "share"), [("<p>abcd</p>", 0), ("<a href='/'>abcd</a>", 1), ("<p>ab<a href='/'>ab</a></p>", 0.5), ("", 0)]
)
def test_the_share_of_links(body, share):
    assert link_share(parse_page(f"<html><body>{body}</body></html>".encode())) == pytest.approx(share)


@pytest.mark.parametrize(
    "wrapper",
    [
        '<div class="hentry category-politics tag-ferry">{}</div>',
        '<div class="field field--name-body field--label-hidden field__item">{}</div>',
        '<div class="cmp-text">{}</div>',
        '<div class="widget Blog"><div class="post hentry">{}</div></div>',
        '<div class="elementor-widget elementor-widget-text-editor"><div class="elementor-widget-container">{}</div></div>',
        '<div class="sc-1x2aD3 css-9sHare">{}</div>',
        "<table width=700><tr><td>{}</td></tr></table>",
        '<form id="aspnetForm">{}</form>',
        '<div class="sharedContent">{}</div>',
    ],
)
def test_an_article_in_a_wrapper_of_a_publishing_system_is_read_whole(wrapper):
    rest = "<div class='box'><p>" + "A teaser of another story on the page stands here. " * 6 + "</p></div>"
    assert read(wrapper.format(STORY) + rest).blocks[: len(P)] == P


def test_a_date_above_the_headline_is_no_part_of_the_text():
    tree = parse_page(
        f"<html><body><div><span>yesterday, 18:40</span><h1>Ferry aground</h1>{STORY}</div></body></html>".encode()
    )
    assert read_body(tree, read_head(tree, URL), "Ferry aground").blocks == P


def test_what_stands_in_the_paywall_s_box_is_left_out():
    tree = parse_page(
        f"<html><body><h1>Ferry aground</h1><div>{STORY}<p>Read on with Echo Plus</p></div></body></html>".encode()
    )
    assert read_body(tree, read_head(tree, URL), "Ferry aground", (), "Read on with Echo Plus Cancel any time").blocks == P
    assert read_body(tree, read_head(tree, URL), "Ferry aground").blocks == [*P, "Read on with Echo Plus"]


def test_a_brief_is_not_given_up_for_the_whole_page_as_one_block():
    brief = "<div class='story-text'><p>Firefighters freed a cow from a slurry pit near Ashby on Monday.</p><p>The animal was unharmed.</p></div>"
    page = f"<html><body><div class='art'><h1>Cow freed from a pit near Ashby</h1><div class='by'>By Ann Muir</div>{brief}</div></body></html>"
    read = extract(page.encode(), URL, now=NOW)
    assert read.text.split("\n\n") == [
        "Firefighters freed a cow from a slurry pit near Ashby on Monday.",
        "The animal was unharmed.",
    ]
