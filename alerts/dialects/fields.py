"""What looks like a field in front of a word, where a dialect knows none of that name. A pure module.

Tools name fields with points, hyphens and underscores (`source.country:us`, `extra_author_attributes.gender:male`); read as
words, they would silently become phrases. Times (10:30) and addresses are none.
"""

import re
from typing import NamedTuple

_FIELD = re.compile(r"(?<!//)(?<![\w.])(?:([^\W\d][\w.-]*)|(?<!\w)):(?=([^:]*))")
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_HOST = re.compile(r"www\..+|(?:[^.]+\.)+(?:com|org|net|edu|gov|info|(?!id$|no$)[a-z]{2})", re.IGNORECASE)
_PORT = re.compile(r"[0-9]{2,5}(?:/.*)?", re.DOTALL)


class Named(NamedTuple):
    """A name before a colon, which may be empty, and its place in the word, from 0."""

    name: str
    at: int


def field_in(word: str) -> Named | None:
    """The first thing in a word without quotes that reads as a field with its colon."""
    if ":" not in word or _ADDRESS.match(word):
        return None
    for found in _FIELD.finditer(word):
        name = found[1] or ""
        if not (name and _HOST.fullmatch(name) and _PORT.fullmatch(found[2])):
            return Named(name, found.start())
    return None
