"""Related stories: groups of independent reports hold one event each. Floors lie just under what is reached."""

import json
from collections import Counter

import pytest

from tests.quality.related_measure import COPIES, LABELS, WINDOW, dated, grouped, labels, purity, real_articles, recall

pytestmark = [pytest.mark.corpus, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def measured():
    if not (COPIES / "articles.jsonl.gz").is_file():
        pytest.skip(f"the corpus of articles is not part of the project and not at {COPIES} (see NIGHTDESK_CORPUS)")
    articles = real_articles()
    return grouped(articles, dated), labels(), articles


def test_there_are_labels_enough():
    rows = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    assert len({row["url"] for row in rows}) == len(rows) >= 1500
    several = [event for event, count in Counter(row["event"] for row in rows).items() if count > 1]
    assert len(several) >= 300
    assert {row["part"] for row in rows} == {"tune", "final", "pages"}


def test_groups_hold_one_event_each(measured):
    groups, known, _ = measured
    share, count = purity(groups, known, ["tune", "final"])
    assert count >= 250
    assert share >= 0.95


def test_they_do_so_where_nothing_was_tuned(measured):
    groups, known, _ = measured
    share, count = purity(groups, known, ["final"])
    assert count >= 150
    assert share >= 0.95


def test_purity_is_not_bought_by_finding_nothing(measured):
    groups, known, articles = measured
    share, count = recall(groups, known, "final", dated, articles)
    assert count >= 300
    assert share >= 0.43


def test_no_group_outlasts_the_window(measured):
    groups, _, _ = measured
    assert groups
    assert [group for group in groups if dated(group[-1]) - dated(group[0]) > WINDOW] == []
