"""Related stories in the database: who is linked, for how long, and that no alert is the poorer for it."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from alerts import outbox
from alerts.match import Matching
from alerts.outbox import Answer
from storage.ingest import ingest_article
from storage.models import Channel, ChannelKind, ChannelPolicy, Extraction, Rule, Schedule, Source
from storage.tables.related import WINDOW

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
COMMON = (
    "the a of in was said on that it to and for with by at from as is had not has but they were be who this which will"
    " one more after year people about its would been some new last out up over than other time when two also could"
)
NAMES = [
    "Ondine",
    "Varga",
    "Malden",
    "Kestrel",
    "Holloway",
    "Brightwater",
    "Thornbury",
    "Quillon",
    "Aldous",
    "Ferrant",
    "Marrow",
    "Sedgley",
]


def prose(seed, *names, count=120):
    """A text of common words, of some that are in few others, and of each name twice; no phrase of it is elsewhere."""
    random = Random(seed)
    words = random.choices(COMMON.split(), k=count) + [f"w{random.randrange(4000)}x" for _ in range(count // 6)]
    random.shuffle(words)
    for name in [*names, *names]:
        words.insert(random.randrange(50), name)
    return " ".join(words)


@pytest.fixture
def desk(store):
    """A source, and an archive of a hundred articles in its language."""

    def begin(t):
        source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",)))
        for number in range(100):
            url = f"https://courier.example/{number}"
            read = Extraction(url=url, title=f"w{number}t", text=prose(number))
            ingest_article(t, read, source, page=None, url=url, now=NOW)
        return source

    store.source = store.write_now(begin)
    return store


def add(desk, path, text, *, title=None, now=NOW, published=None):
    """The story that an article belongs to once it is stored."""
    url = f"https://{path}"
    read = Extraction(url=url, title=title or path, text=text, published=published)
    done = desk.write_now(lambda t: ingest_article(t, read, desk.source, page=None, url=url, now=now))
    return desk.read_now(lambda t: t.articles.by_id(done.article_id)).story_id


def related(desk, story):
    return [article.url for article in desk.read_now(lambda t: t.related.of_story(story))]


def rows(desk, sql):
    return desk.read_now(lambda t: t.connection.execute(sql).fetchall())


# --- who is linked


def test_two_reports_of_one_event_are_related_and_stay_two_stories(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    second = add(desk, "b.example/flood", prose(1002, *NAMES))
    assert first != second
    assert related(desk, first) == ["https://b.example/flood"]
    assert related(desk, second) == ["https://a.example/dam"]


def test_reports_of_another_event_are_not(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES[:6]))
    other = add(desk, "b.example/bakers", prose(1002, *(f"N{name}" for name in NAMES[6:])))
    assert (related(desk, first), related(desk, other)) == ([], [])


def test_a_copy_joins_its_story_and_is_not_related_to_it(desk):
    text = prose(1001, *NAMES)
    first = add(desk, "a.example/dam", text)
    assert add(desk, "copy.example/dam", text) == first
    assert related(desk, first) == []
    second = add(desk, "b.example/flood", prose(1002, *NAMES))
    assert related(desk, second) == ["https://a.example/dam"]
    assert rows(desk, "SELECT count(*) FROM related_sketches") == [(102,)]


def test_what_shares_text_is_told_with_the_copies_and_not_here(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    second = add(desk, "b.example/flood", prose(1002, *NAMES))
    relate = "INSERT INTO relations SELECT a.id, b.id, 'partial', 0.3, 0.3 FROM articles a, articles b WHERE a.story_id = ? AND b.story_id = ?"
    desk.write_now(lambda t: t.connection.execute(relate, [first, second]))
    assert related(desk, first) == []
    assert related(desk, second) == ["https://a.example/dam"]  # nobody said so of the other direction


def test_nothing_is_linked_while_a_language_is_unknown(store, desk):
    unknown = [f"{name}{ending}" for name in ("olo", "umi", "ekä", "tai", "joka", "että") for ending in ("n", "lla", "sta")]
    stories = [add(desk, f"fi.example/{number}", " ".join(Random(number).sample(unknown, 18))) for number in range(3)]
    assert [related(desk, story) for story in stories] == [[], [], []]


# --- for how long


def test_reports_further_apart_than_the_window_are_two_events(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    late = add(desk, "b.example/flood", prose(1002, *NAMES), now=NOW + WINDOW + timedelta(minutes=1))
    assert (related(desk, first), related(desk, late)) == ([], [])


def test_what_was_published_long_ago_is_no_report_of_today(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    old = add(desk, "b.example/flood", prose(1002, *NAMES), published=NOW - timedelta(days=400))
    also_old = add(desk, "c.example/burst", prose(1003, *NAMES), published=NOW - timedelta(days=399))
    assert related(desk, first) == []
    assert related(desk, old) == ["https://c.example/burst"]
    assert related(desk, also_old) == ["https://b.example/flood"]


def test_a_date_in_the_future_is_not_believed(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    second = add(desk, "b.example/flood", prose(1002, *NAMES), published=NOW + timedelta(days=400))
    assert related(desk, first) == ["https://b.example/flood"]
    assert related(desk, second) == ["https://a.example/dam"]


def test_a_group_is_no_chain_through_time(desk):
    step = timedelta(days=2)
    stories = [add(desk, f"s{at}.example/dam", prose(1001 + at, *NAMES), now=NOW + at * step) for at in range(4)]
    assert [len(related(desk, story)) for story in stories] == [1, 1, 1, 1]


def test_links_stay_when_what_found_them_is_forgotten(desk):
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    add(desk, "b.example/flood", prose(1002, *NAMES))
    later = NOW + WINDOW + timedelta(minutes=1)
    for number in range(60):
        add(desk, f"later.example/{number}", prose(2000 + number), now=later)
    assert related(desk, first) == ["https://b.example/flood"]
    assert rows(desk, "SELECT min(seen) FROM related_sketches") == [("2026-03-05T12:01:00.000Z",)]
    assert rows(desk, "SELECT count(*) FROM related_sketches") == [(60,)]
    left = "SELECT count(*) FROM related_postings WHERE article_id NOT IN (SELECT article_id FROM related_sketches)"
    assert rows(desk, left) == [(0,)]


# --- and alerts


def test_related_reports_make_an_alert_each(desk):
    """The layer is soft: what a rule matches in two independent reports of one event is told twice."""

    def prepare(t):
        t.channels.save(Channel("desk", ChannelKind.LOG))
        t.rules.save(Rule("dams", "Brightwater"), NOW)

    desk.write_now(prepare)
    asyncio.run(Matching(desk).run_pending())
    first = add(desk, "a.example/dam", prose(1001, *NAMES))
    second = add(desk, "b.example/flood", prose(1002, *NAMES))
    assert related(desk, first) == ["https://b.example/flood"]
    assert asyncio.run(Matching(desk).run_pending()) == 2
    told = [alert for alert, _ in desk.read_now(lambda t: t.alerts.all(9))]
    assert {carrier.article.story_id for alert in told for carrier in alert.carriers} == {first, second}
    assert [len(alert.carriers) for alert in told] == [1, 1]
    deliveries = [desk.read_now(lambda t, each=alert: t.deliveries.of_alert(each.id)) for alert in told]
    assert [len(each) for each in deliveries] == [1, 1]


def test_a_channel_that_asks_for_it_is_not_told_of_a_lone_report_of_what_it_was_told(desk):
    def begin(t):
        t.rules.save(Rule("ondine", "ondine"), NOW)
        for name in ("calm", "plain"):
            t.channels.save(Channel(name, ChannelKind.LOG, policy=ChannelPolicy(inhibit=name == "calm")))

    def deliver(now):
        free = {"calm": 9, "plain": 9}
        for each in desk.write_now(lambda t: outbox.claim(t, now, until=9e12, free=free)).going:
            desk.write_now(lambda t, each=each: outbox.record_sent(t, each, each.content, Answer(now)))
            told.append((each.channel.name, each.content.story_id))

    told = []
    desk.write_now(begin)
    asyncio.run(Matching(desk).run_pending())
    first = add(desk, "courier.example/x", prose(7001, *NAMES[:8]))
    assert add(desk, "mercury.example/x", prose(7001, *NAMES[:8])) == first, "a copy"
    asyncio.run(Matching(desk).run_pending())
    deliver(NOW + timedelta(minutes=1))
    second = add(desk, "herald.example/y", prose(7002, *NAMES[:8]))
    assert related(desk, second)
    asyncio.run(Matching(desk).run_pending())
    deliver(NOW + timedelta(minutes=2))
    assert sorted(told) == [("calm", first), ("plain", first), ("plain", second)]
