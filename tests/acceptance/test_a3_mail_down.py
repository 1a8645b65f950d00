"""A3: mail is refused and the webhook answers 503 for two hours, and the process is killed in the middle."""

import json
import time
from collections import Counter

import pytest

RATE = 600  # ten minutes a second
STORIES = 12
READERS = ("night@example.org", "day@example.org", "gone@example.org")


@pytest.fixture
def desk(paper, open_desk, declare_rule):
    channels = paper.channels.replace('to = "night@example.org"', f'to = "{", ".join(READERS)}"\nfollow_ups = false')
    return open_desk(channels, declare_rule("cranes", "crane"))


def ingest(desk, numbers):
    told = [
        {"url": f"https://courier.example/{number}", "title": f"Crane {number} falls", "source": "Courier",
         "text": " ".join(f"The crane {number} of quay {number}x{part} fell on Monday." for part in range(6)),
         "published": "2026-11-01T03:00:00Z"} for number in numbers
    ]  # fmt: skip
    return desk.run("ingest", "-", "--alert", stdin="".join(json.dumps(each) + "\n" for each in told))


def arrivals(paper):
    """How often each story reached the webhook, and each recipient."""
    alerts = [hook for hook in paper.hooks if hook["type"] == "alert"]
    mails = [mail for mail in paper.remote.get("mail") if mail["subject"].startswith("[cranes]")]
    return (
        Counter(hook["articles"][0]["url"] for hook in alerts),
        Counter((mail["subject"], *mail["recipients"]) for mail in mails),
    )


def test_each_is_told_once_after_an_outage_and_a_kill_and_nothing_is_marked_sent_before(paper, desk, wait):
    paper.remote.post("mail", refused={"gone@example.org": "550 5.1.1 no such user"})
    desk.at("02:00").crawl()
    ingest(desk.at("02:30"), [0])
    first = arrivals(paper)
    assert (sum(first[0].values()), sum(first[1].values())) == (1, 2)

    paper.remote.post("webhooks", then=503)
    paper.remote.post("mail", down=True)
    ingest(desk.at("03:00"), range(1, STORIES))
    with desk.at("03:01", RATE).daemon() as daemon:
        time.sleep(6)  # an hour
        daemon.kill()
    assert sent(desk) == [0], "nothing is marked sent that was not"
    with desk.at("04:01", RATE).daemon():
        time.sleep(6)
        assert sent(desk) == [0]
        assert desk.count("notices") == 2, "each channel's trouble is told by the other"
        paper.remote.post("webhooks", then="accept")
        paper.remote.post("mail", down=False)
        wait(lambda: not waiting(desk), 90, "the delivery of all that waited")
    hooks, mails = arrivals(paper)
    assert hooks == Counter(f"https://courier.example/{number}" for number in range(STORIES))
    assert mails == Counter((f"[cranes] Crane {number} falls", reader) for number in range(STORIES) for reader in READERS[:2])
    titles = [hook["title"] for hook in paper.hooks if hook["type"] == "health"]
    subjects = [
        mail["subject"].removeprefix("[Nightdesk] ") for mail in paper.remote.get("mail") if "[Nightdesk]" in mail["subject"]
    ]
    for told in (titles, list(dict.fromkeys(subjects))):
        assert len(told) == len(set(told))
        for name in ("desk", "newsroom"):
            news = [each for each in told if f"The channel {name} " in each]
            assert not news or news[-1].endswith("works again"), "that it did not is told before it, or no news any more"
    for name in ("desk", "newsroom"):
        ways = [f"The channel {name} works again" in each for each in (titles, set(subjects))]
        assert ways.count(True) == 1, "by the other channel, or by itself where the other did not take it at once"
    ids = [hook["headers"]["webhook-id"] for hook in paper.remote.get("webhooks")]
    assert len(ids) == len(set(ids))
    dead = desk.json("delivery", "list", "--dead", "--limit", "1000")["deliveries"]
    assert {each["recipient"] for each in dead} == {"gone@example.org"}, "whom the server does not know is listed"
    assert len([each for each in dead if each["kind"] == "alert"]) == STORIES


def sent(desk):
    """The alerts that were marked sent, but the first, which was."""
    return [count - 3 for (count,) in desk.rows("SELECT count(*) FROM deliveries WHERE state = 'sent'")]


def waiting(desk):
    return desk.rows("SELECT id FROM deliveries WHERE state = 'due'")
