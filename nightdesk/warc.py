"""Captures as WARC/1.1 (ISO 28500:2017), the format of web archives. A pure module: nouns in, bytes out.

One gzip member a record. An answer whose body has been written before becomes a `revisit` of it. Bodies are kept without
their content coding, so the header of the coding bears another name here, `X-Orig-…` as Webrecorder's tools have it, and
Content-Length is that of the body as it stands here.
"""

import gzip
import hashlib
import re
import uuid
from base64 import b32encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from storage.instants import to_text
from storage.payloads import Capture

_IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_HTTP = "application/http; msgtype=response"
_FIELDS = "application/warc-fields"
_CODED = frozenset({"content-encoding", "transfer-encoding", "content-length"})  # no longer true of the body as it is kept
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110, 5.6.2
_BREAKS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]+")  # what may not stand in a header's line
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_URI = "!#$%&'()*+,/:;=?@[]-._~"  # what stands in a URI as it is (RFC 3986)

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Written:
    """The capture that a body was written with."""

    id: int
    url: str
    fetched: datetime


class WarcWriter:
    """Makes the records of one file. `software` says who made it, `installation` makes its identifiers its own."""

    def __init__(self, *, software: str, installation: str, now: datetime) -> None:
        self._software = software
        self._installation = installation
        self._now = now
        self._written: dict[str, _Written] = {}  # by digest

    def records(self, captures: Iterable[Capture], body_of: Callable[[Capture], bytes]) -> Iterator[bytes]:
        """The file, record by record: who made it, then every capture. A body is asked for when it is to be written."""
        yield self._info()
        for capture in captures:
            known = self._written.get(capture.digest)
            if known is None:
                self._written[capture.digest] = _Written(capture.id, capture.final_url, capture.fetched)
                yield self._response(capture, body_of(capture))
            else:
                yield self._revisit(capture, known)
            if capture.url != capture.final_url:
                yield self._redirected(capture)

    def _info(self) -> bytes:
        about = (
            f"software: {self._software}\r\nformat: WARC File Format 1.1\r\n"
            "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
            "robots: obey\r\n"
        )
        fields = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", self._id("warcinfo", to_text(self._now))),
                  ("WARC-Date", to_text(self._now)), ("Content-Type", _FIELDS)]  # fmt: skip
        return _record(fields, about.encode())

    def _response(self, capture: Capture, body: bytes) -> bytes:
        block = _http_head(capture) + body
        return _record([("WARC-Type", "response"), *self._common(capture), *_digests(capture, block)], block)

    def _revisit(self, capture: Capture, known: "_Written") -> bytes:
        block = _http_head(capture)
        fields = [
            ("WARC-Type", "revisit"), *self._common(capture), *_digests(capture, block), ("WARC-Profile", _IDENTICAL),
            ("WARC-Refers-To", self._id("response", str(known.id))), ("WARC-Refers-To-Target-URI", _uri(known.url)),
            ("WARC-Refers-To-Date", to_text(known.fetched)),
        ]  # fmt: skip
        return _record(fields, block)

    def _redirected(self, capture: Capture) -> bytes:
        """Which address was asked for: redirects themselves are not kept."""
        fields = [
            ("WARC-Type", "metadata"), ("WARC-Record-ID", self._id("metadata", str(capture.id))),
            ("WARC-Date", to_text(capture.fetched)), ("WARC-Target-URI", _uri(capture.final_url)),
            ("WARC-Concurrent-To", self._id("response", str(capture.id))), ("Content-Type", _FIELDS),
        ]  # fmt: skip
        return _record(fields, f"via: {_uri(capture.url)}\r\n".encode())

    def _common(self, capture: Capture) -> Fields:
        address = [("WARC-IP-Address", capture.ip)] if capture.ip else []
        return [("WARC-Record-ID", self._id("response", str(capture.id))), ("WARC-Date", to_text(capture.fetched)),
                ("WARC-Target-URI", _uri(capture.final_url)), *address, ("Content-Type", _HTTP)]  # fmt: skip

    def _id(self, kind: str, name: str) -> str:
        """The same for ever, however often a capture is exported."""
        return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'nightdesk:{self._installation}/{kind}/{name}')}>"


def _digests(capture: Capture, block: bytes) -> Fields:
    return [("WARC-Payload-Digest", _digest(bytes.fromhex(capture.digest))),
            ("WARC-Block-Digest", _digest(hashlib.sha256(block).digest()))]  # fmt: skip


def _digest(digest: bytes) -> str:
    """As web archives write them: in Base32."""
    return f"sha256:{b32encode(digest).decode()}"


def _record(fields: Fields, block: bytes) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in [*fields, ("Content-Length", str(len(block)))])
    return gzip.compress(f"WARC/1.1\r\n{lines}\r\n".encode() + block + b"\r\n\r\n", mtime=0)


def _http_head(capture: Capture) -> bytes:
    """The status line and headers, each on one line whatever the server sent."""
    try:
        phrase = HTTPStatus(capture.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"{_one_line(capture.protocol)} {capture.status} {phrase}"]
    for name, value in capture.headers:
        if _NAME.match(name):
            shown = f"X-Orig-{name}" if name.lower() in _CODED else name
            lines.append(f"{shown}: {_one_line(value)}")
    lines.append(f"Content-Length: {capture.size}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _one_line(value: str) -> str:
    return _BREAKS.sub(" ", value).strip()


def _uri(url: str) -> str:
    """The address as a URI: no blank, no line break, nothing beyond ASCII."""
    return quote(_STRAY.sub("%25", url), safe=_URI, errors="replace")
