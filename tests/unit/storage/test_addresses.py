import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.addresses import AddressGuard, parse_networks
from storage.errors import ConfigError

REFUSED = {
    "loopback": "127.0.0.1",
    "loopback, far end": "127.255.255.254",
    "unspecified": "0.0.0.0",
    "this network": "0.1.2.3",
    "private 10": "10.0.0.1",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "shared (carrier NAT)": "100.64.0.1",
    "link-local": "169.254.1.1",
    "cloud metadata": "169.254.169.254",
    "documentation": "192.0.2.1",
    "benchmarking": "198.18.0.1",
    "6to4 relay": "192.88.99.1",
    "protocol assignments": "192.0.0.192",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv6 unique local": "fd00::1",
    "IPv6 metadata": "fd00:ec2::254",
    "IPv6 link-local": "fe80::1",
    "IPv6 link-local with a zone": "fe80::1%eth0",
    "IPv6 site-local": "fec0::1",
    "IPv6 documentation, the second": "3fff::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 documentation": "2001:db8::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped metadata": "::ffff:169.254.169.254",
    "compatible loopback": "::127.0.0.1",
    "translated private": "::ffff:0:10.0.0.1",
    "NAT64 of loopback": "64:ff9b::127.0.0.1",
    "NAT64 of metadata": "64:ff9b::a9fe:a9fe",
    "local NAT64": "64:ff9b:1::1",
    "6to4 of private": "2002:0a00:0001::1",
    "Teredo of loopback": "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "a name": "localhost",
    "nothing": "",
    "short spelling": "127.1",
    "decimal spelling": "2130706433",
    "octal spelling": "0177.0.0.1",
}
REACHED = {
    "public": "93.184.215.14",
    "public resolver": "8.8.8.8",
    "public IPv6": "2606:2800:220:1:248:1893:25c8:1946",
    "mapped public": "::ffff:8.8.8.8",
    "NAT64 of public": "64:ff9b::808:808",
}


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED.keys())
def test_is_refused_by_default(address):
    assert not AddressGuard().permits(address)


@pytest.mark.parametrize("address", REACHED.values(), ids=REACHED.keys())
def test_is_reached_by_default(address):
    assert AddressGuard().permits(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::ffff:127.0.0.1"])
def test_an_allowed_network_is_reached_also_in_its_mapped_spelling(address):
    assert parse_networks(["127.0.0.0/8"]).permits(address)


def test_allowing_one_network_allows_no_other():
    guard = parse_networks(["127.0.0.0/8", "fd00::/8"])
    assert [guard.permits(each) for each in ("10.0.0.1", "169.254.169.254", "::1", "fd12::1")] == [False, False, False, True]


def test_a_host_with_a_prefix_means_its_network_and_blanks_mean_nothing():
    guard = parse_networks([" 10.1.2.3/16 ", "", "  "])
    assert guard.permits("10.1.255.255")
    assert not guard.permits("10.2.0.1")


@pytest.mark.parametrize("text", ["localhost", "10.0.0.0/33", "10.0.0.0-10.0.0.9", "*", "::1/129", "10.0.0.0/8/8"])
def test_what_is_no_network_is_refused_in_one_line_that_shows_it(text):
    with pytest.raises(ConfigError) as caught:
        parse_networks(["127.0.0.0/8", text])
    assert repr(text) in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.ip_addresses(v=4))
def test_no_ipv6_disguise_reaches_what_the_ipv4_address_may_not(address):
    guard = AddressGuard()
    number = int(address)
    disguises = [
        ipaddress.IPv6Address(number),
        ipaddress.IPv6Address((0xFFFF << 32) | number),
        ipaddress.IPv6Address((0xFFFF << 48) | number),
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ]
    if not guard.permits(str(address)):
        assert not any(guard.permits(str(each)) for each in disguises)


@given(st.text(max_size=60))
def test_any_text_has_an_answer(text):
    assert AddressGuard().permits(text) in (True, False)
