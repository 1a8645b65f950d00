"""What is wrong or unwise in a rule's query. A pure module.

Only what does not parse is an error, and refused; everything else is advice.
"""

from collections.abc import Iterator

from alerts import doubts, impossible
from alerts.findings import Finding, Level, brief, warning
from storage.errors import QueryError
from storage.language.query import Query, parse
from storage.language.required import required
from storage.language.syntax import (
    TEXT_FIELDS,
    And,
    Apart,
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
)
from storage.models import DocumentKind
from storage.tokens import COMMON_WORDS

__all__ = ["Finding", "Level", "lint"]

FARTHEST_WISE_NEAR = 50
_SMALL_OPERATORS = frozenset({"and", "or", "not"})
_BROAD_FIELDS = frozenset({Field.LANG, Field.COUNTRY, Field.PUBLISHED, Field.LENGTH})
_QUOTES = frozenset('"“”„‟«»＂')


def lint(query: str) -> list[Finding]:
    """What is wrong or unwise in a query, by column; a rule is refused if, and only if, a finding is an error."""
    try:
        parsed = parse(query)
    except QueryError as error:
        return [Finding(Level.ERROR, error.column, error.message, error.remedy)]
    findings = [warning(advice.column, advice.message, advice.remedy) for advice in parsed.warnings]
    for check in (*_CHECKS, *impossible.CHECKS, *doubts.CHECKS):
        findings += check(parsed)
    return sorted(set(findings), key=lambda finding: (finding.column, finding.message))


def _words(node: Node) -> Iterator[Words]:
    return (leaf for leaf in leaves(node) if isinstance(leaf, Words))


def _small_operators(query: Query) -> Iterator[Finding]:
    for leaf in _words(query.node):
        if len(leaf.words) == 1 and leaf.words[0] in _SMALL_OPERATORS and query.text[leaf.column - 1] not in _QUOTES:
            word = leaf.words[0]
            yield warning(
                leaf.column,
                f"{word} in small letters is looked for as a word",
                f'write {word.upper()} for the operator, or "{word}" in quotes for the word',
            )


def _small_near(query: Query) -> Iterator[Finding]:
    for leaf in _words(query.node):
        if leaf.words in {("near",), ("onear",), ("same",)} and query.text[leaf.column - 1] not in _QUOTES:
            word = leaf.words[0]
            yield warning(
                leaf.column,
                f"{word} is looked for as a word",
                f'write NEAR/5 or para(a b) if words near each other are meant, or "{word}" in quotes for the word',
            )


def _far_near(query: Query) -> Iterator[Finding]:
    for node in nodes(query.node):
        if isinstance(node, Near | Apart) and node.distance > FARTHEST_WISE_NEAR:
            yield warning(
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
                    instead = brief(Apart(near.left, near.right, near.distance, near.ordered))
                    yield warning(
                        part.column,
                        f"NOT excludes every article with such a pair, even where {brief(near.left)} stands alone elsewhere",
                        f"write {instead} if one that stands alone is enough",
                    )


def _only_common(query: Query) -> Iterator[Finding]:
    if any(leaf.field not in TEXT_FIELDS for leaf in leaves(query.node)):
        return
    needs = (required(query.node, kind) for kind in DocumentKind)
    asked = [leaf for need in needs if not isinstance(need, bool) for leaf in _words(need)]
    if asked and all(COMMON_WORDS.issuperset(leaf.words) and not leaf.look for leaf in asked):
        yield warning(asked[0].column, "only words that nearly every article has", "add a name or a rarer word that must occur")


def _only_facts(query: Query) -> Iterator[Finding]:
    """A rule for a language, a country, a time or a length takes in all that comes."""
    found = list(leaves(query.node))
    if all(leaf.field in _BROAD_FIELDS for leaf in found):
        yield warning(
            found[0].column,
            f"this matches every article with that {found[0].field}",
            "add a word that must occur, or name a source or site",
        )


def _one_letter(query: Query) -> Iterator[Finding]:
    for leaf in _words(query.node):
        head = leaf.words[-1].removesuffix("*")
        if len(leaf.words) == 1 and leaf.words[0] != head and head.isascii() and len(head) == 1:
            yield warning(
                leaf.column, f"{head}* matches every word that begins with {head}", "write at least three letters before the *"
            )


def _question(query: Query) -> Iterator[Finding]:
    """A question mark at the end of a word, as people end questions."""
    for leaf in _words(query.node):
        if leaf.words[-1].endswith("?"):
            yield warning(
                leaf.column,
                f"? stands for one character: {leaf.words[-1]} does not find {leaf.words[-1].rstrip('?')}",
                "remove it if a question mark is meant",
            )


def _small_sentence(query: Query) -> Iterator[Finding]:
    """One word alone in sentence(…) or para(…) is no other than the word."""
    for node in nodes(query.node):
        if isinstance(node, Within) and node.scope in {Scope.SENTENCE, Scope.PARA} and isinstance(node.part, Words):
            yield warning(
                node.column,
                f"{node.scope}(…) holds one word or phrase, and is the same without it",
                "write what must stand together with it in the brackets, or remove them",
            )


def _blind_not(query: Query) -> Iterator[Finding]:
    """NOT before a word without field, in a rule for comments: it does not look into the comment."""
    if required(query.node, DocumentKind.VERSION) is not False:
        return
    for node in nodes(query.node):
        if isinstance(node, Not):
            for leaf in leaves(node.part):
                if leaf.field is Field.ANY:
                    yield warning(
                        leaf.column,
                        f"NOT {brief(leaf)} reads articles, and this rule reads comments",
                        f"write NOT comment:{brief(leaf)}",
                    )


def _exact_length(query: Query) -> Iterator[Finding]:
    """One number alone, which hardly a text has."""
    for leaf in leaves(query.node):
        if isinstance(leaf, Fact) and leaf.field is Field.LENGTH:
            fewest, _, most = leaf.value.partition("..")
            if fewest == most:
                instead = f"write length:>={fewest} or length:<={fewest}"
                yield warning(leaf.column, f"this asks for texts of exactly {fewest} words", instead)


def _broad_alternative(query: Query) -> Iterator[Finding]:
    """One alternative that lets nearly everything through, whatever the others say."""
    if not isinstance(query.node, Or):
        return
    for part in query.node.parts:
        if isinstance(part, Words) and part.field in TEXT_FIELDS and COMMON_WORDS.issuperset(part.words) and not part.look:
            yield warning(part.column, f"{brief(part)} alone matches nearly every article", "join it by AND, or remove it")
        elif isinstance(part, Fact) and part.field in _BROAD_FIELDS:
            yield warning(part.column, f"{brief(part)} alone matches every such article", "join it to the words by AND")


_CHECKS = (
    _small_operators, _small_near, _far_near, _denied_near, _only_common, _only_facts, _one_letter, _question, _small_sentence,
    _exact_length, _broad_alternative, _blind_not,
)  # fmt: skip
