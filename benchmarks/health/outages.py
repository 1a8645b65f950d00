"""What goes wrong with a made-up source, and within which window it is to be found (docs/decisions/source-health.md)."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from world import DAYS, START, MadeSource

from storage.models import Trouble

KINDS = ("unreachable", "wall", "frozen", "language", "unread", "no-feed", "empty")
YOUNG_LEAST, YOUNG_USUAL = timedelta(days=8), 30  # within which silence is called so, while weeks are not known
_FIRST, _LAST = 22, 40  # days after the start between which an outage begins
TROUBLES = {
    "unreachable": Trouble.UNREACHABLE, "wall": Trouble.WALL, "frozen": Trouble.FROZEN, "language": Trouble.LANGUAGE,
    "unread": Trouble.UNREAD, "no-feed": Trouble.NO_FEED, "empty": Trouble.NO_FEED,
}  # fmt: skip


@dataclass(frozen=True)
class Outage:
    """One outage: what, from when to when, and until when it is to be found."""

    kind: str
    begin: datetime
    end: datetime
    found_by: datetime
    added: datetime = START  # when the source came to be watched


def draw(made: MadeSource, dice: random.Random) -> Outage:
    """An outage of a kind that this source can have, long enough to be found."""
    end = START + timedelta(days=DAYS - 1)
    kinds = [each for each in KINDS if each != "language" or len(made.shares) > 1]
    while True:
        kind, begin = dice.choice(kinds), START + timedelta(days=dice.uniform(_FIRST, _LAST))
        found_by = window(made, kind, begin)
        if found_by <= end:
            break
    end = min(START + timedelta(days=DAYS - 1), found_by + timedelta(hours=dice.uniform(1, 24)))
    return Outage(kind, begin, end, found_by)


def draw_young(made: MadeSource, dice: random.Random) -> Outage:
    """A source that was added, and whose feed freezes within its first three days."""
    added = START + timedelta(days=dice.uniform(7, 14))
    begin = added + timedelta(hours=dice.uniform(0, 72))
    found_by = made.until(begin, YOUNG_USUAL) + YOUNG_LEAST
    return Outage("frozen", begin, found_by + timedelta(days=1), found_by, added)


def window(made: MadeSource, kind: str, begin: datetime) -> datetime:
    """Until when an outage that begins then is to be found."""
    visit = timedelta(seconds=made.every)
    if kind in ("unreachable", "no-feed"):
        return begin + max(timedelta(hours=4), visit * 16)
    if kind == "empty":
        return begin + timedelta(hours=6) + visit * 2
    if kind == "frozen":
        return made.until(begin, 18) + timedelta(hours=48)
    if kind == "language":
        return made.until(begin, 24 / min(made.shares.values())) + timedelta(hours=48)
    return made.until(begin, 20) + timedelta(hours=48)
