"""The body of a robots.txt, however large: what RFC 9309 says must be read of it (2.5), and no byte more than it takes.

The rules stand at the beginning. So the download ends once enough is there, and what was packed is unpacked up to there: a
file without end costs what a large one does.
"""

import weakref
import zlib
from typing import Any, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import StopDownload
from scrapy.http import Response

from crawler.robots import MOST_BYTES

# Without the limit of other downloads, which refuses at once what says that it is large.
META = {"is_robots": True, "download_maxsize": 0}
HEADERS = {"Accept-Encoding": "gzip"}  # what is unpacked here
_PACKED = frozenset((b"gzip", b"x-gzip", b"deflate"))
_ANY = 47  # zlib's sign for gzip or zlib, whichever it is


class RobotsBodyMiddleware:
    """Cuts the answers to requests for robots.txt. Stands below Scrapy's decompression, which knows no "enough"."""

    def __init__(self, crawler: Crawler) -> None:
        self._received: weakref.WeakKeyDictionary[Request, int] = weakref.WeakKeyDictionary()
        crawler.signals.connect(self._enough, signals.bytes_received)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make one."""
        return cls(crawler)

    def _enough(self, data: bytes, request: Request) -> None:
        """Scrapy's word that some of an answer has come."""
        if request.meta.get("is_robots"):
            self._received[request] = received = self._received.get(request, 0) + len(data)
            if received > MOST_BYTES:
                raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        """Pass the answer on, unpacked as far as it is read."""
        if not request.meta.get("is_robots"):
            return response
        coding = response.headers.get(b"Content-Encoding") or b""
        if (body := _unpacked(response.body, coding.strip().lower())) is None:
            request.meta.pop("download_maxsize", None)  # Scrapy unpacks it, to the usual limit
            return response
        kept: Any = response.replace(body=body)
        del kept.headers[b"Content-Encoding"]
        return kept  # type: ignore[no-any-return]


def _unpacked(body: bytes, coding: bytes) -> bytes | None:
    """The beginning of what is packed in `body`; None: it was not packed, or not so that we could unpack a part of it."""
    if coding not in _PACKED:
        return None
    try:
        return zlib.decompressobj(_ANY).decompress(body, MOST_BYTES + 1)
    except zlib.error:
        return None
