"""Several calls in one request, as `multipart/mixed` of `application/http`: Google's batches for any API.

Each call is served as if it had come alone; nothing holds them together. Source: Google's guide on batching requests.
"""

import secrets
from collections.abc import Mapping
from email.message import Message as Mail
from email.parser import BytesParser
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from sheetsync.sandbox.errors import GoogleError, bad
from sheetsync.sandbox.front import decoded_path, once

#: calls in one request [documented]
MAX_CALLS = 100


async def bundled(request: Request) -> Response:
    """Serves each part by the application itself. Raises the 400s of a body that is no such bundle."""
    parts = _parts(request.headers.get("content-type", ""), await request.body())
    boundary = f"batch_{secrets.token_hex(16)}"
    answers = [await _answered(request, part) for part in parts]
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + each for each in answers) + f"--{boundary}--\r\n".encode()
    return Response(body, media_type=f"multipart/mixed; boundary={boundary}")


def _parts(content_type: str, raw: bytes) -> list[Mail]:
    mail = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace") + raw)
    parts = mail.get_payload()
    if not mail.is_multipart() or not isinstance(parts, list) or mail.get_content_type() != "multipart/mixed":
        raise bad("Failed to parse batch request, error: expected multipart/mixed with a boundary.")
    if len(parts) > MAX_CALLS:
        raise bad(f"The batch request contains too many calls: {len(parts)}, of at most {MAX_CALLS}.")
    return [part for part in parts if isinstance(part, Mail)]


async def _answered(request: Request, part: Mail) -> bytes:
    """One part of the answer: the call's own status, headers and body."""
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    try:
        scope, body = _call(request, part)
    except GoogleError as error:
        await Response(error.message, error.code)({"type": "http"}, once(b""), send)
    else:
        await request.app(scope, once(body), send)
    start, *rest = told
    answer = b"".join(message.get("body", b"") for message in rest)
    lines = [
        "Content-Type: application/http",
        f"Content-ID: {_answer_id(part)}",
        "",
        f"HTTP/1.1 {start['status']} {HTTPStatus(start['status']).phrase}",
        *(f"{name.decode('latin-1')}: {value.decode('latin-1')}" for name, value in start["headers"]),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + answer + b"\r\n"


def _answer_id(part: Mail) -> str:
    """`<a + 1>` is answered as `<response-a + 1>`."""
    asked = "".join(str(part.get("Content-ID", "")).split("\n")).strip()
    return f"<response-{asked[1:-1]}>" if asked[:1] == "<" and asked[-1:] == ">" else f"response-{asked}"


def _call(request: Request, part: Mail) -> tuple[dict[str, Any], bytes]:
    """The call in a part as a request of its own. Raises the 400 of one that is none."""
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    first, _, rest = raw.lstrip().partition(b"\n")
    words = first.decode("latin-1").split()
    if part.get_content_type() != "application/http" or len(words) not in (2, 3) or not words[1].startswith("/"):
        raise bad("Failed to parse a part of the batch request: expected application/http.")
    path, _, query = words[1].partition("?")
    if path.startswith("/batch"):
        raise bad("A batch request may not contain another one.")
    mail = BytesParser().parsebytes(rest)
    body = mail.get_payload(decode=True)
    return _scope(request, words[0].upper(), path, query, mail), body if isinstance(body, bytes) else b""


def _scope(request: Request, method: str, path: str, query: str, headers: Mail) -> dict[str, Any]:
    kept: Mapping[str, Any] = {
        name: request.scope[name] for name in ("type", "asgi", "http_version", "scheme", "server", "state")
    }
    listed = [
        (name.lower().encode("latin-1"), str(value).encode("latin-1", "replace")) for name, value in headers.items()
    ]
    if "authorization" not in headers:
        # A part without an account of its own is sent by the whole's.
        listed += [pair for pair in request.scope["headers"] if pair[0] == b"authorization"]
    raw = path.encode("latin-1", "replace")
    return {
        **kept, "client": request.scope["client"], "method": method, "root_path": "", "headers": listed,
        "path": decoded_path(raw), "raw_path": raw, "query_string": query.encode("latin-1", "replace"),
    }  # fmt: skip
