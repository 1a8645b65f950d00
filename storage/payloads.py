"""What is kept of a page's answer: the noun, Capture, and its body, packed as one Zstandard frame. A pure module.

`docs/decisions/raw-responses.md` has the numbers. The library is the standard library's own, which Python 3.14 brings
and `backports.zstd` gives to those before it.
"""

import hashlib
import sys
from dataclasses import dataclass
from datetime import datetime

from storage.models import Reason

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 6  # beyond it, a page costs more time than it saves room
_LEAST_BASE = 8  # bytes; a shorter one the library refuses
_SHORTEST_REACH, _LONGEST_REACH = 10, 27  # powers of two, in bytes; more than the second no decoder takes unasked


@dataclass(frozen=True, slots=True)
class Capture:
    """A page's answer as it was received, kept for a source whose `keep` is raw. Its body is handed around apart."""

    url: str  # that was asked for
    final_url: str  # that answered, after redirects
    status: int
    headers: tuple[tuple[str, str], ...]  # as received; those of the body's codings too, though it is kept without them
    fetched: datetime
    source_id: int
    protocol: str = "HTTP/1.1"
    ip: str | None = None
    id: int = 0
    digest: str = ""  # SHA-256 of the body, in hex
    size: int = 0  # of the body, in bytes
    page_id: int | None = None
    article_id: int | None = None  # None: it gave none
    version_id: int | None = None  # the version that it was read as
    refused: Reason | None = None  # why it gave no article

    def header(self, name: str) -> str | None:
        """The first value of a header, or None."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)


def pack(body: bytes, base: bytes = b"") -> bytes:
    """The body, compressed; with a `base`, as what distinguishes it from that: an earlier state of the same page."""
    if len(base) < _LEAST_BASE:
        return zstd.compress(body, _LEVEL)
    reach = min(max((len(base) + len(body)).bit_length(), _SHORTEST_REACH), _LONGEST_REACH)  # back over body and base
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: _LEVEL,
        zstd.CompressionParameter.window_log: reach,
        zstd.CompressionParameter.enable_long_distance_matching: 1,  # or nothing is found beyond a MB or two
    }
    return zstd.compress(body, options=options, zstd_dict=_prefix(base))


def unpack(packed: bytes, base: bytes = b"") -> bytes:
    """The body that `pack` was given with this base; raises ValueError for what it did not make."""
    try:
        return zstd.decompress(packed, zstd_dict=_prefix(base) if len(base) >= _LEAST_BASE else None)
    except zstd.ZstdError as error:
        raise ValueError(f"not a packed body: {error}") from error


def _prefix(base: bytes) -> tuple[zstd.ZstdDict, int]:
    """The base as what stands before a body."""
    return zstd.ZstdDict(base, is_raw=True).as_prefix


def digest_of(body: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()
