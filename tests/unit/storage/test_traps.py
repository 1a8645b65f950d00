"""What is a trap, and what is a newspaper: shapes of addresses, fruits of a day, and the budget of a reading."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.models import Trap
from storage.traps import TRAPPED_PER_DAY, budget, fruits, is_endless, is_faceted, shape

PAPER = "https://paper.example"
COLOURS, SIZES, SORTS = ("red", "blue", "green", "white"), ("s", "m", "l", "xl"), ("price", "name", "new")
# Addresses as newspapers write them, sixty at a time; none is a trap.
HONEST = {
    "dated slugs": [f"{PAPER}/2026/11/{day:02}/harbour-wall-{n}" for day in range(1, 7) for n in range(10)],
    "days alone": [f"{PAPER}/11/11/11/{n}" for n in range(60)],
    "numbers": [f"{PAPER}/news.php?id={4000 + n}" for n in range(60)],
    "numbers in sections": [f"{PAPER}/story.php?id={4000 + n}&section={n % 5}&lang=en" for n in range(60)],
    "sections of the same name": [f"{PAPER}/news/news/item-{n}" for n in range(60)],
    "pages of an article": [f"{PAPER}/story-{n // 3}?page={n % 3}" for n in range(60)],
    "a day of breaking news": [f"{PAPER}/live/flood/post-{n}" for n in range(1_500)],
}
TRAPS = {
    "steps again and again": (Trap.ENDLESS_PATHS, [f"{PAPER}{'/archive' * (3 + n)}/x" for n in range(60)]),
    "two steps by turns": (Trap.ENDLESS_PATHS, [f"{PAPER}{'/a/b' * (3 + n % 9)}/{n}" for n in range(60)]),
    "facets": (Trap.FACETS, [f"{PAPER}/shop?color={c}&size={s}&sort={o}" for c, s, o in product(COLOURS, SIZES, SORTS)]),
    "facets, some left out": (
        Trap.FACETS,
        [f"{PAPER}/list?" + "&".join(p for p in parts if p) for parts in product(
            ("", *(f"color={c}" for c in COLOURS)), ("", *(f"size={s}" for s in SIZES)), ("", *(f"sort={o}" for o in SORTS)),
        ) if any(parts)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_newspapers_are_no_traps(name):
    assert shape(HONEST[name]) is None


@pytest.mark.parametrize("name", TRAPS)
def test_traps_are_known_by_their_shape(name):
    trap, urls = TRAPS[name]
    assert shape(urls) is trap


def test_a_few_addresses_say_nothing_and_a_few_bad_ones_condemn_no_listing():
    for trap, urls in TRAPS.values():
        assert shape(urls[:39]) is None, trap
        assert shape([*urls[:45], *HONEST["dated slugs"]]) is None, trap


@pytest.mark.parametrize(
    ("path", "endless"),
    [
        ("/a/a/a", True),
        ("/x/a/b/a/b/a/b/y", True),
        ("/a/a", False),
        ("/a/b/a/b", False),
        ("/2026/11/11/11/story", False),
        ("/" + "/".join("abcdefgh"), False),
        ("/calendar/next/next/next/next", True),
        ("", False),
    ],
)
def test_a_path_that_repeats_itself_is_endless(path, endless):
    assert is_endless(path) is endless


@given(st.integers(40, 300), st.integers(0, 5))
def test_whatever_has_a_number_of_its_own_is_not_faceted(count, sections):
    assert not is_faceted([f"id={n}&section={n % (sections + 1)}" for n in range(count)])


@pytest.mark.parametrize(
    ("read", "idle", "before", "after"),
    [
        (29, 29, None, None),
        (30, 30, None, Trap.NOTHING_NEW),
        (100, 79, None, None),
        (100, 80, None, Trap.NOTHING_NEW),
        (50, 10, Trap.NOTHING_NEW, None),
        (10, 0, Trap.NOTHING_NEW, Trap.NOTHING_NEW),
        (100, 0, Trap.FACETS, Trap.FACETS),
    ],
)
def test_a_day_s_fruits_catch_a_listing_and_let_it_go(read, idle, before, after):
    assert fruits(read, idle, before) is after


@pytest.mark.parametrize(
    ("taken", "here", "listings", "trapped", "left"),
    [
        (0, 0, 1, False, 2_000),
        (1_990, 1_990, 1, False, 10),
        (2_500, 0, 1, False, 0),
        (0, 0, 3, False, 1_000),
        (1_000, 1_000, 3, False, 0),
        (1_000, 0, 3, False, 1_000),
        (0, 0, 3, True, TRAPPED_PER_DAY),
        (60, 60, 1, True, 0),
    ],
)
def test_one_listing_leaves_room_for_the_others(taken, here, listings, trapped, left):
    assert budget(2_000, taken=taken, taken_here=here, listings=listings, trapped=trapped) == left
