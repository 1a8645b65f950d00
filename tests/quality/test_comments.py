"""What reading finds of readers' comments on real pages, against labels read off the pages by hand and a second reader.

How the labels were made stands in README.md beside this file. Floors lie just under what is reached.
"""

import json
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urljoin

import pytest

from crawler.reading.extract import extract
from crawler.reading.parsing import decode
from tests.quality import wordpress_reader
from tests.quality.test_floors import CORPUS, NOW, TRUTH, outcome

LABELS = Path(__file__).parent / "comment_labels.jsonl"

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(300)]


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


@pytest.fixture(scope="module")
def pages():
    """(label, page, address, what was read) of each labelled page."""
    import gzip

    if not TRUTH.is_file():
        pytest.skip(f"the corpus of real pages is not part of the project and not at {CORPUS} (see NIGHTDESK_CORPUS)")
    rows = {row["id"]: row for row in lines(TRUTH)}
    labels = lines(LABELS)
    sources = [
        (gzip.decompress((CORPUS / rows[label["id"]]["path"]).read_bytes()), rows[label["id"]]["url"] or "") for label in labels
    ]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        got = [outcome(each) for each in [pool.submit(extract, *source, now=NOW) for source in sources]]
    return [(label, *source, read) for label, source, read in zip(labels, sources, got, strict=True)]


def share(flags):
    flags = list(flags)
    return sum(flags) / len(flags)


def test_there_are_labels_enough():
    labels = lines(LABELS)
    assert len({label["id"] for label in labels}) == len(labels) >= 250
    assert sum(label["comments"] > 0 for label in labels) >= 70
    assert sum("status" in label for label in labels) >= 140


def test_pages_that_return_comments_have_comments(pages):
    returning = [label for label, *_, read in pages if read.get("comments")]
    assert share(label["comments"] > 0 for label in returning) >= 0.98


def test_pages_that_have_comments_return_them(pages):
    assert share(bool(read.get("comments")) for label, *_, read in pages if label["comments"]) >= 0.97


RIGHT = {
    "count": (0.97, lambda label, comments: len(comments) == label["comments"]),
    "first author": (0.97, lambda label, comments: comments[0]["author"] == label["first_author"]),
    "first time": (
        0.97,
        # A time that the page tells relative to its fetch, or without a year, has no label.
        lambda label, comments: label["first_time"] is None or (comments[0]["published"] or "").startswith(label["first_time"]),
    ),
}


@pytest.mark.parametrize("what", RIGHT)
def test_comments_are_as_a_person_reads_them(pages, what):
    floor, right = RIGHT[what]
    flags = [bool(read.get("comments")) and right(label, read["comments"]) for label, *_, read in pages if label["comments"]]
    assert share(flags) >= floor


@pytest.mark.parametrize(
    ("name", "key", "floor"),
    [("status", "comments_status", 0.95), ("platform", "comments_platform", 0.97), ("count", "comment_count", 0.92)],
)
def test_where_comments_are_is_as_a_person_reads_it(pages, name, key, floor):
    assert share(read.get(key) == label[name] for label, *_, read in pages if name in label) >= floor


@pytest.fixture(scope="module")
def wordpress(pages):
    """(what the second reader says of a comment, what the product says of it, the page's address)."""
    pairs = []
    for _, page, url, read in pages:
        if read.get("comments_platform") != "wordpress" and not any(
            "#comment-" in (c["permalink"] or "") for c in read.get("comments") or []
        ):
            continue
        mine = {comment["id"]: comment for comment in read["comments"]}
        pairs += [(row, mine.get(row[0]), url) for row in wordpress_reader.read(decode(page).encode())]
    return pairs


def test_every_wordpress_comment_is_read(wordpress):
    assert len(wordpress) >= 400
    assert share(mine is not None for _, mine, _ in wordpress) >= 0.99


AGREE = {
    "author": lambda row, mine, url: row[1] is None or row[1] == mine["author"],
    "time": lambda row, mine, url: row[2] is None or f"{row[2]:%Y-%m-%dT%H:%M}" == (mine["published"] or "")[:16],
    "parent": lambda row, mine, url: row[3] == mine["parent_id"],
    "permalink": lambda row, mine, url: row[4] is None or urljoin(url, row[4]) == mine["permalink"],
}


@pytest.mark.parametrize("what", AGREE)
def test_a_wordpress_comment_is_read_alike_by_a_second_reader(wordpress, what):
    flags = [AGREE[what](row, mine, url) for row, mine, url in wordpress if mine]
    assert share(flags) >= {"author": 0.98, "time": 0.99, "parent": 0.99, "permalink": 0.99}[what]
