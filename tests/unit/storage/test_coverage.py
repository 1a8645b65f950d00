from dataclasses import replace
from datetime import UTC, datetime, timedelta

from nightdesk.samples import sample_alert
from storage.likeness.coverage import had_it, in_time, told
from storage.models import Carrier, Relation, Version

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARTICLE = replace(sample_alert(NOON).carriers[0].article, published_evidence="json-ld")
DAM, BOATS, RAIN = "The dam above the town broke on Sunday.", "Boats are on the way to it.", "It has rained for two weeks now."


def carrier(number, *, minutes, seen=None, relation=Relation.COPY, evidence="json-ld", **more):
    """Published so many minutes after noon, seen ten minutes after that."""
    published = NOON + timedelta(minutes=minutes)
    first_seen = NOON + timedelta(minutes=minutes + 10 if seen is None else seen)
    article = replace(ARTICLE, id=number, published=published, first_seen=first_seen, published_evidence=evidence)
    return Carrier(article, relation, **more)


def versions(article, *texts):
    return [Version(article, number, "Title", text, NOON + timedelta(hours=number)) for number, text in enumerate(texts, 1)]


def test_a_stated_time_counts_and_a_guess_does_not():
    article = carrier(1, minutes=0).article
    assert had_it(article) == (NOON, True)
    for evidence in (None, "json-ld-assumed-zone", "text", "url", "text-assumed-zone"):
        assert had_it(replace(article, published_evidence=evidence)) == (article.first_seen, False)
    assert had_it(replace(article, published=None)) == (article.first_seen, False)
    later = article.first_seen + timedelta(seconds=1)
    assert had_it(replace(article, published=later)) == (article.first_seen, False), "nobody publishes after we saw it"


def test_the_first_is_who_published_first():
    seen_first = carrier(1, minutes=30, relation=Relation.FIRST)
    published_first = carrier(2, minutes=0, seen=60, relation=Relation.CONTAINS, other_id=1, of_this=0.4, of_other=0.9)
    first, second = told([seen_first, published_first], {1: versions(1, DAM), 2: versions(2, DAM)}, {})
    assert (first.carrier.article.id, first.carrier.relation, first.after) == (2, Relation.FIRST, 0.0)
    assert (second.carrier.relation, second.carrier.other_id, second.after) == (Relation.EXCERPT, 2, 1800.0)
    assert (second.carrier.of_this, second.carrier.of_other) == (0.9, 0.4)


def test_of_those_at_one_time_the_first_seen_is_first():
    one, two = carrier(1, minutes=5, relation=Relation.COPY), carrier(2, minutes=5, relation=Relation.FIRST)
    assert [each.article.id for each in in_time([one, two])] == [2, 1]


def test_a_relation_to_the_first_is_preferred():
    first, copy = carrier(1, minutes=0, relation=Relation.FIRST), carrier(2, minutes=9, other_id=7, of_this=0.5, of_other=0.5)
    known = replace(copy, relation=Relation.EXCERPT, other_id=1)
    texts = {1: versions(1, DAM), 2: versions(2, DAM)}
    assert told([first, copy], texts, {2: known})[1].carrier is known
    assert told([first, copy], texts, {})[1].carrier is copy


def test_what_each_adds_to_those_before_it_as_they_read_then():
    """The first came at noon, was edited at two o'clock; another came between, a third after that."""
    carriers = [carrier(1, minutes=0, relation=Relation.FIRST), carrier(2, minutes=60), carrier(3, minutes=300)]
    texts = {1: versions(1, DAM, f"{DAM} {BOATS}"), 2: versions(2, f"{DAM} {BOATS}"), 3: versions(3, f"{DAM} {BOATS} {RAIN}")}
    assert [each.new for each in told(carriers, texts, {})] == [(), (BOATS,), (RAIN,)]
    late = [carriers[0], carrier(3, minutes=300)]
    assert told(late, {1: texts[1], 3: versions(3, f"{DAM} {BOATS}")}, {})[1].new == ()


def test_its_own_headline_and_a_date_add_nothing():
    carriers = [carrier(1, minutes=0, relation=Relation.FIRST), carrier(2, minutes=60)]
    texts = {1: versions(1, DAM), 2: versions(2, f"Title\n\nUpdated 3 March 2026, 14:05\n\n{DAM}")}
    assert told(carriers, texts, {})[1].new == ()
