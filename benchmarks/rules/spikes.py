"""How often a spike rule alarms where nothing happens, and which bursts it finds, beside simpler rules.

    python benchmarks/rules/spikes.py [--seed N] [--rules 4] [--weeks 64] [--ours] [--every]
    python benchmarks/rules/spikes.py --trace FILE [--inject 10] [--seed N]

Subjects are made up by `newsroom.py`, with parameters drawn for each. Each is watched twice: as it is, where every alarm is
false; and with a burst a week at a random time, where all that happens is ten times as much for two to three hours. Found is
a burst in which an alarm came. A rule is looked at on each new story. Exits with 1 where `alerts.counting.spikes` has more than
0.1 false alarms a rule and week, or finds fewer than 90 of 100 bursts of subjects with five stories an hour or more.

A trace has real mentions, one a line: an ISO 8601 instant, or JSON with `at` and perhaps `story`, of which only the first
counts. With --inject, a burst a week is added to it, of what it holds at that time of other weeks.
"""

import argparse
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import numpy as np
import traces
from newsroom import STEPS, WEEK, Subject, burst, subject
from watching import WATCHES, Ours, alarms, hourly

RATES = (0.05, 0.5, 5.0, 50.0)
LEARNING = 4  # weeks before anything is counted
TIMES = 10.0
MOST_FALSE, LEAST_FOUND, LEAST_RATE = 0.1, 0.9, 5.0
HEAD = "| stories an hour | rule | false alarms a week | worst subject | bursts found | in busy hours | in calm hours | after |"


@dataclass(slots=True)
class Tally:
    """What one rule did: false alarms by subject; of each burst whether its hour was a busy one, and the delay in hours."""

    weeks: int
    false: list[int] = field(default_factory=list)
    bursts: list[tuple[bool, float | None]] = field(default_factory=list)

    def false_a_week(self) -> float:
        """The mean over subjects."""
        return sum(self.false) / len(self.false) / self.weeks

    def found(self, *, busy: bool | None = None) -> float:
        """The share of bursts, of all or of those in hours above or below the subject's mean."""
        those = [delay for hour, delay in self.bursts if busy is None or hour is busy]
        return sum(delay is not None for delay in those) / max(1, len(those))

    def line(self, rate: float, name: str) -> str:
        """A row of the table."""
        delays = sorted(delay for _, delay in self.bursts if delay is not None)
        shares = " | ".join(f"{self.found(busy=busy):.0%}" for busy in (None, True, False))
        worst = max(self.false) / self.weeks
        after = f"{60 * delays[len(delays) // 2]:.0f} min" if delays else ""
        return f"| {rate:g} | {name} | {self.false_a_week():.3f} | {worst:.2f} | {shares} | {after} |"


def quiet(made: Subject, weeks: int, tallies: dict[str, Tally], *, every: bool) -> None:
    """Count alarms where no burst was added."""
    for name, (of_articles, rule) in WATCHES.items():
        times = made.articles if of_articles else made.stories
        watch = rule(hourly(times, weeks * WEEK))
        if isinstance(watch, Ours):
            watch.every = every
        tallies[name].false.append(len(alarms(times, watch, LEARNING * WEEK, weeks * WEEK)))


def bursts(made: Subject, weeks: int, tallies: dict[str, Tally], dice: np.random.Generator) -> None:
    """Add a burst to each week, those of the first weeks too: what was is part of what a rule must not be blinded by."""
    placed = [(week * WEEK + dice.uniform(0, WEEK - 3), dice.uniform(2, 3)) for week in range(weeks)]
    added = [burst(made, TIMES, begin, length, dice) for begin, length in placed]
    mean = float(made.intensity.mean())
    for name, (of_articles, rule) in WATCHES.items():
        times = np.sort(np.concatenate([made.articles if of_articles else made.stories, *added]))
        watch = rule(hourly(times, weeks * WEEK))
        for begin, length in placed[LEARNING:]:
            found = alarms(times, watch, begin, begin + length)
            local = float(made.intensity[int(begin * STEPS) : int((begin + length) * STEPS)].mean())
            tallies[name].bursts.append((local >= mean, found[0] - begin if found else None))


def simulate(options: argparse.Namespace) -> int:
    """Print the table of made-up subjects; 1 below the bar."""
    weeks, below = options.weeks, 0
    print(f"{options.rules} subjects × {weeks - LEARNING} weeks at each rate, seed {options.seed}\n\n{HEAD}\n|{'---|' * 8}")
    for rate in RATES:
        tallies = {name: Tally(weeks - LEARNING) for name in WATCHES}
        for number in range(options.rules):
            dice = np.random.default_rng([options.seed, number, int(rate * 100)])
            made = subject(rate, weeks, dice)
            quiet(made, weeks, tallies, every=options.every)
            bursts(made, weeks, tallies, dice)
        for name, tally in tallies.items():
            print(tally.line(rate, name), flush=True)
        ours = tallies[list(WATCHES)[-1]]
        below += ours.false_a_week() > MOST_FALSE or (rate >= LEAST_RATE and ours.found() < LEAST_FOUND)
    return int(below > 0)


def watch_trace(options: argparse.Namespace) -> int:
    """Print each alarm of a trace, alarms a week of each rule, and which injected bursts were found."""
    trace = traces.read(options.trace)
    hours = int(trace.times[-1]) + 1
    begin = trace.times[0] + (LEARNING * WEEK if hours > (LEARNING + 2) * WEEK else WEEK)
    unknown = [None] * int(trace.times[0])
    dice = np.random.default_rng(options.seed)
    print(f"{len(trace.times)} stories from {trace.instant(trace.times[0])}; alarms from {trace.instant(begin)} on")
    for name, (of_articles, rule) in WATCHES.items():
        times = trace.articles if of_articles else trace.times
        if begin < LEARNING * WEEK and rule is not Ours:
            continue  # these have no cold start
        watch = rule([*unknown, *hourly(times, hours)[len(unknown) :]])
        found = alarms(times, watch, begin, hours)
        print(f"{name}: {len(found)} alarms, {len(found) / (hours - begin) * WEEK:.2f} a week")
        if rule is Ours:
            for at in found:
                print(
                    f"  {trace.instant(at)} {Ours(watch.counts).sentence(at, int(np.sum((times >= at - 1) & (times <= at))))}"
                )
    if options.inject:
        placed = [(at, dice.uniform(2, 3)) for at in np.arange(begin, hours - WEEK, WEEK) + dice.uniform(0, WEEK - 3)]
        added = [traces.more(trace, options.inject, at, length, dice) for at, length in placed]
        times = np.sort(np.concatenate([trace.times, *added]))
        watch = Ours([*unknown, *hourly(times, hours)[len(unknown) :]])
        delays = [found[0] - at for at, length in placed if (found := alarms(times, watch, at, at + length))]
        large = sum(len(each) >= 5 for each in added)
        print(f"{len(delays)} of {len(placed)} bursts found, of which {large} had five stories or more")
    return 0


def main() -> int:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--rules", type=int, default=4, help="subjects at each rate")
    parser.add_argument("--weeks", type=int, default=64, help="of each subject, of which the first four are not counted")
    parser.add_argument("--ours", action="store_true", help="leave the other rules out")
    parser.add_argument("--every", action="store_true", help="learn in every hour: the same result, slowly")
    parser.add_argument("--trace", type=Path, metavar="FILE")
    parser.add_argument("--inject", type=float, default=0, metavar="TIMES")
    options = parser.parse_args()
    if options.ours:
        for name in list(WATCHES)[:-1]:
            del WATCHES[name]
    started = time.monotonic()
    code = watch_trace(options) if options.trace else simulate(options)
    print(f"\n{timedelta(seconds=round(time.monotonic() - started))} h")
    return code


if __name__ == "__main__":
    sys.exit(main())
