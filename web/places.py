"""Where the window is: the address that it listens on, and the one under which people reach it. A pure module."""

import re
from urllib.parse import urlsplit

_LISTEN = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)):(?P<port>[0-9]{1,5})"
)
_LONGEST = 300  # characters of a public address: a header holds it with a token, on one line of at most 998
_FORBIDDEN = re.compile(r"[^!-~]|[<>\"\\^`{|}]")  # in an address (RFC 3986), and in a header between < and >


def parse_listen(text: str) -> tuple[str, int]:
    """Host and port of `127.0.0.1:8420`, `[::1]:8420` or `desk.internal:8420`; ValueError that says how to write it."""
    found = _LISTEN.fullmatch(text.strip())
    if not found or not 0 < int(found["port"]) < 2**16:
        raise ValueError(f"is {text!r}, which is no host and port; write it like 127.0.0.1:8420 or [::1]:8420")
    return found["six"] or found["host"], int(found["port"])


def parse_public_url(text: str) -> str:
    """The address without a slash at its end; ValueError when it is none that links can begin with."""
    try:
        parts = urlsplit(text.strip())
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        whole = False
        parts = urlsplit("")
    if not whole or parts.query or parts.fragment or parts.username is not None or _FORBIDDEN.search(text.strip()):
        raise ValueError(f"is {text!r}, which links cannot begin with; write it like https://desk.example.org")
    if len(text) > _LONGEST:
        raise ValueError(f"has {len(text)} characters; choose an address of at most {_LONGEST}")
    return text.strip().rstrip("/?#")


def local_url(listen: str) -> str:
    """The address by which a browser on this machine reaches what listens there."""
    host, port = parse_listen(listen)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
