"""What the worst rules cost an ordinary article: 5 ms of CPU each, or they are refused.

python benchmarks/rules/hostile.py

Each hostile query is asked of ordinary articles of about 600 words and of hostile ones as long (one word over and over, two
words by turns, the query's own words), verdict and evidence together. Beside them: what 20,000 characters take to parse.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from itertools import chain, islice, product

from speed import articles

from storage.errors import QueryError
from storage.language.evaluate import evaluate, matches
from storage.language.prepared import prepare
from storage.language.query import parse
from storage.models import Document, DocumentKind

BAR = 5.0  # milliseconds an article
WORDS = 600
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words(count: int) -> list[str]:
    """So many different words, as short as they can be."""
    long = ("".join(three) for three in product(LETTERS, repeat=3))
    return list(islice(chain(map("".join, product(LETTERS, repeat=2)), long), count))


def queries() -> Iterator[tuple[str, str]]:
    """Names and queries, each as large as the language lets it be, or nearly."""
    deep = "a"
    for number in range(95):
        deep = f"(b{number} {'OR' if number % 2 else 'AND'} {deep})"
    yield "10,000 words, AND", " ".join(["a"] * 10_000)
    yield "4,000 words, AND", " ".join(words(4_000))
    yield "OR of all that fits", " OR ".join(words(2_600))
    yield "OR of frequent words", "the OR of OR and OR to OR in OR a OR is OR it OR for OR on"
    yield "10,000 terms", " OR ".join(f"w{number}" for number in range(10_000))
    yield "OR of 300 beginnings", " OR ".join(f"{word}*" for word in words(300))
    yield "OR of 20 inner pieces", " OR ".join(f"*{word}*" for word in words(800)[-20:])
    yield "OR of 20 wildcards", " OR ".join(f"{word[0]}*?{word[1]}*" for word in words(20))
    yield "one star", "*"
    yield "stars", "a*a*a*a*a*a*a*b"
    yield "stars in a row", "a" + "*a" * 4_000
    yield "NEAR chain", "a" + " NEAR/50 a" * 6
    yield "NOT NEAR chain", "a" + " NOT NEAR/50 a" * 6
    yield "NOT NEAR of groups", "(" + " OR ".join(words(195)) + ") NOT NEAR/1 (" + " OR ".join(words(195)) + ")"
    yield "chain of NOT NEAR groups", " NOT NEAR/1 ".join(["(the OR of OR and OR a)"] * 6)
    yield "many sentences of NOT NEAR", " ".join(["sentence(the NOT NEAR/1 of)", "sentence(of NOT NEAR/1 the)"] * 25)
    yield "NEAR of groups", "(" + " OR ".join(words(195)) + ") NEAR/50 (" + " OR ".join(words(195)) + ")"
    yield (
        "NEAR of beginnings",
        "(" + " OR ".join(f"{c}*" for c in words(26)) + ") NEAR/9999 (" + " OR ".join(f"{c}*" for c in words(26)) + ")",
    )
    yield "chain of NEAR groups", " NEAR/20 ".join(["(the OR of OR and OR a)"] * 6)
    yield "deep brackets", deep
    yield from nears()
    yield "many NOTs", "the " + " ".join(f"-{word}" for word in words(3_000))
    yield "sentences in paragraphs", "para(sentence(" + " OR ".join(words(390)) + "))"
    yield (
        "many sentences",
        " OR ".join(f"sentence({one} {other})" for one, other in zip(words(50), words(1_400)[700:750], strict=True)),
    )
    yield "many paragraphs of frequent words", " ".join(["para(the of)", "para(the and)", "para(of and)"] * 16)
    yield "loose phrase", '"' + "a " * 99 + 'a"~9999'
    yield "loose phrases", " OR ".join('"the of and"~9999' for _ in range(1_000))
    yield "long phrase", '"' + "a " * 99 + 'b"'
    yield "atleast", "atleast9999(" + " OR ".join(words(390)) + ")"
    yield "case of many", "case(" + " OR ".join(words(2_500)) + ")"
    yield "no capital in many", "nocapital(" + " OR ".join(words(2_500)) + ")"
    yield "lengths", "a " + " ".join(f"-length:{number}" for number in range(1_000, 2_300))
    yield "most lengths", "a " + " ".join(f"-length:{number}" for number in range(1_000, 1_300))
    days = [f"{n // 336 + 2010}-{n // 28 % 12 + 1:02}-{n % 28 + 1:02}" for n in range(300)]
    yield "most days", "a " + " ".join(f"-published:{day}" for day in days)
    yield "stems of many", "stem:en(" + " OR ".join(words(2_500)) + ")"


def nears() -> Iterator[tuple[str, str]]:
    """Queries with as many NEARs of frequent words as there may be, in pieces of the text."""
    yield "sentences of NEARs", " ".join(f"sentence((the NEAR/50 a{n}) OR (of NEAR/9999 is))" for n in range(19))
    yield "no sentence of NEARs", "the AND NOT (" + " OR ".join(f"sentence((the NEAR/9999 of) zz{n})" for n in range(40)) + ")"
    inner = [f"para(sentence((the NEAR/9999 of) AND (a OR x{n} OR is)) zz{n})" for n in range(20)]
    yield "no paragraph of NEARs", "the AND NOT (" + " OR ".join(inner) + ")"
    yield "NEARs", " ".join(f"(the NEAR/{n} of)" for n in range(40))
    yield "NEARs of small groups", " ".join(f"((the OR a{n}) NEAR/{n} (of OR b{n}))" for n in range(40))
    yield (
        "sentences of different NEARs",
        " ".join(f"sentence((the NEAR/{n + 9000} of) OR (a NEAR/{n + 9000} in))" for n in range(20)),
    )
    yield (
        "NEARs among the first words",
        " ".join(f"first{n + 300}(sentence((the NEAR/{n + 9000} of) OR (a NEAR/{n + 9000} in)))" for n in range(20)),
    )
    yield (
        "paragraphs of sentences of NEARs",
        " ".join(f"para(sentence((the NEAR/{n + 9000} of) OR (a NEAR/{n + 9000} in)))" for n in range(20)),
    )
    yield (
        "chains of NEARs in sentences",
        " ".join(f"sentence(the NEAR/{n + 40} of NEAR/{n + 40} in NEAR/{n + 40} to NEAR/{n + 40} a OR is)" for n in range(10)),
    )
    yield (
        "sentences of NOT NEARs",
        " ".join(f"sentence((the NOT NEAR/{n % 3 + 1} zz{n}) OR (a NOT NEAR/{n} of))" for n in range(20)),
    )


def asked(query: str) -> list[Document]:
    """Articles to ask: hostile ones as long as the others."""
    own = [word.strip('()"*?~-') for word in query.split()][:WORDS]
    texts = ["a " * WORDS, "a b " * (WORDS // 2), "the of and " * (WORDS // 3), " ".join(own), ("a" * 40 + " ") * (WORDS // 10)]
    texts += [". ".join(["the of and a"] * (WORDS // 4)), "\n\n".join(["the of"] * (WORDS // 2))]
    return [Document(DocumentKind.VERSION, n, n, n, title="A title", body=text) for n, text in enumerate(texts, 1)]


def cost(node, document) -> float:  # noqa: ANN001
    """Milliseconds of CPU that judging takes once the document is in tokens, evidence included; the least of three."""
    best = 1e9
    for _ in range(3):
        prepared = prepare(document)
        _ = prepared.words, prepared.padded
        for text in prepared.texts.values():
            for each in text:
                _ = each.base.tokens, each.base.positions
        begun = time.process_time()
        matches(node, prepared)
        evaluate(node, prepared)
        best = min(best, time.process_time() - begun)
    return best * 1e3


def main() -> int:
    ordinary = articles(20, 1)
    print(f"{'query':34}  parse ms   ordinary ms   hostile ms")
    worst = 0.0
    for name, query in queries():
        begun = time.process_time()
        try:
            node = parse(query).node
        except QueryError as error:
            print(f"{name:34}  refused: {str(error)[:90]}")
            continue
        parsed = (time.process_time() - begun) * 1e3
        usual = statistics.median(cost(node, document) for document in ordinary)
        hostile = max(cost(node, document) for document in asked(query))
        worst = max(worst, usual)
        print(f"{name:34}  {parsed:8.1f}   {usual:11.3f}   {hostile:10.3f}", flush=True)
    print(f"the worst on an ordinary article: {worst:.2f} ms; bar {BAR} ms")
    return 0 if worst <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
