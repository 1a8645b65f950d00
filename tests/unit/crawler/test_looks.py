from datetime import UTC, datetime, timedelta

from crawler.looks import drop_late_looks
from storage.models import Looks, Page, PageReason, PageState, Schedule, Source

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_looks_that_are_days_late_wait_for_their_next_time_or_for_none(store):
    """The one of a week's eight that was due after 2 days waited until the next is near; the last of three waits for none."""

    def prepare(tables):
        for name, looks in (("often", Looks.WEEK), ("usual", None)):
            tables.sources.add(
                Source(name, f"https://{name}.example/", Schedule(60.0), NOW, sites=(f"{name}.example",), looks=looks)
            )
        for source_id, path, seen, due in (
            (1, "a", NOW - 5.5 * DAY, NOW - 3.5 * DAY), (1, "b", NOW - 4 * DAY, NOW - 2 * DAY), (2, "c", NOW - 5 * DAY, NOW - 4 * DAY)
        ):  # fmt: skip
            url = f"https://usual.example/{path}"
            tables.pages.add(Page(url, url, "usual.example", source_id, state=PageState.STORED, reason=PageReason.LOOK, due=due,
                                  first_seen=seen))  # fmt: skip

    store.write_now(prepare)
    store.write_now(lambda t: drop_late_looks(t, NOW, Looks.THREE))
    due = [store.read_now(lambda t, n=n: t.pages.by_id(n).due) for n in (1, 2, 3)]
    assert due == [NOW + 1.5 * DAY, NOW - 2 * DAY, None]
    assert [each.looks_skipped for each in store.read_now(lambda t: t.sources.all())] == [2, 1]
