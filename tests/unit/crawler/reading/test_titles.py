"""Which of a page's several headlines is its title, and why."""

import pytest

from crawler.reading.evidence import Evidence
from crawler.reading.metadata import read_head
from crawler.reading.parsing import parse_page
from crawler.reading.titles import read_title, without_site

URL = "https://www.dailybasin.example/weather/the-river-rose-17"
ROSE, SEO = "The river rose overnight", "Flood news: river levels today, all warnings"


def title(head="", body="", site="The Daily Basin", url=URL):
    page = f"<html><head>{head}</head><body>{body}<p>Text of the page.</p></body></html>"
    evidence = Evidence(wanted=True)
    return read_title(read_head(parse_page(page.encode()), url), site, evidence=evidence), evidence


def ld(headline):
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{headline}"}}</script>'


def og(text):
    return f'<meta property="og:title" content="{text}">'


PAGES = {
    "heading and json-ld outvote og:title": (ld(ROSE) + og(SEO) + f"<title>{SEO}</title>", f"<h1>{ROSE}</h1>", ROSE),
    "json-ld and og:title outvote the heading": (ld(ROSE) + og(ROSE), f"<h1>{SEO}</h1>", ROSE),
    "the heading outvotes og:title alone": (og(SEO), f"<h1>{ROSE}</h1>", ROSE),
    "og:title where nothing else is": (og(ROSE), "", ROSE),
    "title element where nothing else is": (f"<title>{ROSE} | The Daily Basin</title>", "", ROSE),
    "og:title with the site's name counts for the same words": (
        og(f"{ROSE} – The Daily Basin") + f"<title>{ROSE} | The Daily Basin</title>", f"<h1>{SEO}</h1><h1>{ROSE}</h1>", ROSE,
    ),
    "a heading in a breadcrumb list is for search engines": (
        ld(SEO) + og(ROSE) + f"<title>{SEO}</title>",
        f"<nav><ul><li>Home</li><li><h1>{SEO}</h1></li></ul></nav><article><h2>{ROSE}</h2></article>", ROSE,
    ),
    "a heading classed as breadcrumb too": (
        ld(SEO) + og(ROSE), f'<div class="page__crumbs"><h1>{SEO}</h1></div><h2>{ROSE}</h2>', ROSE,
    ),
    "a heading in the trail of a page without another is the headline": ("", f'<div class="crumbs"><h1>{ROSE}</h1></div>', ROSE),
    "a kicker inside the heading, where og:title knows the rest": (
        og(ROSE), f"<h1><span>High water</span> {ROSE}</h1>", ROSE,
    ),
    "a kicker inside the heading, marked as one": ("", f'<h1><span class="article__kicker">High water</span> {ROSE}</h1>', ROSE),
    "a subtitle inside the heading": ("", f'<h1>{ROSE} <small class="sub-title">And what comes next</small></h1>', ROSE),
    "the marked heading of several": ("", f'<h1>Menu for readers</h1><h1 class="entry-title">{ROSE}</h1>', ROSE),
    "the heading that the page's title knows, of several": (
        f"<title>{ROSE} « The Daily Basin</title>", f"<h1>Latest of the day</h1><h1>{ROSE}</h1>", ROSE,
    ),
    "a lower heading that says what the title says, without the site's unknown name": (
        f"<title>{ROSE} : Basin Archive | Since 2005</title>", f"<h3>About us</h3><h2>{ROSE}</h2>", ROSE,
    ),
    "a section's name behind the headline": (f"<title>{ROSE} - Weather</title>", "", ROSE),
    "no heading that is the site's name": (og(ROSE), "<h1>The Daily Basin</h1>", ROSE),
    "nothing": ("", "", None),
}  # fmt: skip


@pytest.mark.parametrize("case", PAGES)
def test_the_title_is_the_headline_that_readers_see(case):
    head, body, expected = PAGES[case]
    assert title(head, body)[0] == expected


SEPARATORS = ["{} – {}", "{} | {}", "{}｜{}", "{} * {}", "{} › {}", "{}：{}", "{} « {}", "{}ㅣ{}", "{} :: {}"]


@pytest.mark.parametrize("pattern", SEPARATORS)
def test_every_common_separator_parts_the_site_from_the_headline(pattern):
    assert without_site(pattern.format(ROSE, "The Daily Basin"), "The Daily Basin", URL) == ROSE


def test_a_part_that_only_mentions_the_site_stays():
    long = "A night on the cover of the Daily Basin – and what came of it"
    assert without_site(long, "Daily Basin", URL) == long


def test_the_evidence_tells_each_source_its_words_and_the_winner():
    _, evidence = title(ld(ROSE) + og(SEO), f"<h1>{ROSE}</h1>")
    offers = {offer.source: (offer.value, offer.won) for offer in evidence.offers["title"]}
    assert offers == {"json-ld headline": (ROSE, True), "og:title": (SEO, False), "heading": (ROSE, True)}
    assert all("votes" in offer.why for offer in evidence.offers["title"])
