"""The desk of the endurance trial: its folder and configuration, the daemon's lives one after the other, and its commands."""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from calendar_clock import Calendar
from footprint import Sample, measure
from outlets import RULES, World

_HEAD = '[crawl]\ndelay = "1s"\nevery = "{every}"\n\n'
_SOURCE = '[[source]]\nname = "outlet {0}"\nurl = "{1}/"\nfeeds = ["{1}/feed.xml"]\n\n'
_RULE = '[[rule]]\nname = "{0}"\nquery = "{0}"\n\n'
_CHANNEL = '[[channel]]\nname = "hook"\nkind = "webhook"\nurl = "{}"\n'
_WATCH = 1.0  # seconds between two looks at its memory
END = 5.0  # seconds in which SIGTERM must have ended it
_COMMAND = 120.0  # seconds that a command may take here
_DECLARED = len(RULES) - 1  # so many rules are declared in the file, the others are added by command


class Ran(NamedTuple):
    """A command that has ended."""

    command: tuple[str, ...]
    code: int
    out: str
    errors: str


@dataclass(slots=True)
class Desk:
    """One installation of Nightdesk, and what was seen of it. `database` may be on another disk than `folder`."""

    folder: Path
    database: Path
    calendar: Calendar
    samples: list[Sample] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)  # Unix seconds
    lives: int = 0
    process: asyncio.subprocess.Process | None = None
    _born: float = 0.0

    @property
    def toml(self) -> Path:
        """Its configuration."""
        return self.folder / "nightdesk.toml"

    def declare(self, world: World, port: int, hook: str, every: str) -> None:
        """Write the configuration."""
        sources = [_SOURCE.format(number, f"http://{world.host(number)}:{port}") for number in range(world.outlets)]
        rules = [_RULE.format(rule) for rule in RULES[:_DECLARED]]
        self.toml.write_text("".join((_HEAD.format(every=every), *sources, *rules, _CHANNEL.format(hook))), "utf-8")

    async def add_rules(self) -> None:
        """Add the rules that the file does not declare."""
        for rule in RULES[_DECLARED:]:
            assert (await self.run("rule", "add", rule, rule)).code == 0, rule

    async def run(self, *command: str) -> Ran:
        """A command, at the calendar's time."""
        process = await asyncio.create_subprocess_exec(
            *self._line(*command), cwd=self.folder, env=self._environment(), stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            out, errors = await asyncio.wait_for(process.communicate(), _COMMAND)
        except TimeoutError:
            process.kill()
            await process.wait()
            return Ran(command, -1, "", f"nothing came within {_COMMAND:.0f} s")
        return Ran(command, process.returncode or 0, out.decode(), errors.decode())

    async def configuration(self) -> list[str]:
        """All that the commands tell of sources, rules and channels, and the file itself."""
        asked = (("rule", "list", "--json"), ("channel", "list", "--json"), ("source", "export"))
        ran = await asyncio.gather(*(self.run(*each) for each in asked))
        assert not any(each.code for each in ran), ran
        rules, channels, sources = (each.out for each in ran)
        return [
            self.toml.read_text("utf-8"),
            rules,
            channels,
            *sorted(line for line in sources.splitlines() if "<outline" in line),
        ]

    async def start(self) -> None:
        """The next life of the daemon."""
        self.lives += 1
        with self.log(self.lives).open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self._line("run"),
                cwd=self.folder,
                env=self._environment(),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._born = time.monotonic()

    async def at_work(self) -> None:
        """Wait until this life has begun its work."""
        while "event=started" not in self.log(self.lives).read_text("utf-8", "replace"):
            assert not self.dead, self.log(self.lives).read_text("utf-8", "replace")
            await asyncio.sleep(0.1)

    def log(self, life: int) -> Path:
        """What a life has said."""
        return self.folder / f"life-{life:02}.log"

    @property
    def dead(self) -> bool:
        """Whether the daemon has ended, by itself or because of us."""
        return self.process is None or self.process.returncode is not None

    async def kill(self) -> None:
        """SIGKILL. What it had started must go with it by itself."""
        if self.process is not None and not self.dead:
            self.kills.append(time.time())
            self.process.kill()
            await self.process.wait()

    async def end(self) -> float:
        """SIGTERM; the seconds that it took, or infinity."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), END)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
            return float("inf")
        return time.monotonic() - began

    async def watch(self) -> None:
        """Look at its memory, again and again."""
        while True:
            await asyncio.sleep(_WATCH)
            if self.process is not None and not self.dead:
                sample = await asyncio.to_thread(measure, self.process.pid, self.lives, time.monotonic() - self._born)
                if sample.main:
                    self.samples.append(sample)

    def _line(self, *command: str) -> list[str]:
        return [sys.executable, "-m", "nightdesk", "--db", f"sqlite:///{self.database}", *command]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
        return {**kept, "NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8", "NIGHTDESK_CLOCK": self.calendar.spec()}
