"""Asks published addresses whether they answer: HTTP by hand, because no client we have connects to what was checked.

A name is resolved once, all its addresses are judged, and the connection is opened to one of exactly those, with the
name in the request and in the certificate check. Every redirect goes the same way. Nothing of ours travels: no cookies,
no credentials, no proxy from the environment.
"""

import io
import re
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, parse_headers
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Final

from ada_url import URL

from sheetsync.core.addresses import Address, as_address, is_local_name, may_be_asked
from sheetsync.core.link_health import Answered, Gone, Looked, Manners, Stopped
from sheetsync.core.tracking import presentable
from sheetsync.core.tracking.urls import split
from sheetsync.ports import Clock

Resolve = Callable[[str, int], Sequence[str]]
"""(name, port) -> addresses; raises `OSError`"""
Connect = Callable[[str, int, float], socket.socket]
"""(address, port, seconds) -> a connection to exactly that address; raises `OSError`"""

_PORTS: Final = {"http": 80, "https": 443}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
#: a server may announce its answer; more announcements than this are a game
_ANNOUNCEMENTS: Final = 5
_LONGEST_LINE: Final = 65_536
_STATUS_LINE: Final = re.compile(rb"HTTP/1\.\d ([1-5]\d\d)(?: [^\r\n]*)?\r?\n")
#: where a wall against robots may be hidden, and how much of the page is read to find out
_MAY_BE_A_WALL: Final = frozenset({403, 503})
_WALL_READ: Final = 16_384
#: says so itself, whatever its status
_SAID_TO_BE_A_WALL: Final = "cf-mitigated"
_WALL_HEADERS: Final = ("x-datadome", "x-amzn-waf-action", "x-sucuri-block", "x-iinfo")
_WALL_WORDS: Final = (
    *(b"captcha", b"cf-chl", b"challenge-platform", b"just a moment", b"attention required", b"errors.edgesuite.net"),
    *(b"are you a robot", b"are you human", b"not a robot", b"unusual traffic", b"automated access"),
)
#: OpenSSL's verify codes for what every browser refuses: not yet valid, expired, revoked, another name
_BAD_FOR_EVERYBODY: Final = frozenset({9, 10, 23, 62, 64})


class _Stop(Exception):
    """Why we went no further."""


class _NobodyThere(Exception):
    """Why nobody can get there."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One address of the chain."""

    #: as a browser spells it, without fragment
    url: str
    scheme: str
    host: str
    port: int
    target: str

    @property
    def named(self) -> str:
        """Host and port, as the request names them."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: Message
    is_wall: bool


class LinkChecker:
    """Implements `Links`; may be called by several threads at once."""

    def __init__(
        self,
        manners: Manners,
        version: str,
        clock: Clock,
        *,
        resolve: Resolve | None = None,
        connect: Connect | None = None,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """`resolve`, `connect` and `trust` are the machine's own unless others are given."""
        self._manners = manners
        self._clock = clock
        self._resolve = resolve or _addresses
        self._connect = connect or _connection
        self._trust = trust or ssl.create_default_context()
        self._turns = _Turns(clock, manners.per_host_seconds)
        contact = f"; {manners.contact}" if manners.contact else ""
        self._agent = f"sheetsync/{version} (link check{contact})"

    def look(self, url: str) -> Looked:
        """Ask one address and follow where it leads, within bounds of time, bytes and redirects."""
        budget = _Budget(self._clock, self._manners.timeout_seconds, self._manners.max_bytes)
        try:
            return self._follow(url, budget)
        except _NobodyThere as why:
            return Gone(str(why))
        except _Stop as why:
            return Stopped(str(why))
        except TimeoutError:
            return Stopped(f"took longer than {self._manners.timeout_seconds:g} s")

    def _follow(self, url: str, budget: "_Budget") -> Looked:
        step, seen = self._step(url, None), set[str]()
        while True:
            if step.url in seen:
                raise _Stop("redirects in a circle to whoever carries no cookies")
            if len(seen) > self._manners.max_redirects:
                raise _Stop(f"redirects more than {self._manners.max_redirects} times")
            seen.add(step.url)
            answer = self._ask(step, budget)
            if answer.is_wall:
                raise _Stop(f"{step.host} keeps robots out ({answer.status})")
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or location is None:
                return Answered(answer.status, _without_strangers(step.url))
            step = self._step(location, step)

    def _step(self, url: str, before: _Step | None) -> _Step:
        """Where a text leads, or that we do not go there: asked before anything is resolved."""
        led = "" if before is None else "redirects to "
        # Header lines come as Latin-1; servers that write more than ASCII write UTF-8.
        text = url if before is None else url.encode("latin-1", "replace").decode("utf-8", "replace")
        if presentable(text) != text:
            raise _Stop(f"{led}an address with a password or somebody's personal data")
        try:
            found = URL(text) if before is None else URL(text, before.url)
        except ValueError:
            raise _Stop(f"{led}what is no address") from None
        if found.username or found.password or presentable(found.href) != found.href:
            raise _Stop(f"{led}an address with a password or somebody's personal data")
        scheme = found.protocol.removesuffix(":")
        if scheme not in _PORTS:
            raise _Stop(f"{led}{scheme}: instead of a web page")
        port = int(found.port or _PORTS[scheme])
        if port not in _PORTS.values() and port not in self._manners.ports:
            raise _Stop(f"{led}port {port} (links.allow_ports)")
        host = found.hostname.removesuffix(".")
        if as_address(host) is None and is_local_name(host):
            raise _Stop(f"{led}{host}, a name of somebody's own network")
        return _Step(found.href.partition("#")[0], scheme, host, port, f"{found.pathname}{found.search}")

    def _ask(self, step: _Step, budget: "_Budget") -> _Answer:
        with budget.paused():
            self._turns.wait(step.host)
        addresses = self._checked(step, budget)
        try:
            with self._connected(step, addresses, budget) as connection:
                return _exchange(connection, step, self._agent, budget)
        except (TimeoutError, _Stop, _NobodyThere):
            raise
        except ssl.SSLError as error:
            raise _Stop(f"{step.host} breaks off ({error.reason or 'TLS'})") from error
        except (HTTPException, ValueError) as error:
            raise _Stop(f"{step.host} answers what cannot be read as HTTP") from error
        except OSError as error:
            raise _Stop(f"{step.host} breaks off ({error.strerror or type(error).__name__})") from error

    def _checked(self, step: _Step, budget: "_Budget") -> list[str]:
        """The addresses of a host, every one of them fit to be asked."""
        try:
            texts = self._resolved(step, budget)
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as error:
            if getattr(error, "errno", None) == socket.EAI_AGAIN:
                raise _Stop(f"no name server answers for {step.host}") from error
            raise _NobodyThere(f"there is no host {step.host}") from error
        found = [as_address(text) for text in texts]
        if not found:
            raise _NobodyThere(f"there is no host {step.host}")
        if not all(one is not None and may_be_asked(one, self._manners.allowed) for one in found):
            raise _Stop(f"{step.host} is in a network we do not ask (links.allow_addresses)")
        return [str(one) for one in dict.fromkeys(found)]

    def _resolved(self, step: _Step, budget: "_Budget") -> Sequence[str]:
        literal: Address | None = as_address(step.host)
        if literal is not None:
            return [str(literal)]
        # Nothing ends a question to a name server but its answer, so nobody waits for it but a thread of its own.
        told: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()
        Thread(target=self._resolve_into, args=(told, step), daemon=True).start()
        try:
            answer = told.get(timeout=budget.seconds())
        except Empty:
            raise TimeoutError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _resolve_into(self, told: "SimpleQueue[Sequence[str] | Exception]", step: _Step) -> None:
        try:
            told.put(self._resolve(step.host, step.port))
        except Exception as error:
            told.put(error)

    @contextmanager
    def _connected(self, step: _Step, addresses: Sequence[str], budget: "_Budget") -> Iterator[socket.socket]:
        """A connection to one of these addresses, with the host's own certificate where there is to be one."""
        plain = self._any_of(step, addresses, budget)
        try:
            if step.scheme == "http":
                yield plain
                return
            with self._secured(plain, step, budget) as secured:
                yield secured
        finally:
            plain.close()

    def _any_of(self, step: _Step, addresses: Sequence[str], budget: "_Budget") -> socket.socket:
        trouble: OSError | None = None
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            share = budget.seconds() / left
            try:
                return self._connect(address, step.port, share)
            except OSError as error:
                # Of several reasons the one that says most: somebody is there, and does not listen.
                trouble = trouble if isinstance(trouble, ConnectionRefusedError) else error
        if isinstance(trouble, ConnectionRefusedError):
            raise _NobodyThere(f"{step.named} refuses the connection") from trouble
        if isinstance(trouble, TimeoutError):
            raise trouble
        # It may be our own machine that has no way there.
        raise _Stop(f"no way to {step.named} ({(trouble and trouble.strerror) or 'no address'})") from trouble

    def _secured(self, plain: socket.socket, step: _Step, budget: "_Budget") -> ssl.SSLSocket:
        plain.settimeout(budget.seconds())
        try:
            return self._trust.wrap_socket(plain, server_hostname=step.host.strip("[]"))
        except ssl.SSLCertVerificationError as error:
            why = f"the certificate of {step.host} is not valid: {error.verify_message}"
            # An issuer we do not know may be one that reads along between us and the page; visitors may see another.
            raise (_NobodyThere if error.verify_code in _BAD_FOR_EVERYBODY else _Stop)(why) from error


class _Budget:
    """What is left of time and bytes for one address and all it leads to."""

    def __init__(self, clock: Clock, seconds: float, size: int) -> None:
        self._clock = clock
        self._until = clock.monotonic() + seconds
        self.bytes = size

    def seconds(self) -> float:
        """What is left. Raises `TimeoutError` where nothing is."""
        left = self._until - self._clock.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What passes in the block does not count: it is our own patience."""
        began = self._clock.monotonic()
        yield
        self._until += self._clock.monotonic() - began


class _Turns:
    """No host is asked twice within so many seconds, whoever asks."""

    def __init__(self, clock: Clock, apart: float) -> None:
        self._clock, self._apart, self._lock = clock, apart, Lock()
        self._next: defaultdict[str, float] = defaultdict(float)

    def wait(self, host: str) -> None:
        with self._lock:
            now = self._clock.monotonic()
            turn = max(now, self._next[host]) if host in self._next else now
            self._next[host] = turn + self._apart
        if turn > now:
            self._clock.sleep(turn - now)


class _Stream(io.RawIOBase):
    """What a connection sends, no longer and no more than there is left for it, whatever pauses it makes."""

    def __init__(self, connection: socket.socket, budget: _Budget) -> None:
        self._connection, self._budget = connection, budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]
        if self._budget.bytes <= 0:
            raise _Stop("sends more than we read (links.max_bytes)")
        self._connection.settimeout(self._budget.seconds())
        size = self._connection.recv_into(buffer[: self._budget.bytes])
        self._budget.bytes -= size
        return size


def _exchange(connection: socket.socket, step: _Step, agent: str, budget: _Budget) -> _Answer:
    """One request, and of its answer the head; of a refusal also what tells a wall against robots."""
    connection.settimeout(budget.seconds())
    connection.sendall(_request(step, agent))
    stream = io.BufferedReader(_Stream(connection, budget))
    for _ in range(_ANNOUNCEMENTS):
        status, headers = _head(stream)
        if status >= 200:
            return _Answer(status, headers, _is_wall(status, headers, stream))
    raise ValueError("announcements only")


def _request(step: _Step, agent: str) -> bytes:
    """A GET, because servers lie about HEAD; no more is read than its head."""
    lines = (
        f"GET {step.target} HTTP/1.1",
        f"Host: {step.named}",
        f"User-Agent: {agent}",
        "Accept: text/html,*/*;q=0.5",
        # A page is not unpacked here, so that it cannot be larger than it is.
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


def _head(stream: "io.BufferedReader[_Stream]") -> tuple[int, Message]:
    found = _STATUS_LINE.fullmatch(stream.readline(_LONGEST_LINE + 1))
    if found is None:
        raise ValueError("no status line")
    return int(found[1]), parse_headers(stream)


def _is_wall(status: int, headers: Message, stream: "io.BufferedReader[_Stream]") -> bool:
    if status == 429 or _SAID_TO_BE_A_WALL in headers:
        return True
    if status not in _MAY_BE_A_WALL:
        return False
    if any(name in headers for name in _WALL_HEADERS):
        return True
    page = _beginning(stream).lower()
    return any(word in page for word in _WALL_WORDS)


def _beginning(stream: "io.BufferedReader[_Stream]") -> bytes:
    """What can be had of a page within its bounds, whatever ends it."""
    page = b""
    with suppress(OSError, _Stop):
        while len(page) < _WALL_READ and (more := stream.read1(_WALL_READ - len(page))):
            page += more
    return page


def _without_strangers(url: str) -> str:
    """An address with only those parameters that are ours to know."""
    raw = split(url)
    utm = "&".join(piece.text for piece in raw.pieces if piece.is_utm)
    return f"{raw.lead}{raw.authority}{raw.path}" + (f"?{utm}" if utm else "")


def _addresses(host: str, port: int) -> Sequence[str]:
    """What the machine's own resolver says, every address of it."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def _connection(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=seconds)
