"""How often a feed wishes to be read: RSS's own words and HTTP's. A pure module.

All of it is taken as a lower bound of the time between two readings, and never for more than an hour: a `max-age` of a day,
or a `ttl` of 1440, is more often a default of the software than the wish to be read once a day. The `sy:updatePeriod` of the
syndication module tells how often a feed is made, not how often to read it, and WordPress writes `hourly` into every feed
unless it is told otherwise: it is not taken for a wish.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from storage.models import Hints

LONGEST = 3600.0
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_FORBIDS = re.compile(r"(?:^|[\s,])(?:no-cache|no-store)(?:$|[\s,;])", re.IGNORECASE)


def least_seconds(hints: Hints, at: datetime) -> float:
    """The seconds that must lie between a reading and one at `at` (aware): an hour at most, and so where it may be skipped."""
    at = at.astimezone(UTC)
    skipped = at.hour in hints.skip_hours or at.weekday() in hints.skip_days
    return LONGEST if skipped else min(hints.least, LONGEST)


def stated_hints(ttl: str, hours: list[str], days: list[str]) -> Hints:
    """The hints in RSS 2.0's `ttl` (minutes), `skipHours` (of GMT; 24 is 0) and `skipDays` (English names), as written."""
    minutes = ttl.strip()
    least = int(minutes) * 60.0 if minutes.isdecimal() and len(minutes) < 7 else 0.0
    skipped = {int(hour) % 24 for hour in map(str.strip, hours) if hour.isdecimal() and len(hour) < 3 and int(hour) <= 24}
    named = {_DAYS.index(day) for day in (each.strip().lower() for each in days) if day in _DAYS}
    return Hints(least, tuple(sorted(skipped)) if len(skipped) < 24 else (), tuple(sorted(named)) if len(named) < 7 else ())


def with_freshness(hints: Hints, headers: Mapping[str, str | None]) -> Hints:
    """The hints, with the time for which the answer says that it stays fresh (RFC 9111, 4.2), if that is longer.

    `headers` by names in small letters: cache-control, expires, date, age.
    """
    return Hints(max(hints.least, _fresh(headers)), hints.skip_hours, hints.skip_days)


def _fresh(headers: Mapping[str, str | None]) -> float:
    control = headers.get("cache-control") or ""
    if _FORBIDS.search(control):
        return 0.0
    if found := _MAX_AGE.search(control):
        age = headers.get("age") or ""
        return max(float(found[1]) - (float(age) if age.isdecimal() and len(age) < 10 else 0.0), 0.0)
    try:
        expires = parsedate_to_datetime(headers.get("expires") or "")
        return max((expires - parsedate_to_datetime(headers.get("date") or "")).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return 0.0
