"""How much memory 10,000 sources take: the daemon and its two workers, after rounds of polls.

    python benchmarks/scale/memory.py [--sources 10000] [--hosts 1000] [--unread 100] [--rounds 2] [--folder DIR]

The daemon reads some feeds of `origin.py`, so that both workers have read some, and the others are stored as if it had; then it
visits all of them in rounds that are answered 304. After each round the proportional set size (PSS, /proc/PID/smaps_rollup) of
each of its processes is summed. Exits with 1 where the largest sum is over the bar of 450 MB.
"""

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from household import Desk, origin, pss

BAR = 450.0


def weigh(desk: Desk, when: str) -> float:
    """Say what the processes take now; the sum in MB."""
    each = pss(desk.pid)
    parts = ", ".join(f"{size:.0f}" for size in sorted(each.values(), reverse=True))
    print(f"{when}: {sum(each.values()):.0f} MB in {len(each)} processes ({parts})", flush=True)
    return sum(each.values())


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sources", type=int, default=10_000)
    options.add_argument("--hosts", type=int, default=1_000)
    options.add_argument("--unread", type=int, default=100)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        desk = Desk(folder, stack.enter_context(origin()), given.sources, given.hosts, unread=given.unread)
        stack.callback(desk.stop)
        desk.start()
        weighed = [weigh(desk, "started")]
        desk.round()
        desk.settle()
        weighed.append(weigh(desk, f"after the first visits to {given.sources} sources"))
        for number in range(1, given.rounds + 1):
            took = desk.round()
            weighed.append(weigh(desk, f"after round {number} ({took:.0f} s)"))
        failures, unchanged = desk.failures(), desk.unchanged()
    if failures or unchanged < given.sources:
        print(f"not as planned: {failures} visits failed, {unchanged} of {given.sources} feeds answered 304")
        return 1
    met = max(weighed) <= BAR
    print(f"largest: {max(weighed):.0f} MB, bar {BAR:.0f}: {'met' if met else 'MISSED'}")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
