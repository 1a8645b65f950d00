"""Archives of any size for the growth of costs: synthetic articles, written past the product, but in its tables as it would.

Each is a story of its own with one version in the full-text index, a page that is stored, and random fingerprints (a text has
about 28 of 350 words): what many texts have in common is measured by `benchmarks/copies/cost.py`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import wording

START = datetime(2026, 3, 2, tzinfo=UTC)
BETWEEN = timedelta(seconds=17)  # two articles: 5,000 a day
WORDS, PRINTS, SITES = 300, 24, 2000
_AT_ONCE = 50_000
_BITS = 40


def seen(number: int) -> datetime:
    """When the article of that number came."""
    return START + number * BETWEEN


def text_of(dice: Random) -> str:
    """So many words in paragraphs, as they are in language."""
    return "\n\n".join(wording.paragraphs(wording.drawn(dice, WORDS)))


def fill(file: Path, source: int, size: int) -> None:
    """Let an archive of our own making grow to `size` articles."""
    with closing(sqlite3.connect(file)) as database:
        database.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -400000; PRAGMA foreign_keys = OFF;")
        first = database.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()[0]
        for begin in range(first, size + 1, _AT_ONCE):
            _add(database, source, range(begin, min(begin + _AT_ONCE, size + 1)))
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("ANALYZE")


def _add(database: sqlite3.Connection, source: int, numbers: range) -> None:
    with database:
        database.executemany(
            "INSERT INTO stories (id, title, first_article_id, first_seen) VALUES (?, ?, ?, ?)",
            ((n, f"Filled {n}", n, _when(n)) for n in numbers),
        )
        database.executemany(
            "INSERT INTO articles (id, canonical_url, url, site, source_id, story_id, first_seen, last_seen, news, title, kind,"
            f" comments_status, version_id, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, 'article', 'none', ?, {WORDS})",
            ((n, _url(n), _url(n), f"f{n % SITES}.example", source, n, _when(n), _when(n), f"Filled {n}", n) for n in numbers),
        )
        database.executemany(
            "INSERT INTO pages (key, url, host, source_id, state, reason, first_seen, article_id)"
            " VALUES (?, ?, ?, ?, 'stored', 'new', ?, ?)",
            ((_url(n), _url(n), f"f{n % SITES}.example", source, _when(n), n) for n in numbers),
        )
        for number, text in _texts(numbers):
            database.execute(
                "INSERT INTO versions (id, article_id, number, title, text, text_hash, words, seen, unmatched)"
                f" VALUES (?, ?, 1, ?, ?, ?, {WORDS}, ?, NULL)",
                (number, number, f"Filled {number}", text, f"{number:032x}", _when(number)),
            )
            database.execute(
                "INSERT INTO versions_index (rowid, title, body) VALUES (?, ?, ?)",
                (number, f"filled {number}", text.lower().replace(".", "")),
            )
        database.executemany("INSERT OR IGNORE INTO fingerprints (hash, article_id) VALUES (?, ?)", _prints(numbers))


def _texts(numbers: range) -> Iterator[tuple[int, str]]:
    return ((number, text_of(Random(number))) for number in numbers)


def _prints(numbers: range) -> list[tuple[int, int]]:
    """In the table's order, which is the quickest to write."""
    dice = np.random.default_rng(numbers.start)
    values = dice.integers(0, 2**_BITS, len(numbers) * PRINTS)
    articles = np.repeat(np.arange(numbers.start, numbers.stop), PRINTS)
    order = np.argsort(values)
    return list(zip(values[order].tolist(), articles[order].tolist(), strict=True))


def _url(number: int) -> str:
    return f"https://f{number % SITES}.example/2026/{number}"


def _when(number: int) -> str:
    return seen(number).strftime("%Y-%m-%dT%H:%M:%S.000Z")
