"""A page's bytes → an Extraction: text, metadata, kinds, refusals."""

import json
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.reading.boilerplate import is_form_line
from crawler.reading.extract import as_json, extract, from_plain
from crawler.reading.furniture import is_furniture
from crawler.reading.titles import without_site
from storage.errors import ExtractError
from storage.models import PageKind, ReadComment

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://www.paper.example/news/2026/story.html"
PARAGRAPHS = [
    f"Paragraph number {n} of the story has words enough to look like a part of an article that people read." for n in range(6)
]
STORY = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
KEYS = [
    "url", "canonical_url", "title", "authors", "published", "published_evidence", "modified", "lead", "language", "site_name",
    "image", "tags", "text", "comments", "comment_count", "comments_status", "comments_platform", "paywalled", "kind",
]  # fmt: skip


def page(body=STORY, head="", heading="The river rose overnight", attributes='lang="en-GB"'):
    title = f"<h1>{heading}</h1>" if heading else ""
    return f"<!doctype html><html {attributes}><head>{head}</head><body><main><article>{title}{body}</article></main></body></html>".encode()


def read(body=STORY, head="", url=URL, **options):
    return extract(page(body, head, **options), url, now=NOW)


def ld(**properties):
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **properties})}</script>'


# --- text


def test_paragraphs_headings_quotes_and_items_stand_in_reading_order():
    body = f"<p>{PARAGRAPHS[0]}</p><h2>A sub-heading</h2><p>{PARAGRAPHS[1]}</p><blockquote><p>{PARAGRAPHS[2]}</p></blockquote><ul><li>First item of a list</li><li>Second item of a list</li></ul><h3>Another one</h3><p>{PARAGRAPHS[3]}</p><p>{PARAGRAPHS[4]}</p>"
    assert read(body).text.split("\n\n") == [
        PARAGRAPHS[0], "A sub-heading", PARAGRAPHS[1], PARAGRAPHS[2], "First item of a list", "Second item of a list", "Another one", PARAGRAPHS[3], PARAGRAPHS[4],
    ]  # fmt: skip


def test_the_title_is_not_repeated_in_the_text():
    assert read("<p>The river rose overnight</p>" + STORY).text.startswith(PARAGRAPHS[0])


def test_a_visible_standfirst_is_the_lead_and_the_first_paragraph():
    got = read('<p class="standfirst">What the water did to the lower town, and what comes next.</p>' + STORY)
    assert got.lead == "What the water did to the lower town, and what comes next."
    assert got.text.split("\n\n")[:2] == [got.lead, PARAGRAPHS[0]]


def test_a_description_that_nobody_sees_is_no_lead():
    got = read(head='<meta name="description" content="Only machines read this description of the story.">')
    assert got.lead is None
    assert "Only machines" not in got.text


def test_captions_share_bars_and_related_posts_are_left_out():
    body = f'{STORY}<figure><img src="a.jpg"><figcaption>A bridge under water</figcaption></figure><div class="sharedaddy"><h3>Share this:</h3><a href="#">Print</a></div><div class="jp-relatedposts"><h3>Related</h3><a href="/x">Another flood in the valley</a></div><p>Read more: Another flood</p>'
    assert read(body).text.split("\n\n") == PARAGRAPHS


def test_a_page_without_telling_markup_keeps_its_sub_headings_and_loses_its_reply_form():
    body = (
        f'<div class="p9"><p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p><h2 class="v1">A sub-heading</h2><p>{PARAGRAPHS[2]}</p><p>{PARAGRAPHS[3]}</p></div>'
        '<div class="c5"><h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *</p>'
        "<p>Be kind to each other, and stay with the subject of the story.</p><label>Comment *</label><textarea></textarea></div>"
    )
    html = f"<html><head><title>The river rose</title></head><body><div class='a1'><div class='q7'><h1>The river rose</h1>{body}</div></div></body></html>"
    assert extract(html.encode(), URL, now=NOW).text.split("\n\n") == [*PARAGRAPHS[:2], "A sub-heading", *PARAGRAPHS[2:4]]


def test_text_broken_by_line_breaks_is_read_in_blocks():
    body = f"<div class='entry'>{PARAGRAPHS[0]}<br><br>{PARAGRAPHS[1]}<br><br><b>A sub-heading</b><br><br>{PARAGRAPHS[2]}</div>"
    assert read(body).text.split("\n\n") == [*PARAGRAPHS[:2], "A sub-heading", PARAGRAPHS[2]]


FORM_LINES = ["Leave a Reply", "Leave a Reply Cancel reply", "Required fields are marked *", "Your email address will not be published. Required fields are marked *",
              "3 Comments", "Reply", "You must be logged in to post a comment.", "Schreibe einen Kommentar", "Deja una respuesta", "Laisser un commentaire", "Comments are closed.",
              "Report abuse", "Log in to comment", "Be the first to comment!", "Kommentare", "Noch keine Kommentare", "Sé el primero en comentar", "コメントを残す", "发表评论", "댓글 남기기",
              "Добавить комментарий", "Ваш адрес email не будет опубликован. Обязательные поля помечены *", "Yorum yap", "Lämna ett svar", "Tinggalkan Balasan", "اترك تعليقاً",
              "Tell us what you think and leave a comment below!"]  # fmt: skip
PROSE = ["The mayor said she would not comment.", "Reply to the letter came late, and it was short.", "She left a reply on the door of the house.", "Three comments were enough.",
         "Like many others, he walked home.", "Published figures show that 12 comments by ministers were wrong."]  # fmt: skip


@pytest.mark.parametrize("line", FORM_LINES)
def test_form_words_are_recognised(line):
    assert is_form_line(line)


@pytest.mark.parametrize("line", PROSE)
def test_sentences_are_not_form_words(line):
    assert not is_form_line(line)
    assert not is_furniture(line)


# --- metadata

TITLES = [
    ("The river rose – The Daily Basin", "The Daily Basin", "The river rose"),
    ("The river rose | dailybasin.example", None, "The river rose"),
    ("Daily Basin: The river rose", "The Daily Basin", "The river rose"),
    ("The river rose - Weather - Daily Basin", "Daily Basin", "The river rose - Weather"),
    ("Flood: the river rose – and fell", "The Daily Basin", "Flood: the river rose – and fell"),
    ("The Daily Basin", "The Daily Basin", "The Daily Basin"),
]


@pytest.mark.parametrize(("title", "site", "headline"), TITLES)
def test_a_headline_comes_without_its_site(title, site, headline):
    assert without_site(title, site, "https://www.dailybasin.example/a/b") == headline


def test_the_title_is_what_most_sources_agree_on():
    head = '<title>Floods: all news | Paper</title><meta property="og:title" content="The river rose overnight"><meta property="og:site_name" content="Paper">'
    assert read(head=head + ld(headline="The river rose overnight")).title == "The river rose overnight"


def test_a_heading_that_leads_home_is_the_site_and_not_the_headline():
    body = f'<h2>The river rose overnight</h2><div class="entry">{STORY}</div>'
    got = read(body, "<title>The river rose overnight « The Daily Basin</title>", heading='<a href="/">The Daily Basin</a>')
    assert (got.title, got.site_name) == ("The river rose overnight", "The Daily Basin")
    assert got.text.startswith(PARAGRAPHS[0])


AUTHORS = {
    "json-ld persons": (
        ld(author=[{"@type": "Person", "name": "Ann Lee"}, {"@type": "Person", "name": "Bo Orr"}]),
        "",
        ("Ann Lee", "Bo Orr"),
    ),
    "json-ld reference": (
        '<script type="application/ld+json">{"@graph":[{"@type":"Article","author":{"@id":"#p"}},{"@type":"Person","@id":"#p","name":"Ann Lee"}]}</script>',
        "",
        ("Ann Lee",),
    ),
    "meta": ('<meta name="author" content="By Ann Lee and Bo Orr">', "", ("Ann Lee", "Bo Orr")),
    "byline": ("", '<p class="byline">By Ann Lee</p>', ("Ann Lee",)),
    "no address": ('<meta name="author" content="https://facebook.com/paper">', "", ()),
    "not the site of a meta tag": (
        '<meta property="og:site_name" content="The Paper"><meta name="author" content="The Paper">',
        "",
        (),
    ),
    "not a role": ('<meta name="author" content="admin">', "", ()),
}


@pytest.mark.parametrize("case", AUTHORS)
def test_authors_are_names_of_persons(case):
    head, byline, names = AUTHORS[case]
    assert read(byline + STORY, head).authors == names


def test_names_and_titles_lose_what_could_turn_a_line_around():
    got = read(head=ld(headline="Up\u202edown\u2066 and\u0000 on", author={"name": "Ann\u202e Lee"}), heading=None)
    assert (got.title, got.authors) == ("Updown and on", ("Ann Lee",))


def test_addresses_are_absolute():
    head = '<link rel="canonical" href="/news/2026/story"><meta property="og:image" content="//cdn.example/a.jpg">'
    got = read(head=head)
    assert (got.canonical_url, got.image) == ("https://www.paper.example/news/2026/story", "https://cdn.example/a.jpg")


def test_an_address_without_a_page_to_stand_on_is_unknown():
    got = read(head='<link rel="canonical" href="/news/story"><link rel="canonical" href="https://x.example/">', url="")
    assert got.canonical_url is None


def test_tags_come_from_the_publisher():
    assert read(head='<meta property="article:tag" content="Rivers"><meta property="article:tag" content="Weather">').tags == (
        "Rivers",
        "Weather",
    )
    assert read(head=ld(keywords="Rivers, Weather, rivers")).tags == ("rivers", "Weather")
    assert read(STORY + '<p><a rel="tag" href="/t">Rivers</a></p>').tags == ("Rivers",)


PAYWALLS = [({"isAccessibleForFree": False}, True), ({"isAccessibleForFree": "False"}, True), ({"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False}}, True),
            ({"isAccessibleForFree": True}, False), ({}, False)]  # fmt: skip


@pytest.mark.parametrize(("properties", "paywalled"), PAYWALLS)
def test_a_paywall_is_what_the_page_says_of_itself(properties, paywalled):
    assert read(head=ld(**properties)).paywalled is paywalled


# --- kinds

LINKS = "".join(
    f'<div><h2><a href="/n/{n}">Headline number {n} of the front page of the paper</a></h2></div>' for n in range(30)
)
KINDS = {
    "article": (page(), URL, PageKind.ARTICLE),
    "live blog": (
        page(head='<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"x"}</script>'),
        URL,
        PageKind.LIVE,
    ),
    "front page": (page(LINKS, heading=None), "https://paper.example/", PageKind.LISTING),
    "section": (page(LINKS, heading="Sport"), "https://paper.example/sport", PageKind.LISTING),
    "bot check": (
        b"<html><head><title>Just a moment...</title></head><body><p>Enable JavaScript and cookies to continue</p></body></html>",
        URL,
        PageKind.CONSENT,
    ),
    "consent": (
        b"<html><head><title>Before you continue</title></head><body><h1>We value your privacy</h1><button>Accept all cookies</button></body></html>",
        URL,
        PageKind.CONSENT,
    ),
    "not found": (
        b"<html><head><title>404 - Page not found | Paper</title></head><body><h1>Page not found</h1><p>Sorry.</p></body></html>",
        URL,
        PageKind.ERROR,
    ),
    "an article about a wall": (page(heading="Cookie consent banners are everywhere", body=STORY * 4), URL, PageKind.ARTICLE),
    "an article about an error": (page(heading="Why 404 pages became an art", body=STORY * 4), URL, PageKind.ARTICLE),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_page_is_what_it_is(case):
    html, url, kind = KINDS[case]
    assert extract(html, url, now=NOW).kind is kind


# --- what cannot be read

REFUSED = {
    "empty": (b"", "empty"),
    "white space": (b" \n\t\r\n", "empty"),
    "NUL only": (b"\x00" * 50, "empty"),
    "PDF": (b"%PDF-1.7 ...", "a PDF"),
    "image": (b"\x89PNG\r\n\x1a\n...", "a PNG image"),
    "JSON": (b'{"title": "x"}', "not an HTML page"),
    "plain text": (b"Only words.", "not an HTML page"),
    "RSS": (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', "feed"),
    "binary": (bytes(range(256)) * 40, "not an HTML page"),
    "150,000 nested tags": (b"<html><body>" + b"<div>" * 150_000 + STORY.encode() + b"</div>" * 150_000, "256 levels"),
    "too deep behind the text": (page() + b"<div>" * 5_000, "256 levels"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_in_one_line(case):
    html, words = REFUSED[case]
    with pytest.raises(ExtractError) as caught:
        extract(html, URL, now=NOW)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


ENCODINGS = {
    "utf-8": (lambda text: text.encode(), None),
    "utf-8, header wrong": (lambda text: text.encode(), "iso-8859-1"),
    "header": (lambda text: text.encode("cp1251"), "windows-1251"),
    "meta": (lambda text: text.replace("<head>", '<head><meta charset="windows-1251">').encode("cp1251"), None),
    "utf-16 with mark": (lambda text: text.encode("utf-16"), None),
    "utf-8 with mark": (lambda text: text.encode("utf-8-sig"), None),
    "unknown label": (lambda text: text.encode(), "x-nonsense"),
    "NUL inside": (lambda text: text.replace("Вода", "Во\x00да").encode(), None),
}


@pytest.mark.parametrize("case", ENCODINGS)
def test_text_is_decoded_as_it_was_meant(case):
    encode, header = ENCODINGS[case]
    html = page(heading="Вода поднялась за ночь").decode()
    assert extract(encode(html), URL, now=NOW, encoding=header).title == "Вода поднялась за ночь"


def test_one_broken_byte_does_not_cost_the_page():
    html = page(heading="Caf\xe9 open").decode().encode().replace("é".encode(), b"\xe9")
    got = extract(html, URL, now=NOW)
    assert got.title == "Café open"
    assert got.text.split("\n\n") == PARAGRAPHS


HOSTILE = {
    "a megabyte of JSON-LD": page(head=ld(headline="x" * 1_000_000)),
    "nested JSON-LD": page(head='<script type="application/ld+json">' + "[" * 100_000 + "</script>"),
    "endless title": page(head="<title>" + "a - " * 50_000 + "</title>", heading=None),
    "many comments": page(STORY + '<div class="comment"><b class="author">A</b><p>x</p></div>' * 3_000),
    "many empty items": page(STORY + '<div class="comment-item"></div>' * 10_000),
    "odd JSON-LD": page(
        head=ld(
            headline=[1, None],
            author=[None, 7, {"name": {}}],
            datePublished={},
            keywords=[{}],
            image=[[]],
            comment=[3],
            interactionStatistic=4,
        )
    ),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_pages_keep_their_text(case):
    assert extract(HOSTILE[case], URL, now=NOW).text.split("\n\n")[:6] == PARAGRAPHS


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 1200))
def test_no_bytes_raise_anything_but_extract_error(noise, at):
    html = page(head=ld(headline="The river", datePublished="2026-02-01T10:00:00Z"))
    try:
        got = extract(html[:at] + noise + html[at:], URL, now=NOW)
    except ExtractError:
        return
    json.dumps(as_json(got)).encode()
    assert "\x00" not in got.text
    (got.text + (got.title or "")).encode()


# --- its JSON


def test_the_json_has_the_documented_keys_in_their_order():
    assert list(as_json(read())) == KEYS


def test_instants_are_written_in_utc():
    got = as_json(read(head=ld(datePublished="2026-02-01T10:00:00.5+01:00")))
    assert (got["published"], got["published_evidence"]) == ("2026-02-01T09:00:00Z", "json-ld")


def test_an_extraction_survives_json_and_pickling():
    body = (
        STORY
        + '<div id="comments"><div id="comment-7"><b class="fn">Ann</b><time datetime="2026-02-02T10:00:00Z"></time><div class="comment-text">Words.</div></div></div>'
    )
    got = read(body, ld(datePublished="2026-02-01T10:00:00Z"))
    assert got.comments == (ReadComment("Words.", "7", None, "Ann", datetime(2026, 2, 2, 10, tzinfo=UTC), f"{URL}#comment-7"),)
    assert from_plain(json.loads(json.dumps(as_json(got)))) == got
    assert pickle.loads(pickle.dumps(got)) == got


def test_a_page_without_text_is_said_to_have_none():
    got = extract(
        b"<html><head><title>App</title></head><body><div id=root></div><script>run()</script></body></html>", URL, now=NOW
    )
    assert (got.text, got.title, got.kind) == ("", "App", PageKind.ARTICLE)
