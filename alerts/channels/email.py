"""Mail: one message to one recipient per SMTP conversation."""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Mapping

import aiosmtplib

from alerts.channels.base import SEND_SECONDS, Message, Receipt, Settings, washed
from alerts.channels.settings import MailServer, parse_smtp_url
from alerts.contents import letter
from alerts.letters import mailbox
from storage.errors import DeliveryError
from storage.models import Channel

_GOODBYE_SECONDS = 1.0  # real seconds; the message is taken, so nothing depends on it
_CLOSING = 421  # RFC 5321: the server ends the conversation, whatever it was asked
_LOGIN_WANTED = frozenset({530, 534, 535, 538})  # RFC 4954: a matter of this channel, not of the recipient


class EmailTransport:
    """Hands each alert to the channel's mail server.

    Settings: `to`, `smtp_url`, `from` (default nightdesk@ and this machine's name). With `smtp://` TLS is used where
    the server offers it, without a check of its certificate, as mail servers do among themselves; with the other two
    forms, and whenever a password would leave this machine, TLS is a must and the certificate is verified. `seconds`
    bounds an attempt in real time; `tls` replaces the system's trusted authorities.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        environment: Mapping[str, str],
        seconds: float = SEND_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = Settings(channel, environment)
        self._seconds = seconds
        self._tls = tls
        self._host = _host_name()
        self._leaving: set[asyncio.Task[None]] = set()

    async def send(self, message: Message) -> Receipt:
        """Hand the mail in once; the receipt holds the server's words after it took the whole message.

        Raises DeliveryError, `permanent` when the server refuses this recipient or this message with 5xx (RFC 5321).
        4xx, a refused login or sender, and failures of network, name and certificate may be tried again.
        """
        server = self._server()
        sender, recipient, content = self._letter(message)
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            local_hostname=self._host,
            timeout=self._seconds,
            use_tls=server.scheme == "smtps",
            start_tls=False,
            validate_certs=server.must_encrypt,
            tls_context=self._tls if server.must_encrypt else None,
        )
        try:
            async with asyncio.timeout(self._seconds):
                await client.connect()
                await _secure(client, server)
                _, said = await client.sendmail(sender, [recipient], content)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            client.close()
            raise _judge(error, server, self._seconds) from None  # its own words may repeat a secret
        except BaseException:
            client.close()
            raise
        self._leave(client)
        return Receipt(_washed(said, server), 250)

    async def close(self) -> None:
        """Let the last goodbyes end; nothing else is kept between messages."""
        if self._leaving:
            await asyncio.wait(self._leaving)

    def _leave(self, client: aiosmtplib.SMTP) -> None:
        """Say goodbye beside the receipt: the mail is taken, and a kill before that is noted would send it again."""
        leaving = asyncio.create_task(_goodbye(client))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    def _server(self) -> MailServer:
        try:
            return parse_smtp_url(self._settings.need("smtp_url"))
        except ValueError as error:
            raise self._settings.wrong("smtp_url", error) from None

    def _letter(self, message: Message) -> tuple[str, str, bytes]:
        sender = self._settings.get("from") or f"nightdesk@{self._host}"
        try:
            mail = letter(
                message.content, sender=sender, recipient=message.recipient, key=message.key, now=message.created,
                links=message.links, reply_to=message.reply_to,
            )  # fmt: skip
            return mailbox(sender).addr_spec, mailbox(message.recipient).addr_spec, mail.as_bytes()
        except ValueError as error:
            raise self._settings.wrong("from or to", error) from None


async def _secure(client: aiosmtplib.SMTP, server: MailServer) -> None:
    """Encrypt and log in as the server's address demands; never a password over an open wire."""
    await client.ehlo()
    if server.scheme != "smtps":
        if client.supports_extension("starttls"):
            await client.starttls()
            await client.ehlo()
        elif server.must_encrypt:
            raise DeliveryError(
                f"the mail server {_at(server)} offers no STARTTLS, so no password or mail was sent; "
                "use smtps:// if it takes TLS from the start"
            )
    if server.user:
        await client.login(server.user, server.password)


async def _goodbye(client: aiosmtplib.SMTP) -> None:
    try:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=_GOODBYE_SECONDS)
    finally:
        client.close()


def _judge(error: Exception, server: MailServer, seconds: float) -> DeliveryError:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _judge_answer(error, server)
    cause = error.__cause__ or error
    if isinstance(error, TimeoutError):
        text = f"the mail server {_at(server)} did not answer within {seconds:g} s; see whether host and port are right"
    elif isinstance(cause, ssl.SSLCertVerificationError):
        text = (
            f"the certificate of the mail server {_at(server)} is not valid: {cause.verify_message}; "
            "mend it there, or add its authority to the system's"
        )
    elif isinstance(cause, ssl.SSLError):
        text = f"the mail server {_at(server)} does not speak TLS as it should; try smtp+starttls:// or smtps://"
    elif isinstance(cause, socket.gaierror):
        text = f"the name of the mail server {_at(server)} does not resolve; see whether smtp_url is spelt right"
    elif isinstance(cause, ConnectionRefusedError):
        text = f"nothing listens on {_at(server)}; see whether the mail server runs and the port is right"
    else:
        text = f"the mail server {_at(server)} could not be used: {_washed(str(error), server)}; see its log"
    return DeliveryError(text)


def _judge_answer(error: aiosmtplib.SMTPResponseException, server: MailServer) -> DeliveryError:
    said = f"{error.code} {_washed(error.message, server)}"
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) or error.code in _LOGIN_WANTED:
        if not server.user:
            return DeliveryError(f"the mail server {_at(server)} wants a login; write user:password@ into smtp_url")
        return DeliveryError(
            f"the mail server {_at(server)} refused the user name or password ({error.code}); check them in smtp_url"
        )
    if isinstance(error, aiosmtplib.SMTPRecipientRefused):
        return DeliveryError(
            f"the mail server {_at(server)} refused the recipient {error.recipient}: {said}",
            permanent=error.code >= 500,
            personal=error.code != _CLOSING,
        )
    if isinstance(error, aiosmtplib.SMTPDataError):
        return DeliveryError(f"the mail server {_at(server)} refused the mail: {said}", permanent=error.code >= 500)
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return DeliveryError(f"the mail server {_at(server)} refused the sender: {said}; give the channel another from")
    return DeliveryError(f"the mail server {_at(server)} answered {said}; see its log")


def _washed(text: str, server: MailServer) -> str:
    """The server's words on one line, without the password, should it repeat it."""
    return washed(text, [server.password])


def _at(server: MailServer) -> str:
    return f"{server.host}:{server.port}"


def _host_name() -> str:
    """The name of this machine if mail can carry it, else localhost."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?", name) else "localhost"
