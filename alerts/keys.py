"""What a rule is filed under, so that a document finds it by its own words. A pure module.

Most rules cannot match a given document, because a word that they require is missing. So each rule is filed under pairs
of keys: a document that it matches has both keys of at least one pair. A key is a word; or the beginning of one with a star
behind it; a star and three letters that stand in a word; a tilde, a language and a stem; each with a sign before it that no
token has where the version before must have it.
"""

from functools import lru_cache
from typing import NamedTuple

from storage.language.spelling import stem
from storage.language.syntax import And, Node, Not, Or, Within, Words, wild
from storage.language.wildcards import beginning, longest_piece
from storage.tokens import COMMON_WORDS

ONLY_ONE = ""
"""In place of the second key, where a rule requires no second."""
OLD = "<"
"""Before the key of a word that the version before must have."""
TRIGRAM = 3
"""Letters of a key for a piece of a word."""
_MOST_SECONDS = 8  # pairs that one key is parted into by what must stand beside it

_NO_WORDS: frozenset[str] = frozenset()

Key = str
Pair = tuple[Key, Key]


def pairs_of(needs: Node) -> list[Pair] | None:
    """The pairs that `storage.language.required.required` yields, each once; None: some match needs no key at all."""
    found = _pairs(needs)
    return None if found is None else list(dict.fromkeys(found))


class Proof(NamedTuple):
    """An article matches exactly when it has both keys of one of the pairs, and none of the barred words."""

    pairs: list[Pair]
    barred: frozenset[str]


def proof(node: Node) -> Proof | None:
    """What proves that an article matches, for queries such as `a b`, `(a OR b) c` and `a NOT b`; None for others."""
    barred: list[str] = []
    parts = node.parts if isinstance(node, And) else (node,)
    choices = []
    for part in parts:
        words = _single_words(part.part if isinstance(part, Not) else part)
        if words is None:
            return None
        if isinstance(part, Not):
            barred += words
        else:
            choices.append(words)
    match choices:
        case [words]:
            pairs = [(word, ONLY_ONE) for word in words]
        case [left, right] if len(left) * len(right) <= _MOST_SECONDS:
            pairs = [_ordered(one, other) for one in left for other in right]
        case _:
            return None
    return Proof(pairs if len(pairs) == 1 else list(dict.fromkeys(pairs)), frozenset(barred) if barred else _NO_WORDS)


def _single_words(node: Node) -> list[str] | None:
    """The words of which one is enough for the node to be true; None where it is not of that kind."""
    if isinstance(node, Words):
        return [node.words[0]] if node.anywhere and len(node.words) == 1 else None
    if not isinstance(node, Or):
        return None
    words: list[str] = []
    for part in node.parts:
        found = _single_words(part)
        if found is None:
            return None
        words += found
    return words


def _ordered(one: Key, other: Key) -> Pair:
    if one == other:
        return one, ONLY_ONE
    return (one, other) if (_cost(one), one) <= (_cost(other), other) else (other, one)


def _pairs(node: Node) -> list[Pair] | None:
    match node:
        case And():
            return _of_all([pairs for pairs in map(_pairs, node.parts) if pairs is not None])
        case Or():
            parts = [_pairs(part) for part in node.parts]
            return None if None in parts else [pair for pairs in parts if pairs is not None for pair in pairs]
        case Words():
            return _of_words(node, "")
        case Within():
            assert isinstance(node.part, Words)
            return _of_words(node.part, OLD)
        case _:
            raise TypeError(f"{type(node).__name__} is nothing that a word is required for")  # `required` yields none


def _of_all(choices: list[list[Pair]]) -> list[Pair] | None:
    """The choice that costs least, each of its keys beside those of the next one where it has no second of its own."""
    if not choices:
        return None
    choices.sort(key=lambda pairs: sum(_cost(pair[0]) for pair in pairs))
    first, *others = choices
    if len(others) == 0 or all(second for _, second in first):
        return first
    seconds = next((pairs for pairs in sorted(others, key=len) if len(first) * len(pairs) <= _MOST_SECONDS), None)
    if seconds is None:
        return first
    return [(key, second or (other if other != key else ONLY_ONE)) for key, second in first for other, _ in seconds]


def _of_words(leaf: Words, sign: str) -> list[Pair] | None:
    keys = set(leaf.words) if leaf.plain else {key for word in leaf.words if (key := _key(word, leaf.stem))}
    if not keys:
        return None
    (_, first), *others = sorted([(_cost(key), key) for key in keys])
    return [(sign + first, sign + others[0][1] if others else ONLY_ONE)]


def _key(word: str, language: str) -> Key | None:
    if not wild(word):
        return stem_key(language, stem(language, word)) if language else word
    head = beginning(word)
    if head:
        return head + "*"
    piece = longest_piece(word)
    return "*" + piece[:TRIGRAM] if len(piece) >= TRIGRAM else None


def stem_key(language: str, found: str) -> Key:
    """The key of a stem in a language."""
    return f"~{language}:{found}"


@lru_cache(100_000)
def _cost(key: Key) -> int:
    """A guess how many articles hold the key, from 1: the longer a word the rarer, a beginning less so."""
    if key in COMMON_WORDS:
        return 100
    if key[0] in OLD:
        return 1  # few documents are edits
    length = (
        len(key) - 3 if key[-1] == "*" else 2 if key[0] == "*" else len(key.rpartition(":")[2]) if key[0] == "~" else len(key)
    )
    return max(1, 12 - length) if length > 0 else 50
