"""Whoever looks at links asks nobody but who may be asked, no longer and no more than told, and says what it saw."""

import gzip
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sheetsync.adapters.link_checker import LinkChecker
from sheetsync.adapters.system_clock import SystemClock
from sheetsync.core.addresses import network
from sheetsync.core.link_health import Answered, Gone, Looked, Manners, Stopped
from tests.adapters.web import OK, Answer, Web, answers, certified, drips, endless, leads_to

HOME = (network("127.0.0.0/8"),)
#: names as the machine's resolver would know them
HOSTS = {"www.brand.example": ["127.0.0.1"], "shop.brand.example": ["127.0.0.1"]}


@dataclass
class Edge:
    """The machine's edge: what names mean, and every connection that was opened. Behind each stands one server."""

    web: Web
    hosts: dict[str, list[str]] = field(default_factory=lambda: dict(HOSTS))
    connected: list[str] = field(default_factory=list)
    resolved: list[str] = field(default_factory=list)

    def resolve(self, host: str, _port: int) -> Sequence[str]:
        self.resolved.append(host)
        if host not in self.hosts:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return self.hosts[host]

    def connect(self, address: str, _port: int, seconds: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(("127.0.0.1", self.web.port), timeout=seconds)

    def checker(self, trust: Any = None, **manners: Any) -> LinkChecker:
        told = {"per_host_seconds": 0, "allowed": HOME, "ports": frozenset({self.web.port}), "timeout_seconds": 5}
        return LinkChecker(
            Manners(**{**told, **manners}), "0", SystemClock(), resolve=self.resolve, connect=self.connect, trust=trust
        )


@contextmanager
def edge(**pages: Answer) -> Iterator[Edge]:
    with Web({f"/{name}": answer for name, answer in pages.items()}) as web:
        yield Edge(web)


def look(at: Edge, path: str = "/page", **manners: Any) -> Looked:
    return at.checker(**manners).look(at.web.url(path))


# ---------------------------------------------------------------- laws

numbers = st.integers(0, 2**32 - 1).map(lambda n: str(ip_address(n)))
open_or_not = st.sampled_from(
    ["127.0.0.1", "10.0.0.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "0.0.0.0", "8.8.8.8", "1.1.1.1"]  # noqa: S104
)
ipv4 = open_or_not | numbers


def _spelled(address: str, how: int) -> str:
    n = int(ip_address(address))
    a, b, c, d = address.split(".")
    return (
        *(address, str(n), hex(n), f"0{n:o}", f"0x{int(a):x}.{int(b)}.{int(c) * 256 + int(d)}", f"{address}."),
        *(f"[::ffff:{address}]", f"[::{address}]", f"[64:ff9b::{address}]", address.replace(".", "。")),
        *(f"[2002:{n >> 16:x}:{n & 0xFFFF:x}::1]", f"%3{a[0]}{address[1:]}", f"0{int(a):o}.{b}.{c}.{d}"),
    )[how]


spelled = st.builds(_spelled, ipv4, st.integers(0, 12))
names = st.sampled_from(
    ["localhost", "metadata.google.internal", "a.local", "printer", "www.brand.example", "x.example"]
)
hosts = spelled | names
hops = st.lists(st.tuples(st.sampled_from(["http", "https", "ftp", ""]), hosts), min_size=1, max_size=4)


@given(hops, st.dictionaries(st.sampled_from(["www.brand.example", "x.example"]), st.lists(ipv4, max_size=3)))
@settings(max_examples=400)
def test_nobody_is_ever_connected_to_who_may_not_be_asked(
    chain: list[tuple[str, str]], known: dict[str, list[str]]
) -> None:
    edge = Edge(Web(), known)
    urls = [f"{scheme}://{host}/{n}" if scheme else f"//{host}/{n}" for n, (scheme, host) in enumerate(chain)]
    left = iter([*map(leads_to, urls[1:]), OK])

    def connect(address: str, port: int, seconds: float) -> socket.socket:
        edge.connected.append(address)
        ours, theirs = socket.socketpair()
        theirs.sendall(next(left, OK))
        theirs.close()
        return ours

    manners = Manners(per_host_seconds=0)
    checker = LinkChecker(manners, "0", SystemClock(), resolve=edge.resolve, connect=connect)
    assert isinstance(checker.look(urls[0]), Answered | Gone | Stopped)
    assert all(_is_open(it) for address in edge.connected for it in _ends(ip_address(address))), edge.connected


def _ends(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    """Where a packet goes, by what the standard library knows of addresses in addresses."""
    inside = None if isinstance(address, IPv4Address) else address.ipv4_mapped or address.sixtofour
    if inside is None and isinstance(address, IPv6Address) and int(address) >> 32 in (0, 0x64FF9B << 64):
        inside = IPv4Address(int(address) & 0xFFFF_FFFF)
    yield inside or address


def _is_open(address: IPv4Address | IPv6Address) -> bool:
    """By the standard library's word, not by ours; and none of the addresses that only look open."""
    return address.is_global and not address.is_multicast and str(address) not in ("168.63.129.16", "100.100.100.200")


@given(st.binary(max_size=400), st.booleans())
@settings(max_examples=150)
def test_whatever_bytes_come_something_is_said_and_no_more_is_read_than_told(noise: bytes, begun: bool) -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall((b"HTTP/1.1 " if begun else b"") + noise)
    theirs.close()
    checker = LinkChecker(
        Manners(per_host_seconds=0, allowed=HOME, max_bytes=200),
        "0",
        SystemClock(),
        resolve=lambda *_: ["127.0.0.1"],
        connect=lambda *_: ours,
    )
    assert isinstance(checker.look("http://www.brand.example/"), Answered | Stopped | Gone)


# ---------------------------------------------------------------- who may be asked


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("http://127.0.0.1/", "network we do not ask"),
        ("http://169.254.169.254/latest/meta-data/", "network we do not ask"),
        ("http://2852039166/", "network we do not ask"),
        ("http://[::ffff:169.254.169.254]/", "network we do not ask"),
        ("http://localhost/", "own network"),
        ("http://metadata.google.internal/", "own network"),
        ("http://inside.brand.example/", "network we do not ask"),
        ("http://half.brand.example/", "network we do not ask"),
        ("ftp://www.brand.example/", "ftp: instead"),
        ("javascript:alert(1)", "javascript: instead"),
        ("http://www.brand.example:22/", "port 22"),
        ("http://ann:secret@www.brand.example/", "password"),
        ("https://www.brand.example/?email=ann@brand.example", "personal data"),
    ],
)
@pytest.mark.parametrize("redirected", [False, True])
def test_where_nobody_goes_nobody_is_led(to: str, why: str, redirected: bool) -> None:
    with edge(away=leads_to(to)) as at:
        at.hosts |= {
            "inside.brand.example": ["10.0.0.7"],
            "half.brand.example": ["93.184.216.34", "192.168.1.1"],
            "www.brand.example": ["93.184.216.34"],
        }
        begins = at.web.url("/away") if redirected else to
        looked = at.checker(allowed=()).look(begins)
        assert isinstance(looked, Stopped)
        assert why in looked.reason
        assert "secret" not in looked.reason
        assert "ann" not in looked.reason
        assert at.connected == (["93.184.216.34"] if redirected else [])


def test_metadata_is_not_asked_even_where_everything_is_allowed() -> None:
    with edge() as at:
        at.hosts["www.brand.example"] = ["169.254.169.254"]
        assert isinstance(look(at, allowed=(network("0.0.0.0/0"), network("::/0"))), Stopped)
        assert at.connected == []


def test_a_name_that_means_another_address_at_its_second_look_up_leads_nowhere_else() -> None:
    """The address that was judged is the one connected to; a later answer is judged anew."""
    with edge(page=leads_to("/again"), again=OK) as at:
        turns = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])

        def changing(host: str, _port: int) -> Sequence[str]:
            at.resolved.append(host)
            return next(turns)

        at.resolve = changing  # type: ignore[method-assign]
        looked = look(at, allowed=())
        assert looked == Stopped("www.brand.example is in a network we do not ask (links.allow_addresses)")
        assert at.connected == ["93.184.216.34"]
        assert len(at.resolved) == 2, "once for each request, never between judging and connecting"


def test_the_request_names_the_host_says_who_we_are_and_carries_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with edge(page=answers("302 Found", "Set-Cookie: a=b", "Location: /next?x=1#there"), next=OK) as at:
        assert look(at, "/page?utm_source=nl#top", contact="links@brand.example") == Answered(200, at.web.url("/next"))
        assert at.web.paths == ["/page?utm_source=nl", "/next?x=1"]
        for head in at.web.asked:
            told = dict(line.split(": ", 1) for line in head.strip().splitlines()[1:])
            assert told["Host"] == f"www.brand.example:{at.web.port}"
            assert told["User-Agent"] == "sheetsync/0 (link check; links@brand.example)"
            assert not told.keys() & {"Cookie", "Authorization", "Referer", "Range"}


def test_a_host_is_not_asked_twice_within_a_while() -> None:
    with edge(page=leads_to("/next"), next=OK) as at:
        began = time.monotonic()
        assert isinstance(look(at, per_host_seconds=0.4, timeout_seconds=0.3), Answered), "patience does not count"
        assert time.monotonic() - began >= 0.4


# ---------------------------------------------------------------- what is seen


def test_a_chain_is_followed_to_its_end_and_only_so_far() -> None:
    chain = {f"s{n}": leads_to(f"s{n + 1}") for n in range(4)} | {"s4": OK}
    with edge(**chain) as at:
        assert look(at, "/s0", max_redirects=4) == Answered(200, at.web.url("/s4"))
        assert look(at, "/s0", max_redirects=3) == Stopped("redirects more than 3 times")


def test_a_circle_is_left() -> None:
    with edge(page=leads_to("/round"), round=leads_to("/page#x")) as at:
        assert isinstance(look(at), Stopped)
        assert at.web.paths == ["/page", "/round"]


@pytest.mark.parametrize("status", [200, 204, 304, 401, 404, 410, 500])
def test_a_status_is_told_as_it_is(status: int) -> None:
    with edge(page=answers(f"{status} So")) as at:
        assert look(at) == Answered(status, at.web.url("/page"))


def test_of_the_last_addresss_query_only_utm_parameters_are_kept() -> None:
    with edge(page=leads_to("/end?session=abc&utm_source=nl&utm_medium"), end=OK) as at:
        assert look(at) == Answered(200, at.web.url("/end?utm_source=nl&utm_medium"))


@pytest.mark.parametrize(
    ("answer", "blocked"),
    [
        (answers("429 Too Many Requests"), True),
        (answers("403 Forbidden", "cf-mitigated: challenge"), True),
        (answers("403 Forbidden", body=b"<title>Just a moment...</title>"), True),
        (answers("503 Busy", body=b"please solve this CAPTCHA"), True),
        (answers("403 Forbidden", body=b"<Message>Access Denied</Message>"), False),
        (answers("503 Busy", body=b"we open on Friday"), False),
        (answers("404 Not Found", body=b"captcha"), False),
    ],
)
def test_a_wall_against_robots_is_no_news_about_the_page(answer: bytes, blocked: bool) -> None:
    with edge(page=answer) as at:
        assert isinstance(look(at), Stopped if blocked else Answered)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 20\r\n\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 9,
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(500)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        leads_to("http://[broken"),
        leads_to("http://"),
    ],
)
def test_what_is_no_answer_is_no_news_about_the_page(answer: bytes) -> None:
    with edge(page=answer) as at:
        assert isinstance(look(at), Stopped)


def test_announcements_are_passed_over() -> None:
    with edge(page=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK) as at:
        assert look(at) == Answered(200, at.web.url("/page"))


def test_no_such_name_and_nobody_listening_are_dead_ends() -> None:
    with edge() as at:
        assert at.checker().look("http://gone.brand.example/") == Gone("there is no host gone.brand.example")

        def refuse(address: str, _port: int, seconds: float) -> socket.socket:
            raise ConnectionRefusedError

        at.connect = refuse  # type: ignore[method-assign]
        assert isinstance(look(at), Gone)


def test_a_name_server_that_does_not_answer_is_no_news_about_the_page() -> None:
    def silent(host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with edge() as at:
        at.resolve = silent  # type: ignore[method-assign]
        assert isinstance(look(at), Stopped)


# ---------------------------------------------------------------- bounds


def _slow_names(host: str, _port: int) -> Sequence[str]:
    time.sleep(3)
    return ["127.0.0.1"]


@pytest.mark.parametrize(
    "answer",
    [
        drips(0.05),
        drips(0.05, b"HTTP/1.1 200 OK\r\nX: "),
        drips(0.05, b"HTTP/1.1 403 Forbidden\r\n\r\n"),
        lambda _, over: over.wait(5) and None,
        endless(b"", b"HTTP/1.1 302 Found\r\n" * 1000),
        endless(b"HTTP/1.1 200 OK\r\n\r\n"),
        endless(b"HTTP/1.1 403 Forbidden\r\n\r\n"),
        endless(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    ],
)
def test_time_and_bytes_are_bounded_whatever_a_server_does(answer: Answer) -> None:
    with edge(page=answer) as at:
        began = time.monotonic()
        look(at, timeout_seconds=0.6, max_bytes=50_000)
        assert time.monotonic() - began < 2


def test_a_chain_of_slow_answers_is_bounded_as_a_whole() -> None:
    def slow(to: str) -> Callable[[socket.socket, Any], None]:
        def answer(connection: socket.socket, over: Any) -> None:
            over.wait(0.3)
            connection.sendall(leads_to(to))

        return answer

    with edge(**{f"s{n}": slow(f"/s{n + 1}") for n in range(9)}) as at:
        began = time.monotonic()
        assert look(at, "/s0", timeout_seconds=0.8, max_redirects=9) == Stopped("took longer than 0.8 s")
        assert time.monotonic() - began < 2


def test_a_name_server_is_not_waited_for_longer_than_told() -> None:
    with edge() as at:
        at.resolve = _slow_names  # type: ignore[method-assign]
        began = time.monotonic()
        assert look(at, timeout_seconds=0.3) == Stopped("took longer than 0.3 s")
        assert time.monotonic() - began < 2


def test_a_packed_page_stays_packed() -> None:
    bomb = gzip.compress(b"captcha" * 10_000_000, 9)
    with edge(page=answers("403 Forbidden", "Content-Encoding: gzip", body=bomb)) as at:
        assert look(at) == Answered(403, at.web.url("/page"))
        assert "Accept-Encoding: identity" in at.web.asked[0]


# ---------------------------------------------------------------- certificates


def test_a_certificate_is_checked_for_the_name_though_the_address_was_chosen_before(tmp_path: Path) -> None:
    with certified(tmp_path, "www.brand.example") as (server, client), Web({"/page": OK}, server) as web:
        at = Edge(web)
        url = web.url("/page", scheme="https")
        assert at.checker(client).look(url) == Answered(200, url)
        assert web.named == ["www.brand.example"]
        other = at.checker(client).look(web.url("/page", "shop.brand.example", "https"))
        assert isinstance(other, Gone)
        assert "shop.brand.example is not valid: Hostname mismatch" in other.reason
        strange = at.checker().look(url)
        assert isinstance(strange, Stopped)
        assert "self-signed" in strange.reason


def test_an_expired_certificate_is_a_dead_end(tmp_path: Path) -> None:
    with certified(tmp_path, "www.brand.example", days=-1) as (server, client), Web({"/page": OK}, server) as web:
        looked = Edge(web).checker(client).look(web.url("/page", scheme="https"))
        assert isinstance(looked, Gone)
        assert "expired" in looked.reason


def test_what_speaks_no_tls_is_no_news_about_the_page() -> None:
    with edge(page=OK) as at:
        looked = at.checker().look(at.web.url("/page", scheme="https"))
        assert isinstance(looked, Stopped)
