"""What became of an alert, step by step: whom it was told, what held it back, and what its tries met with."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from nightdesk.delivery_view import Beside, waits_for_channel
from nightdesk.output import one_line, when
from nightdesk.screen import counted
from storage.models import Delivery, DeliveryState

Step = tuple[datetime, str, str]
"""When, what (sent, failed, held, gathered, silenced, covered, replayed), and the reason or answer."""
_LAST = datetime.max.replace(tzinfo=UTC)  # of what is still to come
_WORDS = {
    "sent": "sent by",
    "failed": "tried in vain by",
    "held": "held back for",
    "gathered": "gathered into a digest for",
    DeliveryState.SILENCED: "not sent by",
    DeliveryState.COVERED: "not sent by",
    "replayed": "replayed for",
}
_CLOSING = {DeliveryState.DEAD: "failed"}  # the step that a state comes with; of the others, it has the state's name


def told_steps(
    deliveries: Sequence[Delivery], steps: Mapping[int, Sequence[Step]], about: Beside
) -> Iterator[tuple[datetime, str]]:
    """One dated line for each step of these deliveries, and for where each stands; what is to come is dated last."""
    for each in deliveries:
        taken = list(steps.get(each.id, ()))
        closing = None
        if taken and taken[-1][1] == _CLOSING.get(each.state, each.state):
            closing = taken.pop()[0]
        for at, what, said in taken:
            why = f": {one_line(said, 160)}" if said and what != "sent" else ""
            yield at, f"{_WORDS.get(what, what)} {_where(each)} at {when(at)}{why}"
        yield _stands(each, closing, about)


def _stands(each: Delivery, at: datetime | None, about: Beside) -> tuple[datetime, str]:
    """Where a delivery stands, and since when; the time of what was settled by older versions is not known."""
    where, dated = _where(each), f" at {when(at)}" if at else ""
    match each.state:
        case DeliveryState.SENT:
            return each.sent or each.created, f"sent by {where} at {when(each.sent)}"
        case DeliveryState.DUE:
            tries = counted(each.attempts, "attempt")
            return _LAST, f"due by {where} at {when(each.due)}, after {tries}{_waiting(each, about)}"
        case DeliveryState.GATHERED:
            return _gathered(each, f"{where}", dated, about)
        case DeliveryState.SILENCED | DeliveryState.COVERED:
            return at or each.created, f"not sent by {where}{dated}: {each.held}"
        case DeliveryState.DEAD:
            tries, trouble = counted(each.attempts, "attempt"), one_line(each.last_error or "", 160)
            return at or each.created, f"given up by {where}{dated} after {tries}: {trouble}"


def _where(each: Delivery) -> str:
    where = f"{each.channel} to {one_line(each.recipient, 80)}"
    return f"{where} (a follow-up: {each.detail})" if each.sequence else where


def _waiting(each: Delivery, about: Beside) -> str:
    """What holds a delivery that is due, and what its tries met with."""
    held = f", held back: {each.held}" if each.held else ""
    waits = waits_for_channel(each, about)
    trouble = f"; last trouble: {one_line(each.last_error, 160)}" if each.last_error else ""
    return held + (f"; {waits}" if waits else "") + trouble


def _gathered(each: Delivery, where: str, dated: str, about: Beside) -> tuple[datetime, str]:
    """What became of the digest that tells a delivery, or is to tell it."""
    assert each.digest_id is not None
    digest = about.digests[each.digest_id]
    match digest.state:
        case DeliveryState.SENT:
            return digest.sent or _LAST, f"told by {where} in digest {digest.id}, sent at {when(digest.sent)}"
        case DeliveryState.DEAD:
            trouble, tries = one_line(digest.last_error or "", 160), counted(digest.attempts, "attempt")
            return _LAST, f"not told by {where}: digest {digest.id} was given up after {tries}: {trouble}"
        case _:
            held = f"gathered for {where}{dated} into the digest that is delivery {digest.id}: {each.held}"
            return _LAST, f"{held}; due at {when(digest.due)}{_waiting(digest, about)}"
