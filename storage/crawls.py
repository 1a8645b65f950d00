"""The nouns of visiting: a crawl, how late it began, and who asked us to slow down. A pure module."""

from dataclasses import dataclass
from datetime import datetime

from storage.words import CrawlOutcome

MOST_MISSED = 500  # runs, counted: a run a minute for a year is not worth a minute of counting


@dataclass(frozen=True, slots=True)
class Lateness:
    """How late a crawl began, and how many runs of the schedule after its own it stands for."""

    seconds: float = 0.0  # 0: on time
    missed: int = 0

    @property
    def told(self) -> int | str:
        """How many, for people: `500 or more` where no more were counted."""
        return self.missed if self.missed < MOST_MISSED else f"{MOST_MISSED} or more"


@dataclass(frozen=True, slots=True)
class Crawl:
    """One visit to one source."""

    id: int
    source: str
    started: datetime
    ended: datetime | None
    outcome: CrawlOutcome
    reason: str | None
    trigger: str
    entries: int
    pages: int
    due: datetime | None = None  # the due time for which it ran; None: somebody asked for it
    lateness: Lateness = Lateness()


@dataclass(frozen=True, slots=True)
class Slowdown:
    """What a registered domain asked for by refusing us: a hold, and a longer pause between requests after it."""

    domain: str
    since: datetime
    status: int | None = None  # that it refused us with; None: a single page did, which asks for nothing yet
    until: datetime | None = None  # of the calendar: nothing is sent before
    hold_machine: float = 0.0  # the same by the machine's clock, unix seconds; it is over when either is
    pause: float | None = None  # seconds of the calendar between two requests to it; None: as usual
    strikes: int = 0  # holds, less what good answers have made up for
    good: int = 0  # answers since the pause last changed
    warned: str | None = None  # the page that refused us last
    raised: datetime | None = None  # when the pause last grew
