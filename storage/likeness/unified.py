"""The difference of two versions as lines of a unified diff, for programs: - went, + came, a paragraph a line. A pure module.

The first line of a version is its title. Paragraphs of the same words are the same line, and so are lines that tell nothing but
a date.
"""

from collections.abc import Iterator

from storage.likeness.alignment import Run, aligned
from storage.likeness.date_lines import dateline_end, is_about_time, is_date_line
from storage.likeness.paragraphs import Paragraph, paragraphs, words_of
from storage.models import Version

_DATE = ("",)  # the key of a line that only tells a date


def unified(old: Version, new: Version) -> list[str]:
    """The lines, with one line around each change; none where the words stayed."""
    ours, theirs = _lines(old), _lines(new)
    runs = aligned([_key(line) for line in ours], [_key(line) for line in theirs])
    edits = [
        edit
        for edit in _edits([*runs, Run(len(ours), len(theirs), 0)])
        if not all(is_date_line(line.text) for line in (*ours[edit[0] : edit[1]], *theirs[edit[2] : edit[3]]))
    ]
    if not edits:
        return []
    lines = [f"--- version {old.number}", f"+++ version {new.number}"]
    for hunk in _hunks(edits):
        lines += _hunk(hunk, [line.text for line in ours], [line.text for line in theirs])
    return lines


def _lines(version: Version) -> list[Paragraph]:
    return [Paragraph(version.title, words_of(version.title).keys), *paragraphs(version.text)]


def _key(line: Paragraph) -> tuple[str, ...]:
    """What makes a line the same: its words, but for the date in front of a report."""
    if is_date_line(line.text):
        return _DATE
    end = dateline_end(line.text)
    if not end:
        return line.key
    head = tuple(word for word in words_of(line.text[:end]).keys if not is_about_time((word,)))
    return (*head, *words_of(line.text[end:]).keys)


_Edit = tuple[int, int, int, int]  # old lines from, to; new lines from, to


def _edits(runs: list[Run]) -> Iterator[_Edit]:
    at, other = 0, 0
    for run in runs:
        if run.old > at or run.new > other:
            yield at, run.old, other, run.new
        at, other = run.old + run.length, run.new + run.length


def _hunks(edits: list[_Edit]) -> Iterator[list[_Edit]]:
    """Edits with at most two lines between them, together."""
    hunk: list[_Edit] = []
    for edit in edits:
        if hunk and edit[0] - hunk[-1][1] > 2:
            yield hunk
            hunk = []
        hunk.append(edit)
    yield hunk


def _hunk(edits: list[_Edit], ours: list[str], theirs: list[str]) -> Iterator[str]:
    first, last = edits[0], edits[-1]
    head = min(1, first[0], first[2])
    tail = min(1, len(ours) - last[1], len(theirs) - last[3])
    yield f"@@ -{_span(first[0] - head, last[1] + tail)} +{_span(first[2] - head, last[3] + tail)} @@"
    yield from (f" {line}" for line in theirs[first[2] - head : first[2]])
    at = first[2]
    for old, old_end, new, new_end in edits:
        yield from (f" {line}" for line in theirs[at:new])
        yield from (f"-{line}" for line in ours[old:old_end])
        yield from (f"+{line}" for line in theirs[new:new_end])
        at = new_end
    yield from (f" {line}" for line in theirs[at : at + tail])


def _span(start: int, end: int) -> str:
    """Lines from `start` to before `end`, as GNU diff writes them: counted from 1, no count where it is one."""
    length = end - start
    return f"{start + 1}" if length == 1 else f"{start + 1 if length else start},{length}"
