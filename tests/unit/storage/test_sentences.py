import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.sentences import sentences


@pytest.mark.parametrize(
    "parts",
    [
        ["Mr. Smith of the U.S. said no.", "Gov. Ruiz left on Jan. 5 with J. R. Ewing."],
        ["“He lied.”", "She wept!", "Why?", "Nobody knows…", "It rained."],
        ["Am 3. März fiel Schnee.", "Es war kalt."],
        ["Yahoo! reported that it cost 3.5 pct.", "No. 5 is alive."],
        ["官员称，工程费用约为三十亿元。", "他说：“不会再延期。”", "之后离开。"],
        ["वह चला गया।", "फिर लौटा।"],
        ["قال الوزير ذلك؟", "ثم غادر.", "ثم عاد."],
    ],
)
def test_sentences_end_where_they_end(parts):
    joined = "" if parts[0].endswith("。") else " "
    assert sentences(joined.join(parts)) == parts


def test_lines_end_sentences():
    assert sentences("A heading\n\nThen a text. And\nmore") == ["A heading", "Then a text.", "And more"]
    assert sentences("A heading\nThen a text. And\nmore") == ["A heading", "Then a text.", "And", "more"]


@given(st.text(max_size=200))
def test_no_character_is_lost(text):
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text", ["." * 200_000, ".)))" * 50_000, " " * 200_000 + "x", "ก " * 100_000, ". " + '"' * 200_000, "\n" * 200_000]
)
def test_hostile_texts_take_no_time(text):
    before = time.process_time()
    sentences(text)
    assert time.process_time() - before < 5
