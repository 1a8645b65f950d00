"""Saved pages beside the complete JSON that is expected of them.

The pages are of our own making: an aggregator's page with two wire stories under one headline and a sub-heading between
them, in the shapes in which blogs and papers set it. A value may be empty only where the case says that it is.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.reading.boilerplate import is_form_line
from crawler.reading.extract import as_json, extract

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
PAGES = Path(__file__).parent / "pages"
ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", ROOT.parent / "shared" / "corpus"))

MODERN = "https://dispatch.example/2026/02/26/lodana-grain-corridor/"
OLD = "http://old.dispatch.example/?p=417"
CASES = {
    "modern-none": (MODERN, {"lead", "comments", "comment_count"}),
    "modern-threaded": (MODERN, {"lead"}),
    "old-none": (OLD, {"canonical_url", "authors", "modified", "lead", "image", "comments", "comment_count"}),
    "old-threaded": (OLD, {"canonical_url", "authors", "modified", "lead", "image"}),
    "plain-divs": ("https://courier.example/news/41-lodana-grain.html?utm=1", {"comments_platform"}),
}
FORM_WORDS = (
    "leave a reply",
    "required fields",
    "will not be published",
    "cancel reply",
    "says:",
    "share this",
    "post comment",
)


def read(name):
    return as_json(extract((PAGES / f"{name}.html").read_bytes(), CASES[name][0], now=NOW))


@pytest.mark.parametrize("name", CASES)
def test_a_page_reads_as_its_json_says(name):
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    got = read(name)
    assert got == expected
    assert list(got) == list(expected), "the keys keep their order"


@pytest.mark.parametrize("name", CASES)
def test_no_value_is_empty_by_accident(name):
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    assert {key for key, value in expected.items() if value in (None, [], "")} == CASES[name][1]
    nested = {key for comment in expected["comments"] for key, value in comment.items() if value in (None, [], "")}
    assert nested <= {"parent_id", "permalink"}


@pytest.mark.parametrize("name", CASES)
def test_both_stories_and_the_sub_heading_stand_in_order(name):
    blocks = read(name)["text"].split("\n\n")
    heading = blocks.index("Merovia and Lodana keep talking behind the noise")
    first = next(i for i, block in enumerate(blocks) if block.startswith("Lodana will stop the passage"))
    second = next(i for i, block in enumerate(blocks) if block.startswith("Officials of both countries"))
    assert first < heading < second
    assert not any("Lodana closes its grain corridor" in block for block in blocks), "the headline is not repeated"


@pytest.mark.parametrize("name", CASES)
def test_no_word_of_forms_or_share_bars_stands_anywhere(name):
    got = read(name)
    for text in (got["text"], *(comment["text"] for comment in got["comments"])):
        assert not [word for word in FORM_WORDS if word in text.lower()]
        assert not [line for line in text.split("\n\n") if is_form_line(line)]
    assert len(got["comments"]) == (0 if name.endswith("none") else 3)


SEED_URL = "https://wire.example.org/2018/01/08/seed/"


@pytest.fixture
def seed():
    folder = CORPUS / "seed"
    if not folder.is_dir():
        pytest.skip(f"the seed pages are not part of the project and not at {folder} (see NIGHTDESK_CORPUS)")
    return folder


@pytest.mark.corpus
@pytest.mark.parametrize(("name", "comments"), [("modern-none", 0), ("modern-threaded", 3)])
def test_the_page_the_product_was_conceived_from(seed, name, comments):
    got = as_json(extract((seed / f"{name}.html").read_bytes(), SEED_URL, now=NOW))
    written = (seed / "seed.txt").read_text(encoding="utf-8").split("\n\n")
    story = [" ".join(block.split()) for block in written[1:] if block.strip() and not is_form_line(block.strip())]
    assert got["title"] == written[0].strip()
    assert got["text"].split("\n\n") == story, "every paragraph and the sub-heading, in order, and nothing else"
    assert len(got["comments"]) == comments
    assert got["comments_status"] == ("served" if comments else "none")
    assert not [comment for comment in got["comments"] if any(word in comment["text"].lower() for word in FORM_WORDS)]


@pytest.mark.corpus
def test_the_comments_of_that_page_are_records(seed):
    got = as_json(extract((seed / "modern-threaded.html").read_bytes(), SEED_URL, now=NOW))["comments"]
    assert [comment["parent_id"] for comment in got] == [None, got[0]["id"], got[1]["id"]]
    assert [comment["published"] for comment in got] == [
        "2018-01-09T08:12:44Z",
        "2018-01-09T10:30:02Z",
        "2018-01-09T11:05:19Z",
    ]
    assert len({comment["author"] for comment in got}) == 2
    assert all(comment["permalink"].endswith(f"/#comment-{comment['id']}") for comment in got)
