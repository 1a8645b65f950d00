"""The paragraphs of a text, their words, and which of two versions' paragraphs belong together. A pure module.

Words are those of `storage.tokens`, so case, accents, punctuation and spacing make no difference, and texts without blanks
between words have words too. Signs that change what a number says (%, €, a minus) count as words, as does the break between
paragraphs.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from storage.likeness.alignment import Effort, aligned
from storage.likeness.date_lines import is_date_line
from storage.sentences import paragraph_texts
from storage.tokens import tokenize

BREAK = "\n\n"
_SIGN = re.compile(r"\n\n|[%‰°+±÷<>=$¢£¤¥฿₠-₿﷼＄￠￡￥￦]|(?<![^\s(])[-−](?=\d)")
_ALIKE = 0.35  # of the word pairs of both: one paragraph in two states
_PART = 0.6  # of a part's word pairs that stand in the whole, and of the whole's that stand in its parts
_AKIN = 0.2  # of the words of both: enough for the only paragraphs between two that stayed
_AKIN_AMONG = 0.3  # where there are others that it could be
_SMALL_GAP = 100  # pairs that are all looked at
_FREQUENT = 12  # paragraphs that share a pair of words: such a pair says nothing
_CLOSEST = 5  # paragraphs that are looked at as another state of one


class Words(NamedTuple):
    """The words of a text in order: `keys[i]` stands at characters `starts[i]` to `ends[i]`."""

    text: str
    keys: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, with its words."""

    text: str
    words: tuple[str, ...]

    @cached_property
    def key(self) -> tuple[str, ...]:
        """Equal for paragraphs that say the same; without a word, its characters."""
        return self.words or tuple(self.text.split())

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Each word with the next one; the only word with itself."""
        return frozenset(pairwise(self.key)) or frozenset((each, each) for each in self.key)


class Pairing(NamedTuple):
    """Paragraphs that belong together, by number from 0: one and one, one and its parts, or the parts and their whole."""

    old: tuple[int, ...]
    new: tuple[int, ...]


def words_of(text: str) -> Words:
    """The words and signs of a text."""
    tokens = tokenize(text)
    signs = [(each.start(), each.end(), each.group()) for each in _SIGN.finditer(text)]
    if not signs:
        return Words(text, tokens.folded, tokens.starts, tokens.ends)
    taken = {*tokens.starts, *(end - 1 for end in tokens.ends)}
    found = sorted(
        [*zip(tokens.starts, tokens.ends, tokens.folded, strict=True), *(each for each in signs if each[0] not in taken)]
    )
    return Words(text, tuple(each[2] for each in found), tuple(each[0] for each in found), tuple(each[1] for each in found))


def paragraphs(text: str) -> list[Paragraph]:
    """The paragraphs of a text, as `storage.sentences` parts them."""
    return [Paragraph(part, words_of(part).keys) for part in paragraph_texts(text)]


def linked(old: Sequence[Paragraph], new: Sequence[Paragraph], effort: Effort) -> list[Pairing]:
    """Which paragraphs belong together, each in one link at most: equal ones, then split and merged, then reworded ones."""
    links = [
        Pairing((run.old + step,), (run.new + step,))
        for run in aligned([each.key for each in old], [each.key for each in new], effort)
        for step in range(run.length)
    ]
    for find in (_equal, _dated, _parted, _joined, _alike):
        links += find(old, new, *_left(old, new, links))
    return links + _akin(old, new, links)


def _left(old: Sequence[Paragraph], new: Sequence[Paragraph], links: Iterable[Pairing]) -> tuple[list[int], list[int]]:
    taken_old: set[int] = set()
    taken_new: set[int] = set()
    for link in links:
        taken_old.update(link.old)
        taken_new.update(link.new)
    return [at for at in range(len(old)) if at not in taken_old], [at for at in range(len(new)) if at not in taken_new]


def _equal(old: Sequence[Paragraph], new: Sequence[Paragraph], ours: list[int], theirs: list[int]) -> list[Pairing]:
    """Equal ones out of order, the first with the first."""
    places = defaultdict(list)
    for at in reversed(ours):
        places[old[at].key].append(at)
    return [Pairing((places[new[at].key].pop(),), (at,)) for at in theirs if places.get(new[at].key)]


def _dated(old: Sequence[Paragraph], new: Sequence[Paragraph], ours: list[int], theirs: list[int]) -> list[Pairing]:
    """Lines that tell nothing but a date, in order."""
    before, after = ([at for at in each if is_date_line(of[at].text)] for each, of in ((ours, old), (theirs, new)))
    return [Pairing((was,), (now,)) for was, now in zip(before, after, strict=False)]


def _shared(
    old: Sequence[Paragraph], new: Sequence[Paragraph], ours: list[int], theirs: list[int]
) -> dict[tuple[int, int], int]:
    """How many pairs of words the paragraphs share that may belong together: a few for each, found by their rare pairs."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in ours:
        for pair in old[at].pairs:
            holders[pair].append(at)
    shared = {}
    for at in theirs:
        hits: Counter[int] = Counter()
        for pair in new[at].pairs:
            who = holders.get(pair, ())
            if len(who) <= _FREQUENT:
                hits.update(who)
        for other, _ in hits.most_common(_CLOSEST):
            shared[other, at] = len(old[other].pairs & new[at].pairs)
    return shared


def _parted(old: Sequence[Paragraph], new: Sequence[Paragraph], ours: list[int], theirs: list[int]) -> list[Pairing]:
    """One paragraph that became several."""
    return [Pairing((whole,), parts) for whole, parts in _groups(old, new, _shared(old, new, ours, theirs))]


def _joined(old: Sequence[Paragraph], new: Sequence[Paragraph], ours: list[int], theirs: list[int]) -> list[Pairing]:
    """Several paragraphs that became one."""
    return [Pairing(parts, (whole,)) for whole, parts in _groups(new, old, _shared(new, old, theirs, ours))]


def _groups(
    wholes: Sequence[Paragraph], parts: Sequence[Paragraph], shared: dict[tuple[int, int], int]
) -> list[tuple[int, tuple[int, ...]]]:
    """Paragraphs with two or more neighbours on the other side that are each a part of it, and make up most of it."""
    candidates: dict[int, list[int]] = defaultdict(list)
    for (whole, part), count in shared.items():
        if count >= _PART * len(parts[part].pairs):
            candidates[whole].append(part)
    taken: set[int] = set()
    found = []
    for whole in sorted(candidates):
        for row in _neighbours(sorted(set(candidates[whole]) - taken)):
            covered = set().union(*(parts[part].pairs & wholes[whole].pairs for part in row))
            most = max(shared[whole, part] for part in row)
            size = len(wholes[whole].pairs)
            if len(row) > 1 and len(covered) >= _PART * size and len(covered) - most >= max(2, 0.05 * size):
                found.append((whole, row))
                taken.update(row)
                break
    return found


def _neighbours(numbers: Sequence[int]) -> list[tuple[int, ...]]:
    """Ascending numbers, cut where one is missing."""
    rows: list[list[int]] = []
    for number in numbers:
        if rows and rows[-1][-1] == number - 1:
            rows[-1].append(number)
        else:
            rows.append([number])
    return [tuple(row) for row in rows]


def _alike(old: Sequence[Paragraph], new: Sequence[Paragraph], ours: list[int], theirs: list[int]) -> list[Pairing]:
    """Reworded ones, the most alike first; of equally alike ones, those that moved the least."""
    scored = []
    for (was, now), count in _shared(old, new, ours, theirs).items():
        score = 2 * count / (len(old[was].pairs) + len(new[now].pairs))
        if score >= _ALIKE:
            scored.append((-score, abs(was - now), was, now))
    taken_old, taken_new = set(), set()
    links = []
    for _, _, was, now in sorted(scored):
        if was not in taken_old and now not in taken_new:
            taken_old.add(was)
            taken_new.add(now)
            links.append(Pairing((was,), (now,)))
    return links


def _akin(old: Sequence[Paragraph], new: Sequence[Paragraph], links: list[Pairing]) -> list[Pairing]:
    """What is left between the same two paragraphs on both sides, and shares some words: written anew."""
    ours, theirs = _left(old, new, links)
    after_old = {link.old[-1]: link for link in links}
    after_new = {link.new[-1]: link for link in links}
    gaps = {after_old.get(row[0] - 1): row for row in _neighbours(ours)}
    found = []
    for row in _neighbours(theirs):
        before = after_new.get(row[0] - 1)
        other = gaps.get(before)
        if other is None or (before is None and (row[0] or other[0])):
            continue
        if len(row) == len(other):
            pairs = list(zip(other, row, strict=True))
            found += [Pairing((was,), (now,)) for was, now in pairs if _akinness(old[was], new[now]) >= _AKIN]
        elif len(row) * len(other) <= _SMALL_GAP:
            found += _likeliest([(_akinness(old[was], new[now]), was, now) for was in other for now in row])
    return found


def _akinness(one: Paragraph, two: Paragraph) -> float:
    """The share of both paragraphs' different words that they have in common, 0 to 1."""
    ours, theirs = set(one.words), set(two.words)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs) or 1)


def _likeliest(pairs: list[tuple[float, int, int]]) -> list[Pairing]:
    """The pairs that are the most akin, as long as they do not cross: (akinness, old, new)."""
    found: list[Pairing] = []
    for score, was, now in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if score < _AKIN_AMONG:
            break
        if all((was < link.old[0]) == (now < link.new[0]) and was != link.old[0] and now != link.new[0] for link in found):
            found.append(Pairing((was,), (now,)))
    return found
