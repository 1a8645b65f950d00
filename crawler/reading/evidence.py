"""What a page offered for each field, which offer won, and why: what `extract --explain` shows. A pure module.

A reader tells what it saw as it decides. Where nobody asked for an explanation that costs nothing: `first` then stops at
the winner, as the reader itself would, and `offer` returns at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

LONGEST_VALUE = 400  # characters of one offer that are kept
MOST_OFFERS = 40  # of one field


@dataclass(frozen=True, slots=True)
class Offer:
    """One value that a page has for a field: where it stood, and why it was taken or not."""

    source: str  # "json-ld headline", "og:title", "h1"
    value: str
    why: str = ""
    won: bool = False


@dataclass(slots=True)
class Evidence:
    """The offers of each field, in the order in which they were looked at; empty unless `wanted`."""

    wanted: bool = False
    offers: dict[str, list[Offer]] = field(default_factory=dict)

    def offer(self, name: str, source: str, value: object, why: str = "", *, won: bool = False) -> None:
        """Note one offer for the field `name`."""
        if not self.wanted or value in (None, "", [], ()):
            return
        kept = self.offers.setdefault(name, [])
        if len(kept) < MOST_OFFERS:
            kept.append(Offer(source, str(value)[:LONGEST_VALUE], why, won))

    def first(self, name: str, offers: Iterable[tuple[str, str | None, str]]) -> str | None:
        """The first value that nothing speaks against, of these (source, value, what speaks against it).

        They are asked no further than that, unless an explanation is wanted.
        """
        taken: tuple[str, str] | None = None
        for source, value, against in offers:
            if not value:
                continue
            if taken is None and not against:
                taken = source, value
                if not self.wanted:
                    break
                self.offer(name, source, value, "the first of its order", won=True)
            elif taken is None or against:
                self.offer(name, source, value, against)
            else:
                same = " (and says the same)" if value == taken[1] else ""
                self.offer(name, source, value, f"{taken[0]} speaks before it{same}")
        return taken[1] if taken else None
