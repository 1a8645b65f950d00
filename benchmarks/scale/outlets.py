"""What the outlets of the endurance trial publish, and who must be told of what: known before, from a seed alone.

The product is not asked. The origin (`outlet_sites.py`) serves it, the verdict (`verdict.py`) holds the database against it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

import wording

START = datetime(2026, 11, 2, tzinfo=UTC)  # of the calendar
LAG = timedelta(hours=5)  # from a piece's date to its appearing: a desk that starts anew is that much behind, at most
RULES = ("zarqueton", "quillory", "brastamel", "vellowick", "ormaduke", "plinthorp", "craxible", "hennipod")
_SPEAKS = 0.05  # the chance that a piece speaks of a rule's subject
_COPIED, _EDITED, _REFUSED = 0.1, 0.06, 0.01  # … is printed by the neighbour too, is edited, answers 503 at first
_FEWEST, _MOST, _SPREAD = 2, 40, 0.7  # pieces of an outlet; sigma of the logarithm of how many


@dataclass(frozen=True, slots=True)
class Piece:
    """One article of one outlet. `original`: the piece whose text it has; its own, unless it is a copy."""

    outlet: int
    number: int
    original: tuple[int, int]
    at: datetime
    title: str
    text: tuple[str, ...]  # paragraphs
    rules: tuple[str, ...]
    edited: datetime | None
    added: str  # the paragraph that the edit adds
    refused: bool  # its page answers 503 the first time

    @property
    def shown(self) -> datetime:
        """When its outlet begins to show it."""
        return self.at + LAG

    @property
    def path(self) -> str:
        """Where it stands on its outlet's site."""
        return f"/{self.at:%Y/%m}/{self.slug}"

    @property
    def slug(self) -> str:
        """The last part of that."""
        return f"piece-{self.number}"


class World(NamedTuple):
    """So many outlets that publish for so many days, `each` pieces in the middle."""

    seed: int
    outlets: int
    days: float
    each: float

    @property
    def end(self) -> datetime:
        """From when on nothing new appears."""
        return START + timedelta(days=self.days)

    def host(self, outlet: int) -> str:
        """An address of the loopback network for each: no two share a host."""
        return f"127.{1 + outlet // 200}.{1 + outlet % 200}.1"

    @lru_cache(2000)  # noqa: B019 - there is one world in a process
    def pieces(self, outlet: int) -> list[Piece]:
        """What an outlet publishes. Every second one prints some pieces of its neighbour, too."""
        dice = Random(f"{self.seed}/{outlet}")
        count = min(_MOST, max(_FEWEST, round(self.each * dice.lognormvariate(-(_SPREAD**2) / 2, _SPREAD))))
        own = [self._piece(outlet, number, dice) for number in range(count)]
        if outlet % 2 == 0:
            return own
        taken = [each for each in self.pieces(outlet - 1) if dice.random() < _COPIED]
        later = [(each, each.at + timedelta(hours=dice.uniform(1, 12))) for each in taken]
        return own + [
            Piece(outlet, count + n, each.original, at, wording.headline(dice), each.text, each.rules, None, "", refused=False)
            for n, (each, at) in enumerate(later)
            if at + LAG < self.end
        ]

    def _piece(self, outlet: int, number: int, dice: Random) -> Piece:
        rules = tuple(rule for rule in RULES if dice.random() < _SPEAKS)
        words = wording.drawn(dice, dice.randint(200, 400))
        for rule in rules:
            words.insert(dice.randrange(len(words)), rule)
        hours = (self.end - START - LAG).total_seconds() / 3600
        at = START + timedelta(hours=dice.uniform(1, hours))
        change = at + LAG + timedelta(hours=dice.uniform(3, 40))
        edited = change if dice.random() < _EDITED and change < self.end else None
        added = " ".join(wording.drawn(dice, 24)).capitalize() + "."
        return Piece(
            outlet, number, (outlet, number), at, wording.headline(dice), wording.paragraphs(words), rules, edited, added,
            refused=dice.random() < _REFUSED,
        )  # fmt: skip

    def all(self) -> list[Piece]:
        """Everything that is published by the end."""
        return [piece for outlet in range(self.outlets) for piece in self.pieces(outlet)]

    def tellings(self) -> set[tuple[str, tuple[int, int]]]:
        """All that must be told: each rule's find, once a story."""
        return {(rule, piece.original) for piece in self.all() for rule in piece.rules}
