"""N rules × one document → the rules that match, with evidence. A pure module.

Rules are filed under keys that they require (`alerts.keys`): first key → second key → rules. A document asks only for its own
keys; the rules found so are judged by `storage.language.evaluate`. Rules that require no key are judged every time.
"""

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import itemgetter

from alerts.keys import OLD, ONLY_ONE, TRIGRAM, Key, Pair, Proof, pairs_of, proof, stem_key
from storage.errors import QueryError
from storage.language.evaluate import evaluate, matches
from storage.language.prepared import Prepared, prepare
from storage.language.query import parse
from storage.language.required import required
from storage.language.spelling import stem
from storage.language.syntax import Node, Words
from storage.models import Asked, Document, DocumentKind, Evidence

_KEPT = 200_000  # trees that are kept; those of more rules are made again when they are asked
# What a fault in the judging of one rule may be; MemoryError and the like stop more than a rule.
_FAULTS = (RecursionError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_HEAD = 2  # letters by which beginnings of words are sorted
_VERSION = DocumentKind.VERSION  # to read it off its enumeration takes longer
_Filed = int | list[int]


@dataclass(slots=True)
class _Shapes:
    """How often keys of each special shape are filed: what a document must offer beside its words."""

    beginnings: dict[int, dict[str, Counter[int]]] = field(default_factory=dict)  # by size of head: head: lengths
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
            head = key[:-1][:_HEAD]
            beginnings = self.beginnings.setdefault(len(head), {})
            lengths = beginnings.setdefault(head, Counter())
            lengths[len(key) - 1] += step
            if not lengths[len(key) - 1]:
                del lengths[len(key) - 1]
            if not lengths:
                del beginnings[head]

    def keys(self, words: set[str]) -> set[Key]:
        """The keys of these words."""
        keys = words.copy()
        for size, beginnings in self.beginnings.items():
            heads = beginnings and beginnings.keys() & set(map(itemgetter(slice(size)), words))
            if heads:
                begun = [(word, beginnings[head]) for word in words if (head := word[:size]) in heads]
                keys.update([word[:length] + "*" for word, lengths in begun for length in lengths])
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

    def add(self, code: int, pairs: Sequence[Pair] | None) -> None:
        if pairs is None:
            self.always.add(code)
            return
        for first, second in pairs:
            seconds = self.filed.setdefault(first, {})
            there = seconds.get(second)
            if there is None:
                seconds[second] = code
            elif isinstance(there, list):
                there.append(code)
            else:
                seconds[second] = [there, code]
            if not first.isalnum():  # as few are
                self.shapes.count(first, 1)
            if second and not second.isalnum():
                self.shapes.count(second, 1)

    def remove(self, code: int, pairs: Sequence[Pair] | None) -> None:
        if pairs is None:
            self.always.discard(code)
            return
        for first, second in pairs:
            seconds = self.filed[first]
            there = seconds[second]
            if isinstance(there, list) and len(there) > 1:
                there.remove(code)
            else:
                del seconds[second]
            if not seconds:
                del self.filed[first]
            self.shapes.count(first, -1)
            self.shapes.count(second, -1)

    def candidates(self, prepared: Prepared) -> list[int]:
        """The codes of the rules of which a document has what they require, ascending."""
        keys = self.shapes.keys(prepared.words)
        if self.shapes.old:
            keys |= {OLD + key for key in self.shapes.keys(prepared.old_words)}
        keys.add(ONLY_ONE)
        found = set(self.always)
        for first in self.filed.keys() & keys:
            seconds = self.filed[first]
            if seconds.keys().isdisjoint(keys):  # as most are: asked in C
                continue
            for second in seconds.keys() & keys:
                there = seconds[second]
                if isinstance(there, list):
                    found.update(there)
                else:
                    found.add(there)
        return sorted(found)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Nothing is thrown away while many rules are filed, and looking for what could be takes a fifth of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


class Matcher:
    """A set of rules that can be asked about a document; rules are known by their id.

    `failures`: rules that could not be judged, with what went wrong; whoever reads it may clear it.
    """

    def __init__(self, rules: Iterable[Asked] = ()) -> None:
        self.failures: dict[int, str] = {}
        self._asked: dict[int, Asked] = {}
        self._trees: dict[int, Node] = {}  # of rules that need more than their words looked at, and of what has matched
        self._phrases: dict[int, tuple[str, ...]] = {}  # rules that are one phrase
        self._barred: dict[int, frozenset[str]] = {}  # words that an article must not have, of rules that words alone prove
        self._indexes = {kind: _Index() for kind in DocumentKind}
        for _, error in self.add_all(rules):
            raise error

    def add_all(self, rules: Iterable[Asked]) -> list[tuple[Asked, QueryError]]:
        """Watch for all these rules, as `add` does; those that do not parse, with the error. They are not watched for."""
        refused = []
        with _no_collecting():
            for rule in rules:
                try:
                    self.add(rule)
                except QueryError as error:
                    self.remove(rule.id)
                    refused.append((rule, error))
        return refused

    def __len__(self) -> int:
        return len(self._asked)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._asked

    def add(self, rule: Asked) -> None:
        """Watch for this rule too, in place of an earlier one of the same id; raises QueryError, changing nothing."""
        node = parse(rule.query).node
        if rule.id in self._asked:
            self.remove(rule.id)
        proven = proof(node)
        for kind, code, pairs in _places(rule, node, proven):
            self._indexes[kind].add(code, pairs)
        self._asked[rule.id] = rule
        if proven is not None:
            if proven.barred:
                self._barred[rule.id] = proven.barred
        elif isinstance(node, Words) and node.anywhere and len(node.words) > 1:
            self._phrases[rule.id] = node.words
        else:
            self._keep(rule.id, node)

    def remove(self, rule_id: int) -> None:
        """Forget a rule; one that is not known is no error."""
        rule = self._asked.pop(rule_id, None)
        if rule is None:
            return
        self._phrases.pop(rule_id, None)
        self._barred.pop(rule_id, None)
        node = self._trees.pop(rule_id, None) or parse(rule.query).node
        for kind, code, pairs in _places(rule, node, proof(node)):
            self._indexes[kind].remove(code, pairs)

    def match(self, document: Document) -> list[tuple[Asked, tuple[Evidence, ...]]]:
        """Every rule that matches the document, with its evidence, by ascending rule id.

        A rule that cannot be judged costs only itself: it is noted in `failures`.
        """
        prepared = prepare(document)
        found = []
        for asked in self._matching(prepared):
            try:
                evidence = evaluate(self._tree(asked.id), prepared)
            except _FAULTS as error:
                self._failed(asked.id, error)
                continue
            if evidence is None:
                self._failed(asked.id, ValueError("it was found to match, and shows nothing"))
                continue
            found.append((asked, evidence))
        return found

    def verdicts(self, document: Document) -> list[Asked]:
        """The same without evidence, which costs more than the verdict."""
        return list(self._matching(prepare(document)))

    def _matching(self, prepared: Prepared) -> Iterator[Asked]:
        asked, barred, phrases = self._asked, self._barred, self._phrases if prepared.kind is _VERSION else {}
        words, says = prepared.words, prepared.says
        for code in self._indexes[prepared.kind].candidates(prepared):
            rule_id = code >> 1
            if code & 1:
                if (bars := barred.get(rule_id)) and not bars.isdisjoint(words):
                    continue
            elif phrase := phrases.get(rule_id):
                if not says(phrase):
                    continue
            else:
                try:
                    if not matches(self._tree(rule_id), prepared):
                        continue
                except _FAULTS as error:
                    self._failed(rule_id, error)
                    continue
            yield asked[rule_id]

    def _failed(self, rule_id: int, error: Exception) -> None:
        self.failures[rule_id] = f"{type(error).__name__}: {error}"

    def _tree(self, rule_id: int) -> Node:
        return self._trees.get(rule_id) or self._keep(rule_id, parse(self._asked[rule_id].query).node)

    def _keep(self, rule_id: int, node: Node) -> Node:
        if len(self._trees) < _KEPT:
            self._trees[rule_id] = node
        return node


def _places(rule: Asked, node: Node, proven: Proof | None) -> Iterator[tuple[DocumentKind, int, list[Pair] | None]]:
    """Where a rule is filed: for each kind of document its code, and the pairs; None: it is judged every time.

    The code is twice the rule's id, and one more where having a pair proves that it matches.
    """
    if proven is not None:
        yield _VERSION, rule.id << 1 | 1, proven.pairs
        return
    for kind in DocumentKind if "comment" in rule.query.lower() else (_VERSION,):  # only a comment: word matches a comment
        needs = required(node, kind)
        if needs is not False:
            yield kind, rule.id << 1, None if needs is True else pairs_of(needs)
