"""Occurrences → the evidence that people and machines are shown. A pure module."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from storage.language.pieces import Text
from storage.language.syntax import Field
from storage.language.texts import FieldText, Hit
from storage.models import Evidence
from storage.tokens import invisible

MOST_EVIDENCE = 10
"""Pieces of evidence kept of one match."""
LONGEST_SENTENCE = 300
"""Characters of the sentence around the words."""
REMOVED = "removed:"
"""Before the name of a field whose text is that of the version before: words that an edit took."""

_ORDER = {field: number for number, field in enumerate(Field)}


@dataclass(frozen=True, slots=True)
class Found:
    """The occurrences of one leaf in one text, ascending; none for a fact such as a host, which is the whole text."""

    text: Text
    hits: list[Hit]


def evidence_of(found: Iterable[Found]) -> tuple[Evidence, ...]:
    """At most MOST_EVIDENCE occurrences: the first of each leaf before the second of any; then in reading order."""
    places: dict[tuple[str, str, int, int], Evidence] = {}
    for field, text, hit in _by_turns(found):
        start, end = _span(text, hit)
        place = (field, text.text, start, end)
        if place not in places:
            places[place] = Evidence(field, _words(text, hit), sentence(text, start, end), start, end)
            if len(places) == MOST_EVIDENCE:
                break
    return tuple(sorted(places.values(), key=lambda each: (_order(each.field), each.start, each.end)))


def _by_turns(found: Iterable[Found]) -> Iterator["_Place"]:
    """The first of each, then the second of each; no more is asked for than is taken."""
    rows: dict[int, tuple[Found, list[_Place]]] = {}  # what comes again adds nothing
    for each in found:
        if id(each) not in rows:
            row = _row(each)
            yield row[0]
            rows[id(each)] = each, row[1:]
    for round_ in zip_longest(*[row for _, row in rows.values()]):
        yield from (picked for picked in round_ if picked is not None)


def _order(field: str) -> tuple[bool, int]:
    name = field.removeprefix(REMOVED)
    return name != field, _ORDER[Field(name)]


_Place = tuple[str, FieldText, Hit | None]  # field, text, occurrence; None: all of it


def _row(found: Found) -> list[_Place]:
    base = found.text.base
    field = f"{REMOVED}{found.text.name}" if base.old else found.text.name.value
    if not found.hits:
        return [(field, base, None)]
    return [(field, base, hit) for hit in found.hits[:MOST_EVIDENCE]]


def sentence(text: FieldText, start: int, end: int) -> str:
    """The sentence around characters `start` to `end`, or the LONGEST_SENTENCE characters around them, without blanks."""
    spans = text.sentence_spans
    left, right = max(0, start - LONGEST_SENTENCE), min(len(text.text), end + LONGEST_SENTENCE)
    first = bisect_right(spans, start, key=lambda span: span[0]) - 1
    if first >= 0:
        left = max(left, spans[first][0])
    last = bisect_left(spans, end, key=lambda span: span[1])
    if last < len(spans):
        right = min(right, spans[last][1])
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
        if spans and all(map(invisible, text.text[spans[-1][1] : start])):
            start = spans.pop()[0]
        spans.append((start, end))
    return tuple(text.text[start:end] for start, end in spans)
