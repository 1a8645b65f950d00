"""Texts drawn as words are used in language: a few very often, most of them hardly ever (Zipf)."""

from itertools import accumulate, product
from random import Random

_SYLLABLES = (
    ("ba", "de", "fi", "go", "ka", "lo", "mi", "ne", "pu", "ra", "si", "to", "ve", "wa", "zu"),
    ("ber", "dan", "fil", "gor", "hum", "jes", "kal", "mon", "nor", "pas", "ril", "sten", "tor", "vag"),
    ("", "a", "do", "mi", "ra", "se"),
    ("", "en", "ik", "ol", "us", "ard", "est", "ing", "ory"),
)
VOCABULARY = ["".join(parts) for parts in product(*_SYLLABLES)]
Random(1).shuffle(VOCABULARY)  # the most usual words are not all of one stem
_WEIGHTS = list(accumulate(1 / (rank + 2) for rank in range(len(VOCABULARY))))
_SENTENCE, _PARAGRAPH = 12, 4  # words, sentences


def drawn(dice: Random, count: int) -> list[str]:
    """So many words."""
    return dice.choices(VOCABULARY, cum_weights=_WEIGHTS, k=count)


def headline(dice: Random) -> str:
    """Seven words."""
    return " ".join(drawn(dice, 7)).capitalize()


def paragraphs(words: list[str]) -> tuple[str, ...]:
    """These words as sentences of twelve, four to a paragraph."""
    sentences = [" ".join(words[at : at + _SENTENCE]).capitalize() + "." for at in range(0, len(words), _SENTENCE)]
    return tuple(" ".join(sentences[at : at + _PARAGRAPH]) for at in range(0, len(sentences), _PARAGRAPH))
