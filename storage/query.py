"""The query language: text → syntax tree, by recursive descent; errors name the column and the remedy. A pure module.

    query   = or ;
    or      = and , { "OR" , and } ;
    and     = unary , { [ "AND" ] , unary } ;
    unary   = { "NOT" | "-" } , near ;
    near    = primary , { "NEAR/" digits , primary } ;
    primary = [ field ] , ( word | phrase | "(" , or , ")" ) ;

`storage.lexer` makes the words, `storage.terms` the leaves of the tree (`storage.syntax`). Told for readers, with examples, in
`docs/query-language.md`. Parsing takes linear time; length and depth are limited.
"""

from dataclasses import dataclass
from itertools import chain

from storage.errors import QueryError
from storage.lexer import Kind, Lexeme, lex
from storage.syntax import TEXT_FIELDS, And, Field, Near, Node, Not, Or
from storage.terms import LONGEST_QUERY, leaf

DEEPEST = 100
"""How deep brackets, and nodes of a tree, may nest."""
DEEPEST_NEAR = 20
"""The same for NEAR, whose sides cost most to compare."""

_STARTS = frozenset({Kind.WORD, Kind.PHRASE, Kind.OPEN, Kind.FIELD, Kind.NOT})
_WAIT_FOR_MORE = frozenset({Kind.AND, Kind.OR, Kind.NOT, Kind.NEAR, Kind.FIELD})


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that parses, and may not mean what its author means."""

    column: int
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Query:
    """A query that parsed: its text, its tree, and what its author should look at again."""

    text: str
    node: Node
    warnings: tuple[Advice, ...] = ()

    def __str__(self) -> str:
        return str(self.node)


def parse(query: str) -> Query:
    """The tree of a query; raises QueryError with column (from 1) and remedy when it does not parse.

    A query that would match an empty article (NOT alone) is refused too: it would match nearly everything.
    """
    if len(query) > LONGEST_QUERY:
        raise QueryError(
            f"the query has {len(query):,} characters",
            column=LONGEST_QUERY + 1,
            remedy=f"at most {LONGEST_QUERY:,} are allowed; split it into several rules",
        )
    parser = _Parser(lex(query))
    whole = parser.whole()
    if whole.hungry is not None:
        raise QueryError(
            "this NOT would match nearly every article",
            column=whole.hungry,
            remedy="join it by AND to a word that must occur, such as: bank NOT river",
        )
    if parser.mixed is None:
        return Query(query, whole.node)
    reading = str(whole.node)
    warning = Advice(
        parser.mixed, f"AND and OR are mixed without brackets; this is read as {reading}", "write the brackets you mean"
    )
    return Query(query, whole.node, (warning,))


@dataclass(frozen=True, slots=True)
class _Part:
    """A tree under construction, with what its parent must know."""

    node: Node
    column: int
    depth: int = 1
    hungry: int | None = None  # column of a NOT that makes this true of an empty text
    near: Field | None = None  # the one text field it reads, if it can stand beside NEAR
    loose: bool = False  # an AND without brackets around it


class _Parser:
    """Descends over the lexemes of one query."""

    def __init__(self, lexemes: list[Lexeme]) -> None:
        self._lexemes = lexemes
        self._at = 0
        self._field: Lexeme | None = None
        self._brackets = 0
        self.mixed: int | None = None  # column of the first OR that mixes with AND

    def _next(self) -> Lexeme:
        return self._lexemes[self._at]

    def _take(self) -> Lexeme:
        taken = self._lexemes[self._at]
        self._at += 1
        return taken

    def whole(self) -> _Part:
        """The whole query."""
        if self._next().kind is Kind.END:
            raise QueryError("the query is empty", column=1, remedy="write at least one word")
        part = self._or()
        if self._next().kind is Kind.CLOSE:
            raise QueryError(
                "this bracket closes nothing", column=self._next().column, remedy="remove the ) or open one before it"
            )
        return part

    def _or(self) -> _Part:
        parts, column = [self._and()], None
        while self._next().kind is Kind.OR:
            lexeme = self._take()
            column = column or lexeme.column
            parts.append(self._and())
        if column is None:
            return parts[0]
        if self.mixed is None and any(part.loose for part in parts):
            self.mixed = column
        hungry = next((part.hungry for part in parts if part.hungry is not None), None)
        fields = {part.near for part in parts}
        near = fields.pop() if len(fields) == 1 else None
        children = chain.from_iterable(part.node.parts if isinstance(part.node, Or) else (part.node,) for part in parts)
        return self._grown(Or(tuple(children)), parts, hungry=hungry, near=near)

    def _and(self) -> _Part:
        parts = [self._unary()]
        while self._next().kind is Kind.AND or self._next().kind in _STARTS:
            if self._next().kind is Kind.AND:
                self._take()
            parts.append(self._unary())
        if len(parts) == 1:
            return parts[0]
        hungry = parts[0].hungry if all(part.hungry is not None for part in parts) else None
        children = chain.from_iterable(part.node.parts if isinstance(part.node, And) else (part.node,) for part in parts)
        return self._grown(And(tuple(children)), parts, hungry=hungry, loose=True)

    def _unary(self) -> _Part:
        column, negative = self._next().column, False
        while self._next().kind is Kind.NOT:
            self._take()
            negative = not negative
        part = self._near()
        if not negative:
            return part
        if isinstance(part.node, Not):  # NOT (NOT a) is a
            return _Part(part.node.part, column, part.depth, hungry=None if part.hungry is not None else column)
        hungry = column if part.hungry is None else None
        return self._grown(Not(part.node, column), [part], hungry=hungry)

    def _near(self) -> _Part:
        left = self._primary()
        while self._next().kind is Kind.NEAR:
            operator = self._take()
            if self._next().kind is Kind.NOT:
                raise _no_side(operator, "NOT", self._next().column)
            right = self._primary()
            for side in (left, right):
                _check_side(operator, side)
            if left.near is not right.near:
                raise QueryError(
                    f"the two sides of {operator.text} stand in different fields",
                    column=operator.column,
                    remedy=f"put the field before the whole: title:(a {operator.text} b)",
                )
            node = Near(left.node, right.node, operator.number, operator.column)
            left = self._grown(node, [left, right], near=left.near)
            if left.depth > DEEPEST_NEAR:
                raise QueryError(
                    f"NEAR is nested more than {DEEPEST_NEAR} deep",
                    column=operator.column,
                    remedy="join shorter groups by AND: (a NEAR/5 b) AND (b NEAR/5 c)",
                )
        return left

    def _primary(self) -> _Part:
        lexeme = self._next()
        match lexeme.kind:
            case Kind.FIELD:
                return self._in_field()
            case Kind.OPEN:
                return self._group()
            case Kind.WORD | Kind.PHRASE:
                self._take()
                field = Field(self._field.text) if self._field else Field.ANY
                return _Part(leaf(lexeme, field), lexeme.column, near=field if field in TEXT_FIELDS else None)
            case _:
                raise self._missing()

    def _in_field(self) -> _Part:
        field = self._take()
        if self._field is not None:
            raise QueryError(
                f"{field.text}: stands inside {self._field.text}:",
                column=field.column,
                remedy=f"close the group before it: {self._field.text}:(a b) {field.text}:c",
            )
        if self._next().kind is Kind.NOT:
            raise QueryError(
                f"NOT stands between {field.text}: and its word",
                column=self._next().column,
                remedy=f"write NOT before the field: NOT {field.text}:word",
            )
        self._field = field
        part = self._primary()
        self._field = None
        return part

    def _group(self) -> _Part:
        opening = self._take()
        self._brackets += 1
        if self._brackets > DEEPEST:
            raise _too_deep(opening.column)
        if self._next().kind is Kind.CLOSE:
            raise QueryError("the brackets are empty", column=opening.column, remedy="write words between them, or remove them")
        if self._next().kind is Kind.END:
            raise _never_closed(opening)
        part = self._or()
        if self._next().kind is not Kind.CLOSE:
            raise _never_closed(opening)
        self._take()
        self._brackets -= 1
        return _Part(part.node, opening.column, part.depth, part.hungry, part.near)

    def _grown(
        self, node: Node, parts: list[_Part], *, hungry: int | None = None, near: Field | None = None, loose: bool = False
    ) -> _Part:
        depth = 1 + max(part.depth for part in parts)
        if depth > DEEPEST:
            raise _too_deep(parts[-1].column)
        return _Part(node, parts[0].column, depth, hungry, near, loose)

    def _missing(self) -> QueryError:
        """The error for a place where a word should stand and none does."""
        before = self._lexemes[self._at - 1] if self._at else None
        if before is not None and before.kind in _WAIT_FOR_MORE:
            name = before.text + ":" if before.kind is Kind.FIELD else before.text
            return QueryError(
                f"{name} has nothing after it",
                column=before.column,
                remedy=f'write a word, a "phrase" or a (group) after {name}',
            )
        return QueryError(
            f"{self._next().text} has nothing before it",
            column=self._next().column,
            remedy=f'write a word before it, or quotes if the word itself is meant: "{self._next().text.lower()}"',
        )


def _never_closed(opening: Lexeme) -> QueryError:
    return QueryError("this bracket is never closed", column=opening.column, remedy="add the missing )")


def _too_deep(column: int) -> QueryError:
    return QueryError(
        f"the query is nested more than {DEEPEST} deep", column=column, remedy="remove brackets, or split the rule"
    )


def _check_side(operator: Lexeme, side: _Part) -> None:
    if side.near is not None:
        return
    match side.node:
        case And():
            raise _no_side(operator, "AND", side.column)
        case Not():
            raise _no_side(operator, "NOT", side.column)
        case Or():
            raise _no_side(operator, "a group with AND, NOT or several fields", side.column)
        case _:
            raise QueryError(
                f"{operator.text} reads text only, not this field",
                column=side.column,
                remedy="use it with title:, body:, comment: or no field, and join the other field by AND",
            )


def _no_side(operator: Lexeme, what: str, column: int) -> QueryError:
    near = operator.text
    return QueryError(
        f"{near} cannot take {what}",
        column=column,
        remedy=f"beside NEAR stand words, phrases and OR groups; write (a {near} b) AND (a {near} c)",
    )
