"""What is known of an adaptive source's rhythm, for people and as JSON: how often it is looked at, when, and why then."""

from dataclasses import dataclass
from datetime import datetime

from nightdesk.output import when
from scheduler.adaptive import MOST
from scheduler.pacing import Pacing, known_rhythm, least_interval, shortest_hint, visits_a_day
from scheduler.picture import Picture, picture
from storage.durations import format_duration
from storage.models import Feed, Source
from storage.store import Tables

_BUSY = 1.25  # times the average hour


@dataclass(frozen=True, slots=True)
class Cadence:
    """How an adaptive source is looked at."""

    known: bool  # whether anything was learned of it
    articles: float  # a day
    visits: float  # a day
    busy: tuple[int, ...]  # hours of the day in UTC with more articles than others, on working days
    hint: float  # seconds between two visits that its feeds ask for

    def as_json(self) -> dict[str, object]:
        """For machines."""
        return {
            "known": self.known, "articles_a_day": round(self.articles, 2), "visits_a_day": round(self.visits, 2),
            "busy_hours": list(self.busy), "feeds_ask_for": round(self.hint),
        }  # fmt: skip

    def sentences(self, due: datetime | None) -> list[str]:
        """For people."""
        if not self.known:
            return ["nothing is known yet of when its articles come"]
        busy = f", most at {_spans(self.busy)} UTC" if self.busy else ", at all hours alike"
        said = [f"about {_number(self.articles)} articles a day{busy}"]
        said.append(
            f"looked at about {_number(self.visits)} times a day, at least every {format_duration(MOST)}; next {when(due)}"
        )
        if self.hint:
            said.append(f"not more often than every {format_duration(self.hint)}, because its feed asks for that")
        return said


def cadence_of(tables: Tables, source: Source, feeds: list[Feed], pacing: Pacing, now: datetime) -> Cadence:
    """What is known of an adaptive source at `now`."""
    rhythm = known_rhythm(tables, source)
    hint = shortest_hint(feeds, now)
    if rhythm is None:
        return Cadence(known=False, articles=0.0, visits=0.0, busy=(), hint=hint)
    seen = picture(rhythm, now.timestamp())
    visits = visits_a_day(seen, pacing, pacing.worked_out(tables), least_interval(feeds, now))
    return Cadence(known=True, articles=seen.rate * 24, visits=visits, busy=_busy_hours(seen), hint=hint)


def _busy_hours(seen: Picture) -> tuple[int, ...]:
    day = seen.daily()
    return tuple(hour for hour, rate in enumerate(day) if rate > _BUSY * sum(day) / 24)


def _spans(hours: tuple[int, ...]) -> str:
    """Hours as spans of the clock: `08-11, 17-18`; a span may run over midnight."""
    begins = [hour for hour in hours if (hour - 1) % 24 not in hours]
    spans = []
    for first in begins:
        end = next(step for step in range(1, 25) if (first + step) % 24 not in hours)
        spans.append(f"{first:02}-{(first + end) % 24:02}")
    return ", ".join(spans)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"
