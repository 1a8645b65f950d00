import contextlib
from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import NotFoundError
from storage.ingest import ingest_article
from storage.models import AlertReason, Channel, ChannelKind, DeliveryState, Extraction, Rule, Schedule, Source

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=5)
MAIL = Channel("desk", ChannelKind.EMAIL, {"to": "a@desk.example, b@desk.example,"})


@pytest.fixture
def alert(store):
    def make(t):
        source = t.sources.add(Source("Courier", "https://courier.example/", Schedule(60.0), NOW, sites=("courier.example",)))
        url = "https://courier.example/a"
        ingest_article(t, Extraction(url, "Crane", "The crane fell."), source, page=None, url=url, now=NOW)
        rule = t.rules.save(Rule("cranes", "crane"), NOW)
        return t.alerts.get(t.alerts.add(rule, 1, AlertReason.NEW, NOW))

    return store.write_now(make)


def need(store, alert, channel=MAIL, sequence=0):
    return store.write_now(lambda t: t.deliveries.add(alert.id, alert.uid, t.channels.save(channel), NOW, sequence=sequence))


def claim(store, now=NOW, limit=9):
    return store.write_now(lambda t: t.deliveries.claim(1, now, until=9e12, limit=limit))


def of(store, alert):
    return store.read_now(lambda t: t.deliveries.of_alert(alert.id))


def test_every_recipient_has_a_delivery_of_their_own_once(store, alert):
    assert need(store, alert) == 2
    assert need(store, alert) == 0
    assert [(each.recipient, each.state, each.due) for each in of(store, alert)] == [
        ("a@desk.example", DeliveryState.DUE, NOW), ("b@desk.example", DeliveryState.DUE, NOW),
    ]  # fmt: skip


def test_identifiers_are_the_same_for_the_same_need_and_differ_for_any_other(store, alert):
    need(store, alert)
    first = [each.key for each in of(store, alert)]
    store.write_now(lambda t: t.connection.execute("DELETE FROM deliveries"))  # as after a restore from a backup
    need(store, alert)
    assert [each.key for each in of(store, alert)] == first
    need(store, alert, sequence=1)
    need(store, alert, Channel("other desk", ChannelKind.EMAIL, MAIL.settings))
    keys = [each.key for each in of(store, alert)]
    assert len(set(keys)) == len(keys) == 6
    assert all(key.startswith("msg_") for key in keys)


@pytest.mark.parametrize("between", [[], ["cranes of old"]], ids=["at once", "after another took its number"])
def test_a_rule_that_was_removed_and_added_again_tells_under_other_identifiers(store, alert, between):
    def again(t):
        t.connection.execute("DELETE FROM alerts")  # as after a restore from a backup
        return t.alerts.get(t.alerts.add(t.rules.get("cranes"), 1, AlertReason.NEW, LATER)).uid

    def anew(t):
        t.rules.remove(alert.rule.id)
        for name in (*between, "cranes"):
            t.rules.save(Rule(name, "crane"), NOW)
        return again(t)

    store.write_now(lambda t: t.rules.save(Rule("cranes", "crane*", declared_in="nightdesk.toml:7"), LATER))
    assert store.write_now(again) == alert.uid, "a rule that is changed stays the same"
    changed = store.write_now(anew)
    assert changed != alert.uid
    assert store.write_now(again) == changed


def test_a_claimed_delivery_is_nobody_else_s_until_it_is_settled_or_released(store, alert):
    need(store, alert)
    (first,) = claim(store, limit=1)
    (second,) = claim(store)
    assert first.id != second.id
    assert claim(store) == []
    assert store.read_now(lambda t: t.deliveries.next_due(1)) is None
    store.write_now(lambda t: t.deliveries.release([first.id]))
    assert [each.id for each in claim(store)] == [first.id]


def test_nothing_is_claimed_before_it_is_due(store, alert):
    need(store, alert)
    assert claim(store, NOW - timedelta(milliseconds=1)) == []
    assert len(claim(store)) == 2


def test_sent_is_final(store, alert):
    need(store, alert)
    (first, _) = claim(store)
    store.write_now(lambda t: t.deliveries.sent(first.id, LATER, status=250, detail="queued"))
    sent = of(store, alert)[0]
    assert (sent.state, sent.attempts, sent.sent, sent.due, sent.last_error) == (DeliveryState.SENT, 1, LATER, None, None)
    # A try of another process whose lease ran out meanwhile (the machine slept) fails late.
    store.write_now(lambda t: t.deliveries.failed(first.id, LATER, status=None, detail="timeout", due=LATER))
    assert of(store, alert)[0].state is DeliveryState.SENT
    assert claim(store, LATER + timedelta(days=9)) == []


def test_a_failure_is_tried_again_when_due_and_the_last_is_dead(store, alert):
    need(store, alert)
    (first, _) = claim(store)
    store.write_now(lambda t: t.deliveries.failed(first.id, NOW, status=503, detail="down", due=LATER))
    assert claim(store, NOW) == []
    (again,) = claim(store, LATER)
    assert (again.id, again.key, again.attempts, again.last_error) == (first.id, first.key, 1, "down")
    store.write_now(lambda t: t.deliveries.failed(first.id, LATER, status=400, detail="refused", due=None))
    (dead,) = store.read_now(lambda t: t.deliveries.all(states=[DeliveryState.DEAD], limit=9))
    assert (dead.state, dead.due, dead.attempts, dead.last_error) == (DeliveryState.DEAD, None, 2, "refused")
    assert claim(store, LATER + timedelta(days=9)) == []
    assert store.read_now(lambda t: t.deliveries.counts()) == {"dead": 1, "due": 1}


def test_a_replay_is_due_at_once_with_its_identifier(store, alert):
    need(store, alert)
    (first, _) = claim(store)
    store.write_now(lambda t: t.deliveries.failed(first.id, NOW, status=400, detail="refused", due=None))
    replayed = store.write_now(lambda t: t.deliveries.replay(first.id, LATER))
    assert (replayed.key, replayed.state, replayed.due, replayed.attempts) == (first.key, DeliveryState.DUE, LATER, 0)
    assert [each.id for each in claim(store, LATER)] == [first.id]
    with pytest.raises(NotFoundError, match="no delivery has the id 99; see `nightdesk delivery list`"):
        store.write_now(lambda t: t.deliveries.replay(99, LATER))


def test_the_alert_s_state_follows_its_deliveries(store, alert):
    def state():
        ((_, found),) = store.read_now(lambda t: t.alerts.all(9))
        return found

    seen = [state()]
    need(store, alert)
    seen.append(state())
    first, second = claim(store)
    store.write_now(lambda t: t.deliveries.sent(first.id, NOW, status=250, detail="ok"))
    seen.append(state())
    store.write_now(lambda t: t.deliveries.failed(second.id, NOW, status=550, detail="no", due=None))
    seen.append(state())
    assert seen == ["untold", "pending", "pending", "dead"]


def test_what_a_delivery_follows_on_is_found_from_its_story_however_much_its_recipient_was_told(store):
    asked = []

    def look(t):
        t.connection.conn.set_trace_callback(asked.append)
        t.connection.execute("SAVEPOINT looking")
        with contextlib.suppress(IndexError):
            t.deliveries.begin(1, 1, NOW)  # there is none
        t.connection.execute("RELEASE looking")
        t.connection.conn.set_trace_callback(None)
        update = next(each for each in asked if each.startswith("UPDATE"))
        return [str(row[3]) for row in t.connection.execute(f"EXPLAIN QUERY PLAN {update}").fetchall()]

    plan = store.write_now(look)
    assert any("alerts_story" in step for step in plan)
    assert not any("deliveries_released" in step or step.startswith("SCAN d") for step in plan), plan
