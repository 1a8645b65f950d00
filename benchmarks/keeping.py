"""What keeping pages as they were received costs: CPU per page, and room, by several ways to pack them.

    python benchmarks/keeping.py [FOLDER WITH *.html or *.html.gz]

Without a folder it packs the local newspaper's pages.
"""

import gzip
import lzma
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from backports import zstd

from nightdesk.newspaper import courier
from nightdesk.newspaper.pages import article
from storage.clock import Clock
from storage.models import Schedule, Source
from storage.payloads import Capture
from storage.store import Store, connect

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LIMIT = 10.0  # ms of CPU that keeping one page may take in all


def pages() -> list[bytes]:
    """The pages to pack."""
    if len(sys.argv) > 1:
        found = sorted(Path(sys.argv[1]).glob("*.html*"))
        return [gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in found]
    paper = courier()
    return [article(paper, paper.publish_next(NOW, comments=5)).encode() for _ in range(60)]


def compare(bodies: list[bytes]) -> None:
    """Each way to pack, by ratio and CPU."""
    ways: dict[str, Callable[[bytes], bytes]] = {
        "zlib 6": zlib.compress,
        "lzma 6": lzma.compress,
        **{f"zstd {level}": partial(zstd.compress, level=level) for level in (3, 6, 9, 12, 19)},
    }
    total = sum(map(len, bodies))
    print(f"{len(bodies)} pages, {total / len(bodies) / 1000:.1f} kB on the mean")
    for name, pack in ways.items():
        begun = time.process_time()
        packed = sum(len(pack(body)) for body in bodies)
        took = (time.process_time() - begun) / len(bodies)
        size = packed / len(bodies) / 1000
        print(f"{name:8} {total / packed:5.2f} times smaller, {size:5.1f} kB and {took * 1000:6.2f} ms a page")


def keep(store: Store, bodies: list[bytes]) -> float:
    """Keep all pages; ms of CPU a page, and the bytes by which the database grew are told."""
    before = store.read_now(lambda t: t.meta.bytes())
    begun = time.process_time()
    for number, body in enumerate(bodies):
        url = f"https://courier.example/2026/11/article-{number}"
        capture = Capture(url, url, 200, (("Content-Type", "text/html; charset=utf-8"), ("Server", "nginx")), NOW, 1)
        store.write_now(lambda t, c=capture, b=body: t.captures.add(c, b))  # type: ignore[misc]
    took = (time.process_time() - begun) / len(bodies) * 1000
    grown = (store.read_now(lambda t: t.meta.bytes()) - before) / len(bodies) / 1000
    print(f"kept: {grown:.1f} kB of the database and {took:.2f} ms a page")
    return took


def main() -> int:
    """0 when keeping is cheap enough."""
    bodies = pages()
    compare(bodies)
    with tempfile.TemporaryDirectory() as folder, connect(f"{folder}/n.db", Clock()) as store:
        store.write_now(lambda t: t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW)))
        took = keep(store, bodies)
        keep(store, bodies)
    return 0 if took <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
