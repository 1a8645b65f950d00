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


def test_what_a_told_copy_left_out_of_its_middle_is_no_news():
    left_out = "Four barges with coal lie in the roads and wait for the divers, who have been promised for the evening."
    end = "Nobody was hurt, but the driver, who had gone for his tea, was brought to the infirmary with a chill."
    shortened = Told(1, f"{CRANE} {end}")
    assert untold(document(f"{CHOIR}\n\n{CRANE} {left_out} {end}"), [shortened]).body == CHOIR.rstrip(".")
    assert "barges" in untold(document(f"{CRANE} {end} {left_out}"), [shortened]).body
    assert "barges" in untold(document(f"{end} {left_out} {CRANE}"), [shortened]).body


def test_a_headline_counts_if_it_is_about_what_is_new():
    page = f"{CRANE}\n\n{CHOIR}"
    assert untold(document(page, "Crane falls at Malden"), [Told(1, CRANE)]).title == ""
    assert untold(document(page, "Choirs at Harwick"), [Told(1, CRANE)]).title == "Choirs at Harwick"


@given(st.text(alphabet="abc 港口.,\n", max_size=80), st.text(alphabet="abc 港口.,\n", max_size=80))
def test_what_is_left_is_part_of_the_document(body, told):
    left = untold(document(body), [Told(1, told)]).body
    assert all(part in body for part in left.split("\n\n"))
    assert untold(document(body), [Told(1, body)]).body == ""


def test_a_phrase_of_the_trade_tells_nothing_unless_the_text_is_a_copy():
    other = "Zarqueton number 12 was landed at the quay before noon, and the auction began an hour later than it should have."
    body = f"{CHOIR} Zarqueton number 45 was landed at the quay before noon."
    assert "quay" in untold(document(body), [Told(1, other, copy=False)]).body
    assert "quay" not in untold(document(body), [Told(1, other)]).body


def test_a_whole_passage_was_told_wherever_it_stands():
    left = untold(document(f"{CHOIR}\n\n{CRANE}"), [Told(1, CRANE, copy=False)]).body
    assert left == CHOIR.rstrip(".")
