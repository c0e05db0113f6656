"""The HTTP face: routes, bearer tokens, Google's envelopes, one request at a time."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sheetsync.sandbox import api_drive, api_sheets, api_values
from sheetsync.sandbox.calls import Call, Endpoint, decoded_query
from sheetsync.sandbox.decode import parse_json
from sheetsync.sandbox.errors import GoogleError, Json, disabled, scope_too_small
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.oauth import GrantRefused, Tokens
from sheetsync.sandbox.page.guards import OwnNamesOnly
from sheetsync.sandbox.page.routes import page_routes
from sheetsync.sandbox.store import State

_log = logging.getLogger(__name__)
#: larger bodies are refused, as Google's front end does
MAX_BODY = 32 * 2**20
ENDPOINTS: tuple[Endpoint, ...] = (*api_values.ENDPOINTS, *api_sheets.ENDPOINTS, *api_drive.ENDPOINTS)


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request as it was answered: enough to count and assert on, no values of anybody."""

    method: str
    path: str
    query: tuple[str, ...]
    kinds: tuple[str, ...]
    account: str
    status: int


@dataclass
class Sandbox:
    """What every request is served from, and what is noted about it."""

    state: State
    base: str
    requests: list[RequestRecord] = field(default_factory=list)
    #: called with each record when its answer is settled, before the answer leaves and the next request begins
    between: Callable[[RequestRecord], None] | None = None
    #: the body of the request that `between` is being told of; not kept, for it holds people's values
    body: Any = None

    #: APIs that are not enabled in the accounts' project: `sheets`, `drive`
    disabled: set[str] = field(default_factory=set)
    #: the account that whoever opens the pages in a browser is signed in as
    page_account: str = "person"

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.state)

    def record(
        self, request: Request, status: int, account: str = "", kinds: tuple[str, ...] = (), body: Any = None
    ) -> None:
        """Notes an answered request and gives `between` its turn."""
        names = tuple(name for name, _ in _query(request))
        entry = RequestRecord(request.method, request.url.path, names, kinds, account, status)
        self.requests.append(entry)
        if self.between is not None:
            self.body = body
            try:
                self.between(entry)
            finally:
                self.body = None


def application(sandbox: Sandbox) -> ASGIApp:
    """The ASGI application that serves a sandbox."""
    port = urlsplit(sandbox.base).port or 80
    routes = [
        *page_routes(sandbox, port),
        Route("/token", _token_endpoint(sandbox), methods=["POST"]),
        Route("/upload/{rest:path}", _unsupported(sandbox), methods=["GET", "POST", "PUT", "PATCH"]),
        *(Route(each.path, _api(sandbox, each), methods=[each.method]) for each in ENDPOINTS),
        Route("/{rest:path}", _unknown(sandbox), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]
    return _Dated(OwnNamesOnly(Starlette(routes=routes), port), sandbox)


class _Dated:
    """Every answer says the sandbox's time, by which a caller can tell that its own clock is wrong."""

    def __init__(self, inner: ASGIApp, sandbox: Sandbox) -> None:
        self._inner, self._sandbox = inner, sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                now = format_datetime(self._sandbox.state.clock().astimezone(UTC), usegmt=True)
                MutableHeaders(scope=message)["date"] = now
            await send(message)

        await self._inner(scope, receive, dated)


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _json(status: int, body: Json) -> Response:
    # Lone surrogates can stand in JSON strings of a request; as escapes they can also leave again.
    text = json.dumps(body, ensure_ascii=False, indent=2)
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raw = json.dumps(body, indent=2).encode()
    return Response(raw, status, media_type="application/json; charset=UTF-8")


async def _body(request: Request) -> bytes:
    """The request's body. Raises 413 beyond the limit, without keeping what came."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            raise GoogleError(413, f"Request payload size exceeds the limit: {MAX_BODY} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _api(sandbox: Sandbox, endpoint: Endpoint) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        refused: GoogleError | None = None
        raw = b""
        try:
            raw = await _body(request)
        except GoogleError as error:
            refused = error
        with sandbox.state.lock:
            call = Call(sandbox.state, sandbox.base, "", request.path_params, {})
            status, body = _answered(sandbox, endpoint, call, request, raw, refused)
            sandbox.record(request, status, call.account, tuple(call.kinds), call.body)
        return _json(status, body)

    return serve


def _answered(
    sandbox: Sandbox, endpoint: Endpoint, call: Call, request: Request, raw: bytes, refused: GoogleError | None
) -> tuple[int, Json]:
    """Status and body; whatever goes wrong is answered in the envelope of the endpoint's API."""
    try:
        if refused is not None:
            raise refused
        return 200, _handled(sandbox, endpoint, call, request, raw)
    except GoogleError as error:
        return error.code, error.drive_body if endpoint.service == "drive" else error.body
    except Exception:
        # A defect of the sandbox must not look like one of Google's transient errors: 501 is never retried.
        _log.exception("the sandbox failed on %s %s", request.method, request.url.path)
        failed = GoogleError(501, "The sandbox could not handle this request; its log has the details.")
        return 501, failed.drive_body if endpoint.service == "drive" else failed.body


def _handled(sandbox: Sandbox, endpoint: Endpoint, call: Call, request: Request, raw: bytes) -> Json:
    token = sandbox.tokens.token(request.headers.get("authorization"))
    call.account = token.account
    if endpoint.service in sandbox.disabled:
        raise disabled(endpoint.service)
    if not token.scopes & endpoint.scopes and not any(scope.endswith("/cloud-platform") for scope in token.scopes):
        raise scope_too_small(endpoint.service, f"google.apps.{endpoint.service}.{endpoint.name}")
    call.params = decoded_query(_query(request), endpoint.params)
    call.body = parse_json(raw) if endpoint.method != "GET" else None
    mask = response_mask(call.params.get("fields"), endpoint.answer) if endpoint.answer else None
    answer = endpoint.handler(call)
    return answer if mask is None else mask.prune(answer)


def _token_endpoint(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        try:
            raw = await _body(request)
        except GoogleError as error:
            raw, status, body = b"", error.code, error.body
        else:
            form = dict(parse_qsl(raw.decode("latin-1")))
            with sandbox.state.lock:
                try:
                    status, body = 200, sandbox.tokens.grant(form, f"{sandbox.base}/token")
                except GrantRefused as refused:
                    status, body = 400, refused.body
        with sandbox.state.lock:
            sandbox.record(request, status)
        return _json(status, body)

    return serve


def _unsupported(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        with sandbox.state.lock:
            sandbox.record(request, 501)
        return _json(501, GoogleError(501, "Uploads are not supported by this sandbox.").drive_body)

    return serve


def _unknown(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        with sandbox.state.lock:
            sandbox.record(request, 404)
        # Google answers unknown addresses with a page, not with JSON.
        return HTMLResponse("<!DOCTYPE html><title>Error 404 (Not Found)!!1</title><p>That’s an error.", 404)

    return serve
