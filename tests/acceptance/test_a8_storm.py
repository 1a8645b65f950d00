"""A8: a storm in quiet hours becomes one digest in the morning; what is critical is told at once, and nothing is left out."""

import email
import email.policy
import json
from collections import Counter

import pytest

POLICY = 'quiet = "22:00-07:00"\ncap = 10\nzone = "UTC"\n'
STORIES, CARRIERS = 60, 5  # 300 matches


@pytest.fixture
def storm(paper, open_desk, declare_rule):
    """A desk whose two channels keep quiet at night, with a rule for the storm and a critical one."""
    channels = paper.channels.replace('kind = "email"', f'kind = "email"\n{POLICY}').replace(
        'kind = "webhook"', f'kind = "webhook"\n{POLICY}'
    )
    critical = declare_rule("dam", '"dam has burst"').replace("\nquery", '\nseverity = "critical"\nquery')
    return open_desk(channels, declare_rule("storm", "storm"), critical)


def articles():
    """Sixty stories of their own, each on five sites."""
    for story in range(STORIES):
        towns = [f"town{story}x{place}" for place in range(12)]
        text = " ".join(
            f"The storm reached {town} in the night and took {7 * story + number} roofs." for number, town in enumerate(towns)
        )
        for carrier in range(CARRIERS):
            yield {
                "url": f"https://paper{carrier}.example/{story}", "title": f"Storm number {story}", "text": text,
                "source": f"Paper {carrier}", "published": f"2026-11-01T03:{story // 6:02}:00Z",
            }  # fmt: skip


def lines(found):
    return "".join(json.dumps(each) + "\n" for each in found)


def letters(folder):
    return [
        email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in (folder / "mail").glob("*.eml")
    ]


def test_three_hundred_matches_in_quiet_hours_are_one_digest_at_seven(paper, storm, tmp_path):
    storm.at("02:00").crawl()
    found = list(articles())
    for part in range(3):
        storm.at(f"03:0{3 * part}").run("ingest", "-", "--alert", stdin=lines(found[part * 100 : part * 100 + 100]))
    assert (paper.hooks, paper.mails) == ([], []), "nobody is woken"
    burst = {"url": "https://paper0.example/dam", "title": "Dam gives way", "source": "Paper 0",
             "text": "The dam has burst above Malden, and the valley is being cleared.", "published": "2026-11-01T03:11:00Z"}  # fmt: skip
    storm.at("03:11").run("ingest", "-", "--alert", stdin=lines([burst]))
    assert [hook["rule"]["name"] for hook in paper.hooks] == ["dam"], "what is critical is told at once"
    assert paper.mails == ["[dam] Dam gives way"]

    storm.at("06:59").crawl()
    assert (len(paper.hooks), len(paper.mails)) == (1, 1)
    storm.at("07:00").crawl()
    digest = paper.hooks[1]
    assert (len(paper.hooks), len(paper.mails)) == (2, 2), "one digest for each channel"
    assert (digest["reason"], digest["rule"]["name"]) == ("digest", "storm")
    assert len(digest["alerts"]) == STORIES
    assert sorted(each["url"] for each in digest["articles"]) == sorted(each["url"] for each in found)
    assert Counter(Counter(each["story"] for each in digest["articles"]).values()) == {CARRIERS: STORIES}
    assert paper.mails[1] == f"[Nightdesk] {STORIES} alerts about {STORIES} stories"
    assert len({alert["state"] for alert in storm.alerts()}) == 1, "all are sent"
    (mail,) = [each for each in letters(tmp_path) if "alerts about" in each["subject"]]
    text = mail.get_body(("plain",)).get_content()
    assert all(each["url"] in text for each in found)
    assert "Coverage: " in text


def test_by_day_a_cap_lets_so_many_through_and_the_digest_tells_the_others(paper, open_desk, declare_rule):
    channels = paper.channels.replace('kind = "webhook"', 'kind = "webhook"\ncap = 3\n')
    desk = open_desk(channels, declare_rule("storm", "storm"))
    desk.at("10:00").crawl()
    found = [each for each in articles() if each["source"] == "Paper 0"][:8]
    for each in found:
        each["published"] = "2026-11-01T10:01:00Z"
    desk.at("10:02").run("ingest", "-", "--alert", stdin=lines(found))
    assert len(paper.hooks) == 3
    desk.at("11:01").crawl()
    assert len(paper.hooks) == 3
    desk.at("11:03").crawl()
    *single, digest = paper.hooks
    assert [hook["reason"] for hook in single] == ["new"] * 3
    assert digest["reason"] == "digest"
    told = [hook["articles"][0]["url"] for hook in single] + [each["url"] for each in digest["articles"]]
    assert sorted(told) == sorted(each["url"] for each in found), "told = matched"
    assert len(paper.mails) == len(found), "the other channel has no cap"
