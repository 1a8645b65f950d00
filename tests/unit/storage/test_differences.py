from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.likeness.date_lines import is_date_line
from storage.likeness.differences import difference
from storage.likeness.paragraphs import paragraphs, words_of
from storage.likeness.unified import unified
from storage.models import Version
from storage.words import ParagraphChange

SEEN = datetime(2026, 3, 1, tzinfo=UTC)
DAM = "The dam was built in 1962 by the state. It held the water of four rivers. Engineers had warned of cracks for years."
PARTS = [
    "The dam was built in 1962 by the state.",
    "It held the water of four rivers. Engineers had warned of cracks for years.",
]
BOATS = "Rescue teams from three provinces are on the way, and the army sent boats."
MINISTER = "The minister of the interior promised that nobody who lost a house would sleep in a tent."
SCHOOLS = "Schools stay closed until Monday, and lessons are read on the wireless."

sentences = st.sampled_from(
    [*PARTS, DAM, BOATS, MINISTER, SCHOOLS, "Rain.", "Updated 3 March 2026, 14:05", "***", "雨が降った。", "A b c d"]
)
edits = st.sampled_from(["{}", "{} It rained.", "Now {}", "{} {}"])
texts = st.lists(st.tuples(edits, sentences).map(lambda both: both[0].format(both[1], both[1])), max_size=12).map("\n\n".join)


def version(number, text, title="Dam breaks"):
    return Version(1, number, title, text, SEEN)


def compared(old, new):
    """The difference of two lists of paragraphs."""
    return difference(version(1, "\n\n".join(old)), version(2, "\n\n".join(new)))


def told(found):
    """What is shown of each paragraph that is shown."""
    return [(str(block.change), block.old, block.new, block.moved) for block in found.blocks if not block.quiet]


def texts_of(found):
    """Both texts, put together from the blocks."""
    old = sorted((block.old[0], "".join(piece.old for piece in block.pieces)) for block in found.blocks if block.old)
    new = sorted((block.new[0], "".join(piece.new for piece in block.pieces)) for block in found.blocks if block.new)
    return ["\n\n".join(text for _, text in side) for side in (old, new)]


@given(texts, texts)
def test_applying_a_difference_gives_both_texts(old, new):
    found = difference(version(1, old), version(2, new))
    assert texts_of(found) == ["\n\n".join(each.text for each in paragraphs(text)) for text in (old, new)]


@given(texts, texts)
def test_every_paragraph_and_every_word_stands_in_one_block(old, new):
    found = difference(version(1, old), version(2, new))
    for side, text in (("old", old), ("new", new)):
        numbers = sorted(number for block in found.blocks for number in getattr(block, side))
        assert numbers == list(range(1, len(paragraphs(text)) + 1))
        words = sorted(
            word
            for block in found.blocks
            for word in words_of("".join(getattr(p, side) for p in block.pieces)).keys
            if word.strip()
        )
        assert words == sorted(word for word in words_of(text).keys if word.strip())


@given(texts, texts)
def test_unchanged_blocks_have_the_same_words(old, new):
    for block in difference(version(1, old), version(2, new)).blocks:
        if block.change is ParagraphChange.SAME:
            ((was, now),) = [("".join(p.old for p in block.pieces), "".join(p.new for p in block.pieces))]
            assert words_of(was).keys == words_of(now).keys


@given(texts)
def test_a_text_has_no_difference_to_itself(text):
    assert difference(version(1, text), version(2, text)).empty
    assert unified(version(1, text), version(2, text)) == []


@given(texts, texts)
def test_the_unified_lines_lead_from_one_text_to_the_other(old, new):
    """Taking away what went and putting in what came leaves as many paragraphs as there are, but for lines of dates."""
    lines = unified(version(1, old), version(2, new))[2:]
    went = [line[1:] for line in lines if line.startswith("-")]
    came = [line[1:] for line in lines if line.startswith("+")]
    before, after = ([each.text for each in paragraphs(text) if not is_date_line(each.text)] for text in (old, new))
    assert len(before) - sum(not is_date_line(line) for line in went) + sum(not is_date_line(line) for line in came) == len(
        after
    )
    assert set(went) <= {each.text for each in paragraphs(old)}
    assert set(came) <= {each.text for each in paragraphs(new)}


def test_reworded_added_and_removed():
    found = compared([DAM, BOATS, SCHOOLS], [DAM, BOATS.replace("three", "five"), MINISTER])
    assert told(found) == [("reworded", (2,), (2,), False), ("removed", (3,), (), False), ("added", (), (3,), False)]


def test_moved_and_moved_with_an_edit():
    found = compared([DAM, BOATS, MINISTER, SCHOOLS], [SCHOOLS, DAM, BOATS, MINISTER])
    assert told(found) == [("same", (4,), (1,), True)]
    found = compared([DAM, BOATS, MINISTER, SCHOOLS], [SCHOOLS.replace("Monday", "Friday"), DAM, BOATS, MINISTER])
    assert told(found) == [("reworded", (4,), (1,), True)]


def test_split_and_merged():
    assert told(compared([BOATS, DAM], [BOATS, *PARTS])) == [("split", (2,), (2, 3), False)]
    assert told(compared([BOATS, *PARTS], [BOATS, DAM])) == [("merged", (2, 3), (2,), False)]
    found = compared([BOATS, DAM], [BOATS, PARTS[0], PARTS[1].replace("four rivers", "five large rivers")])
    assert told(found) == [("split", (2,), (2, 3), False)]


def test_a_paragraph_written_anew_between_two_that_stayed():
    found = compared(
        [DAM, "The company has promised to carry the post first, and then the pupils of the school.", BOATS],
        [DAM, "The company has hired a trawler for the post, and asks everybody else to wait.", BOATS],
    )
    assert told(found) == [("reworded", (2,), (2,), False)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{DAM}\n\n{BOATS}", f"  {DAM.upper()}\n \n\n{BOATS.replace(',', ' –')}  "),
        (f"Updated 3 March 2026, 14:05 GMT\n\n{DAM}", f"Updated 4 March 2026, 09:15 GMT\n\n{DAM}"),
        (DAM, f"{DAM}\n\nLast updated: 2026-03-04"),
        (f"LISBON, March 3 (Wire) — {DAM}", f"LISBON, March 4 (Wire) — {DAM}"),
        (f"{DAM}\n{BOATS}", f"{DAM}\n\n{BOATS}"),
    ],
)
def test_blanks_spelling_and_dates_show_nothing(old, new):
    assert difference(version(1, old), version(2, new)).empty
    assert unified(version(1, old), version(2, new)) == []


def test_the_title():
    found = difference(version(1, DAM, "Dam breaks"), version(2, DAM, "Dam breaks, nobody hurt"))
    assert not found.empty
    assert "".join(piece.new for piece in found.title) == "Dam breaks, nobody hurt"
    assert difference(version(1, DAM, "Dam breaks"), version(2, DAM, "DAM BREAKS!")).empty


def test_unified_lines_are_those_of_a_unified_diff():
    lines = unified(version(1, f"{DAM}\n\n{BOATS}\n\n{MINISTER}"), version(3, f"{DAM}\n\n{SCHOOLS}\n\n{MINISTER}", "Dam broke"))
    assert lines == [
        "--- version 1", "+++ version 3", "@@ -1,4 +1,4 @@",
        "-Dam breaks", "+Dam broke", f" {DAM}", f"-{BOATS}", f"+{SCHOOLS}", f" {MINISTER}",
    ]  # fmt: skip


def numbered(count, shift=0):
    return "\n\n".join(f"line {n + shift} of the long log" for n in range(count))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b c\n\n" * 20_000, "a b c\n\n" * 19_000),
        (numbered(20_000), numbered(20_000, 70_000)),
        ("\n\n".join(["x y", "z"] * 10_000), "\n\n".join(["z", "x y"] * 10_000)),
        (" ".join(f"w{n % 9_973}" for n in range(200_000)), " ".join(f"w{n * 7 % 9_973}" for n in range(200_000))),
        (" ".join(f"w{n}" for n in range(200_000)), "\n\n".join(f"w{n}" for n in range(20_000))),
    ],
    ids=["equal paragraphs", "one number differs", "alternating", "long text shuffled", "one against many"],
)
@pytest.mark.timeout(120)
def test_hostile_texts_end(old, new):
    found = difference(version(1, old), version(2, new))
    assert texts_of(found) == ["\n\n".join(each.text for each in paragraphs(text)) for text in (old, new)]
