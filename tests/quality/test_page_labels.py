"""How often a page's language, address, image, tags, site, kind and paywall are read rightly, on labelled real pages.

`page_labels.jsonl` was written by looking at the pages: facts about them, nothing of their content. `image` lists parts
of addresses that name the article's picture; `site_name` the forms in which the site may be named; `tags_too` what is not
the article's own tag but does no harm. Unknown is counted apart from wrong: a field that is empty where it could have
been read is a pity, one that says something false is a fault. Run with `-s` for the table.
"""

import gzip
import hashlib
import json
import os
import re
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import unquote

import pytest

from crawler.reading.extract import as_json, extract
from storage.urls import key_of

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", ROOT.parent / "shared" / "corpus"))
TRUTH = CORPUS / "pages.jsonl"
LABELS = Path(__file__).with_name("page_labels.jsonl")
LABELS_SHA256 = "19f2afd0c62b79fc643b7ca183be20c8c90ce902784979c71cd732d507ea8f34"  # the floors belong to these labels
NOW = datetime(2026, 12, 1, tzinfo=UTC)  # after the newest page

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(300)]

# Field: the least share that is right, the largest that is wrong; the rest is unknown.
FLOORS = {
    "language": (0.98, 0.01),
    "canonical_url": (0.98, 0.01),
    "site_name": (0.92, 0.01),
    "image": (0.95, 0.02),
    "tags": (0.96, 0.03),
    "kind": (0.98, 0.02),
    "paywalled": (0.98, 0.01),
}


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def folded(text):
    return re.sub(r"[\W_]+", "", text.casefold())


def judge_tags(label, got):
    """Right: four fifths of what was read are the article's tags, and three fifths of these were read."""
    own, harmless = {folded(tag) for tag in label["tags"]}, {folded(tag) for tag in label.get("tags_too", ())}
    read = {folded(tag) for tag in got["tags"]}
    if not read:
        return "unknown" if own else "right"
    good = len(read & (own | harmless)) >= 0.8 * len(read) and len(read & own) >= 0.6 * len(own)
    return "right" if good else "wrong"


def judge(field, label, got):
    """Whether what was read of one field is right, unknown or wrong."""
    truth, read = label[field], got[field]
    if field == "tags":
        return judge_tags(label, got)
    if read is None or truth is None:
        return "right" if read == truth else "unknown" if read is None else "wrong"
    good = {
        "canonical_url": lambda: key_of(read) == key_of(truth),
        "site_name": lambda: folded(read) in map(folded, truth),
        "image": lambda: any(unquote(part) in unquote(read) for part in truth),
    }.get(field, lambda: read == truth)
    return "right" if good() else "wrong"


def tally(labels, readings):
    """Field → how many labels were read rightly, not at all, or wrongly; and the pages that were not right."""
    counts = {field: Counter() for field in FLOORS}
    faults = []
    for label in labels:
        for field in FLOORS:
            if field in label:
                verdict = judge(field, label, readings[label["id"]])
                counts[field][verdict] += 1
                if verdict != "right":
                    faults.append((field, verdict, label["id"], label[field], readings[label["id"]][field]))
    return counts, faults


def table(counts):
    rows = [f"{'field':14} {'pages':>5} {'right':>6} {'unknown':>8} {'wrong':>6}"]
    for field, count in counts.items():
        total = sum(count.values())
        shares = {verdict: count[verdict] / max(1, total) for verdict in ("right", "unknown", "wrong")}
        rows.append(f"{field:14} {total:5} {shares['right']:6.3f} {shares['unknown']:8.3f} {shares['wrong']:6.3f}")
    return "\n".join(rows)


@pytest.fixture(scope="module")
def counts():
    if not TRUTH.is_file():
        pytest.skip(f"the corpus of real pages is not part of the project and not at {CORPUS} (see NIGHTDESK_CORPUS)")
    labels, rows = lines(LABELS), {row["id"]: row for row in lines(TRUTH)}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        futures = {
            label["id"]: pool.submit(
                extract,
                gzip.decompress((CORPUS / rows[label["id"]]["path"]).read_bytes()),
                rows[label["id"]]["url"] or "",
                now=NOW,
            )
            for label in labels
        }
        readings = {page: as_json(future.result()) for page, future in futures.items()}
    found, faults = tally(labels, readings)
    print(f"\n{table(found)}\n")
    print("\n".join(f"{field}: {verdict}: {page}: {truth!r} read as {read!r}" for field, verdict, page, truth, read in faults))
    return found


def test_the_floors_belong_to_these_labels():
    assert hashlib.sha256(LABELS.read_bytes()).hexdigest() == LABELS_SHA256


@pytest.mark.parametrize("field", FLOORS)
def test_a_field_is_right_as_often_as_was_reached(counts, field):
    least, most_wrong = FLOORS[field]
    total = sum(counts[field].values())
    assert total >= (60 if field in {"image", "tags"} else 100)
    assert counts[field]["right"] / total >= least
    assert counts[field]["wrong"] / total <= most_wrong
