"""Instants as text: one fixed form, so that what is stored sorts as it reads; and Retry-After. A pure module."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import overload

LONGEST_WAIT = timedelta(hours=24)  # no Retry-After holds us longer
_SECONDS = re.compile(r"[0-9]{1,12}\Z")


@overload
def to_text(instant: datetime) -> str: ...
@overload
def to_text(instant: None) -> None: ...
def to_text(instant: datetime | None) -> str | None:
    """`YYYY-MM-DDTHH:MM:SS.mmmZ` of an aware instant; None stays None."""
    if instant is None:
        return None
    return _iso(instant, "milliseconds")


@overload
def from_text(text: str) -> datetime: ...
@overload
def from_text(text: None) -> None: ...
def from_text(text: str | None) -> datetime | None:
    """The aware instant that `to_text` wrote; None stays None."""
    return None if text is None else datetime.fromisoformat(text)


@overload
def to_json(instant: datetime) -> str: ...
@overload
def to_json(instant: None) -> None: ...
def to_json(instant: datetime | None) -> str | None:
    """`YYYY-MM-DDTHH:MM:SSZ`, as machine output shows instants."""
    return None if instant is None else _iso(instant, "seconds")


def _iso(instant: datetime, precision: str) -> str:
    """ISO 8601 with four digits of the year (which strftime does not always write), cut to the precision."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def retry_after(header: str | None, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, at most 24 hours; None when it is missing or says nothing.

    Both forms of RFC 9110 section 10.2.3 are read, seconds and an HTTP date; a date that has passed is 0.
    """
    text = (header or "").strip()
    if _SECONDS.match(text):
        return min(float(text), LONGEST_WAIT.total_seconds())
    try:
        date = parsedate_to_datetime(text)
        seconds = ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(0.0, seconds), LONGEST_WAIT.total_seconds())
