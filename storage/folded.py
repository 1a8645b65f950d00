"""The tokens of a text without their places, which cost most: what matching, search and recognition ask first. A pure module.

The same tokens as `storage.tokens.tokenize` gives, on quicker ways: most texts are ASCII but for quotes and a few letters.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from storage.tokens import COMPLEX, MEMORY, NOT_ASCII, TOKEN, fold, invisible, joins_left, settled, shape_run, shapes, tokenize

_CHUNK = re.compile(r"[a-z0-9]++(?:[.,&][a-z0-9]++)*+\.?")  # of an ASCII text: no token crosses its bounds
_INNER = [re.compile(rf"{sign}[a-z0-9]") for sign in (r"\.", ",", "&")]  # one sign each: a class is sought slowly
_KEEP = str.maketrans({".": "\x01", ",": "\x02", "&": "\x03"})
_NO_INNER = str.maketrans("", "", ".,&")
_NO_KEPT = str.maketrans(dict.fromkeys("\x01\x02\x03", " "))
_BLANK_SIGNS = bytes(
    code if chr(code).isascii() and chr(code).isalnum() else b".,&"[code - 1] if 1 <= code <= 3 else 0x20 for code in range(256)
)  # bytes.translate is the quickest way
_ASCII = bytes(range(128))
_MOST_REPLACED = 40  # different characters that are replaced one after the other


def token_string(text: str) -> str:
    """The folded tokens joined by blanks: what full-text search stores. Tokenizing it gives the same tokens."""
    return " ".join(folded_tokens(text))


def unfolded(text: str) -> str | None:
    """The text as it is written, less the signs that may stand within a token; None where a letter of it is not ASCII.

    A word in capitals that does not stand in it is no token of the text: that is seen sooner than where its tokens are.
    """
    if not text.isascii():
        signs = set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))
        if not all(map(_is_blank, signs)):
            return None
    return text.translate(_NO_INNER)


@lru_cache(MEMORY)
def _is_blank(sign: str) -> bool:
    """Whether a character that is not ASCII joins nothing: a dash, a quote, or three dots, but no full-width stop."""
    folded = _whole[ord(sign)]
    return folded == "..." or (len(folded) == 1 and folded != COMPLEX and shapes[ord(folded)] in " '")


def folded_tokens(text: str) -> Sequence[str]:
    """The tokens of `tokenize` in order."""
    if text.isascii():
        return _of_ascii(text.lower())
    folded = _replaced(text)
    if folded.isascii():
        return _of_ascii(folded.lower())
    if COMPLEX in folded:
        return tokenize(text).folded
    folded = folded.lower()
    spans = [found.span() for found in TOKEN.finditer(NOT_ASCII.sub(shape_run, folded))]
    words = [folded[start:end] for start, end in spans]
    if "." in folded or "," in folded:
        return [part for word in words for part, _ in settled(word)]
    return words


def _replaced(text: str) -> str:
    """The text with every character folded but for its case; with COMPLEX in it where one needs its neighbours."""
    signs = set(text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass"))
    if len(signs) > _MOST_REPLACED:
        return NOT_ASCII.sub(_whole_run, text)
    folded = {sign: _whole[ord(sign)] for sign in signs}
    if COMPLEX in folded.values():
        return COMPLEX
    for sign, instead in folded.items():
        if instead.isascii() or shapes[ord(instead[0])] != " " or len(instead) > 1:
            text = text.replace(sign, instead)
        else:
            text = text.replace(sign, " ")  # a dash or a quote, which joins nothing
    return text


def _of_ascii(folded: str) -> list[str]:
    """The tokens of a folded ASCII text: words are cut at whatever is no letter or digit, but for knots such as 3.5 and U.S."""
    starts = sorted([inner.start() for signs in _INNER for inner in signs.finditer(folded)])
    if "\x01" in folded or "\x02" in folded or "\x03" in folded:
        folded = folded.translate(_NO_KEPT)
    parts: list[str] = []
    at = 0
    for start in starts:
        if start <= at or not folded[start - 1].isalnum():
            continue
        begin = start - 1
        while begin > at and folded[begin - 1].isalnum():
            begin -= 1
        knot = _CHUNK.match(folded, begin)
        assert knot is not None
        parts += (folded[at:begin], _untied(knot.group()))
        at = knot.end()
    parts.append(folded[at:])
    return "".join(parts).encode("ascii").translate(_BLANK_SIGNS).decode("ascii").split()


@lru_cache(50_000)
def _untied(knot: str) -> str:
    """The tokens of a knot with blanks around them; a sign within a token is one that _BLANK_SIGNS turns into it again."""
    tokens = " ".join([part for word in TOKEN.findall(knot) for part, _ in settled(word)])
    return f" {tokens.translate(_KEEP)} "


class _Whole(dict[int, str]):
    """Character → its folding, of any length, where its neighbours do not matter; else the sign COMPLEX."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if invisible(char):
            folded = ""
        elif joins_left(char) or char == COMPLEX:
            folded = COMPLEX
        else:
            folded = fold(char)
        if len(self) < MEMORY:
            self[code] = folded
        return folded


_whole = _Whole()


def _whole_run(found: re.Match[str]) -> str:
    return found.group().translate(_whole)
