"""What two texts share: counted here once more, slowly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.folded import token_string
from storage.likeness.overlap import compare, content, masked

WORDS = st.lists(st.sampled_from(["ash", "birch", "cedar", "dogwood", "elm", "fir", "gorse", "hazel"]), min_size=4, max_size=60)
NOTHING = np.empty(0, np.uint64)


def of(text, title="", site="one.example"):
    return content(token_string(title), token_string(text), site)


def runs(words):
    return {tuple(words[at : at + 4]) for at in range(len(words) - 3)}


@given(WORDS, WORDS)
def test_shares_are_exact(new, old):
    found = compare(of(" ".join(new)), of(" ".join(old), site="two.example"), NOTHING)
    both = runs(new) & runs(old)
    assert found.of_new == pytest.approx(len(both) / len(runs(new)))
    assert found.of_old == pytest.approx(len(both) / len(runs(old)))
    assert (found.told_new, found.told_old, found.told_shared) == (found.of_new, found.of_old, len(both))


@given(WORDS, WORDS)
def test_the_other_way_round_the_shares_change_places(one, other):
    there = compare(of(" ".join(one)), of(" ".join(other)), NOTHING)
    back = compare(of(" ".join(other)), of(" ".join(one)), NOTHING)
    assert (there.of_new, there.of_old, there.opening) == (back.of_old, back.of_new, back.opening)


def test_numbers_are_compared_where_they_stand():
    old = of("The bank sold 40 bonds at 99.5 pct, and 12 of them on Monday.")
    new = of("The bank sold 60 bonds at 99.5 pct, and 12 of them on Monday.")
    found = compare(new, old, NOTHING)
    assert (found.slots, round(found.agreement, 2)) == ((2, 1), 0.67)
    assert compare(of("No figures at all in this one here."), old, NOTHING).agreement == 1.0


FRAME = "Our offices in Malden are open from nine to five, and letters to the editor are welcome if they are signed."
ONE = "A crane fell into the dock of Malden on Monday morning, and four barges wait in the roads with their coal."
TWO = "The youngest choir of the county won the silver cup again, to the delight of its conductor, a retired postman."


def test_a_sites_common_ending_says_nothing_under_other_headlines():
    new, old = of(f"{ONE} {FRAME}", "Crane falls"), of(f"{TWO} {FRAME}", "Choir wins")
    found = compare(new, old, NOTHING)
    assert found.of_new > 0.4
    assert found.most < 0.05
    elsewhere = compare(new, of(f"{TWO} {FRAME}", "Choir wins", "two.example"), NOTHING)
    assert elsewhere.most == max(elsewhere.of_new, elsewhere.of_old)


def test_one_text_under_two_headlines_is_no_ending():
    found = compare(of(f"Crane falls. {ONE}", "Crane falls"), of(f"Dock closed. {ONE}", "Dock closed"), NOTHING)
    assert found.most > 0.8


def test_furniture_and_what_stands_between_it_do_not_count():
    footer = " ".join(f"{word} all {number} rights" for number, word in enumerate(["reserved", "waived", "sold", "lent"] * 8))
    new, old = of(f"{ONE} {footer}"), of(f"{TWO} {footer}", site="two.example")
    frame = of(footer).text
    hidden = masked(new.text, np.array(frame.stored, np.uint64))
    assert len(hidden) > len(frame.stored)
    found = compare(new, old, hidden)
    assert found.most < 0.6 * compare(new, old, NOTHING).most


def test_where_the_shared_part_stands():
    page = of(f"{ONE} {TWO}", site="two.example")
    begins, ends = compare(of(ONE), page, NOTHING), compare(of(TWO), page, NOTHING)
    assert (begins.opening, ends.opening) == (True, True)  # both pieces are short
    assert 0.4 < begins.span < 0.6
    assert begins.places[0] == 0
    assert compare(of(TWO), of(f"{ONE} {FRAME} {ONE} {FRAME} {ONE} {FRAME} {TWO}"), NOTHING).opening is False
