"""The pieces of a document that first50(…), sentence(…), para(…) and changed:…(…) confine a query to. A pure module."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

from storage.language.changes import changed
from storage.language.pieces import Piece, Text, piece
from storage.language.prepared import Prepared, View
from storage.language.syntax import TEXT_FIELDS, Field, Scope, Within


def views(within: Within, view: View, prepared: Prepared) -> Iterator[View]:
    """Each view in which the inner query may be true, seen from the view that it stands in."""
    if within.scope in {Scope.SENTENCE, Scope.PARA}:
        yield from _cut(view, paragraphs=within.scope is Scope.PARA)
    elif view is not prepared.texts:
        yield from _narrowed(within, view, prepared)
    else:
        known = prepared.narrowed.get((within.scope, within.number))
        if known is None:
            for known in _narrowed(within, view, prepared):
                prepared.narrowed[within.scope, within.number] = known
        if known is not None:
            yield known


def _narrowed(within: Within, view: View, prepared: Prepared) -> Iterator[View]:
    """The one view of the first words, or of what an edit did, if there is any."""
    match within.scope:
        case Scope.FIRST:
            yield _mapped(view, lambda text: text.cut(0, within.number))
        case Scope.ADDED if prepared.before:
            yield _mapped(view, lambda text: text.touched(changed(prepared, text, removed=False)))
        case Scope.REMOVED if prepared.before:
            yield _mapped(prepared.before, lambda text: text.touched(changed(prepared, text, removed=True)))
        case _:
            return


def _cut(view: View, *, paragraphs: bool) -> Iterator[View]:
    """One view for each sentence or paragraph of each text; only what lies in it is seen, beside the short fields.

    Those of which nothing is seen, such as a sentence behind the first words in first50(sentence(…)), are none.
    """
    bases = {id(text.base): text.base for field in Field if field in TEXT_FIELDS for text in view.get(field, ())}
    for base in bases.values():
        own = {field: [piece(text) for text in view.get(field, ()) if text.base is base] for field in TEXT_FIELDS}
        shown = [text for pieces in own.values() for text in pieces if text.shows_words]
        segments = base.paragraphs() if paragraphs else base.sentences()
        low = bisect_right(segments, min((text.start for text in shown), default=0), key=lambda segment: segment[1])
        high = bisect_left(segments, max((text.stop for text in shown), default=0), key=lambda segment: segment[0])
        for first, stop in segments[low:high]:
            cut = {field: tuple([text.cut(first, stop) for text in pieces]) for field, pieces in own.items()}
            if any(text.shows_words for pieces in cut.values() for text in pieces):
                yield view | cut


def _mapped(view: View, change: Callable[[Piece], Piece]) -> View:
    def changed_text(field: Field, text: Text) -> Text:
        return change(piece(text)) if field in TEXT_FIELDS else text

    return {field: tuple(changed_text(field, text) for text in texts) for field, texts in view.items()}
