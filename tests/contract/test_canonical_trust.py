"""Which declared canonical address is believed, through the real store: three texts that share one are three articles."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from storage.ingest import ingest_article
from storage.models import Extraction, Outcome, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITE = "https://courier.example"
SUBJECTS = {
    "harbour": ("Crane falls", "harbour cranes pilots quay anchors tide barges rope winch foghorn"),
    "council": ("Bridge waits", "council vote bridge mayor budget delay ballot chamber motion minutes"),
    "weather": ("Storm nears", "storm gale rain forecast radar clouds flood warning sandbags thunder"),
}
PAGES = {name: f"{SITE}/2026/03/{name}-news-of-the-day" for name in SUBJECTS}


def text(name):
    return " ".join(f"{word} {word}{number}" for number in range(12) for word in SUBJECTS[name][1].split())


@pytest.fixture
def put(store):
    source = store.write_now(
        lambda t: t.sources.add(Source("Courier", f"{SITE}/", Schedule(900.0), NOW, sites=("courier.example",)))
    )

    def one(name, url=None, declared=None):
        url = url or PAGES[name]
        read = Extraction(url=url, title=SUBJECTS[name][0], text=text(name), canonical_url=declared)
        return store.write_now(lambda t: ingest_article(t, read, source, page=None, url=url, now=NOW))

    return one


def key(store, done):
    return store.read_now(lambda t: t.articles.by_id(done.article_id)).canonical_url


@pytest.mark.parametrize("order", list(permutations(SUBJECTS)), ids="-".join)
@pytest.mark.parametrize(
    "declared",
    [f"{SITE}/", f"{SITE}/2026", f"{SITE}/news", f"{SITE}/2026/03/a-piece-of-long-ago", *PAGES.values()],
    ids=["home", "folder", "section", "unseen-article", *PAGES],
)
def test_three_texts_that_declare_one_address_are_three_articles(store, put, declared, order):
    first = [put(name, declared=declared) for name in order]
    assert [done.outcome for done in first] == [Outcome.NEW] * 3
    assert len({done.article_id for done in first}) == 3
    again = [put(name, declared=declared) for name in order]  # read once more, nothing moves
    assert [done.outcome for done in again] == [Outcome.SAME] * 3
    assert [done.article_id for done in again] == [done.article_id for done in first]


def test_an_address_on_another_registrable_domain_is_not_believed(store, put):
    for declared in (
        "https://wire.example/2026/03/harbour-news-of-the-day",
        "https://courier.example.net/2026/03/harbour-news",
    ):
        assert key(store, put("harbour", declared=declared)) == PAGES["harbour"]


@pytest.mark.parametrize(
    "variant",
    [
        "https://amp.courier.example/x/4711",
        f"{SITE}/amp-pages/4711",
        f"{PAGES['harbour']}?view=reader&page=all",
        "https://news.courier.example/4711",
    ],
)
def test_a_right_one_is_believed_in_either_order(store, put, variant):
    first = put("harbour", url=variant, declared=PAGES["harbour"])
    assert key(store, first) == PAGES["harbour"]
    assert put("harbour", declared=PAGES["harbour"]).article_id == first.article_id
    assert put("harbour").outcome is Outcome.SAME
