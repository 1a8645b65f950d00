"""What another reading of kept pages changes of an article. A pure module: the stored + the read → Changes.

A better reader is not an edit by the publisher: versions are corrected where they stand, and none is added. What a reading
does not say is no reason to forget what another one said.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from storage.identity import comment_key, decide
from storage.instants import to_text
from storage.models import Comment, CommentsStatus, Extraction, ReadComment, Reason, Version
from storage.payloads import Capture

# What an Extraction says of its article as a whole; published goes with its evidence.
FACTS = (
    "title", "published", "published_evidence", "modified", "authors", "language", "site_name", "image", "tags", "kind",
    "paywalled", "comment_count", "comments_status", "comments_platform",
)  # fmt: skip
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
    comments: tuple[tuple[Comment, ReadComment], ...] = ()  # corrected
    added: tuple[tuple[ReadComment, Capture], ...] = ()
    dropped: tuple[Comment, ...] = ()
    fields: tuple[str, ...] = ()
    failed: tuple[Reading, ...] = ()


def plan(stored: Stored, readings: Sequence[Reading]) -> Changes:
    """What these readings, the oldest first, change of what is stored."""
    judged = [_judged(each) for each in readings]
    good = [each for each in judged if each.read is not None]
    versions, reread = _versions(stored, good)
    facts = _facts(stored, good, whole=stored.whole and len(good) == len(readings))
    corrected, added, dropped = _comments(stored, good)
    names = [name for name in ("title", "lead", "text") if any(_differs(old, new, name) for old, new in versions)]
    names += [name for name in facts if name not in names]
    names += ["comments"] if corrected or added or dropped else []
    failed = tuple(each for each in judged if each.read is None)
    return Changes(versions, reread, facts or None, corrected, added, dropped, tuple(names), failed)


def _judged(reading: Reading) -> Reading:
    """The reading, or the reason why it is no article's."""
    if reading.read is None:
        return reading
    reason = decide(reading.read, None).reason
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


def _facts(stored: Stored, good: Sequence[Reading], *, whole: bool) -> dict[str, object]:
    """The facts that change: the newest reading that states one is right; what none states is forgotten if all were kept."""
    if not good:
        return {}
    merged = Extraction(url="", title=stored.facts.title) if whole else stored.facts
    for each in good:
        assert each.read is not None
        merged = replace(merged, **_stated(each.read))
    return {name: getattr(merged, name) for name in FACTS if _plain(merged, name) != _plain(stored.facts, name)}


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


def _comments(
    stored: Stored, good: Sequence[Reading]
) -> tuple[tuple[tuple[Comment, ReadComment], ...], tuple[tuple[ReadComment, Capture], ...], tuple[Comment, ...]]:
    """What to correct, to add, to drop. As when they were stored, the oldest capture that shows a comment says what it is."""
    shown: dict[str, tuple[ReadComment, Capture]] = {}
    for each in good:
        assert each.read is not None
        for comment in each.read.comments:
            shown.setdefault(comment_key(comment), (comment, each.capture))
    known = {each.key: each for each in stored.comments}
    corrected = tuple(
        (comment, shown[key][0]) for key, comment in known.items() if key in shown and _says(comment) != _says(shown[key][0])
    )
    added = tuple(found for key, found in shown.items() if key not in known)
    again = {each.capture.id for each in good}
    dropped = tuple(
        comment for key, comment in known.items()
        if key not in shown and comment.capture_id in again and comment.id not in stored.told
    )  # fmt: skip
    return corrected, added, dropped


def _says(comment: Comment | ReadComment) -> tuple[object, ...]:
    parent = comment.parent_key if isinstance(comment, Comment) else comment.parent_id
    return parent, comment.author, to_text(comment.published), comment.text, comment.permalink


assert set(FACTS) <= {each.name for each in fields(Extraction)}
