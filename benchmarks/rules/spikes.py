"""How often a spike rule alarms where nothing happens, and how many bursts it finds, beside simpler rules.

    python benchmarks/rules/spikes.py [--seed N] [--rules 6] [--weeks 64]
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from newsroom import STEPS, WEEK, Subject, Times, burst, subject
from watching import Naive, Ours, Watch, alarms, four_weeks, hourly, poisson, z_of_week

RATES = (0.05, 0.5, 5.0, 50.0)
LEARNING = 4  # weeks before anything is counted
WATCHES: dict[str, tuple[bool, Callable[[list[int]], Watch]]] = {
    "articles, z > 3 over 7 days": (True, lambda counts: Naive(counts, z_of_week)),
    "stories, z > 3 over 7 days": (False, lambda counts: Naive(counts, z_of_week)),
    "stories, twice the same hour of 4 weeks": (False, lambda counts: Naive(counts, four_weeks)),
    "stories, Poisson p < 1e-4 by hour of day": (False, lambda counts: Naive(counts, poisson)),
    "alerts.spikes, p = 1e-4, 28 days": (False, Ours),
}


@dataclass(slots=True)
class Tally:
    weeks: int = 0
    false: list[int] = field(default_factory=list)  # by rule
    bursts: list[tuple[bool, float | None]] = field(default_factory=list)  # by day or night; the delay in hours


def quiet(made: Subject, weeks: int, tallies: dict[str, Tally]) -> None:
    """Count alarms where no burst was added."""
    for name, (of_articles, watch) in WATCHES.items():
        times = made.articles if of_articles else made.stories
        found = alarms(times, watch(hourly(times, weeks * WEEK)), LEARNING * WEEK, weeks * WEEK)
        tallies[name].weeks += weeks - LEARNING
        tallies[name].false.append(len(found))


def bursts(made: Subject, times: float, weeks: int, tallies: dict[str, Tally], dice: np.random.Generator) -> None:
    """Add a burst to each week at a random time; what was found before it is what a rule must not be blinded by."""
    placed = [(week * WEEK + dice.uniform(0, WEEK - 4), dice.uniform(2, 3)) for week in range(weeks)]
    extra = [burst(made, times, begin, length, dice) for begin, length in placed]
    mean = float(made.intensity.mean())
    for name, (of_articles, watch) in WATCHES.items():
        merged = np.sort(np.concatenate([made.articles if of_articles else made.stories, *extra]))
        seeing = watch(hourly(merged, weeks * WEEK))
        for begin, length in placed[LEARNING:]:
            found = alarms(merged, seeing, begin, begin + length)
            day = float(made.intensity[int(begin * STEPS) : int((begin + length) * STEPS)].mean()) >= mean
            tallies[name].bursts.append((day, found[0] - begin if found else None))


def line(name: str, tally: Tally) -> str:
    delays = sorted(delay for _, delay in tally.bursts if delay is not None)
    share = [
        100 * sum(d is not None for _, d in part) / max(1, len(part))
        for part in (tally.bursts, [b for b in tally.bursts if b[0]], [b for b in tally.bursts if not b[0]])
    ]
    return (
        f"| {name} | {sum(tally.false) / max(1, tally.weeks):.3f} | {max(tally.false) / max(1,tally.weeks) * len(tally.false):.2f} "
        f"| {share[0]:.0f} % | {share[1]:.0f} % | {share[2]:.0f} % | {60 * delays[len(delays) // 2] if delays else 0:.0f} min |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rules", type=int, default=6)
    parser.add_argument("--weeks", type=int, default=64)
    parser.add_argument("--only", type=str)
    options = parser.parse_args()
    if options.only:
        for name in list(WATCHES):
            if options.only not in name:
                del WATCHES[name]
    for rate in RATES:
        start = time.monotonic()
        tallies = {name: Tally() for name in WATCHES}
        for rule in range(options.rules):
            dice = np.random.default_rng([options.seed, rule, int(rate * 100)])
            made = subject(rate, options.weeks, dice)
            quiet(made, options.weeks, tallies)
            bursts(made, 10, options.weeks, tallies, dice)
        print(f"rate {rate} mean {len(made.stories)/options.weeks/WEEK:.2f} ({time.monotonic() - start:.0f} s)")
        for name, tally in tallies.items():
            print(line(name, tally), tally.false, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
