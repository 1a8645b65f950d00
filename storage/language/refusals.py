"""The errors of the query parser that take more than a line: what is wrong, and what to write there. A pure module."""

from storage.errors import QueryError
from storage.language.lexer import Kind, Lexeme, shown
from storage.language.spelling import LANGUAGES
from storage.language.syntax import LETTER_LOOKS, And, Look, Node, Not, Or

_WAIT_FOR_MORE = frozenset({Kind.AND, Kind.OR, Kind.NOT, Kind.NEAR, Kind.FIELD})


def missing(before: Lexeme | None, found: Lexeme) -> QueryError:
    """For a place where a word should stand and none does."""
    if before is not None and found.kind is Kind.NEAR and (before.kind is Kind.NOT or found.text.startswith("NOT ")):
        return _without_left(before, found)
    if before is not None and before.kind in _WAIT_FOR_MORE:
        name = before.text + ":" if before.kind is Kind.FIELD else before.text
        return QueryError(
            f"{name} has nothing after it",
            column=before.column,
            remedy=f'write a word, a "phrase" or a (group) after {name}',
        )
    return QueryError(
        f"{found.text} has nothing before it",
        column=found.column,
        remedy=f'write a word before it, or quotes if the word itself is meant: "{found.text.lower()}"',
    )


def _without_left(before: Lexeme, found: Lexeme) -> QueryError:
    """For `a -NEAR/5 b`, `a AND NOT NEAR/5 b` and their like."""
    near = found.text.removeprefix("NOT ")
    return QueryError(
        f"{shown(before.text)} stands before {found.text}",
        column=before.column,
        remedy=f"write a NOT {near} b for an a without b near it, or NOT (a {near} b)",
    )


def mixed_near(operator: Lexeme) -> QueryError:
    """For NEAR and NOT NEAR in a row: of what the second speaks would be a guess."""
    first = "NEAR/5" if operator.text.startswith("NOT ") else "NOT NEAR/5"
    return QueryError(
        f"{operator.text} follows another NEAR without brackets",
        column=operator.column,
        remedy=f"put the first one and its words into brackets, as in (a {first} b) {operator.text} c",
    )


def near_too_deep(operator: Lexeme, most: int) -> QueryError:
    """For too many NEARs within one another."""
    remedy = "join shorter groups by AND: (a NEAR/5 b) AND (b NEAR/5 c)"
    if operator.text.startswith("NOT "):
        remedy = f"put the words into one group: a {operator.text} (b OR c)"
    return QueryError(f"NEAR is nested more than {most} deep", column=operator.column, remedy=remedy)


def never_closed(opening: Lexeme) -> QueryError:
    """For a bracket without its partner."""
    return QueryError("this bracket is never closed", column=opening.column, remedy="add the missing )")


def too_deep(column: int, most: int) -> QueryError:
    """For too many brackets around a word."""
    return QueryError(f"the query is nested more than {most} deep", column=column, remedy="remove brackets, or split the rule")


def nothing_but_count(column: int) -> QueryError:
    """For a count of nothing."""
    return QueryError(
        "there is nothing to count", column=column, remedy="write the words first: flood AND count(story) >= 5 in 1h"
    )


def wrong_look(name: Lexeme, outer: Look) -> QueryError:
    """For case(accents(x)) and its like."""
    remedy = "write exact(…) where capitals and accents both count"
    if outer in LETTER_LOOKS or name.text in LETTER_LOOKS:
        remedy = f"a word can be asked for one of the two only; write {name.text}(…) or {outer}(…)"
    return QueryError(f"{name.text} stands inside {outer}", column=name.column, remedy=remedy)


def no_stemmer(name: Lexeme) -> QueryError:
    """For a language whose words cannot be stemmed."""
    return QueryError(
        f"{shown(name.text)} is no language whose words can be stemmed",
        column=name.column,
        remedy=f"write stem: with one of {', '.join(sorted(LANGUAGES))}",
    )


def side_error(operator: Lexeme, column: int, side: Node | None) -> QueryError:
    """For what cannot stand beside NEAR, or in atleast5(…); a side of None is one that begins with NOT."""
    counts = operator.kind is Kind.FUNCTION
    name = f"{operator.text}{operator.number}" if counts else operator.text
    match side:
        case And():
            what = "AND"
        case Not() | None:
            what = "NOT"
        case Or():
            what = "a group with AND, NOT or several fields"
        case _:
            return QueryError(
                f"{name} reads words of a text only, not this", column=column,
                remedy="use it with title:, lead:, body:, comment: or no field, and join the rest by AND",
            )  # fmt: skip
    beside = f"{'in it' if counts else 'beside NEAR'} stand words, phrases and OR groups"
    if side is None and not counts and not name.startswith("NOT "):
        return QueryError(
            f"NOT stands between {name} and its word",
            column=column,
            remedy=f"write a NOT {name} b for an a without b near it; {beside}",
        )
    remedy = f"{name}(a) {name}(b)" if counts else f"(a {name} b) AND (a {name} c)"
    return QueryError(
        f"{name} cannot take {what}",
        column=column,
        remedy=f"{beside}; write {remedy}",
    )
