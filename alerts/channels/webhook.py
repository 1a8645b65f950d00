"""Webhooks after Standard Webhooks: signed, to addresses that the guard permits, never redirected."""

import asyncio
import base64
import contextlib
import socket
import ssl
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from alerts.channels.base import SEND_SECONDS, Message, Receipt, Settings, washed
from alerts.channels.settings import parse_url
from alerts.contents import body as body_of
from alerts.signing import secret_keys, signatures
from alerts.wording import json_bytes, one_line
from storage.addresses import AddressGuard, name_to_ask
from storage.clock import Clock
from storage.errors import DeliveryError
from storage.instants import retry_after
from storage.models import Channel

_ANSWER_BYTES = 2048  # of the receiver's answer that are read
_ANSWER_SECONDS = 1.0  # real seconds; the status has said everything already
_SHORTEST_PATH, _SHORTEST_PIECE = 4, 8  # characters; what is shorter is no token, and stands in other words


class _RefusedError(OSError):
    """The guard did not permit the address that a socket was about to be made for."""


class _Resolver(aiohttp.ThreadedResolver):
    """Asks as the crawler does, so that a source and a webhook of one name are at one place."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        found = await super().resolve(name_to_ask(host), port, family)
        return [{**each, "hostname": host} for each in found]


class WebhookTransport:
    """POSTs each alert as JSON to the channel's `url`, signed with its `secret` where it has one.

    Settings: `url` (http or https; a login in it becomes Basic authentication), `secret` (or two: the message bears a
    signature by each). The address is checked where
    the socket is made, so a name cannot be resolved once for the check and again for the connection. Proxies of the
    environment are not used. `seconds` bounds an attempt in real time; `tls` replaces the system's trusted authorities.
    """

    def __init__(
        self,
        channel: Channel,
        *,
        guard: AddressGuard,
        clock: Clock,
        environment: Mapping[str, str],
        contact: str,
        seconds: float = SEND_SECONDS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = Settings(channel, environment)
        self._guard = guard
        self._clock = clock
        self._agent = f"Nightdesk ({one_line(contact, 200)})" if contact else "Nightdesk"
        self._seconds = seconds
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def send(self, message: Message) -> Receipt:
        """POST the alert once; a receipt for any 2xx.

        Raises DeliveryError for anything else: `permanent` and `disable` for 410, `retry_after` where the receiver
        named a time. Other 4xx, redirects and failures of network, name and certificate may be tried again.
        """
        url = self._url()
        body = json_bytes(body_of(message.content))
        headers = self._headers(message.key, body)
        where = f"{url.host}:{url.port}"
        secrets = [*_secrets(url), *self._settings.get("secret").split()]
        try:
            async with (
                asyncio.timeout(self._seconds) as limit,
                self._open().post(url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                limit.reschedule(None)  # the status is here; a slow body must not undo it
                return await self._judge(answer, where, secrets)
        except TimeoutError:
            raise DeliveryError(
                f"{where} did not answer within {self._seconds:g} s; see whether the receiver is overloaded"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise DeliveryError(_explain(error, where, secrets)) from None  # its own words hold the whole address

    async def close(self) -> None:
        """Close the connections that were kept."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _url(self) -> URL:
        try:
            return parse_url(self._settings.need("url"))
        except ValueError as error:
            raise self._settings.wrong("url", error) from None

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        timestamp = int(self._clock.now().timestamp())
        headers = {
            "content-type": "application/json",
            "user-agent": self._agent,
            "accept-encoding": "identity",
            "webhook-id": key,
            "webhook-timestamp": str(timestamp),
        }
        secret = self._settings.get("secret")
        if secret:
            try:
                headers["webhook-signature"] = signatures(secret_keys(secret), key, timestamp, body)
            except ValueError as error:
                raise self._settings.wrong("secret", error) from None
        return headers

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                resolver=_Resolver(), socket_factory=self._socket, ssl=True if self._tls is None else self._tls
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),  # `send` bounds the whole attempt
                trust_env=False,
                auto_decompress=False,
            )
        return self._session

    def _socket(self, info: Any) -> socket.socket:
        """A socket for one resolved address: the last point before the connection, and the only way to make one."""
        family, kind, protocol, _, address = info
        if not self._guard.permits(str(address[0])):
            raise _RefusedError("the address is not public")
        return socket.socket(family, kind, protocol)

    async def _judge(self, answer: aiohttp.ClientResponse, where: str, secrets: list[str]) -> Receipt:
        status = answer.status
        said = washed(await _first_words(answer), secrets)
        if 200 <= status < 300:
            return Receipt(said, status)
        if status == 410:
            raise DeliveryError(
                f"{where} answered 410: the receiver is gone; give the channel a new address, or resume it once it is back",
                permanent=True,
                disable=True,
                status=status,
            )
        if 300 <= status < 400:
            raise DeliveryError(
                f"{where} answered {status}, a redirect, and webhooks follow none; give the channel the final address",
                status=status,
            )
        raise DeliveryError(
            f"{where} answered {status}" + (f": {said}" if said else ""),
            retry_after=retry_after(answer.headers.get("retry-after"), self._clock.now()),
            status=status,
        )


async def _first_words(answer: aiohttp.ClientResponse) -> str:
    """The start of the answer's body; a body that drips or breaks changes nothing."""
    read = bytearray()
    with contextlib.suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(_ANSWER_SECONDS):
            while len(read) < _ANSWER_BYTES and (part := await answer.content.read(_ANSWER_BYTES - len(read))):
                read += part
    return read.decode("utf-8", "replace")


def _secrets(url: URL) -> list[str]:
    """What of the address is not to be told: its login, and its path and query, in which many receivers have a token."""
    paths = (url.raw_path_qs, url.path_qs, url.raw_path, url.path)
    pieces = (url.user or "", *url.raw_parts, *url.parts, *url.query.values())
    login = f"{url.user or ''}:{url.password or ''}".encode()
    return [
        url.password or "",
        base64.b64encode(login).decode("ascii") if len(login) > 1 else "",  # as it stands in the request's header
        *(each for each in paths if len(each) >= _SHORTEST_PATH),
        *(each for each in pieces if len(each) >= _SHORTEST_PIECE),
    ]


def _explain(error: Exception, where: str, secrets: list[str]) -> str:
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    match error, cause:
        case _, _RefusedError():
            what = "is, or resolves to, an address that is not public"
            remedy = "if that is meant, add its network to NIGHTDESK_ALLOW_NETWORKS"
        case aiohttp.ClientConnectorCertificateError(), _:
            failure = error.certificate_error
            what = f"has no valid certificate: {washed(getattr(failure, 'verify_message', '') or str(failure), secrets)}"
            remedy = "mend it there, or add its authority to the system's"
        case (aiohttp.ClientSSLError() | ssl.SSLError(), _):
            what = "does not speak TLS as it should"
            remedy = "see whether the address should begin with http://"
        case aiohttp.ClientConnectorDNSError(), _:
            what = "has a name that does not resolve"
            remedy = "see whether the address is spelt right and the name server works"
        case _, ConnectionRefusedError():
            what = "cannot be told, because nothing listens there"
            remedy = "see whether the receiver runs and the port is right"
        case (aiohttp.ServerDisconnectedError() | ConnectionResetError(), _):
            what = "closed the connection without an answer"
            remedy = "see the receiver's log"
        case _:
            what = f"could not be told: {washed(str(cause), secrets) or type(cause).__name__}"
            remedy = "see whether it can be reached from here"
    return f"{where} {what}; {remedy}"
