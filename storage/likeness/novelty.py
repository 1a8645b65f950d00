"""What a text adds to those that came before it: its sentences that stand in none of them. A pure module.

A sentence stands in earlier texts when most of its words do, in short stretches of the same order; so case, punctuation and a
few changed words do not make it new. A number that is not there does, and so does a "not". Equal words are equal tokens
(`storage.tokens`); where a script has no blanks between words a token is a character, and the stretches are longer.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from storage.likeness.date_lines import dateline_end
from storage.sentences import sentences
from storage.tokens import tokenize

STANDS = 0.7
"""The share of a sentence's words that must stand in earlier texts, in stretches of the same order."""
_IN_WORDS, _IN_CHARACTERS = 3, 4  # in a stretch
_HOLDERS = 8  # earlier sentences that are remembered for one stretch
_TOLD_TWICE = 2  # stretches that an earlier sentence shares with a new one, for its numbers to count
_GROUPING = re.compile(r"[.,](?=[0-9]{3}(?![0-9]))")  # 1,000 and 1.000 are 1000
_ONE = "一"  # an article as often as a number
_DENYING = (
    "not no never none nobody cannot without nicht nie kein keine keinen keiner ohne pas jamais aucun aucune sans nunca "
    "ningun ninguna sin non mai nessuno senza nao nenhum sem niet geen nooit nie ne nikdy не нет никогда ليس لا لم لن "
    "नहीं 不 没 沒 未 无 無 非 "
)
_DENIALS = frozenset(_DENYING.split())


class Heard:
    """The texts that came before, as far as is needed to know a sentence again."""

    def __init__(self) -> None:
        self._holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
        self._known: set[tuple[str, ...]] = set()
        self._telling: list[frozenset[str]] = []  # of each earlier sentence: its numbers and denials

    def add(self, text: str) -> None:
        """From now on, this text has been heard."""
        for sentence in sentences(text):
            words = _words(sentence)
            self._known.add(words)
            number = len(self._telling)
            self._telling.append(_telling(words))
            for stretch in _stretches(words):
                holders = self._holders[stretch]
                if len(holders) < _HOLDERS and holders[-1:] != [number]:
                    holders.append(number)

    def stands(self, sentence: str) -> bool:
        """Whether a sentence stands in what was heard; one without a word does."""
        words = _words(sentence[dateline_end(sentence) :])
        if not words or words in self._known:
            return True
        size = _size(words)
        covered = [False] * len(words)
        hits: Counter[int] = Counter()
        for at, stretch in enumerate(_stretches(words)):
            holders = self._holders.get(stretch)
            if holders:
                covered[at : at + size] = [True] * len(stretch)
                hits.update(holders)
        if sum(covered) < STANDS * len(words):
            return False
        needed = min(_TOLD_TWICE, len(words) - size + 1)
        told = (self._telling[number] for number, count in hits.items() if count >= needed)
        return _telling(words) <= frozenset().union(*told)

    def news(self, text: str) -> list[str]:
        """The sentences of a text that stand in nothing that was heard, each once, in order."""
        found = []
        own: set[tuple[str, ...]] = set()
        for sentence in sentences(text):
            key = _words(sentence)
            if key not in own and not self.stands(sentence):
                own.add(key)
                found.append(sentence)
        return found


def additions(texts: Iterable[str]) -> list[list[str]]:
    """For each text in order of time: its sentences that stand in none before it."""
    heard = Heard()
    found = []
    for text in texts:
        found.append(heard.news(text))
        heard.add(text)
    return found


def _words(sentence: str) -> tuple[str, ...]:
    return tuple(_GROUPING.sub("", word) for word in tokenize(sentence).folded)


def _size(words: Sequence[str]) -> int:
    """How many words a stretch of this sentence has."""
    alone = sum(len(word) == 1 and word > "\u0e00" for word in words)
    return min(len(words), _IN_CHARACTERS if 2 * alone > len(words) else _IN_WORDS)


def _stretches(words: Sequence[str]) -> list[tuple[str, ...]]:
    size = _size(words)
    return [tuple(words[at : at + size]) for at in range(len(words) - size + 1)]


def _telling(words: Iterable[str]) -> frozenset[str]:
    """The words of which each one counts: numbers, and what denies."""
    return frozenset(word for word in words if word in _DENIALS or (word != _ONE and any(map(str.isnumeric, word))))
