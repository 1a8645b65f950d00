"""What a changed text is: nothing, a minor or major version, or another article."""

import pytest

from storage.folded import token_string
from storage.likeness.date_lines import is_date_line
from storage.likeness.overlap import content
from storage.likeness.versions import State, change
from storage.models import Change

SITE = "courier.example"
TITLE = "Port of Malden closed"
LEAD = "The port of Malden closed on Monday after a crane fell into the dock, its master said."
MORE = (
    "Four barges with coal for the power station lie in the roads and cannot be unloaded until divers have looked at the chain.",
    "The council meets on Thursday at 10:30 in the long room to hear what the pilots think of the matter, a clerk said.",
    "Nobody was hurt, but the driver of the crane, who had gone for his tea, was brought to the infirmary with a chill.",
)
TEXT = "\n\n".join((LEAD, *MORE))
OTHERS = (
    "Seven choirs sang at the cathedral of Harwick on Sunday, and the youngest of them won the silver cup for the third time.",
    "Its conductor, a retired postman, said that he had never heard so many wrong notes sung with so much feeling in one day.",
    "The next contest will be held in spring, when the roof has been mended, and will be judged by somebody from elsewhere.",
)
OTHER = "\n\n".join(OTHERS)


def state(text=TEXT, title=TITLE):
    return State(text, content(token_string(title), token_string(text), SITE))


CHANGES = [
    ("as it was", state(), Change.SAME),
    ("other blanks and signs", state(TEXT.replace(" ", "\u00a0 ").replace(".", "!")), Change.SAME),
    ("other case", state(TEXT.upper(), TITLE.upper()), Change.SAME),
    ("a date line", state(f"Updated 24 November 2026, 10:31 GMT\n\n{TEXT}"), Change.SAME),
    ("a German date line", state(f"{TEXT}\n\nStand: 24. März 2026, 10:31 Uhr"), Change.SAME),
    ("the date of a report", state(f"MALDEN, March 4 - {TEXT}"), Change.SAME),
    ("how long ago", state(f"Updated 5 minutes ago\n\n{TEXT}"), Change.SAME),
    ("one word", state(TEXT.replace("a chill", "a cold")), Change.MINOR),
    ("one figure", state(TEXT.replace("10:30", "11:30")), Change.MAJOR),
    ("another title", state(title="Port of Malden reopened"), Change.MAJOR),
    ("a paragraph more", state(f"{TEXT}\n\nThe master resigned on Tuesday, after he had been asked to by both of his deputies."),
     Change.MAJOR),
    ("half of it gone", state("\n\n".join((LEAD, MORE[0]))), Change.MAJOR),
    ("another article", state(OTHER, "Youngest choir wins the cup again"), Change.REPLACED),
    ("another article under a standing title", state(OTHER), Change.REPLACED),
]  # fmt: skip


@pytest.mark.parametrize(("new", "became"), [row[1:] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_a_changed_text_is(new, became):
    assert change(state(), new) is became


def test_an_announcement_grows_into_its_article():
    stub = state("Crane falls into the dock of Malden. More soon.", "Crane falls in Malden")
    assert change(stub, state()) is Change.MAJOR
    assert change(stub, state(OTHER, "Youngest choir wins the cup again")) is Change.REPLACED


LINES = {
    "Updated 24 November 2026, 10:31 GMT": True,
    "Published: Nov 24, 2026 at 9:05 a.m. EST": True,
    "24.11.2026": True,
    "Aktualisiert am 24. November 2026 um 10.31 Uhr": True,
    "Publié le 24 novembre 2026 à 10h31": True,
    "2026年11月24日 10:31 更新": True,
    "Обновлено 24 ноября 2026 в 10:31": True,
    "3 hours ago": True,
    "": False,
    "Updated": False,
    "12 March: two boats lost": False,
    "3-1": False,
    "1,250": False,
    "Turnover 2026: 31.5": False,
    "May": False,
}


@pytest.mark.parametrize("line", LINES)
def test_which_lines_are_dates(line):
    assert is_date_line(line) is LINES[line]
