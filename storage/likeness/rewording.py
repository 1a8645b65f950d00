"""What changed inside a text, word by word, so that a person can read it. A pure module.

The shortest list of edits is seldom the clearest: two sentences with nothing in common but "the" and "of" share these. So
a short run of common words between long edits is given up, and an insertion that could stand in several places stands where
a sentence begins.
"""

from dataclasses import dataclass

from storage.likeness.alignment import Effort, Run, aligned
from storage.likeness.date_lines import dateline_end, is_about_time
from storage.likeness.paragraphs import Words, words_of

_SHORT = 3  # words in common that may be given up
_SLIDE = 60  # words that an insertion is moved at most
_ENDS = ".!?…。！？।؟"
_PAUSES = ",;:—–、，；："


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed (`same`; case and punctuation may differ), or was `old` and is `new`."""

    old: str
    new: str
    same: bool


def reworded(old: str, new: str, effort: Effort | None = None) -> tuple[Piece, ...]:
    """The two texts in pieces: their `old` sides joined are the old text, their `new` sides the new one."""
    ours, theirs = words_of(old), words_of(new)
    runs = aligned(ours.keys, theirs.keys, effort)
    runs = _slid(_readable(runs, ours, theirs), ours, theirs)
    return _without_datelines(tuple(_pieces(runs, ours, theirs)), old, new)


def changed(pieces: tuple[Piece, ...]) -> bool:
    """Whether any word differs."""
    return any(not piece.same for piece in pieces)


def kept(pieces: tuple[Piece, ...]) -> float:
    """The share of both texts' characters that stayed, 0 to 1."""
    every = sum(len(piece.old) + len(piece.new) for piece in pieces)
    return sum(len(piece.old) + len(piece.new) for piece in pieces if piece.same) / every if every else 1.0


def _readable(runs: list[Run], ours: Words, theirs: Words) -> list[Run]:
    """The runs without short ones that stand between edits longer than they are, on both sides."""
    stops = [*runs, Run(len(ours.keys), len(theirs.keys), 0)]
    settled: list[Run] = []
    for stop in stops:
        while settled and _is_lost(settled, stop, ours, theirs):
            settled.pop()
        settled.append(stop)
    return [run for run in settled if run.length]


def _is_lost(settled: list[Run], after: Run, ours: Words, theirs: Words) -> bool:
    run = settled[-1]
    if run.length > _SHORT:
        return False
    before = settled[-2] if len(settled) > 1 else Run(0, 0, 0)
    length = _width(theirs, run.new, run.new + run.length)
    left = max(_width(ours, before.old + before.length, run.old), _width(theirs, before.new + before.length, run.new))
    right = max(_width(ours, run.old + run.length, after.old), _width(theirs, run.new + run.length, after.new))
    return length <= left and length <= right


def _width(words: Words, first: int, end: int) -> int:
    """The characters from word `first` to before word `end`."""
    return words.ends[end - 1] - words.starts[first] if end > first else 0


def _slid(runs: list[Run], ours: Words, theirs: Words) -> list[Run]:
    """The runs with each pure insertion or removal moved to where it reads best among the places where it may stand."""
    runs = list(runs)
    for at in range(1, len(runs)):
        before, after = runs[at - 1], runs[at]
        inserted = before.old + before.length == after.old
        removed = before.new + before.length == after.new
        if inserted == removed:
            continue
        words, start, end = (
            (theirs, before.new + before.length, after.new) if inserted else (ours, before.old + before.length, after.old)
        )
        step = _best_step(words, start, end, before.length - 1, after.length - 1)
        runs[at - 1] = before._replace(length=before.length + step)
        runs[at] = Run(after.old + step, after.new + step, after.length - step)
    return runs


def _best_step(words: Words, start: int, end: int, left: int, right: int) -> int:
    """By how many words the stretch from `start` to `end` is best moved: at most `left` back and `right` on."""
    keys = words.keys
    back = 0
    while back < min(left, _SLIDE) and keys[start - back - 1] == keys[end - back - 1]:
        back += 1
    on = 0
    while on < min(right, _SLIDE) and keys[start + on] == keys[end + on]:
        on += 1
    return max(range(-back, on + 1), key=lambda step: (_pause(words, start + step) + _pause(words, end + step), -abs(step)))


def _pause(words: Words, at: int) -> int:
    """How well a stretch begins or ends before word `at`: at a paragraph, a sentence, a pause, or within."""
    if at in (0, len(words.keys)):
        return 3
    between = words.text[words.ends[at - 1] : words.starts[at]]
    if "\n" in between or words.keys[at].startswith("\n"):
        return 3
    return 2 if any(sign in between for sign in _ENDS) else 1 if any(sign in between for sign in _PAUSES) else 0


def _pieces(runs: list[Run], ours: Words, theirs: Words) -> list[Piece]:
    pieces: list[Piece] = []
    word, other, at, at_other = 0, 0, 0, 0  # words and characters that are done
    for run in [*runs, Run(len(ours.keys), len(theirs.keys), 0)]:
        ends = run.length == 0
        begin = len(ours.text) if ends else ours.starts[run.old]
        begin_other = len(theirs.text) if ends else theirs.starts[run.new]
        between = ours.text[at:begin], theirs.text[at_other:begin_other]
        if run.old > word or run.new > other:
            spared = _spared(ours, word, run.old, at, begin), _spared(theirs, other, run.new, at_other, begin_other)
            _add_edit(pieces, between, spared)
        else:
            _add(pieces, Piece(*between, same=True))
        if not ends:
            at, at_other = ours.ends[run.old + run.length - 1], theirs.ends[run.new + run.length - 1]
            _add(pieces, Piece(ours.text[begin:at], theirs.text[begin_other:at_other], same=True))
            word, other = run.old + run.length, run.new + run.length
    return pieces


def _spared(words: Words, first: int, end: int, start: int, stop: int) -> tuple[int, int]:
    """How many characters stand before the first word of a stretch of text, and how many after its last one."""
    if first == end:
        return stop - start, stop - start
    return words.starts[first] - start, stop - words.ends[end - 1]


def _add_edit(pieces: list[Piece], between: tuple[str, str], spared: tuple[tuple[int, int], tuple[int, int]]) -> None:
    """An edit, without the blanks and signs that both sides begin or end with."""
    old, new = between
    head = 0
    while head < min(spared[0][0], spared[1][0]) and old[head] == new[head]:
        head += 1
    most = min(spared[0][1], spared[1][1], len(old) - head, len(new) - head)
    tail = 0
    while tail < most and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    _add(pieces, Piece(old[:head], new[:head], same=True))
    _add(pieces, Piece(old[head : len(old) - tail], new[head : len(new) - tail], same=False))
    _add(pieces, Piece(old[len(old) - tail :], new[len(new) - tail :], same=True))


def _add(pieces: list[Piece], piece: Piece) -> None:
    """Add a piece, to the last one if that is of its kind."""
    if not (piece.old or piece.new):
        return
    if pieces and pieces[-1].same is piece.same:
        last = pieces.pop()
        piece = Piece(last.old + piece.old, last.new + piece.new, same=piece.same)
    pieces.append(piece)


def _without_datelines(pieces: tuple[Piece, ...], old: str, new: str) -> tuple[Piece, ...]:
    """The pieces, with a changed date in front of the report ("PARIS, March 3 (Wire) — ") counted as the same."""
    ends = dateline_end(old), dateline_end(new)
    if not all(ends):
        return pieces
    counted: list[Piece] = []
    at, at_other = 0, 0
    for piece in pieces:
        at, at_other = at + len(piece.old), at_other + len(piece.new)
        inside = at <= ends[0] and at_other <= ends[1]
        dated = inside and is_about_time(words_of(piece.old).keys + words_of(piece.new).keys)
        _add(counted, Piece(piece.old, piece.new, same=piece.same or dated))
    return tuple(counted)
