"""Connections of the crawler's HTTP: straight to a host that has one address.

Twisted's endpoint for names tries several addresses by turns (RFC 8305), and builds what that takes, a class among it, for each
connection anew. Where there is one address, that is a good part of what a poll costs.
"""

import asyncio
from functools import lru_cache
from typing import Any

from twisted.internet import endpoints
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, TCP4ClientEndpoint, TCP6ClientEndpoint
from twisted.internet.interfaces import IHostnameResolver, IStreamClientEndpoint
from twisted.web.client import HTTPConnectionPool
from zope.interface import implementer

from crawler.guard import GuardedResolver

_HOSTS = 20_000  # whose IDNA form is remembered: to work it out takes longer than to connect
_Addresses = list[IPv4Address | IPv6Address]


class ConnectionPool(HTTPConnectionPool):
    """Twisted's pool, whose new connections are made by `StraightEndpoint` where the reactor's resolver is the guarded one."""

    def __init__(self, reactor: Any) -> None:
        super().__init__(reactor)  # type: ignore[no-untyped-call]
        known = vars(endpoints)["_idnaBytes"]
        if not hasattr(known, "cache_info"):
            vars(endpoints)["_idnaBytes"] = lru_cache(_HOSTS)(known)

    def _newConnection(self, key: Any, endpoint: Any) -> Any:  # noqa: N802 - the base's name
        resolver = self._reactor.nameResolver
        if isinstance(resolver, GuardedResolver):
            inner = getattr(endpoint, "_wrappedEndpoint", endpoint)  # beneath TLS
            if isinstance(inner, HostnameEndpoint):
                straight = StraightEndpoint(self._reactor, inner, resolver)
                if inner is endpoint:
                    endpoint = straight
                else:
                    endpoint._wrappedEndpoint = straight  # noqa: SLF001 - it was made for this connection
        return super()._newConnection(key, endpoint)


@implementer(IStreamClientEndpoint)
class StraightEndpoint:
    """Looks a host up by the guard, and connects to its one address; to several as the endpoint for names does."""

    def __init__(self, reactor: Any, endpoint: Any, resolver: GuardedResolver) -> None:
        self._reactor = reactor
        self._endpoint = endpoint
        self._resolver = resolver

    def connect(self, protocolFactory: Any) -> Any:  # noqa: N803 - the interface's name
        """As IStreamClientEndpoint asks: a Deferred of the connected protocol."""
        host, port = self._endpoint._hostText, self._endpoint._port  # noqa: SLF001 - it shows them to nobody
        if self._endpoint._badHostname:  # noqa: SLF001
            return self._endpoint.connect(protocolFactory)
        literal = self._resolver.literal(host, port)
        if literal is not None:
            return self._straight(literal).connect(protocolFactory)
        looked_up = asyncio.get_running_loop().create_task(self._resolver.permitted(host, port))
        return Deferred.fromFuture(looked_up).addCallback(self._among, protocolFactory)

    def _among(self, addresses: _Addresses, factory: Any) -> Any:
        if len(addresses) == 1:
            return self._straight(addresses[0]).connect(factory)
        self._endpoint._getNameResolverAndMaybeWarn = lambda _: _Known(addresses)  # noqa: SLF001 - not to be asked twice
        return self._endpoint.connect(factory)

    def _straight(self, address: IPv4Address | IPv6Address) -> Any:
        kind = TCP6ClientEndpoint if isinstance(address, IPv6Address) else TCP4ClientEndpoint
        timeout, bind = self._endpoint._timeout, self._endpoint._bindAddress  # noqa: SLF001
        return kind(self._reactor, address.host, address.port, timeout, bind)


@implementer(IHostnameResolver)
class _Known:
    """A resolver that has been asked already."""

    def __init__(self, addresses: _Addresses) -> None:
        self._addresses = addresses

    def resolveHostName(self, resolutionReceiver: Any, *_: Any, **__: Any) -> None:  # noqa: N802, N803 - the interface's names
        for address in self._addresses:
            resolutionReceiver.addressResolved(address)
        resolutionReceiver.resolutionComplete()
