"""The nouns of telling: when a channel's alerts go out, what holds them back, and what is told beside them. A pure module."""

from dataclasses import dataclass
from datetime import datetime

from storage.words import DeliveryState, Severity, SilenceKind


@dataclass(frozen=True, slots=True)
class ChannelPolicy:
    """When, and together with what, a channel's alerts go out. As it is: each at once, and followed up.

    Times of day are minutes from local midnight in `zone`, intervals are seconds. Severities from `passing` on are held by
    nothing but silences.
    """

    zone: str = "UTC"
    quiet: tuple[int, int] | None = None  # from, until; over midnight when it ends before it begins
    daily: int | None = None  # when the day's digest goes out
    hourly: bool = False
    cap: int | None = None  # alerts of one rule within an hour; the others become a digest
    group_wait: float = 0.0  # how long a rule's first alert waits for others
    group_interval: float = 0.0  # how long after that its next ones wait
    repeat_interval: float = 0.0  # how long after a telling of an alert what follows of it waits
    inhibit: bool = False  # whether one outlet's own report of an event waits behind what was told of that event
    passing: Severity = Severity.CRITICAL
    follow_ups: bool = True
    since: datetime | None = None  # from when it holds


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody does not want to be told, for a while. `value`: a rule's name, a story's id, a source's name, or a query."""

    kind: SilenceKind
    value: str
    author: str
    created: datetime
    until: datetime
    reason: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Telling:
    """A delivery of an alert as its recipient sees it: of one that a digest tells, state and times are the digest's."""

    id: int
    story_id: int
    sequence: int  # 0: the alert itself; above: a follow-up
    state: DeliveryState
    due: datetime | None = None
    released: datetime | None = None  # when nothing held it any more
    sent: datetime | None = None
    failed: bool = False  # a try of it failed, or it could not be judged
    gathered: bool = False  # a digest tells it
    detail: str = ""  # why it comes: of a follow-up
    as_of: datetime | None = None  # what it says is as of then, on every try; None: it has not gone out


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the desk itself that its owner must know: a channel that does not work, a source gone dark."""

    uid: str  # the same for the same event
    title: str
    detail: str
    created: datetime
    id: int = 0
    severity: Severity = Severity.HIGH


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """A recipient wants no more mails of a rule on a channel; `rule` is empty: none at all of the channel.

    All three are names, so that it outlives what they name: who is told again after all had not asked for it.
    """

    channel: str
    recipient: str  # as `mailbox_of` writes it
    rule: str
    at: datetime


Passage = tuple[tuple[str, str], ...]
"""A sentence or title in pieces, each on one washed line: what it was, and what it is; the two are equal where it stayed."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What an article's newest version changed of the one that its reader knows."""

    article_id: int
    source: str
    seen: datetime  # when the newest version was
    title: Passage = ()  # empty where its words stayed
    passages: tuple[Passage, ...] = ()  # the first ones
    more: int = 0  # passages that are not shown


@dataclass(frozen=True, slots=True)
class Arrival:
    """An outlet that carries a story since its reader was told of it, and what it adds: its sentences, each a washed line."""

    article_id: int
    source: str
    adds: tuple[str, ...] = ()  # the first ones
    more: int = 0  # sentences that are not shown


@dataclass(frozen=True, slots=True)
class News:
    """What is new of a story since its reader was told of it; `since` None: what the edit changed that the alert came of."""

    since: datetime | None
    edits: tuple[Edit, ...] = ()
    arrivals: tuple[Arrival, ...] = ()
    more_edits: int = 0  # articles that are not shown
    more_arrivals: int = 0  # outlets that are not named
