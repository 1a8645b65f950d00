"""What `doctor` finds fault with in a source that fails."""

from datetime import timedelta

import pytest

from nightdesk.checkup import FAULT, NOTE, WELL, look_at_sources
from storage.models import CrawlOutcome, Schedule, Source


def found(store, *, worked, failures):
    """The finding of a source after a good visit, or none, and so many that failed."""
    begun = store.clock.now()

    def visits(tables):
        source = tables.sources.add(Source("a", "https://a.example/", Schedule(3600.0), begun, due=begun))
        for outcome in [CrawlOutcome.OK] * worked + [CrawlOutcome.FAILED] * failures:
            crawl = tables.sources.start(source.id, begun, "schedule")
            due = begun + timedelta(hours=1)
            tables.sources.finish(crawl, source, now=begun, outcome=outcome, reason="429", due=due)

    store.write_now(visits)
    return next(iter(look_at_sources(store)))


@pytest.mark.parametrize(
    ("worked", "failures", "state", "text"),
    [
        (True, 0, WELL, "1 of 1 are well"),
        (True, 1, NOTE, "failed once since "),
        (True, 2, NOTE, "failed 2 times in a row since "),
        (True, 3, FAULT, "failed 3 times in a row since "),
        (False, 1, FAULT, "failed once: 429"),
    ],
)
def test_a_failure_that_may_pass_is_a_note(store, worked, failures, state, text):
    finding = found(store, worked=worked, failures=failures)
    assert (finding.state, finding.text[: len(text)]) == (state, text)
    assert ("it is tried again at" in finding.remedy) is (state == NOTE)
