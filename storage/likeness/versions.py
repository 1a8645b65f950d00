"""What a changed text is to the one before it: nothing new, a minor or a major version, or another article. A pure module."""

from dataclasses import dataclass

from storage.folded import token_string
from storage.likeness.date_lines import dateline_end, is_date_line
from storage.likeness.overlap import SAME_TITLE, Content, compare
from storage.models import Change

_MINOR = 0.95  # of both texts' shingles
_REPLACED = 0.3  # of either: less is another text
_RENEWED = 0.1  # under the same title: such as a morning briefing that is written anew each day
_STUB = 40  # words: so short a text is an announcement of the one that replaces it, if it speaks of the same
_STUB_WORDS = 0.5


@dataclass(frozen=True, slots=True)
class State:
    """An article's title and text as they are, or would be: the words themselves, and what is compared of them."""

    text: str
    content: Content


def change(old: State, new: State) -> Change:
    """What the new state is: SAME (nothing a reader would call an edit), MINOR, MAJOR, or REPLACED by another article."""
    same_title = old.content.title == new.content.title
    if same_title and without_dates(old.text) == without_dates(new.text):
        return Change.SAME
    overlap = compare(new.content, old.content)
    most, least = max(overlap.of_new, overlap.of_old), min(overlap.of_new, overlap.of_old)
    if most < _REPLACED and _is_another(old.content, new.content, most, overlap.titles):
        return Change.REPLACED
    numbers_stay = old.content.number_values == new.content.number_values
    return Change.MINOR if same_title and least >= _MINOR and numbers_stay else Change.MAJOR


def _is_another(old: Content, new: Content, most: float, titles: float) -> bool:
    if min(len(old.text.tokens), len(new.text.tokens)) < _STUB:
        return titles < SAME_TITLE and _shared_words(old, new) < _STUB_WORDS
    return titles < SAME_TITLE or most < _RENEWED


def _shared_words(old: Content, new: Content) -> float:
    """Of the telling words of the shorter text, titles included, the share that the other has."""
    ours, theirs = old.words | old.title_words, new.words | new.title_words
    smaller = min(len(ours), len(theirs))
    return len(ours & theirs) / smaller if smaller else 0.0


def without_dates(text: str) -> str:
    """The folded words of a text without the lines and the beginnings of lines that only say when and where it was written."""
    kept = (token_string(line[dateline_end(line) :]) for line in text.splitlines() if not is_date_line(line))
    return " ".join(filter(None, kept))
