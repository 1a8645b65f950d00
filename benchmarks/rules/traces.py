"""Real mentions of a subject, read from a file."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from newsroom import WEEK, Times


@dataclass(frozen=True, slots=True)
class Trace:
    """When each story was first told and when each article came, in hours since a Monday."""

    monday: datetime
    times: Times
    articles: Times

    def instant(self, at: float) -> str:
        """An hour of the trace as a person reads it, in UTC."""
        return f"{self.monday + timedelta(hours=float(at)):%Y-%m-%d %H:%M}"


def read(file: Path) -> Trace:
    """The mentions of a file: ISO 8601 instants (UTC where they say nothing), or JSON with `at` and perhaps `story`."""
    stories: dict[object, datetime] = {}
    articles = []
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n")):
        if not line.strip():
            continue
        row = json.loads(line) if line.lstrip().startswith("{") else {"at": line.strip()}
        at = datetime.fromisoformat(row["at"])
        at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        story = row.get("story", ("line", number))
        stories[story] = min(at, stories.get(story, at))
        articles.append(at)
    if not stories:
        raise SystemExit(f"{file} has no mentions")
    first = min(stories.values()).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = first - timedelta(days=first.weekday())

    def hours(instants: list[datetime]) -> Times:
        return np.sort(np.array([(each - monday) / timedelta(hours=1) for each in instants]))

    return Trace(monday, hours(list(stories.values())), hours(articles))


def more(trace: Trace, times: float, begin: float, length: float, dice: np.random.Generator) -> Times:
    """What makes a burst of so many times what is usual: mentions of that time of other weeks, drawn and moved here."""
    after = (trace.times - begin) % WEEK
    others = after[(after < length) & (np.abs(trace.times - begin) > length)]
    weeks = max(1.0, (trace.times[-1] - trace.times[0]) / WEEK - 1)
    drawn = np.repeat(others, dice.poisson((times - 1) / weeks, len(others)))
    return np.sort(begin + np.clip(drawn + dice.normal(0, 0.1, len(drawn)), 0, length - 1e-6))
