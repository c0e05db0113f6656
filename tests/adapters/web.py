"""A web server on loopback that answers each path with exactly the bytes a test gives it, however odd."""

import datetime
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answer = bytes | Callable[[socket.socket, Event], None]
#: "the page is there"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def answers(status: str, *headers: str, body: bytes = b"") -> bytes:
    head = "".join(f"{line}\r\n" for line in (f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", ""))
    return head.encode() + body


def leads_to(url: str, status: str = "302 Found") -> bytes:
    return answers(status, f"Location: {url}")


@dataclass
class Web:
    """Paths (without query) and their answers; anything else is 404."""

    pages: Mapping[str, Answer] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    #: heads of requests, as they came
    asked: list[str] = field(default_factory=list)
    #: the names clients asked for in TLS
    named: list[str | None] = field(default_factory=list)
    port: int = 0
    over: Event = field(default_factory=Event)

    def __enter__(self) -> "Web":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        if self.context is not None:
            self.context.sni_callback = lambda _, name, __: self.named.append(name)
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.over.set()
        with suppress(OSError):  # accept does not wake up by itself
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._thread.join(5)
        self._listener.close()

    def url(self, path: str, host: str = "www.brand.example", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [head.split()[1] for head in self.asked]

    def _serve(self) -> None:
        while not self.over.is_set():
            connection, _ = self._listener.accept()
            Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, plain: socket.socket) -> None:
        connection = plain
        with suppress(OSError, ValueError):  # a client that speaks something else
            if self.context is not None:
                connection = self.context.wrap_socket(plain, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head and (more := connection.recv(4096)):
                head += more
            if head:
                self.asked.append(head.decode())
                answer = self.pages.get(head.split()[1].decode().partition("?")[0], answers("404 Not Found"))
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                else:
                    answer(connection, self.over)
        connection.close()
        plain.close()


def drips(every: float, first: bytes = b"") -> Answer:
    """A byte now and then, for ever."""

    def answer(connection: socket.socket, over: Event) -> None:
        connection.sendall(first)
        while not over.wait(every):
            connection.sendall(b"a")

    return answer


def endless(first: bytes, then: bytes = b"x" * 65_536) -> Answer:
    """As much as somebody takes."""

    def answer(connection: socket.socket, over: Event) -> None:
        connection.sendall(first)
        while not over.is_set():
            connection.sendall(then)

    return answer


@contextmanager
def certified(place: Path, host: str, days: int = 30) -> Iterator[tuple[ssl.SSLContext, ssl.SSLContext]]:
    """(server's, client's): a certificate for a host, and somebody who trusts its issuer, which is itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=90))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    place.mkdir(parents=True, exist_ok=True)
    file = place / "server.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + made.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    yield server, ssl.create_default_context(cafile=str(file))
