"""Which addresses of the network may be asked: those of the open internet, and what a company allows on purpose.

Sources: IANA's registries of special-purpose addresses (RFC 6890 and its updates), RFC 6052 (NAT64), RFC 3056 (6to4),
RFC 4291 (IPv4 inside IPv6), and the cloud providers' own pages on their metadata services.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from sheetsync.core.tracking.lists import LOCAL_SUFFIXES

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

#: whoever answers there hands out a machine's own keys: asked for nobody, whatever is allowed
METADATA: Final = tuple(
    map(
        ip_network,
        (
            *("169.254.0.0/16", "fe80::/10"),  # link-local, where nearly all of them are
            *("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32"),  # Alibaba, Azure, Oracle
            *("fd00:ec2::/32", "fd20:ce::/32"),  # AWS, Google
        ),
    )
)

_NOT_OPEN: Final = tuple(
    map(
        ip_network,
        (
            *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24"),
            *("192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
            *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
            *("2001::/23", "2001:db8::/32", "3fff::/20"),  # Teredo is in the first
        ),
    )
)
#: of IPv6 only this is given out to the open internet
_OPEN_IPV6: Final = ip_network("2000::/3")
#: ::a.b.c.d, ::ffff:a.b.c.d, and what a NAT64 makes of a.b.c.d
_IPV4_AT_THE_END: Final = tuple(map(ip_network, ("::/96", "::ffff:0:0/96", "64:ff9b::/96")))


def may_be_asked(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a connection to this address may be opened; `allowed` are networks a company allows on purpose.

    An IPv6 address that carries an IPv4 one leads there, or to both: all of them must pass.
    """
    return all(_passes(one, tuple(allowed)) for one in _meant(address))


def is_local_name(host: str) -> bool:
    """Whether a host's name (lower case, IDNA) never leaves the building: `localhost`, `x.internal`, `printer`."""
    labels = host.removesuffix(".").split(".")
    return len(labels) == 1 or labels[-1] in LOCAL_SUFFIXES


def network(text: str) -> Network:
    """A network as people write it, "10.1.0.0/16" or one address. Raises ValueError."""
    return ip_network(text.strip())


def as_address(text: str) -> Address | None:
    """An address in its plain spelling, without a zone; None for a name."""
    try:
        found = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    return found


def _meant(address: Address) -> Iterator[Address]:
    """Every address a packet to this one may end at: itself, or those it carries, or both."""
    inside = _carried(address) if isinstance(address, IPv6Address) else ()
    yield from inside
    if not any(address in one for one in _IPV4_AT_THE_END) or not inside:
        yield address


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    if int(address) > 1 and any(address in one for one in _IPV4_AT_THE_END):
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.teredo is not None:
        return address.teredo
    return () if address.sixtofour is None else (address.sixtofour,)


def _passes(address: Address, allowed: tuple[Network, ...]) -> bool:
    if any(address in one for one in METADATA):
        return False
    if any(address in one for one in allowed):
        return True
    if any(address in one for one in _NOT_OPEN):
        return False
    return isinstance(address, IPv4Address) or address in _OPEN_IPV6
