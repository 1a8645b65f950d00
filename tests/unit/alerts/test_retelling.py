"""What of a document was not told yet."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.retelling import Told, untold
from storage.models import Document, DocumentKind

CRANE = "A crane of forty tons fell into the dock of Malden on Monday morning and has closed the port, its master said."
CHOIR = (
    "Seven choirs sang at the cathedral of Harwick on Sunday, and the youngest of them won the silver cup for the third time."
)


def document(body, title="Crane falls at Malden"):
    return Document(DocumentKind.VERSION, 1, 1, 1, title=title, body=body)


def test_nothing_is_left_of_a_told_text():
    left = untold(document(CRANE.upper()), [Told(1, CRANE)])
    assert (left.body, left.title) == ("", "")


def test_what_stands_beside_it_is_left():
    assert untold(document(f"{CRANE}\n\n{CHOIR}"), [Told(1, CRANE)]).body == CHOIR.rstrip(".")
    assert untold(document(f"{CHOIR}\n\n{CRANE}"), [Told(1, CRANE)]).body == CHOIR.rstrip(".")
    assert untold(document(f"{CHOIR}\n\n{CRANE}"), [Told(1, CRANE), Told(2, CHOIR)]).body == ""


def test_a_changed_word_is_no_news():
    assert untold(document(CRANE.replace("Monday", "Tuesday")), [Told(1, CRANE)]).body == ""


def test_a_headline_counts_if_it_is_about_what_is_new():
    page = f"{CRANE}\n\n{CHOIR}"
    assert untold(document(page, "Crane falls at Malden"), [Told(1, CRANE)]).title == ""
    assert untold(document(page, "Choirs at Harwick"), [Told(1, CRANE)]).title == "Choirs at Harwick"


@given(st.text(alphabet="abc 港口.,\n", max_size=80), st.text(alphabet="abc 港口.,\n", max_size=80))
def test_what_is_left_is_part_of_the_document(body, told):
    left = untold(document(body), [Told(1, told)]).body
    assert all(part in body for part in left.split("\n\n"))
    assert untold(document(body), [Told(1, body)]).body == ""
