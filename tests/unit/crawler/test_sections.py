import time

import pytest

from crawler.sections import MOST_ENTRIES, address_points, read_hubs, read_section
from crawler.weblinks import Named
from storage.errors import FeedError

URL = "https://example.com/"
FRONT = b"""<!DOCTYPE html><html><head><title>Paper</title></head><body>
<header><a href="/"><img alt="The Paper" src="/logo.png"></a>
<nav class="main"><a href="/politics">Politics</a><a href="/sport/football">Football</a>
<a href="/2024/05/01/a-story-that-the-menu-promotes">A story that the menu promotes today</a></nav></header>
<main>
<article><header><a href="/2024/05/01/mayor-opens-the-new-bridge"><img src="/1.jpg" alt=""></a>
<h2><a href="/2024/05/01/mayor-opens-the-new-bridge?utm_source=front">Mayor opens the new bridge</a></h2></header>
<a href="/2024/05/01/mayor-opens-the-new-bridge">Read more</a>
<a href="/2024/05/01/mayor-opens-the-new-bridge#comments">12 comments</a>
<a href="/author/ann-reporter">Ann Reporter</a> <a href="/tag/bridges-and-roads-of-the-city">Bridges and roads of the city</a></article>
<div><h3><a href="news/4711.html">Council votes on school budget</a></h3>
<a href="https://other.example.net/2024/05/01/a-partner-story-of-some-length">A partner story of some length</a></div>
<ul><li><a href="/story?id=99">Harbour to close for a whole week</a></li><li><a href="/video/12.mp4">Watch the mayor open the bridge</a></li></ul>
<a href="/archive/page/2">Older stories of the last week</a><a href="mailto:desk@example.com">Write to the news desk now</a>
<a href="/login?next=1">Log in to read all our stories</a>
</main>
<footer><a href="/how-we-work-and-why">How we work and why we do it</a><a href="/privacy-policy">Privacy policy of the paper</a></footer>
</body></html>"""


def test_a_front_lists_its_articles_in_page_order_without_the_furniture():
    entries = read_section(FRONT, URL)
    assert [(entry.url, entry.title) for entry in entries] == [
        ("https://example.com/2024/05/01/mayor-opens-the-new-bridge", "Mayor opens the new bridge"),
        ("https://example.com/news/4711.html", "Council votes on school budget"),
        ("https://example.com/story?id=99", "Harbour to close for a whole week"),
    ]
    assert all(entry.published is None for entry in entries)


@pytest.mark.parametrize(
    "address",
    [
        "/2024/05/01/slug-of-story",
        "/news/slug-of-the-story",
        "/politics/mayor-opens-bridge-12345",
        "/12345",
        "/article/5",
        "/story-of-the-day.html",
        "/?p=123",
        "/a/1",
        "/de/nachrichten/artikel-2024-05-01",
    ],
)
def test_addresses_of_articles_score(address):
    assert address_points(f"https://example.com{address}") > 0


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tag/bridges-and-roads",
        "/category/politics",
        "/author/ann-reporter",
        "/page/2",
        "/login",
        "/privacy-policy",
        "/a.pdf",
        "/feed",
        "/?page=2",
        "/photo.JPG",
        "/about-us",
    ],
)
def test_addresses_of_lists_and_forms_do_not(address):
    assert address_points(f"https://example.com{address}") == 0


@pytest.mark.parametrize("text", ["Read more", "more", "12 Comments", "Leave a comment", "Weiterlesen", "Lire la suite"])
def test_words_that_are_no_headline_make_no_article(text):
    assert read_section(f"<html><body><a href='/news/bridge'>{text}</a></body></html>".encode(), URL) == ()


def test_a_simple_front_of_a_local_server():
    page = b"<html><body><h1>Paper</h1><ul><li><a href='/articles/1'>Bridge opens after ten years</a><li><a href='/articles/2'>Tram line is late again</a></ul><a href='/about'>About us</a></body></html>"
    entries = read_section(page, "http://127.0.0.1:8001/")
    assert [entry.url for entry in entries] == ["http://127.0.0.1:8001/articles/1", "http://127.0.0.1:8001/articles/2"]


def test_the_base_of_a_page_counts_and_encoding_too():
    page = '<html><head><base href="/sub/"></head><body><h2><a href="bruecke-ist-wieder-offen">Brücke ist wieder offen</a></h2></body></html>'
    (entry,) = read_section(page.encode("cp1252"), URL, encoding="windows-1252")
    assert (entry.url, entry.title) == ("https://example.com/sub/bruecke-ist-wieder-offen", "Brücke ist wieder offen")


@pytest.mark.parametrize("body", [b"", b"\x89PNG\r\n", b"%PDF-1.4", b"<rss><channel/></rss>", b"plain words"])
def test_what_is_no_page_is_refused(body):
    with pytest.raises(FeedError) as refused:
        read_section(body, URL)
    assert "\n" not in str(refused.value)


def test_a_page_of_links_is_bounded():
    page = b"<html><body>" + b"".join(
        b"<h2><a href='/2024/05/01/story-number-%d-of-many'>Story number %d of very many</a></h2>" % (n, n)
        for n in range(20_000)
    )
    start = time.process_time()
    assert len(read_section(page, URL)) == MOST_ENTRIES
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("page", "hubs", "topic"),
    [
        ('<head><link rel=hub href="https://hub.example/"><link rel=self href="/front"></head>',
         ("https://hub.example/",), "https://paper.example/front"),
        ('<head><base href="https://cdn.example/"><link rel="HUB alternate" href="/hub"></head>', ("https://cdn.example/hub",), ""),
        ("<head><title>x</title></head><body><p>x</p><link rel=hub href=https://hub.example/></body>", (), ""),
        ("<head><link rel=hub><link rel=hubs href=/x><link rel=hub href=javascript:x></head>", (), ""),
        ("", (), ""),
    ],
)  # fmt: skip
def test_hubs_are_named_in_the_head_of_a_page(page, hubs, topic):
    assert read_hubs(f"<html>{page}</html>".encode(), "https://paper.example/news/") == Named(hubs, topic)
