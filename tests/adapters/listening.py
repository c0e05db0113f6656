"""A webhook's and a mail server's ends of the line, on this machine, for tests of what is sent to them."""

import json
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass
class Webhook:
    """What came in, and how to answer it."""

    port: int = 0
    #: (path with query, JSON document)
    got: list[tuple[str, Any]] = field(default_factory=list)
    status: int = 200
    #: of a redirect
    location: str = ""
    #: nothing is answered until it is set
    goes_on: Event = field(default_factory=Event)

    @property
    def documents(self) -> list[Any]:
        return [document for _, document in self.got]

    def url(self, path: str = "hook", **more: str) -> str:
        """Apprise's spelling."""
        query = "&".join(f"{name}={value}" for name, value in more.items())
        return f"json://127.0.0.1:{self.port}/{path}" + (f"?{query}" if query else "")


@contextmanager
def webhook() -> Iterator[Webhook]:
    """A server that takes JSON; to hang, clear `goes_on`."""
    it = Webhook()
    it.goes_on.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            it.got.append((self.path, json.loads(body)))
            it.goes_on.wait(30)
            self.send_response(it.status)
            if it.location:
                self.send_header("Location", it.location)
            self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    it.port = server.server_port
    with _serving(server):
        yield it
        it.goes_on.set()


@dataclass
class Mailbox:
    """Mails as they arrived."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    #: what everything is answered with instead, "554 go away"
    refusal: str = ""

    @property
    def url(self) -> str:
        return f"mailto://127.0.0.1:{self.port}/?from=sheetsync@northlight.example&to=team@northlight.example&mode=insecure"


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A server that speaks enough SMTP to take a mail."""
    it = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 mail.northlight.example")
            for line in self.rfile:
                word = line.strip().upper()[:4]
                if word == b"QUIT":
                    self.say("221 bye")
                    break
                if it.refusal and word not in (b"EHLO", b"HELO"):
                    self.say(it.refusal)
                elif word == b"DATA":
                    self.say("354 go on")
                    self.take()
                    self.say("250 taken")
                else:
                    self.say("250 mail.northlight.example")

        def take(self) -> None:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            it.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    it.port = server.server_address[1]
    with _serving(server):
        yield it


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
