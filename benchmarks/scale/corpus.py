"""The pages that an article's cost is measured on: real ones, where the corpus is at hand, else the local newspaper's."""

import gzip
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from crawler.tasks import read_page
from nightdesk.newspaper.routes import answer
from nightdesk.newspaper.site import Newspaper
from storage.errors import ExtractError
from storage.identity import refusal

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
_CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "corpus"))
_NEWS = ("fundus", "aeb", "np4k")  # the others are blogs for the most part
CORPUS_THERE = (_CORPUS / "pages.jsonl").is_file()


def save(folder: Path, count: int) -> int:
    """Save so many pages that are articles to us as N.html; how many there are. A page of the corpus is taken once."""
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for body in _real() if CORPUS_THERE else _printed():
        if number == count:
            break
        if _is_article(body):
            (folder / f"{number}.html").write_bytes(body)
            number += 1
    return number


def _is_article(body: bytes) -> bool:
    try:
        return refusal(read_page(body, "http://127.9.1.1/page/1", NOW, None)) is None
    except ExtractError:
        return False


def _real() -> Iterator[bytes]:
    lines = map(json.loads, (_CORPUS / "pages.jsonl").read_text("utf-8").splitlines())
    rows = [row for row in lines if row["corpus"] in _NEWS]
    Random(1).shuffle(rows)
    for row in rows:
        with gzip.open(_CORPUS / row["path"]) as file:
            yield file.read()


def _printed() -> Iterator[bytes]:
    paper = Newspaper("The Harbour Courier")
    while True:
        piece = paper.publish_next(NOW - timedelta(hours=1), comments=3)
        yield answer(paper, piece.path).body
