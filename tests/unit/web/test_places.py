"""Where the window is: what may stand in `[web]`."""

import pytest

from web.places import local_url, parse_listen, parse_public_url


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("127.0.0.1:8420", ("127.0.0.1", 8420)),
        ("[::1]:80", ("::1", 80)),
        (" desk.internal:65535 ", ("desk.internal", 65535)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
    ],
)
def test_host_and_port(text, place):
    assert parse_listen(text) == place


@pytest.mark.parametrize(
    "text",
    ["", "8420", ":8420", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "::1:80", "[::1]", "http://x:80", "a b:80", "x:８０"],
)
def test_no_host_and_port(text):
    with pytest.raises(ValueError, match="write it like 127"):
        parse_listen(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://desk.example.org", "https://desk.example.org"),
        ("https://desk.example.org/", "https://desk.example.org"),
        ("http://[::1]:8420/night/", "http://[::1]:8420/night"),
    ],
)
def test_public_address(text, address):
    assert parse_public_url(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "desk.example.org", "ftp://desk.example.org", "https://", "https://x.example/?a=b", "https://x.example/#a", "https://u:p@x.example",
     "https://x.example/a b", "https://x.example/>\r\nBcc: x", "https://x.example:99999", "https://ü.example", "https://x.example/" + "a" * 300],
)  # fmt: skip
def test_no_public_address(text):
    with pytest.raises(ValueError):
        parse_public_url(text)


def test_the_address_on_this_machine():
    assert [local_url("127.0.0.1:8420"), local_url("[::1]:8420")] == ["http://127.0.0.1:8420", "http://[::1]:8420"]
