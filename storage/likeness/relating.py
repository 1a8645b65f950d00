"""Which independently written reports tell of one event: a text's telling terms, and how alike two are. A pure module.

A term tells when few articles of its language have it: names, numbers, the odd word. Reports of one event share many
such terms and few phrases; texts that share phrases are copies, or made from one template. What is in doubt stays
apart. `docs/decisions/related-stories.md` has the measurements behind every number here.
"""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from zlib import crc32

from storage.folded import folded_tokens

BUCKETS = 1 << 20  # of words, and as many of character sequences: terms are kept as numbers, so their table has an end
POSTED = 12  # terms of a sketch under which its article can be found

_CHARACTERS = 1_600  # of a text that are read, and
_TOKENS = 250  # of them: news says first what it is about
_LEAD = 60  # tokens that say what an article is about
_PHRASES = 70  # tokens in which phrases are compared, of
_PHRASE = 3  # words, or
_PHRASE_UNSPACED = 8  # sequences of characters, which overlap
_LEAD_FACTOR = 1.5
_TERMS = 32
_RANK = 5  # the article's fifth commonest term is in nearly every article of its language
_RARE = 0.015  # of the articles of a language; a term in more of them tells nothing
_RARE_AT_FIRST = 12  # articles, while that share would be fewer than these, but
_RARE_LEAST = 4  # only with as many times the articles known: of a new language every word looks rare
_SHARED = 5  # terms, and
_SHARED_LEAD = 2  # of them in both leads, and
_EVIDENCE = 8.0  # the sum of their weights
_SAME_PHRASES = 0.25  # above this it is a copy, or a template such as "FED SETS TWO-DAY REPURCHASES"
_NUMBERS = 2  # with so many numbers in both, and
_SAME_NUMBERS = 0.34  # of them not shared: another quarter, another week, another bond
_SAME_TITLE = 0.7
_SAME_TITLE_NUMBERS = 0.6  # asked for under one title, which a series has
_NEAREST = 0.43  # likeness to one member of a group, and
_MEAN = 0.33  # on average to all: a chain of neighbours is no group
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
_FIRST_UNSPACED = "\u0e00"
_COUNTS = struct.Struct("<5H")


@dataclass(frozen=True, slots=True)
class Terms:
    """What was read of a text, by number: each term's factor (how often, and where), and what else is compared."""

    factors: Mapping[int, float]
    lead: frozenset[int]
    title: frozenset[int]
    numbers: frozenset[int]
    phrases: frozenset[int]


@dataclass(frozen=True, slots=True)
class Sketch:
    """The telling terms of an article with their weights, the weightiest first, and what else is compared."""

    weights: Mapping[int, float]
    lead: frozenset[int]
    title: frozenset[int]
    numbers: frozenset[int]
    phrases: frozenset[int]

    def posted(self) -> list[int]:
        """The terms under which the article is looked for."""
        return list(self.weights)[:POSTED]


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that were taken for reports of one event: the first and the newest of them."""

    id: int
    members: Sequence[Sketch]


@dataclass(frozen=True, slots=True)
class Choice:
    """The group that an article joins, and how alike it is to the nearest member (0 to 1)."""

    group_id: int
    likeness: float


def read_terms(title: str, text: str) -> Terms:
    """The terms of an article's title and the beginning of its text, in any language; at most some hundred."""
    head = list(folded_tokens(title))
    body = list(folded_tokens(text[:_CHARACTERS]))
    tokens = (body if body[: len(head)] == head else head + body)[:_TOKENS]
    unspaced = _UNSPACED.search("".join(tokens)) is not None
    words = _sequences(tokens) if unspaced else tokens
    counts = Counter(words)
    number = {word: _number(word) for word in counts}
    order = [number[word] for word in words[:_PHRASES]]
    lead = frozenset(order[:_LEAD])
    return Terms(
        factors={
            at: (1.0 if (n := counts[word]) == 1 else 1.0 + math.log(n)) * (_LEAD_FACTOR if at in lead else 1.0)
            for word, at in number.items()
        },
        lead=lead,
        title=frozenset(map(_number, _sequences(head) if unspaced else head)),
        numbers=frozenset([at for word, at in number.items() if word[0] in "0123456789"]),
        phrases=_phrases(order, _PHRASE_UNSPACED if unspaced else _PHRASE),
    )


def articles_known(having: Mapping[int, int]) -> int:
    """About how many articles of a text's language were counted, by how many have each of its terms.

    Every language has words that stand in nearly all its articles, so this needs no list of words and no guess at the
    language; it is 0 for the first article of a new one.
    """
    commonest = sorted(having.values(), reverse=True)[:_RANK]
    return commonest[-1] if len(commonest) == _RANK else 0


def sketch(terms: Terms, having: Mapping[int, int]) -> Sketch:
    """The telling terms of an article; `having`: how many articles counted before have each of its terms.

    A weight is the term's factor times the logarithm of how much rarer than the limit it is.
    """
    known = articles_known(having)
    limit = max(min(_RARE_AT_FIRST, known / _RARE_LEAST), _RARE * known)
    rare = {term: having.get(term, 0) + 1 for term in terms.factors}
    weights = {term: terms.factors[term] * math.log(limit / n) for term, n in rare.items() if n < limit}
    top = dict(sorted(weights.items(), key=lambda each: (-each[1], each[0]))[:_TERMS])
    return Sketch(top, terms.lead & top.keys(), terms.title, terms.numbers, terms.phrases)


def likeness(a: Sketch, b: Sketch) -> float:
    """How alike two articles are, 0 to 1: the cosine of their weights, or 0 where something speaks against one event."""
    shared = a.weights.keys() & b.weights.keys()
    if sum(map(_worth, shared)) < _SHARED or sum(map(_worth, a.lead & b.lead)) < _SHARED_LEAD:
        return 0.0
    if sum(_worth(each) * min(a.weights[each], b.weights[each]) for each in shared) < _EVIDENCE:
        return 0.0
    if _share(a.phrases, b.phrases) > _SAME_PHRASES or _of_a_series(a, b):
        return 0.0
    return sum(a.weights[each] * b.weights[each] for each in shared) / (_length(a) * _length(b))


def choose(new: Sketch, groups: Iterable[Group]) -> Choice | None:
    """The group whose event the article reports, or None; a group of one is an article that has none yet."""
    best: tuple[float, Choice] | None = None
    for group in groups:
        each = [likeness(new, member) for member in group.members]
        mean, nearest = sum(each) / len(each), max(each)
        if nearest >= _NEAREST and mean >= _MEAN and (best is None or mean > best[0]):
            best = mean, Choice(group.id, round(nearest, 3))
    return best[1] if best else None


def pack(of: Sketch) -> bytes:
    """The sketch as bytes: five counts, then the terms with their weights, and the four sets."""
    sets = (of.lead, of.title, of.numbers, of.phrases)
    counts = _COUNTS.pack(len(of.weights), *map(len, sets))
    numbers = [*of.weights, *(number for each in sets for number in sorted(each))]
    return counts + struct.pack(f"<{len(of.weights)}f{len(numbers)}I", *of.weights.values(), *numbers)


def unpack(packed: bytes) -> Sketch:
    """The sketch that `pack` made bytes of (weights are as exact as single floats are)."""
    terms, *sizes = _COUNTS.unpack_from(packed)
    rest = struct.unpack_from(f"<{terms}f{terms + sum(sizes)}I", packed, _COUNTS.size)
    weights, at, sets = dict(zip(rest[terms : 2 * terms], rest[:terms], strict=True)), 2 * terms, []
    for size in sizes:
        sets.append(frozenset(rest[at : at + size]))
        at += size
    return Sketch(weights, *sets)


def _sequences(tokens: Sequence[str]) -> list[str]:
    """The words; where tokens are characters, for lack of blanks, sequences of them: three of Thai and its like, else two."""
    found: list[str] = []
    for size, run in groupby(tokens, key=_size):
        each = list(run)
        found += each if size == 1 else ["".join(each[at : at + size]) for at in range(max(1, len(each) - size + 1))]
    return found


def _phrases(order: Sequence[int], size: int) -> frozenset[int]:
    """A number for each run of so many terms."""
    packed = struct.pack(f"<{len(order)}I", *order)
    return frozenset([crc32(packed[4 * at : 4 * (at + size)]) for at in range(len(order) - size + 1)])


def _size(token: str) -> int:
    if not _UNSPACED.match(token):
        return 1
    return 3 if token[0] < "\u2e80" else 2


def _number(term: str) -> int:
    """A term's number; those of character sequences are the higher half."""
    number = crc32(term.encode()) % BUCKETS
    return number + BUCKETS if term[0] >= _FIRST_UNSPACED and len(term) > 1 and _UNSPACED.match(term) else number


def _worth(term: int) -> float:
    """A word counts one; character sequences overlap, so two of them do."""
    return 0.5 if term >= BUCKETS else 1.0


def _share(a: frozenset[int], b: frozenset[int]) -> float:
    return len(a & b) / max(1, min(len(a), len(b)))


def _of_a_series(a: Sketch, b: Sketch) -> bool:
    """Whether two articles have their numbers apart as one series has: the same report of another week or company."""
    fewer = min(len(a.numbers), len(b.numbers))
    share = _share(a.numbers, b.numbers)
    if fewer >= _NUMBERS and share < _SAME_NUMBERS:
        return True
    return fewer > 0 and _share(a.title, b.title) >= _SAME_TITLE and share < _SAME_TITLE_NUMBERS


def _length(of: Sketch) -> float:
    return math.sqrt(sum(weight * weight for weight in of.weights.values())) or 1.0
