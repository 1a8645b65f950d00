"""What a new article costs from end to end, beside reading its page alone, and beside other tools on the same addresses.

    python benchmarks/scale/articles.py [--pages 240] [--peer-pages 40] [--rounds 3] [--peers FOLDER] [--hosts 24] [--rules 100]

End to end is the command `nightdesk crawl` on feeds that list the pages: fetch, read in worker processes, identify, store,
match against rules. Reading alone is the same reader, in one process, on the same bytes. The others download and read each
address by their own documented call. All is CPU (user and system, of a process and all that it started), as the difference
between many pages and few, so that starting up, which a daemon does once, is in none of the figures. They take turns, round
by round; the figures are medians. Exits with 1 above a bar: 1.2 of reading alone, 1/4 of news-please, 1/2 of newspaper4k.

`--peers`: a folder with a virtual environment for each other tool, by its name (`python -m venv FOLDER/news-please`, and
`pip install news-please lxml_html_clean` there); what is not there is left out, visibly.
The pages are those of the corpus (`NIGHTDESK_CORPUS`); without it, those of the local newspaper.
"""

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median

import wording
from corpus import CORPUS_THERE, NOW, save
from served import host, urls

from crawler.tasks import read_page

BARS = {"reading alone": 1.2, "news-please": 0.25, "newspaper4k": 0.5}
_FEW = 0.1  # the share of the pages that the smaller run takes
_HERE = Path(__file__).parent
_CONFIGURATION = """
[crawl]
delay = "0s"
second_route = "off"
comment_feeds = "off"
"""
_SOURCE = '[[source]]\nname = "host {0}"\nurl = "http://{0}/"\nfeeds = ["http://{0}/feed/{1}.xml"]\n'


class Bench:
    """Pages in a folder, served on a port; what it costs to have so many of them."""

    def __init__(self, folder: Path, port: int, options: argparse.Namespace) -> None:
        self._folder = folder
        self._port = port
        self._hosts = options.hosts
        self._rules = options.rules
        self._peers: Path | None = options.peers
        self._runs = 0

    def ours(self, pages: int) -> float:
        """CPU seconds of one crawl that takes the first `pages` pages in."""
        self._runs += 1
        home = self._folder / f"desk-{self._runs}"
        home.mkdir()
        sources = "".join(_SOURCE.format(f"{host(n)}:{self._port}", pages) for n in range(self._hosts))
        rules = "".join(
            f'[[rule]]\nname = "r{n}"\nquery = "{word} AND {other}"\n' for n, (word, other) in enumerate(_pairs(self._rules))
        )
        (home / "nightdesk.toml").write_text(_CONFIGURATION + sources + rules, "utf-8")
        environment = {**os.environ, "NIGHTDESK_ALLOW_NETWORKS": "127.0.0.0/8", "NIGHTDESK_CLOCK": f"{NOW.isoformat()}@1"}
        spent = cpu(
            [sys.executable, "-m", "nightdesk", "--db", f"sqlite:///{home / 'nightdesk.db'}", "crawl", "--json"],
            home,
            environment,
        )
        stored = count(home / "nightdesk.db")
        assert stored == pages, f"{stored} of {pages} pages are stored"
        return spent

    def reading(self, pages: int) -> float:
        """CPU seconds of reading them, in one process."""
        return cpu([sys.executable, __file__, "--read", str(pages), "--folder", str(self._folder / "pages")], self._folder)

    def peer(self, name: str, pages: int) -> float:
        """CPU seconds of another tool on their addresses."""
        assert self._peers
        addresses = "\n".join(urls(self._port, self._hosts, pages))
        return cpu(
            [str(self._peers / name / "bin" / "python"), str(_HERE / "other_readers.py"), name], self._folder, given=addresses
        )

    def has(self, name: str) -> bool:
        """Whether that tool is installed."""
        return self._peers is not None and (self._peers / name / "bin" / "python").exists()


def cpu(command: list[str], folder: Path, environment: dict[str, str] | None = None, given: str = "") -> float:
    """Run a command to its good end; the CPU seconds of it and of all that it started."""
    with (folder / "given").open("w+") as stdin, (folder / "said").open("w+") as said:
        stdin.write(given)
        stdin.seek(0)
        process = subprocess.Popen(command, cwd=folder, env=environment, stdin=stdin, stdout=said, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        assert process.returncode == 0, said.read()[-2000:]
    return usage.ru_utime + usage.ru_stime


def count(database: Path) -> int:
    """How many articles there are."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as rows:
        return int(rows.execute("SELECT count(*) FROM articles").fetchone()[0])


def _pairs(rules: int) -> list[tuple[str, str]]:
    """Two words for each rule, from the usual to the rare."""
    return [(wording.VOCABULARY[n], wording.VOCABULARY[n * 7 % 3000]) for n in range(rules)]


def read_all(folder: Path, pages: int) -> None:
    """Read the first pages, one after the other, as a worker process does."""
    for number, url in enumerate(urls(80, 1, pages)):
        read_page((folder / f"{number}.html").read_bytes(), url, NOW, None)


@contextmanager
def served(folder: Path, hosts: int) -> Iterator[int]:
    """The pages' server; its port."""
    command = [sys.executable, _HERE / "served.py", folder, str(hosts)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdin
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def measure(bench: Bench, options: argparse.Namespace, pages: int) -> dict[str, list[float]]:
    """CPU seconds a page in each round, by what was measured."""
    spent: dict[str, list[float]] = {"end to end": [], "reading alone": []}
    few, peer_few = max(1, round(pages * _FEW)), max(1, round(options.peer_pages * _FEW))
    for _ in range(options.rounds):
        spent["end to end"].append(_each(bench.ours, few, pages))
        spent["reading alone"].append(_each(bench.reading, few, pages))
        for name in ("news-please", "newspaper4k"):
            if bench.has(name):
                spent.setdefault(name, []).append(_each(partial(bench.peer, name), peer_few, options.peer_pages))
    return spent


def _each(run: Callable[[int], float], few: int, many: int) -> float:
    return (run(many) - run(few)) / (many - few)


def report(spent: dict[str, list[float]]) -> bool:
    """Print what was measured; whether all of it is within its bar."""
    ours, well = median(spent["end to end"]), True
    for name, values in spent.items():
        told = f"{name:<15}{median(values) * 1e3:8.1f} ms of CPU a page ({', '.join(f'{each * 1e3:.1f}' for each in values)})"
        if name in BARS:
            ratio = ours / median(values)
            well &= ratio <= BARS[name]
            told += f"; end to end is {ratio:.2f} of it, bar {BARS[name]:g}{'' if ratio <= BARS[name] else '  MISSED'}"
        print(told)
    for name in BARS.keys() - spent.keys():
        print(f"SKIPPED  {name}: it is not there; see --peers")
    return well


def main() -> int:
    """0 when all that was measured is within its bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=240)
    parser.add_argument("--peer-pages", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hosts", type=int, default=24)
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--read", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read:
        read_all(options.folder, options.read)
        return 0
    with tempfile.TemporaryDirectory() as thrown_away:
        folder = Path(thrown_away)
        pages = save(folder / "pages", options.pages)
        options.peer_pages = min(options.peer_pages, pages)
        print(f"{pages} pages of {'the corpus' if CORPUS_THERE else 'the local newspaper'} on {options.hosts} hosts")
        began = time.monotonic()
        with served(folder / "pages", options.hosts) as port:
            well = report(measure(Bench(folder, port, options), options, pages))
        print(f"{time.monotonic() - began:.0f} s")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
