"""The nouns of Nightdesk, with those of matching and the closed words. A pure module: standard library only.

Every instant is an aware `datetime` in UTC. Every duration is a `timedelta`, or a float of seconds where the
name says so. Identifiers are the integers that the database gave out; 0 means "not stored yet".
"""

from dataclasses import dataclass, field
from datetime import datetime

from storage.crawls import MOST_MISSED, Crawl, Lateness, Slowdown
from storage.mailboxes import listed, mailbox_of, mailboxes
from storage.matching import Asked, Document, Evidence, Match, Rule
from storage.telling import Arrival, ChannelPolicy, Edit, News, Notice, Silence, Telling, Unsubscription
from storage.vitals import Episode, Gap, OpenGaps, SourceDay, Vitals
from storage.words import (
    AlertReason,
    Change,
    ChannelKind,
    CommentFeeds,
    CommentOrigin,
    CommentSourceKind,
    CommentsStatus,
    CrawlOutcome,
    DeliveryKind,
    DeliveryState,
    DocumentKind,
    FeedKind,
    HealthState,
    HubState,
    Keep,
    Looks,
    MatchVerdict,
    Outcome,
    PageKind,
    PageReason,
    PageState,
    ParagraphChange,
    Reason,
    Relation,
    Severity,
    SilenceKind,
    Trap,
    Trouble,
)

__all__ = [
    "MOST_MISSED",
    "Alert", "AlertReason", "Arrival", "Article", "Asked", "Carrier", "Change", "Channel", "ChannelKind", "ChannelPolicy",
    "Comment", "CommentFeeds", "CommentOrigin", "CommentSource", "CommentSourceKind", "CommentsStatus", "Crawl",
    "CrawlOutcome", "Delivery", "DeliveryKind", "DeliveryState", "Digest", "Document", "DocumentKind", "Edit", "Entry",
    "Episode", "Evidence", "Extraction", "Feed", "FeedKind", "Gap", "HealthState", "HubState", "Keep", "Lateness", "Link",
    "Looks", "Match", "MatchVerdict", "News", "Notice", "OpenGaps", "Outcome", "Page", "PageKind", "PageReason", "PageState",
    "ParagraphChange", "ReadComment", "Reason", "Relation", "Rule", "Schedule", "Severity", "Silence", "SilenceKind",
    "Slowdown", "Source", "SourceDay", "Story", "Telling", "Trap", "Trouble", "Unsubscription", "Version", "Vitals",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a source is due: either `every` seconds, or a cron expression in an IANA zone, or when it pays (`adaptive`)."""

    every: float | None = None
    cron: str | None = None
    zone: str = "UTC"
    adaptive: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet we watch."""

    name: str
    home_url: str
    schedule: Schedule
    added: datetime
    id: int = 0
    sites: tuple[str, ...] = ()  # registered domains whose pages are this source's
    tags: tuple[str, ...] = ()
    paused: bool = False
    due: datetime | None = None
    last_crawl: datetime | None = None
    last_success: datetime | None = None
    error_streak: int = 0
    last_error: str | None = None
    declared_in: str | None = None  # "FILE:LINE" when nightdesk.toml declares it
    keep: Keep = Keep.TEXT  # what is kept of its pages
    comment_feeds: CommentFeeds | None = None  # which to follow; None: as for every source
    country: str | None = None  # ISO 3166-1, in small letters; None: what its articles' hosts tell
    looks: Looks | None = None  # how often its articles are looked at again; None: as for every source
    looks_skipped: int = 0  # looks that were not had in time
    pages_per_day: int | None = None  # new pages that it may bring a day; None: as the configuration says


@dataclass(frozen=True, slots=True)
class Hints:
    """How often a feed wishes to be read: seconds between two readings, and hours and days (of UTC) when there is no need."""

    least: float = 0.0
    skip_hours: tuple[int, ...] = ()  # 0 to 23
    skip_days: tuple[int, ...] = ()  # from Monday = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """One listing of a source, with the validators of its last answer."""

    url: str
    kind: FeedKind
    id: int = 0
    etag: str | None = None
    last_modified: str | None = None
    checked: datetime | None = None
    changed: datetime | None = None
    error: str | None = None
    why: str = ""  # why it was chosen, in a sentence
    hints: Hints = Hints()  # of its last answer with a body
    lying: datetime | None = None  # when its server was found to say "not changed" of what had; None: it does not
    trap: Trap | None = None  # as what it was caught
    moved: str | None = None  # where it has moved to for good, as its server says

    @property
    def address(self) -> str:
        """Where to ask for it."""
        return self.moved or self.url


@dataclass(frozen=True, slots=True)
class Entry:
    """One item seen in a feed: the promise of an article."""

    url: str
    title: str = ""
    published: datetime | None = None
    guid: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    updated: datetime | None = None
    assumed: bool = False  # `published` named no zone, and was read as UTC


@dataclass(frozen=True, slots=True)
class Page:
    """One address to fetch for a source, until its article is stored or given up with a reason."""

    url: str
    key: str  # canonical URL of the address
    host: str
    source_id: int
    id: int = 0
    state: PageState = PageState.DUE
    reason: PageReason = PageReason.LISTED
    due: datetime | None = None
    attempts: int = 0
    dated: datetime | None = None  # what the entry said
    assumed: bool = False  # that names no zone, and was read as UTC
    title: str = ""  # what the entry said
    backlog: bool = False  # listed in a feed's first reading: old unless dated after the source was added
    etag: str | None = None
    last_modified: str | None = None
    first_seen: datetime | None = None
    article_id: int | None = None
    error: str | None = None  # what the last try ended with
    comment_kind: CommentSourceKind | None = None  # set: no article's page, but where more of its comments are
    shown: int | None = None  # comments in its last answer, where it is such


@dataclass(frozen=True, slots=True)
class CommentSource:
    """An address, linked by an article's page, where its comments are listed for machines."""

    url: str
    kind: CommentSourceKind


@dataclass(frozen=True, slots=True)
class ReadComment:
    """A reader's comment as it was read from a page, or from a feed of comments."""

    text: str
    id: str = ""
    parent_id: str | None = None
    author: str | None = None
    published: datetime | None = None
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a page, not yet stored. Unknown is None or empty, never a guess."""

    url: str
    title: str | None = None
    text: str = ""
    canonical_url: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    published_evidence: str | None = None  # json-ld, meta, time, url, feed …, "-assumed-zone" when no zone was stated
    modified: datetime | None = None
    lead: str | None = None
    language: str | None = None
    site_name: str | None = None
    image: str | None = None
    tags: tuple[str, ...] = ()
    comments: tuple[ReadComment, ...] = ()
    comment_count: int | None = None
    comments_status: CommentsStatus = CommentsStatus.UNKNOWN
    comments_platform: str | None = None
    comment_sources: tuple[CommentSource, ...] = ()  # at most one of each kind
    paywalled: bool = False
    kind: PageKind = PageKind.ARTICLE
    links: tuple[str, ...] = ()  # the absolute addresses that the page links to; not stored


@dataclass(frozen=True, slots=True)
class Article:
    """The lasting identity of one published piece: its canonical URL."""

    id: int
    url: str  # as first seen
    canonical_url: str
    source: str
    story_id: int
    title: str
    first_seen: datetime
    last_seen: datetime
    published: datetime | None
    published_evidence: str | None
    modified: datetime | None
    authors: tuple[str, ...]
    language: str | None
    image: str | None
    tags: tuple[str, ...]
    kind: PageKind
    news: bool  # False: older than its source's addition, never alerted
    versions: int
    comments: int
    comment_count: int | None
    comments_status: CommentsStatus
    comments_platform: str | None
    paywalled: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One state of an article's title and text."""

    article_id: int
    number: int  # 1, 2, …
    title: str
    text: str
    seen: datetime
    id: int = 0
    lead: str | None = None
    reader: str | None = None  # the version of Nightdesk that read it from its page; None: given, or not noted
    change: Change | None = None  # what it is to the one before it: minor or major; None: the first, or not noted
    returns: int = 0  # how often it came back after a later one: a site that shows two by turns


@dataclass(frozen=True, slots=True)
class Comment:
    """A reader's comment under an article, as stored."""

    id: int
    article_id: int
    key: str  # identity within its article
    text: str
    first_seen: datetime
    parent_key: str | None = None
    author: str | None = None
    published: datetime | None = None
    permalink: str | None = None
    capture_id: int | None = None  # the capture that it was first read from, if that was kept
    origin: CommentOrigin = CommentOrigin.PAGE


@dataclass(frozen=True, slots=True)
class Channel:
    """A configured way out. `settings` never leave by a command's output; a secret may be "env:NAME"."""

    name: str
    kind: ChannelKind
    settings: dict[str, str] = field(default_factory=dict)
    id: int = 0
    enabled: bool = True
    disabled_because: str | None = None
    declared_in: str | None = None
    policy: ChannelPolicy = field(default_factory=ChannelPolicy)
    failures: int = 0  # in a row
    opened: datetime | None = None  # when the circuit breaker opened; None: it is closed
    probe: datetime | None = None  # when it is tried again

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone whom this channel tells, each with a delivery of their own."""
        if self.kind is ChannelKind.EMAIL:
            return listed(self.settings.get("to", ""))
        return (self.name,)

    def tells(self, recipient: str) -> bool:
        """Whether it tells this recipient, however their address is written."""
        return mailbox_of(recipient) in mailboxes(self.recipients)


@dataclass(frozen=True, slots=True)
class Link:
    """What an article is to another one; shares 0-1 of the distinct shingles of each."""

    other_id: int
    relation: Relation
    of_this: float
    of_other: float


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article that carries a story's text: its relation to another carrier, and the evidence of its match, if it matched."""

    article: Article
    relation: Relation
    evidence: tuple[Evidence, ...] = ()
    other_id: int | None = None  # the article that the relation speaks of; None: it is the first, or that is not known
    of_this: float | None = None  # the share of its text that stands in the other, 0 to 1
    of_other: float | None = None  # the share of the other's text that stands in it


@dataclass(frozen=True, slots=True)
class Alert:
    """What someone must be told: one rule's matches in one story."""

    id: int
    uid: str  # the same for ever, also after a restore from a backup
    rule: Rule
    story_id: int
    story_uid: str
    story_title: str
    outlets: int  # sites that carry the story
    reason: AlertReason
    created: datetime
    carriers: tuple[Carrier, ...] = ()
    detail: str = ""  # what a count came to, in a sentence
    news: News | None = None  # what its reader has not been told of the story yet; not stored


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert, digest or notice to one recipient of one channel."""

    id: int
    key: str  # the identifier the other side sees, the same on every try
    kind: DeliveryKind
    alert_id: int | None  # None: a digest, or a notice
    notice_id: int | None
    channel: str
    recipient: str
    state: DeliveryState
    attempts: int
    created: datetime
    due: datetime | None = None
    sent: datetime | None = None
    last_error: str | None = None
    released: datetime | None = None  # when nothing held it any more
    held: str = ""  # why it waited, or was not sent
    detail: str = ""  # why it comes: of a follow-up
    digest_id: int | None = None  # the delivery that tells it together with others
    sequence: int = 0  # 0: the first telling of an alert
    slot: str | None = None  # of a digest: which one
    as_of: datetime | None = None  # what it tells is as of then, on every try; None: it has not gone out
    since: datetime | None = None  # as of when its recipient had been told of the story; None: never
    reply_to: str | None = None  # the key of the first message about the story that its recipient had


@dataclass(frozen=True, slots=True)
class Digest:
    """Alerts that are told together, and what was looked at meanwhile."""

    uid: str
    title: str
    alerts: tuple[Alert, ...]
    created: datetime
    coverage: str = ""  # how many sources are well, in a sentence


@dataclass(frozen=True, slots=True)
class Story:
    """The articles that carry the same text, wholly or mostly."""

    id: int
    uid: str
    title: str
    first_seen: datetime
    carriers: tuple[Carrier, ...] = ()
