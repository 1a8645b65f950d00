"""The nouns of matching: what rules read, what they ask, and what came of it. A pure module: standard library only."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from storage.words import DocumentKind, MatchVerdict, Severity


@dataclass(frozen=True, slots=True)
class Document:
    """What a rule reads: a version, or a comment, with the fields that a query can name."""

    kind: DocumentKind
    id: int  # of the version or the comment
    article_id: int
    story_id: int
    title: str = ""
    body: str = ""
    comment: str = ""
    source: str = ""
    site: str = ""  # registered domain and host, e.g. "bbc.co.uk news.bbc.co.uk"
    language: str = ""
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    number: int = 1  # of the version
    news: bool = True
    lead: str = ""  # as the page marks it; empty: it marks none
    published: datetime | None = None
    countries: tuple[str, ...] = ()  # of its sources: ISO 3166-1, in small letters
    old_title: str | None = None  # of the version before; None: it is the first, or a comment
    old_body: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a rule's words stand in a document: `start` and `end` are character offsets into the original field."""

    field: str
    words: tuple[str, ...]
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A named query, its scope and its routing."""

    name: str
    query: str
    id: int = 0
    version: int = 1
    severity: Severity = Severity.NORMAL
    channels: tuple[str, ...] = ()  # names; empty: every channel
    created: datetime | None = None
    declared_in: str | None = None
    error: str | None = None  # why it could not be asked

    def tells(self, channel: str) -> bool:
        """Whether its alerts go to the channel of that name."""
        return not self.channels or channel in self.channels


class Asked(NamedTuple):
    """What matching needs of a rule; there may be a million of them in memory."""

    id: int
    version: int
    query: str


@dataclass(frozen=True, slots=True)
class Match:
    """One rule version × one document, with its evidence."""

    rule_id: int
    rule_version: int
    document_kind: DocumentKind
    document_id: int
    article_id: int
    story_id: int
    evidence: tuple[Evidence, ...]
    at: datetime
    verdict: MatchVerdict = MatchVerdict.ALERTED
    id: int = 0
    alert_id: int | None = None
