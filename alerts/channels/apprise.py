"""Chat and push services through Apprise, which is an optional extra and loaded when a message is sent."""

import asyncio
import logging
import re
import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from alerts.channels.base import SEND_SECONDS, Message, Receipt, Settings, washed
from alerts.channels.settings import NO_APPRISE, parse_service
from alerts.contents import words
from alerts.wording import one_line
from storage.addresses import AddressGuard, name_to_ask
from storage.errors import DeliveryError
from storage.models import Channel

_SHORTEST_SECRET = 6  # characters of a piece of the address
_CALLS = re.compile(r"@(?=everyone|here|(?:channel|all)\b)|<(?=[@!#])")  # what rings everybody's bell in one service or another
_BREAK = "\u200b"  # a zero-width blank: what it stands in reads the same, and is no word of any service


class AppriseTransport:
    """Hands each alert to one service, with a headline and plain text.

    Settings: `url`, one service as Apprise writes it (tokens are in it). Tries are ours: what the address says of redirects,
    retries and optional services does not count, and no redirect is followed. A host that is, or resolves to, what `guard`
    refuses is not told; unlike a webhook's, it is looked up once more by the plugin, and proxies of the environment are used.
    """

    def __init__(
        self, channel: Channel, *, guard: AddressGuard, environment: Mapping[str, str], seconds: float = SEND_SECONDS
    ) -> None:
        self._settings = Settings(channel, environment)
        self._guard = guard
        self._seconds = seconds

    async def send(self, message: Message) -> Receipt:
        """Tell the service once; a receipt when its plugin says that it took the message.

        Raises DeliveryError for anything else. Apprise tells neither a status nor a Retry-After, so all of it may be tried
        again.
        """
        url = self._url()
        service = _service(url)
        if service is None:
            raise DeliveryError(
                f"{self._name} has a url that Apprise does not know, or that lacks a part; see its documentation"
            )
        try:
            async with asyncio.timeout(self._seconds):
                await self._check(str(getattr(service, "host", None) or "").strip("[]"))
                told, said = await asyncio.to_thread(_tell, service, message)
        except TimeoutError:
            raise DeliveryError(f"{self._name}: the service did not answer within {self._seconds:g} s; see its state") from None
        except DeliveryError:
            raise
        except Exception as error:  # noqa: BLE001 - a hundred plugins raise what they like
            told, said = False, f"{type(error).__name__}: {error}"
        if not told:
            why = washed(said, _secrets(url)) or "no reason given"
            raise DeliveryError(f"{self._name}: the service did not take it: {why}; check the address and the service")
        return Receipt(f"taken by {one_line(str(service.service_name), 100)}")

    async def close(self) -> None:
        """Nothing is kept between messages."""

    @property
    def _name(self) -> str:
        return f"channel {self._settings.channel.name!r}"

    def _url(self) -> str:
        try:
            return parse_service(self._settings.need("url"))
        except ValueError as error:
            raise self._settings.wrong("url", error) from None

    async def _check(self, host: str) -> None:
        """Refuse a host that is not public. Where a service has no host, a token stands there, and no name server knows it."""
        try:
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(name_to_ask(host), None, type=socket.SOCK_STREAM) if host else []
        except (OSError, ValueError):
            return
        if not all(self._guard.permits(str(address[0])) for *_, address in found):
            raise DeliveryError(
                f"{self._name}: its host is, or resolves to, an address that is not public; "
                "if that is meant, add its network to NIGHTDESK_ALLOW_NETWORKS"
            )


def _service(url: str) -> Any:
    """The one service of an address, obeying nobody but us; None where there is none."""
    try:
        import apprise  # noqa: PLC0415 - an optional extra, and slow to load
    except ImportError:
        raise DeliveryError(NO_APPRISE) from None
    log = logging.getLogger("apprise")
    log.propagate = False  # its warnings repeat tokens; what matters of them is in our errors
    log.addHandler(logging.NullHandler())
    asset = apprise.AppriseAsset(
        app_id="Nightdesk", app_desc="Nightdesk", app_url="", image_url_mask="", image_url_logo="", http_redirects=False
    )
    service: Any = apprise.Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.redirects, service.retry, service.optional = False, 0, False
        service.overflow_mode = apprise.OverflowMode.TRUNCATE  # what is refused for its length is refused at every try
    return service


def _tell(service: Any, message: Message) -> tuple[bool, str]:
    """Whether the service took it, and what its plugin said last. Blocks; runs in a thread."""
    import apprise  # noqa: PLC0415 - as above

    target = apprise.Apprise(asset=service.asset)
    target.add(service)
    title, text = words(message.content)
    result = target.notify(title=_quiet(title), body=_quiet(text), body_format=apprise.NotifyFormat.TEXT)
    said = [str(entry.message) for each in result for attempt in each.attempts for entry in attempt.logs]
    return bool(result), said[-1] if said else ""


def _quiet(text: str) -> str:
    """The text such that a headline rings nobody's bell: "@everyone", "<!channel>"."""
    return _CALLS.sub(lambda found: found[0] + _BREAK, text)


def _secrets(url: str) -> list[str]:
    """The address, and each piece of it that could be a token."""
    pieces = re.split(r"[/:@?&=,#]+", url)[1:]
    return [url, *(each for piece in pieces for each in (piece, unquote(piece)) if len(each) >= _SHORTEST_SECRET)]
