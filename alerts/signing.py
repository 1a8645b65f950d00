"""Signatures of webhooks after Standard Webhooks (standardwebhooks.com), symmetric form `v1`. A pure module."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable

_PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes; the specification's bounds
_MOST = 2  # secrets at a time: the new one, and the one that it replaces


def secret_key(secret: str) -> bytes:
    """The key in a secret written as `whsec_` and base64 of 24 to 64 bytes; the prefix and the padding may be missing.

    Raises ValueError, which never repeats the secret, for anything else: what is not base64 would be read
    differently by every receiver's library.
    """
    encoded = secret.strip().removeprefix(_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise ValueError(
            "the secret is not whsec_ followed by base64 of 24 to 64 bytes; "
            'make one with: echo "whsec_$(openssl rand -base64 32)"'
        )
    return key


def secret_keys(secrets: str) -> tuple[bytes, ...]:
    """The keys of a secret, or of two with white space between them, the newest first, as written while one replaces the other.

    Raises ValueError, which never repeats a secret, where one is none (`secret_key`), and for more than two.
    """
    keys = tuple(map(secret_key, secrets.split() or [""]))
    if len(keys) > _MOST:
        raise ValueError("these are more than two secrets; keep the new one and the one that it replaces")
    return keys


def signatures(keys: Iterable[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` header: an entry for each key, in their order; a receiver takes the message if one is right."""
    return " ".join(signature(key, message_id, timestamp, body) for key in keys)


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """One entry of the `webhook-signature` header: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.

    `timestamp` is in whole Unix seconds, as in `webhook-timestamp`. Entries for several keys are joined by a blank.
    Raises ValueError for an id with a full stop, which would make the signed text ambiguous.
    """
    if "." in message_id:
        raise ValueError(f"message id {message_id!r} holds a full stop; use letters, digits, - and _")
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
