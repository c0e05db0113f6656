"""`/healthz`: whether a daemon is alive, for whatever watches over it. Answers on this computer only."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Health = Callable[[], Mapping[str, Any]]
"""The document to answer; its `state` decides the status."""


@contextmanager
def healthz(port: int, health: Health) -> Iterator[int]:
    """Serve `http://127.0.0.1:PORT/healthz` for the block; yields the port. Raises OSError when it is taken.

    200 while `state` is "starting" or "ok", else 503.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/healthz":
                self.send_error(404)
                return
            document = health()
            body = json.dumps(document, ensure_ascii=False).encode() + b"\n"
            self.send_response(200 if document["state"] in ("starting", "ok") else 503)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """A question every few seconds is no news."""

    with _Server(("127.0.0.1", port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="healthz", daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    #: whoever keeps a connection open shall not delay our end
    block_on_close = False
