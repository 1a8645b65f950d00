from datetime import UTC, datetime, timedelta

import pytest

from storage.errors import NotFoundError
from storage.models import Rule, Severity

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def save(store, rule, now=NOW):
    return store.write_now(lambda t: t.rules.save(rule, now))


def changes(store, after=0):
    return store.read_now(lambda t: t.rules.changes(after))


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
    "query": (lambda t: t.rules.save(Rule("b", "other"), NOW), [(2, 2, "other")], []),
    "severity": (lambda t: t.rules.save(Rule("b", "y", severity=Severity.HIGH), NOW), [(2, 1, "y")], []),
    "added": (lambda t: t.rules.save(Rule("c", "z"), NOW), [(3, 1, "z")], []),
    "removed": (lambda t: t.rules.remove(2), [], [2]),
    "replaced by one with its number": (lambda t: (t.rules.remove(2), t.rules.save(Rule("c", "z"), NOW)), [(2, 1, "z")], [2]),
    "earlier by another clock": (lambda t: t.rules.save(Rule("b", "q"), NOW - timedelta(days=1)), [(2, 2, "q")], []),
    "twice": (lambda t: [t.rules.save(Rule("b", q), NOW) for q in "qr"], [(2, 3, "r")], []),
}


@pytest.mark.parametrize(("change", "asked", "removed"), CHANGES.values(), ids=CHANGES.keys())
def test_what_became_of_the_rules_is_told_one_by_one_also_within_one_moment(store, change, asked, removed):
    save(store, Rule("a", "x"))
    save(store, Rule("b", "y"))
    before = changes(store)
    assert (before.asked, before.removed) == ([(1, 1, "x"), (2, 1, "y")], [])
    again = changes(store, before.number)
    assert (again.number, again.asked, again.removed) == (before.number, [], [])
    store.write_now(change)
    after = changes(store, before.number)
    assert (after.asked, after.removed) == (asked, removed)
    assert changes(store, after.number).asked == []
    assert changes(store).number == after.number > before.number


def test_what_each_version_asked_is_kept(store):
    save(store, Rule("a", "x"))
    save(store, Rule("a", "y"))
    asked = store.read_now(lambda t: [t.rules.query_of(1, version) for version in (1, 2, 3)])
    assert asked == ["x", "y", None]


def test_a_rule_that_failed_is_shown_until_it_is_saved_again(store):
    save(store, Rule("a", "x"))
    save(store, Rule("b", "y"))
    store.write_now(lambda t: t.rules.fail(2, "it broke"))
    assert store.read_now(lambda t: [(each.name, each.error) for each in t.rules.failed()]) == [("b", "it broke")]
    assert save(store, Rule("b", "y")).error is None
    assert store.read_now(lambda t: t.rules.failed()) == []
