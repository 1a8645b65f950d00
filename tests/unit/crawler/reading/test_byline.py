import pytest

from crawler.reading.byline import is_byline

NAMES = ("Marta Quillfeather", "Ivo Hargreave-Dunn", "Northern Wire")


@pytest.mark.parametrize(
    "line",
    [
        "November 22, 2026 by Marta Quillfeather",
        "Northern Wire,",
        "By Marta Quillfeather and Ivo Hargreave-Dunn",
        "MARTA QUILLFEATHER | Northern Wire",
        "Published on 2026-11-22",
        "22 November 2026",
        "Von Marta Quillfeather, aktualisiert am 22.11.2026",
    ],
)
def test_a_byline_says_only_who_and_when(line):
    assert is_byline(line, NAMES)


@pytest.mark.parametrize(
    "line",
    [
        "Marta Quillfeather was elected mayor on Tuesday.",
        "The ferry ran aground on 22 November 2026.",
        "In 2026",
        "by and by",
        "Strike!",
        "Northern Wire has learnt that the pier will close.",
        "x" * 200,
    ],
)
def test_a_sentence_is_no_byline(line):
    assert not is_byline(line, NAMES)


def test_without_names_a_name_is_a_line_of_the_text():
    assert not is_byline("Marta Quillfeather", ())
