"""How likely so many are: upper tails of the negative binomial distribution, in plain Python. A pure module.

The distribution is told by its mean m and its dispersion d: the variance is m + d m². Exact to about nine digits for counts
up to 100,000 and chances down to 1e-300; smaller ones are 0.
"""

import math

_TINY = 1e-300
_ENOUGH = 1e-14
_MOST_STEPS = 20_000  # about the root of the larger parameter is needed


def at_least(count: int, mean: float, dispersion: float) -> float:
    """P(X ≥ count), as the regularised incomplete beta function I_x(count, 1/d) at x = m / (m + 1/d) (NIST DLMF 8.17(v))."""
    if count <= 0:
        return 1.0
    if mean <= 0:
        return 0.0
    size = 1 / dispersion
    return _incomplete_beta(count, size, mean / (mean + size))


def exactly(count: int, mean: float, dispersion: float) -> float:
    """P(X = count)."""
    if mean <= 0:
        return float(count == 0)
    size = 1 / dispersion
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return math.exp(ways + count * math.log(mean / (mean + size)) - size * math.log1p(mean * dispersion))


def at_least_once(count: int, mean: float, dispersion: float) -> float:
    """The chance that some window of an hour holds so many, of all the windows that end within one hour.

    Whoever looks again whenever something arrives has many chances to see a high count, where whoever looks once an hour has
    one. A window that slides over a Poisson process reaches k anew about (k - m) P(X = k) times an hour (Alm 1983, Naus 1982).
    Where the intensity is itself gamma distributed, it is about m (1/d + k) / (1/d + m) in the windows that hold k, and
    k less that is (k - m) / (1 + d m). An approximation: it was within a fifth of simulated chances, and nearer the smaller.
    """
    anew = max(0.0, count - mean) / (1 + dispersion * mean) * exactly(count, mean, dispersion)
    return min(1.0, at_least(count, mean, dispersion) + anew)


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """I_x(a, b), by the continued fraction on the side where it converges quickly."""
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    front = math.exp(logarithm) if logarithm > math.log(_TINY) else 0.0
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(a, b, x) / a)
    return max(0.0, 1 - front * _fraction(b, a, 1 - x) / b)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away(1 + term * d)
            c = _away(1 + term / c)
            value *= d * c
        if abs(d * c - 1) < _ENOUGH:
            break
    return value


def _away(value: float) -> float:
    """The value, kept away from a division by zero."""
    return value if abs(value) > _TINY else _TINY
