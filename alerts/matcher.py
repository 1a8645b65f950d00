"""N rules × one document → the rules that match, with evidence. A pure module.

Rules are filed under keys that they require (`alerts.keys`): first key → second key → rules. A document asks only for its own
keys; the rules found so are judged by `storage.evaluate`. Rules that require no key are judged every time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from alerts.keys import OLD, ONLY_ONE, TRIGRAM, Key, Pair, pairs_of, stem_key
from storage.errors import QueryError
from storage.evaluate import evaluate
from storage.models import Asked, Document, DocumentKind, Evidence
from storage.prepared import Prepared, prepare
from storage.query import parse
from storage.required import required
from storage.spelling import stem
from storage.syntax import Node

_KEPT = 200_000  # trees that are kept; those of more rules are made when they are asked
_Filed = int | list[int]


@dataclass(slots=True)
class _Shapes:
    """How often keys of each special shape are filed: what a document must offer beside its words."""

    beginnings: Counter[int] = field(default_factory=Counter)  # by length
    stems: Counter[str] = field(default_factory=Counter)  # by language
    pieces: int = 0
    old: int = 0

    def count(self, key: Key, step: int) -> None:
        """Note that a key is filed once more, or once less."""
        if key[:1] == OLD:
            self.old += step
            key = key[1:]
        if key[:1] == "~":
            self.stems[key[1 : key.index(":")]] += step
        elif key[:1] == "*":
            self.pieces += step
        elif key[-1:] == "*":
            self.beginnings[len(key) - 1] += step

    def keys(self, words: set[str]) -> set[Key]:
        """The keys of these words."""
        keys = words.copy()
        for length, filed in self.beginnings.items():
            if filed:
                keys.update([word[:length] + "*" for word in words if len(word) >= length])
        for language, filed in self.stems.items():
            if filed:
                keys.update([stem_key(language, stem(language, word)) for word in words])
        if self.pieces:
            keys.update(["*" + word[at : at + TRIGRAM] for word in words for at in range(len(word) - TRIGRAM + 1)])
        return keys


@dataclass(slots=True)
class _Index:
    """The rules that may match one kind of document."""

    filed: dict[Key, dict[Key, _Filed]] = field(default_factory=dict)
    always: set[int] = field(default_factory=set)
    shapes: _Shapes = field(default_factory=_Shapes)

    def add(self, rule_id: int, pairs: Sequence[Pair] | None) -> None:
        if pairs is None:
            self.always.add(rule_id)
            return
        for first, second in pairs:
            seconds = self.filed.setdefault(first, {})
            there = seconds.get(second)
            if there is None:
                seconds[second] = rule_id
            elif isinstance(there, list):
                there.append(rule_id)
            else:
                seconds[second] = [there, rule_id]
            self.shapes.count(first, 1)
            self.shapes.count(second, 1)

    def remove(self, rule_id: int, pairs: Sequence[Pair] | None) -> None:
        if pairs is None:
            self.always.discard(rule_id)
            return
        for first, second in pairs:
            seconds = self.filed[first]
            there = seconds[second]
            if isinstance(there, list) and len(there) > 1:
                there.remove(rule_id)
            else:
                del seconds[second]
            if not seconds:
                del self.filed[first]
            self.shapes.count(first, -1)
            self.shapes.count(second, -1)

    def candidates(self, prepared: Prepared) -> list[int]:
        """The rules of which a document has what they require, ascending."""
        keys = self.shapes.keys(prepared.words)
        if self.shapes.old:
            keys |= {OLD + key for key in self.shapes.keys(prepared.old_words)}
        keys.add(ONLY_ONE)
        found = set(self.always)
        for first in self.filed.keys() & keys:
            seconds = self.filed[first]
            for second in seconds.keys() & keys if len(seconds) > 1 else seconds:
                if second not in keys:
                    continue
                there = seconds[second]
                if isinstance(there, list):
                    found.update(there)
                else:
                    found.add(there)
        return sorted(found)


class Matcher:
    """A set of rules that can be asked about a document; rules are known by their id.

    `failures`: rules that could not be judged, with what went wrong; whoever reads it may clear it.
    """

    def __init__(self, rules: Iterable[Asked] = ()) -> None:
        self.failures: dict[int, str] = {}
        self._asked: dict[int, Asked] = {}
        self._trees: dict[int, Node] = {}
        self._indexes = {kind: _Index() for kind in DocumentKind}
        for rule in rules:
            self.add(rule)

    def __len__(self) -> int:
        return len(self._asked)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._asked

    def add(self, rule: Asked) -> None:
        """Watch for this rule too, in place of an earlier one of the same id; raises QueryError, changing nothing."""
        node = parse(rule.query).node
        self.remove(rule.id)
        for kind, index in self._indexes.items():
            needs = required(node, kind)
            if needs is not False:
                index.add(rule.id, None if needs is True else pairs_of(needs))
        self._asked[rule.id] = rule
        if len(self._trees) < _KEPT:
            self._trees[rule.id] = node

    def remove(self, rule_id: int) -> None:
        """Forget a rule; one that is not known is no error."""
        rule = self._asked.pop(rule_id, None)
        if rule is None:
            return
        node = self._trees.pop(rule_id, None) or parse(rule.query).node
        for kind, index in self._indexes.items():
            needs = required(node, kind)
            if needs is not False:
                index.remove(rule_id, None if needs is True else pairs_of(needs))

    def match(self, document: Document) -> list[tuple[Asked, tuple[Evidence, ...]]]:
        """Every rule that matches the document, with its evidence, by ascending rule id.

        A rule that cannot be judged costs only itself: it is noted in `failures`.
        """
        prepared = prepare(document)
        matched = []
        for rule_id in self._indexes[document.kind].candidates(prepared):
            try:
                evidence = evaluate(self._tree(rule_id), prepared)
            except (QueryError, RecursionError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError) as error:
                self.failures[rule_id] = f"{type(error).__name__}: {error}"
                continue
            if evidence is not None:
                matched.append((self._asked[rule_id], evidence))
        return matched

    def _tree(self, rule_id: int) -> Node:
        return self._trees.get(rule_id) or parse(self._asked[rule_id].query).node
