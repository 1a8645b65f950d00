"""What another reading of kept pages changes of an article. A pure module: the stored + the read → Changes.

A better reader is not an edit by the publisher: versions are corrected where they stand, and none is added. What a reading
does not say is no reason to forget what another one said.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from storage.identity import comment_key, refusal
from storage.instants import to_text
from storage.joining import join
from storage.models import Comment, CommentOrigin, CommentsStatus, Extraction, ReadComment, Reason, Version
from storage.payloads import Capture

# What an Extraction says of its article as a whole; published goes with its evidence.
FACTS = (
    "title", "published", "published_evidence", "modified", "authors", "language", "site_name", "image", "tags", "kind",
    "paywalled", "comment_count", "comments_status", "comments_platform",
)  # fmt: skip
_Corrected = tuple[tuple[Comment, ReadComment], ...]
_Added = tuple[tuple[str, ReadComment, Capture], ...]  # each with its key, and the first capture that shows it
_ALWAYS = ("kind", "paywalled")  # the newest reading says them, whatever it says


@dataclass(frozen=True, slots=True)
class Reading:
    """What a capture's page says today, prepared for storing; or why it could not be read."""

    capture: Capture
    read: Extraction | None = None
    reason: Reason | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of an article. `whole`: every reading that it was made of has its capture among the kept."""

    facts: Extraction  # of which only FACTS count
    versions: Sequence[Version]
    comments: Sequence[Comment]
    told: Collection[int] = ()  # ids of comments that an alert told of
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be written. `fields`: the names of what changes, for people."""

    versions: tuple[tuple[Version, Extraction], ...] = ()  # corrected title, lead or text
    reread: tuple[int, ...] = ()  # ids of all versions that were read again, changed or not
    facts: dict[str, object] | None = None
    comments: _Corrected = ()
    added: _Added = ()
    dropped: tuple[Comment, ...] = ()
    fields: tuple[str, ...] = ()
    failed: tuple[Reading, ...] = ()


def plan(stored: Stored, readings: Sequence[Reading]) -> Changes:
    """What these readings, the oldest first, change of what is stored."""
    judged = [_judged(each) for each in readings]
    good = [each for each in judged if each.read is not None]
    versions, reread = _versions(stored, good)
    corrected, added, dropped = _comments(stored, good)
    comments = len(stored.comments) + len(added) - len(dropped)
    facts = _facts(stored, good, whole=stored.whole and len(good) == len(readings), comments=comments)
    names = [name for name in ("title", "lead", "text") if any(_differs(old, new, name) for old, new in versions)]
    names += [name for name in facts if name not in names]
    names += ["comments"] if corrected or added or dropped else []
    failed = tuple(each for each in judged if each.read is None)
    return Changes(versions, reread, facts or None, corrected, added, dropped, tuple(names), failed)


def _judged(reading: Reading) -> Reading:
    """The reading, or the reason why it is no article's."""
    if reading.read is None:
        return reading
    reason = refusal(reading.read)
    if reason is None:
        return reading
    what = "no text was found" if reason is Reason.NO_TEXT else f"it is no article but: {reading.read.kind}"
    return replace(reading, read=None, reason=reason, error=what)


def _versions(stored: Stored, good: Sequence[Reading]) -> tuple[tuple[tuple[Version, Extraction], ...], tuple[int, ...]]:
    """Every version by the newest capture that was read as it."""
    newest = {each.capture.version_id: each.read for each in good}
    corrected, reread = [], []
    for version in stored.versions:
        read = newest.get(version.id)
        if read is None:
            continue
        read = replace(read, title=read.title or version.title)  # a title that was not found was not taken away
        reread.append(version.id)
        if any(_differs(version, read, name) for name in ("title", "lead", "text")):
            corrected.append((version, read))
    return tuple(corrected), tuple(reread)


def _differs(old: Version, new: Extraction, name: str) -> bool:
    return (getattr(old, name) or "") != (getattr(new, name) or "")


def _facts(stored: Stored, good: Sequence[Reading], *, whole: bool, comments: int) -> dict[str, object]:
    """The facts that change: the newest reading that states one is right; what none states is forgotten if all were kept.

    `comments`: how many the article has after this.
    """
    if not good:
        return {}
    merged = Extraction(url="", title=stored.facts.title) if whole else stored.facts
    for each in good:
        assert each.read is not None
        merged = replace(merged, **_stated(each.read))
    if any(each.origin is not CommentOrigin.PAGE for each in stored.comments):
        merged = _settled(merged, stored.facts, comments)
    return {name: getattr(merged, name) for name in FACTS if _plain(merged, name) != _plain(stored.facts, name)}


def _settled(merged: Extraction, known: Extraction, comments: int) -> Extraction:
    """What pages say of their comments, where a feed or an interface told some: of these no capture is kept."""
    counted = merged.comment_count if merged.comment_count is not None else known.comment_count
    return replace(
        merged,
        comment_count=max(counted or 0, comments),
        comments_status=CommentsStatus.SERVED,
        comments_platform=known.comments_platform or merged.comments_platform,
    )


def _stated(read: Extraction) -> dict[str, Any]:
    """What the reading does say."""
    said = {name: getattr(read, name) for name in FACTS}
    stated = {name: value for name, value in said.items() if value not in (None, "", (), CommentsStatus.UNKNOWN)}
    if read.published is not None:  # a date without evidence must not keep another's
        stated["published_evidence"] = read.published_evidence
    return stated | {name: said[name] for name in _ALWAYS}


def _plain(facts: Extraction, name: str) -> object:
    """A fact as the database has it, where instants end at milliseconds."""
    value = getattr(facts, name)
    if isinstance(value, datetime):
        return to_text(value)
    return None if value in ("", ()) else value


def _comments(stored: Stored, good: Sequence[Reading]) -> tuple[_Corrected, _Added, tuple[Comment, ...]]:
    """What to correct, to add, to drop: the kept pages are joined once more, in the order in which they came.

    What did not come from them alone is there from the start, so that nothing is found twice; and what a feed or an
    interface told stays as it is: no page knows it better.
    """
    again = {each.capture.id for each in good}
    known = {each.key: each for each in stored.comments}
    joined = {
        key: each for key, each in known.items() if each.origin is not CommentOrigin.PAGE or each.capture_id not in again
    }  # fmt: skip
    shown: set[str] = set()
    captures: dict[str, Capture] = {}
    for each in good:
        assert each.read is not None
        found = join(list(joined.values()), each.read.comments, CommentOrigin.PAGE)
        joined |= {better.key: better for better in found.changed if better.origin is CommentOrigin.PAGE}
        joined |= {key: _new(key, comment, each.capture) for key, comment in found.added}
        captures |= {key: each.capture for key, _ in found.added}
        shown.update(comment_key(comment) for comment in each.read.comments)
    pairs = [(comment, joined[key]) for key, comment in known.items() if key in joined]
    corrected = tuple((comment, _read(now)) for comment, now in pairs if _says(comment) != _says(now))
    added = tuple((key, _read(joined[key]), capture) for key, capture in captures.items() if key not in known)
    gone = known.keys() - joined.keys() - shown  # one that a page still shows is none, whichever it was joined with
    dropped = tuple(comment for key, comment in known.items() if key in gone and comment.id not in stored.told)
    return corrected, added, dropped


def _new(key: str, read: ReadComment, capture: Capture) -> Comment:
    """A comment as it would be stored, had its page just come."""
    return Comment(
        id=0, article_id=capture.article_id or 0, key=key, text=read.text, first_seen=capture.fetched,
        parent_key=read.parent_id, author=read.author, published=read.published, permalink=read.permalink,
        capture_id=capture.id,
    )  # fmt: skip


def _read(comment: Comment) -> ReadComment:
    """What the comment's readings say together."""
    return ReadComment(
        text=comment.text, id=comment.key, parent_id=comment.parent_key, author=comment.author, published=comment.published,
        permalink=comment.permalink,
    )  # fmt: skip


def _says(comment: Comment) -> tuple[object, ...]:
    return comment.parent_key, comment.author, to_text(comment.published), comment.text, comment.permalink


assert set(FACTS) <= {each.name for each in fields(Extraction)}
