"""Words with wildcards: `*` stands for any characters, `?` for exactly one. A pure module.

Not by regular expressions: `a*a*a*a*b` would make them run away on a long row of a's, and a word of a hostile page may be
as long as the page.
"""

STARS, ONE = "\U00010600", "\U00010601"
"""Letters of a dead script (Linear A) that stand for the two signs while a query's words are cut like any text."""
OLD_STARS, OLD_ONE = "\ua97c", "\ua97b"
"""Their likes in Hangul, of spellings before 1600: there a letter of another script would end the word."""


def fits(pattern: str, word: str) -> bool:
    """Whether the whole word is what the pattern describes; at most their lengths multiplied in steps."""
    if "?" not in pattern and pattern.find("*") == len(pattern) - 1:
        return word.startswith(pattern[:-1])
    head, *rest = pattern.split("*")
    if not rest:
        return len(head) == len(word) and _same(head, word, 0)
    tail = rest.pop()
    if len(word) < len(head) + len(tail) or not _same(head, word, 0) or not _same(tail, word, len(word) - len(tail)):
        return False
    at, end = len(head), len(word) - len(tail)
    for piece in rest:
        at = _found(piece, word, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def beginning(pattern: str) -> str:
    """What every word that fits begins with."""
    return pattern[: min(at for at in (pattern.find("*"), pattern.find("?"), len(pattern)) if at >= 0)]


def longest_piece(pattern: str) -> str:
    """The longest run of letters that stands in every word that fits."""
    return max(pattern.replace("?", "*").split("*"), key=len)


def _same(piece: str, word: str, at: int) -> bool:
    if "?" not in piece:
        return word.startswith(piece, at)
    return all(sign in ("?", word[at + number]) for number, sign in enumerate(piece))


def _found(piece: str, word: str, at: int, end: int) -> int:
    """Where a piece first stands within `at` to `end`, or -1; the first place leaves most room for the rest."""
    if "?" not in piece:
        return word.find(piece, at, end)
    return next((start for start in range(at, end - len(piece) + 1) if _same(piece, word, start)), -1)
