"""CPU seconds to compare two versions and to tell what a text adds, on texts made to be slow, in one run.

    python benchmarks/differences.py

Each case is compared at two sizes; the larger has twice the words. Beside it: what `difflib.SequenceMatcher` (without its
heuristic for frequent elements) takes for the words alone, at an eightieth of the size. Exits with 1 where a case takes
longer than its limit, or more than three times as long for twice the words.
"""

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from difflib import SequenceMatcher

from storage.likeness.differences import difference
from storage.likeness.novelty import additions
from storage.models import Version

WORDS = 200_000
LIMIT = 30.0  # seconds, at WORDS words in 20,000 paragraphs
SEEN = datetime(2026, 3, 1, tzinfo=UTC)
CHANCE = random.Random(11)
VOCABULARY = [f"{CHANCE.choice('bdfgklmnprst')}{CHANCE.choice('aeiou')}{n:x}" for n in range(20_000)]

Pair = tuple[str, str]


def words(count: int) -> list[str]:
    """Words as frequent as those of a language."""
    return [VOCABULARY[min(int(CHANCE.paretovariate(0.8)), len(VOCABULARY) - 1)] for _ in range(count)]


def paragraphs(count: int) -> list[str]:
    return [" ".join(words(10)) for _ in range(count // 10)]


def edited(paragraph: str) -> str:
    some = paragraph.split()
    some[CHANCE.randrange(len(some))] = CHANCE.choice(VOCABULARY)
    return " ".join(some)


def one_paragraph_shuffled(count: int) -> Pair:
    text = words(count)
    return " ".join(text), " ".join(CHANCE.sample(text, count))


def paragraphs_shuffled_and_edited(count: int) -> Pair:
    text = paragraphs(count)
    return "\n\n".join(text), "\n\n".join(edited(each) for each in CHANCE.sample(text, len(text)))


def equal_paragraphs(count: int) -> Pair:
    return "\n\n".join(["a b c d e f g h i j"] * (count // 10)), "\n\n".join(["a b c d e f g h i j"] * (count // 11))


def one_number_differs(count: int) -> Pair:
    lines = range(count // 10)
    return tuple("\n\n".join(f"line {n + shift} of the long log of one night at sea" for n in lines) for shift in (0, count))  # type: ignore[return-value]


def one_against_many(count: int) -> Pair:
    text = paragraphs(count)
    return " ".join(text), "\n\n".join(text)


CASES: tuple[Callable[[int], Pair], ...] = (
    one_paragraph_shuffled,
    paragraphs_shuffled_and_edited,
    equal_paragraphs,
    one_number_differs,
    one_against_many,
)


def seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def compare(pair: Pair) -> object:
    return difference(Version(1, 1, "Title", pair[0], SEEN), Version(1, 2, "Title", pair[1], SEEN))


def main() -> int:
    failed = False
    print(f"{'case':32} {WORDS // 2:>9,} {WORDS:>9,} words  novelty  difflib at {WORDS // 80:,}")
    for case in CASES:
        half, whole = case(WORDS // 2), case(WORDS)
        small, large = seconds(lambda: compare(half)), seconds(lambda: compare(whole))  # noqa: B023 - called at once
        heard = seconds(lambda: additions(whole))  # noqa: B023
        few = case(WORDS // 80)
        peer = seconds(lambda: SequenceMatcher(None, few[0].split(), few[1].split(), autojunk=False).get_opcodes())  # noqa: B023
        print(f"{case.__name__:32} {small:9.2f} {large:9.2f} s      {heard:7.2f}  {peer:7.2f}", flush=True)
        failed |= large > LIMIT or heard > LIMIT or large > 3 * small + 1
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
