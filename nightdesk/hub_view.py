"""What is told of hubs: how far we have come with that of a feed, and which of them `doctor` has to speak of."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from crawler.websub import is_silent, is_told
from nightdesk.output import one_line, span, when
from storage.instants import to_json
from storage.models import Feed
from storage.tables.websub import HubSubscription


def hub_line(feed: Feed, known: HubSubscription, backup: float | None, now: datetime) -> str:
    """How far we have come with the hub of a feed. `backup`: seconds between two polls; None: no hub is asked here."""
    if is_told(known, now):
        last = f", last at {when(known.pushed)}" if known.pushed else ""
        often = f"polled every {span(backup)} all the same" if backup else "polled as usual, because hubs cannot reach us now"
        said = f"tells of its news since {when(known.since)}, by a lease until {when(known.lease)}{last}; {often}"
    elif is_silent(known, now):
        said = f"said nothing of news that a poll found at {when(known.unpushed)}: polled as usual until it tells of news again"
    elif known.asked is not None:
        said = f"was asked at {when(known.asked)}, and has not confirmed yet"
    elif known.error is not None:
        said = f"tells nothing of its news: {known.error}; asked at {when(known.due)} again"
    elif backup is None:
        said = "is not asked to tell of its news: that needs listen and public_url in [web], and a backup_poll that is not off"
    else:
        said = "is asked soon to tell of its news"
    return f"{one_line(feed.url, 200)}: its hub {one_line(known.hub, 200)} {one_line(said, 600)}"


def hub_json(feed: Feed, known: HubSubscription, now: datetime) -> dict[str, object]:
    """The same for machines; the address that hubs post to, and the secret, are nobody's business."""
    return {
        "feed": feed.url, "hub": known.hub, "hubs": list(known.hubs), "topic": known.topic, "state": known.state,
        "tells": is_told(known, now), "since": to_json(known.since), "lease": to_json(known.lease),
        "pushed": to_json(known.pushed), "asked": to_json(known.asked), "due": to_json(known.due),
        "silent_since": to_json(known.unpushed) if is_silent(known, now) else None, "failures": known.failures,
        "error": known.error,
    }  # fmt: skip


def troubled_hubs(all_known: Iterable[HubSubscription], now: datetime) -> Mapping[str, tuple[int, str]]:
    """The hubs that should tell of news, and do not: of how many feeds, and why."""
    found: dict[str, tuple[int, str]] = {}
    for known in all_known:
        if known.feed_id is None or is_told(known, now):
            continue
        why = f"said nothing of news found at {when(known.unpushed)}" if is_silent(known, now) else known.error
        if why is not None:
            count, first = found.get(known.hub, (0, why))
            found[known.hub] = count + 1, first
    return found
