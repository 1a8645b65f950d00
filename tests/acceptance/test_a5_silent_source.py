"""A5: a consent page, a frozen feed, a language that is gone, each for 48 hours: one notice each that names the reason, and one
when it is over. The weekend before, when every source dips, raises none.

The sources have been watched for four weeks: those are written into the database as the crawler notes them. What follows, from a
Sunday on, is crawled from cron, on the clock of that day; what was given up behind the wall is fetched by a daemon.
"""

import itertools
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from storage.clock import Clock
from storage.models import Feed, FeedKind, Schedule, Source
from storage.store import connect
from storage.urls import site_of
from storage.vitals import accepted, listed, visited

HOUR = timedelta(hours=1)
ADDED = datetime(2026, 10, 5, tzinfo=UTC)  # a Monday
START = datetime(2026, 11, 1, 8, tzinfo=UTC)  # a Sunday
WALLED, FROZEN, MIXED = "Alder Post", "Bergen Gazette", "Cape Herald"
REASONS = {
    WALLED: "a consent, login or bot page stands in the way",
    FROZEN: "its feed is frozen",
    MIXED: "one of its languages is gone",
}
WALL = (
    '<html lang="en"><head><title>The Paper</title></head><body><h1>We value your privacy</h1><p>We and our 754 partners store'
    " and/or access information on a device, such as unique IDs in cookies to process personal data.</p><p>You may accept or"
    " manage your choices by clicking below, including your right to object.</p><button>Accept all</button><button>Reject all"
    "</button><button>Manage options</button></body></html>"
)
GERMAN = (
    "Der Rat der Stadt hat am Abend über die Brücke am Hafen gesprochen und entschieden, dass sie im kommenden Jahr erneuert wird.",
    "Die Arbeiten sollen im Frühling beginnen und kosten nach den Worten der Kämmerin rund vier Millionen Kronen.",
    "Die Lotsen begrüßten den Beschluss. Sie hatten oft darauf hingewiesen, dass die Pfeiler bei Sturm nicht mehr sicher sind.",
)


def pieces_at(hour):
    """How many articles come within that hour: forty on a weekday, two on a day of the weekend."""
    if hour.weekday() > 4:
        return int(hour.hour in (10, 18))
    return 2 * int(3 <= hour.hour < 23)


def remember(path, sites):
    """Four weeks in which every source was visited each hour, and published as it uses to."""
    with connect(str(path), Clock(START)) as store:

        def write(tables):
            for name, url in sites.items():
                source = tables.sources.add(Source(name, url, Schedule(7200.0), ADDED, sites=(site_of(url),), due=START))
                tables.feeds.link(source.id, Feed(f"{url}/feed.xml", FeedKind.RSS), ADDED)
                live(tables.health, source.id, name)

        store.write_now(write)


def live(health, source, name):
    turn = itertools.cycle(["de", "en"])
    for number in range(round((START - ADDED) / HOUR)):
        now = ADDED + HOUR * number
        if count := pieces_at(now):
            health.record(source, partial(listed, now=now, entries=10, new=count, may_be_empty=False), now)
        for _ in range(count):
            language = next(turn) if name == MIXED else "en"
            health.record(source, partial(accepted, now=now, language=language), now)
        health.record(source, partial(visited, now=now, failure=None), now)


class Press:
    """Publishes hour by hour; the desk crawls from cron meanwhile."""

    def __init__(self, paper, desk):
        self.paper, self.desk = paper, desk
        self.hour = START
        self.turn = itertools.cycle(["de", "en"])
        self.numbers = itertools.count()
        self.german = True

    def crawl(self, *times):
        """What is published until each of these times, and a crawl then."""
        for each in times:
            until = datetime.fromisoformat(f"2026-11-{each}:00+00:00")
            while self.hour < until:
                self.publish(self.hour)
                self.hour += HOUR
            self.desk.at(until.isoformat()).run("crawl")

    def publish(self, hour):
        """One article where two are usual; of those in trouble every second hour."""
        if not pieces_at(hour):
            return
        at = hour.isoformat()
        for name in (WALLED, FROZEN) if hour.weekday() > 4 or hour.hour % 2 else ():
            self.paper.remote.post("publish", site=name, at=at)
        if next(self.turn) == "de" and self.german:
            title = f"Brücke am Hafen wird erneuert, Folge {next(self.numbers)}"
            self.paper.remote.post("publish", site=MIXED, at=at, title=title, paragraphs=GERMAN, shape="modern")
        else:
            self.paper.remote.post("publish", site=MIXED, at=at)

    def serve(self, name, path, kind, body):
        self.paper.remote.post("misbehave", site=name, path=path, kind="not-html", times=None, content_type=kind, body=body)

    def heal(self):
        for name in (WALLED, FROZEN):
            self.paper.remote.post("behave", site=name)
        self.german = True


def notices(paper):
    return [hook for hook in paper.hooks if hook["type"] == "health"]


def about(paper, name):
    return [hook for hook in notices(paper) if hook["title"].startswith(name)]


@pytest.fixture
def press(open_paper):
    with open_paper("--site", WALLED, "--site", FROZEN, "--site", MIXED) as paper:
        yield paper


@pytest.mark.timeout(400)
def test_silence_is_told_from_trouble(press, open_desk, wait):
    names = (WALLED, FROZEN, MIXED)
    desk = open_desk('second_route = "off"\n', press.channels)
    for name in names:
        press.remote.post("feeds", site=name, items=200)  # so that nothing scrolls out where the machine is busy
    remember(desk.folder / "nightdesk.db", {name: press.remote.sites[name] for name in names})
    news = Press(press, desk)
    news.crawl("01T12:00", "02T00:00")
    assert notices(press) == [], "a weekend dip is no trouble"

    frozen = press.remote.sites[FROZEN]
    news.serve(FROZEN, "/feed.xml", "application/rss+xml", fetched(press, frozen))
    news.serve(WALLED, "/2026/*", "text/html", WALL)
    news.german = False
    news.crawl("02T06:00", "02T12:00")
    assert [hook["title"] for hook in notices(press)] == [f"{WALLED} has gone dark: {REASONS[WALLED]}"]
    news.crawl("03T00:00", "03T12:00", "03T23:00")
    assert sorted(hook["title"] for hook in notices(press)) == [f"{name} has gone dark: {REASONS[name]}" for name in names]
    told = {name: about(press, name)[0] for name in names}
    assert "new pages are consent, login or bot pages" in told[WALLED]["detail"]
    assert "'de'" in told[MIXED]["detail"]
    listed = {each["name"]: each["health"] for each in desk.json("source", "list")["sources"]}
    assert {name: (listed[name]["state"], listed[name]["trouble"]) for name in names} == {
        WALLED: ("dark", "wall"), FROZEN: ("dark", "frozen"), MIXED: ("dark", "language")
    }  # fmt: skip
    faults = {each["what"] for each in desk.json("doctor", code=1)["findings"] if each["state"] == "fault"}
    assert {f"source {name}" for name in names} <= faults

    news.heal()
    news.crawl("04T12:00")
    desk.at("2026-11-04T14:00:00Z", rate=60)
    with desk.daemon():
        wait(lambda: len(notices(press)) == 6, what="that each is back")
        published = {each["url"] for site in press.remote.get("state") if site["name"] == WALLED for each in site["articles"]}
        stored = "SELECT a.url FROM articles a JOIN sources s ON s.id = a.source_id WHERE s.name = 'Alder Post'"
        wait(lambda: published <= {url.partition("?")[0] for (url,) in desk.rows(stored)}, what="what was behind the wall")
    assert [about(press, name)[1]["title"] for name in names] == [f"{name} is back" for name in names]
    assert len(notices(press)) == 6, "each is told once, and once that it is over"
    assert {mail for mail in press.mails if "dark" in mail or "back" in mail} == {
        f"[Nightdesk] {hook['title']}" for hook in notices(press)
    }


def fetched(press, site):
    """The feed as it is now."""
    connection = HTTPConnection(urlsplit(site).netloc, timeout=15)
    connection.request("GET", "/feed.xml")
    body = connection.getresponse().read().decode()
    connection.close()
    return body
