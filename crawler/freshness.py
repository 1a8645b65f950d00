"""Whether a feed may be asked "has it changed?", and whether its server tells the truth. A pure module.

A server that says 304 (RFC 9110, 15.4.5) of what has changed hides news for as long as it is believed. So each feed is
fetched without validators once a week, and one that is caught is never asked so again.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from storage.listing import Validators
from storage.models import Entry, Feed

_SOONEST = timedelta(days=5)  # since its last body; what is visited once a day must be had within the week
_SPREAD = timedelta(days=1)  # by the feed's address, so that many do not come on one day
_MARGIN = timedelta(hours=1)  # by how much a date must be before a 304 to be evidence: clocks differ, and so do editors


def conditional(feed: Feed, now: datetime) -> bool:
    """Whether to show the feed's validators; not when its last body is a week old, or its server was caught."""
    if feed.lying is not None or feed.changed is None:
        return False
    digest = hashlib.sha256(feed.url.encode("utf-8", "surrogatepass")).digest()
    return now - feed.changed < _SOONEST + _SPREAD * (int.from_bytes(digest[:4], "big") / 2**32)


def lies(feed: Feed, given: Validators, entries: Sequence[Entry]) -> bool:
    """Whether an unconditional answer that lists something new shows that its server hides what is new.

    It does when it comes with the very validators that we hold, or lists what was dated before the server last told us that
    nothing had changed. `feed` is as it was before the answer.
    """
    if feed.etag is not None or given.etag is not None:
        if feed.etag == given.etag:
            return True
    elif feed.last_modified is not None and feed.last_modified == given.last_modified:
        return True
    if feed.checked is None or feed.changed is None or feed.checked <= feed.changed:
        return False
    return any(each.published and feed.changed < each.published < feed.checked - _MARGIN for each in entries)
