"""Digests, notices and the coverage line, as people and machines read them."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.contents import body, letter, words
from alerts.coverage import coverage_line
from alerts.digests import digest_body, digest_page, digest_text
from alerts.render import BODY_LIMIT
from alerts.wording import REWRITTEN, json_bytes
from nightdesk.samples import sample_alert
from storage.models import Carrier, Digest, Evidence, Notice, Relation, Schedule, Severity, Source

NOW = datetime(2026, 3, 2, 7, tzinfo=UTC)
HOSTILE = 'Dam <script>alert(1)</script>\r\nBcc: x@y.example\u202e "bursts"'


def alert(story, copies=1, title="Dam bursts", **more):
    made = sample_alert(NOW)
    evidence = (Evidence("title", ("Dam",), title, 0, 3), Evidence("body", ("dam",), f"The dam of valley {story} burst.", 4, 7))
    carriers = tuple(
        Carrier(
            replace(made.carriers[0].article, id=100 * story + each, title=title, source=f"Paper {each}",
                    url=f"https://paper{each}.example/{story}"),
            Relation.COPY if each else Relation.FIRST, evidence,
        ) for each in range(copies)
    )  # fmt: skip
    return replace(
        made, id=story, uid=f"alert{story}", story_id=story, story_title=title, outlets=copies, carriers=carriers, **more
    )


def digest(*alerts):
    return Digest("msg_1", f"{len(alerts)} alerts", alerts, NOW, "38 of 40 sources healthy")


def test_a_digest_tells_story_by_story_the_widest_first_and_each_sentence_once():
    text = digest_text(digest(alert(1), alert(2, copies=3)))
    assert text == (
        "2 alerts\n\n"
        "Dam bursts\n3 outlets carry it; channel test\n"
        "- Paper 0, 2 Mar 2026, 07:00 UTC\n  https://paper0.example/2\n  The *dam* of valley 2 burst.\n"
        "- Paper 1, 2 Mar 2026, 07:00 UTC\n  https://paper1.example/2\n"
        "- Paper 2, 2 Mar 2026, 07:00 UTC\n  https://paper2.example/2\n\n"
        "Dam bursts\n1 outlet carries it; channel test\n"
        "- Paper 0, 2 Mar 2026, 07:00 UTC\n  https://paper0.example/1\n  The *dam* of valley 1 burst.\n\n"
        "Coverage: 38 of 40 sources healthy.\n"
    )


def test_a_digest_says_of_a_follow_up_that_the_story_was_rewritten():
    told = digest(alert(1), alert(2, detail=f"3 outlets carry it now; {REWRITTEN}"))
    line = "1 outlet carries it; it was rewritten; channel test"
    assert digest_text(told).count(line) == digest_page(told).count(line) == 1


def many(stories, copies, width=60):
    """A digest of so many alerts, each of so many articles, with addresses of that many characters."""
    made = []
    for story in range(1, stories + 1):
        each = alert(
            story, copies=copies, title=f"Dam number {story} bursts above the town, and the valley is cleared by night"
        )
        carriers = (
            replace(c, article=replace(c.article, url=f"{c.article.url}/".ljust(width, "x"), canonical_url=""))
            for c in each.carriers
        )
        made.append(replace(each, carriers=tuple(carriers)))
    return digest(*made)


def addresses(whole):
    return sorted(carrier.article.url for each in whole.alerts for carrier in each.carriers)


STEPS = [(20, 1, []), (40, 1, ["evidence"]), (60, 1, ["articles"]), (70, 1, ["sources"]), (130, 1, ["titles"]),
         (10, 5, ["repeated-evidence"])]  # fmt: skip


@pytest.mark.parametrize(("stories", "copies", "last"), STEPS)
def test_a_digest_says_less_of_each_article_until_it_fits_and_keeps_every_address(stories, copies, last):
    whole = many(stories, copies)
    told = digest_body(whole)
    assert len(json_bytes(told)) <= BODY_LIMIT
    assert told["left_out"][-1:] == last
    assert sorted(each["url"] for each in told["articles"]) == addresses(whole)
    assert [each["story"]["id"] for each in told["alerts"]] == [str(each.story_id) for each in whole.alerts]


def test_only_bare_addresses_make_a_digest_larger_than_its_limit():
    whole = many(300, 1)
    told = digest_body(whole)
    assert told["left_out"][-1] == "titles"
    assert sorted(each["url"] for each in told["articles"]) == addresses(whole)
    assert set().union(*told["articles"]) == {"url", "story"}


def test_an_article_that_two_rules_found_stands_with_both_until_it_is_bare():
    both = [replace(each, rule=replace(each.rule, name=name)) for each in many(100, 1).alerts for name in ("floods", "dams")]
    few, all_of_them = digest_body(digest(*both[:4])), digest_body(digest(*both))
    assert [each["rule"] for each in few["articles"]] == ["floods", "dams"] * 2
    assert len(all_of_them["articles"]) == 100
    assert [each["rule"] for each in all_of_them["alerts"]] == ["floods", "dams"] * 100


def test_the_mail_of_a_large_digest_loses_sentences_and_no_link():
    small, large = many(20, 5), many(100, 5)
    assert "<mark>dam</mark>" in digest_page(small)
    page = digest_page(large)
    assert "<mark>" not in page
    for form in (page, digest_text(large)):
        assert all(form.count(url) >= 1 for url in addresses(large))


def test_no_alert_of_a_digest_is_left_out_however_many():
    whole = digest(*(alert(story, copies=5) for story in range(300)))
    told = digest_body(whole)
    assert (len(told["alerts"]), len(told["articles"])) == (300, 1500)
    assert (told["rule"]["name"], told["reason"], told["severity"]) == ("channel test", "digest", "normal")
    assert told["left_out"], "and it says that something else is"
    text = digest_text(whole)
    assert all(f"https://paper4.example/{story}\n" in text for story in range(300))


def test_a_digest_of_several_rules_names_none_and_the_highest_severity():
    other = alert(2)
    other = replace(other, rule=replace(other.rule, name="floods", severity=Severity.HIGH))
    told = digest_body(digest(alert(1), other))
    assert (told["rule"], told["severity"]) == (None, "high")


def test_headlines_cannot_do_anything_in_a_digest():
    found = digest(alert(1, title=HOSTILE), alert(2, title=HOSTILE))
    assert not re.search(r"<script|\u202e|\r", digest_page(found))
    mail = letter(found, sender="n@x.example", recipient="d@x.example", key="msg_1", now=NOW)
    assert mail["Bcc"] is None
    assert mail["List-Id"] == "<digests.x.example>"
    assert "\u202e" not in mail.get_body(("plain",)).get_content()


def test_a_notice_in_every_form():
    notice = Notice("n1", "The channel desk does not work", "5 tries failed.", NOW)
    assert body(notice) == {"type": "health", "version": 1, "id": "n1", "created": "2026-03-02T07:00:00Z",
                            "title": "The channel desk does not work", "detail": "5 tries failed."}  # fmt: skip
    assert words(notice) == ("[Nightdesk] The channel desk does not work", "5 tries failed.\n\n2 Mar 2026, 07:00 UTC\n")
    mail = letter(notice, sender="n@x.example", recipient="d@x.example", key="msg_1", now=NOW)
    assert (mail["Subject"], mail["List-Id"]) == ("[Nightdesk] The channel desk does not work", "<desk.x.example>")


SCHEMAS = {
    name: json.loads((Path(__file__).parents[3] / "docs" / f"{name}.v1.schema.json").read_text(encoding="utf-8"))
    for name in ("digest", "health")
}
TOLD = [
    ("digest", digest_body(digest(alert(1), alert(2, copies=3)))),
    ("digest", digest_body(digest())),
    ("digest", digest_body(digest(alert(1), replace(alert(2), rule=replace(alert(2).rule, name="floods"))))),
    ("digest", digest_body(many(40, 1))),
    ("digest", digest_body(many(200, 1))),
    ("health", body(Notice("n1", "The channel desk does not work", "5 tries failed.", NOW))),
]


@pytest.mark.parametrize(("name", "told"), TOLD)
def test_what_is_sent_is_as_the_published_schema_says(name, told):
    assert set(told) == set(SCHEMAS[name]["properties"]) == set(SCHEMAS[name]["required"])
    for key in ("alerts", "articles"):
        kind = SCHEMAS[name].get("$defs", {}).get(key[:-1], {"properties": {}})
        whole = not told.get("left_out")
        for each in told.get(key, []):
            assert (
                set(each) == set(kind["properties"]) if whole else set(kind["required"]) <= set(each) <= set(kind["properties"])
            )
    validator = pytest.importorskip("jsonschema", reason="jsonschema is not installed here").Draft202012Validator
    validator(SCHEMAS[name]).validate(told)


def source(name, **state):
    return Source(name, f"https://{name}.example/", Schedule(60.0), NOW, **state)


@pytest.mark.parametrize(
    ("sources", "line"),
    [
        ([], "0 of 0 sources healthy"),
        ([source("a", last_success=NOW)], "1 of 1 source healthy"),
        (
            [source("a", last_success=NOW), source("b", last_success=NOW - timedelta(days=2), error_streak=3), source("c"),
             source("d", paused=True), source("e", error_streak=1)],
            "1 of 4 sources healthy; b fails since 28 Feb 2026, 07:00 UTC; e fails and has never been read; 1 not visited yet; 1 paused",
        ),
    ],
)  # fmt: skip
def test_the_coverage_line_says_who_was_not_looked_at(sources, line):
    assert coverage_line(sources) == line
