"""What one version of an article changed of another: the title, then paragraph by paragraph, then word by word. A pure module.

Every word of both versions stands in one place of a `Difference`: its blocks' pieces in the order of the old paragraphs are the
old text, in the order of the new ones the new text, but for the blanks between paragraphs. The cost is bounded, whatever the
texts are (`storage.likeness.alignment`).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from storage.likeness.alignment import Effort
from storage.likeness.date_lines import is_date_line
from storage.likeness.paragraphs import BREAK, Pairing, Paragraph, linked, paragraphs
from storage.likeness.rewording import Piece, changed, reworded
from storage.models import Version
from storage.words import ParagraphChange


@dataclass(frozen=True, slots=True)
class Block:
    """Paragraphs that belong together, by number from 1 in each version, and what became of them."""

    change: ParagraphChange
    old: tuple[int, ...]
    new: tuple[int, ...]
    pieces: tuple[Piece, ...]
    moved: bool = False

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell of it."""
        return self.change in (ParagraphChange.SAME, ParagraphChange.DATED) and not self.moved


@dataclass(frozen=True, slots=True)
class Difference:
    """What `new` changed of `old`. `title` is empty where its words stayed."""

    old: Version
    new: Version
    title: tuple[Piece, ...]
    blocks: tuple[Block, ...]

    @property
    def empty(self) -> bool:
        """Whether the two say the same."""
        return not self.title and all(block.quiet for block in self.blocks)


def difference(old: Version, new: Version) -> Difference:
    """What `new` changed of `old`, in the order of the new text; what was removed stands where it was."""
    effort = Effort()
    title = reworded(old.title, new.title, effort)
    before, after = paragraphs(old.text), paragraphs(new.text)
    links = linked(before, after, effort)
    staying = _in_order(links, before)
    blocks = [_block(link, before, after, effort, moved=link not in staying) for link in _placed(links, staying, before, after)]
    return Difference(old, new, title if changed(title) else (), tuple(blocks))


def _in_order(links: Sequence[Pairing], before: Sequence[Paragraph]) -> frozenset[Pairing]:
    """The links that stand in the same order on both sides, as many words as possible: the others moved."""
    ranks = sorted(link.old[0] for link in links)
    best = [(0, -1)] * (len(ranks) + 1)  # a Fenwick tree: the heaviest chain that ends up to each old place
    ordered = sorted(links, key=lambda link: link.new[0])
    came_from: list[int] = []
    for number, link in enumerate(ordered):
        rank = bisect_left(ranks, link.old[0])
        weight, last = _heaviest(best, rank)
        came_from.append(last)
        total = weight + 1 + sum(len(before[at].words) for at in link.old)
        at = rank + 1
        while at < len(best):
            best[at] = max(best[at], (total, number))
            at += at & -at
    staying = []
    _, number = _heaviest(best, len(ranks))
    while number >= 0:
        staying.append(ordered[number])
        number = came_from[number]
    return frozenset(staying)


def _heaviest(best: Sequence[tuple[int, int]], rank: int) -> tuple[int, int]:
    found = (0, -1)
    while rank > 0:
        found = max(found, best[rank])
        rank -= rank & -rank
    return found


def _placed(
    links: Iterable[Pairing], staying: frozenset[Pairing], before: Sequence[Paragraph], after: Sequence[Paragraph]
) -> Iterator[Pairing]:
    """Every paragraph of both sides in a link, in the order of reading; a link without a side is an addition or removal."""
    links = list(links)
    taken = {at for link in links for at in link.old}
    removed = [at for at in range(len(before)) if at not in taken]
    starts = {link.new[0]: link for link in links}
    covered = {at for link in links for at in link.new}
    gone = 0
    held: list[Pairing] = []  # what came since the last paragraph that stayed: it follows what was removed there
    for at in range(len(after) + 1):
        link = starts.get(at)
        if at == len(after) or link in staying:
            first_old = link.old[0] if link is not None else len(before)
            while gone < len(removed) and removed[gone] < first_old:
                yield Pairing((removed[gone],), ())
                gone += 1
            yield from held
            held = []
        if link in staying and link is not None:
            yield link
        elif link is not None:
            held.append(link)
        elif at < len(after) and at not in covered:
            held.append(Pairing((), (at,)))


def _block(link: Pairing, before: Sequence[Paragraph], after: Sequence[Paragraph], effort: Effort, *, moved: bool) -> Block:
    old, new = BREAK.join(before[at].text for at in link.old), BREAK.join(after[at].text for at in link.new)
    numbers = tuple(at + 1 for at in link.old), tuple(at + 1 for at in link.new)
    if not (link.old and link.new):
        change = ParagraphChange.ADDED if link.new else ParagraphChange.REMOVED
        dated = is_date_line(old or new)
        return Block(ParagraphChange.DATED if dated else change, *numbers, (Piece(old, new, same=False),))
    if old == new or (len(link.old) == len(link.new) and before[link.old[0]].key == after[link.new[0]].key):
        return Block(ParagraphChange.SAME, *numbers, (Piece(old, new, same=True),), moved=moved)
    if is_date_line(old) and is_date_line(new):
        return Block(ParagraphChange.DATED, *numbers, (Piece(old, new, same=False),))
    pieces = reworded(old, new, effort)
    if len(link.old) != len(link.new):
        change = ParagraphChange.SPLIT if len(link.old) == 1 else ParagraphChange.MERGED
    else:
        change = ParagraphChange.REWORDED if changed(pieces) else ParagraphChange.SAME
    return Block(change, *numbers, pieces, moved=moved)
