"""Whether two articles of one site were sent out together, as a re-send is, or apart, as the next of a series. A pure module.

A site's forms and series look like its corrections and second sendings; what tells them apart is time. A site that numbers
its articles says best how much it published between two of them; else their own dates do.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit

from storage.instants import from_text

_NUMBER = re.compile(r"(?<!\d)\d{3,15}(?!\d)")
_DATE = re.compile(r"(?:19|20)\d\d(?:(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])?)?\Z")  # a year, a month or a day is no running number
_NEAR = 60  # numbers: a daily piece and its next lie further apart on a wire, a re-send does not
_FAR = 400  # numbers: days on a wire, weeks on a small site
_DAYS = timedelta(days=6)  # what comes weekly is a series, however little a site publishes
_HOURS = timedelta(hours=6)


class Timing(Enum):
    """How two articles of one site were sent out, as far as their addresses and dates tell."""

    TOGETHER = "within hours"
    UNKNOWN = "within a week"
    APART = "days apart"


@dataclass(frozen=True, slots=True)
class Sent:
    """From where an article was sent, and when: as published, or as first seen if that is not known."""

    url: str
    at: datetime
    dated: bool  # whether `at` is when it was published


def sent_of(url: str, published: str | None, first_seen: str) -> Sent:
    """As it is stored: instants as text."""
    return Sent(url, from_text(published or first_seen), published is not None)


def timing(one: Sent, other: Sent) -> Timing:
    """How two articles of one site were sent out."""
    between = abs(one.at - other.at)
    if between >= _DAYS:
        return Timing.APART
    within_hours = one.dated and other.dated and between <= _HOURS
    number, another = running_number(one.url), running_number(other.url)
    if number is None or another is None:
        return Timing.TOGETHER if within_hours else Timing.UNKNOWN
    if abs(number - another) <= _NEAR:
        return Timing.TOGETHER
    # Some sites number every picture and draft too: far apart are numbers that no dates bring together.
    return Timing.APART if abs(number - another) >= _FAR and not within_hours else Timing.UNKNOWN


def running_number(url: str) -> int | None:
    """The number that an address gives its article, the last one of three or more digits that is no date; None: it has none."""
    parts = urlsplit(url)
    found = [each for each in _NUMBER.findall(f"{parts.path}?{parts.query}") if not _DATE.match(each)]
    return int(found[-1]) if found else None
