"""Microseconds per URL of our canonical form beside courlan's and w3lib's, in one run.

    python benchmarks/addresses.py

Ours is `storage.urls.canonical` without its cache, so each address is worked out; the small caches of hosts are warm, as
they are in a crawl. Each function passes over the same mix of news addresses `ROUNDS` times and its fastest pass counts.
Beside the time: how many of the pairs that must stay apart each makes one. Exits with 1 above the limit.
"""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from courlan import clean_url
from w3lib.url import canonicalize_url

from storage.urls import canonical

LIMIT = 50.0  # microseconds a URL
ROUNDS = 5
HOSTS = 500
PAIRS = Path(__file__).parents[1] / "tests" / "unit" / "storage" / "stay_apart.txt"
FORMS = (
    "https://www.{host}/2026/03/{n}/harbour-council-votes-on-the-bridge",
    "https://www.{host}/news/world-{n}?utm_source=rss&utm_medium=feed&utm_campaign=top",
    "https://amp.{host}/politics/a-story-of-some-words-{n}.amp.html",
    "http://{host}/article.php?id={n}&section=12&fbclid=IwAR0abc",
    "https://www.google.com/amp/s/www.{host}/news/{n}-a-story/amp/",
    "https://m.{host}/nachrichten/%C3%BCberfall-auf-die-stra%c3%9fe-{n}.html#kommentare",
    "https://{host}/?p={n}",
    "https://www.bbc.co.uk/news/articles/c{n}?at_medium=RSS&at_campaign=KARANGA",
)
ours: Callable[[str], str] = canonical.__wrapped__


def addresses() -> list[str]:
    """The mix: every form at many hosts."""
    return [form.format(host=f"paper{n}.example.org", n=700_000 + n) for n in range(HOSTS) for form in FORMS]


def pairs() -> list[tuple[str, str]]:
    """The pairs of addresses that are two pages."""
    found = []
    for line in PAIRS.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            start, one, other, end = re.split(r"\{([^{}|]*)\|([^{}|]*)\}", line)
            found.append((start + one + end, start + other + end))
    return found


def microseconds(function: Callable[[str], object], urls: list[str]) -> float:
    """CPU time per address of the fastest pass."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for url in urls:
            function(url)
        best = min(best, time.process_time() - start)
    return best / len(urls) * 1e6


def main() -> int:
    """Print time and wrong merges of each; 1 when ours is above the limit or merges a pair."""
    urls, apart = addresses(), pairs()
    functions: dict[str, Callable[[str], object]] = {"ours": ours, "courlan": clean_url, "w3lib": canonicalize_url}
    print(f"{len(urls)} addresses, the fastest of {ROUNDS} passes; {len(apart)} pairs that must stay apart")
    results = {}
    for name, function in functions.items():
        merged = sum(function(one) == function(other) for one, other in apart)
        results[name] = microseconds(function, urls), merged
        print(f"  {name:>8} {results[name][0]:7.1f} us a URL   {merged:4} pairs merged")
    print(f"  limit {LIMIT:g} us, 0 pairs")
    return int(results["ours"][0] > LIMIT or results["ours"][1] > 0)


if __name__ == "__main__":
    sys.exit(main())
