"""How near the truth the estimate is of what share of a source's articles is caught, and whether gaps called filled are.

    python benchmarks/health/completeness.py [--worlds 8] [--first 301] [--kind news/feed] [--verbose]

Made-up newspapers (`world.py`, 20 to 400 articles a day) are watched for five to ten days through a feed of 10 to 50 entries
and a second listing: a news sitemap (48 hours, dated), a sitemap of all with the dates of changes, one without dates, a front
page, or none; looked at once a day, or watched at each visit (`+`). Listings leave out up to a third of the articles,
independently. Something goes wrong for 2 to 30 hours, once to four times or every day: the feed alone, the sitemap alone,
both, or the desk is off. What is listed and fetched goes through the product's own ingest, second route, gaps and view; only
the network and the reading of pages are left out. Told is what `source show` says; true is what of the last seven days, until
two hours ago and until each listing was last read, was caught. The bars are those of the worlds with a sitemap; from a front
page or from losses alone less can be known. `held`: intervals that hold the truth; `false`: gaps that are called filled while
something of theirs that a listing showed was lost; `missed`: the other way round. Exit code 1 where a bar is missed.
"""

import argparse
import asyncio
import math
import random
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from world import HOUR, START, make  # noqa: E402

from crawler.second_route import SecondRoutes, audit_due  # noqa: E402
from crawler.tasks import Listing  # noqa: E402
from crawler.visits import Fetched  # noqa: E402
from nightdesk.health_view import completeness  # noqa: E402
from nightdesk.logs import configure_logs  # noqa: E402
from scheduler.cadence import after_crawl  # noqa: E402
from storage.clock import Clock  # noqa: E402
from storage.continuity import note_unchanged  # noqa: E402
from storage.errors import FeedError  # noqa: E402
from storage.listing import Validators, ingest_listing  # noqa: E402
from storage.losses import at_once  # noqa: E402
from storage.models import Entry, Extraction, Feed, FeedKind, PageState, Schedule, Source  # noqa: E402
from storage.store import Store, Tables, connect  # noqa: E402

SITE = "https://courier.example"
SECONDS = ("news", "lastmod", "front", "none", "news+", "lastmod+", "plain+")
TROUBLES = ("calm", "feed", "sitemap", "both", "desk")
PATHS = {"news": "/news-sitemap.xml", "lastmod": "/sitemap.xml", "plain": "/sitemap.xml", "front": "/"}
CLOSE = 0.05
LEAST_CLOSE, LEAST_HELD, MOST_FALSE = 0.95, 0.9, 0.05  # of worlds, intervals, and gaps that are called filled
_DAY = 86_400.0
_SETTLED = timedelta(hours=2)
_ESTIMATED = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Made:
    """An article: when it came out, and which listings show it."""

    number: int
    at: datetime
    feed: bool
    second: bool

    @property
    def url(self) -> str:
        """Its address."""
        return f"{SITE}/{self.number}"


@dataclass(slots=True)
class Paper:
    """A newspaper and its troubles."""

    kind: str
    trouble: str
    every: float
    window: int
    dated: bool  # whether its feed gives dates
    named: bool  # whether its pages give theirs
    articles: list[Made]
    outages: list[tuple[datetime, datetime]]
    until: datetime
    daily: bool
    rate: float
    added: datetime = START + 6 * HOUR

    @property
    def second(self) -> str:
        """Which second listing it has."""
        return self.kind.rstrip("+")

    def out(self, what: str, now: datetime) -> bool:
        """Whether the desk, the feed or the second listing is away now."""
        whom = {"desk": ("desk",), "feed": ("feed", "both"), "sitemap": ("sitemap", "both")}[what]
        return self.trouble in whom and any(begun <= now < end for begun, end in self.outages)

    def feed(self, now: datetime) -> list[Entry]:
        """What its feed lists now."""
        shown = [each for each in self.articles if each.feed and each.at <= now][-self.window :]
        return [Entry(each.url, f"{each.number}", each.at if self.dated else None) for each in reversed(shown)]

    def sitemap(self, now: datetime) -> list[Entry]:
        """What its second listing lists now."""
        shown = [each for each in self.articles if each.second and each.at <= now]
        if self.second == "front":
            return [Entry(each.url, f"{each.number}") for each in reversed(shown[-25:])]
        if self.second == "news":
            return [Entry(each.url, f"{each.number}", each.at) for each in shown if each.at > now - 48 * HOUR]
        return [Entry(each.url, updated=each.at if self.second == "lastmod" else None) for each in shown]


class Told(Clock):
    """A clock that stands where it was put."""

    def __init__(self) -> None:
        super().__init__(START)
        self.at_ = START

    def now(self) -> datetime:
        """Where it was put."""
        return self.at_


@dataclass(slots=True)
class Outcome:
    """What was told of a world, and what is true."""

    paper: Paper
    number: int
    truth: float
    share: float | None
    low: float = 0.0
    high: float = 1.0
    false: list[str] = field(default_factory=list)  # gaps that are called filled while articles of theirs are lost
    missed: list[str] = field(default_factory=list)  # gaps that are called open though nothing of theirs is lost
    gaps: int = 0
    filled: int = 0
    lost: float = 0.0
    truly_lost: int = 0


def paper(kind: str, trouble: str, dice: random.Random) -> Paper:
    """A newspaper that is drawn anew."""
    made = make(0, dice, least=20, most=120 if kind.endswith("+") else 400)
    until = START + timedelta(days=dice.uniform(5.5, 10.5))
    omits = dice.choice([0.0, 0.0, 0.05, 0.2]), dice.choice([0.0, 0.1, 0.35])
    if kind == "none":  # what one listing leaves out cannot be known
        omits = 0.0, 0.0
    pieces = [piece.at for piece in made.pieces if piece.at < until]
    shown = 0.7 if kind == "front" else 1.0
    articles = [Made(n, at, dice.random() >= omits[0], dice.random() < (1 - omits[1]) * shown) for n, at in enumerate(pieces)]
    daily = dice.random() < 0.35
    return Paper(
        kind, trouble, dice.choice([900.0, 1800.0, 3600.0]), dice.choice([10, 20, 30, 50]), dice.random() < 0.8,
        dice.random() < 0.8, articles, outages(until, dice, daily=daily) if trouble != "calm" else [], until, daily, made.rate,
    )  # fmt: skip


def outages(until: datetime, dice: random.Random, *, daily: bool) -> list[tuple[datetime, datetime]]:
    """When something goes wrong: every day at the same hours, or now and then."""
    if daily:
        first, length = dice.uniform(26, 48), dice.uniform(8, 16)
        begins = [START + HOUR * (first + 24 * day) for day in range(10)]
        return [(at, at + HOUR * length) for at in begins if at + HOUR * length < until]
    found = []
    for _ in range(dice.randint(1, 4)):
        at = START + HOUR * dice.uniform(24, (until - START) / HOUR - 8)
        found.append((at, min(at + HOUR * math.exp(dice.uniform(math.log(2), math.log(30))), until - 4 * HOUR)))
    return [each for each in found if each[0] < each[1]]


class Desk:
    """The product, as far as it concerns this: visits that store what is listed, and pages that become articles."""

    def __init__(self, store: Store, clock: Told, made: Paper) -> None:
        self.store, self.clock, self.paper = store, clock, made
        self.by_url = {each.url: each for each in made.articles}
        source, self.feed_id, self.second_id, self.story = store.write_now(self._set_up)
        self.source: Source = source
        self.seconds = SecondRoutes(store, self._fetch, self._run)
        self.streak = 0

    def _set_up(self, tables: Tables) -> tuple[Source, int, int | None, int]:
        made = self.paper
        source = tables.sources.add(
            Source("Courier", SITE, Schedule(made.every), made.added, sites=("courier.example",), due=made.added)
        )
        feed = tables.feeds.link(source.id, Feed(f"{SITE}/feed", FeedKind.RSS), made.added)
        second = None
        if made.kind.endswith("+"):
            second = tables.feeds.link(source.id, Feed(SITE + PATHS[made.second], FeedKind.SITEMAP), made.added)
        return source, feed, second, tables.stories.add("Ice", made.added)

    async def _fetch(self, url: str) -> Fetched:
        path = url.removeprefix(SITE) or "/"
        known = self.paper.second != "none" and path == PATHS[self.paper.second]
        if not known or self.paper.out("sitemap", self.clock.now()):
            raise FeedError(f"{url} is not there")
        return Fetched(url, b"", None)

    async def _run(self, *_: Any) -> Listing:
        return Listing(tuple(self.paper.sitemap(self.clock.now())))

    def watch(self) -> None:
        """All visits until the end."""
        now = self.paper.added
        while now < self.paper.until:
            if self.paper.out("desk", now):
                now += timedelta(minutes=5)
                continue
            self.clock.at_ = now
            self.visit(now)
            now = after_crawl(self.source.schedule, started=now, error_streak=self.streak)

    def visit(self, now: datetime) -> None:
        """One visit: the feed, the second listing if it is watched, or due, or a gap makes it so; then the pages."""
        audit = self.store.read_now(
            lambda t: audit_due(t, self.source, [feed for feed, _ in t.feeds.watched(self.source.id)], now, _DAY)
        )
        answers = [self.read(self.feed_id, self.paper.feed, now, out=self.paper.out("feed", now))]
        if self.second_id is not None:
            answers.append(self.read(self.second_id, self.paper.sitemap, now, out=self.paper.out("sitemap", now)))
        self.streak = 0 if any(answer is not None for answer in answers) else self.streak + 1
        if audit or True in answers:
            for feed in asyncio.run(self.seconds.of(self.source)):
                self.read(feed.id, self.paper.sitemap, now, out=self.paper.out("sitemap", now))
        if not (self.paper.trouble == "both" and self.paper.out("feed", now)):
            self.store.write_now(self._pages)

    def read(self, feed_id: int, listed: Callable[[datetime], list[Entry]], now: datetime, *, out: bool) -> bool | None:
        """A listing answers; whether that left a gap, or None: it did not answer."""
        if out:
            self.store.write_now(lambda t: t.feeds.fail(feed_id, "503"))
            return None
        entries = listed(now)
        tag = f'"{hash(tuple(entries))}"'

        def keep(tables: Tables) -> bool:
            if tables.feeds.by_id(feed_id).etag == tag:
                tables.feeds.settle(feed_id, now=now, changed=False, etag=None, last_modified=None)
                note_unchanged(tables, feed_id, now)
                return False
            return any(each.gap for each in ingest_listing(tables, feed_id, entries, Validators(tag), now, pages_per_day=9999))

        return self.store.write_now(keep)

    def _pages(self, tables: Tables) -> None:
        """Each page that is due becomes an article, without its text."""
        now = self.clock.now()
        rows = tables.connection.execute("SELECT id FROM pages WHERE state = ?", [PageState.DUE]).fetchall()
        for row in rows:
            page = tables.pages.by_id(row[0])
            assert page is not None
            read = Extraction(page.url, "Ice", "", published=self.by_url[page.url].at if self.paper.named else None)
            article = tables.articles.add(
                read, key=page.key, url=page.url, site="courier.example", source_id=self.source.id, story_id=self.story,
                news=not page.backlog, now=now,
            )  # fmt: skip
            tables.pages.stored(page, article_id=article, etag=None, last_modified=None, due=None)

    def outcome(self, number: int) -> Outcome:
        """What is told at the end, and what is true."""
        now = self.clock.now()

        def look(tables: Tables) -> Outcome:
            caught = {row[0] for row in tables.connection.execute("SELECT url FROM articles").fetchall()}
            told = completeness(tables, self.source, now)
            feeds = [*tables.feeds.of_source(self.source.id), *tables.feeds.of_source(self.source.id, audit=True)]
            since = max(self.paper.added, now - _ESTIMATED)
            until = min([now - _SETTLED, *(feed.checked for feed in feeds if feed.checked is not None)])
            late = [each for each in self.paper.articles if since <= each.at < until]
            truth = sum(each.url in caught for each in late) / max(1, len(late))
            found = Outcome(self.paper, number, truth, None)
            if told.estimate is not None:
                found.share, found.low, found.high = told.estimate.share, told.estimate.low, told.estimate.high
            elif told.lost is not None and told.lost.caught:
                lost, had = told.lost, told.lost.caught
                found.share = had / (had + lost.articles)
                found.low, found.high = had / (had + lost.high), had / (had + lost.low)
            elif self.paper.second == "none":
                found.share = found.low = found.high = 1.0
            found.lost = told.lost.articles if told.lost else 0.0
            found.truly_lost = sum(each.url not in caught for each in late)
            self._judge_gaps(tables, found, caught)
            return found

        return self.store.read_now(look)

    def _judge_gaps(self, tables: Tables, found: Outcome, caught: set[str]) -> None:
        """Whether gaps that are called filled are, as far as any listing shows what came then, and open ones are not."""
        for gap in at_once(tables.completeness.gaps(self.source.id, 1000)):
            found.gaps += 1
            found.filled += gap.filled is not None
            came = [each for each in self.paper.articles if gap.after < each.at <= gap.at]
            lost = [each for each in came if each.url not in caught and (each.feed or each.second)]
            if gap.filled is not None and lost:
                found.false.append(f"{gap.after:%a %H:%M}-{gap.at:%a %H:%M}: {len(lost)} of {len(came)} lost")
            if gap.filled is None and not lost:
                found.missed.append(f"{gap.after:%a %H:%M}-{gap.at:%a %H:%M}: none of {len(came)} lost")


def one(which: tuple[int, str, str]) -> Outcome:
    """One world, from its beginning to what is told of it."""
    number, kind, trouble = which
    configure_logs("error")
    made = paper(kind, trouble, random.Random(f"{number} {kind} {trouble}"))
    clock = Told()
    with tempfile.TemporaryDirectory(dir=_memory()) as folder, connect(f"sqlite:///{folder}/nightdesk.db", clock) as store:
        desk = Desk(store, clock, made)
        desk.watch()
        return desk.outcome(number)


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def line(name: str, found: list[Outcome]) -> tuple[str, float, float]:
    """A row of the table; the share of worlds within 5 points, and that of intervals which hold the truth."""
    told = [(each.share, each) for each in found if each.share is not None]
    off = [share - each.truth for share, each in told]
    close = sum(abs(each) <= CLOSE for each in off) / len(off) if off else 1.0
    held = sum(each.low - 1e-9 <= each.truth <= each.high + 1e-9 for _, each in told) / len(told) if told else 1.0
    bias = sum(off) / len(off) if off else 0.0
    error = math.sqrt(sum(each * each for each in off) / len(off)) if off else 0.0
    truth = sum(each.truth for each in found) / len(found)
    gaps, false, missed = (sum(map(count, found)) for count in (
        lambda each: each.gaps, lambda each: len(each.false), lambda each: len(each.missed)))  # fmt: skip
    text = (
        f"{name:18}{len(told):4} of{len(found):4}{truth:7.1%}{bias * 100:+7.1f}{error * 100:6.1f}{close:7.0%}{held:7.0%}"
        f"{gaps:6}{false:7}{missed:7}"
    )
    return text, close, held


def report(found: dict[tuple[str, str], list[Outcome]]) -> bool:
    """The table; whether the bars are kept."""
    heads = ("bias", 7), ("RMSE", 6), ("<= 5", 7), ("held", 7), ("gaps", 6), ("false", 7), ("missed", 7)
    print(f"{'world':18}{'told':>11}{'truth':>7}{''.join(f'{head:>{width}}' for head, width in heads)}")
    for (kind, trouble), results in found.items():
        print(line(f"{kind}/{trouble}", results)[0])
    sitemaps = [each for (kind, _), results in found.items() if kind not in ("front", "none") for each in results]
    if not sitemaps:
        return True
    text, close, held = line("with a sitemap", sitemaps)
    print(text)
    false, filled = sum(len(each.false) for each in sitemaps), sum(each.filled for each in sitemaps)
    print(f"of {filled} gaps that are called filled there, {false} were not")
    return close >= LEAST_CLOSE and held >= LEAST_HELD and false <= MOST_FALSE * max(filled, 1)


def tell(found: Outcome) -> None:
    """A world, in lines."""
    made, share = found.paper, found.share
    if share is not None and (abs(share - found.truth) > CLOSE or not found.low <= found.truth <= found.high):
        spans = ", ".join(f"{at:%a %H:%M}+{(end - at) / HOUR:.0f}h" for at, end in made.outages[:4])
        print(
            f"  {found.number} {made.kind}/{made.trouble}: told {share:.3f} ({found.low:.3f}-{found.high:.3f}),"
            f" true {found.truth:.3f}; lost {found.lost:.0f}, truly {found.truly_lost}; {made.rate:.0f} a day,"
            f" window {made.window}, every {made.every:.0f} s, dated {made.dated}, named {made.named}, daily {made.daily},"
            f" {(made.until - START).days} days: {spans}"
        )
    for what, gaps in (("false", found.false), ("missed", found.missed)):
        for gap in gaps:
            print(f"  {found.number} {made.kind}/{made.trouble}, window {made.window}: {what} {gap}")


def main() -> int:
    """Run the worlds; 0 if the bars are kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--worlds", type=int, default=8, help="of each kind")
    parser.add_argument("--first", type=int, default=301)
    parser.add_argument("--kind", help="one kind, as news/feed")
    parser.add_argument("--verbose", action="store_true", help="tell of each world that is not told well")
    options = parser.parse_args()
    kinds = [
        (kind, trouble) for kind in SECONDS for trouble in TROUBLES if kind != "none" or trouble not in ("sitemap", "both")
    ]
    if options.kind:
        kinds = [each for each in kinds if "/".join(each) == options.kind or each[0] == options.kind]
    begun = time.monotonic()
    numbers = range(options.first, options.first + options.worlds)
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(one, [(number, *kind) for kind in kinds for number in numbers]))
    found = {kind: [each for each in results if (each.paper.kind, each.paper.trouble) == kind] for kind in kinds}
    good = report(found)
    if options.verbose:
        for each in results:
            tell(each)
    print(f"{'the bars are kept' if good else 'THE BARS ARE NOT KEPT'}; {time.monotonic() - begun:.0f} s")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
