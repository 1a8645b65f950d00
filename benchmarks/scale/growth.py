"""How the cost of a new article, and of a search, grows with the archive: from 10,000 to 400,000 stored articles.

    python benchmarks/scale/growth.py [--most 400000] [--probes 600] [--searches 120] [--rules 100] [--folder DIR]

One archive grows from size to size (`filling.py`). At each size new articles are taken in (every tenth an edited copy of one
just before): looked up, recognised, stored, indexed, and matched against rules, in transactions of five. Then the archive is
searched, newest first, for 20 articles: words as they stand in texts, one, two with AND, two with OR. Each size is measured
by a process of its own, after a warm-up; figures are CPU of that process. The slope is that of the least squares through all
sizes, both axes logarithmic: 0 is flat, 1 is growth with the archive. Exits with 1 above a bar: 0.1 for articles, 0.3 for
searches.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import fmean, quantiles

import numpy as np
import wording
from filling import START, fill, seen, text_of

from alerts.match import Matching
from nightdesk.logs import configure_logs
from storage.clock import Clock
from storage.ingest import ingest_article
from storage.language.query import parse
from storage.models import Extraction, Rule, Schedule, Source
from storage.search import search_articles
from storage.store import Store, Tables, connect

SIZES = (10_000, 30_000, 100_000, 200_000, 400_000)
ARTICLE, SEARCH = 0.1, 0.3  # the bars
_REAL = 3_000  # articles that the archive begins with are taken in by the product
_WARM = 100  # of the probes, and a tenth of the searches
_TOGETHER = 5  # articles of a transaction
_COPIES = 10  # every so many a copy
_SHOWN = 20
_FORMS = ("{0}", "{0} AND {1}", "{0} OR {1}")


class Desk:
    """The product's store, into which new articles go as from a page."""

    def __init__(self, store: Store, rules: int) -> None:
        self.store = store
        self._matching = Matching(store)
        self.source = store.write_now(lambda t: _set_up(t, rules))

    def take(self, made: list[Extraction]) -> float:
        """Store some articles, and match them; CPU seconds."""
        begun, now = time.process_time(), self.store.clock.now()

        def keep(tables: Tables) -> None:
            for read in made:
                ingest_article(tables, read, self.source, page=None, url=read.url, now=now)

        self.store.write_now(keep)
        asyncio.run(self._matching.run_pending())
        return time.process_time() - begun

    def find(self, query: str) -> float:
        """The newest articles that a query finds; CPU seconds."""
        begun = time.process_time()
        self.store.read_now(lambda t: search_articles(t, parse(query), since=None, limit=_SHOWN))
        return time.process_time() - begun


def _set_up(tables: Tables, rules: int) -> Source:
    made = Source("wire", "https://wire.example/", Schedule(every=86_400.0), START, sites=("wire.example",))
    source = tables.sources.find(made.name)
    if source is not None:
        return source
    dice = Random("rules")
    for number in range(rules):
        tables.rules.save(Rule(f"r{number}", " AND ".join(dice.sample(wording.VOCABULARY[:3000], 2))), START)
    return tables.sources.add(made)


def news(first: int, count: int) -> list[Extraction]:
    """New articles, each of a host of its own; every tenth is a copy of one before it, with another beginning."""
    dice, made = Random(f"news {first}"), list[Extraction]()
    for number in range(first, first + count):
        text = text_of(dice)
        if number % _COPIES == 0 and made:
            text = text.partition("\n\n")[0] + "\n\n" + made[-1].text
        url = f"https://n{number % 500}.example/{number}"
        made.append(Extraction(url, wording.headline(dice), text, language="en", published=seen(first)))
    return made


def queries(count: int) -> list[str]:
    """Queries of one and two words, as often as these stand in texts."""
    dice = Random("queries")
    return [form.format(*wording.drawn(dice, 2)) for _, form in zip(range(count), cycle(_FORMS), strict=False)]


def measure(file: Path, options: argparse.Namespace) -> dict[str, float]:
    """What new articles and searches cost in an archive, in ms."""
    with connect(f"sqlite:///{file}", Clock(seen(options.size))) as store:
        desk = Desk(store, options.rules)
        made = news(options.size, options.probes + _WARM)
        spent = [desk.take(made[at : at + _TOGETHER]) / _TOGETHER for at in range(0, len(made), _TOGETHER)]
        asked = queries(options.searches + options.searches // 10)
        found = [desk.find(query) for query in asked][-options.searches :]
    return {
        "article": fmean(spent[_WARM // _TOGETHER :]) * 1e3,
        "search": fmean(found) * 1e3,
        "search p95": quantiles(found, n=20)[-1] * 1e3,
    }


def begin(file: Path, options: argparse.Namespace) -> int:
    """An archive with its first articles; the number of their source."""
    with connect(f"sqlite:///{file}", Clock(START)) as store:
        desk = Desk(store, options.rules)
        made = news(0, _REAL)
        for at in range(0, _REAL, 50):
            desk.take(made[at : at + 50])
        return desk.source.id


def grow(folder: Path, options: argparse.Namespace) -> dict[int, dict[str, float]]:
    """Measure at each size, as the archive grows."""
    file, found = folder / "grown.db", {}
    began = time.monotonic()
    source = begin(file, options)
    for size in [each for each in SIZES if each <= options.most]:
        fill(file, source, size)
        command = [sys.executable, __file__, *sys.argv[1:], "--file", str(file), "--size", str(size)]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        found[size] = json.loads(done.stdout)
        told = ", ".join(f"{name} {value:.2f} ms" for name, value in found[size].items())
        megabytes, seconds = file.stat().st_size / 1e6, time.monotonic() - began
        print(f"  {size:8,} articles, {megabytes:6,.0f} MB: {told} ({seconds:.0f} s so far)", flush=True)
    return found


def slope(found: dict[int, dict[str, float]], what: str) -> float:
    """Of the least squares through all sizes, both axes logarithmic."""
    return float(np.polyfit(np.log(list(found)), np.log([each[what] for each in found.values()]), 1)[0])


def main() -> int:
    """0 when both slopes are within their bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=SIZES[-1])
    parser.add_argument("--probes", type=int, default=600)
    parser.add_argument("--searches", type=int, default=120)
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--folder", type=Path, help="where the archive is made: 5 kB for each article")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure_logs("error")
    if options.file:
        print(json.dumps(measure(options.file, options)))
        return 0
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        found = grow(Path(folder), options)
    well = True
    for what, bar in (("article", ARTICLE), ("search", SEARCH)):
        steep = slope(found, what)
        well &= steep <= bar
        print(f"log-log slope of {what:<8}{steep:6.3f}, bar {bar:g}{'' if steep <= bar else '  MISSED'}")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
