import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.markup import decode, prepare


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (b"<rss/>", "rss"),
        (b"<?xml version='1.0'?><!-- <feed> --><rdf:RDF/>", "rdf"),
        (b"<!DOCTYPE rss [<!ENTITY a '<x>'>]><rss/>", "rss"),
        (b"<!doctype html><html>", "html"),
        (b"PHP Warning <rss/>", "rss"),
        (b"", ""),
        (b"no markup", ""),
        (b"<", ""),
        (b"<?never closed", ""),
    ],
)
def test_the_root_of_a_document(body, root):
    assert prepare(body).root == root


@pytest.mark.parametrize(
    ("inside", "mended"),
    [
        ("a & b", "a &amp; b"),
        ("a &amp; b", "a &amp; b"),
        ("&eacute;&nbsp;", "&#233;&#160;"),
        ("&nosuch;", "&amp;nosuch;"),
        ("&#0;&#xD800;&#65;", "  &#65;"),
        ("<![CDATA[a & b &eacute;]]> & c", "<![CDATA[a & b &eacute;]]> &amp; c"),
        ("<![CDATA[never & closed", "<![CDATA[never & closed"),
    ],
)
def test_ampersands_are_mended_outside_of_cdata(inside, mended):
    assert prepare(f"<rss>{inside}".encode()).data == f"<rss>{mended}".encode()


@given(st.binary(max_size=200), st.one_of(st.none(), st.text(max_size=30)))
def test_any_bytes_have_a_text(body, content_type):
    decode(body, content_type)
    prepare(body, content_type).data.decode()


@pytest.mark.parametrize("label", ["zlib", "base64", "idna", "unicode_escape", "no-such"])
def test_codecs_that_are_no_character_sets_are_not_used(label):
    assert decode(f"<?xml version='1.0' encoding='{label}'?><rss>é</rss>".encode()).endswith("<rss>é</rss>")
