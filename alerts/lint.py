"""What is wrong or unwise in a rule's query. A pure module.

Only what does not parse is an error, and refused; everything else is advice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from storage.errors import QueryError
from storage.models import DocumentKind
from storage.query import Query, parse
from storage.required import required
from storage.syntax import (
    LETTER_LOOKS,
    TEXT_FIELDS,
    And,
    Apart,
    AtLeast,
    Fact,
    Field,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Within,
    Words,
    leaves,
    nodes,
    operator,
    wild,
)
from storage.tokens import COMMON_WORDS

FARTHEST_WISE_NEAR = 50
_SMALL_OPERATORS = frozenset({"and", "or", "not"})
_BROAD_FIELDS = frozenset({Field.LANG, Field.COUNTRY, Field.PUBLISHED, Field.LENGTH})
_QUOTES = frozenset('"“”„‟«»＂')


class Level(StrEnum):
    """How bad a finding is."""

    WARNING = "warning"  # the rule may be saved
    ERROR = "error"  # the rule is refused


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or unwise, at a column counted from 1, and what to write instead."""

    severity: Level
    column: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.severity}: column {self.column}: {self.message}; {self.remedy}"


def lint(query: str) -> list[Finding]:
    """What is wrong or unwise in a query, by column; a rule is refused if, and only if, a finding is an error."""
    try:
        parsed = parse(query)
    except QueryError as error:
        return [Finding(Level.ERROR, error.column, error.message, error.remedy)]
    findings = [_warning(advice.column, advice.message, advice.remedy) for advice in parsed.warnings]
    for check in _CHECKS:
        findings += check(parsed)
    return sorted(set(findings), key=lambda finding: (finding.column, finding.message))


def _warning(column: int, message: str, remedy: str) -> Finding:
    return Finding(Level.WARNING, column, message, remedy)


def _words(node: Node) -> Iterator[Words]:
    return (leaf for leaf in leaves(node) if isinstance(leaf, Words))


def _small_operators(query: Query) -> Iterator[Finding]:
    for leaf in _words(query.node):
        if len(leaf.words) == 1 and leaf.words[0] in _SMALL_OPERATORS and query.text[leaf.column - 1] not in _QUOTES:
            word = leaf.words[0]
            yield _warning(
                leaf.column,
                f"{word} in small letters is looked for as a word",
                f'write {word.upper()} for the operator, or "{word}" in quotes for the word',
            )


def _small_near(query: Query) -> Iterator[Finding]:
    for leaf in _words(query.node):
        if leaf.words in {("near",), ("onear",), ("same",)} and query.text[leaf.column - 1] not in _QUOTES:
            word = leaf.words[0]
            yield _warning(
                leaf.column,
                f"{word} is looked for as a word",
                f'write NEAR/5 or para(a b) if words near each other are meant, or "{word}" in quotes for the word',
            )


def _far_near(query: Query) -> Iterator[Finding]:
    for node in nodes(query.node):
        if isinstance(node, Near | Apart) and node.distance > FARTHEST_WISE_NEAR:
            yield _warning(
                node.column,
                f"{operator(node)} reaches over several paragraphs",
                f"write a distance up to {FARTHEST_WISE_NEAR}, or {'AND NOT' if isinstance(node, Apart) else 'AND'}",
            )


def _denied_near(query: Query) -> Iterator[Finding]:
    """`a NOT (a NEAR/5 b)`: one such pair excludes the article, whatever else stands in it."""
    for node in nodes(query.node):
        if not isinstance(node, And):
            continue
        asked = set(node.parts)
        for part in node.parts:
            match part:
                case Not(Near() as near) if near.left in asked:
                    instead = _brief(Apart(near.left, near.right, near.distance, near.ordered))
                    yield _warning(
                        part.column,
                        f"NOT excludes every article with such a pair, even where {_brief(near.left)} stands alone elsewhere",
                        f"write {instead} if one that stands alone is enough",
                    )


def _only_common(query: Query) -> Iterator[Finding]:
    if any(leaf.field not in TEXT_FIELDS for leaf in leaves(query.node)):
        return
    needs = (required(query.node, kind) for kind in DocumentKind)
    asked = [leaf for need in needs if not isinstance(need, bool) for leaf in _words(need)]
    if asked and all(COMMON_WORDS.issuperset(leaf.words) and not leaf.look for leaf in asked):
        yield _warning(
            asked[0].column, "only words that nearly every article has", "add a name or a rarer word that must occur"
        )


def _only_facts(query: Query) -> Iterator[Finding]:
    """A rule for a language, a country, a time or a length takes in all that comes."""
    found = list(leaves(query.node))
    if all(leaf.field in _BROAD_FIELDS for leaf in found):
        yield _warning(
            found[0].column,
            f"this matches every article with that {found[0].field}",
            "add a word that must occur, or name a source or site",
        )


def _one_letter(query: Query) -> Iterator[Finding]:
    for leaf in _words(query.node):
        head = leaf.words[-1].removesuffix("*")
        if len(leaf.words) == 1 and leaf.words[0] != head and head.isascii() and len(head) == 1:
            yield _warning(
                leaf.column, f"{head}* matches every word that begins with {head}", "write at least three letters before the *"
            )


def _question(query: Query) -> Iterator[Finding]:
    """A question mark at the end of a word, as people end questions."""
    for leaf in _words(query.node):
        if leaf.words[-1].endswith("?"):
            yield _warning(
                leaf.column,
                f"? stands for one character: {leaf.words[-1]} does not find {leaf.words[-1].rstrip('?')}",
                "remove it if a question mark is meant",
            )


def _small_sentence(query: Query) -> Iterator[Finding]:
    """One word alone in sentence(…) or para(…) is no other than the word."""
    for node in nodes(query.node):
        if isinstance(node, Within) and node.scope in {Scope.SENTENCE, Scope.PARA} and isinstance(node.part, Words):
            yield _warning(
                node.column,
                f"{node.scope}(…) holds one word or phrase, and is the same without it",
                "write what must stand together with it in the brackets, or remove them",
            )


def _short_first(query: Query) -> Iterator[Finding]:
    """A phrase longer than the words it must stand among."""
    for node in nodes(query.node):
        if isinstance(node, Within) and node.scope is Scope.FIRST:
            for leaf in _words(node.part):
                if len(leaf.words) > node.number:
                    yield _warning(
                        leaf.column,
                        f"this part can never match: {len(leaf.words)} words cannot stand among the first {node.number}",
                        f"write first{max(50, len(leaf.words))}(…)",
                    )


def _caseless(query: Query) -> Iterator[Finding]:
    """Words of which capitals are asked, and which have no letter that could be one."""
    for leaf in _words(query.node):
        bare = [word for word in leaf.words if word.upper() == word.lower() and not wild(word)]
        if bare and leaf.look in LETTER_LOOKS:
            yield _warning(
                leaf.column,
                f"this part can never match: {bare[0]} has no letter that can be a capital, and {leaf.look}(…) wants one",
                "write the word outside the brackets",
            )


def _never(query: Query) -> Iterator[Finding]:
    if any(required(query.node, kind) is not False for kind in DocumentKind):
        return
    yield _warning(
        next(leaves(query.node)).column,
        "this can never match: comment: reads comments, and words without it read articles",
        "write all words inside comment:( ), or join the two by OR; title: may stand beside comment:",
    )


def _contradictions(query: Query) -> Iterator[Finding]:
    for node in nodes(query.node):
        if not isinstance(node, And):
            continue
        asked = [part for part in node.parts if not isinstance(part, Not)]
        for denial in (part for part in node.parts if isinstance(part, Not)):
            denied = denial.part.parts if isinstance(denial.part, Or) else (denial.part,)
            if _excluded(asked, denied):
                yield _warning(
                    denial.column,
                    f"this part can never match: NOT excludes {_brief(denial.part)}, which must occur",
                    "remove one of the two",
                )


def _excluded(asked: Sequence[Node], denied: Sequence[Node]) -> bool:
    """Whether one of the parts asked for implies one of those denied."""
    sure = set(asked)
    words = _denied_words(denied)
    if any(part in sure for part in denied):
        return True
    return any(_implies(part, words) for part in asked)


def _denied_words(denied: Sequence[Node]) -> set[tuple[Field, str]]:
    return {(part.field, part.words[0]) for part in denied if isinstance(part, Words) and part.plain and len(part.words) == 1}


def _implies(part: Node, words: set[tuple[Field, str]]) -> bool:
    """Whether what must occur holds a denied word, in the same field or in one that the denied field covers."""
    match part:
        case Near():
            return _implies(part.left, words) or _implies(part.right, words)
        case Apart():
            return _implies(part.left, words)
        case And():
            return any(_implies(each, words) for each in part.parts)
        case AtLeast() | Within() if not isinstance(part, Within) or part.scope is not Scope.REMOVED:
            return _implies(part.part, words)
    if not isinstance(part, Words) or part.stem:
        return False
    whole = [word for word in part.words if not wild(word)]
    fields = {part.field, Field.ANY} if part.field in {Field.TITLE, Field.LEAD, Field.BODY} else {part.field}
    return any((field, word) in words for field in fields for word in whole)


def _blind_not(query: Query) -> Iterator[Finding]:
    """NOT before a word without field, in a rule for comments: it does not look into the comment."""
    if required(query.node, DocumentKind.VERSION) is not False:
        return
    for node in nodes(query.node):
        if isinstance(node, Not):
            for leaf in leaves(node.part):
                if leaf.field is Field.ANY:
                    yield _warning(
                        leaf.column,
                        f"NOT {_brief(leaf)} reads articles, and this rule reads comments",
                        f"write NOT comment:{_brief(leaf)}",
                    )


def _clashing(query: Query) -> Iterator[Finding]:
    """Facts that no article has together, such as two languages."""
    for node in nodes(query.node):
        if not isinstance(node, And):
            continue
        facts = [part for part in node.parts if isinstance(part, Fact)]
        for one, other in combinations(facts, 2):
            if one.field is other.field and _clash(one, other):
                yield _warning(
                    other.column,
                    f"this part can never match: no article is of {one} and {other}",
                    f"join the two by OR: {one.field}:({one.value} OR {other.value})",
                )


def _clash(one: Fact, other: Fact) -> bool:
    match one.field:
        case Field.LANG:
            return not (one.value.startswith(f"{other.value}-") or other.value.startswith(f"{one.value}-"))
        case Field.SITE:
            return not (one.value.endswith(f".{other.value}") or other.value.endswith(f".{one.value}"))
        case Field.PUBLISHED:
            (first, _, last), (since, _, until) = one.value.partition(".."), other.value.partition("..")
            return bool(last and since and last < since) or bool(until and first and until < first)
        case Field.LENGTH:
            (fewest, _, most), (least, _, top) = one.value.partition(".."), other.value.partition("..")
            return bool(most and least and int(most) < int(least)) or bool(top and fewest and int(top) < int(fewest))
        case _:
            return False


def _exact_length(query: Query) -> Iterator[Finding]:
    """One number alone, which hardly a text has."""
    for leaf in leaves(query.node):
        if isinstance(leaf, Fact) and leaf.field is Field.LENGTH:
            fewest, _, most = leaf.value.partition("..")
            if fewest == most:
                instead = f"write length:>={fewest} or length:<={fewest}"
                yield _warning(leaf.column, f"this asks for texts of exactly {fewest} words", instead)


def _broad_alternative(query: Query) -> Iterator[Finding]:
    """One alternative that lets nearly everything through, whatever the others say."""
    if not isinstance(query.node, Or):
        return
    for part in query.node.parts:
        if isinstance(part, Words) and part.field in TEXT_FIELDS and COMMON_WORDS.issuperset(part.words) and not part.look:
            yield _warning(part.column, f"{_brief(part)} alone matches nearly every article", "join it by AND, or remove it")
        elif isinstance(part, Fact) and part.field in _BROAD_FIELDS:
            yield _warning(part.column, f"{_brief(part)} alone matches every such article", "join it to the words by AND")


def _brief(node: Node) -> str:
    text = str(node)
    return text if len(text) <= 60 else text[:59] + "…"


_CHECKS = (
    _small_operators, _small_near, _far_near, _denied_near, _only_common, _only_facts, _one_letter, _question, _small_sentence,
    _short_first, _caseless, _never, _contradictions, _clashing, _exact_length, _broad_alternative, _blind_not,
)  # fmt: skip
