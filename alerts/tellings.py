"""What a recipient was told of an alert, or of an event, and what is on its way. A pure module."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from alerts.calm import OUTLETS_TOLD, Inhibitor
from storage.models import DeliveryState, Telling

SEVERAL = 2
"""Outlets: a story that so many carry stands for its event."""


def last_told(tellings: Sequence[Telling]) -> datetime | None:
    """When an alert was last told, of its tellings to one recipient."""
    return max((each.sent for each in tellings if each.state is DeliveryState.SENT and each.sent), default=None)


def told_until(tellings: Sequence[Telling]) -> datetime | None:
    """Up to when what happened was in what the recipient was told; None: nothing was told, or it is not known."""
    return max((each.as_of for each in tellings if each.state is DeliveryState.SENT and each.as_of), default=None)


def untold(tellings: Sequence[Telling], but: int) -> bool:
    """Whether the alert itself is still to be told, by itself or in a digest, and will be as it stands then."""
    return any(each.sequence == 0 and each.id != but and _coming(each) for each in tellings)


def on_its_way(tellings: Sequence[Telling], but: int) -> bool:
    """Whether a follow-up other than `but` will be told as the story stands then: a digest has gathered it."""
    return any(each.sequence > 0 and each.id != but and each.gathered and _coming(each) for each in tellings)


def in_flight(tellings: Sequence[Telling], but: int) -> Telling | None:
    """The newest telling other than `but` that has gone out and not arrived: what it says stays, however often it is tried."""
    tried = [each for each in tellings if each.id != but and each.state is DeliveryState.DUE and each.as_of is not None]
    return max(tried, key=lambda each: (each.as_of, each.id), default=None)


def _coming(telling: Telling) -> bool:
    return telling.state is DeliveryState.DUE and telling.as_of is None


def held_back(tellings: Sequence[Telling], but: int) -> list[Telling]:
    """The follow-ups other than `but` that nothing has let go yet."""
    return [
        each
        for each in tellings
        if each.sequence > 0
        and each.id != but
        and each.state is DeliveryState.DUE
        and not each.gathered
        and each.released is None
    ]


def how_far(follow_ups: Sequence[Telling]) -> str:
    """What these would tell, as one: the most outlets that one of them is about, and whatever else they say."""
    spread = max((each for each in follow_ups if each.sequence in OUTLETS_TOLD), key=lambda each: each.sequence, default=None)
    others = [each.detail for each in follow_ups if each.sequence not in OUTLETS_TOLD]
    return "; ".join(dict.fromkeys([*([spread.detail] if spread else []), *others]))


def inhibitor(tellings: Sequence[Telling], outlets: Mapping[int, int]) -> Inhibitor | None:
    """What stands for the event of another story, of the tellings of stories related to it; `outlets` by story.

    One that was told comes first, then one that is about to be: the first telling of its alert, without trouble so far.
    """
    several = [each for each in tellings if outlets.get(each.story_id, 0) >= SEVERAL]
    told = [each for each in several if each.state is DeliveryState.SENT]
    coming = [each for each in several if each.state is DeliveryState.DUE and each.sequence == 0 and not each.failed]
    chosen = max(told or coming, key=lambda each: outlets[each.story_id], default=None)
    if chosen is None:
        return None
    return Inhibitor(chosen.story_id, outlets[chosen.story_id], told=bool(told), due=chosen.due)
