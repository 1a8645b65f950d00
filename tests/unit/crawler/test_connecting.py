"""Connections of the crawler: whom they ask for addresses, and which of them they try. Twisted's own memory reactor stands for the net."""

import asyncio

import pytest
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IReactorPluggableNameResolver
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from zope.interface import alsoProvides

from crawler.connecting import StraightEndpoint
from crawler.guard import GuardedResolver, refused_address
from storage.addresses import AddressGuard

V4, V6 = IPv4Address("TCP", "93.184.216.34", 80), IPv6Address("TCP", "2606:2800:220:1::1", 80)
PRIVATE = IPv4Address("TCP", "10.0.0.1", 80)


@pytest.fixture
def connect(monkeypatch):
    """Connect to a host that has these addresses: the addresses that were tried, how often it was looked up, and the outcome."""

    async def connecting(host, addresses, seconds):
        reactor, looked_up, outcome = MemoryReactorClock(), [], []
        reactor.nameResolver = None
        alsoProvides(reactor, IReactorPluggableNameResolver)

        async def known(name, _port):
            looked_up.append(name)
            return addresses

        monkeypatch.setattr("crawler.guard._addresses", known)
        endpoint = HostnameEndpoint(reactor, host, 80)
        straight = StraightEndpoint(reactor, endpoint, GuardedResolver(reactor, AddressGuard(())))
        straight.connect(Factory()).addBoth(outcome.append)
        await asyncio.sleep(0.01)
        reactor.advance(seconds)
        return [each[0] for each in reactor.tcpClients], looked_up, outcome

    return lambda host, *addresses, seconds=1.0: asyncio.run(connecting(host, addresses, seconds))


def test_one_address_is_connected_to_at_once(connect):
    assert connect("courier.example", V4) == ([V4.host], ["courier.example"], [])
    assert connect("courier.example", V6) == ([V6.host], ["courier.example"], [])


def test_several_are_tried_by_turns_after_one_look(connect):
    assert connect("courier.example", V6, V4, seconds=0.01)[0] == [V6.host]
    assert connect("courier.example", V6, V4) == ([V6.host, V4.host], ["courier.example"], [])


def test_an_address_in_full_is_looked_up_nowhere(connect):
    assert connect(V4.host) == ([V4.host], [], [])


@pytest.mark.parametrize(
    ("host", "addresses"), [("courier.example", [PRIVATE]), (PRIVATE.host, [PRIVATE]), ("nobody.example", [])]
)
def test_what_is_private_or_unknown_is_not_connected_to(connect, host, addresses):
    tried, _, (outcome,) = connect(host, *addresses)
    assert tried == []
    assert outcome.check(DNSLookupError)
    assert refused_address(host) == (PRIVATE.host if addresses else None)


def test_of_several_the_private_ones_are_left_out(connect):
    assert connect("courier.example", PRIVATE, V4)[0] == [V4.host]
