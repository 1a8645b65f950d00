"""What is new of a story since somebody was told of it: what edits changed, sentence by sentence, and who carries it now.

A pure module: (the versions that they know and those there are, the carriers that they know and those that came) → News. It is
bounded whatever the texts are: of each only so much is compared, and only so much is shown, with how much more there is.
Everything in it is washed, and nothing is escaped yet.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from alerts.wording import one_line, washed_piece
from storage.likeness.date_lines import is_date_line
from storage.likeness.differences import Difference, difference
from storage.likeness.novelty import Heard
from storage.likeness.rewording import Piece
from storage.models import Arrival, Article, Edit, News, Version
from storage.sentences import sentence_spans
from storage.telling import Passage
from storage.words import ParagraphChange

_COMPARED = 20_000  # characters of a text, without what both versions begin and end with
_EDITS, _PASSAGES = 3, 6  # shown: articles, and passages of each
_ARRIVALS, _ADDED = 10, 2  # named: outlets, and sentences of each
_LONG, _BESIDE = 160, 60  # characters: a longer stretch that stayed is cut to so many beside a change
_CHANGED, _PASSAGE = 400, 1200  # characters of one side of a change, and of a passage


@dataclass(frozen=True, slots=True)
class Edited:
    """An article in the version that its reader knows, and in the newest."""

    article: Article
    old: Version
    new: Version


@dataclass(frozen=True, slots=True)
class Known:
    """What somebody knows of a story, and what there is: `since` as of when they were told; None: they never were.

    `heard`: texts that they know; `come`: carriers whose outlets they do not know, in the order they came, with their texts.
    """

    since: datetime | None
    edited: tuple[Edited, ...] = ()
    heard: tuple[str, ...] = ()
    come: tuple[tuple[Article, str], ...] = ()


def news(known: Known) -> News | None:
    """What is new; None: nothing that is worth a line."""
    edits: list[Edit] = []
    left = list(known.edited)
    while left and len(edits) < _EDITS:  # the others have another version, and are only counted: comparing costs
        edit = _edit(left.pop(0))
        edits += [edit] if edit is not None else []
    first = _first_of_each(known.come)
    arrivals = tuple(_arrivals(known.heard, first[:_ARRIVALS]))
    if not edits and not arrivals:
        return None
    return News(known.since, tuple(edits), arrivals, len(left), len(first) - len(arrivals))


def _edit(edited: Edited) -> Edit | None:
    """What an edit changed in words; None: nothing."""
    old, new = _clipped(edited.old, edited.new)
    found = difference(old, new)
    title = _shown(found.title) if found.title else ()
    passages = list(_passages(found))
    if not title and not passages:
        return None
    shown = tuple(passages[:_PASSAGES])
    article = edited.article
    return Edit(article.id, one_line(article.source, 100), edited.new.seen, title, shown, more=len(passages) - len(shown))


def _clipped(old: Version, new: Version) -> tuple[Version, Version]:
    """The versions without the paragraphs that both begin and end with, and of the rest so much as is compared."""
    ours, theirs = old.text.split("\n"), new.text.split("\n")
    head = _common(ours, theirs)
    ours, theirs = ours[head:], theirs[head:]
    tail = _common(ours[::-1], theirs[::-1])
    kept = ("\n".join(lines[: len(lines) - tail])[:_COMPARED] for lines in (ours, theirs))
    return replace(old, text=next(kept)), replace(new, text=next(kept))


def _common(ours: Sequence[str], theirs: Sequence[str]) -> int:
    """How many lines both begin with."""
    pairs = zip(ours, theirs, strict=False)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(ours), len(theirs)))


def _passages(found: Difference) -> Iterator[Passage]:
    """The sentences that changed, in the order of the new text; a paragraph that came or went is one passage."""
    for block in found.blocks:
        if block.quiet or block.change is ParagraphChange.SAME:  # moved, and nothing else
            continue
        for passage in _sentences(block.pieces):
            shown = _shown(passage)
            if any(before != after for before, after in shown):
                yield shown


def _sentences(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """The pieces in stretches that begin and end with a sentence on both sides; those in which something changed."""
    ends_old, ends_new = (_ends("".join(side)) for side in (map(_old, pieces), map(_new, pieces)))
    passage: list[Piece] = []
    at_old, at_new = 0, 0
    for piece in pieces:
        begin = 0
        for end in range(len(piece.new) + 1) if piece.same and piece.old == piece.new else ():
            if at_old + end in ends_old and at_new + end in ends_new:
                yield from _changed([*passage, _part(piece, begin, end)])
                passage, begin = [], end
        passage.append(_part(piece, begin, None))
        at_old, at_new = at_old + len(piece.old), at_new + len(piece.new)
    yield from _changed(passage)


def _old(piece: Piece) -> str:
    return piece.old


def _new(piece: Piece) -> str:
    return piece.new


def _ends(text: str) -> set[int]:
    """Where a sentence ends and another one follows: behind the blanks between them."""
    return {start for start, _ in sentence_spans(text)[1:]}


def _part(piece: Piece, begin: int, end: int | None) -> Piece:
    return Piece(piece.old[begin:end], piece.new[begin:end], same=piece.same) if piece.same else piece


def _changed(passage: list[Piece]) -> Iterator[list[Piece]]:
    if any(not piece.same for piece in passage):
        yield passage


def _shown(pieces: Sequence[Piece]) -> Passage:
    """The pieces washed, with long stretches that stayed cut to what stands beside a change."""
    shown: list[tuple[str, str]] = []
    room = _PASSAGE
    for number, piece in enumerate(pieces):
        if room <= 0:
            return (*shown, ("…", "…"))
        if piece.same:
            text = washed_piece(piece.new)
            if len(text) > _LONG:
                text = _beside(text, first=number == 0, last=number == len(pieces) - 1)
            shown.append((text, text))
        else:
            shown.append((washed_piece(piece.old, _CHANGED), washed_piece(piece.new, _CHANGED)))
        room -= max(map(len, shown[-1]))
    return tuple(each for each in shown if any(each))


def _beside(text: str, *, first: bool, last: bool) -> str:
    """The beginning of a stretch that stayed, behind a change, and its end, before one."""
    head = "" if first else text[:_BESIDE].rpartition(" ")[0] or text[:_BESIDE]
    tail = "" if last else text[-_BESIDE:].partition(" ")[2] or text[-_BESIDE:]
    return f"{head} … {tail}" if head and tail else f"{head} …" if head else f"… {tail}"


def _first_of_each(come: Iterable[tuple[Article, str]]) -> list[tuple[Article, str]]:
    """The first carrier of each outlet."""
    first: dict[str, tuple[Article, str]] = {}
    for article, text in come:
        first.setdefault(article.source, (article, text))
    return list(first.values())


def _arrivals(heard: Iterable[str], come: Iterable[tuple[Article, str]]) -> Iterator[Arrival]:
    """The outlets with what each adds to all that was heard before it; its own headline, which texts repeat, adds nothing."""
    before = Heard()
    for text in heard:
        before.add(text[:_COMPARED])
    for article, text in come:
        before.add(article.title)
        adds = [one_line(each, _CHANGED) for each in before.news(text[:_COMPARED]) if not is_date_line(each)]
        before.add(text[:_COMPARED])
        shown = tuple(adds[:_ADDED])
        yield Arrival(article.id, one_line(article.source, 100), shown, more=len(adds) - len(shown))
