"""Every way out against real servers on this machine: what it sends, and what it makes of each answer."""

import asyncio
import base64
import contextlib
import email
import email.policy
import json
import logging
import re
import socket
import ssl
import time
import traceback
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from typing import Self

import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook, WebhookVerificationError

from alerts.channels.base import Message, Receipt
from alerts.channels.email import EmailTransport
from alerts.channels.opening import open_channel
from alerts.channels.settings import parse_smtp_url, validate_settings
from alerts.channels.webhook import WebhookTransport
from alerts.render import plain, webhook_body
from storage.addresses import AddressGuard, parse_networks
from storage.clock import Clock, parse_clock
from storage.errors import ConfigError, DeliveryError
from storage.models import (
    Alert,
    AlertReason,
    Article,
    Carrier,
    Channel,
    ChannelKind,
    CommentsStatus,
    Evidence,
    PageKind,
    Relation,
    Rule,
)

NOW = datetime(2018, 1, 12, 9, 30, tzinfo=UTC)
LOOPBACK = parse_networks(["127.0.0.0/8"])
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PASSWORD = "p@ss/wörd#1"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def message(recipient: str = "desk@office.example", key: str = "msg_1") -> Message:
    article = Article(
        id=1,
        url="https://paper.example/dam",
        canonical_url="https://paper.example/dam",
        source="Paper",
        story_id=1,
        title="Dämme brechen",
        first_seen=NOW,
        last_seen=NOW,
        published=NOW,
        published_evidence="json-ld",
        modified=None,
        authors=(),
        language="de",
        image=None,
        tags=(),
        kind=PageKind.ARTICLE,
        news=True,
        versions=1,
        comments=0,
        comment_count=None,
        comments_status=CommentsStatus.NONE,
        comments_platform=None,
        paywalled=False,
    )
    evidence = Evidence("body", ("Damm",), "Ein Damm brach.\n.\nMAIL FROM:<x@y>", 4, 8)
    rule = Rule("floods", "damm*", 1, 3)
    carriers = (Carrier(article, Relation.FIRST, (evidence,)),)
    alert = Alert(1, "alt_1", rule, 1, "sty_1", "Dämme brechen", 1, AlertReason.NEW, NOW, carriers)
    return Message(key, recipient, alert, NOW)


# --- webhooks ---------------------------------------------------------------------------------------------------


@dataclass
class Receiver:
    """A real HTTP server that answers as `handler` says and keeps what it got."""

    handler: Handler
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    port: int = 0
    got: list[tuple[dict[str, str], bytes, str]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, 0, ssl_context=self.tls)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read(), request.path))
        return await self.handler(request)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/hook"


def answering(status: int, text: str = "", **headers: str) -> Handler:
    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(
            status=status, text=text, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    return answer


def webhook(url: str, *, guard: AddressGuard = LOOPBACK, seconds: float = 5, secret: str = "", **more) -> WebhookTransport:
    channel = Channel("hook", ChannelKind.WEBHOOK, {"url": url, "secret": secret} if secret else {"url": url})
    arguments = {"clock": Clock(), "environment": {}, "contact": "desk@office.example"} | more
    return WebhookTransport(channel, guard=guard, seconds=seconds, **arguments)


@contextlib.asynccontextmanager
async def closing(transport) -> AsyncIterator:
    try:
        yield transport
    finally:
        await transport.close()
        await transport.close()  # twice is harmless


async def refused(transport, this: Message | None = None) -> DeliveryError:
    async with closing(transport):
        with pytest.raises(DeliveryError) as caught:
            await transport.send(this or message())
    assert len(str(caught.value).splitlines()) == 1
    return caught.value


def webhook_failure(handler: Handler, **more) -> DeliveryError:
    async def attempt() -> DeliveryError:
        async with Receiver(handler) as receiver:
            error = await refused(webhook(receiver.url, **more))
            assert len(receiver.got) == 1
            return error

    return asyncio.run(attempt())


def test_a_webhook_arrives_whole_and_verifies_with_the_specifications_library():
    async def run() -> None:
        async with Receiver(answering(200, "thank\r\nyou")) as receiver, closing(webhook(receiver.url, secret=SECRET)) as hook:
            assert await hook.send(message()) == Receipt("thank you", 200)
            assert await hook.send(message()) == Receipt("thank you", 200)
        (headers, body, path), (again, same, _) = receiver.got
        assert Webhook(SECRET).verify(body, headers) == webhook_body(message().content)
        assert Webhook(SECRET).verify(same, again)
        assert (headers["webhook-id"], again["webhook-id"], body) == ("msg_1", "msg_1", same)
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 5
        assert headers["content-type"] == "application/json"
        assert headers["user-agent"] == "Nightdesk (desk@office.example)"
        assert path == "/hook"

    asyncio.run(run())


def test_a_rehearsed_clock_stamps_the_rehearsed_time():
    async def run() -> None:
        clock = parse_clock("2026-11-01T03:00:00+02:00")
        async with Receiver(answering(204)) as receiver, closing(webhook(receiver.url, clock=clock)) as hook:
            assert await hook.send(message()) == Receipt("", 204)
        headers, _, _ = receiver.got[0]
        assert 0 <= int(headers["webhook-timestamp"]) - datetime(2026, 11, 1, 1, tzinfo=UTC).timestamp() < 5
        assert "webhook-signature" not in headers  # a channel without a secret

    asyncio.run(run())


def test_many_messages_share_connections_and_a_hanging_one_delays_no_other():
    async def run() -> None:
        async def some_hang(request: web.Request) -> web.StreamResponse:
            if request.headers["webhook-id"] == "msg_0":
                await asyncio.sleep(20)
            return web.Response()

        async with Receiver(some_hang) as receiver, closing(webhook(receiver.url, seconds=1)) as hook:
            sends = [hook.send(message(key=f"msg_{number}")) for number in range(20)]
            results = await asyncio.gather(*sends, return_exceptions=True)
        assert isinstance(results[0], DeliveryError)
        assert results[1:] == [Receipt("", 200)] * 19

    asyncio.run(run())


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408, 425, 429, 400, 401, 404])
def test_refusals_that_may_pass_carry_their_status(status):
    error = webhook_failure(answering(status, "no\nthanks"))
    assert (error.permanent, error.disable, error.status, error.retry_after) == (False, False, status, None)
    assert f"answered {status}: no thanks" in str(error)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), ("999999", 86_400), (format_datetime(NOW + timedelta(minutes=3), usegmt=True), 180), ("soon", None)],
    ids=["seconds", "capped", "date", "nonsense"],
)
def test_retry_after_in_both_forms(header, seconds):
    class Frozen(Clock):
        def now(self) -> datetime:
            return NOW

    error = webhook_failure(answering(503, Retry_After=header), clock=Frozen())
    assert (error.status, error.retry_after) == (503, seconds)


def test_410_is_for_good_and_disables():
    error = webhook_failure(answering(410))
    assert (error.permanent, error.disable, error.status) == (True, True, 410)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_its_target_is_never_hit(status):
    async def run() -> None:
        async with Receiver(answering(200)) as elsewhere, Receiver(answering(status, Location=elsewhere.url)) as receiver:
            error = await refused(webhook(receiver.url))
            assert (error.permanent, error.status) == (False, status)
            assert "final address" in str(error)
            assert not elsewhere.got

    asyncio.run(run())


def test_a_receiver_that_hangs_is_left_in_time():
    async def hang(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(20)
        return web.Response()

    began = time.monotonic()
    error = webhook_failure(hang, seconds=0.3)
    assert time.monotonic() - began < 3
    assert not error.permanent
    assert "did not answer within 0.3 s" in str(error)


def test_an_accepted_message_stays_accepted_though_the_answer_drips_for_ever():
    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(status=202)
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                await answer.write(b"x")
                await asyncio.sleep(0.05)
        return answer

    async def run() -> None:
        async with Receiver(drip) as receiver, closing(webhook(receiver.url, seconds=0.6)) as hook:
            receipt = await hook.send(message())
            assert receipt.status == 202

    asyncio.run(run())


def test_a_huge_answer_is_read_only_at_its_start():
    async def run() -> None:
        async with Receiver(answering(200, "x" * 5_000_000)) as receiver, closing(webhook(receiver.url)) as hook:
            receipt = await hook.send(message())
        assert receipt.status == 200
        assert len(receipt.detail) == 200

    asyncio.run(run())


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def raw_server(serve: Serve) -> AsyncIterator[int]:
    """The port of a server that does what `serve` does and leaves no connection behind."""
    connections: list[asyncio.Task[None]] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(asyncio.current_task())
        with contextlib.suppress(ConnectionError):
            await serve(reader, writer)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.gather(*connections)


def raw_server_failure(serve: Serve) -> DeliveryError:
    async def run() -> DeliveryError:
        async with raw_server(serve) as port:
            return await refused(webhook(f"http://127.0.0.1:{port}/"))

    return asyncio.run(run())


def test_a_connection_cut_after_the_request_may_be_tried_again():
    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)

    error = raw_server_failure(cut)
    assert (error.permanent, error.status) == (False, None)
    assert "closed the connection without an answer" in str(error)


LOGIN = base64.b64encode(b"deskuser1:secretword").decode()  # as it stands in the request
TOKENS = "http://deskuser1:secretword@127.0.0.1:{port}/hooks/secretpath%20one?token=secretquery"


@pytest.mark.parametrize(
    "quoted", ["{path}", "/hooks/secretpath one?token=secretquery", "secretpath%20one, secretquery", SECRET, LOGIN]
)
@pytest.mark.parametrize("status", ["200 OK", "404 Not Found"])
def test_what_a_receiver_repeats_of_its_address_goes_no_further(status, quoted):
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        body = f"Cannot POST {quoted.format(path=path)}".encode()
        writer.write(f"HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body)

    async def run() -> str:
        async with raw_server(echo) as port, closing(webhook(TOKENS.format(port=port), secret=SECRET)) as hook:
            try:
                return (await hook.send(message())).detail
            except DeliveryError as error:
                return str(error)

    said = asyncio.run(run())
    assert "Cannot POST ***" in said
    assert not re.search(f"secret|{SECRET}|{LOGIN}", said)


def test_a_receiver_that_speaks_no_http_is_told_without_its_address():
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)
        writer.write(b"220 mail.example ESMTP\r\n\r\n")

    async def run() -> DeliveryError:
        async with raw_server(babble) as port:
            return await refused(webhook(TOKENS.format(port=port), secret=SECRET))

    error = asyncio.run(run())
    assert "could not be told" in str(error)
    assert not re.search("secret(word|path|query)", "".join(traceback.format_exception(error)))


def test_an_answer_that_is_no_http_may_be_tried_again():
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100_000)
        writer.write(b"220 mail.example ESMTP\r\n\r\n")
        await writer.drain()

    error = raw_server_failure(babble)
    assert not error.permanent
    assert "could not be told" in str(error)


def test_nothing_listens_and_no_such_name_say_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        error = asyncio.run(refused(webhook(f"http://127.0.0.1:{port}/")))
    assert "nothing listens there; see whether the receiver runs" in str(error)
    error = asyncio.run(refused(webhook("http://hook.invalid/")))
    assert "does not resolve" in str(error)
    assert not error.permanent


def test_a_name_under_localhost_is_this_machine_as_it_is_for_sources():
    """RFC 6761, 6.3; the guard refuses it all the same, unless loopback is allowed."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://hook.LocalHost:{taken.getsockname()[1]}/"
        assert "nothing listens there" in str(asyncio.run(refused(webhook(url))))
        assert "not public" in str(asyncio.run(refused(webhook(url, guard=AddressGuard()))))


SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "0x7f000001",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "127.1",
    "0.0.0.0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "①②⑦.0.0.1",
    "user:secretword@127.0.0.1",
]


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_reaches_this_machine_unless_allowed(host):
    async def run() -> None:
        async with Receiver(answering(200)) as receiver:
            error = await refused(webhook(f"http://{host}:{receiver.port}/", guard=AddressGuard()))
            assert not receiver.got
            assert not error.permanent
            assert "secretword" not in str(error)
            if host in {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"}:
                assert "NIGHTDESK_ALLOW_NETWORKS" in str(error)

    asyncio.run(run())


def test_an_address_is_checked_where_the_connection_is_made(monkeypatch):
    """A name that resolves to a public address at the first look and to this machine at the second reaches nothing."""

    async def run() -> None:
        async with Receiver(answering(200)) as receiver:
            looks: list[str] = []

            async def rebinding(host, port, **_):
                looks.append(host)
                address = "127.0.0.1" if len(looks) % 2 == 0 else "127.0.0.2"
                return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, receiver.port))]

            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding)
            only_second = parse_networks(["127.0.0.2/32"])
            for _ in range(4):
                async with closing(webhook("http://rebind.example/", guard=only_second)) as hook:
                    with contextlib.suppress(DeliveryError):
                        await hook.send(message())
            assert len(looks) == 4
            assert not receiver.got  # the receiver listens on 127.0.0.1 only

    asyncio.run(run())


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    async def run() -> None:
        async with Receiver(answering(200)) as proxy, Receiver(answering(200)) as receiver:
            for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            async with closing(webhook(receiver.url)) as hook:
                await hook.send(message())
            assert (len(proxy.got), len(receiver.got)) == (0, 1)

    asyncio.run(run())


# --- certificates -----------------------------------------------------------------------------------------------


@dataclass
class Identity:
    server: ssl.SSLContext
    trusting: ssl.SSLContext


@pytest.fixture(scope="module")
def identity(tmp_path_factory) -> Identity:
    """A server that proves to be 127.0.0.1, and a client that trusts its authority: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nightdesk test")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return Identity(server, ssl.create_default_context(cafile=str(folder / "cert.pem")))


def test_https_is_verified(identity):
    async def run() -> None:
        async with Receiver(answering(200), tls=identity.server) as receiver:
            async with closing(webhook(receiver.url, tls=identity.trusting)) as hook:
                assert (await hook.send(message())).status == 200
            unknown = await refused(webhook(receiver.url))
            other_name = await refused(webhook(receiver.url.replace("127.0.0.1", "localhost"), tls=identity.trusting))
            assert len(receiver.got) == 1
        assert "has no valid certificate: self-signed certificate" in str(unknown)
        assert "has no valid certificate: Hostname mismatch" in str(other_name)

    asyncio.run(run())


def test_https_to_a_server_without_it_says_so():
    async def run() -> None:
        async with Receiver(answering(200)) as receiver:
            error = await refused(webhook(receiver.url.replace("http:", "https:")))
            assert "does not speak TLS" in str(error)

    asyncio.run(run())


# --- mail -------------------------------------------------------------------------------------------------------


@dataclass
class MailBox:
    """A real SMTP server that keeps what it took; `rcpt` and `data` are its answers instead of 250."""

    rcpt: str | None = None
    sender: str | None = None
    data: str | None = None
    hang: float = 0
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    login: bool = False
    port: int = 0
    got: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    passwords: list[tuple[bytes, bool]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    connections: list[SMTP] = field(default_factory=list)

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        if self.sender:
            return self.sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.hang)
        if self.data:
            return self.data
        self.got.append(envelope.original_content)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.encrypted.append(session.ssl is not None or self.implicit)
        return "250 2.0.0 kept as 42"

    def authenticate(self, server, session, envelope, mechanism, data):
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        self.passwords.append((getattr(data, "password", b""), session.ssl is not None or self.implicit))
        return AuthResult(success=good, handled=False)

    def protocol(self) -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a login without TLS is what is tried here
            connection = SMTP(
                self,
                hostname="mail.test",
                loop=asyncio.get_running_loop(),
                tls_context=None if self.implicit else self.tls,
                auth_required=self.login,
                auth_require_tls=False,
                authenticator=self.authenticate if self.login else None,
            )
        self.connections.append(connection)
        return connection

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        tls = self.tls if self.implicit else None
        self._server = await loop.create_server(self.protocol, "127.0.0.1", 0, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in self.connections:
            if connection.transport is not None:
                connection.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next turn


def post(url: str, *, seconds: float = 5, tls: ssl.SSLContext | None = None, **settings: str) -> EmailTransport:
    channel = Channel("desk", ChannelKind.EMAIL, {"to": "desk@office.example", "smtp_url": url} | settings)
    return EmailTransport(channel, environment={}, seconds=seconds, tls=tls)


def mail_failure(box: MailBox, url: str = "smtp://127.0.0.1:{port}", **more) -> DeliveryError:
    async def run() -> DeliveryError:
        async with box:
            return await refused(post(url.format(port=box.port), **more))

    return asyncio.run(run())


def sent_through(box: MailBox, url: str, **more) -> Receipt:
    async def run() -> Receipt:
        async with box, closing(post(url.format(port=box.port), **more)) as desk:
            return await desk.send(message())

    return asyncio.run(run())


def test_a_mail_arrives_whole_at_one_recipient():
    box = MailBox()
    receipt = sent_through(box, "smtp://127.0.0.1:{port}", **{"from": "Night desk <night@desk.example>"})
    assert (receipt.status, receipt.detail) == (250, "2.0.0 kept as 42")
    assert box.envelopes == [("night@desk.example", ["desk@office.example"])]
    mine = email.message_from_bytes(box.got[0], policy=email.policy.default)
    assert (mine["Subject"], mine["Message-ID"]) == ("[floods] Dämme brechen", "<msg_1@desk.example>")
    assert mine["Date"].datetime == NOW
    assert mine.get_body(("plain",)).get_content().replace("\r\n", "\n") == plain(message().content)
    assert "<mark>Damm</mark>" in mine.get_body(("html",)).get_content()


def test_every_attempt_is_the_same_mail():
    async def run() -> None:
        async with MailBox() as box, closing(post(f"smtp://127.0.0.1:{box.port}")) as desk:
            await desk.send(message())
            await desk.send(message())
        first, second = box.got
        assert first == second
        assert f"nightdesk@{socket.gethostname()}".encode() in first or b"nightdesk@localhost" in first

    asyncio.run(run())


@pytest.mark.parametrize(
    ("scheme", "implicit"), [("smtp", False), ("smtp+starttls", False), ("smtps", True)], ids=["offered", "starttls", "smtps"]
)
def test_tls_is_used_in_all_three_forms(identity, scheme, implicit):
    box = MailBox(tls=identity.server, implicit=implicit)
    sent_through(box, scheme + "://127.0.0.1:{port}", tls=identity.trusting)
    assert box.encrypted == [True]


def test_smtp_takes_any_certificate_because_it_would_take_none(identity):
    box = MailBox(tls=identity.server)
    sent_through(box, "smtp://127.0.0.1:{port}")
    assert box.encrypted == [True]


@pytest.mark.parametrize(("scheme", "implicit"), [("smtp+starttls", False), ("smtps", True)], ids=["starttls", "smtps"])
def test_the_demanding_forms_refuse_an_unknown_certificate(identity, scheme, implicit):
    box = MailBox(tls=identity.server, implicit=implicit, login=True)
    error = mail_failure(box, scheme + "://user:secretword@127.0.0.1:{port}")
    assert not error.permanent
    assert "certificate" in str(error)
    assert "self-signed" in str(error)
    assert (box.got, box.passwords) == ([], [])


def test_a_must_for_tls_is_never_given_up():
    box = MailBox(login=True)
    error = mail_failure(box, "smtp+starttls://user:secretword@127.0.0.1:{port}")
    assert "offers no STARTTLS" in str(error)
    assert not error.permanent
    assert (box.got, box.passwords) == ([], [])


@pytest.mark.parametrize(
    ("url", "must"),
    [
        ("smtp://mail.example.org", False),
        ("smtp://user:x@mail.example.org", True),
        ("smtp://user:x@10.0.0.1", True),
        ("smtp://user:x@localhost", False),
        ("smtp://user:x@127.0.0.1:2525", False),
        ("smtp://user:x@[::1]", False),
        ("smtp://user:x@localhost.example.org", True),
        ("smtp+starttls://localhost", True),
        ("smtps://localhost", True),
    ],
)
def test_a_password_crosses_no_wire_in_the_open(url, must):
    assert parse_smtp_url(url).must_encrypt is must


def test_a_login_with_percent_encoded_letters_over_tls(identity):
    box = MailBox(tls=identity.server, login=True)
    url = "smtp+starttls://desk%40office:p%40ss%2Fw%C3%B6rd%231@127.0.0.1:{port}"
    sent_through(box, url, tls=identity.trusting)
    assert box.passwords[-1] == (PASSWORD.encode(), True)
    assert len(box.got) == 1


def test_a_refused_password_is_not_repeated_and_may_be_mended():
    error = mail_failure(MailBox(login=True), "smtp://user:secretword@127.0.0.1:{port}")
    assert not error.permanent
    assert "refused the user name or password (535)" in str(error)
    assert "secretword" not in f"{error!s}{error!r}"


def test_a_server_that_wants_a_login_says_so():
    error = mail_failure(MailBox(login=True))
    assert not error.permanent
    assert "wants a login" in str(error)


@pytest.mark.parametrize(
    ("box", "permanent", "text"),
    [
        (MailBox(rcpt="550 5.1.1 no such user"), True, "refused the recipient desk@office.example: 550 5.1.1 no such user"),
        (MailBox(rcpt="450 4.2.1 try later"), False, "450 4.2.1 try later"),
        (MailBox(data="554 5.7.1 spam"), True, "refused the mail: 554"),
        (MailBox(data="451 4.3.0 greylisted"), False, "refused the mail: 451"),
        (MailBox(sender="553 5.7.1 not your address"), False, "give the channel another from"),
        (MailBox(rcpt="421 4.3.2 closing"), False, "421"),
    ],
    ids=["550", "450", "554-data", "451-data", "553-sender", "421"],
)
def test_the_servers_answer_decides(box, permanent, text):
    error = mail_failure(box)
    assert error.permanent is permanent
    assert error.personal is ("refused the recipient" in str(error) and "421" not in text)
    assert text in str(error)
    assert error.status is None  # only HTTP statuses are judged by the policy
    assert not box.got


def test_a_mail_server_that_hangs_is_left_in_time():
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def run() -> DeliveryError:
        async with raw_server(silent) as port:
            return await refused(post(f"smtp://127.0.0.1:{port}", seconds=0.3))

    began = time.monotonic()
    greeting = asyncio.run(run())
    after_data = mail_failure(MailBox(hang=3), seconds=0.5)
    assert time.monotonic() - began < 6
    for error in (greeting, after_data):
        assert "did not answer within" in str(error)
        assert not error.permanent


def test_a_mail_server_that_is_not_there_says_what_to_do():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = asyncio.run(refused(post(f"smtp://127.0.0.1:{taken.getsockname()[1]}")))
    assert "nothing listens on 127.0.0.1" in str(error)
    error = asyncio.run(refused(post("smtp://mail.invalid")))
    assert "does not resolve" in str(error)


def smtp_server(goodbye: Callable[[], Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """A server that takes every mail; `goodbye` is what it does before it cuts the connection of one who leaves."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 rude\r\n")
        in_data = False
        while line := await reader.readline():
            if in_data and line != b".\r\n":
                continue
            if line.startswith(b"QUIT"):
                await goodbye()
                break
            writer.write(b"354 go on\r\n" if line.startswith(b"DATA") else b"250 taken\r\n")
            in_data = line.startswith(b"DATA")
        writer.transport.abort()

    return serve


def test_a_taken_mail_is_sent_though_the_goodbye_fails():
    async def rude() -> None:
        """Say nothing."""

    async def run() -> None:
        async with raw_server(smtp_server(rude)) as port, closing(post(f"smtp://127.0.0.1:{port}")) as desk:
            assert await desk.send(message()) == Receipt("taken", 250)

    asyncio.run(run())


def test_a_taken_mail_is_told_before_the_goodbye_that_takes_long():
    """Until the receipt is noted, a kill would send the mail again."""
    asked = asyncio.Event()

    async def slow() -> None:
        asked.set()
        await asyncio.sleep(0.5)

    async def run() -> None:
        async with raw_server(smtp_server(slow)) as port:
            async with closing(post(f"smtp://127.0.0.1:{port}")) as desk:
                assert await desk.send(message()) == Receipt("taken", 250)
                assert not asked.is_set()
            assert asked.is_set(), "who closes a channel waits for its goodbyes"

    asyncio.run(run())


# --- log, settings ----------------------------------------------------------------------------------------------


def test_the_log_gets_one_line_of_ascii_json(caplog):
    async def run() -> None:
        channel = Channel("log", ChannelKind.LOG)
        async with closing(open_channel(channel, guard=AddressGuard(), clock=Clock(), environment={}, contact="")) as log:
            assert await log.send(message()) == Receipt("logged")

    with caplog.at_level(logging.INFO, "nightdesk.alerts"):
        asyncio.run(run())
    (record,) = caplog.records
    text = record.getMessage()
    assert text.isascii()
    assert "\n" not in text
    assert json.loads(text.removeprefix("alert ")) == {"delivery": "msg_1", **webhook_body(message().content)}


def test_secrets_are_read_from_environment_and_file_at_each_send(tmp_path):
    async def run() -> None:
        environment: dict[str, str] = {}
        path = tmp_path / "secret"
        async with Receiver(answering(200)) as receiver:
            settings = {"url": "env:HOOK_URL", "secret": f"file:{path}"}
            channel = Channel("hook", ChannelKind.WEBHOOK, settings)
            transport = open_channel(channel, guard=LOOPBACK, clock=Clock(), environment=environment, contact="")
            async with closing(transport) as hook:
                with pytest.raises(DeliveryError, match="set HOOK_URL where nightdesk is started") as missing:
                    await hook.send(message())
                assert not missing.value.permanent
                environment["HOOK_URL"] = receiver.url
                with pytest.raises(DeliveryError, match="No such file"):
                    await hook.send(message())
                path.write_text(SECRET + "\n")
                await hook.send(message())
                path.write_text("whsec_short\n")
                with pytest.raises(DeliveryError, match="openssl rand") as short:
                    await hook.send(message())
                assert "short" not in str(short.value)
            headers, body, _ = receiver.got[0]
            assert Webhook(SECRET).verify(body, headers)

    asyncio.run(run())


def test_a_secret_is_replaced_while_messages_go_on(tmp_path):
    """Receivers that know the old secret and those that know the new one both take what is sent in between."""

    async def run() -> None:
        path = tmp_path / "secret"
        new = "whsec_" + base64.b64encode(bytes(range(100, 132))).decode()
        async with Receiver(answering(200)) as receiver, closing(webhook(receiver.url, secret=f"file:{path}")) as hook:
            for content in (SECRET, f"{new}\n{SECRET}\n", f"{new}\n"):
                path.write_text(content)
                await hook.send(message())
        taken = [[_verifies(secret, headers, body) for secret in (SECRET, new)] for headers, body, _ in receiver.got]
        assert taken == [[True, False], [True, True], [False, True]]

    asyncio.run(run())


def _verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


def test_a_mail_server_from_the_environment():
    async def run() -> None:
        async with MailBox() as box:
            settings = {"to": "desk@office.example", "smtp_url": "env:SMTP_URL"}
            environment = {"SMTP_URL": f"smtp://127.0.0.1:{box.port}"}
            channel = Channel("desk", ChannelKind.EMAIL, settings)
            transport = open_channel(channel, guard=AddressGuard(), clock=Clock(), environment=environment, contact="")
            async with closing(transport) as desk:
                await desk.send(message())
            assert len(box.got) == 1

    asyncio.run(run())


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("log", {}),
        ("webhook", {"url": "https://hooks.example.org/a"}),
        ("webhook", {"url": "http://127.0.0.1:8080", "secret": SECRET}),
        ("webhook", {"url": "https://x.org", "secret": f"{SECRET} {SECRET}"}),
        ("webhook", {"url": "env:HOOK_URL", "secret": "file:/run/secrets/hook"}),
        ("email", {"to": "a@b.org, Desk <c@d.org>", "smtp_url": "env:SMTP_URL"}),
        ("email", {"to": "a@b.org", "smtp_url": "smtps://u:p%40@mail.example.org", "from": "Night <n@b.org>"}),
    ],
)
def test_good_settings_pass(kind, settings):
    validate_settings(ChannelKind(kind), settings)


@pytest.mark.parametrize(
    ("kind", "settings", "remedy"),
    [
        ("webhook", {}, "needs `url`, such as https://"),
        ("webhook", {"url": "ftp://secretword.example"}, "http or https"),
        ("webhook", {"url": "hooks.example.org/secretword"}, "http or https"),
        ("webhook", {"url": "https://x.org", "secret": "secretword"}, "openssl rand"),
        ("webhook", {"url": "https://x.org", "secret": f"{SECRET} secretword"}, "openssl rand"),
        ("webhook", {"url": "https://x.org", "secret": f"{SECRET} {SECRET} {SECRET}"}, "more than two secrets"),
        ("webhook", {"url": "env:no such name"}, "env:NAME"),
        ("email", {"to": "a@b.org", "smtp_url": "env:smtp://u:secretword@h"}, "env:NAME"),
        ("webhook", {"url": "https://x.org", "secert": "x"}, "its settings: url, secret"),
        ("email", {"smtp_url": "smtp://h"}, "needs `to`, such as desk@example.org"),
        ("email", {"to": "a@b.org"}, "needs `smtp_url`, such as smtp"),
        ("email", {"to": "a@b.org, nobody", "smtp_url": "smtp://h"}, "'nobody' is not a mail address"),
        ("email", {"to": "env:TO", "smtp_url": "smtp://h"}, "write the value"),
        ("email", {"to": "a@b.org", "smtp_url": "mail.example.org:25"}, "smtp+starttls://"),
        ("email", {"to": "a@b.org", "smtp_url": "smtp://u:secret#word@h"}, "%23 for #"),
        ("email", {"to": "a@b.org", "smtp_url": "smtp://u:secretword@h:99999"}, "smtp+starttls://"),
        ("email", {"to": "a@b.org", "smtp_url": "smtp://h", "from": "nobody"}, "from: 'nobody'"),
        ("log", {"url": "x"}, "its settings: none"),
    ],
)
def test_bad_settings_are_refused_with_the_remedy(kind, settings, remedy):
    with pytest.raises(ConfigError) as caught:
        validate_settings(ChannelKind(kind), settings)
    assert remedy in str(caught.value)
    assert "secretword" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("key", ["", "a.b", "a b", "a\r\nb", "ü", "x" * 201])
def test_a_key_that_could_break_a_header_is_never_sent(key):
    with pytest.raises(ValueError, match="delivery key"):
        message(key=key)


def test_bad_stored_settings_fail_the_send_and_nothing_else():
    for kind, settings in [
        ("webhook", {}),
        ("webhook", {"url": "x"}),
        ("email", {"to": "a@b.org"}),
        ("email", {"smtp_url": "smtp://h", "from": "x"}),
    ]:
        channel = Channel("bad", ChannelKind(kind), settings)
        error = asyncio.run(refused(open_channel(channel, guard=LOOPBACK, clock=Clock(), environment={}, contact="")))
        assert not error.permanent
        assert "'bad'" in str(error)
