"""WARC files as warcio, which shares nothing with us, reads them; and what hostile servers cannot do to them."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from nightdesk.warc import WarcWriter
from storage.payloads import Capture, digest_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://courier.example/a"
BODY = b"<p>The crane fell.</p>\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n"


def capture(number=1, body=BODY, url=URL, **changes):
    plain = Capture(url, url, 200, (("Content-Type", "text/html"),), NOW, 1, id=number, digest=digest_of(body), size=len(body))
    return replace(plain, **changes)


def written(*captures, body=BODY):
    writer = WarcWriter(software="Nightdesk/0", installation="a1", now=NOW)
    return b"".join(writer.records(captures, lambda _: body))


def read(data):
    """(type, WARC headers, HTTP headers, payload) of every record but the first; digests are checked."""
    found = []
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        payload = record.raw_stream.read()
        found.append((record.rec_type, record.rec_headers, record.http_headers, payload))
    assert found[0][0] == "warcinfo"
    return found[1:]


def test_a_body_that_looks_like_a_record_is_none():
    ((kind, _, http, payload),) = read(written(capture()))
    assert (kind, payload, http.get_statuscode()) == ("response", BODY, "200")


def test_an_empty_body_is_a_record():
    ((_, headers, _, payload),) = read(written(capture(body=b""), body=b""))
    assert payload == b""
    assert headers.get_header("WARC-Payload-Digest").startswith("sha256:")


def test_identifiers_are_the_same_in_every_export_and_of_this_installation_only():
    def identifiers(installation, *captures):
        writer = WarcWriter(software="Nightdesk/0", installation=installation, now=NOW)
        data = b"".join(writer.records(captures, lambda _: BODY))
        return [headers.get_header("WARC-Record-ID") for _, headers, _, _ in read(data)]

    both = identifiers("a1", capture(1), capture(2))
    assert identifiers("a1", capture(2)) == both[1:]
    assert set(identifiers("b2", capture(1), capture(2))).isdisjoint(both)
    assert all(re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", each) for each in both)


@pytest.mark.parametrize("status", [200, 203, 299])
def test_any_status_has_a_status_line(status):
    ((_, _, http, _),) = read(written(capture(status=status)))
    assert http.get_statuscode() == str(status)


HOSTILE = [
    ("X-Split", "a\r\nWARC-Type: warcinfo\r\n\r\nWARC/1.1"),
    ("X-Split\r\nContent-Length", "0"),
    ("Content-Length", "1\r\n\r\n"),
    ("", "no name"),
    ("a b", "a blank in the name"),
    ("X-Nul", "\x00\x0b\x0c\x7f"),
    ("X-Far", "☃ \udc80 é"),
    ("Transfer-Encoding", "chunked"),
    ("content-encoding", "br"),
]


def test_headers_cannot_break_a_record():
    ((_, headers, http, payload),) = read(written(capture(headers=tuple(HOSTILE))))
    assert payload == BODY
    assert http.get_header("Content-Length") == str(len(BODY))
    assert http.get_header("X-Split") == "a WARC-Type: warcinfo WARC/1.1"
    assert http.get_header("X-Orig-content-encoding") == "br"
    assert {name.lower() for name, _ in http.headers}.isdisjoint({"transfer-encoding", "content-encoding", "", "a b"})
    assert headers.get_header("WARC-Type") == "response"


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("https://courier.example/a b\r\nWARC-Type: x", "https://courier.example/a%20b%0D%0AWARC-Type:%20x"),
        ("https://courier.example/größe?q=☃#x", "https://courier.example/gr%C3%B6%C3%9Fe?q=%E2%98%83#x"),
        ("https://courier.example/100%/%41?a[]=<b>", "https://courier.example/100%25/%41?a[]=%3Cb%3E"),
        ("http://[::1]:8080/a", "http://[::1]:8080/a"),
    ],
)
def test_odd_addresses_are_uris_there(url, uri):
    response, metadata = read(written(capture(url=url, final_url=url), capture(2, url=URL, final_url=url)))[0:3:2]
    assert response[1].get_header("WARC-Target-URI") == uri
    assert metadata[3].decode() == f"via: {URL}\r\n"


@given(
    st.lists(st.tuples(st.text(max_size=20), st.text(max_size=60)), max_size=6),
    st.text(max_size=60),
    st.binary(max_size=200),
    st.text(max_size=12),
)
def test_whatever_a_server_says_each_capture_is_one_readable_record(headers, path, body, protocol):
    url = f"https://courier.example/{path}"
    one = capture(1, body, url, headers=tuple(headers), protocol=f"HTTP/1.1{protocol}")
    records = read(written(one, replace(one, id=2), body=body))
    assert [kind for kind, *_ in records] == ["response", "revisit"]
    assert records[0][3] == body
    assert records[1][1].get_header("WARC-Refers-To") == records[0][1].get_header("WARC-Record-ID")
