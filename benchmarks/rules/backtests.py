"""How long `rule test` takes over an archive of 100,000 articles: the median of rules cut from its texts, and every operator.

python benchmarks/rules/backtests.py [--articles N] [--rules R] [--file DB]

The archive is made once, of sentences of real texts put together anew, about 300 words an article, spread over 30 days and 60
sources; an existing FILE is used again. The time is the CPU time of the whole price tag, samples included, in this process; a
command adds what it takes Python to start.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from generate import mixed
from texts import stories

from nightdesk.pricing import price_tag
from storage.clock import Clock
from storage.folded import token_string
from storage.language.query import parse
from storage.models import Document, DocumentKind, Extraction, Schedule, Source
from storage.sentences import sentence_spans
from storage.store import Store, Tables, connect

BAR = 50.0  # milliseconds
NOW = datetime(2026, 11, 1, tzinfo=UTC)
DAYS, SOURCES, WORDS, BATCH = 30, 60, 300, 500
OPERATORS = [
    "government",
    '"prime minister"',
    "government AND minister",
    "government NOT minister",
    "(oil OR gas) AND price*",
    "government NEAR/5 minister",
    "government ONEAR/5 minister",
    "government NOT NEAR/5 minister",
    '"government minister election"~9',
    "election*",
    "elect?on",
    "min*ter",
    "*ministration",
    "atleast3(government)",
    "first50(government minister)",
    "sentence(government minister)",
    "para(government minister)",
    'case("Labour")',
    "allcaps(who)",
    "capital(labour)",
    "nocapital(labour)",
    "accents(Malmö)",
    "exact(Labour)",
    "stem:en(elections) AND government",
    "title:government",
    "lead:government",
    "body:government",
    "source:3 AND government",
    "site:s7.example AND government",
    "lang:en AND government",
    "country:de",
    "published:2026-10-20 AND government",
    "length:<300 AND government",
    "author:smith",
    "tag:sport",
    "comment:government",
    "changed:added(government)",
    "changed:removed(government)",
    "government AND count(story) >= 5 in 1h",
    "government AND spike(p=1e-4, baseline=28d)",
]


def fill(store: Store, count: int, chance: random.Random) -> None:
    """Make the archive."""
    pool = [story for story in stories() if story.language == "en"]
    sentences = [text[a:b] for story in pool for text in story.paragraphs for a, b in sentence_spans(text)]
    titles = [story.title for story in pool]

    def sources(tables: Tables) -> list[Source]:
        names = [(f"Paper {n}", f"s{n}.example") for n in range(SOURCES)]
        return [
            tables.sources.add(Source(name, f"https://{site}/", Schedule(60.0), NOW - timedelta(days=90), sites=(site,)))
            for name, site in names
        ]

    known = store.write_now(sources)

    def article(tables: Tables, number: int) -> None:
        taken: list[str] = []
        while sum(map(len, taken)) < WORDS * 6:
            taken.append(chance.choice(sentences))
        text = "\n\n".join(" ".join(taken[at : at + 3]) for at in range(0, len(taken), 3))
        at = NOW - timedelta(days=DAYS) * (1 - number / count)
        source = chance.choice(known)
        url = f"{source.home_url}{number}"
        read = Extraction(url, chance.choice(titles), text, published=at, language="en")
        story = tables.stories.add(read.title or "", at)
        added = tables.articles.add(
            read, key=url, url=url, site=source.sites[0], source_id=source.id, story_id=story, news=True, now=at
        )
        tables.articles.add_version(added, read, token_string(text), change=None, now=at, quiet=False)

    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        store.write_now(lambda t, numbers=numbers: [article(t, number) for number in numbers])
    store.write_now(lambda t: t.connection.execute("UPDATE versions SET unmatched = NULL"))


def timed(store: Store, query: str) -> tuple[float, int, int]:
    """Milliseconds of CPU, alerts and articles."""
    parsed = parse(query)
    begun = time.process_time()
    tag = store.read_now(lambda t: price_tag(t, parsed, since=NOW - timedelta(days=DAYS), now=NOW))
    return (time.process_time() - begun) * 1e3, len(tag.found.told), len(tag.found.seen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=200)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.file or Path(folder) / "archive.db"
        made = not path.exists()
        with connect(f"sqlite:///{path}", Clock(NOW)) as store:
            if made:
                fill(store, options.articles, random.Random(1))
            return report(store, options.rules)


def report(store: Store, count: int) -> int:
    """Print what was measured; whether the median is within the bar."""
    some = store.read_now(lambda t: t.documents.by_ids(DocumentKind.VERSION, range(1, 3_000)))
    rules = mixed([Document(DocumentKind.VERSION, d.id, d.id, d.id, body=d.body) for d in some], count, 1)
    articles = store.read_now(lambda t: t.articles.counts()["articles"])
    times, found = [], []
    for query in rules:
        spent, _, seen = timed(store, query)
        times.append(spent)
        found.append(seen)
    times.sort()
    median, high = statistics.median(times), times[int(len(times) * 0.95)]
    print(f"{articles:,} articles, {count} rules cut from them: median {median:.1f} ms, 95 of 100 within {high:.0f} ms")
    print(f"slowest {times[-1]:.0f} ms; they match {statistics.median(found):.0f} articles (median), {max(found):,} at most")
    print(f"{'operator':45} {'ms':>8}  alerts  articles")
    spent = []
    for query in OPERATORS:
        took, alerts, seen = timed(store, query)
        spent.append(took)
        print(f"{query:45} {took:8.1f}  {alerts:6,}  {seen:8,}", flush=True)
    print(f"median of the operators {statistics.median(spent):.1f} ms; bar for the median of rules {BAR:.0f} ms")
    return 0 if median <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
