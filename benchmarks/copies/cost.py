"""What recognising copies costs: beside datasketch's MinHashLSH on the same articles, by the size of the archive, and in bytes.

    python benchmarks/copies/cost.py [--articles 3000] [--sizes 10000,100000,1000000] [--folder DIR]

Ours, all in: tokens, shingles, the question for candidates, their comparison, relations, fingerprints written and committed.
Theirs: hashing (128 permutations, runs of five words), query and insert; cutting the text into its runs is not counted. Every
third article is an edited copy of an earlier one. Growth is measured in archives of several sizes that are filled with
synthetic articles: a share of their fingerprints are those that real texts have in common, as often as there, the others are
random. Each archive is asked by a process of its own, which also tells its memory. Exits with 1 above a limit.

The articles are those of the corpus of copies (`NIGHTDESK_CORPUS`); without it, words drawn as they are in language.
"""

import argparse
import json
import math
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path
from random import Random
from statistics import fmean, median

import bases
import edits
import numpy as np
from datasketch import MinHash, MinHashLSH
from edits import Desk
from furniture import KITS

from storage.clock import Clock
from storage.identity import count_words, text_hash
from storage.models import Extraction, Schedule, Source
from storage.postings import _MOST_ARTICLES as MOST
from storage.recognise import read_content, recognise, remember
from storage.store import Store, Tables, connect

RATIO, SLOPE, BYTES, GROWTH = 0.5, 0.15, 750.0, 32.0  # limits; the last in MB, from the smallest archive to the greatest
WORDS, BATCH, PERMUTATIONS, RUN = 350, 50, 128, 5
PER_ARTICLE = 40  # synthetic fingerprints, about those of 350 words
PROBES, WARM = 700, 100
BITS = 40
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


VOCABULARY = [f"{a}{b}{c}" for a in ("ka", "lo", "mi", "ne", "pu", "ra", "si", "to") for b in ("ber", "dan", "fil", "gor", "hum", "jes") for c in
              ("", "a", "en", "ik", "ol", "us", "ard", "est", "ing", "ory")]  # fmt: skip
WEIGHTS = list(accumulate(1 / (rank + 2) for rank in range(len(VOCABULARY))))


def drawn(dice: Random) -> list[str]:
    """A headline and seven paragraphs of fifty words, the most usual ones most often (Zipf)."""
    words = dice.choices(VOCABULARY, cum_weights=WEIGHTS, k=WORDS + 8)
    return [" ".join(words[:8]), *(" ".join(words[at : at + 50]) + "." for at in range(8, len(words), 50))]


class Ours:
    """Nightdesk's store, into which articles go as `ingest` puts them; `spent` counts only what copies cost."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.source = store.write_now(self._source)
        self.spent: list[float] = []

    @staticmethod
    def _source(tables: Tables) -> int:
        known = tables.sources.find("wire")
        return (
            known
            or tables.sources.add(
                Source("wire", "https://wire.example/", Schedule(every=86_400.0), NOW, sites=("wire.example",))
            )
        ).id

    def take(self, rows: list[Row]) -> None:
        """Articles in transactions of fifty; what a transaction takes beside its articles is spread over them."""
        for at in range(0, len(rows), BATCH):
            part = rows[at : at + BATCH]
            begun = time.process_time()
            costs, rest = self.store.write_now(lambda tables, part=part: self._take_all(tables, part))
            around = (time.process_time() - begun - sum(costs) - rest) / len(part)
            self.spent += [cost + around for cost in costs]

    def _take_all(self, tables: Tables, part: list[Row]) -> tuple[list[float], float]:
        both = [self._take(tables, *row) for row in part]
        return [cost for cost, _ in both], sum(rest for _, rest in both)

    def _take(self, tables: Tables, url: str, title: str, text: str) -> tuple[float, float]:
        start, site = time.process_time(), url.split("/")[2]
        found = recognise(tables, read_content(title, text, site))
        asked = time.process_time()
        story = found.story_id or tables.stories.add(title, NOW)
        read = Extraction(url=url, title=title, text=text)
        article = tables.articles.add(
            read, key=url, url=url, site=site, source_id=self.source, story_id=story, news=True, now=NOW
        )
        if found.story_id is None:
            tables.stories.found(story, article)
        digest, words = text_hash(text), count_words(text)
        tables.articles.add_version(article, read, text_hash=digest, words=words, now=NOW, quiet=True)
        stored = time.process_time()
        remember(tables, article, story, found, NOW)
        return time.process_time() - stored + asked - start, stored - asked


def theirs(rows: list[Row]) -> list[float]:
    """CPU seconds of each article in datasketch."""
    index, spent = MinHashLSH(threshold=0.5, num_perm=PERMUTATIONS), []
    for number, (_, _, text) in enumerate(rows):
        words = text.casefold().split()
        runs = list({" ".join(words[at : at + RUN]).encode() for at in range(max(1, len(words) - RUN + 1))})
        start = time.process_time()
        signature = MinHash(num_perm=PERMUTATIONS)
        signature.update_batch(runs)
        index.query(signature)
        index.insert(str(number), signature)
        spent.append(time.process_time() - start)
    return spent


def beside(folder: Path, count: int) -> tuple[bool, list[int]]:
    """Both on the same articles, from an empty index on; whether ours is within its limits, and how common fingerprints are."""
    rows = articles(count, Random(1))
    file = folder / "beside.db"
    with connect(f"sqlite:///{file}", Clock(NOW)) as store:
        ours = Ours(store)
        ours.take(rows)
    datasketch = theirs(rows)
    ratio = fmean(ours.spent) / fmean(datasketch)
    words = fmean(len(text.split()) for *_, text in rows)
    with closing(sqlite3.connect(file)) as database:
        room = database.execute("SELECT sum(pgsize) FROM dbstat WHERE name IN ('fingerprints')").fetchone()[0] / len(rows)
        entries = database.execute("SELECT count(*) FROM fingerprints").fetchone()[0] / len(rows)
        stories = (
            "SELECT count(DISTINCT a.story_id) n FROM fingerprints f JOIN articles a ON a.id = f.article_id GROUP BY f.hash"
        )
        common = [row[0] for row in database.execute(f"SELECT n FROM ({stories}) WHERE n > 1")]
    scaled = room * WORDS / words
    print(f"{len(rows)} articles of {words:.0f} words, every third a copy; CPU an article, mean (median)")
    print(f"  ours       {fmean(ours.spent) * 1e3:6.2f} ms ({median(ours.spent) * 1e3:.2f})")
    print(
        f"  datasketch {fmean(datasketch) * 1e3:6.2f} ms ({median(datasketch) * 1e3:.2f})   ratio {ratio:.2f}, limit {RATIO:g}"
    )
    print(
        f"  index {room:.0f} bytes and {entries:.1f} fingerprints an article; at {WORDS} words {scaled:.0f} bytes, limit {BYTES:g}"
    )
    return ratio <= RATIO and scaled <= BYTES, [round(1e6 * each / len(rows)) for each in sorted(common, reverse=True)]


def fill(file: Path, size: int, common: list[int]) -> None:
    """An archive of `size` synthetic articles. `common`: of a million articles, how many have each of the shared fingerprints."""
    with connect(f"sqlite:///{file}", Clock(NOW)) as store:
        source = Ours(store).source
    when = "2026-03-02T11:00:00.000Z"
    with closing(sqlite3.connect(file)) as database:
        database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF;")
        text = " ".join(VOCABULARY[:30])
        numbers = range(1, size + 1)
        with database:
            database.executemany(
                "INSERT INTO stories (id, title, first_article_id, first_seen) VALUES (?, 'filled', ?, ?)",
                ((n, n, when) for n in numbers),
            )
            database.executemany(
                "INSERT INTO articles (id, canonical_url, url, site, source_id, story_id, first_seen, last_seen, news, title, kind, comments_status, version_id)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'filled', 'article', 'unknown', ?)",
                ((n, f"filled:{n}", f"filled:{n}", f"f{n % 2000}.example", source, n, when, when, n) for n in numbers),
            )
            database.executemany(
                "INSERT INTO versions (id, article_id, number, title, text, text_hash, words, seen, quiet, unmatched)"
                f" VALUES (?, ?, 1, 'filled', '{text}', ?, {WORDS}, ?, 1, NULL)",
                ((n, n, f"{n:032x}", when) for n in numbers),
            )  # fmt: skip
            for part in postings(size, common):
                database.executemany("INSERT OR IGNORE INTO fingerprints (hash, article_id) VALUES (?, ?)", part)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def postings(size: int, common: list[int]) -> Iterator[list[tuple[int, int]]]:
    """Rows of fingerprints in the table's order: those that texts have in common, and random ones up to forty an article."""
    dice = np.random.default_rng(size)
    shared = [(value, min(MOST, max(1, round(each * size / 1e6)))) for value, each in zip(SHARED, common, strict=False)]
    hashes = np.repeat([value for value, _ in shared], [count for _, count in shared]).astype(np.int64)
    left = size * PER_ARTICLE - len(hashes)
    for piece in range(64):
        low, high = piece << (BITS - 6), (piece + 1) << (BITS - 6)
        ours = hashes[(hashes >= low) & (hashes < high)]
        values = np.concatenate((ours, dice.integers(low, high, left // 64)))
        values.sort()
        yield list(zip(values.tolist(), dice.integers(1, size + 1, len(values)).tolist(), strict=True))


SHARED: list[int] = []  # the fingerprints that texts have in common, by how many have them, most first


def grow(folder: Path, sizes: list[int], common: list[int]) -> bool:
    """CPU and memory of the same probes in archives of several sizes; whether both stay within their limits."""
    with closing(sqlite3.connect(folder / "beside.db")) as database:
        stories = "SELECT f.hash, count(DISTINCT a.story_id) n FROM fingerprints f JOIN articles a ON a.id = f.article_id GROUP BY f.hash"
        SHARED[:] = [row[0] for row in database.execute(f"SELECT hash FROM ({stories}) WHERE n > 1 ORDER BY n DESC")]
    print(f"{PROBES} probes; {len(SHARED)} fingerprints that several texts have, as often in the archive as here, up to {MOST}")
    found = []
    for size in sizes:
        file = folder / f"grown-{size}.db"
        fill(file, size, common)
        done = subprocess.run([sys.executable, __file__, "--ask", file], stdout=subprocess.PIPE, text=True, check=True)
        found.append(json.loads(done.stdout))
        megabytes = file.stat().st_size / 1e6
        file.unlink()
        print(
            "  {0:9,} articles: {mean:6.2f} ms ({median:.2f}) an article, {memory:6.1f} MB of memory; the file {1:,.0f} MB".format(
                size, megabytes, **found[-1]
            )
        )
    steps = np.log([each["mean"] for each in found])
    slope = float(np.polyfit(np.log(sizes), steps, 1)[0]) if len(sizes) > 1 else 0.0
    more = found[-1]["memory"] - found[0]["memory"]
    print(f"  log-log slope {slope:.3f}, limit {SLOPE:g}; memory {more:+.1f} MB, limit {GROWTH:g}")
    return slope <= SLOPE and more <= GROWTH


def ask(file: Path) -> None:
    """Send the probes into an archive; print their CPU in ms and this process's greatest memory in MB."""
    rows = articles(WARM + PROBES, Random(2))
    with connect(f"sqlite:///{file}", Clock(NOW)) as store:
        ours = Ours(store)
        ours.take(rows)
    spent = [each * 1e3 for each in ours.spent[WARM:]]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(json.dumps({"mean": fmean(spent), "median": median(spent), "memory": memory}))


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
        cheap, common = beside(Path(folder), options.articles)
        level = grow(Path(folder), sorted(map(int, options.sizes.split(","))), common)
    return int(not (cheap and level and math.isfinite(RATIO)))


if __name__ == "__main__":
    sys.exit(main())
