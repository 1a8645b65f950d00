"""What the trial takes in, and who must be told of what. Known from the number of a piece alone: the product is not asked."""

import random
from typing import NamedTuple

CHANNELS = {"hook": ("hook",), "mail": ("editor@desk.example", "night@desk.example")}  # and whom each tells
RULES = {"zarqueton": ("hook", "mail"), "quillory": ("hook",), "brastam": ("mail",), "vellowick": ()}  # and by which; (): all
_CHANCE = 0.25  # that a piece speaks of a rule's subject
_WORDS = 90
_SYLLABLES = [first + vowel + last for first in "bdfgklmnprst" for vowel in "aeiou" for last in ("", "n", "r", "l", "s")]
_DOZEN = 10  # the last of so many pieces is one of the others again, on another site


class Piece(NamedTuple):
    """An article. `original`: the number of the piece whose text it has; its own, unless it is a copy."""

    number: int
    original: int
    url: str
    title: str
    text: str
    rules: tuple[str, ...]


class Telling(NamedTuple):
    """That one recipient of one channel must be told of what one rule found in one story."""

    rule: str
    original: int
    channel: str
    recipient: str


def piece(seed: int, number: int) -> Piece:
    """The piece of that number; all of them differ but for the copies."""
    chance = random.Random(f"{seed}/{number}")
    if number % _DOZEN == _DOZEN - 1:
        told = piece(seed, number - chance.randint(1, _DOZEN - 1))
        return told._replace(number=number, url=f"https://copier.example/{number}")
    rules = tuple(rule for rule in RULES if chance.random() < _CHANCE)
    words = [_word(chance) for _ in range(_WORDS)]
    for rule in rules:
        words.insert(chance.randrange(len(words)), rule)
    title = " ".join(_word(chance) for _ in range(6)).capitalize()
    return Piece(number, number, f"https://paper{number % 5}.example/{number}", title, _sentences(words), rules)


def original(seed: int, url: str) -> int:
    """The number of the story that an address belongs to."""
    return piece(seed, int(url.rpartition("/")[2])).original


def tellings(seed: int, count: int) -> set[Telling]:
    """All that must be told of the first `count` pieces: each rule's find once a story to each recipient."""
    return {
        Telling(rule, each.original, channel, recipient)
        for each in (piece(seed, number) for number in range(count))
        for rule in each.rules
        for channel in RULES[rule] or CHANNELS
        for recipient in CHANNELS[channel]
    }


def _word(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=3))


def _sentences(words: list[str]) -> str:
    return " ".join(" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, len(words), 12))
