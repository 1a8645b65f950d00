"""Bylines and lines of dates in the languages of the press, and sentences that are none."""

import pytest

from crawler.reading.byline import LONGEST_BYLINE, is_byline

NAME = "Marta Quillfeather"


@pytest.mark.parametrize(
    "line",
    [
        f"By {NAME}",
        f"Von {NAME}",
        f"Par {NAME}",
        f"Por {NAME}",
        f"Di {NAME}",
        f"Door {NAME}",
        f"Av {NAME}",
        f"Af {NAME}",
        f"Text: {NAME}",
        f"Autor: {NAME}",
        f"Przez {NAME}, 22.11.2026",
        f"{NAME} | 22.11.2026",
        f"{NAME} – 2026-11-22",
        f"Published by {NAME} on 22 November 2026",
        f"Publié par {NAME} le 22.11.2026",
        f"Publicado por {NAME} el 22/11/2026",
        f"Pubblicato il 22.11.2026 da {NAME}",
        f"Veröffentlicht am 22.11.2026 von {NAME}",
        "Sunday, 22 November 2026",
        "22.11.2026",
        "Updated 22 November 2026",
        f"{NAME}, 5 min read",
    ],
)
def test_only_who_and_when(line):
    assert is_byline(line, (NAME,))


@pytest.mark.parametrize(
    "line",
    [
        f"{NAME} sank.",
        "By the river",
        "Von der Fähre fehlt jede Spur.",
        "Par hasard, il a vu le ferry.",
        "Por suerte nadie murió.",
        "Two days",
        "The ferry sank on 22 November 2026",
        "22",
        "",
        f"{NAME} " * 12,
    ],
)
def test_a_sentence_or_a_scrap_is_none(line):
    assert not is_byline(line, (NAME,))


def test_a_byline_is_short():
    assert not is_byline("By " + " and ".join([NAME] * (LONGEST_BYLINE // len(NAME) + 1)), (NAME,))


def test_the_longer_of_two_names_is_read_first():
    assert is_byline("By Ada Fell-Hargreave", ("Ada Fell", "Ada Fell-Hargreave"))
