"""Durations as people write them: `1s`, `15m`, `2h`, `30d`, `1h30m`. A pure module."""

import re

from storage.errors import ScheduleError

_DURATION = re.compile(
    r"\s*(?:(?P<d>[0-9]+)\s*d)?\s*(?:(?P<h>[0-9]+)\s*h)?\s*(?:(?P<m>[0-9]+)\s*m)?\s*(?:(?P<s>[0-9]+)\s*s)?\s*\Z"
)
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_LONGEST = 36500 * 86400.0  # a century: far from where calendars end


def parse_duration(text: str) -> float:
    """The seconds of a duration such as `1s`, `15m`, `2h`, `30d` or `1h30m`; raises ScheduleError with the remedy."""
    found = _DURATION.match(text) if len(text) < 64 else None
    parts = {unit: int(number) for unit, number in found.groupdict().items() if number} if found else {}
    if not parts:
        stripped = text.strip()
        if stripped.isascii() and stripped.isdigit():
            raise ScheduleError(f"the duration {_short(stripped)} has no unit; write {_short(stripped)}s, or use m, h or d")
        raise ScheduleError(f"{_short(text)!r} is not a duration; write whole numbers with d, h, m or s, such as 15m or 1h30m")
    seconds = float(sum(number * _SECONDS[unit] for unit, number in parts.items()))
    if seconds > _LONGEST:
        raise ScheduleError(f"the duration {_short(text)!r} is too long; write at most 36500d")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration as `parse_duration` reads it, in the largest units: 5400.0 → `1h30m`; whole seconds only."""
    rest, parts = int(seconds), []
    for unit, size in _SECONDS.items():
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def looks_like_duration(text: str) -> bool:
    """Whether a text has the form of a duration."""
    found = _DURATION.match(text) if len(text) < 64 else None
    return bool(found and any(found.groupdict().values()))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
