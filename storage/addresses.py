"""Which network addresses may be reached. A pure module.

Everything that is not globally reachable is refused (RFC 6890 and the IANA registries it began), also when it is hidden in
an IPv6 address that carries an IPv4 one (mapped, compatible, translated, NAT64, 6to4, Teredo), unless a network allows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from storage.errors import ConfigError

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network
# IPv6 networks whose last 32 bits are an IPv4 address: compatible (RFC 4291), translated (RFC 2765), NAT64 (RFC 6052, 8215).
_CARRIERS = tuple(map(ip_network, ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")))
# What is_global of some Python lets pass: site-local (RFC 3879), segment routing (RFC 9602), documentation (RFC 9637),
# 6to4 relays (RFC 7526), local NAT64, and protocol assignments (RFC 6890), among which a cloud keeps its metadata.
_REFUSED = tuple(map(ip_network, ("fec0::/10", "5f00::/16", "3fff::/20", "192.88.99.0/24", "64:ff9b:1::/48", "192.0.0.0/24")))


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """The networks that may be reached although they are not public."""

    allowed: tuple[_Network, ...] = ()

    def permits(self, address: str) -> bool:
        """Whether a connection to this literal IP address may be made."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        candidates = (parsed, *_carried(parsed))
        if any(_within(each, self.allowed) for each in candidates):
            return True
        return all(each.is_global and not each.is_multicast and not _within(each, _REFUSED) for each in candidates)


def parse_networks(networks: Iterable[str]) -> AddressGuard:
    """The guard for networks such as `127.0.0.0/8`; raises ConfigError for what is not one."""
    parsed = []
    for text in networks:
        if not text.strip():
            continue
        try:
            parsed.append(ip_network(text.strip(), strict=False))
        except ValueError:
            raise ConfigError(
                f"allowed network {text.strip()!r} is not one; write an address with a prefix length, such as 127.0.0.0/8"
            ) from None
    return AddressGuard(tuple(parsed))


def name_to_ask(host: str) -> str:
    """The name to look up for a host: names under `localhost` are this machine's, asked of nobody else (RFC 6761, 6.3)."""
    return "localhost" if host.rstrip(".").lower().endswith(".localhost") else host


def _within(address: _Address, networks: Iterable[_Network]) -> bool:
    return any(address in network for network in networks if network.version == address.version)


def _carried(address: _Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for."""
    if not isinstance(address, IPv6Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if _within(address, _CARRIERS):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)
