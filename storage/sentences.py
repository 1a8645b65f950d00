"""Where paragraphs and sentences end, in the scripts that news is written in. A pure module.

A rule of thumb, in favour of long sentences: a point ends none behind an initial, a short form or an ordinal, or before a small
letter. Thai and Lao have no sign for it and put a blank where a sentence may end.
"""

import re
from collections.abc import Iterator

_SHORT = (
    "mr mrs ms dr prof sen rep gov gen col lt sgt capt st jr sr rev hon vs inc ltd co corp dept est jan feb mar apr jun "
    "jul aug sep sept oct nov dec approx bzw ca evtl ggf inkl nr str vgl usw hr fr mme mlle art av sra srta ud uds ing "
    "dott avv sig ul im gen im prof tel др г гг ул стр "
)
_SHORT_FORMS = frozenset(_SHORT.split())
_BEFORE_NUMBERS = frozenset(("no", "nos", "fig", "vol", "art"))
_END = re.compile(
    r"""(?P<mark>[.!?…]{1,6})["'”’»)\]]{0,6}\s+(?=\S)"""  # counted, so that a row of points costs no more than its length
    r"""|[؟۔।॥။።]{1,6}["'”’»)\]]{0,6}\s*|[。！？｡]{1,6}[」』”’）)]{0,6}"""
)
_BLANK_LINE = re.compile(r"\n(?:[^\S\n]|[\u00ad\u200b-\u200d\u2060\ufeff])*\n")  # invisible characters leave it blank
_LINE = re.compile(r"\n")
_BLANKS = re.compile(r"\s+")
_BEFORE = re.compile(r"([^\W\d_]+|\d+)\Z")
_UNMARKED = re.compile(r"[\u0e00-\u0eff]")  # Thai, Lao
Span = tuple[int, int]
_LONG_UNMARKED = 40  # characters of a stretch that ends at a blank


def paragraph_texts(text: str) -> list[str]:
    """The paragraphs of a text: parted by blank lines, or by ends of lines where there is no blank one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return [text[start:end] for start, end in paragraph_spans(text)]


def sentences(text: str) -> list[str]:
    """The sentences of a text in order, each on one line; none goes on behind its paragraph."""
    return [" ".join(text[start:end].split()) for start, end in sentence_spans(text)]


def paragraph_spans(text: str) -> list[Span]:
    """Where each paragraph starts and ends, in characters, without the blanks around it."""
    text = text.replace("\r\n", " \n").replace("\r", "\n")  # as long as before
    breaks = _BLANK_LINE if _BLANK_LINE.search(text.strip()) else _LINE
    spans, start = [], 0
    for found in breaks.finditer(text):
        spans.append((start, found.start()))
        start = found.end()
    spans.append((start, len(text)))
    return [trimmed for span in spans if (trimmed := _trimmed(text, *span))]


def sentence_spans(text: str) -> list[Span]:
    """Where each sentence starts and ends, in characters, without the blanks around it."""
    return [span for start, end in paragraph_spans(text) for span in _cut(text, start, end)]


def _trimmed(text: str, start: int, end: int) -> Span | None:
    piece = text[start:end]
    bare = piece.lstrip()
    start += len(piece) - len(bare)
    end = start + len(bare.rstrip())
    return (start, end) if start < end else None


def _cut(text: str, start: int, end: int) -> Iterator[Span]:
    begin = start
    for found in _END.finditer(text, start, end):
        if found.group("mark") and not _ends(text, found):
            continue
        yield from _unmarked(text, begin, found.end())
        begin = found.end()
    yield from _unmarked(text, begin, end)


def _ends(text: str, found: re.Match[str]) -> bool:
    """Whether the mark ends a sentence."""
    following = text[found.end()]
    if following.islower():
        return False
    before = _BEFORE.search(text, max(0, found.start() - 20), found.start())
    if found.group("mark") != "." or before is None:
        return True
    word = before.group().lower()
    if word.isdigit():
        return len(word) > 2
    if following.isdigit() and word in _BEFORE_NUMBERS:
        return False
    return len(word) > 1 and word not in _SHORT_FORMS


def _unmarked(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentence; in a script without signs for its end, cut at blanks into stretches of some length."""
    span = _trimmed(text, start, end)
    if span is None:
        return
    start, end = span
    if end - start >= 2 * _LONG_UNMARKED and _UNMARKED.search(text, start, end):
        for found in _BLANKS.finditer(text, start, end):
            if found.start() - start >= _LONG_UNMARKED:
                yield start, found.start()
                start = found.end()
    yield start, end
