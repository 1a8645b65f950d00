import gzip
import time
import zlib
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.sitemaps import MOST_URLS, ChildSitemap, ParsedSitemap, choose_children, parse_sitemap
from storage.errors import FeedError

URL = "https://example.com/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS_NS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
NEWS = f"""<?xml version="1.0" encoding="UTF-8"?>
<urlset {NS} {NEWS_NS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://example.com/2024/story?a=1&b=2 </loc>
<image:image><image:loc>https://example.com/photo.jpg</image:loc><image:title>A photo</image:title></image:image>
<news:news><news:publication><news:name>Paper</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2024-05-01T12:00:00+02:00</news:publication_date><news:title>Fish &amp; chips</news:title></news:news>
<lastmod>2024-05-02</lastmod></url></urlset>""".encode()


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def urlset(*locs):
    return f"<urlset {NS}>{''.join(f'<url><loc>{loc}</loc></url>' for loc in locs)}</urlset>".encode()


@pytest.mark.parametrize("body", [NEWS, gzip.compress(NEWS), b"\xef\xbb\xbf" + NEWS], ids=["xml", "gzip", "bom"])
def test_a_news_sitemap_tells_titles_and_dates(body):
    sitemap = parse_sitemap(body, URL)
    (entry,) = sitemap.entries
    assert (sitemap.kind, sitemap.is_news, sitemap.dropped) == ("urlset", True, 0)
    assert entry.url == "https://example.com/2024/story?a=1&b=2"
    assert entry.title == "Fish & chips"
    assert (entry.published, entry.updated) == (at(2024, 5, 1, 10), at(2024, 5, 2))


def test_a_plain_sitemap_is_no_news_sitemap():
    sitemap = parse_sitemap(urlset("https://example.com/a", "/b", "https://example.com/a"), URL)
    assert [entry.url for entry in sitemap.entries] == ["https://example.com/a", "https://example.com/b"]
    assert not sitemap.is_news
    assert sitemap.entries[0].published is None


def test_an_empty_news_sitemap_is_still_one():
    sitemap = parse_sitemap(f"<urlset {NS} {NEWS_NS}></urlset>".encode(), URL)
    assert (sitemap.entries, sitemap.is_news) == ((), True)
    assert not parse_sitemap(urlset(), URL).is_news


def test_an_index_names_its_children():
    body = f"""<sitemapindex {NS}><sitemap><loc>https://example.com/a.xml</loc><lastmod>2024-05-01</lastmod></sitemap>
    <sitemap><loc>/b.xml.gz</loc></sitemap><sitemap><loc>{URL}</loc></sitemap><sitemap><loc>javascript:x</loc></sitemap></sitemapindex>""".encode()
    sitemap = parse_sitemap(body, URL)
    assert sitemap.kind == "index"
    assert sitemap.children == (
        ChildSitemap("https://example.com/a.xml", at(2024, 5, 1)),
        ChildSitemap("https://example.com/b.xml.gz"),
    )
    assert sitemap.dropped == 2


def test_a_plain_text_sitemap():
    lines = [f"https://example.com/{n}" for n in range(30)]
    sitemap = parse_sitemap("\r\n\n".join([*lines, "not one", lines[0]]).encode(), "https://example.com/sitemap.txt")
    assert [entry.url for entry in sitemap.entries] == lines
    assert (sitemap.is_news, sitemap.dropped) == (False, 2)


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["post-sitemap.xml", "news-sitemap.xml", "page-sitemap.xml"], ["news-sitemap.xml", "post-sitemap.xml"]),
        (["category-sitemap.xml", "post-sitemap1.xml", "post-sitemap2.xml"], ["post-sitemap2.xml", "post-sitemap1.xml"]),
        (["2022-12.xml", "2024-05.xml", "2023-01.xml"], ["2024-05.xml", "2023-01.xml"]),
        (["newsletter.xml", "googlenews.xml", "tags.xml"], ["googlenews.xml", "newsletter.xml"]),
        (["authors.xml", "sitemap-posts.xml", "sitemap-images.xml"], ["sitemap-posts.xml", "authors.xml"]),
    ],
)
def test_children_are_chosen_by_their_names(names, chosen):
    index = ParsedSitemap("index", children=tuple(ChildSitemap(f"https://example.com/{name}") for name in names))
    assert choose_children(index, 2) == [f"https://example.com/{name}" for name in chosen]


def test_children_are_chosen_by_their_last_change():
    index = ParsedSitemap(
        "index",
        children=(
            ChildSitemap("https://example.com/9.xml", at(2024, 1, 1)),
            ChildSitemap("https://example.com/1.xml", at(2024, 5, 1)),
            ChildSitemap("https://example.com/2.xml"),
            ChildSitemap("https://example.com/sitemap-news.xml", at(2023, 1, 1)),
        ),
    )
    assert [url[20:] for url in choose_children(index, 3)] == ["sitemap-news.xml", "1.xml", "9.xml"]
    assert choose_children(index, 0) == []


@pytest.mark.parametrize(
    ("names", "newest"),
    [
        ([f"sm-{n}" for n in range(40)], "sm-39"),  # counted up
        ([f"sm-{n}" for n in range(1, 40)], "sm-1"),  # the newest first
        (["archive", "harbour", "council", "sports", "today"], "today"),
        (["today", "sports", "council", "harbour", "archive"], "today"),
    ],
)
def test_without_a_date_the_newest_child_is_read_at_whichever_end_it_stands(names, newest):
    index = ParsedSitemap("index", children=tuple(ChildSitemap(f"https://example.com/{name}.xml") for name in names))
    chosen = choose_children(index, 3)
    assert f"https://example.com/{newest}.xml" in chosen
    assert len(chosen) == 3


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (b"", "not a sitemap"),
        (b"<html><body>x</body></html>", "a web page"),
        (b"<rss/>", "a feed"),
        (b"<svg/>", "<svg>"),
        (b"some words", "not a sitemap"),
        (bytes(range(256)) * 8, "not a sitemap"),
        (b"\x1f\x8b\x08\x00garbage", "damaged"),
        (gzip.compress(b" " * (60 * 1024 * 1024)), "too long"),
        (b"<urlset>" + b"<url/>" * 2_100_000, "too long"),
    ],
    ids=["empty", "html", "rss", "svg", "words", "binary", "bad-gzip", "bomb", "crowded"],
)
def test_what_is_no_sitemap_is_refused_with_the_remedy(body, named):
    with pytest.raises(FeedError) as refused:
        parse_sitemap(body, URL)
    assert named in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_bomb_is_not_unpacked():
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    bomb = b"".join(packer.compress(b"\0" * 2_000_000) for _ in range(100)) + packer.flush()
    start = time.process_time()
    with pytest.raises(FeedError):
        parse_sitemap(bomb, URL)
    assert time.process_time() - start < 5


def test_at_most_fifty_thousand_addresses_are_read():
    sitemap = parse_sitemap(urlset(*(f"https://example.com/{n}" for n in range(MOST_URLS + 10))), URL)
    assert (len(sitemap.entries), sitemap.dropped) == (MOST_URLS, 10)


def test_entities_of_a_sitemap_are_never_followed():
    body = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + urlset("https://example.com/&x;")
    (entry,) = parse_sitemap(body, URL).entries
    assert entry.url.startswith("https://example.com/&x")


def test_a_cut_off_sitemap_gives_what_came():
    whole = urlset(*(f"https://example.com/{n}" for n in range(100)))
    assert len(parse_sitemap(whole[:-600], URL).entries) > 80
    packed = gzip.compress(urlset(*(f"https://example.com/{n * 7919 % 10007}" for n in range(5_000))))
    assert len(parse_sitemap(packed[: len(packed) // 2], URL).entries) > 100


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<urlset>", b"<urlset><url><loc>", b"<sitemapindex><sitemap>", b"\x1f\x8b", b"http://"]),
)
def test_arbitrary_bytes_are_read_or_refused(noise, start):
    try:
        sitemap = parse_sitemap(start + noise, URL)
    except FeedError:
        return
    assert all(entry.url.startswith(("http://", "https://")) for entry in sitemap.entries)
    choose_children(sitemap, 3)
