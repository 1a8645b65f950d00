"""How long an article takes against so many rules, beside asking SQLite's full-text search for each rule; one core, CPU time.

python benchmarks/rules/speed.py [--rules 1000,10000,100000] [--articles N] [--seed S]   the table
python benchmarks/rules/speed.py --memory 1000000                                        memory and loading alone

Rules are cut from the texts that they are then asked of (`generate.mixed`): 40 % phrases, 25 % AND, 20 % (a OR b) AND c, 10 %
NEAR, 5 % NOT. Articles have about 600 words. The full-text search is an FTS5 table in memory that holds the one article; each
rule is asked of it in FTS5's own language, which says the same. Beyond 10,000 rules its time is extrapolated. `silent` are as
many rules that match none of the articles: what the number of rules alone costs.
"""

import argparse
import gc
import random
import resource
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from generate import mixed
from texts import CORPUS_THERE, joined

from alerts.matcher import Matcher
from storage.folded import token_string
from storage.language.candidates import candidates
from storage.language.query import parse
from storage.migrations import TOKENIZER
from storage.models import Asked, Document, DocumentKind

MOST_ASKED = 10_000  # rules that FTS5 is asked for, one by one
POOL = 3_000  # articles that rules are cut from
CHANGES = 2_000  # rules that are added, changed and removed, each by itself
BARS = {1_000: 0.02, 10_000: 0.03, 100_000: 0.08}


def articles(count: int, seed: int) -> list[Document]:
    """Real texts of about 600 words."""
    found = joined(count, seed)
    return [
        Document(DocumentKind.VERSION, n, n, n, title=story.title, body="\n\n".join(story.paragraphs))
        for n, story in enumerate(found, 1)
    ]


def rules_of(queries: Iterable[str]) -> list[Asked]:
    return [Asked(number, 1, query) for number, query in enumerate(queries, 1)]


def silent(count: int) -> list[Asked]:
    """Rules of two words that no article has."""
    return rules_of(f"zq{number:x}x AND qz{number * 7:x}y" for number in range(count))


def matching(matcher: Matcher, asked: Sequence[Document], *, evidence: bool) -> tuple[float, list[set[int]]]:
    """The median CPU time of an article in milliseconds, and the rules that match each."""
    times, found = [], []
    for document in asked:
        begun = time.process_time()
        rules = [rule for rule, _ in matcher.match(document)] if evidence else matcher.verdicts(document)
        times.append(time.process_time() - begun)
        found.append({rule.id for rule in rules})
    return statistics.median(times) * 1e3, found


def searching(rules: Sequence[Asked], asked: Sequence[Document]) -> tuple[float, list[set[int]]]:
    """The same through FTS5."""
    expressions = []
    for rule in rules:
        candidate = candidates(parse(rule.query).node, DocumentKind.VERSION)
        assert candidate is not None
        assert candidate.expression is not None, rule.query
        expressions.append((rule.id, candidate.expression))
    times, found = [], []
    for document in asked:
        texts = [token_string(document.title), token_string(document.body)]
        connection = sqlite3.connect(":memory:")
        connection.execute(f"CREATE VIRTUAL TABLE t USING fts5 (title, body, tokenize = {TOKENIZER})")
        begun = time.process_time()
        connection.execute("INSERT INTO t VALUES (?, ?)", texts)
        hits = {
            rule_id
            for rule_id, expression in expressions
            if connection.execute("SELECT 1 FROM t WHERE t MATCH ?", (expression,)).fetchone()
        }
        times.append(time.process_time() - begun)
        found.append(hits)
        connection.close()
    return statistics.median(times) * 1e3, found


def loading(rules: Sequence[Asked]) -> tuple[Matcher, float, float]:
    """A matcher of the rules, the seconds of CPU that it took, and the megabytes that memory grew by."""
    gc.collect()
    before = _resident()
    begun = time.process_time()
    matcher = Matcher(rules)
    taken = time.process_time() - begun
    return matcher, taken, _resident() - before


def changing(matcher: Matcher, queries: Sequence[str], first: int) -> float:
    """The median milliseconds of index work until one rule more, or changed, is live."""
    times = []
    for number, query in enumerate(queries):
        begun = time.process_time()
        matcher.add(Asked(first + number % (CHANGES // 2), number, query))
        times.append(time.process_time() - begun)
    for number in range(CHANGES // 2):
        matcher.remove(first + number)
    return statistics.median(times) * 1e3


def _resident() -> float:
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * resource.getpagesize() / 2**20


def table(sizes: Sequence[int], count: int, seed: int) -> bool:
    """Print it; whether every ratio is within its bar."""
    pool = articles(POOL, seed)
    print("real articles" if CORPUS_THERE else "made-up articles, of few words: more rules match than of real ones")
    asked = random.Random(seed).sample(pool, count)
    queries = mixed(pool, max(sizes), seed)
    more = mixed(pool, CHANGES, seed + 1)
    print(
        "rules      hits   ms/article  with evidence   FTS5 ms     ratio    bar   silent ms   load s   memory MB   one more ms"
    )
    per_rule, well = 0.0, True
    for size in sizes:
        rules = rules_of(queries[:size])
        matcher, load, memory = loading(rules)
        quick, found = matching(matcher, asked, evidence=False)
        whole, _ = matching(matcher, asked, evidence=True)
        change = changing(matcher, more, size + 1)
        note = "  extrapolated"
        if size <= MOST_ASKED:
            searched, same = searching(rules, asked[: max(10, count // 4)])
            per_rule, note = searched / size, ""
            differing = sum(one != other for one, other in zip(found, same, strict=False))
            assert not differing, f"{differing} articles have other rules by FTS5"
        baseline = per_rule * size
        del matcher
        quiet, _ = matching(Matcher(silent(size)), asked, evidence=False)
        hits = statistics.mean(map(len, found))
        bar = BARS.get(size, 1.0)
        well &= quick / baseline <= bar
        print(f"{size:<9,} {hits:6.0f}   {quick:10.3f}  {whole:13.3f}  {baseline:8.1f}  {quick / baseline:8.4f}  {bar:5.2f}"
              f"  {quiet:10.3f}  {load:7.2f}  {memory:10.0f}  {change:12.4f}{note}", flush=True)  # fmt: skip
    return well


def memory(count: int, seed: int) -> None:
    """Load so many rules, and say what that took."""
    queries = mixed(articles(POOL, seed), count, seed)
    rules = rules_of(queries)
    del queries
    _, load, grown = loading(rules)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{count:,} rules: {load:.1f} s to load, memory grew by {grown:.0f} MB, the process had {peak:.0f} MB at most")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", default="1000,10000,100000")
    parser.add_argument("--articles", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memory", type=int)
    options = parser.parse_args()
    if options.memory:
        memory(options.memory, options.seed)
        return 0
    return 0 if table([int(each) for each in options.rules.split(",")], options.articles, options.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
