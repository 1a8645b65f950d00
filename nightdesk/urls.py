"""Addresses as people write them."""

import re
from urllib.parse import urlsplit

from storage.errors import UsageError
from storage.urls import canonical


def home_address(text: str) -> str:
    """The http(s) address that a person means: `example.org` is `https://example.org`. Raises UsageError."""
    address = text.strip()
    if "://" not in address:
        if not re.search(r"[.:]", address.partition("/")[0]):  # a word; a host of this network is meant with its scheme
            raise UsageError(f"{text!r} is not a web address; write one such as https://www.example.org/")
        address = f"https://{address}"
    if "@" in urlsplit(address).netloc:
        raise UsageError("an address with a user name or password in it is not taken; sites behind a login cannot be watched")
    try:
        canonical(address)
    except ValueError:
        raise UsageError(f"{text!r} is not a web address; write one such as https://www.example.org/") from None
    return address
