"""What a poll answered "304 Not Modified" costs, with scheduling and stored state, beside lemon24/reader.

    python benchmarks/scale/polls.py [--sources 2000] [--hosts 1000] [--rounds 3] [--rate 0] [--peer PYTHON] [--folder DIR]

The origin (`origin.py`) serves that many feeds over that many addresses of loopback. The daemon, `nightdesk run`, reads all of
them once, and then visits them in rounds in which every answer is 304; the CPU of all its processes is read from the kernel
before and after each round, so start-up and first readings are not in it. Between its rounds come those of reader, on the same
feeds: `update_feeds` with ten threads, which stores its state too. `--rate`: sources are due so many a second, not all at once
(reader has no such thing; it is compared with its rounds as they are). The peer's Python is that of an environment of its own:

    python -m venv ~/.cache/nightdesk-bench/reader
    ~/.cache/nightdesk-bench/reader/bin/pip install 'reader>=3.26,<4' sgmllib3k

Without it its column is left out, and said to be. Exits with 1 where the ratio is over the bar of 0.8.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from household import HERE, Desk, Origin, cpu, origin

BAR = 0.8
_PEER = Path.home() / ".cache/nightdesk-bench/reader/bin/python"
_THREADS = 10


class Peer:
    """reader's process."""

    def __init__(self, python: Path, folder: Path, urls: list[str]) -> None:
        self.process = subprocess.Popen(
            [python, str(HERE / "peer.py"), str(folder / "reader.db"), str(_THREADS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.version = self._ask(json.dumps(urls))["version"]

    def round(self) -> float:
        """Update all feeds; CPU milliseconds a feed."""
        done = self._ask("")
        if done["failed"]:
            raise SystemExit(f"reader failed at {done['failed']} of {done['feeds']} feeds")
        return float(done["cpu"] / done["feeds"] * 1000)

    def _ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))


@contextlib.contextmanager
def peer(python: Path, folder: Path, served: Origin, sources: int, hosts: int) -> Iterator[Peer | None]:
    """reader, with all feeds read once; None where it is not installed."""
    if not python.exists():
        print(f"skipped: reader, because {python} is not there (how to install it: the head of this file)")
        yield None
        return
    found = Peer(python, folder, [served.url(number, hosts) for number in range(sources)])
    try:
        print(f"reader {found.version}: first reading {found.round():.2f} ms a feed")
        yield found
    finally:
        found.process.stdin.close()  # type: ignore[union-attr]
        found.process.wait()


def measure(desk: Desk, other: Peer | None, rounds: int, seconds: float) -> tuple[list[float], list[float]]:
    """CPU milliseconds a poll, round by round: ours and theirs."""
    ours, theirs = [], []
    for number in range(1, rounds + 1):
        before = cpu(desk.pid)
        took = desk.round(seconds)
        ours.append((cpu(desk.pid) - before) / desk.sources * 1000)
        line = f"round {number}: nightdesk {ours[-1]:.2f} ms a poll ({desk.sources / took:.0f} polls/s)"
        if other is not None:
            theirs.append(other.round())
            line += f", reader {theirs[-1]:.2f}"
        print(line, flush=True)
    return ours, theirs


def judge(desk: Desk, ours: list[float], theirs: list[float]) -> bool:
    """Say what it comes to; whether the bar is met."""
    failures, unchanged = desk.failures(), desk.unchanged()
    if failures or unchanged < desk.sources:
        print(f"not as planned: {failures} visits failed, {unchanged} of {desk.sources} feeds answered 304")
        return False
    mine = statistics.median(ours)
    print(f"nightdesk: {mine:.2f} ms a poll (median of {len(ours)} rounds)")
    if not theirs:
        print("ratio to reader: not measured")
        return True
    ratio = mine / statistics.median(theirs)
    print(f"reader: {statistics.median(theirs):.2f} ms; ratio {ratio:.2f}, bar {BAR}: {'met' if ratio <= BAR else 'MISSED'}")
    return ratio <= BAR


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sources", type=int, default=2000)
    options.add_argument("--hosts", type=int, default=1000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--rate", type=float, default=0.0, help="sources due a second; 0: all at once")
    options.add_argument("--peer", type=Path, default=_PEER, help="the Python that has reader")
    options.add_argument("--folder", type=Path)
    given = options.parse_args()
    with contextlib.ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = stack.enter_context(origin())
        desk = Desk(folder, served, given.sources, given.hosts)
        stack.callback(desk.stop)
        other = stack.enter_context(peer(given.peer, folder, served, given.sources, given.hosts))
        desk.start()
        print(f"{given.sources} sources on {given.hosts} hosts; first reading: {desk.round():.0f} s", flush=True)
        desk.settle()
        ours, theirs = measure(desk, other, given.rounds, given.sources / given.rate if given.rate else 0.0)
        return 0 if judge(desk, ours, theirs) else 1


if __name__ == "__main__":
    sys.exit(main())
