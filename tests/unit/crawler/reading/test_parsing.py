"""Bytes of a page → its tree, or a refusal that says what is wrong."""

import pytest

from crawler.reading import parsing
from crawler.reading.parsing import decode, parse_page
from storage.errors import ExtractError


@pytest.mark.parametrize(
    ("html", "why"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (b"\x00\x00", "empty"),
        (b"%PDF-1.4 <p>", "a PDF"),
        (b"\x89PNG\r\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"GIF89a", "a GIF image"),
        (b"RIFFxxxxWEBP", "a media file"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b\x08", "compressed data"),
        (b"\x00\x00\x00\x18ftypmp42", "a video"),
        (b"\x7fELF\x02", "a program"),
        (b"<rss version='2.0'></rss>", "a feed or a sitemap"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<feed xmlns='a'></feed>", "a feed or a sitemap"),
        (b"<urlset></urlset>", "a feed or a sitemap"),
        (b'{"a": 1}', "not an HTML page"),
        (b"plain words < and >", "not an HTML page"),
        (b"<div>" * 300 + b"x", "256 levels"),
    ],
)
def test_what_is_no_page_is_refused_with_the_reason(html, why):
    with pytest.raises(ExtractError, match=why) as refused:
        parse_page(html)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("bound", "value", "html", "why"),
    [
        ("LARGEST_PAGE", 50, b"<p>" + b"x" * 60, "more than the 50 bytes that are read"),
        ("MOST_ELEMENTS", 5, b"<p>x</p>" * 6, "more than 5 elements"),
        ("MOST_ATTRIBUTES", 5, b"<p " + b'aaaa="1" ' * 4000 + b">x</p>", "more than 5 attributes"),
    ],
)
def test_a_page_beyond_a_bound_is_refused_and_one_within_it_is_read(monkeypatch, bound, value, html, why):
    parse_page(b"<p>short</p>")
    monkeypatch.setattr(parsing, bound, value)
    with pytest.raises(ExtractError, match=why):
        parse_page(html)
    assert parse_page(b"<p a='1'>ok</p>") is not None


def test_a_feed_that_is_only_spoken_of_is_a_page():
    assert (
        parse_page(b"<!DOCTYPE html><!-- <rss> --><html><body><p>a &lt;rss&gt; feed</p></body></html>").text_content()
        == "a <rss> feed"
    )


@pytest.mark.parametrize(
    ("html", "header", "text"),
    [
        ("<p>Ärger</p>".encode(), None, "Ärger"),
        ("<p>Ärger</p>".encode(), "iso-8859-1", "Ärger"),
        ("<p>Ärger</p>".encode("cp1252"), "iso-8859-1", "Ärger"),
        ("<p>“Ärger”</p>".encode("cp1252"), "latin-1", "“Ärger”"),
        ("<meta charset=windows-1251><p>Паром</p>".encode("cp1251"), None, "Паром"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Паром</p>'.encode("koi8-r"), None, "Паром"),
        ('<meta charset="gbk"><p>渡轮</p>'.encode("gbk"), None, "渡轮"),
        ('<?xml version="1.0" encoding="shift_jis"?><p>広告</p>'.encode("shift_jis"), None, "広告"),
        ("<p>Паром</p>".encode("cp1251"), "windows-1251", "Паром"),
        ("<p>Ärger</p>".encode("utf-16"), None, "Ärger"),
        (b"\xfe\xff" + "<p>Ärger</p>".encode("utf-16-be"), None, "Ärger"),
        (b"\xef\xbb\xbf" + "<p>Ärger</p>".encode(), "latin-1", "Ärger"),
        (b"<p>a\x00b</p>", None, "ab"),
        ('<meta charset="klingon"><p>Ärger</p>'.encode(), "klingon", "Ärger"),
    ],
)
def test_a_page_is_read_in_its_encoding(html, header, text):
    assert text in decode(html, header)
    assert text in parse_page(html, header).text_content()


def test_comments_and_instructions_are_not_in_the_tree():
    tree = parse_page(b"<html><body><!-- x --><?php y ?><p>z</p></body></html>")
    assert all(isinstance(each.tag, str) for each in tree.iter())
