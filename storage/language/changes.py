"""Which words an edit brought, and which it took. A pure module.

Words that only moved were neither brought nor taken: what stands in both versions as a whole sentence of four words or more.
"""

from collections.abc import Iterable

from storage.language.pieces import Text
from storage.language.prepared import Prepared
from storage.language.syntax import Field
from storage.language.texts import FieldText
from storage.likeness.alignment import aligned

_LEAST_MOVED = 4  # words: shorter sentences, such as "He declined.", are alike by chance


def changed(prepared: Prepared, text: Text, *, removed: bool) -> list[int]:
    """The numbers of the tokens of a text that the edit brought; of a text of the version before, those that it took.

    `text` is the title or the body, or a piece of them; a text that cannot change has none. Worked out once a document.
    """
    field = text.base.name
    if field not in {Field.TITLE, Field.BODY}:
        return []
    if (field, removed) not in prepared.changes:
        (old,), (new,) = prepared.before[field], prepared.texts[field]
        took, brought = _changed(old.base, new.base)
        prepared.changes |= {(field, True): took, (field, False): brought}
    return prepared.changes[field, removed]


def _changed(old: FieldText, new: FieldText) -> tuple[list[int], list[int]]:
    """The numbers of the tokens of either text that one alignment pairs with none of the other, and that did not only move."""
    runs = aligned(old.folded, new.folded)
    took = _alone(old, new, ((run.old, run.length) for run in runs))
    return took, _alone(new, old, ((run.new, run.length) for run in runs))


def _alone(text: FieldText, other: FieldText, paired: Iterable[tuple[int, int]]) -> list[int]:
    words, others = tuple(text.folded), tuple(other.folded)
    is_alone = [True] * len(words)
    for start, length in paired:
        is_alone[start : start + length] = [False] * length
    if not any(is_alone):
        return []
    known = {others[start:stop] for start, stop in other.sentences() if stop - start >= _LEAST_MOVED}
    for start, stop in text.sentences():
        if words[start:stop] in known:
            is_alone[start:stop] = [False] * (stop - start)
    return [number for number, alone in enumerate(is_alone) if alone]
