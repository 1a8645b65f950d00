"""How a word is written, where a rule asks for capitals, accents or stems. A pure module.

Everywhere else words are folded (`storage.tokens`); these functions are asked about single words that were found so.
"""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from storage.language.syntax import Look
from storage.tokens import fold, invisible, spelling_mark

# Snowball's stemmers that only cut the ends of words, so that a stem and its words begin alike.
LANGUAGES = {
    "ca": "catalan", "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish", "fr": "french",
    "hu": "hungarian", "it": "italian", "lt": "lithuanian", "nl": "dutch_porter", "no": "norwegian", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sv": "swedish",
}  # fmt: skip
"""Language code → the name of its stemmer."""

_DOTTED_I = "i\u0307"  # what case folding makes of the Turkish capital İ, whose small letter is i
_CEDILLAS = str.maketrans("şţŞŢ", "șțȘȚ")  # older keyboards write Romanian so; no language tells them apart


def spelt(look: Look, word: str) -> str:
    """What of a word's spelling the look compares: the word without what does not count.

    CASE keeps capitals and drops accents, ACCENTS the reverse, EXACT keeps both. Invisible characters and full-width forms
    never count.
    """
    seen = "".join(char for char in unicodedata.normalize("NFKC", word) if not invisible(char))
    if look is Look.ACCENTS:
        seen = seen.casefold().replace(_DOTTED_I, "i")
    if look is Look.CASE:
        seen = "".join(char for char in unicodedata.normalize("NFKD", seen) if not spelling_mark(char))
        if not seen.isascii():
            seen = "".join(char if char.isascii() else _plain(char, loud=seen.isupper()) for char in seen)
    return unicodedata.normalize("NFC", seen).translate(_CEDILLAS)


def _plain(char: str, *, loud: bool) -> str:
    """A letter without what folding takes from it beside its capital: Ł is L, ß is ss, Œ is OE in a `loud` word and else Oe."""
    folded = fold(char)
    if char == char.lower():
        return folded
    return folded.upper() if loud else folded[:1].upper() + folded[1:]


def in_letters(look: Look, word: str) -> bool:
    """Whether those letters of a word that can be capitals are so: all of them, some, or none.

    A word without such a letter (3.5, 北京) has none that is, and none that is not: it never is as a look wants it.
    """
    upper, lower = word.upper(), word.lower()
    match look:
        case Look.ALLCAPS:
            return upper == word != lower
        case Look.CAPITAL:
            return word != lower
        case _:
            return lower == word != upper


@lru_cache(200_000)
def stem(language: str, word: str) -> str:
    """The stem of a folded word in one of LANGUAGES.

    Words are folded before they are stemmed, as they are everywhere: a text with and one without accents agree.
    """
    found: str = _stemmer(language)(word)
    return found


@lru_cache(len(LANGUAGES))
def _stemmer(language: str) -> Callable[[str], str]:
    import snowballstemmer  # noqa: PLC0415 - few rules ask for stems, and it takes a tenth of a short command's start

    stemmer: Callable[[str], str] = snowballstemmer.stemmer(LANGUAGES[language]).stemWord
    return stemmer
