"""How much a query may ask: what costs most to look for is bounded, so that no rule can hurt. A pure module."""

from storage.errors import QueryError
from storage.language.syntax import Apart, Fact, Field, Near, Node, Words, children, costly, leaves, nodes

DEEPEST = 100
"""How deep brackets, and nodes of a tree, may nest."""
DEEPEST_NEAR = 6
"""NEARs and NOT NEARs within one another, whose sides cost most to compare."""
MOST_NEARS = 40
"""NEARs and NOT NEARs in a query."""
DEEPEST_SCOPE = 2
"""How deep first50, sentence, para and changed may nest, each of which looks at every piece of the text."""
MOST_WILDCARDS = 300
"""Words with a wildcard in a query."""
MOST_INNER = 20
"""Of them, those with one elsewhere than at the end."""
MOST_INSIDE = 400
"""Words beside NEAR, and in the functions that look at pieces of the text."""
MOST_SCOPES = 50
"""first50, sentence, para and changed in a query."""
MOST_SPANS = 300
"""Spans of days and of lengths in a query."""
_SPANS = frozenset({Field.PUBLISHED, Field.LENGTH})


def check_wildcards(query: str, node: Node) -> None:
    """Refuse more wildcards than an article can be asked for."""
    if "*" not in query and "?" not in query:
        return
    wild, inner = 0, 0
    for each in leaves(node):
        if not isinstance(each, Words):
            continue
        for word in each.words:
            wild += "*" in word or "?" in word
            inner += "?" in word or "*" in word[:-1]
        if wild > MOST_WILDCARDS or inner > MOST_INNER:
            raise QueryError(
                f"more than {MOST_WILDCARDS} words have wildcards, or more than {MOST_INNER} have one that does not end them",
                column=each.column,
                remedy="split the query into several rules",
            )


def check_spans(query: str, node: Node) -> None:
    """Refuse more spans of days and lengths than an article should be held against."""
    if query.count(":") + query.count("：") <= MOST_SPANS:
        return
    found = [each for each in leaves(node) if isinstance(each, Fact) and each.field in _SPANS]
    if len(found) > MOST_SPANS:
        raise QueryError(
            f"published: and length: stand in more than {MOST_SPANS} places",
            column=found[MOST_SPANS].column,
            remedy="one span says more than many single days or lengths: length:500..2000",
        )


def check_inside(node: Node, column: int) -> None:
    """Refuse more words of which every place is looked at; `column` is where one of the last stands."""
    check_nears(node)
    if sum(1 for _ in costly(node)) > MOST_INSIDE:
        raise QueryError(
            f"more than {MOST_INSIDE} words stand beside NEAR, or in atleast, first, sentence, para and changed",
            column=column,
            remedy="split the query into several rules",
        )


def check_nears(node: Node) -> None:
    """Refuse more NEARs and NOT NEARs than can be compared in an article."""
    found = [each for each in nodes(node) if isinstance(each, Near | Apart)]
    if len(found) > MOST_NEARS:
        raise QueryError(
            f"more than {MOST_NEARS} NEARs and NOT NEARs stand in the query",
            column=max(each.column for each in found),
            remedy="put words with the same neighbour into one group, (a OR b) NEAR/5 c, or split the query into several rules",
        )


def near_depth(node: Node) -> int:
    """How many NEARs and NOT NEARs stand within one another; `node` may stand beside NEAR."""
    deepest = max(map(near_depth, children(node)), default=0)
    return deepest + isinstance(node, Near | Apart)


def check_beside(side: Node, operator: str) -> None:
    """Refuse what nearly every word of an article would stand near to."""
    for leaf in leaves(side):
        if isinstance(leaf, Words) and len(leaf.words) == 1 and leaf.words[0].endswith("*") and len(leaf.words[0]) == 2:
            raise QueryError(
                f"{leaf.words[0]} stands beside {operator}, and half of all words begin so",
                column=leaf.column,
                remedy="write at least two letters before its *",
            )
