import lxml.html
import pytest

from crawler.reading.links import MOST_LINKS, read_links

URL = "https://courier.example/news/today/ferry.html?x=1"


def links(html, url=URL):
    return read_links(lxml.html.document_fromstring(html), url)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://wire.example/a#part", "https://wire.example/a"),
        ("//wire.example/a", "https://wire.example/a"),
        ("/about", "https://courier.example/about"),
        ("next.html", "https://courier.example/news/today/next.html"),
        ("../week/", "https://courier.example/news/week/"),
        ("?page=2", "https://courier.example/news/today/ferry.html?page=2"),
        (" /padded ", "https://courier.example/padded"),
    ],
)
def test_an_address_is_made_absolute(href, expected):
    assert links(f'<body><a href="{href}">x</a></body>') == (expected,)


@pytest.mark.parametrize(
    "href",
    [
        "",
        "#top",
        "javascript:void(0)",
        "JavaScript:x",
        "mailto:a@b.example",
        "tel:1",
        "ftp://a.example/",
        "http://[",
        "data:x,y",
    ],
)
def test_what_is_no_page_on_the_web_is_left_out(href):
    assert [each for each in links(f'<body><a href="{href}">x</a><a>y</a></body>') if "[" not in each] == []


def test_each_once_and_in_order_of_the_page():
    assert links('<body><a href="/b">1</a><a href="/a">2</a><a href="/b#again">3</a><map><area href="/c"></map></body>') == (
        "https://courier.example/b",
        "https://courier.example/a",
        "https://courier.example/c",
    )


def test_the_page_may_state_another_base():
    html = '<head><base href="https://other.example/deep/"></head><body><a href="x">x</a><a href="/y">y</a></body>'
    assert links(html) == ("https://other.example/deep/x", "https://other.example/y")


def test_without_an_address_only_whole_addresses_count():
    assert links('<body><a href="/a">a</a><a href="https://b.example/">b</a></body>', "") == ("https://b.example/",)


def test_a_page_of_links_only_is_bounded():
    html = "<body>" + "".join(f'<a href="/{n}">x</a>' for n in range(MOST_LINKS + 50)) + "</body>"
    assert len(links(html)) == MOST_LINKS
