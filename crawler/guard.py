"""The address guard at the place where names become addresses.

Twisted asks this resolver for every connection, names and literal addresses alike, and connects to what it answers. So
the address that was checked is the one that is connected to, at every redirect; a name cannot be resolved once for the
check and once again, elsewhere, for the connection.
"""

from collections.abc import Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from storage.addresses import AddressGuard

_refused: dict[str, str] = {}  # host → an address that was refused, to tell "refused" from "unknown name"


@implementer(IResolutionReceiver)
class _GuardedReceiver:
    def __init__(self, receiver: IResolutionReceiver, host: str, guard: AddressGuard) -> None:
        self._receiver = receiver
        self._host = host
        self._guard = guard

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        self._receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if self._guard.permits(address.host):
            self._receiver.addressResolved(address)
        else:
            _refused[self._host] = address.host

    def resolutionComplete(self) -> None:  # noqa: N802
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves as the system does, and answers only addresses that the guard permits."""

    def __init__(self, reactor: Any, guard: AddressGuard) -> None:
        self._reactor = reactor
        self._system = reactor.nameResolver
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Scrapy's way to make one: with the guard of the spider that runs."""
        from crawler.options import options_from_environment  # noqa: PLC0415 - only Scrapy's own commands come here

        del crawler
        return cls(reactor, options_from_environment().guard)

    def install_on_reactor(self) -> None:
        """Let every connection of this process come through here."""
        self._reactor.installNameResolver(self)

    def uninstall(self) -> None:
        """Put back what was there before."""
        self._reactor.installNameResolver(self._system)

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> IHostResolution:
        """As Twisted's IHostnameResolver asks."""
        _refused.pop(hostName, None)
        if len(_refused) > 10_000:
            _refused.clear()
        receiver = _GuardedReceiver(resolutionReceiver, hostName, self._guard)
        return self._system.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


def refused_address(host: str) -> str | None:
    """The address for which the newest connection to `host` was refused, if it was."""
    return _refused.get(host)
