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


def on_its_way(tellings: Sequence[Telling], but: int) -> bool:
    """Whether a follow-up other than `but` is being told: let go, or gathered into a digest that is still to come."""
    return any(
        each.sequence > 0
        and each.id != but
        and each.state is DeliveryState.DUE
        and (each.gathered or each.released is not None)
        for each in tellings
    )


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
