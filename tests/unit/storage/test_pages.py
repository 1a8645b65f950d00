from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from storage.models import CommentSourceKind, Extraction, Page, PageReason, PageState, Schedule, Slowdown, Source
from storage.tables.hosts import Robots
from storage.tables.pages import LookBudget

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
MACHINE = 1_000_000.0
USUAL = LookBudget()


@pytest.fixture
def source(store):
    return store.write_now(
        lambda t: t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",)))
    )


def page(path, host="courier.example", **changes):
    url = f"https://{host}/{path}"
    return replace(Page(url, url, host, 1, due=NOW, first_seen=NOW), **changes)


def add(store, *pages):
    return store.write_now(lambda t: [t.pages.add(each) for each in pages])


def claim(store, *, now=NOW, limit=10, without=(), sources=None, machine=MACHINE, budget=USUAL, yields=False):
    claimed = store.write_now(
        lambda t: t.pages.claim(
            now,
            machine=machine,
            until=MACHINE + 60,
            limit=limit,
            without=without,
            sources=sources,
            budget=budget,
            yields=yields,
        )
    )
    return [each.url.removeprefix("https://") for each in claimed]


def hold(store, domain, seconds):
    until = NOW + timedelta(seconds=seconds)
    store.write_now(
        lambda t: t.domains.save(Slowdown(domain, NOW, 429, until=until, hold_machine=MACHINE + seconds, pause=2.0))
    )


def get(store, each):
    return store.read_now(lambda t: t.pages.by_key(each.key))


def test_a_page_comes_back_as_it_was_stored(store, source):
    one = page("a", title="A", dated=NOW, backlog=True)
    (page_id,) = add(store, one)
    assert get(store, one) == replace(one, id=page_id)
    assert store.read_now(lambda t: t.pages.by_key("https://courier.example/b")) is None


def test_who_yields_leaves_a_host_from_which_another_process_fetches(store, source):
    add(store, page("a"), page("b"), page("c", host="other.example"))
    lease = "UPDATE pages SET lease_owner = ?, lease_machine = ? WHERE url LIKE '%/a'"
    store.write_now(lambda t: t.connection.execute(lease, ["elsewhere", MACHINE + 60]))
    yielding = partial(store.read_now, lambda t: t.pages.next_due(MACHINE, now=NOW, yields=True))
    assert yielding() == NOW
    assert claim(store, yields=True) == ["other.example/c"]
    assert yielding() is None
    assert claim(store) == ["courier.example/b"]


def test_who_yields_does_not_yield_to_itself(store, source):
    add(store, page("a"), page("b"))
    assert claim(store, yields=True) == ["courier.example/a"]
    assert claim(store, yields=True) == ["courier.example/b"]


def test_one_page_per_host_is_claimed_news_before_backlog_and_the_oldest_first(store, source):
    add(
        store,
        page("old", backlog=True, due=NOW - timedelta(hours=9)),
        page("second", due=NOW - timedelta(minutes=1)),
        page("first", due=NOW - timedelta(minutes=2)),
        page("b", "b.example", backlog=True),
        page("c", "c.example", due=NOW - timedelta(seconds=1)),
        page("future", "d.example", due=NOW + timedelta(milliseconds=1)),
    )
    assert claim(store) == ["courier.example/first", "c.example/c", "b.example/b"]
    assert claim(store) == ["courier.example/second"]
    assert claim(store) == ["courier.example/old"]
    assert claim(store) == []


def test_hosts_that_are_busy_or_on_hold_and_other_sources_are_left_out(store, source):
    add(store, page("a"), page("b", "b.example"), page("c", "c.example"))
    hold(store, "b.example", 5)
    assert claim(store, without=("courier.example",), limit=1) == ["c.example/c"]
    assert claim(store, sources=[99]) == []
    assert claim(store, sources=[]) == []
    assert claim(store, sources=[source.id]) == ["courier.example/a"]
    assert claim(store, machine=MACHINE + 5) == ["b.example/b"]


def test_the_next_due_time_counts_only_what_could_be_claimed(store, source):
    add(
        store,
        page("a", due=NOW - timedelta(hours=1)),
        page("b", "b.example", due=NOW),
        page("c", "c.example", due=NOW + timedelta(1)),
    )
    look = lambda machine=MACHINE, sources=None: store.read_now(lambda t: t.pages.next_due(machine, sources))  # noqa: E731
    assert look() == NOW - timedelta(hours=1)
    claim(store, limit=1)
    assert look() == NOW
    hold(store, "b.example", 5)
    assert look() == NOW + timedelta(1)
    assert look(MACHINE + 5) == NOW
    assert look(sources=[]) is None


def test_failures_are_counted_and_the_last_gives_the_page_up_with_its_reason(store, source):
    (page_id,) = add(store, page("a"))
    claim(store)
    store.write_now(lambda t: t.pages.failed(page_id, "http-status: 503", due=NOW + timedelta(seconds=2)))
    waiting = get(store, page("a"))
    assert (waiting.state, waiting.reason, waiting.attempts, waiting.error) == ("due", "retry", 1, "http-status: 503")
    assert claim(store) == []
    assert claim(store, now=NOW + timedelta(seconds=2)) == ["courier.example/a"]
    store.write_now(lambda t: t.pages.failed(page_id, "not-found: 404", due=None))
    (gone,) = store.read_now(lambda t: t.pages.given_up(source.id))
    assert (gone.state, gone.due, gone.attempts, gone.error) == ("given-up", None, 2, "not-found: 404")
    assert store.read_now(lambda t: t.pages.counts(source.id)) == {"given-up": 1}


def store_article(t):
    story = t.stories.add("A", NOW)
    return t.articles.add(
        Extraction("https://courier.example/a", "A", "text"), key="https://courier.example/a", url="https://courier.example/a",
        site="courier.example", source_id=1, story_id=story, news=True, now=NOW,
    )  # fmt: skip


def test_a_stored_page_waits_for_its_look_and_is_never_given_up(store, source):
    (page_id,) = add(store, page("a"))
    claim(store)
    look = NOW + timedelta(minutes=15)

    def settle(t):
        article = store_article(t)
        t.pages.stored(t.pages.by_key(page("a").key), article_id=article, etag='"1"', last_modified=None, due=look)
        return [each.id for each in t.pages.of_article(article)]

    assert store.write_now(settle) == [page_id]
    assert claim(store, now=look) == ["courier.example/a"]
    store.write_now(lambda t: t.pages.failed(page_id, "timeout", due=None))
    kept = get(store, page("a"))
    assert (kept.state, kept.due, kept.etag) == (PageState.STORED, None, '"1"')
    store.write_now(lambda t: t.pages.make_due(page_id, look, PageReason.CHANGED))
    store.write_now(lambda t: t.pages.unchanged(t.pages.by_key(page("a").key), due=None))
    assert (get(store, page("a")).error, get(store, page("a")).attempts, get(store, page("a")).due) == (None, 0, None)


def test_asking_for_a_page_sooner_wins_and_later_does_not(store, source):
    (page_id,) = add(store, page("a", due=NOW))
    store.write_now(lambda t: t.pages.make_due(page_id, NOW + timedelta(hours=1), PageReason.CHANGED))
    assert (get(store, page("a")).due, get(store, page("a")).reason) == (NOW, PageReason.LISTED)
    store.write_now(lambda t: t.pages.make_due(page_id, NOW - timedelta(hours=1), PageReason.CHANGED))
    assert (get(store, page("a")).due, get(store, page("a")).reason) == (NOW - timedelta(hours=1), PageReason.CHANGED)


def test_only_failed_pages_of_the_asked_sources_are_hurried(store, source):
    failed, _ = add(store, page("a"), page("b", "b.example", due=NOW + timedelta(hours=1)))
    store.write_now(lambda t: t.pages.failed(failed, "503", due=NOW + timedelta(hours=1)))
    store.write_now(lambda t: t.pages.hurry([], NOW))
    assert claim(store) == []
    store.write_now(lambda t: t.pages.hurry([source.id], NOW))
    assert claim(store) == ["courier.example/a"]


def test_released_pages_are_due_again_and_another_process_s_stay_taken(store, source, tmp_path):
    (page_id,) = add(store, page("a"))
    claim(store)
    store.write_now(lambda t: type(t.pages)(t.connection, "elsewhere/1/1").release([page_id]))
    assert claim(store) == []
    store.write_now(lambda t: t.pages.release([page_id]))
    store.write_now(lambda t: t.pages.release([]))
    assert claim(store) == ["courier.example/a"]


# --- looks at known articles


def known(path, host="courier.example", **changes):
    return page(path, host, **{"state": PageState.STORED, "reason": PageReason.LOOK, **changes})


def test_news_comes_before_looks_and_looks_before_what_is_old(store, source):
    hour = timedelta(hours=1)
    comments = known("comments", backlog=True, comment_kind=CommentSourceKind.WORDPRESS_FEED, article_id=None)
    add(store, page("old", backlog=True, due=NOW - 3 * hour), known("look", due=NOW - 2 * hour, backlog=True), page("new"),
        known("changed", reason=PageReason.CHANGED, due=NOW - hour), comments)  # fmt: skip
    order = [claim(store)[0].partition("/")[2] for _ in range(5)]
    assert order == ["changed", "new", "look", "old", "comments"]


def test_a_host_has_a_budget_of_looks_and_news_does_not_use_it_up(store, source):
    budget = LookBudget(interval=10.0, at_once=3)
    add(store, *(known(f"{n}") for n in range(9)), *(known(f"{n}", "b.example") for n in range(2)), page("new"))

    def claimed(machine):
        found = []
        while some := claim(store, machine=machine, budget=budget):
            found += some
        return found

    first = claimed(MACHINE)
    assert sorted(each for each in first if each.startswith("courier")) == [
        *(f"courier.example/{n}" for n in range(3)),
        "courier.example/new",
    ]
    assert sum(each.startswith("b.") for each in first) == 2
    assert due_with(store, budget, MACHINE) is None
    assert due_with(store, budget, MACHINE + 10) == NOW
    assert claimed(MACHINE + 10) == ["courier.example/3"]
    assert claimed(MACHINE + 1_000) == [
        f"courier.example/{n}" for n in (4, 5, 6)
    ]  # a rest gives no more than it may have at once


def due_with(store, budget, machine):
    return store.read_now(lambda t: t.pages.next_due(machine, now=NOW, budget=budget))


def test_a_look_takes_more_of_the_budget_where_the_host_wants_longer_pauses(store, source):
    budget = LookBudget(interval=6.0, at_once=1, share=2.0)
    add(store, known("1"), known("2"), known("1", "www.b.example"), known("2", "www.b.example"))
    store.write_now(lambda t: t.hosts.save_robots("courier.example", Robots("", 200, NOW), 20.0))
    store.write_now(lambda t: t.domains.save(Slowdown("b.example", NOW, 429, until=NOW, pause=8.0)))
    assert len(claim(store, budget=budget)) == 2
    ready = {"courier.example": 40, "www.b.example": 16}
    for host, seconds in ready.items():
        others = [other for other in ready if other != host]
        assert claim(store, machine=MACHINE + seconds - 1, budget=budget, without=others) == []
        assert claim(store, machine=MACHINE + seconds, budget=budget, without=others) == [f"{host}/2"]


def test_what_is_late_by_days_is_found_and_put_off(store, source):
    late, soon, new = known("late", due=NOW - timedelta(days=4)), known("soon"), page("new", due=NOW - timedelta(days=9))
    ids = add(store, late, soon, new)
    assert [each.id for each in store.read_now(lambda t: t.pages.late_looks(NOW - timedelta(days=3)))] == ids[:1]
    store.write_now(lambda t: [t.pages.put_off(each, NOW + timedelta(days=1)) for each in ids])
    assert [get(store, each).due for each in (late, soon, new)] == [NOW + timedelta(days=1)] * 2 + [new.due]


def test_pages_of_all_hosts_of_a_held_domain_wait(store, source):
    add(store, page("1", "www.b.example"), page("1", "feeds.b.example:8080"), page("1", "b.example.org"))
    hold(store, "b.example", 60)
    assert claim(store) == ["b.example.org/1"]
    assert sorted(claim(store, machine=MACHINE + 60)) == ["feeds.b.example:8080/1", "www.b.example/1"]
