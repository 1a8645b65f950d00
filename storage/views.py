"""The pieces of a document that first50(…), sentence(…), para(…) and changed:…(…) confine a query to. A pure module."""

from collections.abc import Callable, Iterator

from storage.changes import changed
from storage.prepared import Piece, Prepared, Text, View, piece
from storage.syntax import TEXT_FIELDS, Field, Scope, Within


def views(within: Within, view: View, prepared: Prepared) -> Iterator[View]:
    """Each view in which the inner query may be true, seen from the view that it stands in."""
    match within.scope:
        case Scope.FIRST:
            yield _mapped(view, lambda text: text.cut(0, within.number))
        case Scope.SENTENCE | Scope.PARA:
            yield from _segments(view, paragraphs=within.scope is Scope.PARA)
        case Scope.ADDED if prepared.before:
            yield _mapped(view, lambda text: text.touched(changed(prepared, text, removed=False)))
        case Scope.REMOVED if prepared.before:
            yield _mapped(prepared.before, lambda text: text.touched(changed(prepared, text, removed=True)))
        case _:
            return


def _segments(view: View, *, paragraphs: bool) -> Iterator[View]:
    """One view for each sentence or paragraph of each text; only what lies in it is seen, beside the short fields.

    Those of which nothing is seen, such as a sentence behind the first words in first50(sentence(…)), are none.
    """
    bases = {id(text.base): text.base for field in TEXT_FIELDS for text in view.get(field, ())}
    for base in bases.values():
        texts = {
            field: tuple(text for text in found if text.base is base) if field in TEXT_FIELDS else found
            for field, found in view.items()
        }
        for first, stop in base.paragraphs() if paragraphs else base.sentences():
            seen = _mapped(texts, lambda text, first=first, stop=stop: text.cut(first, stop))  # type: ignore[misc]
            if any(piece(text).shows_words for field in TEXT_FIELDS for text in seen.get(field, ())):
                yield seen


def _mapped(view: View, change: Callable[[Piece], Piece]) -> View:
    def changed_text(field: Field, text: Text) -> Text:
        return change(piece(text)) if field in TEXT_FIELDS else text

    return {field: tuple(changed_text(field, text) for text in texts) for field, texts in view.items()}
