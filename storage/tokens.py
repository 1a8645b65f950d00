"""Unicode folding and tokens: one function for rules, search and the archive. A pure module.

Because a query's words and a text's words pass through the same `tokenize`, what a rule finds live and what a
search finds later agree by construction. `docs/query-language.md` tells the rules in prose.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST_CLUSTER = 32  # a base and its marks; Unicode's Stream-Safe Text Format (UAX 15) allows 30 marks
_MEMORY = 50_000  # characters whose folding is remembered

_APOSTROPHES = dict.fromkeys("'’‘‛ʼʻʽʹʾʿˈ", "'")
_NOT_LETTERS = dict.fromkeys("™℠®©", " ")  # compatibility folding would glue "TM" to the name before it
_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"})
_ARABIC_SEPARATORS = {"٫": ".", "٬": ","}
_TATWEEL = "ـ"
_BREVE = "\u0306"
_FRACTION_SLASH = "\u2044"

# Marks that are spelling aids and fall away. All others (Thai, Indic, kana …) are part of the word.
_SPELLING_MARKS = (
    (0x0300, 0x036F),  # Latin, Greek, Cyrillic accents
    (0x0483, 0x0489),  # Old Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic signs and harakat
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x08CA, 0x08FF),
    (0x0711, 0x0711),  # Syriac points
    (0x0730, 0x074A),
    (0x180B, 0x180F),  # Mongolian variation selectors
    (0x1AB0, 0x1AFF),  # more accents
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
# Scripts written without blanks between words: each character is a token, so a word is a phrase.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),
    (0x2E80, 0x2FDF),  # Han radicals
    (0x3005, 0x3007),
    (0x3021, 0x3029),
    (0x3031, 0x30FF),  # kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FF),  # Myanmar
    (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF),  # Han
    (0x1B000, 0x1B16F),  # kana
    (0x20000, 0x3FFFF),  # Han
)

# The shape of a text is what `_TOKEN` reads: a letter is a to z, a digit 0 to 9, a kept mark and a character of an
# unspaced script one of the two signs below, anything else a sign that joins nothing. ASCII text is its own shape.
_MARK = "\u0300"
_ALONE = "\u4e00"
_COMPLEX = "\ue000"  # in a simple folding: this character is folded together with its neighbours
_TOKEN = re.compile(
    rf"{_ALONE}{_MARK}*+"
    rf"|[a-z]{_MARK}*+(?![a-z0-9])(?:\.[a-z]{_MARK}*+(?![a-z0-9]))++\.?"  # U.S.
    r"|[0-9]++(?:[.,][0-9]++)++"  # 3.5
    rf"|[a-z0-9]{{1,3}}+(?:&[a-z0-9]{{1,3}}+(?![a-z0-9{_MARK}]))++"  # AT&T
    rf"|[a-z0-9][a-z0-9{_MARK}]*+"
)
_CHUNK = re.compile(r"[a-z0-9]++(?:[.,&][a-z0-9]++)*+\.?")  # of an ASCII text: no token crosses its bounds
_INNER = re.compile(r"[.,&][a-z0-9]")
_BLANK_SIGNS = bytes(code if chr(code).isalnum() else 0x20 for code in range(256))  # bytes.translate is the quickest way
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+[.,][0-9]+")
_DIGITS = re.compile(r"[0-9]+")
_ANY_UNSPACED = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSPACED) + "]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_NOT_ASCII_SIGN = re.compile(r"[^\x00-\x7f]")
_PARTING = frozenset(
    "‘’‚‛“”„‟‹›«»‐‑‒–—―…•·¡¿§¶€£¥°†‡\u00a0\u2009\u202f\u2002\u2003"
)  # they part words, whatever stands beside them


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text in order: `folded[i]` stands at characters `starts[i]` to `ends[i]` of the original."""

    folded: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.folded)


_NOTHING = Tokens((), (), ())

_COMMON = (
    "a an and are as at be been but by can did do for from had has have he her his how i if in into is it its more "
    "new no not of on one or our out over said says she so than that the their them then there they this to two up "
    "was we were what when which who will with would you your "  # English
    "au aux avec ce ces dans de des du elle en est et il la le les leur mais ne nous on ou par pas plus pour qui que "
    "sa se ses son sont sur un une vous "  # French
    "aber als am auch auf aus bei das dass dem den der die ein eine einem einen einer er es fur hat ich im ist mit "
    "nach nicht noch nur oder sein sich sie sind so um und uns von vor war was wie wird zu zum zur "  # German
    "al como con del el ella esta este ha hay lo los las mas mi muy o para pero por se ser sin su sus una y ya "  # Spanish
    "che di e gli nel non per piu sono "  # Italian
    "ao com da das do dos em na nas nos os pela pelo sao uma "  # Portuguese
    "aan bij dat door een het maar met naar niet of om ook op te uit van voor werd wordt zijn "  # Dutch
    "w z na do to sie nie jest ze"  # Polish
)
COMMON_WORDS = frozenset(_COMMON.split())
"""Folded words so frequent that a query of nothing else says nothing, in the languages of much news."""


def tokenize(text: str) -> Tokens:
    """The folded tokens of a text with their places in it; any string will do, lone surrogates and NUL included.

    Folding: invisible characters dropped, apostrophes unified, NFKC, case folding, accents removed (not the marks of
    Thai, Indic scripts and kana), ø đ ł ı æ œ spelt o d l i ae oe, digits of all scripts to 0-9. Linear time.
    """
    if text.isascii():
        folded = shape = text.lower()
        return _cut(folded, shape, None, None)
    simple = _NOT_ASCII.sub(_simple_run, text).lower()
    if _COMPLEX not in simple:
        return _cut(simple, _NOT_ASCII.sub(_shape_run, simple), None, None)
    folded, starts, ends = _fold_with_places(text, simple)
    return _cut(folded, _NOT_ASCII.sub(_shape_run, folded), starts, ends)


def token_string(text: str) -> str:
    """The folded tokens joined by blanks: what full-text search stores. Tokenizing it gives the same tokens."""
    return " ".join(folded_tokens(text))


def folded_tokens(text: str) -> Sequence[str]:
    """The tokens of `tokenize` without their places, which cost most."""
    if text.isascii():
        return _ascii_tokens(text.lower())
    if _PARTING.issuperset(_NOT_ASCII_SIGN.findall(text)):  # quotes and dashes only: the encoder puts ? in their place
        return _ascii_tokens(text.encode("ascii", "replace").decode("ascii").lower())
    folded = _NOT_ASCII.sub(_whole_run, text).lower()
    if _COMPLEX in folded:
        return tokenize(text).folded
    signs = "".join(_NOT_ASCII.findall(folded))
    if signs.translate(_shapes).isspace() or not signs:  # dashes and quotes, which join nothing
        return _ascii_tokens(_NOT_ASCII.sub(" ", folded))
    words = [
        folded[start:end] for start, end in [found.span() for found in _TOKEN.finditer(_NOT_ASCII.sub(_shape_run, folded))]
    ]
    if "." in folded or "," in folded:
        return [part for word in words for part, _ in _settled(word)]
    return words


def _ascii_tokens(folded: str) -> list[str]:
    """The tokens of a folded ASCII text: words are cut at whatever is no letter or digit, but for knots such as 3.5 and U.S."""
    parts: list[str] = []
    at = 0
    for inner in _INNER.finditer(folded):
        start = inner.start()
        if start <= at or not folded[start - 1].isalnum():
            continue
        while start > at and folded[start - 1].isalnum():
            start -= 1
        knot = _CHUNK.match(folded, start)
        assert knot is not None
        parts += _plain_words(folded[at:start])
        parts += [part for word in _TOKEN.findall(knot.group()) for part, _ in _settled(word)]
        at = knot.end()
    parts += _plain_words(folded[at:])
    return parts


def _plain_words(folded: str) -> list[str]:
    return folded.encode("ascii").translate(_BLANK_SIGNS).decode("ascii").split()


def unspaced(text: str) -> bool:
    """Whether the text has a character of a script that is written without blanks between words."""
    return not text.isascii() and _ANY_UNSPACED.search(text) is not None


def _cut(folded: str, shape: str, starts: list[int] | None, ends: list[int] | None) -> Tokens:
    """Cut a folded text into tokens; `starts` and `ends` lead from its characters back to the original's."""
    spans = [found.span() for found in _TOKEN.finditer(shape)]
    if not spans:
        return _NOTHING
    words = [folded[begin:end] for begin, end in spans]
    if "." in folded or "," in folded:
        words, spans = _settle_points(words, spans)
    begins, stops = zip(*spans, strict=True)
    if starts is None or ends is None:
        return Tokens(tuple(words), begins, stops)
    return Tokens(tuple(words), tuple(starts[each] for each in begins), tuple(ends[each - 1] for each in stops))


def _settle_points(words: list[str], spans: list[tuple[int, int]]) -> tuple[list[str], list[tuple[int, int]]]:
    """Give acronyms their last point, and part digit chains that are no number, such as 12.03.2024."""
    settled_words, settled_spans = [], []
    for word, span in zip(words, spans, strict=True):
        for part, (start, end) in _settled(word):
            settled_words.append(part)
            settled_spans.append((span[0] + start, span[0] + end))
    return settled_words, settled_spans


def _settled(word: str) -> list[tuple[str, tuple[int, int]]]:
    """The tokens that a word with points or commas is, each with its place in it."""
    if "." not in word and "," not in word:
        return [(word, (0, len(word)))]
    if not word[0].isdigit():
        return [(word if word[-1] == "." else word + ".", (0, len(word)))]
    if _NUMBER.fullmatch(word):
        return [(word, (0, len(word)))]
    return [(digits.group(), digits.span()) for digits in _DIGITS.finditer(word)]


def _fold_with_places(text: str, simple: str) -> tuple[str, list[int], list[int]]:
    """Fold a text in which a character may become none or several; for each folded one, the place it came from."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, length = 0, len(text)
    while at < length:
        stop = simple.find(_COMPLEX, at)
        stop = length if stop < 0 else stop
        if stop < length and stop > at and _joins_left(text[stop]):
            stop -= 1  # a mark belongs to the character before it
        if stop > at:
            parts.append(simple[at:stop])
            starts.extend(range(at, stop))
            ends.extend(range(at + 1, stop + 1))
        if stop == length:
            break
        cluster, end, at = _cluster(text, stop)
        folded = _fold(cluster)
        parts.append(folded)
        starts.extend([stop] * len(folded))
        ends.extend([end] * len(folded))
    return "".join(parts), starts, ends


def _cluster(text: str, start: int) -> tuple[str, int, int]:
    """The character at `start` with what joins it: (characters to fold, end of the last one, where to go on)."""
    visible = [] if invisible(text[start]) else [text[start]]
    at = end = start + 1
    while at < len(text) and len(visible) < _LONGEST_CLUSTER:
        if _joins_left(text[at]):
            if not visible:
                break
            visible.append(text[at])
            end = at + 1
        elif not invisible(text[at]):
            break
        at += 1
    return "".join(visible), end, at


def _fold(cluster: str) -> str:
    """Fold one character and its marks."""
    if not cluster:
        return ""
    if cluster[0] in _APOSTROPHES or cluster[0] in _NOT_LETTERS:
        return _APOSTROPHES.get(cluster[0], " ")
    folded = unicodedata.normalize("NFKC", cluster).casefold()
    kept: list[str] = []
    for char in unicodedata.normalize("NFKD", folded):
        cyrillic_breve = char == _BREVE and bool(kept) and "\u0400" <= kept[-1] <= "\u04ff"  # й is a letter, not an и
        if cyrillic_breve or not (spelling_mark(char) or invisible(char)):
            kept.append(_APOSTROPHES.get(char) or _digit(char))
    folded = unicodedata.normalize("NFC", "".join(kept)).translate(_LETTERS).lower()  # lower: Cherokee folds to capitals
    if _FRACTION_SLASH in folded and len(cluster) == 1:
        return " " + folded  # 5½ is not 51
    return folded


def _digit(char: str) -> str:
    if char in _ARABIC_SEPARATORS:
        return _ARABIC_SEPARATORS[char]
    value = unicodedata.decimal(char, None)
    return char if value is None else str(value)


def invisible(char: str) -> bool:
    """Format characters: soft hyphen, zero-width and bidirectional controls; and the Arabic stretcher."""
    return char == _TATWEEL or unicodedata.category(char) == "Cf"


def _joins_left(char: str) -> bool:
    """Whether this character may change or continue the one before it: marks, and the later jamo of a syllable."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def spelling_mark(char: str) -> bool:
    """Whether a mark is a spelling aid, such as an accent, and no part of the word."""
    return unicodedata.category(char)[0] == "M" and _within(ord(char), _SPELLING_MARKS)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


class _Simple(dict[int, str]):
    """Character → its folding where that is one character and its neighbours do not matter; else the sign _COMPLEX."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if invisible(char) or _joins_left(char):
            folded = _COMPLEX
        else:
            folded = _fold(char)
            if len(folded) != 1:
                folded = _COMPLEX
            elif folded == _COMPLEX:
                folded = " "  # that private character itself
        if len(self) < _MEMORY:
            self[code] = folded
        return folded


class _Whole(dict[int, str]):
    """Character → its folding, of any length, where its neighbours do not matter; else the sign _COMPLEX."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if invisible(char):
            folded = ""
        elif _joins_left(char) or char == _COMPLEX:
            folded = _COMPLEX
        else:
            folded = _fold(char)
        if len(self) < _MEMORY:
            self[code] = folded
        return folded


class _Shapes(dict[int, str]):
    """Folded character → its shape (see _TOKEN)."""

    def __missing__(self, code: int) -> str:
        shape = self._shape(chr(code))
        if len(self) < _MEMORY:
            self[code] = shape
        return shape

    @staticmethod
    def _shape(char: str) -> str:
        if char.isascii():
            return char
        kind = unicodedata.category(char)[0]
        if kind == "M":
            return _MARK
        if kind not in "LN":
            return " "
        return _ALONE if _within(ord(char), _UNSPACED) else "a"


_simple = _Simple()
_whole = _Whole()
_shapes = _Shapes()


def _simple_run(found: re.Match[str]) -> str:
    return found.group().translate(_simple)


def _whole_run(found: re.Match[str]) -> str:
    return found.group().translate(_whole)


def _shape_run(found: re.Match[str]) -> str:
    return found.group().translate(_shapes)
