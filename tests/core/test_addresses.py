"""Who may be asked: the open internet, what is allowed on purpose, and never whoever gives out a machine's keys."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheetsync.core.addresses import METADATA, as_address, is_local_name, may_be_asked, network

ipv4 = st.integers(0, 2**32 - 1).map(IPv4Address)
ipv6 = st.integers(0, 2**128 - 1).map(IPv6Address)


def carrying(inside: IPv4Address) -> list[IPv6Address]:
    """Every way we know to write an IPv4 address into an IPv6 one."""
    n = int(inside)
    high = {"64:ff9b::": n, "::ffff:0:0": n, "::": n, "2002::": n << 80, "2001::": n ^ 0xFFFF_FFFF}
    return [IPv6Address(int(IPv6Address(prefix)) + low) for prefix, low in high.items()]


@given(ipv4 | ipv6)
def test_what_the_standard_library_takes_for_closed_is_closed(address: IPv4Address | IPv6Address) -> None:
    if may_be_asked(address):
        assert address.is_global
        assert not address.is_multicast


@given(ipv4)
def test_an_address_inside_another_is_no_way_around_the_rule(inside: IPv4Address) -> None:
    for address in carrying(inside):
        assert may_be_asked(inside) or not may_be_asked(address), address


@given(st.sampled_from(METADATA), st.integers(0), st.booleans())
def test_whatever_is_allowed_nobody_asks_for_a_machines_keys(metadata: "object", at: int, wrapped: bool) -> None:
    found = ip_network(str(metadata))
    address = found[at % found.num_addresses]
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert not may_be_asked(address, everything)
    if wrapped and isinstance(address, IPv4Address):
        assert not any(may_be_asked(it, everything) for it in carrying(address))


@pytest.mark.parametrize(
    "closed",
    [
        *(
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",  # noqa: S104
            "10.1.2.3",
            "172.31.0.1",
            "192.168.0.1",
            "100.64.0.1",
            "100.127.255.255",
        ),
        *("169.254.169.254", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1", "192.0.0.8"),
        *(
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "64:ff9b:1::808:808",
        ),
        *("::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:808:808::", "100::1", "4000::1"),
    ],
)
def test_these_are_closed(closed: str) -> None:
    assert not may_be_asked(ip_address(closed))


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_these_are_open(address: str) -> None:
    assert may_be_asked(ip_address(address))


def test_what_is_allowed_is_asked_and_nothing_beside_it() -> None:
    allowed = (network("10.1.0.0/16"), network("::1"))
    assert may_be_asked(ip_address("10.1.2.3"), allowed)
    assert may_be_asked(ip_address("::ffff:10.1.2.3"), allowed)
    assert may_be_asked(ip_address("::1"), allowed)
    assert not may_be_asked(ip_address("10.2.0.1"), allowed)


def test_names_of_ones_own_network() -> None:
    assert all(
        map(is_local_name, ("localhost", "a.localhost", "printer", "x.local", "metadata.google.internal", "a.lan."))
    )
    assert not any(map(is_local_name, ("brand.example", "local.brand.example", "internal.example.")))


def test_an_address_and_a_name_are_told_apart() -> None:
    assert as_address("[::1]") == ip_address("::1")
    assert as_address("fe80::1%eth0") == ip_address("fe80::1")
    assert as_address("brand.example") is None
