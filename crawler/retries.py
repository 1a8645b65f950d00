"""When a page that failed is tried again, and when it is given up. A pure module."""

from datetime import datetime, timedelta

from storage.models import Reason

# The first retry comes within the same crawl: most failures are hiccups, and an article is worth two seconds.
_PATIENT = (2, 60, 300, 1_800, 7_200, 21_600, 86_400)  # seconds after each failure
_SHORT = (60, 600, 3_600)
_STUBBORN = (600, 7_200)
_WAITS: dict[Reason, tuple[int, ...]] = {
    Reason.HTTP_STATUS: _PATIENT,
    Reason.UNREACHABLE: _PATIENT,
    Reason.TIMEOUT: _PATIENT,
    Reason.INTERRUPTED: _PATIENT,
    Reason.NOT_FOUND: _SHORT,  # feeds announce pages before every server has them
    Reason.EXTRACTION_TIMEOUT: _STUBBORN,
    Reason.EXTRACTION_CRASH: _STUBBORN,
    Reason.NO_TEXT: _STUBBORN,
    Reason.NOT_AN_ARTICLE: _STUBBORN,  # a consent or bot page may let us in later
    Reason.UNREADABLE: _STUBBORN[:1],
}
# Seconds after it was first seen that a known article is looked at again, for edits and comments.
_LOOKS = (900, 7_200, 86_400)


def next_try(reason: Reason, attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` failures, this one included; None: give up."""
    waits = _WAITS.get(reason, ())
    return now + timedelta(seconds=waits[attempts - 1]) if attempts <= len(waits) else None


def next_look(first_seen: datetime, now: datetime) -> datetime | None:
    """When a known article is looked at next; None: not any more."""
    looks = (first_seen + timedelta(seconds=after) for after in _LOOKS)
    return next((look for look in looks if look > now), None)
