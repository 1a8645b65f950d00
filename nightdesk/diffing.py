"""What an edit changed, for people who read it in a terminal or in a file.

A paragraph of which enough stayed is shown once, with what went as [-…-] and what came as {+…+}, or in colours; one that
was written anew is shown as it was (-) and as it is (+). Paragraphs that stayed are counted, not shown, unless all is wanted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from nightdesk.output import one_line, when
from nightdesk.screen import Screen, counted, harmless, laid_out, lapse, styled
from storage.likeness.differences import Block, Difference
from storage.likeness.paragraphs import BREAK
from storage.likeness.rewording import Piece, kept
from storage.models import Article
from storage.words import ParagraphChange

WENT, CAME = "red strike", "green underline"
ANEW = 0.5  # of both texts' characters stayed: below it, two whole texts read better than one with marks
_LONG, _BESIDE = 360, 150  # characters: a longer stretch that stayed is cut to so many beside each change
_GLIMPSE = 90  # characters of a paragraph that only moved
_NAMES = {
    ParagraphChange.SAME: "unchanged",
    ParagraphChange.DATED: "date",
    ParagraphChange.SPLIT: "split",
    ParagraphChange.MERGED: "merged",
}


def diff_lines(found: Difference, article: Article, screen: Screen, *, full: bool = False) -> list[Text]:
    """The difference in lines: what is compared, what changed in a sentence, the title, then the paragraphs in order."""
    lines = list(_heading(found, article, screen))
    if found.empty and not full:
        return lines
    if found.title:
        lines += [Text(), styled("Title", "bold", screen), *_both(found.title, screen)]
    for group in gathered(found.blocks):
        if group[0].quiet and not full:
            folded = f"… {counted(paragraph_count(group), 'paragraph')} unchanged"
            lines += [Text(), *laid_out(styled(folded, "dim", screen), screen, first="  ")]
        else:
            lines += _group(group, found, screen, full=full)
    return lines


def gathered(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks in order, with those together that are told in one: unchanged, added, removed, or moved as one."""
    group: list[Block] = []
    for block in blocks:
        if group and not _goes_on(group[-1], block):
            yield group
            group = []
        group.append(block)
    if group:
        yield group


def _goes_on(last: Block, block: Block) -> bool:
    if last.quiet or block.quiet:
        return last.quiet and block.quiet
    if last.change is not block.change or last.moved != block.moved:
        return False
    follows = all(before[-1:] == (after[0] - 1,) for before, after in ((last.old, block.old), (last.new, block.new)) if after)
    return follows and (
        block.change in (ParagraphChange.ADDED, ParagraphChange.REMOVED)
        or (block.moved and block.change is ParagraphChange.SAME)
    )


def paragraph_count(group: Iterable[Block]) -> int:
    """How many paragraphs blocks have: of the new version, or of the old one where they are gone."""
    return sum(len(block.new) or len(block.old) for block in group)


def summary(found: Difference) -> str:
    """What changed, in a sentence."""
    if found.empty:
        return "nothing changed but spelling, spacing or dates"
    counts: Counter[str] = Counter()
    for block in found.blocks:
        if not block.quiet:
            counts[_what(block)] += 1
    parts = ["title changed"] if found.title else []
    for number, (what, count) in enumerate(counts.items()):
        parts.append(f"{counted(count, 'paragraph')} {what}" if number == 0 else f"{count:,} {what}")
    return ", ".join(parts)


def _heading(found: Difference, article: Article, screen: Screen) -> Iterator[Text]:
    yield from laid_out(styled(one_line(found.new.title or article.url, 400), "bold", screen), screen)
    yield from laid_out(Text(f"{one_line(article.source)} · {one_line(article.url, 400)}"), screen)
    later = lapse((found.new.seen - found.old.seen).total_seconds())
    turn = "later" if found.new.seen >= found.old.seen else "earlier"
    compared = (
        f"version {found.old.number} of {when(found.old.seen)} → version {found.new.number} of {when(found.new.seen)},"
        f" {later} {turn}"
    )
    yield from laid_out(styled(compared, "dim", screen), screen)
    yield from laid_out(Text(summary(found)), screen)


def label(group: list[Block], found: Difference) -> str:
    """Which paragraphs they are, by number, and what became of them."""
    old = [number for block in group for number in block.old]
    new = [number for block in group for number in block.new]
    name = "Paragraph" if len(new or old) == 1 else "Paragraphs"
    if not new:
        place = f"{name} {_numbers(old)} of version {found.old.number}"
    elif old and (group[0].moved or len(old) != len(new)):
        place = f"{name} {_numbers(new)} (was {_numbers(old)})"
    else:
        place = f"{name} {_numbers(new)}"
    return f"{place}, {_what(group[0])}"


def _what(block: Block) -> str:
    """What became of a paragraph, in words."""
    name = _NAMES.get(block.change, str(block.change))
    if not block.moved:
        return name
    return "moved" if block.change is ParagraphChange.SAME else f"moved and {name}"


def _numbers(numbers: Sequence[int]) -> str:
    return f"{numbers[0]}–{numbers[-1]}" if len(numbers) > 1 else str(numbers[0])


def _group(group: list[Block], found: Difference, screen: Screen, *, full: bool) -> Iterator[Text]:
    yield Text()
    yield from laid_out(styled(label(group, found), "dim" if group[0].quiet else "bold", screen), screen)
    for number, block in enumerate(group):
        if number and screen.width is not None and block.change is not ParagraphChange.SAME:
            removed = block.change is ParagraphChange.REMOVED
            yield styled("-" if removed else "+", (WENT if removed else CAME).split()[0], screen)
        yield from _block(block, screen, full=full)


def _block(block: Block, screen: Screen, *, full: bool) -> Iterator[Text]:
    if block.change in (ParagraphChange.SAME, ParagraphChange.DATED):
        whole = "".join(piece.new or piece.old for piece in block.pieces)
        text = harmless(whole) if full else one_line(whole, (screen.width or _GLIMPSE + 4) - 4)
        yield from laid_out(Text(text), screen, first=_gutter(" ", screen))
    elif block.change in (ParagraphChange.ADDED, ParagraphChange.REMOVED):
        yield from _side(block.pieces, screen, new=block.change is ParagraphChange.ADDED)
    elif kept(block.pieces) < ANEW and len(block.old) == len(block.new):
        yield from _both(block.pieces, screen)
    else:
        pieces = block.pieces if full else tuple(_shortened(block.pieces))
        yield from laid_out(_marked(pieces, screen), screen, first=_gutter(" ", screen))


def _gutter(sign: str, screen: Screen) -> str:
    """The beginning of a line: in a file bare, as `diff` writes it, on a screen with a blank."""
    return (sign if screen.width is None else f"{sign} ") if sign != " " else "  "


def _both(pieces: Iterable[Piece], screen: Screen) -> Iterator[Text]:
    """The text as it was and as it is, each in lines of its own."""
    pieces = list(pieces)
    yield from _side(pieces, screen, new=False)
    yield from _side(pieces, screen, new=True)


def _side(pieces: Iterable[Piece], screen: Screen, *, new: bool) -> Iterator[Text]:
    text = Text()
    for piece in pieces:
        words = harmless(piece.new if new else piece.old)
        text.append(words, ("" if piece.same else CAME if new else WENT) if screen.colour else "")
    sign = _gutter("+" if new else "-", screen)
    for line in laid_out(text, screen, first=sign):
        if screen.colour:
            line.stylize(CAME.split(maxsplit=1)[0] if new else WENT.split(maxsplit=1)[0], 0, len(sign))
        yield line


def _marked(pieces: Iterable[Piece], screen: Screen) -> Text:
    """One text with what went and what came marked where it stands."""
    text = Text()
    for piece in pieces:
        if piece.same:
            text.append(harmless(piece.new))
            continue
        before, core, after = _bare(piece)
        text.append(before)
        for words, style, signs in ((core.old, WENT, ("[-", "-]")), (core.new, CAME, ("{+", "+}"))):
            shown = _with_breaks(words)
            if shown and screen.colour:
                text.append(" " if style == CAME and core.old else "")
                text.append(shown, style)
            elif shown:
                text.append(f"{signs[0]}{shown}{signs[1]}")
        text.append(after)
    return text


def _bare(piece: Piece) -> tuple[str, Piece, str]:
    """An edit without the blanks at its ends, and those to write before and after it."""
    sides = [side for side in (piece.old, piece.new) if side.strip()]
    before = " " if any(side[0].isspace() for side in sides) else ""
    after = " " if any(side[-1].isspace() for side in sides) else ""
    if not sides:  # a paragraph was split, or two were joined
        before, after = " ", " "
    return before, Piece(_trimmed(piece.old), _trimmed(piece.new), same=False), after


def _trimmed(side: str) -> str:
    """Without blanks at its ends, but for a break between paragraphs."""
    core = side.strip()
    head, tail = BREAK in side[: len(side) - len(side.lstrip())], BREAK in side[len(side.rstrip()) :]
    if not core:
        return BREAK if head else ""
    return f"{BREAK if head else ''}{core}{BREAK if tail else ''}"


def _with_breaks(words: str) -> str:
    """The words of an edit, with ¶ for a break between paragraphs."""
    return " ".join(filter(None, ("¶" if part is None else harmless(part).strip() for part in _parts(words)))).strip()


def _parts(words: str) -> Iterator[str | None]:
    for number, part in enumerate(words.split(BREAK)):
        if number:
            yield None
        yield part


def _shortened(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, with long stretches that stayed cut to what stands beside a change."""
    for number, piece in enumerate(pieces):
        text = piece.new
        if not piece.same or len(text) <= _LONG:
            yield piece
            continue
        head = _cut(text, _BESIDE) if number else ""
        tail = _cut(text[::-1], _BESIDE)[::-1] if number < len(pieces) - 1 else ""
        short = f"{head} … {tail}" if head and tail else f"{head} …" if head else f"… {tail}"
        yield Piece(short, short, same=True)


def _cut(text: str, most: int) -> str:
    """The beginning of a text, to the end of a word where there are any."""
    at = text.rfind(" ", most // 2, most)
    return text[: at if at > 0 else most]
