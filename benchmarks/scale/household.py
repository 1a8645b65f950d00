"""The processes of a run: the origin, the daemon under test, and what the kernel says they cost."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.clock import Clock
from storage.instants import to_text
from storage.models import Feed, FeedKind, Schedule, Source
from storage.store import Store, Tables, connect

HERE = Path(__file__).parent
_TICK = os.sysconf("SC_CLK_TCK")
_NEVER = timedelta(hours=11)  # from one round to the next; a round makes its sources due
_EVERY = 43_200.0


def host(number: int) -> str:
    """The address of the `number`-th host: all are this machine, each is a host of its own to a client."""
    return f"127.{1 + number // 62_500}.{1 + number // 250 % 250}.{1 + number % 250}"


@dataclass(slots=True)
class Origin:
    """The origin's process and its port."""

    process: "subprocess.Popen[str]"
    port: int

    def url(self, number: int, hosts: int, kind: str = "feed") -> str:
        """The address of the `number`-th feed, of `hosts` hosts."""
        return f"http://{host(number % hosts)}:{self.port}/{kind}/{number}"

    def next_edition(self) -> None:
        """Let live feeds have something new."""
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()


@contextlib.contextmanager
def origin(*arguments: str) -> Iterator[Origin]:
    """The origin, until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "origin.py"), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield Origin(process, int(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait()


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*"):
            with contextlib.suppress(OSError):
                found += map(int, (task / "children").read_text().split())
    return found


def cpu(pid: int) -> float:
    """CPU seconds, of user and system, of a process, its descendants, and those that it has waited for."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15] if each == pid else fields[11:13]))
    return total / _TICK


def pss(pid: int) -> dict[int, float]:
    """The proportional set size of a process and of each descendant, in MB (10^6 bytes): what they really add."""
    found = {}
    for each in tree(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            found[each] = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
    return found


class Desk:
    """`nightdesk run` over a database of many sources, which are visited when a round makes them due.

    `unread`: how many of them are new; the others are stored as if they had been read just now, with the ETag that they have.
    """

    def __init__(
        self, folder: Path, served: Origin, sources: int, hosts: int, *, kind: str = "feed", unread: int | None = None
    ) -> None:
        self._folder = folder
        self._database = folder / "nightdesk.db"
        self._store: Store = connect(str(self._database), Clock())
        now = datetime.now(UTC)

        def fill(tables: Tables) -> None:
            for number in range(sources):
                url = served.url(number, hosts, kind)
                home = url.rpartition(f"/{kind}/")[0] + "/"
                added = tables.sources.add(
                    Source(
                        f"source {number}", home, Schedule(every=_EVERY), now, sites=(host(number % hosts),), due=now + _NEVER
                    )
                )
                feed = tables.feeds.link(added.id, Feed(url, FeedKind.RSS), now)
                if unread is not None and number >= unread:
                    tables.feeds.settle(feed, now=now, changed=True, etag=f'"{number}"', last_modified=None)
                    tables.feeds.mark_read(feed, added.id, now)

        self._store.write_now(fill)
        self.sources = sources
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The daemon's."""
        assert self._process is not None
        return self._process.pid

    def configure(self, *, pages: int = 1) -> Path:
        """The configuration, written. `pages`: that a source may bring a day."""
        config = self._folder / "nightdesk.toml"
        config.write_text(f'database = "sqlite:///{self._database}"\n[crawl]\npages_per_day = {pages}\n', encoding="utf-8")
        return config

    def start(self, *command: str) -> None:
        """Start the daemon, and wait until it is at work. `command`: another one than `nightdesk`."""
        config = self.configure()
        log = self._folder / "log"
        environment = os.environ | {"NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8"}
        run = command or (sys.executable, "-m", "nightdesk")
        self._process = subprocess.Popen(
            [*run, "--config", str(config), "run", "--log-file", str(log)], env=environment, cwd=self._folder
        )
        while not log.exists() or "event=started" not in log.read_text(encoding="utf-8"):
            if self._process.poll() is not None:
                raise SystemExit(f"the daemon ended with {self._process.returncode}")
            time.sleep(0.1)
        time.sleep(2.0)  # what it does at first, it has done

    def stop(self) -> None:
        """End the daemon, and let go of the database."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        self._store.close()

    def make_due(self, seconds: float = 0.0) -> datetime:
        """Make every source due, at once, or evenly within so many seconds; from when on."""
        start = datetime.now(UTC)

        def plan(tables: Tables) -> None:
            ids = [row[0] for row in tables.connection.execute("SELECT id FROM sources ORDER BY id").fetchall()]
            for place, source_id in enumerate(ids):
                tables.sources.set_due(source_id, start + timedelta(seconds=seconds * place / len(ids)))

        self._store.write_now(plan)
        return start

    def round(self, seconds: float = 0.0) -> float:
        """Have every source visited once (see `make_due`); real seconds until all were."""
        begun = time.monotonic()
        start = self.make_due(seconds)
        pause = 0.25 if self.sources <= 2_000 else 1.0
        while self._store.read_now(lambda t: _visited(t, start)) < self.sources:
            time.sleep(pause)
            assert self._process is not None
            if self._process.poll() is not None:
                raise SystemExit(f"the daemon ended with {self._process.returncode}")
        return time.monotonic() - begun

    def settle(self) -> None:
        """Wait until every page that was listed was fetched, given up, or put off, as what is no web page is."""
        listed = "SELECT count(*) FROM pages WHERE state = 'due' AND reason != 'retry'"
        while self._store.read_now(lambda t: _count(t, listed, [])):
            time.sleep(0.5)

    def failures(self) -> int:
        """How many visits did not end well."""
        return self._store.read_now(lambda t: _count(t, "SELECT count(*) FROM crawls WHERE outcome <> 'ok'", []))

    def unchanged(self) -> int:
        """How many feeds answered last that they have not changed."""
        return self._store.read_now(lambda t: _count(t, "SELECT count(*) FROM feeds WHERE checked > changed", []))

    def articles(self) -> int:
        """How many articles are stored."""
        return self._store.read_now(lambda t: _count(t, "SELECT count(*) FROM articles", []))


def _visited(tables: Tables, since: datetime) -> int:
    return _count(tables, "SELECT count(*) FROM sources WHERE last_crawl >= ?", [to_text(since)])


def _count(tables: Tables, sql: str, values: list[str]) -> int:
    return int(tables.connection.execute(sql, values).fetchone()[0])
