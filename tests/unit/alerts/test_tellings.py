from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.calm import Inhibitor
from alerts.tellings import held_back, how_far, in_flight, inhibitor, last_told, on_its_way, told_until, untold
from storage.models import DeliveryState, Telling

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DUE, SENT, DEAD = DeliveryState.DUE, DeliveryState.SENT, DeliveryState.DEAD


def telling(number, sequence=0, state=DUE, story=1, **more):
    return Telling(number, story, sequence, state, **more)


def test_the_last_telling_is_the_last_that_arrived():
    later = NOON + timedelta(hours=1)
    tellings = [telling(1, state=SENT, sent=NOON), telling(2, 3, SENT, sent=later), telling(3, 10, DEAD), telling(4, 30)]
    assert last_told(tellings) == later
    assert last_told(tellings[2:]) is None


def test_a_follow_up_is_on_its_way_once_it_is_gathered_in_flight_once_it_was_tried_and_held_back_before():
    let_go, gathered, waiting = telling(2, 3, released=NOON, as_of=NOON), telling(3, 10, gathered=True), telling(4, 30)
    alert, sent = telling(1), telling(5, 3, SENT, released=NOON, sent=NOON, as_of=NOON)
    tried = telling(6, 3, gathered=True, as_of=NOON + timedelta(hours=1))
    every = (alert, sent, let_go, gathered, waiting, tried)
    assert [on_its_way([each], but=9) for each in every] == [False, False, False, True, False, False]
    assert [in_flight([each], but=9) for each in every] == [None, None, let_go, None, None, tried]
    assert [untold([each], but=9) for each in (*every, replace(alert, as_of=NOON))] == [True, *[False] * 6]
    assert in_flight(every, but=6) == let_go
    assert not on_its_way([gathered], but=3)
    assert (told_until(every), told_until([alert])) == (NOON, None)
    assert held_back([alert, sent, let_go, gathered, waiting], but=9) == [waiting]
    assert held_back([waiting], but=4) == []


def test_several_follow_ups_tell_as_one_how_far_a_story_has_come():
    three, ten = telling(1, 3, detail="3 outlets carry it now"), telling(2, 10, detail="10 outlets carry it now")
    rewritten = [telling(number, 1_000_000 + number, detail="an article of this story was rewritten") for number in (3, 4)]
    assert how_far([rewritten[0], ten, three, rewritten[1]]) == (
        "10 outlets carry it now; an article of this story was rewritten"
    )
    assert how_far([three]) == "3 outlets carry it now"
    assert how_far(rewritten) == "an article of this story was rewritten"


@pytest.mark.parametrize(
    ("tellings", "found"),
    [
        ([], None),
        ([telling(1, state=SENT, story=7)], Inhibitor(7, 12, told=True)),
        ([telling(1, state=SENT, story=9)], None),  # one outlet
        ([telling(1, story=7, due=NOON)], Inhibitor(7, 12, told=False, due=NOON)),
        ([telling(1, story=7, due=NOON), telling(2, state=SENT, story=8)], Inhibitor(8, 2, told=True)),
        ([telling(1, story=8), telling(2, story=7)], Inhibitor(7, 12, told=False)),
        ([telling(1, story=7, failed=True)], None),  # it may never arrive
        ([telling(1, 3, story=7)], None),  # what it follows was not told
        ([telling(1, state=DEAD, story=7), telling(2, state=DeliveryState.SILENCED, story=7)], None),
        ([telling(1, state=DeliveryState.COVERED, story=7), telling(2, 3, SENT, story=7)], Inhibitor(7, 12, told=True)),
    ],
)
def test_only_what_was_told_or_is_sure_to_be_stands_for_an_event(tellings, found):
    assert inhibitor(tellings, {7: 12, 8: 2, 9: 1}) == found
