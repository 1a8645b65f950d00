"""What two sequences have in common, in order: bounded, whatever the input. A pure module.

Short sequences are aligned by the greedy algorithm of E. W. Myers, "An O(ND) Difference Algorithm and Its Variations"
(1986); long ones first at the elements that occur once in both ("patience"), which cuts them into short ones. Myers' way is
quadratic for sequences that have little in common, so it may only take so many steps: after them the furthest place that it
has reached is settled, and it goes on from there. The result is then still true, but not always the shortest.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

STEPS = 2_000_000  # of Myers' inner loop: about one second of CPU
_LARGE = 4_000  # elements of both sides, from which on unique elements are looked for first
_DEPTH = 6  # how often in a row they are looked for: each time costs a walk over all elements
_LEAST, _MOST = 8, 600  # edits that are looked ahead before a place is settled


class Run(NamedTuple):
    """`length` equal elements, from `old` in the old sequence and `new` in the new one."""

    old: int
    new: int
    length: int


class Region(NamedTuple):
    """A stretch of both sequences: from (included), to (excluded)."""

    old: int
    old_end: int
    new: int
    new_end: int


@dataclass(slots=True)
class Effort:
    """How many steps are left for all that shares it: one comparison of two texts."""

    left: int = STEPS


def aligned(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort | None = None) -> list[Run]:
    """The runs of equal elements that both sequences have in the same order: ascending, apart, none touching the next."""
    numbers: dict[Hashable, int] = {}
    a = [numbers.setdefault(each, len(numbers)) for each in old]
    b = [numbers.setdefault(each, len(numbers)) for each in new]
    effort = effort or Effort()
    found = sorted(_split(a, b, effort))
    return list(_joined(found))


def _split(a: list[int], b: list[int], effort: Effort) -> Iterator[Run]:
    """Runs in no order; a stack in place of recursion, because texts may be deeply nested."""
    waiting = [(Region(0, len(a), 0, len(b)), 0)]
    while waiting:
        region, depth = waiting.pop()
        head, region, tail = _trimmed(a, b, region)
        yield from (run for run in (head, tail) if run.length)
        size = region.old_end - region.old + region.new_end - region.new
        if region.old == region.old_end or region.new == region.new_end:
            continue
        anchors = _anchors(a, b, region) if size > _LARGE and depth < _DEPTH else []
        if not anchors:
            yield from _greedy(a, b, region, effort)
            continue
        at, other = region.old, region.new
        for place, counterpart in anchors:
            yield Run(place, counterpart, 1)
            waiting.append((Region(at, place, other, counterpart), depth + 1))
            at, other = place + 1, counterpart + 1
        waiting.append((Region(at, region.old_end, other, region.new_end), depth + 1))


def _trimmed(a: list[int], b: list[int], region: Region) -> tuple[Run, Region, Run]:
    """What a region's sides begin with together, what is left, and what they end with together."""
    at, end, other, other_end = region
    while at < end and other < other_end and a[at] == b[other]:
        at += 1
        other += 1
    while at < end and other < other_end and a[end - 1] == b[other_end - 1]:
        end -= 1
        other_end -= 1
    head = Run(region.old, region.new, at - region.old)
    return head, Region(at, end, other, other_end), Run(end, other_end, region.old_end - end)


def _anchors(a: list[int], b: list[int], region: Region) -> list[tuple[int, int]]:
    """The most elements that occur once on each side of a region and stand in the same order: places in both."""
    ours, theirs = Counter(a[region.old : region.old_end]), Counter(b[region.new : region.new_end])
    where = {b[at]: at for at in range(region.new, region.new_end) if theirs[b[at]] == 1}
    pairs = [(at, where[a[at]]) for at in range(region.old, region.old_end) if ours[a[at]] == 1 and a[at] in where]
    ends: list[int] = []  # the smallest counterpart that ends a chain of each length
    chains: list[int] = []  # the pair that it belongs to
    before: list[int] = []
    for number, (_, counterpart) in enumerate(pairs):
        length = bisect_left(ends, counterpart)
        before.append(chains[length - 1] if length else -1)
        ends[length : length + 1] = [counterpart]
        chains[length : length + 1] = [number]
    found = []
    at = chains[-1] if chains else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _greedy(a: list[int], b: list[int], region: Region, effort: Effort) -> Iterator[Run]:
    """Myers' way through a region, in stages where it would take too long at once."""
    at, end, other, other_end = region
    while at < end and other < other_end:
        ahead = max(_LEAST, min(_MOST, effort.left // (2 * (end - at + other_end - other))))
        runs, at, other = _stage(a, b, Region(at, end, other, other_end), ahead, effort)
        yield from runs


def _stage(a: list[int], b: list[int], region: Region, most: int, effort: Effort) -> tuple[list[Run], int, int]:
    """The runs on the way through a region, or on the way to the furthest place within `most` edits; and that place."""
    start, end, other, other_end = region
    width, height = end - start, other_end - other
    reached = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(most + 1):
        trail.append(dict(reached))
        for diagonal in range(-edits, edits + 1, 2):
            if diagonal < -height or diagonal > width:
                continue
            right, down = reached.get(diagonal - 1, -1) + 1, reached.get(diagonal + 1, -1)
            x = down if diagonal == -edits or (diagonal != edits and down >= right) else right
            y = x - diagonal
            begun = x
            while x < width and y < height and a[start + x] == b[other + y]:
                x += 1
                y += 1
            reached[diagonal] = x
            effort.left -= 1 + x - begun
            if x >= width and y >= height:
                return _walked(trail, diagonal, x, region), end, other_end
    inside = [(2 * x - diagonal, diagonal, x) for diagonal, x in reached.items() if x <= width and 0 <= x - diagonal <= height]
    _, diagonal, x = max(each for each in inside if (each[1] - most) % 2 == 0)
    return _walked(trail, diagonal, x, region), start + x, other + x - diagonal


def _walked(trail: list[dict[int, int]], diagonal: int, x: int, region: Region) -> list[Run]:
    """The runs on the way to a place, found by walking back."""
    runs = []
    for edit in range(len(trail) - 1, -1, -1):
        reached = trail[edit]
        right, down = reached.get(diagonal - 1, -1) + 1, reached.get(diagonal + 1, -1)
        from_above = diagonal == -edit or (diagonal != edit and down >= right)
        begun = down if from_above else right
        if x > begun:
            runs.append(Run(region.old + begun, region.new + begun - diagonal, x - begun))
        diagonal += 1 if from_above else -1
        x = begun if from_above else begun - 1
    return runs


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Runs that touch in both sequences, as one."""
    last: Run | None = None
    for run in runs:
        if last is not None and last.old + last.length == run.old and last.new + last.length == run.new:
            last = Run(last.old, last.new, last.length + run.length)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last
