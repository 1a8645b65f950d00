"""How often something comes, however much it is, and after how long a pause it is missed. A pure module.

Of a source that was added a few days ago, entries tell little of when the next ones come: twenty that come together tell as
much as one. What tells is how many batches came, and how even the pauses between them are.
"""

import math
from collections.abc import Sequence

_TOGETHER = 12  # hours: what comes within so many of one another is one batch; nights are no pause
_DAY = 24.0  # hours: a cycle that is shorter than that of a day is not believed, of so few
_ENOUGH = 8.0  # -ln of the probability of a pause that is too long. It is asked once in a source's life, not each day of a year
_BEYOND = 1.5  # times the longest pause so far
_FIRST_UNEVEN, _FIRST_WEIGHT = 0.25, 2.0  # squared relative deviation of pauses, until as many of them tell of it
_MOST_EVEN = 8  # a gamma distribution's shape: what people do is never more even than that
_LONGEST_LOOK = 60 * 24  # hours


def pauses(history: Sequence[float | None]) -> list[int]:
    """The hours from the begin of each batch to that of the next, after the entries of consecutive hours, the oldest first.

    None stands for an hour that was not watched: a pause with such an hour in it is not known, and left out.
    """
    found: list[int] = []
    begun = last = -1
    known = True
    for at, each in enumerate(history):
        known = known and each is not None
        if not each:
            continue
        if begun < 0 or at - last > _TOGETHER:
            if begun >= 0 and known:
                found.append(at - begun)
            begun, known = at, True
        last = at
    return found


def missed_after(found: Sequence[int]) -> int:
    """After how many hours without anything a source with these pauses is missed; 0: that is not known.

    A pause is gamma-distributed around a mean that is known by so many pauses only. The probability that the next one is longer
    than so many hours is then that of a beta distribution of the second kind (Aitchison and Dunsmore, "Statistical Prediction
    Analysis", 1975). The more pauses there were, and the more even they are, the less of one is needed.
    """
    if not found:
        return 0
    mean = max(_DAY, sum(found) / len(found))
    apart = sum((each / mean - sum(found) / len(found) / mean) ** 2 for each in found)
    uneven = (_FIRST_WEIGHT * _FIRST_UNEVEN + apart) / (_FIRST_WEIGHT + len(found) - 1)
    shape = max(1, min(_MOST_EVEN, round(1 / uneven)))
    hours = math.ceil(_BEYOND * max(found))
    while hours < _LONGEST_LOOK and _unlikely(hours, mean, len(found), shape) < _ENOUGH:
        hours += 1
    return hours if hours < _LONGEST_LOOK else 0


def _unlikely(hours: int, mean: float, count: int, shape: int) -> float:
    """-ln of the probability that the next pause is longer, after so many pauses of that mean."""
    share = count * mean / (count * mean + hours)
    size = count * shape
    terms = (
        math.exp(math.lgamma(size + each) - math.lgamma(size) - math.lgamma(each + 1) + each * math.log1p(-share))
        for each in range(shape)
    )
    return -size * math.log(share) - math.log(sum(terms))
