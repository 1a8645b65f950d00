"""CPU per page of our reading against plain trafilatura with metadata and comments, interleaved in one run.

    python benchmarks/reading.py [FOLDER WITH *.html or *.html.gz]

Without a folder it reads the local newspaper's pages. The ratio is what counts: the machine is noisy.
"""

import gzip
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from trafilatura import bare_extraction

from crawler.extract import extract
from nightdesk.newspaper import courier
from nightdesk.newspaper.pages import article

ROUNDS = 3
MOST = 150
LIMIT = 1.5  # times trafilatura's CPU
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def pages() -> list[bytes]:
    """The pages to read."""
    if len(sys.argv) > 1:
        found = sorted(Path(sys.argv[1]).glob("*.html*"))
        return [
            gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes()
            for p in found[:: max(1, len(found) // MOST)]
        ]
    paper = courier()
    return [article(paper, paper.publish_next(NOW, comments=5)).encode() for _ in range(36)]


def cpu(task: object, page: bytes) -> float:
    """CPU seconds that a task takes for a page."""
    start = time.process_time()
    task(page)  # type: ignore[operator]
    return time.process_time() - start


def ours(page: bytes) -> None:
    """Our reading."""
    extract(page, "https://example.org/2026/11/a", now=NOW)


def theirs(page: bytes) -> None:
    """Plain trafilatura, asked for the same."""
    bare_extraction(page, url="https://example.org/2026/11/a", with_metadata=True, include_comments=True)


def main() -> int:
    """Print the medians and their ratio; 1 when it is above the limit."""
    sample = pages()
    for page in sample[:5]:  # caches and lazy imports
        ours(page), theirs(page)
    rounds = [(sum(cpu(ours, p) for p in sample), sum(cpu(theirs, p) for p in sample)) for _ in range(ROUNDS)]
    our, their = (median(column) / len(sample) * 1000 for column in zip(*rounds, strict=True))
    ratio = median(a / b for a, b in rounds)
    print(f"{len(sample)} pages: ours {our:.1f} ms, trafilatura {their:.1f} ms, ratio {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
