"""Pieces of a text: the stretch that a query is confined to, and the lead. A pure module."""

from typing import TYPE_CHECKING

from storage.folded import folded_tokens
from storage.language.cuts import Places, between, bits, earliest, some, touching
from storage.language.syntax import Field, Words
from storage.language.texts import FieldText, Hit
from storage.sentences import Span, paragraph_spans

if TYPE_CHECKING:
    from storage.language.sides import Sides


class Piece:
    """A stretch of a text, or those of its tokens that an edit touched: occurrences elsewhere do not count."""

    __slots__ = ("_first", "_stop", "_touched", "base", "name", "near_known")

    def __init__(self, base: FieldText, first: int, stop: int | None, name: Field, touched: list[int] | None = None) -> None:
        self.base = base
        self.near_known: Sides | None = None  # of `storage.language.sides`
        self.name = name
        self._first, self._stop = first, stop  # tokens; None: not worked out yet
        self._touched = touched  # ascending numbers of tokens, one of which an occurrence must have

    @property
    def stop(self) -> int:
        """The token behind its last one."""
        if self._stop is None:
            self._stop = len(self.base.folded)
        return self._stop

    def find(self, leaf: Words, most: int | None = None) -> list[Hit]:
        """Every occurrence of the leaf's words that lies within the piece, ascending; with `most`, so many."""
        places = self.counting(self.within(leaf))
        return [Hit(*span) for span in earliest(places, most or self.stop)] if places else []

    def within(self, leaf: Words) -> Places:
        """The same as bits, whether an edit touched them or not."""
        places = self.base.places(leaf)
        if not places:
            return places
        return some({length: firsts & between(self.start, self.stop - length + 1) for length, firsts in places.items()})

    def counting(self, places: Places) -> Places:
        """Those of the occurrences that the edit touched, where that counts."""
        if self._touched is None or not places:
            return places
        return touching(places, bits(self._touched))

    @property
    def edited(self) -> bool:
        """Whether only what an edit touched counts."""
        return self._touched is not None

    def holds(self, leaf: Words) -> bool:
        """Whether the leaf's words occur within the piece."""
        return bool(self.counting(self.within(leaf)))

    @property
    def shows_words(self) -> bool:
        """Whether any token lies in it."""
        return self.start < self.stop

    @property
    def start(self) -> int:
        """Its first token."""
        return self._first

    def cut(self, first: int, stop: int) -> "Piece":
        """The part of the piece within tokens `first` to `stop`."""
        return Piece(self.base, max(first, self.start), min(stop, self.stop), self.name, self._touched)

    def touched(self, tokens: list[int]) -> "Piece":
        """The piece with only those occurrences that have one of these tokens."""
        return Piece(self.base, self.start, self.stop, self.name, tokens)


class Lead(Piece):
    """The beginning of a text: the standfirst that the page marks, else the first paragraph that does not repeat the title.

    Worked out when it is asked for.
    """

    __slots__ = ("_marked", "_title")

    def __init__(self, base: FieldText, marked: str, title: FieldText) -> None:
        super().__init__(base, 0, None, Field.LEAD)
        self._marked = marked.strip()
        self._title = title

    @property
    def start(self) -> int:
        """Its first token."""
        _ = self.stop
        return self._first

    @property
    def stop(self) -> int:
        """The token behind its last one."""
        if self._stop is None:
            self._first, self._stop = self._span()
        return self._stop

    def _span(self) -> Span:
        text = self.base.text
        if self._marked and text.startswith(self._marked):
            return 0, len(folded_tokens(self._marked))
        at = 0
        for begin, end in paragraph_spans(text):
            tokens = folded_tokens(text[begin:end])
            if tokens and list(tokens) != list(self._title.folded):
                return at, at + len(tokens)
            at += len(tokens)
        return 0, at


Text = FieldText | Piece


def piece(text: Text) -> Piece:
    """The text as a piece, all of it."""
    return text if isinstance(text, Piece) else Piece(text, 0, None, text.name)
