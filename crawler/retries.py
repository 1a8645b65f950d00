"""When a page that failed is tried again or given up, and when a known article is looked at again. A pure module."""

from datetime import datetime, timedelta

from storage.models import Looks, Reason

# The first retry comes within the same crawl: most failures are hiccups, and an article is worth two seconds.
_PATIENT = (2, 60, 300, 1_800, 7_200, 21_600, 86_400)  # seconds after each failure
_SOON = (60, 600, 3_600, 21_600, 86_400)
_STUBBORN = (600, 7_200)
# What a site says of a page by mistake is taken back when somebody notices: in hours or days.
_SLOW = (3_600, 21_600, 86_400, 172_800)
_RULED_OUT = (3_600, 21_600, 43_200, 43_200, 86_400, 172_800)  # robots.txt is asked anew once a day; these tries send nothing
# Of a known article these cost nothing but a look: it waits for its next one.
LASTING = frozenset((Reason.ROBOTS, Reason.NOT_HTML, Reason.LEFT_SITE, Reason.ADDRESS_REFUSED, Reason.TOO_LARGE))
_WAITS: dict[Reason, tuple[int, ...]] = {
    Reason.HTTP_STATUS: _PATIENT,
    Reason.UNREACHABLE: _PATIENT,
    Reason.TIMEOUT: _PATIENT,
    Reason.INTERRUPTED: _PATIENT,
    Reason.NOT_FOUND: _SOON,  # feeds announce pages before every server has them, or before somebody publishes them
    Reason.EXTRACTION_TIMEOUT: _STUBBORN,
    Reason.EXTRACTION_CRASH: _STUBBORN,
    Reason.NO_TEXT: _STUBBORN,
    Reason.NOT_AN_ARTICLE: _STUBBORN,  # a consent or bot page may let us in later
    Reason.UNREADABLE: _STUBBORN[:1],
    Reason.ROBOTS: _RULED_OUT,
    Reason.NOT_HTML: _SLOW,
    Reason.LEFT_SITE: _SLOW,
    Reason.ADDRESS_REFUSED: _SLOW,
    Reason.TOO_LARGE: _SLOW[1:3],  # each try costs as much as may be read
}
# When a known article is looked at again, for edits and comments: seconds after it was first seen.
_LOOKS = {
    Looks.OFF: (),
    Looks.THREE: (900, 7_200, 86_400),
    Looks.WEEK: (900, 3_600, 14_400, 43_200, 86_400, 172_800, 345_600, 604_800),
}
LATE_LOOK = timedelta(days=3)  # a look that could not be had for so long is dropped


def next_try(reason: Reason, attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` failures, this one included; None: give up."""
    waits = _WAITS.get(reason, ())
    return now + timedelta(seconds=waits[attempts - 1]) if attempts <= len(waits) else None


def next_look(first_seen: datetime, now: datetime, looks: Looks = Looks.THREE) -> datetime | None:
    """When a known article is looked at next; None: not any more."""
    return next((look for look in _looks(first_seen, looks) if look > now), None)


def missed_looks(first_seen: datetime, due: datetime, now: datetime, looks: Looks) -> int:
    """How many looks fell due after the one of `due` while that waited: they are had with it, or dropped with it."""
    return sum(due < look <= now for look in _looks(first_seen, looks))


def _looks(first_seen: datetime, looks: Looks) -> list[datetime]:
    return [first_seen + timedelta(seconds=after) for after in _LOOKS[looks]]
