"""How much of what a source publishes we catch, from two routes that were watched independently. A pure module.

Capture and recapture: if one route shows nearly all that the other shows, there is little that neither does. The estimate is
Chapman's ("Some properties of the hypergeometric distribution with applications to zoological sample censuses", University of
California Publications in Statistics 1, 1951), as Seber recommends it ("The Estimation of Animal Abundance", 1982, chapter 3).
The interval is a Bayesian one, with the prior 1/N (Castledine, Biometrika 68, 1981): it stays honest where one route shows all
that the other does, where those made from a variance shrink to a point.

Routes of one site tend to leave out the same articles, and then the estimate is too good: it is a bound from above. Routes that
share out the articles (one has politics, the other sports) have less in common than by chance, and then it is too low.
"""

import math
from dataclasses import dataclass, replace
from itertools import accumulate

from storage.losses import Loss

FEWEST = 7  # articles on both routes: with fewer the estimate is biased (Robson and Regier, 1964)
_MOST_FACTOR = 40  # of what was seen: more articles than that are not believed in
_MANY = 0.1  # of what was seen
_OUTSIDE = 0.025  # of the probability at either end


@dataclass(frozen=True, slots=True)
class Estimate:
    """What share of its articles a source shows us: the best guess and a 95 % interval, 0 to 1."""

    share: float
    low: float
    high: float
    seen: int  # articles, on either route
    first: int  # on the first
    second: int  # on the second
    both: int

    @property
    def hangs(self) -> bool:
        """Whether all hangs on the routes being independent: each shows many articles that the other does not.

        If they share out the articles, as sections, nothing need be missing; from two routes alone that cannot be told.
        """
        return min(self.first, self.second) - self.both >= _MANY * self.seen


def estimate(first: int, second: int, both: int) -> Estimate | None:
    """The share of all articles that stand on either route, when so many stood on each and on both; None: too few to tell."""
    if both < FEWEST:
        return None
    seen = first + second - both
    total = (first + 1) * (second + 1) / (both + 1) - 1
    few, many = _interval(first, second, both)
    return Estimate(seen / max(total, seen), seen / many, seen / few, seen, first, second, both)


def with_losses(found: Estimate, lost: Loss | None) -> Estimate:
    """The estimate for the days of the loss, less what neither route could show; one is unsure independently of the other.

    The loss is reckoned by what is usually caught, so it lacks what the routes leave out, as what was caught does.
    """
    if lost is None or not lost.caught:
        return found
    few, total, many = ((lost.caught + lost.articles) / share for share in (found.high, found.share, found.low))
    fewest, most = ((lost.caught + articles) / found.share for articles in (lost.low, lost.high))
    least = total - math.hypot(total - few, total - fewest)
    greatest = total + math.hypot(many - total, most - total)
    return replace(found, share=lost.caught / total, low=lost.caught / greatest, high=lost.caught / max(least, lost.caught))


def _interval(first: int, second: int, both: int) -> tuple[int, int]:
    """How many articles there are, at least and at most, at 95 %: the posterior of N under a hypergeometric recapture."""
    seen = first + second - both
    numbers = range(seen, seen * _MOST_FACTOR + 1)
    weights = [_logarithm(number, first, second, both) for number in numbers]
    top = max(weights)
    sums = list(accumulate(math.exp(each - top) for each in weights))
    few = next(number for number, total in zip(numbers, sums, strict=True) if total >= _OUTSIDE * sums[-1])
    many = next(number for number, total in zip(numbers, sums, strict=True) if total >= (1 - _OUTSIDE) * sums[-1])
    return few, many


def _logarithm(number: int, first: int, second: int, both: int) -> float:
    """The logarithm of the posterior of `number` articles, up to a constant."""
    return (
        math.lgamma(number - first + 1)
        - math.lgamma(number - first - second + both + 1)
        - math.lgamma(number + 1)
        + math.lgamma(number - second + 1)
        - math.log(number)
    )
