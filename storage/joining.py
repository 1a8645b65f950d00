"""Readings of the same comments, from a page, its comment feed and its REST interface, joined without doubles. A pure module.

A comment is the same by its identifier, which all three share where the software gives it one; else by its author and
words. What was stored under a key keeps that key for ever, whoever read it first.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from storage.folded import token_string
from storage.identity import text_hash
from storage.models import Comment, CommentOrigin, ReadComment

Told = TypeVar("Told")
_RANK = {CommentOrigin.PAGE: 0, CommentOrigin.FEED: 1, CommentOrigin.API: 2}
_ANY_ZONE = timedelta(hours=26)  # by so much a time without a zone can be wrong
_TELLING = 6  # words: fewer ("Thank you!") are written more than once by one person
_NEVER = datetime.min.replace(tzinfo=UTC)
_MUCH = 20  # words more: then a text that nothing marks as cut was cut
_CUT = re.compile(r"\s*[\[(]?\s*(?:…|\.{3})\s*[\])]?\s*\Z")


@dataclass(frozen=True, slots=True)
class Joined:
    """What a reading changes: comments to store, each with its key, and known ones of which it told more."""

    added: tuple[tuple[str, ReadComment], ...]
    changed: tuple[Comment, ...]


def join(known: Sequence[Comment], found: Sequence[ReadComment], origin: CommentOrigin) -> Joined:
    """What `found`, read from `origin`, adds to the comments that are `known` of the same article. Nothing is taken away.

    Each field comes from whom knows it best: author, time and permalink from the REST interface, the feed, the page, in
    this order, the parent from the REST interface or the page; the fuller text wins over one that was cut.
    """
    once = {each.id or _digest(each): each for each in reversed(found)}  # of two with one identifier, the first
    read = [each for each in found if once.get(each.id or _digest(each)) is each]
    pool = _Pool(known, read)
    pairs = [(each, *pool.take(each)) for each in read]
    keys = {each.id: key for each, _, key in reversed(pairs) if each.id}
    added: dict[str, ReadComment] = {}
    changed: dict[str, Comment] = {}
    for each, same, key in pairs:
        parent = keys.get(each.parent_id, each.parent_id) if each.parent_id else None
        if same is None:
            added.setdefault(key, replace(each, parent_id=parent if parent != key else None))
        elif (better := _better(same, each, parent, origin)) != same:
            changed.setdefault(same.key, better)
    order = in_order([(key, each.parent_id, (key, each)) for key, each in added.items()], lambda pair: pair[1].published)
    return Joined(tuple(order), tuple(changed.values()))


def fuller(text: str, other: str, *, least: int = 1) -> str:
    """`other`, if it goes on where `text` was cut or ends, by `least` words or more; else `text`."""
    kept, offered = _words(text), _words(other)
    goes_on = len(offered) >= len(kept) + least and offered[: len(kept)] == kept
    return other if goes_on else text


def in_order(comments: Iterable[tuple[str, str | None, Told]], when: Callable[[Told], datetime | None]) -> list[Told]:
    """Comments, given as (key, parent's key, comment), each followed by its answers; siblings by time where all have one."""
    rows = list(comments)
    keys = {key for key, _, _ in rows}
    below: dict[str | None, list[tuple[str, Told]]] = {}
    for key, parent, each in rows:
        below.setdefault(parent if parent in keys and parent != key else None, []).append((key, each))
    for siblings in below.values():
        times = [when(each) for _, each in siblings]
        if None not in times:
            siblings.sort(key=lambda pair: when(pair[1]) or _NEVER)
    waiting, ordered = list(reversed(below.pop(None, []))), []
    while waiting:
        key, each = waiting.pop()
        ordered.append(each)
        waiting.extend(reversed(below.pop(key, [])))
    return ordered + [each for siblings in below.values() for _, each in siblings]  # those that answer each other in a ring


class _Pool:
    """The known comments, each to be taken once."""

    def __init__(self, known: Sequence[Comment], found: Sequence[ReadComment]) -> None:
        self._by_key = {each.key: each for each in known}
        ids = {each.id for each in found if (same := self._by_key.get(each.id)) and not _contradict(same, each)}
        self._alike: dict[str, list[Comment]] = {}
        for each in known:
            if each.key not in ids:  # that one will be taken by its own identifier
                self._alike.setdefault(_start(each.text), []).append(each)

    def take(self, found: ReadComment) -> tuple[Comment | None, str]:
        """The known comment that was found again, or None when it is a new one; and its key."""
        key = found.id or _digest(found)
        if (same := self._by_key.get(key)) is not None:
            if not _contradict(same, found):
                return same, key
            key = _digest(found)  # the page counts its comments where others number them
        candidates = self._alike.get(_start(found.text), [])
        for each in candidates:
            if _alike(each, found):
                candidates.remove(each)
                return each, each.key
        return self._by_key.get(key) if key != found.id else None, key


def _alike(known: Comment, found: ReadComment) -> bool:
    """Whether two comments without a common identifier are one: the same author, words, and, by any clock, time."""
    ours, theirs = _words(known.text), _words(found.text)
    short, long = sorted((ours, theirs), key=len)
    if long[: len(short)] != short or (len(short) < len(long) and len(short) < _TELLING):
        return False
    if len(short) < _TELLING and known.key.isdecimal() and found.id.isdecimal():
        return False  # two identifiers of one sort are two comments
    if known.author and found.author:
        if token_string(known.author) != token_string(found.author):
            return False
    elif len(short) < _TELLING:
        return False
    apart = abs(known.published - found.published) if known.published and found.published else timedelta()
    return apart <= _ANY_ZONE


def _contradict(known: Comment, found: ReadComment) -> bool:
    """Whether one identifier is given to two comments: author and words both differ."""
    if not (known.author and found.author):
        return False
    short, long = sorted((_words(known.text), _words(found.text)), key=len)
    return token_string(known.author) != token_string(found.author) and long[: len(short)] != short


def _better(known: Comment, found: ReadComment, parent: str | None, origin: CommentOrigin) -> Comment:
    """The known comment with what the other reading knows better."""
    more = _RANK[origin] > _RANK[known.origin]
    less = _RANK[origin] < _RANK[known.origin] and not _CUT.search(known.text)
    answers = parent if origin is CommentOrigin.API else known.parent_key or parent
    return replace(
        known,
        text=fuller(known.text, found.text, least=_MUCH if less else 1),
        parent_key=answers if answers != known.key else known.parent_key,
        author=(more and found.author) or known.author or found.author,
        published=(found.published if more else None) or known.published or found.published,
        permalink=(more and found.permalink) or known.permalink or found.permalink,
        origin=origin if more else known.origin,
    )


def _digest(comment: ReadComment) -> str:
    return text_hash(token_string(f"{comment.author} {comment.published} {comment.text}"))


def _words(text: str) -> list[str]:
    return token_string(_CUT.sub("", text)).split()


def _start(text: str) -> str:
    return " ".join(_words(text[:200])[:3])
