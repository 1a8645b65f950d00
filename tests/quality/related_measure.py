"""How well related stories are found: the corpus through ingest, against labels read off the articles.

`python -m tests.quality.related_measure` prints it. How the labels were made stands in README.md beside this file.
"""

import gzip
import json
import re
import tempfile
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

from crawler.reading.extract import extract
from storage.clock import Clock
from storage.ingest import ingest_article
from storage.models import Extraction, Schedule, Source
from storage.store import Tables, connect
from tests.quality.test_floors import CORPUS, NOW, outcome

COPIES = CORPUS / "copies"
LABELS = Path(__file__).parent / "related_labels.jsonl"
PARTS = ("tune", "final", "pages")
WINDOW = timedelta(days=3)
SQUEEZED = datetime(2026, 3, 2, tzinfo=UTC)  # one moment for all

# The corpus gives its articles dates of one week. Those of Reuters-21578 are numbered as they came from February to October
# 1987, which dated titles show ("TREASURY BALANCES AT FED ROSE ON MARCH 6" is number 745); between these, dates are interpolated.
_ANCHORS = [
    (0, (2, 26)), (120, (3, 2)), (403, (3, 4)), (630, (3, 6)), (745, (3, 9)), (866, (3, 11)), (1132, (3, 13)),
    (1294, (3, 17)), (1517, (3, 19)), (2020, (3, 24)), (2484, (3, 30)), (2618, (3, 31)), (2766, (4, 1)), (2868, (4, 2)),
    (2982, (4, 3)), (3197, (4, 7)), (3500, (4, 9)), (3656, (4, 10)), (3721, (4, 21)), (3777, (4, 24)), (3850, (4, 30)),
    (3851, (6, 1)), (4064, (6, 18)), (4313, (6, 30)), (4314, (10, 16)), (4437, (10, 19)), (4522, (10, 20)),
]  # fmt: skip
_UNDATED = datetime(1987, 12, 1, tzinfo=UTC)  # BBC and modern news: of unknown order, so all within two days
_LAST = 5101  # beyond it stand made-up variants


def number(url: str) -> int:
    return int(url.rsplit("/", 1)[1])


def dated(url: str) -> datetime:
    """When an article came, by its number."""
    n = number(url)
    if n >= _ANCHORS[-1][0]:
        return _UNDATED + timedelta(minutes=5 * (n - _ANCHORS[-1][0]))
    at = bisect_right([each for each, _ in _ANCHORS], n) - 1
    (first, begin), (after, end) = _ANCHORS[at], _ANCHORS[at + 1]
    start, stop = (datetime(1987, *day, 12, tzinfo=UTC) for day in (begin, end))
    return start + (stop - start) * ((n - first) / (after - first))


def resent() -> list[tuple[str, str]]:
    """Pairs of articles of which one is the other, sent again."""
    truth = json.loads(gzip.decompress((COPIES / "truth.json.gz").read_bytes()))
    return [(a, b) for a, b, kind in truth["copies"] if kind == "r_dup"]


def real_articles() -> list[dict[str, str]]:
    """The articles of the corpus that somebody wrote, each once, in the order in which they came."""
    with gzip.open(COPIES / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        every = [json.loads(line) for line in lines]
    again = {max(pair, key=lambda url: (dated(url), number(url))) for pair in resent()}
    real = [each for each in every if re.match(r"(reut|bbc|u\d+)\.", each["source"]) and number(each["url"]) < _LAST]
    return sorted((each for each in real if each["url"] not in again), key=lambda each: dated(each["url"]))


def labels() -> dict[str, dict[str, object]]:
    """URL → event, happening within it, and part. What was sent twice has the labels of what it repeats."""
    found = {row["url"]: row for row in map(json.loads, LABELS.read_text(encoding="utf-8").splitlines())}
    for a, b in resent():
        if (a in found) != (b in found):
            known, new = (a, b) if a in found else (b, a)
            found[new] = found[known]
    return found


def grouped(articles: Iterable[dict[str, str]], when: Callable[[str], datetime]) -> list[list[str]]:
    """The groups that ingest makes of these articles, as URLs."""
    with tempfile.TemporaryDirectory() as folder, connect(f"{folder}/n.db", Clock()) as store:
        source = store.write_now(lambda t: t.sources.add(Source("Corpus", "https://a.example/", Schedule(60.0), SQUEEZED)))

        def add(batch: tuple[dict[str, str], ...]) -> None:
            def work(tables: Tables) -> None:
                for each in batch:
                    read = Extraction(url=each["url"], title=each["title"], text=each["text"])
                    ingest_article(tables, read, source, page=None, url=each["url"], now=when(each["url"]))

            store.write_now(work)

        waiting = list(articles)
        for at in range(0, len(waiting), 200):
            add(tuple(waiting[at : at + 200]))
        rows = store.read_now(
            lambda t: t.connection.execute(
                "SELECT m.group_id, a.url FROM related_members m JOIN articles a ON a.id = m.article_id ORDER BY a.id"
            ).fetchall()
        )
    groups = defaultdict(list)
    for group, url in rows:
        groups[group].append(url)
    return list(groups.values())


def modern_articles() -> list[dict[str, str]]:
    """News of many sites and languages: the modern articles of the copies, and what is read from the corpus's pages."""
    every = [json.loads(line) for line in (CORPUS / "pages.jsonl").read_text(encoding="utf-8").split("\n") if line]
    rows = [row for row in every if (row["url"] or "").startswith("http")]  # the others are made-up documents
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        pages = [(gzip.decompress((CORPUS / row["path"]).read_bytes()), row["url"]) for row in rows]
        read = [outcome(each) for each in [pool.submit(extract, *page, now=NOW) for page in pages]]
    found = [{"url": row["url"], "title": got.get("title") or "", "text": got.get("text") or ""}
             for row, got in zip(rows, read, strict=True)]  # fmt: skip
    return [*(each for each in real_articles() if re.match(r"u\d+\.", each["source"])), *found]


def purity(
    groups: list[list[str]], known: dict[str, dict[str, object]], parts: Collection[str], level: str = "event"
) -> tuple[float, int]:
    """The share of grouped articles whose group's commonest event is theirs, and of how many; unlabelled ones are wrong."""
    right = total = 0
    for group in groups:
        if any(known.get(url, {}).get("part") in parts for url in group) or not any(url in known for url in group):
            marks = [(known[url]["event"], known[url][level]) if url in known else url for url in group]
            right += Counter(marks).most_common(1)[0][1]
            total += len(group)
    return right / max(1, total), total


def recall(
    groups: list[list[str]],
    known: dict[str, dict[str, object]],
    part: str,
    when: Callable[[str], datetime],
    articles: list[dict[str, str]],
) -> tuple[float, int]:
    """Of the articles with another of their event within the window, the share that is in a group with one; and of how many."""
    events = defaultdict(list)
    for url in (each["url"] for each in articles if each["url"] in known):
        row = known[url]
        if row["part"] == part:
            events[row["event"]].append(url)
    mates = {
        url: [other for other in urls if other != url and abs(when(url) - when(other)) <= WINDOW]
        for urls in events.values()
        for url in urls
    }
    of = {url: set(group) for group in groups for url in group}
    wanted = [url for url, others in mates.items() if others]
    return sum(not of.get(url, set()).isdisjoint(mates[url]) for url in wanted) / max(1, len(wanted)), len(wanted)


def main() -> None:
    """Print purity and recall, dates restored and all at once."""
    known, articles = labels(), real_articles()
    for name, when in (("as they came", dated), ("all at one moment", lambda _: SQUEEZED)):
        groups = grouped(articles, when)
        print(f"{len(articles)} articles, {name}: {len(groups)} groups")
        for part in ("tune", "final"):
            event, count = purity(groups, known, [part])
            happening, _ = purity(groups, known, [part], "happening")
            found, of = recall(groups, known, part, when, articles)
            print(f"  {part}: purity {event:.3f} of {count} articles (by single happening {happening:.3f}),"
                  f" recall {found:.3f} of {of}")  # fmt: skip
    groups = grouped(modern_articles(), lambda _: SQUEEZED)
    share, count = purity(groups, known, PARTS)
    print(f"modern pages: {len(groups)} groups, purity {share:.3f} of {count} articles")


if __name__ == "__main__":
    main()
