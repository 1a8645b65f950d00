"""Bodies of pages, packed for keeping: one Zstandard frame each. A pure module.

`docs/decisions/raw-responses.md` has the numbers. The library is the standard library's own, which Python 3.14 brings
and `backports.zstd` gives to those before it.
"""

import hashlib
import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 6  # beyond it, a page costs more time than it saves room


def pack(body: bytes) -> bytes:
    """The body, compressed."""
    return zstd.compress(body, _LEVEL)


def unpack(packed: bytes) -> bytes:
    """The body that `pack` was given; raises ValueError for anything else."""
    try:
        return zstd.decompress(packed)
    except zstd.ZstdError as error:
        raise ValueError(f"not a packed body: {error}") from error


def digest_of(body: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(body).hexdigest()
