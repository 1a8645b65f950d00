"""The trade between the room of the index and what is found: the same articles under several densities of fingerprints.

    python benchmarks/copies/tradeoff.py [FOLDER THAT sample.py MADE] [--windows 8:24,16:24,16:32,24:24]

A pair `asked:stored` gives the windows, in shingles, of which winnowing picks one fingerprint: for those that a new text is
looked for by, and for those that it is stored by. The articles go through Nightdesk's own ingest in order of arrival, and the
corpus's scorer judges. Without a folder it takes a sixth of the corpus of copies (`NIGHTDESK_CORPUS`).
"""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import bases
from sample import part

from storage import ingest, recognise
from storage.clock import Clock
from storage.likeness import fingerprints
from storage.models import Extraction, Schedule, Source
from storage.store import Tables, connect

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BATCH = 50
SEED = 1


def take(rows: list[dict[str, Any]], tables: Tables) -> None:
    """Articles as `nightdesk ingest` takes them."""
    for row in rows:
        made = Source(
            row["source"], row["url"], Schedule(every=86_400.0), datetime(1970, 1, 1, tzinfo=UTC), sites=(row["source"],)
        )
        source = tables.sources.find(made.name) or tables.sources.add(made)
        read = Extraction(url=row["url"], title=row["title"], text=row["text"])
        ingest.ingest_article(tables, read, source, page=None, url=row["url"], now=NOW, quiet=True)


def measure(folder: Path, asked: int, stored: int) -> dict[str, Any]:
    """The scorer's figures, bytes of index and CPU seconds of ingest an article, under these windows."""
    fingerprints.MIDDLE, fingerprints.WIDE = asked, stored  # of briefs the narrow ones stay
    recognise.forget_contents()  # picked under other windows
    rows = [json.loads(line) for line in (folder / "articles.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as place:
        file, export = Path(place) / "copies.db", Path(place) / "export.jsonl"
        start = time.process_time()
        with connect(f"sqlite:///{file}", Clock(NOW)) as store:
            for at in range(0, len(rows), BATCH):
                store.write_now(partial(take, rows[at : at + BATCH]))
        spent = time.process_time() - start
        with closing(sqlite3.connect(file)) as database:
            room = database.execute("SELECT sum(pgsize) FROM dbstat WHERE name = 'fingerprints'").fetchone()[0]
            export.write_text("".join(json.dumps(row) + "\n" for row in exported(database)), encoding="utf-8")
        scorer = [sys.executable, bases.CORPUS / "copies" / "score.py", export, "--truth", folder / "truth.json.gz"]
        scores = json.loads(subprocess.run(scorer, capture_output=True, text=True, check=True).stdout)
    return {**scores, "bytes": room / len(rows), "ms": spent / len(rows) * 1e3}


def exported(database: sqlite3.Connection) -> list[dict[str, Any]]:
    """What the scorer reads of an export."""
    found = database.execute("SELECT id, url, story_id FROM articles").fetchall()
    urls = {number: url for number, url, _ in found}
    copies: dict[int, list[dict[str, str]]] = {number: [] for number in urls}
    for number, other, relation in database.execute("SELECT article_id, other_id, relation FROM relations"):
        copies[number].append({"url": urls[other], "relation": relation})
    return [{"url": url, "story": story, "copies": copies[number]} for number, url, story in found]


def show(folder: Path, windows: list[str]) -> None:
    """A line for each pair of windows."""
    print("asked stored  bytes     ms  near F1  +parts F1  worst recall             r_dup  real templates  forms  others")
    for pair in windows:
        asked, stored = map(int, pair.split(":"))
        found = measure(folder, asked, stored)
        kinds = {kind: value for kind, value in found["recall"].items() if kind != "r_dup"}
        worst = min(kinds, key=lambda kind: (kinds[kind], kind))
        wrong = found["false_merges"]
        print(
            f"{asked:5} {stored:6} {found['bytes']:6.0f} {found['ms']:6.2f}  {found['near']['f1']:7.4f}"
            f"  {found['near_and_part']['f1']:9.4f}  {f'{worst} {kinds[worst]:.3f}':23} {found['recall'].get('r_dup', 0):6.3f}"
            f"  {wrong.get('n_realtmpl', 0):14.4f} {wrong.get('n_template', 0):6.3f} {found['other_false_pairs']:7}",
            flush=True,
        )


def main() -> int:
    """Measure all pairs of windows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--windows", default="8:24,16:16,16:24,16:32,24:24,32:32")
    options = parser.parse_args()
    if not (bases.CORPUS / "copies").is_dir():
        print(f"skipped: the corpus of copies is not at {bases.CORPUS} (see NIGHTDESK_CORPUS)")
        return 0
    with tempfile.TemporaryDirectory() as made:
        if options.folder is None:
            part(Path(made), SEED)
        show(options.folder or Path(made), options.windows.split(","))
    return 0


if __name__ == "__main__":
    sys.exit(main())
