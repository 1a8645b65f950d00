import pytest

from storage.likeness.date_lines import dateline_end, is_date_line


@pytest.mark.parametrize(
    "line",
    [
        "Updated 3 March 2026, 14:05 GMT",
        "Last updated at 19:40 on Tuesday, March 3rd 2026",
        "Published: 2026-03-03T14:05Z",
        "03.03.2026, 14:05 Uhr",
        "Stand: 3. März 2026 14:05 Uhr",
        "Publié le 3 mars 2026 à 14h05, mis à jour à 19h40",
        "Actualizado el 3 de marzo de 2026",
        "2026年3月3日 14:05 更新",
        "Опубликовано 3 марта 2026 г. в 14:05",
        "Updated 5 minutes ago",
        "3 March 2026",
    ],
)
def test_a_line_of_dates(line):
    assert is_date_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Updated",
        "10.50",
        "21:14",
        "The ferry left on 3 March 2026.",
        "By Marta Quillfeather, 3 March 2026",
        "Rain and wind on Tuesday at 5",
        "12 dead in March 2026",
        "3 Marchers",
        "5% in 2026",
        "March",
        "1,200 to 1,300",
    ],
)
def test_what_says_more_or_no_date(line):
    assert not is_date_line(line)


def test_the_dateline_of_a_report():
    text = "PARIS, March 3 (Wire) — The minister said."
    assert text[dateline_end(text) :] == "The minister said."
    assert dateline_end("The minister – who left in March – said") == 0
    assert dateline_end("The minister said nothing.") == 0
