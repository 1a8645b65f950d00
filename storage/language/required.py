"""What every document must contain that a query matches: a weaker, quicker question. A pure module.

It feeds the index of live rules (`alerts.matcher`) and the full-text search (`storage.language.candidates`), both of which
find more than matches; `storage.language.evaluate` then judges.
"""

from collections.abc import Iterable

from storage.language.syntax import TEXT_FIELDS, And, Apart, AtLeast, Fact, Field, Near, Node, Not, Or, Scope, Within, Words
from storage.models import DocumentKind

_COMMENT = DocumentKind.COMMENT


def required(node: Node, kind: DocumentKind) -> Node | bool:
    """A tree of AND, OR and text words that every document of this kind satisfies which the query matches.

    True: nothing is required. False: the query matches no document of this kind. NOT, the short fields and, for
    comments, the article's title count as satisfied. Words that an edit must have taken stand in a Within of their own.
    """
    if isinstance(node, Words) and node.anywhere and kind is not _COMMENT:  # as most are
        return node
    if kind is _COMMENT:
        return _of_comment(node, wanted=True)[1]
    return _of_version(node, wanted=True)


def _of_version(node: Node, *, wanted: bool) -> Node | bool:
    match node:
        case Not():
            return _of_version(node.part, wanted=not wanted)
        case And() | Or():
            parts = (_of_version(part, wanted=wanted) for part in node.parts)
            return conjunction(parts) if isinstance(node, And) is wanted else disjunction(parts)
        case Within():
            if not wanted:
                return True
            needs = _of_version(node.part, wanted=True)
            return _taken(needs) if node.scope is Scope.REMOVED else needs
        case Near() | Apart() | AtLeast() | Words():
            field = _field(node)
            if not wanted or field not in TEXT_FIELDS:
                return True
            return _of_sides(node) if field is not Field.COMMENT else False
        case Fact():
            return True


def _taken(needs: Node | bool) -> Node | bool:  # noqa: FBT001 - a truth that is known already
    """The same of the version before."""
    match needs:
        case And():
            return conjunction(map(_taken, needs.parts))
        case Or():
            return disjunction(map(_taken, needs.parts))
        case bool():
            return needs
        case _:
            return Within(Scope.REMOVED, needs)


def _of_comment(node: Node, *, wanted: bool) -> tuple[Node | bool, Node | bool]:
    """What a comment needs for the node to be true, and what for it to be true by a `comment:` word."""
    match node:
        case Not():
            return _of_comment(node.part, wanted=not wanted)
        case And() | Or():
            pairs = [_of_comment(part, wanted=wanted) for part in node.parts]
            by_comment = disjunction(pair[1] for pair in pairs)
            if isinstance(node, And) is not wanted:
                return disjunction(pair[0] for pair in pairs), by_comment
            true = conjunction(pair[0] for pair in pairs)
            return true, conjunction((true, by_comment))
        case Within():
            if not wanted:
                return True, False
            if node.scope in {Scope.ADDED, Scope.REMOVED}:
                return False, False  # a comment has no versions
            return _of_comment(node.part, wanted=True)
        case Fact():
            return not wanted or node.field is not Field.LENGTH, False  # a comment does not know its article's text
        case _:
            field, needs = _field(node), _of_sides(node)
    if wanted and field is Field.COMMENT:
        return needs, needs
    return not wanted or field not in {Field.ANY, Field.BODY, Field.LEAD}, False


def _field(node: Node) -> Field:
    """The one field that a leaf, a NEAR or an atleast reads."""
    match node:
        case Near() | Apart():
            return _field(node.left)
        case AtLeast():
            return _field(node.part)
        case Or():
            return _field(node.parts[0])
        case Words() | Fact():
            return node.field
        case _:
            raise TypeError(f"{type(node).__name__} has no field")  # the parser puts none there


def _of_sides(node: Node) -> Node | bool:
    """Both sides of NEAR, whatever lies between; the left one of NOT NEAR; any part of a group."""
    match node:
        case Near():
            return conjunction((_of_sides(node.left), _of_sides(node.right)))
        case Apart():
            return _of_sides(node.left)
        case Or():
            return disjunction(map(_of_sides, node.parts))
        case AtLeast():
            return _of_sides(node.part)
        case Words() if node.slop is not None:
            return conjunction(Words((word,), node.field, column=node.column) for word in node.words)
        case _:
            return node


def conjunction(parts: Iterable[Node | bool]) -> Node | bool:
    """All of the parts, as few as say the same."""
    kept: dict[Node, None] = {}
    for part in parts:
        if part is False:
            return False
        if part is not True:
            kept.update(dict.fromkeys(part.parts if isinstance(part, And) else (part,)))
    if not kept:
        return True
    return And(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def disjunction(parts: Iterable[Node | bool]) -> Node | bool:
    """Any of the parts, as few as say the same."""
    kept: dict[Node, None] = {}
    for part in parts:
        if part is True:
            return True
        if part is not False:
            kept.update(dict.fromkeys(part.parts if isinstance(part, Or) else (part,)))
    if not kept:
        return False
    return Or(tuple(kept)) if len(kept) > 1 else next(iter(kept))
