"""Receivers on loopback, a real HTTP one and a real SMTP one, that note what arrives and misbehave as they are told to.

What they wrote down is the other side's word, against which the database is held.
"""

import asyncio
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from aiosmtpd.smtp import SMTP, Envelope, Session

_LIFE = re.compile(rb"life[- ](\d+)")
_KEY = re.compile(rb"^Message-ID:\s*<([^@>]+)@", re.MULTILINE | re.IGNORECASE)
_LENGTH = re.compile(rb"^content-length:\s*(\d+)\r$", re.MULTILINE | re.IGNORECASE)


class Answer(StrEnum):
    """What a receiver does with a message. All but REFUSE take it."""

    TAKE = "take"  # and say so
    REFUSE = "refuse"  # with 5xx or 4xx
    CUT = "cut"  # take it, and close the connection without a word
    HANG = "hang"  # take it, and say nothing for long


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that a receiver has read to its end. `life`: of the sender, as it says itself; `at`: its first byte came."""

    channel: str
    recipient: str
    key: str
    life: int
    answer: Answer
    content: bytes
    at: float  # of the machine's monotonic clock, which all processes share

    @property
    def taken(self) -> bool:
        """Whether the receiver has it."""
        return self.answer is not Answer.REFUSE

    @property
    def said(self) -> bool:
        """Whether the sender was told so."""
        return self.answer is Answer.TAKE


@dataclass(frozen=True, slots=True)
class Mood:
    """How often a receiver does what, and how long it hangs, in seconds."""

    chance: random.Random = field(default_factory=random.Random)
    refuse: float = 0.0
    cut: float = 0.0
    hang: float = 0.0
    patience: float = 3.0

    def answer(self) -> Answer:
        """What to do with the next message."""
        drawn = self.chance.random()
        for answer, share in ((Answer.REFUSE, self.refuse), (Answer.CUT, self.cut), (Answer.HANG, self.hang)):
            if drawn < share:
                return answer
            drawn -= share
        return Answer.TAKE


class _Call(asyncio.Protocol):
    """One connection of a webhook sender: requests with a Content-Length, one after the other."""

    def __init__(self, channel: str, mood: Mood, note: Callable[[Arrival], None]) -> None:
        self._channel = channel
        self._mood = mood
        self._note = note
        self._read = bytearray()
        self._began = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if not self._read:
            self._began = time.monotonic()
        self._read += data
        head, blank, rest = bytes(self._read).partition(b"\r\n\r\n")
        length = _LENGTH.search(head + b"\r\n")
        if blank and length and len(rest) >= int(length[1]):
            self._read.clear()
            self._answer(head, rest)

    def _answer(self, head: bytes, body: bytes) -> None:
        assert self._transport is not None
        answer = self._mood.answer()
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        life = _LIFE.search(headers[b"user-agent"])
        key = headers[b"webhook-id"].decode()
        number = int(life[1]) if life else 0
        self._note(Arrival(self._channel, self._channel, key, number, answer, body, self._began))
        if answer is Answer.CUT:
            self._transport.abort()
        elif answer is Answer.HANG:
            asyncio.get_running_loop().call_later(self._mood.patience, self._transport.abort)
        elif answer is Answer.REFUSE:
            self._transport.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\n\r\nbusy\n")
        else:
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


class _Letters:
    """The hook that aiosmtpd calls when a mail was transmitted."""

    def __init__(self, channel: str, mood: Mood, note: Callable[[Arrival], None]) -> None:
        self._channel = channel
        self._mood = mood
        self._note = note

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        raw = envelope.original_content or b""
        answer = self._mood.answer()
        life, key = _LIFE.search((envelope.mail_from or "").encode()), _KEY.search(raw)
        assert key, "a mail without a Message-ID"
        for recipient in envelope.rcpt_tos:
            self._note(
                Arrival(self._channel, recipient, key[1].decode(), int(life[1]) if life else 0, answer, raw, time.monotonic())
            )
        return "250 OK" if answer is Answer.TAKE else "451 4.3.0 try later"


async def receive_hooks(channel: str, mood: Mood, note: Callable[[Arrival], None]) -> tuple[asyncio.Server, str]:
    """A receiver of webhooks, and its address."""
    server = await asyncio.get_running_loop().create_server(lambda: _Call(channel, mood, note), "127.0.0.1", 0, backlog=1000)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/{channel}"


async def receive_mail(channel: str, mood: Mood, note: Callable[[Arrival], None]) -> tuple[asyncio.Server, str]:
    """A receiver of mail, and its address; of its mood, only REFUSE is known to it."""
    loop = asyncio.get_running_loop()
    letters = _Letters(channel, mood, note)
    server = await loop.create_server(lambda: SMTP(letters, hostname="mail.localhost", loop=loop), "127.0.0.1", 0, backlog=1000)
    return server, f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
