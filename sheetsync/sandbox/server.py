"""The HTTP face: routes, bearer tokens, Google's envelopes, one request at a time."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sheetsync.sandbox import api_drive, api_sheets, api_values
from sheetsync.sandbox.bundle import bundled
from sheetsync.sandbox.calls import Call, Endpoint, check_credentials, decoded_query
from sheetsync.sandbox.decode import parse_json
from sheetsync.sandbox.errors import GoogleError, Json, disabled, scope_too_small
from sheetsync.sandbox.front import MAX_BODY, SLASH, Front, not_found
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.oauth import GrantRefused, Tokens
from sheetsync.sandbox.pages import book_list, tab_page
from sheetsync.sandbox.store import State

_log = logging.getLogger(__name__)
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

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.state)

    def record(
        self, request: Request, status: int, account: str = "", kinds: tuple[str, ...] = (), body: Any = None
    ) -> None:
        """Notes an answered request and gives `between` its turn."""
        names = tuple(name for name, _ in _query(request))
        path = request.scope["path"].replace(SLASH, "/")
        entry = RequestRecord(request.method, path, names, kinds, account, status)
        self.requests.append(entry)
        if self.between is not None:
            self.body = body
            try:
                self.between(entry)
            finally:
                self.body = None


def application(sandbox: Sandbox) -> ASGIApp:
    """The ASGI application that serves a sandbox."""
    routes = [
        Route("/", _pages(sandbox, _index), methods=["GET"]),
        Route("/spreadsheets/d/{id}/edit", _pages(sandbox, _tab), methods=["GET"]),
        Route("/spreadsheets/d/{id}", _pages(sandbox, _tab), methods=["GET"]),
        Route("/token", _token_endpoint(sandbox), methods=["POST"]),
        Route("/upload/{rest:path}", _unsupported(sandbox), methods=["GET", "POST", "PUT", "PATCH"]),
        *(Route(each.path, _api(sandbox, each), methods=[each.method]) for each in ENDPOINTS),
        Route("/batch", _bundle(sandbox), methods=["POST"]),
        Route("/batch/drive/v3", _bundle(sandbox), methods=["POST"]),
        Mount("/", _unknown(sandbox)),
    ]
    return Front(Starlette(routes=routes), lambda: sandbox.state.clock())


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _json(status: int, body: Json, pretty: bool = True) -> Response:
    # Lone surrogates can stand in JSON strings of a request; as escapes they can also leave again.
    shape: dict[str, Any] = {"indent": 2} if pretty else {"separators": (",", ":")}
    text = json.dumps(body, ensure_ascii=False, **shape)
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raw = json.dumps(body, **shape).encode()
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
            places = {name: text.replace(SLASH, "/") for name, text in request.path_params.items()}
            call = Call(sandbox.state, sandbox.base, "", places, {})
            status, body = _answered(sandbox, endpoint, call, request, raw, refused)
            sandbox.record(request, status, call.account, tuple(call.kinds), call.body)
        return _json(status, body, pretty=call.params.get("prettyPrint", "").lower() not in ("false", "0"))

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
    query = _query(request)
    check_credentials(query, endpoint.service)
    token = sandbox.tokens.token(request.headers.get("authorization"))
    call.account = token.account
    if endpoint.service in sandbox.disabled:
        raise disabled(endpoint.service)
    if not token.scopes & endpoint.scopes and not any(scope.endswith("/cloud-platform") for scope in token.scopes):
        raise scope_too_small(endpoint.service, f"google.apps.{endpoint.service}.{endpoint.name}")
    call.params = decoded_query(query, endpoint.params)
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


def _pages(sandbox: Sandbox, page: Callable[[Sandbox, Request], str | None]) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        with sandbox.state.lock:
            html = page(sandbox, request)
        # The pages hold whatever people typed; they need no script, frame or foreign resource.
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        missing = "<!doctype html><title>Not found</title><p>No such spreadsheet."
        return HTMLResponse(html or missing, 200 if html else 404, headers)

    return serve


def _index(sandbox: Sandbox, _: Request) -> str:
    return book_list(sandbox.state)


def _tab(sandbox: Sandbox, request: Request) -> str | None:
    book = sandbox.state.workbooks.get(request.path_params["id"])
    return None if book is None else tab_page(sandbox.state, book, request.query_params.get("gid"))


def _unsupported(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        with sandbox.state.lock:
            sandbox.record(request, 501)
        return _json(501, GoogleError(501, "Uploads are not supported by this sandbox.").drive_body)

    return serve


def _bundle(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        try:
            answer = await bundled(request)
        except GoogleError as error:
            answer = _json(error.code, error.body)
        with sandbox.state.lock:
            sandbox.record(request, answer.status_code)
        return answer

    return serve


def _unknown(sandbox: Sandbox) -> ASGIApp:
    """Google answers unknown addresses, and known ones with another verb, with a page and not with JSON."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        with sandbox.state.lock:
            sandbox.record(Request(scope), 404)
        await not_found()(scope, receive, send)

    return serve
