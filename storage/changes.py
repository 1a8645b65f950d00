"""Which words an edit brought, and which it took. A pure module.

Words that only moved were neither brought nor taken: what stands in both versions as a whole sentence of four words or more.
"""

from storage.alignment import aligned
from storage.prepared import FieldText, Prepared, Text
from storage.syntax import Field

_LEAST_MOVED = 4  # words: shorter sentences, such as "He declined.", are alike by chance


def changed(prepared: Prepared, text: Text, *, removed: bool) -> list[int]:
    """The numbers of the tokens of a text that the edit brought; of a text of the version before, those that it took.

    `text` is the title, the lead or the body; a text that cannot change has none. Worked out once a document.
    """
    field = text.base.name
    if field not in {Field.TITLE, Field.LEAD, Field.BODY}:
        return []
    known = prepared.changes.get((field, removed))
    if known is None:
        (old,), (new,) = prepared.before[field], prepared.texts[field]
        one, other = (new.base, old.base) if removed else (old.base, new.base)
        known = prepared.changes[field, removed] = fresh(one, other)
    return known


def fresh(old: FieldText, new: FieldText) -> list[int]:
    """The numbers of the tokens of `new` that are not in `old`, ascending."""
    was, now = tuple(old.folded), tuple(new.folded)
    is_new = [True] * len(now)
    for run in aligned(was, now):
        is_new[run.new : run.new + run.length] = [False] * run.length
    if not any(is_new):
        return []
    known = {was[start:stop] for start, stop in old.sentences() if stop - start >= _LEAST_MOVED}
    for start, stop in new.sentences():
        if now[start:stop] in known:
            is_new[start:stop] = [False] * (stop - start)
    return [number for number, found in enumerate(is_new) if found]
