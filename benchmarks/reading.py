"""CPU per page of our reading against trafilatura's, asked for the same, page by page in one run.

    python benchmarks/reading.py [FOLDER WITH *.html or *.html.gz]

Ours: `crawler.reading.extract`, that is text, metadata, structured comments and links. Theirs: `trafilatura.bare_extraction`
with metadata and comments, and its companion courlan for the links. Each page is read by both, one after the other,
`ROUNDS` times, and its least user + system time counts: the machine is noisy, and the ratio is what is asked.
Without a folder it reads the local newspaper's pages, which are small. Exits with 1 above a limit.
"""

import gzip
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median

from courlan import extract_links
from trafilatura import bare_extraction

from crawler.reading.extract import extract
from nightdesk.newspaper import courier
from nightdesk.newspaper.pages import article
from storage.errors import ExtractError

ROUNDS = 3
MEAN_LIMIT = 0.75  # of trafilatura's mean
SLOWEST_LIMIT = 0.35  # of trafilatura's slowest page
NOW = datetime(2026, 12, 1, tzinfo=UTC)
URL = "https://example.org/2026/11/a"


def pages() -> dict[str, bytes]:
    """The pages to read, by name."""
    if len(sys.argv) > 1:
        files = sorted(Path(sys.argv[1]).glob("*.html*"))
        return {f.name: gzip.decompress(f.read_bytes()) if f.suffix == ".gz" else f.read_bytes() for f in files}
    paper = courier()
    return {str(n): article(paper, paper.publish_next(NOW, comments=5)).encode() for n in range(36)}


def ours(page: bytes) -> None:
    """Our reading."""
    try:
        extract(page, URL, now=NOW)
    except ExtractError as error:
        print(f"  not read: {error}")


def theirs(page: bytes) -> None:
    """Plain trafilatura, asked for the same."""
    bare_extraction(page, url=URL, with_metadata=True, include_comments=True)
    extract_links(page.decode("utf-8", "replace"), url=URL, no_filter=True)


def cpu(task: Callable[[bytes], None], page: bytes) -> float:
    """User and system time that a task takes for a page, in milliseconds."""
    start = time.process_time()
    task(page)
    return (time.process_time() - start) * 1000


def main() -> int:
    """Print means, medians and slowest pages with their ratios; 1 when one is above its limit."""
    sample = pages()
    for page in list(sample.values())[:5]:  # caches and lazy imports
        ours(page), theirs(page)
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        for name, page in sample.items():
            taken = cpu(ours, page), cpu(theirs, page)
            known = best.get(name, taken)
            best[name] = min(known[0], taken[0]), min(known[1], taken[1])
    our, their = zip(*best.values(), strict=True)
    slowest = [max(best, key=lambda name: best[name][side]) for side in (0, 1)]
    mean_ratio, slow_ratio = fmean(our) / fmean(their), max(our) / max(their)
    print(f"{len(sample)} pages, {ROUNDS} rounds, CPU milliseconds a page")
    print(f"          ours {fmean(our):8.1f} mean {median(our):8.1f} median {max(our):8.0f} slowest ({slowest[0]})")
    print(f"   trafilatura {fmean(their):8.1f} mean {median(their):8.1f} median {max(their):8.0f} slowest ({slowest[1]})")
    print(f"         ratio {mean_ratio:8.2f} mean (limit {MEAN_LIMIT}) {slow_ratio:8.2f} slowest (limit {SLOWEST_LIMIT})")
    return int(mean_ratio > MEAN_LIMIT or (len(sys.argv) > 1 and slow_ratio > SLOWEST_LIMIT))


if __name__ == "__main__":
    sys.exit(main())
