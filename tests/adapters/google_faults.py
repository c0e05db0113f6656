"""A real HTTP server on loopback that answers as told: the troubles of a network, over a real socket.

It knows nothing of spreadsheets. Each request takes the next reply of its script; when the script is empty, the usual
reply. A reply writes bytes to the socket, or fails to.
"""

import json
import socket
import socketserver
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Json = dict[str, Any]


@dataclass(frozen=True)
class Seen:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Google:
    """What the server shall answer and what it was asked."""

    base: str = ""
    usual: Callable[[Seen], bytes] = lambda seen: answer(200, {"spreadsheetId": seen.target.split("/")[3]})
    script: deque["Reply"] = field(default_factory=deque)
    tokens: deque["Reply"] = field(default_factory=deque)
    seen: list[Seen] = field(default_factory=list)
    asked_tokens: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def will(self, *replies: "Reply") -> None:
        self.script.extend(replies)


Reply = Callable[[socket.socket, Google], bool]
"""Writes one reply; False when the connection is over."""


def answer(status: int, body: object, **headers: str) -> bytes:
    """A whole HTTP response; a str body is sent as HTML."""
    kind = "text/html" if isinstance(body, str) else "application/json"
    payload = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    fields = {"Content-Type": kind, "Content-Length": str(len(payload))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


def says(status: int, body: object, **headers: str) -> Reply:
    return sends(answer(status, body, **headers))


def complains(status: int, message: str, reason: str = "", **headers: str) -> Reply:
    """Google's envelope for an error."""
    error: Json = {"code": status, "message": message, "status": "SOME_STATUS"}
    if reason:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return says(status, {"error": error}, **headers)


def sends(raw: bytes, then_close: bool = False) -> Reply:
    def reply(connection: socket.socket, _google: Google) -> bool:
        connection.sendall(raw)
        return not then_close

    return reply


def truncated(status: int = 200) -> Reply:
    whole = answer(status, {"spreadsheetId": "book", "replies": [{} for _ in range(100)]})
    return sends(whole[:-40], then_close=True)


def reset(connection: socket.socket, _google: Google) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return False


def silent(_connection: socket.socket, google: Google) -> bool:
    google.stopping.wait(5)
    return False


def dribbles(connection: socket.socket, google: Google) -> bool:
    """A byte now and then, always sooner than the silence that a socket's timeout would notice."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    while not google.stopping.wait(0.05):
        connection.sendall(b" ")
    return False


class _Handler(socketserver.StreamRequestHandler):
    google: Google

    def handle(self) -> None:
        try:
            while self._one():
                pass
        except OSError:
            pass  # the client went away, as it should when we misbehave

    def _one(self) -> bool:
        line = self.rfile.readline().decode()
        if not line:
            return False
        method, target, _ = line.split(" ", 2)
        headers = dict(self._header_lines())
        body = self.rfile.read(int(headers.get("content-length", 0)))
        seen = Seen(method, target, headers, body)
        return self._reply(seen)(self.connection, self.google)

    def _header_lines(self) -> Iterator[tuple[str, str]]:
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(":")
            yield name.lower(), value.strip()

    def _reply(self, seen: Seen) -> Reply:
        google = self.google
        if seen.target == "/token":
            google.asked_tokens += 1
            usual = {"access_token": "secret-token", "expires_in": 3600, "token_type": "Bearer"}
            return google.tokens.popleft() if google.tokens else says(200, usual)
        google.seen.append(seen)
        return google.script.popleft() if google.script else sends(google.usual(seen))


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    block_on_close = True


@contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Google]:
    google = Google()
    with _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"google": google})) as server:
        server.daemon_threads = True
        google.base = f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}"
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield google
        finally:
            google.stopping.set()
            server.shutdown()
            thread.join()


def closed_port() -> str:
    """An address at which nothing listens."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(certificate + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def write_key(path: Path, pem: str, token_uri: str, **changes: object) -> Path:
    key: dict[str, object] = {
        "type": "service_account",
        "project_id": "test",
        "private_key_id": "k1",
        "private_key": pem,
        "client_email": "sheetsync@test.iam.gserviceaccount.com",
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(key | changes), encoding="utf-8")
    return path
