"""How often a story that many sites copy is told: streams of copies over one day, a rule for each, and how many alerts came.

    python benchmarks/copies/streams.py [--streams 500] [--copies 40] [--seed N] [--keep DIR]

Each stream is one story and its copies on other hosts, with the edits of `edits.py`; some are excerpts, some stand on a
page with another stream's story, or in a roundup of four. All streams arrive together in random order, an hour's articles at
a time, through `nightdesk ingest --alert` with the clock at that hour. Each stream's rule asks for two words that occur in no
other story. Right is one alert a rule: exits with 1 where fewer than 99 of 100 have one, or any has none.

The stories are those of the corpus of copies and of pages (`NIGHTDESK_CORPUS`), which is not part of the project.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random

import bases
import edits
from edits import Blocks, Desk
from furniture import KITS, Kit
from sample import Sample, elsewhere, settle

NIGHTDESK = Path(sys.executable).with_name("nightdesk")
KIT: Kit = KITS["en"]
DAY = "2026-03-02"
HOURS = 24
LEAST = 0.99
MIXED = ("glue", "glue", "glue", "glue", "roundup", "roundup")
WHOLE = (
    "exact",
    "ws_unicode",
    "dateline",
    "headline",
    "drop10",
    "drop30",
    "boiler",
    "words1",
    "words3",
    "words5",
    "reorder",
    "syndicated",
)
PARTS = ("drop50", "trunc3", "update", "update")
SHARES = (70, 20, 10)  # of copies of the whole text, of parts and updates, of pages with other streams' stories
HOSTS = 400


def stories(dice: Random, count: int) -> tuple[list[Blocks], list[str], list[Blocks]]:
    """So many stories that share no text with any other, a query for each, and other stories that only lend paragraphs.

    A query asks for the two words that its story has most often and no other text has.
    """
    own, among, _ = bases.originals()
    linked = {url for kind in among.values() for pair in kind for url in pair[:2]}
    found = [row["text"].split("\n\n") for url, row in own.items() if url not in linked] + bases.pages("en", most=200)
    sample = Sample(dice)
    urls = [sample.add("u.example", text) for text in found if 110 <= bases.size(text, KIT) <= 1000 and len(text) > 3]
    shared = settle(sample, dict.fromkeys(urls, KIT))
    clean = [sample.texts[url] for url in dice.sample(urls, len(urls)) if url not in shared]
    holders = Counter(word for text in (*clean, [*KIT.lines]) for word in set(words_of(text)))
    texts, queries, others = [], [], []
    for text in clean:
        rare = Counter(word for word in words_of(text) if holders[word] == 1).most_common(2)
        if len(rare) == 2 and len(texts) < count:
            texts.append(text)
            queries.append(" AND ".join(word for word, _ in rare))
        else:
            others.append(text)
    if len(texts) < count or len(others) < 20:
        raise SystemExit(f"the corpus has stories for {len(texts)} streams, with {len(others)} others; ask for fewer")
    return texts, queries, others


def words_of(text: Blocks) -> list[str]:
    """The plain words of a text that stand between blanks, folded: none with an apostrophe, a hyphen or an accent."""
    return re.findall(r"(?:(?<=\s)|^)[a-z]{5,}(?=[,.;:]?(?:\s|$))", " ".join(text).casefold())


def streams(texts: list[Blocks], others: list[Blocks], copies: int, dice: Random) -> tuple[Sample, dict[str, str]]:
    """All articles of all streams in order of arrival, and what each is."""
    sample, kinds = Sample(dice), {}
    firsts = [sample.add(f"agency{number % 7}.example", text) for number, text in enumerate(texts)]
    kinds.update(dict.fromkeys(firsts, "original"))
    for number, first in enumerate(firsts):
        desk = Desk(KIT, dice, others)
        for _ in range(copies - 1):
            kind = dice.choices((dice.choice(WHOLE), dice.choice(PARTS), dice.choice(MIXED)), SHARES)[0]
            of = [first]
            if kind in MIXED:
                of += dice.sample([each for n, each in enumerate(firsts) if n != number], 1 if kind == "glue" else 3)
                parts = [sample.texts[each] for each in of]
                made = edits.glue(parts, desk) if kind == "glue" else edits.roundup(parts, desk)
            else:
                made = list(texts[number]) if kind == "exact" else edits.EDITS[kind](texts[number], desk)
            kinds[sample.add(elsewhere(sample, KIT, HOSTS), made, of)] = kind
    dice.shuffle(sample.rows)
    return sample, kinds


def told(folder: Path, sample: Sample, queries: list[str]) -> dict[str, list[list[str]]]:
    """The articles of every alert by rule, after a day of `nightdesk ingest --alert`."""
    names = [f"stream {number}" for number in range(len(queries))]
    declared = (f"[[rule]]\nname = \"{name}\"\nquery = '{query}'\n" for name, query in zip(names, queries, strict=True))
    (folder / "nightdesk.toml").write_text("\n".join(declared), encoding="utf-8")

    def run(hour: float, *arguments: str, lines: str = "") -> str:
        clock = f"{DAY}T{int(hour):02}:{round(hour % 1 * 60):02}:00Z@1"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTDESK_")}
        done = subprocess.run(
            [NIGHTDESK, *arguments],
            cwd=folder, input=lines, capture_output=True, text=True, check=False, env={**kept, "NIGHTDESK_CLOCK": clock},
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"nightdesk {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
        return done.stdout

    run(0, "crawl")  # applies the rules that are declared
    share = -(-len(sample.rows) // HOURS)
    for hour in range(HOURS):
        part = sample.rows[hour * share : (hour + 1) * share]
        rows = ({**row, "published": f"{DAY}T{hour:02}:{n * 60 // len(part):02}:00Z"} for n, row in enumerate(part))
        print(f"{hour:02}:59 {len(part)} articles", file=sys.stderr)
        run(hour + 0.98, "ingest", "-", "--alert", lines="".join(json.dumps(row) + "\n" for row in rows))
    alerts: dict[str, list[list[str]]] = {name: [] for name in names}
    for alert in json.loads(run(23.99, "alert", "list", "--json", "--limit", "1000000"))["alerts"]:
        alerts[alert["rule"]].append(alert["articles"])
    return alerts


def main() -> int:
    """Print how many streams were told once, never, several times; 1 below the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--copies", type=int, default=40)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an empty folder for the database, to look into afterwards")
    options = parser.parse_args()
    if not (bases.CORPUS / "copies").is_dir():
        print(f"skipped: the corpus of copies is not at {bases.CORPUS} (see NIGHTDESK_CORPUS)")
        return 0
    dice = Random(options.seed)
    texts, queries, others = stories(dice, options.streams)
    sample, kinds = streams(texts, others, options.copies, dice)
    counted = dict(Counter(kinds.values()).most_common())
    print(f"{options.streams} streams of {options.copies}, {len(sample.rows)} articles: {counted}")
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        alerts = told(options.keep or Path(folder), sample, queries)
    counts = Counter(min(len(each), 2) for each in alerts.values())
    print(f"one alert: {counts[1]}   none: {counts[0]}   several: {counts[2]}   ({time.monotonic() - start:.0f} s)")
    names = dict(zip(alerts, queries, strict=True))
    for name in [name for name, found in alerts.items() if not found][:12]:
        print(f"  none for {names[name]}")
    extra: dict[str, Counter[str]] = defaultdict(Counter)
    for found in alerts.values():
        for articles in sorted(found, key=len)[:-1]:
            extra["+".join(sorted({kinds[url] for url in articles}))]["alerts"] += 1
    for kind, count in sorted(extra.items(), key=lambda each: -each[1]["alerts"])[:12]:
        print(f"  {count['alerts']:5} further alerts of {kind}")
    return int(counts[1] < LEAST * len(alerts) or counts[0] > 0)


if __name__ == "__main__":
    sys.exit(main())
