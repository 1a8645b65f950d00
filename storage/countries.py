"""The country that a host name tells. A pure module."""

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


def country_of(host: str) -> str:
    """The country code (ISO 3166-1, in small letters) of a host's last label; empty where that tells none."""
    label = host.partition(":")[0].rstrip(".").rpartition(".")[2]
    if label == "uk":
        return "gb"
    return label if len(label) == 2 and label.isalpha() and label not in _FOR_ALL | _NO_COUNTRY else ""
