"""Make samples of copies with known truth, in the form that the corpus's scorer reads.

    python benchmarks/copies/sample.py languages|modern|seed2|chains|slice FOLDER [--seed N] [--kinds N]

Each folder gets `articles.jsonl` in order of arrival, `truth.json.gz` and a README that says how it was made. `languages`
also makes a folder for each language. `slice` is a part of the corpus of copies itself: every family by its number.
"""

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from random import Random
from zlib import crc32

import bases
import edits
from edits import Blocks, Desk
from furniture import KITS, Kit

START = datetime(2026, 3, 2, tzinfo=UTC)
MOST = {"de": 40, "ru": 30}
PARTS = 6  # of the corpus of copies, of which one is kept
WHOLE = ("r_dup", "n_realtmpl", "n_boiler")  # kinds of which all pairs are kept: a few hard ones decide, so a part says little
LANGUAGES = ("zh", "ja", "th", "de", "ar", "ru", "hi")


@dataclass(slots=True)
class Sample:
    """Articles and what is true of their pairs."""

    dice: Random
    rows: list[dict[str, str]] = field(default_factory=list)
    texts: dict[str, Blocks] = field(default_factory=dict)
    family: dict[str, list[int]] = field(default_factory=dict)
    copies: list[tuple[str, str, str]] = field(default_factory=list)
    apart: list[tuple[str, str, str]] = field(default_factory=list)
    ignore: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    in_order: bool = False  # they arrive in the order in which they were added

    def add(self, host: str, blocks: Blocks, of: Sequence[str] = ()) -> str:
        """An article on a host, made of the articles `of`; its URL."""
        number = len(self.rows)
        url = f"https://{host}/articles/{number}"
        text = "\n\n".join(blocks)
        self.rows.append({"url": url, "title": edits.title_of(blocks), "text": text, "source": host})
        self.family[url] = sorted({each for other in of for each in self.family[other]}) or [number]
        self.texts[url] = blocks
        return url

    def all_apart(self, urls: Sequence[str], kind: str) -> None:
        """No two of these are copies."""
        self.apart += [(a, b, kind) for a, b in combinations(urls, 2)]

    def write(self, folder: Path, how: str, seed: int) -> None:
        """The sample's files."""
        folder.mkdir(parents=True, exist_ok=True)
        rows = list(self.rows) if self.in_order else self.dice.sample(self.rows, len(self.rows))
        with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
            for minute, row in enumerate(rows):
                published = (START + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%SZ")
                file.write(json.dumps({**row, "published": published}, ensure_ascii=False) + "\n")
        truth = {"copies": self.copies, "apart": self.apart, "ignore": self.ignore, "family": self.family}
        with gzip.open(folder / "truth.json.gz", "wt", encoding="utf-8") as file:
            json.dump(truth, file)
        counts = [
            f"{len(rows)} articles",
            f"copies {dict(Counter(k for *_, k in self.copies))}",
            f"apart {dict(Counter(k for *_, k in self.apart))}",
        ]
        (folder / "README").write_text(
            "\n".join([f"{how}, seed {seed}; by benchmarks/copies/sample.py.", *self.notes, *counts, ""]), encoding="utf-8"
        )


def elsewhere(sample: Sample, kit: Kit, hosts: int) -> str:
    """One of the hosts that copy."""
    return f"{kit.code}-h{sample.dice.randrange(hosts)}.example"


def spread(sample: Sample, urls: Sequence[str], kit: Kit, *, kinds: int | None, hosts: int) -> None:
    """Edited copies of each of the articles on other hosts: all kinds, or so many of them drawn for each."""
    dice = sample.dice
    for url in urls:
        others = [each for each in urls if each != url]
        names = [*edits.EDITS, "glue", "roundup"]
        for kind in names if kinds is None else dice.sample(names, kinds):
            lent = dice.choice(others)
            desk = Desk(kit, dice, [sample.texts[lent]])
            of = [url]
            if kind in edits.EDITS:
                made = edits.EDITS[kind](sample.texts[url], desk)
            else:
                of += dice.sample(others, min(len(others), 1 if kind == "glue" else 3))
                parts = [sample.texts[each] for each in of]
                made = edits.glue(parts, desk) if kind == "glue" else edits.roundup(parts, desk)
            new = sample.add(elsewhere(sample, kit, hosts), made, [*of, lent] if kind == "update" else of)
            sample.copies += [(each, new, kind) for each in of]


def quotes(sample: Sample, urls: Sequence[str], kit: Kit, *, count: int, hosts: int) -> None:
    """Other stories that quote a sentence of an article."""
    dice = sample.dice
    for url in dice.sample(urls, min(count, len(urls))):
        said = [each for block in sample.texts[url][1:] for each in edits.sentences(block, kit) if 20 < len(each) < 300]
        other = dice.choice([each for each in urls if each != url])
        if said:
            made = edits.quote(sample.texts[other], dice.choice(said), Desk(kit, dice, []))
            sample.apart.append((url, sample.add(elsewhere(sample, kit, hosts), made, [url, other]), "n_quote"))


def tails(sample: Sample, urls: Sequence[str], kit: Kit, *, sites: int) -> None:
    """Short pieces of different stories on one site, with the same lines below each."""
    dice = sample.dice
    for site in range(sites):
        tail = [*dice.sample(kit.lines, 7), *dice.choice(kit.tails)]
        of = dice.sample(urls, min(10, len(urls)))
        made = [sample.add(f"{kit.code}-site{site}.example", [*_short(sample.texts[url], kit), *tail], [url]) for url in of]
        sample.all_apart(made, "n_boiler")


def _short(blocks: Blocks, kit: Kit) -> Blocks:
    """The headline and about sixty words."""
    goal, made = (60 if not kit.unit else 60 * kit.unit), [blocks[0]]
    for sentence in (each for block in blocks[1:] for each in edits.sentences(block, kit)):
        if bases.size(made, kit) < goal:
            made.append(sentence)
    return made


def series(sample: Sample, kit: Kit, *, days: int) -> None:
    """Reports that fill in a form each day, all on one site."""
    for form in kit.series:
        desk = Desk(kit, sample.dice, [])
        urls = [sample.add(f"{kit.code}-daily.example", edits.template(list(form), desk)) for _ in range(days)]
        sample.all_apart(urls, "n_template")


def settle(sample: Sample, kits: dict[str, Kit]) -> set[str]:
    """Leave aside the pairs of articles that share text before any edit; the URLs of those that do."""
    found = list(bases.alike((url, blocks, kits[url]) for url, blocks in sample.texts.items()))
    known = {frozenset(pair[:2]) for pair in [*sample.copies, *sample.apart]}
    sample.ignore += [pair for pair in found if frozenset(pair) not in known]
    return {url for pair in found for url in pair}


def language(sample: Sample, code: str, stories: list[Blocks], kinds: int | None) -> None:
    """All of one language: `kinds` edits of each story, drawn; by default all where there are few stories."""
    kit = KITS[code]
    urls = [sample.add(f"{code}-u{n}.example", story) for n, story in enumerate(stories)]
    shared = {url for pair in bases.alike((url, sample.texts[url], kit) for url in urls) for url in pair}
    clean = [url for url in urls if url not in shared]
    sample.notes.append(
        f"{code}: {bases.count(code)} pages of the corpus, {len(bases.written(code))} written texts, {len(clean)} stories"
    )
    spread(sample, clean, kit, kinds=kinds or (None if len(clean) < 20 else 10), hosts=40)
    quotes(sample, clean, kit, count=12, hosts=40)
    tails(sample, clean, kit, sites=3)
    series(sample, kit, days=6)


def languages(folder: Path, seed: int, kinds: int | None) -> None:
    """Seven languages, each by itself and all in one."""
    together = Sample(Random(seed))
    for code in LANGUAGES:
        stories = bases.pages(code, most=MOST.get(code, 30)) + bases.written(code)
        language(together, code, stories, kinds)
        alone = Sample(Random(f"{seed} {code}"))
        language(alone, code, stories, kinds)
        alone.write(folder / code, f"Pages in {code} and their edited copies", seed)
    together.write(folder, f"Pages in {', '.join(LANGUAGES)} and their edited copies", seed)


def modern(folder: Path, seed: int) -> None:
    """English news pages of recent years."""
    kit, sample = KITS["en"], Sample(Random(seed))
    urls = [sample.add(f"u{n}.example", story) for n, story in enumerate(bases.pages("en", most=200))]
    shared = settle(sample, dict.fromkeys(urls, kit))
    clean = [url for url in urls if url not in shared]
    sample.notes.append(f"{len(urls)} pages, {len(clean)} of them share less than a tenth with any other and are edited")
    spread(sample, clean, kit, kinds=8, hosts=150)
    quotes(sample, clean, kit, count=60, hosts=150)
    tails(sample, clean, kit, sites=8)
    series(sample, kit, days=12)
    sample.write(folder, "English pages of the corpus of pages as Nightdesk reads them", seed)


def second_seed(folder: Path, seed: int) -> None:
    """The copies' own unedited articles, other ones of them edited than there, with other dice and other furniture."""
    kit, sample = KITS["en"], Sample(Random(seed))
    own, among, edited = bases.originals()
    urls = {url: sample.add(row["source"], row["text"].split("\n\n")) for url, row in own.items()}
    sample.copies += [(urls[a], urls[b], kind) for a, b, kind in among["copies"]]
    sample.apart += [(urls[a], urls[b], kind) for a, b, kind in among["apart"]]
    sample.ignore += [(urls[a], urls[b]) for a, b, *_ in among["ignore"]]
    shared = settle(sample, dict.fromkeys(urls.values(), kit)) | {
        urls[x] for kind in among.values() for pair in kind for x in pair[:2]
    }
    shared |= {urls[url] for url in edited}
    clean = [url for url in urls.values() if url not in shared and bases.size(sample.texts[url], kit) >= 110]
    clean = sample.dice.sample(clean, min(400, len(clean)))
    spread(sample, clean, kit, kinds=6, hosts=300)
    quotes(sample, clean, kit, count=150, hosts=300)
    tails(sample, clean, kit, sites=10)
    forms = [url for url, text in sample.texts.items() if "reut" in url and _is_form(text)]
    for url in sample.dice.sample(forms, min(300, len(forms))):
        other = sample.add(url.split("/")[2], edits.template(sample.texts[url], Desk(kit, sample.dice, [])), [url])
        sample.apart.append((url, other, "n_template"))
    sample.write(folder, "The unedited articles of the corpus of copies, others edited than there", seed)


def _is_form(blocks: Blocks) -> bool:
    """Short, and every fourth word has a number."""
    words = " ".join(blocks).split()
    return 35 <= len(words) <= 150 and sum(any(map(str.isdigit, word)) for word in words) >= 0.25 * len(words)


def part(folder: Path, seed: int) -> None:
    """A part of the corpus of copies, in its order: what is of one original stays together; all real pairs and sites."""
    rows, truth = bases.copies()
    heads: dict[str, str] = {}

    def head(url: str) -> str:
        while url in heads:
            url = heads[url]
        return url

    for a, b, kind in truth["copies"]:
        if kind != "r_dup" and head(a) != head(b):
            heads[head(b)] = head(a)
    whole = {url for *pair, kind in truth["copies"] + truth["apart"] if kind in WHOLE for url in pair}
    kept = [row for row in rows if row["url"] in whole or crc32(f"{seed} {head(row['url'])}".encode()) % PARTS == 0]
    urls = {row["url"] for row in kept}
    sample = Sample(Random(seed), in_order=True)
    sample.rows = [{key: value for key, value in row.items() if key != "published"} for row in kept]
    sample.copies, sample.apart, sample.ignore = (
        [tuple(pair) for pair in truth[kind] if urls.issuperset(pair[:2])] for kind in ("copies", "apart", "ignore")
    )
    sample.family = {url: truth["family"][url] for url in urls}
    sample.write(folder, f"One in {PARTS} families of the corpus of copies, all real pairs and sites", seed)


def main() -> None:
    """Make the sample that is asked for."""
    from chains import chains  # noqa: PLC0415 - it is made of what stands here

    makers = {"languages": languages, "modern": modern, "seed2": second_seed, "chains": chains, "slice": part}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=makers)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--kinds", type=int, help="of edits that each story of `languages` gets")
    arguments = parser.parse_args()
    more = {"kinds": arguments.kinds} if arguments.name == "languages" else {}
    makers[arguments.name](arguments.folder, arguments.seed, **more)


if __name__ == "__main__":
    main()
