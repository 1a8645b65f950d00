import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.likeness.novelty import Heard, additions
from storage.sentences import sentences

DAM = "The dam above the town of Ríohondo broke on Sunday morning after two weeks of rain."
words = st.sampled_from(
    ["The", "dam", "broke", "12", "not", "of", "Una.", "rain!", "雨", "降", "。", "กรุง", "1,000", "\n", "a"]
)
texts = st.lists(words, max_size=60).map(" ".join)


@given(texts)
def test_a_copy_adds_nothing(text):
    assert additions([text, text])[1] == []


@given(st.lists(texts, max_size=4), texts)
def test_what_is_new_stands_in_the_text_and_is_heard_afterwards(before, text):
    heard = Heard()
    for each in before:
        heard.add(each)
    new = heard.news(text)
    assert set(new) <= set(sentences(text))
    assert len(set(new)) == len(new)
    heard.add(text)
    assert heard.news(text) == []


@given(texts, texts)
def test_hearing_more_leaves_no_more_new(text, other):
    heard = Heard()
    heard.add(other)
    assert set(heard.news(text)) <= set(additions([text])[0])


@pytest.mark.parametrize(
    "sentence",
    [
        DAM.upper(),
        DAM.replace("Ríohondo", "Riohondo").replace(" on ", ", on – "),
        DAM.replace("broke", "collapsed"),
        DAM.replace("The dam", "The old dam").replace("after two weeks", "after some two weeks"),
        f"RÍOHONDO, March 3 (Wire) - {DAM}",
        DAM.removesuffix(" after two weeks of rain.") + ".",
    ],
)
def test_small_edits_are_not_new(sentence):
    assert additions([DAM, sentence])[1] == []


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ("At least 12 people were killed and many are missing.", "At least 15 people were killed and many are missing."),
        ("The mayor said on Sunday that he will resign.", "The mayor said on Sunday that he will not resign."),
        ("Shares of the company rose by 3.5 percent on Monday.", "Shares of the company rose by 2.5 percent on Monday."),
        ("官员称，工程费用约为三十亿元。", "官员称，工程费用约为四十亿元。"),
        (DAM, "Boats are on the way from three provinces."),
        (DAM, f"{DAM[:-1]}, while the ministers of four neighbouring countries met on the coast for a dinner of oysters."),
    ],
)
def test_a_changed_number_a_denial_and_other_words_are_new(before, sentence):
    assert additions([before, sentence]) == [[before], [sentence]]


def test_a_number_counts_where_it_was_told():
    """That 15 stands in an earlier text somewhere makes no "15 dead" old."""
    before = "At least 12 people were killed and many are missing. The dam was 15 metres high and built of earth."
    assert additions([before, "At least 15 people were killed and many are missing."])[1] != []
    assert additions(["It cost 1,000 euros in all, the state said.", "It cost 1.000 euros in all, the state said."])[1] == []


def test_two_earlier_sentences_that_became_one_are_not_new():
    before = "The dam was built in 1962 by the state. Engineers had warned of cracks in its eastern wall for 20 years."
    after = "The dam was built in 1962 by the state, and engineers had warned of cracks in its eastern wall for 20 years."
    assert additions([before, after])[1] == []


def test_each_is_compared_with_all_before_it():
    second, third = "Schools in the valley stay closed.", "Trains stop at the border."
    found = additions([DAM, f"{DAM} {second}", f"{second} {third}", f"{DAM} {third} {third}"])
    assert found == [[DAM], [second], [third], []]


def test_japanese_and_thai():
    old = "新しい地下鉄の路線は来年開業する予定だと市が発表した。"
    assert additions([old, old.replace("発表した", "発表しました")])[1] == []
    assert additions([old, f"{old}運賃は据え置かれる。"])[1] == ["運賃は据え置かれる。"]
    thai = "รถไฟสายใหม่จะเปิดให้บริการในปีหน้าตามที่รัฐบาลแถลง"
    assert additions([thai, f"{thai} ผู้โดยสารคาดว่าจะมีจำนวนมากกว่าที่เคยเป็นมา"])[1] == ["ผู้โดยสารคาดว่าจะมีจำนวนมากกว่าที่เคยเป็นมา"]
