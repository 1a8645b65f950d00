"""Floors of what reading reaches on real pages with known truth: a change may raise them, never fall below.

The pages belong to their publishers and are not part of the project. They are looked for in `NIGHTDESK_CORPUS`, else
beside the project; without them these tests are skipped, visibly.
"""

import gzip
import hashlib
import importlib.util
import json
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest

from crawler.reading.extract import as_json, extract
from storage.errors import ExtractError

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", ROOT.parent / "shared" / "corpus"))
TRUTH = CORPUS / "pages.jsonl"
TRUTH_SHA256 = "271b275d7de78e521e36766b831a5c7c6e62a63ead9e28421c3d45532c8481ae"  # the floors belong to this truth
NOW = datetime(2026, 12, 1, tzinfo=UTC)  # after the newest page

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(300)]


def rows_of_truth():
    return [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").split("\n") if line]


def outcome(future):
    try:
        return as_json(future.result())
    except ExtractError as error:
        return {"error": str(error)}


@pytest.fixture(scope="module")
def scores():
    if not TRUTH.is_file():
        pytest.skip(f"the corpus of real pages is not part of the project and not at {CORPUS} (see NIGHTDESK_CORPUS)")
    spec = importlib.util.spec_from_file_location("corpus_score", CORPUS / "score.py")
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    rows = rows_of_truth()
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        pages = [(gzip.decompress((CORPUS / row["path"]).read_bytes()), row["url"] or "") for row in rows]
        got = [outcome(each) for each in [pool.submit(extract, *page, now=NOW) for page in pages]]
    return scorer.score(rows, got, "")


def value(scores, path):
    for key in path.split("/"):
        scores = scores[key]
    return scores


FLOORS = {  # in brackets plain trafilatura
    "fundus/shingle_f1": 0.970,  # (.946)
    "fundus/token_f1": 0.974,
    "aeb/shingle_f1": 0.973,  # (.957)
    "np4k/shingle_f1": 0.945,
    "readability/shingle_f1": 0.935,  # its own output, so regressions only
    "trafilatura/f1": 0.940,  # (.924)
    "metadata/fundus/title_right": 0.88,  # (.740)
    "metadata/fundus/same_day": 0.992,  # (.961)
    "metadata/fundus/same_minute": 0.99,  # (0)
    "metadata/fundus/authors_f1": 0.89,  # (.788)
    "metadata/trafilatura/title_right": 0.855,  # (.634)
    "metadata/trafilatura/same_day": 0.879,  # (.879)
    "metadata/trafilatura/authors_f1": 0.705,  # (.611)
    "comments/recall_of_served": 0.935,  # (.772)
    "comments/with_author": 0.975,
    "comments/with_time": 0.86,
}
CEILINGS = {
    "errors": 0,
    "fundus/below_0.5": 0,
    "aeb/below_0.5": 0,
    "metadata/all/false_authors": 45,  # (67), some pages are unlabelled
    "comments/leaked_into_text": 3,  # one page, whose live coverage the truth calls comments
    "comments/form_words_in_comments": 0,
    "comments/pages_with_form_words_in_text": 0,
    "comments/records_swallowing_several": 10,  # of each the truth has several segments, or one twice; none holds two comments
    "comments/news_pages_returning_any": 8,
}


def test_the_floors_belong_to_this_corpus(scores):
    assert hashlib.sha256(TRUTH.read_bytes()).hexdigest() == TRUTH_SHA256
    assert scores["pages"] == len(rows_of_truth())


@pytest.mark.parametrize("path", FLOORS)
def test_what_was_reached_is_kept(scores, path):
    assert value(scores, path) >= FLOORS[path]


@pytest.mark.parametrize("path", CEILINGS)
def test_what_goes_wrong_stays_rare(scores, path):
    assert value(scores, path) <= CEILINGS[path]
