"""How alerts are worded: washed lines, times with their zone, marked words, safe links. A pure module."""

import json
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

from storage.models import AlertReason, Article, Relation

SPREAD = "outlets carry it now"
"""Behind a number, the detail of a follow-up that comes because a story has reached so many outlets."""
REWRITTEN = "an article of this story was rewritten"
"""The detail of a follow-up that comes because of an edit."""
REASONS = {
    AlertReason.NEW: "a story that this rule had not met before",
    AlertReason.FOLLOW_UP: "a story that you were told about has gone on",
    AlertReason.EDIT: "an article was changed and matches now",
    AlertReason.COMMENT: "a reader's comment matches",
    AlertReason.COUNT: "the rule's count was reached",
    AlertReason.DIGEST: "a collection of what matched",
}
RELATIONS = {
    Relation.FIRST: "first",
    Relation.COPY: "same text",
    Relation.EXCERPT: "an excerpt",
    Relation.CONTAINS: "contains this text",
    Relation.PARTIAL: "shares part of the text",
}
FIELDS = {
    "title": "In the headline",
    "body": "In the text",
    "comment": "In a reader's comment",
    "source": "Source",
    "site": "Site",
    "lang": "Language",
    "author": "Author",
    "tag": "Tag",
    "lead": "At the beginning of the text",
    "country": "Country",
    "published": "Published",
    "length": "Words in the text",
    "removed:title": "Taken out of the headline",
    "removed:lead": "Taken out of the beginning of the text",
    "removed:body": "Taken out of the text",
}

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_BREAKING = frozenset({"Cc", "Zl", "Zp"})  # controls (CR, LF, NUL …), U+2028, U+2029: a blank takes their place
_UNSEEN = frozenset({"Cf", "Cs"})  # bidirectional overrides, byte order marks, tags; lone surrogates: dropped
_JOINERS = "\u200c\u200d"  # of the second kind, but scripts and emoji need them
_MOST_WORDS = 50
# Scripts that are written without blanks between words (Thai to Myanmar, Khmer, Han and kana).
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x2E80, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)


def one_line(text: str, longest: int = 1000) -> str:
    """The text as one line of at most `longest` characters that cannot break, reverse or hide what stands around it.

    A cut is shown by "…".
    """
    text = text[: 4 * longest]  # a hostile 10 MB headline is not read to its end
    line = " ".join("".join(map(_seen, text)).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def washed_piece(text: str, longest: int | None = None) -> str:
    """A piece of a line, washed as `one_line` does it, with a blank at its ends where it has one: pieces are put together."""
    line = one_line(text, longest or max(1, len(text)))
    if not line:
        return " " if text[:1].isspace() else ""
    return f"{' ' if text[0].isspace() else ''}{line}{' ' if text[-1].isspace() else ''}"


def when(instant: datetime | None) -> str:
    """An instant for people, with its zone: "12 Jan 2018, 09:30 UTC"; "undated" for None."""
    if instant is None:
        return "undated"
    utc = instant.astimezone(UTC)
    return f"{utc.day} {_MONTHS[utc.month - 1]} {utc.year}, {utc:%H:%M} UTC"


def dated(article: Article) -> str:
    """When an article was published; of one that does not say it, when it was first seen."""
    if article.published is None:
        return f"undated, seen {when(article.first_seen)}"
    return when(article.published)


def stamp(instant: datetime | None) -> str | None:
    """An instant for machines: "2018-01-12T09:30:00Z" (RFC 3339, UTC)."""
    return None if instant is None else f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def json_bytes(body: dict[str, Any]) -> bytes:
    """The object as compact UTF-8 JSON: the bytes that are sent and signed."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def web_address(url: str) -> str | None:
    """The address as ASCII without blanks if it is one that may be linked (http or https), else None."""
    safe = quote(one_line(url, 4000).replace(" ", "%20"), safe="!#$%&'()*+,/:;=?@[]~")
    try:
        parts = urlsplit(safe)
    except ValueError:
        return None
    return safe if parts.scheme in {"http", "https"} and parts.hostname else None


def marked(sentence: str, words: Iterable[str]) -> list[tuple[str, bool]]:
    """The sentence in pieces, each with whether it is one of the words; case and accents do not count."""
    folded, origin = _fold(sentence)
    hits = [False] * len(sentence)
    for word in list(words)[:_MOST_WORDS]:
        sought = _fold(" ".join(word.split()))[0].strip()
        start = folded.find(sought) if sought else -1
        while start >= 0:
            end = start + len(sought)
            if _edge(folded, start) and _edge(folded, end):
                first, last = origin[start], origin[end - 1]
                hits[first : last + 1] = [True] * (last + 1 - first)
            start = folded.find(sought, end)
    return _pieces(sentence, hits)


def _pieces(sentence: str, hits: list[bool]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    start = 0
    for end in range(1, len(sentence) + 1):
        if end == len(sentence) or hits[end] != hits[start]:
            pieces.append((sentence[start:end], hits[start]))
            start = end
    return pieces


def _fold(text: str) -> tuple[str, list[int]]:
    folded: list[str] = []
    origin: list[int] = []
    for index, each in enumerate(text):
        for part in unicodedata.normalize("NFKD", each).casefold():
            if not unicodedata.combining(part):
                folded.append(part)
                origin.append(index)
    return "".join(folded), origin


def _edge(text: str, at: int) -> bool:
    if at in {0, len(text)}:
        return True
    left, right = text[at - 1], text[at]
    if not (left.isalnum() and right.isalnum()):
        return True
    return any(low <= ord(each) <= high for each in (left, right) for low, high in _UNSPACED)


def _seen(char: str) -> str:
    category = unicodedata.category(char)
    if category in _BREAKING:
        return " "
    return "" if category in _UNSEEN and char not in _JOINERS else char
