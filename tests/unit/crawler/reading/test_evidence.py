"""What a page offered is kept when it is wanted, and costs nothing when it is not."""

import pytest

from crawler.reading.evidence import LONGEST_VALUE, MOST_OFFERS, Evidence, Offer


def offers(seen):
    for source, value, against in [
        ("a", None, ""), ("b", "", ""), ("x", "worse", "is a logo"), ("c", "first", ""), ("d", "other", ""), ("e", "first", ""),
        ("f", "worst", "is no address"),
    ]:  # fmt: skip
        seen.append(source)
        yield source, value, against


def test_the_first_value_is_taken_and_no_more_is_asked():
    seen, silent = [], Evidence()
    assert silent.first("title", offers(seen)) == "first"
    assert seen == ["a", "b", "x", "c"]
    assert silent.offers == {}


def test_when_wanted_all_are_asked_and_told():
    seen, told = [], Evidence(wanted=True)
    assert told.first("title", offers(seen)) == "first"
    assert seen == ["a", "b", "x", "c", "d", "e", "f"]
    assert told.offers["title"] == [
        Offer("x", "worse", "is a logo"),
        Offer("c", "first", "the first of its order", won=True),
        Offer("d", "other", "c speaks before it"),
        Offer("e", "first", "c speaks before it (and says the same)"),
        Offer("f", "worst", "is no address"),
    ]


def test_nothing_offered_is_nothing():
    assert Evidence(wanted=True).first("title", []) is None


@pytest.mark.parametrize("value", [None, "", [], ()])
def test_an_empty_value_is_no_offer(value):
    told = Evidence(wanted=True)
    told.offer("title", "x", value)
    assert told.offers == {}


def test_offers_are_bounded_in_number_and_length():
    told = Evidence(wanted=True)
    for _ in range(MOST_OFFERS + 5):
        told.offer("title", "x", "y" * (LONGEST_VALUE + 5))
    assert len(told.offers["title"]) == MOST_OFFERS
    assert {len(each.value) for each in told.offers["title"]} == {LONGEST_VALUE}
