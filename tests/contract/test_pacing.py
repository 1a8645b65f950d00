"""When adaptive sources are due, through the database: the budget, hints, failures, restarts."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from crawler.options import CrawlOptions, Visited
from crawler.visiting import Asked, Moment, begin_all, finish_all
from crawler.visits import held_until
from scheduler.pacing import Pacing, known_rhythm, shortest_hint
from storage.errors import UsageError
from storage.models import CrawlOutcome, Feed, FeedKind, Hints, Schedule, Slowdown, Source
from storage.store import Store, connect

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PACING = Pacing(900.0)
ADAPTIVE = Schedule(adaptive=True)


def watch(store: Store, name: str, schedule: Schedule = ADAPTIVE) -> Source:
    def add(tables):
        source = tables.sources.add(Source(name, f"https://{name}.example/", schedule, NOON - timedelta(days=30), due=NOON))
        tables.feeds.link(source.id, Feed(f"https://{name}.example/feed.xml", FeedKind.RSS), NOON)
        return source

    return store.write_now(add)


def visit(
    store: Store, source: Source, at: datetime, *dates: datetime | None, streak: int = 0, pacing: Pacing = PACING
) -> datetime:
    """End a visit at `at` that was the first to see articles of these dates; when the source is due next."""

    def end(tables):
        now = tables.sources.by_id(source.id)
        due = pacing.due(tables, Visited(now, at, at, streak, streak == 0, (dates,)))
        outcome = CrawlOutcome.FAILED if streak else CrawlOutcome.OK
        crawl = tables.sources.start(source.id, at, "schedule")
        tables.sources.finish(crawl, now, now=at, outcome=outcome, reason=None, due=due)
        return due

    return store.write_now(end)


def past(every: timedelta) -> list[datetime]:
    return [NOON - every * number for number in range(30)]


def visits(store: Store, sources: dict[str, Source], hours: int, news: dict[str, timedelta]) -> dict[str, int]:
    """How often each source is visited in so many hours, while an article comes each such time, give or take half of it."""
    random = Random(1)
    drawn = {name: [NOON + every * (n + random.random()) for n in range(-30, 24 * hours)] for name, every in news.items()}
    end, counts = NOON + timedelta(hours=hours), dict.fromkeys(sources, 0)
    due = {
        name: visit(store, source, NOON, *_between(drawn[name], NOON - timedelta(days=30), NOON))
        for name, source in sources.items()
    }
    last = dict.fromkeys(sources, NOON)
    while (name := min(due, key=due.__getitem__)) and due[name] < end:
        at = due[name]
        due[name], last[name] = visit(store, sources[name], at, *_between(drawn[name], last[name], at)), at
        counts[name] += 1
    return counts


def _between(times: list[datetime], after: datetime, until: datetime) -> list[datetime]:
    return [at for at in times if after < at <= until]


def test_a_busy_source_is_visited_more_often_than_a_quiet_one_at_the_same_cost(store):
    sources = {name: watch(store, name) for name in ("busy", "quiet")}
    counts = visits(store, sources, 12, {"busy": timedelta(minutes=20), "quiet": timedelta(hours=8)})
    assert counts["busy"] > 2.5 * counts["quiet"]
    assert counts["busy"] + counts["quiet"] == pytest.approx(2 * 12 * 4, rel=0.15)  # as if both were visited every 15 minutes


def test_a_visit_that_brings_nothing_leaves_what_was_learned_as_it_was(store):
    source = watch(store, "courier")
    visit(store, source, NOON, *past(timedelta(hours=1)))
    before = store.read_now(lambda t: t.rhythms.get(source.id))
    visit(store, source, NOON + timedelta(hours=1))
    assert store.read_now(lambda t: t.rhythms.get(source.id)) == before
    visit(store, source, NOON + timedelta(hours=2), NOON + timedelta(hours=1))
    assert store.read_now(lambda t: t.rhythms.get(source.id)) != before


def test_a_restart_forgets_nothing(tmp_path, clock):
    path = str(tmp_path / "desk.db")
    with connect(path, clock) as store:
        busy, quiet = watch(store, "busy"), watch(store, "quiet")
        visit(store, busy, NOON, *past(timedelta(minutes=10)))
        visit(store, quiet, NOON, *past(timedelta(days=1)))
        waits = [store.read_now(lambda t, s=each: PACING.worked_out(t)) for each in (busy, quiet)]
        kept = store.read_now(lambda t: t.rhythms.get(busy.id))
    with connect(path, clock) as store:
        again = store.read_now(lambda t: t.sources.get("busy"))
        assert again.schedule == ADAPTIVE
        assert store.read_now(lambda t: t.rhythms.get(busy.id)) == kept
        assert [store.read_now(PACING.worked_out)] * 2 == waits
        later = NOON + timedelta(minutes=30)
        assert visit(store, busy, later) - later < visit(store, quiet, later) - later


def test_a_source_that_had_another_schedule_begins_with_what_its_archive_tells(store):
    source = watch(store, "courier", Schedule(every=900.0))
    visit(store, source, NOON - timedelta(hours=1))
    assert store.read_now(lambda t: known_rhythm(t, source)) is None
    store.write_now(lambda t: t.sources.change(Source(**{
        name: getattr(source, name) for name in Source.__dataclass_fields__} | {"schedule": ADAPTIVE})))  # fmt: skip
    visit(store, source, NOON)
    rhythm = store.read_now(lambda t: known_rhythm(t, source))
    assert rhythm is not None
    assert rhythm.since == (NOON - timedelta(days=28)).timestamp()


def test_failures_make_it_wait_longer_and_at_most_six_hours(store):
    source = watch(store, "courier")
    visit(store, source, NOON, *past(timedelta(minutes=30)))
    waits = [
        (visit(store, source, NOON + timedelta(minutes=1), streak=streak) - NOON).total_seconds() for streak in range(1, 9)
    ]
    assert waits == sorted(waits)
    assert waits[1] > 1.5 * waits[0]
    assert waits[-1] <= 6 * 3600 + 60


@pytest.mark.parametrize(
    ("hints", "seconds"), [(Hints(1800.0), 1800), (Hints(86_400.0), 3600), (Hints(60.0, (12,)), 3600), (Hints(60.0, (11,)), 60)]
)
def test_what_its_feed_asks_for_is_kept_for_an_hour_at_most(store, hints, seconds):
    source = watch(store, "courier")
    feed = store.read_now(lambda t: t.feeds.of_source(source.id))[0]
    store.write_now(lambda t: t.feeds.settle(feed.id, now=NOON, changed=True, etag=None, last_modified=None, hints=hints))
    assert store.read_now(lambda t: shortest_hint(t.feeds.of_source(source.id), NOON)) == seconds
    due = visit(store, source, NOON, *past(timedelta(minutes=1)))
    assert (due - NOON).total_seconds() >= seconds
    store.write_now(lambda t: t.feeds.settle(feed.id, now=NOON, changed=False, etag=None, last_modified=None))
    assert store.read_now(lambda t: t.feeds.of_source(source.id))[0].hints == hints  # a 304 says nothing new


def test_sources_with_an_interval_know_nothing_of_it(store):
    source = watch(store, "courier", Schedule(every=300.0))
    assert visit(store, source, NOON, *past(timedelta(hours=1))) == NOON + timedelta(minutes=5)
    assert store.read_now(lambda t: (t.rhythms.get(source.id), t.rhythms.paces())) == (None, [])


def test_a_paused_source_leaves_its_visits_to_the_others(store):
    busy = watch(store, "busy")
    watch(store, "quiet")
    visit(store, busy, NOON, *past(timedelta(minutes=10)))
    both = store.read_now(PACING.worked_out)
    store.write_now(lambda t: t.sources.pause(t.sources.get("quiet").id, paused=True))
    assert store.read_now(PACING.worked_out) != both
    with pytest.raises(UsageError):
        watch(store, "busy")


def test_what_fails_slowly_is_left_alone_for_as_long_as_what_fails_at_once(store):
    source, ended = watch(store, "courier", Schedule(every=10.0)), NOON + timedelta(seconds=30)
    due = store.read_now(lambda t: PACING.due(t, Visited(source, NOON, ended, 1, read=False)))
    assert due == ended + timedelta(seconds=20)


def test_a_home_page_that_is_held_is_due_when_the_hold_ends(store, clock):
    now = clock.now().replace(microsecond=0)
    source = store.write_now(
        lambda t: t.sources.add(Source("new", "https://new.example/", Schedule(every=10.0), NOON, due=NOON))
    )
    held = Slowdown("new.example", now, 429, now + timedelta(hours=5), clock.machine() + 5 * 3600, strikes=1)
    store.write_now(lambda t: t.domains.save(held))
    assert store.read_now(lambda t: held_until(t, source, now)) == now + timedelta(hours=5)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        pytest.param(False, timedelta(seconds=60), id="what-was-not-asked-for-comes-when-the-hold-ends"),
        pytest.param(True, timedelta(minutes=30), id="what-was-refused-is-left-alone-for-longer"),
    ],
)
@pytest.mark.parametrize("schedule", [Schedule(every=86_400.0), Schedule(cron="0 11 * * *")])
def test_a_source_that_is_held_is_due_when_the_hold_ends(store, clock, schedule, asked, due):
    source, now = watch(store, "courier", schedule), clock.now().replace(microsecond=0)
    held = Slowdown("courier.example", now, 429, now + timedelta(seconds=60), clock.machine() + 60, strikes=1)
    options = CrawlOptions(reschedule=PACING.due)

    def end(tables):
        tables.domains.save(held)
        moment = Moment(now, clock.steady(), clock.machine() + 60, 0.0)
        (begun,) = begin_all([Asked(source.id, "schedule", None)], options, moment, tables)
        begun.visit.feeds, begun.visit.unasked = 1, 0 if asked else 1
        begun.visit.failures.append("courier.example asked us to wait")
        return finish_all([begun.visit], None, options, now, tables)

    assert store.write_now(end) == [now + due]
