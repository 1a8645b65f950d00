"""A story's mails make a thread, and each says what is new since its reader was told; by the real sender, over real SMTP."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from alerts.deliver import Deliverer, DeliveryOptions
from alerts.match import Matching
from nightdesk.newspaper.receivers import ACCEPT, MailReceiver
from storage.addresses import parse_networks
from storage.clock import Clock
from storage.ingest import ingest_article
from storage.models import Channel, ChannelKind, Extraction, Rule, Schedule, Source
from storage.store import connect

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIRST = (
    "The night ferry to Orrin Island stayed in port on Sunday after a lamp failed on the outer mole of the harbour. Harbour "
    "master Edwin Sallow said that the lamp would be mended before the tide turned in the early afternoon. Forty passengers "
    "slept in the waiting room, where the choir of Saint Brannoc served tea until three in the morning."
)
GONE = "the lamp would be mended before the tide turned in the early afternoon"
EDITED = FIRST.replace(GONE, "smugglers had stolen the lamp and that the constabulary had been asked for help at once")
ADDED = "The vicar has lost his furniture, the company told this paper in a letter."
TITLE, NEW_TITLE = "Lamp fails and ferry stays in port", "Lamp stolen, ferry stays in port"


class Desk:
    """A database that is opened anew for each step, as by a restart; the mails that were taken, and every try with its answer."""

    def __init__(self, folder):
        self.path = f"sqlite:///{folder / 'nightdesk.db'}"
        self.box, self.tries = [], []

    def at(self, minutes, work=None, answer=ACCEPT):
        """Do `work` at that time, match, and send what is due to a mail server that answers so."""

        async def run():
            async with MailReceiver() as receiver:
                receiver.programme([], then=answer)
                with connect(self.path, Clock(NOW + timedelta(minutes=minutes))) as store:
                    store.write_now(lambda t: self.prepare(t, receiver.url))
                    if work is not None:
                        store.write_now(work)
                    await Matching(store).run_pending()
                    options = DeliveryOptions(parse_networks(["127.0.0.0/8"]), {})
                    async with Deliverer(store, options) as deliverer:
                        await deliverer.run_due()
                self.box += [mail.message for mail in receiver.received]
                self.tries += [(mail.message["Message-ID"], mail.raw) for _, mail in receiver.attempts]

        asyncio.run(run())

    def prepare(self, tables, url):
        settings = {"to": "night@example.org", "smtp_url": url, "from": "n@desk.example"}
        tables.channels.save(Channel("desk", ChannelKind.EMAIL, settings))
        if not tables.rules.all():
            tables.rules.save(Rule("ferry", "ferry"), NOW)
            tables.rules.save(Rule("smuggling", "smuggler*"), NOW)

    def read(self, work):
        with connect(self.path, Clock(NOW)) as store:
            return store.read_now(work)


def article(number, minutes, text=FIRST, title=TITLE):
    """Work that stores what a paper published."""

    def work(tables):
        now, host = NOW + timedelta(minutes=minutes), f"paper{number}.example"
        known = [each for each in tables.sources.all() if each.name == host]
        source = Source(host, f"https://{host}/", Schedule(60.0), NOW, sites=(host,))
        read = Extraction(f"https://{host}/ferry", title, text, published=NOW)
        ingest_article(tables, read, known[0] if known else tables.sources.add(source), page=None, url=read.url, now=now)

    return work


def text_of(mail):
    return mail.get_body(("plain",)).get_content().replace("\r\n", "\n")


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_first_mail_edit_and_follow_up_are_one_thread_and_each_says_what_is_new(desk):
    desk.at(1, article(0, 1))
    desk.at(10, article(0, 10, EDITED, NEW_TITLE))
    desk.at(20, article(1, 20, EDITED, NEW_TITLE))
    desk.at(21, article(2, 21, f"{EDITED} {ADDED}", NEW_TITLE))
    desk.at(60)
    first, edit, *later = desk.box
    assert later
    assert len({mail["Message-ID"] for mail in desk.box}) == len(desk.box)

    assert (first["In-Reply-To"], len(first["References"].split())) == (None, 1)
    assert "New since" not in text_of(first)
    for mail in (edit, *later):
        assert mail["In-Reply-To"] == first["Message-ID"], "a mail that this reader really got"
        assert mail["References"].split() == [first["References"], first["Message-ID"]]
    assert edit["Subject"] == f"[smuggling] {TITLE}"
    subjects = {mail["Subject"].partition("] ")[2] for mail in later}
    assert f"{NEW_TITLE} (3 outlets)" in subjects, "a follow-up says so, under the headline that the article has now"
    assert any(each.startswith(f"{NEW_TITLE} (") and "rewritten" in each for each in subjects)
    told = text_of(edit)
    assert "New since you were told (2 Mar 2026, 12:01 UTC)\n" in told
    assert f"  - {TITLE}\n  + {NEW_TITLE}\n" in told
    assert f"  - Harbour master Edwin Sallow said that {GONE}." in told
    assert "  + Harbour master Edwin Sallow said that smugglers had stolen the lamp" in told
    assert "choir" not in told, "what stayed is not told again"

    spread = [text for text in map(text_of, later) if "Also carried now by paper1.example and paper2.example.\n" in text]
    assert spread
    assert f"paper2.example adds:\n  + {ADDED}\n" in spread[0]
    assert "paper1.example adds:" not in spread[0], "it adds nothing"

    before = len(desk.box)
    desk.at(
        70, article(0, 70, f"{EDITED} {ADDED} The constabulary has found the lamp under the stage of the choir.", NEW_TITLE)
    )
    desk.at(110)
    again = [text_of(mail).partition("paper0.example, ")[0] for mail in desk.box[before:]]
    assert again
    for told in again:
        assert "The constabulary has found the lamp under the stage of the choir.\n" in told
        assert "Also carried now by" not in told, "what was told is not told again"
        assert GONE not in told


def test_an_edit_that_brings_the_first_alert_says_what_it_changed(desk):
    desk.at(1, lambda t: t.rules.remove(t.rules.get("ferry").id))
    desk.at(2, article(0, 2))
    assert desk.box == []
    desk.at(10, article(0, 10, EDITED, NEW_TITLE))
    (mail,) = desk.box
    assert mail["In-Reply-To"] is None
    changed = "paper0.example changed its article, seen 2 Mar 2026, 12:10 UTC"
    assert f"What the edit changed\n{changed}:\n  Headline:\n  - {TITLE}\n" in text_of(mail)


def test_a_try_that_is_repeated_says_the_same_to_the_byte_whatever_came_meanwhile(desk):
    desk.at(1, article(0, 1))
    desk.at(10, article(0, 10, EDITED, NEW_TITLE), answer="451 try later")
    assert len(desk.box) == 1
    (waits,) = desk.read(lambda t: [each for each in t.deliveries.all(limit=9) if each.attempts and each.sent is None])
    desk.at(15, article(1, 15, f"{EDITED} {ADDED}", NEW_TITLE))
    desk.at(200, article(0, 199, f"{EDITED} {ADDED}", NEW_TITLE))
    desk.at(301, lambda t: t.deliveries.replay(waits.id, NOW + timedelta(minutes=301)))
    name = f"<{waits.key}@desk.example>"
    tries = [raw for tried, raw in desk.tries if tried == name]
    assert len(tries) >= 3
    assert len(set(tries)) == 1
    waited = next(mail for mail in desk.box if mail["Message-ID"] == name)
    assert waited["In-Reply-To"] == desk.box[0]["Message-ID"]
    assert ADDED not in text_of(waited), "that came after it first went out"


def test_a_mail_does_not_reply_to_one_that_its_reader_has_not_got(desk):
    desk.at(1, article(0, 1), answer="550 no such user")
    desk.at(10, article(0, 10, EDITED, NEW_TITLE))
    (mail,) = [each for each in desk.box if each["Subject"].startswith("[smuggling] ")]
    assert mail["In-Reply-To"] is None
    assert "What the edit changed" in text_of(mail)
