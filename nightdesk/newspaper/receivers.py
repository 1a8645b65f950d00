"""A real SMTP server and a real webhook receiver on loopback that keep what arrives, and fail as programmed.

Each try consumes one answer of the programme; when it is used up, everything is accepted.
"""

import asyncio
import email
import email.policy
import json
import ssl
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from storage.clock import Clock

HANG = "hang"  # takes the message and never answers; does not keep it
CUT = "cut"  # keeps the message, then closes the connection without an answer
ACCEPT = "accept"
_FOR_EVER = 3600.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that was kept: its envelope, and the message as it came and as parsed. `at`: Unix seconds."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    message: EmailMessage
    at: float


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook call: headers (names in lower case), the body as it came, what was answered. `at`: Unix seconds."""

    headers: dict[str, str]
    body: str
    path: str
    answer: str
    at: float

    @property
    def json(self) -> Any:
        """The body parsed; raises ValueError when it is not JSON."""
        return json.loads(self.body)


class _Receiver(ABC):
    """What both receivers share: starting, stopping and coming back on the same port."""

    def __init__(self, port: int, clock: Clock | None) -> None:
        self.port = port
        self.delay = 0.0
        self._clock = clock or Clock()
        self._programme: deque[str] = deque()
        self._default = ACCEPT

    def programme(self, answers: Iterable[str | int], *, then: str | int = ACCEPT) -> None:
        """Give the next tries these answers, one each, and all later ones `then`."""
        self._programme = deque(str(answer) for answer in answers)
        self._default = str(then)

    def _next_answer(self) -> str:
        return self._programme.popleft() if self._programme else self._default

    @abstractmethod
    async def start(self) -> None:
        """Listen, on the port of the last time if there was one."""

    @abstractmethod
    async def stop(self) -> None:
        """Stop listening and cut every connection, as a machine that goes down."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


@dataclass(slots=True)
class _Handler:
    """The hooks that aiosmtpd calls."""

    owner: "MailReceiver"
    refused: dict[str, str] = field(default_factory=dict)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, mail_options: list[str]
    ) -> str:
        """Refuse a sender who should have logged in."""
        if self.owner.login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Refuse the recipients that were programmed."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(rcpt_options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep the mail, or do what the programme says."""
        return await self.owner.take(server, envelope)


def _abort(session: SMTP) -> None:
    if isinstance(session.transport, asyncio.Transport):
        session.transport.abort()


class MailReceiver(_Receiver):
    """An SMTP server. Answers of its programme: ACCEPT, HANG, CUT, or a reply such as `451 try later`.

    `login` is the user and password it requires; with `tls`, STARTTLS is required, or TLS from the first byte if
    `implicit`; `refused` maps recipients to replies; `delay` is how many seconds each message takes; `folder` gets every
    kept mail as `0001.eml`.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        login: tuple[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        folder: Path | None = None,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(port, clock)
        self.received: list[Mail] = []
        self.attempts: list[tuple[str, Mail]] = []  # every message that was transmitted, with the answer it got
        self.logins: list[tuple[str, str]] = []
        self.login = login
        self._tls = tls
        self._implicit = implicit
        self._folder = folder
        self._handler = _Handler(self)
        self._sessions: list[SMTP] = []
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """Where to send mail, as `--smtp-url` takes it; without the login."""
        return f"{'smtps' if self._implicit else 'smtp'}://127.0.0.1:{self.port}"

    @property
    def refused(self) -> dict[str, str]:
        """Recipients that are refused, with the reply each gets; may be changed."""
        return self._handler.refused

    async def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        if self._folder:
            self._folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._session, "127.0.0.1", self.port, ssl=self._tls if self._implicit else None
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every connection, as a machine that goes down."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
        for session in self._sessions:
            _abort(session)
        self._sessions.clear()
        await asyncio.sleep(0)  # connections learn of their end

    async def take(self, server: SMTP, envelope: Envelope) -> str:
        """Keep a transmitted message or not, as the programme says; the SMTP reply."""
        await asyncio.sleep(self.delay)
        answer = self._next_answer()
        raw = envelope.original_content or b""
        message = email.message_from_bytes(raw, policy=email.policy.default)
        mail = Mail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, message, self._clock.machine())
        self.attempts.append((answer, mail))
        if answer == HANG:
            await asyncio.sleep(_FOR_EVER)
        if answer in (ACCEPT, CUT):
            self._keep(mail)
        if answer == CUT:
            _abort(server)
        return "250 OK" if answer in (ACCEPT, CUT) else answer

    def _keep(self, mail: Mail) -> None:
        if self._folder:
            number = sum(1 for _ in self._folder.glob("*.eml")) + 1
            (self._folder / f"{number:04}.eml").write_bytes(mail.raw)
        self.received.append(mail)

    def _session(self) -> SMTP:
        self._sessions = [each for each in self._sessions if each.transport is not None]
        session = SMTP(
            self._handler,
            hostname="mail.localhost",
            enable_SMTPUTF8=True,
            tls_context=None if self._implicit else self._tls,
            require_starttls=self._tls is not None and not self._implicit,
            auth_require_tls=self.login is None,  # so AUTH is offered, also without TLS, when it is wanted
            authenticator=self._authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._sessions.append(session)
        return session

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        given = (data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace"))
        self.logins.append(given)
        return AuthResult(success=given == self.login, handled=False)


class WebhookReceiver(_Receiver):
    """An HTTP receiver. Answers of its programme: a status, ACCEPT (204), HANG, or CUT.

    `retry_after` goes with every answer that is not a success; `delay` is how many seconds each call takes; `file` gets a
    line `{"headers", "body"}` for every kept call, the body being the text as it came, so that its signature can be checked.
    """

    def __init__(self, port: int = 0, *, file: Path | None = None, clock: Clock | None = None) -> None:
        super().__init__(port, clock)
        self.received: list[Hook] = []
        self.attempts: list[Hook] = []  # every call, also those refused
        self.retry_after: str | None = None
        self._file = file
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Where to post, as `--url` takes it."""
        return f"http://127.0.0.1:{self.port}/hook"

    async def start(self) -> None:
        """Listen, on the port of the last time if there was one."""
        server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        self._runner = web.ServerRunner(server, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site.port

    async def stop(self) -> None:
        """Stop listening and cut every connection, as a machine that goes down."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = (await request.read()).decode("utf-8", "replace")
        await asyncio.sleep(self.delay)
        answer = self._next_answer()
        headers = {name.lower(): value for name, value in request.headers.items()}
        hook = Hook(headers, body, request.raw_path, answer, self._clock.machine())
        self.attempts.append(hook)
        if answer == HANG:
            await asyncio.sleep(_FOR_EVER)
        status = {ACCEPT: 204, CUT: 204, HANG: 503}.get(answer) or int(answer)
        if 200 <= status < 300:
            self._keep(hook)
        if answer == CUT and request.transport is not None:
            request.transport.abort()
        retry = {"Retry-After": self.retry_after} if self.retry_after and status >= 300 else {}
        return web.Response(status=status, headers=retry)

    def _keep(self, hook: Hook) -> None:
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps({"headers": hook.headers, "body": hook.body}, ensure_ascii=False) + "\n")
        self.received.append(hook)
