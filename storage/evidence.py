"""Occurrences → the evidence that people and machines are shown. A pure module."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import zip_longest

from storage.models import Evidence
from storage.prepared import FieldText, Hit
from storage.syntax import Field

MOST_EVIDENCE = 10
"""Pieces of evidence kept of one match."""
LONGEST_SENTENCE = 300
"""Characters of the sentence around the words."""

_ORDER = {field: number for number, field in enumerate(Field)}


@dataclass(frozen=True, slots=True)
class Found:
    """The occurrences of one leaf in one text, ascending; none for a fact such as a host, which is the whole text."""

    text: FieldText
    hits: list[Hit]


def evidence_of(found: list[Found]) -> tuple[Evidence, ...]:
    """At most MOST_EVIDENCE occurrences: the first of each leaf before the second of any; then in reading order."""
    places: dict[tuple[Field, str, int, int], Evidence] = {}
    rows = [_row(each) for each in found]
    for round_ in zip_longest(*rows):
        for picked in round_:
            if picked is None or len(places) == MOST_EVIDENCE:
                continue
            text, hit = picked
            start, end = _span(text, hit)
            place = (text.name, text.text, start, end)
            if place not in places:
                places[place] = Evidence(text.name.value, _words(text, hit), sentence(text, start, end), start, end)
    return tuple(sorted(places.values(), key=lambda each: (_ORDER[Field(each.field)], each.start, each.end)))


def _row(found: Found) -> list[tuple[FieldText, Hit | None]]:
    if not found.hits:
        return [(found.text, None)]
    return [(found.text, hit) for hit in found.hits[:MOST_EVIDENCE]]


def sentence(text: FieldText, start: int, end: int) -> str:
    """The sentence around characters `start` to `end`, or the LONGEST_SENTENCE characters around them, without blanks."""
    breaks = text.breaks
    left = max(0, start - LONGEST_SENTENCE)
    before = bisect_right(breaks, start) - 1
    if before >= 0:
        left = max(left, breaks[before])
    right = min(len(text.text), end + LONGEST_SENTENCE)
    after = bisect_left(breaks, end)
    if after < len(breaks):
        right = min(right, breaks[after])
    if right - left > LONGEST_SENTENCE:
        left, right = _shortened(text.text, left, right, start, end)
    return text.text[left:right].strip()


def _shortened(text: str, left: int, right: int, start: int, end: int) -> tuple[int, int]:
    """At most LONGEST_SENTENCE characters of `left` to `right` around the words, cut at blanks where there are some."""
    spare = LONGEST_SENTENCE - (end - start)
    if spare <= 0:
        return start, start + LONGEST_SENTENCE
    first = max(left, min(start - spare // 2, right - LONGEST_SENTENCE))
    last = min(right, first + LONGEST_SENTENCE)
    if first > left:
        blank = text.find(" ", first, start)
        first = blank + 1 if blank >= 0 else first
    if last < right:
        blank = text.rfind(" ", end, last)
        last = blank if blank >= 0 else last
    return first, last


def _span(text: FieldText, hit: Hit | None) -> tuple[int, int]:
    if hit is None:
        return 0, len(text.text)
    return text.tokens.starts[hit.first], text.tokens.ends[hit.last]


def _words(text: FieldText, hit: Hit | None) -> tuple[str, ...]:
    """The words as they stand in the text; what touches, such as the characters of a Chinese name, is one word."""
    if hit is None:
        return (text.text,)
    spans: list[tuple[int, int]] = []
    for number in range(hit.first, hit.last + 1):
        start, end = text.tokens.starts[number], text.tokens.ends[number]
        if spans and start <= spans[-1][1]:
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(text.text[start:end] for start, end in spans)
