"""Which story an article belongs to, through the real database."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from storage.ingest import ingest_article
from storage.models import Extraction, Outcome, Relation, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CRANE = [
    "A crane of forty tons fell into the dock of Malden on Monday morning and has closed the port, its master said.",
    "Four barges with coal for the power station lie in the roads and cannot be unloaded until divers have looked at the chain.",
    "Nobody was hurt, but the driver, who had gone for his tea, was brought to the infirmary with a chill and a good story.",
    "The council meets on Thursday in the long room to hear what the pilots think of the matter, which is not expected to be much.",
    "An insurer from the capital has sent two men in grey coats, who measured the quay twice and left without a word to anybody.",
]
CHOIR = [
    "Seven choirs sang at the cathedral of Harwick on Sunday, and the youngest of them won the silver cup for the third time.",
    "Its conductor, a retired postman, said that he had never heard so many wrong notes sung with so much feeling in one day.",
    "The next contest will be held in spring, when the roof has been mended, and will be judged by somebody from elsewhere.",
    "Complaints about the noise were received from two households, one of which has since joined the second basses of the winner.",
]
NEW_PARTS = [
    "The minister of ports travelled to the town by night train and promised that the dock would have a second crane by the summer.",
    "Fishermen have offered to lift the coal in baskets, as their grandfathers did, for a sum which the company called imaginative.",
]


def text(*paragraphs):
    return "\n\n".join(paragraphs)


@pytest.fixture
def source(store):
    make = Source("Wires", "https://wires.example/", Schedule(60.0), NOW, sites=("wires.example",))
    return store.write_now(lambda t: t.sources.add(make))


@pytest.fixture
def take(store, source):
    def take(site, *paragraphs, title=None, now=NOW, path="a"):
        url = f"https://{site}.example/{path}"
        read = Extraction(url, title or f"Headline of {site}", text(*paragraphs))
        done = store.write_now(lambda t: ingest_article(t, read, source, page=None, url=url, now=now))
        return store.read_now(lambda t: t.articles.by_id(done.article_id)), done.outcome

    return take


def relations(store, article):
    found = store.read_now(lambda t: t.stories.related(article.id))
    return {url.removeprefix("https://").partition(".")[0]: relation for url, relation, _, _ in found}


def shares(store, article):
    return [(round(of_this, 2), round(of_other, 2)) for *_, of_this, of_other in
            store.read_now(lambda t: t.stories.related(article.id))]  # fmt: skip


def test_a_shortened_copy_is_a_carrier_and_an_excerpt(store, take):
    whole, _ = take("one", *CRANE)
    short, outcome = take("two", *CRANE[:3])
    assert (outcome, short.story_id) == (Outcome.COPY, whole.story_id)
    assert relations(store, short) == {"one": Relation.EXCERPT}
    assert relations(store, whole) == {"two": Relation.CONTAINS}
    assert shares(store, short)[0][0] == 1.0
    assert shares(store, whole) == [(b, a) for a, b in shares(store, short)]


def test_a_grown_text_is_a_carrier(store, take):
    first, _ = take("one", *CRANE)
    grown, _ = take("two", CRANE[0], NEW_PARTS[0], *CRANE[1:4], NEW_PARTS[1])
    assert grown.story_id == first.story_id


def test_a_page_that_glues_two_stories_merges_none_of_them(store, take):
    crane, _ = take("one", *CRANE)
    choir, _ = take("two", *CHOIR)
    glued, outcome = take("three", *CRANE, "In other news", *CHOIR)
    assert outcome is Outcome.NEW
    assert len({crane.story_id, choir.story_id, glued.story_id}) == 3
    assert relations(store, glued) == {"one": Relation.CONTAINS, "two": Relation.CONTAINS}
    copy, _ = take("four", *CRANE, "In other news", *CHOIR)
    assert copy.story_id == glued.story_id
    late, _ = take("five", *CHOIR)
    assert late.story_id == choir.story_id


def test_a_glued_page_that_came_first_keeps_its_stories_apart(store, take):
    glued, _ = take("three", *CRANE, "In other news", *CHOIR)
    crane, _ = take("one", *CRANE)
    choir, _ = take("two", *CHOIR)
    assert crane.story_id != choir.story_id
    assert relations(store, glued) == {"one": Relation.CONTAINS, "two": Relation.CONTAINS}


def test_what_a_carrier_added_of_another_story_does_not_join_the_two(store, take):
    first, _ = take("one", *CRANE)
    update, _ = take("two", CRANE[0], CHOIR[0], CRANE[1], CHOIR[1], *CRANE[2:])
    choir, _ = take("three", *CHOIR[:2], *NEW_PARTS)
    assert update.story_id == first.story_id
    assert choir.story_id != first.story_id


def test_a_quote_is_told_as_a_part_and_no_more(store, take):
    take("one", *CRANE)
    report, outcome = take("two", *NEW_PARTS, CRANE[2], *CHOIR[1:])
    assert outcome is Outcome.NEW
    assert relations(store, report) == {"one": Relation.PARTIAL}


def test_the_tail_of_a_site_makes_no_story(store, take):
    tail = "Our offices in Malden are open from nine to five, and letters to the editor are welcome if they are signed by their author."
    found = [take("one", piece, tail, path=f"p{number}", title=piece[:30]) for number, piece in enumerate((*CRANE, *CHOIR))]
    assert len({article.story_id for article, _ in found}) == len(found)


def test_a_form_with_other_figures_is_another_article(take):
    form = "The treasury sold {} million crowns of ninety-day bills at an average price of {} on {} March, after {} million a week ago."
    rows = [(40, 98.2, 3, 35), (55, 97.9, 10, 40), (61, 97.1, 17, 55)]
    found = [take("one", form.format(*row), path=str(row[0]), title="Treasury sells bills")[0] for row in rows]
    assert len({each.story_id for each in found}) == 3


def test_a_form_with_other_names_on_another_site_is_another_story(take):
    form = (
        "{0}, aged {1}, of {2}, passed away peacefully on {3} at {4} Hospital, surrounded by family. Born in {4}, {0} worked as {5} for"
        " {6} years and will be remembered for a love of {7}. A funeral will be held at the church of {2} on {8} at 11:00."
    )
    rows = [
        ("Mary Holt", 84, "Dunholme", "June 13", "Flaxton", "a postmistress", 31, "roses", "June 18"),
        ("Ann Lake", 91, "Bramford", "May 2", "Easby", "a carpenter", 28, "brass bands", "May 9"),
        ("Frank Carrow", 77, "Garstang", "March 7", "Hensall", "a signalman", 40, "old motor cycles", "March 13"),
    ]
    found = [take(f"site{number}", form.format(*row), title=f"{row[0]}, {row[1]}")[0] for number, row in enumerate(rows)]
    assert len({each.story_id for each in found}) == 3


def test_short_equal_texts_are_copies_only_if_their_headlines_agree(take):
    wall = "Subscribe to read on. A month costs one crown, and you may leave whenever you like to leave."
    found = [
        take(site, wall, title=title)[0]
        for site, title in (("one", "Crane falls"), ("two", "Choir wins"), ("three", "Crane falls!"))
    ]
    assert found[0].story_id == found[2].story_id != found[1].story_id


def test_an_edit_that_makes_it_a_copy_moves_it_and_leaves_an_alias(store, take):
    take("one", *CRANE)
    other, _ = take("two", "The port of Malden is closed. More soon.", title="Port closed")
    edited, outcome = take("two", *CRANE, title="Port closed")
    assert outcome is Outcome.UPDATED
    assert edited.story_id != other.story_id
    assert store.read_now(lambda t: t.stories.get(other.story_id)).id == edited.story_id
    assert relations(store, edited) == {"one": Relation.COPY}


def test_a_copy_after_the_window_is_still_found_by_its_whole_text_and_a_long_one_by_what_was_kept(store, take):
    names = [
        f"{first}{last}" for first in ("mal", "har", "lin", "bry", "tor", "wen") for last in ("den", "wick", "holme", "ne")
    ]
    long = [f"{one} sold {number} boats to {two} in {two}{number}." for number, (one, two) in enumerate(permutations(names, 2))]

    def count():
        counted = "SELECT count(*) FROM fingerprints WHERE article_id <= 2"
        return store.read_now(lambda t: t.connection.execute(counted).fetchone()[0])

    first, _ = take("one", *long)
    whole, _ = take("two", *CHOIR)
    had = count()
    for day in range(16):
        take(f"day{day}", f"On day {day} nothing at all happened in the town that day.", now=NOW + timedelta(days=100))
    assert 0 < count() < had / 4
    again, _ = take("three", *long[2:], now=NOW + timedelta(days=200))
    same, _ = take("four", *CHOIR, now=NOW + timedelta(days=200))
    assert (again.story_id, same.story_id) == (first.story_id, whole.story_id)


def test_many_carriers_cost_no_more_rows_than_three(store, take):
    counts = []
    for number in range(8):
        take(f"site{number}", *CRANE)
        counts.append(store.read_now(lambda t: t.connection.execute("SELECT count(*) FROM fingerprints").fetchone()[0]))
    assert counts[2] == 3 * counts[0]
    assert set(counts[2:]) == {counts[2]}
