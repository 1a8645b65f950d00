"""What goes wrong with a made-up source, and within which window it is to be found (docs/decisions/source-health.md)."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from world import DAYS, START, MadeSource

from storage.models import Trouble

KINDS = ("unreachable", "wall", "frozen", "language", "unread", "no-feed", "empty")
YOUNG_LEAST, YOUNG_USUAL = timedelta(days=8), 30  # within which silence is called so, while weeks are not known
YOUNG_BATCHES = {2: 18, 3: 5}  # batches that are known, and the time of how many of them it takes then, besides
LISTED, STRAY = 30, 4  # entries of a feed, of which the oldest quarter tells nothing
_TRIES = 200  # after which a source is taken to be too slow for any outage to be found in time
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


def draw(made: MadeSource, dice: random.Random, kind: str = "") -> Outage:
    """An outage of a kind that this source can have, or of that one, long enough to be found."""
    end = START + timedelta(days=DAYS - 1)
    kinds = [kind] if kind else [each for each in KINDS if each != "language" or len(made.shares) > 1]
    for _ in range(_TRIES):
        kind, begin = dice.choice(kinds), START + timedelta(days=dice.uniform(_FIRST, _LAST))
        found_by = window(made, kind, begin)
        if found_by <= end:
            break
    else:
        return Outage("none", end, end, end)
    end = min(START + timedelta(days=DAYS - 1), found_by + timedelta(hours=dice.uniform(1, 24)))
    return Outage(kind, begin, end, found_by)


def draw_young(made: MadeSource, dice: random.Random) -> Outage:
    """A source that was added, and whose feed freezes within its first three days; or, every second one, does not."""
    end = START + timedelta(days=DAYS)
    added = START + timedelta(days=dice.uniform(7, 14))
    begin = added + timedelta(hours=dice.uniform(0, 72))
    found_by = _young_window(made, added, begin)
    if dice.random() < 0.5 or found_by is None or found_by > end - timedelta(days=1):
        return Outage("none", end, end, end, added)
    return Outage("frozen", begin, found_by + timedelta(days=1), found_by, added)


def _young_window(made: MadeSource, added: datetime, begin: datetime) -> datetime | None:
    """Until when a freeze so early is to be found; None: too little is known of the source."""
    usual = made.until(begin, YOUNG_USUAL) + YOUNG_LEAST
    if not made.batch:
        return usual
    listed = [piece.at for piece in made.pieces if piece.at < added][-LISTED:]
    known = [*listed[len(listed) // STRAY :], *[piece.at for piece in made.pieces if added <= piece.at < begin]]
    count = 1 + sum(later - one > timedelta(hours=12) for one, later in pairwise(known))
    cycles = YOUNG_BATCHES.get(min(count, 3))
    return begin + YOUNG_LEAST + timedelta(days=made.batch * cycles) if cycles else None


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
