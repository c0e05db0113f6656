"""What Google's front end does before an API sees a request, and after it has answered.

A request is received whole, within its time and size, unzipped, and given the verb it asks for; an answer is dated and
zipped. A slash that was sent as `%2F` stays apart from the address's own slashes.
"""

import asyncio
import gzip
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: larger bodies are refused
MAX_BODY = 32 * 2**20
#: what is read of a larger one and thrown away, so that its sender hears the refusal; then the connection is closed
_MAX_DRAINED = 128 * 2**20
#: seconds for a whole request to arrive
PATIENCE = 60.0
#: longer addresses are refused
_MAX_TARGET = 2**14
#: bytes of answers that are zipped: smaller ones are not worth it, and on one computer larger ones only cost time
_ZIPPED = range(2**11, 2**18)
#: stands for a slash that belongs to a name: no UTF-8 decodes to it
SLASH = "\udc2f"

_SAFE = (("x-content-type-options", "nosniff"), ("x-frame-options", "SAMEORIGIN"), ("x-xss-protection", "0"))


class Front:
    """The application behind Google's front end. `clock` tells the time that answers are dated with."""

    def __init__(self, inner: ASGIApp, clock: Callable[[], datetime]) -> None:
        self._inner, self._clock = inner, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        answer = _Leaving(send, self._clock, "gzip" in Headers(scope=scope).get("accept-encoding", ""))
        if len(scope["raw_path"]) + len(scope["query_string"]) > _MAX_TARGET:
            await _page(414, "Request-URI Too Large")(scope, receive, answer)
            return
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _received(receive)
        except TimeoutError:
            await _page(408, "Request Timeout", {"connection": "close"})(scope, receive, answer)
            return
        if body is not None:
            scope, body = _as_meant(scope, body)
            await self._inner(scope, once(body), answer)


async def _received(receive: Receive) -> bytes | None:
    """The body, or one just too large in the place of any that is; None when the client has gone."""
    chunks, size = [], 0
    while True:
        heard = await receive()
        if heard["type"] == "http.disconnect":
            return None
        chunk = heard.get("body", b"")
        size += len(chunk)
        if size <= MAX_BODY:
            chunks.append(chunk)
        else:
            chunks.clear()
        if not heard.get("more_body") or size > _MAX_DRAINED:
            # Of a body that is too large only that is known: zeros that were never touched take no memory.
            return b"".join(chunks) if size <= MAX_BODY else bytes(MAX_BODY + 1)


def _as_meant(scope: Scope, body: bytes) -> tuple[Scope, bytes]:
    """The request that was meant: its segments decoded one by one, its body unzipped, its verb the one asked for."""
    headers = Headers(scope=scope)
    meant: Scope = {**scope, "path": decoded_path(scope["raw_path"])}
    if headers.get("content-encoding", "").strip().lower() == "gzip":
        body = _unzipped(body)
    verb = headers.get("x-http-method-override", "").strip().upper()
    if verb and scope["method"] == "POST":
        meant["method"] = verb
        if verb == "GET":
            # Clients move a query that is too long for an address into a form.
            meant["query_string"] = b"&".join(filter(None, (scope["query_string"], body)))
            body = b""
    return meant, body


def decoded_path(raw: bytes) -> str:
    """An address's path, decoded segment by segment; `SLASH` stands for each slash in a name."""
    return "/".join(unquote(part).replace("/", SLASH) for part in raw.decode("latin-1").split("/"))


def _unzipped(body: bytes) -> bytes:
    """The body as it was before; what is no gzip stays as it is and is no JSON. Never much more than is allowed."""
    try:
        return zlib.decompressobj(wbits=31).decompress(body, MAX_BODY + 1)
    except zlib.error:
        return body


def http_date(moment: datetime) -> str:
    """A moment as HTTP says it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def once(body: bytes) -> Receive:
    """A body that is already there."""
    told = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return told.pop() if told else {"type": "http.disconnect"}

    return receive


class _Leaving:
    """An answer on its way out: dated, with Google's constant headers, and zipped where that helps."""

    def __init__(self, send: Send, clock: Callable[[], datetime], zips: bool) -> None:
        self._send, self._clock, self._zips = send, clock, zips
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            headers = MutableHeaders(scope=message)
            headers["date"] = http_date(self._clock())
            if headers.get("content-type", "").startswith("application/json"):
                headers["vary"] = "Origin, X-Origin, Referer"
                headers["cache-control"] = "private"
                for name, value in _SAFE:
                    headers[name] = value
            return
        if self._start:
            message = self._zipped(message)
            await self._send(self._start)
            self._start = {}
        await self._send(message)

    def _zipped(self, message: Message) -> Message:
        headers, body = MutableHeaders(scope=self._start), message.get("body", b"")
        if not self._zips or message.get("more_body") or len(body) not in _ZIPPED or "content-encoding" in headers:
            return message
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["content-encoding"], headers["content-length"] = "gzip", str(len(body))
        return {**message, "body": body}


def _page(status: int, title: str, headers: dict[str, str] | None = None) -> HTMLResponse:
    """Google's front end answers with pages, not with JSON."""
    return HTMLResponse(
        f"<!DOCTYPE html><title>Error {status} ({title})!!1</title><p>That’s an error.", status, headers
    )


def not_found() -> HTMLResponse:
    """The page for an address that no API has."""
    return _page(404, "Not Found")
