"""Floors of what is told of edits and additions, on articles with known variants: a change may raise them, never fall below.

The articles belong to their publishers and are not part of the project; without them these tests are skipped, visibly.
"""

import gzip
import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.likeness.differences import difference
from storage.likeness.novelty import additions
from storage.models import Version
from storage.words import ParagraphChange

COPIES = Path(os.environ.get("NIGHTDESK_CORPUS", Path(__file__).parents[3] / "shared" / "corpus")) / "copies"
MOST = 120  # pairs of a kind
SEEN = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def pairs():
    """Kind of variant → (text, variant)."""
    if not COPIES.is_dir():
        pytest.skip(f"the articles are not part of the project and not at {COPIES} (see NIGHTDESK_CORPUS)")
    with gzip.open(COPIES / "articles.jsonl.gz") as lines:
        texts = {row["url"]: row["text"] for row in map(json.loads, lines)}
    found = defaultdict(list)
    truth = json.loads(gzip.decompress((COPIES / "truth.json.gz").read_bytes()))
    for one, other, kind in truth["copies"]:
        if len(found[kind]) < MOST:
            found[kind].append((texts[one], texts[other]))
    return found


def changes(pair):
    old, new = (Version(1, number, "Title", text, SEEN) for number, text in enumerate(pair, 1))
    return {(block.change, block.moved) for block in difference(old, new).blocks if not block.quiet}


@pytest.mark.parametrize(
    ("kind", "allowed", "floor"),
    [
        ("ws_unicode", set(), 0.99),
        ("reorder", {(ParagraphChange.SAME, True)}, 0.99),
        ("drop10", {(ParagraphChange.REMOVED, False)}, 0.99),
        ("drop30", {(ParagraphChange.REMOVED, False)}, 0.99),
        ("drop50", {(ParagraphChange.REMOVED, False)}, 0.99),
        ("boiler", {(ParagraphChange.ADDED, False)}, 0.99),
        ("words5", {(ParagraphChange.REWORDED, False)}, 0.95),
    ],
)
def test_an_edit_is_told_as_what_it_was(pairs, kind, allowed, floor):
    right = [changes(pair) <= allowed for pair in pairs[kind]]
    assert sum(right) >= floor * len(right), f"{sum(right)} of {len(right)}"


@pytest.mark.parametrize("kind", ["ws_unicode", "reorder", "drop10", "drop30", "drop50"])
def test_a_copy_with_nothing_of_its_own_adds_nothing(pairs, kind):
    silent = [additions(pair)[1] == [] for pair in pairs[kind]]
    assert sum(silent) >= 0.99 * len(silent), f"{sum(silent)} of {len(silent)}"


@pytest.mark.parametrize("kind", ["update", "boiler", "glue", "roundup"])
def test_what_was_put_in_is_told(pairs, kind):
    told = [additions(pair)[1] != [] for pair in pairs[kind]]
    assert sum(told) >= 0.99 * len(told), f"{sum(told)} of {len(told)}"
