"""Shingles and their picks: equal runs of words are equal numbers wherever they stand, and none is missed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from storage.folded import token_string
from storage.likeness.fingerprints import MIDDLE, NARROW, WIDE, fingerprints, picked, shingles

WORDS = st.lists(st.sampled_from(["a", "bee", "cat", "12", "3.5", "night's", "u.s.", "zug"]), max_size=80)
SIGNS = st.text(alphabet="港口关闭了ก่า漢ab ", max_size=60)


def runs(words, length=4):
    return [tuple(words[at : at + length]) for at in range(max(1, len(words) - length + 1))] if words else []


@given(WORDS)
def test_shingles_are_the_runs_of_four_words(words):
    text = shingles(" ".join(words))
    expected = runs(words)
    assert len(text) == len(expected)
    assert len(text.distinct) == len(set(expected))
    assert [int(each) for each in text.stops] == [min(at + 4, len(words)) for at in range(len(expected))]


@given(WORDS, WORDS, WORDS)
def test_what_stands_around_a_run_does_not_matter(before, words, after):
    whole, part = shingles(" ".join([*before, *words, *after])), shingles(" ".join(words))
    if len(words) >= 4:
        assert list(whole.values[len(before) : len(before) + len(part)]) == list(part.values)


@given(st.one_of(WORDS.map(" ".join), SIGNS.map(token_string)))
def test_a_text_is_stored_by_picks_that_are_asked_for(words):
    text = shingles(words)
    narrow, middle, wide = (set(picked(text.values, window).tolist()) for window in (NARROW, MIDDLE, WIDE))
    assert wide <= middle <= narrow
    assert set(text.stored) <= {int(each) for each in fingerprints(text.values[text.asked])}
    assert bool(text.stored) == bool(words)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 10**6))
def test_no_shared_run_as_long_as_a_window_is_missed(before, after, seed):
    draw = np.random.default_rng(seed)
    strange = [f"w{number}" for number in draw.integers(0, 10**9, 200 + before + after)]
    shared = strange[: NARROW + 3]  # briefs
    one = shingles(" ".join([*strange[20 : 20 + before], *shared, *strange[60:70]]))
    other = shingles(" ".join([*strange[100 : 100 + after], *shared, *strange[140:150]]))
    assert set(one.values[one.asked]) & set(other.values[other.asked])


@given(st.integers(0, 30), st.integers(0, 10**6), st.booleans())
def test_nor_one_of_a_long_text_as_long_as_the_widest_window(before, seed, brief):
    draw = np.random.default_rng(seed)
    strange = [f"w{number}" for number in draw.integers(0, 10**9, 900)]
    shared = strange[: WIDE + 3]
    known = shingles(" ".join([*strange[100 : 400 + before], *shared, *strange[400:500]]))
    new = shingles(" ".join([*strange[500 : 510 if brief else 800], *shared]))
    assert set(known.stored) & set(fingerprints(new.values[new.asked]).tolist())


@given(SIGNS)
def test_signs_of_scripts_without_blanks_count_half(signs):
    words = token_string(signs)
    text = shingles(words)
    tokens = words.split()
    for at, stop in enumerate(text.stops):
        weight = sum(2 if each.isascii() else 1 for each in tokens[at:stop])
        assert weight >= 8 or stop == len(tokens)
        assert weight <= 9


def test_a_text_without_words_has_none():
    assert (len(shingles("")), shingles("").stored, len(shingles("").distinct)) == (0, [], 0)
