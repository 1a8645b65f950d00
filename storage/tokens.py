"""Unicode folding and tokens: one function for rules, search and the archive. A pure module.

Because a query's words and a text's words pass through the same `tokenize`, what a rule finds live and what a
search finds later agree by construction. `docs/query-language.md` tells the rules in prose.
"""

import re
import unicodedata
from dataclasses import dataclass

_LONGEST_CLUSTER = 32  # a base and its marks; Unicode's Stream-Safe Text Format (UAX 15) allows 30 marks
MEMORY = 50_000  # characters whose folding is remembered

_APOSTROPHES = dict.fromkeys("'’‘‛ʼʻʽʹʾʿˈ", "'")
_NOT_LETTERS = dict.fromkeys("™℠®©", " ")  # compatibility folding would glue "TM" to the name before it
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe"}
    | {"ی": "ي", "ک": "ك"}  # Persian yeh and kaf: which of the two is typed depends on the keyboard
)
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

# Hangul ends a word of another script, and is ended by one: LG는 is the name, and a particle.
HANGUL = "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff"  # as a class of a regular expression has it
_ANY_HANGUL = re.compile(f"[{HANGUL}]")

# The shape of a text is what `TOKEN` reads: a letter is a to z, a digit 0 to 9, a kept mark, a character of an unspaced
# script and one of Hangul one of the three signs below, anything else a sign that joins nothing. ASCII text is its own shape.
_MARK = "\u0300"
_ALONE = "\u4e00"
_SYLLABLE = "\uac00"
COMPLEX = "\ue000"  # in a simple folding: this character is folded together with its neighbours
TOKEN = re.compile(
    rf"{_ALONE}{_MARK}*+"
    rf"|{_SYLLABLE}[{_SYLLABLE}{_MARK}]*+"
    rf"|[a-z]{_MARK}*+(?![a-z0-9])(?:\.[a-z]{_MARK}*+(?![a-z0-9]))++\.?"  # U.S.
    r"|[0-9]++(?:[.,][0-9]++)++"  # 3.5
    rf"|[a-z0-9]{{1,3}}+(?:&[a-z0-9]{{1,3}}+(?![a-z0-9{_MARK}]))++"  # AT&T
    rf"|[a-z0-9][a-z0-9{_MARK}]*+"
)
_NUMBER = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|[0-9]+[.,][0-9]+")
_DIGITS = re.compile(r"[0-9]+")
_ANY_UNSPACED = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSPACED) + "]")
NOT_ASCII = re.compile(r"[^\x00-\x7f]+")


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
    simple = NOT_ASCII.sub(_simple_run, text).lower()
    if COMPLEX not in simple:
        return _cut(simple, NOT_ASCII.sub(shape_run, simple), None, None)
    folded, starts, ends = _fold_with_places(text, simple)
    return _cut(folded, NOT_ASCII.sub(shape_run, folded), starts, ends)


def unspaced(text: str) -> bool:
    """Whether the text has a character of a script that is written without blanks between words."""
    return not text.isascii() and _ANY_UNSPACED.search(text) is not None


def _cut(folded: str, shape: str, starts: list[int] | None, ends: list[int] | None) -> Tokens:
    """Cut a folded text into tokens; `starts` and `ends` lead from its characters back to the original's."""
    spans = [found.span() for found in TOKEN.finditer(shape)]
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
        for part, (start, end) in settled(word):
            settled_words.append(part)
            settled_spans.append((span[0] + start, span[0] + end))
    return settled_words, settled_spans


def settled(word: str) -> list[tuple[str, tuple[int, int]]]:
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
        stop = simple.find(COMPLEX, at)
        stop = length if stop < 0 else stop
        if stop < length and stop > at and joins_left(text[stop]):
            stop -= 1  # a mark belongs to the character before it
        if stop > at:
            parts.append(simple[at:stop])
            starts.extend(range(at, stop))
            ends.extend(range(at + 1, stop + 1))
        if stop == length:
            break
        cluster, end, at = _cluster(text, stop)
        folded = fold(cluster)
        parts.append(folded)
        starts.extend([stop] * len(folded))
        ends.extend([end] * len(folded))
    return "".join(parts), starts, ends


def _cluster(text: str, start: int) -> tuple[str, int, int]:
    """The character at `start` with what joins it: (characters to fold, end of the last one, where to go on)."""
    visible = [] if invisible(text[start]) else [text[start]]
    at = end = start + 1
    while at < len(text) and len(visible) < _LONGEST_CLUSTER:
        if joins_left(text[at]):
            if not visible:
                break
            visible.append(text[at])
            end = at + 1
        elif not invisible(text[at]):
            break
        at += 1
    return "".join(visible), end, at


def fold(cluster: str) -> str:
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


def joins_left(char: str) -> bool:
    """Whether this character may change or continue the one before it: marks, and the later jamo of a syllable."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def spelling_mark(char: str) -> bool:
    """Whether a mark is a spelling aid, such as an accent, and no part of the word."""
    return unicodedata.category(char)[0] == "M" and _within(ord(char), _SPELLING_MARKS)


def _within(code: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= code <= last for first, last in ranges)


class _Simple(dict[int, str]):
    """Character → its folding where that is one character and its neighbours do not matter; else the sign COMPLEX."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if invisible(char) or joins_left(char):
            folded = COMPLEX
        else:
            folded = fold(char)
            if len(folded) != 1:
                folded = COMPLEX
            elif folded == COMPLEX:
                folded = " "  # that private character itself
        if len(self) < MEMORY:
            self[code] = folded
        return folded


class _Shapes(dict[int, str]):
    """Folded character → its shape (see TOKEN)."""

    def __missing__(self, code: int) -> str:
        shape = self._shape(chr(code))
        if len(self) < MEMORY:
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
        if _within(ord(char), _UNSPACED):
            return _ALONE
        return _SYLLABLE if _ANY_HANGUL.match(char) else "a"


_simple = _Simple()
shapes = _Shapes()


def _simple_run(found: re.Match[str]) -> str:
    return found.group().translate(_simple)


def shape_run(found: re.Match[str]) -> str:
    """The shape of a run of folded characters (see TOKEN)."""
    return found.group().translate(shapes)
