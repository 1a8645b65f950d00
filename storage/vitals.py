"""How a source fares, as facts: what each visit, listing and page adds to them. A pure module.

What these facts mean is judged elsewhere (`alerts.health`). They are kept small, because there may be ten thousand sources:
one row a source, and one a source and day.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from operator import add

from storage.words import HealthState, Reason, Trouble

HOUR = timedelta(hours=1)
LONGEST_SPAN = timedelta(hours=48)  # between two good visits: what happened in a longer one is not known by the hour
_NO_HOURS = (0.0,) * 24


@dataclass(frozen=True, slots=True)
class Vitals:
    """What is known of how a source fares, and what was made of it."""

    source_id: int
    change: int = 0  # grows with each fact: a judgement of older ones is not written
    # Visits.
    watched: datetime | None = None  # the last one that succeeded
    failing: datetime | None = None  # the first of those that failed in a row
    failed: datetime | None = None  # the last of them
    failures: int = 0
    failure: Reason | None = None  # why the last one failed
    # What its feeds list.
    newest: datetime | None = None  # when a watched feed last listed something new
    size: int = 0  # entries in the last answer that had some
    empty: datetime | None = None  # since when a feed that had entries has none
    beside: int = 0  # articles that its second route has listed, and no watched feed, since `newest`
    # Its new pages, at their first try.
    refused: int = 0  # that gave no article, in a row
    walls: int = 0  # of these, consent, login or bot pages
    refusing: datetime | None = None  # the first of them
    accepted: int = 0  # that gave one, in a row
    languages: tuple["LanguageRun", ...] = ()
    # The judgement.
    state: HealthState = HealthState.WELL
    trouble: Trouble | None = None
    since: datetime | None = None  # when the trouble began
    why: str = ""  # in a sentence
    look: datetime | None = None  # when it is judged next
    missed: datetime | None = None  # when silence would be called too long
    # The second route.
    audited: datetime | None = None  # when it was last visited, or looked for


@dataclass(frozen=True, slots=True)
class LanguageRun:
    """When a language was last met in a source's articles, and how many others have come since; the most there ever were."""

    language: str
    last: datetime
    run: int = 0
    longest: int = 0


@dataclass(frozen=True, slots=True)
class SourceDay:
    """What one day (UTC) of a source came to. Hours: new entries, and the share of the hour that was watched, 0 to 1."""

    day: date
    listed: tuple[float, ...] = _NO_HOURS
    watched: tuple[float, ...] = _NO_HOURS
    stored: int = 0  # new pages that gave an article
    refused: int = 0  # new pages that gave none at their first try
    walls: int = 0  # of these, consent, login or bot pages
    languages: dict[str, int] = field(default_factory=dict)  # of new articles


@dataclass(frozen=True, slots=True)
class Episode:
    """A time in which a source was dark, or, with no source, the desk itself reached nobody. `ended` None: it goes on."""

    id: int
    source_id: int | None
    trouble: Trouble
    since: datetime
    told: datetime
    why: str
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Of the pages that a source has listed since it went dark: how many there are, and how they stand when it is back."""

    listed: int
    stored: int  # gave an article
    waiting: int  # are still to be fetched
    again: int = 0  # of these: had been given up, and are tried again
    earlier: int = 0  # pages listed before, that were given up since, and are tried again


@dataclass(frozen=True, slots=True)
class Gap:
    """A feed's answer in which nothing was known from the one before: articles may have come and gone between the two."""

    id: int
    feed_id: int
    after: datetime  # the answer before
    at: datetime
    entries: int
    filled: datetime | None = None  # when another listing of the source told what there was between
    brought: int = 0  # articles that the other listing told of, and this feed never did
    reaches: datetime | None = None  # the date of the oldest entry of the answer at its end; None: it has no dates
    outage: bool = False  # the feed was tried in between, and did not answer
    unvisited: bool = False  # it was not tried, though it was due: the desk was not at work


@dataclass(frozen=True, slots=True)
class OpenGaps:
    """How many gaps of a source nothing has filled."""

    name: str
    declared_in: str | None
    count: int
    outages: int  # of these, of times in which it was tried and could not be reached
    unvisited: int  # of these, of times in which the desk was not at work


Increments = dict[date, SourceDay]  # what is to be added to each day


def visited(vitals: Vitals, now: datetime, failure: Reason | None) -> tuple[Vitals, Increments]:
    """A visit ended: all its feeds failed, for that reason, or at least one was read."""
    if failure is not None:
        began = vitals.failing or now
        failures = vitals.failures + 1
        return replace(vitals, failing=began, failed=now, failures=failures, failure=failure), {}
    seen = replace(vitals, watched=now, failing=None, failed=None, failures=0, failure=None, newest=vitals.newest or now)
    return seen, _spread(vitals.watched, now, listed=0.0)


def listed(vitals: Vitals, now: datetime, *, entries: int, new: int, may_be_empty: bool) -> tuple[Vitals, Increments]:
    """A watched feed answered with so many entries, of which so many were new; not at its first reading."""
    if not entries:
        gone = vitals.size > 0 and not may_be_empty
        return (replace(vitals, empty=vitals.empty or now) if gone else vitals), {}
    if not new:
        return replace(vitals, size=entries, empty=None), {}
    seen = replace(vitals, size=entries, empty=None, newest=now, beside=0)
    return seen, _spread(vitals.watched, now, listed=float(new))


def beside(vitals: Vitals, new: int) -> tuple[Vitals, Increments]:
    """The second route listed so many articles that no watched feed had listed; not at its first reading."""
    return replace(vitals, beside=vitals.beside + new), {}


def accepted(vitals: Vitals, now: datetime, language: str | None) -> tuple[Vitals, Increments]:
    """A page gave a new article."""
    tongue = (language or "").partition("-")[0].lower()
    languages = _met(vitals.languages, tongue, now) if tongue else vitals.languages
    vitals = replace(vitals, refused=0, walls=0, refusing=None, accepted=vitals.accepted + 1, languages=languages)
    return vitals, {now.date(): SourceDay(now.date(), stored=1, languages={tongue: 1} if tongue else {})}


def refused(vitals: Vitals, now: datetime, *, wall: bool) -> tuple[Vitals, Increments]:
    """A new page gave no article at its first try; `wall`: but a consent, login or bot page."""
    vitals = replace(vitals, refused=vitals.refused + 1, walls=vitals.walls + wall, refusing=vitals.refusing or now, accepted=0)
    return vitals, {now.date(): SourceDay(now.date(), refused=1, walls=int(wall))}


def joined(one: SourceDay, other: SourceDay) -> SourceDay:
    """Both halves of a day."""
    languages = dict(one.languages)
    for language, count in other.languages.items():
        languages[language] = languages.get(language, 0) + count
    return SourceDay(
        one.day,
        _added(one.listed, other.listed),
        _added(one.watched, other.watched),
        one.stored + other.stored,
        one.refused + other.refused,
        one.walls + other.walls,
        languages,
    )


def _added(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    return one if other is _NO_HOURS else tuple(map(add, one, other))


def matters(before: Vitals, after: Vitals) -> bool:
    """Whether a fact may change the judgement now: it is bad news, or any news of a source that is not well."""
    if before.look is None or after.state is not HealthState.WELL:
        return True
    return (after.failures, after.refused, after.empty) != (0, 0, None) or after.beside > before.beside


def _met(runs: tuple[LanguageRun, ...], language: str, now: datetime) -> tuple[LanguageRun, ...]:
    """The runs after an article in that language."""
    found = {each.language: each for each in runs}
    known = found.pop(language, LanguageRun(language, now))
    others = [replace(each, run=each.run + 1) for each in found.values()]
    return (*others, LanguageRun(language, now, 0, max(known.longest, known.run)))


def _spread(before: datetime | None, now: datetime, *, listed: float) -> Increments:
    """The span since the good visit before, hour by hour: as watched, or with what was listed shared out evenly over it.

    A visit shows what came since the one before, so both are known of the whole span, whatever the interval.
    """
    if before is None or before >= now:
        return {}
    start = max(before, now - LONGEST_SPAN)
    whole = (now - start) / HOUR
    found: dict[date, list[float]] = {}
    at = start
    while at < now:
        end = min(now, at.replace(minute=0, second=0, microsecond=0) + HOUR)
        share = (end - at) / HOUR
        found.setdefault(at.date(), [0.0] * 24)[at.hour] += listed * share / whole if listed else share
        at = end
    if listed:
        return {day: SourceDay(day, listed=tuple(hours)) for day, hours in found.items()}
    return {day: SourceDay(day, watched=tuple(hours)) for day, hours in found.items()}
