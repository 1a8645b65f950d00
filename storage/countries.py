"""Countries: their codes (ISO 3166-1), and the one that a host name tells. A pure module."""

from storage.errors import UsageError

# Codes under which anybody registers, whatever the country that ISO 3166-1 gives them to.
_FOR_ALL = frozenset(
    [
        "ac",
        "ai",
        "am",
        "as",
        "bz",
        "cc",
        "cd",
        "co",
        "dj",
        "fm",
        "gg",
        "gl",
        "io",
        "je",
        "la",
        "ly",
        "me",
        "ms",
        "mu",
        "nu",
        "pw",
        "sc",
        "sh",
        "sx",
        "tk",
        "tl",
        "to",
        "tv",
        "vc",
        "vu",
        "ws",
    ]
)
_NO_COUNTRY = frozenset({"eu", "su"})


def country_code(text: str) -> str:
    """A country code as people write it, in its one spelling; raises UsageError for what is none."""
    code = text.strip().casefold()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise UsageError(f"{text[:20]!r} is no country code; write two letters, such as de")
    return "gb" if code == "uk" else code


def country_of(host: str) -> str:
    """The country code (ISO 3166-1, in small letters) of a host's last label; empty where that tells none."""
    label = host.partition(":")[0].rstrip(".").rpartition(".")[2]
    if label == "uk":
        return "gb"
    return label if len(label) == 2 and label.isalpha() and label not in _FOR_ALL | _NO_COUNTRY else ""
