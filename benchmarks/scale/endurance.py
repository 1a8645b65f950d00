"""Two weeks of a desk in minutes: 500 outlets, readers meanwhile, kill -9 at random, the disk full once.

    python benchmarks/scale/endurance.py [--quick] [--seed N] [--outlets N] [--days N] [--rate N] [--each N] [--folder DIR]

The real `nightdesk run` watches outlets on loopback (`outlet_sites.py`), which publish by the same calendar, `--rate` times as
fast as the machine's; which pieces, copies and edits there are is known before (`outlets.py`). A webhook receiver counts by
identifier, and refuses some calls. Meanwhile commands search, export and list. In the first half the daemon is killed at
random, and the disk that the database is on is full for a while (a small tmpfs; where we may not mount one, that part is
skipped, visibly); the second half is one long life, in which memory must stay flat. In the end the desk may drain, is told to
end, and `verdict.py` holds everything against what was published. Exits with 1 where anything is wrong.

Bounds of memory (PSS, the daemon and its workers): see FLAT and MOST in `verdict.py`.
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from calendar_clock import Calendar
from lives import END, Desk, Ran
from outlets import RULES, START, World
from verdict import Call, Finding, Record, check, missing, wrong

from nightdesk.newspaper import ACCEPT, WebhookReceiver

Event = Callable[[], Awaitable[None]]
_HERE = Path(__file__).parent
_READS = (
    ("search", "{rule}", "--json"), ("alert", "list", "--json"), ("stats", "--json"), ("export", "--since", "1d"),
    ("source", "list", "--json"), ("delivery", "list", "--json"), ("search", "the OR {rule}", "--since", "2d", "--json"),
)  # fmt: skip
_DRAIN = 240.0  # real seconds
_PAUSE = 4.0  # between two readers' commands
_REFUSED = 0.05  # the share of webhooks that are answered 503
_COMMAND = 10.0  # seconds that a command may have been under way
_WORKING = 0.75  # the share of kills that come after the daemon has begun its work
_GRACE = 2.0  # seconds around a break: what was under way then


@dataclass(slots=True)
class Trial:
    """What happens, and what is written down of it."""

    desk: Desk
    world: World
    dice: Random
    disk: Path | None
    full_seconds: float
    kills: int
    work: float  # real seconds that a life may work before it is killed
    reads: list[tuple[float, Ran]] = field(default_factory=list)
    breaks: list[tuple[float, float]] = field(default_factory=list)
    full: tuple[float, float] | None = None
    endings: list[str] = field(default_factory=list)  # of lives that ended by themselves

    async def run(self) -> None:
        """From the first start to the last day's end; then wait until nothing is left to do."""
        await self.desk.start()
        helpers = [asyncio.create_task(part) for part in (self.desk.watch(), self._read())]
        for at, event in self._plan():
            await self._live_until(at)
            await event()
        await self._live_until(self.world.end)
        await self._drain()
        for helper in helpers:
            helper.cancel()
        await asyncio.gather(*helpers, return_exceptions=True)

    def _plan(self) -> list[tuple[datetime, Event]]:
        """Kills in the first half of the days, and the full disk in the middle of them."""
        half = (self.world.end - START) / 2
        plan: list[tuple[datetime, Event]] = [
            (START + half * self.dice.uniform(0.1, 1.0), self._kill) for _ in range(self.kills)
        ]
        if self.disk is not None:
            plan.append((START + half * 0.5, self._fill))
        return sorted(plan, key=lambda each: each[0])

    async def _live_until(self, instant: datetime) -> None:
        """Let the calendar go on; a daemon that ends by itself is started again, as a service manager does."""
        while (left := self.desk.calendar.seconds_until(instant)) > 0:
            await asyncio.sleep(min(left, 0.5))
            if self.desk.dead:
                said = self.desk.log(self.desk.lives).read_text("utf-8", "replace").splitlines()
                if not (self.full and said and "the disk is full" in said[-1]):
                    self.endings.append(f"life {self.desk.lives}: {said[-1] if said else 'without a word'}")
                await self.desk.start()

    async def _kill(self) -> None:
        """At any moment; of four times three after it has begun its work, however slow the machine is."""
        if self.dice.random() < _WORKING:
            await self.desk.at_work()
            await asyncio.sleep(self.dice.uniform(0.2, self.work))
        await self.desk.kill()
        self.breaks.append((self.desk.kills[-1] - _GRACE, self.desk.kills[-1] + _GRACE))
        await asyncio.sleep(self.dice.uniform(0.0, 0.5))
        await self.desk.start()

    async def _fill(self) -> None:
        """Leave no room on the disk for a while."""
        assert self.disk is not None
        ballast, begun = self.disk / "ballast", time.time()
        self.full = (begun, float("inf"))
        await asyncio.to_thread(fill, ballast)
        await self._live_until(self.desk.calendar.now() + timedelta(seconds=self.full_seconds * self.desk.calendar.rate))
        ballast.unlink()
        self.full = (begun, time.time())
        self.breaks.append((begun - _GRACE, time.time() + 30.0))

    async def _read(self) -> None:
        """People and scripts that look into the archive."""
        while True:
            command = tuple(part.format(rule=self.dice.choice(RULES)) for part in self.dice.choice(_READS))
            self.reads.append((time.time(), await self.desk.run(*command)))
            await asyncio.sleep(_PAUSE)

    async def _drain(self) -> None:
        """Wait until everything is stored and told; what is left when patience ends, the verdict tells."""
        deadline = time.monotonic() + _DRAIN
        while time.monotonic() < deadline:
            await self._live_until(self.desk.calendar.now() + timedelta(seconds=2 * self.desk.calendar.rate))
            if not await asyncio.to_thread(missing, self.world, self.world.end, self.desk.database):
                return


def fill(ballast: Path) -> None:
    """Leave no room at all on the file's disk."""
    with ballast.open("wb", buffering=0) as file:
        with suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(ballast.parent).free - 2**20))
        file.seek(0, os.SEEK_END)
        for size in (65_536, 4_096):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path | None]:
    """A disk of its own; None where we may not mount one."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"SKIPPED  the full disk: cannot mount one here ({done.stderr.strip()})")
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


async def trial(options: argparse.Namespace, folder: Path, disk: Path | None) -> list[Finding]:
    """All of it; what was found."""
    world = World(options.seed, options.outlets, options.days, options.each)
    receiver = WebhookReceiver()
    dice = Random(options.seed)
    receiver.programme([503 if dice.random() < _REFUSED else ACCEPT for _ in range(20_000)])
    await receiver.start()
    desk = Desk(folder, (disk or folder) / "nightdesk.db", Calendar(START - timedelta(days=1), time.monotonic(), 1.0))
    origin = await _origin(world)
    assert origin.stdout
    assert origin.stdin
    desk.declare(world, int(await origin.stdout.readline()), receiver.url, options.every)
    configuration = await _set_up(desk)
    desk.calendar = Calendar(START, time.monotonic(), options.rate)
    origin.stdin.write(json.dumps({"began": desk.calendar.began, "rate": options.rate}).encode() + b"\n")
    going = Trial(desk, world, dice, disk, options.full, options.kills, options.work)
    try:
        await going.run()
        seconds = await desk.end()
    finally:
        await desk.kill()
        origin.stdin.close()
    asked = Counter(json.loads(await origin.stdout.readline()))
    await origin.wait()
    await receiver.stop()
    after = await desk.configuration()
    calls = [Call(hook.headers["webhook-id"], hook.body, hook.at) for hook in receiver.received]
    logs = [desk.log(life + 1) for life in range(desk.lives)]
    findings = check(Record(world, desk.database, calls, going.breaks, logs, desk.samples))
    print(f"{len(desk.kills)} kills, {desk.lives} lives, {len(going.reads)} commands of readers")
    print("the outlets were asked for " + ", ".join(f"{times} {kind}" for kind, times in asked.most_common()))
    changed = [pair for pair in zip(configuration, after, strict=False) if pair[0] != pair[1]]
    return [*findings, *_readers(going), wrong("parts of the configuration that changed", changed), *_ends(going, seconds)]


def _readers(going: Trial) -> list[Finding]:
    """Commands that failed, but for those that the full disk kept from being done, in one line."""
    failed = [(ran.command, ran.code, ran.errors) for at, ran in going.reads if ran.code and not _excused(going, at, ran)]
    loud = [(ran.command, ran.errors) for _, ran in going.reads if "Traceback" in ran.errors or "locked" in ran.errors]
    return [wrong("readers' commands that failed", failed), wrong("readers' commands with a traceback or a lock", loud)]


def _excused(going: Trial, at: float, ran: Ran) -> bool:
    near = going.full is not None and going.full[0] - _COMMAND <= at <= going.full[1]
    said = [line for line in ran.errors.splitlines() if not line.startswith("rehearsal: ")]
    return near and len(said) == 1 and "the disk is full" in said[0]


def _ends(going: Trial, seconds: float) -> list[Finding]:
    return [
        wrong("lives that ended by themselves", going.endings),
        Finding("seconds that SIGTERM took", round(seconds, 2), END),
    ]


async def _origin(world: World) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        _HERE / "outlet_sites.py",
        json.dumps(world._asdict()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )


async def _set_up(desk: Desk) -> list[str]:
    """A day before: the first life takes the configuration on; what the commands tell of it."""
    await desk.add_rules()
    await desk.start()
    await desk.at_work()
    await desk.end()
    return await desk.configuration()


def main() -> int:
    """0 when nothing is wrong."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the daemon and the disk do not outlive us
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = options.folder or Path(thrown_away)
        folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        with small_disk(folder / "disk", options.megabytes) as disk:
            findings = asyncio.run(trial(options, folder, disk))
    print(f"{options.days:g} days of {options.outlets} outlets in {time.monotonic() - began:.0f} s")
    for each in findings:
        bar = "" if each.most is None else f"  at most {each.most:<5g} {'' if each.well else '  MISSED'}"
        print(f"{each.found:>8g}  {each.what:<80}{bar}".rstrip())
        for example in each.examples:
            print(f"{'':10}{str(example)[:400]}")
    return 0 if all(each.well for each in findings) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="24 outlets, one day, within a minute: what the test runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outlets", type=int, default=500)
    parser.add_argument("--days", type=float, default=14.0)
    parser.add_argument("--rate", type=float, default=1500.0)
    parser.add_argument("--each", type=float, default=10.0, help="pieces of an outlet, in the middle")
    parser.add_argument("--every", default="6h", help="how often an outlet is visited")
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--work", type=float, default=15.0, help="real seconds that a life may work before it is killed")
    parser.add_argument("--full", type=float, default=6.0, help="real seconds for which the disk is full")
    parser.add_argument("--megabytes", type=int, default=1024, help="the size of that disk")
    parser.add_argument("--folder", type=Path, help="where to leave configuration and logs; by default they are thrown away")
    quick = {
        "outlets": 24,
        "days": 1.0,
        "rate": 4000.0,
        "each": 4.0,
        "every": "2h",
        "kills": 2,
        "work": 3.0,
        "full": 2.0,
        "megabytes": 128,
    }
    if "--quick" in sys.argv:
        parser.set_defaults(**quick)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
