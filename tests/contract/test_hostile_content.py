"""A thousand hostile headlines through every way out, to real servers: each arrives, and none is more than a text."""

import asyncio
import base64
import email
import email.policy
import json
import logging
import re
from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import cycle
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from alerts.channels.base import Message
from alerts.channels.opening import open_channel
from alerts.news import Edited, Known, news
from alerts.news_words import news_text
from alerts.render import BODY_LIMIT, plain, webhook_body
from alerts.wording import json_bytes
from nightdesk.newspaper.receivers import MailReceiver, WebhookReceiver
from nightdesk.samples import sample_alert
from storage.addresses import parse_networks
from storage.clock import Clock
from storage.models import AlertReason, Carrier, Channel, ChannelKind, Evidence, Relation, Rule, Severity, Version

NOW = datetime(2018, 1, 12, 9, 30, tzinfo=UTC)
AT_ONCE = 16  # messages on their way to one receiver
NEW, OLD = (f"whsec_{base64.b64encode(bytes(range(first, first + 32))).decode()}" for first in (0, 100))
OURS = {"html", "head", "meta", "style", "title", "body", "h1", "p", "strong", "br", "span", "a", "blockquote", "mark", "hr",
        "div", "h2", "ins", "del"}  # fmt: skip
NEWS_LINE = re.compile(
    r"  [-+] .+|  … and \d+ more (change|sentence)s?|  (Headline|Text):|.* changed its article, seen .+:|.* adds:"
    r"|Also carried now by .+\.|New since you were told \(12 Jan 2018, 09:30 UTC\)"
)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "alert.v1.schema.json").read_text(encoding="utf-8"))


def new_of(text, article):
    """What an edit to a text, and the arrival of an outlet of a name, that somebody else chose comes to."""
    old, new = (
        Version(article.id, at, f"{text} {at}", f"{text} stood here. Then it was quiet, version {at}.", NOW) for at in (1, 2)
    )
    other = replace(article, id=article.id + 1, source=f"{text} Courier")
    return news(Known(NOW, (Edited(article, old, new),), (old.text,), ((other, f"{text} came.\n\n{text} {text} went away."),)))


def told(text, number, reason=AlertReason.NEW, severity=Severity.NORMAL):
    """An alert in which this text stands wherever the web, or a rule, can put one."""
    base = sample_alert(NOW)
    article = replace(
        base.carriers[0].article, id=number, title=text, source=text, published=NOW if number % 2 else None,
        url=f"https://paper.example/{number}?{text[:200]}",
    )  # fmt: skip
    evidence = Evidence("body", (text[:50], "Dam"), text, number, number + 3)
    return replace(
        base, uid=f"alt_{number}", rule=Rule(text, f"dam {text}", 1, 1 + number, severity=severity), story_title=text,
        reason=reason, detail=text if number % 3 == 0 else "",
        carriers=(Carrier(article, Relation.FIRST, (evidence,)), Carrier(article, Relation.COPY)),
        news=new_of(text, article) if number % 4 == 3 else None,
    )  # fmt: skip


def first_of(number):
    """The message that this one replies to: every other one does."""
    return f"msg_{number - 1}" if number % 2 else None


@pytest.fixture(scope="module")
def messages(hostile_headlines):
    drawn = zip(hostile_headlines, cycle(AlertReason), cycle(Severity), strict=False)
    return [
        Message(f"msg_{number}", "desk@office.example", told(text, number, reason, severity), NOW, reply_to=first_of(number))
        for number, (text, reason, severity) in enumerate(drawn)
    ]


def send_all(kind: ChannelKind, settings: dict[str, str], messages: Iterable[Message]) -> Coroutine[None, None, None]:
    """Every message through one way out, some at the same time; the first that is not taken ends it."""

    async def run() -> None:
        channel = Channel("way", kind, settings)
        guard = parse_networks(["127.0.0.0/8"])
        transport = open_channel(channel, guard=guard, clock=Clock(), environment={"HOOK_SECRET": f"{NEW} {OLD}"}, contact="")
        gate = asyncio.Semaphore(AT_ONCE)

        async def send(message: Message) -> None:
            async with gate:
                await transport.send(message)

        await asyncio.gather(*map(send, messages))
        await transport.close()

    return run()


# --- webhooks


@pytest.fixture(scope="module")
def hooks(messages):
    """What a real receiver got of all messages while the channel's secret was replaced."""

    async def run():
        async with WebhookReceiver() as receiver:
            await send_all(ChannelKind.WEBHOOK, {"url": receiver.url, "secret": "env:HOOK_SECRET"}, messages)
            return receiver.received

    return {hook.headers["webhook-id"]: hook for hook in asyncio.run(run())}


def test_every_webhook_arrives_and_verifies_with_the_new_secret_and_the_old_one(messages, hooks):
    assert set(hooks) == {message.key for message in messages}
    for message in messages:
        hook = hooks[message.key]
        body = hook.body.encode()
        assert Webhook(NEW).verify(body, hook.headers) == Webhook(OLD).verify(body, hook.headers) == hook.json
        assert body == json_bytes(webhook_body(message.content))
        newest, older = hook.headers["webhook-signature"].split(" ")
        Webhook(NEW).verify(body, {**hook.headers, "webhook-signature": newest})
        Webhook(OLD).verify(body, {**hook.headers, "webhook-signature": older})


def test_no_headline_adds_a_header_to_a_webhook_or_makes_it_large(hooks):
    assert {tuple(sorted(hook.headers)) for hook in hooks.values()} == {tuple(sorted((
        "host", "content-type", "content-length", "user-agent", "accept", "accept-encoding",
        "webhook-id", "webhook-timestamp", "webhook-signature",
    )))}  # fmt: skip
    assert max(len(hook.body.encode()) for hook in hooks.values()) <= BODY_LIMIT


def test_every_webhook_is_as_the_published_schema_says(hooks):
    validator = pytest.importorskip("jsonschema", reason="jsonschema is not installed here").Draft202012Validator
    validator.check_schema(SCHEMA)
    against = validator(SCHEMA)
    assert [error.message for hook in hooks.values() for error in against.iter_errors(hook.json)] == []
    assert not against.is_valid({**next(iter(hooks.values())).json, "reason": "no such word"})


def test_the_schema_names_every_key_that_is_sent(hooks):
    """And no other: whoever adds one to the body says so there."""
    for hook in hooks.values():
        _same_keys(hook.json, SCHEMA)


def _same_keys(value, schema):
    schema = _found(schema)
    if isinstance(value, dict):
        schema = next((_found(each) for each in schema.get("oneOf", ()) if "$ref" in each), schema)
        assert set(value) == set(schema["properties"]) == set(schema["required"])
        for key, each in value.items():
            _same_keys(each, schema["properties"][key])
    elif isinstance(value, list):
        for each in value:
            _same_keys(each, schema["items"])


def _found(schema):
    """The schema itself, where another one names it."""
    return SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def test_the_schema_has_the_closed_words():
    properties = SCHEMA["properties"]
    assert properties["reason"]["enum"] == list(AlertReason)
    assert properties["severity"]["enum"] == list(Severity)
    assert SCHEMA["$defs"]["article"]["properties"]["relation"]["enum"] == list(Relation)


# --- mail


class Seen(HTMLParser):
    """The tags, attributes and visible text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.links, self.text = set(), set(), [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value for name, value in attrs if name == "href"]

    def handle_comment(self, data):
        self.tags.add("!--")

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def mails(messages):
    """What a real mail server got of all messages."""

    async def run():
        async with MailReceiver() as receiver:
            settings = {"to": "desk@office.example", "smtp_url": receiver.url, "from": "Night desk <night@desk.example>"}
            await send_all(ChannelKind.EMAIL, settings, messages)
            return receiver.received

    return {mail.message["Message-ID"].partition("@")[0].strip("<"): mail for mail in asyncio.run(run())}


def test_every_mail_arrives_with_its_own_headers_and_no_other(messages, mails):
    assert set(mails) == {message.key for message in messages}
    replies = {mails[message.key].raw: message.reply_to for message in messages}
    for mail in mails.values():
        assert (mail.sender, mail.recipients) == ("night@desk.example", ("desk@office.example",))
        for policy in (email.policy.default, email.policy.compat32):
            parsed = email.message_from_bytes(mail.raw, policy=policy)
            assert sorted(parsed.keys()) == sorted((
                "From", "To", "Subject", "Date", "Message-ID", "References", "List-Id", "Auto-Submitted",
                "MIME-Version", "Content-Type", *(["In-Reply-To"] if replies[mail.raw] else []),
            ))  # fmt: skip
            assert parsed["In-Reply-To"] == (f"<{replies[mail.raw]}@desk.example>" if replies[mail.raw] else None)
            assert len(str(parsed["References"]).split()) == (2 if replies[mail.raw] else 1)
            assert [part.get_content_type() for part in parsed.walk()] == ["multipart/alternative", "text/plain", "text/html"]
            assert not [defect for part in parsed.walk() for defect in part.defects]
        subject = str(mail.message["Subject"])
        assert len(subject.splitlines()) == 1
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", subject)
        assert not re.search(rb"[\0\x80-\xff]|\r(?!\n)|(?<!\r)\n", mail.raw)
        assert max(map(len, mail.raw.split(b"\r\n"))) <= 998


def test_no_tag_of_a_headline_survives_in_the_html_of_a_mail(mails):
    for mail in mails.values():
        html = mail.message.get_body(("html",)).get_content()
        seen = Seen(html)
        assert seen.tags <= OURS
        assert seen.attributes <= {"name", "content", "charset", "class", "dir", "href"}
        assert all(link.startswith("https://paper.example/") and link.isascii() for link in seen.links)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", html.replace("\r\n", "\n"))


def test_no_headline_breaks_the_lines_of_a_mails_text(messages, mails):
    tame = {(number % 3 == 0): len(plain(told("Dam", number)).splitlines()) for number in (0, 1)}
    for number, message in enumerate(messages):
        text = mails[message.key].message.get_body(("plain",)).get_content().replace("\r\n", "\n")
        assert text == plain(message.content)
        if message.content.news:
            block = f"{news_text(message.content.news)}\n\n"
            assert all(NEWS_LINE.fullmatch(line) for line in block.splitlines()[:-1]), block
            assert block in text
            text = text.replace(block, "")
        lines = len(text.splitlines()) - text.count("\nSeverity: ")
        assert lines == tame[number % 3 == 0], text


# --- the log


def test_every_alert_is_one_line_of_ascii_in_the_log(messages, caplog):
    with caplog.at_level(logging.INFO, "nightdesk.alerts"):
        asyncio.run(send_all(ChannelKind.LOG, {}, messages))
    assert len(caplog.records) == len(messages)
    for record, message in zip(caplog.records, messages, strict=True):
        line = record.getMessage()
        assert line.isascii()
        assert line.isprintable()
        assert json.loads(line.removeprefix("alert ")) == {"delivery": message.key, **webhook_body(message.content)}
