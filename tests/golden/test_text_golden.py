"""Pages of our own making in the layouts of the press, beside the text and the standfirst that a reader would copy from each."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.reading.extract import extract

NOW = datetime(2026, 12, 1, tzinfo=UTC)
PAGES = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("text-*.html"))


def read(html):
    return extract(html, "https://courier.example/2026/11/24/ferry", now=NOW)


def test_there_is_a_page_for_each_layout():
    assert len(NAMES) >= 17


@pytest.mark.parametrize("name", NAMES)
def test_a_page_reads_as_a_reader_would_copy_it(name):
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    got = read((PAGES / f"{name}.html").read_bytes())
    assert got.text.split("\n\n") == expected["text"]
    assert got.lead == expected["lead"]


@pytest.mark.parametrize("name", NAMES)
def test_what_wraps_a_page_changes_nothing(name):
    html = (PAGES / f"{name}.html").read_text(encoding="utf-8")
    wrapped = html.replace("<body", "<!-- x --><body", 1).replace(
        "</body>", "<div class='footer'><p>© 2026 Courier</p></div></body>", 1
    )
    assert read(wrapped.encode()).text == read(html.encode()).text
