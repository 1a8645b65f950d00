"""Whether live rules, the archive and the definitions say the same: some queries × some documents, each judged every way.

    python benchmarks/rules/exactness.py [--rules 2500] [--documents 4000] [--words 50] [--seed 1]

judge      `judge.py`, by the definitions of docs/query-language.md, on every pair
live       `alerts.matcher.Matcher.match`
shuffled   the same, its rules in another order, some of them removed and added again
search     `storage.search.search` in a real store
ids        `storage.search.matching_ids` there

Documents are ingested as pages are, edits and comments among them, and read back from the store; the archive's words are
counted once a document, or cutting texts into words would take most of the time. Exits with 1 when two ways differ, when live
and search show other evidence, or a rule could not be judged.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import combinations, islice
from pathlib import Path

from generate import queries
from judge import judged
from texts import CORPUS_THERE, NOW, OUTLETS, Reading, readings

import storage.search
from alerts.matcher import Matcher
from storage.clock import Clock
from storage.ingest import ingest_article
from storage.language.prepared import Prepared, prepare
from storage.language.query import Query, parse
from storage.models import Asked, Document, DocumentKind, Evidence, Schedule, Source
from storage.search import matching_ids, search
from storage.store import Store, Tables, connect

SHOWN = 10
AT_ONCE = 100  # articles in one transaction
RULES_AT_ONCE = 50  # in one look at the archive
READD = 0.2  # of the rules
Verdicts = list[int]  # for each rule the documents that it matches, one bit each
Shown = dict[tuple[int, int], tuple[Evidence, ...]]  # (rule, document)


def fill(store: Store, count: int, seed: int, words: int) -> list[Document]:
    """Ingest articles until there are so many documents; the documents as the store hands them out."""
    sources = [
        Source(outlet.name, f"https://{outlet.host}/", Schedule(60.0), NOW, sites=(outlet.host,), country=outlet.country)
        for outlet in OUTLETS
    ]
    added = store.write_now(lambda t: {each.name: t.sources.add(each) for each in sources})
    endless, waiting = readings(seed, words), []
    while len(waiting) < count:
        some = list(islice(endless, AT_ONCE))
        store.write_now(partial(_ingest, added, some))
        waiting = store.read_now(lambda t: [each.document for each in t.documents.unmatched(10 * count)])
    found = []
    for kind in DocumentKind:
        ids = [each.id for each in waiting if each.kind is kind]
        found += store.read_now(lambda t, k=kind, i=ids: t.documents.by_ids(k, i))
    return found


def _ingest(sources: dict[str, Source], some: list[Reading], tables: Tables) -> None:
    for reading in some:
        for number, read in enumerate(reading.reads):
            at = NOW + timedelta(hours=number)
            ingest_article(tables, read, sources[reading.outlet.name], page=None, url=reading.url, now=at)


_ready: dict[tuple[DocumentKind, int], Prepared] = {}


def _prepared(document: Document) -> Prepared:
    """The document ready to be asked, from memory where it is the same."""
    known = _ready.get((document.kind, document.id))
    if known is None or known.document != document:
        known = _ready[document.kind, document.id] = prepare(document)
    return known


class Asking:
    """The queries, the documents, and each way to ask the ones about the others."""

    def __init__(self, texts: list[str], documents: list[Document], store: Store, seed: int) -> None:
        self.rules = [Asked(number, 1, text) for number, text in enumerate(texts)]
        self.parsed = [parse(text) for text in texts]
        self.documents, self._store, self._seed = documents, store, seed
        self._number = {(each.kind, each.id): number for number, each in enumerate(documents)}
        self.evidence: dict[str, Shown] = defaultdict(dict)
        self.failures: dict[int, str] = {}

    def judge(self) -> Verdicts:
        """By the definitions."""
        verdicts = []
        for query in self.parsed:
            node = query.node
            verdicts.append(sum(1 << number for number, each in enumerate(self.documents) if judged(node, each)))
        return verdicts

    def live(self) -> Verdicts:
        """By the matcher of live rules."""
        return self._matched("live", Matcher(self.rules))

    def shuffled(self) -> Verdicts:
        """By another one, whose rules came in another order, and some of them twice."""
        chance = random.Random(self._seed)
        rules = chance.sample(self.rules, len(self.rules))
        matcher = Matcher(rules)
        for rule in rules:
            if chance.random() < READD:
                matcher.remove(rule.id)
        for rule in chance.sample(rules, len(rules)):
            if rule.id not in matcher:
                matcher.add(rule)
        return self._matched("shuffled", matcher)

    def _matched(self, way: str, matcher: Matcher) -> Verdicts:
        verdicts = [0] * len(self.rules)
        for number, document in enumerate(self.documents):
            for rule, evidence in matcher.match(document):
                verdicts[rule.id] |= 1 << number
                self.evidence[way][rule.id, number] = evidence
        self.failures |= matcher.failures
        return verdicts

    def search(self) -> Verdicts:
        """By search in the archive."""

        def found(tables: Tables, number: int, query: Query, kind: DocumentKind) -> Iterator[tuple[DocumentKind, int]]:
            for hit in search(tables, query, kind):
                key = kind, hit.document.id
                self.evidence["search"][number, self._number[key]] = hit.evidence
                yield key

        return self._archived(found)

    def ids(self) -> Verdicts:
        """By the search that reads no texts where it need not."""
        return self._archived(lambda tables, _, query, kind: ((kind, each) for each in matching_ids(tables, query.node, kind)))

    def _archived(self, found: Callable[[Tables, int, Query, DocumentKind], Iterator[tuple[DocumentKind, int]]]) -> Verdicts:
        def some(tables: Tables, first: int) -> Verdicts:
            return [
                sum(1 << self._number[key] for kind in DocumentKind for key in found(tables, first + number, query, kind))
                for number, query in enumerate(self.parsed[first : first + RULES_AT_ONCE])
            ]

        firsts = range(0, len(self.parsed), RULES_AT_ONCE)
        return [each for first in firsts for each in self._store.read_now(partial(some, first=first))]


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Say how long something took."""
    begun = time.process_time()
    yield
    print(f"  {what:<46} {time.process_time() - begun:8.1f} s", file=sys.stderr, flush=True)


def differences(asking: Asking, one: Verdicts, other: Verdicts) -> list[tuple[int, int, bool]]:
    """The pairs of which two ways say something else: rule, document, what the first one says."""
    found = []
    for rule, (ours, theirs) in enumerate(zip(one, other, strict=True)):
        unlike = ours ^ theirs
        if unlike:
            found += [(rule, n, bool(ours >> n & 1)) for n in range(len(asking.documents)) if unlike >> n & 1]
    return found


def show(asking: Asking, rule: int, number: int) -> None:
    """A rule and a document, as they can be tried again."""
    print(f"    {asking.rules[rule].query}\n    {asking.documents[number]}")


def main() -> int:
    """Print the table; 1 when anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("rules", 2500), ("documents", 4000), ("words", 50), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    told = parser.parse_args()
    if not CORPUS_THERE:
        print("The corpus is not there: most texts are made up.")
    storage.search.prepare = _prepared
    with tempfile.TemporaryDirectory() as folder, connect(f"sqlite:///{Path(folder) / 'a.db'}", Clock()) as store:
        with timed("ingesting"):
            documents = fill(store, told.documents, told.seed, told.words)
        with timed("generating"):
            asking = Asking(queries(documents, told.rules, told.seed), documents, store, told.seed)
        verdicts = {}
        for way in (asking.judge, asking.live, asking.shuffled, asking.search, asking.ids):
            with timed(way.__name__):
                verdicts[way.__name__] = way()
    return report(asking, verdicts)


def report(asking: Asking, verdicts: dict[str, Verdicts]) -> int:
    """Print what was asked and what differs; 1 when anything does."""
    rules, documents = len(asking.rules), len(asking.documents)
    kinds = {kind: sum(each.kind is kind for each in asking.documents) for kind in DocumentKind}
    edits = sum(each.old_title is not None for each in asking.documents)
    true = [each.bit_count() for each in verdicts["judge"]]
    shares = ", ".join(f"{count:,} {kind}s" for kind, count in kinds.items())
    pairs, matching = rules * documents, sum(true) / (rules * documents)
    print(f"{rules:,} rules x {documents:,} documents: {shares}, {edits:,} edits")
    print(f"{pairs:,} verdicts each way; {matching:.2%} true; {true.count(0):,} rules match none")
    failed = len(asking.failures)
    print(f"{failed:,} rules could not be judged", *list(asking.failures.items())[:SHOWN], sep="\n    ")
    for one, other in combinations(verdicts, 2):
        found = differences(asking, verdicts[one], verdicts[other])
        failed += len(found)
        print(f"{one:<9} : {other:<9} {len(found):>8,} differ")
        for rule, number, said in found[:SHOWN]:
            print(f"  only {one if said else other} says so:")
            show(asking, rule, number)
    for one, other in combinations(asking.evidence, 2):
        ours, theirs = asking.evidence[one], asking.evidence[other]
        unlike = [key for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]]
        failed += len(unlike)
        print(f"{one:<9} : {other:<9} {len(unlike):>8,} show other evidence")
        for rule, number in sorted(unlike)[:SHOWN]:
            show(asking, rule, number)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
