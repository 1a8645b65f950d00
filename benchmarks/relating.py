"""What finding related stories costs an article, by how many articles are in the window; and what it keeps.

python benchmarks/relating.py

The articles are made of words with Zipf's frequencies. What fills the window are sketches of such articles, under the
same terms again and again, so that the lists of articles behind a term grow as they would in a busy archive.
"""

import itertools
import math
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.clock import Clock
from storage.instants import to_text
from storage.likeness.relating import Sketch, pack, read_terms, sketch
from storage.likeness.series import Sent
from storage.store import Store, Tables, connect
from storage.tokens import tokenize

SIZES = (1_000, 10_000, 100_000)
WORDS = 350
VOCABULARY = 30_000
TEXTS = 500  # measured at each size
ROUND = 100  # of them at a time
LIMIT = 8.0  # times the tokens of the same texts, in the same run
LIMIT_SLOPE = 0.15  # log-log
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def texts(count: int, seed: int) -> list[tuple[str, str]]:
    """Titles and texts, word by word as in a language."""
    chance = random.Random(seed)
    word = [f"{'bcdfgklmnprstvz'[n % 15]}{'aeiou'[n % 5]}w{n:x}" for n in range(VOCABULARY)]
    weights = list(itertools.accumulate(1 / (n + 2) for n in range(VOCABULARY)))
    made = [chance.choices(word, cum_weights=weights, k=WORDS) for _ in range(count)]
    return [(" ".join(each[:8]), " ".join(each)) for each in made]


def fill(store: Store, known: list[Sketch], first: int, last: int) -> None:
    """Put sketches into the window, as articles `first` to `last`."""
    packed = [pack(each) for each in known]
    numbers = range(first, last)

    def work(tables: Tables) -> None:
        run = tables.connection.conn.executemany
        run(
            "INSERT INTO related_sketches VALUES (?, ?, ?, ?)",
            ((n, to_text(NOW), to_text(NOW), packed[n % len(packed)]) for n in numbers),
        )
        run(
            "INSERT INTO related_postings VALUES (?, ?)",
            ((term, n) for n in numbers for term in known[n % len(known)].posted()),
        )

    store.write_now(work)


def place(store: Store, articles: list[tuple[str, str]], first: int) -> float:
    """Seconds of CPU for an article: its terms, their frequencies, what is near, and what is kept; the best of some rounds."""

    def work(tables: Tables) -> float:
        tables.connection.execute("PRAGMA defer_foreign_keys = ON")
        now, rounds = NOW + timedelta(seconds=1), []
        sent = Sent("https://one.example/a", now, dated=False)
        for at in range(0, len(articles), ROUND):
            begun = time.process_time()
            for number, (title, text) in enumerate(articles[at : at + ROUND], first + at):
                tables.related.place(number, title, text, site="one.example", sent=sent, now=now)
            rounds.append((time.process_time() - begun) / ROUND)
        tables.connection.execute("DELETE FROM related_members")  # of articles that are not in the archive
        return min(rounds)

    return store.write_now(work)


def tokens_alone(articles: list[tuple[str, str]]) -> float:
    """Seconds of CPU for the tokens of a text, which ingest needs anyway: how fast this machine is just now."""
    rounds = []
    for _ in range(5):
        begun = time.process_time()
        for _, text in articles:
            tokenize(text)
        rounds.append((time.process_time() - begun) / len(articles))
    return min(rounds)


def bytes_kept(store: Store) -> dict[str, int]:
    rows = store.read_now(
        lambda t: t.connection.execute(
            "SELECT name, sum(pgsize) FROM dbstat WHERE name LIKE 'related%' GROUP BY name ORDER BY name"
        ).fetchall()
    )
    return dict(rows)


def main() -> int:
    """Print the cost by size, its slope, and the room; 1 when a limit is passed."""
    with tempfile.TemporaryDirectory() as name, connect(f"{Path(name) / 'n.db'}", Clock()) as store:
        place(store, texts(2_500, 1), 1)
        having = store.read_now(lambda t: dict(t.connection.execute("SELECT term, articles FROM related_terms").fetchall()))
        known = [sketch(read_terms(*each), having) for each in texts(2_000, 2)]
        at, costs = 2_501, []
        for size in SIZES:
            fill(store, known, at, size + 2_501)
            at = size + 2_501
            costs.append(place(store, texts(TEXTS, size), 10_000_000 + size))
        alone = tokens_alone(texts(ROUND, 3))
        for size, cost in zip(SIZES, costs, strict=True):
            print(
                f"{size:>7} articles in the window: {cost * 1000:.2f} ms of CPU an article, {cost / alone:.1f} times its tokens"
            )
        print(f"tokens alone, of {WORDS} words: {alone * 1000:.2f} ms (limit {LIMIT} times this)")
        slope = math.log(costs[-1] / costs[0]) / math.log(SIZES[-1] / SIZES[0])
        print(f"log-log slope {slope:.3f} (limit {LIMIT_SLOPE})")
        room = bytes_kept(store)
        window = room["related_sketches"] + room["related_postings"]
        print(f"{window / (SIZES[-1] + 2_500 + TEXTS * len(SIZES)):.0f} bytes an article while it is in the window;"
              f" frequencies of terms {room['related_terms'] / 1000:.0f} kB in all")  # fmt: skip
    return int(slope > LIMIT_SLOPE or max(costs) > LIMIT * alone)


if __name__ == "__main__":
    sys.exit(main())
