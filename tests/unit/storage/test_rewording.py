import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.likeness.paragraphs import words_of
from storage.likeness.rewording import changed, kept, reworded

prose = st.lists(
    st.sampled_from(
        [
            "The",
            "ferry",
            "left",
            "port.",
            "It",
            "sank,",
            "said",
            "Una",
            "(5%)",
            "€5",
            "-3",
            "“no”",
            "渡轮",
            "沉没",
            "กรุงเทพ",
            "\n\n",
            "—",
            "NO",
            "é",
        ]
    ),
    max_size=30,
).map(" ".join)
anything = st.text(max_size=60)


def marked(old, new):
    """The two texts as one, with what went as [-…-] and what came as {+…+}."""
    signs = {True: "[-{}-]", False: "{{+{}+}}"}
    return "".join(
        piece.new
        if piece.same
        else "".join(signs[is_old].format(text) for text, is_old in ((piece.old, True), (piece.new, False)) if text)
        for piece in reworded(old, new)
    )


@given(prose | anything, prose | anything)
def test_the_pieces_are_both_texts(old, new):
    pieces = reworded(old, new)
    assert "".join(piece.old for piece in pieces) == old
    assert "".join(piece.new for piece in pieces) == new


@given(prose | anything, prose | anything)
def test_what_is_the_same_has_the_same_words(old, new):
    for piece in reworded(old, new):
        if piece.same:
            assert words_of(piece.old).keys == words_of(piece.new).keys


@given(prose | anything)
def test_a_text_is_the_same_as_itself_in_capitals_and_other_blanks(text):
    assert not changed(reworded(text, text))
    assert not changed(reworded(text, text.replace(" ", "  ")))
    assert kept(reworded(text, text)) == 1.0


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("The lamp would be mended.", "The lamp had been stolen.", "The lamp [-would be mended-]{+had been stolen+}."),
        ("Shares fell 5% to $12.", "Shares fell 7% to €12.", "Shares fell [-5-]{+7+}% to [-$-]{+€+}12."),
        ("He went home.", "He went home. It rained.", "He went home.{+ It rained.+}"),
        ("It rose to 3 degrees", "It rose to -3 degrees", "It rose to {+-+}3 degrees"),
        ("One. Two.", "One.\n\nTwo.", "One.[- -]{+\n\n+}Two."),
        ("新的地铁线路将于明年开通。", "新的地铁线路将于后年三月开通。", "新的地铁线路将于[-明年-]{+后年三月+}开通。"),
        ("電車は午前中に止まった。", "電車は午後に止まった。", "電車は午[-前中-]{+後+}に止まった。"),
        ("รถไฟหยุดเดิน", "รถไฟสายใหม่หยุดเดิน", "รถไฟ{+สายใหม่+}หยุดเดิน"),
    ],
)
def test_words_are_marked_where_they_changed(old, new, shown):
    assert marked(old, new) == shown


def test_an_insertion_stands_where_a_sentence_begins():
    old = "He said that it sank. He said that it rained."
    new = "He said that it sank. He said that nobody swam. He said that it rained."
    assert marked(old, new) == "He said that it sank. {+He said that nobody swam. +}He said that it rained."


def test_a_lone_common_word_between_long_edits_is_given_up():
    old = "The company has promised to carry the school pupils first, said its owner."
    new = "The company has hired two large trawlers for the vicar's furniture, said its owner."
    shown = marked(old, new)
    assert shown.count("[-") == shown.count("{+") == 1


def test_a_date_before_the_report_is_no_change():
    assert not changed(reworded("PARIS, March 3 (Wire) — The minister left.", "PARIS, March 4 (Wire) — The minister left."))
    assert changed(reworded("PARIS, March 3 (Wire) — 12 people died.", "PARIS, March 3 (Wire) — 15 people died."))
    assert changed(reworded("PARIS, March 3 (Wire) — Rain.", "LYON, March 3 (Wire) — Rain."))
