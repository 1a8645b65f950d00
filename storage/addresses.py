"""Which network addresses may be reached. A pure module.

Everything that is not globally reachable is refused (RFC 6890 and its registries), also when it is hidden in an
IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo), unless a configured network allows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from storage.errors import ConfigError

type_address = IPv4Address | IPv6Address
_NAT64 = ip_network("64:ff9b::/96")  # RFC 6052


@dataclass(frozen=True, slots=True)
class AddressGuard:
    """The networks that may be reached although they are not public."""

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()

    def permits(self, address: str) -> bool:
        """Whether a connection to this literal IP address may be made."""
        try:
            parsed = ip_address(address.partition("%")[0])
        except ValueError:
            return False
        candidates = (parsed, *_embedded(parsed))
        if any(each in network for each in candidates for network in self.allowed if each.version == network.version):
            return True
        return all(each.is_global and not each.is_multicast for each in candidates)


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


def _embedded(address: type_address) -> tuple[IPv4Address, ...]:
    if not isinstance(address, IPv6Address):
        return ()
    found = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return tuple(each for each in found if each is not None)
