"""The sample in which copies are copied: glued pages of glued pages, growing reports, series, obituaries, newsletters."""

import tomllib
from itertools import combinations
from pathlib import Path
from random import Random

import bases
import edits
from edits import Blocks, Desk
from furniture import HERE, KITS
from sample import Sample, quotes, settle

KIT = KITS["en"]
LITTLE = 0.25  # of both texts: no copy, whatever they share
FORMS = tomllib.loads((HERE / "kits" / "chains.toml").read_text("utf-8"))


def chains(folder: Path, seed: int) -> None:
    """All of them in one sample, in random order."""
    sample = Sample(Random(seed))
    own, among, _ = bases.originals()
    linked = {url for kind in among.values() for pair in kind for url in pair[:2]}
    kept = [row["text"].split("\n\n") for url, row in own.items() if url not in linked and "bbc" in url]
    kept += [text for text in bases.pages("en", most=200) if 120 <= bases.size(text, KIT) <= 1200]
    stories = [
        sample.add(f"u{n}.example", text)
        for n, text in enumerate(sample.dice.sample(kept, min(340, len(kept))))
        if bases.size(text, KIT) >= 110
    ]
    shared = settle(sample, dict.fromkeys(stories, KIT))
    clean = [url for url in stories if url not in shared]
    sample.notes.append(f"{len(clean)} stories; any two of them are apart")
    glued(sample, clean[:200])
    growing(sample, [url for url in clean[200:] if len(sample.texts[url]) >= 7][:20])
    digests(sample, clean, 40)
    mixed(sample, clean, 60)
    daily(sample)
    obituaries(sample, 24)
    newsletters(sample, [url for url in clean[150:] if bases.size(sample.texts[url], KIT) <= 500][:48])
    quotes(sample, clean, KIT, count=40, hosts=120)
    sample.write(folder, "Copies of copies, from English pages and BBC articles", seed)


def host(sample: Sample) -> str:
    """One of the hosts that copy."""
    return f"c{sample.dice.randrange(120)}.example"


def holds(sample: Sample, parts: list[str], whole: str) -> None:
    """The page holds each of these stories whole."""
    sample.copies += [(part, whole, "glue") for part in parts]


def glued(sample: Sample, stories: list[str]) -> None:
    """Pages of two to six stories, their copies, and pages glued of such pages; the stories of a page are apart."""
    dice, made = sample.dice, []
    desk = Desk(KIT, dice, [sample.texts[url] for url in stories])
    for _ in range(60):
        parts = dice.sample(stories, dice.randint(2, 6))
        whole = sample.add(host(sample), edits.glue([sample.texts[url] for url in parts], desk), parts)
        holds(sample, parts, whole)
        sample.all_apart(parts, "n_glued")
        made.append((whole, parts))
    for whole, parts in dice.sample(made, 30):
        kind = dice.choice(("boiler", "dateline", "drop10", "words3", "syndicated"))
        again = sample.add(host(sample), edits.EDITS[kind](sample.texts[whole], desk), [whole])
        sample.copies.append((whole, again, kind))
        holds(sample, parts, again)
    for _ in range(25):
        (one, parts), (two, more) = dice.sample(made, 2)
        extra = dice.choice(stories)
        inner, of = ([one, two], {*parts, *more}) if len({*parts, *more}) <= 7 else ([one, extra], {*parts, extra})
        whole = sample.add(host(sample), edits.glue([sample.texts[url] for url in inner], desk), inner)
        sample.copies.append((one, whole, "glue"))
        if inner[1] == two:
            sample.copies.append((two, whole, "glue"))
        holds(sample, sorted(of), whole)


def growing(sample: Sample, stories: list[str]) -> None:
    """A live report that grows at the top; other hosts carry what stood there at some time."""
    for url in stories:
        head, *body = sample.texts[url]
        steps = sorted({max(2, round(len(body) * share)) for share in (0.3, 0.45, 0.6, 0.8, 1.0)})
        states = [[head, *reversed(body[:step])] for step in steps]
        states = [state for state in states if bases.size(state, KIT) >= 50]
        urls = [sample.add(host(sample), state, [url]) for state in states]
        for (a, old), (b, new) in combinations(zip(urls, states, strict=True), 2):
            sample.copies.append((a, b, "update" if bases.size(old, KIT) >= 0.6 * bases.size(new, KIT) else "trunc3"))


def digests(sample: Sample, stories: list[str], count: int) -> None:
    """Roundups with one paragraph of each story: too little to be a copy of any."""
    for _ in range(count):
        parts = sample.dice.sample(stories, 6)
        blocks = [KIT.roundup, *(sample.texts[url][2] for url in parts if len(sample.texts[url]) > 2)]
        made = sample.add(host(sample), blocks, parts)
        for url in parts:
            little(sample, url, made, sample.texts[url][2:3], "n_one_paragraph")


def mixed(sample: Sample, stories: list[str], count: int) -> None:
    """A story's later state into which paragraphs of another were put."""
    dice = sample.dice
    for _ in range(count):
        url, other = dice.sample(stories, 2)
        blocks, inserted = list(sample.texts[url]), sample.texts[other][2:4]
        at = dice.randint(1, len(blocks))
        made = sample.add(host(sample), [*blocks[:at], *inserted, *blocks[at:]], [url, other])
        if bases.size(["", *inserted], KIT) < 0.5 * bases.size(blocks, KIT):
            sample.copies.append((url, made, "update"))
        little(sample, other, made, inserted, "n_inserted")


def little(sample: Sample, url: str, made: str, taken: Blocks, kind: str) -> None:
    """Apart, if what was taken is little of both."""
    words = bases.size(["", *taken], KIT)
    both = min(bases.size(sample.texts[url], KIT), bases.size(sample.texts[made], KIT))
    if words < LITTLE * both:
        sample.apart.append((url, made, kind))


def daily(sample: Sample) -> None:
    """Forms that are filled in each day on one site; some days' reports are carried elsewhere."""
    dice = sample.dice
    desk = Desk(KIT, dice, [["", ""]])
    for name, form in FORMS["series"].items():
        days = [[fill(block, sample) for block in form] for _ in range(15)]
        urls = [sample.add(f"{name}.example", blocks) for blocks in days]
        sample.all_apart(urls, f"n_{name}")
        for url, blocks in dice.sample(list(zip(urls, days, strict=True)), 4):
            again = sample.add(host(sample), edits.dateline(blocks, desk), [url])
            sample.copies.append((url, again, "dateline"))
            sample.apart += [(each, again, f"n_{name}") for each in urls if each != url]


def fill(form: str, sample: Sample) -> str:
    """A form with numbers and a day."""
    dice, said = sample.dice, form
    for mark in ("{nnn}", "{nn}", "{n}"):
        while mark in said:
            said = said.replace(mark, str(dice.randint(10 ** (len(mark) - 3), 10 ** (len(mark) - 2) - 1)), 1)
    return said.format(month=dice.choice(KIT.months), day=dice.randint(1, 28))


def obituaries(sample: Sample, count: int) -> None:
    """Notices of one funeral director: other people in the same words, on two sites."""
    dice, urls, words = sample.dice, [], FORMS["obituary"]
    for number in range(count):
        (town, other), (love, love2) = dice.sample(words["towns"], 2), dice.sample(words["loves"], 2)
        first, last = words["first"], words["last"]
        day = dice.randint(1, 20)
        facts = {
            "first": first[number % len(first)], "last": last[(number * 5 + number // len(first)) % len(last)],
            "town": town, "other": other, "love": love, "love2": love2, "age": dice.randint(61, 99),
            "month": dice.choice(KIT.months), "day": day, "later": day + dice.randint(3, 8),
            "trade": dice.choice(words["trades"]), "years": dice.randint(18, 41),
            "kids": dice.choice(("two", "three", "four")), "grand": dice.choice(("five", "six", "seven")),
        }  # fmt: skip
        urls.append(sample.add(f"notices{number % 2}.example", [block.format(**facts) for block in words["form"]]))
    sample.all_apart(urls, "n_obituary")


def newsletters(sample: Sample, pieces: list[str]) -> None:
    """Letters of one host, half of which is the same every day; the other half is a story that stands elsewhere too."""
    for number, name in enumerate(FORMS["newsletter"]["names"]):
        issues = []
        for url in pieces[number::3]:
            frame = [block.format(name=name, piece="{piece}") for block in FORMS["newsletter"]["form"]]
            body = sample.texts[url][1:]
            blocks = [f"{name}: {sample.texts[url][0]}", *frame[:2], *body, *frame[3:]]
            issues.append(sample.add(f"letters{number}.example", blocks, [url]))
            sample.copies.append((url, issues[-1], "boiler"))
        sample.all_apart(issues, "n_newsletter")
