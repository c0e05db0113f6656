"""The HTTP face: routes, bearer tokens, Google's envelopes, one request at a time, and what goes wrong with it."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sheetsync.sandbox import api_creation, api_filtered, api_sheets, api_values
from sheetsync.sandbox.answers import Answer
from sheetsync.sandbox.bundle import bundled
from sheetsync.sandbox.calls import Asked, Call, Content, Endpoint, check_credentials, decoded_query
from sheetsync.sandbox.decode import parse_json
from sheetsync.sandbox.drive import api_changes, api_comments, api_files, api_permissions, api_uploads, refusals
from sheetsync.sandbox.errors import GoogleError, Json, disabled, scope_too_small
from sheetsync.sandbox.front import MAX_BODY, SLASH, Front, http_date, not_found
from sheetsync.sandbox.line import Pauses
from sheetsync.sandbox.masks import response_mask
from sheetsync.sandbox.oauth import GrantRefused, Tokens
from sheetsync.sandbox.page.guards import OwnNamesOnly
from sheetsync.sandbox.page.routes import page_routes
from sheetsync.sandbox.store import State
from sheetsync.sandbox.troubles import control
from sheetsync.sandbox.troubles.faults import KINDS, Outcome, Play
from sheetsync.sandbox.troubles.quotas import Quotas
from sheetsync.sandbox.troubles.schedule import TOKEN, Fault, Schedule
from sheetsync.sandbox.troubles.staleness import Staleness

_log = logging.getLogger(__name__)
_SHEETS = (api_filtered, api_values, api_creation, api_sheets)
_DRIVE = (refusals, api_files, api_permissions, api_comments, api_changes, api_uploads)
ENDPOINTS: tuple[Endpoint, ...] = tuple(endpoint for api in (*_SHEETS, *_DRIVE) for endpoint in api.ENDPOINTS)
#: what a fault can be about
_NAMES = frozenset({endpoint.name for endpoint in ENDPOINTS} | {TOKEN})


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request as it was answered: enough to count and assert on, no values of anybody."""

    method: str
    path: str
    query: tuple[str, ...]
    kinds: tuple[str, ...]
    account: str
    #: the sandbox's own answer; 0 where a fault kept the request from the workbooks
    status: int
    #: the fault that hit it, `503 after`: what the client got is the fault's affair
    fault: str = ""


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
    #: what whoever gives orders to the sandbox itself must know; without it nobody can
    secret: str = ""
    quotas: Quotas = field(default_factory=Quotas)
    staleness: Staleness = field(default_factory=Staleness)
    pauses: Pauses = field(default_factory=Pauses)

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.state)
        self.faults = Schedule(self.state.lock, _NAMES)
        self.state.replaced = self.staleness.replaced

    def date(self) -> str:
        """The sandbox's time as HTTP says it."""
        return http_date(self.state.clock())

    def record(
        self,
        request: Request,
        status: int,
        account: str = "",
        kinds: tuple[str, ...] = (),
        body: Any = None,
        fault: str = "",
    ) -> None:
        """Notes an answered request and gives `between` its turn."""
        names = tuple(name for name, _ in _query(request))
        entry = RequestRecord(request.method, _path(request), names, kinds, account, status, fault)
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
        *control.routes(sandbox),
        *(Route(each.path, _api(sandbox, each), methods=[each.method]) for each in ENDPOINTS),
        Route("/upload/{rest:path}", _unsupported(sandbox), methods=["GET", "POST", "PUT", "PATCH"]),
        Route("/batch", _bundle(sandbox), methods=["POST"]),
        Route("/batch/drive/v3", _bundle(sandbox), methods=["POST"]),
        Mount("/", _unknown(sandbox)),
    ]
    return Front(OwnNamesOnly(Starlette(routes=routes), port), lambda: sandbox.state.clock())


def _query(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)


def _path(request: Request) -> str:
    """The path as it was meant: with the slashes that belong to names."""
    path: str = request.scope["path"]
    return path.replace(SLASH, "/")


async def _body(request: Request) -> bytes:
    """The request's body. Raises 413 beyond the limit, without keeping what came."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BODY:
            raise GoogleError(413, f"Request payload size exceeds the limit: {MAX_BODY} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


async def _taken(request: Request) -> tuple[bytes, GoogleError | None]:
    """The request's body, or why there is none."""
    try:
        return await _body(request), None
    except GoogleError as error:
        return b"", error


async def _played(sandbox: Sandbox, request: Request, asked: Asked, serve: Callable[[str], Answer]) -> Response:
    """Answers a request, or lets it meet the fault that is due; `serve` is told of that, for the record."""
    fault = sandbox.faults.due(asked)
    outcome = serve("") if fault is None else await _misplayed(sandbox, request, asked, serve, fault)
    # Where the connection is over, nobody hears this.
    return Response() if outcome is None else outcome.response()


async def _misplayed(
    sandbox: Sandbox, request: Request, asked: Asked, serve: Callable[[str], Answer], fault: Fault
) -> Outcome:
    request.scope["state"]["fault"] = str(fault)

    def skip() -> None:
        with sandbox.state.lock:
            sandbox.record(request, 0, asked.account, fault=str(fault))

    play = Play(
        asked,
        fault.when,
        fault.seconds,
        fault.behind,
        request.scope["state"]["line"],
        sandbox.pauses,
        sandbox.date(),
        lambda: serve(str(fault)),
        skip,
    )
    outcome = await KINDS[fault.kind].play(play)
    if outcome is None or fault.retry_after is None:
        return outcome
    return outcome.with_headers({"Retry-After": str(fault.retry_after)})


def _api(sandbox: Sandbox, endpoint: Endpoint) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        raw, refused = await _taken(request)
        header = request.headers.get("authorization")
        places = {name: text.replace(SLASH, "/") for name, text in request.path_params.items()}

        def served(fault: str) -> Answer:
            with sandbox.state.lock:
                call = Call(sandbox.state, sandbox.base, "", places, {})
                answer = _answered(sandbox, endpoint, call, request, raw, refused)
                sandbox.record(request, answer.status, call.account, tuple(call.kinds), call.body, fault)
            sandbox.pauses.served()
            return answer if call.params.get("prettyPrint", "").lower() not in ("false", "0") else answer.compact()

        workbook, account = places.get("id", ""), sandbox.tokens.holder(header)
        path = _path(request)
        asked = Asked(request.method, path, workbook, endpoint.name, endpoint.service, endpoint.reads, account)
        return await _played(sandbox, request, asked, served)

    return serve


def _answered(
    sandbox: Sandbox, endpoint: Endpoint, call: Call, request: Request, raw: bytes, refused: GoogleError | None
) -> Answer:
    """Whatever goes wrong is answered in the envelope of the endpoint's API."""
    try:
        if refused is not None:
            raise refused
        body = _handled(sandbox, endpoint, call, request, raw)
    except GoogleError as error:
        return Answer.refusal(error, endpoint.service)
    except Exception:
        # A defect of the sandbox must not look like one of Google's transient errors: 501 is never retried.
        _log.exception("the sandbox failed on %s %s", request.method, request.url.path)
        failed = GoogleError(501, "The sandbox could not handle this request; its log has the details.")
        return Answer.refusal(failed, endpoint.service)
    match body:
        case None:
            return Answer(204, b"", "")
        case Content(file, media_type):
            return Answer(200, file, media_type)
        case _:
            return Answer.json(200, body)


def _handled(sandbox: Sandbox, endpoint: Endpoint, call: Call, request: Request, raw: bytes) -> Json | Content | None:
    query = _query(request)
    check_credentials(query, endpoint.service)
    token = sandbox.tokens.token(request.headers.get("authorization"))
    call.account = token.account
    if endpoint.service in sandbox.disabled:
        raise disabled(endpoint.service)
    if not token.scopes & endpoint.scopes and not any(scope.endswith("/cloud-platform") for scope in token.scopes):
        raise scope_too_small(endpoint.service, f"google.apps.{endpoint.service}.{endpoint.name}")
    if endpoint.service == "sheets":
        sandbox.quotas.take(call.account, endpoint.reads, sandbox.state.clock().timestamp())
    book = sandbox.state.workbooks.get(call.path.get("id", ""))
    if endpoint.reads and book is not None:
        call.seen = sandbox.staleness.seen(book, sandbox.state.clock())
    call.params = (endpoint.decodes or decoded_query)(query, endpoint.params)
    if endpoint.method != "GET":
        reader = endpoint.reader
        call.body = parse_json(raw) if reader is None else reader(raw, request.headers.get("content-type", ""))
    mask = response_mask(call.params.get("fields"), endpoint.answer) if endpoint.answer else None
    answer = endpoint.handler(call)
    return answer if mask is None else mask.prune(answer)


def _token_endpoint(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        raw, refused = await _taken(request)
        form = dict(parse_qsl(raw.decode("latin-1")))

        def served(fault: str) -> Answer:
            with sandbox.state.lock:
                status, body = _granted(sandbox, form) if refused is None else (refused.code, refused.body)
                sandbox.record(request, status, fault=fault)
            return Answer.json(status, body)

        asked = Asked("POST", request.url.path, "", TOKEN, TOKEN, False, sandbox.tokens.asker(form))
        return await _played(sandbox, request, asked, served)

    return serve


def _granted(sandbox: Sandbox, form: dict[str, str]) -> tuple[int, Json]:
    try:
        return 200, sandbox.tokens.grant(form, f"{sandbox.base}/token")
    except GrantRefused as refused:
        return 400, refused.body


def _unsupported(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        with sandbox.state.lock:
            sandbox.record(request, 400)
        error = GoogleError(400, "This upload is not supported by this sandbox.")
        return Answer.refusal(error, "drive").response()

    return serve


def _bundle(sandbox: Sandbox) -> Callable[[Request], Any]:
    async def serve(request: Request) -> Response:
        try:
            answer = await bundled(request)
        except GoogleError as error:
            answer = Answer.json(error.code, error.body).response()
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
