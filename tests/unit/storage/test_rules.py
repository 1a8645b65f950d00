from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import NotFoundError
from storage.models import Rule, Severity

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def save(store, rule, now=NOW):
    return store.write_now(lambda t: t.rules.save(rule, now))


def generation(store):
    return store.read_now(lambda t: t.rules.generation())


def test_a_rule_comes_back_as_it_was_stored(store):
    saved = save(store, Rule("cranes", "crane*", severity=Severity.HIGH, channels=("desk", "hook"), declared_in="n.toml:7"))
    assert saved == Rule("cranes", "crane*", 1, 1, Severity.HIGH, ("desk", "hook"), NOW, "n.toml:7")
    assert store.read_now(lambda t: (t.rules.by_id(1), t.rules.get("cranes"), t.rules.all())) == (saved, saved, [saved])


def test_only_a_changed_query_is_a_new_version(store):
    save(store, Rule("cranes", "crane"))
    assert save(store, Rule("cranes", "crane", severity=Severity.LOW)).version == 1
    changed = save(store, Rule("cranes", "crane*"), NOW + timedelta(hours=1))
    assert (changed.version, changed.id, changed.created) == (2, 1, NOW)
    assert save(store, Rule("cranes", "crane")).version == 3


def test_an_unknown_rule_is_told(store):
    with pytest.raises(NotFoundError, match="no rule is named 'cranes'; see `nightdesk rule list`"):
        store.read_now(lambda t: t.rules.get("cranes"))
    with pytest.raises(NotFoundError, match="rule 7 was removed"):
        store.read_now(lambda t: t.rules.by_id(7))


CHANGES = {
    "query": lambda t: t.rules.save(Rule("b", "other"), NOW),
    "severity": lambda t: t.rules.save(Rule("b", "y", severity=Severity.HIGH), NOW),
    "channels": lambda t: t.rules.save(Rule("b", "y", channels=("desk",)), NOW),
    "added": lambda t: t.rules.save(Rule("c", "z"), NOW),
    "removed": lambda t: t.rules.remove(2),
    "replaced by one with its number": lambda t: (t.rules.remove(2), t.rules.save(Rule("c", "z"), NOW)),
    "earlier by another clock": lambda t: t.rules.save(Rule("b", "y", channels=("desk",)), NOW - timedelta(days=1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_is_a_new_generation_also_within_one_moment(store, change):
    save(store, Rule("a", "x"))
    save(store, Rule("b", "y"))
    before = generation(store)
    assert generation(store) == before
    store.write_now(change)
    assert generation(store) != before
