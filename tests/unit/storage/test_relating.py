from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.likeness.relating import Choice, Group, articles_known, choose, likeness, pack, read_terms, sketch, unpack


def sketched(title, text, common="the a of in was said on that it to and"):
    terms = read_terms(title, text)
    counted = dict.fromkeys(terms.factors, 0)
    counted |= dict.fromkeys(read_terms("", common).factors, 900)
    return sketch(terms, counted)


FIRST = sketched(
    "Dam at Malden gives way",
    "The Brightwater dam above Malden gave way on Tuesday. Engineer Ondine Varga of Kestrel Holloway said 31 houses in"
    " Thornbury were lost, and that 4,200 people had left the Quillon valley.",
)
SECOND = sketched(
    "Thornbury flooded",
    "In Thornbury 31 houses stood under water last night. Ondine Varga, whose firm Kestrel Holloway looks after the"
    " Brightwater dam, told reporters that Malden and the Quillon valley were empty: 4,200 had gone.",
)
OTHER = sketched(
    "Bakers meet", "In Harwick the guild of bakers chose a new master, Per Aldous, who wants rye back on every table."
)


def test_two_reports_of_one_event_are_alike_in_either_order():
    assert likeness(FIRST, SECOND) > 0.5
    assert likeness(FIRST, SECOND) == pytest.approx(likeness(SECOND, FIRST))
    assert likeness(FIRST, OTHER) == 0


def test_the_same_phrases_are_no_independent_report():
    copied = sketched("Dam gives way", "The Brightwater dam above Malden gave way on Tuesday. Engineer Ondine Varga of Kestrel Holloway said 31"
                      " houses in Thornbury were lost, and 4,200 people had left.")  # fmt: skip
    assert likeness(FIRST, copied) == 0


def test_another_week_of_one_series_is_another_event():
    def week(first, second, third):
        return sketched(f"Kestrel count at {first}", f"Ondine Varga of Brightwater put {first} kestrels at Malden, {second} at Thornbury"
                        f" and {third} beside the Quillon, Holloway said.")  # fmt: skip

    other = sketched("Kestrel count up to 812", "At Malden 812, beside the Quillon 77 kestrels: so counted Holloway's Ondine Varga for"
                     " Brightwater; Thornbury had 305.")  # fmt: skip
    assert likeness(week(812, 305, 77), other) > 0.4
    assert likeness(week(790, 298, 61), other) == 0


def test_common_words_tell_nothing_however_many_are_shared():
    text = "the dam gave way on tuesday and the engineer said that houses were lost in the valley below it"
    assert likeness(sketched("The dam", text, common=text), sketched("A dam", text[20:], common=text)) == 0


def test_what_is_known_of_a_language_is_read_off_its_commonest_words():
    assert articles_known({}) == 0
    assert articles_known({1: 50, 2: 49, 3: 48, 4: 47}) == 0
    assert articles_known({1: 50, 2: 49, 3: 48, 4: 47, 5: 46, 6: 1}) == 46


@pytest.mark.parametrize("known", [0, 3])
def test_nothing_is_telling_in_a_language_of_which_little_was_read(known):
    terms = read_terms("Tulva", "Maldenin pato murtui tiistaina, ja joki vei kolmekymmentä taloa.")
    assert sketch(terms, dict.fromkeys(terms.factors, known)).weights == {}


# --- scripts without blanks between words

SCRIPTS = {
    "Chinese": ("\u4e00", "\u8000", 4),
    "Japanese": ("\u30a2", "\u30f4", 5),
    "Thai": ("\u0e01", "\u0e2e", 8),
    "Khmer": ("\u1780", "\u17a2", 8),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_without_blanks_are_compared_by_sequences(script):
    first, last, length = SCRIPTS[script]
    random = Random(script)

    def text(count):
        return "".join(chr(random.randint(ord(first), ord(last))) for _ in range(count))

    common = text(60)

    def report(names):
        """Each name twice, in another order each time, between words that every text of the language has."""
        order = random.sample(names, len(names)) + random.sample(names, len(names))
        return "".join(common[(at := random.randrange(40)) : at + 8] + name for name in order)

    names, others = ([text(length) for _ in range(7)] for _ in range(2))
    one, two, other = (sketched("", report(each), common=common) for each in (names, names, others))
    assert likeness(one, two) > 0.4
    assert likeness(one, other) == 0


# --- groups


def test_an_article_joins_the_group_that_is_most_alike():
    assert choose(SECOND, [Group(7, [OTHER]), Group(9, [FIRST])]) == Choice(9, round(likeness(FIRST, SECOND), 3))
    assert choose(SECOND, []) is None
    assert choose(OTHER, [Group(9, [FIRST, SECOND])]) is None


def test_one_neighbour_in_a_large_group_is_not_enough():
    assert choose(SECOND, [Group(9, [FIRST, OTHER, OTHER])]) is None


@given(st.text(max_size=200), st.text(max_size=600), st.integers(0, 30))
def test_any_text_can_be_read_and_packed(title, text, count):
    terms = read_terms(title, text)
    made = sketch(terms, dict.fromkeys(terms.factors, count))
    again = unpack(pack(made))
    assert (again.lead, again.title, again.numbers, again.phrases) == (made.lead, made.title, made.numbers, made.phrases)
    assert list(again.weights) == list(made.weights)
    assert list(again.weights.values()) == pytest.approx(list(made.weights.values()))
    assert likeness(made, again) in (0, pytest.approx(1, abs=1e-5))
