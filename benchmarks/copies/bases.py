"""Where the stories come from that the samples edit: saved pages read by Nightdesk's reader, and the copies' own originals.

None of these texts is part of the project: they are looked for in `NIGHTDESK_CORPUS`, else beside the project.
"""

import gzip
import json
import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from edits import Blocks, sentences
from furniture import KITS, Kit

from crawler.reading.extract import extract
from storage.errors import ExtractError

HERE = Path(__file__).parent
CORPUS = Path(os.environ.get("NIGHTDESK_CORPUS", HERE.parents[2] / "shared" / "corpus"))
NOW = datetime(2026, 12, 1, tzinfo=UTC)
STORY = {"zh": 350, "ja": 400, "th": 550}  # letters of a piece of a long page; elsewhere words:
WORDS = 140
LEAST = 0.7  # of that much must be in a story
SHINGLE = 4  # words, or units of a script without spaces


def size(blocks: Blocks, kit: Kit) -> int:
    """Words, or letters where words are not spaced, below the headline."""
    text = " ".join(blocks[1:])
    return sum(map(str.isalpha, text)) if kit.unit else len(text.split())


def pages(code: str, *, most: int) -> list[Blocks]:
    """The stories of one language: its pages as they are read, long ones cut into several where there are few."""
    kit = KITS[code]
    wanted = [
        line.split("\t")[1] for line in (HERE / "pages.tsv").read_text("utf-8").splitlines() if line.startswith(code + "\t")
    ]
    truth = {row["id"]: row for row in map(json.loads, (CORPUS / "pages.jsonl").read_text("utf-8").splitlines())}
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        texts = list(
            pool.map(
                partial(_read, CORPUS), [(truth[each]["path"], truth[each]["url"] or "") for each in wanted if each in truth]
            )
        )
    goal = STORY.get(code, WORDS)
    whole = [text for text in texts if text and size(text, kit) >= LEAST * goal]
    few = len(whole) < most
    return [story for text in whole for story in (cut(text, goal, kit) if few else [text])][:most]


def _read(corpus: Path, page: tuple[str, str]) -> Blocks | None:
    try:
        read = extract(gzip.decompress((corpus / page[0]).read_bytes()), page[1], now=NOW)
    except ExtractError:
        return None
    paragraphs = [" ".join(each.split()) for each in read.text.split("\n\n")]
    return [read.title or paragraphs[0], *filter(None, paragraphs)] if paragraphs else None


def cut(blocks: Blocks, goal: int, kit: Kit) -> list[Blocks]:
    """A long page as several stories of about the goal's size, each under its first sentence."""
    pieces: list[Blocks] = [[blocks[0]]]
    for paragraph in blocks[1:]:
        if size(pieces[-1], kit) >= goal:
            pieces.append([sentences(paragraph, kit)[0]])
        pieces[-1].append(paragraph)
    return [piece for piece in pieces if size(piece, kit) >= LEAST * goal]


def shingles(blocks: Blocks, kit: Kit) -> set[int]:
    """What two texts are compared by here: runs of words, or of letters where words are not spaced."""
    text = unicodedata.normalize("NFKC", " ".join(blocks)).casefold()
    words = re.findall(r"\w", text) if kit.unit else re.findall(r"\w+", text)
    run = SHINGLE * max(1, kit.unit)
    return {hash(tuple(words[i : i + run])) for i in range(len(words) - run + 1)}


def alike(texts: Iterable[tuple[str, Blocks, Kit]], share: float = 0.1) -> Iterator[tuple[str, str]]:
    """The pairs of which one shares so much with the other before any edit."""
    holders: dict[int, list[str]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for name, blocks, kit in texts:
        found = shingles(blocks, kit)
        sizes[name] = len(found)
        common = Counter(other for each in found for other in holders[each])
        yield from ((other, name) for other, count in common.items() if count >= share * min(sizes[name], sizes[other]))
        for each in found:
            holders[each].append(name)


def copies() -> tuple[list[dict[str, str]], dict[str, Any]]:
    """The corpus of copies: its articles in order of arrival, and its truth."""
    with gzip.open(CORPUS / "copies" / "truth.json.gz", "rt", encoding="utf-8") as file:
        truth = json.load(file)
    with gzip.open(CORPUS / "copies" / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file], truth


def originals() -> tuple[dict[str, dict[str, str]], dict[str, list[list[str]]], set[str]]:
    """The copies' own unedited articles by URL, the truth of pairs among them, and the URLs that were edited there."""
    articles, truth = copies()
    rows = {row["url"]: row for row in articles}
    own = {url: rows[url] for url, family in truth["family"].items() if family == [int(url.rpartition("/")[2])]}
    among = {
        kind: [pair for pair in truth[kind] if pair[0] in own and pair[1] in own] for kind in ("copies", "apart", "ignore")
    }
    edited = {pair[0] for pair in truth["copies"] if pair[0] in own and pair[1] not in own}
    return own, among, edited


def count(code: str) -> int:
    """How many pages of the corpus are in this language."""
    return sum(line.startswith(code + "\t") for line in (HERE / "pages.tsv").read_text("utf-8").splitlines())


def written(code: str) -> list[Blocks]:
    """Stories written for these samples, where the corpus has few pages or none: blank lines between blocks, `---` between."""
    file = HERE / "texts" / f"{code}.txt"
    if not file.is_file():
        return []
    return [
        [" ".join(block.split()) for block in story.strip().split("\n\n")] for story in file.read_text("utf-8").split("\n---\n")
    ]
