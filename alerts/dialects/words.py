"""Words, phrases, hosts, codes and dates of a query → leaves of the tree. A pure module.

What comes in is spelt with our wildcards: `*` for any number of characters, `?` for exactly one.
"""

import re
from datetime import date

from alerts.dialects.lexing import refuse
from alerts.dialects.tree import Join, Leaf, Node, any_of, near
from storage.language.lexer import shown
from storage.tokens import tokenize

LONGEST_PHRASE = 100
LEAST_PIECE = 3
"""Letters that stand together in a word that begins with a wildcard."""
MOST_ALTERNATIVES = 64
"""Phrases that an adjacent group, or an ending of up to n letters, may be written out into."""

_PIECE = re.compile(r"[\w*?]+")
_BARE = re.compile(r"[^\W_](?:[^\W_]|[*?])*|[*?]+(?:[^\W_]|[*?])*")
_OPERATOR_LIKE = re.compile(r"AND|OR|NOT|O?NEAR[0-9]*|ADJ[0-9]+", re.IGNORECASE)
_HOST = re.compile(r"[^\W_]+(?:[-_]+[^\W_]+)*(?:\.[^\W_]+(?:[-_]+[^\W_]+)*)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*")
_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
_AS_LETTER = str.maketrans({"*": "x", "?": "x"})


def leaf(text: str, column: int) -> Node:
    """A word or phrase; raises QueryError when it has no letter, or a wildcard where ours cannot stand.

    It is quoted wherever a sign in it could be read as anything else; quotes change no meaning in our language.
    """
    words = " ".join(text.replace('"', " ").split())
    count = len(tokenize(words.translate(_AS_LETTER)).folded)
    if not count or not tokenize(words.replace("*", " ").replace("?", " ")).folded:
        refuse(f"{shown(words) or 'the phrase'} has no letter or digit", column, "write a word, or remove it")
    if count > LONGEST_PHRASE:
        refuse(f"this phrase has {count} words", column, f"at most {LONGEST_PHRASE} are allowed")
    _check_wildcards(words, column)
    if _BARE.fullmatch(words) and not _OPERATOR_LIKE.fullmatch(words):
        return Leaf(words, column)
    found = _PIECE.findall(words)
    if any(piece.startswith("?") or piece.endswith("?") for piece in found):
        return _with_edges(words.split(), column)
    return Leaf(f'"{words}"', column)


def _check_wildcards(words: str, column: int) -> None:
    for piece in _PIECE.findall(words):
        letters = max(re.split(r"[*?]+", piece), key=len)
        if not letters:
            refuse("a wildcard stands alone", column, "write letters of a word beside it: bank*")
        if piece[0] in "*?" and len(letters) < LEAST_PIECE:
            refuse(
                f"{shown(piece)} begins with a wildcard and has too few letters together",
                column,
                f"write at least {LEAST_PIECE} letters: *bank",
            )


def _with_edges(words: list[str], column: int) -> Node:
    """A phrase with a `?` at an edge of a word: in quotes ours would be a question mark."""
    if len(words) != 2 or not all(map(_BARE.fullmatch, words)):
        refuse(
            "a wildcard for one letter stands at the edge of a word in a phrase",
            column,
            "write out the forms of the word, joined by OR",
        )
    return near(leaf(words[0], column), leaf(words[1], column), 0, column, ordered=True)


def literal(text: str, column: int) -> Node:
    """A word or phrase in which the tool reads no wildcards."""
    if "*" in text:
        refuse("a star stands where the tool reads no wildcard", column, "remove the star")
    return leaf(re.sub(r"\?(?=\w)", " ", text).replace("?", " "), column)


def endings(text: str, most: int) -> list[str]:
    """A word with up to so many letters more, as a list of words."""
    return [text + "?" * number for number in range(most + 1)]


def alternatives(texts: list[list[str]], column: int) -> Node:
    """Pieces side by side, each with its alternatives, as an OR of phrases; raises QueryError for too many."""
    phrases = [""]
    for choices in texts:
        if len(phrases) * len(choices) > MOST_ALTERNATIVES:
            refuse(
                f"this makes more than {MOST_ALTERNATIVES} different phrases", column, "join its parts by AND or NEAR instead"
            )
        phrases = [f"{phrase} {choice}" for phrase in phrases for choice in choices]
    return any_of([leaf(phrase, column) for phrase in phrases])


def texts(node: Node) -> list[str] | None:
    """The words of a word, phrase or OR group of them, as `alternatives` takes them; None for anything else."""
    match node:
        case Leaf(fact=False):
            return [node.text.strip('"')]
        case Join(operator="OR"):
            found = [texts(part) for part in node.parts]
            return None if None in found else [text for each in found if each for text in each]
        case _:
            return None


def host(text: str, column: int) -> Leaf:
    """A host, as `site:` takes it, of a host or address without a path; raises QueryError for anything else."""
    bare = re.sub(r"^https?://", "", text.strip(), flags=re.IGNORECASE).rstrip("/").removeprefix("*.").removeprefix(".")
    if not _HOST.fullmatch(bare):
        refuse(f"{shown(text)} is no host name", column, "site: takes a host without path, port or star: bbc.co.uk")
    return Leaf(bare.lower(), column)


def language(text: str, column: int) -> Leaf:
    """A language code; raises QueryError for anything else."""
    if not _LANGUAGE.fullmatch(code := text.strip().lower().replace("_", "-")):
        refuse(f"{shown(text)} is no language code", column, "write two letters, such as de")
    return Leaf(code, column)


def country(text: str, column: int) -> Leaf:
    """A country code; raises QueryError for anything else."""
    if not re.fullmatch(r"[a-z]{2}", code := text.strip().lower()):
        refuse(f"{shown(text)} is no country code", column, "write two letters, such as de")
    return Leaf(code, column)


def length(sign: str, number: str, column: int) -> Leaf:
    """A `length:` of a sign (> or <) and a number of words; raises QueryError for more than ours can name, and for none."""
    if not re.fullmatch(r"[0-9]{1,6}", number) or (sign == "<" and int(number) == 0):
        refuse(f"{sign}{shown(number)} is no number of words of an article", column, f"write a number such as {sign}1000")
    return Leaf(f"length:{sign}{int(number)}", column, fact=True)


def published(sign: str, text: str, column: int) -> Leaf:
    """A `published:` of a sign (nothing, >, >=, <, <=) and a year, month or day in the form 2026-11-03."""
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        refuse(f"{shown(text)} is no date that can be read in one way only", column, "write it as 2026-11-03")
    return Leaf(f"published:{sign}{text}", column, fact=True)
