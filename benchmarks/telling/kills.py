"""Whether an alert is lost or told twice when the sender is killed again and again: SIGKILL at random and at chosen moments.

    python benchmarks/telling/kills.py [--kills 1000] [--seed N] [--rate 3600] [--folder DIR] [--at MOMENT] [--say-first]

The sender (`desk.py`) takes in articles, matches them, and tells a webhook receiver and a mail server on loopback. The first
refuses 10 % with 503, cuts 3 % after it has taken them, and leaves 2 % without an answer; the second refuses 10 % with 451.
Two kills of five come at a chosen moment: just before or after the commit of an intake, a match, a claim or a record of what
was sent, or between the other side's answer and that record. The calendar runs `--rate` times as fast as the machine's, so
that later tries come soon. In the end the sender may finish, and `checker.py` compares what the receivers wrote down with
what they had to get and with the database. Exits with 1 where anything was lost, repeated without a reason, or is not as the
database says.

`--say-first` gives the sender a fault: it records a message as sent, and then sends it. The trial must find that.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from arrivals import Arrival, Mood, receive_hooks, receive_mail
from checker import Finding, Trial, check
from moments import POINTS

_HERE = Path(__file__).parent
_START = datetime(2026, 11, 2, 6, tzinfo=UTC)  # of the calendar
_NAMED = 0.4  # the share of kills at chosen moments
_LONG = 0.05  # the share of lives that outlast the sender's patience
_POINT_SECONDS = 2.0  # by which a life reaches its moment, or is killed all the same
_FINISH_SECONDS = 240.0


@dataclass(slots=True)
class Sender:
    """The process that lives are forked from, and the calendar, which goes on from life to life."""

    process: asyncio.subprocess.Process
    seed: int
    rate: float
    say_first: bool
    lives: int = 0
    began: float = field(default_factory=time.monotonic)

    async def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Have an order obeyed; what came of it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        answer = await self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the sender's process has ended; its standard error says why")
        found: dict[str, Any] = json.loads(answer)
        return found

    async def live(self, seconds: float, point: str | None = None, times: int = 1, *, last: bool = False) -> dict[str, Any]:
        """One life more."""
        self.lives += 1
        now = _START + timedelta(seconds=(time.monotonic() - self.began) * self.rate)
        return await self.ask(
            {"life": self.lives, "seconds": seconds, "point": point, "times": times, "last": last, "seed": self.seed,
             "say_first": self.say_first, "clock": f"{now.isoformat()}@{self.rate}"}
        )  # fmt: skip


async def trial(folder: Path, options: argparse.Namespace) -> tuple[list[Finding], Counter[str]]:
    """Kill so often, let it finish, and check; what was found, and where the kills came."""
    arrivals: list[Arrival] = []
    chance = random.Random(options.seed)
    mood = Mood(random.Random(options.seed + 1), refuse=0.10, cut=0.03, hang=0.02)
    hooks, hook = await receive_hooks("hook", mood, arrivals.append)
    mails, smtp = await receive_mail("mail", Mood(random.Random(options.seed + 2), refuse=0.10), arrivals.append)
    sender = Sender(await _start(folder), options.seed, options.rate, options.say_first)
    made = await sender.ask({"hook": hook, "smtp": smtp, "seconds": _FINISH_SECONDS})
    assert made["status"] == 0, "the database could not be made; standard error says why"
    kills = await _kill(sender, options.kills, chance, options.at)
    ended = await sender.live(_FINISH_SECONDS, last=True)
    if ended["status"]:
        print("the last life did not finish; what follows says what is left")
    assert sender.process.stdin
    sender.process.stdin.close()
    await sender.process.wait()
    hooks.close()
    mails.close()
    stored = max(map(int, (folder / "stored").read_text("ascii").split()), default=0)
    return check(Trial(options.seed, stored, arrivals, kills.total(), folder / "nightdesk.db")), kills


async def _start(folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, _HERE / "desk.py", folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # threads do not outlive a fork
    )  # fmt: skip


async def _kill(sender: Sender, kills: int, chance: random.Random, at: str | None) -> Counter[str]:
    """So many lives; at which moments they were killed. `at`: the one chosen moment; None: all of them, and any others."""
    points, came = itertools.cycle([at] if at else POINTS), Counter[str]()
    while came.total() < kills:
        if at or chance.random() < _NAMED:
            point = next(points)
            ended = await sender.live(_POINT_SECONDS, point, chance.choice((1, 2, 3, 5, 8)))
        else:
            point = ""
            seconds = chance.uniform(1.0, 2.0) if chance.random() < _LONG else chance.uniform(0.02, 0.5)
            ended = await sender.live(seconds)
        assert ended["killed"], f"a life ended with status {ended['status']}; standard error says why"
        came[point if ended["at_point"] else "any moment"] += 1
    return came


def main() -> int:
    """0 when nothing is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=3600.0)
    parser.add_argument("--folder", type=Path, help="where to leave the database; by default it is thrown away")
    parser.add_argument("--at", choices=POINTS, help="kill at this moment alone")
    parser.add_argument("--say-first", action="store_true", help="a sender with a fault, which must be found")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = options.folder or Path(thrown_away)
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        findings, kills = asyncio.run(trial(folder, options))
        seconds = time.monotonic() - began
    print(f"{kills.total()} kills in {seconds:.0f} s: " + ", ".join(f"{n} {point}" for point, n in sorted(kills.items())))
    for each in findings:
        bar = "" if each.most is None else f"  at most {each.most:<5} {'' if each.well else '  MISSED'}"
        print(f"{each.found:>8}  {each.what:<72}{bar}".rstrip())
        for example in each.examples:
            print(f"{'':10}{str(example)[:300]}")
    return 0 if all(each.well for each in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
