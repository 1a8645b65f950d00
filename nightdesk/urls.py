"""Addresses as people write them."""

from storage.errors import UsageError
from storage.urls import canonical


def home_address(text: str) -> str:
    """The http(s) address that a person means: `example.org` is `https://example.org`. Raises UsageError."""
    address = text.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        canonical(address)
    except ValueError:
        raise UsageError(f"{text!r} is not a web address; write one such as https://www.example.org/") from None
    return address
