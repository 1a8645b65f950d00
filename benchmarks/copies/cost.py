"""What recognising copies costs: beside datasketch's MinHashLSH on the same articles, by the size of the archive, and in bytes.

    python benchmarks/copies/cost.py [--articles 3000] [--sizes 10000,100000,1000000] [--folder DIR]

Ours, all in: tokens, shingles, the question for candidates, their comparison, relations, fingerprints written and committed.
Theirs, all in: the text cut into runs of five words, hashed as a batch (128 permutations), query and insert; in brackets
without the cutting, and with one `update` a run, as its guide shows. Both take turns at the same articles, of which every
third is an edited copy of an earlier one. Growth is measured in archives of several sizes that are filled with
synthetic articles: a share of their fingerprints are those that real texts have in common, as often as there, the others are
random. Each archive is asked by a process of its own, which also tells its memory. Exits with 1 above a limit.

The articles are those of the corpus of copies (`NIGHTDESK_CORPUS`); without it, words drawn as they are in language.
"""

import argparse
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate, product
from pathlib import Path
from random import Random
from statistics import fmean, median
from typing import Any

import bases
import edits
import numpy as np
from datasketch import MinHash, MinHashLSH
from edits import Desk
from furniture import KITS

from storage import ingest
from storage.clock import Clock
from storage.models import Extraction, Schedule, Source
from storage.store import Store, Tables, connect

RATIO, SLOPE, BYTES, GROWTH = 0.5, 0.15, 750.0, 32.0  # limits; the last in MB, from the archive before the greatest to it
WORDS, BATCH, PERMUTATIONS, RUN = 350, 50, 128, 5
PER_ARTICLE = 28  # synthetic fingerprints, about those of 350 words
PROBES, WARM = 700, 100
BITS = 40
PIECES = 64  # in which an archive is filled
MOST = 16  # articles that one fingerprint is stored for
PARTS = ("read_content", "recognise", "remember")  # of ingest: what copies cost
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
Row = tuple[str, str, str]  # URL, title, text


def articles(count: int, dice: Random) -> list[Row]:
    """Articles of 200 to 600 words; every third is an edited copy of an earlier one."""
    texts = bases_of(count, dice)
    desk, made = Desk(KITS["en"], dice, texts[:200]), []
    for number, text in enumerate(texts[:count]):
        copy = number % 3 == 2
        blocks = edits.EDITS[dice.choice(list(edits.EDITS))](made[dice.randrange(len(made))], desk) if copy else text
        made.append(blocks)
    return [(f"https://h{dice.randrange(300)}.example/{n}", text[0], "\n\n".join(text)) for n, text in enumerate(made)]


def bases_of(count: int, dice: Random) -> list[list[str]]:
    """Texts that are no copies of one another, where the corpus has enough; else drawn words."""
    if (bases.CORPUS / "copies").is_dir():
        rows = [row["text"].split("\n\n") for row in bases.originals()[0].values()]
        found = [text for text in rows if 200 <= bases.size(text, KITS["en"]) <= 600]
        return dice.sample(found, len(found)) + [drawn(dice) for _ in range(count - len(found))]
    return [drawn(dice) for _ in range(count)]


SYLLABLES = (
    ("ka", "lo", "mi", "ne", "pu", "ra", "si", "to"),
    ("ber", "dan", "fil", "gor", "hum", "jes"),
    ("", "a", "en", "ik", "ol", "us", "ard", "est", "ing", "ory"),
)
VOCABULARY = list(map("".join, product(*SYLLABLES)))
WEIGHTS = list(accumulate(1 / (rank + 2) for rank in range(len(VOCABULARY))))


def drawn(dice: Random) -> list[str]:
    """A headline and seven paragraphs of fifty words, the most usual ones most often (Zipf)."""
    words = dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=WORDS + 8)
    return [" ".join(words[:8]), *(" ".join(words[at : at + 50]) + "." for at in range(8, len(words), 50))]


class Ours:
    """Nightdesk's store, into which articles go by its own ingest; `spent` counts what copies cost of that, in seconds."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.source = store.write_now(self._source)
        self.spent: list[float] = []
        self._cost = 0.0
        for name in PARTS:
            setattr(ingest, name, self._timed(getattr(ingest, name)))

    @staticmethod
    def _source(tables: Tables) -> Source:
        made = Source("wire", "https://wire.example/", Schedule(every=86_400.0), NOW, sites=("wire.example",))
        return tables.sources.find(made.name) or tables.sources.add(made)

    def _timed(self, part: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **how: Any) -> Any:
            start = time.process_time()
            try:
                return part(*arguments, **how)
            finally:
                self._cost += time.process_time() - start

        return timed

    def take(self, rows: list[Row]) -> None:
        """Articles in transactions of fifty; what a transaction takes beside its articles is spread over them."""
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            begun = time.process_time()
            costs, inside = self.store.write_now(partial(self._take_all, part))
            around = (time.process_time() - begun - inside) / len(part)
            self.spent += [cost + around for cost in costs]

    def _take_all(self, part: list[Row], tables: Tables) -> tuple[list[float], float]:
        begun, costs = time.process_time(), []
        for url, title, text in part:
            self._cost = 0.0
            read = Extraction(url=url, title=title, text=text, published=NOW)
            ingest.ingest_article(tables, read, self.source, page=None, url=url, now=NOW, quiet=True)
            costs.append(self._cost)
        return costs, time.process_time() - begun


class Theirs:
    """datasketch's index of signatures, in memory; CPU seconds of each article by what is done."""

    def __init__(self) -> None:
        self.index = MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS)
        self.spent: dict[str, list[float]] = {"cut": [], "hash": [], "query and insert": [], "update": []}

    def take(self, rows: list[Row]) -> None:
        """Articles one by one; of every tenth the slow way to hash is measured as well."""
        for url, _, text in rows:
            start = time.process_time()
            words = text.casefold().split()
            runs = list({" ".join(words[at : at + RUN]).encode() for at in range(max(1, len(words) - RUN + 1))})
            cut = time.process_time()
            signature = MinHash(num_perm=PERMUTATIONS)
            signature.update_batch(runs)
            hashed = time.process_time()
            self.index.query(signature)
            self.index.insert(url, signature)
            done = time.process_time()
            if len(self.spent["cut"]) % 10 == 0:
                slow = MinHash(num_perm=PERMUTATIONS)
                for run in runs:
                    slow.update(run)
                self.spent["update"].append(time.process_time() - done)
            self.spent["cut"].append(cut - start)
            self.spent["hash"].append(hashed - cut)
            self.spent["query and insert"].append(done - hashed)

    def mean(self, *parts: str) -> float:
        """CPU seconds an article of these parts."""
        return sum(fmean(self.spent[part]) for part in parts)


def beside(file: Path, count: int) -> bool:
    """Both on the same articles, from an empty index on; whether ours is within its limits."""
    rows = articles(count, Random(1))
    theirs = Theirs()
    with connect(f"sqlite:///{file}", Clock(NOW)) as store:
        ours = Ours(store)
        for at in range(0, len(rows), BATCH):
            ours.take(rows[at : at + BATCH])
            theirs.take(rows[at : at + BATCH])
    mine, other = fmean(ours.spent), theirs.mean("cut", "hash", "query and insert")
    bare, slow = theirs.mean("hash", "query and insert"), theirs.mean("cut", "update", "query and insert")
    words = fmean(len(text.split()) for *_, text in rows)
    with closing(sqlite3.connect(file)) as database:
        room = database.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'fingerprints'").fetchone()[0] / len(rows)
        entries = database.execute("SELECT count(*) FROM fingerprints").fetchone()[0] / len(rows)
    scaled = room * WORDS / words
    print(f"{len(rows)} articles of {words:.0f} words, every third a copy; CPU an article")
    print(f"  ours       {mine * 1e3:6.2f} ms (median {median(ours.spent) * 1e3:.2f})")
    print(f"  datasketch {other * 1e3:6.2f} ms ({bare * 1e3:.2f} without cutting, {slow * 1e3:.2f} with `update`)")
    print(f"  ratio      {mine / other:6.2f}, limit {RATIO:g} ({mine / bare:.2f} and {mine / slow:.2f})")
    print(f"  index      {scaled:6.0f} bytes an article at {WORDS} words, limit {BYTES:g} ({entries:.1f} fingerprints)")
    return mine <= RATIO * other and scaled <= BYTES


def commonness(file: Path, count: int) -> list[tuple[int, float]]:
    """The fingerprints that several stories among `count` articles have, with how many of a million have each."""
    with closing(sqlite3.connect(file)) as database:
        stories = (
            "SELECT f.hash, count(DISTINCT a.story_id) n FROM fingerprints f"
            " JOIN articles a ON a.id = f.article_id GROUP BY f.hash"
        )
        found = database.execute(f"SELECT hash, n FROM ({stories}) WHERE n > 1").fetchall()
    return [(value, 1e6 * each / count) for value, each in found]


def fill(file: Path, size: int, common: list[tuple[int, float]]) -> None:
    """An archive of `size` synthetic articles, each a story of its own; `common` as `commonness` gives it."""
    with connect(f"sqlite:///{file}", Clock(NOW)) as store:
        source = Ours(store).source.id
    when, text, numbers = "2026-03-02T11:00:00.000Z", " ".join(VOCABULARY[:30]), range(1, size + 1)
    with closing(sqlite3.connect(file)) as database:
        database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF;")
        with database:
            database.executemany(
                "INSERT INTO stories (id, title, first_article_id, first_seen) VALUES (?, 'filled', ?, ?)",
                ((n, n, when) for n in numbers),
            )
            database.executemany(
                "INSERT INTO articles (id, canonical_url, url, site, source_id, story_id, first_seen, last_seen, news, title,"
                " kind, comments_status, version_id, words)"
                f" VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'filled', 'article', 'unknown', ?, {WORDS})",
                ((n, f"filled:{n}", f"filled:{n}", f"f{n % 2000}.example", source, n, when, when, n) for n in numbers),
            )
            database.executemany(
                "INSERT INTO versions (id, article_id, number, title, text, text_hash, words, seen, quiet, unmatched)"
                f" VALUES (?, ?, 1, 'filled', '{text}', ?, {WORDS}, ?, 1, NULL)",
                ((n, n, f"{n:032x}", when) for n in numbers),
            )
            for part in postings(size, common):
                database.executemany("INSERT OR IGNORE INTO fingerprints (hash, article_id) VALUES (?, ?)", part)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def postings(size: int, common: list[tuple[int, float]]) -> Iterator[list[tuple[int, int]]]:
    """Rows of fingerprints in the table's order: those that texts have in common, and random ones."""
    dice = np.random.default_rng(size)
    counts = [min(MOST, max(1, round(each * size / 1e6))) for _, each in common]
    hashes = np.repeat(np.array([value for value, _ in common], np.int64), counts)
    left = size * PER_ARTICLE - len(hashes)
    for piece in range(PIECES):
        low, high = piece * 2**BITS // PIECES, (piece + 1) * 2**BITS // PIECES
        ours = hashes[(hashes >= low) & (hashes < high)]
        values = np.concatenate((ours, dice.integers(low, high, left // PIECES)))
        values.sort()
        yield list(zip(values.tolist(), dice.integers(1, size + 1, len(values)).tolist(), strict=True))


def grow(folder: Path, sizes: list[int], common: list[tuple[int, float]]) -> bool:
    """CPU and memory of the same probes in archives of several sizes; whether both stay within their limits."""
    print(f"{PROBES} probes in archives with {len(common)} fingerprints that several texts have, each in up to {MOST} articles")
    means, memories = [], []
    for size in sizes:
        file = folder / f"grown-{size}.db"
        fill(file, size, common)
        megabytes = file.stat().st_size / 1e6
        done = subprocess.run([sys.executable, __file__, "--ask", file], stdout=subprocess.PIPE, text=True, check=True)
        file.unlink()
        mean, middle, memory = json.loads(done.stdout)
        means.append(mean)
        memories.append(memory)
        cost = f"{mean:.2f} ms (median {middle:.2f}) a probe"
        print(f"  {size:9,} articles, {megabytes:5,.0f} MB: {cost}, {memory:.0f} MB of memory")
    if len(sizes) < 2:
        return True
    slope = float(np.polyfit(np.log(sizes), np.log(means), 1)[0])
    more = memories[-1] - memories[-2]
    print(f"  log-log slope {slope:.3f}, limit {SLOPE:g}; memory in the greatest {more:+.0f} MB, limit {GROWTH:g}")
    return slope <= SLOPE and more <= GROWTH


def ask(file: Path) -> None:
    """Send the probes into an archive; print their CPU in ms and this process's greatest memory in MB."""
    rows = articles(WARM + PROBES, Random(2))
    with connect(f"sqlite:///{file}", Clock(NOW)) as store:
        ours = Ours(store)
        ours.take(rows)
    spent = [each * 1e3 for each in ours.spent[WARM:]]
    memory = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1e3  # getrusage has the parent's too
    print(json.dumps([fmean(spent), median(spent), memory]))


def main() -> int:
    """Measure all; 1 above a limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--folder", type=Path, help="where the archives are made (3 GB for a million articles)")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        ask(options.ask)
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        file = Path(folder) / "beside.db"
        cheap = beside(file, options.articles)
        level = grow(Path(folder), sorted(map(int, options.sizes.split(","))), commonness(file, options.articles))
    return int(not (cheap and level))


if __name__ == "__main__":
    sys.exit(main())
