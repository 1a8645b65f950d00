"""The sample in which copies are copied: glued pages of glued pages, growing reports, series, obituaries, newsletters."""

from itertools import combinations
from pathlib import Path
from random import Random

import bases
import edits
from edits import Blocks, Desk
from furniture import KITS
from sample import START, Sample, quotes, settle

KIT = KITS["en"]
LITTLE = 0.25  # of both texts: no copy, whatever they share
SERIES: dict[str, tuple[str, ...]] = {
    "weather": (
        "Forecast for Dunmore and the coast, {month} {day}",
        "A dry start with {n} degrees inland and {n} on the coast. Cloud builds from the west by {n}:{nn} and brings a {nn} per "
        "cent chance of showers. Winds are south-westerly at {nn} kilometres an hour.",
        "Highs reach {nn} degrees in Dunmore, {nn} in Castle Bay and {nn} on the islands. Sunrise is at {n}:{nn}, sunset at "
        "1{n}:{nn}. High water stands at {n}:{nn} and at 1{n}:{nn}. The pollen count is {n} out of 10.",
    ),
    "lottery": (
        "Winning numbers of the Saturday draw, {month} {day}",
        "The numbers drawn on {month} {day} are {n}, 1{n}, 2{n}, 2{n}, 3{n} and 4{n}. The bonus ball is {nn}. The jackpot stood at {n}.{n} million.",
        "There were {n} winners of the second prize, who receive {nnn},{nnn} each, and {nnn} winners of the third prize, who "
        "receive {n},{nnn} each. Tickets must be presented within 90 days. The next draw is on {month} {day}.",
    ),
    "shares": (
        "Closing prices, {month} {day}",
        "The leading index closed at {n},{nnn} points after {n},{nnn} the day before. Turnover was {n}.{n} billion shares.",
        "Alder Bank {nnn}, Brightwater {nnn}, Corran Mines {nn}.{n}, Dale Foods {nnn}, Eastern Rail {nnn}, Fenwick {nn}.{n}, "
        "Gorse Energy {nnn}, Hollis {nnn}, Inver Shipping {nn}.{n}, Juniper {nnn}, Kestrel Air {nnn}, Lomond {nn}.{n}.",
    ),
    "results": (
        "County league results, {month} {day}",
        "Aldham {n} Barwick {n}; Colne Vale {n} Denby {n}; Easton {n} Farleigh {n}; Goring {n} Hatch End {n}; Ilsley {n} Kirkby {n}. "
        "Attendance at Aldham was {nnn}, at Easton {n},{nnn}.",
        "The table is led with {nn} points from {nn} matches and a goal difference of {nn}. The matches of {month} {day} begin at {n}:{nn}.",
    ),
    "earnings": (
        "Marlow Holdings quarter to {month} {day}",
        "Shr {nn} cts vs {nn} cts. Net {n},{nnn},000 vs {n},{nnn},000. Revs {nn}.{n} mln vs {nn}.{n} mln.",
        "Nine months: shr {n}.{nn} dlrs vs {n}.{nn} dlrs. Net {nn},{nnn},000 vs {nn},{nnn},000. Revs {nnn}.{n} mln vs {nnn}.{n} mln. "
        "Avg shrs {n},{nnn},000 vs {n},{nnn},000. The quarterly dividend of {nn} cts is payable {month} {day}.",
    ),
}  # fmt: skip
FIRST = ("Agnes", "Bernard", "Clara", "Desmond", "Edith", "Frank", "Greta", "Harold", "Irene", "Joseph", "Kathleen", "Leonard")
LAST = ("Ashcombe", "Birtwell", "Carrow", "Dunstan", "Elphick", "Farrant", "Garside", "Holroyd", "Inchbald", "Jessop", "Kerridge", "Lovell")
TOWNS = ("Alderney Cross", "Bramford", "Cley", "Dunholme", "Easby", "Flaxton", "Garstang", "Hensall")
TRADES = ("a primary school teacher", "a railway signalman", "a district nurse", "a carpenter", "the postmistress", "a dairy farmer", "a choir master")
LOVES = ("her roses", "the village cricket team", "long walks by the canal", "brass bands", "bridge on Thursdays", "old motor cycles", "the allotment")
OBITUARY = (
    "{first} {last}, {age}, of {town}",
    "{first} {last}, aged {age}, of {town}, passed away peacefully on {month} {day} at {other} Hospital, surrounded by family.",
    "Born in {other}, {first} was {trade} for {years} years and will be remembered for a love of {love} and of {love2}. "
    "{first} is survived by {kids} children and {grand} grandchildren.",
    "A funeral service will be held at St Mary's Church, {town}, on {month} {later} at 11 a.m., followed by a reception at the "
    "parish hall. In lieu of flowers the family asks for donations to the air ambulance. Arrangements are in the care of Whitlow "
    "and Sons, funeral directors. Friends may sign the book of condolence and light a candle on this page.",
)  # fmt: skip
NEWSLETTER = (
    "Good morning, and welcome to {name}, our look at the stories that matter before your first cup of coffee. If a friend sent "
    "you this letter, you can have your own: go to our letters page and choose those that you would like to receive.",
    "Before we begin: our supporters pay for this letter. From the price of a sandwich a month you help to keep our reporters in "
    "the courts, in the council chambers and on the road, and you will get our Saturday magazine as a thank-you.",
    "{piece}",
    "That is all from {name} today. You can tell us what you think by replying to this message; we read every answer, and we print "
    "some of them on Fridays. You receive this letter because you signed up for it on our website. To change how often we write, "
    "or to leave, use the links at the foot of this page. Our postal address is printed there as well, as the law demands.",
    "Written by the morning team, checked by the night team, and sent at six o'clock on every day but Sunday. All rights to text "
    "and pictures are ours or those of the agencies named.",
)  # fmt: skip


def chains(folder: Path, seed: int) -> None:
    """All of them in one sample, in random order."""
    sample = Sample(Random(seed))
    own, among, _ = bases.originals()
    linked = {url for kind in among.values() for pair in kind for url in pair[:2]}
    kept = [row["text"].split("\n\n") for url, row in own.items() if url not in linked and "bbc" in url]
    kept += [text for text in bases.pages("en", most=200) if 120 <= bases.size(text, KIT) <= 1200]
    stories = [sample.add(f"u{n}.example", text) for n, text in enumerate(sample.dice.sample(kept, min(340, len(kept)))) if bases.size(text, KIT) >= 110]
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
    sample.write(folder, f"Copies of copies from English pages and BBC articles, from {START:%Y-%m-%d} on, seed {seed}: benchmarks/copies/sample.py chains.")


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
    for name, form in SERIES.items():
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
    dice, urls = sample.dice, []
    for number in range(count):
        town, other = dice.sample(TOWNS, 2)
        love, love2 = dice.sample(LOVES, 2)
        day, years = dice.randint(1, 20), dice.randint(18, 41)
        facts = {"first": FIRST[number % len(FIRST)], "last": LAST[number * 5 % len(LAST)], "town": town, "other": other, "love": love, "love2": love2,
                 "age": dice.randint(61, 99), "month": dice.choice(KIT.months), "day": day, "later": day + dice.randint(3, 8),
                 "trade": dice.choice(TRADES), "years": years, "kids": dice.choice(("two", "three", "four")), "grand": dice.choice(("five", "six", "seven"))}  # fmt: skip
        urls.append(sample.add(f"notices{number % 2}.example", [block.format(**facts) for block in OBITUARY]))
    sample.all_apart(urls, "n_obituary")


def newsletters(sample: Sample, pieces: list[str]) -> None:
    """Letters of one host, half of which is the same every day; the other half is a story that stands elsewhere too."""
    for number, name in enumerate(("The Early Train", "First Light", "The Doorstep")):
        issues = []
        for url in pieces[number::3]:
            frame = [block.format(name=name, piece="{piece}") for block in NEWSLETTER]
            body = sample.texts[url][1:]
            blocks = [f"{name}: {sample.texts[url][0]}", *frame[:2], *body, *frame[3:]]
            issues.append(sample.add(f"letters{number}.example", blocks, [url]))
            sample.copies.append((url, issues[-1], "boiler"))
        sample.all_apart(issues, "n_newsletter")
