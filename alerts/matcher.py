"""N rules × one document → the rules that match, with evidence. A pure module.

Most rules cannot match a given document, because a word that they require is missing. So each rule is filed under
words that it requires, the rarest first: rarest word → second word → rules. A document asks only for its own words;
the rules found so are judged by `storage.evaluate`. Rules that require no word are judged every time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from storage.candidates import required
from storage.evaluate import evaluate, prepare
from storage.models import Document, DocumentKind, Evidence, Rule
from storage.query import parse
from storage.syntax import And, Leaf, Near, Node, Not, Or, Prefix
from storage.tokens import COMMON_WORDS

_ONLY_ONE = ""  # in place of the second word, where a rule requires no second

Key = str
"""A word, or the beginning of one with a star behind it (no token holds a star)."""
Pair = tuple[Key, Key]


@dataclass(slots=True)
class _Index:
    """The rules that may match one kind of document."""

    filed: dict[Key, dict[Key, set[int]]] = field(default_factory=dict)
    always: set[int] = field(default_factory=set)
    beginnings: dict[int, int] = field(default_factory=dict)  # length of a beginning → how often it is filed

    def add(self, rule_id: int, pairs: Iterable[Pair] | None) -> None:
        if pairs is None:
            self.always.add(rule_id)
            return
        for first, second in pairs:
            self.filed.setdefault(first, {}).setdefault(second, set()).add(rule_id)
            self._count(first, second, 1)

    def remove(self, rule_id: int, pairs: Iterable[Pair] | None) -> None:
        if pairs is None:
            self.always.discard(rule_id)
            return
        for first, second in pairs:
            seconds = self.filed[first]
            seconds[second].discard(rule_id)
            if not seconds[second]:
                del seconds[second]
            if not seconds:
                del self.filed[first]
            self._count(first, second, -1)

    def _count(self, first: Key, second: Key, step: int) -> None:
        for key in (first, second):
            if key.endswith("*"):
                length = len(key) - 1
                self.beginnings[length] = self.beginnings.get(length, 0) + step
                if not self.beginnings[length]:
                    del self.beginnings[length]

    def candidates(self, words: set[str]) -> set[int]:
        """The rules of which a document with these words has what they require."""
        keys = words | {f"{word[:length]}*" for length in self.beginnings for word in words if len(word) >= length}
        keys.add(_ONLY_ONE)
        found = set(self.always)
        for first in self.filed.keys() & keys:
            seconds = self.filed[first]
            for second in seconds.keys() & keys:
                found |= seconds[second]
        return found


@dataclass(frozen=True, slots=True)
class _Filed:
    rule: Rule
    node: Node
    places: dict[DocumentKind, frozenset[Pair] | None]


class Matcher:
    """A set of rules that can be asked about a document; rules are known by their id."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self._rules: dict[int, _Filed] = {}
        self._indexes = {kind: _Index() for kind in DocumentKind}
        for rule in rules:
            self.add(rule)

    def __len__(self) -> int:
        return len(self._rules)

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self._rules

    def add(self, rule: Rule) -> None:
        """Watch for this rule too, in place of an earlier one of the same id; raises QueryError, changing nothing."""
        node = parse(rule.query).node
        self.remove(rule.id)
        places: dict[DocumentKind, frozenset[Pair] | None] = {}
        for kind, index in self._indexes.items():
            needs = required(node, kind)
            if needs is False:
                continue
            places[kind] = None if isinstance(needs, bool) else frozenset(_pairs(needs))
            index.add(rule.id, places[kind])
        self._rules[rule.id] = _Filed(rule, node, places)

    def remove(self, rule_id: int) -> None:
        """Forget a rule; one that is not known is no error."""
        filed = self._rules.pop(rule_id, None)
        if filed is not None:
            for kind, pairs in filed.places.items():
                self._indexes[kind].remove(rule_id, pairs)

    def match(self, document: Document) -> list[tuple[Rule, tuple[Evidence, ...]]]:
        """Every rule that matches the document, with its evidence, by ascending rule id."""
        prepared = prepare(document)
        matched = []
        for rule_id in sorted(self._indexes[document.kind].candidates(prepared.words)):
            filed = self._rules[rule_id]
            evidence = evaluate(filed.node, prepared)
            if evidence is not None:
                matched.append((filed.rule, evidence))
        return matched


def _pairs(node: Node) -> list[Pair]:
    """Pairs of keys such that a document which satisfies the node has both keys of at least one pair."""
    match node:
        case And():
            return _of_all([_pairs(part) for part in node.parts])
        case Or():
            return [pair for part in node.parts for pair in _pairs(part)]
        case Near() | Not():
            raise TypeError(f"{type(node).__name__} is nothing that a word is required for")  # `required` yields none
        case _:
            return [_of_leaf(node)]


def _of_all(choices: list[list[Pair]]) -> list[Pair]:
    """The choice that costs least; a first word alone takes another part's for its second, where that has only one."""
    choices = sorted(choices, key=lambda pairs: sum(_cost(pair[0]) for pair in pairs))
    single = [pairs[0][0] for pairs in choices[1:] if len(pairs) == 1]
    return [(first, second or next((other for other in single if other != first), _ONLY_ONE)) for first, second in choices[0]]


def _of_leaf(leaf: Leaf) -> Pair:
    keys = set(leaf.words[:-1]) | {leaf.words[-1] + "*"} if isinstance(leaf, Prefix) else set(leaf.words)
    first, *others = sorted(keys, key=lambda key: (_cost(key), key))
    return first, others[0] if others else _ONLY_ONE


def _cost(key: Key) -> int:
    """A guess how many articles hold the key, from 1: the longer a word the rarer, a beginning less so."""
    if key in COMMON_WORDS:
        return 100
    length = len(key) - 3 if key.endswith("*") else len(key)
    return max(1, 12 - length) if length > 0 else 50
