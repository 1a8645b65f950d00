"""The address guard at the place where names become addresses.

Twisted asks this resolver for every connection, names and literal addresses alike, and connects to what it answers. So
the address that was checked is the one that is connected to, at every redirect; a name cannot be resolved once for the
check and once again, elsewhere, for the connection.
"""

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from twisted.internet.abstract import isIPAddress
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution
from zope.interface import implementer

from crawler.options import options_from_environment
from storage.addresses import AddressGuard, name_to_ask

_refused: dict[str, str] = {}  # host → an address that was refused, to tell "refused" from "unknown name"
_MOST_REFUSED = 10_000
_SECONDS = 10.0  # real, for one look-up


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name
        self.task: asyncio.Task[None] | None = None

    def cancel(self) -> None:
        """Give up the look-up."""
        if self.task is not None:
            self.task.cancel()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves as the system does, in the loop's own threads, and answers only addresses that the guard permits."""

    def __init__(self, reactor: Any, guard: AddressGuard) -> None:
        self._reactor = reactor
        self._before = reactor.nameResolver
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Scrapy's way to make one, for its own commands: with the guard that the environment asks for."""
        del crawler
        return cls(reactor, options_from_environment().guard)

    def install_on_reactor(self) -> None:
        """Let every connection of this process come through here."""
        self._reactor.installNameResolver(self)

    def uninstall(self) -> None:
        """Put back what was there before."""
        self._reactor.installNameResolver(self._before)

    def resolveHostName(  # noqa: N802 - the interface's name
        self,
        resolutionReceiver: Any,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        """As Twisted's IHostnameResolver asks."""
        del addressTypes, transportSemantics
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)
        resolution.task = asyncio.get_running_loop().create_task(self._answer(resolutionReceiver, hostName, portNumber))
        return resolution

    async def _answer(self, receiver: Any, host: str, port: int) -> None:
        """Tell the receiver each permitted address, then that this was all."""
        for address in await self.permitted(host, port):
            receiver.addressResolved(address)
        receiver.resolutionComplete()

    async def permitted(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        """The addresses of a host that the guard permits; none when it is unknown, or all are refused."""
        _refused.pop(host, None)
        return [each for each in await _addresses(host, port) if self._permits(host, each)]

    def literal(self, host: str, port: int) -> IPv4Address | None:
        """The address that a host is, written in full: nobody has to be asked. None: it is none, or not permitted."""
        if not isIPAddress(host):
            return None
        _refused.pop(host, None)
        address = IPv4Address("TCP", host, port)
        return address if self._permits(host, address) else None

    def _permits(self, host: str, address: IPv4Address | IPv6Address) -> bool:
        if self._guard.permits(address.host):
            return True
        if len(_refused) >= _MOST_REFUSED:
            _refused.clear()
        _refused[host] = address.host
        return False


async def _addresses(host: str, port: int) -> list[IPv4Address | IPv6Address]:
    """The addresses of a name, or the literal one; none when the name is unknown, or nobody answers in time."""
    loop, host = asyncio.get_running_loop(), name_to_ask(host)
    try:
        async with asyncio.timeout(_SECONDS):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError, TimeoutError):
        return []
    kinds: dict[int, Any] = {socket.AF_INET: IPv4Address, socket.AF_INET6: IPv6Address}
    return [kinds[family]("TCP", *address) for family, _, _, _, address in found if family in kinds]


def refused_address(host: str) -> str | None:
    """The address for which the newest connection to `host` was refused, if it was."""
    return _refused.get(host)
