"""The trees of flat queries, as most rules are: `"a b"`, `a AND b`, `(a OR b) AND c`, `a NOT b`. A pure module.

`storage.language.query` reads these too, and makes the same of them; a desk has a hundred thousand rules to load, and this
takes a third of the time.
"""

import re

from storage.language.syntax import And, Node, Not, Or, Words, joined
from storage.language.terms import simple

_PART = re.compile(r'(NOT )?(?:([A-Za-z]+)|"([A-Za-z0-9 ]+)"|\(([A-Za-z]+(?: OR [A-Za-z]+)+)\))(?: AND (?!\Z)| (?=NOT )|\Z)')
_RESERVED = frozenset({"AND", "OR", "NOT", "NEAR", "ONEAR"})


def flat(query: str) -> Node | None:
    """The tree of a flat query, and None for every other: whether it is one at all, and what is wrong, others must say."""
    parts, at, hungry = [], 0, True
    for found in _PART.finditer(query):
        if found.start() != at:
            return None
        at = found.end()
        negative, word, phrase, group = found.groups()
        if group:
            node = _group(group, found.start(4))
        elif phrase:
            words = simple(phrase)
            node = Words(words, column=found.start(3)) if words else None
        else:
            node = Words((word.lower(),), column=found.start(2) + 1) if word not in _RESERVED else None
        if node is None:
            return None
        hungry = hungry and negative is not None
        parts.append(Not(node, found.start() + 1) if negative else node)
    if at != len(query) or hungry:
        return None
    if len(parts) == 1:
        return parts[0]
    below = joined(parts, And)
    return And(below) if len(below) > 1 else below[0]


def _group(text: str, at: int) -> Node | None:
    """What `a OR b` is, which begins at that place."""
    leaves: list[Node] = []
    for word in text.split(" OR "):
        if word in _RESERVED:
            return None
        leaves.append(Words((word.lower(),), column=at + 1))
        at += len(word) + 4
    below = joined(leaves, Or)
    return Or(below) if len(below) > 1 else below[0]
