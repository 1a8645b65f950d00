"""The query language: text → syntax tree, by recursive descent; errors name the column and the remedy. A pure module.

    query    = or , with count(…) and spike(…) joined to it by AND ;
    or       = and , { "OR" , and } ;
    and      = unary , { [ "AND" ] , unary } ;
    unary    = { "NOT" | "-" } , near ;
    near     = primary , { [ "NOT" ] , ( "NEAR/" | "ONEAR/" ) digits , primary } ;
    primary  = [ field ] , ( word | phrase [ "~" digits ] | "(" , or , ")" | function , "(" , or , ")" ) ;

Words are made by `storage.language.lexer`, leaves by `terms`, of the tree in `syntax`; `docs/query-language.md` tells readers.
Parsing takes linear time; length, depth and what costs most to look for are limited.
"""

from dataclasses import dataclass, replace

from storage.counting import Counting, counting
from storage.errors import QueryError
from storage.language.flat import flat
from storage.language.lexer import Kind, Lexeme, lex
from storage.language.limits import (
    DEEPEST,
    DEEPEST_NEAR,
    DEEPEST_SCOPE,
    MOST_SCOPES,
    check_beside,
    check_inside,
    check_spans,
    check_wildcards,
    near_depth,
)
from storage.language.refusals import (
    missing,
    mixed_near,
    near_too_deep,
    never_closed,
    no_stemmer,
    nothing_but_count,
    side_error,
    too_deep,
    wrong_look,
)
from storage.language.spelling import LANGUAGES
from storage.language.syntax import (
    TEXT_FIELDS,
    And,
    Apart,
    AtLeast,
    Field,
    Look,
    Near,
    Node,
    Not,
    Or,
    Scope,
    Within,
    joined,
)
from storage.language.terms import LONGEST_QUERY, Reading, leaf

_STARTS = frozenset({Kind.WORD, Kind.PHRASE, Kind.OPEN, Kind.FIELD, Kind.FUNCTION, Kind.NOT, Kind.COUNT})
_LEAVES = frozenset({Kind.WORD, Kind.PHRASE})
_AND, _OR, _NOT, _NEAR, _COUNT = Kind.AND, Kind.OR, Kind.NOT, Kind.NEAR, Kind.COUNT  # to read them off Kind takes longer
_PLAINLY = Reading()
_LOOKS = frozenset(look.value for look in Look if look)


@dataclass(frozen=True, slots=True)
class Advice:
    """Something that parses, and may not mean what its author means."""

    column: int
    message: str
    remedy: str


@dataclass(slots=True)
class Query:
    """A query that parsed: its text, its tree, what must be counted, and what its author should look at again.

    Nobody changes one; it is not frozen for the same reason as the nodes of its tree.
    """

    text: str
    node: Node
    warnings: tuple[Advice, ...] = ()
    counting: tuple[Counting, ...] = ()

    def __str__(self) -> str:
        if not self.counting:
            return str(self.node)
        query = f"({self.node})" if isinstance(self.node, Or) else str(self.node)
        return " AND ".join([query, *map(str, self.counting)])


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
    known = flat(query)
    if known is not None:
        return Query(query, known)
    parser = _Parser(lex(query))
    whole = parser.whole()
    if whole.hungry is not None:
        raise QueryError(
            "this NOT would match nearly every article",
            column=whole.hungry,
            remedy="join it by AND to a word that must occur, such as: bank NOT river",
        )
    check_wildcards(query, whole.node)
    check_spans(query, whole.node)
    if parser.costly is not None:
        check_inside(whole.node, parser.costly)
    counts = tuple(parser.counting)
    if parser.mixed is None:
        return Query(query, whole.node, counting=counts)
    reading = str(whole.node)
    warning = Advice(
        parser.mixed, f"AND and OR are mixed without brackets; this is read as {reading}", "write the brackets you mean"
    )
    return Query(query, whole.node, (warning,), counts)


@dataclass(slots=True)
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
        self._reading = _PLAINLY
        self._brackets = 0
        self._scopes = 0
        self._scoped_parts = 0
        self.counting: list[Counting] = []
        self.mixed: int | None = None  # column of the first OR that mixes with AND
        self.costly: int | None = None  # column of the last NEAR, atleast, first, sentence, para or changed

    def _next(self) -> Lexeme:
        return self._lexemes[self._at]

    def _kind(self) -> Kind:
        return self._lexemes[self._at].kind

    def _take(self) -> Lexeme:
        taken = self._lexemes[self._at]
        self._at += 1
        return taken

    def whole(self) -> _Part:
        """The whole query."""
        if self._kind() is Kind.END:
            raise QueryError("the query is empty", column=1, remedy="write at least one word")
        part = self._or(outermost=True)
        if self._kind() is Kind.CLOSE:
            raise QueryError(
                "this bracket closes nothing", column=self._next().column, remedy="remove the ) or open one before it"
            )
        return part

    def _or(self, *, outermost: bool = False) -> _Part:
        first = self._and(outermost=outermost)
        if self._lexemes[self._at].kind is not _OR:
            return first
        parts, column = [first], None
        while self._kind() is _OR:
            if outermost and self.counting:
                raise _beside_or(self.counting[0].column)
            lexeme = self._take()
            column = column or lexeme.column
            parts.append(self._and())
        if self.mixed is None and any(part.loose for part in parts):
            self.mixed = column
        hungry = next((part.hungry for part in parts if part.hungry is not None), None)
        fields = {part.near for part in parts}
        near = fields.pop() if len(fields) == 1 else None
        below = joined([part.node for part in parts], Or)
        node = Or(below) if len(below) > 1 else parts[0].node
        return self._grown(node, parts, hungry=hungry, near=near)

    def _and(self, *, outermost: bool = False) -> _Part:
        parts = []
        while True:
            if outermost and self._kind() is _COUNT:
                lexeme = self._take()
                self.counting.append(counting(lexeme.text, lexeme.column))
            else:
                parts.append(self._unary())
            kind = self._lexemes[self._at].kind
            if kind is _AND:
                self._at += 1
            elif kind not in _STARTS:
                break
        if not parts:
            raise nothing_but_count(self.counting[0].column)
        if len(parts) == 1:
            return parts[0]
        hungry = parts[0].hungry if all(part.hungry is not None for part in parts) else None
        below = joined([part.node for part in parts], And)
        if len(below) == 1:
            return parts[0]
        return self._grown(And(below), parts, hungry=hungry, loose=True)

    def _unary(self) -> _Part:
        at, lexemes = self._at, self._lexemes
        if lexemes[at].kind in _LEAVES and lexemes[at + 1].kind is not _NEAR:
            return self._leaf()
        column, negative = self._next().column, False
        while self._kind() is _NOT:
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
        before = None
        while self._kind() is _NEAR:
            operator = self._take()
            self.costly = operator.column
            kind = Apart if operator.text.startswith("NOT") else Near
            if before is not None and before is not kind:
                raise mixed_near(operator)
            before = kind
            if self._kind() is _NOT:
                raise side_error(operator, self._next().column, None)
            right = self._primary()
            for side in (left, right):
                if side.near is None:
                    raise side_error(operator, side.column, side.node)
                check_beside(side.node, operator.text)
            if left.near is not right.near:
                raise QueryError(
                    f"the two sides of {operator.text} stand in different fields",
                    column=operator.column,
                    remedy=f"put the field before the whole: title:(a {operator.text} b)",
                )
            node = kind(left.node, right.node, operator.number or 0, "ONEAR" in operator.text, operator.column)
            left = self._grown(node, [left, right], near=left.near)
            if near_depth(node) > DEEPEST_NEAR:
                raise near_too_deep(operator, DEEPEST_NEAR)
        return left

    def _primary(self) -> _Part:
        lexeme = self._next()
        if lexeme.kind in _LEAVES:
            return self._leaf()
        match lexeme.kind:
            case Kind.FIELD:
                return self._in_field()
            case Kind.FUNCTION:
                return self._function()
            case Kind.OPEN:
                return self._group()
            case Kind.COUNT:
                raise _beside_or(lexeme.column)
            case _:
                raise missing(self._lexemes[self._at - 1] if self._at else None, lexeme)

    def _leaf(self) -> _Part:
        lexeme, field = self._lexemes[self._at], self._reading.field
        self._at += 1
        node = leaf(lexeme, self._reading)
        if isinstance(node, Near):
            self.costly = lexeme.column
            check_beside(node, f"~{lexeme.number}")
        return _Part(node, lexeme.column, 1, None, field if field in TEXT_FIELDS else None)

    def _in_field(self) -> _Part:
        field = self._take()
        if self._field is not None:
            raise QueryError(
                f"{field.text}: stands inside {self._field.text}:",
                column=field.column,
                remedy=f"close the group before it: {self._field.text}:(a b) {field.text}:c",
            )
        if self._kind() is Kind.NOT:
            raise QueryError(
                f"NOT stands between {field.text}: and its word",
                column=self._next().column,
                remedy=f"write NOT before the field: NOT {field.text}:word",
            )
        before = self._reading
        self._field, self._reading = field, replace(before, field=Field(field.text))
        part = self._primary()
        self._field, self._reading = None, before
        return part

    def _function(self) -> _Part:
        """`first50(…)` and the others: how the words in the brackets are read, or where, or how often."""
        name = self._take()
        before = self._reading
        if name.text in _LOOKS:
            if before.look and before.look.value != name.text:
                raise wrong_look(name, before.look)
            self._reading = replace(before, look=Look(name.text))
        elif name.text.startswith("stem:"):
            if name.text[5:] not in LANGUAGES:
                raise no_stemmer(name)
            self._reading = replace(before, stem=name.text[5:])
        else:
            return self._scoped(name)
        part = self._group()
        self._reading = before
        return replace(part, column=name.column)

    def _scoped(self, name: Lexeme) -> _Part:
        self.costly = name.column
        if name.text == "atleast":
            part = self._group()
            if part.near is None:
                raise side_error(name, part.column, part.node)
            return self._grown(AtLeast(name.number or 0, part.node, name.column), [part], column=name.column)
        if self._scopes and name.text.startswith("changed:"):
            raise QueryError(
                f"{name.text} stands inside another function",
                column=name.column,
                remedy=f"put it outside, where each word is one that an edit brought or took: {name.text}(sentence(a b))",
            )
        self._scopes += 1
        self._scoped_parts += 1
        if self._scoped_parts > MOST_SCOPES:
            raise QueryError(
                f"first, sentence, para and changed stand in more than {MOST_SCOPES} places",
                column=name.column,
                remedy="put more words in the brackets of one, or split the query into several rules",
            )
        if self._scopes > DEEPEST_SCOPE:
            raise QueryError(
                f"{name.text} is nested more than {DEEPEST_SCOPE} deep in others like it",
                column=name.column,
                remedy="join them by AND",
            )
        part = self._group()
        self._scopes -= 1
        node = Within(Scope(name.text), part.node, name.number or 0, name.column)
        return self._grown(node, [part], hungry=part.hungry, column=name.column)

    def _group(self) -> _Part:
        opening = self._take()
        self._brackets += 1
        if self._brackets > DEEPEST:
            raise too_deep(opening.column, DEEPEST)
        if self._kind() is Kind.CLOSE:
            raise QueryError("the brackets are empty", column=opening.column, remedy="write words between them, or remove them")
        if self._kind() is Kind.END:
            raise never_closed(opening)
        part = self._or()
        if self._kind() is not Kind.CLOSE:
            raise never_closed(opening)
        self._take()
        self._brackets -= 1
        return _Part(part.node, opening.column, part.depth, part.hungry, part.near)

    def _grown(
        self,
        node: Node,
        parts: list[_Part],
        *,
        hungry: int | None = None,
        near: Field | None = None,
        loose: bool = False,
        column: int | None = None,
    ) -> _Part:
        depth = 1 + max([part.depth for part in parts])
        if depth > DEEPEST:
            raise too_deep(parts[-1].column, DEEPEST)
        return _Part(node, column or parts[0].column, depth, hungry, near, loose)


def _beside_or(column: int) -> QueryError:
    return QueryError(
        "count and spike can only be joined to the whole query by AND",
        column=column,
        remedy="write (a OR b) AND count(story) >= 5 in 1h",
    )
